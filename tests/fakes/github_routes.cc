#include "tests/fakes/github_routes.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "fmt/format.h"
#include "github/url.h"

namespace clambake {
namespace {

std::string Text(const rapidjson::Value& json, const char* key, const std::string& otherwise = {}) {
  if (!json.IsObject() || !json.HasMember(key) || !json[key].IsString()) return otherwise;
  return json[key].GetString();
}

std::vector<std::string> Texts(const rapidjson::Value& json, const char* key) {
  std::vector<std::string> texts;
  if (!json.IsObject() || !json.HasMember(key) || !json[key].IsArray()) return texts;
  for (const auto& value : json[key].GetArray()) {
    if (value.IsString()) texts.emplace_back(value.GetString());
  }
  return texts;
}

rapidjson::Document BodyOf(const HttpRequest& request) {
  rapidjson::Document json;
  json.Parse(request.body.data(), request.body.size());
  if (json.HasParseError()) json.SetNull();
  return json;
}

std::string Decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out.push_back(static_cast<char>(std::strtol(std::string(text.substr(i + 1, 2)).c_str(), nullptr, 16)));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::string Parameter(const std::string& query, std::string_view name, std::string otherwise = {}) {
  const auto value = QueryParameter("?" + query, name);
  return value ? Decode(*value) : std::move(otherwise);
}

bool SameName(const std::string& a, const std::string& b) { return absl::EqualsIgnoreCase(a, b); }

void AddOnce(std::vector<std::string>& names, const std::string& name) {
  const bool there =
      std::any_of(names.begin(), names.end(), [&](const auto& have) { return SameName(have, name); });
  if (!there) names.push_back(name);
}

}  // namespace

HttpResponse GithubRefusal(int status, std::string_view message, std::string_view errors) {
  std::string body =
      fmt::format(R"({{"message":"{}","documentation_url":"https://docs.github.com/rest","status":"{}")",
                  message, status);
  if (!errors.empty()) body += fmt::format(R"(,"errors":{})", errors);
  return {status, {{"Content-Type", "application/json; charset=utf-8"}}, body + "}"};
}

template <typename F>
HttpResponse GithubRoutes::Object(int status, F write) const {
  JsonWriter json;
  write(json);
  return {status, {{"Content-Type", "application/json; charset=utf-8"}}, json.Take()};
}

HttpResponse GithubRoutes::WithLinks(const HttpRequest& request, const std::string& query, std::string body,
                                     int page, int pages) const {
  HttpResponse response{200, {{"Content-Type", "application/json; charset=utf-8"}}, std::move(body)};
  if (page >= pages) return response;
  // As GitHub does it: the repository's id in place of its name.
  std::string url = request.url.substr(0, request.url.find('?'));
  const std::string name = "/repos/" + world_.full_name;
  if (const std::size_t at = url.find(name); at != std::string::npos) {
    url.replace(at, name.size(), fmt::format("/repositories/{}", world_.repository_id));
  }
  std::string rest = query;
  if (!QueryParameter("?" + rest, "page")) rest += rest.empty() ? "page=0" : "&page=0";
  const std::string base = url + "?" + rest;
  response.headers.emplace_back("Link",
                                fmt::format("<{}>; rel=\"next\", <{}>; rel=\"last\"",
                                            WithQueryParameter(base, "page", fmt::format("{}", page + 1)),
                                            WithQueryParameter(base, "page", fmt::format("{}", pages))));
  return response;
}

template <typename T>
HttpResponse GithubRoutes::List(const HttpRequest& request, const std::vector<T>& items,
                                const std::string& query,
                                const std::function<void(JsonWriter&, const T&)>& write) const {
  const int size = std::clamp(std::atoi(Parameter(query, "per_page", "30").c_str()), 1, 100);
  const int page = std::max(1, std::atoi(Parameter(query, "page", "1").c_str()));
  const int count = static_cast<int>(items.size());
  const int pages = endless ? page + 1'000'000 : (count + size - 1) / size;
  JsonWriter json;
  json.Array([&] {
    for (int i = (page - 1) * size; i < std::min(page * size, count); ++i) {
      write(json, items[static_cast<std::size_t>(i)]);
    }
  });
  return WithLinks(request, query, json.Take(), page, pages);
}

std::optional<std::string> GithubRoutes::Resolve(const std::string& revision) const {
  if (const auto sha = git_.FindRef("refs/heads/" + revision)) return sha;
  if (git_.FindCommit(revision)) return revision;
  return std::nullopt;
}

HttpResponse GithubRoutes::Repository(const HttpRequest& request, const std::string& path,
                                      const std::string& query) {
  if (path.empty()) {
    return Object(200, [&](JsonWriter& json) { json_.Repository(json); });
  }
  Parts parts = absl::StrSplit(path.substr(1), '/');
  const std::string& room = parts[0];
  if (room == "issues") return Issues(request, parts, query);
  if (room == "labels") return Labels(request, parts, query);
  if (room == "pulls") return Pulls(request, parts, query);
  if (room == "compare" && parts.size() >= 2) return Compare(Decode(path.substr(sizeof("/compare/") - 1)));
  if (room == "merges" && request.method == "POST") return Merge(BodyOf(request));
  if (room == "git" && parts.size() >= 2) {
    const std::size_t skip = sizeof("/git/") - 1 + parts[1].size() + 1;
    return Git(request, parts, path.size() > skip ? Decode(path.substr(skip)) : "", query);
  }
  return GithubRefusal(404, "Not Found");
}

HttpResponse GithubRoutes::User() const {
  return Object(200, [&](JsonWriter& json) {
    JsonWriter user;
    json_.User(user, world_.login);
    std::string text = user.Take();
    text.pop_back();
    text +=
        R"(,"name":null,"company":null,"blog":null,"location":null,"email":null,"hireable":null,"bio":null,)"
        R"("public_repos":0,"public_gists":0,"followers":0,"following":0,)"
        R"("created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"})";
    json.Number(text);
  });
}

HttpResponse GithubRoutes::RateLimit(std::int64_t limit, std::int64_t used, absl::Time reset) const {
  return Object(200, [&](JsonWriter& json) {
    const auto write = [&] {
      json.Object([&] {
        json.Member("limit", limit);
        json.Member("used", used);
        json.Member("remaining", limit - used);
        json.Member("reset", absl::ToUnixSeconds(reset));
      });
    };
    json.Object([&] {
      json.Key("resources");
      json.Object([&] {
        for (const char* name : {"core", "search", "graphql"}) {
          json.Key(name);
          write();
        }
      });
      if (new_version_) return;
      json.Key("rate");
      write();
    });
  });
}

HttpResponse GithubRoutes::Issues(const HttpRequest& request, const Parts& parts, const std::string& query) {
  if (parts.size() == 1) {
    const std::string state = Parameter(query, "state", "open");
    std::vector<const WorldIssue*> issues;
    for (const auto& [number, issue] : world_.issues) {
      if (state == "all" || issue.open == (state == "open")) issues.push_back(&issue);
    }
    const bool by_update = Parameter(query, "sort") == "updated";
    std::stable_sort(issues.begin(), issues.end(), [&](const auto* a, const auto* b) {
      return by_update ? a->updated_at < b->updated_at : a->number < b->number;
    });
    if (Parameter(query, "direction", "desc") == "desc") std::reverse(issues.begin(), issues.end());
    return List<const WorldIssue*>(request, issues, query,
                                   [&](JsonWriter& json, const auto& issue) { json_.Issue(json, *issue); });
  }
  if (parts[1] == "comments" && parts.size() == 3) return OneComment(request, std::atoll(parts[2].c_str()));
  const auto found = world_.issues.find(std::atoll(parts[1].c_str()));
  if (found == world_.issues.end()) return GithubRefusal(404, "Not Found");
  return OneIssue(request, found->second, parts, query);
}

HttpResponse GithubRoutes::OneIssue(const HttpRequest& request, WorldIssue& issue, const Parts& parts,
                                    const std::string& query) {
  if (parts.size() == 2 && request.method == "GET") {
    return Object(200, [&](JsonWriter& json) { json_.Issue(json, issue); });
  }
  if (parts.size() < 3) return GithubRefusal(404, "Not Found");
  if (parts[2] == "labels") return IssueLabels(request, issue, parts);
  if (parts[2] == "assignees") return IssueAssignees(request, issue);
  if (parts[2] == "comments") return IssueComments(request, issue, query);
  if (parts[2] == "dependencies" || parts[2] == "sub_issues")
    return Dependencies(request, issue, parts, query);
  return GithubRefusal(404, "Not Found");
}

HttpResponse GithubRoutes::IssueLabels(const HttpRequest& request, WorldIssue& issue, const Parts& parts) {
  if (request.method == "POST") {
    for (const std::string& label : Texts(BodyOf(request), "labels")) {
      world_.labels.try_emplace(label, "ededed");
      AddOnce(issue.labels, label);
    }
  } else if (request.method == "DELETE" && parts.size() == 4) {
    const std::string name = Decode(parts[3]);
    if (std::erase_if(issue.labels, [&](const auto& label) { return SameName(label, name); }) == 0) {
      return GithubRefusal(404, "Label does not exist");
    }
  } else {
    return GithubRefusal(404, "Not Found");
  }
  Touch(issue);
  return Object(200, [&](JsonWriter& json) {
    json.Array([&] {
      for (const std::string& label : issue.labels) json_.Label(json, label);
    });
  });
}

HttpResponse GithubRoutes::IssueAssignees(const HttpRequest& request, WorldIssue& issue) {
  constexpr std::size_t kMostAssignees = 10;
  for (const std::string& login : Texts(BodyOf(request), "assignees")) {
    if (request.method == "DELETE") {
      std::erase_if(issue.assignees, [&](const auto& have) { return SameName(have, login); });
    } else if (world_.assignable.contains(login) && issue.assignees.size() < kMostAssignees) {
      AddOnce(issue.assignees, login);  // others are ignored without a word
    }
  }
  Touch(issue);
  return Object(request.method == "DELETE" ? 200 : 201, [&](JsonWriter& json) { json_.Issue(json, issue); });
}

HttpResponse GithubRoutes::IssueComments(const HttpRequest& request, WorldIssue& issue,
                                         const std::string& query) {
  if (request.method == "POST") {
    const std::int64_t id = world_.next_id++;
    world_.comments[id] = {id, issue.number, world_.login, Text(BodyOf(request), "body"), now_};
    Touch(issue);
    return Object(201, [&](JsonWriter& json) { json_.Comment(json, world_.comments[id]); });
  }
  std::vector<WorldComment> comments;
  for (const auto& [id, comment] : world_.comments) {
    if (comment.issue == issue.number) comments.push_back(comment);
  }
  return List<WorldComment>(request, comments, query, [&](JsonWriter& json, const WorldComment& comment) {
    json_.Comment(json, comment);
  });
}

HttpResponse GithubRoutes::OneComment(const HttpRequest& request, std::int64_t id) {
  const auto found = world_.comments.find(id);
  if (found == world_.comments.end()) return GithubRefusal(404, "Not Found");
  if (request.method == "DELETE") {
    world_.comments.erase(found);
    return {204, {}, {}};
  }
  if (request.method == "PATCH") found->second.body = Text(BodyOf(request), "body");
  return Object(200, [&](JsonWriter& json) { json_.Comment(json, found->second); });
}

HttpResponse GithubRoutes::Dependencies(const HttpRequest& request, WorldIssue& issue, const Parts& parts,
                                        const std::string& query) {
  const bool subs = parts[2] == "sub_issues";
  std::vector<std::int64_t>& numbers = subs ? issue.sub_issues : issue.blocked_by;
  if (request.method == "GET") {
    return List<std::int64_t>(request, numbers, query, [&](JsonWriter& json, const std::int64_t& number) {
      json_.Issue(json, world_.issues.at(number));
    });
  }
  const rapidjson::Document body = BodyOf(request);
  std::int64_t id = 0;
  if (request.method == "DELETE" && parts.size() == 5) id = std::atoll(parts[4].c_str());
  if (body.IsObject() && body.HasMember("issue_id") && body["issue_id"].IsInt64())
    id = body["issue_id"].GetInt64();
  const auto found = std::find_if(world_.issues.begin(), world_.issues.end(),
                                  [&](const auto& entry) { return entry.second.id == id; });
  if (found == world_.issues.end()) return GithubRefusal(404, "Not Found");
  const auto there = std::find(numbers.begin(), numbers.end(), found->first);
  if (request.method == "DELETE") {
    if (there == numbers.end()) return GithubRefusal(404, "Not Found");
    numbers.erase(there);
  } else {
    if (there != numbers.end()) return GithubRefusal(422, "Target issue is already blocking this issue");
    numbers.push_back(found->first);
  }
  Touch(issue);
  return Object(request.method == "DELETE" ? 200 : 201, [&](JsonWriter& json) { json_.Issue(json, issue); });
}

HttpResponse GithubRoutes::Labels(const HttpRequest& request, const Parts& parts, const std::string& query) {
  if (request.method == "POST") {
    const rapidjson::Document body = BodyOf(request);
    const std::string name = Text(body, "name");
    if (world_.labels.contains(name)) {
      return GithubRefusal(422, "Validation Failed",
                           R"([{"resource":"Label","code":"already_exists","field":"name"}])");
    }
    world_.labels[name] = Text(body, "color", "ededed");
    return Object(201, [&](JsonWriter& json) { json_.Label(json, name); });
  }
  if (parts.size() == 2) {
    const std::string name = Decode(parts[1]);
    if (!world_.labels.contains(name)) return GithubRefusal(404, "Not Found");
    return Object(200, [&](JsonWriter& json) { json_.Label(json, name); });
  }
  std::vector<std::string> names;
  for (const auto& [name, color] : world_.labels) names.push_back(name);
  return List<std::string>(request, names, query,
                           [&](JsonWriter& json, const std::string& name) { json_.Label(json, name); });
}

HttpResponse GithubRoutes::Git(const HttpRequest& request, const Parts& parts, const std::string& rest,
                               const std::string& query) {
  const std::string& room = parts[1];
  if (room == "ref") {
    const auto sha = git_.FindRef("refs/" + rest);
    if (!sha) return GithubRefusal(404, "Not Found");
    return Object(200, [&](JsonWriter& json) { json_.Ref(json, "refs/" + rest, *sha); });
  }
  if (room == "matching-refs") {
    return List<std::pair<std::string, std::string>>(
        request, git_.ListRefs("refs/" + rest), query + "&per_page=100",
        [&](JsonWriter& json, const auto& ref) { json_.Ref(json, ref.first, ref.second); });
  }
  if (room == "commits" && request.method == "GET") {
    if (!git_.FindCommit(rest)) return GithubRefusal(404, "Not Found");
    return Object(200, [&](JsonWriter& json) { json_.GitCommit(json, rest); });
  }
  if (room == "refs" && request.method == "POST") return CreateRef(BodyOf(request));
  if (room == "refs") return ChangeRef(request, "refs/" + rest);
  if (room == "trees" && request.method == "POST") return CreateTree(BodyOf(request));
  if (room == "commits" && request.method == "POST") return CreateCommit(BodyOf(request));
  return GithubRefusal(404, "Not Found");
}

HttpResponse GithubRoutes::CreateRef(const rapidjson::Document& body) {
  const std::string name = Text(body, "ref");
  const std::string sha = Text(body, "sha");
  if (git_.FindRef(name)) return GithubRefusal(422, "Reference already exists");
  if (!git_.FindCommit(sha)) return GithubRefusal(422, "Object does not exist");
  git_.SetRef(name, sha);
  return Object(201, [&](JsonWriter& json) { json_.Ref(json, name, sha); });
}

HttpResponse GithubRoutes::ChangeRef(const HttpRequest& request, const std::string& ref) {
  const auto old_sha = git_.FindRef(ref);
  if (!old_sha) return GithubRefusal(422, "Reference does not exist");
  if (request.method == "DELETE") {
    git_.DeleteRef(ref);
    return {204, {}, {}};
  }
  const rapidjson::Document body = BodyOf(request);
  const std::string sha = Text(body, "sha");
  const auto comparison = git_.Compare(*old_sha, sha);
  if (!comparison) return GithubRefusal(422, "Object does not exist");
  const bool force = body.HasMember("force") && body["force"].IsBool() && body["force"].GetBool();
  if (!force && comparison->behind_by > 0) return GithubRefusal(422, "Update is not a fast forward");
  git_.SetRef(ref, sha);
  return Object(200, [&](JsonWriter& json) { json_.Ref(json, ref, sha); });
}

HttpResponse GithubRoutes::CreateTree(const rapidjson::Document& body) {
  std::vector<GitTreeChange> changes;
  if (body.HasMember("tree") && body["tree"].IsArray()) {
    for (const auto& entry : body["tree"].GetArray()) {
      changes.push_back({Text(entry, "path"), Text(entry, "mode", "100644"), Text(entry, "sha")});
    }
  }
  const auto sha = git_.WriteTree(Text(body, "base_tree"), changes);
  if (!sha) return GithubRefusal(422, "base_tree is not a valid tree");
  return Object(201, [&](JsonWriter& json) {
    json.Object([&] {
      json.Member("sha", *sha);
      json.Member("url", root_ + "/tree");
      json.Member("truncated", false);
      json.Key("tree");
      json.Array([] {});
    });
  });
}

HttpResponse GithubRoutes::CreateCommit(const rapidjson::Document& body) {
  GitCommitData commit;
  commit.message = Text(body, "message");
  commit.tree = Text(body, "tree");
  commit.parents = Texts(body, "parents");
  commit.date = absl::FormatTime(absl::RFC3339_sec, now_, absl::UTCTimeZone());
  if (body.HasMember("author")) {
    commit.author_name = Text(body["author"], "name");
    commit.author_email = Text(body["author"], "email");
    commit.date = Text(body["author"], "date", commit.date);
  }
  const std::string sha = git_.WriteCommit(commit);
  return Object(201, [&](JsonWriter& json) { json_.GitCommit(json, sha); });
}

HttpResponse GithubRoutes::Compare(const std::string& range) {
  const std::size_t dots = range.find("...");
  const auto base = Resolve(range.substr(0, dots));
  const auto head = dots == std::string::npos ? std::nullopt : Resolve(range.substr(dots + 3));
  const auto comparison = base && head ? git_.Compare(*base, *head) : std::nullopt;
  if (!comparison) return GithubRefusal(404, "Not Found");
  return Object(200, [&](JsonWriter& json) { json_.Compare(json, *base, *head, *comparison); });
}

HttpResponse GithubRoutes::Merge(const rapidjson::Document& body) {
  const std::string branch = Text(body, "base");
  const auto base = git_.FindRef("refs/heads/" + branch);
  const auto head = Resolve(Text(body, "head"));
  if (!base) return GithubRefusal(404, "Base does not exist");
  if (!head) return GithubRefusal(404, "Head does not exist");
  if (git_.Compare(*base, *head)->ahead_by == 0) return {204, {}, {}};
  const auto tree = git_.MergeTrees(*base, *head);
  if (!tree) return GithubRefusal(409, "Merge conflict");
  GitCommitData commit;
  commit.message = Text(body, "commit_message", "Merge");
  commit.tree = *tree;
  commit.parents = {*base, *head};
  const std::string sha = git_.WriteCommit(commit);
  git_.SetRef("refs/heads/" + branch, sha);
  return Object(201, [&](JsonWriter& json) { json_.Commit(json, sha); });
}

HttpResponse GithubRoutes::Pulls(const HttpRequest& request, const Parts& parts, const std::string& query) {
  if (parts.size() == 1 && request.method == "POST") return CreatePull(BodyOf(request));
  if (parts.size() >= 2) {
    const auto found = world_.issues.find(std::atoll(parts[1].c_str()));
    if (found == world_.issues.end() || !found->second.is_pull()) return GithubRefusal(404, "Not Found");
    return OnePull(request, found->second, parts, query);
  }
  const std::string state = Parameter(query, "state", "open");
  const std::string head = Parameter(query, "head");
  const std::string base = Parameter(query, "base");
  const std::string owner = world_.full_name.substr(0, world_.full_name.find('/'));
  std::vector<const WorldIssue*> pulls;
  for (const auto& [number, pull] : world_.issues) {
    if (!pull.is_pull() || (state != "all" && pull.open != (state == "open"))) continue;
    if (!head.empty() && head != fmt::format("{}:{}", owner, pull.head_ref)) continue;
    if (base.empty() || base == pull.base_ref) pulls.push_back(&pull);
  }
  return List<const WorldIssue*>(request, pulls, query,
                                 [&](JsonWriter& json, const auto& pull) { json_.PullSimple(json, *pull); });
}

HttpResponse GithubRoutes::CreatePull(const rapidjson::Document& body) {
  const std::string head = Text(body, "head");
  const std::string base = Text(body, "base");
  const auto base_sha = git_.FindRef("refs/heads/" + base);
  const auto head_sha = git_.FindRef("refs/heads/" + head);
  if (!base_sha || !head_sha) {
    return GithubRefusal(422, "Validation Failed",
                         R"([{"resource":"PullRequest","field":"head","code":"invalid"}])");
  }
  for (const auto& [number, pull] : world_.issues) {
    if (pull.open && pull.head_ref == head && pull.base_ref == base) {
      return GithubRefusal(
          422, "Validation Failed",
          fmt::format(R"([{{"resource":"PullRequest","code":"custom","message":"A pull request )"
                      R"(already exists for octo:{}."}}])",
                      head));
    }
  }
  WorldIssue pull;
  pull.number = world_.next_number++;
  pull.id = world_.next_id++;
  pull.title = Text(body, "title");
  pull.body = Text(body, "body");
  pull.head_ref = head;
  pull.head_sha = *head_sha;
  pull.base_ref = base;
  pull.draft = body.HasMember("draft") && body["draft"].IsBool() && body["draft"].GetBool();
  pull.created_at = pull.updated_at = now_;
  WorldIssue& added = world_.issues[pull.number] = pull;
  return Object(201, [&](JsonWriter& json) { json_.Pull(json, added, false); });
}

