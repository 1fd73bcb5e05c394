#include "bundler/history.h"

#include <utility>

#include "absl/container/flat_hash_set.h"

namespace clambake::bundler {

absl::Status History::Add(GitRepo& repo, const std::vector<std::string>& heads) {
  absl::StatusOr<std::vector<GitCommit>> commits = repo.CommitsBeyond(base_, heads);
  if (!commits.ok()) return commits.status();
  for (GitCommit& commit : *commits) commits_[commit.id] = std::move(commit);
  return absl::OkStatus();
}

History History::Read(GitRepo& repo, std::string base, const std::vector<std::string>& heads) {
  History history;
  history.base_ = std::move(base);
  if (history.Add(repo, heads).ok()) return history;
  for (const std::string& head : heads) {
    if (absl::Status alone = history.Add(repo, {head}); !alone.ok())
      history.broken_[head] = std::string(alone.message());
  }
  return history;
}

const std::string* History::Broken(const std::string& head) const {
  const auto found = broken_.find(head);
  return found == broken_.end() ? nullptr : &found->second;
}

OwnHistory History::Of(const std::string& head) const {
  OwnHistory own;
  absl::flat_hash_set<std::string> seen = {head};
  std::vector<std::string> open = {head};
  while (!open.empty()) {
    const std::string id = std::move(open.back());
    open.pop_back();
    const auto commit = commits_.find(id);
    if (commit == commits_.end()) {
      own.meets_base = own.meets_base || id != head;
      own.on_base = own.on_base || id == base_;
      continue;
    }
    own.commits.push_back(id);
    for (const std::string& parent : commit->second.parents) {
      if (seen.insert(parent).second) open.push_back(parent);
    }
  }
  return own;
}

}  // namespace clambake::bundler
