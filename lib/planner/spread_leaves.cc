#include "planner/spread_leaves.h"

#include <array>
#include <vector>

#include "planner/labels.h"

namespace clambake::planner {
namespace {

constexpr std::int32_t kFirstPart = 6;
constexpr std::int32_t kSpreadPart = 3;

// By job, and small: it is asked in the order of urgency, all over the place.
std::vector<bool> Leaves(const Problem& problem) {
  std::vector<bool> leaf(problem.minutes.size());
  for (std::int32_t job = 0; job < problem.jobs(); ++job)
    leaf[static_cast<std::size_t>(job)] = problem.after[job].empty() && problem.area_set[job] == 0;
  return leaf;
}

void Merge(const Column<std::int32_t>& leaves, const Column<std::int32_t>& others,
           Column<std::int32_t>& merged) {
  const std::int32_t first = leaves.count() / kFirstPart;
  const std::int64_t spread = leaves.count() / kSpreadPart;
  std::int32_t taken = 0;
  for (std::int32_t i = 0; i < others.count(); ++i) {
    const std::int64_t due = first + spread * i / others.count();
    for (; taken < due; ++taken) merged.push_back(leaves[taken]);
    merged.push_back(others[i]);
  }
  merged.insert(merged.end(), leaves.begin() + taken, leaves.end());
}

}  // namespace

Column<std::int32_t> SpreadLeaves(const Problem& problem, const Column<std::int32_t>& urgency) {
  const std::vector<bool> leaf = Leaves(problem);
  std::array<std::int32_t, kTiers> jobs_of_tier{};
  for (const std::uint8_t tier : problem.tier) ++jobs_of_tier[tier];
  Column<std::int32_t> spread;
  spread.reserve(urgency.size());
  Column<std::int32_t> leaves;
  Column<std::int32_t> others;
  auto job = urgency.begin();
  for (const std::int32_t jobs : jobs_of_tier) {
    leaves.clear();
    others.clear();
    for (const auto end = job + jobs; job != end; ++job)
      (leaf[static_cast<std::size_t>(*job)] ? leaves : others).push_back(*job);
    Merge(leaves, others, spread);
  }
  return spread;
}

}  // namespace clambake::planner
