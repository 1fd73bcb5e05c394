#include "tests/fakes/model_github.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <tuple>

#include "model/operations.h"

namespace clambake {
namespace {

// Applies a write to a state as GitHub does; an error where GitHub refuses.
struct Effects {
  GithubState& state;

  absl::Status operator()(const AddLabels& w) const {
    state.labels[w.issue].insert(w.labels.begin(), w.labels.end());
    return absl::OkStatus();
  }
  absl::Status operator()(const RemoveLabel& w) const {
    state.labels[w.issue].erase(w.label);
    return absl::OkStatus();
  }
  absl::Status operator()(const AddAssignees& w) const {
    state.assignees[w.issue].insert(w.assignees.begin(), w.assignees.end());
    return absl::OkStatus();
  }
  absl::Status operator()(const CreateRef& w) const {
    if (state.refs.emplace(w.ref, w.sha).second) return absl::OkStatus();
    return absl::AlreadyExistsError("Reference already exists");
  }
  absl::Status operator()(const MergeBranch& w) const {
    if (!state.refs.contains("refs/heads/" + w.base)) return absl::NotFoundError("Base does not exist");
    std::vector<std::string>& heads = state.merged[w.base];
    if (std::find(heads.begin(), heads.end(), w.head) == heads.end()) heads.push_back(w.head);
    return absl::OkStatus();
  }
  absl::Status operator()(const CreatePull& w) const {
    for (const CreatePull& pull : state.pulls) {
      if (pull.head == w.head && pull.base == w.base)
        return absl::AlreadyExistsError("A pull request exists");
    }
    state.pulls.push_back(w);
    return absl::OkStatus();
  }
  absl::Status operator()(const CreateComment& w) const {
    state.comments.push_back({w.issue, w.body});
    return absl::OkStatus();
  }
  absl::Status operator()(const UpdateComment& w) const {
    const auto index = static_cast<std::size_t>(w.comment - 1);
    if (index >= state.comments.size()) return absl::NotFoundError("Not Found");
    state.comments[index].body = w.body;
    return absl::OkStatus();
  }
  template <typename Other>
  absl::Status operator()(const Other&) const {
    return absl::UnimplementedError("the model has no such write");
  }
};

// Whether the state shows a write's effect.
struct Looks {
  const GithubState& state;

  ProbeResult operator()(const CreateRef& w) const {
    const auto ref = state.refs.find(w.ref);
    if (ref == state.refs.end()) return Is(Effect::kNotTaken);
    return Is(ref->second == w.sha ? Effect::kTaken : Effect::kContradicted);
  }
  ProbeResult operator()(const CreateComment& w) const {
    for (std::size_t i = 0; i < state.comments.size(); ++i) {
      if (state.comments[i].issue != w.issue || FindMarker(state.comments[i].body) != FindMarker(w.body))
        continue;
      ProbeResult result = Is(Effect::kTaken);
      result.receipt.id = static_cast<std::int64_t>(i + 1);
      return result;
    }
    return Is(Effect::kNotTaken);
  }
  ProbeResult operator()(const CreatePull& w) const {
    for (std::size_t i = 0; i < state.pulls.size(); ++i) {
      if (state.pulls[i].head != w.head || state.pulls[i].base != w.base) continue;
      ProbeResult result =
          Is(FindMarker(state.pulls[i].body) == FindMarker(w.body) ? Effect::kTaken : Effect::kContradicted);
      result.receipt.number = static_cast<std::int64_t>(i + 1);
      return result;
    }
    return Is(Effect::kNotTaken);
  }
  // For the rest: doing it again changes nothing, exactly if it was done.
  template <typename Other>
  ProbeResult operator()(const Other& w) const {
    GithubState after = state;
    const absl::Status status = Effects{after}(w);
    return Is(status.ok() && after == state ? Effect::kTaken : Effect::kNotTaken);
  }

