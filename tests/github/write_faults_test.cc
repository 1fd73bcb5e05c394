// Every write meets every fault: the state is right afterwards, nothing was
// done twice, and nothing that was done is reported as failed.
#include <iostream>
#include <set>

#include "fmt/format.h"
#include "tests/github/github_room.h"
#include "tests/github/write_cases.h"

namespace clambake {
namespace {

struct Outcome {
  std::string problem;  // "" if all is well
  int attempts = 0;
  bool probed = false;
};

// The write's own request meets `kind`, once.
Outcome Meet(const WriteCase& write_case, FaultKind kind) {
  GithubRoom room;
  room.github.keep_previous = true;
  const GithubWrite write = write_case.prepare(room.github);
  const std::string method = Describe("octo/hello", write).method;
  room.github.faults().Add({.kind = kind, .method = kind == FaultKind::kStaleList ? "GET" : method});
  if (kind == FaultKind::kStaleList) {
    // A stale list alone does no harm: it must meet a lost answer.
    room.github.faults().Add({.kind = FaultKind::kLostAnswer, .method = method});
  }
  auto client = room.Client();
  const absl::StatusOr<WriteReceipt> receipt = client->Perform(write);
  if (!receipt.ok()) return {"failed: " + std::string(receipt.status().message())};
  Outcome outcome{write_case.check(room.github), receipt->attempts, receipt->probed};
  if (room.github.limits().traffic().sent_while_blocked > 0) outcome.problem = "sent while blocked";
  if (std::holds_alternative<CreatePull>(write) && receipt->number != 1) outcome.problem = "wrong number";
  if (std::holds_alternative<CreateComment>(write) && !room.github.world().comments.contains(receipt->id)) {
    outcome.problem = "wrong id";
  }
  return outcome;
}

TEST_CASE("every write survives every fault, once and truthfully") {
  std::string table = fmt::format("{:22}", "fault");
  GithubRoom names;
  for (const WriteCase& write_case : WriteCases()) {
    GithubRoom room;
    table += fmt::format(" {:>4.4}", WriteKind(write_case.prepare(room.github)));
  }
  for (const FaultKind kind : AllFaults()) {
    table += fmt::format("\n{:22}", Name(kind));
    for (const WriteCase& write_case : WriteCases()) {
      GithubRoom room;
      const std::string write = std::string(WriteKind(write_case.prepare(room.github)));
      const Outcome outcome = Meet(write_case, kind);
      table += fmt::format(" {:>4}", outcome.problem.empty()
                                         ? fmt::format("{}{}", outcome.attempts, outcome.probed ? "p" : "")
                                         : "BAD");
      INFO(write << " meets " << Name(kind));
      CHECK(outcome.problem == "");
    }
  }
  std::cout << "requests sent, p: settled by a probe\n" << table << "\n";
}

TEST_CASE("the table of writes has every kind of write exactly once") {
  std::set<std::string_view> kinds;
  for (const WriteCase& write_case : WriteCases()) {
    GithubRoom room;
    kinds.insert(WriteKind(write_case.prepare(room.github)));
  }
  CHECK(kinds.size() == std::variant_size_v<GithubWrite>);
  CHECK(WriteCases().size() == std::variant_size_v<GithubWrite>);
}

TEST_CASE("a caller who journals gets each fault back at once, sorted by what to do next") {
  const auto code_of = [](FaultKind kind) {
    GithubRoom room;
    room.options.lost_answer = GithubOptions::LostAnswer::kReturnUnknown;
    room.github.AddIssue("a");
    room.github.faults().Add({.kind = kind, .method = "POST"});
    const auto before = room.sent.size();
    const absl::Status status = room.Client()->Perform(AddLabels{1, {"agent001"}}).status();
    CHECK(room.sent.size() == before + 1);
    return status.code();
  };
  for (const FaultKind kind :
       {FaultKind::kCut, FaultKind::kLostAnswer, FaultKind::kLateEffect, FaultKind::kTimeout, FaultKind::k502,
        FaultKind::k502AfterWork, FaultKind::kMalformedJson, FaultKind::kTruncatedJson,
        FaultKind::kWrongContentType}) {
    INFO(Name(kind));
    CHECK(code_of(kind) == absl::StatusCode::kUnknown);
  }
  CHECK(code_of(FaultKind::kNotSent) == absl::StatusCode::kUnavailable);
  for (const FaultKind kind : {FaultKind::k429, FaultKind::kSecondaryRetryAfter, FaultKind::kSecondaryBare,
                               FaultKind::kPrimarySpent, FaultKind::kResetInPast}) {
    INFO(Name(kind));
    CHECK(code_of(kind) == absl::StatusCode::kResourceExhausted);
  }
}

TEST_CASE("a probe tells what a lost write did") {
  for (const WriteCase& write_case : WriteCases()) {
    GithubRoom room;
    room.options.lost_answer = GithubOptions::LostAnswer::kReturnUnknown;
    const GithubWrite write = write_case.prepare(room.github);
    if (std::holds_alternative<CreateTree>(write) || std::holds_alternative<CreateCommit>(write)) continue;
    INFO(WriteKind(write));
    auto client = room.Client();
    const auto before = client->Probe(write);
    REQUIRE(before.ok());
    CHECK(before->effect == Effect::kNotTaken);
    room.github.faults().Add(
        {.kind = FaultKind::kLostAnswer, .method = Describe("octo/hello", write).method});
    CHECK(client->Perform(write).status().code() == absl::StatusCode::kUnknown);
    const auto after = client->Probe(write);
    REQUIRE(after.ok());
    CHECK(after->effect == Effect::kTaken);
  }
}

}  // namespace
}  // namespace clambake
