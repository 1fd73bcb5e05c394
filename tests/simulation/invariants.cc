#include "tests/simulation/invariants.h"

#include <sqlite3.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <stdexcept>
#include <utility>

#include "clambake/github_write.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "tests/simulation/actors.h"
#include "tests/simulation/process.h"

namespace clambake::simulation {
namespace {

constexpr std::int64_t kMinItems = 50;                     // D11: of each arm
constexpr absl::Duration kDwell = absl::Hours(2);          // D8
constexpr absl::Duration kStable = absl::Hours(48);        // before the next component
constexpr absl::Duration kLeastSettle = absl::Minutes(1);  // of a claim

constexpr std::string_view kRows =
    "SELECT w.issue, w.state, w.owner, w.fence, w.lease_until, w.branch, l.state, l.agent, l.branch "
    "FROM work w LEFT JOIN legacy_work l ON l.scope = w.scope AND l.issue = w.issue "
    "WHERE w.scope = 'octo/hello' ORDER BY w.issue";
constexpr std::string_view kRowsWithoutLegacy =
    "SELECT issue, state, owner, fence, lease_until, branch FROM work WHERE scope = 'octo/hello' ORDER BY "
    "issue";
constexpr std::string_view kLegacyCount = "SELECT count(*) FROM legacy_work WHERE scope = 'octo/hello'";
constexpr std::string_view kCopy =
    "SELECT version, value FROM documents WHERE scope = 'octo/hello' AND key = 'snapshot/cleanup'";
constexpr absl::Duration kFresh = absl::Hours(1);  // of the snapshot before the cleanup

std::string_view Text(sqlite3_stmt* statement, int column) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
  return text == nullptr ? std::string_view() : std::string_view(text);
}

// What the legacy table calls a state of v2's.
std::string_view LegacyName(std::string_view state) {
  if (state == "ready") return "idle";
  if (state == "landed" || state == "bundled") return state;
  return state == "done" ? "merged" : "working";
}

bool IsHeld(std::string_view state) { return state == "claimed" || state == "settling" || state == "safe"; }

bool ChangesWork(std::string_view call) {
  static const std::set<std::string_view> calls = {"Enqueue",
                                                   "ClaimNext",
                                                   "ClaimIssue",
                                                   "Renew",
                                                   "Land",
                                                   "Release",
                                                   "ExpireClaims",
                                                   "MoveToSafeQueue",
                                                   "RecordIntents",
                                                   "RecordOutcome",
                                                   "ReturnFromSafeQueue",
                                                   "RepairGenerations",
                                                   "Plant",
                                                   "RestoreSnapshot",
                                                   "CleanUp",
                                                   "EndOfDay"};
  return calls.contains(call);
}

// The value behind the mark `"key":` in a document that our own library wrote.
std::string_view Member(std::string_view json, std::string_view mark) {
  const std::size_t at = json.find(mark);
  if (at == std::string_view::npos) return {};
  std::string_view rest = json.substr(at + mark.size());
  const bool quoted = rest.starts_with('"');
  if (quoted) rest.remove_prefix(1);
  return rest.substr(0, rest.find_first_of(quoted ? "\"" : ",}"));
}

const std::string& KeyOf(Component component) {
  static const std::array<std::string, kComponents.size()> keys = {
      fmt::format("rollout/{}", Name(Component::kPlanner)),
      fmt::format("rollout/{}", Name(Component::kBundler)),
      fmt::format("rollout/{}", Name(Component::kExecutor))};
  return keys[static_cast<std::size_t>(component)];
}

// The agents' commits that a pull request of v2's carries.
std::set<std::string_view> HeadsOf(const WorldIssue& pull) {
  std::set<std::string_view> heads;
  std::string_view body = pull.body;
  for (std::size_t line = body.find("\n- "); line != std::string_view::npos;
       line = body.find("\n- ", line + 1)) {
    heads.insert(body.substr(line + 3, 40));
  }
  return heads;
}

}  // namespace

Invariants::Invariants(World& world) : world_(world) {
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(world.location.c_str(), &database_, kFlags, "memdb");
  if (code != SQLITE_OK) throw std::runtime_error("the state cannot be looked at");
  changes_ = Prepare("PRAGMA data_version");
  rows_ = Prepare(kRows);
  legacy_count_ = Prepare(kLegacyCount);
  document_ = Prepare("SELECT value FROM documents WHERE scope = 'octo/hello' AND key = ?");
  copy_ = Prepare(kCopy);
}

