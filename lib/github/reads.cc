#include "github/reads.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/status_macros.h"
#include "fmt/format.h"
#include "github/url.h"
#include "model/decode.h"

namespace clambake::reads {
namespace {

using enum JsonView::Presence;

constexpr std::int64_t kMaxId = std::numeric_limits<std::int64_t>::max();

std::string Path(const ReadChannel& channel, std::string_view rest) {
  return channel.UrlOf(channel.RepositoryPath() + std::string(rest));
}

std::string RefPath(std::string_view ref) {
  constexpr std::string_view kRefs = "refs/";
  if (ref.starts_with(kRefs)) ref.remove_prefix(kRefs.size());
  return PercentEncode(ref);
}

// An answer that decodes wrongly is GitHub's fault, not the caller's input.
absl::Status Foreign(const absl::Status& status) {
  if (!absl::IsInvalidArgument(status)) return status;
  return absl::UnavailableError(status.message());
}

template <typename T, typename Decode>
absl::StatusOr<T> GetOne(ReadChannel& channel, const std::string& url, Cache cache, Decode decode) {
  CLAMBAKE_ASSIGN_OR_RETURN(const Answer answer, channel.Get(url, cache));
  const std::string source = SourceOf(answer);
  const JsonView view(answer.json, source);
  T value{};
  CLAMBAKE_RETURN_IF_ERROR(Foreign(view.ExpectObject()));
  CLAMBAKE_RETURN_IF_ERROR(Foreign(decode(view, value)));
  return value;
}

template <typename T, typename Decode>
absl::StatusOr<std::vector<T>> GetList(ReadChannel& channel, const std::string& url, Cache cache,
                                       Decode decode) {
  CLAMBAKE_ASSIGN_OR_RETURN(const ReadChannel::Pages pages, channel.GetPages(url, cache));
  std::vector<T> values;
  CLAMBAKE_RETURN_IF_ERROR(ForEachElement(pages, [&](const JsonView& view) -> absl::Status {
    CLAMBAKE_RETURN_IF_ERROR(view.ExpectObject());
    return decode(view, values.emplace_back());
  }));
  return values;
}

absl::Status DecodeComment(const JsonView& view, Comment& comment) {
  CLAMBAKE_RETURN_IF_ERROR(view.Read("id", kRequired, 1, kMaxId, comment.id));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("body", kOptional, comment.body));
  const auto user = view.Find("user");
  return user ? user->Read("login", kOptional, comment.author) : absl::OkStatus();
}

absl::Status DecodeCommit(const JsonView& view, Commit& commit) {
  CLAMBAKE_RETURN_IF_ERROR(view.Read("sha", kRequired, commit.sha));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("message", kRequired, commit.message));
  const auto tree = view.Find("tree");
  if (!tree) return view.Error("expected a tree");
  CLAMBAKE_RETURN_IF_ERROR(tree->Read("sha", kRequired, commit.tree));
  return view.ForEach("parents", kRequired, [&](const JsonView& parent) {
    return parent.Read("sha", kRequired, commit.parents.emplace_back());
  });
}

absl::Status DecodeComparison(const JsonView& view, Comparison& comparison) {
  constexpr std::size_t kMostFiles = 300;
  CLAMBAKE_RETURN_IF_ERROR(view.Read("status", kRequired, comparison.status));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("ahead_by", kRequired, 0, kMaxNumber, comparison.ahead_by));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("behind_by", kRequired, 0, kMaxNumber, comparison.behind_by));
  std::size_t files = 0;
  CLAMBAKE_RETURN_IF_ERROR(view.ForEach("files", kOptional, [&](const JsonView& file) {
    ++files;
    if (file.Find("previous_filename")) {
      CLAMBAKE_RETURN_IF_ERROR(file.Read("previous_filename", kRequired, comparison.files.emplace_back()));
    }
    return file.Read("filename", kRequired, comparison.files.emplace_back());
  }));
  comparison.files_complete = files < kMostFiles;
  return absl::OkStatus();
}

absl::Status DecodePullDetails(const JsonView& view, PullDetails& details) {
  CLAMBAKE_RETURN_IF_ERROR(DecodePull(view, details.pull));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("merged", kOptional, details.merged));
  if (!view.Find("mergeable")) return absl::OkStatus();
  return view.Read("mergeable", kRequired, details.mergeable.emplace());
}

absl::Status DecodeRepository(const JsonView& view, Repository& repository) {
  CLAMBAKE_RETURN_IF_ERROR(view.Read("id", kRequired, 1, kMaxId, repository.id));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("full_name", kRequired, repository.full_name));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("default_branch", kRequired, repository.default_branch));
  if (const std::optional<JsonView> permissions = view.Find("permissions")) {
    bool may_push = false;
    CLAMBAKE_RETURN_IF_ERROR(permissions->Read("push", kOptional, may_push));
    repository.may_push = may_push;
  }
  return view.Read("open_issues_count", kOptional, 0, kMaxNumber, repository.open_issues);
}

