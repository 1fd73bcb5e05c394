// Writes as the requests they are.
#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "base/json_view.h"
#include "base/json_writer.h"
#include "clambake/github_write.h"
#include "fmt/format.h"
#include "github/url.h"

namespace clambake {
namespace {

constexpr std::string_view kMarkerStart = "<!-- clambake:op=";
constexpr std::string_view kMarkerEnd = " -->";

constexpr std::array<std::string_view, std::variant_size_v<GithubWrite>> kKinds = {
    "create_label",   "add_labels",     "remove_label",     "add_assignees",  "remove_assignees",
    "create_ref",     "update_ref",     "delete_ref",       "create_tree",    "create_commit",
    "merge_branch",   "create_pull",    "merge_pull",       "create_comment", "update_comment",
    "delete_comment", "add_blocked_by", "remove_blocked_by"};

template <typename F>
std::string Json(F members) {
  JsonWriter json;
  json.Object([&] { members(json); });
  return json.Take();
}

// "refs/heads/x" as the refs API wants it, one part of the path: "heads%2Fx".
std::string RefPath(std::string_view ref) {
  constexpr std::string_view kRefs = "refs/";
  if (ref.starts_with(kRefs)) ref.remove_prefix(kRefs.size());
  return PercentEncode(ref);
}

class Describer {
 public:
  explicit Describer(std::string_view repository) : base_(fmt::format("/repos/{}", repository)) {}

  WireRequest operator()(const CreateLabel& w) const {
    return {"POST", base_ + "/labels", Json([&](JsonWriter& json) {
              json.Member("name", w.name);
              if (!w.color.empty()) json.Member("color", w.color);
              if (!w.description.empty()) json.Member("description", w.description);
            })};
  }
  WireRequest operator()(const AddLabels& w) const {
    return {"POST", Issue(w.issue) + "/labels",
            Json([&](JsonWriter& json) { json.Values("labels", w.labels); })};
  }
  WireRequest operator()(const RemoveLabel& w) const {
    return {"DELETE", fmt::format("{}/labels/{}", Issue(w.issue), PercentEncode(w.label)), {}};
  }
  WireRequest operator()(const AddAssignees& w) const { return Assignees("POST", w.issue, w.assignees); }
  WireRequest operator()(const RemoveAssignees& w) const { return Assignees("DELETE", w.issue, w.assignees); }
  WireRequest operator()(const CreateRef& w) const {
    return {"POST", base_ + "/git/refs", Json([&](JsonWriter& json) {
              json.Member("ref", w.ref);
              json.Member("sha", w.sha);
            })};
  }
  WireRequest operator()(const UpdateRef& w) const {
    return {"PATCH", fmt::format("{}/git/refs/{}", base_, RefPath(w.ref)), Json([&](JsonWriter& json) {
              json.Member("sha", w.sha);
              json.Member("force", false);
            })};
  }
  WireRequest operator()(const DeleteRef& w) const {
    return {"DELETE", fmt::format("{}/git/refs/{}", base_, RefPath(w.ref)), {}};
  }
  WireRequest operator()(const CreateTree& w) const {
    return {"POST", base_ + "/git/trees", Json([&](JsonWriter& json) {
              json.Key("tree");
              json.Array([&] {
                for (const TreeEntry& entry : w.entries) WriteEntry(json, entry);
              });
              if (!w.base_tree.empty()) json.Member("base_tree", w.base_tree);
            })};
  }
  WireRequest operator()(const CreateCommit& w) const {
    return {"POST", base_ + "/git/commits", Json([&](JsonWriter& json) {
              json.Member("message", w.message);
              json.Member("tree", w.tree);
              json.Values("parents", w.parents);
              if (w.author_name.empty()) return;
              for (const char* role : {"author", "committer"}) {
                json.Key(role);
                json.Object([&] {
                  json.Member("name", w.author_name);
                  json.Member("email", w.author_email);
                  json.Member("date", FormatTimestamp(w.date));
                });
              }
            })};
  }
  WireRequest operator()(const MergeBranch& w) const {
    return {"POST", base_ + "/merges", Json([&](JsonWriter& json) {
              json.Member("base", w.base);
              json.Member("head", w.head);
              if (!w.message.empty()) json.Member("commit_message", w.message);
            })};
  }
  WireRequest operator()(const CreatePull& w) const {
    return {"POST", base_ + "/pulls", Json([&](JsonWriter& json) {
              json.Member("title", w.title);
              json.Member("head", w.head);
              json.Member("base", w.base);
              json.Member("body", w.body);
              json.Member("draft", w.draft);
            })};
  }
  WireRequest operator()(const MergePull& w) const {
    return {"PUT", fmt::format("{}/pulls/{}/merge", base_, w.pull), Json([&](JsonWriter& json) {
              json.Member("sha", w.sha);
              json.Member("merge_method", w.method);
            })};
  }
  WireRequest operator()(const CreateComment& w) const {
    return {"POST", Issue(w.issue) + "/comments",
            Json([&](JsonWriter& json) { json.Member("body", w.body); })};
  }
  WireRequest operator()(const UpdateComment& w) const {
    return {"PATCH", fmt::format("{}/issues/comments/{}", base_, w.comment),
            Json([&](JsonWriter& json) { json.Member("body", w.body); })};
  }
  WireRequest operator()(const DeleteComment& w) const {
    return {"DELETE", fmt::format("{}/issues/comments/{}", base_, w.comment), {}};
  }
  WireRequest operator()(const AddBlockedBy& w) const {
    return {"POST", Issue(w.issue) + "/dependencies/blocked_by",
            Json([&](JsonWriter& json) { json.Member("issue_id", w.blocker_id); })};
  }
  WireRequest operator()(const RemoveBlockedBy& w) const {
    return {"DELETE", fmt::format("{}/dependencies/blocked_by/{}", Issue(w.issue), w.blocker_id), {}};
  }

