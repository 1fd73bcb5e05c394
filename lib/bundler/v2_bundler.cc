#include "bundler/v2_bundler.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/status_macros.h"
#include "bundler/bundle_name.h"
#include "bundler/candidates.h"
#include "bundler/conflict_graph.h"
#include "bundler/memory.h"
#include "bundler/partition.h"
#include "bundler/verification.h"
#include "fmt/format.h"

namespace clambake {
namespace {

using bundler::Candidate;
using bundler::Candidates;
using bundler::ConflictGraph;

void KeepPrevious(const BundleSet* previous, const Candidates& candidates,
                  bundler::PartitionRequest& request) {
  if (previous == nullptr) return;
  absl::flat_hash_map<std::string_view, std::size_t> index;
  for (std::size_t i = 0; i < candidates.all.size(); ++i) index[candidates.all[i].id] = i;
  for (const Bundle& bundle : previous->bundles) {
    bundler::PreviousGroup& group = request.previous.emplace_back();
    for (const std::string& head : bundle.heads) {
      const auto found = index.find(head);
      if (found == index.end()) ++group.departed;
      if (found != index.end()) group.members.push_back(found->second);
    }
  }
}

Bundle MakeBundle(const Candidates& candidates, const bundler::VerifiedGroup& group) {
  Bundle bundle;
  std::set<IssueNumber> issues;
  for (std::size_t member : group.order) {
    const Candidate& candidate = candidates.all[member];
    bundle.heads.push_back(candidate.id);
    issues.insert(candidate.issues.begin(), candidate.issues.end());
  }
  bundle.issues.assign(issues.begin(), issues.end());
  bundle.tree = group.tree;
  return bundle;
}

class V2Bundler : public Bundler {
 public:
  explicit V2Bundler(GitRepo* repo) : repo_(repo), memory_(repo), finder_(repo) {}
  [[nodiscard]] std::string_view name() const override { return "v2"; }

  absl::StatusOr<BundleSet> MakeBundles(const BundleRequest& request) override {
    if (request.options.max_size < 0) return absl::InvalidArgumentError("the size of a bundle is negative");
    CLAMBAKE_ASSIGN_OR_RETURN(auto base, repo_->Resolve({request.base}));
    if (!base.front()) {
      return absl::InvalidArgumentError(
          fmt::format("base \"{}\": the repository has no such branch or commit", request.base));
    }
    BundleSet set;
    set.bundler = name();
    set.base = *base.front();
    CLAMBAKE_ASSIGN_OR_RETURN(Candidates candidates, finder_.Find(set.base, request.heads));
    CLAMBAKE_ASSIGN_OR_RETURN(ConflictGraph graph, conflicts_.Find(candidates));
    CLAMBAKE_RETURN_IF_ERROR(Group(request, candidates, graph, set));
    set.individual = std::move(candidates.individual);
    set.conflicts = std::move(graph.conflicts);
    return set;
  }

 private:
  absl::Status Group(const BundleRequest& request, const Candidates& candidates, const ConflictGraph& graph,
                     BundleSet& set) {
    bundler::PartitionRequest wanted;
    wanted.neighbours = &graph.neighbours;
    wanted.max_size = static_cast<std::size_t>(request.options.max_size);
    KeepPrevious(request.previous, candidates, wanted);
    bundler::Partition partition = bundler::MakePartition(wanted);
    set.lower_bound = static_cast<std::int64_t>(partition.lower_bound);
    set.lower_bound_proof = partition.by_clique ? "clique" : "count";
    CLAMBAKE_ASSIGN_OR_RETURN(
        auto groups,
        bundler::VerifyGroups(memory_, merged_,
                              {&candidates, &graph, std::move(partition.groups), wanted.max_size}));
    // By their oldest head, whatever the order they merge in.
    std::sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) {
      return *std::min_element(a.order.begin(), a.order.end()) <
             *std::min_element(b.order.begin(), b.order.end());
    });
    for (const auto& group : groups) set.bundles.push_back(MakeBundle(candidates, group));
    bundler::NameBundles(request.options.window, set.bundles);
    return absl::OkStatus();
  }

  GitRepo* repo_;
  bundler::Memory memory_;
  bundler::CandidateFinder finder_;
  bundler::ConflictFinder conflicts_{&memory_};
  bundler::MergedBundles merged_;
};

}  // namespace

std::unique_ptr<Bundler> NewV2Bundler(GitRepo* repo) { return std::make_unique<V2Bundler>(repo); }

}  // namespace clambake
