// Which heads of a bundle turn its checks red: a search by halves.
//
// A bundle merges head by head, so every prefix of its order is a bundle too.
// The first prefix that is red ends in a culprit. Then the bundle is tried
// without it, and the search goes on if that is red as well: at most
// ⌈log₂ n⌉ + 1 runs for each culprit among n heads.
//
// A Bisection is a plain value; it goes to the state and comes back between
// runs, which may lie hours apart and on different machines.
#ifndef CLAMBAKE_BISECTION_H_
#define CLAMBAKE_BISECTION_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clambake/bundler.h"

namespace clambake {

struct Bisection {
  std::string bundle;                 // its name
  std::vector<std::string> heads;     // still suspected or cleared, in merge order
  std::size_t good = 0;               // so many from the front are green
  std::size_t bad = 0;                // so many from the front are red; 0: nobody has said so yet
  std::vector<std::string> culprits;  // in the order found
  int runs = 0;                       // results recorded
};

enum class CheckResult { kGreen, kRed };

// The bundle is red as a whole. InvalidArgument: it has no heads.
absl::StatusOr<Bisection> StartBisection(const Bundle& bundle);

// The heads to merge and check next, in order; nullopt: all culprits are known.
std::optional<std::vector<std::string>> NextRun(const Bisection& bisection);

// Takes the result of NextRun. FailedPrecondition: there was none to take.
absl::StatusOr<Bisection> RecordRun(Bisection bisection, CheckResult result);

// `clambake.bisection/1`, with what NextRun says. InvalidArgument with a JSON
// pointer for what is not one.
std::string BisectionToJson(const Bisection& bisection);
absl::StatusOr<Bisection> ReadBisection(std::string_view json, std::string_view name);

}  // namespace clambake

#endif  // CLAMBAKE_BISECTION_H_
