#include "github/fetch_relations.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "base/json_view.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "github/reads.h"
#include "model/decode.h"

namespace clambake {
namespace {

using enum JsonView::Presence;

constexpr std::size_t kPartsPerQuery = 100;
constexpr std::int64_t kNodes = 50;

// A part of a query and what takes its answer; null where GitHub gave none.
struct Part {
  std::string text;  // without alias
  std::function<absl::Status(const std::optional<JsonView>&)> take;
};

// GraphQL strings have JSON's escapes, as far as names need them.
std::string Quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

bool Refused(const absl::Status& status) {
  return absl::IsPermissionDenied(status) || absl::IsNotFound(status) || absl::IsUnauthenticated(status);
}

std::string OwnerAndName(std::string_view repository) {
  const std::size_t slash = repository.find('/');
  return fmt::format("owner:{},name:{}", Quote(repository.substr(0, slash)),
                     Quote(repository.substr(slash + 1)));
}

// Blockers of one issue out of {"totalCount":…,"nodes":[…]}.
absl::Status TakeBlockers(const JsonView& connection, std::string_view repository, Blockers& blockers) {
  std::int64_t total = 0;
  std::int64_t seen = 0;
  CLAMBAKE_RETURN_IF_ERROR(connection.Read("totalCount", kRequired, 0, kMaxNumber, total));
  CLAMBAKE_RETURN_IF_ERROR(connection.ForEach("nodes", kRequired, [&](const JsonView& node) -> absl::Status {
    if (node.value().IsNull()) return absl::OkStatus();  // no permission
    ++seen;
    std::string state;
    std::int64_t number = 0;
    CLAMBAKE_RETURN_IF_ERROR(node.Read("state", kRequired, state));
    CLAMBAKE_RETURN_IF_ERROR(node.Read("number", kRequired, 1, kMaxNumber, number));
    const auto where = node.Find("repository");
    std::string name;
    if (where) CLAMBAKE_RETURN_IF_ERROR(where->Read("nameWithOwner", kRequired, name));
    if (state == "CLOSED") return absl::OkStatus();
    if (absl::EqualsIgnoreCase(name, absl::string_view(repository.data(), repository.size()))) {
      blockers.blocked_by.push_back(number);
    } else {
      blockers.unreadable.push_back(fmt::format("{}#{}", name, number));
    }
    return absl::OkStatus();
  }));
  if (seen < total)
    blockers.unreadable.push_back(fmt::format("{} more that could not be read", total - seen));
  return absl::OkStatus();
}

class Relations {
 public:
  Relations(ReadChannel& channel, Backlog& backlog) : channel_(channel), backlog_(backlog) {}

  absl::Status Run(const WantedRelations& wanted) {
    std::vector<Part> parts;
    for (const IssueNumber number : wanted.blocked) parts.push_back(BlockersPart(number));
    for (const IssueNumber number : wanted.parents) parts.push_back(SubIssuesPart(number));
    for (const std::string& branch : wanted.branches) parts.push_back(BranchPart(branch));
    if (parts.empty()) return absl::OkStatus();
    absl::Status status = Query(parts);
    if (!Refused(status)) return status;
    return ReadOneByOne(wanted);
  }

 private:
  Part BlockersPart(IssueNumber number) {
    const std::string text = fmt::format(
        "issue(number:{}){{blockedBy(first:{}){{totalCount nodes{{number state "
        "repository{{nameWithOwner}}}}}}}}",
        number, kNodes);
    return {text, [this, number](const std::optional<JsonView>& issue) -> absl::Status {
              Blockers& blockers = backlog_.blocked_by.emplace_back();
              blockers.issue = number;
              const auto connection = issue ? issue->Find("blockedBy") : std::nullopt;
              if (connection) return TakeBlockers(*connection, backlog_.repository, blockers);
              blockers.unreadable.emplace_back("blockers that could not be read");
              return absl::OkStatus();
            }};
  }

