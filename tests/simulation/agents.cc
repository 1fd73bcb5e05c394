// Coding agents: they find or claim an issue, commit, land; or stall, or die.
#include <algorithm>
#include <optional>

#include "fmt/format.h"
#include "tests/simulation/actors.h"
#include "tests/simulation/process.h"

namespace clambake::simulation {
namespace {

constexpr absl::Duration kLease = absl::Hours(24);

class SimulatedAgent {
 public:
  SimulatedAgent(World& world, unsigned number)
      : world_(world),
        id_(fmt::format("agent{:03}", number + 1)),
        process_(world, id_, Process::Kind::kSturdy) {}

  void Run() {
    while (!world_.over) {
      Pause(absl::Minutes(20 + world_.baton.Below(90)));
      const std::optional<Work> mine = FindOwn();
      if (mine && mine->state == WorkState::kClaimed) {
        WorkOn(*mine);
      } else if (!mine && world_.baton.Roll(150)) {
        process_.store().ClaimNext(kScope, id_, kLease).IgnoreError();
      }
    }
  }

 private:
  void Pause(absl::Duration duration) {
    world_.baton.Pause(duration);
    world_.MayGoOn();
  }

  std::optional<Work> FindOwn() {
    const absl::StatusOr<std::vector<Work>> all = process_.store().ListWork(kScope);
    if (!all.ok()) return std::nullopt;
    for (const Work& work : *all) {
      if (work.owner == id_ && (work.state == WorkState::kClaimed || work.state == WorkState::kSafe))
        return work;
    }
    return std::nullopt;
  }

  // The branch that was made for it, or its own.
  std::string BranchFor(IssueNumber issue) {
    const std::string plain = fmt::format("{}/{}", id_, issue);
    for (const auto& [name, sha] : world_.git->ListRefs("refs/heads/" + plain)) {
      const std::string branch = name.substr(sizeof("refs/heads/") - 1);
      if (branch == plain || branch.starts_with(plain + "-")) return branch;
    }
    world_.git->SetRef("refs/heads/" + plain, *world_.git->FindRef("refs/heads/main"));
    return plain;
  }

  void Commit(const std::string& branch, IssueNumber issue) {
    const std::string ref = "refs/heads/" + branch;
    const std::optional<std::string> tip = world_.git->FindRef(ref);
    if (!tip) return;
    const std::string path = fmt::format("src/area{}.cc", world_.baton.Below(12));
    const std::string content = fmt::format("{} {} {}", issue, branch, ++commits_);
    world_.git->SetRef(ref, world_.github.AddCommit(*tip, path, content));
    world_.Event(id_, fmt::format("commits to {}", branch));
  }

  void WorkOn(const Work& work) {
    if (!world_.github.world().issues.at(work.issue).open) {
      process_.store().Release(kScope, ClaimOf(work)).IgnoreError();
      return;
    }
    const std::string branch = BranchFor(work.issue);
    for (unsigned left = 1 + world_.baton.Below(4); left > 0; --left) {
      Pause(absl::Minutes(30 + world_.baton.Below(360)));
      if (world_.Strikes(world_.scenario.trouble)) Pause(absl::Hours(20 + world_.baton.Below(60)));
      if (world_.Strikes(world_.scenario.trouble / 4))
        return;  // died: another life begins, and finds it again
      // Taken away meanwhile, as far as it can see: it stops.
      const std::optional<Work> now = FindOwn();
      if (!now || now->issue != work.issue) return;
      Commit(branch, work.issue);
    }
    if (world_.Strikes(world_.scenario.trouble / 4)) {
      process_.store().Release(kScope, ClaimOf(work)).IgnoreError();
      return;
    }
    Land(work, branch);
  }

  static Claim ClaimOf(const Work& work) { return {work.issue, work.owner, work.fence, work.lease_until}; }

  // Insists as long as the state does not answer. What it carries is the fence
  // that it began with: if that is void, the work is somebody else's.
  void Land(const Work& work, const std::string& branch) {
    absl::Status landed;
    do {
      landed = process_.store().Land(kScope, ClaimOf(work), branch);
      if (absl::IsUnavailable(landed)) Pause(absl::Minutes(1));
    } while (absl::IsUnavailable(landed));
    world_.trace.Add(world_.baton.Now(), id_, fmt::format("lands #{}: {}", work.issue, landed.ToString()));
    if (landed.ok() && world_.baton.Roll(500)) LabelFinished(work.issue);
  }

  // As agents did before there was a state: by themselves, on GitHub.
  void LabelFinished(IssueNumber number) {
    std::vector<std::string>& labels = world_.github.world().issues.at(number).labels;
    std::erase_if(labels, [&](const std::string& label) { return label == "route:ready" || label == id_; });
    if (!HasLabel(labels, "route:review")) labels.emplace_back("route:review");
  }

  World& world_;
  const std::string id_;
  Process process_;
  std::uint64_t commits_ = 0;
};

}  // namespace

void RunAgent(World& world, unsigned number) { SimulatedAgent(world, number).Run(); }

}  // namespace clambake::simulation
