// The sound filter: which pairs of heads certainly merge cleanly, and which
// certainly do not, so that git need not be asked. Everything it is not certain
// of it leaves to git.
//
// Both heads are seen as their changes from the base to their test merges. So
// the merge base of two test merges is the base itself (heads that share
// commits are left to git), and git's merge-ort works path by path from three
// known trees. A path that both change is certain where
//
//  - it has the same outcome in both: clean;
//  - it is a regular file in all three, of one mode, and text: its changed
//    lines decide (content_merge.h);
//  - both add a regular file of the same mode and different content: in
//    conflict. Where either is the new name of a renamed file, the other side
//    has left the old one alone, or that path would not be certain; so git
//    takes the file as it is there, and meets the other's in its place;
//  - one edits it, and the other deletes it and certainly renames it to nothing
//    (renames.h): in conflict;
//  - one edits it, and the other certainly renames it to a path that the first
//    leaves alone: the changed lines decide.
//
// That is the whole verdict where these hold as well:
//
//  - No path that one changes lies below a path that the other changes: no
//    file stands where the other has a folder.
//  - Renames do not reach across. A rename pairs a deleted with an added path
//    of one side; it matters to the other only if that touches either path
//    (a deletion by both is only certain where neither side adds anything), or
//    if it adds a path below a folder that the first one emptied and that
//    counts as renamed. Git takes a folder as renamed only if nothing is left
//    of it on that side.
#ifndef CLAMBAKE_BUNDLER_PAIR_FILTER_H_
#define CLAMBAKE_BUNDLER_PAIR_FILTER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bundler/candidates.h"
#include "bundler/memory.h"
#include "bundler/renames.h"

namespace clambake::bundler {

// Candidates by index, a < b.
struct UncertainPair {
  std::size_t a;
  std::size_t b;
  bool related;  // they share commits that the base has not
};

struct PairConflict {
  std::size_t a;
  std::size_t b;
  std::vector<std::string_view> paths;  // ascending; valid as long as the candidates' changes
};

// Both by a, then b.
struct PairVerdicts {
  std::vector<UncertainPair> uncertain;  // git has to judge
  std::vector<PairConflict> conflicts;
};

// Remembers its verdicts as long as the base stays, and finds by path, folder
// and commit whom a head has to do with: one more looks at nobody else.
// Thread-compatible.
class PairFilter {
 public:
  explicit PairFilter(Memory* memory) : memory_(memory) {}

  // Every pair of candidates is uncertain, in conflict, or else clean.
  absl::StatusOr<PairVerdicts> Judge(const Candidates& candidates);

 private:
  struct Known {
    std::shared_ptr<const std::vector<FileChange>> changes;
    std::shared_ptr<const std::vector<std::string>> commits;
    std::string tree;
    bool adds = false;
  };
  struct Touch {
    std::size_t head = 0;
    const FileChange* change = nullptr;
  };
  enum class Verdict { kClean, kConflict, kUncertain };
  struct Judged {
    Verdict verdict = Verdict::kUncertain;
    std::string_view path;  // in conflict
  };
  // A folder that one head, which adds something as well, deletes from, where another adds something.
  struct MaybeEmptied {
    std::string_view folder;
    std::size_t deleting;
    std::size_t adding;
  };
  using Pair = std::pair<std::size_t, std::size_t>;
  // By folder; ascending.
  using Folders = absl::flat_hash_map<std::string_view, std::vector<std::size_t>>;

  void Forget();
  absl::Status Learn(const Candidates& candidates);
  void Index(const Candidate& candidate, std::vector<MaybeEmptied>& emptied);
  void FindRenames(std::size_t first_new);
  void LoadSharedContent(std::size_t first_new);
  void JudgeCommits(std::size_t head);
  void JudgePath(std::size_t head, const FileChange& change);
  absl::Status JudgeEmptied(const std::vector<MaybeEmptied>& emptied);
  [[nodiscard]] Judged JudgeTouch(const Touch& a, const Touch& b) const;
  [[nodiscard]] Judged JudgeDeletion(const Touch& deletion, const Touch& edit) const;
  [[nodiscard]] Verdict JudgeLines(const FileChange& a, const FileChange& b) const;
  void MarkUncertain(std::size_t a, std::size_t b);
  [[nodiscard]] std::vector<std::size_t> IndexBySlot(const Candidates& candidates) const;

  Memory* memory_;
  std::string base_;
  absl::flat_hash_map<std::string, std::size_t> slots_;                     // by head's id
  std::vector<Known> heads_;                                                // by slot, as all below
  absl::flat_hash_map<std::string_view, std::vector<Touch>> touches_;       // by path
  absl::flat_hash_map<std::string_view, std::vector<std::size_t>> owners_;  // by commit; ascending
  Folders below_;                                                           // who changes something below
  Folders adding_;
  Folders deleting_;                           // of those that add something
  absl::flat_hash_map<Pair, bool> uncertain_;  // whether they are related
  absl::flat_hash_map<Pair, std::vector<std::string_view>> conflicts_;
  Renames renames_{memory_};
};

}  // namespace clambake::bundler

#endif  // CLAMBAKE_BUNDLER_PAIR_FILTER_H_
