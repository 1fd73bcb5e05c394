// A run for a terminal: its operations and their outcomes.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/safe_text.h"
#include "clambake/report.h"
#include "fmt/format.h"
#include "report/table.h"

namespace clambake {
namespace {

std::size_t Count(const RunOutcome& outcome, OperationState state) {
  return static_cast<std::size_t>(std::count_if(outcome.outcomes.begin(), outcome.outcomes.end(),
                                                [&](const Outcome& one) { return one.state == state; }));
}

std::string Operations(const Preparation& preparation, const TextStyle& style) {
  constexpr std::size_t kMaxBody = 120;
  Table table({"METHOD", "PATH", "BODY"}, style);
  for (const Operation& operation : preparation.operations) {
    const WireRequest request = Describe(preparation.repository, operation.write);
    table.AddRow({{std::string(request.method), Ink::kBold},
                  {SafeText(request.path)},
                  {SafeText(request.body, kMaxBody), Ink::kDim}});
  }
  return table.empty() ? "  Nothing to do.\n" : table.Render("operations");
}

// What did not simply succeed, with what a person should do.
std::string Trouble(const RunOutcome& outcome, const TextStyle& style) {
  Table table({"OPERATION", "STATE", ">ATTEMPTS", "PROBED"}, style);
  for (const Outcome& one : outcome.outcomes) {
    if (one.state == OperationState::kConfirmed || one.state == OperationState::kManual) continue;
    std::vector<std::string> details;
    if (!one.detail.empty()) details.push_back(SafeText(one.detail));
    table.AddRow({{SafeText(one.id), Ink::kBold},
                  {std::string(Name(one.state)), Ink::kYellow},
                  {fmt::format("{}", one.attempts)},
                  {one.probed ? "yes" : "no"}},
                 std::move(details));
  }
  return table.empty() ? "" : table.Render("operations") + "\n";
}

std::string OutcomeText(const RunOutcome& outcome, const TextStyle& style) {
  std::string text = Trouble(outcome, style);
  if (!outcome.manual_queue.empty()) {
    text += Colored("For a person", Ink::kBold, style) + "\n" + QueueText(outcome.manual_queue, style) + "\n";
  }
  for (const IssueNumber issue : outcome.held) text += fmt::format("#{}: somebody else holds it\n", issue);
  return text + fmt::format("{} confirmed, {} refused, {} for a person, {} left for the next run.\n",
                            Count(outcome, OperationState::kConfirmed),
                            Count(outcome, OperationState::kRefused), outcome.manual_queue.size(),
                            outcome.unfinished);
}

}  // namespace

std::string RunText(const Decided& decided, const RunOutcome* outcome, const TextStyle& style) {
  const Preparation& preparation = decided.preparation;
  TextStyle all = style;
  all.max_rows = 0;
  std::string text = Colored(Counted(preparation.operations.size(), "operation"), Ink::kBold, style) +
                     fmt::format(", prepared by the {} executor{}\n\n", preparation.executor,
                                 outcome == nullptr ? ", read-only: nothing is written" : "") +
                     Operations(preparation, all) + "\n";
  if (outcome != nullptr) text += OutcomeText(*outcome, all);
  return text + fmt::format("digest {}\n", OperationsDigest(preparation));
}

}  // namespace clambake
