// How many merges to the main line other bundlers' rules take on the same
// heads, conflicts known.
#ifndef CLAMBAKE_TESTS_BENCH_BUNDLER_RULES_H_
#define CLAMBAKE_TESTS_BENCH_BUNDLER_RULES_H_

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bundler/candidates.h"
#include "bundler/partition.h"
#include "clambake/factory.h"
#include "tests/bench/bundler/material.h"

namespace clambake::bench {

using Members = std::vector<std::size_t>;

inline bool Clashes(const std::vector<Members>& neighbours, const Members& group, std::size_t member) {
  return std::any_of(group.begin(), group.end(), [&](std::size_t other) {
    return std::binary_search(neighbours[member].begin(), neighbours[member].end(), other);
  });
}

// Oldest first: whoever merges joins, until the batch is full.
inline std::size_t CountByTide(const std::vector<Members>& neighbours, std::size_t size) {
  Members waiting;
  for (std::size_t i = 0; i < neighbours.size(); ++i) waiting.push_back(i);
  std::size_t count = 0;
  for (; !waiting.empty(); ++count) {
    Members batch;
    Members rest;
    for (std::size_t member : waiting) {
      (batch.size() < size && !Clashes(neighbours, batch, member) ? batch : rest).push_back(member);
    }
    waiting = std::move(rest);
  }
  return count;
}

// The oldest as a batch; one that conflicts is halved.
inline std::size_t CountByBors(const std::vector<Members>& neighbours, std::size_t size) {
  std::vector<Members> open;
  for (std::size_t i = 0; i < neighbours.size(); ++i) {
    if (i % size == 0) open.emplace_back();
    open.back().push_back(i);
  }
  std::size_t count = 0;
  while (!open.empty()) {
    const Members batch = std::move(open.back());
    open.pop_back();
    Members clean;
    for (std::size_t member : batch) {
      if (!Clashes(neighbours, clean, member)) clean.push_back(member);
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

// The fewest bundles without two heads that change one file.
inline std::size_t CountByFileOverlap(const bundler::Candidates& candidates, std::size_t size) {
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
  const bundler::PartitionRequest request{&neighbours, size, {}};
  return bundler::MakePartition(request).groups.size();
}

// The old bundler itself, given the heads by the trainload, oldest first. Its
// trains have no limit of their own. "-" where it is not built.
inline std::string CountByLegacy(GitRepo& repo, const std::string& base,
                                 const bundler::Candidates& candidates, std::size_t size) {
  const absl::StatusOr<std::unique_ptr<Bundler>> legacy = NewBundler(Generation::kLegacy, &repo);
  if (!legacy.ok()) return "-";
  std::size_t count = 0;
  for (std::size_t first = 0; first < candidates.all.size(); first += size) {
    BundleRequest request;
    request.base = base;
    const std::size_t end = std::min(candidates.all.size(), first + size);
    for (std::size_t i = first; i < end; ++i) request.heads.push_back({candidates.all[i].id, 0});
    const BundleSet set = Must((*legacy)->MakeBundles(request));
    count += set.bundles.size() + set.individual.size();
  }
  return std::to_string(count);
}

}  // namespace clambake::bench

#endif  // CLAMBAKE_TESTS_BENCH_BUNDLER_RULES_H_
