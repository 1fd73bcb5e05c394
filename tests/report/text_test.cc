#include "clambake/report.h"
#include "report/table.h"
#include "tests/support/backlog_builder.h"
#include "tests/support/catch.h"

namespace clambake {
namespace {

TEST_CASE("Minutes read as people say them") {
  REQUIRE(FormatMinutes(0) == "0m");
  REQUIRE(FormatMinutes(59) == "59m");
  REQUIRE(FormatMinutes(60) == "1h");
  REQUIRE(FormatMinutes(90) == "1h30m");
  REQUIRE(FormatMinutes(1440) == "1d");
  REQUIRE(FormatMinutes(3119) == "2d3h59m");
}

TEST_CASE("Widths count terminal columns, not bytes") {
  REQUIRE(DisplayWidth("") == 0);
  REQUIRE(DisplayWidth("abc") == 3);
  REQUIRE(DisplayWidth("café") == 4);
  REQUIRE(DisplayWidth("日本") == 4);
}

TEST_CASE("A table is aligned, cut to the terminal's width, and says what it leaves out") {
  TextStyle style{.width = 24, .max_rows = 2};
  Table table({">N", "NAME", "TEXT"}, style);
  table.AddRow({{"1"}, {"日本"}, {"a text that is too long"}});
  table.AddRow({{"100"}, {"b"}, {"short"}}, {"a detail"});
  table.AddRow({{"7"}, {"c"}, {"unseen"}});
  REQUIRE(table.Render("rows") ==
          "    N  NAME  TEXT\n"
          "    1  日本  a text tha…\n"
          "  100  b     short\n"
          "      a detail\n"
          "  … and 1 more rows\n");
}

TEST_CASE("Colours appear only where they are asked for") {
  REQUIRE(Colored("x", Ink::kRed, {}) == "x");
  REQUIRE(Colored("x", Ink::kRed, {.color = TextStyle::Color::kAlways}) == "\x1b[31mx\x1b[0m");
}

TEST_CASE("Titles from outside cannot move the cursor of whoever reads the plan") {
  const auto backlog = MakeBacklog({{1, "\x1b[2Jgone\nnext line"}});
  Plan plan;
  plan.agents = *MakeAgents(1);
  plan.unassigned = {{1, UnassignedReason::kNotReady, {}}};
  const std::string text = PlanText(backlog, plan, {}, {});
  REQUIRE(text.find('\x1b') == std::string::npos);
  REQUIRE_THAT(text, ContainsSubstring(" [2Jgone next line"));
}

TEST_CASE("Every reason for not being scheduled is explained") {
  const auto backlog = MakeBacklog({{1, "t"}});
  for (int reason = 0; reason <= static_cast<int>(UnassignedReason::kNoSkilledAgent); ++reason) {
    Plan plan;
    plan.unassigned = {{1, static_cast<UnassignedReason>(reason), {2}}};
    const std::string plain = PlanText(backlog, plan, {}, {});
    const std::string explained = PlanText(backlog, plan, {}, {.explain = TextStyle::Explain::kYes});
    REQUIRE(explained.size() > plain.size() + 20);
  }
}

TEST_CASE("A detail is broken between words at the terminal's edge, and nowhere without one") {
  const auto rendered = [](std::size_t width) {
    Table table({"A"}, {.width = width});
    table.AddRow({{"x"}}, {"one two three four five  six"});
    return table.Render("rows");
  };
  REQUIRE(rendered(0) == "  A\n  x\n      one two three four five  six\n");
  REQUIRE(rendered(26) == "  A\n  x\n      one two three four\n      five  six\n");
}

TEST_CASE("Claims are a table with counts: what nobody holds has no holder and no end") {
  Work held{.issue = 12, .state = WorkState::kClaimed, .owner = "agent001"};
  held.lease_until = absl::UnixEpoch();
  REQUIRE(ClaimsText({held, {.issue = 7}}, {}) ==
          "  ISSUE  STATE    HOLDER    UNTIL                 BRANCH\n"
          "    #12  claimed  agent001  1970-01-01T00:00:00Z  -\n"
          "     #7  ready    -         -                     -\n"
          "\n1 ready, 1 claimed.\n");
  REQUIRE(ClaimsText({}, {}) == "no work is known\n");
}

TEST_CASE("The queue names reason, next step and what waits: texts from outside stay on their line") {
  JournalEntry stuck{.id = "ab", .lane = "issue-1", .kind = "add_labels", .state = OperationState::kManual};
  stuck.detail = "said\x1b[2J no";
  stuck.next_step = "look";
  const JournalEntry behind{.id = "cd", .lane = "issue-1", .kind = "create_ref"};
  REQUIRE(QueueText({stuck, behind}, {}) ==
          "  OPERATION  LANE     WHAT\n"
          "  ab         issue-1  add_labels\n"
          "      reason: said [2J no\n"
          "      next: look\n"
          "      1 more of issue-1 wait for it\n");
  REQUIRE(QueueText({behind}, {}) == "nothing waits for a person\n");
}

TEST_CASE("One operation is shown in full, however narrow the terminal") {
  JournalEntry entry{.id = "ab", .lane = "issue-1", .kind = "add_labels"};
  entry.payload = std::string(200, 'x');
  const std::string text = OperationText(entry, {.width = 40});
  REQUIRE(text.find(entry.payload) != std::string::npos);
  REQUIRE(text.starts_with("Operation ab\n\n  kind      add_labels\n  lane      issue-1\n"));
}

TEST_CASE("An audit shows both sides of a difference, and each broken rule") {
  const StateAudit audit{.rows = {{.issue = 3, .legacy = "ready", .v2 = ""}},
                         .broken = {{.rule = "audit_log", .text = "a line is missing"}}};
  REQUIRE(StateAuditText(audit, {}) ==
          "  ISSUE  WHAT\n"
          "     #3  the generations differ\n"
          "      legacy: ready\n"
          "      v2: no row\n"
          "      -  broken: audit_log\n"
          "      a line is missing\n"
          "\n1 row differs between the generations, 1 invariant broken.\n");
  REQUIRE(StateAuditText({}, {}) == "the generations agree, no invariant is broken\n");
}

TEST_CASE("What was compared with GitHub after a roll-back: who holds what, and what changed") {
  Reconciliation result{.moved = 1, .holders = {{}}};
  REQUIRE(ReconciliationText(result, {}) ==
          "1 issue in progress moved to the safe queue; their agents keep them\n"
          "labels: GitHub and the state name the same agents\n");
  result.holders = {{2, "agent002", ""}};
  result.since = {{1, {"agent001"}, {"route:review", "@octo"}}, {30, {}, {"x\x1b[2J"}}};
  REQUIRE(ReconciliationText(result, {}) ==
          "1 issue in progress moved to the safe queue; their agents keep them\n"
          "\nHeld by another on GitHub than here\n"
          "  ISSUE  ON GITHUB  IN THE STATE\n"
          "     #2  agent002   nobody\n"
          "\nChanged on GitHub since it was last seen here\n"
          "  ISSUE  GONE      ADDED\n"
          "     #1  agent001  route:review, @octo\n"
          "    #30  -         x [2J\n");
  REQUIRE_THAT(ReconciliationText({}, {}), ContainsSubstring("no backlog to compare with (--from FILE)"));
}

TEST_CASE(
    "Executors side by side are a table like planners and bundlers: a side that does nothing is a dash") {
  const Preparation control{.executor = "legacy", .repository = "o/n"};
  const Preparation candidate{.executor = "v2"};
  OperationComparison comparison{.counts = {3, 0, 0, 1},
                                 .differences = {{"issue-12", DifferenceClass::kDifferent, "unexplained",
                                                  "POST /repos/o/n/x\x1b[2J", ""}}};
  const OperationComparison noise{.counts = {4, 0, 0, 0}};
  const OperationComparisonReport report{&control, &candidate, &comparison, &noise};
  REQUIRE(OperationComparisonText(report, {}) ==
          "legacy (control) beside v2 (candidate): what would be done on GitHub\n\n"
          "  SUBJECT   CLASS      REASON       CONTROL     CANDIDATE\n"
          "  issue-12  different  unexplained  POST x [2J  -\n"
          "\nOperations: 3 same, 0 equivalent, 0 expected, 1 different.\n"
          "Noise floor (legacy beside legacy): 4 same, 0 equivalent, 0 expected, 0 different.\n"
          "The executors differ: 1 difference without a declared reason.\n");
  REQUIRE_THAT(OperationComparisonJson(report), ContainsSubstring(R"("same":false)"));
}

TEST_CASE("Comparisons that were kept are a table, with counts by outcome, and sentences to their end") {
  ShadowRecord failed{
      .component = "planner", .outcome = "failed", .detail = "killed after its time was over"};
  failed.at = absl::UnixEpoch();
  ShadowRecord same{.component = "bundler", .outcome = "same"};
  same.at = absl::UnixEpoch();
  REQUIRE(ShadowHistoryText({failed, same, same}, {.width = 70}) ==
          "  TIME                  COMPONENT  OUTCOME  DETAIL\n"
          "  1970-01-01T00:00:00Z  planner    failed   killed after its time was\n"
          "                                            over\n"
          "  1970-01-01T00:00:00Z  bundler    same     -\n"
          "  1970-01-01T00:00:00Z  bundler    same     -\n"
          "\n1 failed, 2 same.\n");
  REQUIRE(ShadowHistoryText({}, {}) == "no comparison is kept; `clambake compare --keep` keeps one\n");
}

TEST_CASE("A verdict stands above its metrics, a reason that is a metric's stands there alone") {
  JudgedRollout judged;
  judged.input = {.share = 1'000, .elapsed = absl::Seconds(90)};
  judged.verdict = {.judgement = Judgement::kHold, .reasons = {"corrupt", "slow"}};
  judged.verdict.findings.push_back({.metric = RolloutMetric::kLatency,
                                     .state = Finding::State::kAboveHold,
                                     .control = 1'500,
                                     .candidate = 2'000'000,
                                     .control_items = 9,
                                     .candidate_items = 9,
                                     .text = "slow"});
  judged.verdict.findings.push_back(
      {.metric = RolloutMetric::kErrorRate, .control = 12'345, .control_items = 9, .text = "few"});
  REQUIRE(VerdictText(judged, {}) ==
          "hold: the planner at 10.00 %, for 90 s\n"
          "  corrupt\n"
          "\n"
          "  METRIC       CONTROL  CANDIDATE  STATE\n"
          "  latency_p95    1.5ms         2s  above_hold\n"
          "      slow\n"
          "  error_rate    1.23 %          -  undecided\n"
          "      few\n");
}

TEST_CASE("A run shows every operation, what a person has to do, and the counts") {
  Decided decided;
  decided.preparation.executor = "v2";
  decided.preparation.repository = "o/r";
  for (int i = 0; i < 60; ++i) {
    Operation operation;
    operation.write = AddLabels{.issue = 5, .labels = {"agent001"}};
    decided.preparation.operations.push_back(operation);
  }
  const std::string preview = RunText(decided, nullptr, {});
  REQUIRE(preview.starts_with("60 operations, prepared by the v2 executor, read-only: nothing is written\n"));
  std::size_t rows = 0;
  for (std::size_t at = preview.find("POST"); at != std::string::npos; at = preview.find("POST", at + 1))
    ++rows;
  REQUIRE(rows == 60);
  RunOutcome outcome;
  outcome.outcomes = {{.id = "ab", .state = OperationState::kRefused, .attempts = 2, .detail = "gone"}};
  outcome.held = {9};
  const std::string text = RunText(decided, &outcome, {});
  REQUIRE(text.find("  ab         refused         2  no\n      gone\n") != std::string::npos);
  REQUIRE(text.find("#9: somebody else holds it\n"
                    "0 confirmed, 1 refused, 0 for a person, 0 left for the next run.\ndigest sha256:") !=
          std::string::npos);
}

}  // namespace
}  // namespace clambake
