#include "model/decode.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "base/status_macros.h"
#include "fmt/format.h"

namespace clambake {
namespace {

using enum JsonView::Presence;

constexpr std::int64_t kMaxMinutes = std::int64_t{10} * 365 * 24 * 60;  // ten years
constexpr std::int64_t kMaxCapacity = 1'000;

absl::Status DecodeState(const JsonView& view, State& state) {
  std::string text = "open";
  CLAMBAKE_RETURN_IF_ERROR(view.Read("state", kOptional, text));
  if (text != "open" && text != "closed") return view.Find("state")->Error("expected \"open\" or \"closed\"");
  state = text == "open" ? State::kOpen : State::kClosed;
  return absl::OkStatus();
}

// Labels are objects with a name, or plain strings.
absl::Status DecodeLabels(const JsonView& view, std::vector<std::string>& labels) {
  return view.ForEach("labels", kOptional, [&](const JsonView& label) {
    std::string& name = labels.emplace_back();
    return label.value().IsObject() ? label.Read("name", kRequired, name) : label.As(name);
  });
}

absl::Status DecodeAssignees(const JsonView& view, std::vector<std::string>& assignees) {
  return view.ForEach("assignees", kOptional, [&](const JsonView& user) -> absl::Status {
    CLAMBAKE_RETURN_IF_ERROR(user.ExpectObject());
    return user.Read("login", kRequired, assignees.emplace_back());
  });
}

absl::Status DecodeStrings(const JsonView& view, std::string_view key, std::vector<std::string>& strings) {
  return view.ForEach(key, kOptional,
                      [&](const JsonView& element) { return element.As(strings.emplace_back()); });
}

absl::Status ReadNumber(const JsonView& view, std::string_view key, std::int64_t& number) {
  CLAMBAKE_RETURN_IF_ERROR(view.ExpectObject());
  return view.Read(key, kRequired, 1, kMaxNumber, number);
}

// What issues and pull requests have in common.
template <typename T>
absl::Status DecodeCommon(const JsonView& view, T& item) {
  CLAMBAKE_RETURN_IF_ERROR(ReadNumber(view, "number", item.number));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("title", kOptional, item.title));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("body", kOptional, item.body));
  CLAMBAKE_RETURN_IF_ERROR(DecodeState(view, item.state));
  CLAMBAKE_RETURN_IF_ERROR(DecodeLabels(view, item.labels));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("created_at", kOptional, item.created_at));
  return view.Read("closed_at", kOptional, item.closed_at);
}

// {"head":{"ref":…,"sha":…}}: absent where a pull request comes from the issues list.
absl::Status DecodeEnd(const JsonView& view, std::string_view key, std::string& ref, std::string* sha) {
  const std::optional<JsonView> end = view.Find(key);
  if (!end) return absl::OkStatus();
  CLAMBAKE_RETURN_IF_ERROR(end->ExpectObject());
  CLAMBAKE_RETURN_IF_ERROR(end->Read("ref", kOptional, ref));
  return sha == nullptr ? absl::OkStatus() : end->Read("sha", kOptional, *sha);
}

}  // namespace

bool IsPull(const JsonView& view) { return view.value().IsObject() && view.Find("pull_request").has_value(); }

absl::Status DecodeIssue(const JsonView& view, Issue& issue) {
  CLAMBAKE_RETURN_IF_ERROR(DecodeCommon(view, issue));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("id", kOptional, 0, std::numeric_limits<std::int64_t>::max(), issue.id));
  CLAMBAKE_RETURN_IF_ERROR(DecodeAssignees(view, issue.assignees));
  return view.Read("updated_at", kOptional, issue.updated_at);
}

absl::Status DecodePull(const JsonView& view, Pull& pull) {
  CLAMBAKE_RETURN_IF_ERROR(DecodeCommon(view, pull));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("draft", kOptional, pull.draft));
  CLAMBAKE_RETURN_IF_ERROR(DecodeEnd(view, "head", pull.head_ref, &pull.head_sha));
  return DecodeEnd(view, "base", pull.base_ref, nullptr);
}

absl::Status DecodeBranch(const JsonView& view, Branch& branch) {
  CLAMBAKE_RETURN_IF_ERROR(view.ExpectObject());
  CLAMBAKE_RETURN_IF_ERROR(view.Read("name", kRequired, branch.name));
  if (const std::optional<JsonView> commit = view.Find("commit")) {
    CLAMBAKE_RETURN_IF_ERROR(commit->ExpectObject());
    CLAMBAKE_RETURN_IF_ERROR(commit->Read("sha", kRequired, branch.sha));
  }
  if (!view.Find("ahead_by")) return absl::OkStatus();
  return view.Read("ahead_by", kRequired, 0, kMaxNumber, branch.ahead_by.emplace());
}

absl::Status DecodeBlockers(const JsonView& view, Blockers& blockers) {
  CLAMBAKE_RETURN_IF_ERROR(ReadNumber(view, "issue", blockers.issue));
  CLAMBAKE_RETURN_IF_ERROR(view.ForEach("blocked_by", kRequired, [&](const JsonView& number) {
    return number.As(1, kMaxNumber, blockers.blocked_by.emplace_back());
  }));
  CLAMBAKE_RETURN_IF_ERROR(DecodeStrings(view, "unreadable", blockers.unreadable));
  return DecodeStrings(view, "from_text", blockers.from_text);
}

absl::Status DecodeSubIssue(const JsonView& view, SubIssue& sub_issue) {
  CLAMBAKE_RETURN_IF_ERROR(ReadNumber(view, "issue", sub_issue.parent));
  return ReadNumber(view, "sub_issue", sub_issue.child);
}

absl::Status DecodeEstimate(const JsonView& view, Estimate& estimate) {
  CLAMBAKE_RETURN_IF_ERROR(ReadNumber(view, "issue", estimate.issue));
  return view.Read("minutes", kRequired, 1, kMaxMinutes, estimate.minutes);
}

absl::Status DecodeTouches(const JsonView& view, Touches& touches) {
  CLAMBAKE_RETURN_IF_ERROR(ReadNumber(view, "issue", touches.issue));
  return DecodeStrings(view, "paths", touches.paths);
}

absl::Status DecodeAgent(const JsonView& view, Agent& agent) {
  CLAMBAKE_RETURN_IF_ERROR(view.ExpectObject());
  CLAMBAKE_RETURN_IF_ERROR(view.Read("id", kRequired, agent.id));
  if (!IsAgentLabel(agent.id)) {
    return view.Find("id")->Error("expected \"agent\" and three or more digits, such as \"agent001\"");
  }
  std::int64_t capacity = 1;
  CLAMBAKE_RETURN_IF_ERROR(view.Read("capacity", kOptional, 1, kMaxCapacity, capacity));
  agent.capacity = static_cast<int>(capacity);
  return DecodeStrings(view, "skills", agent.skills);
}

}  // namespace clambake
