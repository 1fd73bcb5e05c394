// `clambake.claims/1` and `clambake.queue/1`.
#include "base/json_view.h"
#include "base/json_writer.h"
#include "clambake/state_store.h"

namespace clambake {
namespace {

void WriteTime(JsonWriter& json, std::string_view key, absl::Time time) {
  if (time != absl::InfinitePast()) json.Member(key, FormatTimestamp(time));
}

void WriteWork(JsonWriter& json, const Work& work) {
  json.Object([&] {
    json.Member("issue", work.issue);
    json.Member("state", Name(work.state));
    json.Member("agent", work.owner);
    json.Member("fence", work.fence);
    WriteTime(json, "lease_until", work.lease_until);
    json.Member("branch", work.branch);
    WriteTime(json, "updated_at", work.updated_at);
  });
}

void WriteEntry(JsonWriter& json, const JournalEntry& entry) {
  json.Object([&] {
    json.Member("id", entry.id);
    json.Member("state", Name(entry.state));
    json.Member("kind", entry.kind);
    json.Member("lane", entry.lane);
    if (entry.issue != 0) json.Member("issue", entry.issue);
    json.Member("attempts", entry.attempts);
    WriteTime(json, "attempted_at", entry.attempted_at);
    json.Member("reason", entry.detail);
    json.Member("next_step", entry.next_step);
    json.Member("request_ids", entry.requests);
    json.Key("operation");
    json.Raw(entry.payload);
  });
}

}  // namespace

std::string ClaimsToJson(std::string_view scope, const std::vector<Work>& work) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", "clambake.claims/1");
    json.Member("scope", scope);
    json.Key("claims");
    json.Array([&] {
      for (const Work& row : work) WriteWork(json, row);
    });
  });
  return json.Take();
}

std::string QueueToJson(std::string_view scope, const std::vector<JournalEntry>& queue) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", "clambake.queue/1");
    json.Member("scope", scope);
    json.Key("operations");
    json.Array([&] {
      for (const JournalEntry& entry : queue) WriteEntry(json, entry);
    });
  });
  return json.Take();
}

}  // namespace clambake
