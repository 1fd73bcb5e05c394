#include "cli/run_text.h"

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

std::set<std::string> Lines(std::string_view text) {
  std::set<std::string> lines;
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);) lines.insert(line);
  return lines;
}

}  // namespace

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

std::string ProgressText(const RunProgress& progress) {
  constexpr std::size_t kWidth = 24;
  const std::size_t filled = progress.total == 0 ? kWidth : kWidth * progress.done / progress.total;
  return fmt::format("[{}{}] {}/{} {}", std::string(filled, '#'), std::string(kWidth - filled, '.'),
                     progress.done, progress.total, progress.doing);
}

}  // namespace clambake::cli
