// clambake completion, clambake manual: what packages install beside the program.
#include <memory>
#include <string>

#include "cli/commands/commands.h"
#include "cli/messages.h"
#include "cli/outline.h"

namespace clambake::cli {
namespace {

std::string Script(const std::string& shell, const CLI::App& app) {
  const std::vector<CommandOutline> commands = Outline(app);
  if (shell == "bash") return BashCompletion(commands);
  return shell == "zsh" ? ZshCompletion(commands) : FishCompletion(commands);
}

}  // namespace

void SetupCompletion(CLI::App& app, const Globals& /*globals*/, ExitCode& result) {
  auto shell = std::make_shared<std::string>();
  CLI::App* completion = app.add_subcommand("completion", "Print a script for tab completion in a shell");
  completion->add_option("shell", *shell, "The shell")
      ->required()
      ->type_name("SHELL")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion->footer(
      "Examples:\n"
      "  clambake completion bash > ~/.local/share/bash-completion/completions/clambake\n"
      "  clambake completion zsh > \"${fpath[1]}/_clambake\"\n"
      "  clambake completion fish > ~/.config/fish/completions/clambake.fish\n");
  completion->callback([shell, &app, &result] { result = Print(Script(*shell, app)); });
}

void SetupManual(CLI::App& app, const Globals& /*globals*/, ExitCode& result) {
  CLI::App* manual = app.add_subcommand("manual", "Print the manual page, for man");
  manual->footer(
      "Examples:\n"
      "  clambake manual | man -l -\n");
  manual->callback([&app, &result] { result = Print(Manual(Outline(app), std::string(Version()))); });
}

}  // namespace clambake::cli
