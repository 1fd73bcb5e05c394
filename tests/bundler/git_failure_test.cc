// Git that fails at any of its calls, and works again afterwards or does not.
#include "bundler/v2_bundler.h"
#include "tests/bundler/failing_git.h"
#include "tests/bundler/trio.h"
#include "tests/support/catch.h"
#include "tests/support/random_repo.h"

namespace clambake {
namespace {

BundleRequest RequestFor(const std::vector<std::string>& revs) {
  BundleRequest request;
  request.base = "main";
  for (const std::string& rev : revs) request.heads.push_back({rev, 0});
  return request;
}

std::unique_ptr<GitRepo> Open(const tests::TestRepo& repo) {
  auto git = OpenGitRepo(repo.path());
  REQUIRE(git.ok());
  return *std::move(git);
}

std::string Bundles(Bundler& bundler, const BundleRequest& request) {
  const auto set = bundler.MakeBundles(request);
  REQUIRE(set.status() == absl::OkStatus());
  return BundlesToJson(*set);
}

// Git fails once, at each of its calls in turn. How often that was reported.
int FailAtEachCall(GitRepo& git, const BundleRequest& request) {
  const std::string expected = Bundles(*NewV2Bundler(&git), request);
  int reported = 0;
  bool failed = true;
  for (int k = 1; failed; ++k) {
    INFO("call " << k);
    FailingGit failing(git);
    failing.Arm(k);
    const auto bundler = NewV2Bundler(&failing);
    const auto set = bundler->MakeBundles(request);
    failed = failing.has_failed();
    if (set.ok()) CHECK(BundlesToJson(*set) == expected);  // it could be asked in another way
    if (!set.ok()) CHECK(set.status() == FailingGit::Silence());
    if (!set.ok()) ++reported;
    if (failed) CHECK(Bundles(*bundler, request) == expected);
  }
  return reported;
}

// A session that knows some heads learns of more, while git fails as often in a
// row as it takes to ask for all of them at once and for each alone. Counts at
// how many of git's calls that leaves them out.
int LeftOut(GitRepo& git, const std::vector<std::string>& known, const std::vector<std::string>& all) {
  const std::string with = Bundles(*NewV2Bundler(&git), RequestFor(all));
  const std::string without = Bundles(*NewV2Bundler(&git), RequestFor(known));
  const std::size_t more = all.size() - known.size();
  int left_out = 0;
  bool failed = true;
  for (int k = 1; failed; ++k) {
    INFO("call " << k);
    FailingGit failing(git);
    const auto session = NewV2Bundler(&failing);
    REQUIRE(Bundles(*session, RequestFor(known)) == without);
    failing.Arm(k, static_cast<int>(more) + 1);
    auto set = session->MakeBundles(RequestFor(all));
    failed = failing.has_failed();
    failing.Arm(1, 0);
    CHECK(Bundles(*session, RequestFor(all)) == with);
    if (!set.ok()) {
      CHECK(set.status() == FailingGit::Silence());
      continue;
    }
    const bool all_ride = set->individual.empty();
    left_out += all_ride ? 0 : 1;
    CHECK((all_ride || set->individual.size() == more));
    for (const Individual& individual : set->individual) {
      CHECK(individual.reason == "git_failed");
      CHECK(individual.detail == FailingGit::Silence().message());
    }
    set->individual.clear();
    CHECK(BundlesToJson(*set) == (all_ride ? with : without));
  }
  return left_out;
}

}  // namespace

TEST_CASE(
    "git that fails at its k-th call, for every k, is reported or does no harm, and the next call bundles as "
    "ever") {
  for (const std::uint64_t seed : {1U, 2U, 7U}) {
    INFO("seed " << seed);
    const tests::RandomRepo random(seed);
    CHECK(FailAtEachCall(*Open(random.repo()), RequestFor(random.heads())) > 8);
  }
}

TEST_CASE("git that fails at any call while another order is looked for is reported, as ever") {
  tests::TestRepo repo;
  repo.Commit("main", {}, {{"f", tests::Blob{"f\n"}}});
  std::vector<std::string> heads = CommitTrio(repo, "a", TrioMerges::kOldestLast);
  for (const std::string& head : CommitTrio(repo, "b", TrioMerges::kNever)) heads.push_back(head);
  repo.Build();
  BundleRequest request = RequestFor(heads);
  request.options.max_size = 3;
  CHECK(FailAtEachCall(*Open(repo), request) > 30);
}

TEST_CASE("git that is gone from its k-th call on, for every k, is reported, also where heads are ids") {
  const tests::RandomRepo random(2);
  const auto git = Open(random.repo());
  BundleRequest request = RequestFor(random.heads());
  request.heads.push_back({random.repo().Id(random.heads().front()), 0});
  const std::string expected = Bundles(*NewV2Bundler(git.get()), request);
  bool failed = true;
  for (int k = 1; failed; ++k) {
    INFO("call " << k);
    FailingGit failing(*git);
    failing.Arm(k, FailingGit::kForGood);
    const auto set = NewV2Bundler(&failing)->MakeBundles(request);
    failed = failing.has_failed();
    CHECK(set.status() == (failed ? FailingGit::Silence() : absl::OkStatus()));
    if (set.ok()) CHECK(BundlesToJson(*set) == expected);
  }
}

TEST_CASE("heads that git cannot read, all at once or alone, are left out, and the others ride on") {
  tests::TestRepo repo;
  repo.Commit("main", {}, {{"f", tests::Blob{"f\n"}}});
  for (const std::string name : {"a", "b", "late"}) repo.Commit(name, {"main"}, {{name, tests::Blob{name}}});
  repo.Build();
  const auto git = Open(repo);
  // For its history, or for its changes.
  CHECK(LeftOut(*git, {"a", "b"}, {"a", "b", "late"}) == 2);
  // Where no changes have ever been read, it is git's failure, not theirs.
  CHECK(LeftOut(*git, {}, {"a", "b", "late"}) == 1);
}

TEST_CASE("a bundle of less than no heads is the caller's error") {
  const tests::RandomRepo random(1);
  BundleRequest request = RequestFor(random.heads());
  request.options.max_size = -1;
  CHECK(absl::IsInvalidArgument(NewV2Bundler(Open(random.repo()).get())->MakeBundles(request).status()));
}

}  // namespace clambake
