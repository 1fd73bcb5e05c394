#include "bundler/candidates.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"

namespace clambake::bundler {
namespace {

using History = Memory::History;

// One commit that some heads name, before it is known what becomes of it.
struct Named {
  std::set<IssueNumber> issues;
  bool by_id = false;        // somebody gave the id, so no ref need hold it
  bool beyond_base = false;  // the base is among its ancestors
};

void Reject(const std::string& head, const std::set<IssueNumber>& issues, std::string reason,
            std::vector<std::string> paths, Candidates& out, std::string detail = "") {
  Individual individual{head, 0, std::move(reason), std::move(paths), std::move(detail)};
  if (issues.empty()) out.individual.push_back(individual);
  for (IssueNumber issue : issues) {
    individual.issue = issue;
    out.individual.push_back(individual);
  }
}

absl::StatusOr<std::map<std::string, Named>> ResolveHeads(GitRepo& repo, const std::vector<Head>& heads,
                                                          Candidates& out) {
  std::vector<std::string> revs;
  revs.reserve(heads.size());
  for (const Head& head : heads) revs.push_back(head.rev);
  CLAMBAKE_ASSIGN_OR_RETURN(auto ids, repo.Resolve(revs));
  std::map<std::string, Named> named;
  std::map<std::string, std::set<IssueNumber>> missing;
  for (std::size_t i = 0; i < heads.size(); ++i) {
    std::set<IssueNumber>& issues = ids[i] ? named[*ids[i]].issues : missing[heads[i].rev];
    if (heads[i].issue > 0) issues.insert(heads[i].issue);
    if (ids[i] && ids[i]->starts_with(heads[i].rev)) named[*ids[i]].by_id = true;
  }
  for (const auto& [rev, issues] : missing) Reject(rev, issues, "missing", {}, out);
  return named;
}

absl::Status RejectForcedAway(GitRepo& repo, std::map<std::string, Named>& named, Candidates& out) {
  std::vector<std::string> by_id;
  for (const auto& [id, head] : named) {
    if (head.by_id) by_id.push_back(id);
  }
  if (by_id.empty()) return absl::OkStatus();
  CLAMBAKE_ASSIGN_OR_RETURN(std::vector<std::string> gone, repo.Unreachable(by_id));
  for (const std::string& id : gone) {
    const auto head = named.find(id);
    if (head == named.end()) continue;
    Reject(id, head->second.issues, "forced_away", {}, out);
    named.erase(head);
  }
  return absl::OkStatus();
}

std::vector<std::string> Ids(const std::map<std::string, Named>& named) {
  std::vector<std::string> ids;
  for (const auto& [id, head] : named) ids.push_back(id);
  return ids;
}

// Whether a commit's history comes to commits of the base, and to its tip.
struct Reached {
  bool history = false;
  bool tip = false;
};

// The commits that `head` reaches and the base does not. Appends to `own`.
Reached WalkOwn(const History& history, std::string_view base, std::string_view head,
                std::vector<std::string_view>& own) {
  // A view already here: the set would keep views of copies that braces make of strings.
  absl::flat_hash_set<std::string_view> seen = {head};
  std::vector<std::string_view> open = {head};
  Reached reached;
  while (!open.empty()) {
    const auto commit = history.find(absl::string_view(open.back().data(), open.back().size()));
    if (commit == history.end()) {
      reached.history = true;
      reached.tip = reached.tip || open.back() == base;
      open.pop_back();
      continue;
    }
    open.pop_back();
    own.push_back(commit->first);
    for (const std::string& parent : commit->second.parents) {
      if (seen.insert(parent).second) open.emplace_back(parent);
    }
  }
  return reached;
}

void RejectByHistory(const Memory& memory, const std::string& base, const History& history,
                     std::map<std::string, Named>& named, Candidates& out) {
  for (auto head = named.begin(); head != named.end();) {
    std::vector<std::string_view> own;
    const bool merged = !history.contains(head->first);
    const Reached reached = merged ? Reached{} : WalkOwn(history, base, head->first, own);
    if (const std::string* const broken = memory.Broken(head->first)) {
      Reject(head->first, head->second.issues, "git_failed", {}, out, *broken);
    } else if (merged || !reached.history) {
      Reject(head->first, head->second.issues, merged ? "merged" : "unrelated", {}, out);
    } else {
      head->second.beyond_base = reached.tip;
      ++head;
      continue;
    }
    head = named.erase(head);
  }
}

// A head whose tree is not there: git 2.39 would merge it as if it deleted everything.
absl::Status RejectWithoutTree(Memory& memory, std::map<std::string, Named>& named, Candidates& out) {
  if (memory.Trees(Ids(named)).ok()) return absl::OkStatus();
  for (auto head = named.begin(); head != named.end();) {
    const absl::Status tree = memory.Trees({head->first}).status();
    if (!tree.ok() && !absl::IsNotFound(tree)) return tree;
    if (!tree.ok())
      Reject(head->first, head->second.issues, "git_failed", {}, out, std::string(tree.message()));
    head = tree.ok() ? std::next(head) : named.erase(head);
  }
  return absl::OkStatus();
}

// What merging each head alone onto the base makes. Where the base is among
// its ancestors that is the head's own tree.
absl::StatusOr<std::vector<MergeResult>> OntoBase(Memory& memory, const std::string& base,
                                                  const std::map<std::string, Named>& named) {
  std::vector<std::string> beyond;
  for (const auto& [id, head] : named) {
    if (head.beyond_base) beyond.push_back(id);
  }
  CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<std::string> trees, memory.Trees(beyond));
  std::vector<MergePair> pairs;
  for (const auto& [id, head] : named) {
    if (!head.beyond_base) pairs.push_back({base, id});
  }
  CLAMBAKE_ASSIGN_OR_RETURN(const auto merged, memory.Merge(pairs));
  std::vector<MergeResult> results;
  auto tree = trees.begin();
  auto merge = merged.begin();
  for (const auto& [id, head] : named) {
    if (head.beyond_base) {
      results.push_back({MergeResult::Verdict::kClean, *tree++, {}, ""});
    } else {
      results.push_back(**merge++);
    }
  }
  return results;
}

// Those that come out clean and change something are candidates.
absl::Status MergeOntoBase(Memory& memory, const std::string& base, const History& history,
                           const std::map<std::string, Named>& named, Candidates& out) {
  CLAMBAKE_ASSIGN_OR_RETURN(std::vector<std::string> base_tree, memory.Trees({base}));
  out.base_tree = std::move(base_tree.front());
  CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<MergeResult> results, OntoBase(memory, base, named));
  auto next = results.begin();
  for (const auto& [id, head] : named) {
    const MergeResult& result = *next++;
    if (result.verdict == MergeResult::Verdict::kFailed) {
      Reject(id, head.issues, "git_failed", {}, out, result.error);
    } else if (result.verdict == MergeResult::Verdict::kConflict) {
      Reject(id, head.issues, "conflicts_with_base", result.paths, out);
    } else if (result.tree == out.base_tree) {
      Reject(id, head.issues, "empty", {}, out);
    } else {
      Candidate candidate;
      candidate.id = id;
      candidate.issues.assign(head.issues.begin(), head.issues.end());
      candidate.committed_at = history.at(id).committed_at;
      candidate.tree = result.tree;
      out.all.push_back(std::move(candidate));
    }
  }
  return absl::OkStatus();
}

