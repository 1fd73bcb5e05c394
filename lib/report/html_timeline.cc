// The plan as a picture: a lane for each agent, a bar for each issue.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "fmt/format.h"
#include "report/critical_path.h"
#include "report/html.h"

namespace clambake {
namespace {

constexpr double kWidth = 1'000;      // what fits without scrolling
constexpr double kMaxWidth = 16'000;  // a long plan scrolls, up to here
constexpr double kMinBar = 7;         // pixels an average bar should have
constexpr double kNumberWidth = 7;    // of one digit in a bar
constexpr std::size_t kMaxPathShown = 60;
constexpr int kTop = 22;  // the axis

struct Lane {
  std::int32_t agent = 0;
  bool first = true;  // of its agent: carries the name
  std::vector<std::size_t> assignments;
};

// An agent with capacity 2 has two lanes, and so on.
std::vector<Lane> MakeLanes(const Plan& plan) {
  std::vector<std::vector<std::size_t>> by_agent(plan.agents.size());
  for (std::size_t i = 0; i < plan.assignments.size(); ++i) {
    by_agent[static_cast<std::size_t>(plan.assignments[i].agent)].push_back(i);
  }
  std::vector<Lane> lanes;
  for (std::size_t agent = 0; agent < by_agent.size(); ++agent) {
    const std::size_t first = lanes.size();
    for (const std::size_t i : by_agent[agent]) {
      std::size_t lane = first;
      while (lane < lanes.size() && plan.assignments[lanes[lane].assignments.back()].finish_minutes >
                                        plan.assignments[i].start_minutes) {
        ++lane;
      }
      if (lane == lanes.size()) lanes.push_back({static_cast<std::int32_t>(agent), lane == first, {}});
      lanes[lane].assignments.push_back(i);
    }
  }
  return lanes;
}

class Timeline {
 public:
  explicit Timeline(const PageContext& page)
      : page_(page),
        plan_(*page.report.plan),
        lanes_(MakeLanes(plan_)),
        path_(CriticalPath(*page.report.backlog, plan_)),
        row_(lanes_.size() > 40 ? 16 : 22) {
    for (const CriticalStep& step : path_) critical_.insert(step.assignment);
    double total = 0;
    for (const Assignment& a : plan_.assignments)
      total += static_cast<double>(a.finish_minutes - a.start_minutes);
    const auto makespan = static_cast<double>(std::max<std::int64_t>(plan_.makespan_minutes, 1));
    const double average = std::max(total / static_cast<double>(plan_.assignments.size()), 1e-9);
    scale_ = std::max(kWidth / makespan, std::min(kMaxWidth / makespan, kMinBar / average));
    width_ = scale_ * makespan + 48;
    height_ = kTop + row_ * static_cast<int>(lanes_.size()) + 6;
  }

  [[nodiscard]] std::string Picture() const {
    return fmt::format(
        "<div id=\"timeline\" class=\"timeline\" tabindex=\"0\" role=\"application\" "
        "aria-roledescription=\"timeline\" aria-label=\"Timeline of {} on {}\" "
        "aria-describedby=\"timeline-keys\">\n{}{}</div>\n"
        "<output id=\"timeline-out\" class=\"out\" aria-live=\"polite\">Point at a bar, or use the arrow "
        "keys "
        "in the timeline.</output>\n"
        "<p id=\"timeline-keys\" class=\"note\">Arrow keys move from issue to issue, Home and End to the "
        "first "
        "and the last of an agent, Enter opens the issue in the list below. The same data stands there as "
        "text.</p>\n",
        Counted(plan_.assignments.size(), "issue"), Counted(plan_.agents.size(), "agent"), Names(), Bars());
  }

