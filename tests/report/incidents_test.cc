#include "clambake/incidents.h"

#include "clambake/report.h"
#include "tests/support/catch.h"

namespace clambake {
namespace {

constexpr absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

AuditRecord Line(std::int64_t sequence, std::string event, std::string detail) {
  return {sequence, kStart + absl::Minutes(sequence), "ada", std::move(event), std::move(detail)};
}

// Two roll-backs of the planner with a repair between, the first of them cleared.
std::vector<AuditRecord> Log() {
  return {Line(1, "cutover.start", "planner: none -> running"),
          Line(2, "cutover.rollback", "planner: running -> latched"),
          Line(3, "cutover.hold", "bundler: running -> held"),
          Line(4, "state.repair", "2 rows"),
          Line(5, "cutover.clear", "planner: latched -> none"),
          Line(6, "state.restore", "sha256:1"),
          Line(7, "cutover.corruption", "planner: running -> latched")};
}

TEST_CASE("An incident lasts from a roll-back to the clearing of its latch") {
  const std::vector<Incident> incidents = FindIncidents(Log());
  REQUIRE(incidents.size() == 2);
  CHECK(incidents[0].component == "planner");
  CHECK(incidents[0].from == kStart + absl::Minutes(2));
  CHECK(incidents[0].until == kStart + absl::Minutes(5));
  CHECK_FALSE(incidents[0].open());
  // The bundler's hold is none of it; the repair, which names no component, is.
  REQUIRE(incidents[0].log.size() == 3);
  CHECK(incidents[0].log[1].event == "state.repair");
  CHECK(incidents[1].open());
  CHECK(incidents[1].log.size() == 1);
}

TEST_CASE("Incidents are tables, and the number of them that are open") {
  CHECK(IncidentsText(FindIncidents(Log()), {}) ==
        "planner, over after 3m\n"
        "  TIME                  LEVEL     ACTOR  EVENT             DETAIL\n"
        "  2023-11-14T22:15:20Z  critical  ada    cutover.rollback  planner: running -> latched\n"
        "  2023-11-14T22:17:20Z  warning   ada    state.repair      2 rows\n"
        "  2023-11-14T22:18:20Z  info      ada    cutover.clear     planner: latched -> none\n"
        "\n"
        "planner, open\n"
        "  TIME                  LEVEL     ACTOR  EVENT               DETAIL\n"
        "  2023-11-14T22:20:20Z  critical  ada    cutover.corruption  planner: running -> latched\n"
        "\n"
        "2 incidents, 1 open.\n");
  CHECK(IncidentsText({}, {}) == "no incident: nothing was rolled back\n");
}

TEST_CASE("What people typed into the log stays JSON, whatever its bytes") {
  const AuditRecord typed = Line(1, "cutover.rollback", "planner: x -> y: \"\xff\x1b[31m\"");
  CHECK(
      AlertToJson("o/r", typed) ==
      R"({"schema":"clambake.alert/1","level":"critical","event":"cutover.rollback","at":"2023-11-14T22:14:20Z",)"
      R"("repository":"o/r","actor":"ada","text":"planner: x -> y: \")"
      "\xef\xbf\xbd"
      R"( [31m\""})");
  CHECK(IncidentsToJson("o/r", FindIncidents({typed})).find('\x1b') == std::string::npos);
  CHECK(AuditLogToJson("o/r", {}) == R"({"schema":"clambake.audit_log/1","scope":"o/r","lines":[]})");
}

TEST_CASE("A state audit is JSON: the differences, what is broken, what was mended") {
  const StateAudit audit{.rows = {{.issue = 3, .legacy = "ready - -", .v2 = ""}},
                         .broken = {{"holder", 4, "nobody holds it"}}};
  const StateRepair repair{.rows = 1, .after = {.broken = {{"audit_log", 0, "line 2"}}}};
  CHECK(
      StateAuditJson("o/r", audit, &repair) ==
      R"({"schema":"clambake.state_audit/1","scope":"o/r","clean":false,"repaired":1,)"
      R"("differences":[{"issue":3,"legacy":"ready - -","v2":""}],)"
      R"("broken":[{"rule":"holder","issue":4,"text":"nobody holds it"}],)"
      R"("after_repair":{"clean":false,"differences":[],"broken":[{"rule":"audit_log","text":"line 2"}]}})");
  CHECK(StateAuditJson("o/r", {}, nullptr).find(R"("clean":true)") != std::string::npos);
  CHECK(StateRepairText({.rows = 1}, {}) ==
        "repaired 1 row from legacy; audited again: the generations agree, no invariant is broken\n");
  CHECK(StateRepairText(repair, {}).find("audited again: not clean\n\n  ISSUE  WHAT\n") != std::string::npos);
}

}  // namespace
}  // namespace clambake
