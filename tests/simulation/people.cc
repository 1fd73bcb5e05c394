// People around the repository: they write issues, block, relabel and close
// them, merge what is asked for, and put labels right.
#include <algorithm>
#include <charconv>

#include "clambake/github_write.h"
#include "clambake/state_audit.h"
#include "fmt/format.h"
#include "tests/simulation/actors.h"
#include "tests/simulation/invariants.h"

namespace clambake::simulation {
namespace {

class People {
 public:
  explicit People(World& world) : world_(world), baton_(world.baton) {}

  void Run() {
    while (NewIssue()) {
      if (baton_.Roll(600)) break;  // the first ones are there from the start
    }
    absl::Time tomorrow = baton_.Now() + absl::Hours(24);
    while (!world_.over) {
      baton_.Pause(absl::Hours(1) + absl::Minutes(baton_.Below(240)));
      world_.MayGoOn();
      Hour();
      if (baton_.Now() < tomorrow) continue;
      tomorrow += absl::Hours(24);
      Day();
    }
  }

 private:
  void Hour() {
    if (baton_.Roll(700)) NewIssue();
    MergePulls();
    if (world_.scenario.people != 0 && !world_.calm) Meddle();
    world_.invariants->CheckLanded();
  }

  void Day() {
    PutLabelsRight();
    DeleteBranches();
    world_.Event("people", "EndOfDay");
    world_.invariants->CheckLanded();
  }

  bool NewIssue() {
    if (written_ >= world_.scenario.issues || world_.calm) return false;
    ++written_;
    std::vector<std::string> labels = {"route:ready"};
    if (baton_.Roll(300))
      labels.emplace_back(baton_.Roll(500) ? "route:priority-high" : "route:priority-low");
    WorldIssue& issue = world_.github.AddIssue(fmt::format("Issue {}", written_), labels);
    if (baton_.Roll(120)) issue.blocked_by.push_back(AnyIssue(issue.number));
    std::erase(issue.blocked_by, 0);
    if (baton_.Roll(60)) issue.blocked_by_elsewhere.emplace_back("octo/other#3");
    if (baton_.Roll(60))
      issue.body = fmt::format("Depends on #{}", std::max<std::int64_t>(1, issue.number - 1));
    world_.trace.Add(baton_.Now(), "people", fmt::format("write #{}", issue.number));
    return true;
  }

  // An open one below `limit`, 0 if there is none.
  std::int64_t AnyIssue(std::int64_t limit) {
    std::vector<std::int64_t> open;
    for (const auto& [number, issue] : world_.github.world().issues) {
      if (number < limit && issue.open && !issue.is_pull()) open.push_back(number);
    }
    return open.empty() ? 0 : open[baton_.Below(static_cast<unsigned>(open.size()))];
  }

  void Meddle() {
    const std::int64_t number = AnyIssue(world_.github.world().next_number);
    if (number == 0) return;
    WorldIssue& issue = world_.github.world().issues.at(number);
    if (baton_.Roll(30)) {
      Close(issue);
      world_.unwanted.insert(number);
      world_.trace.Add(baton_.Now(), "people", fmt::format("do not want #{} any more", number));
    } else if (baton_.Roll(40)) {
      issue.blocked_by.push_back(AnyIssue(number));
      std::erase(issue.blocked_by, 0);
    } else if (baton_.Roll(60)) {
      // What cannot be read is settled, and the text struck out.
      issue.blocked_by_elsewhere.clear();
    } else if (baton_.Roll(40)) {
      issue.labels.emplace_back(baton_.Roll(500) ? "route:priority-high" : "bug");
    } else if (baton_.Roll(15)) {
      std::erase_if(issue.labels, [](const std::string& label) { return IsAgentLabel(label); });
    }
  }

  void Close(WorldIssue& issue) {
    issue.open = false;
    issue.closed_at = issue.updated_at = baton_.Now();
  }

  // --- Merging ---

  void MergePulls() {
    std::vector<std::int64_t> open;
    for (const auto& [number, issue] : world_.github.world().issues) {
      if (issue.is_pull() && issue.open) open.push_back(number);
    }
    for (const std::int64_t number : open) {
      if (world_.calm || baton_.Roll(400)) Merge(world_.github.world().issues.at(number));
    }
  }

