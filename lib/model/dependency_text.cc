#include "model/dependency_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "fmt/format.h"

namespace clambake {
namespace {

constexpr std::size_t kMaxBodyBytes = std::size_t{1} << 20U;

absl::string_view Abseil(std::string_view text) { return {text.data(), text.size()}; }

bool IsNameCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
}

void SkipBlanks(std::string_view& text) {
  while (!text.empty() && (text[0] == ' ' || text[0] == '\t')) text.remove_prefix(1);
}

bool SkipWord(std::string_view& text, std::string_view word) {
  if (!absl::StartsWithIgnoreCase(Abseil(text), Abseil(word))) return false;
  text.remove_prefix(word.size());
  return true;
}

std::optional<IssueNumber> TakeNumber(std::string_view& text) {
  constexpr std::ptrdiff_t kMaxDigits = 15;
  IssueNumber number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number <= 0 || end - text.data() > kMaxDigits) return std::nullopt;
  if (end != text.data() + text.size() && (IsNameCharacter(*end) && *end != '.')) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

// "owner/name" in front of `text`; empty if there is none.
std::string TakeRepository(std::string_view& text) {
  const auto name_end = [&](std::size_t from) {
    while (from < text.size() && IsNameCharacter(text[from])) ++from;
    return from;
  };
  const std::size_t slash = name_end(0);
  if (slash == 0 || slash >= text.size() || text[slash] != '/') return {};
  const std::size_t end = name_end(slash + 1);
  if (end == slash + 1) return {};
  std::string repository(text.substr(0, end));
  text.remove_prefix(end);
  return repository;
}

// "#12", "owner/repo#3" or the address of an issue, in front of `text`.
std::optional<TextDependency> TakeReference(std::string_view& text) {
  std::string_view rest = text;
  TextDependency found;
  if (SkipWord(rest, "https://github.com/")) {
    found.repository = TakeRepository(rest);
    if (found.repository.empty() || (!SkipWord(rest, "/issues/") && !SkipWord(rest, "/pull/")))
      return std::nullopt;
  } else {
    if (!rest.empty() && rest[0] != '#') found.repository = TakeRepository(rest);
    if (!SkipWord(rest, "#")) return std::nullopt;
  }
  const auto number = TakeNumber(rest);
  if (!number) return std::nullopt;
  found.number = *number;
  text = rest;
  return found;
}

// Walks through a body line by line.
class Finder {
 public:
  std::vector<TextDependency> Find(std::string_view body) {
    body = body.substr(0, kMaxBodyBytes);
    while (!body.empty() && found_.size() < kMaxTextDependencies) {
      const std::size_t end = std::min(body.find('\n'), body.size());
      std::string_view line = body.substr(0, end);
      body.remove_prefix(std::min(end + 1, body.size()));
      if (line.ends_with('\r')) line.remove_suffix(1);
      Line(line);
    }
    return std::move(found_);
  }

 private:
  void Line(std::string_view line) {
    SkipBlanks(line);
    if (line.starts_with("```") || line.starts_with("~~~")) {
      in_code_ = !in_code_;
      return;
    }
    if (in_code_ || line.starts_with('>')) return;
    if (line.empty()) return;
    std::string_view item = line;
    if (SkipWord(item, "- ") || SkipWord(item, "* ") || SkipWord(item, "+ ")) {
      if (Item(item)) return;
    } else {
      under_heading_ = false;
    }
    Keywords(line);
  }

  // A list item that starts with a reference; false if it is another one.
  bool Item(std::string_view item) {
    SkipBlanks(item);
    const bool open_task = SkipWord(item, "[ ]");
    const bool ticked = !open_task && (SkipWord(item, "[x]"));
    SkipBlanks(item);
    std::string_view rest = item;
    const auto first = TakeReference(rest);
    if (!first) return ticked;  // whatever a ticked task says, it is done
    if (open_task || (under_heading_ && !ticked)) Add(*first);
    return true;
  }

  void Keywords(std::string_view line) {
    constexpr std::array<std::string_view, 4> kKeywords = {"blocked by", "blocked on", "depends on",
                                                           "depends upon"};
    const std::string lower = absl::AsciiStrToLower(Abseil(line));
    for (const std::string_view keyword : kKeywords) {
      for (std::size_t at = lower.find(keyword); at != std::string::npos; at = lower.find(keyword, at + 1)) {
        if (Counts(lower, at)) After(line.substr(at + keyword.size()));
      }
    }
  }

  // Whether the keyword at `at` is meant: a word of its own, not denied, not
  // struck out, not code.
  static bool Counts(std::string_view line, std::size_t at) {
    if (at > 0 && absl::ascii_isalnum(static_cast<unsigned char>(line[at - 1]))) return false;
    const std::string_view before = line.substr(0, at);
    if (std::count(before.begin(), before.end(), '`') % 2 != 0) return false;
    std::size_t strikes = 0;
    for (std::size_t i = before.find("~~"); i != std::string_view::npos; i = before.find("~~", i + 2))
      ++strikes;
    if (strikes % 2 != 0) return false;
    std::string_view words = before;
    while (words.ends_with(' ')) words.remove_suffix(1);
    return !words.ends_with("not") && !words.ends_with("no longer") && !words.ends_with("never") &&
           !words.ends_with("n't");
  }

