#include "clambake/bisection.h"

#include <algorithm>
#include <bit>
#include <set>

#include "tests/support/catch.h"

namespace clambake {
namespace {

Bundle BundleOf(std::size_t count) {
  Bundle bundle;
  bundle.name = "bundle/x";
  for (std::size_t i = 0; i < count; ++i) bundle.heads.push_back("h" + std::to_string(i));
  return bundle;
}

// Plays the checks: red if a culprit is among the heads. Through JSON each time.
Bisection Play(const Bundle& bundle, const std::set<std::string>& guilty) {
  Bisection bisection = *StartBisection(bundle);
  while (auto run = NextRun(bisection)) {
    const bool red =
        std::any_of(run->begin(), run->end(), [&](const std::string& head) { return guilty.contains(head); });
    auto stored = ReadBisection(BisectionToJson(bisection), "state");
    REQUIRE(stored.status() == absl::OkStatus());
    bisection = *RecordRun(*stored, red ? CheckResult::kRed : CheckResult::kGreen);
    REQUIRE(bisection.runs < 200);
  }
  return bisection;
}

int MostRuns(std::size_t heads) { return static_cast<int>(std::bit_width(heads - 1)) + 1; }

}  // namespace

TEST_CASE("one culprit is found in at most log2 n + 1 runs, wherever it is") {
  for (std::size_t count = 1; count <= 33; ++count) {
    for (std::size_t guilty = 0; guilty < count; ++guilty) {
      const Bundle bundle = BundleOf(count);
      const Bisection done = Play(bundle, {bundle.heads[guilty]});
      CHECK(done.culprits == std::vector{bundle.heads[guilty]});
      CHECK(done.heads.size() == count - 1);
      CHECK(done.runs <= MostRuns(count));
    }
  }
}

TEST_CASE("several culprits are found one after the other, each within the bound") {
  const Bundle bundle = BundleOf(16);
  for (const std::set<std::string>& guilty :
       {std::set<std::string>{"h0", "h15"}, {"h3", "h4", "h5"}, {"h0", "h1"}, {"h14", "h15"}}) {
    const Bisection done = Play(bundle, guilty);
    CHECK(std::set<std::string>(done.culprits.begin(), done.culprits.end()) == guilty);
    CHECK(done.runs <= static_cast<int>(guilty.size()) * MostRuns(16));
  }
}

TEST_CASE("a bundle of which every head is guilty ends with none left") {
  const Bundle bundle = BundleOf(5);
  const Bisection done = Play(bundle, {bundle.heads.begin(), bundle.heads.end()});
  CHECK(done.culprits.size() == 5);
  CHECK(done.heads.empty());
}

TEST_CASE("a result that nobody waits for, and a bundle without heads, are refused") {
  const Bisection done = Play(BundleOf(2), {"h1"});
  CHECK(RecordRun(done, CheckResult::kRed).status().code() == absl::StatusCode::kFailedPrecondition);
  CHECK(StartBisection(BundleOf(0)).status().code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("a state that is damaged or contradicts itself is refused with the place") {
  const std::string json = BisectionToJson(*StartBisection(BundleOf(4)));
  struct Damage {
    std::string from;
    std::string to;
    std::string place;
  };
  for (const Damage& damage : std::vector<Damage>{
           {"{", "[", "state.json: not JSON"},
           {"bisection/1", "plan/1", "/schema"},
           {R"("bundle":"bundle/x")", R"("bundle":1)", "/bundle"},
           {R"("bundle":"bundle/x",)", "", R"("bundle" is missing)"},
           {R"("h2")", "2", "/heads/2"},
           {R"(["h0","h1","h2","h3"])", R"("h0")", "/heads"},
           {R"("culprits":[])", R"("culprits":[null])", "/culprits/0"},
           {R"("culprits":[],)", "", R"("culprits" is missing)"},
           {R"("good":0)", R"("good":-1)", "/good"},
           {R"("good":0)", R"("good":5)", "/good"},
           {R"("bad":4)", R"("bad":9)", "/bad"},
           {R"("bad":4)", R"("bad":"4")", "/bad"},
           {R"("good":0)", R"("good":3)", "/bad"},
           {R"("runs":0)", R"("runs":-1)", "/runs"},
           {R"("runs":0)", R"("runs":0.5)", "/runs"},
       }) {
    INFO(damage.from << " becomes " << damage.to);
    std::string wrong = json;
    REQUIRE(wrong.find(damage.from) != std::string::npos);
    wrong.replace(wrong.find(damage.from), damage.from.size(), damage.to);
    const absl::Status refused = ReadBisection(wrong, "state.json").status();
    CHECK(refused.code() == absl::StatusCode::kInvalidArgument);
    CHECK_THAT(std::string(refused.message()), ContainsSubstring(damage.place));
  }
}

}  // namespace clambake
