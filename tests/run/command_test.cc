// `clambake run` and its neighbours as programs, against GitHub on the wire.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "clambake/state_store.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "tests/run/program.h"
#include "tests/support/store_world.h"

namespace clambake {
namespace {

std::string DigestIn(const std::string& json) {
  const std::size_t at = json.find("\"digest\":\"") + 10;
  return json.substr(at, json.find('"', at) - at);
}

std::vector<std::string> Words(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

// One bit for each component, and read-only, unless `by_option` brings that.
std::vector<std::string> FlagsOf(unsigned bits, bool by_option) {
  std::vector<std::string> flags;
  if (!by_option) flags.emplace_back("CLAMBAKE_READONLY=1");
  for (unsigned bit = 0; bit < kV2.size(); ++bit) {
    if ((bits >> bit & 1U) != 0) flags.push_back(kV2[bit]);
  }
  return flags;
}

// Each command, with arguments that let it get to work.
const std::vector<std::pair<std::string, std::vector<std::string>>> kTrials = {
    {"plan", {}},
    {"bundle", {}},
    {"compare", {}},
    {"fetch", {}},
    {"run", {}},
    {"flags", {}},
    {"flags check", {}},
    {"report", {"-o", "report.html"}},
    {"completion", {"bash"}},
    {"manual", {}},
    {"doctor", {}},
    {"state init", {}},
    {"state queue list", {}},
    {"state queue show", {"0123"}},
    {"state queue retry", {"0123"}},
    {"state queue drop", {"0123"}},
    {"state claims list", {}},
    {"state claims claim", {"--agent", "agent001"}},
    {"state claims renew", {"--agent", "agent001", "--issue", "1"}},
    {"state claims land", {"--agent", "agent001", "--issue", "1"}},
    {"state claims release", {"--agent", "agent001", "--issue", "1"}},
    {"state snapshot", {"snapshot.json"}},
    {"state restore", {"snapshot.json"}},
    {"state audit", {"--repair"}},
    {"state reconcile", {}},
    {"cutover status", {}},
    {"cutover start", {"executor", "--reason", "test"}},
    {"cutover advance", {"executor"}},
    {"cutover hold", {"executor"}},
    {"cutover resume", {"executor"}},
    {"cutover judge", {"executor"}},
    {"cutover rollback", {"executor", "--reason", "test"}},
    {"cutover cleanup", {"--rehearse"}},
    {"cutover clear", {"executor", "--reason", "test"}},
    {"cutover cleanup", {"--rehearse"}},
};

}  // namespace

TEST_CASE(
    "a run hands out issues once, a preview executes as previewed, and a second run has nothing to do") {
  Program program;
  const auto one = program.github.AddIssue("One", {"route:ready"}).number;
  const Ended preview = program.Run({"run", "--readonly", "--json"}, kV2);
  INFO(preview.err);
  REQUIRE(preview.code == 0);
  CHECK(program.github.effects().empty());
  const Ended other = program.Run({"run", "--expect-digest", "sha256:0"}, kV2);
  CHECK(other.code == 1);
  CHECK_THAT(other.err, ContainsSubstring("+ POST"));
  CHECK(program.github.effects().empty());
  const Ended run = program.Run({"run", "--json", "--expect-digest", DigestIn(preview.out)}, kV2);
  INFO(run.err << run.out);
  REQUIRE(run.code == 0);
  CHECK(DigestIn(run.out) == DigestIn(preview.out));
  CHECK(program.Issue(one).labels == std::vector<std::string>{"route:ready", "agent001"});
  CHECK(program.github.world().comments.size() == 1);
  const std::size_t effects = program.github.effects().size();
  const Ended again = program.Run({"run", "--json"}, kV2);
  CHECK(again.code == 0);
  CHECK(program.github.effects().size() == effects);
  const Ended claims = program.Run({"state", "claims", "list"});
  CHECK(claims.code == 0);
  CHECK_THAT(claims.out, ContainsSubstring("agent001/1"));
  for (const Ended& ended : {preview, run, again, claims}) {
    CHECK_THAT(ended.out + ended.err, !ContainsSubstring(std::string(SimulatedGithub::kToken)));
  }
}

TEST_CASE("an agent lands its work by the state, and GitHub learns of it at the next run") {
  Program program;
  const auto one = program.github.AddIssue("One", {"route:ready"}).number;
  REQUIRE(program.Run({"run"}, kV2).code == 0);
  CHECK(program.Run({"state", "claims", "land", "--agent", "agent009", "--issue", "1"}).code == 1);
  REQUIRE(program.Run({"state", "claims", "land", "--agent", "agent001", "--issue", "1"}).code == 0);
  REQUIRE(program.Run({"run"}, kV2).code == 0);
  CHECK(program.Issue(one).labels == std::vector<std::string>{"route:review"});
  CHECK(program.github.world().comments.size() == 1);
}

TEST_CASE("with --json, what a change of the state has done is JSON that tells it") {
  Program program;
  program.github.AddIssue("One", {"route:ready"});
  REQUIRE(program.Run({"run"}, kV2).code == 0);
  const auto told = [&](std::vector<std::string> command) {
    command.insert(command.begin(), "state");
    command.emplace_back("--json");
    const Ended ended = program.Run(command);
    INFO(ended.out << ended.err);
    CHECK(ended.code == 0);
    return nlohmann::json::parse(ended.out);
  };
  CHECK(told({"init"})["did"] == "init");
  CHECK(told({"claims", "renew", "--agent", "agent001", "--issue", "1"})["claims"][0]["state"] == "claimed");
  const nlohmann::json snapshot = told({"snapshot", "s.json"});
  CHECK(snapshot["bytes"] == fs::file_size(program.folder() / "s.json"));
  CHECK(snapshot["digest"] == Digest(ReadAll(program.folder() / "s.json")));
  CHECK(told({"reconcile"})["moved"] == 1);
  CHECK(told({"reconcile", "--return", "24h"})["claims"][0]["agent"] == "agent001");
  const nlohmann::json landed = told({"claims", "land", "--agent", "agent001", "--issue", "1"});
  CHECK(landed["claims"][0]["branch"] == "agent001/1");
  CHECK(told({"restore", "s.json"})["digest"] == snapshot["digest"]);
  const Ended held =
      program.Run({"state", "claims", "claim", "--agent", "agent002", "--issue", "1", "--json"});
  CHECK(held.code == 1);
  CHECK(nlohmann::json::parse(held.out).empty());
}

TEST_CASE("a repair ends with 0 where all is mended, and with 1 where something has no other side") {
  Program program;
  StoreWorld world(Engine::kSqlite);
  const std::unique_ptr<StateStore> store = world.Open();
  REQUIRE(store->Enqueue("octo/hello", {{1, 1}}).ok());
  REQUIRE(store->AppendAudit("octo/hello", {.actor = "ada", .event = "one", .detail = "first"}).ok());
  const auto audit = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"state", "audit", "--state", world.location()});
    return program.Run(options);
  };
  CHECK(audit({}).code == 0);
  world.Execute("UPDATE work SET rank = 9");
  CHECK(audit({}).code == 1);
  CHECK_THAT(program.Run({"state", "snapshot", "s.json", "--state", world.location()}).err,
             ContainsSubstring("warning: the state is damaged"));
  const Ended mended = audit({"--repair", "--json"});
  CHECK(mended.code == 0);
  const nlohmann::json told = nlohmann::json::parse(mended.out);
  CHECK(told["repaired"] == 1);
  CHECK(told["clean"] == false);
  CHECK(told["after_repair"]["clean"] == true);
  CHECK(audit({}).code == 0);
  world.Execute("UPDATE audit SET actor = 'eve'");
  const Ended left = audit({"--repair"});
  CHECK(left.code == 1);
  CHECK_THAT(left.out, ContainsSubstring("audited again: not clean"));
  CHECK_THAT(program.Run({"cutover", "rollback", "planner", "--state", world.location()}).err,
             ContainsSubstring("warning: nobody is alerted"));
}

