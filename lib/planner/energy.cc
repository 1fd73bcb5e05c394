#include "planner/energy.h"

#include <algorithm>
#include <vector>

namespace clambake::planner {
namespace {

using Times = Column<std::int32_t>;

struct Windows {
  Times earliest;  // start, by job
  Times latest;    // end, by job
};

class Energy {
 public:
  Energy(const Project& project, std::int64_t steps) : project_(project), steps_(steps), order_(Order()) {
    for (const std::int32_t duration : project.duration) longest_ = std::max(longest_, duration);
  }

  // Windows without a deadline: `latest` counts from 0 downwards.
  Windows Open() const {
    Windows windows;
    windows.earliest.assign(project_.duration.size(), 0);
    windows.latest.assign(project_.duration.size(), 0);
    PushEarliest(windows);
    PushLatest(windows);
    return windows;
  }

  [[nodiscard]] bool exhausted() const { return steps_ <= 0; }

  // True if no schedule respects the windows. Narrows them.
  bool Refutes(Windows& windows) {
    for (bool moved = true; moved && steps_ > 0;) {
      moved = PushEarliest(windows);
      moved = PushLatest(windows) || moved;
      if (Empty(windows)) return true;
      for (std::int32_t resource = 0; resource < project_.resources; ++resource) {
        if (!Sweep(windows, resource, moved)) return true;
      }
    }
    return false;
  }

  // Refutes by trying: a job that cannot take the first (last) part of its
  // window loses that part.
  bool RefutesByTrying(Windows& windows) {
    Refutes(windows);  // narrows them: it has been tried before whether that is enough
    for (bool moved = true; moved && steps_ > 0;) {
      moved = false;
      for (std::int32_t job = 0; job < project_.jobs() && steps_ > 0; ++job) {
        const std::int32_t slack = windows.latest[job] - windows.earliest[job] - project_.duration[job];
        if (slack <= 0) continue;
        for (std::int32_t part = slack / 2; steps_ > 0; part /= 2) {
          if (Shave(windows, job, part)) {
            moved = true;
            if (Refutes(windows)) return true;
            break;
          }
          if (part == 0) break;
        }
      }
    }
    return false;
  }

  // Refutes by cases: halves the window of the job that can move the least,
  // and so on. False if a schedule may exist or the budget is used up.
  bool RefutesByCases(const Windows& windows) {
    std::vector<Windows> open = {windows};
    while (!open.empty()) {
      if (steps_ <= 0) return false;
      Windows top = std::move(open.back());
      open.pop_back();
      if (Refutes(top)) continue;
      const std::int32_t job = Tightest(top);
      if (steps_ <= 0 || job == kNoJob) return false;
      const std::int32_t slack = top.latest[job] - top.earliest[job] - project_.duration[job];
      Windows later = top;
      top.latest[job] -= slack - slack / 2;
      later.earliest[job] += slack / 2 + 1;
      open.push_back(std::move(later));
      open.push_back(std::move(top));
    }
    return true;
  }

 private:
  static constexpr std::int32_t kNoJob = -1;

  [[nodiscard]] std::int32_t Tightest(const Windows& windows) const {
    std::int32_t best = kNoJob;
    std::int32_t least = 0;
    for (std::int32_t job = 0; job < project_.jobs(); ++job) {
      const std::int32_t slack = windows.latest[job] - windows.earliest[job] - project_.duration[job];
      if (slack <= 0 || (best != kNoJob && slack >= least)) continue;
      best = job;
      least = slack;
    }
    return best;
  }

  [[nodiscard]] Column<std::int32_t> Order() const {
    Column<std::int32_t> order;
    Column<std::int32_t> waits(project_.duration.size());
    for (std::int32_t job = 0; job < project_.jobs(); ++job) {
      waits[job] = static_cast<std::int32_t>(project_.before[job].size());
      if (waits[job] == 0) order.push_back(job);
    }
    for (std::int32_t i = 0; i < order.count(); ++i) {
      for (const std::int32_t next : project_.after[order[i]]) {
        if (--waits[next] == 0) order.push_back(next);
      }
    }
    return order;
  }

