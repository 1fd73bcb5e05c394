// A rollout record as the document it is kept in.
#ifndef CLAMBAKE_CUTOVER_ROLLOUT_JSON_H_
#define CLAMBAKE_CUTOVER_ROLLOUT_JSON_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/json_writer.h"
#include "clambake/rollouts.h"

namespace clambake::cutover {

std::string RecordToJson(const RolloutRecord& record);
// FailedPrecondition: the document is damaged, or not ours.
absl::StatusOr<RolloutRecord> ReadRecord(std::string_view text, std::string_view name);
// What people see: everything but the counters.
void WriteSummary(JsonWriter& json, const RolloutRecord& record);

}  // namespace clambake::cutover

#endif  // CLAMBAKE_CUTOVER_ROLLOUT_JSON_H_
