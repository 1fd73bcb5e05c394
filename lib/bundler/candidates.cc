#include "bundler/candidates.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "bundler/history.h"

namespace clambake::bundler {
namespace {

// One commit that some heads name.
struct Named {
  std::set<IssueNumber> issues;
  bool by_id = false;  // somebody gave the id, so no ref need hold it
};

void Reject(const std::string& head, const std::set<IssueNumber>& issues, const Outcome& why,
            Candidates& out) {
  Individual individual{head, 0, why.reason, why.paths, why.detail};
  if (issues.empty()) out.individual.push_back(individual);
  for (IssueNumber issue : issues) {
    individual.issue = issue;
    out.individual.push_back(individual);
  }
}

Outcome Because(std::string reason, std::vector<std::string> paths = {}) {
  return {std::nullopt, std::move(reason), std::move(paths), ""};
}

// The one reason that is not for good.
constexpr absl::string_view kGitFailed = "git_failed";

Outcome GitFailed(absl::string_view words) {
  return {std::nullopt, std::string(kGitFailed), {}, std::string(words)};
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
  for (const auto& [rev, issues] : missing) Reject(rev, issues, Because("missing"), out);
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
    Reject(id, named.at(id).issues, Because("forced_away"), out);
    named.erase(id);
  }
  return absl::OkStatus();
}

// A head of which it is not yet known what becomes of it.
struct Newcomer {
  std::string id;
  OwnHistory own;
  std::int64_t committed_at = 0;
  std::string tree;
};

std::vector<Newcomer> ReadHistory(GitRepo& repo, const std::string& base,
                                  const std::vector<std::string>& heads, Outcomes& outcomes) {
  const History history = History::Read(repo, base, heads);
  std::vector<Newcomer> newcomers;
  for (const std::string& head : heads) {
    OwnHistory own = history.Of(head);
    if (const std::string* const broken = history.Broken(head)) {
      outcomes[head] = GitFailed(*broken);
    } else if (own.commits.empty() || !own.meets_base) {
      outcomes[head] = Because(own.commits.empty() ? "merged" : "unrelated");
    } else {
      newcomers.push_back({head, std::move(own), history.CommittedAt(head), ""});
    }
  }
  return newcomers;
}

// A head whose tree is not there: git 2.39 would merge it as if it deleted everything.
absl::Status ReadTrees(GitRepo& repo, std::vector<Newcomer>& newcomers, Outcomes& outcomes) {
  std::vector<std::string> ids;
  for (const Newcomer& newcomer : newcomers) ids.push_back(newcomer.id);
  auto all = repo.Trees(ids);
  std::vector<Newcomer> read;
  for (std::size_t i = 0; i < newcomers.size(); ++i) {
    auto tree = all.ok() ? std::vector<std::string>{std::move((*all)[i])} : repo.Trees({ids[i]});
    if (!tree.ok() && !absl::IsNotFound(tree.status())) return tree.status();
    if (!tree.ok()) {
      outcomes[ids[i]] = GitFailed(tree.status().message());
      continue;
    }
    newcomers[i].tree = std::move(tree->front());
    read.push_back(std::move(newcomers[i]));
  }
  newcomers = std::move(read);
  return absl::OkStatus();
}

// What merging each head alone onto the base makes. Where the base is among
// its ancestors that is the head's own tree.
absl::StatusOr<std::vector<MergeResult>> OntoBase(GitRepo& repo, const std::string& base,
                                                  const std::vector<Newcomer>& newcomers) {
  std::vector<MergePair> pairs;
  for (const Newcomer& newcomer : newcomers) {
    if (!newcomer.own.on_base) pairs.push_back({base, newcomer.id});
  }
  CLAMBAKE_ASSIGN_OR_RETURN(std::vector<MergeResult> merged, repo.Merge(pairs));
  std::vector<MergeResult> results;
  auto next = merged.begin();
  for (const Newcomer& newcomer : newcomers) {
    results.push_back(newcomer.own.on_base ? MergeResult{MergeResult::Verdict::kClean, newcomer.tree, {}, ""}
                                           : std::move(*next++));
  }
  return results;
}

// Those that come out clean and change something are candidates.
absl::StatusOr<std::vector<Candidate>> MergeOntoBase(GitRepo& repo, const std::string& base,
                                                     const std::string& base_tree,
                                                     std::vector<Newcomer> newcomers, Outcomes& outcomes) {
  CLAMBAKE_ASSIGN_OR_RETURN(std::vector<MergeResult> results, OntoBase(repo, base, newcomers));
  std::vector<Candidate> candidates;
  auto next = results.begin();
  for (Newcomer& newcomer : newcomers) {
    MergeResult& result = *next++;
    if (result.verdict == MergeResult::Verdict::kFailed) {
      outcomes[newcomer.id] = GitFailed(result.error);
    } else if (result.verdict == MergeResult::Verdict::kConflict) {
      outcomes[newcomer.id] = Because("conflicts_with_base", std::move(result.paths));
    } else if (result.tree == base_tree) {
      outcomes[newcomer.id] = Because("empty");
    } else {
      Candidate& candidate = candidates.emplace_back();
      candidate.id = std::move(newcomer.id);
      candidate.committed_at = newcomer.committed_at;
      candidate.tree = std::move(result.tree);
      candidate.commits = std::make_shared<const std::vector<std::string>>(std::move(newcomer.own.commits));
    }
  }
  return candidates;
}

// One of which a folder is not there must not take the others with it. An
// error, if there is one, is that of all at once.
absl::Status ReadChanges(GitRepo& repo, const std::string& base_tree, std::vector<Candidate>& candidates,
                         Outcomes& outcomes) {
  using Changes = std::vector<FileChange>;
  std::vector<TreePair> pairs;
  for (const Candidate& candidate : candidates) pairs.push_back({base_tree, candidate.tree});
  absl::StatusOr<std::vector<Changes>> all = repo.Changes(pairs);
  std::vector<Candidate> read;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    auto changes = all.ok() ? std::vector<Changes>{std::move((*all)[i])} : repo.Changes({pairs[i]});
    if (!changes.ok()) {
      outcomes[candidates[i].id] = GitFailed(changes.status().message());
      continue;
    }
    candidates[i].changes = std::make_shared<const Changes>(std::move(changes->front()));
    read.push_back(std::move(candidates[i]));
  }
  candidates = std::move(read);
  return all.status();
}