TEST_CASE("a reconciliation with a backlog that is none changes nothing") {
  Program program;
  program.github.AddIssue("One", {"route:ready"});
  REQUIRE(program.Run({"run"}, kV2).code == 0);
  const std::string before = program.Run({"state", "snapshot", "-"}).out;
  REQUIRE_THAT(before, ContainsSubstring("\"claimed\""));
  std::ofstream(program.folder() / "bad.json") << R"({"issues":[{"number":"one"}]})";
  for (const char* file : {"bad.json", "missing.json", "."}) {
    CHECK(program.Run({"state", "reconcile", "--from", file}).code == 2);
    CHECK(program.Run({"state", "snapshot", "-"}).out == before);
  }
  CHECK(program.Run({"state", "reconcile"}).code == 0);
  CHECK(program.Run({"state", "snapshot", "-"}).out != before);
}

TEST_CASE("what the doctor says of missing labels is done as it says, by either generation, and once") {
  for (const std::vector<std::string>& flags : {std::vector<std::string>{}, kV2}) {
#if !CLAMBAKE_HAS_LEGACY
    if (flags.empty()) continue;
#endif
    Program program;
    std::map<std::string, std::string>& labels = program.github.world().labels;
    labels = {{"Route:Ready", "123456"}};
    const std::string command = "clambake run --repo octo/hello --make-labels";
    CHECK_THAT(program.Run({"doctor"}, flags).out,
               ContainsSubstring("route:review, route:human-only missing: `" + command + "` makes them"));
    const Ended preview = program.Run({"run", "--make-labels", "--readonly", "--json"}, flags);
    INFO(preview.err << preview.out);
    REQUIRE(preview.code == 0);
    CHECK(labels.size() == 1);
    const Ended made = program.Run({"run", "--make-labels", "--expect-digest", DigestIn(preview.out)}, flags);
    INFO(made.err << made.out);
    REQUIRE(made.code == 0);
    CHECK(labels.size() == 3);
    CHECK(labels.at("route:review") == "fbca04");
    CHECK_THAT(program.Run({"doctor"}, flags).out, ContainsSubstring("the route labels are there"));
    const std::size_t effects = program.github.effects().size();
    CHECK(program.Run({"run", "--make-labels"}, flags).code == 0);
    CHECK(program.github.effects().size() == effects);
    // Somebody takes one away again.
    labels.erase("route:review");
    CHECK(program.Run({"run", "--make-labels"}, flags).code == 0);
    CHECK(labels.contains("route:review"));
  }
}

