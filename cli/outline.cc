#include "cli/outline.h"

#include <string_view>

namespace clambake::cli {
namespace {

// "WHEN:{auto,always,never}" → "WHEN" and its choices. A URL's colon is its own.
void ReadType(const std::string& type, OptionOutline& option) {
  std::size_t colon = type.find(':');
  while (colon != std::string::npos && type.compare(colon, 3, "://") == 0) colon = type.find(':', colon + 1);
  option.value = type.substr(0, colon);
  const std::size_t open = type.find('{');
  const std::size_t close = type.find('}');
  if (open == std::string::npos || close == std::string::npos) return;
  std::string choice;
  for (const char c : type.substr(open + 1, close - open - 1) + ",") {
    if (c != ',') {
      choice += c;
    } else {
      option.choices.push_back(std::move(choice));
      choice.clear();
    }
  }
}

}  // namespace

OptionOutline OutlineOf(const CLI::Option& parsed) {
  OptionOutline option;
  for (const std::string& name : parsed.get_snames()) option.names.push_back("-" + name);
  for (const std::string& name : parsed.get_lnames()) option.names.push_back("--" + name);
  option.description = parsed.get_description();
  if (parsed.get_items_expected_max() > 0) ReadType(parsed.get_type_name(), option);
  for (const std::string_view kind : {"FILE", "DIR", "PATH"}) {
    option.file = option.file || option.value.find(kind) != std::string::npos;
  }
  return option;
}

namespace {

void Add(const CLI::App& app, const std::string& name, std::vector<CommandOutline>& commands) {
  CommandOutline command{name, app.get_description(), app.get_footer(), {}, {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    OptionOutline described = OutlineOf(*option);
    if (described.names.empty()) {
      const std::string& argument = option->get_name();
      command.arguments.push_back(option->get_required() ? argument : "[" + argument + "]");
      command.words.insert(command.words.end(), described.choices.begin(), described.choices.end());
    } else {
      command.options.push_back(std::move(described));
    }
  }
  const std::vector<const CLI::App*> subcommands = app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* subcommand : subcommands) command.words.push_back(subcommand->get_name());
  commands.push_back(std::move(command));
  for (const CLI::App* subcommand : subcommands) {
    Add(*subcommand, name.empty() ? subcommand->get_name() : name + " " + subcommand->get_name(), commands);
  }
}

}  // namespace

std::vector<CommandOutline> Outline(const CLI::App& app) {
  std::vector<CommandOutline> commands;
  Add(app, "", commands);
  return commands;
}

}  // namespace clambake::cli
