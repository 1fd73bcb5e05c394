// Measures the bundler on a real repository, beside git itself and beside the
// rules of other bundlers.
//
//   bundler_bench <repository> [--heads N] [--base REV] [--parts] [--pairs all|N] [--one-more]
//   bundler_bench --generate N [--pairs all|N] [--one-more]
//
// Takes the N heads among refs/pull/*/head that leave the main line closest to
// REV, a commit of HEAD's first-parent history, by default its middle.
// Those that do not apply there are left out. With --parts each of their
// commits is a head, and only those files are left out that do not apply: the
// way to thousands of heads. With --generate the heads are made up, for more
// than a repository has. With --one-more only a further head is measured.
#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bundler/candidates.h"
#include "bundler/conflict_graph.h"
#include "bundler/memory.h"
#include "bundler/pair_filter.h"
#include "bundler/v2_bundler.h"
#include "clambake/git_repo.h"
#include "fmt/format.h"
#include "tests/bench/bundler/generated.h"
#include "tests/bench/bundler/material.h"
#include "tests/bench/bundler/rules.h"
#include "tests/bench/bundler/timed_repo.h"

namespace clambake::bench {
namespace {

using bundler::Candidates;
using bundler::ConflictGraph;

struct Arguments {
  std::string repository;
  std::string base;
  std::size_t heads = 200;
  std::size_t generate = 0;  // so many made-up heads instead of a repository's
  std::size_t pairs = 2000;  // judged by git in full; 0: all
  bool one_more = false;     // nothing but what a further head costs
  Rebase rebase = Rebase::kWhole;
};

// Processor time of this process and of those it has waited for: what else the
// machine does matters less to it.
double CpuSeconds() {
  double seconds = 0;
  for (const auto whose : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    getrusage(whose, &usage);
    for (const timeval& part : {usage.ru_utime, usage.ru_stime}) {
      seconds += static_cast<double>(part.tv_sec) + 1e-6 * static_cast<double>(part.tv_usec);
    }
  }
  return seconds;
}

// Of this process, since the last call of ForgetPeak.
std::size_t PeakMegabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::strtoull(line.c_str() + 6, nullptr, 10) / 1024;
  }
  return 0;
}

void ForgetPeak() {
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";
}

