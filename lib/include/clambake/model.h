// The frozen input and its vocabulary: issues, pull requests, branches, agents.
//
// A Backlog is a snapshot of one repository. Planner, bundler and Prepare are
// functions of it: the same Backlog gives the same bytes out. It can be read
// from `clambake.backlog/1` JSON, from GitHub, or filled in by the caller.
//
// All types here are plain values: copyable, no hidden state, safe to read
// from several threads at once. Texts (titles, bodies, labels) come from
// outside and are data, never instructions; they are UTF-8 but otherwise
// unchecked. Numbers named `…_minutes` are minutes, times are absl::Time.
#ifndef CLAMBAKE_MODEL_H_
#define CLAMBAKE_MODEL_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace clambake {

// The version of the library, "MAJOR.MINOR.PATCH".
std::string_view Version();

using IssueNumber = std::int64_t;

enum class State { kOpen, kClosed };

struct Issue {
  IssueNumber number = 0;
  std::int64_t id = 0;  // GitHub's database id (what the dependencies API wants); 0 if unknown
  State state = State::kOpen;
  std::string title;
  std::string body;
  std::vector<std::string> labels;     // names, in the order given
  std::vector<std::string> assignees;  // logins
  absl::Time created_at = absl::InfinitePast();
  absl::Time updated_at = absl::InfinitePast();
  absl::Time closed_at = absl::InfiniteFuture();  // InfiniteFuture: not closed
};

struct Pull {
  std::int64_t number = 0;
  State state = State::kOpen;
  bool draft = false;
  std::string title;
  std::string body;
  std::string head_ref;  // branch name, without refs/heads/
  std::string head_sha;
  std::string base_ref;
  std::vector<std::string> labels;
  absl::Time created_at = absl::InfinitePast();
  absl::Time closed_at = absl::InfiniteFuture();
};

struct Branch {
  std::string name;  // without refs/heads/
  std::string sha;
  std::optional<std::int64_t> ahead_by;  // commits ahead of the default branch, if known
};

// `issue` cannot start before every one of `blocked_by` is closed.
struct Blockers {
  IssueNumber issue = 0;
  std::vector<IssueNumber> blocked_by;
  // References that could not be read ("owner/other#3", or a blocker without
  // permission). Not empty means blocked: the planner fails closed.
  std::vector<std::string> unreadable;
  // Those of both lists that only a text says ("Blocked by #12"): "#12", "owner/other#3".
  std::vector<std::string> from_text;
};

struct SubIssue {
  IssueNumber parent = 0;
  IssueNumber child = 0;
};

struct Estimate {
  IssueNumber issue = 0;
  std::int64_t minutes = 0;  // > 0
};

// The file areas (paths) that work on the issue is expected to change.
struct Touches {
  IssueNumber issue = 0;
  std::vector<std::string> paths;
};

struct Backlog {
  std::string repository;                      // "owner/name", empty if unknown
  absl::Time taken_at = absl::InfinitePast();  // InfinitePast: unknown
  std::string default_branch = "main";
  std::vector<Issue> issues;  // pull requests never appear here
  std::vector<Pull> pulls;
  std::vector<Branch> branches;
  std::vector<Blockers> blocked_by;
  std::vector<SubIssue> sub_issues;
  std::vector<Estimate> estimates;
  std::vector<Touches> touches;
  bool texts_read = false;  // what bodies say of dependencies is in `blocked_by`
};

struct Agent {
  std::string id;  // "agent001": `agent` and at least three digits
  int capacity = 1;
  std::vector<std::string> skills;  // labels it can take; empty means any
};

// Limits on what comes from outside. Reading stops with InvalidArgument (or
// ResourceExhausted for total size) at the first breach.
struct ReadLimits {
  std::size_t max_depth = 64;                              // nesting of JSON
  std::size_t max_issues = 5'000'000;                      // per array
  std::size_t max_element_bytes = std::size_t{16} << 20U;  // one issue, pull, branch …
  std::size_t max_total_bytes = std::size_t{16} << 30U;    // the whole document
};

// Reads `clambake.backlog/1`, or a bare JSON array as its `issues`. Unknown
// keys are ignored; pull requests among `issues` (key `pull_request`) move to
// `pulls`. Memory: the result plus one element; time: linear.
//
// `name` names the source in errors: InvalidArgument with
// "name:LINE:COLUMN: what" for syntax, and "name: /issues/3/number: what was
// expected" for content. A number that appears twice is an error.
absl::StatusOr<Backlog> ReadBacklog(std::istream& in, std::string_view name, const ReadLimits& limits = {});

// The same, from a file; "-" is standard input. NotFound if it cannot be opened.
absl::StatusOr<Backlog> ReadBacklogFile(const std::string& path, const ReadLimits& limits = {});

// Adds dependencies as people write them in bodies ("Blocked by #12", "Depends
// on owner/repo#3", task lists) to `blocked_by`, marked in `from_text`, once.
// For a backlog that comes from no GithubReader: what it does not hold cannot
// be read, so it blocks. Planners look at `blocked_by` alone.
void AddTextDependencies(Backlog& backlog);

// The backlog as it stood at `time`, as far as the snapshot tells: what was
// created later is gone, what was closed later is open again.
Backlog BacklogAsOf(const Backlog& backlog, absl::Time time);

// `clambake.backlog/1`, elements in the order given.
std::string BacklogToJson(const Backlog& backlog);

// Reads {"agents":[{"id":"agent001","capacity":1,"skills":["bug"]}]}. Errors as
// above. Ids are unique; capacity is 1 to 1,000.
absl::StatusOr<std::vector<Agent>> ReadAgents(std::istream& in, std::string_view name);

// `agent001` … `agentNNN`, capacity 1, any skill. 1 ≤ count ≤ 100,000.
absl::StatusOr<std::vector<Agent>> MakeAgents(int count);

// Priority as the `route:` labels name it. The order of the enumerators is
// the legacy order of value: none 0, low 1 … unblocker 200.
enum class Priority { kNone, kLow, kMedium, kHigh, kVeryHigh, kReadyToMerge, kUnblocker };
std::string_view PriorityName(Priority priority);  // "none" "low" … "unblocker"
Priority PriorityOf(const Issue& issue);           // the highest label wins; exact, case-sensitive

// The order in which v2 serves priorities: a higher tier first. An issue without
// a priority label ranks with `medium`: unlabelled work is not unwanted work.
int Tier(Priority priority);

// True for `agent` followed by three or more digits: the label of a holder.
bool IsAgentLabel(std::string_view label);

bool HasLabel(const std::vector<std::string>& labels, std::string_view label);

// "sha256:" and 64 hex digits.
std::string Digest(std::string_view bytes);

}  // namespace clambake

#endif  // CLAMBAKE_MODEL_H_
