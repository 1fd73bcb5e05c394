#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "fmt/format.h"
#include "github/gate.h"
#include "github/http_cache.h"
#include "tests/github/github_room.h"

namespace clambake {
namespace {

namespace fs = std::filesystem;

absl::Duration TimeOf(GithubRoom& room, const std::function<void()>& work) {
  const absl::Time start = room.clock.Now();
  work();
  return room.clock.Now() - start;
}

TEST_CASE("after the hourly budget is spent nothing is sent before its reset") {
  GithubRoom room;
  room.github.AddIssue("a");
  room.github.faults().Add({.kind = FaultKind::kPrimarySpent, .duration = absl::Minutes(10)});
  auto reader = room.Reader();
  const auto took = TimeOf(room, [&] { REQUIRE(reader->GetIssue(1).ok()); });
  CHECK(took >= absl::Minutes(10));
  CHECK(took < absl::Minutes(11));
  CHECK(room.github.limits().traffic().sent_while_blocked == 0);
}

TEST_CASE("a budget that is nearly spent is not overrun by reading side by side") {
  GithubRoom room;
  for (int i = 0; i < 2'000; ++i) room.github.AddIssue("a");
  room.options.max_limit_wait = absl::Hours(2);
  room.github.limits().BudgetOf(false).limit = 6;
  auto reader = room.Reader();
  REQUIRE(reader->GetIssue(1).ok());
  REQUIRE(reader->FetchBacklog({}).ok());
  CHECK(room.github.limits().traffic().breaches == 0);
}

TEST_CASE("a secondary limit is waited out as GitHub says, and longer each time") {
  GithubRoom room;
  room.github.AddIssue("a");
  const auto wait = [&](FaultKind kind, absl::Duration duration, int times) {
    room.github.faults().Clear();
    room.github.faults().Add({.kind = kind, .times = times, .duration = duration});
    auto reader = room.Reader();
    return TimeOf(room, [&] { REQUIRE(reader->GetIssue(1).ok()); });
  };
  const absl::Duration with_header = wait(FaultKind::kSecondaryRetryAfter, absl::Seconds(72), 1);
  CHECK(with_header >= absl::Seconds(72));
  CHECK(with_header < absl::Seconds(80));
  const absl::Duration bare = wait(FaultKind::kSecondaryBare, {}, 1);
  CHECK(bare >= absl::Seconds(60));
  CHECK(bare < absl::Seconds(70));
  CHECK(wait(FaultKind::kSecondaryBare, {}, 3) >= absl::Seconds(60 + 120 + 240));
  CHECK(room.github.limits().traffic().sent_while_blocked == 0);
}

TEST_CASE("a reset in the past does not mean at once, an absurd one not never") {
  GithubRoom room;
  room.github.AddIssue("a");
  room.github.faults().Add({.kind = FaultKind::kResetInPast});
  auto reader = room.Reader();
  CHECK(TimeOf(room, [&] { REQUIRE(reader->GetIssue(1).ok()); }) >= absl::Seconds(60));

  const absl::Time now = room.clock.Now();
  auto gate = NewMemoryGate();
  LimitSignal absurd;
  absurd.breach = LimitSignal::Breach::kPrimary;
  absurd.reset = now + absl::Hours(24 * 365);
  REQUIRE(gate->Leave({}, absurd, now).ok());
  CHECK(gate->Enter({}, now)->wait <= absl::Minutes(66));
  CHECK(gate->Enter({}, now)->wait >= absl::Minutes(60));
}

TEST_CASE("who would have to wait too long is told until when") {
  GithubRoom room;
  room.github.AddIssue("a");
  room.github.faults().Add({.kind = FaultKind::kPrimarySpent, .duration = absl::Minutes(40)});
  const absl::Time start = room.clock.Now();
  const absl::Status status = room.Client()->Perform(AddLabels{1, {"x"}}).status();
  CHECK(status.code() == absl::StatusCode::kResourceExhausted);
  REQUIRE(ErrorDetails(status).retry_at.has_value());
  CHECK(*ErrorDetails(status).retry_at >= start + absl::Minutes(39));
  CHECK(room.clock.Now() < start + absl::Minutes(1));
}

TEST_CASE("a limit that one process meets holds for all on the token") {
  TemporaryFolder folder;
  GithubRoom room;
  room.options.cache_dir = folder.path();
  room.github.AddIssue("a");
  auto first = room.Client();
  auto second = room.Client();
  room.options.max_limit_wait = absl::Seconds(1);
  auto impatient = room.Reader();
  room.github.faults().Add({.kind = FaultKind::kSecondaryRetryAfter, .duration = absl::Minutes(5)});
  room.options.lost_answer = GithubOptions::LostAnswer::kReturnUnknown;
  auto journaling = room.Client();
  CHECK(journaling->Perform(AddLabels{1, {"x"}}).status().code() == absl::StatusCode::kResourceExhausted);
  const auto sent = room.sent.size();
  CHECK(impatient->GetIssue(1).status().code() == absl::StatusCode::kResourceExhausted);
  CHECK(room.sent.size() == sent);
  CHECK(TimeOf(room, [&] { REQUIRE(second->GetIssue(1).ok()); }) >= absl::Minutes(4));
  CHECK(room.github.limits().traffic().sent_while_blocked == 0);

  // Another token is another matter.
  room.options.token = Secret("ghp_another");
  CHECK(room.Reader()->GetIssue(1).status().code() == absl::StatusCode::kUnauthenticated);
}

TEST_CASE("writes of all processes keep a second's distance, three where people are notified") {
  TemporaryFolder folder;
  GithubRoom room;
  room.options.cache_dir = folder.path();
  room.github.AddIssue("a");
  std::vector<std::unique_ptr<GithubClient>> clients;
  for (int i = 0; i < 4; ++i) clients.push_back(room.Client());
  for (int i = 0; i < 40; ++i) {
    auto& client = clients[static_cast<std::size_t>(i) % clients.size()];
    if (i % 3 == 0) {
      REQUIRE(client->Perform(CreateComment{1, Marker(std::to_string(i))}).ok());
    } else {
      REQUIRE(client->Perform(AddLabels{1, {"l" + std::to_string(i)}}).ok());
    }
  }
  const Traffic& traffic = room.github.limits().traffic();
  CHECK(traffic.shortest_write_gap >= absl::Seconds(1));
  CHECK(traffic.shortest_notify_gap >= absl::Seconds(3));
  CHECK(traffic.breaches == 0);
}

TEST_CASE("no more than 500 writes an hour leave the house") {
  GithubRoom room;
  room.github.AddIssue("a");
  room.options.max_limit_wait = absl::Hours(2);
  auto client = room.Client();
  for (int i = 0; i < 1'200; ++i) REQUIRE(client->Perform(AddLabels{1, {"bug"}}).ok());
  CHECK(room.github.limits().traffic().most_writes_in_an_hour <= 500);
  CHECK(room.github.limits().traffic().breaches == 0);
}

TEST_CASE("900 points a minute are not overrun by reading") {
  GithubRoom room;
  room.github.AddIssue("a");
  auto reader = room.Reader();
  for (int i = 0; i < 3'000; ++i) REQUIRE(reader->GetIssue(1).ok());
  CHECK(room.github.limits().traffic().breaches == 0);
}

TEST_CASE("a write on its way keeps others out, until it must have ended") {
  TemporaryFolder folder;
  const absl::Time now = absl::FromUnixSeconds(1'700'000'000);
  auto first = NewFileGate(folder.path() + "/gate");
  auto second = NewFileGate(folder.path() + "/gate");
  REQUIRE(second.ok());
  const Passage write{.kind = PassageKind::kWrite, .longest = absl::Seconds(31)};
  CHECK((*first)->Enter(write, now)->granted == 1);
  CHECK((*second)->Enter(write, now + absl::Seconds(30))->granted == 0);
  CHECK((*second)->Enter({.kind = PassageKind::kRead}, now)->granted == 1);
  CHECK((*second)->Enter(write, now + absl::Seconds(32))->granted == 1);  // the first one died
}

TEST_CASE("who has no time to wait for a turn is sent away, with nothing done") {
  TemporaryFolder folder;
  GithubRoom room;
  room.options.cache_dir = folder.path();
  room.github.AddIssue("a");
  REQUIRE(room.Client()->Perform(AddLabels{1, {"x"}}).ok());
  room.options.max_limit_wait = absl::Milliseconds(100);
  const absl::Status status = room.Client()->Perform(AddLabels{1, {"y"}}).status();
  CHECK(status.code() == absl::StatusCode::kResourceExhausted);
  CHECK(ErrorDetails(status).retry_at.has_value());
  CHECK(room.github.effects().size() == 1);
}

TEST_CASE("a damaged gate keeps silent for a minute, and goes on") {
  TemporaryFolder folder;
  const std::string path = folder.path() + "/gate";
  const absl::Time now = absl::FromUnixSeconds(1'700'000'000);
  for (const std::string& damage : {std::string("x"), std::string(9'000, '\xff'), std::string(5'400, '\0')}) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << damage;
    auto gate = NewFileGate(path);
    REQUIRE(gate.ok());
    CHECK((*gate)->Enter({.kind = PassageKind::kRead}, now)->wait == absl::Minutes(1));
    CHECK((*gate)->Enter({.kind = PassageKind::kRead}, now + absl::Minutes(1))->granted == 1);
  }
}

TEST_CASE("what is kept on disk is private, and holds no token") {
  TemporaryFolder folder;
  GithubRoom room;
  room.options.cache_dir = folder.path() + "/deep/cache";
  room.github.AddIssue("a");
  REQUIRE(room.Reader()->FetchBacklog({}).ok());
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(room.options.cache_dir)) {
    struct stat info {};
    REQUIRE(lstat(entry.path().c_str(), &info) == 0);
    CHECK((info.st_mode & 0077) == 0);
    if (!entry.is_regular_file()) continue;
    ++files;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string content((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    CHECK(content.find(SimulatedGithub::kToken) == std::string::npos);
    CHECK(entry.path().string().find(SimulatedGithub::kToken) == std::string::npos);
  }
  CHECK(files >= 5);
}

TEST_CASE("a cache that others can write to is not trusted") {
  TemporaryFolder folder;
  fs::permissions(folder.path(), fs::perms::all);
  GithubRoom room;
  room.options.cache_dir = folder.path();
  CHECK(NewGithubReader(room.options, room.clock).status().code() == absl::StatusCode::kFailedPrecondition);
}

TEST_CASE("a spoiled cache entry is not there") {
  TemporaryFolder folder;
  auto cache = NewFileCache(folder.path());
  cache->Store("key", {"\"etag\"", "link", "body"});
  REQUIRE(cache->Find("key").has_value());
  CHECK(cache->Find("key")->body == "body");
  CHECK(!cache->Find("other").has_value());
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    std::ofstream(entry.path(), std::ios::app) << "x";
  }
  CHECK(!cache->Find("key").has_value());
}

}  // namespace
}  // namespace clambake
