// The bundler's contract: finished branches in, conflict-free bundles out.
//
// Bundling decides and never acts: the repository and its work tree are as
// they were. Both generations answer in the same shape, so that they can be
// compared on the same heads.
#ifndef CLAMBAKE_BUNDLER_H_
#define CLAMBAKE_BUNDLER_H_

#include <cstdint>
#include <istream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clambake/model.h"

namespace clambake {

class GithubReader;

// One finished branch that wants to be merged.
struct Head {
  std::string rev;        // what the caller named: a SHA, a branch, a ref
  IssueNumber issue = 0;  // 0 if unknown
};

struct Bundle {
  std::string name;                 // "bundle/…": a valid, safe ref name of at most 200 bytes
  std::vector<std::string> heads;   // full object ids, in merge order
  std::vector<IssueNumber> issues;  // of the heads, ascending, without 0
  std::string tree;                 // what git makes of merging the heads, in order, onto the base
};

// A head that rides in no bundle.
struct Individual {
  std::string head;  // object id, or the rev as given where it does not resolve
  IssueNumber issue = 0;
  // v2: "conflicts_with_base" "merged" (the base has it) "empty" (changes
  // nothing) "missing" "forced_away" (given by id, and no ref reaches it any
  // more) "unrelated" (no common history) "git_failed".
  // legacy: "legacy_score" "legacy_cherry_pick" "missing".
  std::string reason;
  std::vector<std::string> paths;  // in conflict, ascending
  std::string detail;              // "git_failed": git's words
};

// Lines of a file as the base has it.
struct LineRange {
  std::string path;
  std::int64_t first = 0;  // the first line is 1; 0: above it
  std::int64_t last = 0;   // ≥ first
};

struct Conflict {
  std::string a;  // object ids, a < b
  std::string b;
  std::vector<std::string> paths;  // ascending
  std::vector<LineRange> lines;    // where both change text; by path, then line
};

struct BundleSet {
  std::string bundler;       // "legacy" or "v2"; "individual" where bundling failed
  std::string base;          // object id
  bool approximate = false;  // made without a clone: the server must confirm each merge
  std::vector<Bundle> bundles;
  std::vector<Individual> individual;
  std::vector<Conflict> conflicts;
  std::int64_t lower_bound = 0;    // no set of bundles is smaller; legacy: 0
  std::string lower_bound_proof;   // "count" (heads over size), "clique" (so many conflict with one another),
                                   // "" for legacy
  std::vector<std::string> notes;  // what a person should know, a sentence each; not part of the JSON
};

struct BundleOptions {
  int max_size = 8;                       // heads per bundle; 0: no limit
  absl::Time window = absl::UnixEpoch();  // names the bundle: the departure it rides
};

struct BundleRequest {
  std::string base;         // a rev
  std::vector<Head> heads;  // any order
  BundleOptions options;
  // Bundles to keep as they are where that costs none more; not owned, may be null.
  // Without them, heads that come last and bundles that go as a whole change no
  // other, but younger heads move up where one in the middle goes.
  const BundleSet* previous = nullptr;
};

// Thread-compatible: one call at a time per object.
class Bundler {
 public:
  virtual ~Bundler() = default;

  // "legacy" or "v2".
  [[nodiscard]] virtual std::string_view name() const = 0;

  // Every head of the request is in exactly one bundle or individual entry;
  // heads that name the same commit count as one that carries all their
  // issues. One bad head never changes another's outcome, and the order of the
  // heads does not matter: age is the date of a head's commit.
  // InvalidArgument: the base does not resolve. Unavailable: git could not be run.
  virtual absl::StatusOr<BundleSet> MakeBundles(const BundleRequest& request) = 0;
};

// Where heads come from: a line each, "<rev> [<issue>]"; blank lines and what
// follows a # do not count. InvalidArgument with "name:LINE: what".
absl::StatusOr<std::vector<Head>> ReadHeads(std::istream& in, std::string_view name);

// Or from the backlog: the agents' branches ("agent001/12-slug") whose issue is
// open, finished (`route:review`) and not in an open pull request already, by
// commit as the backlog has it.
std::vector<Head> FinishedHeads(const Backlog& backlog);

// What GitHub's compare API tells of a head, where there is no clone.
struct HeadFiles {
  std::string head;  // object id
  IssueNumber issue = 0;
  std::vector<std::string> paths;  // changed since the base, old and new names of renamed ones
  bool complete = true;            // false: the list was cut, so nothing can be said
};

// Bundles by file names alone: two heads ride apart if they share a path, or
// one has a file where the other has a folder. `approximate` is set and no tree
// is known; whoever merges must let the server confirm each merge. A head
// whose list is cut is single, reason "files_unknown". Heads at one commit count
// as one that carries all their issues and paths.
BundleSet ApproximateBundles(std::string_view base, const std::vector<HeadFiles>& heads,
                             const BundleOptions& options);

// A bundler for those who have no clone: it asks GitHub, a request a head, what
// each head changes since it left the base, and makes ApproximateBundles of
// that. The base is a branch or an object id, heads are named by object id.
// Heads that the base has are "merged", those that change nothing "empty", those
// that GitHub does not know "missing"; GitHub's other answers are the call's.
// `github` is not owned and outlives it.
std::unique_ptr<Bundler> NewApproximateBundler(GithubReader* github);

// Why a bundler was chosen, for the report; empty where nobody chose.
struct BundlesHeader {
  std::string reason;  // "STATIC:env" …
  bool readonly = false;
};

// `clambake.bundles/1`, with its digest over everything but the digest and the
// header. Paths that are not UTF-8 are quoted as git quotes them.
std::string BundlesToJson(const BundleSet& bundles, const BundlesHeader& header = {});

// Reads what BundlesToJson wrote, but for the lines of conflicts.
// InvalidArgument with a JSON pointer.
absl::StatusOr<BundleSet> ReadBundles(std::string_view json, std::string_view name);

std::string BundlesDigest(const BundleSet& bundles);

}  // namespace clambake

#endif  // CLAMBAKE_BUNDLER_H_
