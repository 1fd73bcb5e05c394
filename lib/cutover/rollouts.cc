// Rollouts in the shared state: drawn from, counted into, changed.
#include "clambake/rollouts.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "base/safe_text.h"
#include "base/status_macros.h"
#include "clambake/model.h"
#include "clambake/run_figures.h"
#include "cutover/rollout_json.h"
#include "fmt/format.h"

namespace clambake {
namespace {

constexpr std::int64_t kEverything = 10'000;

std::string KeyOf(Component component) { return fmt::format("rollout/{}", Name(component)); }

bool IsActive(const RolloutRecord& record) {
  return record.status == RolloutStatus::kRunning || record.status == RolloutStatus::kHeld;
}

// One-way: what latched first is what is remembered.
void SetLatch(RolloutRecord& record, const Latch& latch) {
  if (!record.latch.holds) record.latch = latch;
}

// Sets the latch if the evidence so far calls for it.
void LatchIfBad(RolloutRecord& record, absl::Time now) {
  if (record.latch.holds) return;
  const Verdict verdict = Judge(JudgeInputOf(record, now));
  if (verdict.judgement != Judgement::kRollBack) return;
  SetLatch(record, {.holds = true,
                    .trigger = verdict.trigger,
                    .observed = absl::StrJoin(verdict.reasons, "; "),
                    .items = record.evidence.total.candidate.items,
                    .at = now,
                    .actor = "judge"});
}

std::string Describe(const RolloutRecord& record) {
  if (record.latch.holds) return fmt::format("latched ({})", record.latch.trigger);
  if (record.status == RolloutStatus::kNone) return "none";
  return fmt::format("{} at {}.{:02} %", Name(record.status), record.share() / 100, record.share() % 100);
}

// People type names and reasons: what is kept of them can be read back.
std::string Kept(std::string_view text) {
  constexpr std::size_t kMaxKept = 2'000;
  return SafeText(text, kMaxKept);
}

void KeepReadable(RolloutRecord& record) {
  for (std::string* text :
       {&record.actor, &record.hold_reason, &record.latch.observed, &record.latch.actor}) {
    *text = Kept(*text);
  }
}

absl::Status RequireChange(const Change& change) {
  if (!change.actor.empty() && !absl::StripAsciiWhitespace(change.reason).empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("a change needs to say who makes it, and why (--reason)");
}

absl::Status RequireRollout(const RolloutRecord& record) {
  if (record.latch.holds) {
    return absl::FailedPreconditionError(
        fmt::format("the {} was rolled back ({}): `clambake cutover clear {} --reason …` lifts that",
                    Name(record.component), record.latch.trigger, Name(record.component)));
  }
  if (IsActive(record)) return absl::OkStatus();
  return absl::FailedPreconditionError(fmt::format("the {} has no rollout in progress; its status is {}",
                                                   Name(record.component), Name(record.status)));
}

AuditRecord LineOf(const RolloutRecord& before, const RolloutRecord& after, std::string_view event,
                   const Change& change) {
  return {.actor = Kept(change.actor),
          .event = fmt::format("cutover.{}", event),
          .detail = fmt::format("{}: {} -> {}: {}", Name(after.component), Describe(before), Describe(after),
                                Kept(change.reason))};
}

}  // namespace

JudgeInput JudgeInputOf(const RolloutRecord& record, absl::Time now) {
  return {.component = record.component,
          .step = record.step,
          .share = record.share(),
          .elapsed = std::max(absl::ZeroDuration(), now - record.entered_at),
          .policy = record.policy,
          .evidence = record.evidence};
}

absl::StatusOr<RolloutRecord> Rollouts::Read(Component component) {
  const std::string key = KeyOf(component);
  CLAMBAKE_ASSIGN_OR_RETURN(Document document, store_.ReadDocument(scope_, key));
  RolloutRecord record;
  record.component = component;
  if (document.version == 0) return record;
  CLAMBAKE_ASSIGN_OR_RETURN(record, Parse(component, std::move(document.value)));
  record.generation = document.version;
  return record;
}

// A run draws for each of its issues, and counts each: from what it has seen, mostly.
absl::StatusOr<RolloutRecord> Rollouts::Parse(Component component, std::string text) {
  {
    const std::lock_guard lock(mutex_);
    const std::optional<Known>& known = known_[static_cast<std::size_t>(component)];
    if (known && known->text == text) return known->record;
  }
  const std::string key = KeyOf(component);
  CLAMBAKE_ASSIGN_OR_RETURN(RolloutRecord record, cutover::ReadRecord(text, key));
  if (record.component != component) {
    return absl::FailedPreconditionError(fmt::format("{}: holds another component's rollout", key));
  }
  Remember(std::move(text), record);
  return record;
}

void Rollouts::Remember(std::string text, const RolloutRecord& record) {
  const std::lock_guard lock(mutex_);
  known_[static_cast<std::size_t>(record.component)] = {std::move(text), record};
}

Draw Rollouts::DrawFor(Component component, std::string_view unit) {
  Draw draw;
  draw.component = component;
  draw.state.cleaned_up = store_.IsCleanedUp().value_or(false);
  const absl::StatusOr<RolloutRecord> record = Read(component);
  if (!record.ok() || record->latch.holds) {
    draw.state.latched = true;
    return draw;
  }
  if (record->status == RolloutStatus::kNone) return draw;
  if (record->algorithm != kBucketAlgorithm) {  // another program's buckets: nobody may change arms
    draw.state.latched = true;
    return draw;
  }
  draw.rollout = record->id;
  draw.step = record->step;
  draw.share = record->share();
  draw.state.in_share = Bucket(record->salt, component, unit) < draw.share;
  return draw;
}

absl::StatusOr<std::int64_t> Rollouts::Write(std::string_view key, std::string_view text,
                                             std::int64_t expected, const std::optional<AuditRecord>& line) {
  return line ? store_.WriteDocumentAudited(scope_, key, text, expected, *line)
              : store_.WriteDocument(scope_, key, text, expected);
}

absl::StatusOr<RolloutRecord> Rollouts::Apply(Component component, const Edit& edit, const Line& line) {
  constexpr int kMaxAttempts = 100;
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    CLAMBAKE_ASSIGN_OR_RETURN(RolloutRecord record, Read(component));
    CLAMBAKE_ASSIGN_OR_RETURN(const absl::Time now, store_.Now());
    const RolloutRecord before = record;
    CLAMBAKE_RETURN_IF_ERROR(edit(record, now));
    KeepReadable(record);
    std::string text = cutover::RecordToJson(record);
    const std::optional<AuditRecord> audited = line(before, record);
    const absl::StatusOr<std::int64_t> written = Write(KeyOf(component), text, before.generation, audited);
    if (written.ok()) {
      // A sample alone: all else came from the state, and goes back as it was.
      if (!audited) Remember(std::move(text), record);
      record.generation = *written;
      return record;
    }
    if (!absl::IsAborted(written.status())) return written.status();
  }
  return absl::UnavailableError(fmt::format("{}: changed by too many at once", KeyOf(component)));
}

absl::StatusOr<RolloutRecord> Rollouts::ApplyAudited(Component component, std::string_view event,
                                                     const Change& change, const Edit& edit) {
  CLAMBAKE_RETURN_IF_ERROR(RequireChange(change));
  return Apply(
      component,
      [&](RolloutRecord& record, absl::Time now) {
        record.actor = change.actor;
        return edit(record, now);
      },
      [&](const RolloutRecord& before, const RolloutRecord& after) {
        return LineOf(before, after, event, change);
      });
}

absl::StatusOr<RolloutRecord> Rollouts::Record(const Draw& draw, WriteMode mode,
                                               const RolloutSample& sample) {
  if (mode == WriteMode::kReadOnly || draw.rollout.empty()) return Read(draw.component);
  return Apply(
      draw.component,
      [&](RolloutRecord& record, absl::Time now) {
        if (record.id != draw.rollout || record.step != draw.step || record.latch.holds)
          return absl::OkStatus();
        AddSample(record.evidence, draw.share, sample);
        LatchIfBad(record, now);
        return absl::OkStatus();
      },
      [](const RolloutRecord& before, const RolloutRecord& after) -> std::optional<AuditRecord> {
        if (!after.latch.holds || before.latch.holds) return std::nullopt;
        return LineOf(before, after, "rollback", {"judge", after.latch.observed});
      });
}

absl::StatusOr<RolloutRecord> Rollouts::ReportCorruption(Component component, std::string_view what) {
  return ApplyAudited(component, "corruption", {"clambake", std::string(what)},
                      [&](RolloutRecord& record, absl::Time now) {
                        AddCorruption(record.evidence, what);
                        if (record.ladder.steps.empty()) record.ladder = *FindLadder("standard");
                        LatchIfBad(record, now);
                        return absl::OkStatus();
                      });
}

absl::StatusOr<RolloutRecord> Rollouts::Start(Component component, const StartRequest& request) {
  CLAMBAKE_RETURN_IF_ERROR(RequireChange(request.change));
  CLAMBAKE_RETURN_IF_ERROR(MakeLadder(request.ladder.steps).status());
  CLAMBAKE_RETURN_IF_ERROR(RequireLegacy());
  CLAMBAKE_ASSIGN_OR_RETURN(const RolloutRecord now_is, Read(component));
  if (now_is.latch.holds) return RequireRollout(now_is);
  CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<std::string> missing, MissingForStart(component));
  if (!missing.empty()) {
    return absl::FailedPreconditionError(
        fmt::format("the {} cannot start yet:\n  {}", Name(component), absl::StrJoin(missing, "\n  ")));
  }
  CLAMBAKE_ASSIGN_OR_RETURN(const std::string digest, KeepSnapshot(Name(component)));
  CLAMBAKE_RETURN_IF_ERROR(ForgetRunFigures(store_, scope_, component));
  const std::string id = RandomId(rng_);
  const std::string salt = RandomId(rng_);
  return ApplyAudited(component, "start", request.change, [&](RolloutRecord& record, absl::Time now) {
    if (record.latch.holds) return RequireRollout(record);
    if (record.status != RolloutStatus::kNone) {
      return absl::FailedPreconditionError(
          fmt::format("the {}'s rollout is {} already", Name(component), Describe(record)));
    }
    record = {.component = component,
              .status = RolloutStatus::kRunning,
              .generation = record.generation,
              .id = id,
              .salt = salt,
              .algorithm = std::string(kBucketAlgorithm),
              .ladder = request.ladder,
              .entered_at = now,
              .snapshot = digest,
              .actor = request.change.actor,
              .policy = request.policy};
    return absl::OkStatus();
  });
}

