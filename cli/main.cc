#include <exception>
#include <string>

#include "cli/commands/commands.h"
#include "cli/globals.h"
#include "cli/messages.h"

int main(int argc, char* argv[]) try {
  using namespace clambake::cli;  // NOLINT(google-build-using-namespace): this is the whole program
  CLI::App app("Turns GitHub issues into a job queue for coding agents: plan, bundle, execute.", "clambake");
  app.set_version_flag("--version", "clambake " + std::string(clambake::Version()));
  app.require_subcommand(1);
  app.footer(
      "Start with: clambake plan --from backlog.json\nEach command explains itself: clambake plan --help");
  Globals globals;
  ExitCode result = kDone;
  SetupGlobals(app, globals);
  SetupPlan(app, globals, result);
  SetupCompare(app, globals, result);
  SetupFlags(app, globals, result);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  return result;
} catch (const std::exception& error) {
  return clambake::cli::Fail(absl::InternalError(error.what()));
}
