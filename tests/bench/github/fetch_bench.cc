// Reading a backlog of 1,000 issues, 200 pull requests and 150 blocked issues
// from a simulated GitHub that takes 50 ms for every request.
//   fetch_bench [LATENCY_MS [NODE OCTOKIT_SCRIPT]]
// With a script, octokit reads the same from the same server, in turns with
// us, and the ratio is printed (see run.sh).
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "clambake/clock.h"
#include "clambake/github_client.h"
#include "fmt/format.h"
#include "tests/fakes/github_scenes.h"
#include "tests/fakes/github_server.h"

extern char** environ;

namespace clambake {
namespace {

struct Reading {
  double ms = 0;
  std::int64_t requests = 0;
  std::int64_t points = 0;
};

Reading Read(SimulatedGithub& github, const GithubOptions& options) {
  const auto clock = NewSystemClock();
  auto reader = NewGithubReader(options, *clock);
  github.limits().ForgetTraffic();
  const absl::Duration start = clock->Monotonic();
  const auto backlog = (*reader)->FetchBacklog({});
  const double ms = absl::ToDoubleMilliseconds(clock->Monotonic() - start);
  if (!backlog.ok() || backlog->issues.size() != 1'000 || backlog->blocked_by.size() != 150) std::exit(1);
  return {ms, github.limits().traffic().requests, github.limits().traffic().primary_points};
}

// What the script prints: milliseconds for the lists alone, and with blockers.
std::array<double, 2> RunOctokit(const std::string& node, const std::string& script, const std::string& url) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) std::exit(1);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, ends[0]);
  std::string token(SimulatedGithub::kToken);
  std::vector<std::string> words = {node, script, url, token};
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t child = 0;
  if (posix_spawnp(&child, node.c_str(), &actions, nullptr, argv.data(), environ) != 0) std::exit(1);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  FILE* out = fdopen(ends[0], "r");
  std::array<double, 2> ms{};
  const int read = std::fscanf(out, "%lf %lf", &ms[0], &ms[1]);
  std::fclose(out);
  int status = 0;
  waitpid(child, &status, 0);
  if (read != 2 || status != 0) std::exit(1);
  return ms;
}

int Main(int latency_ms, const std::string& node, const std::string& script) {
  constexpr int kRounds = 3;
  const auto clock = NewSystemClock();
  SimulatedGithub github(*clock);
  SetLargeScene(github);
  const GithubServer server(github, absl::Milliseconds(latency_ms));
  std::string folder = (std::filesystem::temp_directory_path() / "clambake-fetch-XXXXXX").string();
  const std::string base = mkdtemp(folder.data());
  Reading cold{1e9};
  Reading warm{1e9};
  std::array<double, 2> peer = {1e9, 1e9};
  for (int round = 0; round < kRounds; ++round) {
    GithubOptions options;
    options.api_url = server.url();
    options.repository = "octo/hello";
    options.token = Secret(std::string(SimulatedGithub::kToken));
    options.cache_dir = fmt::format("{}/{}", base, round);
    const Reading first = Read(github, options);
    const Reading second = Read(github, options);
    if (first.ms < cold.ms) cold = first;
    if (second.ms < warm.ms) warm = second;
    github.limits() = GithubLimits();  // the peer does not know of the limits
    if (script.empty()) continue;
    const auto ms = RunOctokit(node, script, server.url());
    for (std::size_t i = 0; i < peer.size(); ++i) peer[i] = std::min(peer[i], ms[i]);
    github.limits() = GithubLimits();
  }
  std::filesystem::remove_all(base);
  fmt::print("cold       {:7.0f} ms  {:2} requests (bound 20)  {} points\n", cold.ms, cold.requests,
             cold.points);
  fmt::print("unchanged  {:7.0f} ms  {:2} requests (bound 3)   {} points (bound 0)\n", warm.ms, warm.requests,
             warm.points);
  if (script.empty()) return 0;
  fmt::print("octokit    {:7.0f} ms  the lists alone   ratio {:.2f} (bound 0.50)\n", peer[0],
             cold.ms / peer[0]);
  fmt::print("octokit    {:7.0f} ms  with the blockers ratio {:.2f}\n", peer[1], cold.ms / peer[1]);
  return 0;
}

}  // namespace
}  // namespace clambake

int main(int argc, char* argv[]) {
  return clambake::Main(argc > 1 ? std::atoi(argv[1]) : 50, argc > 3 ? argv[2] : "", argc > 3 ? argv[3] : "");
}
