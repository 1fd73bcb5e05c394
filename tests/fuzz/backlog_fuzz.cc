// A backlog as JSON: read twice, by us and by a parser that knows nothing of ours.
#include <set>
#include <sstream>

#include "clambake/model.h"
#include "nlohmann/json.hpp"
#include "tests/fuzz/fuzz.h"

namespace clambake {
namespace {

using absl::StatusCode;

absl::StatusOr<Backlog> Read(std::string_view text, const ReadLimits& limits = {}) {
  std::istringstream in{std::string(text)};
  return ReadBacklog(in, "fuzz", limits);
}

void CheckNumbers(const Backlog& backlog) {
  std::set<std::int64_t> issues, pulls;
  for (const Issue& issue : backlog.issues)
    FUZZ_CHECK(issue.number > 0 && issues.insert(issue.number).second);
  for (const Pull& pull : backlog.pulls) FUZZ_CHECK(pull.number > 0 && pulls.insert(pull.number).second);
  for (const Blockers& blockers : backlog.blocked_by) FUZZ_CHECK(blockers.issue > 0);
  for (const Estimate& estimate : backlog.estimates) FUZZ_CHECK(estimate.minutes > 0);
}

// What we take for JSON is JSON, and no element got lost.
void CheckAgainstOther(std::string_view text, const Backlog& backlog) {
  const nlohmann::json other = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  FUZZ_CHECK(!other.is_discarded());
  const nlohmann::json& issues = other.is_array() ? other : other["issues"];
  const std::size_t pulls = other.is_object() && other.contains("pulls") ? other["pulls"].size() : 0;
  FUZZ_CHECK(backlog.issues.size() <= issues.size());
  FUZZ_CHECK(backlog.issues.size() + backlog.pulls.size() <= issues.size() + pulls);
  std::size_t next = 0;
  for (const nlohmann::json& issue : issues) {
    if (issue.contains("pull_request") && !issue["pull_request"].is_null()) continue;
    FUZZ_CHECK(next < backlog.issues.size());
    FUZZ_CHECK(issue["number"] == backlog.issues[next].number);
    FUZZ_CHECK(!issue.contains("title") || issue["title"].is_null() ||
               issue["title"] == backlog.issues[next].title);
    ++next;
  }
  FUZZ_CHECK(next == backlog.issues.size());
}

void CheckLimits(std::string_view text) {
  const ReadLimits tight{.max_depth = 4, .max_issues = 2, .max_element_bytes = 64, .max_total_bytes = 256};
  const absl::StatusOr<Backlog> backlog = Read(text, tight);
  fuzz::CheckCode(backlog.status(), {StatusCode::kInvalidArgument, StatusCode::kResourceExhausted});
  if (!backlog.ok()) return;
  FUZZ_CHECK(text.size() <= tight.max_total_bytes);
  FUZZ_CHECK(backlog->issues.size() <= tight.max_issues);
  FUZZ_CHECK(backlog->branches.size() <= tight.max_issues);
  FUZZ_CHECK(Read(text).ok());
}

FUZZ_TARGET(input) {
  CheckLimits(input);
  const absl::StatusOr<Backlog> backlog = Read(input);
  fuzz::CheckCode(backlog.status(), {StatusCode::kInvalidArgument});
  if (!backlog.ok()) {
    FUZZ_CHECK(fuzz::Message(backlog.status()).substr(0, 5) == "fuzz:");
    return;
  }
  CheckNumbers(*backlog);
  CheckAgainstOther(input, *backlog);
  const std::string written = BacklogToJson(*backlog);
  FUZZ_CHECK(!nlohmann::json::parse(written, nullptr, false).is_discarded());
  const absl::StatusOr<Backlog> again = Read(written);
  FUZZ_CHECK(again.ok());
  FUZZ_CHECK(BacklogToJson(*again) == written);
  // Fractions of a second are not written: not before the end of one.
  const absl::Time middle = absl::FromUnixMicros(1'767'323'045'999'999);
  FUZZ_CHECK(BacklogToJson(BacklogAsOf(*again, middle)) == BacklogToJson(BacklogAsOf(*backlog, middle)));
  const Backlog then = BacklogAsOf(*backlog, middle);
  FUZZ_CHECK(then.issues.size() <= backlog->issues.size());
  FUZZ_CHECK(BacklogToJson(BacklogAsOf(then, middle)) == BacklogToJson(then));
}

}  // namespace
}  // namespace clambake
