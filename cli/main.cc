#include <cstdio>
#include <exception>
#include <string>

#include "CLI/CLI.hpp"
#include "cli/commands/commands.h"
#include "cli/globals.h"
#include "cli/help.h"
#include "cli/messages.h"
#include "cli/observe.h"

namespace {

// "cutover start"
std::string NameOfCommand(const CLI::App& app) {
  std::string name;
  for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
    at = at->get_subcommands().front();
    name += (name.empty() ? "" : " ") + at->get_name();
  }
  return name;
}

}  // namespace

int main(int argc, char* argv[]) try {
  using namespace clambake::cli;  // NOLINT(google-build-using-namespace): this is the whole program
  CLI::App app("Turns GitHub issues into a job queue for coding agents: plan, bundle, execute.", "clambake");
  app.set_version_flag("--version", "clambake " + std::string(clambake::Version()));
  app.require_subcommand(0, 1);
  SetupHelp(app);
  Globals globals;
  ExitCode result = kDone;
  SetupGlobals(app, globals);
  SetupPlan(app, globals, result);
  SetupBundle(app, globals, result);
  SetupCompare(app, globals, result);
  SetupFetch(app, globals, result);
  SetupRun(app, globals, result);
  SetupState(app, globals, result);
  SetupFlags(app, globals, result);
  SetupReport(app, globals, result);
  SetupCompletion(app, globals, result);
  SetupManual(app, globals, result);
  SetupCutover(app, globals, result);
  SetupDoctor(app, globals, result);
  // Last, or every command would inherit it.
  app.footer(
      "Start with: clambake plan --from backlog.json\nEach command explains itself: clambake plan --help");
  Observation observation(globals);
  app.parse_complete_callback([&] { observation.Start(NameOfCommand(app)); });
  app.final_callback([&] { observation.Finish(result); });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return Fail(absl::InvalidArgumentError(DescribeParseError(app, error, argc, argv)));
  }
  if (!app.get_subcommands().empty()) return result;
  std::fputs(app.help().c_str(), stderr);
  return kUsage;
} catch (const std::exception& error) {
  return clambake::cli::Fail(absl::InternalError(error.what()));
}
