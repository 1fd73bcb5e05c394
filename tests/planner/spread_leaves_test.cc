// Room for later changes: what is spread, and what may not change by it.
#include "planner/spread_leaves.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "planner/order.h"
#include "planner/rng.h"
#include "tests/support/catch.h"

namespace clambake::planner {
namespace {

constexpr std::int32_t kEach = 1200;  // jobs in each of two tiers

// Chains of three and leaves by turns; every tenth leaf shares a file area.
Problem Chains() {
  SearchRng rng(7);
  Problem problem;
  std::vector<Pair> before;
  for (std::int32_t job = 0; job < 2 * kEach; ++job) {
    problem.minutes.push_back(1 + rng.Below(240));
    problem.tier.push_back(job < kEach ? 1 : 4);
    problem.area_set.push_back(job % 60 == 3 ? 1 : 0);
    problem.held_by.push_back(kNone);
    if (job % 6 == 1 || job % 6 == 2) before.emplace_back(job, job - 1);
  }
  problem.before = RowsOf(before, problem.jobs());
  problem.after = Transpose(problem.before, problem.jobs());
  return problem;
}

bool Leaf(const Problem& problem, std::int32_t job) {
  return problem.after[job].empty() && problem.area_set[job] == 0;
}

Column<std::int32_t> Only(const Problem& problem, const Column<std::int32_t>& order, bool leaves) {
  Column<std::int32_t> only;
  for (const std::int32_t job : order) {
    if (Leaf(problem, job) == leaves) only.push_back(job);
  }
  return only;
}

TEST_CASE("Leaves are spread among the jobs of their own tier, and nothing else changes its turn") {
  const Problem problem = Chains();
  const Column<std::int32_t> urgency = UrgencyOrder(problem, Tails(problem, TopologicalOrder(problem)));
  const Column<std::int32_t> spread = SpreadLeaves(problem, urgency);
  REQUIRE(spread.size() == urgency.size());
  for (std::int32_t i = 0; i < spread.count(); ++i)
    CHECK(problem.tier[spread[i]] == problem.tier[urgency[i]]);
  CHECK(Only(problem, spread, true) == Only(problem, urgency, true));
  CHECK(Only(problem, spread, false) == Only(problem, urgency, false));
}

TEST_CASE("Each tier begins with leaves, and has one at nearly every place that follows") {
  const Problem problem = Chains();
  const Column<std::int32_t> urgency = UrgencyOrder(problem, Tails(problem, TopologicalOrder(problem)));
  const Column<std::int32_t> spread = SpreadLeaves(problem, urgency);
  for (const std::int32_t begin : {0, kEach}) {
    const auto first = spread.begin() + begin;
    const auto leaf = [&](std::int32_t job) { return Leaf(problem, job); };
    const auto leaves = std::count_if(first, first + kEach, leaf);
    const auto others = kEach - leaves;
    CHECK(std::find_if_not(first, first + kEach, leaf) - first == leaves / 6);
    // A third of the leaves among the others: never more of those in a row than fit between two.
    std::int64_t in_row = 0;
    std::int64_t longest = 0;
    for (auto job = first; job != first + kEach; ++job) {
      in_row = leaf(*job) ? 0 : in_row + 1;
      longest = std::max(longest, in_row);
    }
    CHECK(longest <= others / (leaves / 3) + 1);
    CHECK(longest >= 2);
  }
}

TEST_CASE("Tiers without leaves, or with nothing else, stay as they are") {
  Problem problem;
  for (std::int32_t job = 0; job < 20; ++job) {
    problem.minutes.push_back(5);
    problem.tier.push_back(job < 10 ? 0 : 3);
    problem.area_set.push_back(job < 10 ? 1 : 0);
  }
  problem.after = RowsOf({}, problem.jobs());
  const Column<std::int32_t> urgency = UrgencyOrder(problem, problem.minutes);
  CHECK(SpreadLeaves(problem, urgency) == urgency);
  CHECK(SpreadLeaves(Problem{}, {}).empty());
}

}  // namespace
}  // namespace clambake::planner
