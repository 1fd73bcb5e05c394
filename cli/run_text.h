// A run for people: operations, outcomes, progress, differences of previews.
#ifndef CLAMBAKE_CLI_RUN_TEXT_H_
#define CLAMBAKE_CLI_RUN_TEXT_H_

#include <string>
#include <string_view>

#include "clambake/executor.h"
#include "clambake/pipeline.h"
#include "cli/globals.h"

namespace clambake::cli {

// `outcome` is null where nothing was executed.
std::string RunText(const Decided& decided, const RunOutcome* outcome);

// The digest, and a line for each operation.
std::string PreviewText(const Decided& decided);

// What is in `now` and not in `then`, and the other way round. `then` is of
// use only if it is the preview that `expected` names.
std::string PreviewDifference(std::string_view then, std::string_view expected, std::string_view now);

// One line on standard error, on a terminal alone.
class ProgressBar {
 public:
  explicit ProgressBar(const Globals& globals);
  void Show(const RunProgress& progress);
  void Clear();

 private:
  bool visible_;
};

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_RUN_TEXT_H_
