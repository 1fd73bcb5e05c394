#include "github/url.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "base/safe_text.h"
#include "fmt/format.h"

namespace clambake {
namespace {

constexpr std::size_t kMaxUrlBytes = 8'192;

std::string Lower(std::string_view text) {
  return absl::AsciiStrToLower(absl::string_view(text.data(), text.size()));
}

bool IsUnreserved(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_' || c == '~';
}

struct Split {
  std::string scheme;
  std::string authority;
  std::string_view rest;  // path and what follows
};

std::optional<Split> SplitUrl(std::string_view url) {
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos || url.size() > kMaxUrlBytes) return std::nullopt;
  if (std::any_of(url.begin(), url.end(),
                  [](char c) { return !absl::ascii_isgraph(static_cast<unsigned char>(c)) || c == '\\'; })) {
    return std::nullopt;
  }
  const std::string_view after = url.substr(colon + 3);
  const std::size_t end = std::min(after.find_first_of("/?#"), after.size());
  return Split{Lower(url.substr(0, colon)), Lower(after.substr(0, end)), after.substr(end)};
}

std::string_view HostOf(std::string_view authority) {
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

// HOST or HOST:PORT (RFC 3986, section 3.2), without a user's name.
bool IsHostAndPort(std::string_view authority) {
  const std::string_view host = HostOf(authority);
  std::string_view port = authority.substr(host.size());
  if (host.empty() || host.find('@') != std::string_view::npos) return false;
  if (port.empty()) return true;
  port.remove_prefix(1);
  return authority[host.size()] == ':' && !port.empty() && port.size() <= 5 &&
         std::all_of(port.begin(), port.end(),
                     [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
}

bool IsLoopback(std::string_view host) {
  return host == "localhost" || host == "[::1]" || host == "127.0.0.1";
}

std::string OriginOf(const Split& split) {
  std::string authority = split.authority;
  const std::string_view own_port = split.scheme == "https" ? ":443" : ":80";
  if (authority.ends_with(own_port)) authority.resize(authority.size() - own_port.size());
  return fmt::format("{}://{}", split.scheme, authority);
}

// [begin, end) of the value of `name` in the query of `url`.
std::optional<std::pair<std::size_t, std::size_t>> FindParameter(std::string_view url,
                                                                 std::string_view name) {
  std::size_t at = url.find('?');
  while (at != std::string_view::npos) {
    const std::size_t begin = at + 1;
    at = url.find('&', begin);
    const std::string_view pair = url.substr(begin, at == std::string_view::npos ? at : at - begin);
    if (pair.starts_with(name) && pair.size() > name.size() && pair[name.size()] == '=') {
      return std::pair{begin + name.size() + 1, begin + pair.size()};
    }
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<ApiUrl> ParseApiUrl(std::string_view url) {
  const std::optional<Split> split = SplitUrl(url);
  // The URL itself stays out of the message where it may hold a password.
  if (!split || !IsHostAndPort(split->authority)) {
    return absl::InvalidArgumentError(
        "API URL: expected https://HOST[:PORT][/PATH] without user name and blanks");
  }
  const bool loopback = IsLoopback(HostOf(split->authority));
  if (split->scheme != "https" && !(split->scheme == "http" && loopback)) {
    return absl::InvalidArgumentError(fmt::format(
        "API URL {}: refused, it would send the token in the clear; expected https, or http on loopback",
        url));
  }
  std::string_view prefix = split->rest;
  if (prefix.find_first_of("?#") != std::string_view::npos) {
    return absl::InvalidArgumentError(fmt::format("API URL {}: expected no query and no fragment", url));
  }
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  return ApiUrl{OriginOf(*split), std::string(prefix)};
}

absl::Status CheckRepository(std::string_view repository) {
  constexpr std::size_t kMaxPart = 100;
  const auto good = [](std::string_view part) {
    return !part.empty() && part.size() <= kMaxPart && part != "." && part != ".." &&
           std::all_of(part.begin(), part.end(), [](char c) { return IsUnreserved(c) && c != '~'; });
  };
  const std::size_t slash = repository.find('/');
  if (slash != std::string_view::npos && good(repository.substr(0, slash)) &&
      good(repository.substr(slash + 1))) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(fmt::format("repository \"{}\": expected OWNER/NAME", repository));
}

std::string PercentEncode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (IsUnreserved(c)) {
      out.push_back(c);
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

absl::StatusOr<std::string> ResolveSameOrigin(const ApiUrl& api, std::string_view location) {
  const bool is_path = location.starts_with('/') && !location.starts_with("//");
  std::string url = fmt::format("{}{}", is_path ? api.origin : "", location);
  const std::optional<Split> split = SplitUrl(url);
  if (split && OriginOf(*split) == api.origin) return url;
  return absl::FailedPreconditionError(
      fmt::format("refused to follow {} away from {}", SafeText(location, 200), api.origin));
}

std::optional<std::string> FindLink(std::string_view header, std::string_view relation) {
  const std::string wanted = fmt::format("rel=\"{}\"", relation);
  std::size_t at = 0;
  while ((at = header.find('<', at)) != std::string_view::npos) {
    const std::size_t close = header.find('>', at);
    if (close == std::string_view::npos) return std::nullopt;
    const std::size_t next = std::min(header.find('<', close), header.size());
    if (header.substr(close, next - close).find(wanted) != std::string_view::npos) {
      return std::string(header.substr(at + 1, close - at - 1));
    }
    at = next;
  }
  return std::nullopt;
}

std::optional<std::string> QueryParameter(std::string_view url, std::string_view name) {
  const auto found = FindParameter(url, name);
  if (!found) return std::nullopt;
  return std::string(url.substr(found->first, found->second - found->first));
}

std::string WithQueryParameter(std::string_view url, std::string_view name, std::string_view value) {
  std::string out(url);
  if (const auto found = FindParameter(url, name)) {
    out.replace(found->first, found->second - found->first, value);
  }
  return out;
}

}  // namespace clambake
