// clambake report: one self-contained HTML file.
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "CLI/CLI.hpp"
#include "clambake/factory.h"
#include "clambake/html_report.h"
#include "cli/commands/commands.h"
#include "cli/messages.h"
#include "cli/migration_material.h"
#include "cli/progress.h"
#include "cli/read_file.h"
#include "cli/state_access.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

struct ReportCommand {
  std::string output;
  std::string bundles;
  std::string run;
  bool compare = false;
};

// What `path` names, read by `read`; nothing where no path is given.
template <typename T>
absl::Status Load(const std::string& path, absl::StatusOr<T> (*read)(std::string_view, std::string_view),
                  std::optional<T>& target) {
  if (path.empty()) return absl::OkStatus();
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  absl::StatusOr<T> value = read(*text, path);
  if (!value.ok()) return value.status();
  target = *std::move(value);
  return absl::OkStatus();
}

bool IsRepository(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  int slashes = 0;
  for (const char c : name) {
    if (c == '/') ++slashes;
    if (c != '/' && !plain(c)) return false;
  }
  return slashes == 1 && !name.starts_with('/') && !name.ends_with('/');
}

// Where issues are to be read, on GitHub or on the server that runs this job.
std::string IssueUrl(const Backlog& backlog) {
  if (!IsRepository(backlog.repository)) return "";
  const char* const server = std::getenv("GITHUB_SERVER_URL");
  const std::string base = server == nullptr || *server == '\0' ? "https://github.com" : server;
  return fmt::format("{}/{}/issues/", base, backlog.repository);
}

// Both generations on the same input, for the section of differences.
struct Comparison {
  Plan control;
  Plan candidate;
  PlanComparison comparison;
  PlanComparisonReport report;
};

absl::StatusOr<std::unique_ptr<Comparison>> Compare(const PlanRequest& request) {
  auto result = std::make_unique<Comparison>();
  for (const auto& [generation, plan] :
       {std::pair(Generation::kLegacy, &result->control), std::pair(Generation::kV2, &result->candidate)}) {
    const absl::StatusOr<std::unique_ptr<WorkPlanner>> planner = NewWorkPlanner(generation);
    if (!planner.ok()) return planner.status();
    absl::StatusOr<Plan> made = (*planner)->MakePlan(request);
    if (!made.ok()) return made.status();
    *plan = *std::move(made);
  }
  result->comparison = ComparePlans(*request.backlog, result->control, result->candidate);
  result->report = {request.backlog, &result->control, &result->candidate, &result->comparison, nullptr};
  return result;
}

// Whole or not at all: a reader never finds half a report.
absl::Status WriteWhole(const std::string& path, const std::string& bytes) {
  const std::string fresh = fmt::format("{}.{}.tmp", path, getpid());
  std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
  file << bytes;
  file.close();
  if (file && std::rename(fresh.c_str(), path.c_str()) == 0) return absl::OkStatus();
  std::remove(fresh.c_str());
  return absl::InvalidArgumentError(fmt::format("-o {}: cannot be written", path));
}

// Everything that the report is made of; parts that were not asked for stay empty.
struct Material {
  Backlog backlog;
  Plan plan;
  std::optional<BundleSet> bundles;
  std::optional<ReportRun> run;
  std::unique_ptr<Comparison> comparison;
  MigrationMaterial migration;
};

absl::StatusOr<HtmlReport> Gather(const Globals& globals, const ReportCommand& command, ProgressLine& line,
                                  Material& material) {
  const absl::StatusOr<FeatureFlags> flags = ReadFlags(globals);
  if (!flags.ok()) return flags.status();
  const absl::StatusOr<ChosenPlanner> chosen = NewWorkPlanner(*flags, ReadCleanup(globals));
  if (!chosen.ok()) return chosen.status();
  absl::StatusOr<std::vector<Agent>> agents = LoadAgents(globals);
  if (!agents.ok()) return agents.status();
  absl::StatusOr<Backlog> backlog = LoadBacklog(globals);
  if (!backlog.ok()) return backlog.status();
  material.backlog = *std::move(backlog);
  const PlanRequest request{.backlog = &material.backlog, .agents = *std::move(agents)};
  line.Show("planning " + Counted(material.backlog.issues.size(), "issue"));
  absl::StatusOr<Plan> plan = chosen->planner->MakePlan(request);
  if (!plan.ok()) return plan.status();
  material.plan = *std::move(plan);
  if (absl::Status read = Load(command.bundles, ReadBundles, material.bundles); !read.ok()) return read;
  if (absl::Status read = Load(command.run, ReadRun, material.run); !read.ok()) return read;
  if (command.compare) {
    line.Show("comparing the plans of legacy and v2");
    absl::StatusOr<std::unique_ptr<Comparison>> comparison = Compare(request);
    if (!comparison.ok()) return comparison.status();
    material.comparison = *std::move(comparison);
  }
  line.Show("reading the state of the migration");
  material.migration = GatherMigration(globals, *flags, material.backlog.repository);
  const MigrationMaterial& migration = material.migration;
  return HtmlReport{.backlog = &material.backlog,
                    .plan = &material.plan,
                    .decision = chosen->decision,
                    .bundles = material.bundles ? &*material.bundles : nullptr,
                    .run = material.run ? &*material.run : nullptr,
                    .migration = migration.migration ? &*migration.migration : nullptr,
                    .comparison = material.comparison ? &material.comparison->report : nullptr,
                    .migration_absent = migration.absent,
                    .health = migration.health,
                    .issue_url = IssueUrl(material.backlog)};
}

ExitCode RunReport(const Globals& globals, const ReportCommand& command) {
  Material material;
  ProgressLine line(globals);
  const absl::StatusOr<HtmlReport> report = Gather(globals, command, line, material);
  line.Clear();
  if (!report.ok()) return Fail(report.status());
  line.Show("drawing the report");
  const std::string html = ReportHtml(*report);
  line.Clear();
  if (command.output == "-") return Print(html);
  const absl::Status written = WriteWhole(command.output, html);
  if (!written.ok()) return Fail(written);
  Note(globals, fmt::format("wrote {} ({} bytes)", command.output, html.size()));
  return kDone;
}

}  // namespace

void SetupReport(CLI::App& app, const Globals& globals, ExitCode& result) {
  auto command = std::make_shared<ReportCommand>();
  CLI::App* report = app.add_subcommand(
      "report", "Make one self-contained HTML file that shows the plan, and what became of it");
  report->add_option("-o,--output", command->output, "The file to write; - is standard output")
      ->type_name("FILE")
      ->required();
  report->add_option("--bundles", command->bundles, "Show the bundles that clambake bundle --json printed")
      ->type_name("FILE");
  report->add_option("--run", command->run, "Show the operations that clambake run --json printed")
      ->type_name("FILE");
  report->add_flag("--compare", command->compare, "Show how the plans of legacy and v2 differ");
  report->footer(
      "The file loads nothing from anywhere: it can be mailed, archived, or kept as a CI artifact.\n"
      "The migration and its health come from the state (--state); without one, the report says so.\n\n"
      "Examples:\n"
      "  clambake report --from backlog.json -o report.html\n"
      "  CLAMBAKE_NEW_PLANNER=true clambake report --from backlog.json --agents 12 --compare -o report.html\n"
      "  clambake report --from backlog.json --bundles bundles.json --run run.json -o report.html\n"
      "  clambake report --repo octo/repo --state postgresql://db/clambake?sslmode=verify-full -o "
      "report.html\n");
  report->callback([command, &globals, &result] { result = RunReport(globals, *command); });
}

}  // namespace clambake::cli
