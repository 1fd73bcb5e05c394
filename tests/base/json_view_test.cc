#include "base/json_view.h"

#include "tests/support/catch.h"

namespace clambake {
namespace {

TEST_CASE("a time is written as Abseil would write it, in whatever year") {
  for (const absl::CivilSecond second :
       {absl::CivilSecond(1970, 1, 1), absl::CivilSecond(1969, 12, 31, 23, 59, 59),
        absl::CivilSecond(2024, 2, 29, 12, 34, 56), absl::CivilSecond(2026, 11, 28, 7, 8, 9),
        absl::CivilSecond(1000, 1, 1), absl::CivilSecond(999, 12, 31, 23, 59, 59),
        absl::CivilSecond(9999, 12, 31, 23, 59, 59), absl::CivilSecond(10000, 1, 1),
        absl::CivilSecond(-4, 5, 6)}) {
    // Parts of a second are cut off, before 1970, too.
    const absl::Time time = absl::FromCivil(second, absl::UTCTimeZone()) + absl::Milliseconds(999);
    CHECK(FormatTimestamp(time) == absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone()));
  }
  CHECK(FormatTimestamp(absl::InfinitePast()) == "infinite-past");
  CHECK(FormatTimestamp(absl::UnixEpoch()) == "1970-01-01T00:00:00Z");
}

}  // namespace
}  // namespace clambake
