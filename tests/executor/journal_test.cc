// The journal between a state that fails and a GitHub that does: whatever is
// in doubt is looked at, and what cannot be decided goes to a person.
#include <algorithm>

#include "github/answer.h"
#include "tests/executor/simulated_world.h"
#include "tests/simulation/fateful_store.h"

namespace clambake {
namespace {

using ModelFault = ModelGithub::Fault;
using Script = ModelGithub::Script;

const ModelFault kLost{absl::UnknownError("timeout"), ModelFault::Effect::kNever, {}};

ModelFault Refused(const absl::Status& answer) { return {answer, ModelFault::Effect::kNever, {}}; }

template <typename Write>
Script Each(ModelFault fault) {
  return [fault](const GithubWrite& write) {
    return std::holds_alternative<Write>(write) ? fault : ModelFault{};
  };
}

template <typename Write>
Script First(ModelFault fault) {
  return [fault, used = false](const GithubWrite& write) mutable {
    if (used || !std::holds_alternative<Write>(write)) return ModelFault{};
    used = true;
    return fault;
  };
}

// A state in memory, and a GitHub.
struct JournalWorld {
  JournalWorld() {
    static int made = 0;
    StoreOptions place;
    place.location = fmt::format("/journal-{}", ++made);
    place.sqlite_vfs = "memdb";
    place.clock = &clock;
    store = *OpenStateStore(place);
  }
  absl::StatusOr<RunOutcome> Run(const Scene& scene, Script script = {}) {
    ModelGithub github(log, clock, std::move(script));
    return RunOnce(Observe(scene, github.Now()), *store, github, clock);
  }
  GithubState Github() { return ModelGithub(log, clock).Now(); }

  ManualClock clock;
  WriteLog log;
  std::unique_ptr<StateStore> store;
};

const Outcome* Find(const RunOutcome& outcome, OperationState state) {
  for (const Outcome& each : outcome.outcomes) {
    if (each.state == state) return &each;
  }
  return nullptr;
}

// A bundle of issues 1 and 2, all merged: its pull request is the next write.
const Scene kBundle(0, 2);
const std::string kBranch = "bundle/20260102_0300__1";

// What a state's calls answer, from one of them on.
struct Kind {
  enum class When { kBefore, kAfter };  // after: it had its effect, and its answer is lost
  int times;
  When when;
  absl::Status error;
};

class Trouble : public Fate {
 public:
  Trouble(int at, const Kind& kind) : at_(at), kind_(kind) {}
  absl::Status Before(std::string_view) override {
    ++calls_;
    return kind_.when == Kind::When::kBefore ? Strike() : absl::OkStatus();
  }
  absl::Status After(std::string_view) override {
    return kind_.when == Kind::When::kAfter ? Strike() : absl::OkStatus();
  }
  [[nodiscard]] bool IsDead() const override { return false; }
  [[nodiscard]] bool has_struck() const { return calls_ >= at_; }

 private:
  [[nodiscard]] absl::Status Strike() const {
    return calls_ >= at_ && calls_ < at_ + kind_.times ? kind_.error : absl::OkStatus();
  }
  int at_;
  const Kind& kind_;
  int calls_ = 0;
};

// Asking for the time can fail, too.
class TroubledStore : public FatefulStore {
 public:
  using FatefulStore::FatefulStore;
  absl::StatusOr<absl::Time> Now() override {
    if (absl::Status status = fate_.Before("Now"); !status.ok()) return status;
    return FatefulStore::Now();
  }
};

// One call, by its name, answers so each time.
class TroubleWith : public Fate {
 public:
  TroubleWith(std::string_view name, absl::Status error) : name_(name), error_(std::move(error)) {}
  absl::Status Before(std::string_view call) override { return call == name_ ? error_ : absl::OkStatus(); }
  absl::Status After(std::string_view) override { return absl::OkStatus(); }
  [[nodiscard]] bool IsDead() const override { return false; }

 private:
  std::string_view name_;
  absl::Status error_;
};

// Looks answer with `answers` first, one after the other.
class SlowToShow : public ModelGithub {
 public:
  SlowToShow(WriteLog& log, Clock& clock, std::vector<absl::Status> answers)
      : ModelGithub(log, clock,
                    First<CreateRef>({absl::UnknownError("timeout"), ModelFault::Effect::kNow, {}})),
        answers_(std::move(answers)) {}
  absl::StatusOr<ProbeResult> Probe(const GithubWrite& write) override {
    if (looks < answers_.size()) return answers_[looks++];
    return ModelGithub::Probe(write);
  }
  std::size_t looks = 0;