  [[nodiscard]] std::string PathList() const {
    std::string html = fmt::format(
        "<h3>Critical path</h3>\n<p>{} how long the plan takes: each could not start before the one "
        "above "
        "it was done.</p>\n<ol class=\"path\" tabindex=\"0\" aria-label=\"Critical path\">\n",
        path_.size() == 1 ? "1 issue decides" : fmt::format("{} issues decide", path_.size()));
    for (std::size_t i = 0; i < path_.size(); ++i) {
      const std::size_t left = path_.size() - i - 1;
      if (i + 5 == kMaxPathShown && left > 5) {
        html += fmt::format("<li class=\"skip\">… {} more …</li>\n", left - 4);
        i = path_.size() - 5;
      }
      const Assignment& a = plan_.assignments[path_[i].assignment];
      html += fmt::format("<li value=\"{}\">{} <span class=\"dim\">{} to {}, {}, {}</span> {}</li>\n", i + 1,
                          page_.IssueLink(a.issue), FormatMinutes(a.start_minutes),
                          FormatMinutes(a.finish_minutes), AgentName(a.agent), Explain(path_[i].cause),
                          page_.Title(a.issue));
    }
    return html + "</ol>\n";
  }

 private:
  [[nodiscard]] std::string AgentName(std::int32_t agent) const {
    return Escaped(plan_.agents[static_cast<std::size_t>(agent)].id, 40);
  }

  // Stays in view while the bars scroll.
  [[nodiscard]] std::string Names() const {
    std::string svg =
        fmt::format("<svg class=\"names\" width=\"84\" height=\"{}\" aria-hidden=\"true\">", height_);
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      if (!lanes_[i].first) continue;
      svg += fmt::format("<text x=\"4\" y=\"{}\">{}</text>", Y(i) + row_ - 7, AgentName(lanes_[i].agent));
    }
    return svg + "</svg>";
  }

  [[nodiscard]] std::string Bars() const {
    std::string svg = fmt::format(
        "<svg class=\"bars\" width=\"{}\" height=\"{}\" data-height=\"{}\" aria-hidden=\"true\">\n{}",
        Pixels(width_), height_, row_ - 4, Axis());
    for (std::size_t i = 0; i < lanes_.size(); ++i) svg += LaneOfBars(i);
    svg += Path();
    return svg + Bound() + "</svg>\n";
  }

  struct Box {
    double x = 0;
    double width = 0;
  };
  [[nodiscard]] Box BoxOf(const Assignment& a) const {
    return {scale_ * static_cast<double>(a.start_minutes),
            std::max(scale_ * static_cast<double>(a.finish_minutes - a.start_minutes) - 1, 0.6)};
  }

  // Bars of one colour are one path: a browser is ready for hundreds of
  // elements in the time that it needs for ten thousand. The script knows the
  // bars from data-b: issue, x, width, and "c" on the critical path.
  [[nodiscard]] std::string LaneOfBars(std::size_t lane) const {
    std::map<std::string, std::string> paths;  // by class
    std::string bars;
    std::string numbers;
    for (const std::size_t index : lanes_[lane].assignments) {
      const Assignment& a = plan_.assignments[index];
      const bool critical = critical_.contains(index);
      const Box box = BoxOf(a);
      const std::string width = Pixels(box.width);
      paths[fmt::format("p{}{}", static_cast<int>(a.priority), critical ? " c" : "")] +=
          fmt::format("M{} {}h{}v{}h-{}z", Pixels(box.x), Y(lane), width, row_ - 4, width);
      bars += fmt::format("{}{},{},{}{}", bars.empty() ? "" : " ", a.issue, Pixels(box.x), width,
                          critical ? ",c" : "");
      numbers += Number(a, box, Y(lane) + row_ - 8);
    }
    std::string svg = fmt::format("<g class=\"lane\" data-y=\"{}\" data-b=\"{}\">", Y(lane), bars);
    for (const auto& [css, d] : paths) svg += fmt::format("<path class=\"{}\" d=\"{}\"/>", css, d);
    return svg + numbers + "</g>\n";
  }

  // The issue's number, where the bar has room for it.
  [[nodiscard]] static std::string Number(const Assignment& a, const Box& box, int y) {
    const std::string number = fmt::format("{}", a.issue);
    if (box.width <= kNumberWidth * static_cast<double>(number.size()) + 4) return "";
    return fmt::format("<text x=\"{}\" y=\"{}\" class=\"t{}\">{}</text>", Pixels(box.x + 3), y,
                       static_cast<int>(a.priority), number);
  }

