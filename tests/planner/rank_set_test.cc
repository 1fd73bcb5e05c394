// Sets of ranks, against plain arrays of flags.
#include <algorithm>
#include <vector>

#include "planner/rank_set.h"
#include "planner/rng.h"
#include "tests/support/catch.h"

namespace clambake::planner {
namespace {

TEST_CASE("A rank set finds its smallest member in any range") {
  SearchRng rng(6);
  for (const std::int32_t size : {1, 63, 64, 65, 4096, 5000, 300'000}) {
    RankSet set(size);
    std::vector<bool> members(static_cast<std::size_t>(size));
    for (int step = 0; step < 400; ++step) {
      const std::int32_t member = rng.Below(size);
      const bool insert = rng.Below(3) != 0;
      members[static_cast<std::size_t>(member)] = insert;
      if (insert) {
        set.Insert(member);
      } else {
        set.Erase(member);
      }
      const std::int32_t from = rng.Below(size);
      const std::int32_t to = from + rng.Below(size - from + 1);
      const auto found = std::find(members.begin() + from, members.begin() + to, true);
      REQUIRE(set.First(from, to) == static_cast<std::int32_t>(found - members.begin()));
    }
  }
}

TEST_CASE("The first member of two rank sets is found, if they share one") {
  RankSet a(200);
  RankSet b(200);
  for (const std::int32_t member : {3, 70, 199}) a.Insert(member);
  for (const std::int32_t member : {4, 71, 150}) b.Insert(member);
  CHECK(a.FirstIn(b) == -1);
  b.Insert(199);
  CHECK(a.FirstIn(b) == 199);
  b.Insert(70);
  CHECK(b.FirstIn(a) == 70);
}

}  // namespace
}  // namespace clambake::planner
