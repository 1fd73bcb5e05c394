// Bundles as a person reads them.
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_join.h"
#include "base/safe_text.h"
#include "clambake/report.h"
#include "fmt/format.h"
#include "report/table.h"

namespace clambake {
namespace {

constexpr std::size_t kMaxText = 200;
constexpr std::size_t kShortId = 10;

std::string Short(const std::string& id) { return SafeText(id.substr(0, kShortId)); }

class BundlesPage {
 public:
  BundlesPage(const Backlog& backlog, const BundleSet& set, const TextStyle& style)
      : set_(set), style_(style) {
    for (const Issue& issue : backlog.issues) titles_[issue.number] = issue.title;
  }

  [[nodiscard]] std::string Head(const Decision& decision) const {
    const std::string why = decision.detail.empty() ? "" : ": " + decision.detail;
    return Colored(fmt::format("Bundles onto {}", Short(set_.base)), Ink::kBold, style_) +
           fmt::format(", made by the {} bundler ({}{}){}\n\n", set_.bundler, Name(decision.reason), why,
                       set_.approximate ? ", by file names alone" : "");
  }

  [[nodiscard]] std::string Bundles() const {
    Table table({">BUNDLE", ">HEADS", "TREE", "ISSUES"}, style_);
    for (std::size_t i = 0; i < set_.bundles.size(); ++i) {
      const Bundle& bundle = set_.bundles[i];
      table.AddRow({{std::to_string(i + 1), Ink::kBold},
                    {std::to_string(bundle.heads.size())},
                    {Short(bundle.tree), Ink::kGreen},
                    {Issues(bundle.issues)}},
                   Explains() ? Details(bundle) : std::vector<std::string>());
    }
    return table.empty() ? "  Nothing to bundle.\n" : table.Render("bundles");
  }

  [[nodiscard]] std::string Individuals() const {
    if (set_.individual.empty()) return "";
    Table table({">ISSUE", "HEAD", "WHY ALONE", "PATHS"}, style_);
    for (const Individual& individual : set_.individual) {
      const std::string detail =
          individual.detail.empty() ? Paths(individual.paths) : SafeText(individual.detail, kMaxText);
      table.AddRow({{Number(individual.issue), Ink::kBold},
                    {individual.reason == "missing" ? SafeText(individual.head, 40) : Short(individual.head)},
                    {individual.reason, Ink::kYellow},
                    {detail}});
    }
    return "\n" + Colored("In no bundle", Ink::kBold, style_) + "\n" + table.Render("heads in no bundle");
  }

  [[nodiscard]] std::string Conflicts() const {
    if (set_.conflicts.empty() || !Explains()) return "";
    Table table({"HEAD", "CANNOT RIDE WITH", "PATHS AND LINES OF THE BASE"}, style_);
    for (const Conflict& conflict : set_.conflicts) {
      table.AddRow({{Short(conflict.a)}, {Short(conflict.b)}, {Places(conflict)}});
    }
    return "\n" + Colored("Conflicts", Ink::kBold, style_) + "\n" + table.Render("conflicts");
  }

  [[nodiscard]] std::string Summary() const {
    std::size_t riding = 0;
    for (const Bundle& bundle : set_.bundles) riding += bundle.heads.size();
    std::string text = fmt::format("\n{} in {}, {} in none; {}.\n", Counted(riding, "head"),
                                   Counted(set_.bundles.size(), "bundle"), set_.individual.size(),
                                   Counted(set_.conflicts.size(), "conflict"));
    if (set_.lower_bound > 0) {
      const bool least = static_cast<std::size_t>(set_.lower_bound) == set_.bundles.size();
      text += fmt::format("No set of bundles is smaller than {} ({}){}\n", set_.lower_bound,
                          set_.lower_bound_proof == "clique" ? "so many heads conflict with one another"
                                                             : "heads over the size of a bundle",
                          least ? ": this is the fewest." : ".");
    }
    return set_.approximate ? text + "Approximate: the server must confirm each merge.\n" : text;
  }

 private:
  [[nodiscard]] bool Explains() const { return style_.explain == TextStyle::Explain::kYes; }

  static std::string Number(IssueNumber issue) { return issue > 0 ? fmt::format("#{}", issue) : ""; }

  static std::string Issues(const std::vector<IssueNumber>& issues) {
    return absl::StrJoin(issues, " ", [](std::string* out, IssueNumber issue) { *out += Number(issue); });
  }

  static std::string Paths(const std::vector<std::string>& paths) {
    return SafeText(absl::StrJoin(paths, ", "), kMaxText);
  }

  static std::string Places(const Conflict& conflict) {
    std::string text;
    for (const std::string& path : conflict.paths) {
      text += (text.empty() ? "" : ", ") + SafeText(path, kMaxText);
      for (const LineRange& range : conflict.lines) {
        if (range.path == path) text += fmt::format(":{}-{}", range.first, range.last);
      }
    }
    return text;
  }

  [[nodiscard]] std::vector<std::string> Details(const Bundle& bundle) const {
    std::vector<std::string> lines = {
        bundle.name,
        "merge order: " + absl::StrJoin(bundle.heads, " ", [](std::string* out, const std::string& head) {
          *out += Short(head);
        })};
    for (IssueNumber issue : bundle.issues) {
      const auto title = titles_.find(issue);
      if (title != titles_.end())
        lines.push_back(fmt::format("#{} {}", issue, SafeText(title->second, kMaxText)));
    }
    return lines;
  }

  const BundleSet& set_;
  TextStyle style_;
  absl::flat_hash_map<IssueNumber, std::string> titles_;
};

}  // namespace

std::string BundlesText(const Backlog& backlog, const BundleSet& bundles, const Decision& decision,
                        const TextStyle& style) {
  const BundlesPage page(backlog, bundles, style);
  return page.Head(decision) + page.Bundles() + page.Individuals() + page.Conflicts() + page.Summary();
}

}  // namespace clambake
