#include "cli/alerts.h"

#include <array>
#include <cstdio>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "clambake/factory.h"
#include "clambake/incidents.h"
#include "cli/github_actions.h"
#include "cli/hook.h"
#include "cli/messages.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

constexpr std::string_view kKey = "alerts/told";
constexpr absl::Duration kLimit = absl::Seconds(10);

Severity SeverityOf(AlertLevel level) {
  constexpr std::array kSeverities = {Severity::kInfo, Severity::kWarning, Severity::kError};
  return kSeverities[static_cast<std::size_t>(level)];
}

bool IsSafeUrl(std::string_view url) {
  if (url.starts_with("https://")) return true;
  for (const std::string_view loopback : {"http://127.0.0.1", "http://localhost", "http://[::1]"}) {
    if (!url.starts_with(loopback)) continue;
    const std::string_view rest = url.substr(loopback.size());
    if (rest.empty() || rest[0] == ':' || rest[0] == '/') return rest.find('@') == std::string_view::npos;
  }
  return false;
}

absl::Status Post(const std::string& url, const std::string& body) {
  if (!IsSafeUrl(url)) {
    return absl::InvalidArgumentError("CLAMBAKE_ALERT_WEBHOOK: expected https://…, or http:// on this host");
  }
  return NewOtlpTransport()({.url = url,
                             .headers = {{"Content-Type", Secret("application/json")}},
                             .body = body,
                             .timeout = kLimit});
}

void Tell(const Globals& globals, const std::string& scope, const AuditRecord& record) {
  const AlertLevel level = LevelOf(record);
  globals.observer.telemetry.Log(
      SeverityOf(level), "alert",
      {{"level", Name(level)}, {"event", record.event}, {"actor", record.actor}, {"text", record.detail}});
  const std::string text =
      fmt::format("{}: {} by {}: {}", Name(level), record.event, record.actor, record.detail);
  if (InGithubActions()) {
    constexpr std::array<std::string_view, 3> kCommands = {"notice", "warning", "error"};
    fmt::print(stderr, "{}\n", WorkflowCommand(kCommands[static_cast<std::size_t>(level)], text));
  }
  if (const std::string hook = Environment("CLAMBAKE_ALERT_HOOK"); !hook.empty()) {
    const absl::Status ran =
        RunHook({hook, std::string(Name(level)), record.event, scope + ": " + record.detail}, kLimit);
    if (!ran.ok()) Warn(globals, fmt::format("the alert hook: {}", std::string(ran.message())));
  }
  if (const std::string url = Environment("CLAMBAKE_ALERT_WEBHOOK"); !url.empty()) {
    const absl::Status sent = Post(url, AlertToJson(scope, record));
    if (!sent.ok()) Warn(globals, fmt::format("the alert webhook: {}", std::string(sent.message())));
  }
}

bool IsAlert(const AuditRecord& record) {
  return absl::StartsWith(record.event, "cutover.") || absl::StartsWith(record.event, "state.") ||
         absl::StartsWith(record.event, "flags.");
}

}  // namespace

void TellAlerts(const Globals& globals, StateStore& store, const std::string& scope) {
  constexpr std::int64_t kMaxAtOnce = 100;
  const absl::StatusOr<Document> told = store.ReadDocument(scope, kKey);
  const absl::StatusOr<std::vector<AuditRecord>> log = store.ReadAudit(scope, kMaxAtOnce);
  if (!log.ok()) Warn(globals, fmt::format("nobody is alerted: {}", std::string(log.status().message())));
  if (!told.ok() || !log.ok() || log->empty()) return;
  std::int64_t last = 0;
  if (told->version > 0 && !absl::SimpleAtoi(told->value, &last)) last = 0;
  if (log->back().sequence <= last) return;
  // Whoever moves the mark tells: two processes do not tell twice.
  const std::string mark = std::to_string(log->back().sequence);
  if (!store.WriteDocument(scope, kKey, mark, told->version).ok()) return;
  for (const AuditRecord& record : *log) {
    if (record.sequence > last && IsAlert(record)) Tell(globals, scope, record);
  }
}

}  // namespace clambake::cli