#if CLAMBAKE_HAS_LEGACY
TEST_CASE("D20: after the cleanup plan, bundle and report plan with v2, and refuse legacy by name") {
  const Program program;
  const std::string state = (program.folder() / "cleaned.db").string();
  const std::unique_ptr<Clock> clock = NewSystemClock();
  const auto store = OpenStateStore({.location = state, .clock = clock.get()});
  REQUIRE(store.ok());
  REQUIRE((*store)->CleanUp("octo/hello", "ada", CleanupMode::kConfirm).ok());
  Program other;
  other.github.AddIssue("One", {"route:ready"});
  const std::vector<std::string> report = {"report", "-o", "report.html"};
  for (std::vector<std::string> command : {std::vector<std::string>{"plan"}, {"bundle"}, report}) {
    INFO(command[0]);
    const Ended before = other.Run(command, {"CLAMBAKE_NEW_PLANNER=0", "CLAMBAKE_BUNDLER_V2=0"});
    CHECK_THAT(before.err, !ContainsSubstring("the cleanup has taken legacy away"));
    command.insert(command.end(), {"--state", state});
    const Ended refused = other.Run(command, {"CLAMBAKE_NEW_PLANNER=0", "CLAMBAKE_BUNDLER_V2=0"});
    CHECK(refused.code == 2);
    CHECK_THAT(refused.err, ContainsSubstring("the cleanup has taken legacy away"));
  }
  CHECK_THAT(other.Run({"plan", "--json", "--state", state}).out, ContainsSubstring("\"planner\":\"v2\""));
}
#endif

TEST_CASE("the table of read-only trials names every command that there is") {
  Program program;
  std::set<std::string> known = {"state", "state queue", "state claims",
                                 "cutover"};  // what only holds others
  for (const auto& [command, arguments] : kTrials) known.insert(command);
  const std::string script = program.Run({"completion", "bash"}).out;
  std::set<std::string> found;
  const std::string_view mark = "command='";
  for (std::size_t at = script.find(mark); at != std::string::npos; at = script.find(mark, at + 1)) {
    const std::size_t from = at + mark.size();
    found.insert(script.substr(from, script.find('\'', from) - from));
  }
  CHECK(found == known);
}

