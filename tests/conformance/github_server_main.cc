// A simulated GitHub as a program, for tools that are not C++: it serves a
// scene on a loopback port until its standard input ends.
//   simulated_github small|large [PORT [LATENCY_MS [ROOT]]]
// ROOT is the URL that clients use, where a proxy stands between. Prints its
// URL, and on each line of input what it has seen. Scene "small" has an example of everything; "large" has
// 1,000 open issues (150 blocked), 200 pull requests and 5 agent branches.
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include "clambake/clock.h"
#include "fmt/format.h"
#include "tests/fakes/github_scenes.h"
#include "tests/fakes/github_server.h"

int main(int argc, char* argv[]) {
  using namespace clambake;  // NOLINT(google-build-using-namespace): this is the whole program
  const std::string_view scene = argc > 1 ? argv[1] : "small";
  const int port = argc > 2 ? std::atoi(argv[2]) : 0;
  const int latency_ms = argc > 3 ? std::atoi(argv[3]) : 0;
  const auto clock = NewSystemClock();
  SimulatedGithub github(*clock);
  if (scene == "large") {
    SetLargeScene(github);
  } else {
    SetSmallScene(github);
  }
  const GithubServer server(github, absl::Milliseconds(latency_ms), port);
  if (server.url().empty()) return 1;
  if (argc > 4) github.SetRoot(argv[4]);
  fmt::print("{}\n", server.url());
  std::fflush(stdout);
  std::string line;
  while (std::getline(std::cin, line)) {
    const Traffic& traffic = github.limits().traffic();
    fmt::print("requests {} points {} breaches {}\n", traffic.requests, traffic.primary_points,
               traffic.breaches);
    std::fflush(stdout);
  }
}
