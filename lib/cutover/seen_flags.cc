#include "clambake/seen_flags.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/safe_text.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace clambake {
namespace {

constexpr std::size_t kMaxInstance = 253;  // a host's name, RFC 1035

std::vector<std::string> Values(const FeatureFlags& flags) {
  std::vector<std::string> values;
  for (const FlagReport& flag : flags.Report()) values.push_back(flag.variable + "=" + flag.value);
  return values;
}

// Those of `values` that are not among `others`.
std::string Beyond(const std::vector<std::string>& values, const std::vector<std::string>& others) {
  std::vector<std::string> beyond;
  for (const std::string& value : values) {
    if (std::find(others.begin(), others.end(), value) == others.end()) beyond.push_back(value);
  }
  return absl::StrJoin(beyond, " ");
}

}  // namespace

absl::Status NoteFlags(StateStore& store, std::string_view scope, std::string_view instance,
                       const FeatureFlags& flags) {
  const std::string name = SafeText(instance, kMaxInstance);
  const std::string key = "flags/" + name;
  const std::vector<std::string> now = Values(flags);
  const std::string text = absl::StrJoin(now, "\n");
  CLAMBAKE_ASSIGN_OR_RETURN(const Document last, store.ReadDocument(scope, key));
  if (last.value == text) return absl::OkStatus();
  const std::vector<std::string> before = absl::StrSplit(last.value, '\n');
  const AuditRecord line{.actor = name,
                         .event = "flags.changed",
                         .detail = fmt::format("{} (before: {})", Beyond(now, before), Beyond(before, now))};
  absl::Status written =
      (last.version == 0 ? store.WriteDocument(scope, key, text, last.version)
                         : store.WriteDocumentAudited(scope, key, text, last.version, line))
          .status();
  // Aborted: another run of this instance has just noted its own.
  return absl::IsAborted(written) ? absl::OkStatus() : written;
}

}  // namespace clambake
