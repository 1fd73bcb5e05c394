// What the commands about bundles read: heads, base, size, window.
#ifndef CLAMBAKE_CLI_BUNDLE_INPUT_H_
#define CLAMBAKE_CLI_BUNDLE_INPUT_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "clambake/bundler.h"
#include "clambake/git_repo.h"
#include "cli/globals.h"

namespace clambake::cli {

struct BundleOptionsGiven {
  std::string heads;
  std::string base;
  std::string window;
  std::string previous;
  int max_size = BundleOptions().max_size;
};

struct BundleInput {
  Backlog backlog;  // empty without --from
  BundleRequest request;
  std::optional<BundleSet> previous;

  // The request with `previous` in its place; points into this object.
  [[nodiscard]] BundleRequest Request() const;
};

void AddBundleOptions(CLI::App& command, BundleOptionsGiven& given);

// The clone that --git-dir names, else the one around the current folder.
absl::StatusOr<std::unique_ptr<GitRepo>> OpenClone(const Globals& globals);

// The bundles of --previous.
absl::StatusOr<BundleSet> LoadBundles(const std::string& file);

absl::StatusOr<BundleInput> LoadBundleInput(const Globals& globals, const BundleOptionsGiven& given);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_BUNDLE_INPUT_H_