  Part SubIssuesPart(IssueNumber number) {
    const std::string text = fmt::format(
        "issue(number:{}){{subIssues(first:100){{totalCount nodes{{number state "
        "repository{{nameWithOwner}}}}}}}}",
        number);
    return {text, [this, number](const std::optional<JsonView>& issue) -> absl::Status {
              Blockers found;
              found.issue = number;
              const auto connection = issue ? issue->Find("subIssues") : std::nullopt;
              if (!connection) {
                found.unreadable.emplace_back("sub-issues that could not be read");
              } else {
                CLAMBAKE_RETURN_IF_ERROR(TakeBlockers(*connection, backlog_.repository, found));
              }
              AddSubIssues(number, found);
              return absl::OkStatus();
            }};
  }

  void AddSubIssues(IssueNumber parent, const Blockers& found) {
    for (const IssueNumber child : found.blocked_by) backlog_.sub_issues.push_back({parent, child});
    if (found.unreadable.empty()) return;
    auto place = std::find_if(backlog_.blocked_by.begin(), backlog_.blocked_by.end(),
                              [&](const Blockers& blockers) { return blockers.issue == parent; });
    if (place == backlog_.blocked_by.end()) {
      place = backlog_.blocked_by.insert(place, Blockers{.issue = parent});
    }
    place->unreadable.insert(place->unreadable.end(), found.unreadable.begin(), found.unreadable.end());
  }

  Part BranchPart(const std::string& branch) {
    const std::string text = fmt::format("ref(qualifiedName:{}){{compare(headRef:{}){{aheadBy}}}}",
                                         Quote("refs/heads/" + backlog_.default_branch), Quote(branch));
    return {text, [this, branch](const std::optional<JsonView>& ref) -> absl::Status {
              const auto comparison = ref ? ref->Find("compare") : std::nullopt;
              if (!comparison) return absl::OkStatus();  // not known
              std::int64_t ahead = 0;
              CLAMBAKE_RETURN_IF_ERROR(comparison->Read("aheadBy", kRequired, 0, kMaxNumber, ahead));
              SetAhead(branch, ahead);
              return absl::OkStatus();
            }};
  }

  void SetAhead(const std::string& name, std::int64_t ahead) {
    for (Branch& branch : backlog_.branches) {
      if (branch.name == name) branch.ahead_by = ahead;
    }
  }

  absl::Status Query(const std::vector<Part>& parts) {
    std::vector<std::string> queries;
    for (std::size_t begin = 0; begin < parts.size(); begin += kPartsPerQuery) {
      std::string query = fmt::format("query{{repository({}){{", OwnerAndName(backlog_.repository));
      for (std::size_t i = begin; i < std::min(begin + kPartsPerQuery, parts.size()); ++i) {
        query += fmt::format("x{}:{} ", i, parts[i].text);
      }
      queries.push_back(query + "}}");
    }
    const std::vector<absl::StatusOr<Answer>> answers = channel_.QueryMany(queries);
    for (const absl::StatusOr<Answer>& answer : answers) {
      if (!answer.ok()) return answer.status();
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
      CLAMBAKE_RETURN_IF_ERROR(TakePart(*answers[i / kPartsPerQuery], i, parts[i]));
    }
    return absl::OkStatus();
  }

  // No data at all is a refusal of the query; a field without data one of the field.
  static absl::Status TakePart(const Answer& answer, std::size_t index, const Part& part) {
    const std::string source = reads::SourceOf(answer);
    const JsonView view(answer.json, source);
    const auto data = view.Find("data");
    const auto repository = data ? data->Find("repository") : std::nullopt;
    if (!repository) return absl::PermissionDeniedError(source + "GraphQL gave no data");
    const std::string alias = fmt::format("x{}", index);
    return part.take(repository->Find(alias));
  }

