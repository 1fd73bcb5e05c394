#include "tests/fakes/simulated_github.h"

#include <algorithm>
#include <utility>

#include "clambake/model.h"
#include "fmt/format.h"
#include "tests/fakes/github_routes.h"

namespace clambake {
namespace {

// The path below the root, and the query.
std::pair<std::string, std::string> Split(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const std::size_t path = scheme == std::string::npos ? 0 : url.find('/', scheme + 3);
  if (path == std::string::npos) return {"/", ""};
  const std::size_t question = url.find('?', path);
  if (question == std::string::npos) return {url.substr(path), ""};
  return {url.substr(path, question - path), url.substr(question + 1)};
}

bool Notifies(const HttpRequest& request, const std::string& path) {
  return (request.method == "POST" || request.method == "PATCH") &&
         (path.find("/comments") != std::string::npos || path.ends_with("/pulls"));
}

HttpResponse BadGateway() { return {502, {{"Content-Type", "text/html"}}, "<html>Bad Gateway</html>"}; }

bool ChangesNothing(const HttpRequest& request, const std::string& path) {
  return request.method == "GET" || path == "/graphql";
}

// A GraphQL request that changes something is a write, whatever its path.
bool IsMutation(const HttpRequest& request) { return request.body.find("mutation") != std::string::npos; }

}  // namespace

SimulatedGithub::SimulatedGithub(Clock& clock, std::unique_ptr<GithubGit> git)
    : clock_(clock), git_(std::move(git)) {}

WorldIssue& SimulatedGithub::AddIssue(std::string title, std::vector<std::string> labels) {
  WorldIssue issue;
  issue.number = world_.next_number++;
  issue.id = world_.next_id++;
  issue.title = std::move(title);
  for (const std::string& label : labels) world_.labels.try_emplace(label, "ededed");
  issue.labels = std::move(labels);
  issue.created_at = issue.updated_at = clock_.Now();
  return world_.issues[issue.number] = std::move(issue);
}

WorldIssue& SimulatedGithub::AddPull(std::string head, std::string base, std::string body) {
  WorldIssue& pull = AddIssue("Pull " + head);
  pull.head_sha = git_->FindRef("refs/heads/" + head).value_or(std::string(40, '0'));
  pull.head_ref = std::move(head);
  pull.base_ref = std::move(base);
  pull.body = std::move(body);
  return pull;
}

std::string SimulatedGithub::AddCommit(const std::string& parent, const std::string& path,
                                       const std::string& content) {
  constexpr std::size_t kShaDigits = 40;
  GitCommitData commit;
  commit.message = fmt::format("Change {}", path);
  const auto old = git_->FindCommit(parent);
  const std::string blob = Digest(content).substr(sizeof("sha256:") - 1, kShaDigits);
  commit.tree = git_->WriteTree(old ? old->tree : "", {{path, "100644", blob}}).value_or("");
  if (!parent.empty()) commit.parents = {parent};
  return git_->WriteCommit(commit);
}

std::string SimulatedGithub::AddBranch(const std::string& name, const std::string& path,
                                       const std::string& content) {
  const std::string parent = git_->FindRef("refs/heads/" + world_.default_branch).value_or("");
  std::string sha = AddCommit(parent, path, content);
  git_->SetRef("refs/heads/" + name, sha);
  return sha;
}

void SimulatedGithub::Rename(const std::string& full_name) {
  old_name_ = world_.full_name;
  world_.full_name = full_name;
}

Exchange SimulatedGithub::Receive(const HttpRequest& request) {
  const std::lock_guard lock(mutex_);
  RunLateEffects();
  const auto [path, query] = Split(request.url);
  auto fault = faults_.Take(request.method, path);
  if (!fault && fate) fault = fate(request);
  if (fault && fault->kind == FaultKind::kNotSent) return {.wire = Exchange::Wire::kNotSent, .response = {}};
  const bool graphql = path == "/graphql";
  const auto verdict =
      limits_.Arrive(request.method, graphql && !IsMutation(request), Notifies(request, path), clock_.Now());
  if (verdict != GithubLimits::Verdict::kPass) return {.response = LimitAnswer(verdict, graphql)};
  if (fault) return Misfortune(*fault, request);
  return {.response = Answer(request, false)};
}

void SimulatedGithub::RunLateEffects() {
  while (!late_.empty() && late_.front().first <= clock_.Now()) {
    const HttpRequest request = late_.front().second;
    late_.erase(late_.begin());
    Work(request, false);
  }
}

// The answer as it leaves the building: ETag, limits, request id.
HttpResponse SimulatedGithub::Answer(const HttpRequest& request, bool stale) {
  HttpResponse response = Work(request, stale);
  const auto [path, query] = Split(request.url);
  const bool graphql = path == "/graphql";
  if (request.method == "GET" && response.status == 200) {
    const std::string etag = fmt::format("W/\"{}\"", Digest(response.body).substr(sizeof("sha256:") - 1));
    response.headers.emplace_back("ETag", etag);
    if (FindHeader(request.headers, "if-none-match") == etag) {
      limits_.Refund(graphql);
      response.status = 304;
      response.body.clear();
      std::erase_if(response.headers, [](const auto& header) { return header.first == "Content-Type"; });
    }
  }
  AddLimitHeaders(response, graphql);
  return response;
}

void SimulatedGithub::AddLimitHeaders(HttpResponse& response, bool graphql) {
  const GithubLimits::Budget& budget = limits_.BudgetOf(graphql);
  response.headers.emplace_back("X-GitHub-Request-Id", fmt::format("SIM:{:04}", ++answered_));
  response.headers.emplace_back("X-RateLimit-Limit", fmt::format("{}", budget.limit));
  response.headers.emplace_back("X-RateLimit-Remaining",
                                fmt::format("{}", std::max<std::int64_t>(0, budget.limit - budget.used)));
  response.headers.emplace_back("X-RateLimit-Used", fmt::format("{}", budget.used));
  response.headers.emplace_back("X-RateLimit-Reset", fmt::format("{}", absl::ToUnixSeconds(budget.reset)));
  response.headers.emplace_back("X-RateLimit-Resource", graphql ? "graphql" : "core");
}

std::optional<HttpResponse> SimulatedGithub::Refuse(const HttpRequest& request) const {
  if (FindHeader(request.headers, "user-agent").empty()) {
    return GithubRefusal(403,
                         "Request forbidden by administrative rules. Please make sure your request has a "
                         "User-Agent header");
  }
  const std::string_view version = FindHeader(request.headers, "x-github-api-version");
  if (!version.empty() && version != "2022-11-28" && version != "2026-03-10") {
    return GithubRefusal(400, "Invalid API version");
  }
  const std::string_view authorization = FindHeader(request.headers, "authorization");
  const bool known =
      authorization == fmt::format("Bearer {}", kToken) || authorization == fmt::format("token {}", kToken);
  if (!known && (require_token || !authorization.empty())) return GithubRefusal(401, "Bad credentials");
  return std::nullopt;
}

std::optional<HttpResponse> SimulatedGithub::Redirect(const HttpRequest& request,
                                                      const std::string& path) const {
  const auto to = [&](const std::string& location) {
    HttpResponse response = GithubRefusal(request.method == "GET" ? 301 : 307, "Moved Permanently");
    response.headers.emplace_back("Location", location);
    return response;
  };
  const auto hits = [&](const std::string& part) {
    return !part.empty() && path.find(part) != std::string::npos;
  };
  if (hits(redirect_loop)) return to(request.url);
  if (hits(foreign_redirect)) return to("https://elsewhere.example/steal");
  const std::string old_path = "/repos/" + old_name_;
  if (old_name_.empty() || !path.starts_with(old_path)) return std::nullopt;
  const std::string rest = request.url.substr(request.url.find(old_path) + old_path.size());
  return to(fmt::format("{}/repositories/{}{}", root_, world_.repository_id, rest));
}

HttpResponse SimulatedGithub::Work(const HttpRequest& request, bool stale) {
  auto [path, query] = Split(request.url);
  if (auto refusal = Refuse(request)) return *std::move(refusal);
  if (auto redirect = Redirect(request, path)) return *std::move(redirect);
  World& world = stale && clock_.Now() - written_ <= longest_stale ? previous_ : world_;
  if (path == "/graphql") {
    if (refuse_graphql) return GithubRefusal(403, "Resource not accessible by integration");
    return AnswerGraphql(world, *git_, request);
  }
  const bool new_version = FindHeader(request.headers, "x-github-api-version") == "2026-03-10";
  GithubRoutes routes(world, *git_, root_, new_version, clock_.Now());
  routes.endless = !endless_list.empty() && path.find(endless_list) != std::string::npos;
  if (path == "/user") return routes.User();
  if (path == "/rate_limit") {
    const auto& budget = limits_.BudgetOf(false);
    return routes.RateLimit(budget.limit, budget.used, budget.reset);
  }
  const std::string by_id = fmt::format("/repositories/{}", world.repository_id);
  const std::string by_name = "/repos/" + world.full_name;
  const std::string& start = path.starts_with(by_id) ? by_id : by_name;
  if (!path.starts_with(start)) return GithubRefusal(404, "Not Found");
  const bool writes = !ChangesNothing(request, path);
  if (writes && keep_previous) {
    previous_ = world_;
    written_ = clock_.Now();
  }
  HttpResponse response = routes.Repository(request, path.substr(start.size()), query);
  if (writes && response.status < 300) effects_.push_back(fmt::format("{} {}", request.method, path));
  return response;
}

HttpResponse SimulatedGithub::LimitAnswer(GithubLimits::Verdict verdict, bool graphql) {
  HttpResponse response;
  if (verdict == GithubLimits::Verdict::kPrimary) {
    response = GithubRefusal(403, "API rate limit exceeded for user ID 1.");
  } else {
    response = GithubRefusal(403, "You have exceeded a secondary rate limit. Please wait a few minutes.");
    const absl::Duration left = limits_.silent_until() - clock_.Now();
    response.headers.emplace_back(
        "Retry-After", fmt::format("{}", std::max<std::int64_t>(
                                             1, absl::ToInt64Seconds(absl::Ceil(left, absl::Seconds(1))))));
  }
  AddLimitHeaders(response, graphql);
  return response;
}

// Work that is done although the answer is no good.
Exchange SimulatedGithub::Spoil(const Fault& fault, const HttpRequest& request) {
  Exchange exchange;
  exchange.response = Answer(request, fault.kind == FaultKind::kStaleList && keep_previous);
  HttpResponse& response = exchange.response;
  switch (fault.kind) {
    case FaultKind::kLostAnswer:
      exchange.wire = Exchange::Wire::kCut;
      break;
    case FaultKind::kTimeout:
      exchange.wire = Exchange::Wire::kTimeout;
      exchange.delay = fault.duration;
      break;
    case FaultKind::k502AfterWork:
      response = BadGateway();
      break;
    case FaultKind::kSlowBytes:
      exchange.trickle = true;
      exchange.delay = fault.duration;
      break;
    case FaultKind::kMalformedJson:
      response.body = "{\"oops\": tru";
      break;
    case FaultKind::kTruncatedJson:
      response.body.resize(response.body.size() / 2);
      break;
    case FaultKind::kWrongContentType:
      response.headers = {{"Content-Type", "text/html"}};
      response.body = "<html>hello</html>";
      break;
    default:
      break;
  }
  return exchange;
}

// A refusal that demands silence.
HttpResponse SimulatedGithub::Block(const Fault& fault) {
  const absl::Time now = clock_.Now();
  const bool primary = fault.kind == FaultKind::kPrimarySpent || fault.kind == FaultKind::kResetInPast;
  const std::string_view message =
      primary ? "API rate limit exceeded for user ID 1." : "You have exceeded a secondary rate limit.";
  HttpResponse response = GithubRefusal(fault.kind == FaultKind::k429 ? 429 : 403, message);
  if (primary) {
    const bool past = fault.kind == FaultKind::kResetInPast;
    const absl::Time reset = past ? now - absl::Minutes(1) : now + fault.duration;
    response.headers.emplace_back("X-RateLimit-Remaining", "0");
    response.headers.emplace_back("X-RateLimit-Reset", fmt::format("{}", absl::ToUnixSeconds(reset)));
    response.headers.emplace_back("X-RateLimit-Resource", "core");
    if (!past) limits_.DemandSilence(now, absl::FromUnixSeconds(absl::ToUnixSeconds(reset)));
    return response;
  }
  AddLimitHeaders(response, false);
  const bool says_when = fault.kind == FaultKind::kSecondaryRetryAfter;
  if (says_when) {
    response.headers.emplace_back("Retry-After", fmt::format("{}", absl::ToInt64Seconds(fault.duration)));
  }
  limits_.DemandSilence(now, now + (says_when ? fault.duration : absl::Seconds(60)));
  return response;
}

Exchange SimulatedGithub::Misfortune(const Fault& fault, const HttpRequest& request) {
  switch (fault.kind) {
    case FaultKind::kNotSent:
      return {.wire = Exchange::Wire::kNotSent, .response = {}};
    case FaultKind::kLateEffect:
      late_.emplace_back(clock_.Now() + fault.duration, request);
      return {.wire = Exchange::Wire::kCut, .response = {}};
    case FaultKind::kCut:
      return {.wire = Exchange::Wire::kCut, .response = {}};
    case FaultKind::k502:
      return {.response = BadGateway()};
    case FaultKind::k429:
    case FaultKind::kSecondaryRetryAfter:
    case FaultKind::kSecondaryBare:
    case FaultKind::kPrimarySpent:
    case FaultKind::kResetInPast:
      return {.response = Block(fault)};
    default:
      return Spoil(fault, request);
  }
}

}  // namespace clambake
