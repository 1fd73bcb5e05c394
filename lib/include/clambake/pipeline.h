// The product in one piece: plan → bundle → prepare → apply.
#ifndef CLAMBAKE_PIPELINE_H_
#define CLAMBAKE_PIPELINE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clambake/bundler.h"
#include "clambake/executor.h"
#include "clambake/model.h"
#include "clambake/state_store.h"
#include "clambake/work_planner.h"

namespace clambake {

// None is owned; all outlive the calls.
struct PipelineParts {
  const WorkPlanner* planner = nullptr;
  Bundler* bundler = nullptr;  // null: nothing is bundled
  Executor* executor = nullptr;
};

struct PipelineInput {
  const Backlog* backlog = nullptr;
  std::vector<Agent> agents;
  PlanOptions plan;
  BundleOptions bundle;
  std::string base;                 // rev that bundles are made on; "": the default branch
  std::string base_sha;             // see PrepareRequest
  std::string assignee;             // see PrepareRequest
  std::vector<CreateLabel> labels;  // to be made in the repository, whichever executor runs
  std::vector<Work> work;           // these three from ReadState; empty without a state
  std::vector<JournalEntry> pending;
  std::vector<JournalEntry> comments;
};

struct Decided {
  Plan plan;
  BundleSet bundles;
  Preparation preparation;
  std::vector<ReadyIssue> ready;  // planned for later, and free to be claimed by whoever is idle first
};

// What the store knows, into `input`.
absl::Status ReadState(StateStore& store, std::string_view scope, PipelineInput& input);

// Decides and writes nothing. Parts from the factory degrade by themselves: see
// clambake/factory.h.
absl::StatusOr<Decided> Decide(const PipelineParts& parts, const PipelineInput& input);

// Performs what was decided, and makes the ready issues claimable. FailedPrecondition if `expected_digest` is
// not "" and not that of the operations: nothing was written then.
absl::StatusOr<RunOutcome> Act(const PipelineParts& parts, const Decided& decided,
                               std::string_view expected_digest, const WritePermit& permit,
                               const ApplyContext& context);

}  // namespace clambake

#endif  // CLAMBAKE_PIPELINE_H_
