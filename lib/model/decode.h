// GitHub's REST objects, and the other elements of a backlog, as our types.
// Unknown keys are ignored; only keys that API versions 2022-11-28 and
// 2026-03-10 share are read. Errors are InvalidArgument and point at the place.
#ifndef CLAMBAKE_MODEL_DECODE_H_
#define CLAMBAKE_MODEL_DECODE_H_

#include "absl/status/status.h"
#include "base/json_view.h"
#include "clambake/model.h"

namespace clambake {

inline constexpr std::int64_t kMaxNumber = (std::int64_t{1} << 53U) - 1;  // what JSON can carry exactly

// True for an element of GitHub's issues list that is a pull request.
bool IsPull(const JsonView& view);

absl::Status DecodeIssue(const JsonView& view, Issue& issue);
absl::Status DecodePull(const JsonView& view, Pull& pull);
absl::Status DecodeBranch(const JsonView& view, Branch& branch);
absl::Status DecodeBlockers(const JsonView& view, Blockers& blockers);
absl::Status DecodeSubIssue(const JsonView& view, SubIssue& sub_issue);
absl::Status DecodeEstimate(const JsonView& view, Estimate& estimate);
absl::Status DecodeTouches(const JsonView& view, Touches& touches);
absl::Status DecodeAgent(const JsonView& view, Agent& agent);

}  // namespace clambake

#endif  // CLAMBAKE_MODEL_DECODE_H_
