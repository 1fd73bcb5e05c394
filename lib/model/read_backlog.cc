// Backlog and agents from JSON text.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "base/json_stream.h"
#include "base/json_view.h"
#include "base/status_macros.h"
#include "clambake/model.h"
#include "fmt/format.h"
#include "model/decode.h"

namespace clambake {
namespace {

constexpr std::string_view kSchema = "clambake.backlog/1";

// Stands for a value that is read element by element: only its place matters.
const rapidjson::Value kNothing;

class BacklogReader {
 public:
  BacklogReader(std::istream& in, std::string_view name, const ReadLimits& limits)
      : name_(name),
        limits_(limits),
        reader_(in, name,
                {.max_depth = limits.max_depth,
                 .max_element_bytes = limits.max_element_bytes,
                 .max_total_bytes = limits.max_total_bytes}) {}

  absl::StatusOr<Backlog> Read() {
    if (reader_.Next() == '[') {
      CLAMBAKE_RETURN_IF_ERROR(ReadIssues(root_));
    } else if (reader_.Next() == '{') {
      CLAMBAKE_RETURN_IF_ERROR(reader_.ReadObject([&](const std::string& key) { return ReadMember(key); }));
      if (!seen_.contains("issues"))
        return absl::InvalidArgumentError(fmt::format("{}: \"issues\" is missing", name_));
    } else if (reader_.Next() == '\0') {
      return reader_.Error("expected a backlog, found nothing");
    } else {
      return reader_.Error("expected a backlog: an object, or an array of issues");
    }
    CLAMBAKE_RETURN_IF_ERROR(reader_.ExpectEnd());
    MovePullsOutOfIssues();
    return std::move(backlog_);
  }

 private:
  absl::Status ReadMember(const std::string& key) {
    if (!seen_.insert(key).second) return reader_.Error(fmt::format("\"{}\" appears twice", key));
    if (key == "schema") return ReadSchema();
    if (key == "repository") return ReadRepository();
    if (key == "default_branch") return ReadDefaultBranch();
    if (key == "taken_at") return ReadTakenAt();
    if (key == "texts_read") return ReadTextsRead();
    if (key == "issues") return ReadIssues(root_.Child(kNothing, key));
    if (key == "pulls") return ReadPulls();
    if (key == "branches") return ReadElements(key, DecodeBranch, backlog_.branches);
    if (key == "blocked_by") return ReadElements(key, DecodeBlockers, backlog_.blocked_by);
    if (key == "sub_issues") return ReadElements(key, DecodeSubIssue, backlog_.sub_issues);
    if (key == "estimates") return ReadElements(key, DecodeEstimate, backlog_.estimates);
    if (key == "touches") return ReadElements(key, DecodeTouches, backlog_.touches);
    return reader_.SkipValue();
  }

  // Calls `read` with a view of the next value, as the member `key`.
  template <typename F>
  absl::Status WithValue(std::string_view key, F read) {
    CLAMBAKE_ASSIGN_OR_RETURN(const rapidjson::Value* value, reader_.ReadValue());
    return read(root_.Child(*value, key));
  }

  absl::Status ReadSchema() {
    return WithValue("schema", [](const JsonView& view) -> absl::Status {
      std::string schema;
      CLAMBAKE_RETURN_IF_ERROR(view.As(schema));
      return schema == kSchema ? absl::OkStatus() : view.Error(fmt::format("expected \"{}\"", kSchema));
    });
  }

  absl::Status ReadRepository() {
    return WithValue("repository", [&](const JsonView& view) -> absl::Status {
      if (view.value().IsNull()) return absl::OkStatus();
      CLAMBAKE_RETURN_IF_ERROR(view.As(backlog_.repository));
      const std::size_t slash = backlog_.repository.find('/');
      const bool valid = slash != std::string::npos && slash > 0 && slash + 1 < backlog_.repository.size() &&
                         backlog_.repository.find('/', slash + 1) == std::string::npos;
      return valid ? absl::OkStatus() : view.Error("expected \"owner/name\"");
    });
  }

  absl::Status ReadDefaultBranch() {
    return WithValue("default_branch", [&](const JsonView& view) -> absl::Status {
      if (view.value().IsNull()) return absl::OkStatus();
      CLAMBAKE_RETURN_IF_ERROR(view.As(backlog_.default_branch));
      return backlog_.default_branch.empty() ? view.Error("expected the name of a branch") : absl::OkStatus();
    });
  }

  absl::Status ReadTextsRead() {
    return WithValue("texts_read", [&](const JsonView& view) -> absl::Status {
      if (!view.value().IsBool()) return view.Expected("true or false");
      backlog_.texts_read = view.value().GetBool();
      return absl::OkStatus();
    });
  }

  absl::Status ReadTakenAt() {
    return WithValue("taken_at", [&](const JsonView& view) -> absl::Status {
      if (view.value().IsNull()) return absl::OkStatus();
      std::string text;
      CLAMBAKE_RETURN_IF_ERROR(view.As(text));
      const std::optional<absl::Time> time = ParseTimestamp(text);
      if (!time) return view.Error("expected a time such as \"2026-01-02T03:04:05Z\"");
      backlog_.taken_at = *time;
      return absl::OkStatus();
    });
  }