  void Merge(WorldIssue& pull) {
    const std::string main = *world_.git->FindRef("refs/heads/main");
    const auto head = world_.git->FindRef("refs/heads/" + pull.head_ref);
    if (!head) return;
    MemoryGit::Merged merged = world_.git->Merge(main, *head);
    // In conflict: a person resolves it, taking the branch's side.
    const std::string tree = merged.tree.empty() ? TheirSide(main, *head) : merged.tree;
    const std::string sha = world_.git->WriteCommit(
        {.message = fmt::format("Merge {}", pull.number), .tree = tree, .parents = {main, *head}});
    world_.git->SetRef("refs/heads/main", sha);
    pull.merged = true;
    pull.merge_sha = sha;
    Close(pull);
    for (const IssueNumber issue : IssuesOf(pull)) Close(world_.github.world().issues.at(issue));
    if (!pull.head_ref.starts_with("agent")) world_.git->DeleteRef("refs/heads/" + pull.head_ref);
    ++world_.merges;
    world_.trace.Add(baton_.Now(), "people", fmt::format("merge {} ({})", pull.number, pull.head_ref));
    world_.invariants->CheckLanded();
  }

  std::string TheirSide(const std::string& main, const std::string& head) {
    std::vector<GitTreeChange> changes;
    const MemoryGit::Files& theirs = world_.git->FilesOf(head);
    for (const std::string& path : MemoryGit::Changed(world_.git->FilesOf(main), theirs)) {
      const auto file = theirs.find(path);
      if (file != theirs.end())
        changes.push_back({path, "100644", file->second.substr(file->second.find(' ') + 1)});
    }
    return *world_.git->WriteTree(world_.git->FindCommit(main)->tree, changes);
  }

  // "Fixes #12" of v2's, which GitHub closes; "- #12 title" of legacy's, which a person does.
  std::vector<IssueNumber> IssuesOf(const WorldIssue& pull) const {
    std::vector<IssueNumber> issues;
    for (const std::string_view mark : {"Fixes #", "\n- #"}) {
      for (std::size_t at = pull.body.find(mark); at != std::string::npos;
           at = pull.body.find(mark, at + 1)) {
        IssueNumber number = 0;
        const char* const digits = pull.body.data() + at + mark.size();
        std::from_chars(digits, pull.body.data() + pull.body.size(), number);
        if (world_.github.world().issues.contains(number)) issues.push_back(number);
      }
    }
    return issues;
  }

  // --- Housekeeping ---

  // What `clambake state reconcile` shows, a person puts right.
  void PutLabelsRight() {
    const absl::StatusOr<std::vector<Work>> work = world_.store->ListWork(kScope);
    if (!work.ok() || CompareLabels(*work, BacklogOf(world_)).empty()) return;
    for (auto& [number, issue] : world_.github.world().issues) {
      if (issue.is_pull() || !issue.open) continue;
      const auto row =
          std::find_if(work->begin(), work->end(), [&](const Work& each) { return each.issue == number; });
      const bool known = row != work->end();
      const std::string holder =
          known && (row->state == WorkState::kClaimed || row->state == WorkState::kSettling ||
                    row->state == WorkState::kSafe)
              ? row->owner
              : "";
      std::erase_if(issue.labels,
                    [&](const std::string& label) { return IsAgentLabel(label) && label != holder; });
      // Finished, and nobody labelled it: legacy does not.
      if (known && row->state == WorkState::kLanded && HasLabel(issue.labels, "route:ready")) {
        std::erase(issue.labels, "route:ready");
        issue.labels.emplace_back("route:review");
      }
    }
  }

  // Of merged work alone.
  void DeleteBranches() {
    const std::string main = *world_.git->FindRef("refs/heads/main");
    for (const auto& [name, sha] : world_.git->ListRefs("refs/heads/agent")) {
      const std::size_t slash = name.rfind('/');
      IssueNumber number = 0;
      std::from_chars(name.data() + slash + 1, name.data() + name.size(), number);
      const auto issue = world_.github.world().issues.find(number);
      if (issue == world_.github.world().issues.end() || issue->second.open) continue;
      if (world_.git->IsAncestor(sha, main)) world_.git->DeleteRef(name);
    }
  }

  World& world_;
  Baton& baton_;
  unsigned written_ = 0;
};

}  // namespace

void RunPeople(World& world) { People(world).Run(); }

}  // namespace clambake::simulation
