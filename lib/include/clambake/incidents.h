// What the audit log tells people: how grave each line is, and the incidents
// that the lines make up. All functions are pure and thread-safe.
#ifndef CLAMBAKE_INCIDENTS_H_
#define CLAMBAKE_INCIDENTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "clambake/state_store.h"

namespace clambake {

// Critical: roll-backs and corruption. Warning: what holds or mends. Info:
// milestones and every other change.
enum class AlertLevel { kInfo, kWarning, kCritical };
std::string_view Name(AlertLevel level);  // "info" "warning" "critical"
AlertLevel LevelOf(const AuditRecord& record);
std::string AlertToJson(std::string_view scope, const AuditRecord& record);  // `clambake.alert/1`

// From a roll-back to the clearing of its latch.
struct Incident {
  std::string component;
  absl::Time from;
  absl::Time until = absl::InfiniteFuture();  // where it is open still
  // Those of the component, and those that name none.
  std::vector<AuditRecord> log;

  [[nodiscard]] bool open() const { return until == absl::InfiniteFuture(); }
};

// Of a log in its order; the incidents by when they began.
std::vector<Incident> FindIncidents(const std::vector<AuditRecord>& log);

std::string AuditLogToJson(std::string_view scope,
                           const std::vector<AuditRecord>& log);  // `clambake.audit_log/1`
std::string IncidentsToJson(std::string_view scope,
                            const std::vector<Incident>& incidents);  // `clambake.incidents/1`

}  // namespace clambake

#endif  // CLAMBAKE_INCIDENTS_H_
