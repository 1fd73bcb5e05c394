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
Column<std::int32_t> NumberJobs(const Intake& intake) {
  Column<std::int32_t> job_of(static_cast<std::size_t>(intake.table.size()), kNone);
  std::int32_t jobs = 0;
  for (std::int32_t position = 0; position < job_of.count(); ++position) {
    if (intake.fate[position] != Fate::kOut) job_of[position] = jobs++;
  }
  return job_of;
}

void AddJobs(const Intake& intake, const Skills& skills, const FileAreas& areas,
             const Column<std::int64_t>& minutes, Assembly& assembly) {
  Problem& problem = assembly.problem;
  for (std::int32_t position = 0; position < intake.table.size(); ++position) {
    if (intake.fate[position] == Fate::kOut) continue;
    const Priority priority = intake.labels[position].priority;
    assembly.issue.push_back(intake.table.number(position));
    assembly.priority.push_back(priority);
    problem.minutes.push_back(minutes[position]);
    problem.tier.push_back(TierOf(priority));
    problem.skill.push_back(skills.skill[position]);
    problem.area_set.push_back(areas.area_set[position]);
    problem.held_by.push_back(intake.holder[position]);
  }
}

void AddPrecedence(const Rows& before, const Column<std::int32_t>& job_of, Problem& problem) {
  std::vector<std::int32_t> row;
  problem.before.begin.reserve(problem.minutes.size() + 1);
  problem.before.items.reserve(before.items.size());
  for (std::int32_t position = 0; position < before.size(); ++position) {
    if (job_of[position] == kNone) continue;
    row.clear();
    for (const std::int32_t blocker : before[position]) row.push_back(job_of[blocker]);
    problem.before.AddRow(row);
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
  AddJobs(*intake, skills, areas, *minutes, assembly);
  AddPrecedence(before, NumberJobs(*intake), assembly.problem);
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
