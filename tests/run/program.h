// A program run against GitHub on the wire, in a folder of its own.
#ifndef CLAMBAKE_TESTS_RUN_PROGRAM_H_
#define CLAMBAKE_TESTS_RUN_PROGRAM_H_

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "tests/fakes/github_server.h"
#include "tests/fakes/simulated_github.h"
#include "tests/support/catch.h"

namespace clambake {

namespace fs = std::filesystem;

struct Ended {
  int code = -1;
  std::string out;
  std::string err;
};

inline std::string ReadAll(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Program {
 public:
  Program() : clock_(NewSystemClock()), github(*clock_), server_(github) {
    std::string pattern = (fs::temp_directory_path() / "clambake-run-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    github.AddBranch("main", "README", "hello");
  }
  ~Program() { fs::remove_all(folder_); }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Runs to its end; `flags` are environment variables, "NAME=value".
  Ended Run(std::vector<std::string> arguments, std::vector<std::string> flags = {}) {
    std::vector<std::string> argv = {CLAMBAKE_PROGRAM};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    argv.insert(argv.end(), {"--repo", "octo/hello", "--api-url", server_.url(), "--agents", "2"});
    flags.insert(flags.end(), {"GH_TOKEN=" + std::string(SimulatedGithub::kToken), "HOME=" + folder_.string(),
                               "PATH=/usr/bin:/bin"});
    const pid_t child = fork();
    if (child == 0) Become(argv, flags);
    int status = 0;
    waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), ReadAll(folder_ / "out"),
            ReadAll(folder_ / "err")};
  }

  [[nodiscard]] const fs::path& folder() const { return folder_; }
  [[nodiscard]] const WorldIssue& Issue(std::int64_t number) { return github.world().issues.at(number); }

 private:
  [[noreturn]] void Become(const std::vector<std::string>& argv,
                           const std::vector<std::string>& environment) {
    const auto pointers = [](const std::vector<std::string>& texts) {
      std::vector<char*> raw;
      for (const std::string& text : texts) raw.push_back(const_cast<char*>(text.c_str()));
      raw.push_back(nullptr);
      return raw;
    };
    const int flags = O_WRONLY | O_CREAT | O_TRUNC;
    dup2(open((folder_ / "out").c_str(), flags, 0600), STDOUT_FILENO);
    dup2(open((folder_ / "err").c_str(), flags, 0600), STDERR_FILENO);
    if (chdir(folder_.c_str()) == 0)
      execve(argv[0].c_str(), pointers(argv).data(), pointers(environment).data());
    _exit(127);
  }

  std::unique_ptr<Clock> clock_;
  fs::path folder_;

 public:
  SimulatedGithub github;

 private:
  GithubServer server_;
};

inline const std::vector<std::string> kV2 = {"CLAMBAKE_NEW_PLANNER=1", "CLAMBAKE_BUNDLER_V2=1",
                                             "CLAMBAKE_NEW_EXECUTOR=1"};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_RUN_PROGRAM_H_
