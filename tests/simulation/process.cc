#include "tests/simulation/process.h"

#include <stdexcept>
#include <utility>

#include "clambake/github_client.h"
#include "fmt/format.h"
#include "tests/fakes/simulated_transport.h"
#include "tests/simulation/invariants.h"

namespace clambake::simulation {
namespace {

// The state with a planted bug, if the scenario has one of the state's.
class PlantedStore : public FatefulStore {
 public:
  enum class Use { kWork, kDecisions };
  PlantedStore(StateStore& store, Process& process, Use use)
      : FatefulStore(store, process), world_(process.world()), process_(process), use_(use) {}

  absl::StatusOr<RunLease> StartRun(std::string_view s, std::string_view o, absl::Duration l) override {
    absl::StatusOr<RunLease> started = FatefulStore::StartRun(s, o, l);
    if (started.ok() && started->fence > world_.last_lease.fence) {
      world_.last_lease = *started;
      world_.last_run = o;
    } else if (Has(Plant::kNoFence) && absl::IsAlreadyExists(started.status())) {
      started = world_.last_lease;
    }
    if (started.ok()) process_.run_fence = started->fence;
    return started;
  }

  absl::StatusOr<Document> ReadDocument(std::string_view s, std::string_view k) override {
    if (use_ == Use::kDecisions) world_.invariants->NoteLook(process_, k);
    const bool keeps = Has(Plant::kNoLatchRead) && use_ == Use::kDecisions;
    if (!keeps) return FatefulStore::ReadDocument(s, k);
    const auto known = read_.find(std::string(k));
    if (known != read_.end()) return known->second;
    absl::StatusOr<Document> document = FatefulStore::ReadDocument(s, k);
    if (document.ok()) read_[std::string(k)] = *document;
    return document;
  }

  absl::StatusOr<std::vector<Work>> ExpireClaims(std::string_view s, absl::Duration d) override {
    if (!Has(Plant::kTwoHolders)) return FatefulStore::ExpireClaims(s, d);
    return FatefulStore::ExpireClaims(s, absl::ZeroDuration());
  }

  absl::StatusOr<bool> IsCleanedUp() override {
    const bool is_gone = world_.cleaned_up;
    absl::StatusOr<bool> answer = FatefulStore::IsCleanedUp();
    process_.knows_legacy_gone = is_gone && answer.ok();
    if (answer.ok() && Has(Plant::kNoCleanupRead)) return false;
    return answer;
  }

  absl::StatusOr<CleanupReport> CleanUp(std::string_view s, std::string_view a, CleanupMode m) override {
    if (!Has(Plant::kLostArchive)) return FatefulStore::CleanUp(s, a, m);
    absl::StatusOr<CleanupReport> report = store_.CleanUp(s, a, m);
    if (report.ok() && m == CleanupMode::kConfirm) {
      world_.invariants->Execute("DELETE FROM legacy_archive WHERE issue = 1");
    }
    world_.Event(process_.name(), "CleanUp");
    return report;
  }

  absl::Status Land(std::string_view s, const Claim& c, std::string_view b) override {
    absl::Status landed = FatefulStore::Land(s, c, b);
    if (Has(Plant::kLegacyRow)) {
      world_.invariants->Execute(
          fmt::format("UPDATE legacy_work SET state = 'idle' WHERE issue = {}", c.issue));
    }
    return landed;
  }

 private:
  [[nodiscard]] bool Has(Plant plant) const { return world_.scenario.plant == plant; }

  World& world_;
  Process& process_;
  const Use use_;
  std::map<std::string, Document> read_;
};

// The way of a process to GitHub: others go on while a request travels, and
// what a process must not send is noticed here, on the wire.
class Wire : public HttpTransport {
 public:
  explicit Wire(Process& process)
      : process_(process), next_(NewSimulatedTransport(process.world().github, process.world().baton)) {}

  std::vector<absl::StatusOr<HttpResponse>> Send(const std::vector<HttpRequest>& requests,
                                                 const HttpLimits& limits) override {
    for (const HttpRequest& request : requests) Inspect(request);
    auto answers = next_->Send(requests, limits);
    World& world = process_.world();
    // A proxy that sends a request again. Not a comment: nothing could tell it
    // from a second one, and clients never repeat by themselves.
    const HttpRequest& last = requests.back();
    const bool repeatable = last.url.find("/comments") == std::string::npos;
    if (requests.size() == 1 && repeatable && world.Strikes(world.scenario.network / 10)) {
      answers = next_->Send(requests, limits);
    }
    world.MayGoOn();
    world.Event(process_.name(), "Wire");
    return answers;
  }

