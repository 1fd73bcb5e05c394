// The HTML report of hostile texts, one a line: whatever they say, a browser
// finds the elements of the same report with harmless ones, and the texts.
#include <map>

#include "base/safe_text.h"
#include "clambake/html_report.h"
#include "fmt/format.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/html.h"

namespace clambake {
namespace {

constexpr std::size_t kIssues = 4;

struct Page {
  Backlog backlog;
  Plan plan;
  BundleSet bundles;
  ReportRun run;
  ReportMigration migration;
  Decision decision;
  std::vector<HealthCheck> health;

  [[nodiscard]] std::string Html() const {
    return ReportHtml({.backlog = &backlog,
                       .plan = &plan,
                       .decision = decision,
                       .bundles = &bundles,
                       .run = &run,
                       .migration = &migration,
                       .health = health,
                       .issue_url = "https://github.com/o/n/issues/"});
  }
};

// The same shape whatever the texts are; `next` gives one after the other.
template <typename Next>
Page MakePage(Next next) {
  Page page;
  page.plan.planner = "v2";
  page.plan.repository = next();
  page.plan.agents = {{"agent001", 1, {}}, {"agent002", 1, {}}};
  page.plan.issues_considered = kIssues;
  page.plan.makespan_minutes = 90;
  for (std::size_t i = 1; i <= kIssues; ++i) {
    const auto number = static_cast<IssueNumber>(i);
    page.backlog.issues.push_back({.number = number, .title = next(), .labels = {next()}});
    const auto start = static_cast<std::int64_t>(i) * 10;
    if (i < kIssues)
      page.plan.assignments.push_back({number, static_cast<std::int32_t>(i % 2), start, start + 10});
  }
  page.plan.unassigned.push_back({.issue = kIssues, .reason = UnassignedReason::kReview});
  page.plan.notes = {next()};
  page.decision.detail = next();
  page.bundles = {.bundler = "v2", .base = next()};
  page.bundles.bundles.push_back({.name = next(), .heads = {next(), next()}, .issues = {1, 2}});
  page.bundles.individual.push_back({.head = next(), .issue = 3, .reason = next(), .paths = {next()}});
  page.bundles.conflicts.push_back({.a = next(), .b = next(), .paths = {next()}, .lines = {{next(), 1, 2}}});
  page.run = {.executor = "v2", .readonly = false, .digest = next()};
  page.run.operations.push_back({next(), next(), next(), next(), next(), 1});
  page.migration.phase = next();
  page.migration.rollouts.push_back({.component = next(),
                                     .status = next(),
                                     .ladder = {10, 100},
                                     .verdict = next(),
                                     .reasons = {next()},
                                     .latch = next()});
  page.migration.arms.push_back({.component = next(), .generation = next()});
  page.migration.incidents.push_back({absl::UnixEpoch(), next(), next()});
  page.migration.shadow.push_back({absl::UnixEpoch(), next(), next(), next()});
  page.migration.observed.push_back({.at = absl::UnixEpoch(), .trace = next(), .generation = next()});
  page.health.push_back({next(), HealthCheck::State::kWarn, next()});
  return page;
}

FUZZ_TARGET(input) {
  fuzz::Input lines(input);
  const Page hostile = MakePage([&] { return lines.Line(); });
  // Equal texts stay equal: they can name the same head.
  fuzz::Input same(input);
  std::map<std::string, std::string> names = {{"", ""}};
  const Page harmless = MakePage(
      [&] { return names.try_emplace(same.Line(), fmt::format("x{}", names.size())).first->second; });
  const fuzz::Html page(hostile.Html());
  const fuzz::Html expected(harmless.Html());
  FUZZ_CHECK(page.Skeleton() == expected.Skeleton());
  const std::string text = page.Text();
  for (const Issue& issue : hostile.backlog.issues) {
    FUZZ_CHECK(text.find(SafeText(issue.title, 160)) != std::string::npos);
  }
  for (const std::string& url : page.Attributes("href")) {
    FUZZ_CHECK(url.substr(0, 1) == "#" || url.substr(0, 30) == "https://github.com/o/n/issues/" ||
               url == "data:,");
  }
  FUZZ_CHECK(page.Attributes("src").empty());
}

}  // namespace
}  // namespace clambake
