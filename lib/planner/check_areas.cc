// ValidatePlan: file areas.
#include "planner/check_areas.h"

#include <algorithm>

#include "fmt/format.h"

namespace clambake::planner {
namespace {

bool Earlier(const Span& a, const Span& b) { return a.begin != b.begin ? a.begin < b.begin : a.end < b.end; }

bool MayOverlap(const PlanCheck& check, std::size_t a, std::size_t b) {
  return a == b || (check.jobs[a].assignment->running && check.jobs[b].assignment->running);
}

absl::Status Clash(const PlanCheck& check, const Span& a, const Span& b, const std::string& path) {
  return Breach(fmt::format("#{} and #{} work on '{}' at once", check.jobs[a.job].issue->number,
                            check.jobs[b.job].issue->number, path));
}

// Work on the whole of `path` against everything on or below it, in the order
// of time. What runs already may overlap, so the latest ends of both kinds of
// earlier work are kept.
absl::Status CheckPath(const PlanCheck& check, const std::string& path, const PathUse& use) {
  std::vector<std::pair<Span, bool>> all;
  for (const Span& span : use.whole) all.emplace_back(span, true);
  for (const Span& span : use.below) all.emplace_back(span, false);
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return Earlier(a.first, b.first); });
  std::vector<std::pair<Span, bool>> active;
  for (const auto& [span, whole] : all) {
    std::erase_if(active, [at = span.begin](const auto& other) { return other.first.end <= at; });
    for (const auto& [other, other_whole] : active) {
      if ((whole || other_whole) && !MayOverlap(check, span.job, other.job))
        return Clash(check, other, span, path);
    }
    active.emplace_back(span, whole);
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string> DirectoriesAbove(const std::string& path) {
  std::vector<std::string> above;
  if (path.empty()) return above;
  above.emplace_back();
  for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    above.push_back(path.substr(0, slash));
  }
  return above;
}

PathUses UsesOfPaths(const PlanCheck& check) {
  PathUses uses;
  for (std::size_t job = 0; job < check.jobs.size(); ++job) {
    const Assignment& it = *check.jobs[job].assignment;
    const Span span{it.start_minutes, it.finish_minutes, job};
    for (const std::string& path : check.jobs[job].paths) uses[path].whole.push_back(span);
  }
  // Only directories that somebody names matter as places below which work is done.
  for (std::size_t job = 0; job < check.jobs.size(); ++job) {
    const Assignment& it = *check.jobs[job].assignment;
    for (const std::string& path : check.jobs[job].paths) {
      for (const std::string& directory : DirectoriesAbove(path)) {
        const auto found = uses.find(directory);
        if (found != uses.end()) found->second.below.push_back({it.start_minutes, it.finish_minutes, job});
      }
    }
  }
  return uses;
}

absl::Status CheckAreas(const PlanCheck& check) {
  for (const auto& [path, use] : UsesOfPaths(check)) {
    if (auto status = CheckPath(check, path, use); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace clambake::planner
