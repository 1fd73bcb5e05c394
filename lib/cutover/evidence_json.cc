#include "cutover/evidence_json.h"

#include <string>

#include "base/status_macros.h"
#include "fmt/format.h"

namespace clambake::cutover {
namespace {

constexpr auto kRequired = JsonView::Presence::kRequired;
// Far above all that is ever counted, and far below where products overflow.
constexpr std::int64_t kMost = 1'000'000'000'000;

struct CounterField {
  std::string_view name;
  std::int64_t ArmCounters::*member;
};
constexpr std::array kCounters = {
    CounterField{"items", &ArmCounters::items}, CounterField{"work_failed", &ArmCounters::work_failed},
    CounterField{"errors", &ArmCounters::errors}, CounterField{"fallbacks", &ArmCounters::fallbacks},
    CounterField{"unavailable", &ArmCounters::unavailable}};

struct PolicyField {
  std::string_view name;
  std::int64_t JudgePolicy::*member;
};
constexpr std::array kPolicy = {
    PolicyField{"alpha_ppm", &JudgePolicy::alpha_ppm},
    PolicyField{"min_items", &JudgePolicy::min_items},
    PolicyField{"hold_error_points", &JudgePolicy::hold_error_points},
    PolicyField{"roll_back_error_points", &JudgePolicy::roll_back_error_points},
    PolicyField{"promote_margin", &JudgePolicy::promote_margin},
    PolicyField{"hold_latency_percent", &JudgePolicy::hold_latency_percent},
    PolicyField{"roll_back_latency_percent", &JudgePolicy::roll_back_latency_percent},
    PolicyField{"min_availability", &JudgePolicy::min_availability},
    PolicyField{"min_success", &JudgePolicy::min_success}};

void WriteArm(JsonWriter& json, std::string_view key, const ArmCounters& arm) {
  json.Key(key);
  json.Object([&] {
    for (const CounterField& field : kCounters) json.Member(field.name, arm.*field.member);
    json.Key("latency");
    json.Array([&] {
      const std::vector<std::int64_t>& buckets = arm.latency.buckets();
      for (std::size_t i = 0; i < buckets.size(); ++i) {
        if (buckets[i] == 0) continue;
        json.Array([&] {
          json.Value(i);
          json.Value(buckets[i]);
        });
      }
    });
  });
}

void WriteArms(JsonWriter& json, std::string_view key, const Arms& arms) {
  json.Key(key);
  json.Object([&] {
    WriteArm(json, "control", arms.control);
    WriteArm(json, "candidate", arms.candidate);
  });
}

absl::Status ReadBucket(const JsonView& pair, LatencyHistogram& latency) {
  std::array<std::int64_t, 2> values{};
  std::size_t n = 0;
  CLAMBAKE_RETURN_IF_ERROR(pair.ForEachElement([&](const JsonView& element) -> absl::Status {
    if (n == values.size()) return element.Error("a bucket has two numbers");
    const std::int64_t most = n == 0 ? static_cast<std::int64_t>(LatencyHistogram::kBuckets) - 1 : kMost;
    return element.As(0, most, values[n++]);
  }));
  if (n != values.size()) return pair.Error("a bucket has two numbers");
  if (static_cast<std::size_t>(values[0]) < latency.buckets().size()) {
    return pair.Error("buckets are expected in ascending order");
  }
  latency.AddCount(static_cast<std::size_t>(values[0]), values[1]);
  return absl::OkStatus();
}

absl::Status Member(const JsonView& view, std::string_view key, JsonView::Each read) {
  const std::optional<JsonView> member = view.Find(key);
  if (!member) return view.Error(fmt::format("\"{}\" is missing", key));
  return read(*member);
}

absl::Status ReadArm(const JsonView& view, ArmCounters& arm) {
  for (const CounterField& field : kCounters) {
    CLAMBAKE_RETURN_IF_ERROR(view.Read(field.name, kRequired, 0, kMost, arm.*field.member));
  }
  if (arm.errors + arm.work_failed > arm.items || arm.fallbacks + arm.unavailable > arm.errors) {
    return view.Error("more went wrong than there were items");
  }
  return view.ForEach("latency", kRequired,
                      [&](const JsonView& pair) { return ReadBucket(pair, arm.latency); });
}

absl::Status ReadArms(const JsonView& view, Arms& arms) {
  CLAMBAKE_RETURN_IF_ERROR(
      Member(view, "control", [&](const JsonView& arm) { return ReadArm(arm, arms.control); }));
  return Member(view, "candidate", [&](const JsonView& arm) { return ReadArm(arm, arms.candidate); });
}

// One metric's bets, as AddSample keeps them.
absl::Status ReadWealth(const JsonView& view, std::array<double, 5>& wealth) {
  std::size_t n = 0;
  CLAMBAKE_RETURN_IF_ERROR(view.ForEachElement([&](const JsonView& element) -> absl::Status {
    if (n == wealth.size()) return element.Error("too many bets");
    if (!element.value().IsNumber()) return element.Expected("a number");
    const double bet = element.value().GetDouble();
    if (bet < kLeastWealth || bet > kMostWealth) return element.Error("no bet comes to that");
    wealth[n++] = bet;
    return absl::OkStatus();
  }));
  return n == wealth.size() ? absl::OkStatus() : view.Error("five bets are expected");
}

}  // namespace

void WriteEvidence(JsonWriter& json, const Evidence& evidence) {
  json.Object([&] {
    WriteArms(json, "step", evidence.step);
    WriteArms(json, "total", evidence.total);
    json.Member("corruptions", evidence.corruptions);
    json.Member("corruption", evidence.corruption);
    json.Member("slow_above", evidence.slow_above);
    json.Member("slow_refresh", evidence.slow_refresh);
    json.Key("wealth");
    json.Object([&] {
      for (const RolloutMetric metric : kMetrics) {
        json.Key(Name(metric));
        json.Array([&] {
          for (const double each : evidence.wealth[static_cast<std::size_t>(metric)]) {
            json.Number(fmt::format("{}", each));
          }
        });
      }
    });
  });
}

absl::Status ReadEvidence(const JsonView& view, Evidence& evidence) {
  CLAMBAKE_RETURN_IF_ERROR(
      Member(view, "step", [&](const JsonView& arms) { return ReadArms(arms, evidence.step); }));
  CLAMBAKE_RETURN_IF_ERROR(
      Member(view, "total", [&](const JsonView& arms) { return ReadArms(arms, evidence.total); }));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("corruptions", kRequired, 0, kMost, evidence.corruptions));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("corruption", kRequired, evidence.corruption));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("slow_above", kRequired, 0, kMost, evidence.slow_above));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("slow_refresh", kRequired, 0, kMost, evidence.slow_refresh));
  return Member(view, "wealth", [&](const JsonView& wealth) -> absl::Status {
    for (const RolloutMetric metric : kMetrics) {
      CLAMBAKE_RETURN_IF_ERROR(Member(wealth, Name(metric), [&](const JsonView& bets) {
        return ReadWealth(bets, evidence.wealth[static_cast<std::size_t>(metric)]);
      }));
    }
    return absl::OkStatus();
  });
}

