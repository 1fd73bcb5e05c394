// The way to a simulated GitHub without sockets, on a virtual clock: the seam
// for deterministic simulations.
#ifndef CLAMBAKE_TESTS_FAKES_SIMULATED_TRANSPORT_H_
#define CLAMBAKE_TESTS_FAKES_SIMULATED_TRANSPORT_H_

#include <memory>

#include "clambake/clock.h"
#include "clambake/http_transport.h"
#include "tests/fakes/simulated_github.h"

namespace clambake {

// Every request takes `latency` on `clock` (those of one call side by side);
// a lost one takes the whole timeout. Neither is owned.
std::unique_ptr<HttpTransport> NewSimulatedTransport(SimulatedGithub& github, Clock& clock,
                                                     absl::Duration latency = absl::Milliseconds(50));

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_FAKES_SIMULATED_TRANSPORT_H_
