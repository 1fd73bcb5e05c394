// `clambake run` and its neighbours as programs, against GitHub on the wire.
#include "tests/run/program.h"

namespace clambake {
namespace {

std::string DigestIn(const std::string& json) {
  const std::size_t at = json.find("\"digest\":\"") + 10;
  return json.substr(at, json.find('"', at) - at);
}

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

TEST_CASE("read-only, nothing but reading reaches GitHub: any command, any flags, any fault") {
  Program program;
  program.github.AddIssue("One", {"route:ready"});
  program.github.AddIssue("Two", {"route:review"});
  program.github.AddBranch("agent001/2", "a", "b");
  const std::vector<std::vector<std::string>> commands = {{"plan"},
                                                          {"run"},
                                                          {"run", "--json"},
                                                          {"run", "--expect-digest", "sha256:0"},
                                                          {"fetch"},
                                                          {"bundle"},
                                                          {"state", "init"},
                                                          {"state", "claims", "list"},
                                                          {"state", "queue", "list"}};
  const std::size_t before = program.github.effects().size();
  for (const FaultKind fault : {FaultKind::kCut, FaultKind::k502, FaultKind::kMalformedJson}) {
    for (unsigned flags = 0; flags < 8; flags += 7) {
      for (const auto& command : commands) {
        program.github.faults().Clear();
        program.github.faults().Add({.kind = fault, .skip = 1});
        std::vector<std::string> environment = {"CLAMBAKE_READONLY=1"};
        for (unsigned bit = 0; bit < 3; ++bit) {
          if ((flags >> bit & 1U) != 0) environment.push_back(kV2[bit]);
        }
        program.Run(command, environment);
      }
    }
  }
  CHECK(program.github.effects().size() == before);
  // The check that can fail: the same command writes once it may.
  program.github.faults().Clear();
  program.Run({"run"}, kV2);
  CHECK(program.github.effects().size() > before);
}

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