void WritePolicy(JsonWriter& json, const JudgePolicy& policy) {
  json.Object([&] {
    json.Member("dwell_seconds", absl::ToInt64Seconds(policy.dwell));
    for (const PolicyField& field : kPolicy) json.Member(field.name, policy.*field.member);
  });
}

absl::Status ReadPolicy(const JsonView& view, JudgePolicy& policy) {
  constexpr std::int64_t kLimit = 1'000'000;
  constexpr std::int64_t kMaxDwell = 1'000'000'000;
  std::int64_t dwell = 0;
  CLAMBAKE_RETURN_IF_ERROR(view.Read("dwell_seconds", kRequired, 0, kMaxDwell, dwell));
  policy.dwell = absl::Seconds(dwell);
  for (const PolicyField& field : kPolicy) {
    CLAMBAKE_RETURN_IF_ERROR(view.Read(field.name, kRequired, 1, kLimit, policy.*field.member));
  }
  return absl::OkStatus();
}

absl::Status ParseDocument(std::string_view text, std::string_view name, std::string_view schema,
                           rapidjson::Document& document) {
  constexpr std::size_t kMaxBytes = std::size_t{16} << 20U;
  if (text.size() > kMaxBytes) return absl::InvalidArgumentError(fmt::format("{}: longer than 16 MiB", name));
  CLAMBAKE_RETURN_IF_ERROR(ParseJson(text, name, document));
  const std::string root = fmt::format("{}: ", name);
  return JsonView(document, root).ExpectSchema(schema);
}

absl::Status ReadComponent(const JsonView& view, std::string_view key, Component& component) {
  std::string name;
  CLAMBAKE_RETURN_IF_ERROR(view.Read(key, kRequired, name));
  for (const Component each : kComponents) {
    if (name != Name(each)) continue;
    component = each;
    return absl::OkStatus();
  }
  return view.Error(fmt::format("\"{}\" must be planner, bundler or executor", key));
}

}  // namespace clambake::cutover
