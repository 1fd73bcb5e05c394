#include <fstream>
#include <sstream>

#include "clambake/model.h"
#include "tests/support/catch.h"

namespace clambake {
namespace {

absl::StatusOr<Backlog> Read(const std::string& text, const ReadLimits& limits = {}) {
  std::istringstream in(text);
  return ReadBacklog(in, "b.json", limits);
}

std::string ErrorOf(const std::string& text, const ReadLimits& limits = {}) {
  const auto backlog = Read(text, limits);
  REQUIRE_FALSE(backlog.ok());
  return std::string(backlog.status().message());
}

TEST_CASE("A full backlog is read, member by member") {
  const auto backlog =
      Read(R"({"schema":"clambake.backlog/1","repository":"o/n","taken_at":"2026-01-02T03:04:05Z",
    "default_branch":"trunk","unknown":{"deep":[1,{"x":null}]},
    "issues":[{"number":3,"id":33,"title":"T","body":null,"state":"open","labels":[{"name":"bug"},"plain"],
               "assignees":[{"login":"ann"}],"created_at":"2026-01-01T00:00:00Z","closed_at":null,"user":{"login":"x"}}],
    "pulls":[{"number":9,"title":"P","state":"closed","draft":true,"head":{"ref":"agent001/3-t","sha":"aa"},
              "base":{"ref":"trunk"},"closed_at":"2026-01-01T10:00:00+02:00"}],
    "branches":[{"name":"agent001/3-t","commit":{"sha":"aa"},"ahead_by":2},{"name":"trunk","commit":{"sha":"bb"}}],
    "blocked_by":[{"issue":3,"blocked_by":[1,2],"unreadable":["x/y#4"]}],"sub_issues":[{"issue":3,"sub_issue":4}],
    "estimates":[{"issue":3,"minutes":30}],"touches":[{"issue":3,"paths":["lib/a.cc"]}]})");
  REQUIRE(backlog.ok());
  REQUIRE(backlog->repository == "o/n");
  REQUIRE(backlog->default_branch == "trunk");
  REQUIRE(backlog->taken_at == absl::FromCivil(absl::CivilSecond(2026, 1, 2, 3, 4, 5), absl::UTCTimeZone()));
  REQUIRE(backlog->issues.size() == 1);
  const Issue& issue = backlog->issues.front();
  REQUIRE(issue.number == 3);
  REQUIRE(issue.id == 33);
  REQUIRE(issue.body.empty());
  REQUIRE(issue.labels == std::vector<std::string>{"bug", "plain"});
  REQUIRE(issue.assignees == std::vector<std::string>{"ann"});
  REQUIRE(issue.closed_at == absl::InfiniteFuture());
  const Pull& pull = backlog->pulls.at(0);
  REQUIRE(pull.state == State::kClosed);
  REQUIRE(pull.draft);
  REQUIRE(pull.head_ref == "agent001/3-t");
  REQUIRE(pull.closed_at == absl::FromCivil(absl::CivilSecond(2026, 1, 1, 8, 0, 0), absl::UTCTimeZone()));
  REQUIRE(backlog->branches.at(0).ahead_by == 2);
  REQUIRE_FALSE(backlog->branches.at(1).ahead_by.has_value());
  REQUIRE(backlog->blocked_by.at(0).blocked_by == std::vector<IssueNumber>{1, 2});
  REQUIRE(backlog->blocked_by.at(0).unreadable == std::vector<std::string>{"x/y#4"});
  REQUIRE(backlog->sub_issues.at(0).child == 4);
  REQUIRE(backlog->estimates.at(0).minutes == 30);
  REQUIRE(backlog->touches.at(0).paths == std::vector<std::string>{"lib/a.cc"});
}

TEST_CASE("A bare array is the issues") {
  const auto backlog = Read(R"([{"number":1,"title":"a"},{"number":2,"title":"b"}])");
  REQUIRE(backlog->issues.size() == 2);
  REQUIRE(Read("[]")->issues.empty());
  REQUIRE(Read("\xEF\xBB\xBF []\n")->issues.empty());
}

TEST_CASE("Pull requests among the issues are told apart, and `pulls` knows better") {
  const auto backlog = Read(R"({"issues":[{"number":1},{"number":2,"body":"Fixes #1","pull_request":{}},
    {"number":5,"pull_request":{"url":"u"}}],"pulls":[{"number":2,"head":{"ref":"r","sha":"s"}}]})");
  REQUIRE(backlog->issues.size() == 1);
  REQUIRE(backlog->pulls.size() == 2);
  REQUIRE(backlog->pulls[0].head_ref == "r");
  REQUIRE(backlog->pulls[1].number == 5);
}

