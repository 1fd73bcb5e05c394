// Who is told of a roll-back, and how long a deaf one may take.
#include <httplib.h>

#include <csignal>
#include <mutex>
#include <thread>

#include "clambake/clock.h"
#include "cli/hook.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "tests/run/program.h"

namespace clambake {
namespace {

struct Posted {
  std::string path;
  std::string type;
  std::string body;
};

// A server on a loopback port that keeps what is posted.
class Listener {
 public:
  explicit Listener(int status) {
    server_.Post(".*", [this, status](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      posted_.push_back({request.path, request.get_header_value("Content-Type"), request.body});
      response.status = status;
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~Listener() {
    server_.stop();
    thread_.join();
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  [[nodiscard]] std::string Variable() const {
    return fmt::format("CLAMBAKE_ALERT_WEBHOOK=http://127.0.0.1:{}/on-call?key=hush", port_);
  }
  std::vector<Posted> posted() {
    const std::lock_guard lock(mutex_);
    return posted_;
  }

 private:
  httplib::Server server_;
  std::mutex mutex_;
  std::vector<Posted> posted_;
  std::thread thread_;
  int port_ = 0;
};

const std::vector<std::string> kRollBack = {"cutover",     "rollback", "planner", "--reason",
                                            "\"smoke\"\n", "--actor",  "ada"};

}  // namespace

TEST_CASE("a roll-back is posted to the webhook, once, as JSON that others can read") {
  Program program;
  Listener listener(204);
  const Ended ended = program.Run(kRollBack, {listener.Variable()});
  INFO(ended.err);
  CHECK(ended.code == 0);
  CHECK(ended.err.empty());
  REQUIRE(program.Run({"cutover", "status"}, {listener.Variable()}).code == 0);
  const std::vector<Posted> posted = listener.posted();
  REQUIRE(posted.size() == 1);
  CHECK(posted[0].path == "/on-call");
  CHECK(posted[0].type == "application/json");
  const nlohmann::json alert = nlohmann::json::parse(posted[0].body);
  CHECK(alert.at("schema") == "clambake.alert/1");
  CHECK(alert.at("level") == "critical");
  CHECK(alert.at("event") == "cutover.rollback");
  CHECK(alert.at("repository") == "octo/hello");
  CHECK(alert.at("actor") == "ada");
  CHECK_THAT(alert.at("text").get<std::string>(), ContainsSubstring("latched (operator): \"smoke\""));
}

TEST_CASE("a webhook that refuses is warned of without its address, and the roll-back stands") {
  Program program;
  Listener listener(500);
  const Ended ended = program.Run(kRollBack, {listener.Variable()});
  CHECK(ended.code == 0);
  CHECK_THAT(ended.err, ContainsSubstring("warning: the alert webhook: the server answered 500"));
  CHECK_THAT(ended.err, !ContainsSubstring("hush"));
  CHECK_THAT(program.Run({"cutover", "status", "planner", "--json"}).out,
             ContainsSubstring("\"holds\":true,\"trigger\":\"operator\""));
}

TEST_CASE("a hook that does not come back is ended after its limit, with all that it started") {
  const Program program;
  const std::string hook = (program.folder() / "hook").string();
  const std::string child = (program.folder() / "child").string();
  std::ofstream(hook) << "#!/bin/sh\nsleep 1000 & echo $! > " << child << ".new; mv " << child << ".new "
                      << child << "; wait\n";
  fs::permissions(hook, fs::perms::owner_all);
  // The first limit that the hook's start fits in, however slow the machine.
  absl::Status ended;
  for (absl::Duration limit = absl::Milliseconds(50); !fs::exists(child); limit = limit * 2) {
    ended = cli::RunHook({hook, "critical"}, limit);
  }
  CHECK(absl::IsUnavailable(ended));
  CHECK_THAT(std::string(ended.message()), ContainsSubstring("ended after"));
  const pid_t started = std::stoi(ReadAll(child));
  // Killed, and gone as soon as whoever inherited it has noticed.
  const std::unique_ptr<Clock> clock = NewSystemClock();
  for (int i = 0; i < 1'000 && kill(started, 0) == 0; ++i) {
    if (ReadAll(fmt::format("/proc/{}/stat", started)).find(") Z ") != std::string::npos) break;
    clock->Sleep(absl::Milliseconds(10));
  }
  const std::string stat = ReadAll(fmt::format("/proc/{}/stat", started));
  CHECK((stat.empty() || stat.find(") Z ") != std::string::npos));
}

TEST_CASE("a hook hears level, event and text as arguments, and its failure is told") {
  const Program program;
  const std::string hook = (program.folder() / "hook").string();
  std::ofstream(hook) << "#!/bin/sh\n[ \"$2\" = 'a b' ] && exit 0\nexit 7\n";
  fs::permissions(hook, fs::perms::owner_all);
  CHECK(cli::RunHook({hook, "critical", "a b"}, absl::Minutes(1)).ok());
  CHECK_THAT(std::string(cli::RunHook({hook, "critical", "a"}, absl::Minutes(1)).message()),
             ContainsSubstring("failed"));
  CHECK(absl::IsUnavailable(cli::RunHook({"/none"}, absl::Minutes(1))));
}

}  // namespace clambake