std::size_t CountFiles(const std::string& folder) {
  const std::filesystem::recursive_directory_iterator files(folder);
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

// The plain way: every pair of heads through one `merge-tree --stdin`. Returns
// the processor seconds for all.
double MeasureAllPairs(const Arguments& arguments, const std::string& repository, const Candidates& found) {
  const std::size_t count = found.all.size();
  const std::size_t total = count * (count - 1) / 2;
  const std::size_t step = arguments.pairs == 0 ? 1 : std::max<std::size_t>(1, total / arguments.pairs);
  std::vector<MergePair> merges;
  std::size_t i = 0;
  for (std::size_t a = 0; a < count; ++a) {
    for (std::size_t b = a + 1; b < count; ++b) {
      if (i++ % step == 0) merges.push_back({found.all[a].id, found.all[b].id});
    }
  }
  std::unique_ptr<GitRepo> repo = Must(OpenGitRepo(repository));
  const double start = CpuSeconds();
  Must(repo->Merge(merges));
  repo.reset();
  const double each = (CpuSeconds() - start) / static_cast<double>(merges.size());
  const double all = each * static_cast<double>(total);
  fmt::print("git merge-tree --stdin: {} of {} pairs at {:.3f} ms, all of them {:.1f} s\n", merges.size(),
             total, 1000 * each, all);
  return all;
}

// Bundles once more by git alone: of each bundle one merge at a time, those of all bundles in one process.
void CheckTrees(const std::string& repository, const BundleSet& set) {
  const Borrower git(repository);
  std::vector<std::string> at(set.bundles.size(), set.base);
  std::vector<std::string> trees(set.bundles.size());
  for (std::size_t step = 0;; ++step) {
    std::vector<std::size_t> moving;
    std::vector<MergePair> merges;
    for (std::size_t i = 0; i < set.bundles.size(); ++i) {
      if (step >= set.bundles[i].heads.size()) continue;
      moving.push_back(i);
      merges.push_back({at[i], set.bundles[i].heads[step]});
    }
    if (moving.empty()) break;
    std::vector<NewCommit> commits;
    for (const MergeResult& result : MergeByGit(git.path(), merges)) {
      const MergePair& pair = merges[commits.size()];
      commits.push_back({result.tree, {pair.ours, pair.theirs}});
    }
    const std::vector<std::string> ids = git.WriteCommits(commits);
    for (std::size_t k = 0; k < moving.size(); ++k) {
      at[moving[k]] = ids[k];
      trees[moving[k]] = commits[k].tree;
    }
  }
  std::size_t equal = 0;
  for (std::size_t i = 0; i < trees.size(); ++i) equal += trees[i] == set.bundles[i].tree ? 1U : 0U;
  fmt::print("  trees equal to git's: {} of {} bundles\n", equal, set.bundles.size());
}

// Every pair of test merges by git alone, or as many as asked for.
void CheckVerdicts(const Arguments& arguments, const std::string& repository, const std::string& base,
                   const Borrower& borrower, const Candidates& found, const ConflictGraph& graph) {
  const auto& all = found.all;
  // The test merges once more, by git alone.
  std::vector<MergePair> onto_base;
  for (const auto& candidate : all) onto_base.push_back({base, candidate.id});
  std::vector<NewCommit> commits;
  for (const MergeResult& result : MergeByGit(repository, onto_base)) {
    commits.push_back({result.tree, {base, all[commits.size()].id}});
  }
  const std::vector<std::string> tests = borrower.WriteCommits(commits);
  const std::size_t total = all.size() * (all.size() - 1) / 2;
  const std::size_t step = arguments.pairs == 0 ? 1 : std::max<std::size_t>(1, total / arguments.pairs);
  std::vector<MergePair> merges;
  std::vector<bool> edges;
  std::size_t i = 0;
  for (std::size_t a = 0; a < all.size(); ++a) {
    for (std::size_t b = a + 1; b < all.size(); ++b) {
      const Members& list = graph.neighbours[a];
      const bool edge = std::binary_search(list.begin(), list.end(), b);
      if (i++ % step != 0 && !edge) continue;
      merges.push_back({tests[a], tests[b]});
      edges.push_back(edge);
    }
  }
  const std::vector<MergeResult> results = Must(Must(OpenGitRepo(repository))->Merge(merges));
  std::size_t differ = 0;
  for (std::size_t k = 0; k < results.size(); ++k) {
    differ += edges[k] != (results[k].verdict != MergeResult::Verdict::kClean) ? 1U : 0U;
  }
  fmt::print("  verdicts that differ from git's: {} of {} pairs\n", differ, merges.size());
}

struct Work {
  std::string repository;
  std::string base;
  std::vector<Head> heads;
  std::string diffs;  // what each head changes, as input of diff-tree
};

// The tree where each head leaves the base, and its own, but for those whose
// content the snapshot lacks.
std::string DiffInput(const Work& work) {
  const std::unique_ptr<GitRepo> repo = Must(OpenGitRepo(work.repository));
  std::vector<std::string> heads;
  for (const auto& id : Must(repo->Resolve(Revs(work.heads)))) heads.push_back(id.value());
  const std::vector<std::string> before =
      Must(repo->Trees(MergeBases(work.repository, *repo, work.base, heads)));
  const std::vector<std::string> after = Must(repo->Trees(heads));
  std::vector<TreePair> pairs;
  for (std::size_t i = 0; i < heads.size(); ++i) pairs.push_back({before[i], after[i]});
  const std::vector<std::vector<FileChange>> changes = Must(repo->Changes(pairs));
  const std::set<std::string> absent = Absent(work.repository, changes);
  std::string input;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const bool whole = std::none_of(changes[i].begin(), changes[i].end(), [&](const FileChange& change) {
      return absent.contains(change.old_id) || absent.contains(change.new_id);
    });
    if (whole) input += fmt::format("{} {}\n", pairs[i].before, pairs[i].after);
  }
  return input;
}

