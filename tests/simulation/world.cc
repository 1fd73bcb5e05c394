#include "tests/simulation/world.h"

#include <stdexcept>

#include "fmt/format.h"
#include "tests/simulation/invariants.h"

namespace clambake::simulation {
namespace {

std::unique_ptr<StateStore> OpenStore(const std::string& location, Clock& clock) {
  StoreOptions options;
  options.location = location;
  options.sqlite_vfs = "memdb";
  options.clock = &clock;
  auto store = OpenStateStore(options);
  if (!store.ok()) throw std::runtime_error(store.status().ToString());
  return *std::move(store);
}

// A name that no other simulation of this process has: memdb shares by name.
std::string NewLocation() {
  static std::uint64_t worlds = 0;
  return fmt::format("/world-{}", ++worlds);
}

// A misfortune on the way to GitHub, or there.
std::optional<Fault> Misfortune(World& world, const HttpRequest& request) {
  if (!world.Strikes(world.scenario.network)) return std::nullopt;
  // Those that leave a writer in doubt come more often than others.
  static const std::vector<FaultKind> doubtful = {FaultKind::kLateEffect, FaultKind::kLateEffect,
                                                  FaultKind::kLostAnswer, FaultKind::k502AfterWork};
  const std::vector<FaultKind>& kinds = world.baton.Roll(500) ? doubtful : AllFaults();
  Fault fault;
  fault.kind = kinds[world.baton.Below(static_cast<unsigned>(kinds.size()))];
  // Only what is read can be old.
  if (fault.kind == FaultKind::kStaleList && request.method != "GET") fault.kind = FaultKind::kLateEffect;
  fault.duration = absl::Seconds(1 + world.baton.Below(45));
  world.trace.Add(world.baton.Now(), "github",
                  fmt::format("{} strikes {}", Name(fault.kind), request.method));
  return fault;
}

}  // namespace

void Trace::Mix(std::string_view bytes) {
  for (const char c : bytes) {
    digest_ = (digest_ ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
  }
}

void Trace::Add(absl::Time at, std::string_view who, std::string_view what) {
  ++events_;
  std::int64_t micros = absl::ToUnixMicros(at);
  Mix({reinterpret_cast<const char*>(&micros), sizeof(micros)});
  Mix(who);
  Mix(what);
  if (paper_ == nullptr) return;
  fmt::print(paper_, "{} {:<12} {}\n", absl::FormatTime("%d %H:%M:%E3S", at, absl::UTCTimeZone()), who, what);
}

World::World(const Scenario& what, std::FILE* paper)
    : scenario(what),
      baton(what.seed),
      start(baton.Now()),
      git(new MemoryGit),
      github(baton, std::unique_ptr<GithubGit>(git)),
      trace(paper),
      location(NewLocation()) {
  store = OpenStore(location, baton);
  github.SetRoot("https://api.github.test");
  github.keep_previous = true;
  github.longest_stale = absl::Seconds(30);  // the settle of 60 s must be longer
  github.git().SetRef("refs/heads/main", github.AddCommit("", "README.md", "hello"));
  github.fate = [this](const HttpRequest& request) { return Misfortune(*this, request); };
  invariants = std::make_unique<Invariants>(*this);
}

World::~World() = default;

std::unique_ptr<StateStore> World::Connect() { return OpenStore(location, baton); }

void World::Event(std::string_view who, std::string_view what) {
  trace.Add(baton.Now(), who, what);
  invariants->After(what);
}

void World::Break(Invariant invariant, std::string text) {
  trace.Add(baton.Now(), "VIOLATION", fmt::format("{}: {}", Name(invariant), text));
  if (!violation) violation = Violation{invariant, std::move(text)};
  over = true;
  throw Over{};
}

bool World::Strikes(unsigned per_mille) {
  if (calm || per_mille == 0 || faults >= scenario.faults) return false;
  if (!baton.Roll(per_mille)) return false;
  ++faults;
  return true;
}

}  // namespace clambake::simulation
