// A repository and a bundler on it, beside git itself.
#ifndef CLAMBAKE_TESTS_BUNDLER_BENCH_H_
#define CLAMBAKE_TESTS_BUNDLER_BENCH_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bundler/v2_bundler.h"
#include "tests/support/catch.h"
#include "tests/support/test_repo.h"

namespace clambake {

using tests::Blob;
using tests::TestRepo;

inline std::string Lines(int count, std::map<int, std::string> changed = {}) {
  std::string text;
  for (int i = 1; i <= count; ++i) text += (changed.contains(i) ? changed[i] : std::to_string(i)) + "\n";
  return text;
}

struct Bench {
  TestRepo repo;
  std::unique_ptr<GitRepo> git;
  std::unique_ptr<Bundler> bundler;

  explicit Bench(TestRepo::Kind kind = TestRepo::Kind::kBare, const std::string& object_format = "sha1")
      : repo(kind, object_format) {}

  void Open() {
    repo.Build();
    auto opened = OpenGitRepo(repo.path());
    REQUIRE(opened.status() == absl::OkStatus());
    git = *std::move(opened);
    bundler = NewV2Bundler(git.get());
  }

  BundleSet Make(const std::vector<Head>& heads, int max_size = 8, const BundleSet* previous = nullptr) {
    BundleRequest request{"main", heads, {}, previous};
    request.options.max_size = max_size;
    absl::ParseTime(absl::RFC3339_full, "2026-01-02T03:14:05Z", &request.options.window, nullptr);
    auto set = bundler->MakeBundles(request);
    REQUIRE(set.status() == absl::OkStatus());
    return *std::move(set);
  }
};

inline std::map<std::string, std::string> Reasons(const BundleSet& set) {
  std::map<std::string, std::string> reasons;
  for (const Individual& individual : set.individual) reasons[individual.head] = individual.reason;
  return reasons;
}

// The tree that git itself makes of a bundle, a process for each merge.
inline std::string TreeByGit(const TestRepo& repo, const std::string& base,
                             const std::vector<std::string>& heads) {
  std::string at = base;
  std::string tree;
  const auto line = [](std::string text) {
    text.resize(text.find('\n'));
    return text;
  };
  for (const std::string& head : heads) {
    std::optional<std::string> merged = repo.TryGit({"merge-tree", "--write-tree", at, head});
    if (!merged) return "conflict";
    tree = line(*merged);
    at = line(repo.Git({"commit-tree", "-p", at, "-p", head, "-m", "x", tree}));
  }
  return tree;
}

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_BUNDLER_BENCH_H_
