#include "github/session.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace clambake {
namespace {

constexpr std::size_t kMaxMoved = 64;

absl::Status CheckToken(const Secret& token) {
  constexpr std::size_t kMaxTokenBytes = 4'096;
  const std::string_view bytes = token.Reveal();
  const bool good = bytes.size() <= kMaxTokenBytes && std::all_of(bytes.begin(), bytes.end(), [](char c) {
                      return absl::ascii_isgraph(static_cast<unsigned char>(c));
                    });
  return good ? absl::OkStatus()
              : absl::InvalidArgumentError(
                    "token: expected visible ASCII characters without blanks or line ends");
}

absl::Status CheckOptions(const GithubOptions& options) {
  constexpr int kMaxConcurrent = 100;
  constexpr int kMaxAttempts = 20;
  CLAMBAKE_RETURN_IF_ERROR(CheckRepository(options.repository));
  CLAMBAKE_RETURN_IF_ERROR(CheckToken(options.token));
  if (options.api_version != "2022-11-28" && options.api_version != "2026-03-10") {
    return absl::InvalidArgumentError(
        fmt::format("API version \"{}\": expected 2022-11-28 or 2026-03-10", options.api_version));
  }
  if (options.max_concurrent_reads < 1 || options.max_concurrent_reads > kMaxConcurrent) {
    return absl::InvalidArgumentError(fmt::format("max_concurrent_reads: {} is not between 1 and {}",
                                                  options.max_concurrent_reads, kMaxConcurrent));
  }
  if (options.max_attempts < 1 || options.max_attempts > kMaxAttempts) {
    return absl::InvalidArgumentError(
        fmt::format("max_attempts: {} is not between 1 and {}", options.max_attempts, kMaxAttempts));
  }
  return absl::OkStatus();
}

// A name for the token that gives nothing of it away.
std::string TokenDigest(const GithubOptions& options, const ApiUrl& api) {
  constexpr std::size_t kDigits = 32;
  const std::string digest = Digest(fmt::format("{}\n{}", api.origin, options.token.Reveal()));
  return digest.substr(sizeof("sha256:") - 1, kDigits);
}

}  // namespace

absl::StatusOr<SessionParts> MakeSessionParts(const GithubOptions& options, Clock& clock,
                                              std::unique_ptr<HttpTransport> transport) {
  CLAMBAKE_RETURN_IF_ERROR(CheckOptions(options));
  SessionParts parts;
  parts.options = options;
  CLAMBAKE_ASSIGN_OR_RETURN(parts.api, ParseApiUrl(options.api_url));
  parts.clock = &clock;
  parts.transport = std::move(transport);
  if (options.cache_dir.empty()) {
    parts.gate = NewMemoryGate();
    parts.cache = NewMemoryCache();
    return parts;
  }
  const std::string base = fmt::format("{}/{}", options.cache_dir, TokenDigest(options, parts.api));
  CLAMBAKE_RETURN_IF_ERROR(MakePrivateDirectory(options.cache_dir));
  CLAMBAKE_RETURN_IF_ERROR(MakePrivateDirectory(base));
  CLAMBAKE_ASSIGN_OR_RETURN(parts.gate, NewFileGate(base + "/gate"));
  CLAMBAKE_RETURN_IF_ERROR(MakePrivateDirectory(base + "/http"));
  parts.cache = NewFileCache(base + "/http");
  return parts;
}

std::string Session::UrlOf(std::string_view path) const {
  for (const auto& [from, to] : moved_) {
    if (path.starts_with(from) &&
        (path.size() == from.size() || path[from.size()] == '/' || path[from.size()] == '?')) {
      return fmt::format("{}{}{}{}", parts_.api.origin, parts_.api.prefix, to, path.substr(from.size()));
    }
  }
  return fmt::format("{}{}{}", parts_.api.origin, parts_.api.prefix, path);
}

std::string Session::GraphqlUrl() const {
  constexpr std::string_view kRestSuffix = "/v3";  // GitHub Enterprise: /api/v3 beside /api/graphql
  std::string_view prefix = parts_.api.prefix;
  if (prefix.ends_with(kRestSuffix)) prefix.remove_suffix(kRestSuffix.size());
  return fmt::format("{}{}/graphql", parts_.api.origin, prefix);
}

