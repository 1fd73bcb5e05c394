// Bundles, and the conflicts that decided them.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "report/html.h"

namespace clambake {
namespace {

constexpr std::size_t kMaxNodes = 1'000;
constexpr int kColours = 8;

std::string Short(std::string_view object) { return Escaped(object.substr(0, 10)); }

std::string Paths(const std::vector<std::string>& paths) {
  constexpr std::size_t kShown = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, paths.size()); ++i) {
    text += fmt::format("{}<code>{}</code>", i == 0 ? "" : ", ", Escaped(paths[i], 120));
  }
  return paths.size() > kShown ? text + fmt::format(" and {} more", paths.size() - kShown) : text;
}

// A head on the circle; heads of one bundle stand beside each other.
struct Node {
  std::string head;
  std::string name;  // "bundle 2" or the reason why it rides alone
  int bundle = -1;   // -1: none
  double x = 0;
  double y = 0;
};

class ConflictGraph {
 public:
  explicit ConflictGraph(const BundleSet& set) : set_(set) {
    for (std::size_t b = 0; b < set.bundles.size(); ++b) {
      for (const std::string& head : set.bundles[b].heads) {
        Add({head, fmt::format("bundle {}", b + 1), static_cast<int>(b)});
      }
    }
    for (const Individual& individual : set.individual) {
      if (index_.contains(individual.head)) continue;
      Add({individual.head, Escaped(individual.reason, 60), -1});
    }
    // With many heads, only those that conflict are worth a place.
    if (nodes_.size() > 60) KeepConflicting();
    Place();
  }

  [[nodiscard]] std::string Svg() const {
    if (set_.conflicts.empty() || nodes_.empty() || nodes_.size() > kMaxNodes) return "";
    std::string svg;
    for (const Conflict& conflict : set_.conflicts) {
      const auto a = index_.find(conflict.a);
      const auto b = index_.find(conflict.b);
      if (a == index_.end() || b == index_.end()) continue;
      svg += Edge(nodes_[a->second], nodes_[b->second]);
    }
    for (const Node& node : nodes_) svg += Dot(node);
    const double size = 2 * (radius_ + 60);
    return fmt::format(
        "<figure class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Conflict graph\"><svg "
        "width=\"{0}\" "
        "height=\"{0}\" viewBox=\"{1} {1} {0} {0}\" role=\"img\" aria-labelledby=\"graph-t\">\n{2}</svg>"
        "<figcaption id=\"graph-t\">Conflict graph: {3}, {4}. A line joins two heads that cannot be merged "
        "together; a colour is a bundle, hollow heads ride alone.</figcaption></figure>\n",
        Pixels(size), Pixels(-size / 2), svg, Counted(nodes_.size(), "head"),
        Counted(set_.conflicts.size(), "conflict"));
  }

 private:
  void Add(Node node) {
    index_[node.head] = nodes_.size();
    nodes_.push_back(std::move(node));
  }

  void KeepConflicting() {
    std::vector<Node> kept;
    absl::flat_hash_map<std::string, int> degree;
    for (const Conflict& conflict : set_.conflicts) {
      ++degree[conflict.a];
      ++degree[conflict.b];
    }
    for (Node& node : nodes_) {
      if (degree.contains(node.head)) kept.push_back(std::move(node));
    }
    nodes_.clear();
    index_.clear();
    for (Node& node : kept) Add(std::move(node));
  }

