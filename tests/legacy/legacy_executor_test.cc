// The legacy executor as it was, warts included.
#include "legacy/legacy_executor.h"

#include "tests/executor/executor_world.h"

namespace clambake {
namespace {

using Fault = ModelGithub::Fault;

Preparation Prepared(const Scene& scene) {
  PrepareRequest request{.backlog = &scene.backlog, .plan = &scene.plan, .bundles = &scene.bundles};
  return *NewLegacyExecutor()->Prepare(request);
}

struct Instance {
  explicit Instance(ModelGithub::Script script)
      : world(Engine::kSqlite), store(world.Open()), github(log, world.clock, std::move(script)) {}
  RunOutcome Run(const Scene& scene) {
    auto permit = Guard::Admit(FeatureFlags(), *store, {.scope = std::string(kScope), .owner = "legacy"});
    return *NewLegacyExecutor()->Apply(Prepared(scene), **permit,
                                       {.github = &github, .store = store.get(), .clock = &world.clock});
  }
  StoreWorld world;
  WriteLog log;
  std::unique_ptr<StateStore> store;
  ModelGithub github;
};

}  // namespace

TEST_CASE("a title becomes a slug of at most 30 characters and whole words") {
  CHECK(LegacySlug("Fix the *Foo* bar") == "fix-the-foo-bar");
  CHECK(LegacySlug("  Many   blanks -- and dashes ") == "many-blanks-and-dashes");
  CHECK(LegacySlug("A title that is much longer than thirty characters") == "a-title-that-is-much-longer");
  CHECK(LegacySlug("Donaudampfschifffahrtsgesellschaftskapitän") == "donaudampfschifffahrtsgesellsc");
  CHECK(LegacySlug("Grüße aus Köln") == "gre-aus-kln");
  CHECK(LegacySlug("日本語") == "");
}

TEST_CASE("legacy assigns the owner, labels, branches, and opens its bundle") {
  Scene scene(1, 2);
  scene.backlog.issues[0].title = "Fix the login";
  scene.backlog.issues[1].title = "Second";
  scene.backlog.issues[2].title = "Third";
  scene.bundles.bundles[0].name = "bundle/20260102_0310__issues_2_3";
  std::string text;
  const Preparation preparation = Prepared(scene);
  for (const Operation& operation : preparation.operations) {
    const WireRequest request = Describe(preparation.repository, operation.write);
    text += fmt::format("{} {} {}\n", request.method, request.path, request.body);
  }
  CHECK(text ==
        "POST /repos/octo/repo/issues/1/assignees {\"assignees\":[\"octo\"]}\n"
        "POST /repos/octo/repo/issues/1/labels {\"labels\":[\"agent001\"]}\n"
        "POST /repos/octo/repo/git/refs {\"ref\":\"refs/heads/agent001/1-fix-the-login\",\"sha\":\"" +
            Sha(0xbeef) +
            "\"}\n"
            "POST /repos/octo/repo/git/refs "
            "{\"ref\":\"refs/heads/bundle/20260102_0310__issues_2_3\",\"sha\":\"" +
            Sha(0xbeef) +
            "\"}\n"
            "POST /repos/octo/repo/merges {\"base\":\"bundle/20260102_0310__issues_2_3\",\"head\":\"" +
            Sha(2) + "\",\"commit_message\":\"Merge " + Sha(2) +
            "\"}\n"
            "POST /repos/octo/repo/merges {\"base\":\"bundle/20260102_0310__issues_2_3\",\"head\":\"" +
            Sha(3) + "\",\"commit_message\":\"Merge " + Sha(3) +
            "\"}\n"
            "POST /repos/octo/repo/pulls {\"title\":\"[BUNDLE] 2 issues - 03:10 "
            "train\",\"head\":\"bundle/20260102_0310__issues_2_3\",\"base\":\"main\",\"body\":\"Issues:\\n- "
            "#2 Second\\n- #3 Third\\n\\nBranches:\\n- agent002/2\\n- agent003/3\\n\\nThis pull request "
            "closes the issues above.\\n\",\"draft\":false}\n"
            "POST /repos/octo/repo/issues/2/labels {\"labels\":[\"route:review\"]}\n"
            "POST /repos/octo/repo/issues/3/labels {\"labels\":[\"route:review\"]}\n");
}

TEST_CASE("the assignment is tried three times, 500 ms and 1 s apart: then the issue is left") {
  int tries = 0;
  Instance instance([&](const GithubWrite& write) {
    if (!std::holds_alternative<AddAssignees>(write)) return Fault{};
    ++tries;
    return Fault{absl::NotFoundError("Not Found"), Fault::Effect::kNever, {}};
  });
  const absl::Time start = instance.world.clock.Now();
  const RunOutcome outcome = instance.Run(Scene(1));
  CHECK(tries == 3);
  CHECK(instance.world.clock.Now() - start == absl::Milliseconds(1500));
  CHECK(outcome.outcomes.size() == 1);
  CHECK(instance.github.Now().labels.empty());
  CHECK(instance.store->ListWork(kScope)->empty());
}

TEST_CASE("a label that fails is tried once and ignored (L8), and both generations know the claim") {
  int tries = 0;
  Instance instance([&](const GithubWrite& write) {
    if (!std::holds_alternative<AddLabels>(write)) return Fault{};
    ++tries;
    return Fault{absl::UnavailableError("502"), Fault::Effect::kNever, {}};
  });
  const RunOutcome outcome = instance.Run(Scene(1));
  CHECK(tries == 1);
  CHECK(Succeeded(outcome));
  CHECK(instance.github.Now().refs.size() == 1);
  CHECK(instance.store->ListWork(kScope)->at(0).owner == "agent001");
  CHECK(instance.store->CompareGenerations(kScope)->empty());
}

}  // namespace clambake