TEST_CASE("A number that appears twice is refused") {
  REQUIRE(ErrorOf(R"([{"number":7},{"number":7}])") == "b.json: /1/number: issue 7 appears twice");
  REQUIRE(ErrorOf(R"({"issues":[],"pulls":[{"number":7},{"number":7}]})") ==
          "b.json: /pulls/1/number: pull request 7 appears twice");
  REQUIRE_THAT(ErrorOf(R"({"issues":[],"issues":[]})"), ContainsSubstring("\"issues\" appears twice"));
}

TEST_CASE("Content errors name file, JSON pointer, field and expectation") {
  REQUIRE(ErrorOf(R"([{"number":"7"}])") ==
          "b.json: /0/number: expected an integer from 1 to 9007199254740991, found a string");
  REQUIRE(ErrorOf(R"([{"title":"x"}])") == "b.json: /0: \"number\" is missing");
  REQUIRE(ErrorOf(R"([{"number":0}])") ==
          "b.json: /0/number: expected an integer from 1 to 9007199254740991");
  REQUIRE(ErrorOf(R"([{"number":1.5}])") ==
          "b.json: /0/number: expected an integer from 1 to 9007199254740991");
  REQUIRE(ErrorOf(R"([7])") == "b.json: /0: expected an object, found a number");
  REQUIRE(ErrorOf(R"({"issues":[{"number":1,"labels":[{"name":"a"},{"name":3}]}]})") ==
          "b.json: /issues/0/labels/1/name: expected a string, found a number");
  REQUIRE(ErrorOf(R"({"issues":[{"number":1,"state":"opne"}]})") ==
          "b.json: /issues/0/state: expected \"open\" or \"closed\"");
  REQUIRE(ErrorOf(R"({"issues":[{"number":1,"created_at":"yesterday"}]})") ==
          "b.json: /issues/0/created_at: expected a time such as \"2026-01-02T03:04:05Z\"");
  REQUIRE(ErrorOf(R"({"issues":[{"number":1,"created_at":"2026-02-30T03:04:05Z"}]})") ==
          "b.json: /issues/0/created_at: expected a time such as \"2026-01-02T03:04:05Z\"");
  REQUIRE(ErrorOf(R"({"issues":[],"estimates":[{"issue":1,"minutes":-5}]})") ==
          "b.json: /estimates/0/minutes: expected an integer from 1 to 5256000");
  REQUIRE(ErrorOf(R"({"schema":"clambake.backlog/2","issues":[]})") ==
          "b.json: /schema: expected \"clambake.backlog/1\"");
  REQUIRE(ErrorOf(R"({"repository":"nameless","issues":[]})") ==
          "b.json: /repository: expected \"owner/name\"");
  REQUIRE(ErrorOf(R"({"pulls":[]})") == "b.json: \"issues\" is missing");
}