absl::Status DecodeRateLimit(const rapidjson::Value::Member& member, std::string_view source,
                             RateLimit& limit) {
  const JsonView view(member.value, source);
  std::int64_t reset = 0;
  limit.resource = member.name.GetString();
  CLAMBAKE_RETURN_IF_ERROR(view.Read("limit", kRequired, 0, kMaxNumber, limit.limit));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("remaining", kRequired, 0, kMaxNumber, limit.remaining));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("reset", kRequired, 0, kMaxNumber, reset));
  limit.reset = absl::FromUnixSeconds(reset);
  return absl::OkStatus();
}

// The "owner/name" at the end of a repository's API URL.
std::string RepositoryOfUrl(std::string_view url) {
  const std::size_t name = url.rfind('/');
  if (name == std::string_view::npos || name == 0) return {};
  const std::size_t owner = url.rfind('/', name - 1);
  return std::string(url.substr(owner == std::string_view::npos ? 0 : owner + 1));
}

}  // namespace

std::string SourceOf(const Answer& answer) { return fmt::format("{}: ", answer.url); }

absl::Status ForEachElement(const ReadChannel::Pages& pages, JsonView::Each each) {
  for (const Answer& page : pages) {
    const std::string source = SourceOf(page);
    CLAMBAKE_RETURN_IF_ERROR(Foreign(JsonView(page.json, source).ForEachElement(each)));
  }
  return absl::OkStatus();
}

absl::Status DecodeRef(const JsonView& view, Ref& ref) {
  CLAMBAKE_RETURN_IF_ERROR(view.Read("ref", kRequired, ref.name));
  const auto object = view.Find("object");
  return object ? object->Read("sha", kRequired, ref.sha) : view.Error("expected an object");
}

absl::Status DecodeDependency(const JsonView& view, std::string_view repository, Dependency& dependency) {
  Issue issue;
  CLAMBAKE_RETURN_IF_ERROR(DecodeIssue(view, issue));
  std::string url;
  CLAMBAKE_RETURN_IF_ERROR(view.Read("repository_url", kOptional, url));
  dependency = {url.empty() ? std::string(repository) : RepositoryOfUrl(url), issue.number, issue.id,
                issue.state};
  return absl::OkStatus();
}

absl::StatusOr<Repository> GetRepository(ReadChannel& channel) {
  return GetOne<Repository>(channel, Path(channel, ""), Cache::kUse, DecodeRepository);
}

absl::StatusOr<std::string> GetLogin(ReadChannel& channel) {
  absl::StatusOr<std::string> login = GetOne<std::string>(
      channel, channel.UrlOf("/user"), Cache::kUse,
      [](const JsonView& view, std::string& value) { return view.Read("login", kRequired, value); });
  if (!absl::IsPermissionDenied(login.status())) return login;
  // An Actions GITHUB_TOKEN may not ask REST who it is; GraphQL tells it.
  CLAMBAKE_ASSIGN_OR_RETURN(const Answer answer,
                            std::move(channel.QueryMany({"query{viewer{login}}"}).front()));
  const std::string source = SourceOf(answer);
  const JsonView view(answer.json, source);
  const auto data = view.Find("data");
  const auto viewer = data ? data->Find("viewer") : std::nullopt;
  std::string name;
  if (!viewer) return login.status();
  CLAMBAKE_RETURN_IF_ERROR(Foreign(viewer->Read("login", kRequired, name)));
  return name;
}

absl::StatusOr<Issue> GetIssue(ReadChannel& channel, IssueNumber number, Cache cache) {
  return GetOne<Issue>(channel, Path(channel, fmt::format("/issues/{}", number)), cache, DecodeIssue);
}

absl::StatusOr<std::vector<Dependency>> ListBlockedBy(ReadChannel& channel, IssueNumber issue, Cache cache) {
  return GetList<Dependency>(
      channel, Path(channel, fmt::format("/issues/{}/dependencies/blocked_by?per_page=100", issue)), cache,
      [&](const JsonView& view, Dependency& d) {
        return DecodeDependency(view, channel.options().repository, d);
      });
}

absl::StatusOr<std::vector<Dependency>> ListSubIssues(ReadChannel& channel, IssueNumber issue) {
  return GetList<Dependency>(channel, Path(channel, fmt::format("/issues/{}/sub_issues?per_page=100", issue)),
                             Cache::kUse, [&](const JsonView& view, Dependency& d) {
                               return DecodeDependency(view, channel.options().repository, d);
                             });
}

absl::StatusOr<std::vector<Comment>> ListComments(ReadChannel& channel, IssueNumber issue, Cache cache) {
  return GetList<Comment>(channel, Path(channel, fmt::format("/issues/{}/comments?per_page=100", issue)),
                          cache, DecodeComment);
}

