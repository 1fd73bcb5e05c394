// 10,000 queued writes from 32 processes on one token: the hourly allowance is
// used up, and never overrun.
//   queue_bench [WRITES [PROCESSES [together|apart]]]
// Every client is the real one, in a process of its own that shares nothing
// with the others but the gate's file and virtual time; the simulated GitHub,
// on loopback, sees what really comes. `apart` gives each process a gate of its
// own, to see that the limits would be overrun.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "clambake/github_client.h"
#include "fmt/format.h"
#include "tests/bench/github/crowd_clock.h"
#include "tests/fakes/github_server.h"

extern char** environ;

namespace clambake {
namespace {

constexpr double kPerHour = 500.0;

// What a process is told on its command line.
struct Share {
  int member = 0;
  std::string clock;
  std::string url;
  std::string cache_dir;
  int from = 0;
  int to = 0;
};

int RunClient(const Share& share) {
  constexpr int kCommentEvery = 10;
  CrowdClock clock(share.clock, share.member);
  GithubOptions options;
  options.cache_dir = share.cache_dir;
  options.api_url = share.url;
  options.repository = "octo/hello";
  options.token = Secret(std::string(SimulatedGithub::kToken));
  options.max_limit_wait = absl::Hours(48);
  const auto client = NewGithubClient(options, clock);
  if (!client.ok()) return 1;
  for (int i = share.from; i < share.to; ++i) {
    const GithubWrite write = i % kCommentEvery == 0
                                  ? GithubWrite(CreateComment{1, Marker(std::to_string(i))})
                                  : GithubWrite(AddLabels{1, {"bug"}});
    if (const auto done = (*client)->Perform(write); !done.ok()) {
      fmt::print(stderr, "write {}: {}\n", i, std::string(done.status().message()));
      return 1;
    }
  }
  return 0;
}

pid_t Start(const std::string& program, const Share& share) {
  std::vector<std::string> words = {
      program,   "client",        std::to_string(share.member), share.clock,
      share.url, share.cache_dir, std::to_string(share.from),   std::to_string(share.to)};
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t child = 0;
  if (posix_spawn(&child, program.c_str(), nullptr, nullptr, argv.data(), environ) != 0) std::exit(1);
  return child;
}

// Waits for all; returns how many failed. Time goes on without those that ended.
int WaitForAll(const std::vector<pid_t>& children, CrowdClock& clock) {
  int failed = 0;
  for (std::size_t left = children.size(); left > 0; --left) {
    int status = 0;
    const pid_t ended = waitpid(-1, &status, 0);
    failed += status == 0 ? 0 : 1;
    for (std::size_t i = 0; i < children.size(); ++i) {
      if (children[i] == ended) clock.Retire(static_cast<int>(i));
    }
  }
  return failed;
}

// A line of the table; false if the bound does not hold.
bool Row(std::string_view what, std::string_view value, std::string_view bound, bool holds) {
  fmt::print("| {:<36} | {:>8} | {:<9} | {:<4} |\n", what, value, bound, holds ? "yes" : "NO");
  return holds;
}

int Report(const Traffic& traffic, int writes, int processes, double hours, int failed) {
  const double used = 100.0 * writes / (hours * kPerHour);
  fmt::print("{} writes from {} processes in {:.2f} virtual hours\n", writes, processes, hours);
  fmt::print("| {:<36} | {:>8} | {:<9} | held |\n", "seen by the server", "measured", "bound");
  bool good =
      Row("writes", std::to_string(traffic.writes), fmt::format("{}", writes), traffic.writes == writes);
  good &= Row("allowance of 500 an hour used, %", fmt::format("{:.1f}", used), ">= 95", used >= 95.0);
  good &= Row("most in any 60 minutes", std::to_string(traffic.most_writes_in_an_hour), "<= 500",
              traffic.most_writes_in_an_hour <= 500);
  good &= Row("most in any 60 seconds", std::to_string(traffic.most_writes_in_a_minute), "<= 80",
              traffic.most_writes_in_a_minute <= 80);
  good &= Row("shortest pause between writes", absl::FormatDuration(traffic.shortest_write_gap), ">= 1s",
              traffic.shortest_write_gap >= absl::Seconds(1));
  good &= Row("shortest pause between comments", absl::FormatDuration(traffic.shortest_notify_gap), ">= 3s",
              traffic.shortest_notify_gap >= absl::Seconds(3));
  good &= Row("limits overrun", std::to_string(traffic.breaches), "0", traffic.breaches == 0);
  good &= Row("sent while silence was asked for", std::to_string(traffic.sent_while_blocked), "0",
              traffic.sent_while_blocked == 0);
  good &= Row("processes that failed", std::to_string(failed), "0", failed == 0);
  return good ? 0 : 1;
}

int Main(const std::string& program, int writes, int processes, bool apart) {
  std::string folder = (std::filesystem::temp_directory_path() / "clambake-queue-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return 1;
  const std::string clock_file = folder + "/clock";
  CrowdClock::Make(clock_file, processes);
  CrowdClock clock(clock_file, 0);
  SimulatedGithub github(clock);
  github.AddIssue("a");
  const GithubServer server(github);
  const absl::Time start = clock.Now();
  std::vector<pid_t> children;
  for (int i = 0; i < processes; ++i) {
    const std::string cache = apart ? fmt::format("{}/cache{}", folder, i) : folder + "/cache";
    children.push_back(Start(program, {i, clock_file, server.url(), cache, writes / processes * i,
                                       i + 1 == processes ? writes : writes / processes * (i + 1)}));
  }
  const int failed = WaitForAll(children, clock);
  const double hours = absl::ToDoubleHours(clock.Now() - start);
  std::filesystem::remove_all(folder);
  return Report(github.limits().traffic(), writes, processes, hours, failed);
}

}  // namespace
}  // namespace clambake

int main(int argc, char* argv[]) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const auto number = [&](std::size_t i, int otherwise) {
    return i < words.size() ? std::atoi(words[i].c_str()) : otherwise;
  };
  if (words.size() == 7 && words[0] == "client") {
    return clambake::RunClient({number(1, 0), words[2], words[3], words[4], number(5, 0), number(6, 0)});
  }
  const int processes = std::clamp(number(1, 32), 1, clambake::CrowdClock::kMaxCrowd);
  return clambake::Main(argv[0], number(0, 10'000), processes, words.size() > 2 && words[2] == "apart");
}