  absl::Status ReadOneByOne(const WantedRelations& wanted) {
    backlog_.blocked_by.clear();
    backlog_.sub_issues.clear();
    std::vector<std::string> urls;
    const std::string base = channel_.RepositoryPath();
    for (const IssueNumber number : wanted.blocked) {
      urls.push_back(
          channel_.UrlOf(fmt::format("{}/issues/{}/dependencies/blocked_by?per_page=100", base, number)));
    }
    for (const IssueNumber number : wanted.parents) {
      urls.push_back(channel_.UrlOf(fmt::format("{}/issues/{}/sub_issues?per_page=100", base, number)));
    }
    std::vector<absl::StatusOr<ReadChannel::Pages>> lists = channel_.GetPages(urls);
    for (std::size_t i = 0; i < lists.size(); ++i) {
      const bool parent = i >= wanted.blocked.size();
      Blockers found;
      found.issue = parent ? wanted.parents[i - wanted.blocked.size()] : wanted.blocked[i];
      CLAMBAKE_RETURN_IF_ERROR(TakeList(lists[i], found));
      if (parent) {
        AddSubIssues(found.issue, found);
      } else {
        backlog_.blocked_by.push_back(std::move(found));
      }
    }
    return CompareOneByOne(wanted.branches);
  }

  absl::Status TakeList(const absl::StatusOr<ReadChannel::Pages>& list, Blockers& found) const {
    if (!list.ok()) {
      if (!Refused(list.status())) return list.status();
      found.unreadable.emplace_back("dependencies that could not be read");
      return absl::OkStatus();
    }
    return reads::ForEachElement(*list, [&](const JsonView& view) -> absl::Status {
      Dependency dependency;
      CLAMBAKE_RETURN_IF_ERROR(reads::DecodeDependency(view, backlog_.repository, dependency));
      if (dependency.state == State::kClosed) return absl::OkStatus();
      if (absl::EqualsIgnoreCase(dependency.repository, backlog_.repository)) {
        found.blocked_by.push_back(dependency.number);
      } else {
        found.unreadable.push_back(fmt::format("{}#{}", dependency.repository, dependency.number));
      }
      return absl::OkStatus();
    });
  }

  absl::Status CompareOneByOne(const std::vector<std::string>& branches) {
    for (const std::string& branch : branches) {
      const absl::StatusOr<Comparison> comparison = reads::Compare(channel_, backlog_.default_branch, branch);
      if (comparison.ok()) {
        SetAhead(branch, comparison->ahead_by);
      } else if (!Refused(comparison.status())) {
        return comparison.status();
      }
    }
    return absl::OkStatus();
  }

  ReadChannel& channel_;
  Backlog& backlog_;
};

// Whether an issue elsewhere is closed; nullopt if it cannot be read.
std::optional<bool> IsClosed(const absl::StatusOr<Answer>& answer) {
  if (!answer.ok() || !answer->json.IsObject()) return std::nullopt;
  const std::string source = reads::SourceOf(*answer);
  std::string state;
  if (!JsonView(answer->json, source).Read("state", kRequired, state).ok()) return std::nullopt;
  return state == "closed";
}

}  // namespace

absl::Status AddRelations(ReadChannel& channel, const WantedRelations& wanted, Backlog& backlog) {
  return Relations(channel, backlog).Run(wanted);
}

absl::StatusOr<std::set<TextDependency>> FindClosed(ReadChannel& channel,
                                                    const std::set<TextDependency>& references) {
  constexpr std::size_t kMostElsewhere = 200;  // beyond, they count as open
  std::vector<TextDependency> asked;
  std::vector<std::string> urls;
  for (const TextDependency& reference : references) {
    if (asked.size() == kMostElsewhere || !CheckRepository(reference.repository).ok()) continue;
    asked.push_back(reference);
    urls.push_back(channel.UrlOf(fmt::format("/repos/{}/issues/{}", reference.repository, reference.number)));
  }
  const std::vector<absl::StatusOr<Answer>> answers = channel.GetMany(urls);
  std::set<TextDependency> closed;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (absl::IsResourceExhausted(answers[i].status())) return answers[i].status();
    if (IsClosed(answers[i]).value_or(false)) closed.insert(asked[i]);
  }
  return closed;
}

}  // namespace clambake
