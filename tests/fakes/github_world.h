// What the simulated GitHub knows: plain values, one repository.
#ifndef CLAMBAKE_TESTS_FAKES_GITHUB_WORLD_H_
#define CLAMBAKE_TESTS_FAKES_GITHUB_WORLD_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "tests/fakes/github_git.h"

namespace clambake {

struct WorldComment {
  std::int64_t id = 0;
  std::int64_t issue = 0;
  std::string author;
  std::string body;
  absl::Time at;
};

// An issue, or a pull request (then head_ref is not empty).
struct WorldIssue {
  std::int64_t number = 0;
  std::int64_t id = 0;
  bool open = true;
  std::string title;
  std::string body;
  std::vector<std::string> labels;
  std::vector<std::string> assignees;
  std::vector<std::int64_t> blocked_by;           // numbers, in this repository
  std::vector<std::string> blocked_by_elsewhere;  // "owner/name#3"
  std::vector<std::int64_t> sub_issues;
  absl::Time created_at;
  absl::Time updated_at;
  absl::Time closed_at;

  // Pull requests alone.
  std::string head_ref;
  std::string head_sha;  // as long as the branch is gone
  std::string base_ref;
  bool draft = false;
  bool merged = false;
  std::string merge_sha;
  int mergeable_unknown_reads = 1;  // answers with null so often
  [[nodiscard]] bool is_pull() const { return !head_ref.empty(); }
};

struct World {
  std::int64_t repository_id = 4242;
  std::string full_name = "octo/hello";
  std::string default_branch = "main";
  std::string login = "clambake-bot";
  std::int64_t next_number = 1;
  std::int64_t next_id = 1'000;
  std::map<std::int64_t, WorldIssue> issues;
  std::map<std::int64_t, WorldComment> comments;
  std::map<std::string, std::string> labels;  // name to colour
  std::set<std::string> assignable = {"clambake-bot", "alice", "bob"};
  std::map<std::string, bool> elsewhere;  // "owner/name#3": open? Absent: cannot be read
};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_FAKES_GITHUB_WORLD_H_