void PrintSet(const BundleSet& set) {
  std::size_t riding = 0;
  for (const Bundle& bundle : set.bundles) riding += bundle.heads.size();
  fmt::print("v2: {} heads in {} bundles (bound {} by {}), {} single, {} conflicts\n", riding,
             set.bundles.size(), set.lower_bound, set.lower_bound_proof, set.individual.size(),
             set.conflicts.size());
  std::map<std::string, int> reasons;
  for (const Individual& individual : set.individual) ++reasons[individual.reason];
  for (const auto& [reason, count] : reasons) fmt::print("  single: {} {}\n", count, reason);
}

// From nothing to verified bundles.
BundleSet MeasureCold(const Work& work, double all_pairs) {
  double start = CpuSeconds();
  Git(work.repository, {"diff-tree", "--stdin", "-r", "-p"}, work.diffs);
  const double diff_pass = CpuSeconds() - start;
  const std::size_t files = CountFiles(work.repository);
  ForgetPeak();
  start = CpuSeconds();
  const double wall_start = Seconds();
  std::unique_ptr<GitRepo> repo = Must(OpenGitRepo(work.repository));
  const BundleSet set = Must(NewV2Bundler(repo.get())->MakeBundles({work.base, work.heads, {}, nullptr}));
  const double wall = Seconds() - wall_start;
  const std::size_t peak = PeakMegabytes();
  repo.reset();
  const double cold = CpuSeconds() - start;
  PrintSet(set);
  fmt::print(
      "  cold {:.3f} s of processor time ({:.3f} s by the clock), {:.0f} times as fast as all pairs; git's "
      "one "
      "diff pass {:.3f} s; beyond it {:.3f} s, {:.0f} times\n",
      cold, wall, all_pairs / cold, diff_pass, cold - diff_pass,
      all_pairs / std::max(cold - diff_pass, 0.001));
  fmt::print("  memory {} MB; files left behind in the repository: {}\n", peak,
             CountFiles(work.repository) - files);
  return set;
}

// Bundles of `after` that are not as before, but for the one that `head` joined
// or, where it has gone, the one with most of those it rode with.
std::size_t CountOthersChanged(const BundleSet& before, const BundleSet& after, const std::string& head) {
  using Heads = std::set<std::string>;
  const auto heads_of = [](const Bundle& bundle) { return Heads(bundle.heads.begin(), bundle.heads.end()); };
  std::set<Heads> known;
  Heads own;
  for (const Bundle& bundle : before.bundles) {
    const Heads& heads = *known.insert(heads_of(bundle)).first;
    if (heads.contains(head)) own = heads;
  }
  std::size_t changed = 0;
  std::size_t most_shared = 0;
  bool own_changed = false;
  for (const Bundle& bundle : after.bundles) {
    const Heads heads = heads_of(bundle);
    const bool is_new = !known.contains(heads);
    changed += is_new ? 1U : 0U;
    const auto shared =
        heads.contains(head)
            ? std::numeric_limits<std::size_t>::max()
            : static_cast<std::size_t>(std::count_if(
                  heads.begin(), heads.end(), [&](const std::string& one) { return own.contains(one); }));
    if (shared <= most_shared) continue;
    most_shared = shared;
    own_changed = is_new;
  }
  return changed - (own_changed ? 1U : 0U);
}

void PrintSpread(std::string_view what, std::vector<std::size_t> counts) {
  std::sort(counts.begin(), counts.end());
  fmt::print("    {}: median {}, 95 of 100 {}, most {}\n", what, counts[counts.size() / 2],
             counts[counts.size() * 95 / 100], counts.back());
}

// Heads taken away and brought back one at a time: how many bundles change but
// the one it is about.
void MeasureStability(const Work& work) {
  constexpr std::size_t kSample = 100;
  const std::unique_ptr<GitRepo> repo = Must(OpenGitRepo(work.repository));
  const std::unique_ptr<Bundler> v2 = NewV2Bundler(repo.get());
  const BundleRequest all{work.base, work.heads, {}, nullptr};
  const BundleSet whole = Must(v2->MakeBundles(all));
  std::vector<std::size_t> removed;
  std::vector<std::size_t> added;
  std::vector<std::size_t> anew;
  const std::size_t step = (work.heads.size() + kSample - 1) / kSample;
  for (std::size_t i = 0; i < work.heads.size(); i += step) {
    const std::string head = *Must(repo->Resolve({work.heads[i].rev})).front();
    BundleRequest fewer = all;
    fewer.heads.erase(fewer.heads.begin() + static_cast<std::ptrdiff_t>(i));
    anew.push_back(CountOthersChanged(whole, Must(v2->MakeBundles(fewer)), head));
    fewer.previous = &whole;
    const BundleSet less = Must(v2->MakeBundles(fewer));
    removed.push_back(CountOthersChanged(whole, less, head));
    BundleRequest again = all;
    again.previous = &less;
    added.push_back(CountOthersChanged(less, Must(v2->MakeBundles(again)), head));
  }
  fmt::print("  other bundles that change, of {}:\n", whole.bundles.size());
  PrintSpread("a head removed", removed);
  PrintSpread("a head added", added);
  PrintSpread("a head removed, without --previous", anew);
}

