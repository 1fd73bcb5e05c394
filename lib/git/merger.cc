#include "git/merger.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "fmt/format.h"
#include "git/answers.h"

namespace clambake::git {
namespace {

constexpr std::size_t kMaxAnswerBytes = std::size_t{64} << 20U;  // of one merge

std::string CommitText(std::string_view tree, const std::vector<std::string>& parents) {
  // Younger than any real commit, so that looking for merge bases is quick,
  // and the same each time.
  constexpr std::string_view kWho = "clambake <clambake@localhost> 4102444800 +0000";
  std::string text = fmt::format("tree {}\n", tree);
  for (const std::string& parent : parents) text += fmt::format("parent {}\n", parent);
  return text + fmt::format("author {}\ncommitter {}\n\nmerge in memory\n", kWho, kWho);
}

MergeResult Failed(const absl::Status& status) {
  MergeResult result;
  result.error = std::string(status.message());
  return result;
}

}  // namespace

absl::StatusOr<std::string> WriteCommit(Scratch& scratch, const NewCommit& commit) {
  return scratch.Write("commit", CommitText(commit.tree, commit.parents));
}

absl::StatusOr<std::string> Merger::PadCommit(std::string_view content,
                                              const std::vector<std::string>& parents) {
  absl::StatusOr<std::string> blob = scratch_->Write("blob", content);
  if (!blob.ok()) return blob;
  // The name of the file in conflict fills the buffer, which is a page.
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  std::string tree = fmt::format("100644 {}", std::string(page, 'p'));
  tree += '\0';
  tree += absl::HexStringToBytes(*blob);
  absl::StatusOr<std::string> id = scratch_->Write("tree", tree);
  return id.ok() ? WriteCommit(*scratch_, {*id, parents}) : id;
}

absl::Status Merger::MakePad() {
  absl::StatusOr<std::string> base = PadCommit("base\n", {});
  if (!base.ok()) return base.status();
  absl::StatusOr<std::string> ours = PadCommit("ours\n", {*base});
  absl::StatusOr<std::string> theirs = PadCommit("theirs\n", {*base});
  if (!ours.ok()) return ours.status();
  if (!theirs.ok()) return theirs.status();
  pad_ = fmt::format("{} {}\n", *ours, *theirs);
  return absl::OkStatus();
}

absl::Status Merger::Prepare() {
  if (pad_.empty()) {
    if (absl::Status made = MakePad(); !made.ok()) return made;
  }
  if (process_ != nullptr) return absl::OkStatus();
  carry_.clear();
  pad_owed_ = false;
  absl::StatusOr<std::unique_ptr<Process>> started = Process::Start(command_);
  if (!started.ok()) return started.status();
  process_ = *std::move(started);
  return absl::OkStatus();
}

absl::Status Merger::MergeUpTo(std::size_t end, const std::vector<MergePair>& pairs,
                               std::vector<MergeResult>& results) {
  if (absl::Status prepared = Prepare(); !prepared.ok()) return prepared;
  std::string input;
  for (std::size_t i = results.size(); i < end; ++i) {
    input += fmt::format("{} {}\n", pairs[i].ours, pairs[i].theirs);
  }
  absl::Status asked = process_->Ask(input + pad_, [&](std::string_view arrived) -> absl::StatusOr<bool> {
    carry_ += arrived;
    std::size_t at = 0;
    while (results.size() < end) {
      std::size_t used = 0;
      absl::StatusOr<std::optional<MergeResult>> answer =
          ReadMergeAnswer(std::string_view(carry_).substr(at), used);
      if (!answer.ok()) return answer.status();
      if (!answer->has_value()) break;
      at += used;
      if (std::exchange(pad_owed_, false)) continue;
      results.push_back(**std::move(answer));
    }
    carry_.erase(0, at);
    if (carry_.size() > kMaxAnswerBytes)
      return absl::ResourceExhaustedError("a merge has too many conflicts");
    return results.size() == end;
  });
  pad_owed_ = true;
  if (!asked.ok()) process_.reset();
  return asked;
}

absl::Status Merger::MergeAlone(const std::vector<MergePair>& pairs, std::vector<MergeResult>& results) {
  const std::size_t next = results.size() + 1;
  absl::Status alone = MergeUpTo(next, pairs, results);
  if (!alone.ok() && results.size() < next) results.push_back(Failed(alone));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<MergeResult>> Merger::Merge(const std::vector<MergePair>& pairs) {
  std::vector<MergeResult> results;
  results.reserve(pairs.size());
  if (pairs.empty()) return results;
  for (const MergePair& pair : pairs) {
    if (!IsObjectId(pair.ours) || !IsObjectId(pair.theirs)) {
      return absl::InvalidArgumentError("merges are asked for by full object ids");
    }
  }
  while (results.size() < pairs.size()) {
    const std::size_t before = results.size();
    absl::Status merged = MergeUpTo(pairs.size(), pairs, results);
    if (merged.ok()) break;
    // Nothing works, not even the first of a fresh process: find out if it is
    // the pair's fault or git's.
    if (absl::Status prepared = Prepare(); !prepared.ok()) return prepared;
    if (absl::Status alone = MergeAlone(pairs, results); !alone.ok()) return alone;
    if (results.size() == before) return merged;
  }
  return results;
}

}  // namespace clambake::git
