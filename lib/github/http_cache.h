// What GitHub answered, with its ETag, so that asking again costs nothing:
// a 304 does not count against the hourly budget.
#ifndef CLAMBAKE_GITHUB_HTTP_CACHE_H_
#define CLAMBAKE_GITHUB_HTTP_CACHE_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace clambake {

struct CachedAnswer {
  std::string etag;
  std::string link;  // the Link header
  std::string body;
};

// A cache never fails: what cannot be read is not there, what cannot be
// written is not kept. Thread-compatible; processes may share a directory.
class HttpCache {
 public:
  virtual ~HttpCache() = default;
  virtual std::optional<CachedAnswer> Find(std::string_view key) = 0;
  virtual void Store(std::string_view key, const CachedAnswer& answer) = 0;
};

// Files (0600) in `directory`, which exists; the oldest go when there are too many.
std::unique_ptr<HttpCache> NewFileCache(std::string directory);

std::unique_ptr<HttpCache> NewMemoryCache();

// Makes `path` and what is missing above it, 0700. FailedPrecondition where
// that fails, or where others could write there.
absl::Status MakePrivateDirectory(const std::string& path);

}  // namespace clambake

#endif  // CLAMBAKE_GITHUB_HTTP_CACHE_H_
