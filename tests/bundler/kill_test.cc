// A bundler that is killed at any moment leaves the repository as it was.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

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

// Kills a bundler at 25 moments; the folder of the repository, byte for byte, must not change.
void KillAtAnyMoment(const tests::RandomRepo& random) {
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

void Write(const std::string& path, std::string_view text) { std::ofstream(path, std::ios::binary) << text; }

}  // namespace

TEST_CASE("killed at any moment, the bundler leaves objects and refs of a bare repository as they were") {
  KillAtAnyMoment(tests::RandomRepo(7));
}

TEST_CASE("killed at any moment, the bundler leaves index and unsaved work of a work tree as they were") {
  const tests::RandomRepo random(7, "sha1", tests::TestRepo::Kind::kWithWorkTree);
  const tests::TestRepo& repo = random.repo();
  repo.Git({"reset", "-q", "--hard", "main"});
  Write(repo.path() + "/staged", "staged\n");
  repo.Git({"add", "staged"});
  Write(repo.path() + "/staged", "staged, then changed\n");
  Write(repo.path() + "/untracked", "untracked\n");
  const std::string image = repo.path() + "/image";
  REQUIRE(std::filesystem::exists(image));
  Write(image, "half an edit");
  // Its index is older than the files: whoever looks at it is tempted to write it anew.
  std::filesystem::last_write_time(repo.path() + "/link",
                                   std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
  const auto written = std::filesystem::last_write_time(repo.path() + "/.git/index");
  KillAtAnyMoment(random);
  CHECK(std::filesystem::last_write_time(repo.path() + "/.git/index") == written);
  CHECK_THAT(repo.Git({"status", "--porcelain"}), ContainsSubstring("AM staged\n"));
}

}  // namespace clambake
