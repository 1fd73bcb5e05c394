// `clambake.run/1`.
#include <string>

#include "base/json_writer.h"
#include "clambake/executor.h"

namespace clambake {
namespace {

void WriteOperation(JsonWriter& json, const Preparation& preparation, const Operation& operation) {
  const WireRequest request = Describe(preparation.repository, operation.write);
  json.Object([&] {
    json.Member("id", operation.id);
    json.Member("kind", WriteKind(operation.write));
    json.Member("lane", operation.lane);
    if (!operation.after.empty()) json.Member("after", operation.after);
    if (operation.issue != 0) json.Member("issue", operation.issue);
    if (operation.need == Operation::Need::kAdvisory) json.Member("advisory", true);
    if (!operation.tree.empty()) json.Member("tree", operation.tree);
    json.Member("method", request.method);
    json.Member("path", request.path);
    if (!request.body.empty()) {
      json.Key("body");
      json.Raw(request.body);
    }
  });
}

void WriteOperations(JsonWriter& json, const Preparation& preparation) {
  json.Array([&] {
    for (const Operation& operation : preparation.operations) WriteOperation(json, preparation, operation);
  });
}

void WriteOutcome(JsonWriter& json, const Outcome& outcome) {
  json.Object([&] {
    json.Member("id", outcome.id);
    json.Member("state", Name(outcome.state));
    json.Member("attempts", outcome.attempts);
    json.Member("probed", outcome.probed);
    json.Member("latency_ms", outcome.latency_ms);
    if (!outcome.detail.empty()) json.Member("detail", outcome.detail);
    if (!outcome.requests.empty()) json.Member("request_ids", outcome.requests);
  });
}

void WriteManual(JsonWriter& json, const JournalEntry& entry) {
  json.Object([&] {
    json.Member("id", entry.id);
    json.Member("lane", entry.lane);
    if (entry.issue != 0) json.Member("issue", entry.issue);
    json.Member("reason", entry.detail);
    json.Member("next_step", entry.next_step);
  });
}

void WriteResults(JsonWriter& json, const RunOutcome& outcome) {
  json.Key("outcomes");
  json.Array([&] {
    for (const Outcome& one : outcome.outcomes) WriteOutcome(json, one);
  });
  json.Key("manual_queue");
  json.Array([&] {
    for (const JournalEntry& entry : outcome.manual_queue) WriteManual(json, entry);
  });
  json.Values("held", outcome.held);
  json.Member("unfinished", outcome.unfinished);
  if (!outcome.stopped.ok()) {
    json.Member("stopped",
                std::string_view(outcome.stopped.message().data(), outcome.stopped.message().size()));
  }
  if (!outcome.fault.empty()) json.Member("fault", outcome.fault);
  if (!outcome.corruption.empty()) json.Member("corruption", outcome.corruption);
}

}  // namespace

std::string OperationsDigest(const Preparation& preparation) {
  JsonWriter json;
  WriteOperations(json, preparation);
  return Digest(json.Take());
}

bool Succeeded(const RunOutcome& outcome) {
  if (!outcome.stopped.ok() || outcome.unfinished > 0 || !outcome.manual_queue.empty()) return false;
  for (const Outcome& one : outcome.outcomes) {
    const bool done = one.state == OperationState::kConfirmed || one.need == Operation::Need::kAdvisory;
    if (!done) return false;
  }
  return true;
}

std::string RunToJson(const Preparation& preparation, const RunOutcome* outcome, std::string_view plan_digest,
                      std::string_view bundles_digest) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", "clambake.run/1");
    json.Member("executor", preparation.executor);
    json.Member("readonly", outcome == nullptr);
    json.Member("plan", plan_digest);
    json.Member("bundles", bundles_digest);
    json.Member("digest", OperationsDigest(preparation));
    json.Key("operations");
    WriteOperations(json, preparation);
    WriteResults(json, outcome == nullptr ? RunOutcome{} : *outcome);
    json.Values("notes", preparation.notes);
  });
  return json.Take();
}

}  // namespace clambake
