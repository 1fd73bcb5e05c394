// What the program says of itself beyond what its parser knows to say.
#ifndef CLAMBAKE_CLI_HELP_H_
#define CLAMBAKE_CLI_HELP_H_

#include <string>

#include "CLI/CLI.hpp"

namespace clambake::cli {

// --help of a command points to the options that all commands share. Commands
// that are added later inherit it.
void SetupHelp(CLI::App& app);

// A sentence about a parse that failed. Where an argument was not understood, it
// is the first such, with the command or option that was probably meant.
std::string DescribeParseError(const CLI::App& app, const CLI::ParseError& error, int argc,
                               const char* const* argv);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_HELP_H_
