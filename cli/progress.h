// What a command is doing, for the person who waits for it.
#ifndef CLAMBAKE_CLI_PROGRESS_H_
#define CLAMBAKE_CLI_PROGRESS_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "clambake/git_repo.h"
#include "clambake/model.h"
#include "cli/globals.h"

namespace clambake::cli {

// One line on standard error, on a terminal alone, that is gone when the
// object is; nothing with --no-progress or --quiet. Thread-compatible.
class ProgressLine {
 public:
  explicit ProgressLine(const Globals& globals);
  ~ProgressLine() { Clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  [[nodiscard]] bool visible() const { return visible_; }
  // Replaces what was shown; cut at the terminal's edge.
  void Show(std::string_view text);
  void Clear();

 private:
  bool visible_;
  bool shown_ = false;
};

// What ReadBacklogFile makes of `path`, with how far it is shown on the line,
// which is empty again at the end.
absl::StatusOr<Backlog> ReadShownBacklog(const std::string& path, ProgressLine& line);

// The clone, with its merges shown on the line, which outlives it, behind what
// `stage` says at the time: "v2: git has merged 512 of 780 pairs". The answers
// are the inner one's own.
std::unique_ptr<GitRepo> NewShownGit(std::unique_ptr<GitRepo> repo, ProgressLine& line,
                                     const std::string& stage);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_PROGRESS_H_
