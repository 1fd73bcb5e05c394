// The bundler beside git itself on repositories made at random. A failing seed
// is printed and makes the same repository again.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>

#include "bundler/candidates.h"
#include "bundler/changes.h"
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

// A merge driver that the repository names for every path, here and in its
// history: it leaves a mark and takes one side, so that every merge is clean.
class Driver {
 public:
  explicit Driver(const TestRepo& repo) : repo_(repo), attributes_(repo.path() + "/info/attributes") {
    repo_.Git({"config", "merge.custom.driver", "touch '" + mark_.path() + "/ran'"});
    std::filesystem::create_directories(repo.path() + "/info");
    std::ofstream(attributes_) << "* merge=custom\n";
  }
  ~Driver() {
    repo_.TryGit({"config", "--remove-section", "merge.custom"});
    std::filesystem::remove(attributes_);
  }
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  [[nodiscard]] bool HasRun() const { return std::filesystem::exists(mark_.path() + "/ran"); }

 private:
  const TestRepo& repo_;
  tests::TempFolder mark_;
  std::string attributes_;
};

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

// What has been met on the way: a comparison that never meets it proves nothing.
struct Met {
  std::size_t crossed_with_base = 0;   // heads that have several merge bases with the base
  std::size_t crossed_with_heads = 0;  // pairs whose test merges have
  std::size_t driven = 0;              // repositories whose merge driver git would run
  std::size_t swayed = 0;              // pairs where that would change the verdict
};

bool Crossed(const TestRepo& repo, const std::string& a, const std::string& b) {
  const std::string bases = repo.TryGit({"merge-base", "--all", a, b}).value_or("");
  return std::count(bases.begin(), bases.end(), '\n') > 1;
}