TEST_CASE("Syntax errors name line and column") {
  REQUIRE_THAT(ErrorOf("[\n  {\"number\": 1},\n  {\"number\": }\n]"), ContainsSubstring("b.json:3:"));
  REQUIRE(ErrorOf("") == "b.json:1:1: expected a backlog, found nothing");
  REQUIRE(ErrorOf("hello") == "b.json:1:1: expected a backlog: an object, or an array of issues");
  REQUIRE_THAT(ErrorOf("[{\"number\":1}"), ContainsSubstring("b.json:1:14: expected ',' or ']'"));
  REQUIRE_THAT(ErrorOf("[{\"number\":1"), ContainsSubstring("the document ends too early"));
  REQUIRE_THAT(ErrorOf("[{\"number\":1}]\n\nx"), ContainsSubstring("b.json:3:1: expected the end"));
  REQUIRE_THAT(ErrorOf("{\"issues\" []}"), ContainsSubstring("expected ':'"));
  REQUIRE_THAT(ErrorOf("{issues:[]}"), ContainsSubstring("expected a key in double quotes"));
  REQUIRE_THAT(ErrorOf(std::string("[]\0[]", 5)), ContainsSubstring("expected the end"));
  REQUIRE_THAT(ErrorOf("[{\"number\":1,\"title\":\"\xff\"}]"),
               ContainsSubstring("b.json:1:25: a string that is not UTF-8"));
  for (const char* const half : {R"([{"number":1,"title":"\ude00"}])", R"([{"number":1,"x\uD800":1}])"}) {
    REQUIRE_THAT(ErrorOf(half), ContainsSubstring("surrogate"));
  }
  REQUIRE(Read(R"([{"number":1,"title":"\ud83d\ude00 \ud7ff"}])").ok());
}

TEST_CASE("Positions are right beyond the first buffer") {
  const std::string line = "  {\"number\": 1, \"title\": \"" + std::string(1000, 'x') + "\"},\n";
  std::string text = "[\n";
  for (int i = 0; i < 999; ++i) {
    std::string numbered = line;
    numbered.replace(numbered.find("1,"), 1, std::to_string(i + 1));
    text += numbered;
  }
  REQUIRE_THAT(ErrorOf(text + "  oops]"), ContainsSubstring("b.json:1001:3: "));
}