 private:
  std::vector<absl::Status> answers_;
};

}  // namespace

TEST_CASE(
    "a state that fails at its k-th call, for every k: nothing happens twice, and a later run ends it") {
  const Scene scene(1, 2);
  JournalWorld calm;
  REQUIRE(Succeeded(*calm.Run(scene)));
  const GithubState expected = calm.Github();
  const std::vector<Kind> kinds = {{1, Kind::When::kBefore, absl::UnavailableError("busy")},
                                   {1, Kind::When::kAfter, absl::UnavailableError("answer lost")},
                                   {1'000, Kind::When::kBefore, absl::UnavailableError("gone")},
                                   {1, Kind::When::kBefore, absl::FailedPreconditionError("disk full")}};
  const std::vector<Script> skies = {
      {},
      First<AddLabels>({absl::UnknownError("timeout"), ModelFault::Effect::kNow, {}}),
      First<AddLabels>(Refused(absl::UnavailableError("502"))),
      First<AddLabels>(Refused(absl::ResourceExhaustedError("limit"))),
      First<AddLabels>(Refused(absl::UnauthenticatedError("Bad credentials")))};
  for (const Kind& kind : kinds) {
    for (std::size_t sky = 0; sky < skies.size(); ++sky) {
      bool struck = true;
      for (int k = 1; struck; ++k) {
        INFO(kind.error << ", GitHub " << sky << ", call " << k);
        JournalWorld world;
        Trouble trouble(k, kind);
        TroubledStore store(*world.store, trouble);
        ModelGithub github(world.log, world.clock, skies[sky]);
        const auto outcome = RunOnce(scene, store, github, world.clock);
        struck = trouble.has_struck();
        world.clock.Advance(absl::Minutes(10));
        const auto later = world.Run(scene);
        REQUIRE(later.ok());
        CHECK(Succeeded(*later));
        GithubState found = world.Github();
        CHECK(found.comments.size() == expected.comments.size());
        found.comments = expected.comments;  // their order may differ
        CHECK(found == expected);
      }
    }
  }
}

TEST_CASE("what GitHub never answers is sent eight times, and then a person decides") {
  JournalWorld world;
  SECTION("if more depends on it") {
    const auto outcome = world.Run(Scene(1), Each<AddLabels>(kLost));
    REQUIRE(outcome.ok());
    REQUIRE(outcome->manual_queue.size() == 1);
    CHECK(outcome->manual_queue[0].kind == "add_labels");
    CHECK(outcome->manual_queue[0].attempts == 8);
    CHECK(outcome->manual_queue[0].detail == "GitHub did not answer any attempt");
    CHECK_FALSE(world.Github().assignees.contains(1));  // it stands behind the label
  }
  SECTION("if nothing does, it is left out, and the lane goes on") {
    const auto outcome = world.Run(Scene(1), Each<AddAssignees>(kLost));
    REQUIRE(outcome.ok());
    CHECK(Succeeded(*outcome));
    REQUIRE(Find(*outcome, OperationState::kRefused) != nullptr);
    CHECK(Find(*outcome, OperationState::kRefused)->attempts == 8);
    CHECK(world.Github().comments.size() == 1);
  }
}

TEST_CASE("what GitHub says is there already is looked at: ours counts, another's waits for a person") {
  JournalWorld world;
  const ModelFault there = Refused(absl::AlreadyExistsError("A pull request exists"));
  CreatePull others;
  others.head = kBranch;
  others.base = "main";
  others.body = "mine";
  SECTION("ours") {
    const auto outcome = world.Run(kBundle, First<CreatePull>({there.answer, ModelFault::Effect::kNow, {}}));
    REQUIRE(outcome.ok());
    CHECK(Succeeded(*outcome));
    CHECK(world.Github().pulls.size() == 1);
  }
  SECTION("another's") {
    REQUIRE(world.Run(kBundle, Each<CreatePull>(Refused(absl::UnavailableError("502")))).ok());
    world.log.Append(others, world.clock.Now());
    ModelGithub github(world.log, world.clock);
    const auto outcome = RunOnce(kBundle, *world.store, github, world.clock);
    REQUIRE(outcome.ok());
    REQUIRE(outcome->manual_queue.size() == 1);
    CHECK(outcome->manual_queue[0].detail == "A pull request exists");
    CHECK_THAT(outcome->manual_queue[0].next_step, ContainsSubstring("look at branch " + kBranch));
  }
  SECTION("another's, seen after an answer was lost") {
    REQUIRE(world.Run(kBundle, Each<CreatePull>(Refused(absl::UnavailableError("502")))).ok());
    world.log.Append(others, world.clock.Now());
    ModelGithub github(world.log, world.clock, First<CreatePull>(kLost));
    const auto outcome = RunOnce(kBundle, *world.store, github, world.clock);
    REQUIRE(outcome.ok());
    REQUIRE(outcome->manual_queue.size() == 1);
    CHECK(outcome->manual_queue[0].detail == "another one was there first");
  }
  SECTION("nobody's") {
    const auto outcome = world.Run(kBundle, Each<CreatePull>(there));
    REQUIRE(outcome.ok());
    REQUIRE(outcome->manual_queue.size() == 1);
    CHECK(outcome->manual_queue[0].detail == "A pull request exists");
    CHECK(world.Github().pulls.empty());
    // Its issues wait for it, in the next run, too.
    REQUIRE(world.Run(kBundle).ok());
    CHECK_FALSE(world.Github().labels[1].contains("route:ready_to_merge"));
  }
}

TEST_CASE("a branch of an agent that is there is kept, and a bundle's with other content is not built on") {
  JournalWorld world;
  SECTION("the agent's, as GitHub answers") {
    world.log.Append(CreateRef{"refs/heads/agent001/1", Sha(7)}, world.clock.Now());
    ModelGithub github(world.log, world.clock);
    const auto outcome = RunOnce(Scene(1), *world.store, github, world.clock);
    REQUIRE(outcome.ok());
    CHECK(Succeeded(*outcome));
    CHECK(outcome->outcomes[0].detail == "it was there before, and is kept");
    CHECK(world.Github().refs.at("refs/heads/agent001/1") == Sha(7));
  }
  SECTION("the agent's, seen after an answer was lost") {
    world.log.Append(CreateRef{"refs/heads/agent001/1", Sha(7)}, world.clock.Now());
    ModelGithub github(world.log, world.clock, First<CreateRef>(kLost));
    const auto outcome = RunOnce(Scene(1), *world.store, github, world.clock);
    REQUIRE(outcome.ok());
    CHECK(Succeeded(*outcome));
    CHECK(world.Github().refs.at("refs/heads/agent001/1") == Sha(7));
  }
  SECTION("the bundle's") {
    world.log.Append(CreateRef{"refs/heads/" + kBranch, Sha(7)}, world.clock.Now());
    ModelGithub github(world.log, world.clock);
    const auto outcome = RunOnce(kBundle, *world.store, github, world.clock);
    REQUIRE(outcome.ok());
    REQUIRE(outcome->manual_queue.size() == 1);
    CHECK_THAT(outcome->manual_queue[0].next_step, ContainsSubstring("it exists with other content"));
    CHECK(world.Github().merged.empty());
  }
}

TEST_CASE("a merge that conflicts says what to merge by hand, any other refusal to read the reason") {
  const auto next_step = [](const absl::Status& answer) {
    JournalWorld world;
    const auto outcome = world.Run(kBundle, Each<MergeBranch>(Refused(answer)));
    REQUIRE(outcome.ok());
    REQUIRE(outcome->manual_queue.size() == 1);
    CHECK(world.Github().pulls.empty());
    return outcome->manual_queue[0].next_step;
  };
  CHECK_THAT(next_step(absl::AbortedError("Merge conflict")),
             ContainsSubstring("merge " + Sha(1) + " into " + kBranch + " by hand and push it"));
  CHECK_THAT(next_step(absl::InvalidArgumentError("422")),
             ContainsSubstring("read the reason and put it right"));
}

TEST_CASE("a look that meets a limit waits for it, and is no attempt") {
  JournalWorld world;
  SlowToShow github(world.log, world.clock, {absl::ResourceExhaustedError("limit")});
  const absl::Time before = world.clock.Now();
  const auto outcome = RunOnce(Scene(1), *world.store, github, world.clock);
  REQUIRE(outcome.ok());
  CHECK(Succeeded(*outcome));
  CHECK(outcome->outcomes[0].attempts == 1);
  CHECK(outcome->outcomes[0].probed);
  CHECK(world.clock.Now() - before >= absl::Seconds(120));  // settling, and the limit
}

TEST_CASE("a look that is refused for the credentials stops the run, and the next one looks again") {
  JournalWorld world;
  SlowToShow github(world.log, world.clock, {absl::UnauthenticatedError("Bad credentials")});
  const auto outcome = RunOnce(Scene(1), *world.store, github, world.clock);
  REQUIRE(outcome.ok());
  CHECK(outcome->stopped.code() == absl::StatusCode::kUnauthenticated);
  CHECK(github.performed == 1);
  const auto later = world.Run(Scene(1));
  REQUIRE(later.ok());
  CHECK(Succeeded(*later));
  CHECK(later->outcomes[0].attempts == 1);
}

TEST_CASE("what can neither be seen nor refuted waits for a person, and is not sent again") {
  JournalWorld world;
  SlowToShow github(world.log, world.clock, {absl::NotFoundError("Not Found")});
  const auto outcome = RunOnce(Scene(1), *world.store, github, world.clock);
  REQUIRE(outcome.ok());
  REQUIRE(outcome->manual_queue.size() == 1);
  CHECK(outcome->manual_queue[0].kind == "create_ref");
  CHECK_THAT(outcome->manual_queue[0].next_step, ContainsSubstring("check that it still exists"));
  CHECK(github.performed == 1);
}

TEST_CASE("a limit that lasts longer than a run may wait stops it, and counts as no attempt") {
  JournalWorld world;
  const absl::Time until = world.clock.Now() + absl::Hours(3);
  const absl::Status limit = WithDetails(absl::ResourceExhaustedError("limit"), {.retry_at = until});
  const auto outcome = world.Run(Scene(1), First<CreateRef>(Refused(limit)));
  REQUIRE(outcome.ok());
  CHECK(outcome->stopped.code() == absl::StatusCode::kResourceExhausted);
  CHECK(world.clock.Now() < until);
  const auto pending = world.store->PendingOperations(kScope);
  REQUIRE(pending.ok());
  for (const JournalEntry& entry : *pending) CHECK(entry.state == OperationState::kIntent);
  CHECK(Succeeded(*world.Run(Scene(1))));
}

TEST_CASE("a run that cannot write what became of an operation stops there, and the next one looks") {
  for (const absl::Status& answer :
       {absl::OkStatus(), absl::UnknownError("timeout"), absl::UnavailableError("502"),
        absl::ResourceExhaustedError("limit"), absl::UnauthenticatedError("Bad credentials")}) {
    INFO(answer);
    JournalWorld world;
    TroubleWith trouble("RecordOutcome", absl::InternalError("I/O error"));
    FatefulStore store(*world.store, trouble);
    ModelGithub github(world.log, world.clock, First<CreateRef>(Refused(answer)));
    const auto outcome = RunOnce(Scene(2), store, github, world.clock);
    REQUIRE(outcome.ok());
    CHECK(absl::IsInternal(outcome->stopped));
    CHECK(github.performed == 1);
    CHECK(outcome->outcomes.empty());
    CHECK(outcome->unfinished == 8);
    const auto later = world.Run(Scene(2));
    REQUIRE(later.ok());
    CHECK(Succeeded(*later));
    // The one in doubt alone.
    CHECK(std::count_if(later->outcomes.begin(), later->outcomes.end(),
                        [](const Outcome& each) { return each.probed; }) == 1);
  }
}

TEST_CASE("a run that loses its lease while it waits sends nothing more") {
  JournalWorld world;
  TroubleWith trouble("RenewRun", absl::AbortedError("another run has taken over this state"));
  FatefulStore store(*world.store, trouble);
  ModelGithub github(world.log, world.clock, First<CreateRef>(kLost));
  // It settles for longer than a third of the lease, when it is renewed.
  const auto outcome = RunOnce([] { return Scene(1); }, store, github, world.clock, "one", absl::Minutes(5));
  REQUIRE(outcome.ok());
  CHECK(absl::IsAborted(outcome->stopped));
  CHECK(github.performed == 1);
}

TEST_CASE("a run that finds its lease taken when it would send, sends nothing") {
  JournalWorld world;
  TroubleWith trouble("RecordAttempt", absl::AbortedError("another run has taken over this state"));
  FatefulStore store(*world.store, trouble);
  ModelGithub github(world.log, world.clock);
  const auto outcome = RunOnce(Scene(1), store, github, world.clock);
  REQUIRE(outcome.ok());
  CHECK(absl::IsAborted(outcome->stopped));
  CHECK(github.performed == 0);
  CHECK(outcome->unfinished == 4);
}

TEST_CASE("each request that an operation took is named in its outcome, and what GitHub's answer had shown") {
  class Tagged : public ModelGithub {
   public:
    using ModelGithub::ModelGithub;
    absl::StatusOr<WriteReceipt> Perform(const GithubWrite& write) override {
      absl::StatusOr<WriteReceipt> answer = ModelGithub::Perform(write);
      const std::string id = fmt::format("R{}", performed);
      if (!answer.ok()) return WithDetails(answer.status(), {.request_id = id});
      answer->request_id = id;
      answer->probed = std::holds_alternative<AddLabels>(write);
      return answer;
    }
  };
  JournalWorld world;
  Tagged github(world.log, world.clock, First<CreateRef>(Refused(absl::UnavailableError("502"))));
  const auto outcome = RunOnce(Scene(1), *world.store, github, world.clock);
  REQUIRE(outcome.ok());
  CHECK(outcome->outcomes[0].requests == "R1 R2");
  CHECK(outcome->outcomes[0].attempts == 2);
  CHECK_FALSE(outcome->outcomes[0].probed);
  CHECK(outcome->outcomes[1].requests == "R3");
  CHECK(outcome->outcomes[1].probed);
}

TEST_CASE("of two bundles that are not as verified, both wait for a person, and the first is reported") {
  SimulatedWorld world(0, 4);
  for (Bundle& bundle : world.scene.bundles.bundles) bundle.tree = Sha(7);
  const auto client = world.Client();
  const auto store = world.NewStore();
  const auto outcome = world.Run(*store, *client);
  REQUIRE(outcome.ok());
  REQUIRE(outcome->manual_queue.size() == 2);
  CHECK(outcome->corruption == outcome->manual_queue[0].detail);
  CHECK(outcome->corruption != outcome->manual_queue[1].detail);
}

TEST_CASE("an operation that the journal holds damaged is not guessed at: nothing is sent") {
  StoreWorld world(Engine::kSqlite);
  const auto store = world.Open();
  WriteLog log;
  ModelGithub busy(log, world.clock, Each<CreateRef>(Refused(absl::UnavailableError("502"))));
  REQUIRE(RunOnce(Scene(1), *store, busy, world.clock).ok());
  world.Execute("UPDATE operations SET payload = '{'");
  ModelGithub github(log, world.clock);
  CHECK_FALSE(RunOnce(Scene(1), *store, github, world.clock).ok());
  // Nor by an Apply whose Prepare came before the damage.
  const Scene scene(1);
  const auto executor = NewV2Executor();
  const auto preparation = executor->Prepare({.backlog = &scene.backlog, .plan = &scene.plan});
  REQUIRE(preparation.ok());
  const auto permit = Guard::Admit(
      FeatureFlags(), *store, {.generation = Generation::kV2, .scope = std::string(kScope), .owner = "one"});
  REQUIRE(permit.ok());
  CHECK_FALSE(
      executor
          ->Apply(*preparation, **permit, {.github = &github, .store = store.get(), .clock = &world.clock})
          .ok());
  CHECK(github.performed == 0);
}

TEST_CASE("who cannot learn whether the cleanup has been gets no permit to act as legacy") {
  JournalWorld world;
  TroubleWith trouble("IsCleanedUp", absl::UnavailableError("busy"));
  FatefulStore store(*world.store, trouble);
  const Guard::Request request{
      .generation = Generation::kLegacy, .scope = std::string(kScope), .owner = "one"};
  CHECK(absl::IsUnavailable(Guard::Admit(FeatureFlags(), store, request).status()));
  // And it holds nothing: whoever comes next is let in.
  CHECK(Guard::Admit(FeatureFlags(), *world.store, request).ok());
}

}  // namespace clambake