void CheckPairs(const TestRepo& repo, const BundleSet& set, const std::map<std::string, std::string>& merges,
                Met& met) {
  std::set<std::pair<std::string, std::string>> conflicts;
  for (const Conflict& conflict : set.conflicts) conflicts.insert({conflict.a, conflict.b});
  for (auto a = merges.begin(); a != merges.end(); ++a) {
    for (auto b = std::next(a); b != merges.end(); ++b) {
      INFO(a->first << " " << b->first);
      CHECK(conflicts.contains({a->first, b->first}) == GitMerge(repo, a->second, b->second).empty());
      met.crossed_with_heads += Crossed(repo, a->second, b->second) ? 1U : 0U;
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

// The bundles of a repository that would have its own merge driver run: it must
// not, and what it would have said must not count.
BundleSet MakeBesideDriver(const RandomRepo& random, int max_size, Met& met) {
  const Driver driver(random.repo());
  BundleSet set = Make(random, max_size);
  CHECK_FALSE(driver.HasRun());
  for (const Conflict& conflict : set.conflicts) {
    met.swayed += GitMerge(random.repo(), conflict.a, conflict.b).empty() ? 0U : 1U;
  }
  met.driven += driver.HasRun() ? 1U : 0U;
  return set;
}

void Compare(std::uint64_t seed, const std::string& format, Met& met) {
  INFO("seed " << seed << " " << format);
  RandomRepo random(seed, format);
  const std::size_t max_size = seed % 4 == 0 ? 0 : 2 + seed % 5;
  const BundleSet set = MakeBesideDriver(random, static_cast<int>(max_size), met);
  std::map<std::string, std::string> reasons;
  const auto merges = TestMerges(random.repo(), set, reasons);
  std::map<std::string, std::string> told;
  for (const Individual& individual : set.individual) told[individual.head] = individual.reason;
  CHECK(told == reasons);
  CheckPairs(random.repo(), set, merges, met);
  for (const std::string& head : random.heads())
    met.crossed_with_base += Crossed(random.repo(), "main", head) ? 1U : 0U;
  CheckBundles(random.repo(), set, max_size);
}

// What a bundler says of these heads, of any age of its own.
std::string Say(Bundler& bundler, const BundleRequest& request, BundleSet& set) {
  auto made = bundler.MakeBundles(request);
  REQUIRE(made.status() == absl::OkStatus());
  set = *std::move(made);
  return BundlesToJson(set);
}

// A session in which heads come and go, and the base moves and moves back.
// Counts conflicts, single heads and bundles of several.
void CompareSession(std::uint64_t seed, std::array<std::size_t, 3>& met) {
  constexpr int kTurns = 12;
  const RandomRepo random(seed);
  std::mt19937_64 choice(seed);
  const auto git = OpenGitRepo(random.repo().path());
  REQUIRE(git.status() == absl::OkStatus());
  const std::unique_ptr<Bundler> session = NewV2Bundler(git->get());
  for (int turn = 0; turn < kTurns; ++turn) {
    BundleRequest request;
    request.base = turn % 6 == 4 ? random.heads()[choice() % random.heads().size()] : "main";
    request.options.max_size = static_cast<int>(choice() % 5);
    for (std::size_t i = 0; i < random.heads().size(); ++i) {
      if (choice() % 3 > 0) request.heads.push_back({random.heads()[i], static_cast<IssueNumber>(i + 1)});
    }
    INFO("seed " << seed << " turn " << turn);
    BundleSet set;
    CHECK(Say(*session, request, set) == Say(*NewV2Bundler(git->get()), request, set));
    met[0] += set.conflicts.size();
    met[1] += set.individual.size();
    for (const Bundle& bundle : set.bundles) met[2] += bundle.heads.size() > 1 ? 1U : 0U;
  }
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
  std::size_t clean = 0;
  std::size_t conflicts = 0;
  std::size_t asked = 0;
  // Of the certain ones, those where one edits what the other renames or deletes while it adds others.
  std::size_t renamed_clean = 0;
  std::size_t renamed_conflicts = 0;
  std::size_t deleted = 0;
};

bool Adds(const bundler::Candidate& head) {
  return std::any_of(head.changes->begin(), head.changes->end(),
                     [](const FileChange& change) { return change.kind == 'A'; });
}

// Counts what a head that adds files deletes and the other edits.
void CountDeletions(const bundler::Candidate& deleting, const bundler::Candidate& editing,
                    const std::vector<std::string_view>* conflict, FilterCounts& counts) {
  if (!Adds(deleting)) return;
  for (const FileChange& change : *deleting.changes) {
    const FileChange* const edit = bundler::ChangeAt(*editing.changes, change.path);
    if (change.kind != 'D' || edit == nullptr || edit->kind != 'M') continue;
    const bool is_deleted =
        conflict != nullptr && std::binary_search(conflict->begin(), conflict->end(), change.path);
    ++(conflict == nullptr ? counts.renamed_clean : is_deleted ? counts.deleted : counts.renamed_conflicts);
  }
}

void CheckFilter(const TestRepo& repo, const std::vector<std::string>& names, FilterCounts& counts) {
  auto git = OpenGitRepo(repo.path());
  REQUIRE(git.status() == absl::OkStatus());
  bundler::Memory memory(git->get());
  std::vector<Head> heads;
  for (const std::string& name : names) heads.push_back({name, 0});
  const auto candidates = bundler::CandidateFinder(git->get()).Find(repo.Id("main"), heads);
  REQUIRE(candidates.ok());
  bundler::PairFilter filter(&memory);
  // In two goes, so that what is remembered is judged as well.
  bundler::Candidates some = *candidates;
  some.all.resize(some.all.size() / 2);
  REQUIRE(filter.Judge(some).ok());
  const auto verdicts = filter.Judge(*candidates);
  REQUIRE(verdicts.ok());
  const auto& all = candidates->all;
  std::set<std::pair<std::size_t, std::size_t>> uncertain;
  for (const auto& pair : verdicts->uncertain) uncertain.emplace(pair.a, pair.b);
  std::map<std::pair<std::size_t, std::size_t>, std::vector<std::string_view>> conflicts;
  for (const auto& pair : verdicts->conflicts) conflicts[{pair.a, pair.b}] = pair.paths;
  for (std::size_t a = 0; a < all.size(); ++a) {
    for (std::size_t b = a + 1; b < all.size(); ++b) {
      if (uncertain.contains({a, b})) {
        ++counts.asked;
        continue;
      }
      const auto merged = (*git)->Merge({{all[a].test_merge, all[b].test_merge}});
      REQUIRE(merged.ok());
      const auto conflict = conflicts.find({a, b});
      const bool clean = conflict == conflicts.end();
      ++(clean ? counts.clean : counts.conflicts);
      CountDeletions(all[a], all[b], clean ? nullptr : &conflict->second, counts);
      CountDeletions(all[b], all[a], clean ? nullptr : &conflict->second, counts);
      INFO(all[a].id << " " << all[b].id);
      CHECK(clean == (merged->front().verdict == MergeResult::Verdict::kClean));
      if (clean) continue;
      CHECK(std::vector<std::string>(conflict->second.begin(), conflict->second.end()) ==
            merged->front().paths);
    }
  }
}

// A text of few different lines, which may lack its last line end.
std::string RandomText(std::mt19937_64& random, std::string text) {
  const auto below = [&](std::size_t n) { return random() % n; };
  std::vector<std::string> lines;
  for (char c : text) lines.emplace_back(1, c);
  for (std::size_t edits = 1 + below(3); edits > 0; --edits) {
    const auto at = static_cast<std::ptrdiff_t>(below(lines.size() + 1));
    const std::string line(1, static_cast<char>('a' + below(4)));
    const std::size_t kind = below(3);
    if (kind == 0 || at == std::ssize(lines)) {
      lines.insert(lines.begin() + at, line);
    } else if (kind == 1) {
      lines.erase(lines.begin() + at);
    } else {
      lines[static_cast<std::size_t>(at)] = line;
    }
  }
  text.clear();
  for (const std::string& line : lines) text += line + "\n";
  if (below(5) == 0 && !text.empty()) text.pop_back();
  return text;
}

// Heads that all edit the same few lines of one file.
void CheckContent(std::uint64_t seed, FilterCounts& counts) {
  constexpr int kHeads = 40;
  std::mt19937_64 random(seed);
  std::string base;
  for (std::size_t i = 5 + random() % 8; i > 0; --i) base += static_cast<char>('a' + random() % 4);
  std::string text;
  for (char c : base) text += std::string(1, c) + "\n";
  TestRepo repo;
  repo.Commit("main", {}, {{"f", tests::Blob{text}}});
  std::vector<std::string> names;
  for (int i = 0; i < kHeads; ++i) {
    names.push_back("h" + std::to_string(i));
    // A file of its own makes even equal edits different heads.
    repo.Commit(names.back(), {"main"},
                {{"f", tests::Blob{RandomText(random, base)}}, {names.back(), tests::Blob{names.back()}}});
  }
  repo.Build();
  CheckFilter(repo, names, counts);
}

// What a head may do to a few files that are half alike: edit some, delete
// some, rename some, or put what is like them elsewhere.
tests::Files MoveFiles(std::mt19937_64& random, const std::map<std::string, std::string>& base) {
  const auto below = [&](std::size_t n) { return random() % n; };
  tests::Files files;
  for (std::size_t moves = 1 + below(3); moves > 0; --moves) {
    const auto& [path, text] = *std::next(base.begin(), static_cast<std::ptrdiff_t>(below(base.size())));
    const std::string other = "dir/new" + std::to_string(below(4));
    std::string edited = text;
    for (std::size_t edits = below(4); edits > 0; --edits)
      edited.replace(2 * below(text.size() / 2), 1, 1, static_cast<char>('q' + below(3)));
    const std::size_t kind = below(6);
    if (kind < 3) {
      files[path] = tests::Blob{edited};
    } else {
      if (kind != 3) files[path] = std::nullopt;
      if (kind != 4) files[other] = tests::Blob{edited, below(6) == 0 ? "100755" : "100644"};
    }
  }
  return files;
}

void CheckMoves(std::uint64_t seed, FilterCounts& counts) {
  constexpr int kHeads = 24;
  std::mt19937_64 random(seed);
  std::map<std::string, std::string> base;
  for (const char* const path : {"dir/a", "dir/b", "dir/c"}) {
    std::string text = base.empty() || random() % 3 > 0 ? "" : base.begin()->second;
    while (text.size() < 24) text += {static_cast<char>('a' + random() % 10), '\n'};
    base[path] = text;
  }
  TestRepo repo;
  tests::Files files = {{"dir/kept", tests::Blob{"kept\n"}}, {"empty", tests::Blob{""}}};
  for (const auto& [path, text] : base) files[path] = tests::Blob{text};
  repo.Commit("main", {}, files);
  std::vector<std::string> names;
  for (int i = 0; i < kHeads; ++i) {
    names.push_back("h" + std::to_string(i));
    repo.Commit(names.back(), {"main"}, MoveFiles(random, base));
  }
  repo.Build();
  CheckFilter(repo, names, counts);
}

}  // namespace

TEST_CASE("verdicts and trees equal git's on repositories made at random") {
  const Seeds seeds = ReadSeeds(15);
  Met met;
  for (std::uint64_t seed = seeds.first; seed < seeds.end; ++seed)
    Compare(seed, seed % 5 == 0 ? "sha256" : "sha1", met);
  WARN(met.crossed_with_base << " heads criss-cross with the base, " << met.crossed_with_heads
                             << " pairs with each other; git would run the merge driver of " << met.driven
                             << " repositories and turn " << met.swayed << " verdicts");
  CHECK(met.crossed_with_base > 0);
  CHECK(met.crossed_with_heads > 0);
  CHECK(met.driven > 0);
  CHECK(met.swayed > 0);
}

TEST_CASE("a session in which heads come and go says what a fresh bundler says, byte for byte") {
  const Seeds seeds = ReadSeeds(20);
  std::array<std::size_t, 3> met{};
  for (std::uint64_t seed = seeds.first; seed < seeds.end; ++seed) CompareSession(seed, met);
  for (const std::size_t count : met) CHECK(count > 0);
}

TEST_CASE("what the filter is certain of, git says as well") {
  const Seeds seeds = ReadSeeds(150);
  FilterCounts counts;
  for (std::uint64_t seed = seeds.first; seed < seeds.end; ++seed) {
    INFO("seed " << seed);
    const RandomRepo random(seed);
    CheckFilter(random.repo(), random.heads(), counts);
  }
  // A filter that leaves everything to git proves nothing.
  WARN(counts.clean << " pairs certainly clean, " << counts.conflicts << " certainly in conflict, "
                    << counts.asked << " left to git");
  CHECK(counts.clean + counts.conflicts > counts.asked);
  CHECK(counts.conflicts > 0);
}

TEST_CASE("huge files merge as git merges them") {
  constexpr int kLines = 60'000;
  const auto text = [](const std::map<int, std::string>& changed, const std::string& each = "line") {
    std::string lines;
    for (int i = 0; i < kLines; ++i) {
      const auto change = changed.find(i);
      // Repeated lines are where line matching goes wrong, and long ones make it big.
      const std::string line = i % 50 == 0 ? "}" : each + std::to_string(i) + std::string(200, '.');
      lines += (change != changed.end() ? change->second : line) + "\n";
    }
    return lines;
  };
  TestRepo repo;
  repo.Commit("main", {}, {{"huge", tests::Blob{text({})}}});
  const std::map<std::string, std::string> edits = {
      {"first", text({{0, "x"}})},
      {"middle", text({{kLines / 2, "x"}})},
      {"middle-otherwise", text({{kLines / 2, "y"}})},
      {"last", text({{kLines - 1, "x"}})},
      {"throughout", text({}, "other")},
      {"one-line", std::string(20'000'000, 'x')},
      {"not-text", std::string(20'000'000, '\0')},
  };
  std::vector<std::string> names;
  for (const auto& [name, edit] : edits) {
    names.push_back(name);
    repo.Commit(name, {"main"}, {{"huge", tests::Blob{edit}}});
  }
  repo.Build();
  FilterCounts counts;
  CheckFilter(repo, names, counts);
  // Only what is not text is left to git.
  CHECK(counts.asked == 6);
  CHECK(counts.clean == 5);
  CHECK(counts.conflicts == 10);
}

TEST_CASE("texts that differ in few lines merge as git merges them") {
  const Seeds seeds = ReadSeeds(12);
  FilterCounts counts;
  for (std::uint64_t seed = seeds.first; seed < seeds.end; ++seed) {
    INFO("seed " << seed);
    CheckContent(seed, counts);
  }
  CHECK(counts.asked == 0);
  CHECK(counts.clean > 100);
  CHECK(counts.conflicts > 100);
}

TEST_CASE("files that some rename and others edit merge as git merges them") {
  const Seeds seeds = ReadSeeds(40);
  FilterCounts counts;
  for (std::uint64_t seed = seeds.first; seed < seeds.end; ++seed) {
    INFO("seed " << seed);
    CheckMoves(seed, counts);
  }
  WARN(counts.clean << " pairs certainly clean, " << counts.conflicts << " certainly in conflict, "
                    << counts.asked << " left to git; renamed and clean " << counts.renamed_clean
                    << ", in conflict " << counts.renamed_conflicts << ", deleted " << counts.deleted);
  CHECK(counts.renamed_clean > 0);
  CHECK(counts.renamed_conflicts > 0);
  CHECK(counts.deleted > 0);
}

}  // namespace clambake
