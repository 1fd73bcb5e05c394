// What a run lets be seen: traces, metrics, and the proof that it leaves.
#include <algorithm>
#include <set>

#include "clambake/clock.h"
#include "clambake/observations.h"
#include "clambake/state_store.h"
#include "fmt/format.h"
#include "tests/fakes/collector.h"
#include "tests/run/program.h"
#include "tests/support/prometheus_syntax.h"

namespace clambake {
namespace {

constexpr std::string_view kHeaderSecret = "planted-header";

std::vector<std::string> Watched(const Collector& collector) {
  std::vector<std::string> environment = kV2;
  environment.push_back("OTEL_EXPORTER_OTLP_ENDPOINT=" + collector.url());
  environment.push_back(fmt::format("OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20{}", kHeaderSecret));
  return environment;
}

// Names from the root to the span, "clambake run/apply/add_label/POST"; "" where
// the chain is broken.
std::string PathOf(const std::map<std::string, CollectedSpan>& by_id, const CollectedSpan& span) {
  if (span.parent.empty()) return span.name;
  const auto parent = by_id.find(span.parent);
  if (parent == by_id.end()) return "";
  const std::string above = PathOf(by_id, parent->second);
  return above.empty() ? "" : above + "/" + span.name;
}

std::vector<ObservedRun> ProofIn(const Program& program) {
  const std::unique_ptr<Clock> clock = NewSystemClock();
  const auto store = OpenStateStore({.location = (program.folder() / "state.db").string(),
                                     .clock = clock.get(),
                                     .if_missing = IfMissing::kFail});
  REQUIRE(store.ok());
  const auto runs = ReadObservedRuns(**store, "octo/hello");
  REQUIRE(runs.ok());
  return *runs;
}

}  // namespace

TEST_CASE("a run is one trace: run, plan, operations, and every HTTP request below what sent it") {
  Program program;
  const Collector collector;
  program.github.AddIssue("One", {"route:ready"});
  const Ended run = program.Run({"run"}, Watched(collector));
  INFO(run.err);
  REQUIRE(run.code == 0);
  std::map<std::string, CollectedSpan> by_id;
  for (const CollectedSpan& span : collector.spans()) by_id[span.id] = span;
  std::set<std::string> paths;
  std::size_t requests = 0;
  for (const auto& [id, span] : by_id) {
    const std::string path = PathOf(by_id, span);
    CHECK_FALSE(path.empty());
    paths.insert(path);
    CHECK(span.trace == by_id.begin()->second.trace);
    CHECK(span.start <= span.end);
    if (!span.parent.empty()) CHECK(span.start >= by_id[span.parent].start);
    if (span.kind != 3) continue;
    ++requests;
    CHECK(span.fields.at("server.address").starts_with("\"127.0.0.1:"));
    CHECK(span.fields.contains("http.response.status_code"));
    CHECK(span.fields.at("url.path").find('?') == std::string::npos);
  }
  for (const char* expected :
       {"clambake run", "clambake run/plan", "clambake run/prepare", "clambake run/fetch_backlog/GET",
        "clambake run/apply/add_labels/POST", "clambake run/apply/create_comment/POST"}) {
    INFO(expected << " in " << fmt::format("{}", fmt::join(paths, ", ")));
    CHECK(paths.contains(expected));
  }
  // Nothing was sent that has no span: each request reached the simulated GitHub.
  CHECK(static_cast<std::int64_t>(requests) == program.github.limits().traffic().requests);
  const std::string bodies = collector.bodies();
  CHECK_THAT(bodies, !ContainsSubstring(std::string(SimulatedGithub::kToken)));
  CHECK_THAT(bodies, !ContainsSubstring(std::string(kHeaderSecret)));
  CHECK_THAT(bodies, !ContainsSubstring("per_page="));
}

TEST_CASE("a run that was watched leaves proof beside the state, and says what was not exported") {
  Program program;
  const std::vector<std::string> state = {"run", "--state", (program.folder() / "state.db").string()};
  std::vector<std::string> with_metrics = state;
  with_metrics.insert(with_metrics.end(), {"--metrics", "run.prom"});
  std::vector<std::string> readonly = with_metrics;
  readonly.emplace_back("--readonly");
  program.github.AddIssue("One", {"route:ready"});
  REQUIRE(program.Run(state, kV2).code == 0);
  CHECK(ProofIn(program).empty());  // nobody watched
  REQUIRE(program.Run(readonly, kV2).code == 0);
  CHECK(ProofIn(program).empty());
  program.github.AddIssue("Two", {"route:ready"});
  {
    const Collector collector;
    REQUIRE(program.Run(with_metrics, Watched(collector)).code == 0);
  }
  REQUIRE(
      program.Run(with_metrics, {"CLAMBAKE_NEW_EXECUTOR=1", "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1"})
          .code == 0);
  const std::vector<ObservedRun> runs = ProofIn(program);
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].generation == "v2");
  CHECK(runs[0].trace.size() == 32);
  CHECK(runs[0].spans > 2);
  CHECK(runs[0].spans_exported == runs[0].spans);
  CHECK(runs[0].samples >= 3);
  CHECK(runs[0].samples_exported == runs[0].samples);
  CHECK(runs[1].spans > 0);
  CHECK(runs[1].spans_exported == 0);  // no collector was there
  CHECK(runs[1].samples_exported == runs[1].samples);
}

