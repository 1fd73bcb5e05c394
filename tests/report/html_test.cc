#include <algorithm>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "clambake/factory.h"
#include "clambake/html_report.h"
#include "fmt/format.h"
#include "report/critical_path.h"
#include "tests/support/catch.h"

using namespace clambake;

namespace {

Issue MakeIssue(IssueNumber number, std::string title) {
  Issue issue{.number = number, .title = std::move(title)};
  issue.labels = {"route:ready", "route:priority-high"};
  return issue;
}

Plan MakePlan(const Backlog& backlog, int agents) {
  const auto planner = NewWorkPlanner(Generation::kV2);
  REQUIRE(planner.ok());
  auto plan = (*planner)->MakePlan({.backlog = &backlog, .agents = *MakeAgents(agents)});
  REQUIRE(plan.ok());
  return *std::move(plan);
}

Backlog SmallBacklog() {
  Backlog backlog{.repository = "o/n"};
  for (IssueNumber i = 1; i <= 4; ++i) backlog.issues.push_back(MakeIssue(i, fmt::format("Issue {}", i)));
  backlog.blocked_by = {{.issue = 2, .blocked_by = {1}}};
  return backlog;
}

std::size_t CountOf(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

// What stands between the page's style and its script: where data goes.
std::string Body(const std::string& html) {
  const std::size_t from = html.find("</style>");
  return html.substr(from, html.rfind("<script>") - from);
}

const std::string kHostile =
    "</td></script><script>alert(1)</script><img src=x onerror=alert(1)>\" onload=\"alert(1)' "
    "&lt;b&gt; \xe2\x80\xae\x1b[31m\xff javascript:alert(1)";

void ExpectHarmless(const std::string& html) {
  const std::string body = Body(html);
  CHECK(body.find("<script") == std::string::npos);
  CHECK(body.find("<img") == std::string::npos);
  CHECK(body.find("\" onload") == std::string::npos);
  CHECK(body.find("\xe2\x80\xae") == std::string::npos);
  CHECK(body.find('\x1b') == std::string::npos);
  CHECK(body.find("&lt;script&gt;alert(1)") != std::string::npos);
  CHECK(CountOf(html, "<script") == 1);
}

}  // namespace

TEST_CASE("The report shows every open issue, by row and by bar") {
  const Backlog backlog = SmallBacklog();
  const Plan plan = MakePlan(backlog, 2);
  const std::string html = ReportHtml({.backlog = &backlog, .plan = &plan});
  std::string bars;
  const std::regex lane("data-b=\"([^\"]*)\"");
  for (auto it = std::sregex_iterator(html.begin(), html.end(), lane); it != std::sregex_iterator(); ++it) {
    bars += " " + (*it)[1].str();
  }
  for (IssueNumber i = 1; i <= 4; ++i) {
    CHECK(CountOf(html, fmt::format("<tr id=\"i{}\">", i)) == 1);
    CHECK(CountOf(bars, fmt::format(" {},", i)) == 1);
  }
  CHECK(html.find("Critical path") != std::string::npos);
}

TEST_CASE("Equal input gives equal bytes") {
  const Backlog backlog = SmallBacklog();
  const Plan plan = MakePlan(backlog, 2);
  CHECK(ReportHtml({.backlog = &backlog, .plan = &plan}) == ReportHtml({.backlog = &backlog, .plan = &plan}));
}

TEST_CASE("Sections without data are left out, and so are their links") {
  const Backlog backlog = SmallBacklog();
  const Plan plan = MakePlan(backlog, 2);
  const std::string html = ReportHtml({.backlog = &backlog, .plan = &plan});
  for (const std::string_view id : {"bundles", "run", "migration", "differences", "health", "waiting"}) {
    CHECK(html.find(fmt::format("id=\"{}\"", id)) == std::string::npos);
    CHECK(html.find(fmt::format("href=\"#{}\"", id)) == std::string::npos);
  }
}

TEST_CASE("An empty backlog makes a page that says so") {
  const Backlog backlog;
  const Plan plan = MakePlan(backlog, 2);
  CHECK(ReportHtml({.backlog = &backlog, .plan = &plan}).find("no open issue") != std::string::npos);
}

TEST_CASE("Hostile text is shown, never obeyed, wherever it comes from") {
  Backlog backlog{.repository = kHostile};
  backlog.issues = {MakeIssue(1, kHostile), MakeIssue(2, kHostile)};
  backlog.issues[1].labels = {"route:human-only"};
  Plan plan = MakePlan(backlog, 1);
  plan.notes = {kHostile};
  plan.agents[0].id = kHostile;
  plan.repository = kHostile;
  BundleSet bundles{.bundler = kHostile, .base = kHostile};
  bundles.bundles = {{.name = kHostile, .heads = {kHostile, "b"}, .issues = {1}, .tree = kHostile}};
  bundles.individual = {{.head = "c", .issue = 2, .reason = kHostile, .paths = {kHostile}}};
  bundles.conflicts = {{.a = kHostile, .b = "c", .paths = {kHostile}}};
  const ReportRun run{kHostile, false, kHostile, {{"x", kHostile, kHostile, kHostile, kHostile, 1}}};
  const ReportMigration migration{kHostile,
                                  {{kHostile, kHostile, {10}, 0, kHostile, {kHostile}, kHostile}},
                                  {{.component = kHostile, .generation = kHostile, .calls = 1}},
                                  {{absl::UnixEpoch(), kHostile, kHostile}},
                                  {{absl::UnixEpoch(), kHostile, kHostile, "1 " + kHostile}},
                                  {{absl::UnixEpoch(), kHostile, kHostile}}};
  PlanComparison comparison{.differences = {{1, DifferenceClass::kDifferent, kHostile, kHostile, kHostile}}};
  const PlanComparisonReport compared{&backlog, &plan, &plan, &comparison, &comparison};
  const std::string html = ReportHtml({.backlog = &backlog,
                                       .plan = &plan,
                                       .decision = {Generation::kV2, Reason::kStatic, kHostile},
                                       .bundles = &bundles,
                                       .run = &run,
                                       .migration = &migration,
                                       .comparison = &compared,
                                       .health = {{kHostile, HealthCheck::State::kFail, kHostile}},
                                       .issue_url = "https://example.com/\"><script>"});
  ExpectHarmless(html);
}

TEST_CASE("Only web addresses become links") {
  const Backlog backlog = SmallBacklog();
  const Plan plan = MakePlan(backlog, 2);
  const std::string html =
      ReportHtml({.backlog = &backlog, .plan = &plan, .issue_url = "javascript:alert(1)//"});
  CHECK(html.find("javascript:") == std::string::npos);
  const std::string linked =
      ReportHtml({.backlog = &backlog, .plan = &plan, .issue_url = "https://github.com/o/n/issues/"});
  CHECK(linked.find("<a href=\"https://github.com/o/n/issues/3\" rel=\"noreferrer\">#3</a>") !=
        std::string::npos);
}

TEST_CASE("The policy allows this file's own style and script by digest, and nothing else") {
  const Backlog backlog = SmallBacklog();
  const Plan plan = MakePlan(backlog, 2);
  const std::string html = ReportHtml({.backlog = &backlog, .plan = &plan});
  CHECK(html.find("default-src 'none'; style-src 'sha256-") != std::string::npos);
  CHECK(html.find("unsafe-inline") == std::string::npos);
  for (const std::string_view tag : {"style", "script"}) {
    const std::string open = fmt::format("<{}>", tag);
    const std::size_t from = html.rfind(open) + open.size();
    const std::string content = html.substr(from, html.find(fmt::format("</{}>", tag), from) - from);
    const std::string digest = Digest(content).substr(7);
    const std::string hash = absl::Base64Escape(absl::HexStringToBytes(digest));
    CHECK(html.find(fmt::format("{}-src 'sha256-{}'", tag, hash)) != std::string::npos);
  }
  CHECK(Body(html).find(" style=") == std::string::npos);  // the policy would ignore it
  const std::regex external("(src|href)=\"(https?:)?//");
  CHECK_FALSE(std::regex_search(html, external));
}

TEST_CASE("Each id is used once") {
  Backlog backlog = SmallBacklog();
  backlog.issues.push_back({.number = 9, .title = "not ready"});
  const Plan plan = MakePlan(backlog, 2);
  BundleSet bundles{.bundler = "v2", .base = "b", .bundles = {{"bundle/1", {"a", "b"}, {1, 2}, "t"}}};
  const std::string html = ReportHtml({.backlog = &backlog, .plan = &plan, .bundles = &bundles});
  const std::regex id(" id=\"([^\"]+)\"");
  std::vector<std::string> ids;
  for (auto it = std::sregex_iterator(html.begin(), html.end(), id); it != std::sregex_iterator(); ++it) {
    ids.push_back((*it)[1]);
  }
  std::sort(ids.begin(), ids.end());
  CHECK(std::adjacent_find(ids.begin(), ids.end()) == ids.end());
  const std::regex reference("(aria-labelledby|aria-describedby|for)=\"([^\"]+)\"");
  for (auto it = std::sregex_iterator(html.begin(), html.end(), reference); it != std::sregex_iterator();
       ++it) {
    CHECK(std::binary_search(ids.begin(), ids.end(), (*it)[2].str()));
  }
}

TEST_CASE("The conflict graph joins the heads that conflict, and the table says where") {
  const Backlog backlog = SmallBacklog();
  const Plan plan = MakePlan(backlog, 2);
  BundleSet bundles{.bundler = "v2", .base = "base", .lower_bound = 2};
  bundles.bundles = {{"bundle/1", {"aaa", "bbb"}, {1, 2}, "t"}, {"bundle/2", {"ccc"}, {3}, "t"}};
  bundles.individual = {{"ddd", 4, "conflicts_with_base", {"src/x.cc"}}};
  bundles.conflicts = {{"aaa", "ccc", {"src/a.cc"}}, {"bbb", "ccc", {"src/b.cc"}}};
  const std::string html = ReportHtml({.backlog = &backlog, .plan = &plan, .bundles = &bundles});
  CHECK(CountOf(html, "<path class=\"edge\"") == 2);
  CHECK(CountOf(html, "<circle") == 4);
  CHECK(html.find("no set is smaller than 2") != std::string::npos);
  CHECK(html.find("conflicts_with_base") != std::string::npos);
  CHECK(html.find("<code>src/b.cc</code>") != std::string::npos);
}

TEST_CASE("The critical path goes back through blockers, agents and files to the start") {
  Backlog backlog = SmallBacklog();
  backlog.touches = {{3, {"lib/a"}}, {4, {"lib/a"}}};
  Plan plan{.planner = "v2", .agents = *MakeAgents(3)};
  plan.assignments = {{.issue = 1, .agent = 0, .start_minutes = 0, .finish_minutes = 30},
                      {.issue = 2, .agent = 1, .start_minutes = 30, .finish_minutes = 50},
                      {.issue = 3, .agent = 1, .start_minutes = 50, .finish_minutes = 90},
                      {.issue = 4, .agent = 2, .start_minutes = 90, .finish_minutes = 120}};
  const std::vector<CriticalStep> path = CriticalPath(backlog, plan);
  REQUIRE(path.size() == 4);
  CHECK(path[0].cause == CriticalStep::Cause::kStart);
  CHECK(path[1].cause == CriticalStep::Cause::kBlocker);
  CHECK(path[2].cause == CriticalStep::Cause::kSameAgent);
  CHECK(path[3].cause == CriticalStep::Cause::kSameFiles);
  CHECK(path[3].assignment == 3);
}

TEST_CASE("Each step of a critical path begins when the one before has ended, in generated plans") {
  for (int seed = 1; seed <= 20; ++seed) {
    Backlog backlog;
    for (IssueNumber i = 1; i <= 60; ++i) {
      backlog.issues.push_back(MakeIssue(i, "x"));
      backlog.estimates.push_back({i, 5 + (i * seed * 7919) % 90});
      if (i % 3 == 0) backlog.blocked_by.push_back({.issue = i, .blocked_by = {1 + (i * seed) % (i - 1)}});
    }
    const Plan plan = MakePlan(backlog, 1 + seed % 7);
    const std::vector<CriticalStep> path = CriticalPath(backlog, plan);
    REQUIRE_FALSE(path.empty());
    CHECK(plan.assignments[path.back().assignment].finish_minutes == plan.makespan_minutes);
    for (std::size_t i = 1; i < path.size(); ++i) {
      const Assignment& before = plan.assignments[path[i - 1].assignment];
      const Assignment& after = plan.assignments[path[i].assignment];
      CHECK(before.finish_minutes <= after.start_minutes);
      if (path[i].cause != CriticalStep::Cause::kWait) CHECK(before.finish_minutes == after.start_minutes);
    }
  }
}

TEST_CASE("A saved run is read with its outcomes, and a wrong one is refused with the place") {
  const std::string operation = R"({"id":"a","kind":"add_label","method":"POST","path":"/x"})";
  const auto run =
      ReadRun(R"({"schema":"clambake.run/1","executor":"v2","readonly":false,"digest":"d","operations":[)" +
                  operation + R"(],"outcomes":[{"id":"a","state":"confirmed","attempts":2}]})",
              "run.json");
  REQUIRE(run.ok());
  CHECK(run->operations.at(0).target == "POST /x");
  CHECK(run->operations.at(0).state == "confirmed");
  CHECK(run->operations.at(0).attempts == 2);
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"[", "run.json: not JSON at byte 1"},
      {R"({"schema":"clambake.plan/1"})", "run.json: /schema: expected \"clambake.run/1\""},
      {R"({"schema":"clambake.run/1","executor":"v2","readonly":true,"operations":[{"id":3}]})",
       "run.json: /operations/0/id: expected a string"},
      {R"({"schema":"clambake.run/1","executor":"v2","readonly":true,"operations":[],"outcomes":[{"id":"b","state":"x"}]})",
       "run.json: /outcomes/0/id: no operation has this id"}};
  for (const auto& [json, message] : cases) {
    const auto refused = ReadRun(json, "run.json");
    CHECK(refused.status().code() == absl::StatusCode::kInvalidArgument);
    CHECK(std::string(refused.status().message()).starts_with(message));
  }
}

TEST_CASE("Ten thousand issues fit into five megabytes") {
  Backlog backlog{.repository = "o/n"};
  for (IssueNumber i = 1; i <= 10'000; ++i) {
    backlog.issues.push_back(
        MakeIssue(i, fmt::format("Generated issue {}: make the thing do the other thing, fast", i)));
  }
  const Plan plan = MakePlan(backlog, 100);
  const std::string html =
      ReportHtml({.backlog = &backlog, .plan = &plan, .issue_url = "https://github.com/o/n/issues/"});
  CHECK(html.size() < 5'000'000);
  CHECK(CountOf(html, "<tr id=\"i") == 10'000);
}