HttpResponse GithubRoutes::OnePull(const HttpRequest& request, WorldIssue& pull, const Parts& parts,
                                   const std::string& query) {
  if (parts.size() == 3 && parts[2] == "merge" && request.method == "PUT")
    return MergePull(BodyOf(request), pull);
  if (parts.size() == 3 && parts[2] == "files") {
    const auto base = Resolve(pull.base_ref);
    const auto comparison = base ? git_.Compare(*base, Resolve(pull.head_ref).value_or("")) : std::nullopt;
    return List<std::string>(request, comparison ? comparison->files : std::vector<std::string>(), query,
                             [&](JsonWriter& json, const std::string& path) { json_.File(json, path); });
  }
  if (parts.size() != 2) return GithubRefusal(404, "Not Found");
  const bool known = pull.mergeable_unknown_reads == 0;
  if (!known) --pull.mergeable_unknown_reads;
  return Object(200, [&](JsonWriter& json) { json_.Pull(json, pull, known); });
}

HttpResponse GithubRoutes::MergePull(const rapidjson::Document& body, WorldIssue& pull) {
  const auto base = git_.FindRef("refs/heads/" + pull.base_ref);
  const auto head = git_.FindRef("refs/heads/" + pull.head_ref);
  if (pull.merged || !pull.open || !base || !head) return GithubRefusal(405, "Pull Request is not mergeable");
  if (Text(body, "sha", *head) != *head)
    return GithubRefusal(409, "Head branch was modified. Review and try again.");
  const auto tree = git_.MergeTrees(*base, *head);
  if (!tree) return GithubRefusal(405, "Pull Request is not mergeable");
  GitCommitData commit;
  commit.message = "Merge pull request";
  commit.tree = *tree;
  commit.parents = {*base, *head};
  pull.merge_sha = git_.WriteCommit(commit);
  pull.head_sha = *head;
  git_.SetRef("refs/heads/" + pull.base_ref, pull.merge_sha);
  pull.merged = true;
  pull.open = false;
  pull.closed_at = now_;
  Touch(pull);
  return Object(200, [&](JsonWriter& json) {
    json.Object([&] {
      json.Member("sha", pull.merge_sha);
      json.Member("merged", true);
      json.Member("message", "Pull Request successfully merged");
    });
  });
}

}  // namespace clambake
