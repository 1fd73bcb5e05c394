// A run for people: progress, previews and their differences. RunText is the
// library's.
#ifndef CLAMBAKE_CLI_RUN_TEXT_H_
#define CLAMBAKE_CLI_RUN_TEXT_H_

#include <string>
#include <string_view>

#include "clambake/executor.h"
#include "clambake/pipeline.h"

namespace clambake::cli {

// The digest, and a line for each operation.
std::string PreviewText(const Decided& decided);

// What is in `now` and not in `then`, and the other way round. `then` is of
// use only if it is the preview that `expected` names.
std::string PreviewDifference(std::string_view then, std::string_view expected, std::string_view now);

// How far it is, for a ProgressLine: "[####....] 3/12 add_label".
std::string ProgressText(const RunProgress& progress);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_RUN_TEXT_H_