TEST_CASE("read-only, nothing but reading leaves the process: any command, any flags, any fault") {
  Program program;
  program.github.AddIssue("One", {"route:ready"});
  program.github.AddIssue("Two", {"route:review"});
  program.github.AddBranch("agent001/2", "a", "b");
  REQUIRE(program.Run({"state", "init"}).code == 0);
  const Traffic& traffic = program.github.limits().traffic();
  int trials = 0;
  const auto attempt = [&](const std::string& command, const std::vector<std::string>& arguments,
                           unsigned flags, bool by_option) {
    std::vector<std::string> words = Words(command);
    words.insert(words.end(), arguments.begin(), arguments.end());
    if (by_option) words.emplace_back("--readonly");
    const std::int64_t before = traffic.writes;
    program.Run(words, FlagsOf(flags, by_option));
    INFO(command << ", flags " << flags);
    CHECK(traffic.writes == before);
    ++trials;
  };
  for (const auto& [command, arguments] : kTrials) {
    for (const unsigned flags : {0U, 7U}) {
      for (const bool by_option : {false, true}) attempt(command, arguments, flags, by_option);
    }
  }
  for (unsigned flags = 0; flags < 8; ++flags) {
    for (const auto& arguments : std::vector<std::vector<std::string>>{
             {}, {"--json"}, {"--expect-digest", "sha256:0"}, {"--github-lock"}, {"--assignee", "alice"}}) {
      attempt("run", arguments, flags, flags % 2 == 0);
    }
  }
  // Those that cost no waiting on the real clock.
  for (const FaultKind fault : {FaultKind::kNotSent, FaultKind::kCut, FaultKind::kLostAnswer, FaultKind::k502,
                                FaultKind::k502AfterWork, FaultKind::kMalformedJson,
                                FaultKind::kTruncatedJson, FaultKind::kWrongContentType}) {
    for (const auto& [command, arguments] : kTrials) {
      if (command != "run" && command != "fetch" && command != "doctor") continue;
      program.github.faults().Clear();
      program.github.faults().Add({.kind = fault, .skip = 1});
      attempt(command, arguments, 7, false);
    }
  }
  CHECK(trials > 150);
  CHECK(traffic.reads > 50);
  CHECK(traffic.queries > 0);
  CHECK(program.github.effects().empty());
  // The check that can fail: the same command writes once it may.
  program.github.faults().Clear();
  program.Run({"run"}, kV2);
  CHECK(traffic.writes > 0);
}

TEST_CASE("all of the manual queue can be retried or dropped at once, and one by one") {
  Program program;
  REQUIRE(program.Run({"state", "init"}).code == 0);
  const auto clock = NewSystemClock();
  StoreOptions options;
  options.location = (program.folder() / ".local/state/clambake/state.db").string();
  options.clock = clock.get();
  auto store = *OpenStateStore(options);
  const RunLease lease = *store->StartRun("octo/hello", "test", absl::Minutes(3));
  std::vector<JournalEntry> entries;
  for (const char* id : {"aa", "bb", "cc", "dd"}) {
    entries.push_back({.id = id, .lane = id, .kind = "remove_label", .payload = "{}"});
  }
  REQUIRE(store->RecordIntents(lease, entries, {}).ok());
  for (JournalEntry& entry : entries) {
    entry.state = OperationState::kManual;
    REQUIRE(store->RecordOutcome(lease, entry, {}).ok());
  }
  CHECK(program.Run({"state", "queue", "retry"}).code == 2);
  CHECK(program.Run({"state", "queue", "drop", "--all", "aa"}).code == 2);
  const Ended dropped = program.Run({"state", "queue", "drop", "aa", "bb", "--json"});
  CHECK(dropped.code == 0);
  const nlohmann::json told = nlohmann::json::parse(dropped.out)["operations"];
  REQUIRE(told.size() == 2);
  CHECK(told[1]["id"] == "bb");
  CHECK(told[1]["state"] == "dropped");
  CHECK(store->ReadOperation("octo/hello", "bb")->state == OperationState::kDropped);
  CHECK(program.Run({"state", "queue", "retry", "--all"}).code == 0);
  CHECK(store->ReadOperation("octo/hello", "dd")->state == OperationState::kIntent);
  CHECK(store->ReadOperation("octo/hello", "aa")->state == OperationState::kDropped);
}

