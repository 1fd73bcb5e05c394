// Merges by the thousand through one long-lived `git merge-tree --stdin`.
#ifndef CLAMBAKE_GIT_MERGER_H_
#define CLAMBAKE_GIT_MERGER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clambake/git_repo.h"
#include "git/process.h"
#include "git/scratch.h"

namespace clambake::git {

// Writes a commit that looks the same whenever and by whomever it is made.
absl::StatusOr<std::string> WriteCommit(Scratch& scratch, const NewCommit& commit);

// Thread-compatible.
class Merger {
 public:
  // `command` runs merge-tree; `scratch` is where it writes. Not owned.
  Merger(Command command, Scratch* scratch) : command_(std::move(command)), scratch_(scratch) {}

  // A pair that git cannot stand is retried alone in a fresh process and
  // reported as kFailed, so that it takes no other with it.
  absl::StatusOr<std::vector<MergeResult>> Merge(const std::vector<MergePair>& pairs);

 private:
  absl::Status Prepare();
  absl::Status MakePad();
  absl::StatusOr<std::string> PadCommit(std::string_view content, const std::vector<std::string>& parents);
  // Appends the answers to pairs[results.size()…end).
  absl::Status MergeUpTo(std::size_t end, const std::vector<MergePair>& pairs,
                         std::vector<MergeResult>& results);
  absl::Status MergeAlone(const std::vector<MergePair>& pairs, std::vector<MergeResult>& results);

  Command command_;
  Scratch* scratch_;
  std::unique_ptr<Process> process_;
  // git buffers its output. A merge with an answer longer than the buffer,
  // sent behind the ones we want, makes it write those.
  std::string pad_;        // input line, empty before the first use
  std::string carry_;      // arrived, not read
  bool pad_owed_ = false;  // the answer to the last pad is still to be read
};

}  // namespace clambake::git

#endif  // CLAMBAKE_GIT_MERGER_H_
