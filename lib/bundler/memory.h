// What git has said, kept: merges and changed lines by object id. Ids name
// content, so nothing here ever grows stale.
#ifndef CLAMBAKE_BUNDLER_MEMORY_H_
#define CLAMBAKE_BUNDLER_MEMORY_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
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

  // As GitRepo::AreFolders.
  absl::StatusOr<std::vector<bool>> AreFolders(const std::vector<std::string>& objects);

  // As GitRepo::WriteCommits.
  absl::StatusOr<std::vector<std::string>> WriteCommits(const std::vector<NewCommit>& commits);

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
  absl::flat_hash_map<std::string, bool> folders_;
  absl::flat_hash_map<std::string, std::string> commits_;  // id by tree and parents
  absl::flat_hash_map<ContentKey, Spans> content_;
};

}  // namespace clambake::bundler

#endif  // CLAMBAKE_BUNDLER_MEMORY_H_
