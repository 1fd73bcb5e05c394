#include "github/perform.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "github/probe.h"
#include "github/reads.h"

namespace clambake {
namespace {

using LostAnswer = GithubOptions::LostAnswer;

template <typename T>
bool Is(const GithubWrite& write) {
  return std::holds_alternative<T>(write);
}

PassageKind KindOf(const GithubWrite& write) {
  if (Is<RemoveLabel>(write) || Is<RemoveAssignees>(write) || Is<DeleteRef>(write) ||
      Is<DeleteComment>(write) || Is<RemoveBlockedBy>(write)) {
    return PassageKind::kDelete;
  }
  const bool notifies = Is<CreateComment>(write) || Is<UpdateComment>(write) || Is<CreatePull>(write) ||
                        Is<MergePull>(write) || Is<AddAssignees>(write);
  return notifies ? PassageKind::kNotify : PassageKind::kWrite;
}

// A refusal that may mean that all is as it should be: "absent is done",
// "already there is done". Reading the state decides.
bool MayBeDone(const GithubWrite& write, const absl::Status& refusal) {
  if (absl::IsNotFound(refusal)) return KindOf(write) == PassageKind::kDelete;
  if (absl::IsAlreadyExists(refusal)) return !Is<CreateRef>(write);
  // A merged pull request answers 405; an existing dependency 422.
  if (absl::IsFailedPrecondition(refusal)) return Is<MergePull>(write);
  return absl::IsInvalidArgument(refusal) && Is<AddBlockedBy>(write);
}

std::int64_t IntMember(const rapidjson::Value& json, const char* key) {
  if (!json.IsObject()) return 0;
  const auto member = json.FindMember(key);
  return member != json.MemberEnd() && member->value.IsInt64() ? member->value.GetInt64() : 0;
}

std::string StringMember(const rapidjson::Value& json, const char* key) {
  if (!json.IsObject()) return {};
  const auto member = json.FindMember(key);
  return member != json.MemberEnd() && member->value.IsString() ? member->value.GetString() : "";
}

// GitHub drops who cannot be assigned without a word.
absl::Status CheckAssigned(const AddAssignees& write, const rapidjson::Value& json) {
  std::vector<std::string> missing = write.assignees;
  const auto assignees =
      json.IsObject() ? json.FindMember("assignees") : rapidjson::Value::ConstMemberIterator();
  if (!json.IsObject() || assignees == json.MemberEnd() || !assignees->value.IsArray()) {
    return absl::UnknownError("add_assignees: the answer does not say who is assigned");
  }
  for (const rapidjson::Value& user : assignees->value.GetArray()) {
    const std::string login = StringMember(user, "login");
    std::erase_if(missing, [&](const std::string& name) { return absl::EqualsIgnoreCase(name, login); });
  }
  if (missing.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(fmt::format(
      "issue {}: GitHub did not assign {}: without access to the repository, or over the limit of 10",
      write.issue, absl::StrJoin(missing, ", ")));
}

// The answer must carry what the caller builds on; else it was no whole answer.
absl::Status CheckReceipt(const GithubWrite& write, const WriteReceipt& receipt) {
  const bool complete = Is<CreatePull>(write)      ? receipt.number > 0
                        : Is<CreateComment>(write) ? receipt.id > 0
                        : Is<CreateTree>(write) || Is<CreateCommit>(write) || Is<CreateRef>(write)
                            ? !receipt.sha.empty()
                            : true;
  if (complete) return absl::OkStatus();
  return absl::UnknownError(fmt::format("{}: the answer lacks what was created", WriteKind(write)));
}

absl::StatusOr<WriteReceipt> ReadReceipt(const GithubWrite& write, const Answer& answer) {
  WriteReceipt receipt;
  receipt.http_status = answer.status;
  receipt.request_id = std::string(answer.Header("x-github-request-id"));
  if (Is<CreatePull>(write)) receipt.number = IntMember(answer.json, "number");
  if (Is<CreateComment>(write)) receipt.id = IntMember(answer.json, "id");
  receipt.sha = StringMember(answer.json, "sha");
  if (Is<CreateRef>(write) && answer.json.IsObject() && answer.json.HasMember("object")) {
    receipt.sha = StringMember(answer.json["object"], "sha");
  }
  if (const auto* assign = std::get_if<AddAssignees>(&write)) {
    CLAMBAKE_RETURN_IF_ERROR(CheckAssigned(*assign, answer.json));
  }
  CLAMBAKE_RETURN_IF_ERROR(CheckReceipt(write, receipt));
  return receipt;
}

class Performance {
 public:
  Performance(WriteChannel& channel, const GithubWrite& write)
      : channel_(channel), write_(write), request_(Describe(channel.options().repository, write)) {}

  absl::StatusOr<WriteReceipt> Run() {
    for (int attempt = 1;; ++attempt) {
      absl::StatusOr<WriteReceipt> receipt = SendOnce();
      if (receipt.ok()) return Finish(*std::move(receipt));
      const absl::Status status = receipt.status();
      if (MayBeDone(write_, status) || (lost_ && absl::IsAlreadyExists(status))) {
        return AfterRefusal(status);
      }
      const bool repeatable = absl::IsUnknown(status) || absl::IsUnavailable(status) || IsBreach(status);
      const bool alone = channel_.options().lost_answer == LostAnswer::kReturnUnknown;
      if (!repeatable || alone) return status;
      if (absl::IsUnknown(status)) {
        absl::StatusOr<std::optional<WriteReceipt>> settled = Settle(status);
        if (!settled.ok()) return settled.status();
        if (*settled) return Finish(**std::move(settled));
      }
      if (attempt >= channel_.options().max_attempts) return status;
      if (absl::IsUnavailable(status)) channel_.Pause(attempt);
    }
  }

 private:
  // A limit that GitHub answered with, in contrast to one that the gate foresees.
  static bool IsBreach(const absl::Status& status) {
    return absl::IsResourceExhausted(status) && ErrorDetails(status).http_status != 0;
  }

  absl::StatusOr<WriteReceipt> SendOnce() {
    ++sent_;
    const absl::StatusOr<Answer> answer = channel_.SendOnce(request_, KindOf(write_));
    if (!answer.ok()) {
      const GithubError details = ErrorDetails(answer.status());
      last_.http_status = details.http_status;
      last_.request_id = details.request_id;
      return answer.status();
    }
    return ReadReceipt(write_, *answer);
  }

  // Waits until a lost request can no longer take effect, and looks. A value:
  // it has; nullopt: it has not, and may be sent again.
  absl::StatusOr<std::optional<WriteReceipt>> Settle(const absl::Status& lost) {
    lost_ = true;
    channel_.clock().Sleep(channel_.options().settle);
    absl::StatusOr<ProbeResult> probe = ProbeWrite(channel_, write_);
    if (!probe.ok()) {
      return WithDetails(
          absl::UnknownError(fmt::format("{}; and the state could not be read: {}",
                                         std::string(lost.message()), std::string(probe.status().message()))),
          ErrorDetails(lost));
    }
    if (probe->effect == Effect::kTaken) return Probed(probe->receipt);
    if (probe->effect == Effect::kContradicted) return Contradiction();
    return std::nullopt;
  }

  // Lists can lag behind: what GitHub calls a duplicate may not be listed yet.
  absl::StatusOr<WriteReceipt> AfterRefusal(const absl::Status& refusal) {
    for (int look = 1; look <= channel_.options().max_attempts; ++look) {
      CLAMBAKE_ASSIGN_OR_RETURN(const ProbeResult probe, ProbeWrite(channel_, write_));
      if (probe.effect == Effect::kTaken) return Finish(Probed(probe.receipt));
      if (probe.effect == Effect::kContradicted || !absl::IsAlreadyExists(refusal)) return refusal;
      channel_.Pause(look);
    }
    return refusal;
  }

  [[nodiscard]] absl::Status Contradiction() const {
    const std::string what = fmt::format("{}: another one was there first", WriteKind(write_));
    return Is<MergePull>(write_) ? absl::AbortedError(what) : absl::AlreadyExistsError(what);
  }

  [[nodiscard]] WriteReceipt Probed(WriteReceipt receipt) const {
    receipt.probed = true;
    receipt.http_status = last_.http_status;
    receipt.request_id = last_.request_id;
    return receipt;
  }

  absl::StatusOr<WriteReceipt> Finish(WriteReceipt receipt) {
    receipt.attempts = sent_;
    if (const auto* comment = std::get_if<CreateComment>(&write_); comment != nullptr && sent_ > 1) {
      SweepDuplicates(*comment, receipt);
    }
    return receipt;
  }

  // A list that lagged behind can have let a comment be made twice. The lowest
  // id stays. That a sweep fails is no failure of the write.
  void SweepDuplicates(const CreateComment& comment, WriteReceipt& receipt) {
    channel_.clock().Sleep(channel_.options().settle);
    const absl::StatusOr<std::vector<std::int64_t>> own = FindOwnComments(channel_, comment);
    if (!own.ok() || own->empty()) return;
    receipt.id = own->front();
    for (std::size_t i = 1; i < own->size(); ++i) {
      Performance(channel_, DeleteComment{(*own)[i]}).Run().IgnoreError();
    }
  }

  WriteChannel& channel_;
  const GithubWrite write_;
  const WireRequest request_;
  WriteReceipt last_;
  int sent_ = 0;
  bool lost_ = false;
};

absl::Status Require(bool condition, const GithubWrite& write, std::string_view what) {
  if (condition) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format("{}: {}", WriteKind(write), what));
}

}  // namespace

absl::Status CheckWrite(const GithubWrite& write) {
  if (const auto* add = std::get_if<AddLabels>(&write)) {
    return Require(!add->labels.empty(), write, "no labels");
  }
  if (const auto* add = std::get_if<AddAssignees>(&write)) {
    constexpr std::size_t kMostAssignees = 10;
    return Require(!add->assignees.empty() && add->assignees.size() <= kMostAssignees, write,
                   "expected 1 to 10 assignees");
  }
  if (const auto* ref = std::get_if<CreateRef>(&write)) {
    return Require(ref->ref.starts_with("refs/heads/") || ref->ref.starts_with("refs/clambake/"), write,
                   "expected a ref below refs/heads/ or refs/clambake/");
  }
  if (const auto* comment = std::get_if<CreateComment>(&write)) {
    return Require(!FindMarker(comment->body).empty(), write,
                   "the body has no marker (see Marker) to recognise it by");
  }
  return absl::OkStatus();
}

absl::StatusOr<WriteReceipt> PerformWrite(WriteChannel& channel, const GithubWrite& write) {
  CLAMBAKE_RETURN_IF_ERROR(CheckWrite(write));
  return Performance(channel, write).Run();
}

}  // namespace clambake
