#include "legacy/legacy_bundler.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace clambake {
namespace {

constexpr double kMinScore = 75;
constexpr absl::Duration kTrain = absl::Minutes(10);

struct LegacyBranch {
  std::string id;
  IssueNumber issue = 0;
  std::set<std::string> paths;
};

class LegacyBundler : public Bundler {
 public:
  explicit LegacyBundler(GitRepo* repo) : repo_(repo) {}
  [[nodiscard]] std::string_view name() const override { return "legacy"; }

  absl::StatusOr<BundleSet> MakeBundles(const BundleRequest& request) override {
    CLAMBAKE_ASSIGN_OR_RETURN(auto base, repo_->Resolve({request.base}));
    if (!base.front()) {
      return absl::InvalidArgumentError(
          fmt::format("base \"{}\": the repository has no such branch or commit", request.base));
    }
    BundleSet set;
    set.bundler = name();
    set.base = *base.front();
    CLAMBAKE_ASSIGN_OR_RETURN(std::vector<LegacyBranch> branches, ReadBranches(set.base, request.heads, set));
    if (branches.empty()) return set;
    const std::size_t in_conflict = FindConflicts(branches, set);
    if (in_conflict > 0 && legacy::ConflictScore(branches.size(), in_conflict) < kMinScore) {
      SendIndividually(branches, "legacy_score", {}, set);
      return set;
    }
    CLAMBAKE_RETURN_IF_ERROR(CherryPickAll(branches, request.options.window, set));
    return set;
  }

 private:
  // The paths of a branch, tip against tip, so that whatever the base changed
  // meanwhile counts as the branch's (L10).
  absl::StatusOr<std::vector<LegacyBranch>> ReadBranches(const std::string& base,
                                                         const std::vector<Head>& heads, BundleSet& set) {
    std::vector<std::string> revs;
    revs.reserve(heads.size());
    for (const Head& head : heads) revs.push_back(head.rev);
    CLAMBAKE_ASSIGN_OR_RETURN(auto ids, repo_->Resolve(revs));
    std::vector<LegacyBranch> branches;
    std::vector<std::string> tips = {base};
    for (std::size_t i = 0; i < heads.size(); ++i) {
      if (!ids[i]) {
        set.individual.push_back({heads[i].rev, heads[i].issue, "missing", {}, ""});
        continue;
      }
      branches.push_back({*ids[i], heads[i].issue, {}});
      tips.push_back(*ids[i]);
    }
    CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<std::string> trees, repo_->Trees(tips));
    std::vector<TreePair> pairs;
    for (std::size_t i = 1; i < trees.size(); ++i) pairs.push_back({trees.front(), trees[i]});
    CLAMBAKE_ASSIGN_OR_RETURN(auto changes, repo_->Changes(pairs));
    for (std::size_t i = 0; i < branches.size(); ++i) {
      for (FileChange& change : changes[i]) branches[i].paths.insert(std::move(change.path));
    }
    return branches;
  }

  // Returns how many branches are in some conflict.
  static std::size_t FindConflicts(const std::vector<LegacyBranch>& branches, BundleSet& set) {
    std::set<std::size_t> in_conflict;
    for (std::size_t a = 0; a < branches.size(); ++a) {
      for (std::size_t b = a + 1; b < branches.size(); ++b) {
        Conflict conflict{
            std::min(branches[a].id, branches[b].id), std::max(branches[a].id, branches[b].id), {}, {}};
        std::set_intersection(branches[a].paths.begin(), branches[a].paths.end(), branches[b].paths.begin(),
                              branches[b].paths.end(), std::back_inserter(conflict.paths));
        if (conflict.paths.empty()) continue;
        in_conflict.insert({a, b});
        set.conflicts.push_back(std::move(conflict));
      }
    }
    std::sort(set.conflicts.begin(), set.conflicts.end(),
              [](const Conflict& x, const Conflict& y) { return std::tie(x.a, x.b) < std::tie(y.a, y.b); });
    return in_conflict.size();
  }

  static void SendIndividually(const std::vector<LegacyBranch>& branches, const std::string& reason,
                               const std::vector<std::string>& paths, BundleSet& set) {
    for (const LegacyBranch& branch : branches) {
      set.individual.push_back({branch.id, branch.issue, reason, paths, ""});
    }
  }

