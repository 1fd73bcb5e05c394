// Reads the public test sets that the benchmark measures against.
#ifndef CLAMBAKE_TESTS_BENCH_PLANNER_INSTANCES_H_
#define CLAMBAKE_TESTS_BENCH_PLANNER_INSTANCES_H_

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "planner/project.h"

namespace clambake::bench {

// A comma-separated table: a map from column to value for each row would be
// slower to write down than this.
struct Table {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;

  [[nodiscard]] const std::string& At(std::size_t row, const std::string& column) const {
    for (std::size_t i = 0; i < header.size(); ++i) {
      if (header[i] == column) return rows[row].at(i);
    }
    throw std::runtime_error("no column " + column);
  }
};

inline Table ReadTable(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error("cannot open " + path);
  Table table;
  for (std::string line; std::getline(in, line);) {
    if (line.ends_with('\r')) line.pop_back();
    std::vector<std::string> cells;
    std::stringstream cells_of(line);
    for (std::string cell; std::getline(cells_of, cell, ',');) cells.push_back(cell);
    (table.header.empty() ? table.header : table.rows.emplace_back()) = cells;
  }
  return table;
}

// Jobs without duration are the sets' artificial first and last ones: dropped.
inline planner::Project Condense(const std::vector<std::int32_t>& duration,
                                 const std::vector<std::pair<std::int32_t, std::int32_t>>& edges,
                                 const std::vector<std::vector<std::int32_t>>& demand,
                                 std::vector<std::int32_t> capacity) {
  planner::Project project;
  std::vector<std::int32_t> number(duration.size(), -1);
  project.resources = static_cast<std::int32_t>(capacity.size());
  project.capacity.assign(capacity.begin(), capacity.end());
  for (std::size_t job = 0; job < duration.size(); ++job) {
    if (duration[job] == 0) continue;
    number[job] = project.jobs();
    project.duration.push_back(duration[job]);
    project.demand.insert(project.demand.end(), demand[job].begin(), demand[job].end());
  }
  std::vector<planner::Pair> before;
  for (const auto& [from, to] : edges) {
    const std::int32_t a = number[static_cast<std::size_t>(from)];
    const std::int32_t b = number[static_cast<std::size_t>(to)];
    if (a >= 0 && b >= 0) before.emplace_back(b, a);
  }
  project.before = planner::RowsOf(before, project.jobs());
  project.after = planner::Transpose(project.before, project.jobs());
  return project;
}

inline planner::Project ReadStg(const std::string& path, std::int32_t agents) {
  std::ifstream in(path);
  std::int32_t tasks = 0;
  in >> tasks;
  std::vector<std::int32_t> duration;
  std::vector<std::pair<std::int32_t, std::int32_t>> edges;
  for (std::int32_t job = 0; job < tasks + 2; ++job) {
    std::int32_t id = 0;
    std::int32_t minutes = 0;
    std::int32_t blockers = 0;
    if (!(in >> id >> minutes >> blockers)) throw std::runtime_error("bad instance " + path);
    duration.push_back(minutes);
    for (std::int32_t i = 0, blocker = 0; i < blockers && in >> blocker; ++i)
      edges.emplace_back(blocker, job);
  }
  return Condense(duration, edges, std::vector<std::vector<std::int32_t>>(duration.size(), {1}), {agents});
}

inline planner::Project ReadRcp(const std::string& path) {
  std::ifstream in(path);
  std::int32_t jobs = 0;
  std::int32_t resources = 0;
  in >> jobs >> resources;
  std::vector<std::int32_t> capacity(static_cast<std::size_t>(resources));
  for (auto& it : capacity) in >> it;
  std::vector<std::int32_t> duration;
  std::vector<std::vector<std::int32_t>> demand;
  std::vector<std::pair<std::int32_t, std::int32_t>> edges;
  for (std::int32_t job = 0; job < jobs; ++job) {
    in >> duration.emplace_back();
    auto& row = demand.emplace_back(static_cast<std::size_t>(resources));
    for (auto& it : row) in >> it;
    std::int32_t successors = 0;
    in >> successors;
    for (std::int32_t i = 0, next = 0; i < successors && in >> next; ++i) edges.emplace_back(job, next - 1);
  }
  if (!in) throw std::runtime_error("bad instance " + path);
  return Condense(duration, edges, demand, capacity);
}

struct Partition {
  std::int32_t agents = 0;
  std::vector<std::int64_t> minutes;
};

inline Partition ReadPartition(const std::string& path) {
  std::ifstream in(path);
  Partition partition;
  std::int32_t jobs = 0;
  in >> partition.agents >> jobs;
  if (!in) throw std::runtime_error("bad instance " + path);
  for (std::int64_t minutes = 0; in >> minutes;) partition.minutes.push_back(minutes);
  return partition;
}

}  // namespace clambake::bench

#endif  // CLAMBAKE_TESTS_BENCH_PLANNER_INSTANCES_H_
