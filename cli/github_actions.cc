#include "cli/github_actions.h"

#include <cstdlib>
#include <fstream>
#include <vector>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "clambake/model.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

absl::string_view Abseil(std::string_view text) { return {text.data(), text.size()}; }

absl::Status Append(const char* variable, std::string_view text) {
  const char* const path = std::getenv(variable);
  if (path == nullptr || *path == '\0') return absl::OkStatus();
  std::ofstream out(path, std::ios::binary | std::ios::app);
  out << text;
  out.close();
  if (out) return absl::OkStatus();
  return absl::UnavailableError(fmt::format("{}: cannot write to {}", variable, path));
}

bool HasLine(std::string_view text, std::string_view line) {
  for (const absl::string_view found : absl::StrSplit(Abseil(text), '\n')) {
    if (absl::StripSuffix(found, "\r") == Abseil(line)) return true;
  }
  return false;
}

}  // namespace

bool InGithubActions() {
  const char* const value = std::getenv("GITHUB_ACTIONS");
  return value != nullptr && std::string_view(value) == "true";
}

std::string WorkflowCommand(std::string_view level, std::string_view message) {
  return fmt::format("::{} title=clambake::{}", level,
                     absl::StrReplaceAll(Abseil(message), {{"%", "%25"}, {"\r", "%0D"}, {"\n", "%0A"}}));
}

std::string WithoutCommands(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool line_start = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = text.substr(i);
    // The runner trims lines first, and also knows the older form "##[".
    if (line_start && (rest.starts_with("::") || rest.starts_with("##["))) {
      out += rest[0];
      out += "\u200B";
      line_start = false;
      continue;
    }
    const char c = text[i];
    if (c == '\n' || c == '\r') {
      line_start = true;
    } else if (c != ' ' && c != '\t') {
      line_start = false;
    }
    out += c;
  }
  return out;
}

std::string OutputEntry(std::string_view name, std::string_view value) {
  std::string delimiter = fmt::format("clambake_{}", Digest(value).substr(sizeof("sha256:") - 1));
  while (HasLine(value, delimiter)) delimiter += "_";
  return fmt::format("{0}<<{1}\n{2}\n{1}\n", name, delimiter, value);
}

absl::Status AddOutput(std::string_view name, std::string_view value) {
  return Append("GITHUB_OUTPUT", OutputEntry(name, value));
}

absl::Status AddSummary(std::string_view markdown) {
  constexpr std::size_t kMaxBytes = (std::size_t{1} << 20U) - 256;
  if (markdown.size() <= kMaxBytes) return Append("GITHUB_STEP_SUMMARY", markdown);
  const std::size_t end = markdown.rfind('\n', kMaxBytes);
  return Append("GITHUB_STEP_SUMMARY",
                fmt::format("{}\n\n(cut at GitHub's limit of 1 MiB)\n", markdown.substr(0, end)));
}

std::string MarkdownCell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      out += ' ';
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '@') {
      out += "&#64;";
    } else {
      if (std::string_view("\\`*_{}[]()#+-.!|~>").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

}  // namespace clambake::cli