  static ProbeResult Is(Effect effect) {
    ProbeResult result;
    result.effect = effect;
    return result;
  }
};

Operation AsOperation(const GithubWrite& write) {
  Operation operation;
  operation.write = write;
  return operation;
}

}  // namespace

bool GithubState::operator==(const GithubState& other) const {
  const auto pull_key = [](const CreatePull& p) { return std::tie(p.head, p.base, p.title, p.body); };
  const auto same_pull = [&](const CreatePull& a, const CreatePull& b) { return pull_key(a) == pull_key(b); };
  const auto same_comment = [](const Comment& a, const Comment& b) {
    return a.issue == b.issue && a.body == b.body;
  };
  return labels == other.labels && assignees == other.assignees && refs == other.refs &&
         merged == other.merged &&
         std::equal(pulls.begin(), pulls.end(), other.pulls.begin(), other.pulls.end(), same_pull) &&
         std::equal(comments.begin(), comments.end(), other.comments.begin(), other.comments.end(),
                    same_comment);
}

WriteLog::WriteLog() {
  void* memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("no shared memory");
  shared_ = new (memory) Shared;
  shared_->count = 0;
}

WriteLog::~WriteLog() { munmap(shared_, sizeof(Shared)); }

void WriteLog::Append(const GithubWrite& write, absl::Time effective_at) {
  const JournalEntry entry = ToJournalEntry(AsOperation(write), 0);
  const std::uint32_t index = shared_->count;
  Record& record = shared_->records[index];
  if (index >= kMax || entry.payload.size() >= sizeof(record.payload))
    throw std::runtime_error("log is full");
  record.effective_at = absl::ToUnixMicros(effective_at);
  std::memcpy(record.kind, entry.kind.c_str(), entry.kind.size() + 1);
  std::memcpy(record.payload, entry.payload.c_str(), entry.payload.size() + 1);
  shared_->count = index + 1;
}

void WriteLog::Clear() { shared_->count = 0; }

std::vector<WriteLog::Record> WriteLog::Read() const {
  return {shared_->records, shared_->records + shared_->count};
}

GithubState ModelGithub::Now() const {
  std::vector<WriteLog::Record> records = log_.Read();
  const std::int64_t now = absl::ToUnixMicros(clock_.Now());
  std::erase_if(records, [&](const WriteLog::Record& record) { return record.effective_at > now; });
  std::stable_sort(records.begin(), records.end(),
                   [](const auto& a, const auto& b) { return a.effective_at < b.effective_at; });
  GithubState state;
  for (const WriteLog::Record& record : records) {
    JournalEntry entry;
    entry.kind = record.kind;
    entry.payload = record.payload;
    std::visit(Effects{state}, FromJournalEntry(entry)->write).IgnoreError();
  }
  return state;
}

absl::StatusOr<WriteReceipt> ModelGithub::Perform(const GithubWrite& write) {
  ++performed;
  const Fault fault = script_ ? script_(write) : Fault{};
  GithubState state = Now();
  const absl::Status refused = std::visit(Effects{state}, write);
  if (fault.effect == Fault::Effect::kNow && refused.ok()) log_.Append(write, clock_.Now());
  if (fault.effect == Fault::Effect::kLate) log_.Append(write, clock_.Now() + fault.late);
  if (!fault.answer.ok()) return fault.answer;
  if (!refused.ok()) return refused;
  WriteReceipt receipt;
  receipt.http_status = 201;
  receipt.number = static_cast<std::int64_t>(state.pulls.size());
  receipt.id = static_cast<std::int64_t>(state.comments.size());
  if (!std::holds_alternative<CreatePull>(write)) receipt.number = 0;
  if (!std::holds_alternative<CreateComment>(write)) receipt.id = 0;
  return receipt;
}

absl::StatusOr<ProbeResult> ModelGithub::Probe(const GithubWrite& write) {
  const GithubState state = Now();
  return std::visit(Looks{state}, write);
}

}  // namespace clambake
