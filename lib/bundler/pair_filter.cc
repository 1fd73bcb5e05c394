#include "bundler/pair_filter.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "base/status_macros.h"
#include "bundler/content_merge.h"

namespace clambake::bundler {
namespace {

constexpr std::uint32_t kTypeMask = 0170000;
constexpr std::uint32_t kRegular = 0100000;

struct Touch {
  std::size_t head = 0;
  const FileChange* change = nullptr;
};

using Touches = absl::flat_hash_map<std::string_view, std::vector<Touch>>;

// What a head does to the set of paths, beyond content.
struct Shape {
  bool adds = false;
  bool deletes = false;
};

// Calls `each` with the folders above `path`, the nearest first, not the root.
template <typename F>
void ForEachFolder(std::string_view path, F each) {
  for (std::size_t slash = path.rfind('/'); slash != std::string_view::npos && slash > 0;
       slash = path.rfind('/', slash - 1)) {
    each(path.substr(0, slash));
  }
}

bool IsPlainEdit(const FileChange& change) {
  return change.kind == 'M' && change.old_mode == change.new_mode &&
         (change.old_mode & kTypeMask) == kRegular;
}

bool SameOutcome(const FileChange& a, const FileChange& b) {
  return a.kind == b.kind && a.new_id == b.new_id && a.new_mode == b.new_mode;
}

// A file that one has and the other has not says nothing if it is empty.
bool IsEmptyBlob(const std::string& id) {
  return id == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391" ||
         id == "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813";
}

bool IsFile(std::uint32_t mode) { return (mode & kTypeMask) == kRegular; }

class Filter {
 public:
  Filter(Memory& memory, const Candidates& candidates)
      : memory_(memory), candidates_(candidates), verdicts_(candidates.all.size()) {}

  absl::StatusOr<PairVerdicts> Run() {
    for (const auto& [a, b] : candidates_.related) verdicts_.uncertain.Insert(a, b);
    Index();
    LoadSharedContent();
    for (const auto& [path, touches] : touches_) {
      JudgeSharedPath(path, touches);
      JudgeFoldersAbove(path, touches);
    }
    CLAMBAKE_RETURN_IF_ERROR(JudgeEmptiedFolders());
    FinishConflicts();
    return std::move(verdicts_);
  }

 private:
  void Index() {
    shapes_.resize(candidates_.all.size());
    for (std::size_t head = 0; head < candidates_.all.size(); ++head) {
      for (const FileChange& change : *candidates_.all[head].changes) {
        touches_[change.path].push_back({head, &change});
        if (change.kind == 'A') shapes_[head].adds = true;
        if (change.kind == 'D') shapes_[head].deletes = true;
      }
    }
  }

  // Lines matter only for files that two heads edit differently.
  void LoadSharedContent() {
    std::vector<BlobPair> contents;
    for (const auto& [path, touches] : touches_) {
      const Touch& first = touches.front();
      const bool differ = std::any_of(touches.begin(), touches.end(), [&first](const Touch& touch) {
        return touch.change->new_id != first.change->new_id;
      });
      if (!differ) continue;
      for (const Touch& touch : touches) {
        if (IsPlainEdit(*touch.change)) contents.push_back({touch.change->old_id, touch.change->new_id});
      }
    }
    // What could not be read is not certain: git will say what is wrong with it.
    memory_.LoadContent(contents).IgnoreError();
  }

  // One head's change of a path, with its lines where these are known.
  struct Side {
    std::size_t head;
    const FileChange* change;
    const std::vector<LineSpan>* lines;
  };
  enum class Verdict { kClean, kConflict, kUncertain };

  [[nodiscard]] Verdict Judge(const Side& a, const Side& b) const {
    const Shape& shape_a = shapes_[a.head];
    const Shape& shape_b = shapes_[b.head];
    if (SameOutcome(*a.change, *b.change)) {
      const bool may_be_renamed = a.change->kind == 'D' && (shape_a.adds || shape_b.adds);
      return may_be_renamed ? Verdict::kUncertain : Verdict::kClean;
    }
    if (IsPlainEdit(*a.change) && IsPlainEdit(*b.change)) {
      if (a.lines == nullptr || b.lines == nullptr) return Verdict::kUncertain;
      return MergeContent(*a.lines, *b.lines).empty() ? Verdict::kClean : Verdict::kConflict;
    }
    if (a.change->kind == 'A' && b.change->kind == 'A') {
      const bool comparable = IsFile(a.change->new_mode) && a.change->new_mode == b.change->new_mode &&
                              !IsEmptyBlob(a.change->new_id) && !IsEmptyBlob(b.change->new_id);
      return comparable && !shape_a.deletes && !shape_b.deletes ? Verdict::kConflict : Verdict::kUncertain;
    }
    const bool certain = (a.change->kind == 'D' && !shape_a.adds && IsPlainEdit(*b.change)) ||
                         (b.change->kind == 'D' && !shape_b.adds && IsPlainEdit(*a.change));
    return certain ? Verdict::kConflict : Verdict::kUncertain;
  }

