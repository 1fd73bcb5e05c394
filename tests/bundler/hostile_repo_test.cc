// Repositories of which objects are lost, or whose trees no honest git makes.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "bundler/memory.h"
#include "tests/bundler/bench.h"

namespace clambake {
namespace {

// Takes objects out of a repository that is built.
void Lose(const TestRepo& repo, const std::vector<std::string>& ids) {
  // Loose objects can be removed one by one.
  const std::string packs = repo.path() + "/packs";
  std::filesystem::rename(repo.path() + "/objects/pack", packs);
  for (const auto& entry : std::filesystem::directory_iterator(packs)) {
    if (entry.path().extension() != ".pack") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    repo.Git({"unpack-objects", "-q"}, std::string(std::istreambuf_iterator<char>(file), {}));
  }
  for (const std::string& id : ids) {
    std::filesystem::remove(repo.path() + "/objects/" + id.substr(0, 2) + "/" + id.substr(2));
  }
}

std::string Line(std::string text) {
  text.resize(text.find('\n'));
  return text;
}

// A branch on main with a tree of these files, in this order, whatever their names.
void CommitRawTree(const TestRepo& repo, const std::string& branch,
                   const std::vector<std::pair<std::string, std::string>>& files) {
  std::string tree;
  for (const auto& [name, content] : files) {
    const std::string blob = Line(repo.Git({"hash-object", "-w", "--stdin"}, content));
    tree += "100644 " + name + '\0' + absl::HexStringToBytes(blob);
  }
  const std::string id = Line(repo.Git({"hash-object", "-w", "--literally", "-t", "tree", "--stdin"}, tree));
  const std::string commit = Line(repo.Git({"commit-tree", "-p", "main", "-m", "x", id}));
  repo.Git({"update-ref", "refs/heads/" + branch, commit});
}

// Whether two heads on the base are in conflict is what git says of them.
void CheckConflicts(const TestRepo& repo, const BundleSet& set, const std::vector<std::string>& branches) {
  std::set<std::pair<std::string, std::string>> told;
  for (const Conflict& conflict : set.conflicts) told.emplace(conflict.a, conflict.b);
  for (const std::string& a : branches) {
    for (const std::string& b : branches) {
      const std::pair<std::string, std::string> pair = {repo.Id(a), repo.Id(b)};
      if (pair.first >= pair.second) continue;
      INFO(a << " and " << b);
      const bool merges = repo.TryGit({"merge-tree", "--write-tree", pair.first, pair.second}).has_value();
      CHECK(told.contains(pair) == !merges);
    }
  }
  for (const Bundle& bundle : set.bundles) CHECK(bundle.tree == TreeByGit(repo, set.base, bundle.heads));
}

}  // namespace

TEST_CASE("a head with a hole in its history or content is listed with git's words, the others ride") {
  Bench bench;
  TestRepo& repo = bench.repo;
  repo.Commit("main", {}, {{"f", Blob{Lines(9)}}});
  repo.Commit("good", {"main"}, {{"g", Blob{"g\n"}}});
  repo.Commit("edit", {"main"}, {{"f", Blob{Lines(9, {{2, "edit"}})}}});
  repo.Commit("below", {"main"}, {{"h", Blob{"h\n"}}});
  repo.Commit("hole", {"below"}, {{"i", Blob{"i\n"}}});
  repo.Commit("no_blob", {"main"}, {{"f", Blob{Lines(9, {{8, "no_blob"}})}}});
  repo.Commit("no_tree", {"main"}, {{"j", Blob{"j\n"}}});
  repo.Commit("no_folder", {"main"}, {{"k/l/m", Blob{"m\n"}}});
  repo.Build();
  Lose(repo, {repo.Id("below"), repo.Id("no_blob:f"), repo.Id("no_tree^{tree}"), repo.Id("no_folder:k/l")});
  bench.Open();
  const BundleSet set =
      bench.Make({{"good", 1}, {"hole", 2}, {"no_blob", 3}, {"edit", 4}, {"no_tree", 5}, {"no_folder", 6}});
  const auto reasons = Reasons(set);
  CHECK(reasons.at(repo.Id("no_folder")) == "git_failed");
  CHECK(reasons.at(repo.Id("no_tree")) == "git_failed");
  CHECK(reasons.at(repo.Id("hole")) == "git_failed");
  std::size_t riding = 0;
  for (const Bundle& bundle : set.bundles) riding += bundle.heads.size();
  CHECK(riding + set.individual.size() == 6);
  CHECK(riding >= 2);
  for (const Individual& individual : set.individual) CHECK_FALSE(individual.detail.empty());
}

TEST_CASE("a head that git cannot merge onto the base is listed with git's words, the others ride") {
  Bench bench;
  TestRepo& repo = bench.repo;
  repo.Commit("old", {}, {{"d/f", Blob{Lines(9)}}, {"d/g", Blob{Lines(9)}}});
  repo.Commit("main", {"old"}, {{"d/g", Blob{Lines(9, {{1, "main"}})}}});
  repo.Commit("lost", {"old"}, {{"d/f", Blob{Lines(9, {{2, "lost"}})}}});
  repo.Commit("good", {"old"}, {{"d/f", Blob{Lines(9, {{3, "good"}})}}});
  repo.Build();
  Lose(repo, {repo.Id("lost:d")});
  bench.Open();
  const BundleSet set = bench.Make({{"lost", 1}, {"good", 2}});
  REQUIRE(set.individual.size() == 1);
  CHECK(set.individual[0].issue == 1);
  CHECK(set.individual[0].reason == "git_failed");
  CHECK_FALSE(set.individual[0].detail.empty());
  REQUIRE(set.bundles.size() == 1);
  CHECK(set.bundles[0].issues == std::vector<IssueNumber>{2});
}

TEST_CASE("content that cannot be read leaves the other contents known") {
  Bench bench;
  bench.repo.Commit("main", {}, {{"f", Blob{Lines(9)}}});
  bench.repo.Commit("a", {"main"}, {{"f", Blob{Lines(9, {{2, "a"}})}}});
  bench.repo.Commit("b", {"main"}, {{"f", Blob{Lines(9, {{5, "b"}})}}});
  bench.Open();
  bundler::Memory memory(bench.git.get());
  const std::string main = bench.repo.Id("main:f");
  const std::string none(main.size(), '1');
  CHECK_FALSE(
      memory.LoadContent({{main, bench.repo.Id("a:f")}, {main, none}, {main, bench.repo.Id("b:f")}}).ok());
  CHECK(memory.Content(main, bench.repo.Id("a:f")) != nullptr);
  CHECK(memory.Content(main, bench.repo.Id("b:f")) != nullptr);
  CHECK(memory.Content(main, none) == nullptr);
  CHECK(memory.Content(none, main) == nullptr);  // which nobody has asked for
}

TEST_CASE("a tree that holds a file twice is judged by git") {
  Bench bench;
  bench.repo.Commit("main", {}, {{"f", Blob{Lines(9)}}});
  bench.repo.Commit("drop", {"main"}, {{"f", std::nullopt}});
  bench.repo.Build();
  CommitRawTree(bench.repo, "twice", {{"f", Lines(9)}, {"f", Lines(9, {{5, "twice"}})}});
  CommitRawTree(bench.repo, "edit", {{"f", Lines(9, {{2, "edit"}})}});
  bench.Open();
  const BundleSet set = bench.Make({{"drop", 1}, {"twice", 2}, {"edit", 3}});
  CHECK(set.individual.empty());
  CheckConflicts(bench.repo, set, {"drop", "twice", "edit"});
}

TEST_CASE("a file whose name begins with a slash, which no git merges, makes its head ride alone") {
  Bench bench;
  bench.repo.Commit("main", {}, {{"f", Blob{Lines(9)}}});
  bench.repo.Commit("edit", {"main"}, {{"f", Blob{Lines(9, {{2, "edit"}})}}});
  bench.repo.Commit("far", {"main"}, {{"f", Blob{Lines(9, {{8, "far"}})}}});
  bench.repo.Build();
  CommitRawTree(bench.repo, "slash", {{"/x", "x\n"}, {"f", Lines(9)}});
  bench.Open();
  const BundleSet set = bench.Make({{"edit", 1}, {"far", 2}, {"slash", 3}});
  std::vector<std::vector<IssueNumber>> issues;
  for (const Bundle& bundle : set.bundles) issues.push_back(bundle.issues);
  CHECK(issues == std::vector<std::vector<IssueNumber>>{{1, 2}, {3}});
}

}  // namespace clambake
