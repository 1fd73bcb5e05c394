// One request, done on the world: the routes of the simulated GitHub.
#ifndef CLAMBAKE_TESTS_FAKES_GITHUB_ROUTES_H_
#define CLAMBAKE_TESTS_FAKES_GITHUB_ROUTES_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "clambake/http_transport.h"
#include "rapidjson/document.h"
#include "tests/fakes/github_json.h"
#include "tests/fakes/github_world.h"

namespace clambake {

// A GitHub error body.
HttpResponse GithubRefusal(int status, std::string_view message, std::string_view errors = {});

class GithubRoutes {
 public:
  GithubRoutes(World& world, GithubGit& git, std::string root, bool new_version, absl::Time now)
      : world_(world),
        git_(git),
        root_(root),
        json_(world, git, root, new_version),
        now_(now),
        new_version_(new_version) {}

  // `path` without query, below "/repos/owner/name": "/issues/12/labels".
  HttpResponse Repository(const HttpRequest& request, const std::string& path, const std::string& query);
  HttpResponse User() const;
  HttpResponse RateLimit(std::int64_t limit, std::int64_t used, absl::Time reset) const;

  // Lists answer with pages that never end.
  bool endless = false;

 private:
  using Parts = std::vector<std::string>;
  HttpResponse Issues(const HttpRequest& request, const Parts& parts, const std::string& query);
  HttpResponse OneIssue(const HttpRequest& request, WorldIssue& issue, const Parts& parts,
                        const std::string& query);
  HttpResponse IssueLabels(const HttpRequest& request, WorldIssue& issue, const Parts& parts);
  HttpResponse IssueAssignees(const HttpRequest& request, WorldIssue& issue);
  HttpResponse IssueComments(const HttpRequest& request, WorldIssue& issue, const std::string& query);
  HttpResponse OneComment(const HttpRequest& request, std::int64_t id);
  HttpResponse Dependencies(const HttpRequest& request, WorldIssue& issue, const Parts& parts,
                            const std::string& query);
  HttpResponse Labels(const HttpRequest& request, const Parts& parts, const std::string& query);
  HttpResponse Git(const HttpRequest& request, const Parts& parts, const std::string& rest,
                   const std::string& query);
  HttpResponse CreateRef(const rapidjson::Document& body);
  HttpResponse ChangeRef(const HttpRequest& request, const std::string& ref);
  HttpResponse CreateTree(const rapidjson::Document& body);
  HttpResponse CreateCommit(const rapidjson::Document& body);
  HttpResponse Compare(const std::string& range);
  HttpResponse Merge(const rapidjson::Document& body);
  HttpResponse Pulls(const HttpRequest& request, const Parts& parts, const std::string& query);
  HttpResponse CreatePull(const rapidjson::Document& body);
  HttpResponse OnePull(const HttpRequest& request, WorldIssue& pull, const Parts& parts,
                       const std::string& query);
  HttpResponse MergePull(const rapidjson::Document& body, WorldIssue& pull);

  // The page of `items` that `query` asks for, with Link headers.
  template <typename T>
  HttpResponse List(const HttpRequest& request, const std::vector<T>& items, const std::string& query,
                    const std::function<void(JsonWriter&, const T&)>& write) const;
  HttpResponse WithLinks(const HttpRequest& request, const std::string& query, std::string body, int page,
                         int pages) const;
  template <typename F>
  HttpResponse Object(int status, F write) const;
  [[nodiscard]] std::optional<std::string> Resolve(const std::string& revision) const;
  void Touch(WorldIssue& issue) { issue.updated_at = now_; }

  World& world_;
  GithubGit& git_;
  std::string root_;
  GithubJson json_;
  absl::Time now_;
  bool new_version_;
};

// GraphQL, as far as this project asks: repository, issues, refs, viewer.
HttpResponse AnswerGraphql(const World& world, const GithubGit& git, const HttpRequest& request);

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_FAKES_GITHUB_ROUTES_H_
