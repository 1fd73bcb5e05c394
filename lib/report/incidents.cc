#include "clambake/incidents.h"

#include <array>
#include <map>

#include "base/json_view.h"
#include "base/json_writer.h"
#include "base/safe_text.h"
#include "clambake/report.h"
#include "fmt/format.h"
#include "report/table.h"

namespace clambake {
namespace {

bool IsRollback(const AuditRecord& record) {
  return record.event == "cutover.rollback" || record.event == "cutover.corruption";
}

// "planner: running at 10.00 % -> latched …" → "planner".
std::string ComponentOf(const AuditRecord& record) {
  return record.detail.substr(0, record.detail.find(':'));
}

void WriteLine(JsonWriter& json, const AuditRecord& record) {
  json.Object([&] {
    json.Member("sequence", record.sequence);
    json.Member("at", FormatTimestamp(record.at));
    json.Member("level", Name(LevelOf(record)));
    json.Member("actor", SafeText(record.actor));
    json.Member("event", SafeText(record.event));
    json.Member("detail", SafeText(record.detail));
  });
}

void WriteLines(JsonWriter& json, const std::vector<AuditRecord>& log) {
  json.Key("lines");
  json.Array([&] {
    for (const AuditRecord& record : log) WriteLine(json, record);
  });
}

Ink InkOf(AlertLevel level) {
  constexpr std::array<Ink, 3> kInks = {Ink::kDim, Ink::kYellow, Ink::kRed};
  return kInks[static_cast<std::size_t>(level)];
}

std::string IncidentText(const Incident& incident, const TextStyle& style) {
  Table table({"TIME", "LEVEL", "ACTOR", "EVENT", "~DETAIL"}, style);
  for (const AuditRecord& record : incident.log) {
    const AlertLevel level = LevelOf(record);
    table.AddRow({{FormatTimestamp(record.at), Ink::kDim},
                  {std::string(Name(level)), InkOf(level)},
                  {SafeText(record.actor)},
                  {SafeText(record.event), Ink::kBold},
                  {SafeText(record.detail)}});
  }
  const absl::Duration lasted = absl::Trunc(incident.until - incident.from, absl::Seconds(1));
  const std::string end = incident.open() ? "open" : "over after " + absl::FormatDuration(lasted);
  return Colored(fmt::format("{}, {}", SafeText(incident.component), end), Ink::kBold, style) + "\n" +
         table.Render("lines") + "\n";
}

}  // namespace

std::string_view Name(AlertLevel level) {
  constexpr std::array<std::string_view, 3> kNames = {"info", "warning", "critical"};
  return kNames[static_cast<std::size_t>(level)];
}

AlertLevel LevelOf(const AuditRecord& record) {
  if (IsRollback(record)) return AlertLevel::kCritical;
  for (const std::string_view event :
       {"cutover.hold", "cutover.warn", "state.restore", "state.repair", "state.cleanup"}) {
    if (record.event == event) return AlertLevel::kWarning;
  }
  return AlertLevel::kInfo;
}

std::string AlertToJson(std::string_view scope, const AuditRecord& record) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", "clambake.alert/1");
    json.Member("level", Name(LevelOf(record)));
    json.Member("event", SafeText(record.event));
    json.Member("at", FormatTimestamp(record.at));
    json.Member("repository", scope);
    json.Member("actor", SafeText(record.actor));
    json.Member("text", SafeText(record.detail));
  });
  return json.Take();
}

std::vector<Incident> FindIncidents(const std::vector<AuditRecord>& log) {
  std::vector<Incident> incidents;
  std::map<std::string, std::size_t> open;
  for (const AuditRecord& record : log) {
    const std::string component = ComponentOf(record);
    if (IsRollback(record) && !open.contains(component)) {
      open[component] = incidents.size();
      incidents.push_back({.component = component, .from = record.at});
    }
    const auto own = open.find(component);
    if (own != open.end()) {
      incidents[own->second].log.push_back(record);
    } else if (!record.event.starts_with("cutover.")) {
      for (const auto& [name, at] : open) incidents[at].log.push_back(record);
    }
    if (record.event == "cutover.clear" && own != open.end()) {
      incidents[own->second].until = record.at;
      open.erase(own);
    }
  }
  return incidents;
}

std::string AuditLogToJson(std::string_view scope, const std::vector<AuditRecord>& log) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", "clambake.audit_log/1");
    json.Member("scope", scope);
    WriteLines(json, log);
  });
  return json.Take();
}

std::string IncidentsToJson(std::string_view scope, const std::vector<Incident>& incidents) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", "clambake.incidents/1");
    json.Member("scope", scope);
    json.Key("incidents");
    json.Array([&] {
      for (const Incident& incident : incidents) {
        json.Object([&] {
          json.Member("component", SafeText(incident.component));
          json.Member("from", FormatTimestamp(incident.from));
          if (!incident.open()) json.Member("until", FormatTimestamp(incident.until));
          WriteLines(json, incident.log);
        });
      }
    });
  });
  return json.Take();
}

std::string IncidentsText(const std::vector<Incident>& incidents, const TextStyle& style) {
  if (incidents.empty()) return "no incident: nothing was rolled back\n";
  std::string text;
  std::size_t open = 0;
  for (const Incident& incident : incidents) {
    text += IncidentText(incident, style);
    open += incident.open() ? 1U : 0U;
  }
  return text + fmt::format("{}, {} open.\n", Counted(incidents.size(), "incident"), open);
}

}  // namespace clambake
