#include "git/differ.h"

#include "absl/strings/escaping.h"
#include "fmt/format.h"

namespace clambake::git {
namespace {

// A line that diff-tree echoes, since it begins with no id.
constexpr std::string_view kEnd = "clambake: end of answer\n";
constexpr std::size_t kMaxAnswerBytes = std::size_t{2} << 30U;

// A tree of one side of all pairs, under names in ascending order.
absl::StatusOr<std::string> WriteSide(Scratch& scratch, const std::vector<BlobPair>& blobs,
                                      std::string BlobPair::*side) {
  std::string tree;
  for (std::size_t i = 0; i < blobs.size(); ++i) {
    tree += fmt::format("100644 {:016x}", i);
    tree += '\0';
    tree += absl::HexStringToBytes(blobs[i].*side);
  }
  return scratch.Write("tree", tree);
}

// True once the answer is whole, and then it is in `target`.
template <typename T>
absl::StatusOr<bool> Take(absl::StatusOr<std::optional<T>> read, T& target) {
  if (!read.ok()) return read.status();
  if (!read->has_value()) return false;
  target = **std::move(read);
  return true;
}

}  // namespace

std::vector<std::string> Differ::RawArguments() {
  return {"diff-tree", "--stdin", "-r", "-z", "--raw", "--no-abbrev", "--no-renames"};
}

// As merge-ort matches lines: histogram, no shifting of hunks by indent. One
// line of context, because without any git takes a short cut.
std::vector<std::string> Differ::PatchArguments() {
  return {"diff-tree",
          "--stdin",
          "-r",
          "-p",
          "-U1",
          "--full-index",
          "--no-renames",
          "--histogram",
          "--no-indent-heuristic",
          "--no-ext-diff",
          "--no-textconv",
          "--no-color"};
}

absl::Status Differ::Diff(std::unique_ptr<Process>& process, const Command& command,
                          const std::vector<TreePair>& trees, const PairReader& read) {
  if (process == nullptr) {
    absl::StatusOr<std::unique_ptr<Process>> started = Process::Start(command);
    if (!started.ok()) return started.status();
    process = *std::move(started);
  }
  std::string input;
  for (const TreePair& pair : trees) input += fmt::format("{} {}\n", pair.before, pair.after);
  input += kEnd;
  std::string answer;
  absl::Status asked = process->Ask(input, [&](std::string_view arrived) -> absl::StatusOr<bool> {
    if (answer.size() + arrived.size() > kMaxAnswerBytes) {
      return absl::ResourceExhaustedError("the branches change more than can be looked at");
    }
    answer += arrived;
    if (!std::string_view(answer).ends_with(kEnd)) return false;
    return read(answer);
  });
  if (!asked.ok()) process.reset();
  return asked;
}

absl::StatusOr<std::vector<std::vector<FileChange>>> Differ::Changes(const std::vector<TreePair>& trees) {
  std::vector<std::vector<FileChange>> changes;
  if (trees.empty()) return changes;
  absl::Status diffed = Diff(raw_, raw_command_, trees, [&](std::string_view answer) -> absl::StatusOr<bool> {
    return Take(ReadRawDiff(answer, trees.size(), kEnd), changes);
  });
  if (!diffed.ok()) return diffed;
  return changes;
}

absl::StatusOr<std::vector<ContentChange>> Differ::ContentChanges(const std::vector<BlobPair>& blobs) {
  std::vector<ContentChange> changes;
  if (blobs.empty()) return changes;
  absl::StatusOr<std::string> before = WriteSide(*scratch_, blobs, &BlobPair::old_id);
  if (!before.ok()) return before.status();
  absl::StatusOr<std::string> after = WriteSide(*scratch_, blobs, &BlobPair::new_id);
  if (!after.ok()) return after.status();
  absl::Status diffed =
      Diff(patch_, patch_command_, {{*before, *after}}, [&](std::string_view answer) -> absl::StatusOr<bool> {
        return Take(ReadPatch(answer, 1, kEnd, lines_), changes);
      });
  if (!diffed.ok()) return diffed;
  return changes;
}

}  // namespace clambake::git
