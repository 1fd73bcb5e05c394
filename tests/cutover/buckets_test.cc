#include <set>
#include <string>

#include "clambake/rng.h"
#include "clambake/rollout.h"
#include "tests/support/catch.h"

namespace clambake {
namespace {

TEST_CASE("D9: buckets are golden: another implementation must give the same") {
  // SHA-256 of "salt:planner:unit-1" and so on; (first 32 bits × 10000) >> 32.
  CHECK(Bucket("salt", Component::kPlanner, "unit-1") == 5009);
  CHECK(Bucket("salt", Component::kBundler, "unit-1") == 2109);
  CHECK(Bucket("salt", Component::kExecutor, "12") == 686);
  CHECK(Bucket("", Component::kExecutor, "") == 1680);
}

TEST_CASE("D9: growing shares only add members") {
  std::set<int> members;
  for (const std::int64_t share : {1'000, 2'500, 5'000, 7'500, 10'000}) {
    std::set<int> now;
    for (int unit = 0; unit < 2'000; ++unit) {
      if (Bucket("s", Component::kExecutor, std::to_string(unit)) < share) now.insert(unit);
    }
    for (const int member : members) CHECK(now.count(member) == 1);
    members = now;
  }
  CHECK(members.size() == 2'000);
}

TEST_CASE("D9: a share of a tenth has about a tenth of the units, and another salt has others") {
  int first = 0;
  int both = 0;
  for (int unit = 0; unit < 10'000; ++unit) {
    const bool a = Bucket("a", Component::kPlanner, std::to_string(unit)) < 1'000;
    const bool b = Bucket("b", Component::kPlanner, std::to_string(unit)) < 1'000;
    first += a ? 1 : 0;
    both += a && b ? 1 : 0;
  }
  CHECK(first > 900);
  CHECK(first < 1'100);
  CHECK(both < 150);
}

TEST_CASE("D8: the ladders of the specification are there: others must grow and end at 100 %") {
  CHECK(FindLadder("standard")->steps == std::vector<std::int64_t>{1'000, 2'500, 5'000, 7'500, 10'000});
  CHECK(FindLadder("planner")->steps == std::vector<std::int64_t>{1'000, 7'500, 10'000});
  CHECK(FindLadder("bundler")->steps == std::vector<std::int64_t>{2'500, 10'000});
  CHECK(FindLadder("steep").status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(MakeLadder({500, 10'000}).ok());
  CHECK_FALSE(MakeLadder({}).ok());
  CHECK_FALSE(MakeLadder({5'000}).ok());
  CHECK_FALSE(MakeLadder({10'000}).ok());
  CHECK_FALSE(MakeLadder({5'000, 5'000, 10'000}).ok());
  CHECK_FALSE(MakeLadder({0, 10'000}).ok());
  CHECK(LadderDigest(*FindLadder("planner")) != LadderDigest(*FindLadder("bundler")));
}

TEST_CASE("the P95 is within 1.6 % of the exact one, whatever the size and order") {
  std::unique_ptr<Rng> rng = NewSeededRng(3);
  for (const std::uint64_t spread : {50U, 5'000U, 5'000'000U}) {
    std::multiset<std::int64_t> exact;
    LatencyHistogram histogram;
    for (int i = 0; i < 1'000; ++i) {
      const auto value = static_cast<std::int64_t>(rng->Below(spread));
      exact.insert(value);
      histogram.Add(value);
    }
    const std::int64_t p95 = *std::next(exact.begin(), 949);
    CHECK(histogram.Percentile(95) >= p95);
    CHECK(histogram.Percentile(95) <= p95 + p95 / 63);
  }
}

TEST_CASE("latencies out of range are counted at the ends") {
  LatencyHistogram histogram;
  histogram.Add(-5);
  CHECK(histogram.Percentile(95) == 0);
  histogram.Add(std::int64_t{1} << 62U);
  CHECK(histogram.Percentile(95) > std::int64_t{68'000'000'000});
  CHECK(histogram.buckets().size() <= LatencyHistogram::kBuckets);
}

TEST_CASE("a seed gives the same numbers everywhere") {
  std::unique_ptr<Rng> rng = NewSeededRng(0);
  CHECK(rng->Next() == 0xe220a8397b1dcdafU);  // the published first value of SplitMix64
}

}  // namespace
}  // namespace clambake
