// Bundles from GitHub's compare API, for those who have no clone.
#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/status_macros.h"
#include "clambake/bundler.h"
#include "clambake/github_client.h"
#include "fmt/format.h"

namespace clambake {
namespace {

class ApproximateBundler : public Bundler {
 public:
  explicit ApproximateBundler(GithubReader* github) : github_(*github) {}
  [[nodiscard]] std::string_view name() const override { return "v2"; }

  absl::StatusOr<BundleSet> MakeBundles(const BundleRequest& request) override {
    if (request.options.max_size < 0) return absl::InvalidArgumentError("the size of a bundle is negative");
    CLAMBAKE_ASSIGN_OR_RETURN(const std::string base, Resolve(request.base));
    std::vector<HeadFiles> files;
    std::vector<Individual> individual;
    std::map<std::string_view, absl::StatusOr<Comparison>> asked;  // once, however many name it
    for (const Head& head : request.heads) {
      auto known = asked.find(head.rev);
      if (known == asked.end()) known = asked.emplace(head.rev, github_.Compare(base, head.rev)).first;
      const absl::StatusOr<Comparison>& comparison = known->second;
      if (!comparison.ok() && !absl::IsNotFound(comparison.status())) return comparison.status();
      const std::string reason = comparison.ok() ? ReasonToBeAlone(*comparison) : "missing";
      if (!reason.empty()) {
        individual.push_back({head.rev, head.issue, reason, {}, ""});
      } else {
        files.push_back({head.rev, head.issue, comparison->files, comparison->files_complete});
      }
    }
    BundleSet set = ApproximateBundles(base, files, request.options);
    set.individual.insert(set.individual.end(), individual.begin(), individual.end());
    std::sort(set.individual.begin(), set.individual.end(), [](const Individual& a, const Individual& b) {
      return std::tie(a.reason, a.head, a.issue) < std::tie(b.reason, b.head, b.issue);
    });
    return set;
  }

 private:
  // All are compared with the same commit, also when the branch moves meanwhile.
  absl::StatusOr<std::string> Resolve(const std::string& base) {
    const absl::StatusOr<Ref> branch = github_.GetRef("refs/heads/" + base);
    if (branch.ok()) return branch->sha;
    if (!absl::IsNotFound(branch.status())) return branch.status();
    const absl::StatusOr<Commit> commit = github_.GetCommit(base);
    if (commit.ok()) return commit->sha;
    if (!absl::IsNotFound(commit.status()) && !absl::IsInvalidArgument(commit.status()))
      return commit.status();
    return absl::InvalidArgumentError(fmt::format("base \"{}\": GitHub has no such branch or commit", base));
  }

  static std::string ReasonToBeAlone(const Comparison& comparison) {
    if (comparison.ahead_by == 0) return "merged";
    return comparison.files.empty() ? "empty" : "";
  }

  GithubReader& github_;
};

}  // namespace

std::unique_ptr<Bundler> NewApproximateBundler(GithubReader* github) {
  return std::make_unique<ApproximateBundler>(github);
}

}  // namespace clambake