// What of it is git's, in the mean; the rest is our own.
void PrintParts(const TimedRepo::Parts& parts, double all_ms, std::size_t count) {
  double git_ms = 0;
  std::string words;
  for (const auto& [what, seconds] : parts) {
    const double ms = 1000 * seconds / static_cast<double>(count);
    git_ms += ms;
    words += fmt::format(", {} {:.2f}", what, ms);
  }
  fmt::print("    in the mean {:.2f} ms: own {:.2f}, git {:.2f}{}\n", all_ms, all_ms - git_ms, git_ms,
             words.empty() ? "" : " (" + words.substr(2) + ")");
}

// A session that knows all heads but the last few, which arrive one by one.
void MeasureOneMore(const Work& work) {
  constexpr std::size_t kArrivals = 15;
  const std::unique_ptr<GitRepo> git = Must(OpenGitRepo(work.repository));
  TimedRepo repo(git.get());
  const std::unique_ptr<Bundler> v2 = NewV2Bundler(&repo);
  BundleRequest request{work.base, work.heads, {}, nullptr};
  const std::size_t late = std::min(kArrivals, request.heads.size() - 1);
  // From the middle of the list, so that they differ.
  std::vector<Head> arrivals;
  for (std::size_t i = 0; i < late; ++i) {
    const auto at =
        request.heads.begin() + static_cast<std::ptrdiff_t>((i + 1) * request.heads.size() / (late + 1));
    arrivals.push_back(*at);
    request.heads.erase(at);
  }
  BundleSet previous = Must(v2->MakeBundles(request));
  repo.TakeParts();
  std::vector<double> took;
  for (const Head& head : arrivals) {
    request.heads.push_back(head);
    request.previous = &previous;
    const double start = Seconds();
    BundleSet next = Must(v2->MakeBundles(request));
    took.push_back(1000 * (Seconds() - start));
    previous = std::move(next);
  }
  std::sort(took.begin(), took.end());
  fmt::print("  one more head: {:.1f} ms (median of {}), {:.1f} ms at most\n", took[took.size() / 2],
             took.size(), took.back());
  PrintParts(repo.TakeParts(),
             std::accumulate(took.begin(), took.end(), 0.0) / static_cast<double>(took.size()), took.size());
}

