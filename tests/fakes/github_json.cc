#include "tests/fakes/github_json.h"

#include <algorithm>
#include <array>

#include "base/json_view.h"
#include "fmt/format.h"

namespace clambake {
namespace {

void Null(JsonWriter& json, std::string_view key) {
  json.Key(key);
  json.Null();
}

std::string NodeId(std::string_view kind, std::int64_t id) { return fmt::format("{}_{}", kind, id); }

}  // namespace

std::string GithubJson::Repo(std::string_view rest) const {
  return fmt::format("{}/repos/{}{}", root_, world_.full_name, rest);
}

bool GithubJson::IsOpen(std::int64_t number) const {
  const auto found = world_.issues.find(number);
  return found != world_.issues.end() && found->second.open;
}

void GithubJson::User(JsonWriter& json, std::string_view login) const {
  const std::string url = fmt::format("{}/users/{}", root_, login);
  json.Object([&] {
    json.Member("login", login);
    json.Member("id", static_cast<std::int64_t>(login.size()) + 1);
    json.Member("node_id", fmt::format("U_{}", login));
    json.Member("avatar_url", url + "/avatar");
    json.Member("gravatar_id", "");
    json.Member("url", url);
    json.Member("html_url", url + "/html");
    for (const char* name :
         {"followers", "following", "gists", "starred", "subscriptions", "repos", "events"}) {
      json.Member(fmt::format("{}_url", name), fmt::format("{}/{}", url, name));
    }
    json.Member("organizations_url", url + "/orgs");
    json.Member("received_events_url", url + "/received_events");
    json.Member("type", "User");
    json.Member("site_admin", false);
  });
}

void GithubJson::Repository(JsonWriter& json) const {
  constexpr std::array kUrls = {
      "archive",       "assignees",    "blobs",         "branches",     "collaborators", "comments",
      "commits",       "compare",      "contents",      "contributors", "deployments",   "downloads",
      "events",        "forks",        "git_commits",   "git_refs",     "git_tags",      "hooks",
      "issue_comment", "issue_events", "issues",        "keys",         "labels",        "languages",
      "merges",        "milestones",   "notifications", "pulls",        "releases",      "stargazers",
      "statuses",      "subscribers",  "subscription",  "tags",         "teams",         "trees",
      "clone",         "git",          "ssh",           "svn"};
  const std::string owner = world_.full_name.substr(0, world_.full_name.find('/'));
  const auto open = std::count_if(world_.issues.begin(), world_.issues.end(),
                                  [](const auto& entry) { return entry.second.open; });
  json.Object([&] {
    json.Member("id", world_.repository_id);
    json.Member("node_id", NodeId("R", world_.repository_id));
    json.Member("name", world_.full_name.substr(owner.size() + 1));
    json.Member("full_name", world_.full_name);
    json.Key("owner");
    User(json, owner);
    json.Member("url", Repo());
    json.Member("html_url", Repo("/html"));
    for (const char* name : kUrls) json.Member(fmt::format("{}_url", name), Repo(fmt::format("/{}", name)));
    for (const char* name : {"private", "fork", "has_projects", "has_wiki", "has_pages", "has_discussions",
                             "archived", "disabled"}) {
      json.Member(name, false);
    }
    json.Member("has_issues", true);
    if (!new_version_) json.Member("has_downloads", false);
    for (const char* name : {"description", "homepage", "language", "mirror_url", "license"})
      Null(json, name);
    for (const char* name : {"forks", "forks_count", "size", "stargazers_count", "watchers", "watchers_count",
                             "network_count", "subscribers_count"}) {
      json.Member(name, 0);
    }
    json.Member("default_branch", world_.default_branch);
    json.Key("permissions");
    json.Object([&] {
      for (const char* name : {"admin", "maintain"}) json.Member(name, false);
      for (const char* name : {"push", "triage", "pull"}) json.Member(name, true);
    });
    json.Member("open_issues", open);
    json.Member("open_issues_count", open);
    for (const char* name : {"pushed_at", "created_at", "updated_at"})
      json.Member(name, "2026-01-01T00:00:00Z");
  });
}

void GithubJson::Label(JsonWriter& json, const std::string& name) const {
  const auto found = world_.labels.find(name);
  const auto place = static_cast<std::int64_t>(std::distance(world_.labels.begin(), found));
  json.Object([&] {
    json.Member("id", 500 + place);
    json.Member("node_id", NodeId("LA", 500 + place));
    json.Member("url", Repo("/labels/x"));
    json.Member("name", name);
    json.Member("description", "");
    json.Member("color", found == world_.labels.end() ? "ededed" : found->second);
    json.Member("default", false);
  });
}

void GithubJson::Assignees(JsonWriter& json, const WorldIssue& issue) const {
  if (!new_version_) {
    json.Key("assignee");
    if (issue.assignees.empty()) {
      json.Null();
    } else {
      User(json, issue.assignees.front());
    }
  }
  json.Key("assignees");
  json.Array([&] {
    for (const std::string& login : issue.assignees) User(json, login);
  });
}

void GithubJson::Times(JsonWriter& json, const WorldIssue& issue) const {
  json.Member("created_at", FormatTimestamp(issue.created_at));
  json.Member("updated_at", FormatTimestamp(issue.updated_at));
  if (issue.open) {
    Null(json, "closed_at");
  } else {
    json.Member("closed_at", FormatTimestamp(issue.closed_at));
  }
}

void GithubJson::Summaries(JsonWriter& json, const WorldIssue& issue) const {
  std::int64_t blocked = 0;
  for (const std::int64_t number : issue.blocked_by) blocked += IsOpen(number) ? 1 : 0;
  for (const std::string& name : issue.blocked_by_elsewhere) {
    const auto found = world_.elsewhere.find(name);
    blocked += found == world_.elsewhere.end() || found->second ? 1 : 0;
  }
  json.Key("issue_dependencies_summary");
  json.Object([&] {
    json.Member("blocked_by", blocked);
    json.Member("total_blocked_by", issue.blocked_by.size() + issue.blocked_by_elsewhere.size());
    json.Member("blocking", 0);
    json.Member("total_blocking", 0);
  });
  const auto completed = std::count_if(issue.sub_issues.begin(), issue.sub_issues.end(),
                                       [&](std::int64_t number) { return !IsOpen(number); });
  json.Key("sub_issues_summary");
  json.Object([&] {
    json.Member("total", issue.sub_issues.size());
    json.Member("completed", completed);
    json.Member(
        "percent_completed",
        issue.sub_issues.empty() ? 0 : completed * 100 / static_cast<std::int64_t>(issue.sub_issues.size()));
  });
}

void GithubJson::Issue(JsonWriter& json, const WorldIssue& issue) const {
  const std::string url = Repo(fmt::format("/issues/{}", issue.number));
  json.Object([&] {
    json.Member("id", issue.id);
    json.Member("node_id", NodeId("I", issue.id));
    json.Member("number", issue.number);
    json.Member("url", url);
    json.Member("repository_url", Repo());
    json.Member("html_url", url + "/html");
    for (const char* name : {"labels", "comments", "events"}) {
      json.Member(fmt::format("{}_url", name), fmt::format("{}/{}", url, name));
    }
    json.Member("state", issue.open ? "open" : "closed");
    json.Member("title", issue.title);
    json.Member("body", issue.body);
    json.Key("user");
    User(json, "alice");
    json.Key("labels");
    json.Array([&] {
      for (const std::string& label : issue.labels) Label(json, label);
    });
    Assignees(json, issue);
    Null(json, "milestone");
    json.Member("locked", false);
    json.Member("comments", 0);
    Times(json, issue);
    json.Member("author_association", "MEMBER");
    Summaries(json, issue);
    if (!issue.is_pull()) return;
    json.Key("pull_request");
    json.Object([&] {
      for (const char* name : {"url", "html_url", "diff_url", "patch_url"}) {
        json.Member(name, Repo(fmt::format("/pulls/{}", issue.number)));
      }
    });
  });
}

void GithubJson::End(JsonWriter& json, std::string_view key, const std::string& ref,
                     const std::string& sha) const {
  const std::string owner = world_.full_name.substr(0, world_.full_name.find('/'));
  json.Key(key);
  json.Object([&] {
    json.Member("label", fmt::format("{}:{}", owner, ref));
    json.Member("ref", ref);
    json.Member("sha", sha);
    json.Key("user");
    User(json, owner);
    json.Key("repo");
    Repository(json);
  });
}

void GithubJson::PullMembers(JsonWriter& json, const WorldIssue& pull) const {
  const std::string url = Repo(fmt::format("/pulls/{}", pull.number));
  const std::string issue_url = Repo(fmt::format("/issues/{}", pull.number));
  json.Member("id", pull.id);
  json.Member("node_id", NodeId("PR", pull.id));
  json.Member("number", pull.number);
  json.Member("url", url);
  json.Member("issue_url", issue_url);
  for (const char* name :
       {"html", "diff", "patch", "comments", "commits", "statuses", "review_comment", "review_comments"}) {
    json.Member(fmt::format("{}_url", name), fmt::format("{}/{}", url, name));
  }
  json.Member("state", pull.open ? "open" : "closed");
  json.Member("draft", pull.draft);
  json.Member("locked", false);
  json.Member("title", pull.title);
  json.Member("body", pull.body);
  json.Key("user");
  User(json, world_.login);
  json.Key("labels");
  json.Array([&] {
    for (const std::string& label : pull.labels) Label(json, label);
  });
  Assignees(json, pull);
  for (const char* name : {"milestone", "auto_merge"}) Null(json, name);
  Times(json, pull);
  json.Key("merged_at");
  if (pull.merged) {
    json.Value(FormatTimestamp(pull.closed_at));
  } else {
    json.Null();
  }
  if (!new_version_) Null(json, "merge_commit_sha");
  json.Member("author_association", "MEMBER");
  json.Key("_links");
  json.Object([&] {
    for (const char* name :
         {"comments", "commits", "statuses", "html", "issue", "review_comments", "review_comment", "self"}) {
      json.Key(name);
      json.Object([&] { json.Member("href", url); });
    }
  });
  End(json, "head", pull.head_ref, git_.FindRef("refs/heads/" + pull.head_ref).value_or(pull.head_sha));
  End(json, "base", pull.base_ref, git_.FindRef("refs/heads/" + pull.base_ref).value_or(pull.head_sha));
}

void GithubJson::PullSimple(JsonWriter& json, const WorldIssue& pull) const {
  json.Object([&] { PullMembers(json, pull); });
}

void GithubJson::Pull(JsonWriter& json, const WorldIssue& pull, bool mergeable_known) const {
  json.Object([&] {
    PullMembers(json, pull);
    json.Member("merged", pull.merged);
    json.Key("mergeable");
    if (mergeable_known) {
      json.Value(true);
    } else {
      json.Null();
    }
    json.Member("mergeable_state", mergeable_known ? "clean" : "unknown");
    Null(json, "merged_by");
    for (const char* name :
         {"comments", "review_comments", "commits", "additions", "deletions", "changed_files"}) {
      json.Member(name, 0);
    }
    json.Member("maintainer_can_modify", false);
  });
}

void GithubJson::Comment(JsonWriter& json, const WorldComment& comment) const {
  const std::string url = Repo(fmt::format("/issues/comments/{}", comment.id));
  json.Object([&] {
    json.Member("id", comment.id);
    json.Member("node_id", NodeId("IC", comment.id));
    json.Member("url", url);
    json.Member("html_url", url);
    json.Member("issue_url", Repo(fmt::format("/issues/{}", comment.issue)));
    json.Member("body", comment.body);
    json.Key("user");
    User(json, comment.author);
    json.Member("created_at", FormatTimestamp(comment.at));
    json.Member("updated_at", FormatTimestamp(comment.at));
    json.Member("author_association", "MEMBER");
  });
}

void GithubJson::Ref(JsonWriter& json, const std::string& name, const std::string& sha) const {
  json.Object([&] {
    json.Member("ref", name);
    json.Member("node_id", "REF_x");
    json.Member("url", Repo("/git/" + name));
    json.Key("object");
    json.Object([&] {
      json.Member("type", "commit");
      json.Member("sha", sha);
      json.Member("url", Repo("/git/commits/" + sha));
    });
  });
}

void GithubJson::Author(JsonWriter& json, std::string_view key, const GitCommitData& commit) const {
  json.Key(key);
  json.Object([&] {
    json.Member("name", commit.author_name);
    json.Member("email", commit.author_email);
    json.Member("date", commit.date);
  });
}

void GithubJson::GitCommit(JsonWriter& json, const std::string& sha) const {
  const GitCommitData commit = git_.FindCommit(sha).value_or(GitCommitData{});
  json.Object([&] {
    json.Member("sha", sha);
    json.Member("node_id", "C_x");
    json.Member("url", Repo("/git/commits/" + sha));
    json.Member("html_url", Repo("/commit/" + sha));
    Author(json, "author", commit);
    Author(json, "committer", commit);
    json.Member("message", commit.message);
    json.Key("tree");
    json.Object([&] {
      json.Member("sha", commit.tree);
      json.Member("url", Repo("/git/trees/" + commit.tree));
    });
    json.Key("parents");
    json.Array([&] {
      for (const std::string& parent : commit.parents) {
        json.Object([&] {
          json.Member("sha", parent);
          json.Member("url", Repo("/git/commits/" + parent));
          json.Member("html_url", Repo("/commit/" + parent));
        });
      }
    });
    json.Key("verification");
    json.Object([&] {
      json.Member("verified", false);
      json.Member("reason", "unsigned");
      for (const char* name : {"signature", "payload", "verified_at"}) Null(json, name);
    });
  });
}

void GithubJson::Commit(JsonWriter& json, const std::string& sha) const {
  const GitCommitData commit = git_.FindCommit(sha).value_or(GitCommitData{});
  const std::string url = Repo("/commits/" + sha);
  json.Object([&] {
    json.Member("sha", sha);
    json.Member("node_id", "C_x");
    json.Member("url", url);
    json.Member("html_url", url);
    json.Member("comments_url", url + "/comments");
    json.Key("commit");
    json.Object([&] {
      Author(json, "author", commit);
      Author(json, "committer", commit);
      json.Member("message", commit.message);
      json.Member("comment_count", 0);
      json.Member("url", Repo("/git/commits/" + sha));
      json.Key("tree");
      json.Object([&] {
        json.Member("sha", commit.tree);
        json.Member("url", Repo("/git/trees/" + commit.tree));
      });
    });
    for (const char* role : {"author", "committer"}) {
      json.Key(role);
      User(json, world_.login);
    }
    json.Key("parents");
    json.Array([&] {
      for (const std::string& parent : commit.parents) {
        json.Object([&] {
          json.Member("sha", parent);
          json.Member("url", Repo("/commits/" + parent));
        });
      }
    });
  });
}

void GithubJson::File(JsonWriter& json, const std::string& path) const {
  json.Object([&] {
    json.Member("sha", "0123456789012345678901234567890123456789");
    json.Member("filename", path);
    json.Member("status", "modified");
    for (const char* name : {"additions", "deletions", "changes"}) json.Member(name, 1);
    for (const char* name : {"blob_url", "raw_url", "contents_url"}) json.Member(name, Repo("/contents"));
  });
}

void GithubJson::Compare(JsonWriter& json, const std::string& base, const std::string& head,
                         const GitComparison& c) const {
  constexpr std::size_t kMostFiles = 300;
  json.Object([&] {
    for (const char* name : {"url", "html_url", "permalink_url", "diff_url", "patch_url"}) {
      json.Member(name, Repo("/compare"));
    }
    json.Key("base_commit");
    Commit(json, base);
    json.Key("merge_base_commit");
    Commit(json, c.merge_base);
    json.Member("status", c.ahead_by == 0 && c.behind_by == 0 ? "identical"
                          : c.ahead_by == 0                   ? "behind"
                          : c.behind_by == 0                  ? "ahead"
                                                              : "diverged");
    json.Member("ahead_by", c.ahead_by);
    json.Member("behind_by", c.behind_by);
    json.Member("total_commits", c.ahead_by);
    json.Key("commits");
    json.Array([&] {
      if (c.ahead_by > 0) Commit(json, head);
    });
    json.Key("files");
    json.Array([&] {
      for (std::size_t i = 0; i < std::min(c.files.size(), kMostFiles); ++i) File(json, c.files[i]);
    });
  });
}

}  // namespace clambake
