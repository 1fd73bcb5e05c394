// One gate for everything that is sent with one token, in all processes.
//
// Its state is a small file under the cache directory, named after the token's
// digest and changed under flock. It holds when GitHub asked for silence, what
// is left of each budget, and when the last writes were: so a limit that one
// process meets holds for all, and writes keep their distance across processes.
#ifndef CLAMBAKE_GITHUB_GATE_H_
#define CLAMBAKE_GITHUB_GATE_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "github/gate_state.h"

namespace clambake {

// Thread-compatible; processes and objects exclude each other by the lock.
class Gate {
 public:
  virtual ~Gate() = default;

  // Books what may be sent now, or says when to ask again. Never sleeps.
  virtual absl::StatusOr<Admission> Enter(const Passage& passage, absl::Time now) = 0;

  // After an answer, or after it was clear that none will come.
  virtual absl::Status Leave(const Passage& passage, const LimitSignal& signal, absl::Time now) = 0;
};

// FailedPrecondition where the file cannot be used. The file is 0600.
absl::StatusOr<std::unique_ptr<Gate>> NewFileGate(const std::string& path);

// For one object alone.
std::unique_ptr<Gate> NewMemoryGate();

}  // namespace clambake

#endif  // CLAMBAKE_GITHUB_GATE_H_
