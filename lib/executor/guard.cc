// The Guard: the one place that lets a run write.
#include "clambake/executor.h"

namespace clambake {

WritePermit::~WritePermit() {
  if (store_ != nullptr) store_->EndRun(lease_).IgnoreError();  // else it ends by itself
}

absl::StatusOr<std::unique_ptr<WritePermit>> Guard::Admit(const FeatureFlags& flags, StateStore& store,
                                                          const Request& request) {
  if (flags.write_mode() == WriteMode::kReadOnly) {
    return absl::FailedPreconditionError("read-only is on: nothing is written");
  }
  if (request.generation == Generation::kV2 && request.rollout.latched) {
    return absl::FailedPreconditionError(
        "the v2 executor was rolled back; `clambake cutover clear` lifts that");
  }
  absl::StatusOr<RunLease> lease = store.StartRun(request.scope, request.owner, request.lease);
  if (!lease.ok()) return lease.status();
  std::unique_ptr<WritePermit> permit(new WritePermit());
  permit->store_ = &store;
  permit->lease_ = *std::move(lease);
  // Chosen before the cleanup, or while the state could not be read.
  if (request.generation == Generation::kLegacy) {
    const absl::StatusOr<bool> gone = store.IsCleanedUp();
    if (!gone.ok()) return gone.status();
    if (*gone) return absl::FailedPreconditionError("the cleanup has taken legacy away: nothing is written");
  }
  return permit;
}

}  // namespace clambake
