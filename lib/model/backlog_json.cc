// `clambake.backlog/1`, out: the keys that ReadBacklog reads.
#include "base/json_view.h"
#include "base/json_writer.h"
#include "clambake/model.h"

namespace clambake {
namespace {

void WriteTime(JsonWriter& json, std::string_view key, absl::Time time) {
  if (time == absl::InfinitePast() || time == absl::InfiniteFuture()) return;
  json.Member(key, FormatTimestamp(time));
}

void WriteNames(JsonWriter& json, std::string_view key, std::string_view name,
                const std::vector<std::string>& values) {
  json.Key(key);
  json.Array([&] {
    for (const std::string& value : values) json.Object([&] { json.Member(name, value); });
  });
}

template <typename T>
void WriteCommon(JsonWriter& json, const T& item) {
  json.Member("number", item.number);
  json.Member("state", item.state == State::kOpen ? "open" : "closed");
  json.Member("title", item.title);
  json.Member("body", item.body);
  WriteNames(json, "labels", "name", item.labels);
  WriteTime(json, "created_at", item.created_at);
  WriteTime(json, "closed_at", item.closed_at);
}

void Write(JsonWriter& json, const Issue& issue) {
  WriteCommon(json, issue);
  if (issue.id != 0) json.Member("id", issue.id);
  WriteNames(json, "assignees", "login", issue.assignees);
  WriteTime(json, "updated_at", issue.updated_at);
}

void Write(JsonWriter& json, const Pull& pull) {
  WriteCommon(json, pull);
  json.Member("draft", pull.draft);
  json.Key("head");
  json.Object([&] {
    json.Member("ref", pull.head_ref);
    json.Member("sha", pull.head_sha);
  });
  json.Key("base");
  json.Object([&] { json.Member("ref", pull.base_ref); });
}

void Write(JsonWriter& json, const Branch& branch) {
  json.Member("name", branch.name);
  json.Key("commit");
  json.Object([&] { json.Member("sha", branch.sha); });
  if (branch.ahead_by) json.Member("ahead_by", *branch.ahead_by);
}

void Write(JsonWriter& json, const Blockers& blockers) {
  json.Member("issue", blockers.issue);
  json.Values("blocked_by", blockers.blocked_by);
  if (!blockers.unreadable.empty()) json.Values("unreadable", blockers.unreadable);
  if (!blockers.from_text.empty()) json.Values("from_text", blockers.from_text);
}

void Write(JsonWriter& json, const SubIssue& sub_issue) {
  json.Member("issue", sub_issue.parent);
  json.Member("sub_issue", sub_issue.child);
}

void Write(JsonWriter& json, const Estimate& estimate) {
  json.Member("issue", estimate.issue);
  json.Member("minutes", estimate.minutes);
}

void Write(JsonWriter& json, const Touches& touches) {
  json.Member("issue", touches.issue);
  json.Values("paths", touches.paths);
}

template <typename T>
void WriteAll(JsonWriter& json, std::string_view key, const std::vector<T>& items) {
  json.Key(key);
  json.Array([&] {
    for (const T& item : items) json.Object([&] { Write(json, item); });
  });
}

}  // namespace

std::string BacklogToJson(const Backlog& backlog) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", "clambake.backlog/1");
    if (!backlog.repository.empty()) json.Member("repository", backlog.repository);
    WriteTime(json, "taken_at", backlog.taken_at);
    json.Member("default_branch", backlog.default_branch);
    if (backlog.texts_read) json.Member("texts_read", true);
    WriteAll(json, "issues", backlog.issues);
    WriteAll(json, "pulls", backlog.pulls);
    WriteAll(json, "branches", backlog.branches);
    WriteAll(json, "blocked_by", backlog.blocked_by);
    WriteAll(json, "sub_issues", backlog.sub_issues);
    WriteAll(json, "estimates", backlog.estimates);
    WriteAll(json, "touches", backlog.touches);
  });
  return json.Take();
}

}  // namespace clambake
