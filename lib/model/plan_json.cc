// `clambake.plan/1`, out and in.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/json_view.h"
#include "base/json_writer.h"
#include "base/status_macros.h"
#include "clambake/work_planner.h"
#include "fmt/format.h"
#include "model/decode.h"

namespace clambake {
namespace {

using enum JsonView::Presence;

constexpr std::string_view kSchema = "clambake.plan/1";
constexpr std::int64_t kMaxMinutes = 1'000'000'000'000;  // of a plan: so that sums stay sums

constexpr std::array<std::string_view, 11> kReasonNames = {
    "blocked", "cycle",          "human_only",       "not_ready",
    "review",  "ready_to_merge", "branch_completed", "open_pull_request",
    "held",    "no_idle_agent",  "no_skilled_agent"};

void WriteAssignment(JsonWriter& json, const Plan& plan, const Assignment& assignment) {
  json.Object([&] {
    json.Member("issue", assignment.issue);
    json.Member("agent", plan.agents[static_cast<std::size_t>(assignment.agent)].id);
    json.Member("start", assignment.start_minutes);
    json.Member("finish", assignment.finish_minutes);
    json.Member("now", assignment.now);
    if (assignment.running) json.Member("running", true);
    json.Member("priority", PriorityName(assignment.priority));
  });
}

// Everything that the digest covers: the plan itself, not how it came about.
void WriteContent(JsonWriter& json, const Plan& plan) {
  json.Member("repository", plan.repository);
  json.Member("issues_considered", plan.issues_considered);
  json.Key("assignments");
  json.Array([&] {
    for (const Assignment& assignment : plan.assignments) WriteAssignment(json, plan, assignment);
  });
  json.Key("unassigned");
  json.Array([&] {
    for (const Unassigned& unassigned : plan.unassigned) {
      json.Object([&] {
        json.Member("issue", unassigned.issue);
        json.Member("reason", UnassignedReasonName(unassigned.reason));
        if (!unassigned.by.empty()) json.Values("by", unassigned.by);
      });
    }
  });
  json.Member("makespan", plan.makespan_minutes);
  json.Member("lower_bound", plan.lower_bound_minutes);
  if (!plan.lower_bound_proof.empty()) json.Member("lower_bound_proof", plan.lower_bound_proof);
  json.Key("gap");
  json.Number(fmt::format("{:.4f}", Gap(plan)));
  json.Key("load");
  json.Object([&] {
    const std::vector<std::int64_t> load = Load(plan);
    for (std::size_t i = 0; i < plan.agents.size(); ++i) json.Member(plan.agents[i].id, load[i]);
  });
  json.Values("notes", plan.notes);
}

std::optional<UnassignedReason> ReasonNamed(std::string_view name) {
  const auto* const found = std::find(kReasonNames.begin(), kReasonNames.end(), name);
  if (found == kReasonNames.end()) return std::nullopt;
  return static_cast<UnassignedReason>(found - kReasonNames.begin());
}

std::optional<Priority> PriorityNamed(std::string_view name) {
  for (Priority priority : {Priority::kNone, Priority::kLow, Priority::kMedium, Priority::kHigh,
                            Priority::kVeryHigh, Priority::kReadyToMerge, Priority::kUnblocker}) {
    if (PriorityName(priority) == name) return priority;
  }
  return std::nullopt;
}

// The agents of a plan are the keys of its load.
absl::Status ReadLoad(const JsonView& view, Plan& plan,
                      absl::flat_hash_map<std::string, std::int32_t>& index) {
  const std::optional<JsonView> load = view.Find("load");
  if (!load) return view.Error("\"load\" is missing");
  CLAMBAKE_RETURN_IF_ERROR(load->ExpectObject());
  for (const auto& member : load->value().GetObject()) {
    const std::string id(member.name.GetString(), member.name.GetStringLength());
    if (!index.emplace(id, static_cast<std::int32_t>(plan.agents.size())).second) {
      return load->Error(fmt::format("agent \"{}\" appears twice", id));
    }
    plan.agents.push_back({id, 1, {}});
  }
  return absl::OkStatus();
}

absl::Status ReadAssignment(const JsonView& view,
                            const absl::flat_hash_map<std::string, std::int32_t>& agents,
                            Assignment& assignment) {
  CLAMBAKE_RETURN_IF_ERROR(view.ExpectObject());
  CLAMBAKE_RETURN_IF_ERROR(view.Read("issue", kRequired, 1, kMaxNumber, assignment.issue));
  std::string agent, priority;
  CLAMBAKE_RETURN_IF_ERROR(view.Read("agent", kRequired, agent));
  const auto found = agents.find(agent);
  if (found == agents.end()) return view.Find("agent")->Error("expected an agent that \"load\" names");
  assignment.agent = found->second;
  CLAMBAKE_RETURN_IF_ERROR(view.Read("start", kRequired, 0, kMaxMinutes, assignment.start_minutes));
  CLAMBAKE_RETURN_IF_ERROR(
      view.Read("finish", kRequired, assignment.start_minutes + 1, kMaxMinutes, assignment.finish_minutes));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("now", kRequired, assignment.now));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("running", kOptional, assignment.running));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("priority", kRequired, priority));
  const std::optional<Priority> known = PriorityNamed(priority);
  if (!known) return view.Find("priority")->Error("expected a priority such as \"high\"");
  assignment.priority = *known;
  return absl::OkStatus();
}

