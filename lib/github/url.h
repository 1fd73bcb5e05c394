// URLs as far as talking to one API needs them.
#ifndef CLAMBAKE_GITHUB_URL_H_
#define CLAMBAKE_GITHUB_URL_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace clambake {

// Where the API lives: the only place the token goes.
struct ApiUrl {
  std::string origin;  // "https://api.github.com", lower case, port only where it is not the scheme's own
  std::string prefix;  // "" or "/api/v3": no slash at the end
};

// InvalidArgument: not HTTPS and not loopback, or with user, query, fragment.
absl::StatusOr<ApiUrl> ParseApiUrl(std::string_view url);

// "owner/name" with the characters that GitHub allows.
absl::Status CheckRepository(std::string_view repository);

// Everything but unreserved characters becomes %XX. For one path part or query value.
std::string PercentEncode(std::string_view text);

// `location`, as an answer to `url` gave it, as an absolute URL. Refused
// (FailedPrecondition, naming the URL) where it leaves the origin.
absl::StatusOr<std::string> ResolveSameOrigin(const ApiUrl& api, std::string_view location);

// The target of rel=`relation` in a Link header, verbatim.
std::optional<std::string> FindLink(std::string_view header, std::string_view relation);

// The value of a query parameter, as it stands; nullopt if it is not there.
std::optional<std::string> QueryParameter(std::string_view url, std::string_view name);

// The URL with that parameter replaced; unchanged if it has none.
std::string WithQueryParameter(std::string_view url, std::string_view name, std::string_view value);

}  // namespace clambake

#endif  // CLAMBAKE_GITHUB_URL_H_
