// Living inside a GitHub Actions job: problems as workflow commands, results
// as outputs and a summary. Everything that comes from outside is escaped.
#ifndef CLAMBAKE_CLI_GITHUB_ACTIONS_H_
#define CLAMBAKE_CLI_GITHUB_ACTIONS_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace clambake::cli {

bool InGithubActions();

// "::error title=clambake::what" with `level` "error", "warning" or "notice".
std::string WorkflowCommand(std::string_view level, std::string_view message);

// Text for a job's log in which no line is a workflow command.
std::string WithoutCommands(std::string_view text);

// What $GITHUB_OUTPUT wants: NAME<<DELIMITER, the value, DELIMITER. No line of
// the value is the delimiter.
std::string OutputEntry(std::string_view name, std::string_view value);

// Appends to the files that $GITHUB_OUTPUT and $GITHUB_STEP_SUMMARY name;
// without them, nothing happens. Unavailable: the file cannot be written.
absl::Status AddOutput(std::string_view name, std::string_view value);
absl::Status AddSummary(std::string_view markdown);  // cut at GitHub's limit of 1 MiB

// Text as a cell of a Markdown table: no markup, no mentions, no line breaks.
std::string MarkdownCell(std::string_view text);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_GITHUB_ACTIONS_H_
