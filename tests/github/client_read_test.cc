#include "fmt/format.h"
#include "tests/github/github_room.h"

namespace clambake {
namespace {

template <typename T>
concept CanWrite = requires(T& client, const GithubWrite& write) {
  client.Perform(write);
};
static_assert(CanWrite<GithubClient>);
static_assert(!CanWrite<GithubReader>, "read-only is a type");

std::string Header(const HttpRequest& request, std::string_view name) {
  return std::string(FindHeader(request.headers, name));
}

// Answers from a list, one after the other; the last one for ever.
class ScriptedTransport : public HttpTransport {
 public:
  ScriptedTransport(std::vector<absl::StatusOr<HttpResponse>> answers, std::vector<HttpRequest>& log)
      : answers_(std::move(answers)), log_(log) {}
  std::vector<absl::StatusOr<HttpResponse>> Send(const std::vector<HttpRequest>& requests,
                                                 const HttpLimits& /*limits*/) override {
    std::vector<absl::StatusOr<HttpResponse>> results;
    for (const HttpRequest& request : requests) {
      log_.push_back(request);
      results.push_back(answers_[std::min(next_++, answers_.size() - 1)]);
    }
    return results;
  }

 private:
  std::vector<absl::StatusOr<HttpResponse>> answers_;
  std::vector<HttpRequest>& log_;
  std::size_t next_ = 0;
};

// A list whose every page names a next one that nobody has seen yet. `last`
// also goes into the Link header.
class EndlessList : public HttpTransport {
 public:
  EndlessList(std::string last, std::vector<HttpRequest>& log) : last_(std::move(last)), log_(log) {}
  std::vector<absl::StatusOr<HttpResponse>> Send(const std::vector<HttpRequest>& requests,
                                                 const HttpLimits& /*limits*/) override {
    std::vector<absl::StatusOr<HttpResponse>> results;
    for (const HttpRequest& request : requests) {
      log_.push_back(request);
      const std::size_t at = request.url.find("?page=");
      const int page = at == std::string::npos ? 1 : std::stoi(request.url.substr(at + 6));
      const std::string link =
          fmt::format("<https://api.github.test/list?page={}>; rel=\"next\"{}", page + 1, last_);
      results.push_back(HttpResponse{200, {{"Content-Type", "application/json"}, {"Link", link}}, "[]"});
    }
    return results;
  }

