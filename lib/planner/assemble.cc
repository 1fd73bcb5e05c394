#include "planner/assemble.h"

#include <algorithm>
#include <utility>

#include "planner/dependencies.h"
#include "planner/estimates.h"
#include "planner/file_areas.h"
#include "planner/order.h"
#include "planner/skills.h"

namespace clambake::planner {
namespace {

// By position: the job, or kNone for an issue that is not planned.
struct JobNumbers {
  Column<std::int32_t> job_of;
  std::int32_t jobs = 0;
};

JobNumbers NumberJobs(const Intake& intake) {
  JobNumbers numbers;
  numbers.job_of.assign(static_cast<std::size_t>(intake.table.size()), kNone);
  for (std::int32_t position = 0; position < numbers.job_of.count(); ++position) {
    if (intake.fate[position] != Fate::kOut) numbers.job_of[position] = numbers.jobs++;
  }
  return numbers;
}

void AddJobs(const Intake& intake, const Skills& skills, const FileAreas& areas,
             const Column<std::int64_t>& minutes, const JobNumbers& numbers, Assembly& assembly) {
  Problem& problem = assembly.problem;
  const auto jobs = static_cast<std::size_t>(numbers.jobs);
  assembly.issue.resize(jobs);
  assembly.priority.resize(jobs);
  problem.minutes.resize(jobs);
  problem.tier.resize(jobs);
  for (auto* column : {&problem.skill, &problem.area_set, &problem.held_by}) column->resize(jobs);
  for (std::int32_t position = 0; position < intake.table.size(); ++position) {
    const std::int32_t job = numbers.job_of[position];
    if (job == kNone) continue;
    const Priority priority = intake.labels[position].priority;
    assembly.issue[job] = intake.table.number(position);
    assembly.priority[job] = priority;
    problem.minutes[job] = minutes[position];
    problem.tier[job] = TierOf(priority);
    problem.skill[job] = skills.skill[position];
    problem.area_set[job] = areas.area_set[position];
    problem.held_by[job] = intake.holder[position];
  }
}

void AddPrecedence(const Rows& before, const JobNumbers& numbers, Problem& problem) {
  Rows& rows = problem.before;
  rows.begin.reserve(static_cast<std::size_t>(numbers.jobs) + 1);
  rows.items.reserve(before.items.size());
  for (std::int32_t position = 0; position < before.size(); ++position) {
    if (numbers.job_of[position] == kNone) continue;
    for (const std::int32_t blocker : before[position]) rows.items.push_back(numbers.job_of[blocker]);
    rows.begin.push_back(rows.items.count());
  }
  problem.after = Transpose(problem.before, problem.jobs());
}

}  // namespace

absl::StatusOr<Assembly> Assemble(const PlanRequest& request) {
  absl::StatusOr<Intake> intake = JudgeIssues(request);
  if (!intake.ok()) return intake.status();
  absl::StatusOr<Column<std::int64_t>> minutes = EstimateIssues(request, *intake);
  if (!minutes.ok()) return minutes.status();
  Skills skills = MatchSkills(*intake);
  const Rows before = ResolveDependencies(*request.backlog, *intake);
  FileAreas areas = FindAreas(*request.backlog, *intake);

  Assembly assembly;
  assembly.considered = intake->table.size();
  const JobNumbers numbers = NumberJobs(*intake);
  AddJobs(*intake, skills, areas, *minutes, numbers, assembly);
  AddPrecedence(before, numbers, assembly.problem);
  Problem& problem = assembly.problem;
  problem.area_sets = std::move(areas.area_sets);
  problem.area_count = areas.area_count;
  for (const Agent& agent : intake->agents) problem.capacity.push_back(agent.capacity);
  problem.group = std::move(skills.group);
  problem.group_count = skills.group_skills.size();
  problem.skill_groups = std::move(skills.skill_groups);
  problem.group_skills = std::move(skills.group_skills);
  assembly.agents = std::move(intake->agents);
  assembly.out = std::move(intake->out);
  std::sort(assembly.out.begin(), assembly.out.end(),
            [](const Unassigned& a, const Unassigned& b) { return a.issue < b.issue; });
  assembly.notes = std::move(intake->notes);
  return assembly;
}

// Job by job to wherever it belongs in the plan: reading all that is known of
// each in the order of the plan would be a cache miss for every fact.
void WriteSchedule(const Assembly& assembly, const Schedule& schedule, Plan& plan) {
  const Problem& problem = assembly.problem;
  const Column<std::int32_t> order = OrderByTime(schedule, problem.agents());
  Column<std::int32_t> place(order.size());
  for (std::int32_t i = 0; i < order.count(); ++i) place[order[i]] = i;
  plan.assignments.clear();
  plan.assignments.resize(order.size());
  for (std::int32_t job = 0; job < problem.jobs(); ++job) {
    const bool running = problem.held_by[job] != kNone;
    plan.assignments[static_cast<std::size_t>(place[job])] = {
        .issue = assembly.issue[job],
        .agent = schedule.agent[job],
        .start_minutes = schedule.start[job],
        .finish_minutes = schedule.start[job] + problem.minutes[job],
        .now = running || schedule.start[job] == 0,
        .running = running,
        .priority = assembly.priority[job]};
  }
  plan.makespan_minutes = schedule.makespan;
}

}  // namespace clambake::planner
