#include "tests/support/test_repo.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>

#include "fmt/format.h"
#include "git/process.h"

namespace clambake::tests {
namespace fs = std::filesystem;

TempFolder::TempFolder() {
  std::string name = (fs::temp_directory_path() / "clambake-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string TempFolder::Snapshot() const {
  std::set<std::string> lines;
  for (const auto& entry : fs::recursive_directory_iterator(path_)) {
    std::string line = entry.path().string();
    if (entry.is_symlink()) {
      line += " -> " + fs::read_symlink(entry.path()).string();
    } else if (entry.is_regular_file()) {
      std::ifstream file(entry.path(), std::ios::binary);
      line += " = " + std::string(std::istreambuf_iterator<char>(file), {});
    }
    lines.insert(line);
  }
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  return all;
}

TestRepo::TestRepo(Kind kind, const std::string& object_format) {
  std::vector<std::string> init = {
      "init", "-q", "--template=", "-b", "main", "--object-format=" + object_format};
  if (kind == Kind::kBare) init.emplace_back("--bare");
  init.emplace_back(".");
  Git(init);
}

void TestRepo::Commit(const std::string& branch, const std::vector<std::string>& parents,
                      const Files& files) {
  constexpr int kEpoch = 1'700'000'000;
  ++commits_;
  if (parents.empty()) stream_ += fmt::format("reset refs/heads/{}\n", branch);
  stream_ +=
      fmt::format("commit refs/heads/{}\ncommitter t <t@t> {} +0000\ndata 2\nx\n", branch, kEpoch + commits_);
  const auto ref = [&](const std::string& name) {
    return fmt::format("refs/heads/{}{}", name, queued_.contains(name) ? "" : "^0");
  };
  // A queued branch goes on from itself without being told.
  if (!parents.empty() && (parents.front() != branch || !queued_.contains(branch))) {
    stream_ += fmt::format("from {}\n", ref(parents.front()));
  }
  for (std::size_t i = 1; i < parents.size(); ++i) stream_ += fmt::format("merge {}\n", ref(parents[i]));
  queued_.insert(branch);
  const auto quoted = [](const std::string& path) {
    std::string out = "\"";
    for (char c : path) {
      if (c == '"' || c == '\\') out += '\\';
      out += c == '\n' ? std::string("\\n") : std::string(1, c);
    }
    return out + "\"";
  };
  // Deletions first, so that a folder can become a file.
  for (const auto& [path, blob] : files) {
    if (!blob) stream_ += fmt::format("D {}\n", quoted(path));
  }
  for (const auto& [path, blob] : files) {
    if (!blob) continue;
    if (blob->mode == "160000") {
      stream_ += fmt::format("M 160000 {} {}\n", blob->content, quoted(path));
      continue;
    }
    stream_ += fmt::format("M {} inline {}\ndata {}\n", blob->mode, quoted(path), blob->content.size());
    stream_ += blob->content;
    stream_ += '\n';
  }
}

void TestRepo::Build() {
  Git({"fast-import", "--quiet", "--force"}, stream_);
  stream_.clear();
  queued_.clear();
}

std::optional<std::string> TestRepo::TryGit(const std::vector<std::string>& arguments,
                                            std::string_view input) const {
  git::Command command{
      {"git", "-C", path()},
      {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/nonexistent", "GIT_CONFIG_NOSYSTEM=1",
       "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@t", "GIT_COMMITTER_NAME=t",
       "GIT_COMMITTER_EMAIL=t@t", "GIT_AUTHOR_DATE=1800000000 +0000", "GIT_COMMITTER_DATE=1800000000 +0000"},
      "",
      absl::Minutes(5)};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  absl::StatusOr<std::string> output = git::Run(command, input);
  if (!output.ok()) return std::nullopt;
  return *output;
}

std::string TestRepo::Git(const std::vector<std::string>& arguments, std::string_view input) const {
  std::optional<std::string> output = TryGit(arguments, input);
  if (!output) throw std::runtime_error("git failed: " + arguments[0]);
  return *output;
}

std::string TestRepo::Id(const std::string& rev) const {
  std::string id = Git({"rev-parse", "--verify", rev});
  while (id.ends_with('\n')) id.pop_back();
  return id;
}

}  // namespace clambake::tests