 private:
  std::string last_;
  std::vector<HttpRequest>& log_;
};

HttpResponse Json(int status, std::string body, HttpHeaders headers = {}) {
  headers.emplace_back("Content-Type", "application/json; charset=utf-8");
  return {status, std::move(headers), std::move(body)};
}

// The status of GetIssue(1) where GitHub answers so.
absl::Status IssueStatus(std::vector<absl::StatusOr<HttpResponse>> answers, std::size_t* sent = nullptr) {
  GithubRoom room;
  auto reader = NewGithubReader(room.options, room.clock,
                                std::make_unique<ScriptedTransport>(std::move(answers), room.sent));
  const absl::Status status = (*reader)->GetIssue(1).status();
  if (sent != nullptr) *sent = room.sent.size();
  return status;
}

TEST_CASE("every request says who asks, in which version, with the token in one header") {
  GithubRoom room;
  room.github.AddIssue("a");
  REQUIRE(room.Reader()->GetIssue(1).ok());
  const HttpRequest& request = room.sent.at(0);
  CHECK(Header(request, "user-agent") == "clambake/" + std::string(Version()));
  CHECK(Header(request, "accept") == "application/vnd.github+json");
  CHECK(Header(request, "x-github-api-version") == "2022-11-28");
  CHECK(Header(request, "authorization") == "Bearer " + std::string(SimulatedGithub::kToken));
  CHECK(request.url.find(SimulatedGithub::kToken) == std::string::npos);
}

TEST_CASE("options that cannot work are refused before anything is sent") {
  GithubRoom room;
  const auto code = [&](auto change) {
    GithubOptions options = room.options;
    change(options);
    return NewGithubReader(options, room.clock).status().code();
  };
  using enum absl::StatusCode;
  CHECK(code([](GithubOptions&) {}) == kOk);
  for (const char* url :
       {"http://api.github.com", "ftp://x", "", "https://", "https://u:p@h", "https://h/?q=1",
        "http://localhost.evil.example", "http://127.0.0.1@evil.example", "https://a b", "https://h:443:443",
        "https://h:x", "https://h:", "https://[::1]x"}) {
    INFO(url);
    CHECK(code([&](GithubOptions& o) { o.api_url = url; }) == kInvalidArgument);
  }
  for (const char* url : {"http://127.0.0.1:8080", "http://localhost", "http://[::1]:1/api/v3",
                          "HTTPS://GHE.example/api/v3/"}) {
    INFO(url);
    CHECK(code([&](GithubOptions& o) { o.api_url = url; }) == kOk);
  }
  for (const char* name : {"", "octo", "octo/", "/x", "a/b/c", "octo/..", "o cto/x", "octo/he%llo"}) {
    INFO(name);
    CHECK(code([&](GithubOptions& o) { o.repository = name; }) == kInvalidArgument);
  }
  CHECK(code([](GithubOptions& o) { o.token = Secret("a\nb"); }) == kInvalidArgument);
  CHECK(code([](GithubOptions& o) { o.api_version = "2027-01-01"; }) == kInvalidArgument);
  CHECK(code([](GithubOptions& o) { o.max_concurrent_reads = 101; }) == kInvalidArgument);
}

TEST_CASE("a second read of the same thing costs no budget") {
  GithubRoom room;
  room.github.AddIssue("a");
  auto reader = room.Reader();
  REQUIRE(reader->GetIssue(1).ok());
  const auto before = room.github.limits().traffic().primary_points;
  CHECK(reader->GetIssue(1)->title == "a");
  CHECK(room.github.limits().traffic().primary_points == before);
  CHECK(room.github.limits().traffic().not_modified == 1);
  room.github.world().issues.at(1).title = "b";
  CHECK(reader->GetIssue(1)->title == "b");
}

TEST_CASE("a renamed repository is followed, and remembered") {
  GithubRoom room;
  room.github.AddIssue("a");
  room.github.Rename("octo/new-name");
  auto client = room.Client();
  REQUIRE(client->GetIssue(1).ok());
  CHECK(room.sent.size() == 2);
  REQUIRE(client->GetIssue(1).ok());
  CHECK(room.sent.size() == 3);
  CHECK(room.sent.back().url == "https://api.github.test/repositories/4242/issues/1");
}

TEST_CASE("a write to a renamed repository keeps method and body") {
  GithubRoom room;
  room.github.AddIssue("a");
  room.github.Rename("octo/new-name");
  REQUIRE(room.Client()->Perform(AddLabels{1, {"bug"}}).ok());
  CHECK(room.sent.back().method == "POST");
  CHECK(room.sent.back().body == R"({"labels":["bug"]})");
  CHECK(room.github.world().issues.at(1).labels == std::vector<std::string>{"bug"});
}

TEST_CASE("the token goes nowhere else: foreign redirects and pages are refused, by name") {
  GithubRoom room;
  room.github.AddIssue("a");
  SECTION("redirect") {
    room.github.foreign_redirect = "/issues/1";
    const absl::Status status = room.Reader()->GetIssue(1).status();
    CHECK(status.code() == absl::StatusCode::kFailedPrecondition);
    CHECK_THAT(std::string(status.message()), ContainsSubstring("https://elsewhere.example/steal"));
  }
  SECTION("page") {
    auto reader =
        NewGithubReader(room.options, room.clock,
                        std::make_unique<ScriptedTransport>(
                            std::vector<absl::StatusOr<HttpResponse>>{
                                Json(200, "[]", {{"Link", "<https://elsewhere.example/2>; rel=\"next\""}})},
                            room.sent));
    CHECK((*reader)->ListLabels().status().code() == absl::StatusCode::kFailedPrecondition);
  }
  for (const HttpRequest& request : room.sent) CHECK(request.url.starts_with("https://api.github.test/"));
}

TEST_CASE("what never ends is cut off, with its URL") {
  GithubRoom room;
  room.github.AddIssue("a");
  SECTION("a redirect loop") {
    room.github.redirect_loop = "/issues/1";
    const absl::Status status = room.Reader()->GetIssue(1).status();
    CHECK_THAT(std::string(status.message()), ContainsSubstring("/issues/1: more than 5 redirects"));
  }
  SECTION("a list that names itself as its next page") {
    auto reader =
        NewGithubReader(room.options, room.clock,
                        std::make_unique<ScriptedTransport>(
                            std::vector<absl::StatusOr<HttpResponse>>{
                                Json(200, "[]", {{"Link", "<https://api.github.test/again>; rel=\"next\""}})},
                            room.sent));
    const absl::Status status = (*reader)->ListLabels().status();
    CHECK_THAT(std::string(status.message()), ContainsSubstring("/again: the pages of this list do not end"));
  }
}

TEST_CASE("a list of ever new pages is cut off at 2,000, with the URL that was not asked for") {
  const std::string last = GENERATE("", R"(, <https://api.github.test/list?page=1000000000>; rel="last")");
  GithubRoom room;
  auto reader = NewGithubReader(room.options, room.clock, std::make_unique<EndlessList>(last, room.sent));
  const absl::Status status = (*reader)->ListLabels().status();
  CHECK(status.code() == absl::StatusCode::kFailedPrecondition);
  CHECK_THAT(std::string(status.message()),
             ContainsSubstring("https://api.github.test/list?page=2001: the pages of this list do not end"));
  CHECK(room.sent.size() == 2'000);
}

TEST_CASE("GitHub's refusals keep their meaning, and are not repeated") {
  const std::string body =
      R"({"message":"No way","errors":["because",{"resource":"R","field":"f","code":"c"}]})";
  const std::vector<std::pair<int, absl::StatusCode>> cases = {
      {400, absl::StatusCode::kInvalidArgument},  {401, absl::StatusCode::kUnauthenticated},
      {403, absl::StatusCode::kPermissionDenied}, {404, absl::StatusCode::kNotFound},
      {410, absl::StatusCode::kNotFound},         {422, absl::StatusCode::kInvalidArgument},
      {451, absl::StatusCode::kPermissionDenied}};
  for (const auto& [http, code] : cases) {
    std::size_t sent = 0;
    const absl::Status status = IssueStatus({Json(http, body, {{"X-GitHub-Request-Id", "AB:12"}})}, &sent);
    INFO(http);
    CHECK(status.code() == code);
    CHECK(sent == 1);
    CHECK_THAT(std::string(status.message()), ContainsSubstring("No way [because; R f: c]"));
    CHECK(ErrorDetails(status).http_status == http);
    CHECK(ErrorDetails(status).request_id == "AB:12");
  }
}

TEST_CASE("404 says that it can mean private") {
  GithubRoom room;
  CHECK_THAT(std::string(room.Reader()->GetIssue(1).status().message()), ContainsSubstring("private"));
}

TEST_CASE("a refusal whose body is no JSON is a refusal all the same") {
  const absl::Status status =
      IssueStatus({HttpResponse{403, {{"Content-Type", "text/html"}}, "<html>\x1b[31m"}});
  CHECK(status.code() == absl::StatusCode::kPermissionDenied);
  CHECK(status.message().find('\x1b') == std::string::npos);
}

TEST_CASE("a read is repeated after 5xx, lost connections and broken bodies, and gives up in the end") {
  const HttpResponse good = Json(200, R"({"number":1,"title":"a"})");
  const HttpResponse bad_gateway{502, {}, ""};
  std::size_t sent = 0;
  CHECK(IssueStatus({bad_gateway, Json(500, "{}"), absl::UnknownError("cut"), good}, &sent).ok());
  CHECK(sent == 4);
  CHECK(IssueStatus({Json(200, "{\"num"), HttpResponse{200, {{"Content-Type", "text/html"}}, "hi"}, good})
            .ok());
  CHECK(IssueStatus({bad_gateway}, &sent).code() == absl::StatusCode::kUnavailable);
  CHECK(sent == 4);
  CHECK(IssueStatus({Json(200, R"({"number":"x"})")}).code() == absl::StatusCode::kUnavailable);
  CHECK(IssueStatus({absl::ResourceExhaustedError("too large")}, &sent).code() ==
        absl::StatusCode::kResourceExhausted);
  CHECK(sent == 1);
}

TEST_CASE("deep nesting does no harm") {
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  CHECK(IssueStatus({Json(200, deep)}).code() == absl::StatusCode::kUnavailable);
}

TEST_CASE("a list that times out is asked for in halves") {
  GithubRoom room;
  for (int i = 0; i < 120; ++i) room.github.world().labels["label" + std::to_string(i)] = "ededed";
  room.github.faults().Add({.kind = FaultKind::kTimeout, .path_part = "/labels"});
  const auto labels = room.Reader()->ListLabels();
  REQUIRE(labels.ok());
  CHECK(labels->size() == 120);
  CHECK(room.sent.at(1).url.ends_with("per_page=50"));
}

TEST_CASE("whether a pull request can be merged is asked until GitHub knows") {
  GithubRoom room;
  room.github.AddBranch("x", "a", "1");
  room.github.AddPull("x", "main").mergeable_unknown_reads = 3;
  const auto details = room.Reader()->WaitForMergeable(1, absl::Seconds(30));
  REQUIRE(details.ok());
  CHECK(details->mergeable == true);
  room.github.world().issues.at(1).mergeable_unknown_reads = 1'000;
  CHECK(room.Reader()->WaitForMergeable(1, absl::Seconds(30)).status().code() ==
        absl::StatusCode::kDeadlineExceeded);
}

TEST_CASE("a reader sends nothing but GET and GraphQL queries") {
  GithubRoom room;
  room.github.AddIssue("a").sub_issues = {1};
  auto reader = room.Reader();
  REQUIRE(reader->FetchBacklog({}).ok());
  REQUIRE(reader->Probe(AddLabels{1, {"x"}}).ok());
  for (const HttpRequest& request : room.sent) {
    const bool query = request.url.ends_with("/graphql") && request.body.starts_with(R"({"query":"query{)");
    CHECK((request.method == "GET" || query));
  }
  CHECK(dynamic_cast<GithubClient*>(reader.get()) == nullptr);
  CHECK(room.github.effects().empty());
}

TEST_CASE("comparing tells what lies between") {
  GithubRoom room;
  room.github.AddBranch("x", "a.txt", "1");
  const auto comparison = room.Reader()->Compare("main", "x");
  REQUIRE(comparison.ok());
  CHECK(comparison->status == "ahead");
  CHECK(comparison->ahead_by == 1);
  CHECK(comparison->files == std::vector<std::string>{"a.txt"});
  CHECK(comparison->files_complete);
}

TEST_CASE("a secret does not print, and its copies hold") {
  Secret secret("hunter2");
  std::ostringstream out;
  out << secret;
  CHECK(out.str() == "[secret]");
  Secret copy = secret;
  const Secret moved = std::move(secret);
  CHECK(copy.Reveal() == "hunter2");
  CHECK(moved.Reveal() == "hunter2");
  static_assert(!std::is_convertible_v<Secret, std::string>);
  static_assert(!std::is_convertible_v<Secret, std::string_view>);
}

}  // namespace
}  // namespace clambake
