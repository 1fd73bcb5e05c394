// What git has said, kept: merges, changes and history by object id. Ids name
// content, so nothing here ever grows stale.
#ifndef CLAMBAKE_BUNDLER_MEMORY_H_
#define CLAMBAKE_BUNDLER_MEMORY_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clambake/git_repo.h"

namespace clambake::bundler {

// Content that became other content; null in the map: not text.
using ContentKey = std::pair<std::string, std::string>;
using Spans = std::optional<std::vector<LineSpan>>;

// Thread-compatible.
class Memory {
 public:
  explicit Memory(GitRepo* repo) : repo_(repo) {}
  [[nodiscard]] GitRepo& repo() { return *repo_; }

  // As GitRepo::Merge, asking git only for what is new. The results are valid
  // until the next call.
  absl::StatusOr<std::vector<const MergeResult*>> Merge(const std::vector<MergePair>& pairs);

  // As GitRepo::Changes, from one tree to each of the others.
  absl::StatusOr<std::vector<const std::vector<FileChange>*>> Changes(const std::string& before,
                                                                      const std::vector<std::string>& afters);

  // As GitRepo::Trees.
  absl::StatusOr<std::vector<std::string>> Trees(const std::vector<std::string>& commits);

  // As GitRepo::AreFolders.
  absl::StatusOr<std::vector<bool>> AreFolders(const std::vector<std::string>& objects);

  // As GitRepo::WriteCommits.
  absl::StatusOr<std::vector<std::string>> WriteCommits(const std::vector<NewCommit>& commits);

  // The commits that the heads reach and the base does not, by id; also those
  // of heads asked for earlier with the same base. Valid until the next call.
  using History = absl::flat_hash_map<std::string, GitCommit>;
  const History& CommitsBeyond(const std::string& base, const std::vector<std::string>& heads);

  // Why the history of a head could not be read; null where it could.
  [[nodiscard]] const std::string* Broken(const std::string& head) const;

  // Sees to it that `Content` knows these pairs. An error: it does not know
  // those that cannot be read, but all others.
  absl::Status LoadContent(const std::vector<BlobPair>& blobs);

  // Null: not known, hence not to be relied on.
  [[nodiscard]] const std::vector<LineSpan>* Content(const std::string& old_id,
                                                     const std::string& new_id) const;

 private:
  absl::Status AskContent(const std::vector<BlobPair>& blobs);

  using Key = std::pair<std::string, std::string>;
  GitRepo* repo_;
  absl::flat_hash_map<Key, std::unique_ptr<MergeResult>> merges_;
  absl::flat_hash_map<Key, std::unique_ptr<std::vector<FileChange>>> changes_;
  absl::flat_hash_map<std::string, std::string> trees_;  // by commit
  absl::flat_hash_map<std::string, bool> folders_;
  absl::flat_hash_map<std::string, std::string> commits_;  // id by tree and parents
  std::string history_base_;
  absl::flat_hash_set<std::string> history_heads_;
  History history_;
  absl::flat_hash_map<std::string, std::string> broken_;
  absl::flat_hash_map<ContentKey, Spans> content_;
};

}  // namespace clambake::bundler

#endif  // CLAMBAKE_BUNDLER_MEMORY_H_
