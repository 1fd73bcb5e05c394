// Measures the bundler on a real repository, beside git itself and beside the
// rules of other bundlers.
//
//   bundler_bench <repository> [--heads N] [--base REV] [--pairs all|N]
//
// Takes the N heads among refs/pull/*/head that leave the main line closest to
// REV, a commit of HEAD's first-parent history, by default its middle.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "bundler/candidates.h"
#include "bundler/conflict_graph.h"
#include "bundler/memory.h"
#include "bundler/pair_filter.h"
#include "bundler/partition.h"
#include "bundler/v2_bundler.h"
#include "clambake/git_repo.h"
#include "fmt/format.h"
#include "git/process.h"

namespace clambake {
namespace {

using bundler::Candidates;
using bundler::ConflictGraph;
using Members = std::vector<std::size_t>;

struct Arguments {
  std::string repository;
  std::string base;
  int heads = 200;
  std::size_t pairs = 2000;  // judged by git in full; 0: all
};

double Seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

template <typename T>
T Must(absl::StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  fmt::print(stderr, "bundler_bench: {}\n", value.status().ToString());
  std::exit(2);
}

std::string Git(const Arguments& arguments, std::vector<std::string> words, std::string_view input = {},
                const std::string& objects = "") {
  git::Command command{{"git", "-c", "safe.directory=*", "-C", arguments.repository},
                       {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/nonexistent", "GIT_CONFIG_NOSYSTEM=1",
                        "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=b", "GIT_AUTHOR_EMAIL=b@b",
                        "GIT_COMMITTER_NAME=b", "GIT_COMMITTER_EMAIL=b@b",
                        "GIT_AUTHOR_DATE=@4000000000 +0000", "GIT_COMMITTER_DATE=@4000000000 +0000"},
                       (std::filesystem::temp_directory_path() / "bundler_bench.stderr").string(),
                       absl::Hours(1)};
  if (!objects.empty()) {
    command.environment.push_back("GIT_OBJECT_DIRECTORY=" + objects);
    command.environment.push_back("GIT_ALTERNATE_OBJECT_DIRECTORIES=" + arguments.repository + "/objects");
  }
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  return Must(git::Run(command, input));
}

std::vector<std::string> Lines(const std::string& text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

struct Fork {
  std::size_t distance = 0;
  std::string head;
  std::string from;    // commit of the main line
  bool later = false;  // forks after the base
};

// All pull request heads with the place where they leave the main line, the
// nearest to the base first.
std::vector<Fork> Forks(const Arguments& arguments, GitRepo& repo, const std::string& base) {
  std::map<std::string, std::size_t> place;
  for (const std::string& id : Lines(Git(arguments, {"rev-list", "--first-parent", "HEAD"}))) {
    place.emplace(id, place.size());
  }
  if (!place.contains(base)) return {};
  std::vector<std::string> ids =
      Lines(Git(arguments, {"for-each-ref", "--format=%(objectname)", "refs/pull/*/head"}));
  std::map<std::string, GitCommit> history;
  const std::string root = Lines(Git(arguments, {"rev-list", "--max-parents=0", "HEAD"})).back();
  for (GitCommit& commit : Must(repo.CommitsBeyond(root, ids))) history[commit.id] = commit;
  std::vector<Fork> forks;
  for (const std::string& id : std::set<std::string>(ids.begin(), ids.end())) {
    std::string at = id;
    while (!place.contains(at) && history.contains(at) && !history[at].parents.empty())
      at = history[at].parents.front();
    if (at == id || !place.contains(at)) continue;
    const std::size_t here = place[at];
    const std::size_t there = place[base];
    forks.push_back({here < there ? there - here : here - there, id, at, here < there});
  }
  std::sort(forks.begin(), forks.end(), [](const Fork& a, const Fork& b) {
    return std::tie(a.distance, a.head) < std::tie(b.distance, b.head);
  });
  return forks;
}

// A bare repository that borrows the objects of another and can be written to.
class Borrower {
 public:
  explicit Borrower(const Arguments& arguments) : arguments_(arguments) {
    std::string folder = (std::filesystem::temp_directory_path() / "bundler-bench-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) std::exit(2);
    arguments_.repository = folder;
    Git(arguments_, {"init", "-q", "--bare", "--template=", "."});
    std::string objects = Git(arguments, {"rev-parse", "--path-format=absolute", "--git-path", "objects"});
    std::filesystem::create_directories(folder + "/objects/info");
    std::ofstream(folder + "/objects/info/alternates") << objects;
  }
  ~Borrower() { std::filesystem::remove_all(arguments_.repository); }
  Borrower(const Borrower&) = delete;
  Borrower& operator=(const Borrower&) = delete;
  [[nodiscard]] const Arguments& arguments() const { return arguments_; }

  // The change from `from` to `head`, put on top of the base; "" if it does not apply, or is nothing.
  std::string Transplant(GitRepo& repo, const std::string& base, const Fork& fork) {
    const std::string tree = Must(repo.Trees({base})).front();
    const std::vector<std::string> ours = Must(repo.WriteCommits({{tree, {fork.from}}}));
    const MergeResult merged = Must(repo.Merge({{ours.front(), fork.head}})).front();
    if (merged.verdict != MergeResult::Verdict::kClean || merged.tree == tree) return "";
    // Made once more by git alone, so that it is in a place that lasts.
    const std::string mine =
        Lines(Git(arguments_, {"commit-tree", "-p", fork.from, "-m", "x", tree})).front();
    const std::string again = Lines(Git(arguments_, {"merge-tree", "--write-tree", mine, fork.head})).front();
    return Lines(Git(arguments_, {"commit-tree", "-p", base, "-m", fork.head, again})).front();
  }

 private:
  Arguments arguments_;
};

// Heads as they are where they fork before the base and still merge; those
// that fork later carry later main-line commits and are transplanted.
std::vector<Head> ChooseHeads(Borrower& borrower, GitRepo& repo, const std::string& base,
                              std::vector<Fork> forks) {
  const auto wanted = static_cast<std::size_t>(borrower.arguments().heads);
  forks.resize(std::min(forks.size(), 8 * wanted));
  bundler::Memory memory(&repo);
  std::vector<Head> real;
  for (const Fork& fork : forks) {
    if (!fork.later) real.push_back({fork.head, 0});
  }
  std::set<std::string> mergeable;
  for (const auto& candidate : Must(bundler::FindCandidates(memory, base, real)).all)
    mergeable.insert(candidate.id);
  std::vector<Head> heads;
  std::size_t transplanted = 0;
  std::size_t farthest = 0;
  for (const Fork& fork : forks) {
    if (heads.size() == wanted) break;
    std::string id = mergeable.contains(fork.head) ? fork.head : "";
    if (fork.later) id = borrower.Transplant(repo, base, fork);
    if (id.empty()) continue;
    transplanted += fork.later ? 1U : 0U;
    farthest = fork.distance;
    const std::string name = fmt::format("refs/heads/h{}", heads.size() + 1);
    Git(borrower.arguments(), {"update-ref", name, id});
    heads.push_back({name, static_cast<IssueNumber>(heads.size() + 1)});
  }
  fmt::print("{} heads that leave the main line at most {} commits from {}; {} of them transplanted\n",
             heads.size(), farthest, base, transplanted);
  return heads;
}

std::size_t CountGroups(const std::vector<Members>& neighbours, std::size_t size, bool halve) {
  const auto clash = [&](const Members& group, std::size_t member) {
    return std::any_of(group.begin(), group.end(), [&](std::size_t other) {
      return std::binary_search(neighbours[member].begin(), neighbours[member].end(), other);
    });
  };
  std::size_t count = 0;
  Members waiting;
  for (std::size_t i = 0; i < neighbours.size(); ++i) waiting.push_back(i);
  if (!halve) {
    // Tide: oldest first, whoever merges joins, until the batch is full.
    for (; !waiting.empty(); ++count) {
      Members batch;
      Members rest;
      for (std::size_t member : waiting) {
        (batch.size() < size && !clash(batch, member) ? batch : rest).push_back(member);
      }
      waiting = rest;
    }
    return count;
  }
  // bors-ng: the oldest as a batch; one that conflicts is halved.
  std::vector<Members> open;
  for (std::size_t i = 0; i < waiting.size(); i += size) {
    open.emplace_back(waiting.begin() + static_cast<std::ptrdiff_t>(i),
                      waiting.begin() + static_cast<std::ptrdiff_t>(std::min(waiting.size(), i + size)));
  }
  while (!open.empty()) {
    const Members batch = open.back();
    open.pop_back();
    Members clean;
    for (std::size_t member : batch) {
      if (!clash(clean, member)) clean.push_back(member);
    }
    if (clean.size() == batch.size()) {
      ++count;
      continue;
    }
    const auto half = batch.begin() + static_cast<std::ptrdiff_t>(batch.size() / 2);
    open.emplace_back(batch.begin(), half);
    open.emplace_back(half, batch.end());
  }
  return count;
}

std::vector<Members> FileOverlap(const Candidates& candidates) {
  std::map<std::string_view, Members> touched;
  for (std::size_t i = 0; i < candidates.all.size(); ++i) {
    for (const FileChange& change : *candidates.all[i].changes) touched[change.path].push_back(i);
  }
  std::vector<std::set<std::size_t>> sets(candidates.all.size());
  for (const auto& [path, heads] : touched) {
    for (std::size_t a : heads) sets[a].insert(heads.begin(), heads.end());
  }
  std::vector<Members> neighbours;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    sets[i].erase(i);
    neighbours.emplace_back(sets[i].begin(), sets[i].end());
  }
  return neighbours;
}

// Every pair by git alone, in the ways a pair can be merged.
void JudgePairs(const Arguments& arguments, GitRepo& repo, const Candidates& candidates,
                const ConflictGraph& graph) {
  const auto& all = candidates.all;
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t a = 0; a < all.size(); ++a) {
    for (std::size_t b = a + 1; b < all.size(); ++b) pairs.emplace_back(a, b);
  }
  const std::size_t total = pairs.size();
  if (arguments.pairs > 0 && pairs.size() > arguments.pairs) {
    std::vector<std::pair<std::size_t, std::size_t>> sample;
    for (std::size_t i = 0; i < arguments.pairs; ++i)
      sample.push_back(pairs[i * pairs.size() / arguments.pairs]);
    pairs = sample;
  }
  const auto judge = [&](std::string_view what, auto ours, auto theirs) {
    std::vector<MergePair> merges;
    for (const auto& [a, b] : pairs) merges.push_back({ours(all[a]), theirs(all[b])});
    const double start = Seconds();
    const std::vector<MergeResult> results = Must(repo.Merge(merges));
    const double took = Seconds() - start;
    std::size_t edges = 0;
    std::size_t mismatches = 0;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const Members& list = graph.neighbours[pairs[i].first];
      const bool edge = std::binary_search(list.begin(), list.end(), pairs[i].second);
      const bool conflict = results[i].verdict != MergeResult::Verdict::kClean;
      edges += conflict ? 1U : 0U;
      mismatches += edge != conflict ? 1U : 0U;
    }
    fmt::print(
        "  git on {:<34} {:>7} of {} pairs {:>8.3f} s ({:.2f} ms each; all: {:.1f} s)  {} conflicts, {} "
        "verdicts differ\n",
        what, pairs.size(), total, took, 1000 * took / static_cast<double>(pairs.size()),
        took / static_cast<double>(pairs.size()) * static_cast<double>(total), edges, mismatches);
    return took / static_cast<double>(pairs.size()) * static_cast<double>(total);
  };
  const auto id = [](const auto& c) { return c.id; };
  const auto test = [](const auto& c) { return c.test_merge; };
  judge("test merges (the verdict's meaning)", test, test);
  judge("first onto base, then second", test, id);
  judge("heads against each other", id, id);
}

// Bundles once more, a process for each merge, in an object directory of its own.
void CheckTrees(const Arguments& arguments, const BundleSet& set) {
  std::string folder = (std::filesystem::temp_directory_path() / "bundler-bench-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) std::exit(2);
  std::size_t equal = 0;
  for (const Bundle& bundle : set.bundles) {
    std::string at = set.base;
    std::string tree;
    for (const std::string& head : bundle.heads) {
      tree = Git(arguments, {"merge-tree", "--write-tree", at, head}, {}, folder).substr(0, at.size());
      at = Git(arguments, {"commit-tree", "-p", at, "-p", head, "-m", "x", tree}, {}, folder)
               .substr(0, at.size());
    }
    equal += tree == bundle.tree ? 1U : 0U;
  }
  std::filesystem::remove_all(folder);
  fmt::print("  trees equal to git's: {} of {}\n", equal, set.bundles.size());
}

void Measure(const Arguments& given) {
  std::string base = given.base;
  if (base.empty()) {
    const std::vector<std::string> line = Lines(Git(given, {"rev-list", "--first-parent", "HEAD"}));
    base = line[line.size() / 2];
  }
  base = Lines(Git(given, {"rev-parse", base})).front();
  Borrower borrower(given);
  const Arguments& arguments = borrower.arguments();
  std::unique_ptr<GitRepo> repo = Must(OpenGitRepo(arguments.repository));
  const std::vector<Fork> forks = Forks(given, *Must(OpenGitRepo(given.repository)), base);
  std::vector<Head> heads = ChooseHeads(borrower, *repo, base, forks);

  double start = Seconds();
  std::unique_ptr<GitRepo> fresh = Must(OpenGitRepo(arguments.repository));
  std::unique_ptr<Bundler> v2 = NewV2Bundler(fresh.get());
  BundleRequest request{base, heads, {}, nullptr};
  const Head last = request.heads.back();
  request.heads.pop_back();
  const BundleSet before = Must(v2->MakeBundles(request));
  const double cold = Seconds() - start;
  rusage own{};
  getrusage(RUSAGE_SELF, &own);
  std::string pairs;
  for (const Head& head : heads)
    pairs += fmt::format("{} {}\n", Must(repo->Trees({base})).front(),
                         Must(repo->Trees({*Must(repo->Resolve({head.rev})).front()})).front());
  start = Seconds();
  Git(arguments, {"diff-tree", "--stdin", "-r", "-p"}, pairs);
  const double diff_pass = Seconds() - start;

  request.heads.push_back(last);
  start = Seconds();
  const BundleSet set = Must(v2->MakeBundles(request));
  const double one_more = Seconds() - start;
  std::size_t riding = 0;
  for (const Bundle& bundle : set.bundles) riding += bundle.heads.size();
  fmt::print("v2: {} heads in {} bundles (bound {} by {}), {} single, {} conflicts\n", riding,
             set.bundles.size(), set.lower_bound, set.lower_bound_proof, set.individual.size(),
             set.conflicts.size());
  std::map<std::string, int> reasons;
  for (const Individual& individual : set.individual) ++reasons[individual.reason];
  for (const auto& [reason, count] : reasons) fmt::print("  single: {} {}\n", count, reason);
  fmt::print("  cold {:.3f} s (git's diff pass alone {:.3f} s), one more head {:.1f} ms, memory {} MB\n",
             cold, diff_pass, 1000 * one_more, own.ru_maxrss / 1024);
  CheckTrees(arguments, set);

  bundler::Memory memory(repo.get());
  start = Seconds();
  const Candidates candidates = Must(bundler::FindCandidates(memory, base, heads));
  const double found = Seconds();
  const bundler::PairSet uncertain = Must(bundler::FindUncertainPairs(memory, base, candidates));
  const double filtered = Seconds();
  const ConflictGraph graph = Must(bundler::FindConflicts(memory, base, candidates));
  const double judged = Seconds();
  std::size_t asked = 0;
  for (std::size_t a = 0; a < candidates.all.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) asked += uncertain.Contains(a, b) ? 1U : 0U;
  }
  fmt::print("  candidates {:.3f} s, filter {:.3f} s, {} pairs left to git {:.3f} s\n", found - start,
             filtered - found, asked, judged - filtered);
  JudgePairs(arguments, *repo, candidates, graph);

  fmt::print("  {:>9} {:>6} {:>6} {:>6} {:>8} {:>13}\n", "size", "bound", "v2", "Tide", "bors-ng",
             "file overlap");
  const std::vector<Members> overlap = FileOverlap(candidates);
  for (int size : {5, 8, 20, 0}) {
    request.options.max_size = size;
    const BundleSet sized = Must(v2->MakeBundles(request));
    const std::size_t limit = size == 0 ? candidates.all.size() : static_cast<std::size_t>(size);
    bundler::PartitionRequest by_file{
        &overlap, std::vector<std::uint64_t>(overlap.size()), static_cast<std::size_t>(size), {}};
    fmt::print("  {:>9} {:>6} {:>6} {:>6} {:>8} {:>13}\n", size == 0 ? "unlimited" : std::to_string(size),
               sized.lower_bound, sized.bundles.size(), CountGroups(graph.neighbours, limit, false),
               CountGroups(graph.neighbours, limit, true), bundler::MakePartition(by_file).groups.size());
  }
}

}  // namespace
}  // namespace clambake

int main(int argc, char** argv) {
  clambake::Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const std::string value = i + 1 < argc ? argv[i + 1] : "";
    if (word == "--heads") {
      arguments.heads = std::atoi(value.c_str());
    } else if (word == "--base") {
      arguments.base = value;
    } else if (word == "--pairs") {
      arguments.pairs = value == "all" ? 0 : static_cast<std::size_t>(std::atoi(value.c_str()));
    } else {
      arguments.repository = word;
      continue;
    }
    ++i;
  }
  if (arguments.repository.empty()) {
    fmt::print(stderr, "usage: bundler_bench <repository> [--heads N] [--base REV] [--pairs all|N]\n");
    return 2;
  }
  clambake::Measure(arguments);
  return 0;
}
