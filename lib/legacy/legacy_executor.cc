#include "legacy/legacy_executor.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "model/operations.h"

namespace clambake {
namespace {

using Need = Operation::Need;

constexpr int kTries = 3;  // of the assignment alone
constexpr std::string_view kBase = "main";

class LegacyPreparer {
 public:
  explicit LegacyPreparer(const PrepareRequest& request) : request_(request), backlog_(*request.backlog) {}

  Preparation Run() {
    result_.executor = "legacy";
    result_.repository = backlog_.repository;
    for (const Assignment& assignment : request_.plan->assignments) {
      if (assignment.now && !assignment.running) Assign(assignment);
    }
    if (request_.bundles != nullptr) {
      for (const Bundle& bundle : request_.bundles->bundles) AddBundle(bundle);
      for (const Individual& individual : request_.bundles->individual) AddIndividual(individual);
    }
    return std::move(result_);
  }

 private:
  void Add(std::string_view lane, IssueNumber issue, GithubWrite write, Need need) {
    Operation operation{.id = OperationId(lane, write), .lane = std::string(lane), .issue = issue};
    operation.write = std::move(write);
    operation.need = need;
    result_.operations.push_back(std::move(operation));
  }

  std::string TitleOf(IssueNumber number) const {
    for (const Issue& issue : backlog_.issues) {
      if (issue.number == number) return issue.title;
    }
    return "";
  }

  const Branch* BranchAt(std::string_view head) const {
    const auto found = std::find_if(backlog_.branches.begin(), backlog_.branches.end(),
                                    [&](const Branch& b) { return b.sha == head || b.name == head; });
    return found == backlog_.branches.end() ? nullptr : &*found;
  }

  std::string TipOfMain() const {
    if (!request_.base_sha.empty()) return request_.base_sha;
    const Branch* main = BranchAt(kBase);
    return main == nullptr ? "" : main->sha;
  }

  void Assign(const Assignment& assignment) {
    const std::string& agent = request_.plan->agents[static_cast<std::size_t>(assignment.agent)].id;
    const IssueNumber number = assignment.issue;
    const std::string lane = fmt::format("issue-{}", number);
    const std::string owner = request_.assignee.empty()
                                  ? backlog_.repository.substr(0, backlog_.repository.find('/'))
                                  : request_.assignee;
    const std::string slug = LegacySlug(TitleOf(number));
    const std::string branch = fmt::format("{}/{}{}{}", agent, number, slug.empty() ? "" : "-", slug);
    Add(lane, number, AddAssignees{number, {owner}}, Need::kRequired);
    Add(lane, number, AddLabels{number, {agent}}, Need::kAdvisory);
    const std::string tip = TipOfMain();
    if (!tip.empty()) Add(lane, number, CreateRef{"refs/heads/" + branch, tip}, Need::kAdvisory);
    result_.changes.push_back({.issue = number,
                               .rank = -static_cast<std::int64_t>(assignment.priority),
                               .state = WorkState::kClaimed,
                               .owner = agent,
                               .branch = branch,
                               .lease = request_.claim});
  }

  // "bundle/20260102_0310__issues_1_2" → "03:10".
  static std::string TrainOf(std::string_view name) {
    const std::size_t time = name.find('_');
    if (time == std::string_view::npos || time + 5 > name.size()) return "00:00";
    return fmt::format("{}:{}", name.substr(time + 1, 2), name.substr(time + 3, 2));
  }

  void AddBundle(const Bundle& bundle) {
    Add(bundle.name, 0, CreateRef{"refs/heads/" + bundle.name, request_.bundles->base}, Need::kRequired);
    for (const std::string& head : bundle.heads) {
      Add(bundle.name, 0, MergeBranch{bundle.name, head, fmt::format("Merge {}", head)}, Need::kRequired);
    }
    std::string body = "Issues:\n";
    for (const IssueNumber issue : bundle.issues) body += fmt::format("- #{} {}\n", issue, TitleOf(issue));
    body += "\nBranches:\n";
    for (const std::string& head : bundle.heads) {
      const Branch* branch = BranchAt(head);
      body += fmt::format("- {}\n", branch == nullptr ? head : branch->name);
    }
    body += "\nThis pull request closes the issues above.\n";
    const std::string title =
        fmt::format("[BUNDLE] {} issues - {} train", bundle.issues.size(), TrainOf(bundle.name));
    Add(bundle.name, 0, CreatePull{bundle.name, std::string(kBase), title, body}, Need::kRequired);
    for (const IssueNumber issue : bundle.issues) {
      Add(bundle.name, issue, AddLabels{issue, {"route:review"}}, Need::kAdvisory);
      result_.operations.back().then = WorkState::kBundled;
    }
  }