absl::Status MakeTestMerges(GitRepo& repo, const std::string& base, const std::string& base_tree,
                            std::vector<Candidate>& candidates) {
  CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<std::string> root, repo.WriteCommits({{base_tree, {}}}));
  std::vector<NewCommit> commits;
  for (const Candidate& candidate : candidates) {
    commits.push_back({candidate.tree, {base, candidate.id}});
    commits.push_back({candidate.tree, root});
  }
  CLAMBAKE_ASSIGN_OR_RETURN(std::vector<std::string> ids, repo.WriteCommits(commits));
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    candidates[i].test_merge = std::move(ids[2 * i]);
    candidates[i].on_base = std::move(ids[2 * i + 1]);
  }
  return absl::OkStatus();
}

void Sort(Candidates& out) {
  std::sort(out.all.begin(), out.all.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(a.committed_at, a.issues, a.id) < std::tie(b.committed_at, b.issues, b.id);
  });
  std::sort(out.individual.begin(), out.individual.end(), [](const Individual& a, const Individual& b) {
    return std::tie(a.reason, a.head, a.issue) < std::tie(b.reason, b.head, b.issue);
  });
}

}  // namespace

absl::Status CandidateFinder::SetBase(const std::string& base) {
  if (base == base_) return absl::OkStatus();
  known_.clear();
  base_.clear();
  CLAMBAKE_ASSIGN_OR_RETURN(std::vector<std::string> trees, repo_->Trees({base}));
  base_tree_ = std::move(trees.front());
  base_ = base;
  return absl::OkStatus();
}

absl::Status CandidateFinder::Learn(const std::vector<std::string>& heads, Outcomes& outcomes) const {
  if (heads.empty()) return absl::OkStatus();
  std::vector<Newcomer> newcomers = ReadHistory(*repo_, base_, heads, outcomes);
  CLAMBAKE_RETURN_IF_ERROR(ReadTrees(*repo_, newcomers, outcomes));
  CLAMBAKE_ASSIGN_OR_RETURN(std::vector<Candidate> candidates,
                            MergeOntoBase(*repo_, base_, base_tree_, std::move(newcomers), outcomes));
  const absl::Status read = ReadChanges(*repo_, base_tree_, candidates, outcomes);
  // Not one has ever been read: it is not the heads' fault.
  if (candidates.empty() && known_.empty() && !read.ok()) return read;
  CLAMBAKE_RETURN_IF_ERROR(MakeTestMerges(*repo_, base_, base_tree_, candidates));
  for (Candidate& candidate : candidates) {
    Outcome& outcome = outcomes[candidate.id];
    outcome.candidate = std::move(candidate);
  }
  return absl::OkStatus();
}

absl::StatusOr<Candidates> CandidateFinder::Find(const std::string& base, const std::vector<Head>& heads) {
  CLAMBAKE_RETURN_IF_ERROR(SetBase(base));
  Candidates out;
  out.base = base;
  CLAMBAKE_ASSIGN_OR_RETURN(auto named, ResolveHeads(*repo_, heads, out));
  CLAMBAKE_RETURN_IF_ERROR(RejectForcedAway(*repo_, named, out));
  std::vector<std::string> unknown;
  for (const auto& [id, head] : named) {
    if (!known_.contains(id)) unknown.push_back(id);
  }
  Outcomes learned;
  CLAMBAKE_RETURN_IF_ERROR(Learn(unknown, learned));
  for (const auto& [id, head] : named) {
    const auto known = known_.find(id);
    const Outcome& outcome = known == known_.end() ? learned.at(id) : known->second;
    if (!outcome.candidate) {
      Reject(id, head.issues, outcome, out);
      continue;
    }
    out.all.push_back(*outcome.candidate);
    out.all.back().issues.assign(head.issues.begin(), head.issues.end());
  }
  for (auto& [id, outcome] : learned) {
    if (outcome.reason != kGitFailed) known_[id] = std::move(outcome);
  }
  Sort(out);
  return out;
}

}  // namespace clambake::bundler
