#include "cli/hook.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <csignal>
#include <cstring>
#include <memory>

#include "clambake/clock.h"
#include "fmt/format.h"

extern char** environ;  // NOLINT: POSIX has it so

namespace clambake::cli {

absl::Status RunHook(const std::vector<std::string>& argv, absl::Duration limit) {
  std::vector<char*> arguments;
  arguments.reserve(argv.size() + 1);
  for (const std::string& each : argv) arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  pid_t process = -1;
  const int error = posix_spawn(&process, arguments[0], &actions, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return absl::UnavailableError(fmt::format("{}: {}", argv[0], std::strerror(error)));
  const std::unique_ptr<Clock> clock = NewSystemClock();
  const absl::Duration deadline = clock->Monotonic() + limit;
  int status = 0;
  while (waitpid(process, &status, WNOHANG) == 0) {
    if (clock->Monotonic() >= deadline) {
      kill(-process, SIGKILL);
      waitpid(process, nullptr, 0);
      return absl::UnavailableError(fmt::format("{}: ended after {}", argv[0], absl::FormatDuration(limit)));
    }
    clock->Sleep(absl::Milliseconds(5));
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  return absl::UnavailableError(fmt::format("{}: failed", argv[0]));
}

}  // namespace clambake::cli
