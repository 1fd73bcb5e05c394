// Faults on script: which request meets which misfortune.
#ifndef CLAMBAKE_TESTS_FAKES_GITHUB_FAULTS_H_
#define CLAMBAKE_TESTS_FAKES_GITHUB_FAULTS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace clambake {

enum class FaultKind {
  kNotSent,              // the connection could not be made
  kCut,                  // cut before GitHub did anything
  kLostAnswer,           // GitHub did it; the answer never came
  kLateEffect,           // cut, and GitHub does it a while later
  kTimeout,              // GitHub did it; the answer comes too late
  k502,                  // refused before anything was done
  k502AfterWork,         // done, and 502 all the same
  k429,                  // too many requests, no Retry-After
  kSecondaryRetryAfter,  // 403 secondary with Retry-After
  kSecondaryBare,        // 403 secondary with nothing
  kPrimarySpent,         // 403 with remaining: 0 and a reset
  kResetInPast,          // the same with a reset that is over
  kSlowBytes,            // done; the answer trickles, and comes whole
  kMalformedJson,        // done; the answer is no JSON
  kTruncatedJson,        // done; the answer ends in the middle
  kWrongContentType,     // done; the answer is a page of HTML
  kStaleList,            // lists look as they did before the last write
};

// "cut" "lost_answer" …
std::string_view Name(FaultKind kind);

// All of them, in order.
const std::vector<FaultKind>& AllFaults();

struct Fault {
  FaultKind kind = FaultKind::kCut;
  std::string method;                          // "" any
  std::string path_part;                       // "" any
  int skip = 0;                                // let so many pass first
  int times = 1;                               // then strike so often
  absl::Duration duration = absl::Seconds(5);  // late by, retry after, slow by
};

class FaultScript {
 public:
  void Add(Fault fault) { faults_.push_back(std::move(fault)); }
  void Clear() { faults_.clear(); }

  // The fault that strikes this request, if any.
  std::optional<Fault> Take(std::string_view method, std::string_view path);

 private:
  std::vector<Fault> faults_;
};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_FAKES_GITHUB_FAULTS_H_