absl::StatusOr<Comment> GetComment(ReadChannel& channel, std::int64_t id, Cache cache) {
  return GetOne<Comment>(channel, Path(channel, fmt::format("/issues/comments/{}", id)), cache,
                         DecodeComment);
}

absl::StatusOr<std::vector<std::string>> ListLabels(ReadChannel& channel) {
  return GetList<std::string>(
      channel, Path(channel, "/labels?per_page=100"), Cache::kUse,
      [](const JsonView& view, std::string& name) { return view.Read("name", kRequired, name); });
}

absl::Status CheckLabel(ReadChannel& channel, std::string_view name, Cache cache) {
  return channel.Get(Path(channel, "/labels/" + PercentEncode(name)), cache).status();
}

absl::StatusOr<Ref> GetRef(ReadChannel& channel, std::string_view ref, Cache cache) {
  return GetOne<Ref>(channel, Path(channel, "/git/ref/" + RefPath(ref)), cache, DecodeRef);
}

absl::StatusOr<std::vector<Ref>> ListRefs(ReadChannel& channel, std::string_view prefix) {
  return GetList<Ref>(channel, Path(channel, "/git/matching-refs/" + RefPath(prefix)), Cache::kUse,
                      DecodeRef);
}

absl::StatusOr<Commit> GetCommit(ReadChannel& channel, std::string_view sha) {
  return GetOne<Commit>(channel, Path(channel, "/git/commits/" + PercentEncode(sha)), Cache::kUse,
                        DecodeCommit);
}

absl::StatusOr<Comparison> Compare(ReadChannel& channel, std::string_view base, std::string_view head,
                                   Cache cache) {
  const std::string path = fmt::format("/compare/{}...{}", PercentEncode(base), PercentEncode(head));
  return GetOne<Comparison>(channel, Path(channel, path), cache, DecodeComparison);
}

absl::StatusOr<std::vector<Pull>> ListPulls(ReadChannel& channel, const PullFilter& filter, Cache cache) {
  const std::string& repository = channel.options().repository;
  std::string path =
      fmt::format("/pulls?state={}&per_page=100", filter.which == PullFilter::Which::kOpen     ? "open"
                                                  : filter.which == PullFilter::Which::kClosed ? "closed"
                                                                                               : "all");
  if (!filter.head.empty()) {
    const std::string owner = repository.substr(0, repository.find('/'));
    path += fmt::format("&head={}", PercentEncode(fmt::format("{}:{}", owner, filter.head)));
  }
  if (!filter.base.empty()) path += fmt::format("&base={}", PercentEncode(filter.base));
  return GetList<Pull>(channel, Path(channel, path), cache, DecodePull);
}

absl::StatusOr<PullDetails> GetPull(ReadChannel& channel, std::int64_t number, Cache cache) {
  return GetOne<PullDetails>(channel, Path(channel, fmt::format("/pulls/{}", number)), cache,
                             DecodePullDetails);
}

absl::StatusOr<PullDetails> WaitForMergeable(ReadChannel& channel, std::int64_t number,
                                             absl::Duration timeout) {
  constexpr absl::Duration kLongestPause = absl::Seconds(10);
  Clock& clock = channel.clock();
  const absl::Duration end = clock.Monotonic() + timeout;
  for (absl::Duration pause = absl::Seconds(1);; pause = std::min(pause * 2, kLongestPause)) {
    CLAMBAKE_ASSIGN_OR_RETURN(PullDetails details, GetPull(channel, number));
    if (details.mergeable || details.merged || details.pull.state == State::kClosed) return details;
    if (clock.Monotonic() + pause > end) {
      return absl::DeadlineExceededError(
          fmt::format("pull request {}: GitHub has not yet computed whether it can be merged", number));
    }
    clock.Sleep(pause);
  }
}

absl::StatusOr<std::vector<std::string>> ListPullFiles(ReadChannel& channel, std::int64_t number) {
  return GetList<std::string>(
      channel, Path(channel, fmt::format("/pulls/{}/files?per_page=100", number)), Cache::kUse,
      [](const JsonView& view, std::string& name) { return view.Read("filename", kRequired, name); });
}

absl::StatusOr<std::vector<RateLimit>> GetRateLimits(ReadChannel& channel) {
  CLAMBAKE_ASSIGN_OR_RETURN(const Answer answer, channel.Get(channel.UrlOf("/rate_limit"), Cache::kBypass));
  const std::string source = SourceOf(answer);
  const auto resources = JsonView(answer.json, source).Find("resources");
  if (!resources || !resources->value().IsObject()) return absl::UnavailableError(source + "no resources");
  std::vector<RateLimit> limits;
  for (const auto& member : resources->value().GetObject()) {
    CLAMBAKE_RETURN_IF_ERROR(Foreign(DecodeRateLimit(member, source, limits.emplace_back())));
  }
  return limits;
}

}  // namespace clambake::reads
