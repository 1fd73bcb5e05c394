#include "model/operations.h"

#include <array>
#include <limits>
#include <utility>

#include "base/json_view.h"
#include "base/json_writer.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "rapidjson/document.h"

namespace clambake {
namespace {

constexpr std::int64_t kMaxNumber = std::numeric_limits<std::int64_t>::max();

// Each write that executors make, with its fields in a fixed order. `Fields`
// is the one list that writing and reading share.
template <typename Visit>
void Fields(CreateLabel& write, Visit visit) {
  visit("name", write.name), visit("color", write.color), visit("description", write.description);
}
template <typename Visit>
void Fields(AddLabels& write, Visit visit) {
  visit("issue", write.issue), visit("labels", write.labels);
}
template <typename Visit>
void Fields(RemoveLabel& write, Visit visit) {
  visit("issue", write.issue), visit("label", write.label);
}
template <typename Visit>
void Fields(AddAssignees& write, Visit visit) {
  visit("issue", write.issue), visit("assignees", write.assignees);
}
template <typename Visit>
void Fields(RemoveAssignees& write, Visit visit) {
  visit("issue", write.issue), visit("assignees", write.assignees);
}
template <typename Visit>
void Fields(CreateRef& write, Visit visit) {
  visit("ref", write.ref), visit("sha", write.sha);
}
template <typename Visit>
void Fields(MergeBranch& write, Visit visit) {
  visit("base", write.base), visit("head", write.head), visit("message", write.message);
}
template <typename Visit>
void Fields(CreatePull& write, Visit visit) {
  visit("head", write.head), visit("base", write.base), visit("title", write.title),
      visit("body", write.body);
}
template <typename Visit>
void Fields(CreateComment& write, Visit visit) {
  visit("issue", write.issue), visit("body", write.body);
}
template <typename Visit>
void Fields(UpdateComment& write, Visit visit) {
  visit("comment", write.comment), visit("body", write.body);
}
// What no executor prepares.
template <typename Write, typename Visit>
void Fields(Write& /*write*/, Visit /*visit*/) {}

struct FieldWriter {
  JsonWriter& json;
  void operator()(std::string_view key, const std::int64_t& value) const { json.Member(key, value); }
  void operator()(std::string_view key, const std::string& value) const { json.Member(key, value); }
  void operator()(std::string_view key, const std::vector<std::string>& values) const {
    json.Values(key, values);
  }
};

struct FieldReader {
  const JsonView& view;
  absl::Status& status;
  void operator()(std::string_view key, std::int64_t& value) const {
    status.Update(view.Read(key, JsonView::Presence::kRequired, 0, kMaxNumber, value));
  }
  void operator()(std::string_view key, std::string& value) const {
    status.Update(view.Read(key, JsonView::Presence::kRequired, value));
  }
  void operator()(std::string_view key, std::vector<std::string>& values) const {
    status.Update(view.ForEach(key, JsonView::Presence::kRequired,
                               [&](const JsonView& element) { return element.As(values.emplace_back()); }));
  }
};

std::string Encode(const GithubWrite& write) {
  JsonWriter json;
  json.Object([&] { std::visit([&](auto copy) { Fields(copy, FieldWriter{json}); }, write); });
  return json.Take();
}

std::string Encode(const Operation& operation) {
  JsonWriter json;
  json.Object([&] {
    std::visit([&](auto copy) { Fields(copy, FieldWriter{json}); }, operation.write);
    if (operation.need == Operation::Need::kAdvisory) json.Member("advisory", true);
    if (operation.then) json.Member("then", Name(*operation.then));
    if (!operation.tree.empty()) json.Member("tree", operation.tree);
  });
  return json.Take();
}

// A write of the kind that `kind` names, empty.
absl::StatusOr<GithubWrite> EmptyWrite(std::string_view kind) {
  const std::array<GithubWrite, 10> known = {CreateLabel{},     AddLabels{},    RemoveLabel{}, AddAssignees{},
                                             RemoveAssignees{}, CreateRef{},    MergeBranch{}, CreatePull{},
                                             CreateComment{},   UpdateComment{}};
  for (const GithubWrite& write : known) {
    if (WriteKind(write) == kind) return write;
  }
  return absl::InvalidArgumentError(fmt::format("journal: operations of kind \"{}\" are not known", kind));
}

std::optional<WorkState> WorkStateNamed(std::string_view name) {
  for (const WorkState state :
       {WorkState::kReady, WorkState::kLanded, WorkState::kBundled, WorkState::kDone}) {
    if (name == Name(state)) return state;
  }
  return std::nullopt;
}

}  // namespace

std::string OperationId(std::string_view lane, const GithubWrite& write) {
  constexpr std::size_t kPrefix = 7;  // "sha256:"
  constexpr std::size_t kDigits = 16;
  return Digest(fmt::format("{}\n{}\n{}", lane, WriteKind(write), Encode(write))).substr(kPrefix, kDigits);
}

JournalEntry ToJournalEntry(const Operation& operation, std::int64_t position) {
  JournalEntry entry;
  entry.id = operation.id;
  entry.lane = operation.lane;
  entry.after = operation.after;
  entry.position = position;
  entry.issue = operation.issue;
  entry.kind = std::string(WriteKind(operation.write));
  entry.payload = Encode(operation);
  return entry;
}

absl::StatusOr<Operation> FromJournalEntry(const JournalEntry& entry) {
  Operation operation;
  operation.id = entry.id;
  operation.lane = entry.lane;
  operation.after = entry.after;
  operation.issue = entry.issue;
  CLAMBAKE_ASSIGN_OR_RETURN(operation.write, EmptyWrite(entry.kind));
  const std::string name = fmt::format("journal: operation {}", entry.id);
  rapidjson::Document document;
  CLAMBAKE_RETURN_IF_ERROR(ParseJson(entry.payload, name, document));
  const std::string root = name + ": ";
  const JsonView view(document, root);
  CLAMBAKE_RETURN_IF_ERROR(view.ExpectObject());
  absl::Status status;
  std::visit([&](auto& write) { Fields(write, FieldReader{view, status}); }, operation.write);
  std::string then;
  bool advisory = false;
  status.Update(view.Read("advisory", JsonView::Presence::kOptional, advisory));
  if (advisory) operation.need = Operation::Need::kAdvisory;
  status.Update(view.Read("then", JsonView::Presence::kOptional, then));
  status.Update(view.Read("tree", JsonView::Presence::kOptional, operation.tree));
  CLAMBAKE_RETURN_IF_ERROR(status);
  operation.then = WorkStateNamed(then);
  return operation;
}

}  // namespace clambake
