// One run of v2: every operation through the journal.
//
//   INTENT ──▶ ATTEMPT ──▶ CONFIRMED | REFUSED | MANUAL
//     ▲           │ no answer, or found so after a restart
//     │           ▼
//     └──────  UNKNOWN: settle, look; taken → CONFIRMED, else send again
#ifndef CLAMBAKE_EXECUTOR_JOURNALED_RUN_H_
#define CLAMBAKE_EXECUTOR_JOURNALED_RUN_H_

#include <string>

#include "clambake/executor.h"
#include "executor/schedule.h"
#include "executor/verdict.h"

namespace clambake::executor {

class JournaledRun {
 public:
  JournaledRun(const WritePermit& permit, const ApplyContext& context, Schedule schedule, std::size_t total)
      : lease_(permit.lease()), context_(context), schedule_(std::move(schedule)), total_(total) {}

  RunOutcome Execute();

 private:
  // Both end the run by setting outcome_.stopped. Whoever stops returns: no step
  // stops twice.
  bool MayGoOn();
  void Stop(absl::Status why);

  void Step(Lane& lane);
  void Send(Lane& lane);
  void Look(Lane& lane, const absl::Status& why);
  bool IsAsVerified(Lane& lane);
  void CannotRead(Lane& lane, const absl::Status& why);
  void Follow(Lane& lane, Verdict verdict, const absl::StatusOr<WriteReceipt>& answer);
  void TryLater(Lane& lane, const absl::Status& why);
  void ObeyLimit(Lane& lane, const absl::Status& why);
  void Conclude(Lane& lane, OperationState state, const absl::Status& why);
  bool Record(Lane& lane, OperationState state, const std::string& detail);

  bool MayStillSend(absl::Duration since) const;
  void WaitUntil(absl::Time time);
  void Report(const Item& item);
  [[nodiscard]] absl::Time Now() const { return context_.clock->Now(); }

  const RunLease& lease_;
  const ApplyContext& context_;
  Schedule schedule_;
  std::size_t total_;
  absl::Time blocked_until_ = absl::InfinitePast();  // by a rate limit, for all lanes
  absl::Time renewed_at_ = absl::InfinitePast();     // the run's lease
  RunOutcome outcome_;
};

}  // namespace clambake::executor

#endif  // CLAMBAKE_EXECUTOR_JOURNALED_RUN_H_
