// The seam for git: what the library asks of a clone.
//
// Git itself is the merge engine, because the server merges with it. A GitRepo
// reads a repository and merges in memory of its own: objects that a merge
// makes go to a scratch directory outside the repository and vanish with the
// GitRepo, so that objects, refs, index and work tree of the repository are as
// they were, also after a kill at any moment.
//
// The repository is untrusted. None of its configuration, hooks, attributes,
// grafts or replacements take part, nothing it names is run, and nothing is
// fetched; merges come out as on a bare server with git's defaults.
#ifndef CLAMBAKE_GIT_REPO_H_
#define CLAMBAKE_GIT_REPO_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace clambake {

struct GitOptions {
  std::string program = "git";                // looked up in PATH; 2.38 or newer
  std::string scratch_parent;                 // empty: /dev/shm with 1 GiB free, else $TMPDIR or /tmp
  absl::Duration timeout = absl::Minutes(2);  // without a sign of life from git
};

// Ids are full and in lower case: 40 digits (SHA-1) or 64 (SHA-256).
struct GitCommit {
  std::string id;
  std::vector<std::string> parents;
  std::int64_t committed_at = 0;  // seconds since the epoch
};

struct NewCommit {
  std::string tree;
  std::vector<std::string> parents;
};

struct TreePair {
  std::string before;
  std::string after;
};

struct BlobPair {
  std::string old_id;
  std::string new_id;
};

struct FileChange {
  char kind = 'M';  // 'A' added, 'D' deleted, 'M' modified, 'T' another type
  std::string path;
  std::uint32_t old_mode = 0;  // as git has it: 0100644, 0120000 …; 0 if absent
  std::uint32_t new_mode = 0;
  std::string old_id;  // zeros if absent
  std::string new_id;
};

// `count` lines of the old content, from line `first` (the first line is 1),
// are replaced. Count 0: something comes in after line `first`. The lines are
// numbers: within one GitRepo, equal numbers are equal lines.
struct LineSpan {
  std::int64_t first = 0;
  std::int64_t count = 0;
  std::vector<std::uint32_t> removed;
  std::vector<std::uint32_t> added;
};

// How one content became another, by the very line matching that merges use.
struct ContentChange {
  std::string old_id;
  std::string new_id;
  std::optional<std::vector<LineSpan>> spans;  // ascending, apart by a line at least; unset: not text
};

struct MergePair {
  std::string ours;
  std::string theirs;
};

struct MergeResult {
  enum class Verdict { kClean, kConflict, kFailed };
  Verdict verdict = Verdict::kFailed;
  std::string tree;                // of the result; with conflict markers if in conflict; empty if failed
  std::vector<std::string> paths;  // in conflict, ascending
  std::string error;               // kFailed: git's words
};

// Thread-compatible: one call at a time per object. Every call may return
// Unavailable (git could not be run, gave up or went silent) or
// ResourceExhausted (an answer beyond all bounds); calls that are not answered
// leave no trace in later ones.
class GitRepo {
 public:
  virtual ~GitRepo() = default;

  // The commit each rev names: an id, a branch, a ref, "HEAD~2". A name that
  // is neither is looked up among the branches of `origin`. nullopt: there is
  // none, or not here.
  virtual absl::StatusOr<std::vector<std::optional<std::string>>> Resolve(
      const std::vector<std::string>& revs) = 0;

  // Those of `commits` that no ref and not HEAD reaches.
  virtual absl::StatusOr<std::vector<std::string>> Unreachable(const std::vector<std::string>& commits) = 0;

  // The commits that `heads` reach and `base` does not, children first.
  virtual absl::StatusOr<std::vector<GitCommit>> CommitsBeyond(std::string_view base,
                                                               const std::vector<std::string>& heads) = 0;

  // The changed files of each pair, by path; a rename is a deletion and an
  // addition.
  virtual absl::StatusOr<std::vector<std::vector<FileChange>>> Changes(
      const std::vector<TreePair>& trees) = 0;

  // How the contents of each pair differ. Pairs of equal contents are left
  // out.
  virtual absl::StatusOr<std::vector<ContentChange>> ContentChanges(const std::vector<BlobPair>& blobs) = 0;

  // For each of `contents`, whether git may take one of `others` for the same
  // file under another name: at least half of it is alike.
  virtual absl::StatusOr<std::vector<bool>> Resemble(const std::vector<std::string>& contents,
                                                     const std::vector<std::string>& others) = 0;

  // For each "commit:path", whether it is a folder.
  virtual absl::StatusOr<std::vector<bool>> AreFolders(const std::vector<std::string>& objects) = 0;

  // What git makes of each pair. One failure does not touch the others.
  virtual absl::StatusOr<std::vector<MergeResult>> Merge(const std::vector<MergePair>& pairs) = 0;

  // Writes commits to the scratch directory and returns their ids, in order.
  // Equal commits have equal ids.
  virtual absl::StatusOr<std::vector<std::string>> WriteCommits(const std::vector<NewCommit>& commits) = 0;

  // The tree of each commit; all must exist.
  virtual absl::StatusOr<std::vector<std::string>> Trees(const std::vector<std::string>& commits) = 0;
};

// Opens the repository that holds `path`: a work tree, a `.git`, a bare
// repository. NotFound: there is none. FailedPrecondition: the repository is
// shallow, so that merges could not be told.
absl::StatusOr<std::unique_ptr<GitRepo>> OpenGitRepo(const std::string& path, const GitOptions& options = {});

// Where the clone that holds `path` fetches `remote` from, as its own
// configuration has it; "" if it has no such remote. May hold a password:
// never print it. NotFound: there is no clone. Connects to nothing.
absl::StatusOr<std::string> FindRemoteUrl(const std::string& path, std::string_view remote,
                                          const GitOptions& options = {});

}  // namespace clambake

#endif  // CLAMBAKE_GIT_REPO_H_