void Compare(const Arguments& arguments, const Work& work, const Borrower& borrower, double& all_pairs) {
  const std::unique_ptr<GitRepo> repo = Must(OpenGitRepo(work.repository));
  bundler::Memory memory(repo.get());
  bundler::CandidateFinder finder(repo.get());
  bundler::ConflictFinder conflict_finder(&memory);
  double at = Seconds();
  const auto lap = [&at] { return 1000 * (Seconds() - std::exchange(at, Seconds())); };
  const Candidates found = Must(finder.Find(work.base, work.heads));
  const double candidates = lap();
  const std::size_t asked = Must(bundler::PairFilter(&memory).Judge(found)).uncertain.size();
  const double filtered = lap();
  const ConflictGraph graph = Must(conflict_finder.Find(found));
  const double conflicts = lap();
  Must(finder.Find(work.base, work.heads));
  const double candidates_again = lap();
  Must(conflict_finder.Find(found));
  const double conflicts_again = lap();
  all_pairs = MeasureAllPairs(arguments, work.repository, found);
  fmt::print(
      "steps: candidates {:.1f} ms, filter {:.1f} ms, once more with {} pairs left to git {:.1f} ms; "
      "all known: candidates {:.1f} ms, conflicts {:.1f} ms\n",
      candidates, filtered, asked, conflicts - conflicts_again, candidates_again, conflicts_again);
  CheckVerdicts(arguments, work.repository, work.base, borrower, found, graph);
  fmt::print("  {:>9} {:>6} {:>6} {:>6} {:>8} {:>13} {:>7}\n", "size", "bound", "v2", "Tide", "bors-ng",
             "file overlap", "legacy");
  const std::unique_ptr<Bundler> v2 = NewV2Bundler(repo.get());
  for (int size : {5, 8, 20, 0}) {
    BundleRequest request{work.base, work.heads, {size, absl::UnixEpoch()}, nullptr};
    const BundleSet set = Must(v2->MakeBundles(request));
    const std::size_t limit = size == 0 ? found.all.size() : static_cast<std::size_t>(size);
    fmt::print("  {:>9} {:>6} {:>6} {:>6} {:>8} {:>13} {:>7}\n",
               size == 0 ? "unlimited" : std::to_string(size), set.lower_bound, set.bundles.size(),
               CountByTide(graph.neighbours, limit), CountByBors(graph.neighbours, limit),
               CountByFileOverlap(found, limit), CountByLegacy(*repo, work.base, found, limit));
  }
}

// Heads of the repository, as refs of the borrower, and what they are bundled onto.
Work ChooseReal(const Arguments& arguments, const Borrower& borrower) {
  std::string base = arguments.base;
  if (base.empty()) {
    const std::vector<std::string> line =
        Lines(Git(arguments.repository, {"rev-list", "--first-parent", "HEAD"}));
    base = line[line.size() / 2];
  }
  base = Lines(Git(arguments.repository, {"rev-parse", base})).front();
  std::vector<Fork> forks =
      Forks(arguments.repository, *Must(OpenGitRepo(arguments.repository)), base, arguments.rebase);
  std::vector<Head> heads = ChooseHeads(borrower, base, std::move(forks), arguments.heads, arguments.rebase);
  return {borrower.path(), base, std::move(heads), ""};
}

Work Generate(const Arguments& arguments, const Borrower& repository) {
  std::vector<Head> heads = GenerateHeads(repository, arguments.generate);
  const std::string base = Lines(Git(repository.path(), {"rev-parse", "main"})).front();
  return {repository.path(), base, std::move(heads), ""};
}

void Measure(const Arguments& arguments) {
  const Borrower borrower(arguments.repository);
  Work work = arguments.generate > 0 ? Generate(arguments, borrower) : ChooseReal(arguments, borrower);
  if (arguments.one_more) return MeasureOneMore(work);
  work.diffs = DiffInput(work);
  double all_pairs = 0;
  Compare(arguments, work, borrower, all_pairs);
  CheckTrees(work.repository, MeasureCold(work, all_pairs));
  MeasureOneMore(work);
  MeasureStability(work);
}

}  // namespace
}  // namespace clambake::bench

int main(int argc, char** argv) {
  // What has been measured is there also when the rest takes too long.
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  clambake::bench::Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const std::string value = i + 1 < argc ? argv[i + 1] : "";
    if (word == "--heads") {
      arguments.heads = std::strtoull(value.c_str(), nullptr, 10);
    } else if (word == "--generate") {
      arguments.generate = std::strtoull(value.c_str(), nullptr, 10);
    } else if (word == "--base") {
      arguments.base = value;
    } else if (word == "--pairs") {
      arguments.pairs = value == "all" ? 0 : std::strtoull(value.c_str(), nullptr, 10);
    } else {
      if (word == "--parts") {
        arguments.rebase = clambake::bench::Rebase::kParts;
      } else if (word == "--one-more") {
        arguments.one_more = true;
      } else {
        arguments.repository = word;
      }
      continue;
    }
    ++i;
  }
  if (arguments.repository.empty() == (arguments.generate == 0)) {
    fmt::print(
        stderr,
        "usage: bundler_bench <repository> [--heads N] [--base REV] [--parts] [--pairs all|N] [--one-more]\n"
        "       bundler_bench --generate N [--pairs all|N] [--one-more]\n");
    return 2;
  }
  clambake::bench::Measure(arguments);
  return 0;
}
