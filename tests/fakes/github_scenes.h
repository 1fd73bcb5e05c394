// Repositories to test with.
#ifndef CLAMBAKE_TESTS_FAKES_GITHUB_SCENES_H_
#define CLAMBAKE_TESTS_FAKES_GITHUB_SCENES_H_

#include "tests/fakes/simulated_github.h"

namespace clambake {

// An example of everything the API shows.
void SetSmallScene(SimulatedGithub& github);

// 1,000 open issues of which 150 are blocked, 200 pull requests, 5 agent branches.
void SetLargeScene(SimulatedGithub& github);

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_FAKES_GITHUB_SCENES_H_
