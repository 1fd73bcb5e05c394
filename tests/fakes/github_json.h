// The objects of GitHub's REST API, with every member that its OpenAPI
// description requires, in either API version.
#ifndef CLAMBAKE_TESTS_FAKES_GITHUB_JSON_H_
#define CLAMBAKE_TESTS_FAKES_GITHUB_JSON_H_

#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "tests/fakes/github_world.h"

namespace clambake {

class GithubJson {
 public:
  // `root` is the API's URL without a slash at the end.
  GithubJson(const World& world, const GithubGit& git, std::string root, bool new_version)
      : world_(world), git_(git), root_(std::move(root)), new_version_(new_version) {}

  void User(JsonWriter& json, std::string_view login) const;
  void Repository(JsonWriter& json) const;
  void Label(JsonWriter& json, const std::string& name) const;
  void Issue(JsonWriter& json, const WorldIssue& issue) const;
  void PullSimple(JsonWriter& json, const WorldIssue& pull) const;
  void Pull(JsonWriter& json, const WorldIssue& pull, bool mergeable_known) const;
  void Comment(JsonWriter& json, const WorldComment& comment) const;
  void Ref(JsonWriter& json, const std::string& name, const std::string& sha) const;
  void GitCommit(JsonWriter& json, const std::string& sha) const;
  void Commit(JsonWriter& json, const std::string& sha) const;
  void Compare(JsonWriter& json, const std::string& base, const std::string& head,
               const GitComparison& c) const;
  void File(JsonWriter& json, const std::string& path) const;

 private:
  [[nodiscard]] std::string Repo(std::string_view rest = "") const;
  void PullMembers(JsonWriter& json, const WorldIssue& pull) const;
  void End(JsonWriter& json, std::string_view key, const std::string& ref, const std::string& sha) const;
  void Assignees(JsonWriter& json, const WorldIssue& issue) const;
  void Times(JsonWriter& json, const WorldIssue& issue) const;
  void Summaries(JsonWriter& json, const WorldIssue& issue) const;
  void Author(JsonWriter& json, std::string_view key, const GitCommitData& commit) const;
  [[nodiscard]] bool IsOpen(std::int64_t number) const;

  const World& world_;
  const GithubGit& git_;
  std::string root_;
  bool new_version_;
};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_FAKES_GITHUB_JSON_H_