  void Place() {
    const auto count = static_cast<double>(std::max<std::size_t>(1, nodes_.size()));
    radius_ = std::max(120.0, count * 14 / (2 * std::numbers::pi));
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const double angle = 2 * std::numbers::pi * static_cast<double>(i) / count - std::numbers::pi / 2;
      nodes_[i].x = radius_ * std::cos(angle);
      nodes_[i].y = radius_ * std::sin(angle);
    }
  }

  // Bent towards the middle, so that neighbours' edges can be told apart.
  static std::string Edge(const Node& a, const Node& b) {
    return fmt::format("<path class=\"edge\" d=\"M{} {}Q{} {} {} {}\"/>", Pixels(a.x), Pixels(a.y),
                       Pixels((a.x + b.x) / 6), Pixels((a.y + b.y) / 6), Pixels(b.x), Pixels(b.y));
  }

  [[nodiscard]] std::string Dot(const Node& node) const {
    const std::string css = node.bundle < 0 ? "alone" : fmt::format("b{}", node.bundle % kColours);
    std::string svg =
        fmt::format("<circle class=\"{}\" cx=\"{}\" cy=\"{}\" r=\"6\"><title>{} ({})</title></circle>", css,
                    Pixels(node.x), Pixels(node.y), Short(node.head), node.name);
    if (nodes_.size() > 60) return svg;
    const bool left = node.x < -1;
    return svg + fmt::format("<text class=\"node\" x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>",
                             Pixels(node.x + (left ? -10 : 10)), Pixels(node.y + 4), left ? "end" : "start",
                             Short(node.head).substr(0, 7));
  }

  const BundleSet& set_;
  std::vector<Node> nodes_;
  absl::flat_hash_map<std::string, std::size_t> index_;
  double radius_ = 0;
};

std::string BundleTable(const PageContext& page, const BundleSet& set) {
  HtmlTable table{"Bundles", {"#", "Name", "Heads", "Issues"}, {}, 0};
  for (const Bundle& bundle : set.bundles) {
    if (table.rows.size() == kMaxRows) break;
    const auto link = [&](std::string* out, IssueNumber issue) { out->append(page.IssueLink(issue)); };
    const auto short_head = [](std::string* out, const std::string& head) {
      out->append(fmt::format("<code>{}</code>", Short(head)));
    };
    table.rows.push_back(
        {fmt::format("{}", table.rows.size() + 1), fmt::format("<code>{}</code>", Escaped(bundle.name, 200)),
         absl::StrJoin(bundle.heads, " ", short_head), absl::StrJoin(bundle.issues, " ", link)});
  }
  table.more = set.bundles.size() - table.rows.size();
  return Render(table);
}

std::string IndividualTable(const PageContext& page, const BundleSet& set) {
  if (set.individual.empty()) return "";
  HtmlTable table{"Heads that ride alone, and why", {"Head", "Issue", "Reason", "Paths"}, {}, 0};
  for (const Individual& individual : set.individual) {
    if (table.rows.size() == kMaxRows) break;
    table.rows.push_back({fmt::format("<code>{}</code>", Short(individual.head)),
                          individual.issue == 0 ? "" : page.IssueLink(individual.issue),
                          Escaped(individual.reason), Paths(individual.paths)});
  }
  table.more = set.individual.size() - table.rows.size();
  return Render(table);
}

std::string ConflictTable(const BundleSet& set) {
  if (set.conflicts.empty()) return "";
  HtmlTable table{"Conflicts", {"Head", "Head", "Paths"}, {}, 0};
  for (const Conflict& conflict : set.conflicts) {
    if (table.rows.size() == kMaxRows) break;
    table.rows.push_back({fmt::format("<code>{}</code>", Short(conflict.a)),
                          fmt::format("<code>{}</code>", Short(conflict.b)), Paths(conflict.paths)});
  }
  table.more = set.conflicts.size() - table.rows.size();
  return Render(table);
}

}  // namespace

std::string BundlesSection(const PageContext& page) {
  const BundleSet* set = page.report.bundles;
  if (set == nullptr) return "";
  std::string bound;
  if (set->lower_bound > 0) bound = fmt::format("; no set is smaller than {}", set->lower_bound);
  return fmt::format(
             "<section id=\"bundles\" aria-labelledby=\"bundles-h\"><h2 id=\"bundles-h\">Bundles</h2>\n<p>{} "
             "by the {} "
             "bundler on <code>{}</code>{}; {} alone.{}</p>\n",
             Counted(set->bundles.size(), "bundle"), Escaped(set->bundler, 20), Short(set->base), bound,
             Counted(set->individual.size(), "head"),
             set->approximate ? " Made without a clone: the server confirms each merge." : "") +
         BundleTable(page, *set) + ConflictGraph(*set).Svg() + IndividualTable(page, *set) +
         ConflictTable(*set) + "</section>\n";
}

}  // namespace clambake