  void JudgeSharedPath(std::string_view path, const std::vector<Touch>& touches) {
    if (touches.size() < 2) return;
    std::vector<Side> sides;
    sides.reserve(touches.size());
    for (const auto& [head, change] : touches) {
      sides.push_back({head, change, memory_.Content(change->old_id, change->new_id)});
    }
    for (std::size_t a = 0; a < sides.size(); ++a) {
      for (std::size_t b = a + 1; b < sides.size(); ++b) {
        const Verdict verdict = Judge(sides[a], sides[b]);
        // Touches come by head.
        if (verdict == Verdict::kUncertain) verdicts_.uncertain.Insert(sides[a].head, sides[b].head);
        if (verdict == Verdict::kConflict)
          verdicts_.conflicts[{sides[a].head, sides[b].head}].push_back(path);
      }
    }
  }

  void FinishConflicts() {
    absl::erase_if(verdicts_.conflicts, [&](const auto& conflict) {
      return verdicts_.uncertain.Contains(conflict.first.first, conflict.first.second);
    });
    for (auto& [pair, paths] : verdicts_.conflicts) std::sort(paths.begin(), paths.end());
  }

  void JudgeFoldersAbove(std::string_view path, const std::vector<Touch>& touches) {
    ForEachFolder(path, [&](std::string_view folder) {
      const auto above = touches_.find(folder);
      if (above == touches_.end()) return;
      for (const Touch& a : above->second) {
        for (const Touch& b : touches) verdicts_.uncertain.Insert(a.head, b.head);
      }
    });
  }

  // Folders that a head deletes from, where it adds something as well: what is
  // gone after its test merge may count as renamed. That matters to whoever
  // adds something below.
  absl::Status JudgeEmptiedFolders() {
    const auto added_below = AddedBelow();
    std::vector<std::pair<std::size_t, std::string_view>> folders;
    std::vector<std::string> objects;
    absl::flat_hash_set<std::pair<std::size_t, std::string_view>> asked;
    for (const auto& [path, touches] : touches_) {
      for (const Touch& touch : touches) {
        if (touch.change->kind != 'D' || !shapes_[touch.head].adds) continue;
        ForEachFolder(path, [&, head = touch.head](std::string_view folder) {
          const auto below = added_below.find(folder);
          const bool by_others =
              below != added_below.end() && below->second.size() > below->second.count(head);
          if (!by_others || !asked.insert({head, folder}).second) return;
          folders.emplace_back(head, folder);
          objects.push_back(candidates_.all[head].tree + ":" + std::string(folder));
        });
      }
    }
    CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<bool> still_there, memory_.AreFolders(objects));
    for (std::size_t i = 0; i < folders.size(); ++i) {
      if (still_there[i]) continue;
      for (std::size_t other : added_below.at(folders[i].second))
        verdicts_.uncertain.Insert(folders[i].first, other);
    }
    return absl::OkStatus();
  }

  // Which heads add something below each folder.
  [[nodiscard]] absl::flat_hash_map<std::string_view, std::set<std::size_t>> AddedBelow() const {
    absl::flat_hash_map<std::string_view, std::set<std::size_t>> heads;
    for (const auto& [path, touches] : touches_) {
      for (const Touch& touch : touches) {
        if (touch.change->kind != 'A') continue;
        ForEachFolder(path, [&](std::string_view folder) { heads[folder].insert(touch.head); });
      }
    }
    return heads;
  }

  Memory& memory_;
  const Candidates& candidates_;
  Touches touches_;
  std::vector<Shape> shapes_;
  PairVerdicts verdicts_;
};

}  // namespace

absl::StatusOr<PairVerdicts> JudgePairs(Memory& memory, const Candidates& candidates) {
  return Filter(memory, candidates).Run();
}

}  // namespace clambake::bundler
