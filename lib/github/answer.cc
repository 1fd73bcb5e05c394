#include "github/answer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/json_view.h"
#include "base/safe_text.h"
#include "fmt/format.h"

namespace clambake {
namespace {

constexpr char kDetailsUrl[] = "clambake.dev/github-error";
constexpr std::size_t kMaxMessageLength = 600;

absl::string_view Abseil(std::string_view text) { return {text.data(), text.size()}; }

// Whether `text` contains `words`, which are lower case, in any case.
bool Contains(std::string_view text, std::string_view words) {
  const std::string lower = absl::AsciiStrToLower(Abseil(text));
  return lower.find(words) != std::string::npos;
}

std::optional<std::int64_t> Number(std::string_view text) {
  std::int64_t number = 0;
  if (text.empty() || !absl::SimpleAtoi(Abseil(text), &number)) return std::nullopt;
  return number;
}

// Text from outside, safe for one line of a terminal or log.
std::string OneLine(std::string_view text) { return SafeText(text, kMaxMessageLength); }

std::string StringMember(const rapidjson::Value& object, const char* key) {
  if (!object.IsObject()) return {};
  const auto member = object.FindMember(key);
  if (member == object.MemberEnd() || !member->value.IsString()) return {};
  return {member->value.GetString(), member->value.GetStringLength()};
}

// GitHub's description of an error. Its body may not be JSON.
struct Complaint {
  std::string message;
  std::string documentation_url;
  std::vector<std::string> details;
  bool duplicate = false;
};

std::string DescribeDetail(const rapidjson::Value& detail) {
  if (detail.IsString()) return {detail.GetString(), detail.GetStringLength()};
  std::string message = StringMember(detail, "message");
  if (!message.empty()) return message;
  return fmt::format("{} {}: {}", StringMember(detail, "resource"), StringMember(detail, "field"),
                     StringMember(detail, "code"));
}

Complaint ReadComplaint(const HttpResponse& response) {
  Complaint complaint;
  rapidjson::Document document;
  if (!ParseJson(response.body, "", document).ok() || !document.IsObject()) return complaint;
  const rapidjson::Value& json = document;
  complaint.message = StringMember(json, "message");
  complaint.documentation_url = StringMember(json, "documentation_url");
  const auto errors = json.FindMember("errors");
  if (errors != json.MemberEnd() && errors->value.IsArray()) {
    for (const rapidjson::Value& error : errors->value.GetArray()) {
      complaint.details.push_back(DescribeDetail(error));
      complaint.duplicate |= StringMember(error, "code") == "already_exists";
    }
  }
  const auto says = [&](std::string_view words) {
    return Contains(complaint.message, words) ||
           std::any_of(complaint.details.begin(), complaint.details.end(),
                       [&](const std::string& detail) { return Contains(detail, words); });
  };
  complaint.duplicate |= says("already exists");
  return complaint;
}

bool IsSecondary(const HttpResponse& response, const Complaint& complaint) {
  const auto& message = complaint.message;
  const auto& url = complaint.documentation_url;
  return Contains(message, "secondary rate") || Contains(message, "abuse detection") ||
         Contains(message, "submitted too quickly") || absl::EndsWith(url, "secondary-rate-limits") ||
         absl::EndsWith(url, "#abuse-rate-limits") ||
         (response.status == 403 && !FindHeader(response.headers, "retry-after").empty());
}

absl::StatusCode CodeFor(int status, const Complaint& complaint) {
  switch (status) {
    case 400:
      return absl::StatusCode::kInvalidArgument;
    case 401:
      return absl::StatusCode::kUnauthenticated;
    case 403:
    case 451:
      return absl::StatusCode::kPermissionDenied;
    case 404:
    case 410:
      return absl::StatusCode::kNotFound;
    case 405:
      return absl::StatusCode::kFailedPrecondition;
    case 409:
      return absl::StatusCode::kAborted;
    case 422:
      if (complaint.duplicate) return absl::StatusCode::kAlreadyExists;
      if (Contains(complaint.message, "fast forward")) return absl::StatusCode::kAborted;
      if (Contains(complaint.message, "does not exist")) return absl::StatusCode::kNotFound;
      return absl::StatusCode::kInvalidArgument;
    case 429:
      return absl::StatusCode::kResourceExhausted;
    default:
      return status >= 500 ? absl::StatusCode::kUnavailable : absl::StatusCode::kFailedPrecondition;
  }
}

std::string_view HintFor(int status) {
  switch (status) {
    case 401:
      return " (the token is wrong or has expired)";
    case 403:
      return " (the token lacks a permission)";
    case 404:
      return " (it can also mean that the repository is private or the token has no permission)";
    default:
      return "";
  }
}

bool IsJson(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  return absl::EqualsIgnoreCase(Abseil(type), "application/json") ||
         absl::EndsWithIgnoreCase(Abseil(type), "+json");
}

}  // namespace

LimitSignal SignalOf(const HttpResponse& response) {
  LimitSignal signal;
  signal.success = response.status < 400;
  if (const auto resource = FindHeader(response.headers, "x-ratelimit-resource"); !resource.empty()) {
    signal.resource = resource;
  }
  signal.limit = Number(FindHeader(response.headers, "x-ratelimit-limit"));
  signal.remaining = Number(FindHeader(response.headers, "x-ratelimit-remaining"));
  if (const auto reset = Number(FindHeader(response.headers, "x-ratelimit-reset"))) {
    signal.reset = absl::FromUnixSeconds(*reset);
  }
  if (const auto seconds = Number(FindHeader(response.headers, "retry-after")); seconds && *seconds >= 0) {
    signal.retry_after = absl::Seconds(*seconds);
  }
  // GraphQL reports secondary limits as 200, too.
  const bool refused = response.status == 403 || response.status == 429 || response.status == 422;
  if (!refused && response.status != 200) return signal;
  if (response.status == 200 && response.body.size() > 4'096) return signal;
  const Complaint complaint = ReadComplaint(response);
  if (IsSecondary(response, complaint)) {
    signal.breach = LimitSignal::Breach::kSecondary;
  } else if (refused && response.status != 422 && (signal.remaining == 0 || response.status == 429)) {
    signal.breach = signal.remaining == 0 ? LimitSignal::Breach::kPrimary : LimitSignal::Breach::kSecondary;
  }
  signal.success = signal.success && signal.breach == LimitSignal::Breach::kNone;
  return signal;
}

absl::StatusOr<rapidjson::Document> ParseBody(const HttpResponse& response) {
  rapidjson::Document json;
  if (response.status == 204 || (response.body.empty() && response.status != 200)) return json;
  if (!IsJson(FindHeader(response.headers, "content-type"))) {
    return absl::DataLossError(fmt::format("HTTP {} with content type \"{}\" in place of JSON",
                                           response.status,
                                           OneLine(FindHeader(response.headers, "content-type"))));
  }
  const absl::Status parsed = ParseJson(response.body, "body", json);
  if (!parsed.ok()) {
    return absl::DataLossError(fmt::format("HTTP {} with broken JSON of {} bytes: {}", response.status,
                                           response.body.size(), std::string(parsed.message())));
  }
  return json;
}

absl::Status ErrorFromAnswer(const HttpResponse& response, std::string_view what) {
  const Complaint complaint = ReadComplaint(response);
  std::string message = fmt::format("{}: HTTP {}", what, response.status);
  if (!complaint.message.empty()) message += fmt::format(": {}", OneLine(complaint.message));
  if (!complaint.details.empty()) {
    message += fmt::format(" [{}]", OneLine(absl::StrJoin(complaint.details, "; ")));
  }
  if (SignalOf(response).breach == LimitSignal::Breach::kNone) message += HintFor(response.status);
  if (!complaint.documentation_url.empty())
    message += fmt::format(" {}", OneLine(complaint.documentation_url));
  return WithDetails(absl::Status(CodeFor(response.status, complaint), message),
                     {.http_status = response.status,
                      .request_id = OneLine(FindHeader(response.headers, "x-github-request-id"))});
}

absl::Status WithDetails(const absl::Status& status, const GithubError& details) {
  absl::Status result = status;
  std::string text = fmt::format("{}\n{}\n", details.http_status, details.request_id);
  if (details.retry_at) text += fmt::format("{}", absl::ToUnixMicros(*details.retry_at));
  result.SetPayload(kDetailsUrl, absl::Cord(text));
  return result;
}

GithubError ErrorDetails(const absl::Status& status) {
  GithubError details;
  const auto payload = status.GetPayload(kDetailsUrl);
  if (!payload) return details;
  const std::vector<std::string> lines = absl::StrSplit(std::string(*payload), '\n');
  if (lines.size() != 3) return details;
  details.http_status = static_cast<int>(Number(lines[0]).value_or(0));
  details.request_id = lines[1];
  if (const auto at = Number(lines[2])) details.retry_at = absl::FromUnixMicros(*at);
  return details;
}

absl::Status Annotate(const absl::Status& status, std::string_view prefix) {
  if (status.ok()) return status;
  absl::Status result(
      status.code(),
      fmt::format("{}: {}", prefix, std::string_view(status.message().data(), status.message().size())));
  status.ForEachPayload(
      [&](absl::string_view url, const absl::Cord& payload) { result.SetPayload(url, payload); });
  return result;
}

}  // namespace clambake
