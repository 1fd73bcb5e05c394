#include "cli/github_actions.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "absl/strings/str_split.h"
#include "tests/github/github_room.h"

namespace clambake::cli {
namespace {

// Reads outputs as the runner does.
std::string ValueOf(const std::string& entry) {
  const std::size_t line_end = entry.find('\n');
  const std::size_t start = entry.find("<<");
  const std::string delimiter = entry.substr(start + 2, line_end - start - 2);
  std::string value;
  std::vector<std::string> lines = absl::StrSplit(entry.substr(line_end + 1), '\n');
  for (std::size_t i = 0; i < lines.size() && lines[i] != delimiter; ++i)
    value += (i == 0 ? "" : "\n") + lines[i];
  return value;
}

TEST_CASE("an output is read back as it was, whatever it contains") {
  for (const std::string value : {"plain", "", "two\nlines", "EOF\nclambake_\n<<", "%0A::error::x"}) {
    CHECK(ValueOf(OutputEntry("name", value)) == value);
  }
  // Even a value that contains the delimiter of another value.
  const std::string first = OutputEntry("name", "x");
  CHECK(ValueOf(OutputEntry("name", first)) == first);
}

TEST_CASE("a problem becomes one workflow command, on one line") {
  CHECK(WorkflowCommand("error", "100% of\r\n::set-output name=x::y") ==
        "::error title=clambake::100%25 of%0D%0A::set-output name=x::y");
}

TEST_CASE("titles cannot give the runner commands") {
  for (const char* text :
       {"::error::x", "ok\n::set-output name=a::b", "  ::add-mask::x", "a\r::x::", "##[error]x"}) {
    const std::string safe = WithoutCommands(text);
    for (absl::string_view line : absl::StrSplit(safe, absl::ByAnyChar("\r\n"))) {
      while (!line.empty() && line[0] == ' ') line.remove_prefix(1);
      CHECK(line.substr(0, 2) != "::");
      CHECK(line.substr(0, 3) != "##[");
    }
  }
  CHECK(WithoutCommands("a::b ##[ std::x\n") == "a::b ##[ std::x\n");
}

TEST_CASE("a cell of a table keeps its place") {
  CHECK(MarkdownCell("a|b\n@user <img> [x](y)") == "a\\|b &#64;user &lt;img\\> \\[x\\]\\(y\\)");
}

TEST_CASE("outputs and summary go to the files that the runner names, within its limit") {
  TemporaryFolder folder;
  const std::string output = folder.path() + "/output";
  const std::string summary = folder.path() + "/summary";
  setenv("GITHUB_OUTPUT", output.c_str(), 1);
  setenv("GITHUB_STEP_SUMMARY", summary.c_str(), 1);
  CHECK(AddOutput("a", "1").ok());
  CHECK(AddOutput("b", "2").ok());
  std::string long_text;
  while (long_text.size() < (std::size_t{2} << 20U)) long_text += "| a row |\n";
  CHECK(AddSummary(long_text).ok());
  unsetenv("GITHUB_OUTPUT");
  unsetenv("GITHUB_STEP_SUMMARY");
  CHECK(AddOutput("c", "3").ok());  // elsewhere: nothing happens
  std::ifstream in(output, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  CHECK(text == OutputEntry("a", "1") + OutputEntry("b", "2"));
  CHECK(std::filesystem::file_size(summary) <= (std::size_t{1} << 20U));
}

}  // namespace
}  // namespace clambake::cli