absl::Status ReadUnassigned(const JsonView& view, Unassigned& unassigned) {
  CLAMBAKE_RETURN_IF_ERROR(view.ExpectObject());
  CLAMBAKE_RETURN_IF_ERROR(view.Read("issue", kRequired, 1, kMaxNumber, unassigned.issue));
  std::string reason;
  CLAMBAKE_RETURN_IF_ERROR(view.Read("reason", kRequired, reason));
  const std::optional<UnassignedReason> known = ReasonNamed(reason);
  if (!known) return view.Find("reason")->Error("expected a reason such as \"blocked\"");
  unassigned.reason = *known;
  return view.ForEach("by", kOptional, [&](const JsonView& number) {
    return number.As(1, kMaxNumber, unassigned.by.emplace_back());
  });
}

absl::Status ReadHeader(const JsonView& view, Plan& plan) {
  CLAMBAKE_RETURN_IF_ERROR(view.ExpectSchema(kSchema));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("planner", kRequired, plan.planner));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("repository", kOptional, plan.repository));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("issues_considered", kRequired, 0, kMaxNumber, plan.issues_considered));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("makespan", kRequired, 0, kMaxMinutes, plan.makespan_minutes));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("lower_bound", kRequired, 0, kMaxMinutes, plan.lower_bound_minutes));
  return view.Read("lower_bound_proof", kOptional, plan.lower_bound_proof);
}

}  // namespace

std::string_view UnassignedReasonName(UnassignedReason reason) {
  return kReasonNames[static_cast<std::size_t>(reason)];
}

double Gap(const Plan& plan) {
  if (plan.lower_bound_minutes <= 0) return 0;
  return static_cast<double>(plan.makespan_minutes - plan.lower_bound_minutes) /
         static_cast<double>(plan.lower_bound_minutes);
}

std::vector<std::int64_t> Load(const Plan& plan) {
  std::vector<std::int64_t> load(plan.agents.size());
  for (const Assignment& assignment : plan.assignments) {
    load[static_cast<std::size_t>(assignment.agent)] += assignment.finish_minutes - assignment.start_minutes;
  }
  return load;
}

std::string PlanDigest(const Plan& plan) {
  JsonWriter json;
  json.Object([&] {
    json.Member("planner", plan.planner);
    WriteContent(json, plan);
  });
  return Digest(json.Take());
}

std::string PlanToJson(const Plan& plan, const Decision& decision, WriteMode mode) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", kSchema);
    json.Member("planner", plan.planner);
    json.Member("reason", decision.detail.empty()
                              ? std::string(Name(decision.reason))
                              : fmt::format("{}:{}", Name(decision.reason), decision.detail));
    json.Member("readonly", mode == WriteMode::kReadOnly);
    WriteContent(json, plan);
    json.Member("digest", PlanDigest(plan));
  });
  return json.Take();
}

absl::StatusOr<Plan> ReadPlan(std::string_view text, std::string_view name) {
  rapidjson::Document document;
  CLAMBAKE_RETURN_IF_ERROR(ParseJson(text, name, document));
  const std::string root = fmt::format("{}: ", name);
  const JsonView view(document, root);
  Plan plan;
  CLAMBAKE_RETURN_IF_ERROR(ReadHeader(view, plan));
  absl::flat_hash_map<std::string, std::int32_t> agents;
  CLAMBAKE_RETURN_IF_ERROR(ReadLoad(view, plan, agents));
  CLAMBAKE_RETURN_IF_ERROR(view.ForEach("assignments", kRequired, [&](const JsonView& element) {
    return ReadAssignment(element, agents, plan.assignments.emplace_back());
  }));
  CLAMBAKE_RETURN_IF_ERROR(view.ForEach("unassigned", kRequired, [&](const JsonView& element) {
    return ReadUnassigned(element, plan.unassigned.emplace_back());
  }));
  CLAMBAKE_RETURN_IF_ERROR(view.ForEach(
      "notes", kOptional, [&](const JsonView& element) { return element.As(plan.notes.emplace_back()); }));
  return plan;
}

}  // namespace clambake