absl::StatusOr<RolloutRecord> Rollouts::Advance(Component component, const Change& change) {
  CLAMBAKE_ASSIGN_OR_RETURN(const Missing missing_around, MissingForAdvance(component));
  return ApplyAudited(component, "advance", change, [&](RolloutRecord& record, absl::Time now) {
    CLAMBAKE_RETURN_IF_ERROR(RequireRollout(record));
    Missing missing = missing_around;
    if (record.status == RolloutStatus::kHeld) missing.push_back("it is held: " + record.hold_reason);
    const Verdict verdict = Judge(JudgeInputOf(record, now));
    if (verdict.judgement != Judgement::kPromote) {
      missing.push_back(fmt::format("the judge says {}: {}", Name(verdict.judgement),
                                    absl::StrJoin(verdict.reasons, "; ")));
    }
    if (!missing.empty()) {
      return absl::FailedPreconditionError(
          fmt::format("the {} cannot advance yet:\n  {}", Name(component), absl::StrJoin(missing, "\n  ")));
    }
    record.entered_at = now;
    if (record.share() == kEverything) {
      record.status = RolloutStatus::kComplete;
    } else {
      ++record.step;
      EnterStep(record.evidence);
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<RolloutRecord> Rollouts::Hold(Component component, const Change& change) {
  return ApplyAudited(component, "hold", change, [&](RolloutRecord& record, absl::Time) {
    CLAMBAKE_RETURN_IF_ERROR(RequireRollout(record));
    record.status = RolloutStatus::kHeld;
    record.hold_reason = change.reason;
    return absl::OkStatus();
  });
}

absl::StatusOr<RolloutRecord> Rollouts::Resume(Component component, const Change& change) {
  return ApplyAudited(component, "resume", change, [&](RolloutRecord& record, absl::Time) {
    CLAMBAKE_RETURN_IF_ERROR(RequireRollout(record));
    record.status = RolloutStatus::kRunning;
    record.hold_reason.clear();
    return absl::OkStatus();
  });
}

absl::StatusOr<RolloutRecord> Rollouts::RollBack(Component component, const Change& change) {
  CLAMBAKE_RETURN_IF_ERROR(RequireLegacy());
  // A damaged record is legacy already; a sound one that says so takes its place.
  if (absl::IsFailedPrecondition(Read(component).status())) {
    CLAMBAKE_RETURN_IF_ERROR(RequireChange(change));
    CLAMBAKE_RETURN_IF_ERROR(Replace(component, change, "corruption").status());
  }
  return ApplyAudited(component, "rollback", change, [&](RolloutRecord& record, absl::Time now) {
    if (record.ladder.steps.empty()) record.ladder = *FindLadder("standard");
    SetLatch(record, {.holds = true,
                      .trigger = "operator",
                      .observed = change.reason,
                      .items = record.evidence.total.candidate.items,
                      .at = now,
                      .actor = change.actor});
    return absl::OkStatus();
  });
}

absl::StatusOr<RolloutRecord> Rollouts::Clear(Component component, const Change& change) {
  CLAMBAKE_RETURN_IF_ERROR(RequireChange(change));
  const absl::StatusOr<RolloutRecord> read = Read(component);
  if (read.ok() && !read->latch.holds) {
    return absl::FailedPreconditionError(fmt::format("the {} is not latched", Name(component)));
  }
  return Replace(component, change, "clear");
}

// An empty record in place of whatever is there, damaged or not.
absl::StatusOr<RolloutRecord> Rollouts::Replace(Component component, const Change& change,
                                                std::string_view event) {
  const std::string key = KeyOf(component);
  const absl::StatusOr<RolloutRecord> read = Read(component);
  RolloutRecord before;
  if (read.ok()) before = *read;
  CLAMBAKE_ASSIGN_OR_RETURN(const Document document, store_.ReadDocument(scope_, key));
  RolloutRecord after;
  after.component = component;
  after.actor = Kept(change.actor);
  after.ladder = *FindLadder("standard");
  CLAMBAKE_ASSIGN_OR_RETURN(after.generation, Write(key, cutover::RecordToJson(after), document.version,
                                                    LineOf(before, after, event, change)));
  return after;
}

absl::StatusOr<JudgedRollout> Rollouts::JudgeNow(Component component, const Change& change) {
  CLAMBAKE_ASSIGN_OR_RETURN(const RolloutRecord record, Read(component));
  CLAMBAKE_RETURN_IF_ERROR(RequireRollout(record));
  CLAMBAKE_ASSIGN_OR_RETURN(const absl::Time now, store_.Now());
  JudgedRollout judged;
  judged.input = JudgeInputOf(record, now);
  // Whole seconds, as they are stored: the same verdict must come out again.
  judged.input.elapsed = absl::Floor(judged.input.elapsed, absl::Seconds(1));
  judged.verdict = Judge(judged.input);
  const std::string key = fmt::format("verdict/{}", Name(component));
  CLAMBAKE_ASSIGN_OR_RETURN(const Document last, store_.ReadDocument(scope_, key));
  // Told once, not at every look: a limit of the lower tier is exceeded.
  const bool held_before = last.value.find("\"verdict\":\"hold\"") != std::string::npos;
  std::optional<AuditRecord> line;
  if (judged.verdict.judgement == Judgement::kHold && !judged.verdict.trigger.empty() && !held_before) {
    line = LineOf(record, record, "warn", {"judge", absl::StrJoin(judged.verdict.reasons, "; ")});
  }
  CLAMBAKE_RETURN_IF_ERROR(
      Write(key, VerdictToJson(judged.input, judged.verdict), last.version, line).status());
  if (judged.verdict.judgement != Judgement::kRollBack) return judged;
  CLAMBAKE_RETURN_IF_ERROR(
      ApplyAudited(component, "rollback", change, [](RolloutRecord& each, absl::Time at) {
        LatchIfBad(each, at);
        return absl::OkStatus();
      }).status());
  return judged;
}

}  // namespace clambake
