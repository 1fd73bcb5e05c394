#include "clambake/pipeline.h"

#include "base/status_macros.h"
#include "fmt/format.h"

namespace clambake {
namespace {

BundleSet EachByItself(const std::vector<Head>& heads, std::string_view reason) {
  BundleSet set;
  for (const Head& head : heads) set.individual.push_back({head.rev, head.issue, std::string(reason), {}});
  return set;
}

absl::StatusOr<BundleSet> MakeBundles(Bundler* bundler, const PipelineInput& input, std::string& note) {
  const std::vector<Head> heads = FinishedHeads(*input.backlog);
  if (bundler == nullptr || heads.empty()) return BundleSet{};
  const std::string base = input.base.empty() ? input.backlog->default_branch : input.base;
  absl::StatusOr<BundleSet> set =
      bundler->MakeBundles({.base = base, .heads = heads, .options = input.bundle});
  if (set.ok() || absl::IsInvalidArgument(set.status())) return set;
  note = fmt::format("bundling failed ({}): each branch gets a pull request of its own",
                     std::string(set.status().message()));
  return EachByItself(heads, "bundler_failed");
}

}  // namespace

absl::Status ReadState(StateStore& store, std::string_view scope, PipelineInput& input) {
  CLAMBAKE_ASSIGN_OR_RETURN(input.work, store.ListWork(scope));
  CLAMBAKE_ASSIGN_OR_RETURN(input.pending, store.PendingOperations(scope));
  CLAMBAKE_ASSIGN_OR_RETURN(input.comments, store.ConfirmedOperations(scope, "create_comment"));
  return absl::OkStatus();
}

absl::StatusOr<Decided> Decide(const PipelineParts& parts, const PipelineInput& input) {
  Decided decided;
  PlanRequest plan{.backlog = input.backlog, .agents = input.agents, .options = input.plan};
  CLAMBAKE_ASSIGN_OR_RETURN(decided.plan, parts.planner->MakePlan(plan));
  std::string note;
  CLAMBAKE_ASSIGN_OR_RETURN(decided.bundles, MakeBundles(parts.bundler, input, note));
  PrepareRequest prepare{.backlog = input.backlog, .plan = &decided.plan, .bundles = &decided.bundles};
  prepare.work = input.work;
  prepare.pending = input.pending;
  prepare.comments = input.comments;
  prepare.base_sha = input.base_sha;
  prepare.assignee = input.assignee;
  CLAMBAKE_ASSIGN_OR_RETURN(decided.preparation, parts.executor->Prepare(prepare));
  if (!note.empty()) decided.preparation.notes.push_back(std::move(note));
  return decided;
}

absl::StatusOr<RunOutcome> Act(const PipelineParts& parts, const Decided& decided,
                               std::string_view expected_digest, const WritePermit& permit,
                               const ApplyContext& context) {
  const std::string digest = OperationsDigest(decided.preparation);
  if (!expected_digest.empty() && expected_digest != digest) {
    return absl::FailedPreconditionError(
        fmt::format("the operations are not those expected: {} instead of {}; nothing was written", digest,
                    expected_digest));
  }
  return parts.executor->Apply(decided.preparation, permit, context);
}

}  // namespace clambake