  // The references behind a keyword: "#1, #2 and o/r#3".
  void After(std::string_view rest) {
    while (!rest.empty() && (rest[0] == ':' || rest[0] == '*' || rest[0] == '_')) rest.remove_prefix(1);
    SkipBlanks(rest);
    if (rest.empty()) under_heading_ = true;  // a list follows
    while (const auto reference = TakeReference(rest)) {
      Add(*reference);
      SkipBlanks(rest);
      bool more = SkipWord(rest, ",");
      SkipBlanks(rest);
      more |= SkipWord(rest, "and ") || SkipWord(rest, "& ") || SkipWord(rest, "+ ");
      SkipBlanks(rest);
      if (!more && !rest.starts_with('#')) return;
    }
  }

  void Add(TextDependency dependency) {
    const bool known = std::find(found_.begin(), found_.end(), dependency) != found_.end();
    if (!known && found_.size() < kMaxTextDependencies) found_.push_back(std::move(dependency));
  }

  std::vector<TextDependency> found_;
  bool in_code_ = false;
  bool under_heading_ = false;
};

bool IsHere(const Backlog& backlog, const TextDependency& dependency) {
  return dependency.repository.empty() || absl::EqualsIgnoreCase(dependency.repository, backlog.repository);
}

// What is known of the numbers of one repository.
struct Numbers {
  absl::flat_hash_set<IssueNumber> issues;
  absl::flat_hash_map<IssueNumber, State> pulls;
  IssueNumber highest = 0;

  explicit Numbers(const Backlog& backlog) {
    for (const Issue& issue : backlog.issues) {
      issues.insert(issue.number);
      highest = std::max(highest, issue.number);
    }
    for (const Pull& pull : backlog.pulls) {
      pulls.emplace(pull.number, pull.state);
      highest = std::max(highest, pull.number);
    }
  }
};

template <typename T>
bool AddOnce(std::vector<T>& items, const T& item) {
  if (std::find(items.begin(), items.end(), item) != items.end()) return false;
  items.push_back(item);
  return true;
}

void AddHere(IssueNumber number, const Numbers& numbers, const Absent& absent, Blockers& blockers) {
  const std::string name = fmt::format("#{}", number);
  if (number == blockers.issue) return;
  bool added = false;
  if (numbers.issues.contains(number)) {
    added = AddOnce(blockers.blocked_by, number);
  } else if (const auto pull = numbers.pulls.find(number); pull != numbers.pulls.end()) {
    added = pull->second == State::kOpen && AddOnce(blockers.unreadable, name + " (an open pull request)");
  } else if (!absent.closed || number > numbers.highest) {
    // Unless the backlog names it otherwise already: there it counts as open.
    const auto& known = blockers.blocked_by;
    added =
        std::find(known.begin(), known.end(), number) == known.end() && AddOnce(blockers.unreadable, name);
  }
  if (added) AddOnce(blockers.from_text, name);
}

}  // namespace

std::vector<TextDependency> FindDependencies(std::string_view body) { return Finder().Find(body); }

std::string ToString(const TextDependency& dependency) {
  return fmt::format("{}#{}", dependency.repository, dependency.number);
}

std::set<TextDependency> FindDependenciesElsewhere(const Backlog& backlog) {
  std::set<TextDependency> elsewhere;
  for (const Issue& issue : backlog.issues) {
    if (issue.state != State::kOpen) continue;
    for (const TextDependency& dependency : FindDependencies(issue.body)) {
      if (!IsHere(backlog, dependency)) elsewhere.insert(dependency);
    }
  }
  return elsewhere;
}

void AddTextDependencies(Backlog& backlog) { AddTextDependencies(backlog, Absent{}); }

void AddTextDependencies(Backlog& backlog, const Absent& absent) {
  if (std::exchange(backlog.texts_read, true)) return;
  const Numbers numbers(backlog);
  absl::flat_hash_map<IssueNumber, std::size_t> places;
  for (std::size_t i = 0; i < backlog.blocked_by.size(); ++i) places.emplace(backlog.blocked_by[i].issue, i);
  // Closed ones too: as of an earlier time they are open.
  for (const Issue& issue : backlog.issues) {
    const auto place = places.find(issue.number);
    Blockers blockers;
    blockers.issue = issue.number;
    if (place != places.end()) blockers = backlog.blocked_by[place->second];
    for (const TextDependency& dependency : FindDependencies(issue.body)) {
      if (IsHere(backlog, dependency)) {
        AddHere(dependency.number, numbers, absent, blockers);
      } else if (!absent.closed_elsewhere.contains(dependency) &&
                 AddOnce(blockers.unreadable, ToString(dependency))) {
        AddOnce(blockers.from_text, ToString(dependency));
      }
    }
    if (place != places.end()) {
      backlog.blocked_by[place->second] = std::move(blockers);
    } else if (!blockers.from_text.empty()) {
      backlog.blocked_by.push_back(std::move(blockers));
    }
  }
}

}  // namespace clambake
