// In three rounds: the lists, side by side; then, for the few issues that
// need it, what they wait for; then whether anything moved meanwhile.
//
// Two of the first requests, the repository and its most recently updated
// issues, are canaries: together with the branches they tell whether a saved
// backlog still holds, by 304s that cost nothing.
#include "github/fetch_backlog.h"

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "github/fetch_relations.h"
#include "github/reads.h"
#include "model/decode.h"
#include "model/dependency_text.h"

namespace clambake {
namespace {

using enum JsonView::Presence;
using Pages = ReadChannel::Pages;

constexpr int kMaxRounds = 3;

class Fetch {
 public:
  Fetch(ReadChannel& channel, const FetchOptions& options) : channel_(channel), options_(options) {}

  absl::StatusOr<Backlog> Run() {
    Report("lists", 6);
    CLAMBAKE_ASSIGN_OR_RETURN(std::vector<Pages> canaries, ReadCanaries());
    const std::string fingerprint = Fingerprint(canaries);
    if (std::optional<Backlog> saved = FindSaved(fingerprint)) return *std::move(saved);
    for (int round = 1;; ++round) {
      CLAMBAKE_ASSIGN_OR_RETURN(Backlog backlog, ReadLists(canaries));
      Report("dependencies", 3);
      CLAMBAKE_RETURN_IF_ERROR(AddRelations(channel_, wanted_, backlog));
      CLAMBAKE_RETURN_IF_ERROR(AddText(backlog));
      Report("check", 1);
      // A page read early can miss what moved to it later: look again.
      CLAMBAKE_ASSIGN_OR_RETURN(const Answer again, channel_.Get(CanaryUrl()));
      if (round == kMaxRounds || again.Header("etag") == canaries[1].front().Header("etag")) {
        Save(Fingerprint(canaries), backlog);
        return backlog;
      }
      CLAMBAKE_ASSIGN_OR_RETURN(canaries, ReadCanaries());
    }
  }

 private:
  [[nodiscard]] std::string Url(std::string_view rest) const {
    return channel_.UrlOf(channel_.RepositoryPath() + std::string(rest));
  }
  [[nodiscard]] std::string CanaryUrl() const {
    return Url("/issues?state=all&sort=updated&direction=desc&per_page=100");
  }

  // `more` requests are expected from now on.
  void Report(std::string_view stage, std::int64_t more) {
    expected_ = done_ + more;
    if (!options_.progress) return;
    channel_.OnAnswer([this, stage] { options_.progress({stage, ++done_, std::max(expected_, done_)}); });
  }

  absl::StatusOr<std::vector<Pages>> ReadCanaries() {
    std::vector<Pages> canaries;
    const std::vector<std::string> urls = {Url(""), CanaryUrl(), Url("/git/matching-refs/heads%2Fagent")};
    std::vector<absl::StatusOr<Answer>> answers = channel_.GetMany(urls);
    for (absl::StatusOr<Answer>& answer : answers) {
      if (!answer.ok()) return answer.status();
      canaries.emplace_back().push_back(*std::move(answer));
    }
    // GitHub gives all branches at once; should it not, all pages count.
    if (FindLink(canaries[2].front().Header("link"), "next")) {
      CLAMBAKE_ASSIGN_OR_RETURN(canaries[2], channel_.GetPages(urls[2]));
    }
    return canaries;
  }

  // Equal fingerprints: GitHub says that nothing changed.
  static std::string Fingerprint(const std::vector<Pages>& canaries) {
    std::string fingerprint;
    for (const Pages& pages : canaries) {
      for (const Answer& page : pages) {
        const std::string_view etag = page.Header("etag");
        if (etag.empty()) return {};
        fingerprint += fmt::format("{} ", etag);
      }
    }
    return fingerprint;
  }

  [[nodiscard]] std::string SaveKey() const {
    return fmt::format("backlog {} {}", channel_.options().repository, channel_.options().api_url);
  }

  std::optional<Backlog> FindSaved(const std::string& fingerprint) const {
    const auto saved = channel_.FindSaved(SaveKey());
    if (!saved || fingerprint.empty() || saved->etag != fingerprint) return std::nullopt;
    std::istringstream in(saved->body);
    absl::StatusOr<Backlog> backlog = ReadBacklog(in, "saved backlog");
    const absl::Time now = channel_.clock().Now();
    if (!backlog.ok() || backlog->taken_at > now || now - backlog->taken_at > options_.max_age)
      return std::nullopt;
    return *std::move(backlog);
  }

  void Save(const std::string& fingerprint, const Backlog& backlog) const {
    if (!fingerprint.empty()) channel_.Save(SaveKey(), {fingerprint, "", BacklogToJson(backlog)});
  }

  absl::StatusOr<Backlog> ReadLists(const std::vector<Pages>& canaries) {
    Backlog backlog;
    backlog.taken_at = channel_.clock().Now();
    CLAMBAKE_RETURN_IF_ERROR(DecodeRepository(canaries[0], backlog));
    constexpr std::int64_t kPerPage = 100;
    Report("lists", open_ / kPerPage + 5);  // the first page of pulls, and what follows the lists
    CLAMBAKE_RETURN_IF_ERROR(DecodeBranches(canaries[2], backlog));
    const std::vector<std::string> urls = {Url("/issues?state=open&sort=created&direction=asc&per_page=100"),
                                           Url("/pulls?state=open&sort=created&direction=asc&per_page=100")};
    std::vector<absl::StatusOr<Pages>> lists = channel_.GetPages(urls);
    for (const absl::StatusOr<Pages>& list : lists) {
      if (!list.ok()) return list.status();
    }
    wanted_ = {};
    CLAMBAKE_RETURN_IF_ERROR(DecodeIssues(*lists[0], backlog));
    CLAMBAKE_RETURN_IF_ERROR(reads::ForEachElement(
        *lists[1], [&](const JsonView& view) { return DecodePull(view, backlog.pulls.emplace_back()); }));
    RemoveDuplicates(backlog.pulls);
    WantComparisons(backlog);
    return backlog;
  }

