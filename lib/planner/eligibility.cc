#include "planner/eligibility.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "fmt/format.h"
#include "planner/agents.h"
#include "planner/problem.h"
#include "planner/references.h"

namespace clambake::planner {
namespace {

absl::StatusOr<std::vector<Agent>> SortedAgents(std::vector<Agent> agents) {
  if (agents.empty()) return absl::InvalidArgumentError("agents: at least one is needed");
  std::sort(agents.begin(), agents.end(), [](const Agent& a, const Agent& b) { return a.id < b.id; });
  for (std::size_t i = 0; i < agents.size(); ++i) {
    const Agent& agent = agents[i];
    if (i > 0 && agents[i - 1].id == agent.id) {
      return absl::InvalidArgumentError(fmt::format("agent '{}' appears twice", agent.id));
    }
    if (absl::Status status = CheckAgent(agent); !status.ok()) return status;
  }
  return agents;
}

// Nothing known about the base counts as ahead: finished work is never handed
// out twice.
bool IsAhead(const Branch& branch, std::string_view base_sha) {
  if (branch.ahead_by.has_value()) return *branch.ahead_by > 0;
  return base_sha.empty() || branch.sha != base_sha;
}

// By position: does a finished agent branch of it exist?
std::vector<bool> FinishedBranches(const Backlog& backlog, const IssueTable& table) {
  std::string_view base_sha;
  for (const Branch& branch : backlog.branches) {
    if (branch.name == backlog.default_branch) base_sha = branch.sha;
  }
  std::vector<bool> finished(static_cast<std::size_t>(table.size()));
  for (const Branch& branch : backlog.branches) {
    const std::optional<IssueNumber> number = IssueOfAgentBranch(branch.name);
    if (!number.has_value() || !IsAhead(branch, base_sha)) continue;
    const std::int32_t position = table.Find(*number);
    if (position >= 0) finished[static_cast<std::size_t>(position)] = true;
  }
  return finished;
}

using PullsOf = absl::flat_hash_map<std::int32_t, std::vector<std::int64_t>>;

// By position: the open pull requests that work on it already.
PullsOf OpenPulls(const Backlog& backlog, const IssueTable& table) {
  PullsOf pulls;
  for (const Pull& pull : backlog.pulls) {
    if (pull.state != State::kOpen || HasLabel(pull.labels, "route:ready_to_merge")) continue;
    std::vector<IssueNumber> numbers = ReferencedIssues(pull.body, backlog.repository);
    if (const auto number = IssueOfAgentBranch(pull.head_ref)) numbers.push_back(*number);
    for (const IssueNumber number : numbers) {
      const std::int32_t position = table.Find(number);
      if (position >= 0) pulls[position].push_back(pull.number);
    }
  }
  for (auto& [position, by] : pulls) {
    std::sort(by.begin(), by.end());
    by.erase(std::unique(by.begin(), by.end()), by.end());
  }
  return pulls;
}

std::optional<UnassignedReason> LabelReason(const LabelFacts& labels) {
  if (labels.human_only) return UnassignedReason::kHumanOnly;
  if (labels.review) return UnassignedReason::kReview;
  if (labels.ready_to_merge) return UnassignedReason::kReadyToMerge;
  if (!labels.ready) return UnassignedReason::kNotReady;
  return std::nullopt;
}

// The holder among the agents of the list, the first by id.
std::int32_t HolderOf(const Issue& issue, const std::vector<Agent>& agents) {
  std::int32_t holder = kNone;
  for (const std::string& label : issue.labels) {
    if (!IsAgentLabel(label)) continue;
    const std::int32_t found = FindAgent(agents, label);
    if (found != kNone && (holder == kNone || found < holder)) holder = found;
  }
  return holder;
}

void FetchAhead(const IssueTable& table, std::int32_t position) {
  constexpr std::int32_t kFar = 16;
  constexpr std::int32_t kNear = 8;
  table.FetchLabels(position + kFar);
  if (position + kNear >= table.size()) return;
  for (const std::string& label : table[position + kNear].labels) __builtin_prefetch(label.data());
}

void JudgeHolder(Intake& intake, std::int32_t position) {
  const std::int32_t holder = HolderOf(intake.table[position], intake.agents);
  if (holder == kNone) {
    intake.Reject(position, UnassignedReason::kHeld);
    return;
  }
  intake.fate[position] = Fate::kRunning;
  intake.holder[position] = holder;
}

void NoteOverload(Intake& intake) {
  Column<std::int32_t> running(intake.agents.size());
  for (const std::int32_t holder : intake.holder) {
    if (holder != kNone) ++running[holder];
  }
  for (std::int32_t agent = 0; agent < running.count(); ++agent) {
    const Agent& it = intake.agents[static_cast<std::size_t>(agent)];
    if (running[agent] <= it.capacity) continue;
    intake.notes.push_back(
        fmt::format("{} holds {} issues with a capacity of {}; it takes nothing new before they finish.",
                    it.id, running[agent], it.capacity));
  }
}

}  // namespace

void Intake::Reject(std::int32_t position, UnassignedReason reason, std::vector<std::int64_t> by) {
  fate[position] = Fate::kOut;
  out.push_back({table.number(position), reason, std::move(by)});
}

absl::Status CheckAgent(const Agent& agent) {
  constexpr int kMaxCapacity = 1'000;
  if (agent.capacity >= 1 && agent.capacity <= kMaxCapacity) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("agent '{}': capacity {} is not between 1 and {}", agent.id, agent.capacity, kMaxCapacity));
}

absl::StatusOr<Intake> JudgeIssues(const PlanRequest& request) {
  absl::StatusOr<std::vector<Agent>> agents = SortedAgents(request.agents);
  if (!agents.ok()) return agents.status();
  absl::StatusOr<IssueTable> table = IssueTable::Make(*request.backlog);
  if (!table.ok()) return table.status();

  Intake intake;
  intake.agents = *std::move(agents);
  intake.table = *std::move(table);
  const auto size = static_cast<std::size_t>(intake.table.size());
  intake.labels.resize(size);
  intake.fate.assign(size, Fate::kPlanned);
  intake.holder.assign(size, kNone);
  const std::vector<bool> finished = FinishedBranches(*request.backlog, intake.table);
  PullsOf pulls = OpenPulls(*request.backlog, intake.table);
  for (std::int32_t position = 0; position < intake.table.size(); ++position) {
    FetchAhead(intake.table, position);
    const LabelFacts labels = intake.labels[position] = ReadLabels(intake.table[position]);
    if (const auto reason = LabelReason(labels)) {
      intake.Reject(position, *reason);
    } else if (finished[static_cast<std::size_t>(position)]) {
      intake.Reject(position, UnassignedReason::kBranchCompleted);
    } else if (const auto found = pulls.find(position); found != pulls.end()) {
      intake.Reject(position, UnassignedReason::kOpenPull, std::move(found->second));
    } else if (labels.held) {
      JudgeHolder(intake, position);
    }
  }
  NoteOverload(intake);
  return intake;
}

}  // namespace clambake::planner
