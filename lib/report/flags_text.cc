// Flags, for people and for machines.
#include <string>

#include "base/json_writer.h"
#include "clambake/report.h"
#include "fmt/format.h"
#include "report/table.h"

namespace clambake {
namespace {

std::string ReasonText(Reason reason, const std::string& detail) {
  return detail.empty() ? std::string(Name(reason)) : fmt::format("{} ({})", Name(reason), detail);
}

void WriteDecision(JsonWriter& json, const FeatureFlags& flags, Component component) {
  const absl::StatusOr<Decision> decision = flags.Decide(component);
  json.Key(Name(component));
  json.Object([&] {
    if (decision.ok()) {
      json.Member("generation", Name(decision->generation));
      json.Member("reason", Name(decision->reason));
      json.Member("detail", decision->detail);
    } else {
      json.Member("error", std::string(decision.status().message()));
    }
  });
}

}  // namespace

std::string FlagsText(const FeatureFlags& flags, const TextStyle& style) {
  Table variables({"VARIABLE", "VALUE", "SOURCE", "~REASON"}, style);
  for (const FlagReport& row : flags.Report()) {
    variables.AddRow(
        {{row.variable, Ink::kBold}, {row.value}, {row.source}, {ReasonText(row.reason, row.detail)}});
  }
  Table components({"COMPONENT", "RUNS", "~REASON"}, style);
  std::string problems;
  for (Component component : kComponents) {
    const absl::StatusOr<Decision> decision = flags.Decide(component);
    if (decision.ok()) {
      const Ink ink = decision->generation == Generation::kV2 ? Ink::kGreen : Ink::kPlain;
      components.AddRow({{std::string(Name(component)), Ink::kBold},
                         {std::string(Name(decision->generation)), ink},
                         {ReasonText(decision->reason, decision->detail)}});
    } else {
      components.AddRow(
          {{std::string(Name(component)), Ink::kBold}, {"nothing", Ink::kRed}, {"ERROR (legacy_not_built)"}});
      problems += fmt::format("Error: {}\n", std::string(decision.status().message()));
    }
  }
  std::string text = variables.Render("variables") + "\n" + components.Render("components") + "\n";
  text += flags.write_mode() == WriteMode::kReadOnly ? "Read-only: nothing is written to GitHub.\n"
                                                     : "Writes to GitHub are allowed.\n";
  for (const std::string& warning : flags.Warnings())
    text += Colored("Warning: ", Ink::kYellow, style) + warning + "\n";
  return text + problems;
}

std::string FlagsJson(const FeatureFlags& flags) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", "clambake.flags/1");
    json.Member("readonly", flags.write_mode() == WriteMode::kReadOnly);
    json.Member("phase", Name(flags.phase()));
    json.Key("flags");
    json.Array([&] {
      for (const FlagReport& row : flags.Report()) {
        json.Object([&] {
          json.Member("variable", row.variable);
          json.Member("value", row.value);
          json.Member("source", row.source);
          json.Member("reason", Name(row.reason));
          json.Member("detail", row.detail);
        });
      }
    });
    json.Key("components");
    json.Object([&] {
      for (Component component : kComponents) WriteDecision(json, flags, component);
    });
    json.Values("warnings", flags.Warnings());
  });
  return json.Take() + "\n";
}

}  // namespace clambake
