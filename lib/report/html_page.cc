// The page around the sections: policy, head, figures, navigation.
#include <algorithm>
#include <array>

#include "absl/strings/escaping.h"
#include "fmt/format.h"
#include "report/html.h"

namespace clambake {
namespace {

// "'sha256-…'": the policy's name for exactly this text.
std::string PolicyHash(std::string_view text) {
  const std::string digest = Digest(text);
  const std::string bytes = absl::HexStringToBytes(digest.substr(digest.find(':') + 1));
  return fmt::format("'sha256-{}'", std::string(absl::Base64Escape(bytes)));
}

// The referrer stays here, too: a report may lie on a private server.
std::string DocumentHead(const HtmlReport& report) {
  const std::string repository = Escaped(report.plan->repository, 140);
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {}; script-src "
      "{}; "
      "img-src data:; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n"
      "<title>Clambake report{}{}</title>\n<style>{}</style>\n</head>\n<body>\n",
      PolicyHash(kHtmlStyle), PolicyHash(kHtmlScript), repository.empty() ? "" : ": ", repository,
      kHtmlStyle);
}

std::string Figure(std::string_view name, const std::string& value) {
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, value);
}

std::string Figures(const HtmlReport& report) {
  const Plan& plan = *report.plan;
  const auto now = std::count_if(plan.assignments.begin(), plan.assignments.end(),
                                 [](const Assignment& a) { return a.now && !a.running; });
  std::string html = "<dl class=\"figures\">\n" +
                     Figure("open issues", fmt::format("{}", plan.issues_considered)) +
                     Figure("agents", fmt::format("{}", plan.agents.size())) +
                     Figure("to start now", fmt::format("{}", now)) +
                     Figure("not scheduled", fmt::format("{}", plan.unassigned.size())) +
                     Figure("done in", FormatMinutes(plan.makespan_minutes));
  if (plan.lower_bound_minutes > 0) {
    html += Figure("proven bound", FormatMinutes(plan.lower_bound_minutes)) +
            Figure("above it", Percent(Gap(plan)));
  }
  return html + "</dl>\n";
}

std::string Header(const HtmlReport& report) {
  const Plan& plan = *report.plan;
  std::string when;
  if (report.backlog->taken_at != absl::InfinitePast()) {
    when = fmt::format(
        " from the backlog of {} UTC",
        std::string(absl::FormatTime("%Y-%m-%d %H:%M", report.backlog->taken_at, absl::UTCTimeZone())));
  }
  std::string html = fmt::format(
      "<header>\n<p class=\"brand\">Clambake <button id=\"theme\" type=\"button\" aria-pressed=\"false\" "
      "hidden>Dark "
      "or light</button></p>\n<h1>{}</h1>\n<p>Planned by the {} planner ({}{}{}){}. <span "
      "class=\"dim\">Digest "
      "<code>{}</code></span></p>\n{}",
      plan.repository.empty() ? "Plan of the backlog" : Escaped(plan.repository, 140),
      Escaped(plan.planner, 20), Name(report.decision.reason), report.decision.detail.empty() ? "" : ": ",
      Escaped(report.decision.detail, 60), when, PlanDigest(plan), Figures(report));
  for (const std::string& note : plan.notes)
    html += fmt::format("<p class=\"note\">{}</p>\n", Escaped(note, 500));
  return html + "</header>\n";
}

struct Part {
  std::string_view id;
  std::string_view title;
  std::string (*make)(const PageContext&);
};
constexpr std::array<Part, 9> kParts = {{{"plan", "Timeline", TimelineSection},
                                         {"balance", "Load", BalanceSection},
                                         {"agents", "Agents", AgentsSection},
                                         {"waiting", "Not scheduled", UnscheduledSection},
                                         {"bundles", "Bundles", BundlesSection},
                                         {"run", "Operations", RunSection},
                                         {"migration", "Migration", MigrationSection},
                                         {"differences", "Comparison", DifferencesSection},
                                         {"health", "Health", HealthSection}}};

constexpr std::string_view kSearch =
    "<form id=\"search\" role=\"search\" hidden><label for=\"find\">Find an issue by number or title</label> "
    "<input id=\"find\" type=\"search\" autocomplete=\"off\"><ol id=\"found\" "
    "aria-live=\"polite\"></ol></form>\n";

}  // namespace

std::string ReportHtml(const HtmlReport& report) {
  const PageContext page(report);
  std::string navigation;
  std::string sections;
  for (const Part& part : kParts) {
    const std::string section = part.make(page);
    if (section.empty()) continue;
    navigation += fmt::format("<a href=\"#{}\">{}</a>\n", part.id, part.title);
    sections += section;
  }
  if (report.plan->issues_considered == 0) sections = "<p>The backlog has no open issue.</p>\n" + sections;
  return DocumentHead(report) + "<a class=\"skip\" href=\"#content\">Skip to the content</a>\n" +
         Header(report) + "<nav aria-label=\"Sections\">\n" + navigation +
         "</nav>\n<main id=\"content\" tabindex=\"-1\">\n" + std::string(kSearch) + sections +
         fmt::format(
             "</main>\n<footer>Made by clambake {}. This file loads nothing.</footer>\n<script>{}</script>\n"
             "</body>\n</html>\n",
             Version(), kHtmlScript);
}

}  // namespace clambake
