// The manual page, in man(7)'s macros.
#include <cstdint>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "cli/outline.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

// "\[u2026]" for the character beyond ASCII that starts at `at`, which moves on
// to its last byte.
std::string Named(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  std::uint32_t code = lead >= 0xF0U ? lead & 0x07U : lead >= 0xE0U ? lead & 0x0FU : lead & 0x1FU;
  while (at + 1 < text.size() && (static_cast<unsigned char>(text[at + 1]) & 0xC0U) == 0x80U) {
    code = (code << 6U) | (static_cast<unsigned char>(text[++at]) & 0x3FU);
  }
  return fmt::format("\\[u{:04X}]", code);
}

// Backslashes and hyphens as they are typed; no line starts a macro; ASCII
// alone, so that the page does not depend on a locale.
std::string Roff(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    line_start = c == '\n';
    if (static_cast<unsigned char>(c) >= 0x80U) {
      out += Named(text, i);
    } else if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::string OptionEntry(const OptionOutline& option) {
  const std::string names = absl::StrJoin(option.names, ", ", [](std::string* out, const std::string& name) {
    out->append("\\fB" + Roff(name) + "\\fR");
  });
  std::string entry = ".TP\n" + names;
  if (!option.value.empty()) entry += " \\fI" + Roff(option.value) + "\\fR";
  entry += "\n" + Roff(option.description);
  if (!option.choices.empty()) entry += "; one of " + Roff(absl::StrJoin(option.choices, ", "));
  return entry + ".\n";
}

std::string Options(const CommandOutline& command) {
  std::string text;
  for (const OptionOutline& option : command.options) {
    if (!command.name.empty() && option.names.back() == "--help") continue;
    text += OptionEntry(option);
  }
  return text;
}

// The footer keeps its lines: examples are to be copied.
std::string Verbatim(const std::string& footer) {
  if (footer.empty()) return "";
  std::string text = ".PP\n.nf\n";
  for (const absl::string_view line : absl::StrSplit(footer, '\n')) {
    text += (line.empty() ? ".sp" : Roff(std::string(line))) + "\n";
  }
  return text + ".fi\n";
}

constexpr std::string_view kEnvironment =
    ".SH ENVIRONMENT\n"
    ".TP\n\\fBCLAMBAKE_NEW_PLANNER\\fR, \\fBCLAMBAKE_BUNDLER_V2\\fR, \\fBCLAMBAKE_NEW_EXECUTOR\\fR, "
    "\\fBCLAMBAKE_READONLY\\fR, \\fBCLAMBAKE_MIGRATION_PHASE\\fR\n"
    "Feature flags; \\fBclambake flags\\fR shows and explains them.\n"
    ".TP\n\\fBGH_TOKEN\\fR, \\fBGITHUB_TOKEN\\fR\nThe token for GitHub's API; never given on the command "
    "line.\n"
    ".TP\n\\fBOTEL_EXPORTER_OTLP_ENDPOINT\\fR\n"
    "Where to send traces (OTLP over HTTP, JSON). The other standard variables of OpenTelemetry for "
    "endpoint, headers, "
    "timeout, service name and resource are read, too.\n"
    ".TP\n\\fBCLAMBAKE_ALERT_HOOK\\fR\nA program that is called with level, event and text of every change "
    "and roll\\-back.\n"
    ".TP\n\\fBCLAMBAKE_ALERT_WEBHOOK\\fR\nA URL, HTTPS or on this host, that gets the same as JSON.\n"
    ".TP\n\\fBNO_COLOR\\fR\nNo colours in text output.\n";

constexpr std::string_view kExitStatus =
    ".SH EXIT STATUS\n"
    ".TP\n.B 0\nDone, or yes.\n"
    ".TP\n.B 1\nThe answer is no: differs, roll back, unhealthy, some operation failed.\n"
    ".TP\n.B 2\nUsage, configuration or bad input; nothing was written.\n"
    ".TP\n.B 3\nInconclusive: hold.\n"
    ".TP\n.B 4\nAuthentication is missing or was refused.\n"
    ".TP\n.B 5\nGitHub, git or the state store failed.\n";

}  // namespace

std::string Manual(const std::vector<CommandOutline>& commands, const std::string& version) {
  const CommandOutline& program = commands.front();
  std::string page = fmt::format(
      ".TH CLAMBAKE 1 \"\" \"clambake {}\" \"User Commands\"\n.SH NAME\nclambake \\- turn GitHub issues into "
      "a job "
      "queue for coding agents\n.SH SYNOPSIS\n.B clambake\n[\\fIOPTIONS\\fR] \\fICOMMAND\\fR "
      "[\\fIOPTIONS\\fR]\n"
      ".SH DESCRIPTION\n{}\n.SH OPTIONS\nThese work before and after a command.\n{}.SH COMMANDS\n",
      version, Roff(program.description), Options(program));
  for (const CommandOutline& command : commands) {
    if (command.name.empty()) continue;
    std::string name = Roff(command.name);
    for (const std::string& argument : command.arguments) name += " \\fI" + Roff(argument) + "\\fR";
    page += fmt::format(".SS clambake {}\n{}.\n{}{}", name, Roff(command.description), Options(command),
                        Verbatim(command.footer));
  }
  return page + std::string(kEnvironment) + std::string(kExitStatus);
}

}  // namespace clambake::cli
