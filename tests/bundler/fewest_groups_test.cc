// Partitions of small graphs beside an exhaustive search, and of hard ones.
#include <algorithm>
#include <random>

#include "bundler/clique.h"
#include "bundler/partition.h"
#include "tests/support/catch.h"

namespace clambake::bundler {
namespace {

using Members = std::vector<std::size_t>;
using Graph = std::vector<Members>;

bool InConflict(const Graph& graph, std::size_t a, std::size_t b) {
  return std::binary_search(graph[a].begin(), graph[a].end(), b);
}

bool Takes(const Graph& graph, const Members& group, std::size_t member, std::size_t max_size) {
  return (max_size == 0 || group.size() < max_size) &&
         std::none_of(group.begin(), group.end(),
                      [&](std::size_t other) { return InConflict(graph, member, other); });
}

// Whether all from `next` on fit into so many groups, by trying everything.
bool Fits(const Graph& graph, std::size_t max_size, std::size_t next, std::vector<Members>& groups) {
  if (next == graph.size()) return true;
  bool tried_empty = false;
  for (Members& group : groups) {
    if ((group.empty() && tried_empty) || !Takes(graph, group, next, max_size)) continue;
    tried_empty = tried_empty || group.empty();
    group.push_back(next);
    if (Fits(graph, max_size, next + 1, groups)) return true;
    group.pop_back();
  }
  return false;
}

std::size_t Fewest(const Graph& graph, std::size_t max_size) {
  for (std::size_t count = 1;; ++count) {
    std::vector<Members> groups(count);
    if (Fits(graph, max_size, 0, groups)) return count;
  }
}

// Everybody is in one group, none of them too large or with two in conflict.
bool Holds(const Graph& graph, std::size_t max_size, const std::vector<Members>& groups) {
  Members all;
  for (const Members& group : groups) {
    Members before;
    for (std::size_t member : group) {
      if (!Takes(graph, before, member, max_size)) return false;
      before.push_back(member);
    }
    if (group.empty()) return false;
    all.insert(all.end(), group.begin(), group.end());
  }
  std::sort(all.begin(), all.end());
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i] != i) return false;
  }
  return all.size() == graph.size();
}

Graph RandomGraph(std::mt19937_64& random) {
  Graph graph(1 + random() % 10);
  const std::uint64_t density = random() % 100;
  for (std::size_t a = 0; a < graph.size(); ++a) {
    for (std::size_t b = a + 1; b < graph.size(); ++b) {
      if (random() % 100 >= density) continue;
      graph[a].push_back(b);
      graph[b].push_back(a);
    }
  }
  return graph;
}

// Groups of another day: they may hold who is in conflict now, or be too large.
std::vector<PreviousGroup> RandomPrevious(std::mt19937_64& random, std::size_t members) {
  std::vector<PreviousGroup> groups(random() % 5);
  for (PreviousGroup& group : groups) group.departed = random() % 3;
  for (std::size_t member = 0; member < members && !groups.empty(); ++member) {
    if (random() % 5 > 0) groups[random() % groups.size()].members.push_back(member);
  }
  return groups;
}

// So many circles of five, each member in conflict with its two neighbours and
// with everybody of the other circles. Two of a circle are a clique, but it
// takes three groups, which is what makes searching long.
Graph Circles(std::size_t circles) {
  constexpr std::size_t kFive = 5;
  Graph graph(circles * kFive);
  for (std::size_t a = 0; a < graph.size(); ++a) {
    for (std::size_t b = 0; b < graph.size(); ++b) {
      const std::size_t apart = (a + kFive - b % kFive) % kFive;
      if (a / kFive != b / kFive || apart == 1 || apart == 4) graph[a].push_back(b);
    }
  }
  return graph;
}

// So many stars: one in conflict with three others.
Graph Stars(std::size_t stars) {
  constexpr std::size_t kFour = 4;
  Graph graph(stars * kFour);
  for (std::size_t centre = 0; centre < graph.size(); centre += kFour) {
    graph[centre] = {centre + 1, centre + 2, centre + 3};
    for (std::size_t other : graph[centre]) graph[other] = {centre};
  }
  return graph;
}

}  // namespace

TEST_CASE("groups are as few as an exhaustive search finds, whatever they were before") {
  std::mt19937_64 random(1);
  std::size_t above_bound = 0;
  for (int i = 0; i < 3'000; ++i) {
    INFO("graph " << i);
    const Graph graph = RandomGraph(random);
    PartitionRequest request{&graph, random() % 5, {}};
    if (random() % 3 > 0) request.previous = RandomPrevious(random, graph.size());
    const Partition partition = MakePartition(request);
    REQUIRE(Holds(graph, request.max_size, partition.groups));
    CHECK(partition.groups.size() == Fewest(graph, request.max_size));
    CHECK(partition.lower_bound <= partition.groups.size());
    above_bound += partition.lower_bound < partition.groups.size() ? 1U : 0U;
  }
  CHECK(above_bound > 0);
}

TEST_CASE("a clique is still found where the search for a larger one is given up") {
  CHECK(CliqueSize(Circles(1)) == 2);
  CHECK(CliqueSize(Circles(12)) == 24);
  CHECK(CliqueSize(Graph(3)) == 1);
  CHECK(CliqueSize({}) == 0);
}

TEST_CASE("groups hold where the search for fewer is given up") {
  // Two groups would have to be equally large, which an odd number of stars cannot make them.
  const Graph graph = Stars(15);
  const Partition partition = MakePartition({&graph, 30, {}});
  CHECK(Holds(graph, 30, partition.groups));
  CHECK(partition.lower_bound == 2);
  CHECK(partition.groups.size() == 3);
}

}  // namespace clambake::bundler
