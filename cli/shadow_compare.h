// v2 beside legacy where legacy has answered: on the same frozen input, in a
// process of its own, compared and kept for `compare --history`. It comes after
// the fact, and never changes what a command answers.
#ifndef CLAMBAKE_CLI_SHADOW_COMPARE_H_
#define CLAMBAKE_CLI_SHADOW_COMPARE_H_

#include <cstdint>
#include <string>

#include "clambake/pipeline.h"
#include "clambake/state_store.h"
#include "cli/globals.h"

namespace clambake::cli {

struct ShadowInput {
  StateStore* store = nullptr;
  std::string scope;
  const PipelineInput* input = nullptr;
  const Decided* decided = nullptr;
  std::string unit;         // of sampling: this cycle
  std::int64_t rate = 200;  // basis points of the cycles
  bool bundled = false;     // there is a clone, and heads in it
};

// Planner, bundler and executor, each for at most ten seconds. To be called when
// the command has done its work. Does nothing unless the cycle is sampled.
void CompareInShadow(const Globals& globals, const ShadowInput& shadow);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_SHADOW_COMPARE_H_