  void AddIndividual(const Individual& individual) {
    const Branch* branch = BranchAt(individual.head);
    if (branch == nullptr) return;
    const std::string body = fmt::format("Issues:\n- #{} {}\n\nBranches:\n- {}\n", individual.issue,
                                         TitleOf(individual.issue), branch->name);
    const std::string title = fmt::format("[AUTO] {}", TitleOf(individual.issue));
    Add(branch->name, 0, CreatePull{branch->name, std::string(kBase), title, body}, Need::kRequired);
    if (individual.issue == 0) return;
    Add(branch->name, individual.issue, AddLabels{individual.issue, {"route:review"}}, Need::kAdvisory);
    result_.operations.back().then = WorkState::kBundled;
  }

  const PrepareRequest& request_;
  const Backlog& backlog_;
  Preparation result_;
};

class LegacyRun {
 public:
  LegacyRun(const Preparation& preparation, const WritePermit& permit, const ApplyContext& context)
      : preparation_(preparation), permit_(permit), context_(context) {
    for (const WorkChange& change : preparation.changes) claims_[change.issue] = &change;
  }

  RunOutcome Execute() {
    for (const Operation& operation : preparation_.operations) {
      if (context_.cancelled != nullptr && context_.cancelled->load()) {
        outcome_.stopped = absl::CancelledError("cancelled; the rest is not taken up again");
        break;
      }
      if (context_.lock != nullptr) outcome_.stopped = context_.lock->Keep();
      if (!outcome_.stopped.ok()) break;
      if (failed_lanes_.contains(operation.after)) failed_lanes_.insert(operation.lane);
      if (!failed_lanes_.contains(operation.lane)) Perform(operation);
    }
    return std::move(outcome_);
  }

 private:
  void Perform(const Operation& operation) {
    const bool assigns = std::holds_alternative<AddAssignees>(operation.write);
    Outcome outcome{.id = operation.id, .need = operation.need};
    const absl::Duration start = context_.clock->Monotonic();
    absl::Status status;
    for (outcome.attempts = 1;; ++outcome.attempts) {
      status = context_.github->Perform(operation.write).status();
      if (status.ok() || !assigns || outcome.attempts == kTries) break;
      context_.clock->Sleep(absl::Milliseconds(500) * outcome.attempts);
    }
    outcome.latency_ms = absl::ToInt64Milliseconds(context_.clock->Monotonic() - start);
    outcome.state = status.ok() ? OperationState::kConfirmed : OperationState::kRefused;
    outcome.detail = std::string(status.message());
    if (!status.ok() && operation.need == Need::kRequired) failed_lanes_.insert(operation.lane);
    outcome_.outcomes.push_back(std::move(outcome));
    if (status.ok()) RecordWork(operation);
    if (context_.progress) {
      context_.progress({.done = outcome_.outcomes.size(),
                         .total = preparation_.operations.size(),
                         .doing = operation.lane});
    }
  }

  // Both generations' tables, so that v2 finds what legacy did.
  void RecordWork(const Operation& operation) {
    std::vector<WorkChange> changes;
    // With the first step that succeeds; in legacy's own lanes, the assignment.
    if (const auto claim = claims_.extract(operation.issue)) changes.push_back(*claim.mapped());
    if (operation.then) changes.push_back({.issue = operation.issue, .state = *operation.then});
    if (changes.empty()) return;
    const auto held = context_.store->RecordIntents(permit_.lease(), {}, changes);
    if (!held.ok()) outcome_.stopped = held.status();
    if (held.ok()) outcome_.held.insert(outcome_.held.end(), held->begin(), held->end());
  }

  const Preparation& preparation_;
  const WritePermit& permit_;
  const ApplyContext& context_;
  std::map<IssueNumber, const WorkChange*> claims_;
  std::set<std::string, std::less<>> failed_lanes_;
  RunOutcome outcome_;
};

class LegacyExecutor : public Executor {
 public:
  [[nodiscard]] std::string_view name() const override { return "legacy"; }

  [[nodiscard]] absl::StatusOr<Preparation> Prepare(const PrepareRequest& request) const override {
    if (request.backlog == nullptr || request.plan == nullptr) {
      return absl::InvalidArgumentError("executor: a backlog and a plan are needed");
    }
    return LegacyPreparer(request).Run();
  }

  absl::StatusOr<RunOutcome> Apply(const Preparation& preparation, const WritePermit& permit,
                                   const ApplyContext& context) override {
    return LegacyRun(preparation, permit, context).Execute();
  }
};

}  // namespace

std::string LegacySlug(std::string_view title) {
  constexpr std::size_t kMax = 30;
  std::string kept;
  for (const char c : title) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte)) kept += absl::ascii_tolower(byte);
    if (c == ' ' || c == '-' || c == '\t') kept += ' ';
  }
  std::string slug;
  for (const absl::string_view word : absl::StrSplit(kept, ' ', absl::SkipEmpty())) {
    const std::string_view text(word.data(), word.size());
    if (slug.empty()) {
      slug = text.substr(0, kMax);
    } else if (slug.size() + 1 + text.size() <= kMax) {
      slug.append("-").append(text);
    } else {
      break;
    }
  }
  return slug;
}

std::unique_ptr<Executor> NewLegacyExecutor() { return std::make_unique<LegacyExecutor>(); }

}  // namespace clambake
