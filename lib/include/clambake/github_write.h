// Everything the library can change on GitHub, as data.
//
// A write is a value: it can be printed, compared, digested and journalled
// without being performed. `Describe` gives the very request that
// GithubClient::Perform sends, so a dry run shows what a real run does.
#ifndef CLAMBAKE_GITHUB_WRITE_H_
#define CLAMBAKE_GITHUB_WRITE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "clambake/model.h"

namespace clambake {

// The repository's own label. Already there, in whatever colour: done.
struct CreateLabel {
  std::string name;
  std::string color;  // six hex digits without '#'
  std::string description;
};

// The labels that work is routed by, less those that are there, in whatever case.
// All others GitHub makes when an issue first gets them.
std::vector<CreateLabel> MissingRouteLabels(const std::vector<std::string>& there);

// Labels of an issue or pull request; others stay. Never empty.
struct AddLabels {
  IssueNumber issue = 0;
  std::vector<std::string> labels;
};

// Absent is done.
struct RemoveLabel {
  IssueNumber issue = 0;
  std::string label;
};

// GitHub silently drops who cannot be assigned (and the eleventh): Perform
// checks the answer and says so with FailedPrecondition.
struct AddAssignees {
  IssueNumber issue = 0;
  std::vector<std::string> assignees;
};

struct RemoveAssignees {
  IssueNumber issue = 0;
  std::vector<std::string> assignees;
};

// Creates only what is absent: the one mutex that GitHub's REST API has. Make
// `sha` a commit of your own (run id in its message), and holding is provable.
struct CreateRef {
  std::string ref;  // "refs/heads/…"
  std::string sha;
};

// Fast-forward only; Aborted where it is none.
struct UpdateRef {
  std::string ref;
  std::string sha;
};

// Absent is done.
struct DeleteRef {
  std::string ref;
};

// A commit object, on no branch. The date makes repeating it harmless: equal
// input, equal SHA.
struct CreateCommit {
  std::string message;
  std::string tree;
  std::vector<std::string> parents;
  std::string author_name;
  std::string author_email;
  absl::Time date = absl::UnixEpoch();
};

// One changed file of a tree; an empty sha removes the path.
struct TreeEntry {
  std::string path;
  std::string mode = "100644";
  std::string sha;
};

struct CreateTree {
  std::string base_tree;  // may be empty
  std::vector<TreeEntry> entries;
};

// Merges `head` into branch `base` on the server. Aborted on a conflict;
// nothing to merge is done.
struct MergeBranch {
  std::string base;  // branch name
  std::string head;  // branch name or SHA
  std::string message;
};

struct CreatePull {
  std::string head;  // branch name in this repository
  std::string base;
  std::string title;
  std::string body;
  bool draft = false;
};

struct MergePull {
  std::int64_t pull = 0;
  std::string sha;               // the head as it was judged; Aborted if it moved
  std::string method = "merge";  // "merge" "squash" "rebase"
};

// Recognised again by its marker, `<!-- clambake:op=ID -->`, which the body
// must contain: a comment without one could not be told from its own repeat.
struct CreateComment {
  IssueNumber issue = 0;
  std::string body;
};

struct UpdateComment {
  std::int64_t comment = 0;  // its id
  std::string body;
};

// Absent is done. Sweeps a comment that a repeated CreateComment made twice.
struct DeleteComment {
  std::int64_t comment = 0;
};

// `issue` cannot start before the issue with `blocker_id` is closed.
struct AddBlockedBy {
  IssueNumber issue = 0;
  std::int64_t blocker_id = 0;  // database id (Issue::id), not the number
};

struct RemoveBlockedBy {
  IssueNumber issue = 0;
  std::int64_t blocker_id = 0;
};

using GithubWrite =
    std::variant<CreateLabel, AddLabels, RemoveLabel, AddAssignees, RemoveAssignees, CreateRef, UpdateRef,
                 DeleteRef, CreateTree, CreateCommit, MergeBranch, CreatePull, MergePull, CreateComment,
                 UpdateComment, DeleteComment, AddBlockedBy, RemoveBlockedBy>;

// "create_label" "add_labels" … : the variant's name in snake case.
std::string_view WriteKind(const GithubWrite& write);

// A request as it goes out, without origin and headers.
struct WireRequest {
  std::string method;  // "POST" …
  std::string path;    // percent-encoded: "/repos/o/n/issues/12/labels"
  std::string body;    // JSON, or empty
};
WireRequest Describe(std::string_view repository, const GithubWrite& write);

// The marker that makes a comment or a pull request's body recognisable.
// `id` is reduced to [A-Za-z0-9._:-].
std::string Marker(std::string_view id);

// The first such marker in a text, whole, or "".
std::string FindMarker(std::string_view text);

}  // namespace clambake

#endif  // CLAMBAKE_GITHUB_WRITE_H_