Invariants::~Invariants() {
  for (sqlite3_stmt* statement : {changes_, rows_, legacy_count_, document_, copy_}) {
    sqlite3_finalize(statement);
  }
  sqlite3_close(database_);
}

sqlite3_stmt* Invariants::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr) !=
      SQLITE_OK) {
    throw std::runtime_error(sqlite3_errmsg(database_));
  }
  return statement;
}

std::int64_t Invariants::ReadNumber(std::string_view sql) {
  sqlite3_stmt* const statement = Prepare(sql);
  sqlite3_step(statement);
  const std::int64_t number = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return number;
}

void Invariants::Execute(const std::string& sql) {
  if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw std::runtime_error(sqlite3_errmsg(database_));
  }
  seen_change_ = -1;  // SQLite counts the changes of others alone
}

void Invariants::After(std::string_view call) {
  if (call == "CleanUp" || call == "EndOfDay") CheckCleanup();
  if (ChangesWork(call)) CheckRows(call);
  if (call == "WriteDocument" || call == "WriteDocumentAudited") CheckRollouts();
  if (call == "Wire") CheckEffects();
}

// --- Rows ---

bool Invariants::HasChanged() {
  if (sqlite3_step(changes_) != SQLITE_ROW) throw std::runtime_error(sqlite3_errmsg(database_));
  const std::int64_t change = sqlite3_column_int64(changes_, 0);
  sqlite3_reset(changes_);
  return std::exchange(seen_change_, change) != change;
}

void Invariants::CheckRows(std::string_view call) {
  if (!HasChanged() && !world_.acting_for_restore) return;
  const std::vector<Change> changes = ReadRows();
  const std::size_t vanished =
      std::erase_if(known_, [&](const auto& row) { return row.second.look != look_; });
  if (!world_.cleaned_up) CheckLegacyCount(known_.size());
  if (world_.acting_for_restore) return ForgetUnlanded();
  for (const Change& change : changes)
    CheckTransition(call, change.issue, change.before, known_[change.issue]);
  if (vanished > 0) world_.Break(Invariant::kWorkLost, "a row of work has vanished");
}

// Those that are not as they were; a new one was never different.
std::vector<Invariants::Change> Invariants::ReadRows() {
  std::vector<Change> changes;
  ++look_;
  sqlite3_reset(rows_);
  while (sqlite3_step(rows_) == SQLITE_ROW) {
    const IssueNumber issue = sqlite3_column_int64(rows_, 0);
    const std::string_view state = Text(rows_, 1), owner = Text(rows_, 2), branch = Text(rows_, 5);
    const std::int64_t fence = sqlite3_column_int64(rows_, 3), lease_until = sqlite3_column_int64(rows_, 4);
    if (!world_.cleaned_up &&
        (Text(rows_, 6) != LegacyName(state) || Text(rows_, 7) != owner || Text(rows_, 8) != branch)) {
      const std::string difference =
          fmt::format("#{} is \"{} {} {}\" to v2 and \"{} {} {}\" to legacy", issue, state, owner, branch,
                      Text(rows_, 6), Text(rows_, 7), Text(rows_, 8));
      sqlite3_reset(rows_);
      world_.Break(Invariant::kRowsDiffer, difference);
    }
    const auto [known, is_new] = known_.try_emplace(issue);
    Row& row = known->second;
    row.look = look_;
    if (row.state == state && row.owner == owner && row.fence == fence && row.lease_until == lease_until &&
        row.branch == branch) {
      continue;
    }
    Row before = std::exchange(
        row, {std::string(state), std::string(owner), fence, lease_until, std::string(branch), look_});
    changes.push_back({issue, is_new ? row : std::move(before)});
  }
  sqlite3_reset(rows_);
  return changes;
}

void Invariants::CheckLegacyCount(std::size_t rows) {
  sqlite3_reset(legacy_count_);
  sqlite3_step(legacy_count_);
  const std::int64_t legacy = sqlite3_column_int64(legacy_count_, 0);
  sqlite3_reset(legacy_count_);
  if (legacy == static_cast<std::int64_t>(rows)) return;
  world_.Break(Invariant::kRowsDiffer, fmt::format("{} rows to v2 and {} to legacy", rows, legacy));
}

