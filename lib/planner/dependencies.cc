#include "planner/dependencies.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "planner/cycles.h"
#include "planner/problem.h"

namespace clambake::planner {
namespace {

using External = std::pair<std::int32_t, IssueNumber>;  // position, blocker that cannot be planned

struct Edges {
  std::vector<Pair> known;         // position, position of its blocker
  std::vector<External> external;  // blockers that will never finish
  std::vector<std::int32_t> unreadable;
};

void AddEdge(const Intake& intake, IssueNumber issue, IssueNumber blocker, Edges& edges) {
  const std::int32_t position = intake.table.Find(issue);
  if (position < 0 || intake.fate[position] != Fate::kPlanned) return;
  const std::int32_t by = intake.table.Find(blocker);
  if (by == kClosedIssue) return;
  if (by == kUnknownIssue || intake.fate[by] == Fate::kOut) {
    edges.external.emplace_back(position, blocker);
  } else {
    edges.known.emplace_back(position, by);
  }
}

Edges CollectEdges(const Backlog& backlog, const Intake& intake) {
  constexpr std::size_t kAhead = 16;
  Edges edges;
  edges.known.reserve(2 * backlog.blocked_by.size() + backlog.sub_issues.size());
  for (std::size_t i = 0; i < backlog.blocked_by.size(); ++i) {
    const Blockers& blockers = backlog.blocked_by[i];
    if (i + kAhead < backlog.blocked_by.size())
      __builtin_prefetch(backlog.blocked_by[i + kAhead].blocked_by.data());
    for (const IssueNumber blocker : blockers.blocked_by) AddEdge(intake, blockers.issue, blocker, edges);
    const std::int32_t position = intake.table.Find(blockers.issue);
    if (!blockers.unreadable.empty() && position >= 0 && intake.fate[position] == Fate::kPlanned) {
      edges.unreadable.push_back(position);
    }
  }
  for (const SubIssue& sub : backlog.sub_issues) AddEdge(intake, sub.parent, sub.child, edges);
  const auto sort_unique = [](auto& items) {
    if (!std::is_sorted(items.begin(), items.end())) std::sort(items.begin(), items.end());
    items.erase(std::unique(items.begin(), items.end()), items.end());
  };
  sort_unique(edges.external);
  sort_unique(edges.unreadable);
  return edges;
}

std::vector<std::int32_t> RejectCycles(const Rows& before, Intake& intake) {
  const Column<std::int32_t> components = CyclicComponents(before);
  std::vector<std::int32_t> rejected;
  for (std::int32_t position = 0; position < components.count(); ++position) {
    if (components[position] == kNone) continue;
    std::vector<std::int64_t> path;
    for (const std::int32_t step : CycleThrough(before, components, position, kMaxCyclePath)) {
      path.push_back(intake.table.number(step));
    }
    intake.Reject(position, UnassignedReason::kCycle, std::move(path));
    rejected.push_back(position);
  }
  return rejected;
}

// Positions that wait, directly or not, for something that never comes.
std::vector<bool> Hopeless(const Edges& edges, const Rows& before, const Intake& intake,
                           std::vector<std::int32_t> cyclic) {
  std::vector<bool> hopeless(static_cast<std::size_t>(before.size()));
  std::vector<std::int32_t> queue = std::move(cyclic);
  for (const auto& [position, blocker] : edges.external) queue.push_back(position);
  queue.insert(queue.end(), edges.unreadable.begin(), edges.unreadable.end());
  const Rows after = Transpose(before, before.size());
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const std::int32_t position = queue[i];
    if (hopeless[static_cast<std::size_t>(position)]) continue;
    hopeless[static_cast<std::size_t>(position)] = true;
    for (const std::int32_t next : after[position]) {
      if (intake.fate[next] == Fate::kPlanned) queue.push_back(next);
    }
  }
  return hopeless;
}

void RejectBlocked(const Edges& edges, const Rows& before, const std::vector<bool>& hopeless,
                   Intake& intake) {
  const Rows external = [&] {
    std::vector<Pair> pairs;
    for (std::size_t i = 0; i < edges.external.size(); ++i) {
      pairs.emplace_back(edges.external[i].first, static_cast<std::int32_t>(i));
    }
    return RowsOf(pairs, before.size());
  }();
  for (std::int32_t position = 0; position < before.size(); ++position) {
    if (!hopeless[static_cast<std::size_t>(position)] || intake.fate[position] == Fate::kOut) continue;
    std::vector<std::int64_t> by;
    for (const std::int32_t i : external[position])
      by.push_back(edges.external[static_cast<std::size_t>(i)].second);
    for (const std::int32_t blocker : before[position]) {
      if (hopeless[static_cast<std::size_t>(blocker)]) by.push_back(intake.table.number(blocker));
    }
    std::sort(by.begin(), by.end());
    intake.Reject(position, UnassignedReason::kBlocked, std::move(by));
  }
}

void NoteUnreadable(const Edges& edges, Intake& intake) {
  if (edges.unreadable.empty()) return;
  intake.notes.push_back(
      edges.unreadable.size() == 1
          ? fmt::format("#{} is blocked because one of its blockers could not be read.",
                        intake.table.number(edges.unreadable.front()))
          : fmt::format(
                "{} issues are blocked because some of their blockers could not be read (first: #{}).",
                edges.unreadable.size(), intake.table.number(edges.unreadable.front())));
}

}  // namespace

Rows ResolveDependencies(const Backlog& backlog, Intake& intake) {
  const Edges edges = CollectEdges(backlog, intake);
  Rows before = RowsOf(edges.known, intake.table.size());
  SortRows(before);
  NoteUnreadable(edges, intake);
  std::vector<std::int32_t> cyclic = RejectCycles(before, intake);
  if (cyclic.empty() && edges.external.empty() && edges.unreadable.empty()) return before;

  const std::vector<bool> hopeless = Hopeless(edges, before, intake, std::move(cyclic));
  RejectBlocked(edges, before, hopeless, intake);
  Rows left;
  for (std::int32_t position = 0; position < before.size(); ++position) {
    const bool planned = intake.fate[position] == Fate::kPlanned;
    left.AddRow(planned ? before[position] : std::span<const std::int32_t>());
  }
  return left;
}

}  // namespace clambake::planner
