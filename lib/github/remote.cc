// From the address of a git remote to the repository on GitHub.
#include <array>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "base/safe_text.h"
#include "base/status_macros.h"
#include "clambake/github_client.h"
#include "fmt/format.h"
#include "github/url.h"

namespace clambake {
namespace {

constexpr std::size_t kMaxShown = 100;

struct RemoteParts {
  std::string host;  // lower case, without user name and port
  std::string_view path;
};

std::string HostOf(std::string_view authority) {
  authority.remove_prefix(authority.rfind('@') + 1);  // npos + 1 is 0
  if (authority.starts_with('[')) return std::string(authority.substr(0, authority.find(']') + 1));
  authority = authority.substr(0, authority.find(':'));
  return absl::AsciiStrToLower(absl::string_view(authority.data(), authority.size()));
}

// As git itself takes addresses: "scheme://[user@]host[:port]/path", else
// "[user@]host:path" where no slash is before the colon, else a folder.
RemoteParts SplitRemote(std::string_view url) {
  constexpr std::array<std::string_view, 6> kSchemes = {"https://", "http://",    "ssh://",
                                                        "git://",   "git+ssh://", "ssh+git://"};
  for (const std::string_view scheme : kSchemes) {
    if (!url.starts_with(scheme)) continue;
    url.remove_prefix(scheme.size());
    const std::size_t slash = url.find('/');
    if (slash == std::string_view::npos) return {};
    return {HostOf(url.substr(0, slash)), url.substr(slash)};
  }
  const std::size_t colon = url.find(':', url.find('@') + 1);
  if (colon == std::string_view::npos || url.find('/') < colon || url.find("://") == colon) return {};
  return {HostOf(url.substr(0, colon)), url.substr(colon + 1)};
}

// The host that people clone from: github.com for api.github.com, SUB.ghe.com
// for api.SUB.ghe.com, and an own server's host for its /api/v3.
std::string WebHost(const ApiUrl& api) {
  constexpr std::string_view kApi = "api.";
  std::string host = HostOf(std::string_view(api.origin).substr(api.origin.find("//") + 2));
  if (host == "api.github.com" || (host.starts_with(kApi) && host.ends_with(".ghe.com"))) {
    return host.substr(kApi.size());
  }
  return host;
}

bool IsHost(std::string_view host, std::string_view web_host) {
  if (host == web_host) return true;
  // SSH through the port of HTTPS has a name of its own.
  return web_host == "github.com" && (host == "ssh.github.com" || host == "www.github.com");
}

}  // namespace

absl::StatusOr<std::string> RepositoryOfRemote(std::string_view remote_url, std::string_view api_url) {
  CLAMBAKE_ASSIGN_OR_RETURN(const ApiUrl api, ParseApiUrl(api_url));
  const std::string web_host = WebHost(api);
  RemoteParts parts = SplitRemote(remote_url);
  if (parts.host.empty()) {
    return absl::InvalidArgumentError(fmt::format("it is no address on {}", web_host));
  }
  if (!IsHost(parts.host, web_host)) {
    return absl::InvalidArgumentError(fmt::format("it is on {}, and the API {} belongs to {}",
                                                  SafeText(parts.host, kMaxShown), api_url, web_host));
  }
  while (parts.path.starts_with('/')) parts.path.remove_prefix(1);
  while (parts.path.ends_with('/')) parts.path.remove_suffix(1);
  if (parts.path.ends_with(".git")) parts.path.remove_suffix(4);
  if (CheckRepository(parts.path).ok()) return std::string(parts.path);
  return absl::InvalidArgumentError(
      fmt::format("its path is not OWNER/NAME but \"{}\"", SafeText(std::string(parts.path), kMaxShown)));
}

}  // namespace clambake
