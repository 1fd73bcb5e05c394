// What every command shares: global options, output, exit codes.
#ifndef CLAMBAKE_CLI_GLOBALS_H_
#define CLAMBAKE_CLI_GLOBALS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clambake/feature_flags.h"
#include "clambake/model.h"
#include "clambake/observed.h"
#include "clambake/report.h"

namespace CLI {
class App;  // only those who add options pay for the whole of CLI11
}

namespace clambake::cli {

enum ExitCode : int {
  kDone = 0,          // done, or yes
  kNo = 1,            // the answer is no
  kUsage = 2,         // usage, configuration or bad input; nothing was written
  kInconclusive = 3,  // hold
  kUnauthenticated = 4,
  kFailed = 5,  // GitHub, git or the state store failed
};

ExitCode ExitCodeOf(const absl::Status& status);

struct Globals {
  std::string repo;     // empty: see FindRepository
  std::string api_url;  // empty: GitHub's own
  std::string token_file;
  std::string from;
  std::string git_dir;
  std::string state;
  std::string agents = "8";
  std::string color = "auto";
  std::string log;      // "text" "json"; "": no log
  std::string metrics;  // file for node_exporter; "": none
  bool readonly = false;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool no_progress = false;
  Observer observer;  // of this command; observes nothing unless asked to
};

// Adds the global options to the program; they work before and after a command.
void SetupGlobals(CLI::App& app, Globals& globals);

// The value of a variable of the environment; "" where it is not set.
std::string Environment(const char* variable);

// A folder of ours below the one that `variable` names ("XDG_CACHE_HOME"), else
// below $HOME/`below_home`; "" where there is neither.
std::string UserFolder(const char* variable, const char* below_home);

// "owner/name": --repo, else GITHUB_REPOSITORY, else where the clone's `origin`
// is. InvalidArgument, with what the clone lacks, where none of them names one.
absl::StatusOr<std::string> FindRepository(const Globals& globals);

// The same for those who cannot go on without; the error says what to do.
absl::StatusOr<std::string> RequireRepository(const Globals& globals);

// The API's address.
std::string ApiUrl(const Globals& globals);

// The flags of the environment, with --readonly added.
absl::StatusOr<FeatureFlags> ReadFlags(const Globals& globals);

// The backlog that --from names, else that of the repository on GitHub; with
// the dependencies that people wrote in texts.
absl::StatusOr<Backlog> LoadBacklog(const Globals& globals);

// --agents: a number, or a file.
absl::StatusOr<std::vector<Agent>> LoadAgents(const Globals& globals);

// Colours and width for standard output as it is.
TextStyle StdoutStyle(const Globals& globals);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_GLOBALS_H_