  bool PushEarliest(Windows& windows) const {
    bool moved = false;
    for (const std::int32_t job : order_) {
      for (const std::int32_t blocker : project_.before[job]) {
        const std::int32_t time = windows.earliest[blocker] + project_.duration[blocker];
        if (time <= windows.earliest[job]) continue;
        windows.earliest[job] = time;
        moved = true;
      }
    }
    return moved;
  }

  bool PushLatest(Windows& windows) const {
    bool moved = false;
    for (auto job = order_.rbegin(); job != order_.rend(); ++job) {
      for (const std::int32_t next : project_.after[*job]) {
        const std::int32_t time = windows.latest[next] - project_.duration[next];
        if (time >= windows.latest[*job]) continue;
        windows.latest[*job] = time;
        moved = true;
      }
    }
    return moved;
  }

  [[nodiscard]] bool Empty(const Windows& windows) const {
    for (std::int32_t job = 0; job < project_.jobs(); ++job) {
      if (windows.latest[job] - windows.earliest[job] < project_.duration[job]) return true;
    }
    return false;
  }

  // Tries the first and then the last `part` of the job's window.
  bool Shave(Windows& windows, std::int32_t job, std::int32_t part) {
    trial_ = windows;
    trial_.latest[job] = trial_.earliest[job] + project_.duration[job] + part;
    if (Refutes(trial_)) {
      windows.earliest[job] += part + 1;
      return true;
    }
    trial_ = windows;
    trial_.earliest[job] = trial_.latest[job] - project_.duration[job] - part;
    if (!Refutes(trial_)) return false;
    windows.latest[job] -= part + 1;
    return true;
  }

  // The part of a job that no move keeps out of [a, b).
  [[nodiscard]] std::int32_t Inside(const Windows& w, std::int32_t job, std::int32_t a,
                                    std::int32_t b) const {
    const std::int32_t p = project_.duration[job];
    return std::max(0, std::min({p, b - a, w.earliest[job] + p - a, b - w.latest[job] + p}));
  }

  // All intervals between window ends. False: one needs more than there is.
  bool Sweep(Windows& windows, std::int32_t resource, bool& moved) {
    begins_.assign(windows.earliest.begin(), windows.earliest.end());
    ends_.assign(windows.latest.begin(), windows.latest.end());
    for (std::int32_t job = 0; job < project_.jobs(); ++job) {
      begins_.push_back(windows.latest[job] - project_.duration[job]);
      ends_.push_back(windows.earliest[job] + project_.duration[job]);
    }
    for (auto* times : {&begins_, &ends_}) {
      std::sort(times->begin(), times->end());
      times->erase(std::unique(times->begin(), times->end()), times->end());
    }
    for (const std::int32_t a : begins_) {
      if (!SweepFrom(windows, resource, a, moved)) return false;
      if (steps_ <= 0) return true;
    }
    return true;
  }

  // All intervals [a, b). What a job needs of them grows with b, one for one,
  // from its latest start (or a) until the part that cannot end before a is
  // inside: the sum is a line with few bends.
  bool SweepFrom(Windows& windows, std::int32_t resource, std::int32_t a, bool& moved) {
    const std::int32_t end = ends_.back();
    bends_.assign(static_cast<std::size_t>(std::max(end - a, 0)) + 1, 0);
    std::int32_t largest = 0;
    for (std::int32_t job = 0; job < project_.jobs(); ++job) {
      const std::int32_t p = project_.duration[job];
      const std::int32_t demand = project_.Demand(job, resource);
      largest = std::max(largest, demand);
      const std::int32_t from = std::max(a, windows.latest[job] - p);
      const std::int32_t part = std::min(p, windows.earliest[job] + p - a);
      if (part <= 0) continue;
      bends_[static_cast<std::size_t>(from - a)] += demand;
      if (from + part < end) bends_[static_cast<std::size_t>(from + part - a)] -= demand;
    }
    steps_ -= std::int64_t{3} * project_.jobs() + end - a;
    auto next = std::upper_bound(ends_.begin(), ends_.end(), a);
    std::int64_t need = 0;
    std::int64_t slope = 0;
    for (std::int32_t b = a;; ++b) {
      if (b == *next) {
        ++next;
        const std::int64_t spare = static_cast<std::int64_t>(project_.capacity[resource]) * (b - a) - need;
        if (spare < 0) return false;
        const std::int64_t reach = std::min<std::int64_t>(longest_, b - a) * largest;
        if (spare < reach && Adjust(windows, resource, a, b, spare)) {
          moved = true;
          return true;  // the sums have changed: the next sweep sees the rest
        }
      }
      if (b == end) return true;
      slope += bends_[static_cast<std::size_t>(b - a)];
      need += slope;
    }
  }