TEST_CASE("Limits hold: depth, elements, size of one, size of all") {
  const std::string deep = "[{\"number\":1,\"x\":" + std::string(100, '[') + std::string(100, ']') + "}]";
  REQUIRE_THAT(ErrorOf(deep), ContainsSubstring("nested deeper than the limit of 64 levels"));
  REQUIRE_THAT(ErrorOf("{\"x\":" + std::string(100'000, '[')), ContainsSubstring("nested deeper than"));
  REQUIRE_THAT(ErrorOf("[{\"number\":1},{\"number\":2},{\"number\":3}]", {.max_issues = 2}),
               ContainsSubstring("more than the limit of 2 elements"));
  const std::string large = "[{\"number\":1,\"body\":\"" + std::string(3 << 20U, 'x') + "\"}]";
  REQUIRE(Read(large).ok());
  REQUIRE_THAT(ErrorOf(large, {.max_element_bytes = 1 << 20U}),
               ContainsSubstring("larger than the limit of 1048576 bytes"));
  const auto total = Read(large, {.max_total_bytes = 1 << 20U});
  REQUIRE(total.status().code() == absl::StatusCode::kResourceExhausted);
  REQUIRE(Read("{\"ignored\":" + large + ",\"issues\":[]}", {.max_element_bytes = 1 << 20U}).ok());
}

TEST_CASE("A file that cannot be read is NotFound and named") {
  const auto missing = ReadBacklogFile("/nonexistent/backlog.json");
  REQUIRE(missing.status().code() == absl::StatusCode::kNotFound);
  REQUIRE_THAT(std::string(missing.status().message()), ContainsSubstring("/nonexistent/backlog.json"));
  REQUIRE(ReadBacklogFile("/").status().code() == absl::StatusCode::kNotFound);
}

TEST_CASE("What is written is read back the same") {
  std::ifstream file(std::string(CLAMBAKE_SOURCE_DIR) + "/examples/backlog.json");
  const auto backlog = ReadBacklog(file, "examples/backlog.json");
  REQUIRE(backlog.ok());
  REQUIRE(backlog->issues.size() >= 60);
  const std::string once = BacklogToJson(*backlog);
  REQUIRE(BacklogToJson(*Read(once)) == once);
}

TEST_CASE("A backlog as of a time knows only what was known then") {
  const auto backlog = Read(R"([
    {"number":1,"state":"closed","created_at":"2026-01-01T00:00:00Z","closed_at":"2026-01-05T00:00:00Z"},
    {"number":2,"state":"open","created_at":"2026-01-03T00:00:00Z"},
    {"number":3,"state":"closed","created_at":"2026-01-01T00:00:00Z","closed_at":"2026-01-02T00:00:00Z"}])");
  const auto open = [&](int day) {
    std::vector<IssueNumber> numbers;
    const absl::Time time = absl::FromCivil(absl::CivilDay(2026, 1, day), absl::UTCTimeZone());
    for (const Issue& issue : BacklogAsOf(*backlog, time).issues) {
      if (issue.state == State::kOpen) numbers.push_back(issue.number);
    }
    return numbers;
  };
  REQUIRE(open(1) == std::vector<IssueNumber>{1, 3});
  REQUIRE(open(2) == std::vector<IssueNumber>{1});
  REQUIRE(open(4) == std::vector<IssueNumber>{1, 2});
  REQUIRE(open(5) == std::vector<IssueNumber>{2});
}

TEST_CASE("Agents are read, checked and numbered") {
  const auto read = [](const std::string& text) {
    std::istringstream in(text);
    return ReadAgents(in, "a.json");
  };
  const auto agents =
      read(R"({"agents":[{"id":"agent002","capacity":3,"skills":["bug"]},{"id":"agent001"}]})");
  REQUIRE(agents->at(0).capacity == 3);
  REQUIRE(agents->at(1).skills.empty());
  const auto error = [&](const std::string& text) { return std::string(read(text).status().message()); };
  REQUIRE(error(R"({"agents":[{"id":"bob"}]})") ==
          "a.json: /agents/0/id: expected \"agent\" and three or more digits, such as \"agent001\"");
  REQUIRE(error(R"({"agents":[{"id":"agent001"},{"id":"agent001"}]})") ==
          "a.json: /agents/1/id: agent \"agent001\" appears twice");
  REQUIRE(error(R"({"agents":[{"id":"agent001","capacity":0}]})") ==
          "a.json: /agents/0/capacity: expected an integer from 1 to 1000");
  REQUIRE(error(R"({"agents":[]})") == "a.json: /agents: expected at least one agent");
  REQUIRE(MakeAgents(12)->back().id == "agent012");
  REQUIRE_FALSE(MakeAgents(0).ok());
  REQUIRE_FALSE(MakeAgents(100'001).ok());
}

TEST_CASE("The highest priority label wins, exactly spelled") {
  const auto priority = [](std::vector<std::string> labels) {
    Issue issue;
    issue.labels = std::move(labels);
    return PriorityOf(issue);
  };
  REQUIRE(priority({}) == Priority::kNone);
  REQUIRE(priority({"route:priority-low", "route:priority-high"}) == Priority::kHigh);
  REQUIRE(priority({"route:unblocker", "route:ready_to_merge"}) == Priority::kUnblocker);
  REQUIRE(priority({"Route:Priority-High", "route:priority-high "}) == Priority::kNone);
  REQUIRE(Tier(Priority::kNone) == Tier(Priority::kMedium));
  REQUIRE(Tier(Priority::kNone) > Tier(Priority::kLow));
}

TEST_CASE("Agent labels are `agent` and three or more digits") {
  REQUIRE(IsAgentLabel("agent001"));
  REQUIRE(IsAgentLabel("agent1234"));
  for (const char* label : {"agent", "agent01", "agent00x", "Agent001", "agent-001", " agent001"}) {
    REQUIRE_FALSE(IsAgentLabel(label));
  }
}

TEST_CASE("Digests are SHA-256") {
  REQUIRE(Digest("abc") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace clambake