// One of which a folder is not there must not take the others with it.
absl::Status ReadChanges(Memory& memory, Candidates& out) {
  std::vector<std::string> trees;
  for (const Candidate& candidate : out.all) trees.push_back(candidate.tree);
  const auto all = memory.Changes(out.base_tree, trees);
  std::vector<Candidate> read;
  for (Candidate& candidate : out.all) {
    const auto alone = memory.Changes(out.base_tree, {candidate.tree});
    if (alone.ok()) {
      candidate.changes = alone->front();
      read.push_back(std::move(candidate));
    } else {
      const std::set<IssueNumber> issues(candidate.issues.begin(), candidate.issues.end());
      Reject(candidate.id, issues, "git_failed", {}, out, std::string(alone.status().message()));
    }
  }
  if (read.empty() && !all.ok()) return all.status();
  out.all = std::move(read);
  return absl::OkStatus();
}

absl::Status MakeTestMerges(Memory& memory, const std::string& base, Candidates& out) {
  CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<std::string> root, memory.WriteCommits({{out.base_tree, {}}}));
  std::vector<NewCommit> commits;
  for (const Candidate& candidate : out.all) {
    commits.push_back({candidate.tree, {base, candidate.id}});
    commits.push_back({candidate.tree, root});
  }
  CLAMBAKE_ASSIGN_OR_RETURN(std::vector<std::string> ids, memory.WriteCommits(commits));
  for (std::size_t i = 0; i < out.all.size(); ++i) {
    out.all[i].test_merge = std::move(ids[2 * i]);
    out.all[i].on_base = std::move(ids[2 * i + 1]);
  }
  return absl::OkStatus();
}

void FindRelated(const std::string& base, const History& history, Candidates& out) {
  absl::flat_hash_map<std::string_view, std::vector<std::size_t>> heads_of;
  for (std::size_t i = 0; i < out.all.size(); ++i) {
    std::vector<std::string_view> own;
    WalkOwn(history, base, out.all[i].id, own);
    for (std::string_view commit : own) heads_of[commit].push_back(i);
  }
  absl::flat_hash_set<std::pair<std::size_t, std::size_t>> related;
  for (const auto& [commit, heads] : heads_of) {
    for (std::size_t a = 0; a < heads.size(); ++a) {
      for (std::size_t b = a + 1; b < heads.size(); ++b) related.insert({heads[a], heads[b]});
    }
  }
  out.related.assign(related.begin(), related.end());
  std::sort(out.related.begin(), out.related.end());
}

}  // namespace

absl::StatusOr<Candidates> FindCandidates(Memory& memory, const std::string& base,
                                          const std::vector<Head>& heads) {
  Candidates out;
  CLAMBAKE_ASSIGN_OR_RETURN(auto named, ResolveHeads(memory.repo(), heads, out));
  CLAMBAKE_RETURN_IF_ERROR(RejectForcedAway(memory.repo(), named, out));
  const History& history = memory.CommitsBeyond(base, Ids(named));
  RejectByHistory(memory, base, history, named, out);
  CLAMBAKE_RETURN_IF_ERROR(RejectWithoutTree(memory, named, out));
  CLAMBAKE_RETURN_IF_ERROR(MergeOntoBase(memory, base, history, named, out));
  std::sort(out.all.begin(), out.all.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(a.committed_at, a.issues, a.id) < std::tie(b.committed_at, b.issues, b.id);
  });
  CLAMBAKE_RETURN_IF_ERROR(ReadChanges(memory, out));
  CLAMBAKE_RETURN_IF_ERROR(MakeTestMerges(memory, base, out));
  FindRelated(base, history, out);
  std::sort(out.individual.begin(), out.individual.end(), [](const Individual& a, const Individual& b) {
    return std::tie(a.reason, a.head, a.issue) < std::tie(b.reason, b.head, b.issue);
  });
  return out;
}

}  // namespace clambake::bundler
