#include "cli/run_text.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <sstream>

#include "fmt/format.h"

namespace clambake::cli {
namespace {

std::string Line(const Preparation& preparation, const Operation& operation) {
  constexpr std::size_t kMaxBody = 120;
  const WireRequest request = Describe(preparation.repository, operation.write);
  std::string body = request.body.substr(0, kMaxBody);
  if (request.body.size() > kMaxBody) body += "…";
  return fmt::format("{:<6} {} {}", request.method, request.path, body);
}

std::string OutcomeLine(const Outcome& outcome) {
  std::string line = fmt::format("  {} {}", outcome.id, Name(outcome.state));
  if (outcome.attempts > 1) line += fmt::format(", {} attempts", outcome.attempts);
  if (outcome.probed) line += ", probed";
  if (!outcome.detail.empty()) line += ": " + outcome.detail;
  return line + "\n";
}

std::size_t Count(const RunOutcome& outcome, OperationState state) {
  return static_cast<std::size_t>(std::count_if(outcome.outcomes.begin(), outcome.outcomes.end(),
                                                [&](const Outcome& one) { return one.state == state; }));
}

std::string OutcomeText(const RunOutcome& outcome) {
  std::string text =
      fmt::format("{} confirmed, {} refused, {} for a person, {} left for the next run\n",
                  Count(outcome, OperationState::kConfirmed), Count(outcome, OperationState::kRefused),
                  outcome.manual_queue.size(), outcome.unfinished);
  for (const Outcome& one : outcome.outcomes) {
    if (one.state != OperationState::kConfirmed) text += OutcomeLine(one);
  }
  for (const IssueNumber issue : outcome.held) text += fmt::format("  #{}: somebody else holds it\n", issue);
  for (const JournalEntry& entry : outcome.manual_queue) {
    text += fmt::format("  {} {}: {}\n    next: {}\n", entry.id, entry.lane, entry.detail, entry.next_step);
  }
  return text;
}

std::set<std::string> Lines(std::string_view text) {
  std::set<std::string> lines;
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);) lines.insert(line);
  return lines;
}

}  // namespace

std::string RunText(const Decided& decided, const RunOutcome* outcome) {
  const Preparation& preparation = decided.preparation;
  std::string text =
      fmt::format("{} operations ({}){}\n", preparation.operations.size(), preparation.executor,
                  outcome == nullptr ? ", read-only: nothing is written" : "");
  for (const Operation& operation : preparation.operations)
    text += "  " + Line(preparation, operation) + "\n";
  if (outcome != nullptr) text += OutcomeText(*outcome);
  return text + fmt::format("digest {}\n", OperationsDigest(preparation));
}

std::string PreviewText(const Decided& decided) {
  std::string text = OperationsDigest(decided.preparation) + "\n";
  for (const Operation& operation : decided.preparation.operations) {
    text += Line(decided.preparation, operation) + "\n";
  }
  return text;
}

std::string PreviewDifference(std::string_view then, std::string_view expected, std::string_view now) {
  const bool known = then.substr(0, then.find('\n')) == expected;
  const std::set<std::string> before = known ? Lines(then) : std::set<std::string>();
  const std::set<std::string> after = Lines(now);
  std::string text = known ? "" : "the preview of that digest is not known here; the operations now are:\n";
  for (const std::string& line : before) {
    if (!after.contains(line)) text += "- " + line + "\n";
  }
  for (const std::string& line : after) {
    if (!before.contains(line)) text += "+ " + line + "\n";
  }
  return text;
}

ProgressBar::ProgressBar(const Globals& globals)
    : visible_(isatty(STDERR_FILENO) == 1 && !globals.no_progress && !globals.quiet) {}

void ProgressBar::Show(const RunProgress& progress) {
  constexpr std::size_t kWidth = 24;
  if (!visible_) return;
  const std::size_t filled = progress.total == 0 ? kWidth : kWidth * progress.done / progress.total;
  fmt::print(stderr, "\r\x1b[K[{}{}] {}/{} {}", std::string(filled, '#'), std::string(kWidth - filled, '.'),
             progress.done, progress.total, progress.doing);
  std::fflush(stderr);
}

void ProgressBar::Clear() {
  if (visible_) fmt::print(stderr, "\r\x1b[K");
}

}  // namespace clambake::cli
