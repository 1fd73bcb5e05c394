// Link headers and URLs: "HEADER\nRELATION\nURL". Nothing that an answer says
// may lead the token away from the API.
#include "fmt/format.h"
#include "github/url.h"
#include "tests/fuzz/fuzz.h"

namespace clambake {
namespace {

using absl::StatusCode;

constexpr std::string_view kOrigin = "https://api.github.test";

bool IsBelow(std::string_view url, std::string_view origin) {
  if (url.size() < origin.size()) return false;
  const std::string_view rest = url.substr(origin.size());
  return rest.empty() || rest[0] == '/' || rest[0] == '?' || rest[0] == '#';
}

void CheckTarget(std::string_view location) {
  const ApiUrl api{std::string(kOrigin), ""};
  const absl::StatusOr<std::string> target = ResolveSameOrigin(api, location);
  fuzz::CheckCode(target.status(), {StatusCode::kFailedPrecondition});
  if (!target.ok()) return FUZZ_CHECK(fuzz::IsShowable(fuzz::Message(target.status()), 900));
  FUZZ_CHECK(target->size() <= 8'192 + kOrigin.size());
  FUZZ_CHECK(std::all_of(target->begin(), target->end(), [](char c) { return c > ' ' && c < '\x7f'; }));
  std::string lower = target->substr(0, kOrigin.size());
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  const bool with_port = target->substr(kOrigin.size(), 4) == ":443";
  FUZZ_CHECK(lower == kOrigin);
  FUZZ_CHECK(IsBelow(*target, std::string(kOrigin) + (with_port ? ":443" : "")));
}

void CheckApiUrl(std::string_view url) {
  const absl::StatusOr<ApiUrl> api = ParseApiUrl(url);
  fuzz::CheckCode(api.status(), {StatusCode::kInvalidArgument});
  if (!api.ok()) return;
  FUZZ_CHECK(api->origin.substr(0, 8) == "https://" || api->origin.find("127.0.0.1") != std::string::npos ||
             api->origin.find("localhost") != std::string::npos || api->origin.find("[::1]") == 7);
  FUZZ_CHECK(api->origin.find_first_of("@/?#\\ ", 8) == std::string::npos);
  FUZZ_CHECK(api->prefix.empty() || (api->prefix[0] == '/' && api->prefix.back() != '/'));
  const absl::StatusOr<ApiUrl> again = ParseApiUrl(api->origin + api->prefix);
  FUZZ_CHECK(again.ok() && again->origin == api->origin && again->prefix == api->prefix);
  FUZZ_CHECK(ResolveSameOrigin(*api, api->origin + "/x").ok());
}

std::string PercentDecode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() + 0;
    out += escape ? static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)) : text[i];
    if (escape) i += 2;
  }
  return out;
}

void CheckParameter(std::string_view url) {
  const std::string value = PercentEncode(url);
  FUZZ_CHECK(value.find_first_of("&=#?/ <>\"") == std::string::npos);
  FUZZ_CHECK(PercentDecode(value) == url);
  const auto page = QueryParameter(url, "page");
  const std::string changed = WithQueryParameter(url, "page", value);
  FUZZ_CHECK(page || changed == url);
  FUZZ_CHECK(!page || QueryParameter(changed, "page") == value);
  FUZZ_CHECK(!page || WithQueryParameter(changed, "page", *page) == url);
}

FUZZ_TARGET(input) {
  fuzz::Input lines(input);
  const std::string header = lines.Line();
  const std::string relation = lines.Line();
  const std::string url = lines.Line();
  if (const auto target = FindLink(header, relation)) {
    FUZZ_CHECK(header.find("<" + *target + ">") != std::string::npos);
    FUZZ_CHECK(target->find('>') == std::string::npos);
    CheckTarget(*target);
  }
  // Whatever stands around it, a link of ours is found.
  if (header.find_first_of("<>\"") == std::string::npos && url.find_first_of("<>") == std::string::npos) {
    const std::string link = fmt::format("{}<https://o>; rel=\"other\", <{}>; rel=\"next\"", header, url);
    FUZZ_CHECK(FindLink(link, "next") == url);
  }
  CheckTarget(url);
  CheckApiUrl(url);
  CheckParameter(url);
  if (CheckRepository(url).ok())
    FUZZ_CHECK(PercentEncode(url.substr(url.find('/') + 1)).find('%') == std::string::npos);
}

}  // namespace
}  // namespace clambake
