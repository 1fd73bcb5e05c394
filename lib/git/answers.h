// Reading what git's plumbing prints. Everything here is strict: an answer
// that does not have git's documented form is an error, never a guess.
#ifndef CLAMBAKE_GIT_ANSWERS_H_
#define CLAMBAKE_GIT_ANSWERS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "clambake/git_repo.h"

namespace clambake::git {

// True for a full object id in lower case.
bool IsObjectId(std::string_view text);

// One answer of `merge-tree --write-tree --stdin`, from the start of `text`.
// Incomplete: nullopt, and `used` is 0.
absl::StatusOr<std::optional<MergeResult>> ReadMergeAnswer(std::string_view text, std::size_t& used);

// The answer of `diff-tree --stdin -r -z --raw` to `pairs` pairs of ids and a
// line `end` that it echoes. nullopt: incomplete.
absl::StatusOr<std::optional<std::vector<std::vector<FileChange>>>> ReadRawDiff(std::string_view text,
                                                                                std::size_t pairs,
                                                                                std::string_view end);

// The answer of `diff-tree --stdin -r -z --name-only` likewise, to one pair of
// trees whose files are numbers below `files`, in 16 hexadecimal digits.
absl::StatusOr<std::optional<std::vector<std::size_t>>> ReadNumberedFiles(std::string_view text,
                                                                          std::size_t files,
                                                                          std::string_view end);

// Numbers for lines: equal numbers are equal lines, line end included.
class LineNumbers {
 public:
  std::uint32_t Of(std::string_view line) {
    const auto next = static_cast<std::uint32_t>(numbers_.size());
    return numbers_.try_emplace(absl::string_view(line.data(), line.size()), next).first->second;
  }

 private:
  absl::flat_hash_map<std::string, std::uint32_t> numbers_;
};

// The answer of `diff-tree --stdin -r -p -U1 --full-index` likewise.
absl::StatusOr<std::optional<std::vector<ContentChange>>> ReadPatch(std::string_view text, std::size_t pairs,
                                                                    std::string_view end, LineNumbers& lines);

}  // namespace clambake::git

#endif  // CLAMBAKE_GIT_ANSWERS_H_
