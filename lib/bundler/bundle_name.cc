#include "bundler/bundle_name.h"

#include <map>

#include "absl/strings/str_join.h"
#include "fmt/format.h"

namespace clambake::bundler {
namespace {

constexpr std::size_t kMaxBytes = 200;

std::string Window(absl::Time time) {
  const absl::Time start = absl::UnixEpoch() + absl::Floor(time - absl::UnixEpoch(), absl::Minutes(10));
  return absl::FormatTime("%Y%m%d_%H%M", start, absl::UTCTimeZone());
}

std::string HeadsDigest(const Bundle& bundle) {
  constexpr std::size_t kHexDigits = 12;
  return Digest(absl::StrJoin(bundle.heads, "\n")).substr(std::string("sha256:").size(), kHexDigits);
}

std::string FullName(absl::Time window, const Bundle& bundle) {
  return fmt::format("bundle/{}__issues_{}", Window(window), absl::StrJoin(bundle.issues, "_"));
}

std::string ShortName(absl::Time window, const Bundle& bundle) {
  const std::string digest = HeadsDigest(bundle);
  std::string name = fmt::format("bundle/{}__", Window(window));
  if (bundle.issues.empty()) return name + "heads_" + digest;
  name += "issues";
  std::size_t taken = 0;
  for (; taken < bundle.issues.size(); ++taken) {
    const std::string tail = fmt::format("_and_{}_more_{}", bundle.issues.size() - taken, digest);
    const std::string next = fmt::format("_{}", bundle.issues[taken]);
    if (name.size() + next.size() + tail.size() > kMaxBytes) return name + tail;
    name += next;
  }
  return name + "_" + digest;
}

}  // namespace

void NameBundles(absl::Time window, std::vector<Bundle>& bundles) {
  std::map<std::string, int> uses;
  for (const Bundle& bundle : bundles) ++uses[FullName(window, bundle)];
  for (Bundle& bundle : bundles) {
    bundle.name = FullName(window, bundle);
    if (bundle.issues.empty() || bundle.name.size() > kMaxBytes || uses[bundle.name] > 1) {
      bundle.name = ShortName(window, bundle);
    }
  }
}

}  // namespace clambake::bundler
