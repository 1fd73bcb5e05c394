// The old bundler's facts, one by one.
#include "legacy/legacy_bundler.h"

#include <map>
#include <set>

#include "tests/support/catch.h"
#include "tests/support/test_repo.h"

namespace clambake {
namespace {

using tests::Blob;
using tests::TestRepo;

absl::Time At(const char* text) {
  absl::Time time;
  REQUIRE(absl::ParseTime(absl::RFC3339_full, text, &time, nullptr));
  return time;
}

BundleSet Make(const TestRepo& repo, const std::vector<Head>& heads) {
  auto git = OpenGitRepo(repo.path());
  REQUIRE(git.status() == absl::OkStatus());
  BundleRequest request{"main", heads, {}, nullptr};
  request.options.window = At("2025-09-01T08:17:30Z");
  auto set = NewLegacyBundler(git->get())->MakeBundles(request);
  REQUIRE(set.status() == absl::OkStatus());
  return *std::move(set);
}

// Branches b1 … bN on main, each adding a file of its own; those in `sharing`
// also edit their line of one file, far from each other.
std::vector<Head> Branches(TestRepo& repo, int count, const std::set<int>& sharing = {}) {
  std::string lines;
  for (int i = 0; i < 100; ++i) lines += std::to_string(i) + "\n";
  repo.Commit("main", {}, {{"f", Blob{lines}}});
  std::vector<Head> heads;
  for (int i = 1; i <= count; ++i) {
    const std::string name = "b" + std::to_string(i);
    tests::Files files = {{"own/" + name, Blob{name}}};
    if (sharing.contains(i)) {
      std::string edited = lines;
      const std::string line = std::to_string(10 * i) + "\n";
      edited.replace(edited.find("\n" + line) + 1, line.size(), name + "\n");
      files["f"] = Blob{edited};
    }
    repo.Commit(name, {"main"}, files);
    heads.push_back({name, 100 - i});
  }
  repo.Build();
  return heads;
}

std::set<std::string> Reasons(const BundleSet& set) {
  std::set<std::string> reasons;
  for (const Individual& individual : set.individual) reasons.insert(individual.reason);
  return reasons;
}

}  // namespace

TEST_CASE("all queued branches ride in one bundle, however many") {
  TestRepo repo;
  const std::vector<Head> heads = Branches(repo, 30);
  const BundleSet set = Make(repo, heads);
  REQUIRE(set.bundles.size() == 1);
  CHECK(set.bundles[0].heads.size() == 30);
  CHECK(set.bundles[0].heads.front() == repo.Id("b1"));
  CHECK(set.individual.empty());
  CHECK(set.lower_bound == 0);
  CHECK(set.bundler == "legacy");
}

TEST_CASE("two branches conflict if they share a changed path, wherever in it") {
  TestRepo repo;
  const BundleSet set = Make(repo, Branches(repo, 8, {1, 2}));
  REQUIRE(set.conflicts.size() == 1);
  CHECK(set.conflicts[0].paths == std::vector<std::string>{"f"});
  // 8 branches, 2 of them in conflict: 75 is not below 75.
  CHECK(set.bundles.size() == 1);
}

TEST_CASE("below a score of 75 with any conflict, all go individually") {
  TestRepo repo;
  const BundleSet set = Make(repo, Branches(repo, 7, {1, 2}));
  CHECK(set.bundles.empty());
  CHECK(set.individual.size() == 7);
  CHECK(Reasons(set) == std::set<std::string>{"legacy_score"});
}

TEST_CASE("L4_score_hides, L3_all_or_nothing: at 75 it tries, and the first conflict loses all") {
  TestRepo repo;
  std::vector<Head> heads = Branches(repo, 6);
  repo.Commit("x", {"main"}, {{"own/clash", Blob{"x\n"}}});
  repo.Commit("y", {"main"}, {{"own/clash", Blob{"y\n"}}});
  repo.Build();
  heads.push_back({"x", 1});
  heads.push_back({"y", 2});
  const BundleSet set = Make(repo, heads);
  CHECK(set.bundles.empty());
  CHECK(set.individual.size() == 8);
  CHECK(Reasons(set) == std::set<std::string>{"legacy_cherry_pick"});
  CHECK(set.individual[0].paths == std::vector<std::string>{"own/clash"});
}

TEST_CASE("L10_base_tip: a file that moved on the base counts as the branch's") {
  TestRepo repo;
  repo.Commit("main", {}, {{"f", Blob{"1\n"}}, {"g", Blob{"1\n"}}});
  repo.Commit("a", {"main"}, {{"x", Blob{"x"}}});
  repo.Commit("b", {"main"}, {{"y", Blob{"y"}}});
  repo.Commit("main", {"main"}, {{"f", Blob{"2\n"}}});
  repo.Build();
  const BundleSet set = Make(repo, {{"a", 1}, {"b", 2}});
  REQUIRE(set.conflicts.size() == 1);
  CHECK(set.conflicts[0].paths == std::vector<std::string>{"f"});
  CHECK(Reasons(set) == std::set<std::string>{"legacy_score"});
}

TEST_CASE("branches are cherry-picked commit by commit, as git cherry-pick would") {
  TestRepo repo(TestRepo::Kind::kWithWorkTree);
  std::vector<Head> heads = Branches(repo, 7, {1, 2});
  heads.push_back({"extra", 5});
  repo.Commit("extra", {"b3"}, {{"more", Blob{"1\n"}}});
  repo.Build();
  heads.erase(heads.begin() + 2);  // `extra` brings b3's commit along
  const BundleSet set = Make(repo, {heads[1], heads[2], heads.back()});
  REQUIRE(set.bundles.size() == 1);
  repo.Git({"checkout", "-q", "main"});
  for (const char* branch : {"b2", "b4", "extra"}) repo.Git({"cherry-pick", std::string("main..") + branch});
  CHECK(set.bundles[0].tree == repo.Id("HEAD^{tree}"));
}

TEST_CASE("a branch with a merge, or with nothing new, stops the cherry-pick") {
  TestRepo repo;
  Branches(repo, 3);
  repo.Commit("merge", {"b1", "b2"}, {});
  repo.Commit("nothing", {"main"}, {});
  repo.Build();
  CHECK(Reasons(Make(repo, {{"b3", 1}, {"merge", 2}})) == std::set<std::string>{"legacy_cherry_pick"});
  CHECK(Reasons(Make(repo, {{"b3", 1}, {"nothing", 2}})) == std::set<std::string>{"legacy_cherry_pick"});
}

TEST_CASE("a branch that does not exist is listed, the others ride") {
  TestRepo repo;
  const BundleSet set = Make(repo, {Branches(repo, 2)[0], {"none", 9}});
  CHECK(set.bundles.size() == 1);
  CHECK(Reasons(set) == std::set<std::string>{"missing"});
}

TEST_CASE("the name has the window floored and the issues sorted") {
  TestRepo repo;
  const BundleSet set = Make(repo, Branches(repo, 3));
  CHECK(set.bundles[0].name == "bundle/20250901_0810__issues_97_98_99");
  CHECK(legacy::BundleName(At("2025-09-01T08:20:00Z"), {12, 3}) == "bundle/20250901_0820__issues_3_12");
}

TEST_CASE("the score is the share of branches outside any conflict") {
  CHECK(legacy::ConflictScore(8, 2) == 75.0);
  CHECK(legacy::ConflictScore(7, 2) < 75.0);
  CHECK(legacy::ConflictScore(3, 0) == 100.0);
  CHECK(legacy::ConflictScore(0, 0) == 100.0);
}

TEST_CASE("L9_departure_gap: the test is true only in the minute before the mark") {
  CHECK(legacy::Departs(At("2025-09-01T08:19:00Z")));
  CHECK(legacy::Departs(At("2025-09-01T08:19:59Z")));
  CHECK_FALSE(legacy::Departs(At("2025-09-01T08:20:00Z")));
  CHECK_FALSE(legacy::Departs(At("2025-09-01T08:18:59Z")));
}

TEST_CASE("titles are those of the old program") {
  CHECK(legacy::BundleTitle(At("2025-09-01T08:17:30Z"), 3) == "[BUNDLE] 3 issues - 08:17 train");
  CHECK(legacy::IndividualTitle("Fix it") == "[AUTO] Fix it");
}

}  // namespace clambake
