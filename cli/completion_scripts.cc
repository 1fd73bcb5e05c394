// Completion for bash, zsh and fish.
#include <set>

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "cli/outline.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

// In single quotes, for bash and zsh.
std::string Quoted(std::string_view text) {
  return "'" + absl::StrReplaceAll(std::string(text), {{"'", "'\\''"}}) + "'";
}

std::string FishQuoted(std::string_view text) {
  return "'" + absl::StrReplaceAll(std::string(text), {{"\\", "\\\\"}, {"'", "\\'"}}) + "'";
}

std::vector<std::string> Words(const CommandOutline& command, const CommandOutline& program) {
  std::vector<std::string> words = command.words;
  std::set<std::string> seen;
  for (const CommandOutline* owner : {&command, &program}) {
    for (const OptionOutline& option : owner->options) {
      if (owner == &program && !command.name.empty() && option.names.back() == "--version") continue;
      for (const std::string& name : option.names) {
        if (seen.insert(name).second) words.push_back(name);
      }
    }
  }
  return words;
}

// "plan:--as-of" for a command's own options, "*:--color" for the program's.
std::string ValuePattern(const CommandOutline& command, const OptionOutline& option) {
  const std::string prefix = command.name.empty() ? "*:" : Quoted(command.name) + ":";
  return absl::StrJoin(option.names, "|",
                       [&](std::string* out, const std::string& name) { out->append(prefix + name); });
}

// The part that bash and zsh share: which command are we in. `words` holds the
// words before the one to complete.
std::string FindCommand(const std::vector<CommandOutline>& commands) {
  std::string script = "  for word in \"${words[@]}\"; do\n    case \"$command $word\" in\n";
  for (const CommandOutline& command : commands) {
    if (command.name.empty()) continue;
    const std::string match = command.name.find(' ') == std::string::npos ? " " + command.name : command.name;
    script += fmt::format("      {0}) command={1} ;;\n", Quoted(match), Quoted(command.name));
  }
  return script + "    esac\n  done\n";
}

// `choices` and `files` are what the shell does for fixed values and for files.
std::string CompleteValue(const std::vector<CommandOutline>& commands, std::string_view choices,
                          std::string_view files) {
  std::string script = "  case \"$command:$previous\" in\n";
  for (const CommandOutline& command : commands) {
    for (const OptionOutline& option : command.options) {
      if (option.value.empty()) continue;
      const std::string action = !option.choices.empty() ? fmt::format(fmt::runtime(std::string(choices)),
                                                                       absl::StrJoin(option.choices, " "))
                                 : option.file           ? std::string(files)
                                                         : ":";
      script += fmt::format("    {}) {}; return ;;\n", ValuePattern(command, option), action);
    }
  }
  return script + "  esac\n";
}

}  // namespace

std::string BashCompletion(const std::vector<CommandOutline>& commands) {
  std::string script =
      "# bash completion for clambake; made by: clambake completion bash\n"
      "_clambake() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command= word\n"
      "  local words=(\"${COMP_WORDS[@]:1:COMP_CWORD-1}\")\n"
      "  COMPREPLY=()\n";
  script += FindCommand(commands);
  script += CompleteValue(commands, "COMPREPLY=($(compgen -W '{}' -- \"$current\"))",
                          "compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- \"$current\"))");
  script += "  case $command in\n";
  for (const CommandOutline& command : commands) {
    script += fmt::format("    {}) words={} ;;\n", Quoted(command.name),
                          Quoted(absl::StrJoin(Words(command, commands.front()), " ")));
  }
  return script +
         "  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\n"
         "complete -F _clambake clambake\n";
}

std::string ZshCompletion(const std::vector<CommandOutline>& commands) {
  std::string script =
      "#compdef clambake\n# zsh completion for clambake; made by: clambake completion zsh\n"
      "_clambake() {\n"
      "  local previous=${words[CURRENT-1]} command= word\n"
      "  local -a line=(\"${(@)words}\") words=(\"${(@)words[2,CURRENT-1]}\")\n";
  script += FindCommand(commands);
  script += CompleteValue(commands, "compadd -- {}", "_files");
  script += "  case $command in\n";
  for (const CommandOutline& command : commands) {
    script += fmt::format("    {}) compadd -- {} ;;\n", Quoted(command.name),
                          absl::StrJoin(Words(command, commands.front()), " "));
  }
  return script + "  esac\n}\n" +
         "if [ \"$funcstack[1]\" = _clambake ]; then _clambake \"$@\"; else compdef _clambake clambake; fi\n";
}

std::string FishCompletion(const std::vector<CommandOutline>& commands) {
  std::string script =
      "# fish completion for clambake; made by: clambake completion fish\ncomplete -c clambake -f\n";
  for (const CommandOutline& command : commands) {
    std::string where;
    if (!command.name.empty()) {
      const std::vector<std::string> path = absl::StrSplit(command.name, ' ');
      for (const std::string& name : path) {
        where += fmt::format("{}__fish_seen_subcommand_from {}", where.empty() ? "" : "; and ", name);
      }
      where = fmt::format(" -n {}", FishQuoted(where));
    }
    const std::string here = command.name.empty() ? " -n __fish_use_subcommand" : where;
    for (const std::string& word : command.words) {
      std::string description;
      for (const CommandOutline& other : commands) {
        if (other.name == (command.name.empty() ? word : command.name + " " + word))
          description = other.description;
      }
      script += fmt::format("complete -c clambake{} -a {} -d {}\n", here, word, FishQuoted(description));
    }
    for (const OptionOutline& option : command.options) {
      script += "complete -c clambake" + where;
      for (const std::string& name : option.names) {
        script += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      if (!option.choices.empty()) {
        script += fmt::format(" -x -a {}", FishQuoted(absl::StrJoin(option.choices, " ")));
      } else if (!option.value.empty()) {
        script += option.file ? " -r -F" : " -x";
      }
      script += fmt::format(" -d {}\n", FishQuoted(option.description));
    }
  }
  return script;
}

}  // namespace clambake::cli
