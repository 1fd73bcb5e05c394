// Simulates migrations, many of them, and certifies that nothing went wrong.
//
//   certify_simulation run COUNT [--from SEED] [--seconds S]   COUNT seeds in one process
//   certify_simulation replay --seed 7 …   one of them, every event on standard output
//   certify_simulation shrink --seed 7 …   a smaller one that breaks the same invariant
//
// What is not named is drawn from the seed. The script `certify` runs two of these.
#include <sqlite3.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "fmt/format.h"
#include "tests/simulation/simulation.h"

namespace clambake::simulation {
namespace {

int Complain(const absl::Status& status) {
  fmt::print(stderr, "{}\n", std::string(status.message()));
  return 2;
}

double CpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

std::string program;  // NOLINT: as it was started, for the command that is printed

void PrintViolation(const Scenario& scenario, const Violation& violation) {
  fmt::print("{}: {}\n  replay: {} replay {}\n", Name(violation.invariant), violation.text, program,
             ToArguments(scenario));
}

int Replay(const Scenario& scenario) {
  const Report report = Simulate(scenario, stdout);
  fmt::print("digest {:016x}, {} events, {} faults\n", report.digest, report.events, report.faults);
  if (!report.violation) return 0;
  PrintViolation(scenario, *report.violation);
  return 1;
}

// On standard error: a line for each smaller scenario, and on a terminal one
// that changes with each try between them.
void TellShrinking(const ShrinkProgress& progress) {
  const bool is_terminal = isatty(STDERR_FILENO) == 1;
  if (!progress.is_smaller && !is_terminal) return;
  fmt::print(stderr, "{}try {}: {} events{}{}", is_terminal ? "\r\x1b[K" : "", progress.tries,
             progress.events, progress.is_smaller ? ", " + ToArguments(progress.best) : "",
             progress.is_smaller ? "\n" : "");
}

int ShrinkOne(const Scenario& scenario) {
  const Report report = Simulate(scenario);
  if (!report.violation) {
    fmt::print("nothing is broken\n");
    return 0;
  }
  fmt::print(stderr, "{}: {} events; at most {} simulations to make it smaller\n",
             Name(report.violation->invariant), report.events, kShrinkTries);
  const Scenario small = Shrink(scenario, report, kShrinkTries, TellShrinking);
  fmt::print(stderr, "\n");
  PrintViolation(small, *Simulate(small).violation);
  return 1;
}

void Add(Report& sum, const Report& report) {
  sum.events += report.events;
  sum.faults += report.faults;
  sum.cycles += report.cycles;
  sum.landed += report.landed;
  sum.pulls += report.pulls;
  sum.merges += report.merges;
  sum.legacy_twins += report.legacy_twins;
  sum.rollbacks += report.rollbacks;
  sum.promotions += report.promotions;
  sum.cleanups += report.cleanups;
  sum.seams.insert(report.seams.begin(), report.seams.end());
  sum.kill_points.insert(report.kill_points.begin(), report.kill_points.end());
}

// For the script beside this, which adds up.
void Print(const Report& sum, unsigned seeds, unsigned violations) {
  fmt::print(
      "seeds {} events {} faults {} cycles {} landed {} pulls {} merges {} legacy_twins {} rollbacks {} "
      "promotions {} cleanups {} violations {} cpu_seconds {:.1f}\n",
      seeds, sum.events, sum.faults, sum.cycles, sum.landed, sum.pulls, sum.merges, sum.legacy_twins,
      sum.rollbacks, sum.promotions, sum.cleanups, violations, CpuSeconds());
  for (const std::string& seam : sum.seams) fmt::print("seam {}\n", seam);
  for (const std::string& point : sum.kill_points) fmt::print("killed {}\n", point);
}

int Run(unsigned count, unsigned from, unsigned seconds) {
  Report sum;
  unsigned violations = 0;
  unsigned done = 0;
  const auto start = std::chrono::steady_clock::now();
  const auto goes_on = [&] {
    return seconds == 0 || std::chrono::steady_clock::now() - start < std::chrono::seconds(seconds);
  };
  for (; done < count && goes_on(); ++done) {
    const Scenario scenario = Draw(from + done);
    const Report report = Simulate(scenario);
    Add(sum, report);
    if (!report.violation) continue;
    ++violations;
    PrintViolation(scenario, *report.violation);
    std::fflush(stdout);
  }
  Print(sum, done, violations);
  return violations == 0 ? 0 : 1;
}

struct RunArguments {
  unsigned count = 0;
  unsigned from = 1;
  unsigned seconds = 0;
};

// "COUNT [--from SEED] [--seconds S]".
absl::StatusOr<RunArguments> ReadRun(const std::vector<std::string>& words) {
  const absl::Status wrong = absl::InvalidArgumentError("run COUNT [--from SEED] [--seconds S]");
  RunArguments read;
  if (words.size() % 2 == 0 || !absl::SimpleAtoi(words[0], &read.count)) return wrong;
  for (std::size_t i = 1; i < words.size(); i += 2) {
    if (words[i] != "--from" && words[i] != "--seconds") return wrong;
    if (!absl::SimpleAtoi(words[i + 1], words[i] == "--from" ? &read.from : &read.seconds)) return wrong;
  }
  return read;
}

// What is not named is drawn from the seed, wherever that is named.
absl::StatusOr<Scenario> ReadScenario(const std::vector<std::string>& words) {
  const absl::StatusOr<Scenario> named = FromArguments(words, Scenario());
  if (!named.ok()) return named;
  return FromArguments(words, Draw(named->seed));
}

int Main(const std::vector<std::string>& arguments) {
  const std::string verb = arguments.empty() ? "" : arguments[0];
  if (verb != "run" && verb != "replay" && verb != "shrink") {
    return Complain(absl::InvalidArgumentError("run COUNT, replay --seed N or shrink --seed N"));
  }
  const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
  if (verb == "run") {
    const absl::StatusOr<RunArguments> run = ReadRun(rest);
    return run.ok() ? Run(run->count, run->from, run->seconds) : Complain(run.status());
  }
  const absl::StatusOr<Scenario> scenario = ReadScenario(rest);
  if (!scenario.ok()) return Complain(scenario.status());
  return verb == "shrink" ? ShrinkOne(*scenario) : Replay(*scenario);
}

}  // namespace
}  // namespace clambake::simulation

int main(int argc, char** argv) {
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);  // a lock at each allocation, and nobody asks
  clambake::simulation::program = argv[0];
  return clambake::simulation::Main({argv + 1, argv + argc});
}