// A snapshot from before a landing: the work is in progress again, for its
// holder to land once more.
void Invariants::ForgetUnlanded() {
  std::erase_if(world_.landed, [&](const Landed& landed) {
    const auto row = known_.find(landed.issue);
    return !landed.merged &&
           (row == known_.end() || row->second.state == "ready" || IsHeld(row->second.state));
  });
}

void Invariants::CheckTransition(std::string_view call, IssueNumber issue, const Row& before,
                                 const Row& now) {
  const std::int64_t time = absl::ToUnixMicros(world_.baton.Now());
  const auto wrong = [&](std::string_view what) {
    world_.Break(Invariant::kHeldTwice,
                 fmt::format("#{}: {} ({} {} fence {} → {} {} fence {}, by {})", issue, what, before.state,
                             before.owner, before.fence, now.state, now.owner, now.fence, call));
  };
  if (now.state == "landed" && before.state != "landed") {
    // What was closed meanwhile has been merged already, or is not wanted.
    const std::string tip = world_.git->FindRef("refs/heads/" + now.branch).value_or("");
    const bool wanted = world_.github.world().issues.at(issue).open;
    if (wanted) world_.landed.push_back({.issue = issue, .branch = now.branch, .sha = tip});
  }
  if (now.fence < before.fence) wrong("its fence went back");
  if (IsHeld(now.state) && now.owner.empty()) wrong("held by nobody");
  if (IsHeld(before.state) && IsHeld(now.state) && before.owner != now.owner) {
    wrong("it changed hands without having been free");
  }
  if (before.state == "claimed" && now.state == "settling") {
    if (before.lease_until > time) wrong("its lease was cut short");
    if (now.lease_until < time + absl::ToInt64Microseconds(kLeastSettle)) wrong("it does not settle");
  }
  if (before.state == "settling" && now.state == "ready" && call != "Release" && before.lease_until > time) {
    wrong("it was free before it had settled");
  }
  if (before.state == "claimed" && now.state == "ready" && call != "Release") wrong("taken from its holder");
}

// --- Rollouts ---

Invariants::Rollout Invariants::ReadRollout(Component component) {
  const std::string& key = KeyOf(component);
  sqlite3_reset(document_);
  sqlite3_bind_text(document_, 1, key.c_str(), static_cast<int>(key.size()), SQLITE_STATIC);
  Rollout rollout;
  if (sqlite3_step(document_) == SQLITE_ROW) {
    const std::string_view json = Text(document_, 0);
    rollout.id = Member(json, "\"id\":");
    rollout.status = Member(json, "\"status\":");
    rollout.latched = Member(json, "\"holds\":") == "true";
    const std::string_view step = Member(json, "\"step\":");
    std::from_chars(step.data(), step.data() + step.size(), rollout.step);
  }
  sqlite3_reset(document_);
  return rollout;
}

void Invariants::CheckRollouts() {
  for (const Component component : kComponents) {
    Rollout& known = rollouts_[static_cast<std::size_t>(component)];
    Rollout now = ReadRollout(component);
    if (now.latched && !known.latched) ++world_.rollbacks;
    const bool moved = now.id != known.id || now.step != known.step ||
                       (now.status == "complete") != (known.status == "complete");
    now.entered = moved ? world_.baton.Now() : known.entered;
    if (moved) CheckPromotion(component, known, now);
    known = std::move(now);
  }
  if (sqlite3_step(copy_) == SQLITE_ROW && sqlite3_column_int64(copy_, 0) != copy_version_) {
    copy_version_ = sqlite3_column_int64(copy_, 0);
    copied_ = world_.baton.Now();
  }
  sqlite3_reset(copy_);
}

void Invariants::CheckPromotion(Component component, const Rollout& before, const Rollout& now) {
  const auto wrong = [&](std::string what) {
    world_.Break(Invariant::kPromotion, fmt::format("{}: {}", Name(component), what));
  };
  if (now.status == "none") return;
  if (now.id != before.id) {  // a start
    if (now.step != 0) wrong("it starts above the first step");
    if (before.latched) wrong("it starts over a latch");
    if (component == Component::kPlanner) return;
    const Rollout& planner = rollouts_[0];
    const Rollout& bundler = rollouts_[1];
    const bool joins = component == Component::kExecutor;
    const Rollout& earlier = joins ? bundler : planner;
    if (earlier.latched) wrong("the one before it was rolled back");
    if (joins && earlier.status != "none") return;
    if (earlier.status != "complete") wrong("the one before it is not complete");
    if (world_.baton.Now() - earlier.entered < kStable) wrong("the one before it is not stable for long");
    return;
  }
  ++world_.promotions;
  const std::int64_t control = samples_[{component, before.id, before.step, Arm::kControl}];
  const std::int64_t candidate = samples_[{component, before.id, before.step, Arm::kCandidate}];
  if (world_.baton.Now() - before.entered < kDwell) wrong("promoted before it had dwelt");
  if (candidate < kMinItems) wrong(fmt::format("promoted on {} items of v2", candidate));
  if (now.status != "complete" && control < kMinItems) {
    wrong(fmt::format("promoted against {} items of legacy", control));
  }
}

