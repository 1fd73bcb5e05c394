// The program as its parser knows it: what completion scripts and the manual
// are made from, so that they cannot drift from what is parsed.
#ifndef CLAMBAKE_CLI_OUTLINE_H_
#define CLAMBAKE_CLI_OUTLINE_H_

#include <string>
#include <vector>

#include "CLI/CLI.hpp"

namespace clambake::cli {

struct OptionOutline {
  std::vector<std::string> names;  // "-o" "--output"
  std::string description;
  std::string value;                 // "FILE"; "": takes none
  std::vector<std::string> choices;  // the only values, where they are few
  bool file = false;                 // the value may be a file or a folder
};

struct CommandOutline {
  std::string name;  // "flags check"; "": the program itself
  std::string description;
  std::string footer;
  std::vector<OptionOutline> options;
  std::vector<std::string> words;      // its subcommands and choices of its argument
  std::vector<std::string> arguments;  // "component" "[file]", in order
};

OptionOutline OutlineOf(const CLI::Option& parsed);

// The program first, then its commands, each before its own subcommands.
std::vector<CommandOutline> Outline(const CLI::App& app);

// Scripts for tab completion; each completes commands, options, the values of
// options that have few, and file names.
std::string BashCompletion(const std::vector<CommandOutline>& commands);
std::string ZshCompletion(const std::vector<CommandOutline>& commands);
std::string FishCompletion(const std::vector<CommandOutline>& commands);

// clambake(1), for man.
std::string Manual(const std::vector<CommandOutline>& commands, const std::string& version);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_OUTLINE_H_
