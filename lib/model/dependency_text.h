// Dependencies as people write them in an issue's body.
//
//   Blocked by #12, #13 and owner/repo#3        Depends on: https://github.com/o/r/issues/4
//   Blocked by:                                 - [ ] #14     (an open task waits for its issue;
//   - #15                                       - [x] #16      a ticked one does not)
//
// Code, quotations, struck-out text and negations ("no longer blocked by")
// do not count. What is found is a claim of the text's author, nothing more.
#ifndef CLAMBAKE_MODEL_DEPENDENCY_TEXT_H_
#define CLAMBAKE_MODEL_DEPENDENCY_TEXT_H_

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "clambake/model.h"

namespace clambake {

struct TextDependency {
  std::string repository;  // "owner/name"; "": this one
  IssueNumber number = 0;

  bool operator==(const TextDependency&) const = default;
  bool operator<(const TextDependency& other) const {
    return repository != other.repository ? repository < other.repository : number < other.number;
  }
};

// In the order of the text, each once, at most `kMaxTextDependencies`.
inline constexpr std::size_t kMaxTextDependencies = 100;
std::vector<TextDependency> FindDependencies(std::string_view body);

// "#12" or "owner/repo#3".
std::string ToString(const TextDependency& dependency);

// The references to other repositories in the bodies of open issues.
std::set<TextDependency> FindDependenciesElsewhere(const Backlog& backlog);

// What is not in a backlog.
struct Absent {
  bool closed = false;                        // it holds all open issues, so others are closed
  std::set<TextDependency> closed_elsewhere;  // in other repositories
};

// Adds what the bodies of issues say to `backlog.blocked_by`, marked in
// `from_text`; nothing where `texts_read` says that this was done. An open pull
// request, and what is absent and not known to be closed, become `unreadable`:
// the issue stays blocked.
void AddTextDependencies(Backlog& backlog, const Absent& absent);

}  // namespace clambake

#endif  // CLAMBAKE_MODEL_DEPENDENCY_TEXT_H_
