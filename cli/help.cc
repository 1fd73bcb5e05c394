#include "cli/help.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <string_view>
#include <vector>

#include "cli/outline.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

class Help : public CLI::Formatter {
 public:
  std::string make_footer(const CLI::App* app) const override {
    std::string footer = CLI::Formatter::make_footer(app);
    if (app->get_parent() == nullptr) return footer;
    while (!footer.empty() && footer.back() == '\n') footer.pop_back();
    return footer + "\n\nOptions of every command (--from, --repo, --agents, --json, …): clambake --help\n";
  }
};

// Levenshtein's distance, O(|a|·|b|).
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

// "; did you mean "plan"?", or nothing where nothing is near.
std::string Suggestion(std::string_view word, const std::vector<std::string>& known) {
  constexpr std::size_t kLongest = 64;
  if (word.size() > kLongest) return "";
  std::size_t nearest = std::max<std::size_t>(word.size() < 4 ? 1 : 2, word.size() / 3) + 1;
  std::string meant;
  for (const std::string& name : known) {
    const std::size_t distance = name.starts_with(word) ? 1 : Distance(word, name);
    if (distance < nearest) {
      nearest = distance;
      meant = name;
    }
  }
  return meant.empty() ? "" : fmt::format("; did you mean \"{}\"?", meant);
}

// The innermost command that the arguments named.
const CLI::App& Named(const CLI::App& app, std::string& name) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  if (chosen.empty()) return app;
  name += " " + chosen.front()->get_name();
  return Named(*chosen.front(), name);
}

void AddOptions(const CommandOutline& command, std::vector<std::string>& known) {
  for (const OptionOutline& option : command.options) {
    known.insert(known.end(), option.names.begin(), option.names.end());
  }
}

}  // namespace

void SetupHelp(CLI::App& app) { app.formatter(std::make_shared<Help>()); }

std::string DescribeParseError(const CLI::App& app, const CLI::ParseError& error, int argc,
                               const char* const* argv) {
  const std::vector<std::string> extra = app.remaining(true);
  const bool about_arguments = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError) ||
                               error.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError);
  if (extra.empty() || !about_arguments) return error.what() + std::string(" (see --help)");
  const auto first = std::find_if(argv + 1, argv + argc, [&](const char* word) {
    return std::find(extra.begin(), extra.end(), word) != extra.end();
  });
  const std::string word = first == argv + argc ? extra.front() : *first;
  std::string name = "clambake";
  const CLI::App& command = Named(app, name);
  const CommandOutline outline = Outline(command).front();
  const bool option = word.starts_with("-");
  std::vector<std::string> known;
  if (option) {
    AddOptions(outline, known);
    AddOptions(Outline(app).front(), known);
  } else {
    known = outline.words;
  }
  const std::string_view kind = option ? "an option" : outline.words.empty() ? "an argument" : "a command";
  return fmt::format("\"{}\" is not {} of {}{} (see {} --help)", word, kind, name, Suggestion(word, known),
                     name);
}

}  // namespace clambake::cli
