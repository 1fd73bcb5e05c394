#include "executor/verdict.h"

#include "fmt/format.h"

namespace clambake::executor {
namespace {

// Abandoned work keeps its branch; whoever takes the issue up again finds it.
bool IsAgentBranch(const Operation& operation) {
  const auto* create = std::get_if<CreateRef>(&operation.write);
  return create != nullptr && create->ref.starts_with("refs/heads/agent");
}

}  // namespace

Verdict Judge(const Operation& operation, const absl::Status& answer) {
  switch (answer.code()) {
    case absl::StatusCode::kOk:
      return Verdict::kConfirmed;
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDeadlineExceeded:  // a probe's; it says as little
      return Verdict::kSettle;
    case absl::StatusCode::kUnavailable:
      return Verdict::kTryLater;
    case absl::StatusCode::kResourceExhausted:
      return Verdict::kRateLimit;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return Verdict::kStop;
    case absl::StatusCode::kAlreadyExists:
      return IsAgentBranch(operation) ? Verdict::kAccepted : Verdict::kLook;
    default:
      return operation.need == Operation::Need::kAdvisory ? Verdict::kRefused : Verdict::kManual;
  }
}

std::string NextStep(const Operation& operation, const absl::Status& answer) {
  const std::string then = fmt::format(
      "; then `clambake state queue retry {0}`, or `drop {0}` if it is not "
      "needed or done by hand",
      operation.id);
  if (absl::IsNotFound(answer)) {
    return "check that it still exists and that the token may write to the repository" + then;
  }
  if (const auto* pull = std::get_if<CreatePull>(&operation.write); pull && absl::IsDataLoss(answer)) {
    return fmt::format(
               "do not merge it: find out who or what changed {}, and push there a commit whose tree is {}",
               pull->head, operation.tree) +
           then;
  }
  if (const auto* merge = std::get_if<MergeBranch>(&operation.write); merge && absl::IsAborted(answer)) {
    return fmt::format("merge {} into {} by hand and push it", merge->head, merge->base) + then;
  }
  if (const auto* create = std::get_if<CreateRef>(&operation.write)) {
    return fmt::format("look at {}: it exists with other content; delete it if it is stale", create->ref) +
           then;
  }
  if (const auto* pull = std::get_if<CreatePull>(&operation.write)) {
    return fmt::format("look at branch {} and its pull requests", pull->head) + then;
  }
  return "read the reason and put it right" + then;
}

}  // namespace clambake::executor