TEST_CASE("without a clone, bundles are approximate, and what GitHub itself cannot merge is not opened") {
  Program program;
  for (const char* title : {"One", "Two", "Three"}) program.github.AddIssue(title, {"route:review"});
  // No two of the first bundle's branches share a file, and yet one does not merge.
  program.github.AddBranch("agent001/1", "README", "theirs");
  program.github.AddBranch("main", "README", "ours");
  program.github.AddBranch("agent001/2", "b", "two");
  program.github.AddBranch("agent002/3", "b", "three");
  const Ended bundles = program.Run({"bundle", "--approximate", "--json"}, kV2);
  INFO(bundles.err << bundles.out);
  REQUIRE(bundles.code == 0);
  CHECK_THAT(bundles.out, ContainsSubstring("\"approximate\":true"));
  CHECK_THAT(bundles.out, ContainsSubstring("\"issues\":[1,2]"));
  CHECK_THAT(bundles.out, ContainsSubstring("\"issues\":[3]"));
  CHECK_THAT(program.Run({"bundle", "--approximate"}, kV2).out,
             ContainsSubstring("Approximate: the server must confirm each merge."));
  CHECK(program.github.effects().empty());
  const Ended plain = program.Run({"run", "--readonly"}, kV2);
  CHECK_THAT(plain.err, ContainsSubstring("or ask GitHub with --approximate"));
  CHECK_THAT(plain.out, !ContainsSubstring("bundle/"));
  const Ended run = program.Run({"run", "--approximate"}, kV2);
  INFO(run.err << run.out);
  CHECK(run.code == 1);
  std::vector<std::string> opened;
  for (const auto& [number, issue] : program.github.world().issues) {
    if (issue.is_pull()) opened.push_back(issue.title);
  }
  CHECK(opened == std::vector<std::string>{"Bundle of 1 issue"});
  CHECK(program.Issue(1).labels == std::vector<std::string>{"route:review"});
  CHECK(program.Issue(2).labels == std::vector<std::string>{"route:review"});
  CHECK(program.Issue(3).labels == std::vector<std::string>{"route:ready_to_merge"});
  CHECK_THAT(program.Run({"state", "queue", "list"}).out, ContainsSubstring("by hand and push it"));
}

#if CLAMBAKE_HAS_LEGACY
TEST_CASE("a run with other flags than this host's last one tells of them as an info") {
  Program program;
  REQUIRE(program.Run({"run"}, {"CLAMBAKE_NEW_PLANNER=1"}).code == 0);
  REQUIRE(program.Run({"run"}, {"CLAMBAKE_NEW_PLANNER=yes"}).code == 0);
  const Ended changed = program.Run({"run", "--log", "json"}, {"CLAMBAKE_NEW_PLANNER=0"});
  INFO(changed.err);
  CHECK(changed.code == 0);
  CHECK_THAT(changed.err, ContainsSubstring("CLAMBAKE_NEW_PLANNER=false"));
  CHECK_THAT(changed.err, ContainsSubstring("flags.changed"));
  const Ended log = program.Run({"cutover", "status", "--log", "9", "--json"});
  CHECK(nlohmann::json::parse(log.out).at("lines").size() == 1);
}
#endif

TEST_CASE("bad input ends with 2, a missing token with 4, and nothing is written") {
  Program program;
  program.github.AddIssue("One", {"route:ready"});
  CHECK(program.Run({"run", "--from", "/nowhere.json"}).code == 2);
  CHECK(program.Run({"run"}, {"CLAMBAKE_READONLY=maybe"}).code == 2);
  CHECK(program.Run({"run", "--max-bundle", "-1"}).code == 2);
  CHECK(program.Run({"state", "queue", "retry", "0123"}).code == 2);
  CHECK(program.Run({"run", "--state", "mysql://x"}).code == 2);
  program.github.faults().Add({.kind = FaultKind::kCut, .times = 100});
  CHECK(program.Run({"run"}, kV2).code == 5);
  CHECK(program.github.effects().empty());
}

}  // namespace clambake
