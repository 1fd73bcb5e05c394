#include "bundler/pair_filter.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "base/status_macros.h"

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

// Between lines, counted from 0: a change that only adds begins after `first`.
std::int64_t Begin(const LineSpan& span) { return span.count > 0 ? span.first - 1 : span.first; }
std::int64_t End(const LineSpan& span) { return Begin(span) + span.count; }

bool Apart(const std::vector<LineSpan>& a, const std::vector<LineSpan>& b) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (Meet(a[i], b[j])) return false;
    // Both lists ascend: what ends first meets nothing later.
    ++(End(a[i]) < Begin(b[j]) ? i : j);
  }
  return true;
}

class Filter {
 public:
  Filter(Memory& memory, const std::string& base, const Candidates& candidates)
      : memory_(memory), base_(base), candidates_(candidates), uncertain_(candidates.all.size()) {}

  absl::StatusOr<PairSet> Run() {
    for (const auto& [a, b] : candidates_.related) uncertain_.Insert(a, b);
    Index();
    LoadSharedContent();
    for (const auto& [path, touches] : touches_) {
      JudgeSharedPath(touches);
      JudgeFoldersAbove(path, touches);
    }
    CLAMBAKE_RETURN_IF_ERROR(JudgeEmptiedFolders());
    return std::move(uncertain_);
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
    std::vector<bool> wanted(candidates_.all.size());
    for (const auto& [path, touches] : touches_) {
      const Touch& first = touches.front();
      const bool differ = std::any_of(touches.begin(), touches.end(), [&first](const Touch& touch) {
        return touch.change->new_id != first.change->new_id;
      });
      if (!differ) continue;
      for (const Touch& touch : touches) {
        if (IsPlainEdit(*touch.change)) wanted[touch.head] = true;
      }
    }
    std::vector<std::string> commits;
    for (std::size_t head = 0; head < wanted.size(); ++head) {
      if (wanted[head]) commits.push_back(candidates_.all[head].test_merge);
    }
    // What could not be read is not certain: git will say what is wrong with it.
    memory_.LoadContent(base_, commits).IgnoreError();
  }

  [[nodiscard]] bool CertainlyClean(const Touch& a, const Touch& b, const std::vector<LineSpan>* a_spans,
                                    const std::vector<LineSpan>* b_spans) const {
    if (SameOutcome(*a.change, *b.change)) {
      const bool may_be_renamed = a.change->kind == 'D' && (shapes_[a.head].adds || shapes_[b.head].adds);
      return !may_be_renamed;
    }
    if (!IsPlainEdit(*a.change) || !IsPlainEdit(*b.change)) return false;
    return a_spans != nullptr && b_spans != nullptr && Apart(*a_spans, *b_spans);
  }

  void JudgeSharedPath(const std::vector<Touch>& touches) {
    if (touches.size() < 2) return;
    std::vector<const std::vector<LineSpan>*> spans;
    spans.reserve(touches.size());
    for (const Touch& touch : touches) {
      spans.push_back(memory_.Content(touch.change->old_id, touch.change->new_id));
    }
    for (std::size_t a = 0; a < touches.size(); ++a) {
      for (std::size_t b = a + 1; b < touches.size(); ++b) {
        if (!CertainlyClean(touches[a], touches[b], spans[a], spans[b])) {
          uncertain_.Insert(touches[a].head, touches[b].head);
        }
      }
    }
  }

  void JudgeFoldersAbove(std::string_view path, const std::vector<Touch>& touches) {
    ForEachFolder(path, [&](std::string_view folder) {
      const auto above = touches_.find(folder);
      if (above == touches_.end()) return;
      for (const Touch& a : above->second) {
        for (const Touch& b : touches) uncertain_.Insert(a.head, b.head);
      }
    });
  }

  // Folders that a head deletes from, where it adds something as well: what
  // `AreFolders` finds gone after the merge may count as renamed.
  absl::Status JudgeEmptiedFolders() {
    absl::flat_hash_set<std::pair<std::size_t, std::string_view>> asked;
    std::vector<std::string> objects;
    std::vector<std::pair<std::size_t, std::string_view>> folders;
    for (const auto& [path, touches] : touches_) {
      for (const Touch& touch : touches) {
        if (touch.change->kind != 'D' || !shapes_[touch.head].adds) continue;
        ForEachFolder(path, [&, head = touch.head](std::string_view folder) {
          if (!asked.insert({head, folder}).second) return;
          folders.emplace_back(head, folder);
          objects.push_back(candidates_.all[head].tree + ":" + std::string(folder));
        });
      }
    }
    CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<bool> still_there, memory_.repo().AreFolders(objects));
    absl::flat_hash_map<std::string_view, std::vector<std::size_t>> emptied_by;
    for (std::size_t i = 0; i < folders.size(); ++i) {
      if (!still_there[i]) emptied_by[folders[i].second].push_back(folders[i].first);
    }
    if (!emptied_by.empty()) JudgeAdditionsBelow(emptied_by);
    return absl::OkStatus();
  }

  void JudgeAdditionsBelow(
      const absl::flat_hash_map<std::string_view, std::vector<std::size_t>>& emptied_by) {
    for (const auto& [path, touches] : touches_) {
      ForEachFolder(path, [&, &all = touches](std::string_view folder) {
        const auto emptied = emptied_by.find(folder);
        if (emptied == emptied_by.end()) return;
        for (const Touch& touch : all) {
          if (touch.change->kind != 'A') continue;
          for (std::size_t head : emptied->second) uncertain_.Insert(head, touch.head);
        }
      });
    }
  }

  Memory& memory_;
  const std::string& base_;
  const Candidates& candidates_;
  Touches touches_;
  std::vector<Shape> shapes_;
  PairSet uncertain_;
};

}  // namespace

bool Meet(const LineSpan& a, const LineSpan& b) { return End(a) >= Begin(b) && End(b) >= Begin(a); }

absl::StatusOr<PairSet> FindUncertainPairs(Memory& memory, const std::string& base,
                                           const Candidates& candidates) {
  return Filter(memory, base, candidates).Run();
}

}  // namespace clambake::bundler