void Invariants::CountSample(Component component, std::string_view rollout, std::int64_t step, Arm arm) {
  ++samples_[{component, std::string(rollout), step, arm}];
}

void Invariants::NoteLook(Process& process, std::string_view key) {
  for (const Component component : kComponents) {
    if (key != KeyOf(component)) continue;
    process.saw_latch[static_cast<std::size_t>(component)] = ReadRollout(component).latched;
  }
}

void Invariants::CheckDecision(Process& process, Component component, Generation generation) {
  std::optional<bool>& saw_latch = process.saw_latch[static_cast<std::size_t>(component)];
  const std::string what = fmt::format("{} decides for {} of the {}", process.name(),
                                       clambake::Name(generation), clambake::Name(component));
  if (generation == Generation::kLegacy && process.knows_legacy_gone) {
    world_.Break(Invariant::kCleanup, what + ", which is gone");
  }
  if (!saw_latch) world_.Break(Invariant::kRollbackIgnored, what + " without a look");
  if (generation == Generation::kV2 && *saw_latch) {
    world_.Break(Invariant::kRollbackIgnored, what + ", which is rolled back");
  }
  saw_latch.reset();
}

// --- The cleanup ---

// What the specification demands of it, read from the tables and our own book.
void Invariants::CheckCleanup() {
  const auto wrong = [&](std::string what) { world_.Break(Invariant::kCleanup, std::move(what)); };
  const bool gone = ReadNumber("SELECT contracted FROM schema_version") > 0;
  const std::int64_t tables = ReadNumber("SELECT count(*) FROM sqlite_master WHERE name = 'legacy_work'");
  const std::int64_t columns =
      ReadNumber("SELECT count(*) FROM pragma_table_info('work') WHERE name = 'twin'");
  const std::int64_t archives =
      ReadNumber("SELECT count(*) FROM sqlite_master WHERE name = 'legacy_archive'");
  const std::int64_t parts = tables + columns;
  if (parts != (gone ? 0 : 2) || archives != (gone ? 1 : 0)) wrong("the cleanup is there in parts");
  if (gone == world_.cleaned_up) return;
  if (!gone) wrong("legacy is back");
  world_.cleaned_up = true;
  ++world_.cleanups;
  for (const Component component : kComponents) {
    const Rollout& rollout = rollouts_[static_cast<std::size_t>(component)];
    const bool stable = world_.baton.Now() - rollout.entered >= kStable;
    if (rollout.status == "complete" && !rollout.latched && stable) continue;
    wrong(fmt::format("cleaned up while the {} was not complete and stable", Name(component)));
  }
  if (copy_version_ == 0 || world_.baton.Now() - copied_ > kFresh)
    wrong("cleaned up without a fresh snapshot");
  if (ReadNumber("SELECT count(*) FROM audit WHERE event = 'state.cleanup'") != 1)
    wrong("not on record, or twice");
  CheckArchive();
  sqlite3_finalize(rows_);
  rows_ = Prepare(kRowsWithoutLegacy);
}

// Nothing of the legacy table is lost: it told what the rows told last.
void Invariants::CheckArchive() {
  sqlite3_stmt* const archive = Prepare(
      "SELECT issue, state, agent, branch FROM legacy_archive WHERE scope = 'octo/hello' ORDER BY issue");
  std::size_t equal = 0;
  while (sqlite3_step(archive) == SQLITE_ROW) {
    const auto row = known_.find(sqlite3_column_int64(archive, 0));
    equal += row != known_.end() && Text(archive, 1) == LegacyName(row->second.state) &&
             Text(archive, 2) == row->second.owner && Text(archive, 3) == row->second.branch;
  }
  sqlite3_finalize(archive);
  if (equal == known_.size()) return;
  world_.Break(Invariant::kCleanup,
               fmt::format("{} of {} legacy rows are in the archive", equal, known_.size()));
}