HttpRequest Session::MakeRequest(std::string_view method, std::string_view url, std::string body) const {
  HttpRequest request{std::string(method), std::string(url), {}, std::move(body)};
  request.headers = {{"User-Agent", fmt::format("clambake/{}", Version())},
                     {"Accept", "application/vnd.github+json"},
                     {"X-GitHub-Api-Version", parts_.options.api_version}};
  if (!request.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  if (!parts_.options.token.empty()) {
    request.headers.emplace_back("Authorization", fmt::format("Bearer {}", parts_.options.token.Reveal()));
  }
  return request;
}

absl::StatusOr<int> Session::Enter(Passage passage) {
  passage.longest = parts_.options.timeout + absl::Seconds(1);
  absl::Duration waited;
  while (true) {
    const absl::Time now = parts_.clock->Now();
    CLAMBAKE_ASSIGN_OR_RETURN(const Admission admission, parts_.gate->Enter(passage, now));
    if (admission.granted > 0) return admission.granted;
    if (waited + admission.wait > parts_.options.max_limit_wait) {
      const absl::Time at = now + admission.wait;
      return WithDetails(absl::ResourceExhaustedError(
                             fmt::format("{}: nothing may be sent before {}", admission.reason,
                                         absl::FormatTime(absl::RFC3339_sec, at, absl::UTCTimeZone()))),
                         {.retry_at = at});
    }
    waited += admission.wait;
    parts_.clock->Sleep(admission.wait);
  }
}

std::vector<absl::StatusOr<HttpResponse>> Session::Send(const std::vector<HttpRequest>& requests) {
  return parts_.transport->Send(requests, {.timeout = parts_.options.timeout,
                                           .max_body_bytes = parts_.options.max_response_bytes,
                                           .max_concurrent = parts_.options.max_concurrent_reads});
}

absl::StatusOr<bool> Session::Leave(const Passage& passage, const absl::StatusOr<HttpResponse>& response) {
  const absl::Time now = parts_.clock->Now();
  const LimitSignal signal = response.ok() ? SignalOf(*response) : LimitSignal{};
  CLAMBAKE_RETURN_IF_ERROR(parts_.gate->Leave(passage, signal, now));
  return signal.breach != LimitSignal::Breach::kNone;
}

absl::StatusOr<std::string> Session::Follow(const std::string& url, const HttpResponse& response) {
  const std::string_view location = FindHeader(response.headers, "location");
  if (location.empty()) return absl::FailedPreconditionError("redirect without a target");
  CLAMBAKE_ASSIGN_OR_RETURN(std::string target, ResolveSameOrigin(parts_.api, location));
  const bool for_good = response.status == 301 || response.status == 308;
  const std::string from = RepositoryPath();
  const std::string old_start = parts_.api.origin + parts_.api.prefix + from;
  const std::string new_start = parts_.api.origin + parts_.api.prefix;
  if (for_good && url.starts_with(old_start) && target.starts_with(new_start) && moved_.size() < kMaxMoved) {
    const std::string_view rest = std::string_view(url).substr(old_start.size());
    if (target.ends_with(rest)) {
      moved_.emplace_back(from,
                          target.substr(new_start.size(), target.size() - new_start.size() - rest.size()));
    }
  }
  return target;
}

absl::Status Session::LimitError(std::string_view what, const HttpResponse& response) const {
  const LimitSignal signal = SignalOf(response);
  absl::Time at = parts_.clock->Now() + signal.retry_after.value_or(absl::Minutes(1));
  if (signal.breach == LimitSignal::Breach::kPrimary && signal.reset) at = std::max(at, *signal.reset);
  const absl::Status error = ErrorFromAnswer(response, what);
  GithubError details = ErrorDetails(error);
  details.retry_at = at;
  return WithDetails(absl::ResourceExhaustedError(error.message()), details);
}

void Session::BackOff(int attempt) {
  constexpr int kMaxDoublings = 5;
  if (jitter_ == 0) jitter_ = static_cast<std::uint64_t>(absl::ToUnixNanos(parts_.clock->Now())) | 1U;
  jitter_ ^= jitter_ << 13U;  // xorshift: clients that failed together do not return together
  jitter_ ^= jitter_ >> 7U;
  jitter_ ^= jitter_ << 17U;
  const absl::Duration base = absl::Seconds(1) * (1 << std::clamp(attempt - 1, 0, kMaxDoublings));
  parts_.clock->Sleep(base + base * (static_cast<double>(jitter_ % 1'000) / 2'000.0));
}

}  // namespace clambake
