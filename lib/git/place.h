// Where a repository is, and the surroundings in which git runs there.
#ifndef CLAMBAKE_GIT_PLACE_H_
#define CLAMBAKE_GIT_PLACE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clambake/git_repo.h"
#include "git/process.h"
#include "git/scratch.h"

namespace clambake::git {

struct Place {
  std::string git_dir;
  std::string objects;
  ObjectFormat format = ObjectFormat::kSha1;
  bool partial = false;  // some objects may be elsewhere
};

// Everything a git process gets to see of the outside. Transports are off, so
// a repository with a promise of objects elsewhere cannot make it fetch.
std::vector<std::string> EnvironmentIn(const std::string& git_dir);

// The `.git` folder, or bare repository, that holds `path`. NotFound: there is
// none. Unavailable: there is no git.
absl::StatusOr<std::string> FindGitDir(const std::string& path, const GitOptions& options);

// The same, with what else there is to know before asking for objects.
// FailedPrecondition: the repository is shallow.
absl::StatusOr<Place> Locate(const std::string& path, const GitOptions& options);

// A git command in `git_dir` that nothing outside can influence. What it says
// on standard error goes to a file in `scratch`.
Command InGitDir(const std::string& git_dir, std::vector<std::string> arguments, const Scratch& scratch,
                 const GitOptions& options);

}  // namespace clambake::git

#endif  // CLAMBAKE_GIT_PLACE_H_