 private:
  void Inspect(const HttpRequest& request) {
    if (request.method == "GET" || request.url.ends_with("/graphql")) return;
    World& world = process_.world();
    const std::string path = request.url.substr(world.github.root().size());
    const std::string key = fmt::format("{} {} {}", request.method, path, request.body);
    world.trace.Add(world.baton.Now(), process_.name(), key);
    if (process_.mode == WriteMode::kReadOnly) {
      world.Break(Invariant::kReadonlyWrite, fmt::format("{} sends {}", process_.name(), key));
    }
    // Legacy looks at no lease while it works; that is one of its defects.
    const bool stale = process_.run_fence != world.last_lease.fence || process_.name() != world.last_run;
    if (process_.run == Process::Run::kJournaled && stale) {
      world.Break(Invariant::kHeldTwice,
                  fmt::format("{} sends {} in the run of {}", process_.name(), key, world.last_run));
    }
    if (process_.approved != nullptr && !process_.approved->contains(key)) {
      world.Break(Invariant::kUnexpected, fmt::format("{} sends {}", process_.name(), key));
    }
  }

  Process& process_;
  std::unique_ptr<HttpTransport> next_;
};

// The real client, with fate around each write and the planted bugs of GitHub's side.
class FatefulClient : public GithubClient {
 public:
  FatefulClient(Process& process, std::unique_ptr<GithubClient> client)
      : process_(process), client_(std::move(client)) {}

  absl::StatusOr<WriteReceipt> Perform(const GithubWrite& write) override {
    const std::string_view kind = WriteKind(write);
    if (absl::Status before = process_.Before(kind); !before.ok()) {
      return absl::UnavailableError("no connection");
    }
    if (Has(Plant::kLostMerge) && std::holds_alternative<MergeBranch>(write)) return WriteReceipt{};
    absl::StatusOr<WriteReceipt> receipt = client_->Perform(write);
    if (receipt.ok()) Twin(write);
    if (absl::Status after = process_.After(kind); !after.ok()) return absl::UnknownError("timeout");
    return receipt;
  }
  absl::StatusOr<ProbeResult> Probe(const GithubWrite& write) override {
    if (absl::Status before = process_.Before("Probe"); !before.ok()) return before;
    absl::StatusOr<ProbeResult> seen = client_->Probe(write);
    if (absl::Status after = process_.After("Probe"); !after.ok()) return after;
    if (Has(Plant::kNoProbe)) return ProbeResult{};
    return seen;
  }
  absl::StatusOr<Backlog> FetchBacklog(const FetchOptions& options) override {
    return client_->FetchBacklog(options);
  }

  [[nodiscard]] std::string_view repository() const override { return client_->repository(); }
  absl::StatusOr<Repository> GetRepository() override { return client_->GetRepository(); }
  absl::StatusOr<std::string> GetLogin() override { return client_->GetLogin(); }
  absl::StatusOr<Issue> GetIssue(IssueNumber number) override { return client_->GetIssue(number); }
  absl::StatusOr<std::vector<Dependency>> ListBlockedBy(IssueNumber issue) override {
    return client_->ListBlockedBy(issue);
  }
  absl::StatusOr<std::vector<Dependency>> ListSubIssues(IssueNumber issue) override {
    return client_->ListSubIssues(issue);
  }
  absl::StatusOr<std::vector<Comment>> ListComments(IssueNumber issue) override {
    return client_->ListComments(issue);
  }
  absl::StatusOr<std::vector<std::string>> ListLabels() override { return client_->ListLabels(); }
  absl::StatusOr<Ref> GetRef(std::string_view ref) override { return client_->GetRef(ref); }
  absl::StatusOr<std::vector<Ref>> ListRefs(std::string_view prefix) override {
    return client_->ListRefs(prefix);
  }
  absl::StatusOr<Commit> GetCommit(std::string_view sha) override { return client_->GetCommit(sha); }
  absl::StatusOr<Comparison> Compare(std::string_view base, std::string_view head) override {
    return client_->Compare(base, head);
  }
  absl::StatusOr<std::vector<Pull>> ListPulls(const PullFilter& filter) override {
    return client_->ListPulls(filter);
  }
  absl::StatusOr<PullDetails> GetPull(std::int64_t number) override { return client_->GetPull(number); }
  absl::StatusOr<std::vector<std::string>> ListPullFiles(std::int64_t number) override {
    return client_->ListPullFiles(number);
  }
  absl::StatusOr<std::vector<RateLimit>> GetRateLimits() override { return client_->GetRateLimits(); }
  absl::StatusOr<PullDetails> WaitForMergeable(std::int64_t number, absl::Duration timeout) override {
    return client_->WaitForMergeable(number, timeout);
  }

