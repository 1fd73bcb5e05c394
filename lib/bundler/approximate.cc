// Bundles by file names, for those who have no clone.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "bundler/bundle_name.h"
#include "bundler/partition.h"
#include "clambake/bundler.h"

namespace clambake {
namespace {

using Members = std::vector<std::size_t>;

// All that is known of one commit, whoever names it.
struct Known {
  std::string head;
  std::set<IssueNumber> issues;  // without 0
  std::set<std::string> paths;
  bool complete = true;

  [[nodiscard]] IssueNumber First() const { return issues.empty() ? 0 : *issues.begin(); }
};

// By issue, then id: their age is not known.
std::vector<Known> ByCommit(const std::vector<HeadFiles>& heads) {
  std::map<std::string_view, Known> by_commit;
  for (const HeadFiles& head : heads) {
    Known& known = by_commit[head.head];
    known.head = head.head;
    if (head.issue > 0) known.issues.insert(head.issue);
    known.paths.insert(head.paths.begin(), head.paths.end());
    known.complete = known.complete && head.complete;
  }
  std::vector<Known> commits;
  for (auto& [head, known] : by_commit) commits.push_back(std::move(known));
  std::sort(commits.begin(), commits.end(), [](const Known& a, const Known& b) {
    return std::pair(a.First(), std::string_view(a.head)) < std::pair(b.First(), std::string_view(b.head));
  });
  return commits;
}

void ListSingly(const Known& commit, BundleSet& set) {
  Individual individual{commit.head, 0, "files_unknown", {}, ""};
  if (commit.issues.empty()) set.individual.push_back(individual);
  for (const IssueNumber issue : commit.issues) {
    individual.issue = issue;
    set.individual.push_back(individual);
  }
}

// Every path that is touched, and by whom.
std::map<std::string, std::set<std::size_t>> Touched(const std::vector<Known>& heads) {
  std::map<std::string, std::set<std::size_t>> touched;
  for (std::size_t i = 0; i < heads.size(); ++i) {
    for (const std::string& path : heads[i].paths) touched[path].insert(i);
  }
  return touched;
}

// For each pair that may conflict, the paths that say so.
std::map<std::pair<std::size_t, std::size_t>, std::set<std::string>> Overlaps(
    const std::vector<Known>& heads) {
  const auto touched = Touched(heads);
  std::map<std::pair<std::size_t, std::size_t>, std::set<std::string>> overlaps;
  for (const auto& [path, members] : touched) {
    for (std::size_t slash = path.size(); slash != std::string::npos && slash > 0;
         slash = path.rfind('/', slash - 1)) {
      const auto above = touched.find(path.substr(0, slash));
      if (above == touched.end()) continue;
      for (std::size_t a : above->second) {
        for (std::size_t b : members) {
          if (a != b) overlaps[{std::min(a, b), std::max(a, b)}].insert(path);
        }
      }
    }
  }
  return overlaps;
}

}  // namespace

BundleSet ApproximateBundles(std::string_view base, const std::vector<HeadFiles>& heads,
                             const BundleOptions& options) {
  BundleSet set;
  set.bundler = "v2";
  set.base = base;
  set.approximate = true;
  std::vector<Known> known = ByCommit(heads);
  for (const Known& commit : known) {
    if (!commit.complete) ListSingly(commit, set);
  }
  std::erase_if(known, [](const Known& commit) { return !commit.complete; });
  std::sort(set.individual.begin(), set.individual.end(), [](const Individual& a, const Individual& b) {
    return std::tie(a.issue, a.head) < std::tie(b.issue, b.head);
  });
  std::vector<Members> neighbours(known.size());
  for (const auto& [pair, paths] : Overlaps(known)) {
    neighbours[pair.first].push_back(pair.second);
    neighbours[pair.second].push_back(pair.first);
    const auto [a, b] = std::minmax(known[pair.first].head, known[pair.second].head);
    set.conflicts.push_back({a, b, {paths.begin(), paths.end()}, {}});
  }
  std::sort(set.conflicts.begin(), set.conflicts.end(),
            [](const Conflict& a, const Conflict& b) { return std::tie(a.a, a.b) < std::tie(b.a, b.b); });
  bundler::PartitionRequest request{&neighbours, static_cast<std::size_t>(std::max(options.max_size, 0)), {}};
  for (Members& list : neighbours) std::sort(list.begin(), list.end());
  const bundler::Partition partition = bundler::MakePartition(request);
  set.lower_bound = static_cast<std::int64_t>(partition.lower_bound);
  set.lower_bound_proof = partition.by_clique ? "clique" : "count";
  for (const Members& group : partition.groups) {
    Bundle& bundle = set.bundles.emplace_back();
    std::set<IssueNumber> issues;
    for (std::size_t member : group) {
      bundle.heads.push_back(known[member].head);
      issues.insert(known[member].issues.begin(), known[member].issues.end());
    }
    bundle.issues.assign(issues.begin(), issues.end());
  }
  bundler::NameBundles(options.window, set.bundles);
  return set;
}

}  // namespace clambake
