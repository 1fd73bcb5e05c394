// Differences by the thousand through long-lived `git diff-tree --stdin`.
#ifndef CLAMBAKE_GIT_DIFFER_H_
#define CLAMBAKE_GIT_DIFFER_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "clambake/git_repo.h"
#include "git/answers.h"
#include "git/process.h"
#include "git/scratch.h"

namespace clambake::git {

// Thread-compatible.
class Differ {
 public:
  static std::vector<std::string> RawArguments();
  static std::vector<std::string> PatchArguments();
  static std::vector<std::string> CopyArguments();

  // Run git in the scratch repository with these arguments.
  struct Commands {
    Command raw;
    Command patch;
    Command copy;
  };

  // `scratch` is not owned.
  Differ(Commands commands, Scratch* scratch) : commands_(std::move(commands)), scratch_(scratch) {}

  // As GitRepo::Changes, GitRepo::ContentChanges and GitRepo::Resemble.
  absl::StatusOr<std::vector<std::vector<FileChange>>> Changes(const std::vector<TreePair>& trees);
  absl::StatusOr<std::vector<ContentChange>> ContentChanges(const std::vector<BlobPair>& blobs);
  absl::StatusOr<std::vector<bool>> Resemble(const std::vector<std::string>& contents,
                                             const std::vector<std::string>& others);

 private:
  // Gives pairs of trees to a process, and all it says to `read` whenever that may be the end.
  using PairReader = std::function<absl::StatusOr<bool>(std::string_view)>;
  static absl::Status Diff(std::unique_ptr<Process>& process, const Command& command,
                           const std::vector<TreePair>& trees, const PairReader& read);

  Commands commands_;
  Scratch* scratch_;
  std::unique_ptr<Process> raw_;
  std::unique_ptr<Process> patch_;
  std::unique_ptr<Process> copy_;
  LineNumbers lines_;
};

}  // namespace clambake::git

#endif  // CLAMBAKE_GIT_DIFFER_H_