 private:
  [[nodiscard]] bool Has(Plant plant) const { return process_.world().scenario.plant == plant; }

  void Twin(const GithubWrite& write) {
    World& world = process_.world();
    if (Has(Plant::kTwinComment) && std::holds_alternative<CreateComment>(write)) {
      client_->Perform(write).IgnoreError();
    }
    const auto* pull = std::get_if<CreatePull>(&write);
    if (Has(Plant::kTwinPull) && pull != nullptr) {
      world.github.AddPull(pull->head, pull->base, pull->body);
      world.Event(process_.name(), "Wire");
    }
  }

  Process& process_;
  std::unique_ptr<GithubClient> client_;
};

}  // namespace

std::string WriteKey(const GithubWrite& write) {
  const WireRequest request = Describe(kScope, write);
  return fmt::format("{} {} {}", request.method, request.path, request.body);
}

Process::Process(World& world, std::string name, Kind kind)
    : world_(world), name_(std::move(name)), kind_(kind) {
  Restart();
}

void Process::Restart() {
  dead_ = false;
  approved = nullptr;
  knows_legacy_gone = false;
  saw_latch = {};
  connection_ = world_.Connect();
  store_ = std::make_unique<PlantedStore>(*connection_, *this, PlantedStore::Use::kWork);
  decisions_ = std::make_unique<PlantedStore>(*connection_, *this, PlantedStore::Use::kDecisions);
}

void Process::Die(std::string_view call, std::string_view where) {
  dead_ = true;
  world_.kill_points.insert(fmt::format("{} {}", where, call));
  world_.trace.Add(world_.baton.Now(), name_, fmt::format("killed {} {}", where, call));
  throw Crash{};
}

// A call that is made seldom is struck more often: it, too, is a place to die at.
void Process::MayDie(std::string_view call, std::string_view where) {
  constexpr std::uint64_t kSeldom = 4;
  constexpr unsigned kMore = 20;
  if (kind_ != Kind::kFragile) return;
  const bool is_seldom = world_.seams.find(call)->second <= kSeldom;
  if (world_.Strikes(world_.scenario.crash * (is_seldom ? kMore : 1))) Die(call, where);
}

absl::Status Process::Before(std::string_view call) {
  world_.MayGoOn();
  const Scenario& scenario = world_.scenario;
  if (kind_ == Kind::kFragile) ++world_.seams.try_emplace(std::string(call)).first->second;
  MayDie(call, "before");
  // Not between the look at the lease and the request: no program can help that.
  const bool is_request = call.find('_') != std::string_view::npos;
  const bool sleeps = kind_ == Kind::kFragile && !is_request && world_.Strikes(scenario.pause);
  world_.baton.Pause(sleeps ? absl::Minutes(1 + world_.baton.Below(9)) : absl::ZeroDuration());
  world_.MayGoOn();
  if (!world_.Strikes(scenario.store)) return absl::OkStatus();
  world_.trace.Add(world_.baton.Now(), name_, fmt::format("{}: the database is locked", call));
  return absl::UnavailableError("the database is locked");
}

absl::Status Process::After(std::string_view call) {
  world_.Event(name_, call);
  const Scenario& scenario = world_.scenario;
  MayDie(call, "after");
  if (kind_ == Kind::kFragile && world_.Strikes(scenario.pause)) {
    world_.baton.Pause(absl::Minutes(1 + world_.baton.Below(9)));
    world_.MayGoOn();
  }
  if (!world_.Strikes(scenario.store)) return absl::OkStatus();
  world_.trace.Add(world_.baton.Now(), name_, fmt::format("{}: done, and the answer is lost", call));
  return absl::UnavailableError("the connection was lost");
}

std::unique_ptr<GithubClient> Process::NewClient() {
  GithubOptions options;
  options.api_url = world_.github.root();
  options.repository = std::string(kScope);
  options.token = Secret(std::string(SimulatedGithub::kToken));
  options.lost_answer = GithubOptions::LostAnswer::kReturnUnknown;
  options.max_attempts = 1;
  options.max_limit_wait = absl::Seconds(15);
  auto client = NewGithubClient(options, world_.baton, std::make_unique<Wire>(*this));
  if (!client.ok()) throw std::runtime_error(client.status().ToString());
  return std::make_unique<FatefulClient>(*this, *std::move(client));
}

}  // namespace clambake::simulation