 private:
  [[nodiscard]] std::string Issue(IssueNumber number) const {
    return fmt::format("{}/issues/{}", base_, number);
  }

  [[nodiscard]] WireRequest Assignees(std::string_view method, IssueNumber issue,
                                      const std::vector<std::string>& logins) const {
    return {std::string(method), Issue(issue) + "/assignees",
            Json([&](JsonWriter& json) { json.Values("assignees", logins); })};
  }

  static void WriteEntry(JsonWriter& json, const TreeEntry& entry) {
    json.Object([&] {
      json.Member("path", entry.path);
      json.Member("mode", entry.mode);
      json.Member("type", entry.mode == "040000" ? "tree" : entry.mode == "160000" ? "commit" : "blob");
      json.Key("sha");
      if (entry.sha.empty()) {
        json.Null();
      } else {
        json.Value(entry.sha);
      }
    });
  }

  std::string base_;
};

bool IsMarkerCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == ':' || c == '-';
}

}  // namespace

std::string_view WriteKind(const GithubWrite& write) { return kKinds[write.index()]; }

WireRequest Describe(std::string_view repository, const GithubWrite& write) {
  return std::visit(Describer(repository), write);
}

std::string Marker(std::string_view id) {
  std::string clean;
  std::copy_if(id.begin(), id.end(), std::back_inserter(clean), IsMarkerCharacter);
  return fmt::format("{}{}{}", kMarkerStart, clean, kMarkerEnd);
}

std::string FindMarker(std::string_view text) {
  for (std::size_t at = text.find(kMarkerStart); at != std::string_view::npos;
       at = text.find(kMarkerStart, at + 1)) {
    const std::string_view id = text.substr(at + kMarkerStart.size());
    const auto end = std::find_if_not(id.begin(), id.end(), IsMarkerCharacter);
    const auto length = static_cast<std::size_t>(end - id.begin());
    if (length > 0 && id.substr(length).starts_with(kMarkerEnd)) {
      return std::string(text.substr(at, kMarkerStart.size() + length + kMarkerEnd.size()));
    }
  }
  return {};
}

}  // namespace clambake
