#include "git/differ.h"

#include "absl/strings/escaping.h"
#include "fmt/format.h"

namespace clambake::git {
namespace {

// A line that diff-tree echoes, since it begins with no id.
constexpr std::string_view kEnd = "clambake: end of answer\n";
constexpr std::size_t kMaxAnswerBytes = std::size_t{2} << 30U;

// A file of a tree that is made to be compared with another: its number is its name.
void AppendFile(std::size_t number, const std::string& blob, std::string& tree) {
  tree += fmt::format("100644 {:016x}", number);
  tree += '\0';
  tree += absl::HexStringToBytes(blob);
}

// A tree of one side of all pairs.
absl::StatusOr<std::string> WriteSide(Scratch& scratch, const std::vector<BlobPair>& blobs,
                                      std::string BlobPair::*side) {
  std::string tree;
  for (std::size_t i = 0; i < blobs.size(); ++i) AppendFile(i, blobs[i].*side, tree);
  return scratch.Write("tree", tree);
}

// A tree of files, numbered from `first` on.
absl::StatusOr<std::string> WriteFiles(Scratch& scratch, const std::vector<std::string>& blobs,
                                       std::size_t first) {
  std::string tree;
  for (const std::string& blob : blobs) AppendFile(first++, blob, tree);
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

// Of the files that only the second tree has, those that are not much like any
// that only the first has. Merge-ort looks for renames with the same measure,
// among fewer files and with each taken once, so it finds none for these.
std::vector<std::string> Differ::CopyArguments() {
  return {"diff-tree",       "--stdin",           "-r",  "-z",           "--name-only",
          "--diff-filter=A", "--find-copies=50%", "-l0", "--no-ext-diff"};
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
  absl::Status diffed =
      Diff(raw_, commands_.raw, trees, [&](std::string_view answer) -> absl::StatusOr<bool> {
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
  absl::Status diffed = Diff(patch_, commands_.patch, {{*before, *after}},
                             [&](std::string_view answer) -> absl::StatusOr<bool> {
                               return Take(ReadPatch(answer, 1, kEnd, lines_), changes);
                             });
  if (!diffed.ok()) return diffed;
  return changes;
}

absl::StatusOr<std::vector<bool>> Differ::Resemble(const std::vector<std::string>& contents,
                                                   const std::vector<std::string>& others) {
  std::vector<bool> resemble(contents.size(), !others.empty());
  if (contents.empty() || others.empty()) return resemble;
  absl::StatusOr<std::string> before = WriteFiles(*scratch_, others, contents.size());
  if (!before.ok()) return before.status();
  absl::StatusOr<std::string> after = WriteFiles(*scratch_, contents, 0);
  if (!after.ok()) return after.status();
  std::vector<std::size_t> unlike;
  absl::Status diffed =
      Diff(copy_, commands_.copy, {{*before, *after}}, [&](std::string_view answer) -> absl::StatusOr<bool> {
        return Take(ReadNumberedFiles(answer, contents.size(), kEnd), unlike);
      });
  if (!diffed.ok()) return diffed;
  for (const std::size_t i : unlike) resemble[i] = false;
  return resemble;
}

}  // namespace clambake::git
