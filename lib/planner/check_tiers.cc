// ValidatePlan: no agent starts a lower tier while a higher-tier issue that it
// could take is ready. Ready means: blockers finished, file areas free (where
// overlaps are soft, a plan may still wait for an area).
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "fmt/format.h"
#include "planner/check_areas.h"
#include "planner/labels.h"
#include "planner/plan_check.h"

namespace clambake::planner {
namespace {

struct StartOfLower {
  std::int64_t time = 0;
  std::size_t job = 0;
};

// Jobs that require the same skills see the same agents.
std::string SkillKey(const std::set<std::string>& skills, const Issue& issue) {
  std::set<std::string> required;
  for (const std::string& label : issue.labels) {
    if (skills.contains(label)) required.insert(label);
  }
  std::string key;
  for (const std::string& skill : required) key += skill + '\n';
  return key;
}

class TierCheck {
 public:
  explicit TierCheck(const PlanCheck& check) : check_(check), uses_(UsesOfPaths(check)) {
    for (std::size_t job = 0; job < check.jobs.size(); ++job) by_start_.push_back(job);
    std::sort(by_start_.begin(), by_start_.end(), [&](std::size_t a, std::size_t b) {
      return check.jobs[a].assignment->start_minutes < check.jobs[b].assignment->start_minutes;
    });
  }

  absl::Status Run() {
    std::set<std::string> skills;
    for (const Agent& agent : check_.plan->agents) skills.insert(agent.skills.begin(), agent.skills.end());
    std::map<std::string, std::vector<std::size_t>> classes;
    for (std::size_t job = 0; job < check_.jobs.size(); ++job) {
      if (check_.jobs[job].assignment->running) continue;
      classes[SkillKey(skills, *check_.jobs[job].issue)].push_back(job);
    }
    for (const auto& [key, jobs] : classes) {
      CollectStarts(*check_.jobs[jobs.front()].issue);
      for (const std::size_t job : jobs) {
        if (auto status = CheckJob(job); !status.ok()) return status;
      }
    }
    return absl::OkStatus();
  }

 private:
  // By tier: what starts below it at agents that could take `issue`.
  void CollectStarts(const Issue& issue) {
    std::vector<bool> may(check_.plan->agents.size());
    for (std::size_t agent = 0; agent < may.size(); ++agent) {
      may[agent] = MayTake(*check_.plan, check_.plan->agents[agent], issue);
    }
    for (auto& starts : lower_) starts.clear();
    for (const std::size_t job : by_start_) {
      const CheckedJob& it = check_.jobs[job];
      if (it.assignment->running || !may[static_cast<std::size_t>(it.assignment->agent)]) continue;
      for (std::uint8_t tier = 0; tier < it.tier; ++tier) {
        lower_[tier].push_back({it.assignment->start_minutes, job});
      }
    }
  }

  absl::Status CheckJob(std::size_t job) {
    const CheckedJob& it = check_.jobs[job];
    const auto& starts = lower_[it.tier];
    auto start = std::lower_bound(starts.begin(), starts.end(), it.ready,
                                  [](const StartOfLower& s, std::int64_t time) { return s.time < time; });
    for (; start != starts.end() && start->time < it.assignment->start_minutes; ++start) {
      if (!it.paths.empty() && InUse(job, start->time)) continue;
      return Breach(fmt::format("#{} starts at minute {} although #{} of a higher tier is ready",
                                check_.jobs[start->job].issue->number, start->time, it.issue->number));
    }
    return absl::OkStatus();
  }

  // True if work of others keeps `job` from its file areas at `time`. Work of
  // a lower tier that starts at that very moment does not count: it should
  // have let this one go first.
  bool InUse(std::size_t job, std::int64_t time) const {
    const auto blocks = [&](const Span& span) {
      const CheckedJob& other = check_.jobs[span.job];
      if (span.job == job || span.begin > time || span.end <= time) return false;
      return span.begin < time || other.assignment->running || other.tier <= check_.jobs[job].tier;
    };
    const auto any = [&](const std::vector<Span>& spans) {
      return std::any_of(spans.begin(), spans.end(), blocks);
    };
    for (const std::string& path : check_.jobs[job].paths) {
      const PathUse& use = uses_.at(path);
      if (any(use.whole) || any(use.below)) return true;
      for (const std::string& directory : DirectoriesAbove(path)) {
        const auto found = uses_.find(directory);
        if (found != uses_.end() && any(found->second.whole)) return true;
      }
    }
    return false;
  }

  const PlanCheck& check_;
  PathUses uses_;
  std::vector<std::size_t> by_start_;
  std::array<std::vector<StartOfLower>, kTiers> lower_;
};

}  // namespace

absl::Status CheckTiers(const PlanCheck& check) { return TierCheck(check).Run(); }

}  // namespace clambake::planner
