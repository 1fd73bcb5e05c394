#include "bundler/v2_bundler.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "tests/bundler/bench.h"

namespace clambake {
namespace {

// Heads b1 … bN, each changing its own file, or the same line of f for those in `fighting`.
std::vector<Head> ManyHeads(Bench& bench, int count, const std::set<int>& fighting = {}) {
  bench.repo.Commit("main", {}, {{"f", Blob{Lines(9)}}});
  std::vector<Head> heads;
  for (int i = 1; i <= count; ++i) {
    const std::string name = "b" + std::to_string(i);
    if (fighting.contains(i)) {
      bench.repo.Commit(name, {"main"}, {{"f", Blob{Lines(9, {{5, name}})}}});
    } else {
      bench.repo.Commit(name, {"main"}, {{"own/" + name, Blob{name + "\n"}}});
    }
    heads.push_back({name, i});
  }
  bench.Open();
  return heads;
}

}  // namespace

TEST_CASE("heads without conflicts share the fewest bundles, none above its size") {
  Bench bench;
  const std::vector<Head> heads = ManyHeads(bench, 20);
  for (const auto& [size, expected] : std::map<int, std::size_t>{{8, 3}, {5, 4}, {20, 1}, {0, 1}, {1, 20}}) {
    const BundleSet set = bench.Make(heads, size);
    CHECK(set.bundles.size() == expected);
    CHECK(set.lower_bound == static_cast<std::int64_t>(expected));
    CHECK(set.individual.empty());
    CHECK(set.conflicts.empty());
    for (const Bundle& bundle : set.bundles) {
      CHECK((size == 0 || bundle.heads.size() <= static_cast<std::size_t>(size)));
      CHECK(bundle.tree == TreeByGit(bench.repo, set.base, bundle.heads));
    }
  }
}

TEST_CASE("heads in conflict ride apart, and the clique is the bound") {
  Bench bench;
  const std::vector<Head> heads = ManyHeads(bench, 12, {2, 5, 9});
  const BundleSet set = bench.Make(heads);
  CHECK(set.lower_bound == 3);
  CHECK(set.lower_bound_proof == "clique");
  CHECK(set.bundles.size() == 3);
  REQUIRE(set.conflicts.size() == 3);
  for (const Conflict& conflict : set.conflicts) {
    CHECK(conflict.a < conflict.b);
    CHECK(conflict.paths == std::vector<std::string>{"f"});
    REQUIRE(conflict.lines.size() == 1);
    CHECK(conflict.lines[0].first == 5);
    CHECK(conflict.lines[0].last == 5);
  }
  for (const Bundle& bundle : set.bundles) {
    const int fighting =
        static_cast<int>(std::count_if(bundle.issues.begin(), bundle.issues.end(),
                                       [](IssueNumber i) { return i == 2 || i == 5 || i == 9; }));
    CHECK(fighting == 1);
  }
}

TEST_CASE("heads that cannot ride are listed singly with the reason, and change nothing for others") {
  Bench bench;
  TestRepo& repo = bench.repo;
  repo.Commit("old", {}, {{"f", Blob{Lines(9)}}});
  repo.Commit("main", {"old"}, {{"f", Blob{Lines(9, {{5, "main"}})}}});
  repo.Commit("good", {"main"}, {{"g", Blob{"g\n"}}});
  repo.Commit("fine", {"main"}, {{"h", Blob{"h\n"}}});
  repo.Commit("clash", {"old"}, {{"f", Blob{Lines(9, {{5, "clash"}})}}});
  repo.Commit("nothing", {"main"}, {});
  repo.Commit("same", {"old"}, {{"f", Blob{Lines(9, {{5, "main"}})}}});
  repo.Commit("stranger", {}, {{"s", Blob{"s\n"}}});
  repo.Commit("pushed_over", {"main"}, {{"p", Blob{"p\n"}}});
  repo.Build();
  const std::string gone = repo.Id("pushed_over");
  repo.Git({"update-ref", "-d", "refs/heads/pushed_over"});
  bench.Open();
  const BundleSet alone = bench.Make({{"good", 1}, {"fine", 2}});
  const BundleSet set = bench.Make({{"clash", 3},
                                    {"good", 1},
                                    {"nothing", 4},
                                    {"same", 5},
                                    {"stranger", 6},
                                    {gone, 7},
                                    {"none", 8},
                                    {"old", 9},
                                    {"main", 10},
                                    {"fine", 2},
                                    {"no such\nrev", 11},
                                    {"", 12}});
  REQUIRE(set.bundles.size() == 1);
  CHECK(set.bundles[0].heads == alone.bundles[0].heads);
  CHECK(set.bundles[0].tree == alone.bundles[0].tree);
  const auto reasons = Reasons(set);
  CHECK(reasons.at(repo.Id("clash")) == "conflicts_with_base");
  CHECK(reasons.at(repo.Id("nothing")) == "empty");
  CHECK(reasons.at(repo.Id("same")) == "empty");
  CHECK(reasons.at(repo.Id("stranger")) == "unrelated");
  CHECK(reasons.at(gone) == "forced_away");
  CHECK(reasons.at("none") == "missing");
  CHECK(reasons.at("no such\nrev") == "missing");
  CHECK(reasons.at(repo.Id("old")) == "merged");
  CHECK(reasons.at(repo.Id("main")) == "merged");
  CHECK(set.individual.size() == 10);
  for (const Individual& individual : set.individual) {
    if (individual.reason == "conflicts_with_base") CHECK(individual.paths == std::vector<std::string>{"f"});
  }
}

TEST_CASE("the same heads in any order give the same bytes") {
  Bench bench;
  std::vector<Head> heads = ManyHeads(bench, 15, {1, 4, 6});
  heads.push_back({"none", 99});
  const std::string expected = BundlesToJson(bench.Make(heads));
  std::reverse(heads.begin(), heads.end());
  CHECK(BundlesToJson(bench.Make(heads)) == expected);
  std::rotate(heads.begin(), heads.begin() + 5, heads.end());
  heads.push_back(heads.front());
  CHECK(BundlesToJson(bench.Make(heads)) == expected);
  Bench other;
  ManyHeads(other, 15, {1, 4, 6});
  CHECK(BundlesToJson(other.Make(heads)) == expected);
}

TEST_CASE("a head more or less leaves the bundles alone that have to do with neither") {
  Bench bench;
  std::vector<Head> heads = ManyHeads(bench, 60, {1, 4, 6, 20, 33});
  const auto riders = [](const BundleSet& set) {
    std::set<std::set<std::string>> groups;
    for (const Bundle& bundle : set.bundles) groups.insert({bundle.heads.begin(), bundle.heads.end()});
    return groups;
  };
  const auto without = [](const std::set<std::set<std::string>>& groups, const std::string& head) {
    std::set<std::set<std::string>> rest;
    for (std::set<std::string> group : groups) {
      group.erase(head);
      rest.insert(group);
    }
    return rest;
  };
  const BundleSet before = bench.Make(heads, 16);
  std::vector<Head> fewer = heads;
  fewer.pop_back();
  // The last to come needs nothing to be known.
  const std::string last = bench.repo.Id(heads.back().rev);
  CHECK(riders(bench.Make(fewer, 16)) == without(riders(before), last));
  fewer = heads;
  fewer.erase(fewer.begin() + 10);
  const std::string removed = bench.repo.Id(heads[10].rev);
  const BundleSet after = bench.Make(fewer, 16, &before);
  CHECK(riders(after) == without(riders(before), removed));
  CHECK(riders(bench.Make(heads, 16, &after)) == riders(before));
}

TEST_CASE("a head on top of another rides with it or without it") {
  Bench bench;
  bench.repo.Commit("main", {}, {{"f", Blob{Lines(9)}}});
  bench.repo.Commit("low", {"main"}, {{"f", Blob{Lines(9, {{5, "low"}})}}});
  bench.repo.Commit("high", {"low"}, {{"f", Blob{Lines(9, {{5, "high"}})}}});
  bench.Open();
  const BundleSet set = bench.Make({{"high", 2}, {"low", 1}});
  REQUIRE(set.bundles.size() == 1);
  CHECK(set.conflicts.empty());
  CHECK(set.bundles[0].tree == bench.repo.Id("high^{tree}"));
}

TEST_CASE("a base of the same tree but another history is another base, also to a session") {
  Bench bench;
  bench.repo.Commit("main", {}, {{"f", Blob{Lines(9)}}});
  bench.repo.Commit("low", {"main"}, {{"f", Blob{Lines(9, {{2, "low"}})}}});
  bench.repo.Commit("high", {"low"}, {{"f", Blob{Lines(9, {{2, "low"}, {7, "high"}})}}});
  bench.repo.Commit("other", {"main"}, {{"f", Blob{Lines(9, {{2, "other"}})}}});
  // Has low merged and taken back: of high, one line is left.
  bench.repo.Commit("back", {"main", "low"}, {{"f", Blob{Lines(9)}}});
  bench.Open();
  REQUIRE(bench.repo.Id("main^{tree}") == bench.repo.Id("back^{tree}"));
  const auto make = [&](Bundler& bundler, const std::string& base) {
    const auto set = bundler.MakeBundles({base, {{"high", 1}, {"other", 2}}, {}, nullptr});
    REQUIRE(set.status() == absl::OkStatus());
    return BundlesToJson(*set);
  };
  for (const std::string base : {"main", "back", "main"}) {
    INFO(base);
    CHECK(make(*bench.bundler, base) == make(*NewV2Bundler(bench.git.get()), base));
  }
  CHECK(bench.Make({{"high", 1}, {"other", 2}}).bundles.size() == 2);
  CHECK(make(*bench.bundler, "back").find(R"("conflicts":[])") != std::string::npos);
}

TEST_CASE("edits of one file that are a line apart ride together, as git merges them") {
  Bench bench;
  bench.repo.Commit("main", {}, {{"f", Blob{Lines(12)}}});
  bench.repo.Commit("a", {"main"}, {{"f", Blob{Lines(12, {{3, "a"}})}}, {"x/1", Blob{"1\n"}}});
  bench.repo.Commit("b", {"main"}, {{"f", Blob{Lines(12, {{6, "b"}})}}, {"y/1", Blob{"1\n"}}});
  bench.repo.Commit("c", {"main"}, {{"f", Blob{Lines(12, {{9, "c"}})}}, {"z/1", Blob{"1\n"}}});
  bench.Open();
  const BundleSet set = bench.Make({{"a", 1}, {"b", 2}, {"c", 3}});
  for (const Bundle& bundle : set.bundles)
    CHECK(bundle.tree == TreeByGit(bench.repo, set.base, bundle.heads));
}

TEST_CASE("one commit under two names carries the issues of both") {
  Bench bench;
  const std::vector<Head> heads = ManyHeads(bench, 2);
  bench.repo.Git({"branch", "twin", "b1"});
  const BundleSet set = bench.Make({heads[0], heads[1], {"twin", 77}, {bench.repo.Id("b1"), 1}});
  REQUIRE(set.bundles.size() == 1);
  CHECK(set.bundles[0].heads.size() == 2);
  CHECK(set.bundles[0].issues == std::vector<IssueNumber>{1, 2, 77});
}

TEST_CASE("names are valid refs of at most 200 bytes, and unique") {
  Bench bench;
  std::vector<Head> heads = ManyHeads(bench, 60);
  CHECK(bench.Make({heads[2], heads[0]}).bundles[0].name == "bundle/20260102_0310__issues_1_3");
  for (Head& head : heads) head.issue += 1'000'000'000'000;
  std::set<std::string> names;
  const auto check = [&](const BundleSet& set) {
    for (const Bundle& bundle : set.bundles) {
      CHECK(bundle.name.size() <= 200);
      CHECK(names.insert(bundle.name).second);
      bench.repo.Git({"check-ref-format", "refs/heads/" + bundle.name});
    }
  };
  check(bench.Make(heads, 0));
  for (Head& head : heads) head.issue = 0;
  check(bench.Make(heads, 8));
  for (Head& head : heads) head.issue = 5;
  check(bench.Make(heads, 8));
}

TEST_CASE("nothing is written to the repository, its work tree or its refs") {
  Bench bench(TestRepo::Kind::kWithWorkTree);
  const std::vector<Head> heads = ManyHeads(bench, 12, {2, 5, 9});
  const std::string before = bench.repo.folder().Snapshot();
  bench.Make(heads);
  CHECK(bench.repo.folder().Snapshot() == before);
}

TEST_CASE("a base that does not resolve is the caller's error") {
  Bench bench;
  ManyHeads(bench, 1);
  auto set = bench.bundler->MakeBundles({"nowhere", {}, {}, nullptr});
  CHECK(set.status().code() == absl::StatusCode::kInvalidArgument);
  CHECK_THAT(std::string(set.status().message()), ContainsSubstring("nowhere"));
}

TEST_CASE("no heads make no bundles") {
  Bench bench;
  ManyHeads(bench, 1);
  const BundleSet set = bench.Make({});
  CHECK(set.bundles.empty());
  CHECK(set.lower_bound == 0);
}

}  // namespace clambake