  absl::Status CherryPickAll(const std::vector<LegacyBranch>& branches, absl::Time window, BundleSet& set) {
    CLAMBAKE_ASSIGN_OR_RETURN(std::vector<std::string> trees, repo_->Trees({set.base}));
    std::string tree = trees.front();
    for (const LegacyBranch& branch : branches) {
      std::vector<std::string> paths;
      CLAMBAKE_ASSIGN_OR_RETURN(const std::optional<std::string> picked,
                                CherryPick(set.base, branch.id, tree, paths));
      if (!picked) {
        SendIndividually(branches, "legacy_cherry_pick", paths, set);
        return absl::OkStatus();
      }
      tree = *picked;
    }
    Bundle bundle;
    for (const LegacyBranch& branch : branches) {
      bundle.heads.push_back(branch.id);
      if (branch.issue > 0) bundle.issues.push_back(branch.issue);
    }
    std::sort(bundle.issues.begin(), bundle.issues.end());
    bundle.issues.erase(std::unique(bundle.issues.begin(), bundle.issues.end()), bundle.issues.end());
    bundle.name = legacy::BundleName(window, bundle.issues);
    bundle.tree = std::move(tree);
    set.bundles.push_back(std::move(bundle));
    return absl::OkStatus();
  }

  // The tree after all commits of the branch; nullopt where git would stop.
  absl::StatusOr<std::optional<std::string>> CherryPick(const std::string& base, const std::string& head,
                                                        std::string tree, std::vector<std::string>& paths) {
    CLAMBAKE_ASSIGN_OR_RETURN(std::vector<GitCommit> commits, repo_->CommitsBeyond(base, {head}));
    std::reverse(commits.begin(), commits.end());
    for (const GitCommit& commit : commits) {
      if (commit.parents.size() != 1) return std::optional<std::string>();
      // A commit with our tree on the parent of theirs: git then merges from
      // that parent, which is what cherry-picking is.
      CLAMBAKE_ASSIGN_OR_RETURN(std::vector<std::string> ours, repo_->WriteCommits({{tree, commit.parents}}));
      CLAMBAKE_ASSIGN_OR_RETURN(std::vector<MergeResult> merged, repo_->Merge({{ours.front(), commit.id}}));
      MergeResult& result = merged.front();
      if (result.verdict != MergeResult::Verdict::kClean || result.tree == tree) {
        paths = std::move(result.paths);
        return std::optional<std::string>();
      }
      tree = std::move(result.tree);
    }
    return std::optional(std::move(tree));
  }

  GitRepo* repo_;
};

}  // namespace

std::unique_ptr<Bundler> NewLegacyBundler(GitRepo* repo) { return std::make_unique<LegacyBundler>(repo); }

namespace legacy {

double ConflictScore(std::size_t branches, std::size_t in_conflict) {
  constexpr double kPercent = 100;
  if (branches == 0) return kPercent;
  return static_cast<double>(branches - in_conflict) / static_cast<double>(branches) * kPercent;
}

bool Departs(absl::Time now) {
  const absl::Duration since = now - absl::UnixEpoch();
  return since - absl::Floor(since, kTrain) >= kTrain - absl::Minutes(1);
}

std::string BundleName(absl::Time now, std::vector<IssueNumber> issues) {
  std::sort(issues.begin(), issues.end());
  const absl::Time window = absl::UnixEpoch() + absl::Floor(now - absl::UnixEpoch(), kTrain);
  return fmt::format("bundle/{}__issues_{}", absl::FormatTime("%Y%m%d_%H%M", window, absl::UTCTimeZone()),
                     absl::StrJoin(issues, "_"));
}

std::string BundleTitle(absl::Time now, std::size_t issues) {
  return fmt::format("[BUNDLE] {} issues - {} train", issues,
                     absl::FormatTime("%H:%M", now, absl::UTCTimeZone()));
}

std::string IndividualTitle(std::string_view issue_title) { return fmt::format("[AUTO] {}", issue_title); }

}  // namespace legacy
}  // namespace clambake
