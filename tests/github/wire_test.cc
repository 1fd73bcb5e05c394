// The same client over real sockets: libcurl against the loopback server.
#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <atomic>
#include <thread>

#include "clambake/clock.h"
#include "tests/fakes/github_scenes.h"
#include "tests/fakes/github_server.h"
#include "tests/github/github_room.h"
#include "tests/github/write_cases.h"

namespace clambake {
namespace {

// The wire is real, the pauses are not: sleeping moves the clock only.
struct WireRoom {
  ManualClock clock;
  SimulatedGithub github{clock};
  std::unique_ptr<GithubServer> server;
  GithubOptions options;

  WireRoom() {
    github.git().SetRef("refs/heads/main", github.AddCommit("", "README.md", "hello"));
    server = std::make_unique<GithubServer>(github);
    options.api_url = server->url();
    options.repository = "octo/hello";
    options.token = Secret(std::string(SimulatedGithub::kToken));
    options.timeout = absl::Seconds(2);
  }
  std::unique_ptr<GithubClient> Client() { return *NewGithubClient(options, clock); }
};

TEST_CASE("wire: a large backlog arrives whole") {
  WireRoom room;
  SetLargeScene(room.github);
  const absl::StatusOr<Backlog> backlog = room.Client()->FetchBacklog({});
  REQUIRE(backlog.ok());
  CHECK(backlog->issues.size() == 1'000);
  CHECK(backlog->pulls.size() == 200);
  CHECK(backlog->blocked_by.size() == 150);
  CHECK(room.github.limits().traffic().requests <= 20);
}

TEST_CASE("wire: every write is performed, and found again by a probe") {
  for (const WriteCase& write_case : WriteCases()) {
    WireRoom room;
    const GithubWrite write = write_case.prepare(room.github);
    INFO(WriteKind(write));
    const absl::StatusOr<WriteReceipt> receipt = room.Client()->Perform(write);
    CHECK(receipt.status().ToString() == "OK");
    CHECK(write_case.check(room.github).empty());
  }
}

TEST_CASE("wire: what breaks on the way is survived") {
  for (const FaultKind kind : AllFaults()) {
    if (kind == FaultKind::kNotSent || kind == FaultKind::kTimeout || kind == FaultKind::kSlowBytes) continue;
    WireRoom room;
    room.github.AddIssue("a");
    INFO(Name(kind));
    auto client = room.Client();
    room.github.faults().Add({.kind = kind});
    CHECK(client->GetIssue(1).status().ToString() == "OK");
    room.clock.Advance(absl::Minutes(5));
    room.github.faults().Clear();
    room.github.faults().Add({.kind = kind, .method = "POST"});
    CHECK(client->Perform(CreateComment{1, Marker("x")}).status().ToString() == "OK");
    CHECK(room.github.world().comments.size() == 1);
  }
}

TEST_CASE("wire: an answer that trickles is waited for, up to the timeout") {
  WireRoom room;
  room.github.AddIssue("a");
  room.github.faults().Add({.kind = FaultKind::kSlowBytes, .duration = absl::Milliseconds(300)});
  CHECK(room.Client()->GetIssue(1).ok());
  room.options.timeout = absl::Milliseconds(200);
  room.options.lost_answer = GithubOptions::LostAnswer::kReturnUnknown;
  room.github.faults().Add({.kind = FaultKind::kSlowBytes, .duration = absl::Seconds(2)});
  const absl::Status status = room.Client()->Perform(AddLabels{1, {"x"}}).status();
  CHECK(status.code() == absl::StatusCode::kUnknown);
}

TEST_CASE("wire: nobody listens: certainly nothing was sent") {
  WireRoom room;
  room.server.reset();
  room.options.lost_answer = GithubOptions::LostAnswer::kReturnUnknown;
  CHECK(room.Client()->Perform(AddLabels{1, {"x"}}).status().code() == absl::StatusCode::kUnavailable);
}

// A server for HTTPS whose certificate nobody vouches for. Counts requests.
class SelfSignedServer {
 public:
  SelfSignedServer() {
    X509_set_version(certificate_.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate_.get()), -3'600);
    X509_gmtime_adj(X509_getm_notAfter(certificate_.get()), 3'600);
    X509_set_pubkey(certificate_.get(), key_.get());
    X509_sign(certificate_.get(), key_.get(), EVP_sha256());
    server_ = std::make_unique<httplib::SSLServer>(certificate_.get(), key_.get());
    server_->set_pre_routing_handler([this](const httplib::Request&, httplib::Response&) {
      ++requests_;
      return httplib::Server::HandlerResponse::Handled;
    });
    port_ = server_->bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    while (!server_->is_running()) std::this_thread::yield();
  }
  ~SelfSignedServer() {
    server_->stop();
    thread_.join();
  }
  SelfSignedServer(const SelfSignedServer&) = delete;
  SelfSignedServer& operator=(const SelfSignedServer&) = delete;
  [[nodiscard]] std::string url() const { return "https://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] int requests() const { return requests_; }

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_{EVP_EC_gen("P-256"), EVP_PKEY_free};
  std::unique_ptr<X509, decltype(&X509_free)> certificate_{X509_new(), X509_free};
  std::unique_ptr<httplib::SSLServer> server_;
  std::thread thread_;
  std::atomic<int> requests_ = 0;
  int port_ = 0;
};

TEST_CASE("wire: a write to a server that cannot be trusted was certainly not sent") {
  WireRoom room;
  const SelfSignedServer server;
  room.options.api_url = server.url();
  room.options.lost_answer =
      GENERATE(GithubOptions::LostAnswer::kProbeAndRepeat, GithubOptions::LostAnswer::kReturnUnknown);
  const absl::Time start = room.clock.Now();
  const absl::Status status = room.Client()->Perform(AddLabels{1, {"x"}}).status();
  CHECK(status.code() == absl::StatusCode::kFailedPrecondition);
  CHECK_THAT(std::string(status.message()),
             ContainsSubstring("nothing was sent: the server's certificate is not to be trusted"));
  CHECK(server.requests() == 0);
  CHECK(room.clock.Now() - start < room.options.settle);  // nothing to wait for
}

TEST_CASE("wire: a body over the limit is refused, with the URL and without the token") {
  WireRoom room;
  room.github.AddIssue("a").body = std::string(100'000, 'x');
  room.options.max_response_bytes = 10'000;
  const absl::Status status = room.Client()->GetIssue(1).status();
  CHECK(status.code() == absl::StatusCode::kResourceExhausted);
  CHECK_THAT(std::string(status.message()),
             ContainsSubstring("/repos/octo/hello/issues/1: the answer is larger"));
  CHECK(status.ToString().find(SimulatedGithub::kToken) == std::string::npos);
}

TEST_CASE("wire: connections are used again") {
  WireRoom room;
  room.github.AddIssue("a");
  auto transport = NewCurlTransport();
  const HttpRequest request{
      "GET",
      room.server->url() + "/repos/octo/hello/issues/1",
      {{"User-Agent", "test"}, {"Authorization", "Bearer " + std::string(SimulatedGithub::kToken)}},
      ""};
  for (int i = 0; i < 20; ++i) {
    const auto results = transport->Send({request, request, request}, {.max_concurrent = 2});
    for (const auto& result : results) {
      REQUIRE(result.ok());
      CHECK(result->status == 200);
    }
  }
}

}  // namespace
}  // namespace clambake