// A rollout, for its metrics, needs both generations.
#if CLAMBAKE_HAS_LEGACY
TEST_CASE("every metric that dashboards rely on is emitted by a command, in a file that Prometheus reads") {
  Program program;
  program.github.AddIssue("One", {"route:ready"});
  const auto run = [&](std::vector<std::string> arguments, int expected,
                       const std::vector<std::string>& environment = kV2) {
    arguments.insert(arguments.end(), {"--metrics", "all.prom"});
    const Ended ended = program.Run(arguments, environment);
    INFO(fmt::format("{}", fmt::join(arguments, " ")) << ended.err);
    CHECK(ended.code == expected);
  };
  run({"state", "init"}, 0);
  run({"cutover", "start", "planner", "--reason", "test"}, 0);
  run({"run", "--shadow", "0"}, 0);  // else a run in fifty is compared as well
  program.github.faults().Add({.kind = FaultKind::k502, .times = 100});
  run({"run"}, 5);
  program.github.faults().Clear();
  run({"cutover", "rollback", "planner"}, 0);
  run({"cutover", "rollback", "planner"}, 0);  // latched already: not another roll-back
  run({"state", "queue", "list"}, 0);
  run({"compare"}, 0);
  // Finished work, and a git that fails: the bundler cannot, and each branch goes by itself.
  program.github.AddIssue("Done", {"route:review"});
  program.github.AddBranch("agent001/2", "a", "b");
  std::ofstream(program.folder() / "git")
      << "#!/bin/sh\ncase \"$*\" in *cat-file*) exit 128;; esac\nexec /usr/bin/git \"$@\"\n";
  fs::permissions(program.folder() / "git", fs::perms::owner_all);
  REQUIRE(std::system(("git init -q " + (program.folder() / "clone").string()).c_str()) == 0);
  const Collector collector;
  std::vector<std::string> with_bad_git = Watched(collector);
  with_bad_git.push_back("PATH=" + program.folder().string() + ":/usr/bin:/bin");
  run({"run", "--readonly", "--git-dir", "clone"}, 0, with_bad_git);
  const std::vector<CollectedSpan> spans = collector.spans();
  const auto bundle =
      std::find_if(spans.begin(), spans.end(), [](const auto& s) { return s.name == "bundle"; });
  REQUIRE(bundle != spans.end());
  CHECK(bundle->parent == spans.back().id);  // the run's, which ends last
  CHECK(bundle->failed);
  const PrometheusText metrics = CheckPrometheus(ReadAll(program.folder() / "all.prom"));
  CHECK(metrics.problems == std::vector<std::string>{});
  const auto value = [&](const std::string& series) {
    INFO(series);
    const auto found = metrics.values.find(series);
    return found == metrics.values.end() ? -1 : found->second;
  };
  CHECK(value(R"(clambake_rollout_step{component="planner"})") == 0);
  CHECK(value(R"(clambake_rollbacks_total{component="planner",trigger="operator"})") == 1);
  CHECK(value(R"(clambake_shadow_comparisons_total{component="planner",outcome="same"})") == 1);
  CHECK(value(R"(clambake_fallbacks_total{component="bundler"})") == 1);
  CHECK(std::any_of(metrics.values.begin(), metrics.values.end(), [](const auto& series) {
    return series.first.starts_with(
        R"(clambake_call_errors_total{component="bundler",generation="v2",kind=)");
  }));
  CHECK(value("clambake_manual_queue") == 0);
  CHECK(value("clambake_readonly") == 1);  // the last command's
  CHECK(value(R"(clambake_call_duration_seconds_count{component="executor",generation="v2"})") >= 2);
  CHECK(value(R"(clambake_decisions_total{component="executor",generation="v2",reason="STATIC"})") >= 2);
  CHECK(value(R"(clambake_http_request_duration_seconds_count{method="GET",status="502"})") >= 1);
}
#endif

}  // namespace clambake