// --- GitHub ---

void Invariants::CheckEffects() {
  World& world = world_;
  const auto& github = world.github.world();
  for (auto it = github.issues.upper_bound(seen_number_); it != github.issues.end(); ++it) {
    seen_number_ = it->first;
    if (it->second.is_pull()) CheckPull(it->second);
  }
  for (auto it = github.comments.upper_bound(seen_id_); it != github.comments.end(); ++it) {
    seen_id_ = it->first;
    CheckComment(it->second);
  }
}

void Invariants::CheckPull(const WorldIssue& pull) {
  ++world_.pulls;
  const bool ours = !FindMarker(pull.body).empty();
  const std::set<std::string_view> heads = HeadsOf(pull);
  for (const auto& [number, other] : world_.github.world().issues) {
    if (number >= pull.number || !other.is_pull() || (!other.open && !other.merged)) continue;
    const std::set<std::string_view> others = HeadsOf(other);
    const bool same_head = other.head_ref == pull.head_ref && other.open;
    const bool shares =
        std::any_of(heads.begin(), heads.end(), [&](std::string_view head) { return others.contains(head); });
    if (!same_head && !shares) continue;
    if (!ours || FindMarker(other.body).empty()) {
      ++world_.legacy_twins;
      continue;
    }
    world_.Break(Invariant::kDuplicate, fmt::format("pull requests {} ({}) and {} ({}) are for the same work",
                                                    number, other.head_ref, pull.number, pull.head_ref));
  }
}

void Invariants::CheckComment(const WorldComment& comment) {
  const std::string marker = FindMarker(comment.body);
  for (const auto& [id, other] : world_.github.world().comments) {
    if (id >= comment.id || other.issue != comment.issue || FindMarker(other.body) != marker) continue;
    world_.Break(Invariant::kDuplicate,
                 fmt::format("comments {} and {} on #{} are the same", id, comment.id, comment.issue));
  }
}

// --- Work ---

bool Invariants::IsInOpenPull(const Landed& landed) {
  for (const auto& [number, pull] : world_.github.world().issues) {
    if (!pull.is_pull() || !pull.open) continue;
    const auto head = world_.git->FindRef("refs/heads/" + pull.head_ref);
    if (head && world_.git->IsAncestor(landed.sha, *head)) return true;
  }
  return false;
}

void Invariants::CheckLanded() {
  const std::string main = *world_.git->FindRef("refs/heads/main");
  for (Landed& landed : world_.landed) {
    if (landed.merged || landed.unwanted) continue;
    landed.merged = world_.git->IsAncestor(landed.sha, main);
    landed.unwanted = world_.unwanted.contains(landed.issue);
    if (landed.merged || landed.unwanted) continue;
    const WorldIssue& issue = world_.github.world().issues.at(landed.issue);
    const auto what =
        fmt::format("commit {} of #{} on {}", landed.sha.substr(0, 12), landed.issue, landed.branch);
    if (IsInOpenPull(landed)) continue;
    if (!issue.open) world_.Break(Invariant::kWorkLost, what + ": the issue is closed without it");
    const auto tip = world_.git->FindRef("refs/heads/" + landed.branch);
    const bool is_there = tip && world_.git->IsAncestor(landed.sha, *tip);
    if (!is_there) world_.Break(Invariant::kWorkLost, what + " is on no branch");
  }
}

std::string Invariants::Undone() const {
  for (const Landed& landed : world_.landed) {
    if (landed.merged || landed.unwanted) continue;
    return fmt::format("#{} was finished on {}, and is not merged in the end", landed.issue, landed.branch);
  }
  // On GitHub or in words: what waits for something that is open, waits.
  std::set<IssueNumber> waiting;
  for (const Blockers& blockers : BacklogOf(world_).blocked_by) waiting.insert(blockers.issue);
  for (const auto& [number, issue] : world_.github.world().issues) {
    if (issue.is_pull() || !issue.open || waiting.contains(number)) continue;
    const auto row = known_.find(number);
    return fmt::format("#{} is open in the end, with {}, and {} in the state", number,
                       fmt::join(issue.labels, ", "),
                       row == known_.end() ? "unknown" : row->second.state + " " + row->second.owner);
  }
  return "";
}

}  // namespace clambake::simulation