  // A job that would take more of [a, b) than is spared if it started first
  // thing (last thing) must keep out as far. Its window still has room for it:
  // what no move keeps out is always spared.
  bool Adjust(Windows& windows, std::int32_t resource, std::int32_t a, std::int32_t b, std::int64_t spare) {
    bool moved = false;
    steps_ -= std::int64_t{3} * project_.jobs();
    for (std::int32_t job = 0; job < project_.jobs(); ++job) {
      const std::int32_t demand = project_.Demand(job, resource);
      if (demand == 0) continue;
      const std::int32_t p = project_.duration[job];
      const std::int64_t room = spare / demand + Inside(windows, job, a, b);  // floor keeps it valid
      const std::int32_t from = windows.earliest[job];
      if (std::min(b, from + p) - std::max(a, from) > room) {
        windows.earliest[job] = static_cast<std::int32_t>(b - room);
        moved = true;
      }
      const std::int32_t to = windows.latest[job];
      if (std::min(b, to) - std::max(a, to - p) > room) {
        windows.latest[job] = static_cast<std::int32_t>(a + room);
        moved = true;
      }
    }
    return moved;
  }

  const Project& project_;
  std::int64_t steps_;
  Column<std::int32_t> order_;
  Windows trial_;
  std::int32_t longest_ = 0;
  std::vector<std::int32_t> begins_, ends_, bends_;
};

std::int64_t DivideUp(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

Bound SimpleBound(const Project& project, const Windows& open) {
  Bound bound;
  Column<std::int64_t> work(static_cast<std::size_t>(project.resources), 0);
  for (std::int32_t job = 0; job < project.jobs(); ++job) {
    bound.Raise(open.earliest[job] + project.duration[job] - (open.latest[job]), "critical path");
    for (std::int32_t r = 0; r < project.resources; ++r) {
      work[r] += static_cast<std::int64_t>(project.duration[job]) * project.Demand(job, r);
    }
  }
  for (std::int32_t r = 0; r < project.resources; ++r)
    bound.Raise(DivideUp(work[r], project.capacity[r]), "load");
  return bound;
}

}  // namespace

Bound ProjectBound(const Project& project, std::int32_t makespan, std::int64_t steps) {
  Energy energy(project, steps);
  const Windows open = energy.Open();
  Bound bound = SimpleBound(project, open);
  const auto at = [&](std::int64_t deadline) {
    Windows windows = open;
    for (std::int32_t& latest : windows.latest) latest += static_cast<std::int32_t>(deadline);
    return windows;
  };
  std::int64_t low = bound.minutes;  // not refuted below
  for (std::int64_t high = makespan; low < high && !energy.exhausted();) {
    const std::int64_t middle = low + (high - 1 - low) / 2;
    Windows windows = at(middle);
    if (!energy.Refutes(windows)) {
      high = middle;
      continue;
    }
    low = middle + 1;
    bound.Raise(low, "energy: some interval needs more work than its agents can do");
  }
  while (low < makespan && !energy.exhausted()) {
    Windows windows = at(low);
    if (energy.RefutesByTrying(windows)) {
      bound.Raise(++low, "shaving: every start of some issue leads to an overloaded interval");
    } else if (energy.RefutesByCases(windows)) {
      bound.Raise(++low, "cases: every way to place some issues leads to an overloaded interval");
    } else {
      break;
    }
  }
  return bound;
}

}  // namespace clambake::planner
