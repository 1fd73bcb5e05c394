// One example of every write, with the scene it needs and the state it must
// leave: exactly once, whatever happens on the way.
#ifndef CLAMBAKE_TESTS_GITHUB_WRITE_CASES_H_
#define CLAMBAKE_TESTS_GITHUB_WRITE_CASES_H_

#include <functional>
#include <string>
#include <vector>

#include "clambake/github_write.h"
#include "tests/fakes/simulated_github.h"

namespace clambake {

struct WriteCase {
  std::function<GithubWrite(SimulatedGithub&)> prepare;
  // "" if the world is as it must be; else what is wrong.
  std::function<std::string(SimulatedGithub&)> check;
};

const std::vector<WriteCase>& WriteCases();

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_GITHUB_WRITE_CASES_H_
