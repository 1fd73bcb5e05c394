// Orders of jobs and numbers of paths, against the plainest ways to make them.
#include "planner/order.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "planner/path_table.h"
#include "planner/rng.h"
#include "tests/support/catch.h"

namespace clambake::planner {
namespace {

Problem JobsOf(SearchRng& rng, std::int32_t count) {
  Problem problem;
  std::vector<Pair> before;
  for (std::int32_t job = 0; job < count; ++job) {
    problem.minutes.push_back(1 + rng.Below(100));
    problem.tier.push_back(static_cast<std::uint8_t>(rng.Below(5)));
    problem.area_set.push_back(0);
    problem.held_by.push_back(kNone);
  }
  // Edges lead from lower to higher numbers and back, but never round.
  std::vector<std::int32_t> level(static_cast<std::size_t>(count));
  for (std::int32_t& it : level) it = rng.Below(8);
  for (std::int32_t edge = 0; edge < count; ++edge) {
    const std::int32_t from = rng.Below(count);
    const std::int32_t to = rng.Below(count);
    if (level[static_cast<std::size_t>(from)] < level[static_cast<std::size_t>(to)])
      before.emplace_back(to, from);
  }
  problem.before = RowsOf(before, count);
  SortRows(problem.before);
  problem.after = Transpose(problem.before, count);
  return problem;
}

TEST_CASE("Jobs come by tier, then by weight, then by number, however heavy they are") {
  SearchRng rng(3);
  for (const std::int64_t unit : {std::int64_t{1}, std::int64_t{10'000'000'000'000'000}}) {
    const Problem problem = JobsOf(rng, 3000);
    Column<std::int64_t> weights;
    for (std::int32_t job = 0; job < problem.jobs(); ++job) weights.push_back(rng.Below(90) * unit);
    Column<std::int32_t> expected(weights.size());
    for (std::int32_t job = 0; job < problem.jobs(); ++job) expected[job] = job;
    std::sort(expected.begin(), expected.end(), [&](std::int32_t a, std::int32_t b) {
      return std::tuple(problem.tier[a], -weights[a], a) < std::tuple(problem.tier[b], -weights[b], b);
    });
    CHECK(UrgencyOrder(problem, weights) == expected);
    std::sort(expected.begin(), expected.end(), [&](std::int32_t a, std::int32_t b) {
      return std::pair(-weights[a], a) < std::pair(-weights[b], b);
    });
    CHECK(OrderByWeight(weights) == expected);
  }
}

TEST_CASE("A topological order holds each job once, after all that it waits for") {
  SearchRng rng(5);
  Problem problem = JobsOf(rng, 2000);
  const Column<std::int32_t> order = TopologicalOrder(problem);
  Column<std::int32_t> place(problem.minutes.size(), kNone);
  for (std::int32_t i = 0; i < order.count(); ++i) place[order[i]] = i;
  CHECK(order.count() == problem.jobs());
  CHECK(std::count(place.begin(), place.end(), kNone) == 0);
  std::int32_t wrong = 0;
  for (std::int32_t job = 0; job < problem.jobs(); ++job) {
    for (const std::int32_t blocker : problem.before[job]) wrong += place[blocker] < place[job] ? 0 : 1;
  }
  CHECK(wrong == 0);

  problem.before = RowsOf(std::vector<Pair>{{0, 1}, {1, 0}, {2, 1}}, problem.jobs());
  problem.after = Transpose(problem.before, problem.jobs());
  CHECK(TopologicalOrder(problem).count() == problem.jobs() - 3);
}

TEST_CASE("Paths are numbered by first use, and those that mean the same have one number") {
  SearchRng rng(7);
  std::vector<std::string> texts;
  for (int i = 0; i < 5000; ++i) {
    std::string text;
    for (std::int32_t parts = rng.Below(4); parts >= 0; --parts) {
      for (std::int32_t extra = rng.Below(8); extra == 0 || extra == 7; extra = rng.Below(8))
        text += extra == 0 ? "./" : "/";
      text +=
          std::string("part") + std::to_string(rng.Below(9)) + (parts > 0 || rng.Below(5) == 0 ? "/" : "");
    }
    texts.push_back(rng.Below(2000) == 0 ? "." : text);
  }
  const PathTable table(std::vector<std::string_view>(texts.begin(), texts.end()));

  std::map<std::string, std::int32_t> numbers;
  for (std::int32_t i = 0; i < 5000; ++i) {
    const std::string normal = NormalPath(texts[static_cast<std::size_t>(i)]);
    const std::int32_t number =
        numbers.try_emplace(normal, static_cast<std::int32_t>(numbers.size())).first->second;
    REQUIRE(table.numbers()[i] == number);
    REQUIRE(table[number] == normal);
  }
  REQUIRE(table.count() == static_cast<std::int32_t>(numbers.size()));
  const Rows above = table.Above();
  for (const auto& [path, number] : numbers) {
    std::vector<std::int32_t> expected;
    for (const auto& [other, above_it] : numbers) {
      if (other != path && (other.empty() || path.starts_with(other + "/"))) expected.push_back(above_it);
    }
    std::vector<std::int32_t> found(above[number].begin(), above[number].end());
    std::sort(found.begin(), found.end());
    std::sort(expected.begin(), expected.end());
    REQUIRE(found == expected);
  }
}

}  // namespace
}  // namespace clambake::planner
