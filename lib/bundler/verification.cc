#include "bundler/verification.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/status_macros.h"

namespace clambake::bundler {
namespace {

using Members = std::vector<std::size_t>;

// How far a group has come on the way to being merged.
struct Progress {
  Members order;
  std::size_t merged = 0;  // of `order`
  std::string commit;
  std::string tree;
  bool stuck = false;

  [[nodiscard]] bool Done() const { return merged == order.size(); }
};

class Verifier {
 public:
  Verifier(Memory& memory, MergedBundles& known, const VerificationRequest& request)
      : memory_(memory), known_(known), request_(request), all_(request.candidates->all) {}

  absl::StatusOr<std::vector<VerifiedGroup>> Run() {
    std::vector<Progress> groups;
    for (const Members& members : request_.groups) groups.push_back(Recall(members));
    CLAMBAKE_RETURN_IF_ERROR(AdvanceAll(groups));
    for (const Progress& group : groups) {
      if (group.Done()) known_.try_emplace(KeyOf(group.order), group.tree);
    }
    Members left_over;
    std::vector<VerifiedGroup> verified;
    for (Progress& group : groups) {
      CLAMBAKE_RETURN_IF_ERROR(Settle(group, left_over));
      verified.push_back({group.order, group.tree});
    }
    for (std::size_t member : left_over) CLAMBAKE_RETURN_IF_ERROR(PlaceElsewhere(member, verified));
    return verified;
  }

 private:
  // The first merge of a group is known: it is the head's test merge.
  [[nodiscard]] Progress Begin(Members order) const {
    Progress progress;
    progress.order = std::move(order);
    progress.merged = 1;
    progress.commit = all_[progress.order.front()].test_merge;
    progress.tree = all_[progress.order.front()].tree;
    return progress;
  }

  [[nodiscard]] std::string KeyOf(const Members& order) const {
    std::string key = all_[order.front()].test_merge;
    for (std::size_t i = 1; i < order.size(); ++i) key += all_[order[i]].id;
    return key;
  }

  // As far as it has been merged before: as a whole, or not yet.
  [[nodiscard]] Progress Recall(const Members& order) const {
    Progress progress = Begin(order);
    const auto known = known_.find(KeyOf(order));
    if (known == known_.end()) return progress;
    progress.merged = order.size();
    progress.tree = known->second;
    return progress;
  }

  // One more merge for each group that is under way.
  absl::StatusOr<bool> Step(std::vector<Progress>& groups) {
    std::vector<Progress*> moving;
    std::vector<MergePair> pairs;
    for (Progress& group : groups) {
      if (group.Done() || group.stuck) continue;
      moving.push_back(&group);
      pairs.push_back({group.commit, all_[group.order[group.merged]].id});
    }
    CLAMBAKE_ASSIGN_OR_RETURN(auto results, memory_.Merge(pairs));
    std::vector<NewCommit> commits;
    std::vector<Progress*> moved;
    for (std::size_t i = 0; i < moving.size(); ++i) {
      moving[i]->stuck = results[i]->verdict != MergeResult::Verdict::kClean;
      if (moving[i]->stuck) continue;
      moving[i]->tree = results[i]->tree;
      commits.push_back({results[i]->tree, {pairs[i].ours, pairs[i].theirs}});
      moved.push_back(moving[i]);
    }
    CLAMBAKE_ASSIGN_OR_RETURN(std::vector<std::string> ids, memory_.WriteCommits(commits));
    for (std::size_t i = 0; i < moved.size(); ++i) {
      moved[i]->commit = std::move(ids[i]);
      ++moved[i]->merged;
    }
    return !moving.empty();
  }

  absl::Status AdvanceAll(std::vector<Progress>& groups) {
    bool moved = true;
    while (moved) {
      CLAMBAKE_ASSIGN_OR_RETURN(moved, Step(groups));
    }
    return absl::OkStatus();
  }

  // Depth first: whoever merges next may be any that is left, oldest first.
  absl::StatusOr<bool> SearchOrder(Progress& group, Members& rest, std::size_t& budget) {
    if (rest.empty()) return true;
    for (std::size_t i = 0; i < rest.size(); ++i) {
      if (budget == 0) return false;
      --budget;
      std::vector<Progress> next = {group};
      if (group.order.empty()) {
        next.front() = Begin({rest[i]});
      } else {
        next.front().order.push_back(rest[i]);
        CLAMBAKE_ASSIGN_OR_RETURN([[maybe_unused]] const bool moved, Step(next));
        if (next.front().stuck) continue;
      }
      Members others = rest;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
      CLAMBAKE_ASSIGN_OR_RETURN(const bool found, SearchOrder(next.front(), others, budget));
      if (!found) continue;
      group = std::move(next.front());
      return true;
    }
    return false;
  }

  // Finds an order for the members, or fails within the budget.
  absl::StatusOr<std::optional<Progress>> FindOrder(Members members) {
    constexpr std::size_t kMaxMerges = 200;
    std::size_t budget = kMaxMerges;
    Progress group;
    CLAMBAKE_ASSIGN_OR_RETURN(const bool found, SearchOrder(group, members, budget));
    return found ? std::optional(std::move(group)) : std::nullopt;
  }

  // Until the group merges: another order, or one head less.
  absl::Status Settle(Progress& group, Members& left_over) {
    while (group.stuck) {
      CLAMBAKE_ASSIGN_OR_RETURN(std::optional<Progress> reordered, FindOrder(group.order));
      if (reordered) {
        group = *std::move(reordered);
        return absl::OkStatus();
      }
      const auto stuck_at = group.order.begin() + static_cast<std::ptrdiff_t>(group.merged);
      left_over.push_back(*stuck_at);
      group.order.erase(stuck_at);
      std::vector<Progress> shorter = {Begin(std::move(group.order))};
      CLAMBAKE_RETURN_IF_ERROR(AdvanceAll(shorter));
      group = std::move(shorter.front());
    }
    return absl::OkStatus();
  }

  [[nodiscard]] bool HasRoomFor(const VerifiedGroup& group, std::size_t member) const {
    if (request_.max_size > 0 && group.order.size() >= request_.max_size) return false;
    const Members& enemies = request_.graph->neighbours[member];
    return std::none_of(group.order.begin(), group.order.end(), [&](std::size_t other) {
      return std::binary_search(enemies.begin(), enemies.end(), other);
    });
  }

  absl::Status PlaceElsewhere(std::size_t member, std::vector<VerifiedGroup>& groups) {
    for (VerifiedGroup& group : groups) {
      if (!HasRoomFor(group, member)) continue;
      Members members = group.order;
      members.push_back(member);
      std::sort(members.begin(), members.end());
      CLAMBAKE_ASSIGN_OR_RETURN(const std::optional<Progress> found, FindOrder(std::move(members)));
      if (!found) continue;
      group = {found->order, found->tree};
      return absl::OkStatus();
    }
    groups.push_back({{member}, all_[member].tree});
    return absl::OkStatus();
  }

  Memory& memory_;
  MergedBundles& known_;
  const VerificationRequest& request_;
  const std::vector<Candidate>& all_;
};

}  // namespace

absl::StatusOr<std::vector<VerifiedGroup>> VerifyGroups(Memory& memory, MergedBundles& known,
                                                        const VerificationRequest& request) {
  return Verifier(memory, known, request).Run();
}

}  // namespace clambake::bundler
