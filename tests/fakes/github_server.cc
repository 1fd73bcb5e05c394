#include "tests/fakes/github_server.h"

#include <arpa/inet.h>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <thread>

#include "absl/time/clock.h"
#include "fmt/format.h"

namespace clambake {
namespace {

constexpr int kMaxFile = 1'024;
constexpr std::size_t kThreads = 32;

// cpp-httplib always answers; a cut needs the socket itself. It is the one
// whose peer has the port that the request came from.
void CutConnection(int peer_port) {
  for (int file = 3; file < kMaxFile; ++file) {
    sockaddr_in peer{};
    socklen_t size = sizeof(peer);
    if (getpeername(file, reinterpret_cast<sockaddr*>(&peer), &size) == 0 && peer.sin_family == AF_INET &&
        ntohs(peer.sin_port) == peer_port) {
      shutdown(file, SHUT_RDWR);
    }
  }
}

HttpRequest Translate(const httplib::Request& request, const std::string& root) {
  HttpRequest out{request.method, root + request.target, {}, request.body};
  for (const auto& [name, value] : request.headers) out.headers.emplace_back(name, value);
  return out;
}

void Trickle(httplib::Response& response, std::string body, const std::string& type,
             absl::Duration duration) {
  const std::size_t size = body.size();
  response.set_content_provider(
      size, type.c_str(), [body = std::move(body), duration, size](size_t offset, size_t length, auto& sink) {
        constexpr std::size_t kPieces = 10;
        absl::SleepFor(duration / static_cast<double>(kPieces));
        return sink.write(body.data() + offset, std::min(length, size / kPieces + 1));
      });
}

void Reply(Exchange exchange, const httplib::Request& request, httplib::Response& response) {
  if (exchange.wire == Exchange::Wire::kTimeout) absl::SleepFor(exchange.delay);
  if (exchange.wire != Exchange::Wire::kAnswered) {
    CutConnection(request.remote_port);
    return;
  }
  response.status = exchange.response.status;
  std::string type;
  for (const auto& [name, value] : exchange.response.headers) {
    if (name == "Content-Type") {
      type = value;
    } else {
      response.set_header(name, value);
    }
  }
  if (exchange.trickle) {
    Trickle(response, std::move(exchange.response.body), type, exchange.delay);
  } else if (!type.empty()) {
    response.set_content(std::move(exchange.response.body), type);
  }
}

}  // namespace

struct GithubServer::Listener {
  httplib::Server server;
  std::thread thread;
};

GithubServer::GithubServer(SimulatedGithub& github, absl::Duration latency, int port)
    : listener_(std::make_unique<Listener>()) {
  httplib::Server& server = listener_->server;
  server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(1'000'000);
  const auto handler = [&github, latency](const httplib::Request& request, httplib::Response& response) {
    absl::SleepFor(latency);
    Reply(github.Receive(Translate(request, github.root())), request, response);
  };
  server.Get(".*", handler).Post(".*", handler).Put(".*", handler).Patch(".*", handler).Delete(".*", handler);
  if (port == 0) {
    port = server.bind_to_any_port("127.0.0.1");
  } else if (!server.bind_to_port("127.0.0.1", port)) {
    return;
  }
  url_ = fmt::format("http://127.0.0.1:{}", port);
  github.SetRoot(url_);
  listener_->thread = std::thread([&server] { server.listen_after_bind(); });
  while (!server.is_running()) absl::SleepFor(absl::Milliseconds(1));
}

GithubServer::~GithubServer() {
  listener_->server.stop();
  if (listener_->thread.joinable()) listener_->thread.join();
}

}  // namespace clambake
