// The bundler beside git itself on repositories made at random. A failing seed
// is printed and makes the same repository again.
#include <cstdlib>
#include <map>
#include <set>

#include "bundler/candidates.h"
#include "bundler/memory.h"
#include "bundler/pair_filter.h"
#include "bundler/v2_bundler.h"
#include "tests/support/catch.h"
#include "tests/support/random_repo.h"

namespace clambake {
namespace {

using tests::RandomRepo;
using tests::TestRepo;

std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

// What git makes of merging `head` into `at`, a process of its own; "" for a conflict.
std::string GitMerge(const TestRepo& repo, const std::string& at, const std::string& head) {
  const std::optional<std::string> tree = repo.TryGit({"merge-tree", "--write-tree", at, head});
  return tree ? FirstLine(*tree) : "";
}

std::string GitCommit(const TestRepo& repo, const std::string& tree, const std::string& a,
                      const std::string& b) {
  return FirstLine(repo.Git({"commit-tree", "-p", a, "-p", b, "-m", "x", tree}));
}

BundleSet Make(const RandomRepo& random, int max_size) {
  auto git = OpenGitRepo(random.repo().path());
  REQUIRE(git.status() == absl::OkStatus());
  BundleRequest request;
  request.base = "main";
  request.options.max_size = max_size;
  IssueNumber issue = 0;
  for (const std::string& head : random.heads()) request.heads.push_back({head, ++issue});
  auto set = NewV2Bundler(git->get())->MakeBundles(request);
  REQUIRE(set.status() == absl::OkStatus());
  return *std::move(set);
}

// Every head alone onto the base, by git: its test merge, or why there is none.
std::map<std::string, std::string> TestMerges(const TestRepo& repo, const BundleSet& set,
                                              std::map<std::string, std::string>& reasons) {
  const std::string main = repo.Id("main");
  const std::string main_tree = repo.Id("main^{tree}");
  std::map<std::string, std::string> merges;
  std::set<std::string> heads;
  for (const Individual& individual : set.individual) heads.insert(individual.head);
  for (const Bundle& bundle : set.bundles) heads.insert(bundle.heads.begin(), bundle.heads.end());
  for (const std::string& head : heads) {
    const std::string tree = GitMerge(repo, main, head);
    if (tree.empty()) {
      reasons[head] = "conflicts_with_base";
    } else if (repo.TryGit({"merge-base", "--is-ancestor", head, main})) {
      reasons[head] = "merged";
    } else if (tree == main_tree) {
      reasons[head] = "empty";
    } else {
      merges[head] = GitCommit(repo, tree, main, head);
    }
  }
  return merges;
}

void CheckPairs(const TestRepo& repo, const BundleSet& set,
                const std::map<std::string, std::string>& merges) {
  std::set<std::pair<std::string, std::string>> conflicts;
  for (const Conflict& conflict : set.conflicts) conflicts.insert({conflict.a, conflict.b});
  for (auto a = merges.begin(); a != merges.end(); ++a) {
    for (auto b = std::next(a); b != merges.end(); ++b) {
      INFO(a->first << " " << b->first);
      CHECK(conflicts.contains({a->first, b->first}) == GitMerge(repo, a->second, b->second).empty());
    }
  }
}

void CheckBundles(const TestRepo& repo, const BundleSet& set, std::size_t max_size) {
  for (const Bundle& bundle : set.bundles) {
    CHECK((max_size == 0 || bundle.heads.size() <= max_size));
    std::string at = set.base;
    std::string tree;
    for (const std::string& head : bundle.heads) {
      tree = GitMerge(repo, at, head);
      REQUIRE_FALSE(tree.empty());
      at = GitCommit(repo, tree, at, head);
    }
    CHECK(tree == bundle.tree);
  }
  CHECK(set.lower_bound <= static_cast<std::int64_t>(set.bundles.size()));
}

void Compare(std::uint64_t seed, const std::string& format) {
  INFO("seed " << seed << " " << format);
  RandomRepo random(seed, format);
  const std::size_t max_size = seed % 4 == 0 ? 0 : 2 + seed % 5;
  const BundleSet set = Make(random, static_cast<int>(max_size));
  std::map<std::string, std::string> reasons;
  const auto merges = TestMerges(random.repo(), set, reasons);
  std::map<std::string, std::string> told;
  for (const Individual& individual : set.individual) told[individual.head] = individual.reason;
  CHECK(told == reasons);
  CheckPairs(random.repo(), set, merges);
  CheckBundles(random.repo(), set, max_size);
}

struct Seeds {
  std::uint64_t first = 1;
  std::uint64_t end = 1;
};

// CLAMBAKE_SEED and CLAMBAKE_SEEDS choose others, or more.
Seeds ReadSeeds(std::uint64_t count) {
  const char* const first = std::getenv("CLAMBAKE_SEED");
  const char* const more = std::getenv("CLAMBAKE_SEEDS");
  Seeds seeds;
  if (first != nullptr) seeds.first = std::strtoull(first, nullptr, 10);
  seeds.end = seeds.first + (more == nullptr ? count : std::strtoull(more, nullptr, 10));
  return seeds;
}

struct FilterCounts {
  std::size_t certain = 0;
  std::size_t asked = 0;
  std::size_t conflicts = 0;
};

void CheckFilter(std::uint64_t seed, FilterCounts& counts) {
  INFO("seed " << seed);
  RandomRepo random(seed);
  auto git = OpenGitRepo(random.repo().path());
  REQUIRE(git.status() == absl::OkStatus());
  bundler::Memory memory(git->get());
  std::vector<Head> heads;
  for (const std::string& head : random.heads()) heads.push_back({head, 0});
  const std::string base = random.repo().Id("main");
  const auto candidates = bundler::FindCandidates(memory, base, heads);
  REQUIRE(candidates.ok());
  const auto uncertain = bundler::FindUncertainPairs(memory, base, *candidates);
  REQUIRE(uncertain.ok());
  const auto& all = candidates->all;
  for (std::size_t a = 0; a < all.size(); ++a) {
    for (std::size_t b = a + 1; b < all.size(); ++b) {
      const auto merged = (*git)->Merge({{all[a].test_merge, all[b].test_merge}});
      REQUIRE(merged.ok());
      const bool clean = merged->front().verdict == MergeResult::Verdict::kClean;
      ++(uncertain->Contains(a, b) ? counts.asked : counts.certain);
      counts.conflicts += clean ? 0U : 1U;
      INFO(all[a].id << " " << all[b].id);
      CHECK((uncertain->Contains(a, b) || clean));
    }
  }
}

}  // namespace

TEST_CASE("verdicts and trees equal git's on repositories made at random") {
  const Seeds seeds = ReadSeeds(15);
  for (std::uint64_t seed = seeds.first; seed < seeds.end; ++seed)
    Compare(seed, seed % 5 == 0 ? "sha256" : "sha1");
}

TEST_CASE("what the filter is certain of, git says as well") {
  const Seeds seeds = ReadSeeds(150);
  FilterCounts counts;
  for (std::uint64_t seed = seeds.first; seed < seeds.end; ++seed) CheckFilter(seed, counts);
  // A filter that leaves everything to git, or hears no conflict, proves nothing.
  WARN(counts.certain << " pairs certain, " << counts.asked << " left to git, " << counts.conflicts
                      << " in conflict");
  CHECK(counts.certain > counts.asked);
  CHECK(counts.conflicts > 0);
}

}  // namespace clambake
