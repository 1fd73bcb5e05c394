#include "clambake/compare_operations.h"

#include <unistd.h>

#include "clambake/factory.h"
#include "clambake/shadow.h"
#include "tests/executor/executor_world.h"

namespace clambake {
namespace {

Preparation With(std::vector<GithubWrite> writes, IssueNumber issue = 1) {
  Preparation preparation{.executor = "v2", .repository = "octo/repo"};
  for (GithubWrite& write : writes) {
    preparation.operations.push_back({.id = "x", .lane = "lane", .issue = issue, .write = std::move(write)});
  }
  return preparation;
}

DifferenceClass ClassOf(const Preparation& control, const Preparation& candidate) {
  const OperationComparison comparison = CompareOperations(control, candidate);
  return comparison.differences.empty() ? DifferenceClass::kSame : comparison.differences[0].classification;
}

TEST_CASE("operations are the same whatever their order, and whichever request adds a label") {
  const Preparation a = With({AddLabels{1, {"x", "y"}}, RemoveLabel{1, "z"}});
  const Preparation b = With({RemoveLabel{1, "z"}, AddLabels{1, {"y"}}, AddLabels{1, {"x"}}});
  CHECK(CompareOperations(a, b).differences.empty());
  CHECK(CompareOperations(a, a).counts[0] == 3);
}

TEST_CASE("what only one generation does, and no defect or improvement explains, is different") {
  CHECK(ClassOf(With({AddLabels{1, {"agent001"}}}), With({AddLabels{1, {"agent002"}}})) ==
        DifferenceClass::kDifferent);
  CHECK(ClassOf(With({}), With({MergeBranch{"b", "h", "m"}})) == DifferenceClass::kDifferent);
  CHECK(ClassOf(With({RemoveLabel{1, "agent001"}}), With({})) == DifferenceClass::kDifferent);
  CHECK(ClassOf(With({CreateRef{"refs/heads/a", "1"}}), With({CreateRef{"refs/heads/a", "2"}})) ==
        DifferenceClass::kDifferent);
  CHECK(ClassOf(With({CreatePull{"h", "main", "t", "b"}}), With({CreatePull{"h", "next", "t", "b"}})) ==
        DifferenceClass::kDifferent);
}

#if CLAMBAKE_HAS_LEGACY
std::map<std::string, int> CodesOf(const OperationComparison& comparison) {
  std::map<std::string, int> codes;
  for (const OperationDifference& difference : comparison.differences) ++codes[difference.code];
  return codes;
}

struct Both {
  explicit Both(const Scene& scene) {
    request.backlog = &scene.backlog;
    request.plan = &scene.plan;
    request.bundles = &scene.bundles;
    request.base_sha = Sha(0xbeef);
    control = *(*NewExecutor(Generation::kLegacy))->Prepare(request);
    candidate = *(*NewExecutor(Generation::kV2))->Prepare(request);
  }
  PrepareRequest request;
  Preparation control;
  Preparation candidate;
};

TEST_CASE(
    "D15: between the real executors every difference has a declared code: legacy with itself has none") {
  const Scene scene(3, 4);
  const Both both(scene);
  const OperationComparison noise = CompareOperations(both.control, both.control);
  CHECK(noise.differences.empty());
  const OperationComparison comparison = CompareOperations(both.control, both.candidate);
  for (const OperationDifference& difference : comparison.differences) {
    INFO(difference.subject << ": " << difference.control << " / " << difference.candidate);
    CHECK(difference.code != "unexplained");
  }
  const auto codes = CodesOf(comparison);
  for (const char* code :
       {"L5_requeue", "L6_no_closing", "branch_name", "status_comment", "owner_assigned"}) {
    INFO(code);
    CHECK(codes.contains(code));
  }
}

TEST_CASE("the shadow of an executor compares as a direct comparison would, and performs nothing") {
  const Scene scene(2, 2);
  const Both both(scene);
  auto run = StartShadowOperations(**NewExecutor(Generation::kV2), both.request, {.time = absl::Seconds(20)});
  REQUIRE(run.ok());
  const ShadowRecord shadow = CompareShadowOperations(**run, both.control);
  const ShadowRecord direct = Summarize(CompareOperations(both.control, both.candidate));
  CHECK(shadow.component == "executor");
  CHECK(shadow.outcome == "expected");
  CHECK(shadow.detail == direct.detail);
}
#endif

TEST_CASE("the shadow of a bundler compares as a direct comparison would: a crash is an outcome") {
  BundleSet control;
  control.bundler = "legacy";
  control.base = Sha(1);
  control.individual = {{Sha(2), 2, "legacy_score", {}, ""}};
  BundleSet candidate = control;
  candidate.bundler = "v2";
  candidate.individual.clear();
  candidate.bundles = {{"bundle/1", {Sha(2)}, {2}, Sha(3)}};
  auto run = StartShadowBundles([&] { return candidate; }, {.time = absl::Seconds(20)});
  REQUIRE(run.ok());
  const ShadowRecord record = CompareShadowBundles(**run, control);
  CHECK(record.component == "bundler");
  CHECK(record.outcome == "expected");
  CHECK(record.detail == "1 L3_all_or_nothing");
  auto crashed =
      StartShadowBundles([]() -> absl::StatusOr<BundleSet> { _exit(3); }, {.time = absl::Seconds(20)});
  REQUIRE(crashed.ok());
  CHECK(CompareShadowBundles(**crashed, control).outcome == "failed");
}

}  // namespace
}  // namespace clambake
