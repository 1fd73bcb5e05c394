// The whole system under a simulated sky: whole migrations, from legacy to v2,
// with everything going wrong that can. And the test of the test: a planted bug
// of each kind is found.
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

}  // namespace clambake::simulation
