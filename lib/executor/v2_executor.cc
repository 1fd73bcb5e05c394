#include "executor/v2_executor.h"

#include <set>

#include "base/status_macros.h"
#include "executor/journaled_run.h"
#include "executor/prepare.h"
#include "executor/schedule.h"
#include "model/operations.h"

namespace clambake {
namespace {

using executor::Item;
using executor::JournaledRun;
using executor::Schedule;

// The manual queue, apart from what can go on by itself.
struct Pending {
  std::vector<Item> items;
  std::vector<JournalEntry> manual;
};

absl::StatusOr<Pending> ReadPending(StateStore& store, const std::string& scope) {
  CLAMBAKE_ASSIGN_OR_RETURN(std::vector<JournalEntry> entries, store.PendingOperations(scope));
  Pending pending;
  for (JournalEntry& entry : entries) {
    if (!IsUnfinished(entry.state)) {
      pending.manual.push_back(std::move(entry));
      continue;
    }
    CLAMBAKE_ASSIGN_OR_RETURN(Operation operation, FromJournalEntry(entry));
    pending.items.push_back({std::move(entry), std::move(operation)});
  }
  return pending;
}

std::set<std::string> LanesOf(const std::vector<JournalEntry>& entries) {
  std::set<std::string> lanes;
  for (const JournalEntry& entry : entries) lanes.insert(entry.lane);
  return lanes;
}

// Times of attempts are the store's; from here on all times are our clock's.
absl::Status ToOurClock(StateStore& store, Clock& clock, std::vector<Item>& items) {
  CLAMBAKE_ASSIGN_OR_RETURN(const absl::Time now, store.Now());
  const absl::Duration ahead = now - clock.Now();
  for (Item& item : items) item.entry.attempted_at -= ahead;
  return absl::OkStatus();
}

class V2Executor : public Executor {
 public:
  [[nodiscard]] std::string_view name() const override { return "v2"; }

  [[nodiscard]] absl::StatusOr<Preparation> Prepare(const PrepareRequest& request) const override {
    return executor::PrepareV2(request);
  }

  absl::StatusOr<RunOutcome> Apply(const Preparation& preparation, const WritePermit& permit,
                                   const ApplyContext& context) override {
    std::vector<JournalEntry> entries;
    for (const Operation& operation : preparation.operations) {
      entries.push_back(ToJournalEntry(operation, static_cast<std::int64_t>(entries.size())));
    }
    StateStore& store = *context.store;
    const std::string& scope = permit.lease().scope;
    CLAMBAKE_ASSIGN_OR_RETURN(std::vector<IssueNumber> held,
                              store.RecordIntents(permit.lease(), entries, preparation.changes));
    CLAMBAKE_ASSIGN_OR_RETURN(Pending pending, ReadPending(store, scope));
    CLAMBAKE_RETURN_IF_ERROR(ToOurClock(store, *context.clock, pending.items));
    const std::size_t total = pending.items.size();
    Schedule schedule(std::move(pending.items), LanesOf(pending.manual));
    RunOutcome outcome = JournaledRun(permit, context, std::move(schedule), total).Execute();
    outcome.held = std::move(held);
    CLAMBAKE_ASSIGN_OR_RETURN(Pending left, ReadPending(store, scope));
    outcome.unfinished = left.items.size();
    outcome.manual_queue = std::move(left.manual);
    return outcome;
  }
};

}  // namespace

std::unique_ptr<Executor> NewV2Executor() { return std::make_unique<V2Executor>(); }

}  // namespace clambake
