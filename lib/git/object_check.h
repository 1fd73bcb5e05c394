// What names stand for, by the thousand through one long-lived
// `git cat-file --batch-command`.
#ifndef CLAMBAKE_GIT_OBJECT_CHECK_H_
#define CLAMBAKE_GIT_OBJECT_CHECK_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "git/process.h"

namespace clambake::git {

// Thread-compatible.
class ObjectCheck {
 public:
  static std::vector<std::string> Arguments() {
    // Buffered: an answer written by itself costs more than finding it.
    return {"cat-file", "--batch-command=%(objectname) %(objecttype)", "--buffer"};
  }

  // `command` runs git with Arguments().
  explicit ObjectCheck(Command command) : command_(std::move(command)) {}

  // "id type" for each name, in order; "" for what is not there. Names are
  // without line breaks.
  absl::StatusOr<std::vector<std::string>> Check(const std::vector<std::string>& names);

 private:
  Command command_;
  std::unique_ptr<Process> process_;
};

}  // namespace clambake::git

#endif  // CLAMBAKE_GIT_OBJECT_CHECK_H_
