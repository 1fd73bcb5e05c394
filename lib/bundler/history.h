// The commits that heads have and the base has not.
#ifndef CLAMBAKE_BUNDLER_HISTORY_H_
#define CLAMBAKE_BUNDLER_HISTORY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "clambake/git_repo.h"

namespace clambake::bundler {

// What a head has beyond the base, and how its history comes to the base's.
struct OwnHistory {
  std::vector<std::string> commits;  // the head first; none: the base has it
  bool meets_base = false;           // comes to some commit of the base's history
  bool on_base = false;              // comes to the base itself
};

class History {
 public:
  // Of all these heads. One whose history has a hole does not take the others with it.
  static History Read(GitRepo& repo, std::string base, const std::vector<std::string>& heads);

  // Why the history of a head could not be read; null where it could.
  [[nodiscard]] const std::string* Broken(const std::string& head) const;

  [[nodiscard]] OwnHistory Of(const std::string& head) const;

  // Seconds since the epoch; `head` is not one that the base has.
  [[nodiscard]] std::int64_t CommittedAt(const std::string& head) const {
    return commits_.at(head).committed_at;
  }

 private:
  absl::Status Add(GitRepo& repo, const std::vector<std::string>& heads);

  std::string base_;
  absl::flat_hash_map<std::string, GitCommit> commits_;
  absl::flat_hash_map<std::string, std::string> broken_;
};

}  // namespace clambake::bundler

#endif  // CLAMBAKE_BUNDLER_HISTORY_H_
