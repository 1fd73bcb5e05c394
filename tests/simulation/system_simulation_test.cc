// The whole system under a simulated sky: whole migrations, from legacy to v2,
// with everything going wrong that can. And the test of the test: a planted bug
// of each kind is found.
#include <algorithm>
#include <fstream>
#include <sstream>

#include "fmt/format.h"
#include "tests/simulation/simulation.h"
#include "tests/support/catch.h"

namespace clambake::simulation {
namespace {

// What to run to see it again, event by event.
std::string Command(const Scenario& scenario) { return "certify_simulation replay " + ToArguments(scenario); }

void RequireSound(const Scenario& scenario) {
  const Report report = Simulate(scenario);
  INFO(Command(scenario));
  INFO((report.violation ? fmt::format("{}: {}", Name(report.violation->invariant), report.violation->text)
                         : ""));
  REQUIRE_FALSE(report.violation.has_value());
}

std::vector<Scenario> Corpus() {
  std::ifstream file(std::string(CLAMBAKE_SOURCE_DIR) + "/tests/simulation/corpus.txt");
  std::vector<Scenario> corpus;
  for (std::string line; std::getline(file, line);) {
    std::istringstream in(line.substr(0, line.find('#')));
    std::vector<std::string> arguments;
    for (std::string word; in >> word;) arguments.push_back(word);
    if (arguments.empty()) continue;
    const auto seed = FromArguments({arguments.at(0), arguments.at(1)}, Scenario());
    corpus.push_back(*FromArguments(arguments, Draw(seed->seed)));
  }
  return corpus;
}

}  // namespace

TEST_CASE("what once broke an invariant does not break it again") {
  const std::vector<Scenario> corpus = Corpus();
  REQUIRE_FALSE(corpus.empty());
  for (const Scenario& scenario : corpus) RequireSound(scenario);
}

TEST_CASE("whole migrations, whatever goes wrong, break no invariant") {
  for (unsigned seed = 1; seed <= 10; ++seed) RequireSound(Draw(seed));
}

TEST_CASE("one seed is one migration, byte for byte") {
  const Report one = Simulate(Draw(7));
  const Report two = Simulate(Draw(7));
  CHECK(one.events > 1'000);
  CHECK(one.digest == two.digest);
  CHECK(Simulate(Draw(8)).digest != one.digest);
}

// A guard of the library taken away, or a bug put into its seams: it must be
// found, and as what it is. Many seeds would find it; few must.
TEMPLATE_TEST_CASE_SIG("a planted bug is found", "", ((Plant P), P), Plant::kNoFence, Plant::kNoSettle,
                       Plant::kNoProbe, Plant::kNoPermit, Plant::kNoLatchRead, Plant::kNoDigestCheck,
                       Plant::kNoBlockers, Plant::kTwoHolders, Plant::kLostMerge, Plant::kTwinPull,
                       Plant::kTwinComment, Plant::kReadonlyWrite, Plant::kPromotion, Plant::kLegacyRow,
                       Plant::kLatchIgnored, Plant::kForgotten, Plant::kEarlyCleanup, Plant::kLostArchive,
                       Plant::kNoCleanupRead) {
  const auto facts = std::find_if(AllPlants().begin(), AllPlants().end(),
                                  [](const PlantFacts& each) { return each.plant == P; });
  REQUIRE(facts != AllPlants().end());
  constexpr unsigned kSeeds = 80;
  unsigned seed = 1;
  for (; seed <= kSeeds; ++seed) {
    Scenario scenario = Draw(seed);
    scenario.plant = P;
    const bool is_late = facts->breaks[0] == Invariant::kCleanup;
    if (is_late) GoStraight(scenario);
    if (!is_late) scenario.network = 200;  // rough weather finds sooner
    const Report report = Simulate(scenario);
    if (!report.violation) continue;
    INFO(Name(report.violation->invariant) << ": " << report.violation->text);
    const auto& breaks = facts->breaks;
    if (std::find(breaks.begin(), breaks.end(), report.violation->invariant) != breaks.end()) break;
  }
  INFO(facts->name << ", seed " << seed);
  CHECK(seed <= kSeeds);
}

TEST_CASE("a failing scenario shrinks to a smaller one that fails in the same way") {
  Scenario scenario = Draw(2);
  scenario.plant = Plant::kLostMerge;
  const Report report = Simulate(scenario);
  REQUIRE(report.violation);
  unsigned told = 0;
  const Scenario small =
      Shrink(scenario, report, 60, [&](const ShrinkProgress& progress) { CHECK(progress.tries == ++told); });
  CHECK(told > 0);
  CHECK(told <= 60);
  CHECK(small.faults < report.faults);
  CHECK(small.agents < scenario.agents);
  const Report again = Simulate(small);
  REQUIRE(again.violation);
  CHECK(again.violation->invariant == report.violation->invariant);
  CHECK(again.events < report.events);
  // What is printed is all that it takes to see it again.
  std::istringstream words(ToArguments(small));
  std::vector<std::string> arguments;
  for (std::string word; words >> word;) arguments.push_back(word);
  CHECK(Simulate(*FromArguments(arguments, Scenario())).digest == again.digest);
}

}  // namespace clambake::simulation
