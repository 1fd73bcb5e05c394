#include "base/status_macros.h"
#include "clambake/state_store.h"
#include "fmt/format.h"

namespace clambake {

absl::Status ChangeDocument(StateStore& store, std::string_view scope, std::string_view key,
                            absl::FunctionRef<absl::StatusOr<std::string>(const std::string&)> change) {
  constexpr int kMaxAttempts = 20;
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    CLAMBAKE_ASSIGN_OR_RETURN(const Document document, store.ReadDocument(scope, key));
    CLAMBAKE_ASSIGN_OR_RETURN(const std::string changed, change(document.value));
    if (changed == document.value) return absl::OkStatus();
    absl::Status written = store.WriteDocument(scope, key, changed, document.version).status();
    if (!absl::IsAborted(written)) return written;
  }
  return absl::UnavailableError(fmt::format("{}: changed by too many at once", key));
}

}  // namespace clambake
