// A bundler that is killed at any moment leaves the repository as it was.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "bundler/v2_bundler.h"
#include "tests/support/catch.h"
#include "tests/support/random_repo.h"

namespace clambake {
namespace {

// In a process of its own: bundles over and over until it is killed.
[[noreturn]] void BundleForever(const std::string& path, const std::vector<std::string>& names,
                                const std::string& scratch) {
  while (true) {
    GitOptions options;
    options.scratch_parent = scratch;
    auto git = OpenGitRepo(path, options);
    BundleRequest request;
    request.base = "main";
    for (const std::string& name : names) request.heads.push_back({name, 0});
    if (git.ok()) NewV2Bundler(git->get())->MakeBundles(request).IgnoreError();
  }
}

}  // namespace

TEST_CASE("killed at any moment, the bundler leaves objects, refs and work tree as they were") {
  tests::RandomRepo random(7);
  const std::string before = random.repo().folder().Snapshot();
  tests::TempFolder scratch;
  for (int moment = 0; moment < 25; ++moment) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) BundleForever(random.repo().path(), random.heads(), scratch.path());
    usleep(static_cast<useconds_t>(3'000 + 7'000 * moment));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    REQUIRE(random.repo().folder().Snapshot() == before);
  }
  CHECK_FALSE(std::filesystem::is_empty(scratch.path()));
}

}  // namespace clambake
