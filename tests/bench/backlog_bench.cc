// The main job at growing sizes: read a backlog, plan it. Beside our reading
// stands RapidJSON's own bare parse of the same file, in the same run.
//   backlog_bench [FOLDER [REAL_BACKLOG.json]]
// FOLDER receives the generated files (1.5 GB for a million issues; default
// /tmp); they are removed again. Each measurement runs in a process of its own,
// so that its peak memory is its own.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "clambake/factory.h"
#include "fmt/format.h"
#include "rapidjson/document.h"
#include "rapidjson/filereadstream.h"

namespace {

using Seconds = std::chrono::duration<double>;

struct Figures {
  double seconds = 0;
  double peak_mb = 0;
};

// Runs `work` (which returns the seconds that count) in a child.
template <typename F>
Figures Measure(F work) {
  int channel[2];
  if (pipe(channel) != 0) std::exit(1);
  const pid_t child = fork();
  if (child == 0) {
    Figures figures{work(), 0};
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    figures.peak_mb = static_cast<double>(usage.ru_maxrss) / 1024;
    if (write(channel[1], &figures, sizeof figures) != sizeof figures) _exit(1);
    _exit(0);
  }
  Figures figures;
  if (read(channel[0], &figures, sizeof figures) != sizeof figures) std::exit(1);
  close(channel[0]);
  close(channel[1]);
  waitpid(child, nullptr, 0);
  return figures;
}

template <typename F>
double Time(F work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return Seconds(std::chrono::steady_clock::now() - start).count();
}

double BareParse(const std::string& path) {
  return Time([&] {
    std::FILE* file = std::fopen(path.c_str(), "rb");
    std::vector<char> buffer(std::size_t{256} << 10U);
    rapidjson::FileReadStream stream(file, buffer.data(), buffer.size());
    rapidjson::Document document;
    document.ParseStream(stream);
    std::fclose(file);
    if (document.HasParseError()) std::exit(1);
  });
}

double OurRead(const std::string& path) {
  return Time([&] {
    if (!clambake::ReadBacklogFile(path).ok()) std::exit(1);
  });
}

double PlanSeconds(const std::string& path, clambake::Generation generation, int agents) {
  const auto backlog = clambake::ReadBacklogFile(path);
  const auto planner = clambake::NewWorkPlanner(generation);
  if (!backlog.ok() || !planner.ok()) std::exit(1);
  const clambake::PlanRequest request{.backlog = &*backlog, .agents = *clambake::MakeAgents(agents)};
  return Time([&] {
    if (!(*planner)->MakePlan(request).ok()) std::exit(1);
  });
}

// An object of the size and shape that GitHub's REST API returns.
std::string IssueJson(std::int64_t number) {
  constexpr const char* kPriorities[] = {"low", "medium", "high", "very-high"};
  const std::string base = fmt::format("https://api.github.com/repos/example/generated/issues/{}", number);
  const std::string user =
      R"({"login":"octocat","id":583231,"node_id":"MDQ6VXNlcjU4MzIzMQ==","avatar_url":"https://avatars.example/u/583231","type":"User","site_admin":false})";
  return fmt::format(
      R"({{"url":"{0}","repository_url":"https://api.github.com/repos/example/generated","labels_url":"{0}/labels{{/name}}","comments_url":"{0}/comments","events_url":"{0}/events","html_url":"https://github.com/example/generated/issues/{1}","id":{2},"node_id":"I_kwDO{2}","number":{1},"title":"Generated issue {3:08x}: make the thing do the other thing","user":{4},"labels":[{{"id":1,"url":"{0}/l","name":"route:ready","color":"ededed","default":false,"description":null}},{{"id":2,"url":"{0}/l","name":"route:priority-{5}","color":"ededed","default":false,"description":null}}],"state":"open","locked":false,"assignee":null,"assignees":[],"milestone":null,"comments":0,"created_at":"2026-01-{6:02}T03:04:05Z","updated_at":"2026-02-01T03:04:05Z","closed_at":null,"author_association":"MEMBER","body":"{7}","reactions":{{"url":"{0}/reactions","total_count":0,"+1":0,"-1":0,"laugh":0}},"timeline_url":"{0}/timeline","performed_via_github_app":null,"state_reason":null}})",
      base, number, 7'000'000 + number, (static_cast<std::uint32_t>(number) * 2654435761U), user,
      kPriorities[number * 7 % 4], 1 + number % 28, std::string(300, 'x'));
}

void Generate(const std::string& path, std::int64_t count) {
  std::ofstream out(path, std::ios::binary);
  out << R"({"schema":"clambake.backlog/1","repository":"example/generated","issues":[)";
  for (std::int64_t i = 1; i <= count; ++i) out << (i == 1 ? "\n" : ",\n") << IssueJson(i);
  out << "],\n\"blocked_by\":[";
  bool first = true;
  for (std::int64_t i = 10; i <= count; i += 5) {
    out << fmt::format("{}{{\"issue\":{},\"blocked_by\":[{}]}}", first ? "" : ",", i, i - 1 - i % 9);
    first = false;
  }
  out << "]}\n";
}

void Report(const std::string& name, const std::string& path, int agents) {
  constexpr int kRuns = 3;  // the best of: what the machine can do when left alone
  Figures bare{1e9, 0}, ours{1e9, 0};
  const auto best = [](Figures a, Figures b) { return a.seconds < b.seconds ? a : b; };
  for (int i = 0; i < kRuns; ++i) {
    bare = best(bare, Measure([&] { return BareParse(path); }));
    ours = best(ours, Measure([&] { return OurRead(path); }));
  }
  const Figures v2 = Measure([&] { return PlanSeconds(path, clambake::Generation::kV2, agents); });
  const std::string legacy =
      clambake::LegacyIsBuilt()
          ? fmt::format("{:.4f}", Measure([&] {
                                    return PlanSeconds(path, clambake::Generation::kLegacy, agents);
                                  }).seconds)
          : "-";
  const double mb = static_cast<double>(std::filesystem::file_size(path)) / 1e6;
  fmt::print("{:>10} {:>8.1f} {:>9.4f} {:>9.4f} {:>6.2f} {:>9.0f} {:>9.0f} {:>7} {:>9} {:>9.4f} {:>9.0f}\n",
             name, mb, ours.seconds, bare.seconds, ours.seconds / bare.seconds, ours.peak_mb, bare.peak_mb,
             agents, legacy, v2.seconds, v2.peak_mb);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char* argv[]) {
  const std::string folder = argc > 1 ? argv[1] : "/tmp";
  fmt::print("{:>10} {:>8} {:>9} {:>9} {:>6} {:>9} {:>9} {:>7} {:>9} {:>9} {:>9}\n", "issues", "MB", "read s",
             "bare s", "ratio", "read MB", "bare MB", "agents", "legacy s", "v2 s", "v2 MB");
  if (argc > 2) Report("real", argv[2], 12);
  for (std::int64_t count : {1'000, 10'000, 100'000, 1'000'000}) {
    const std::string path = fmt::format("{}/clambake-bench-{}-{}.json", folder, getpid(), count);
    Generate(path, count);
    Report(std::to_string(count), path, static_cast<int>(std::clamp<std::int64_t>(count / 100, 12, 10'000)));
    std::filesystem::remove(path);
  }
  return 0;
}
