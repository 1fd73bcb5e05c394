#include "factory/split_executor.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "base/status_macros.h"

namespace clambake {
namespace {

// What one generation is to prepare.
struct Part {
  Plan plan;
  BundleSet bundles;
};

struct Parts {
  Part v2;
  Part legacy;
};

// Asks for each issue once, so that one run has one answer.
class Chooser {
 public:
  Chooser(const DecideForIssue& decide, const PrepareRequest& request) : decide_(decide) {
    for (const JournalEntry& entry : request.pending) {
      journalled_lanes_.insert(entry.lane);
      if (entry.issue != 0) known_[entry.issue] = Generation::kV2;
    }
  }

  absl::StatusOr<Generation> For(IssueNumber issue) {
    const auto found = known_.find(issue);
    if (found != known_.end()) return found->second;
    CLAMBAKE_ASSIGN_OR_RETURN(const Decision decision, decide_(issue));
    known_[issue] = decision.generation;
    return decision.generation;
  }

  absl::StatusOr<Generation> For(const Bundle& bundle) {
    if (journalled_lanes_.contains(bundle.name)) return Generation::kV2;
    return For(bundle.issues.empty() ? 0 : bundle.issues.front());
  }

 private:
  const DecideForIssue& decide_;
  std::map<IssueNumber, Generation> known_;
  std::set<std::string, std::less<>> journalled_lanes_;
};

absl::StatusOr<Parts> Divide(const PrepareRequest& request, const DecideForIssue& decide) {
  Chooser chooser(decide, request);
  Parts parts;
  for (Part* part : {&parts.v2, &parts.legacy}) {
    part->plan = *request.plan;
    part->plan.assignments.clear();
    if (request.bundles == nullptr) continue;
    part->bundles = *request.bundles;
    part->bundles.bundles.clear();
    part->bundles.individual.clear();
  }
  const auto part_of = [&](Generation generation) -> Part& {
    return generation == Generation::kV2 ? parts.v2 : parts.legacy;
  };
  for (const Assignment& assignment : request.plan->assignments) {
    CLAMBAKE_ASSIGN_OR_RETURN(const Generation generation, chooser.For(assignment.issue));
    part_of(generation).plan.assignments.push_back(assignment);
  }
  if (request.bundles == nullptr) return parts;
  for (const Bundle& bundle : request.bundles->bundles) {
    CLAMBAKE_ASSIGN_OR_RETURN(const Generation generation, chooser.For(bundle));
    part_of(generation).bundles.bundles.push_back(bundle);
  }
  for (const Individual& individual : request.bundles->individual) {
    CLAMBAKE_ASSIGN_OR_RETURN(const Generation generation, chooser.For(individual.issue));
    part_of(generation).bundles.individual.push_back(individual);
  }
  return parts;
}

template <typename T>
void Append(std::vector<T>& to, std::vector<T> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

// One generation's own operations, and the changes of their issues.
Preparation Own(const Preparation& whole, Generation generation) {
  Preparation own = whole;
  own.legacy.clear();
  const bool v2 = generation == Generation::kV2;
  std::set<IssueNumber> legacy_issues;
  for (const Operation& operation : whole.operations) {
    if (std::binary_search(whole.legacy.begin(), whole.legacy.end(), operation.id)) {
      legacy_issues.insert(operation.issue);
    }
  }
  std::erase_if(own.operations, [&](const Operation& operation) {
    return std::binary_search(whole.legacy.begin(), whole.legacy.end(), operation.id) == v2;
  });
  std::erase_if(own.changes,
                [&](const WorkChange& change) { return legacy_issues.contains(change.issue) == v2; });
  return own;
}

class SplitExecutor : public Executor {
 public:
  SplitExecutor(std::unique_ptr<Executor> v2, std::unique_ptr<Executor> legacy, DecideForIssue decide)
      : v2_(std::move(v2)), legacy_(std::move(legacy)), decide_(std::move(decide)) {}

  [[nodiscard]] std::string_view name() const override { return v2_->name(); }

  [[nodiscard]] absl::StatusOr<Preparation> Prepare(const PrepareRequest& request) const override {
    if (request.backlog == nullptr || request.plan == nullptr) return v2_->Prepare(request);
    CLAMBAKE_ASSIGN_OR_RETURN(const Parts parts, Divide(request, decide_));
    CLAMBAKE_ASSIGN_OR_RETURN(Preparation whole, PreparePart(*v2_, request, parts.v2));
    CLAMBAKE_ASSIGN_OR_RETURN(Preparation legacy, PreparePart(*legacy_, request, parts.legacy));
    for (const Operation& operation : legacy.operations) whole.legacy.push_back(operation.id);
    std::sort(whole.legacy.begin(), whole.legacy.end());
    Append(whole.operations, std::move(legacy.operations));
    Append(whole.changes, std::move(legacy.changes));
    Append(whole.notes, std::move(legacy.notes));
    return whole;
  }

  absl::StatusOr<RunOutcome> Apply(const Preparation& preparation, const WritePermit& permit,
                                   const ApplyContext& context) override {
    CLAMBAKE_ASSIGN_OR_RETURN(RunOutcome outcome,
                              v2_->Apply(Own(preparation, Generation::kV2), permit, context));
    if (preparation.legacy.empty() || !outcome.stopped.ok()) return outcome;
    CLAMBAKE_RETURN_IF_ERROR(context.store->RenewRun(permit.lease()));
    CLAMBAKE_ASSIGN_OR_RETURN(RunOutcome legacy,
                              legacy_->Apply(Own(preparation, Generation::kLegacy), permit, context));
    Append(outcome.outcomes, std::move(legacy.outcomes));
    Append(outcome.held, std::move(legacy.held));
    outcome.stopped = legacy.stopped;
    return outcome;
  }

 private:
  static absl::StatusOr<Preparation> PreparePart(const Executor& executor, const PrepareRequest& request,
                                                 const Part& part) {
    PrepareRequest own = request;
    own.plan = &part.plan;
    if (request.bundles != nullptr) own.bundles = &part.bundles;
    return executor.Prepare(own);
  }

  std::unique_ptr<Executor> v2_;
  std::unique_ptr<Executor> legacy_;
  DecideForIssue decide_;
};

}  // namespace

std::unique_ptr<Executor> NewSplitExecutor(std::unique_ptr<Executor> v2, std::unique_ptr<Executor> legacy,
                                           DecideForIssue decide) {
  return std::make_unique<SplitExecutor>(std::move(v2), std::move(legacy), std::move(decide));
}

}  // namespace clambake
