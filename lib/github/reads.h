// Every read of the API, over a ReadChannel. Free functions, so that reader
// and client share them without one being made of the other.
#ifndef CLAMBAKE_GITHUB_READS_H_
#define CLAMBAKE_GITHUB_READS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/json_view.h"
#include "clambake/github_client.h"
#include "github/read_channel.h"

namespace clambake::reads {

using Cache = ReadChannel::Cache;

absl::StatusOr<Repository> GetRepository(ReadChannel& channel);
absl::StatusOr<std::string> GetLogin(ReadChannel& channel);
absl::StatusOr<Issue> GetIssue(ReadChannel& channel, IssueNumber number, Cache cache = Cache::kUse);
absl::StatusOr<std::vector<Dependency>> ListBlockedBy(ReadChannel& channel, IssueNumber issue,
                                                      Cache cache = Cache::kUse);
absl::StatusOr<std::vector<Dependency>> ListSubIssues(ReadChannel& channel, IssueNumber issue);
absl::StatusOr<std::vector<Comment>> ListComments(ReadChannel& channel, IssueNumber issue,
                                                  Cache cache = Cache::kUse);
absl::StatusOr<Comment> GetComment(ReadChannel& channel, std::int64_t id, Cache cache = Cache::kUse);
absl::StatusOr<std::vector<std::string>> ListLabels(ReadChannel& channel);
absl::Status CheckLabel(ReadChannel& channel, std::string_view name,
                        Cache cache);  // NotFound: it is not there
absl::StatusOr<Ref> GetRef(ReadChannel& channel, std::string_view ref, Cache cache = Cache::kUse);
absl::StatusOr<std::vector<Ref>> ListRefs(ReadChannel& channel, std::string_view prefix);
absl::StatusOr<Commit> GetCommit(ReadChannel& channel, std::string_view sha);
absl::StatusOr<Comparison> Compare(ReadChannel& channel, std::string_view base, std::string_view head,
                                   Cache cache = Cache::kUse);
absl::StatusOr<std::vector<Pull>> ListPulls(ReadChannel& channel, const PullFilter& filter,
                                            Cache cache = Cache::kUse);
absl::StatusOr<PullDetails> GetPull(ReadChannel& channel, std::int64_t number, Cache cache = Cache::kUse);
absl::StatusOr<PullDetails> WaitForMergeable(ReadChannel& channel, std::int64_t number,
                                             absl::Duration timeout);
absl::StatusOr<std::vector<std::string>> ListPullFiles(ReadChannel& channel, std::int64_t number);
absl::StatusOr<std::vector<RateLimit>> GetRateLimits(ReadChannel& channel);

// Calls `each` for all elements of all pages.
absl::Status ForEachElement(const ReadChannel::Pages& pages, JsonView::Each each);

// What decoding must be told of the source, for its errors.
std::string SourceOf(const Answer& answer);

absl::Status DecodeRef(const JsonView& view, Ref& ref);
absl::Status DecodeDependency(const JsonView& view, std::string_view repository, Dependency& dependency);

}  // namespace clambake::reads

#endif  // CLAMBAKE_GITHUB_READS_H_