  // Links the bars of the critical path where it changes from lane to lane.
  [[nodiscard]] std::string Path() const {
    std::vector<int> middle(plan_.assignments.size());
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      for (const std::size_t assignment : lanes_[i].assignments) middle[assignment] = Y(i) + (row_ - 4) / 2;
    }
    std::string links;
    for (std::size_t i = 1; i < path_.size(); ++i) {
      const std::size_t from = path_[i - 1].assignment;
      const std::size_t to = path_[i].assignment;
      if (middle[from] == middle[to]) continue;
      links += fmt::format(
          "M{} {}L{} {}", Pixels(scale_ * static_cast<double>(plan_.assignments[from].finish_minutes)),
          middle[from], Pixels(scale_ * static_cast<double>(plan_.assignments[to].start_minutes)),
          middle[to]);
    }
    return fmt::format("<path class=\"path\" d=\"{}\"/>\n", links);
  }

  [[nodiscard]] std::string Bound() const {
    if (plan_.lower_bound_minutes <= 0) return "";
    const std::string x = Pixels(scale_ * static_cast<double>(plan_.lower_bound_minutes));
    return fmt::format("<line class=\"bound\" x1=\"{0}\" y1=\"{1}\" x2=\"{0}\" y2=\"{2}\"/>", x, kTop - 6,
                       height_);
  }

  [[nodiscard]] std::string Axis() const {
    constexpr std::array<std::int64_t, 14> kSteps = {5,   10,    15,    30,     60,     120,    240,
                                                     480, 1'440, 2'880, 10'080, 20'160, 43'200, 129'600};
    std::int64_t step = kSteps.back();
    for (auto it = kSteps.rbegin(); it != kSteps.rend() && scale_ * static_cast<double>(*it) >= 70; ++it)
      step = *it;
    while (scale_ * static_cast<double>(step) < 70) step *= 2;
    std::string svg;
    for (std::int64_t minute = 0; minute <= plan_.makespan_minutes; minute += step) {
      const std::string x = Pixels(scale_ * static_cast<double>(minute));
      svg += fmt::format(
          "<line class=\"grid\" x1=\"{0}\" y1=\"{1}\" x2=\"{0}\" y2=\"{2}\"/><text class=\"axis\" x=\"{0}\" "
          "y=\"12\">{3}</text>",
          x, kTop - 6, height_, minute == 0 ? "now" : FormatMinutes(minute));
    }
    return svg + "\n";
  }

  [[nodiscard]] int Y(std::size_t lane) const { return kTop + row_ * static_cast<int>(lane); }

  const PageContext& page_;
  const Plan& plan_;
  const std::vector<Lane> lanes_;
  const std::vector<CriticalStep> path_;
  absl::flat_hash_set<std::size_t> critical_;
  const int row_;
  double scale_ = 1;
  double width_ = 0;
  int height_ = 0;
};

std::string Legend() {
  std::string html = "<ul class=\"legend\" aria-label=\"Colours\">";
  for (Priority priority : {Priority::kUnblocker, Priority::kReadyToMerge, Priority::kVeryHigh,
                            Priority::kHigh, Priority::kMedium, Priority::kLow, Priority::kNone}) {
    html += fmt::format(
        "<li><svg width=\"14\" height=\"14\" aria-hidden=\"true\"><rect class=\"p{}\" "
        "width=\"14\" height=\"14\"/></svg> {}</li>",
        static_cast<int>(priority), PriorityName(priority));
  }
  return html +
         "<li><svg width=\"14\" height=\"14\" aria-hidden=\"true\"><rect class=\"p0 c\" x=\"1.5\" y=\"1.5\" "
         "width=\"11\" height=\"11\"/></svg> critical path</li>"
         "<li><svg width=\"14\" height=\"14\" aria-hidden=\"true\"><line class=\"bound\" x1=\"7\" y1=\"0\" "
         "x2=\"7\" y2=\"14\"/></svg> no plan ends before</li></ul>\n";
}

}  // namespace

std::string TimelineSection(const PageContext& page) {
  if (page.report.plan->assignments.empty()) return "";
  const Timeline timeline(page);
  return "<section id=\"plan\" aria-labelledby=\"plan-h\"><h2 id=\"plan-h\">Timeline</h2>\n" + Legend() +
         timeline.Picture() + timeline.PathList() + "</section>\n";
}

}  // namespace clambake
