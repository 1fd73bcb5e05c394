#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "clambake/factory.h"
#include "clambake/shadow.h"
#include "tests/support/backlog_builder.h"
#include "tests/support/catch.h"
#include "tests/support/store_world.h"

namespace clambake {
namespace {

absl::StatusOr<std::string> RunOne(const std::function<std::string()>& candidate,
                                   const ShadowLimits& limits = {.time = absl::Seconds(20)}) {
  absl::StatusOr<std::unique_ptr<IsolatedRun>> run = IsolatedRun::Start(candidate, limits);
  return run.ok() ? (*run)->Collect() : run.status();
}

TEST_CASE("what the candidate returns arrives, however long") {
  CHECK(*RunOne([] { return std::string("hello"); }) == "hello");
  CHECK(RunOne([] { return std::string(); }).value_or("failed").empty());
  const std::string large(5'000'000, 'x');
  CHECK(*RunOne([&] { return large; }) == large);
}

TEST_CASE("a candidate that throws, aborts, exits or hangs costs nobody but itself") {
  CHECK(RunOne([]() -> std::string { throw std::runtime_error("no"); }).status().code() ==
        absl::StatusCode::kAborted);
  CHECK(RunOne([]() -> std::string { std::abort(); }).status().code() == absl::StatusCode::kAborted);
  CHECK(RunOne([]() -> std::string { _exit(7); }).status().code() == absl::StatusCode::kAborted);
  CHECK(RunOne([]() -> std::string {
          std::raise(SIGSEGV);
          return "";
        })
            .status()
            .code() == absl::StatusCode::kAborted);
  const absl::Status hung = RunOne(
                                []() -> std::string {
                                  for (;;) pause();
                                },
                                {.time = absl::Milliseconds(50)})
                                .status();
  CHECK(hung.code() == absl::StatusCode::kDeadlineExceeded);
  CHECK(*RunOne([] { return std::string("still fine"); }) == "still fine");
}

TEST_CASE("an answer over the limit is refused") {
  CHECK(RunOne([] { return std::string(2'000, 'x'); }, {.time = absl::Seconds(20), .answer_bytes = 1'000})
            .status()
            .code() == absl::StatusCode::kResourceExhausted);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("a candidate that eats memory is stopped at its limit") {
  const absl::Status status = RunOne(
                                  [] {
                                    std::vector<std::string> hoard;
                                    for (;;) hoard.emplace_back(std::size_t{1} << 20U, 'x');
                                    return std::string();
                                  },
                                  {.time = absl::Seconds(20), .memory_bytes = std::size_t{64} << 20U})
                                  .status();
  CHECK(status.code() == absl::StatusCode::kResourceExhausted);
}

#ifdef MADV_POPULATE_WRITE
// Without this, each page of the caller's heap costs a fault at its next write.
TEST_CASE("once the candidate has ended, the caller writes to its heap as if there had been none") {
  const auto faults = [] {
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_minflt;
  };
  constexpr std::size_t kPages = 1'000;
  std::vector<std::string> pages(kPages, std::string(4'000, 'x'));
  RunOne([]() -> std::string { std::abort(); }).IgnoreError();
  const long before = faults();
  for (std::string& page : pages) page[0] = 'y';
  CHECK(faults() - before < static_cast<long>(kPages) / 10);
}
#endif
#endif

TEST_CASE("the candidate sees none of the caller's files, and changes none of its memory") {
  char path[] = "/tmp/clambake-shadow-XXXXXX";
  const int fd = mkstemp(path);
  REQUIRE(fd >= 0);
  int counter = 1;
  const absl::StatusOr<std::string> answer = RunOne([&] {
    ++counter;
    return std::string(write(fd, "x", 1) == 1 ? "wrote" : "closed");
  });
  CHECK(*answer == "closed");
  CHECK(counter == 1);
  close(fd);
  unlink(path);
}

TEST_CASE("sampling takes the same units each time, about as many as asked for") {
  int sampled = 0;
  for (int unit = 0; unit < 10'000; ++unit) {
    const bool is = IsSampled(std::to_string(unit), 500);
    CHECK(is == IsSampled(std::to_string(unit), 500));
    sampled += is ? 1 : 0;
  }
  CHECK(sampled > 400);
  CHECK(sampled < 600);
  CHECK_FALSE(IsSampled("any", 0));
  CHECK(IsSampled("any", 10'000));
}

class BrokenPlanner : public WorkPlanner {
 public:
  [[nodiscard]] std::string_view name() const override { return "v2"; }
  [[nodiscard]] absl::StatusOr<Plan> MakePlan(const PlanRequest&) const override { std::abort(); }
};

TEST_CASE("the shadow of a planner compares as a direct comparison would: a crash is an outcome") {
  const Backlog backlog = MakeBacklog({{.number = 1}, {.number = 2}});
  const PlanRequest request{.backlog = &backlog, .agents = *MakeAgents(2)};
  const std::unique_ptr<WorkPlanner> v2 = *NewWorkPlanner(Generation::kV2);
  const Plan control = *v2->MakePlan(request);
  auto run = StartShadowPlan(*v2, request, {.time = absl::Seconds(20)});
  REQUIRE(run.ok());
  const ShadowRecord same = CompareShadowPlan(**run, backlog, control);
  CHECK(same.outcome == "same");
  auto broken = StartShadowPlan(BrokenPlanner(), request, {.time = absl::Seconds(20)});
  REQUIRE(broken.ok());
  const ShadowRecord failed = CompareShadowPlan(**broken, backlog, control);
  CHECK(failed.outcome == "failed");
  CHECK(failed.detail == "the candidate crashed");
}

TEST_CASE("comparisons are remembered, the newest five hundred of them") {
  StoreWorld world(Engine::kSqlite);
  const std::unique_ptr<StateStore> store = world.Open();
  for (int i = 0; i < 503; ++i) {
    REQUIRE(KeepShadowRecord(*store, "o/r", {world.clock.Now(), "planner", "same", std::to_string(i)}).ok());
  }
  const std::vector<ShadowRecord> records = *ReadShadowRecords(*store, "o/r");
  REQUIRE(records.size() == 500);
  CHECK(records.front().detail == "3");
  CHECK(records.back().detail == "502");
  CHECK(ReadShadowRecords(*store, "other/repo")->empty());
}

}  // namespace
}  // namespace clambake
