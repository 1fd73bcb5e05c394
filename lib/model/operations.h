// Operations as they stand in the journal, and what identifies them.
#ifndef CLAMBAKE_MODEL_OPERATIONS_H_
#define CLAMBAKE_MODEL_OPERATIONS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clambake/executor.h"

namespace clambake {

// 16 hex digits over lane, kind and content.
std::string OperationId(std::string_view lane, const GithubWrite& write);

// The entry that holds `operation`; `position` orders it within its lane.
JournalEntry ToJournalEntry(const Operation& operation, std::int64_t position);

// The operation that an entry holds. InvalidArgument: damaged, or of a kind
// that this program does not perform.
absl::StatusOr<Operation> FromJournalEntry(const JournalEntry& entry);

}  // namespace clambake

#endif  // CLAMBAKE_MODEL_OPERATIONS_H_
