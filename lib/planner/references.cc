#include "planner/references.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace clambake::planner {
namespace {

bool IsWord(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; }

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

// The number at the start of `text`, if a word ends behind it.
std::optional<IssueNumber> LeadingNumber(std::string_view text) {
  constexpr std::size_t kMaxDigits = 15;
  std::size_t digits = 0;
  IssueNumber number = 0;
  while (digits < text.size() && digits < kMaxDigits && IsDigit(text[digits])) {
    number = number * 10 + (text[digits++] - '0');
  }
  if (number == 0 || (digits < text.size() && IsWord(text[digits]))) return std::nullopt;
  return number;
}

bool EndsWithIgnoreCase(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         absl::EqualsIgnoreCase(absl::string_view(text.data() + text.size() - end.size(), end.size()),
                                absl::string_view(end.data(), end.size()));
}

// Whether "#" or "/issues/" behind `before` speaks of our own repository.
bool NamesRepository(std::string_view before, std::string_view repository) {
  if (repository.empty() || !EndsWithIgnoreCase(before, repository)) return false;
  before.remove_suffix(repository.size());
  return before.empty() || !(IsWord(before.back()) || before.back() == '-' || before.back() == '.');
}

bool IsBareHash(std::string_view before) {
  return before.empty() || !(IsWord(before.back()) || before.back() == '&' || before.back() == '/');
}

}  // namespace

std::vector<IssueNumber> ReferencedIssues(std::string_view text, std::string_view repository) {
  constexpr std::string_view kIssues = "/issues/";
  std::vector<IssueNumber> found;
  const auto add = [&](std::string_view rest) {
    if (const auto number = LeadingNumber(rest)) found.push_back(*number);
  };
  for (std::size_t at = text.find('#'); at != std::string_view::npos; at = text.find('#', at + 1)) {
    const std::string_view before = text.substr(0, at);
    if (IsBareHash(before) || NamesRepository(before, repository)) add(text.substr(at + 1));
  }
  for (std::size_t at = text.find(kIssues); at != std::string_view::npos; at = text.find(kIssues, at + 1)) {
    if (NamesRepository(text.substr(0, at), repository)) add(text.substr(at + kIssues.size()));
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::optional<IssueNumber> IssueOfAgentBranch(std::string_view branch) {
  const std::size_t slash = branch.find('/');
  if (slash == std::string_view::npos || !IsAgentLabel(branch.substr(0, slash))) return std::nullopt;
  const std::string_view rest = branch.substr(slash + 1);
  const std::size_t end = std::min(rest.find('-'), rest.size());
  if (!std::all_of(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(end), IsDigit))
    return std::nullopt;
  return LeadingNumber(rest);
}

}  // namespace clambake::planner
