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

// Every folder above a path, and the path itself, mapped to who touches it.
std::map<std::string, std::set<std::size_t>> Touched(const std::vector<HeadFiles>& heads) {
  std::map<std::string, std::set<std::size_t>> touched;
  for (std::size_t i = 0; i < heads.size(); ++i) {
    for (const std::string& path : heads[i].paths) touched[path].insert(i);
  }
  return touched;
}

// For each pair that may conflict, the paths that say so.
std::map<std::pair<std::size_t, std::size_t>, std::set<std::string>> Overlaps(
    const std::vector<HeadFiles>& heads) {
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
  std::vector<HeadFiles> known;
  for (const HeadFiles& head : heads) {
    if (head.complete) known.push_back(head);
    if (!head.complete) set.individual.push_back({head.head, head.issue, "files_unknown", {}, ""});
  }
  // Age is not known: by issue, then id.
  std::sort(known.begin(), known.end(), [](const HeadFiles& a, const HeadFiles& b) {
    return std::tie(a.issue, a.head) < std::tie(b.issue, b.head);
  });
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
      if (known[member].issue > 0) issues.insert(known[member].issue);
    }
    bundle.issues.assign(issues.begin(), issues.end());
  }
  bundler::NameBundles(options.window, set.bundles);
  return set;
}

}  // namespace clambake
