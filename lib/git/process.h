// One git process at the other end of a pipe. No shell: an argv array, an
// environment of our own making, and nothing inherited but that.
#ifndef CLAMBAKE_GIT_PROCESS_H_
#define CLAMBAKE_GIT_PROCESS_H_

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace clambake::git {

struct Command {
  std::vector<std::string> argv;         // argv[0] is looked up in PATH
  std::vector<std::string> environment;  // "NAME=value", the whole of it
  std::string error_file;                // takes stderr; its start is quoted in errors
  absl::Duration timeout;                // the longest silence
};

// Thread-compatible. Writing to a process that has died is an error, never a
// signal. The destructor ends the process and reaps it.
class Process {
 public:
  // What has arrived so far goes in; says whether the answer is complete.
  using Reader = std::function<absl::StatusOr<bool>(std::string_view arrived)>;

  static absl::StatusOr<std::unique_ptr<Process>> Start(const Command& command);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Sends `input` while handing every arriving piece to `reader`, until that
  // says the answer is complete. Unavailable: the process ended or went
  // silent; the object is of no use afterwards.
  absl::Status Ask(std::string_view input, const Reader& reader);

  // Sends `input`, ends the conversation and returns all output.
  // Unavailable, with git's words: it did not end well.
  absl::StatusOr<std::string> Finish(std::string_view input, std::size_t max_bytes);

 private:
  Process(const Command& command, pid_t pid, int in, int out);
  absl::Status Failure(std::string_view what) const;
  enum class AfterInput { kKeepOpen, kClose };
  absl::Status Converse(std::string_view input, AfterInput after, const Reader& reader, bool& at_end);
  absl::Status Wait();
  void Kill();

  std::string name_;
  std::string error_file_;
  absl::Duration timeout_;
  pid_t pid_;
  int in_;   // a socket: writes cannot raise SIGPIPE
  int out_;  // a pipe
};

// Runs a process from start to end.
absl::StatusOr<std::string> Run(const Command& command, std::string_view input = {},
                                std::size_t max_bytes = std::size_t{1} << 30U);

}  // namespace clambake::git

#endif  // CLAMBAKE_GIT_PROCESS_H_
