#include "bundler/renames.h"

#include "tests/bundler/failing_git.h"
#include "tests/support/catch.h"
#include "tests/support/test_repo.h"

namespace clambake::bundler {
namespace {

constexpr std::uint32_t kFile = 0100644;

// So many deletions, then so many additions, each of content of its own.
std::vector<FileChange> Many(int deleted, int added) {
  std::vector<FileChange> changes;
  for (int i = 0; i < deleted + added; ++i) {
    const std::string id = std::to_string(1'000'000 + i) + std::string(33, '0');
    const std::string none(40, '0');
    const bool goes = i < deleted;
    changes.push_back({goes ? 'D' : 'A', "path" + std::to_string(1'000'000 + i), goes ? kFile : 0,
                       goes ? 0 : kFile, goes ? id : none, goes ? none : id});
  }
  return changes;
}

}  // namespace

TEST_CASE("what would be compared with more than a million others stays unknown, and git is not asked") {
  tests::TestRepo repo;
  repo.Commit("main", {}, {{"f", tests::Blob{"f\n"}}});
  repo.Build();
  const auto git = OpenGitRepo(repo.path());
  REQUIRE(git.ok());
  FailingGit counting(**git);
  Memory memory(&counting);
  Renames renames(&memory);
  const std::vector<FileChange> changes = Many(1'001, 1'000);
  std::vector<const FileChange*> deletions;
  for (int i = 0; i < 1'001; ++i) deletions.push_back(&changes[static_cast<std::size_t>(i)]);
  renames.Find(changes, deletions);
  CHECK(counting.calls() == 0);
  CHECK(renames.Of(changes.front()).kind == Rename::Kind::kUnknown);
}

}  // namespace clambake::bundler