  absl::Status DecodeRepository(const Pages& pages, Backlog& backlog) {
    const std::string source = reads::SourceOf(pages.front());
    const JsonView view(pages.front().json, source);
    CLAMBAKE_RETURN_IF_ERROR(view.Read("full_name", kRequired, backlog.repository));
    CLAMBAKE_RETURN_IF_ERROR(view.Read("open_issues_count", kOptional, 0, kMaxNumber, open_));
    return view.Read("default_branch", kRequired, backlog.default_branch);
  }

  static absl::Status DecodeBranches(const Pages& pages, Backlog& backlog) {
    constexpr std::string_view kHeads = "refs/heads/";
    return reads::ForEachElement(pages, [&](const JsonView& view) -> absl::Status {
      Ref ref;
      CLAMBAKE_RETURN_IF_ERROR(reads::DecodeRef(view, ref));
      if (!ref.name.starts_with(kHeads)) return absl::OkStatus();
      backlog.branches.push_back({ref.name.substr(kHeads.size()), ref.sha, std::nullopt});
      return absl::OkStatus();
    });
  }

  absl::Status DecodeIssues(const Pages& pages, Backlog& backlog) {
    CLAMBAKE_RETURN_IF_ERROR(reads::ForEachElement(pages, [&](const JsonView& view) -> absl::Status {
      if (IsPull(view)) return absl::OkStatus();
      Issue& issue = backlog.issues.emplace_back();
      CLAMBAKE_RETURN_IF_ERROR(DecodeIssue(view, issue));
      std::int64_t blocked = 0;
      std::int64_t subs = 0;
      CLAMBAKE_RETURN_IF_ERROR(ReadCount(view, "issue_dependencies_summary", "blocked_by", blocked));
      CLAMBAKE_RETURN_IF_ERROR(ReadCount(view, "sub_issues_summary", "total", subs));
      if (blocked > 0) wanted_.blocked.push_back(issue.number);
      if (subs > 0) wanted_.parents.push_back(issue.number);
      return absl::OkStatus();
    }));
    RemoveDuplicates(backlog.issues);
    RemoveDuplicateNumbers(wanted_.blocked);
    RemoveDuplicateNumbers(wanted_.parents);
    return absl::OkStatus();
  }

  static absl::Status ReadCount(const JsonView& view, std::string_view summary, std::string_view key,
                                std::int64_t& count) {
    const auto found = view.Find(summary);
    if (!found) return absl::OkStatus();
    CLAMBAKE_RETURN_IF_ERROR(found->ExpectObject());
    return found->Read(key, kOptional, 0, kMaxNumber, count);
  }

  // A list that moved while its pages were read can show an element twice.
  template <typename T>
  static void RemoveDuplicates(std::vector<T>& items) {
    absl::flat_hash_set<std::int64_t> seen;
    std::erase_if(items, [&](const T& item) { return !seen.insert(item.number).second; });
  }
  static void RemoveDuplicateNumbers(std::vector<IssueNumber>& numbers) {
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  }

  // How far ahead a branch is matters where an open issue could be finished on it.
  void WantComparisons(const Backlog& backlog) {
    absl::flat_hash_set<IssueNumber> open;
    for (const Issue& issue : backlog.issues) open.insert(issue.number);
    for (const Branch& branch : backlog.branches) {
      const std::size_t slash = branch.name.find('/');
      if (slash == std::string::npos || !IsAgentLabel(branch.name.substr(0, slash))) continue;
      if (open.contains(std::atoll(branch.name.c_str() + slash + 1))) wanted_.branches.push_back(branch.name);
    }
  }

  absl::Status AddText(Backlog& backlog) {
    const std::set<TextDependency> elsewhere = FindDependenciesElsewhere(backlog);
    Absent absent{.closed = true};
    CLAMBAKE_ASSIGN_OR_RETURN(absent.closed_elsewhere, FindClosed(channel_, elsewhere));
    AddTextDependencies(backlog, absent);
    return absl::OkStatus();
  }

  ReadChannel& channel_;
  const FetchOptions& options_;
  WantedRelations wanted_;
  std::int64_t open_ = 0;  // issues and pull requests, as GitHub counts them
  std::int64_t done_ = 0;
  std::int64_t expected_ = 0;
};

}  // namespace

absl::StatusOr<Backlog> FetchBacklog(ReadChannel& channel, const FetchOptions& options) {
  absl::StatusOr<Backlog> backlog = Fetch(channel, options).Run();
  channel.OnAnswer(nullptr);
  // What does not decode is GitHub's fault, not the caller's input.
  if (absl::IsInvalidArgument(backlog.status())) return absl::UnavailableError(backlog.status().message());
  return backlog;
}

}  // namespace clambake