  // Calls `read` with a view of each element of the array that follows, whose place is `list`.
  template <typename F>
  absl::Status ForEachElement(const JsonView& list, F read) {
    return reader_.ReadArray([&](std::size_t index) -> absl::Status {
      if (index >= limits_.max_issues) {
        return reader_.Error(
            fmt::format("an array has more than the limit of {} elements", limits_.max_issues));
      }
      CLAMBAKE_ASSIGN_OR_RETURN(const rapidjson::Value* value, reader_.ReadValue());
      return read(list.Child(*value, index));
    });
  }

  template <typename T>
  absl::Status ReadElements(std::string_view key, absl::Status (*decode)(const JsonView&, T&),
                            std::vector<T>& out) {
    return ForEachElement(root_.Child(kNothing, key),
                          [&](const JsonView& view) { return decode(view, out.emplace_back()); });
  }

  absl::Status ReadIssues(const JsonView& list) {
    return ForEachElement(list, [&](const JsonView& view) -> absl::Status {
      if (IsPull(view)) return DecodePull(view, mixed_pulls_.emplace_back());
      Issue& issue = backlog_.issues.emplace_back();
      CLAMBAKE_RETURN_IF_ERROR(DecodeIssue(view, issue));
      if (issues_.insert(issue.number).second) return absl::OkStatus();
      return view.Find("number")->Error(fmt::format("issue {} appears twice", issue.number));
    });
  }

  absl::Status ReadPulls() {
    return ForEachElement(root_.Child(kNothing, "pulls"), [&](const JsonView& view) -> absl::Status {
      Pull& pull = backlog_.pulls.emplace_back();
      CLAMBAKE_RETURN_IF_ERROR(DecodePull(view, pull));
      if (pulls_.insert(pull.number).second) return absl::OkStatus();
      return view.Find("number")->Error(fmt::format("pull request {} appears twice", pull.number));
    });
  }

  // An entry of `pulls` says more than the same pull request among the issues.
  void MovePullsOutOfIssues() {
    for (Pull& pull : mixed_pulls_) {
      if (pulls_.insert(pull.number).second) backlog_.pulls.push_back(std::move(pull));
    }
  }

  std::string name_;
  const std::string prefix_ = name_ + ": ";
  const JsonView root_{kNothing, prefix_};
  ReadLimits limits_;
  JsonReader reader_;
  Backlog backlog_;
  std::vector<Pull> mixed_pulls_;
  absl::flat_hash_set<std::string> seen_;
  absl::flat_hash_set<std::int64_t> issues_;
  absl::flat_hash_set<std::int64_t> pulls_;
};

bool Before(absl::Time a, absl::Time b) { return a <= b; }

// What existed at `time`, in the state it had then.
template <typename T>
std::vector<T> AsOf(const std::vector<T>& items, absl::Time time) {
  std::vector<T> then;
  for (const T& item : items) {
    if (!Before(item.created_at, time)) continue;
    then.push_back(item);
    const bool closed_later = item.state == State::kClosed && item.closed_at != absl::InfiniteFuture() &&
                              !Before(item.closed_at, time);
    if (closed_later) {
      then.back().state = State::kOpen;
      then.back().closed_at = absl::InfiniteFuture();
    }
  }
  return then;
}

}  // namespace

absl::StatusOr<Backlog> ReadBacklog(std::istream& in, std::string_view name, const ReadLimits& limits) {
  return BacklogReader(in, name, limits).Read();
}

absl::StatusOr<Backlog> ReadBacklogFile(const std::string& path, const ReadLimits& limits) {
  if (path == "-") return ReadBacklog(std::cin, "<stdin>", limits);
  std::ifstream file(path, std::ios::binary);
  // A directory opens and then fails to read.
  if (!file || (file.peek(), file.bad())) {
    return absl::NotFoundError(fmt::format("{}: cannot be read (is it a file, and may it be read?)", path));
  }
  file.clear();
  return ReadBacklog(file, path, limits);
}

Backlog BacklogAsOf(const Backlog& backlog, absl::Time time) {
  Backlog then = backlog;
  then.taken_at = time;
  then.issues = AsOf(backlog.issues, time);
  then.pulls = AsOf(backlog.pulls, time);
  return then;
}

absl::StatusOr<std::vector<Agent>> ReadAgents(std::istream& in, std::string_view name) {
  JsonReader reader(in, name, {});
  if (reader.Next() == '\0') return reader.Error("expected {\"agents\":[…]}, found nothing");
  CLAMBAKE_ASSIGN_OR_RETURN(const rapidjson::Value* value, reader.ReadValue());
  const std::string root = fmt::format("{}: ", name);
  const JsonView view(*value, root);
  CLAMBAKE_RETURN_IF_ERROR(view.ExpectObject());
  std::vector<Agent> agents;
  absl::flat_hash_set<std::string> ids;
  CLAMBAKE_RETURN_IF_ERROR(
      view.ForEach("agents", JsonView::Presence::kRequired, [&](const JsonView& element) -> absl::Status {
        CLAMBAKE_RETURN_IF_ERROR(DecodeAgent(element, agents.emplace_back()));
        if (ids.insert(agents.back().id).second) return absl::OkStatus();
        return element.Find("id")->Error(fmt::format("agent \"{}\" appears twice", agents.back().id));
      }));
  CLAMBAKE_RETURN_IF_ERROR(reader.ExpectEnd());
  if (agents.empty()) return view.Find("agents")->Error("expected at least one agent");
  return agents;
}

}  // namespace clambake
