#include "base/json_view.h"

#include <array>

#include "absl/strings/str_replace.h"
#include "base/json_handler.h"
#include "base/safe_text.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "rapidjson/memorystream.h"
#include "rapidjson/reader.h"

namespace clambake {
namespace {

constexpr std::size_t kMaxMessage = 1'000;  // it may quote what it is about

std::string_view TypeName(const rapidjson::Value& value) {
  constexpr std::array<std::string_view, 7> kNames = {"null",     "false",    "true",    "an object",
                                                      "an array", "a string", "a number"};
  return kNames[static_cast<std::size_t>(value.GetType())];
}

// The next two digits at `text[at]`; −1 if they are no digits.
int TwoDigits(std::string_view text, std::size_t at) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : -100; };
  const int value = digit(at) * 10 + digit(at + 1);
  return value < 0 ? -1 : value;
}

}  // namespace

absl::Status ParseJson(std::string_view text, std::string_view name, rapidjson::Document& document) {
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseFullPrecisionFlag;
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  const std::size_t start = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  rapidjson::MemoryStream input(text.data() + start, text.size() - start);
  rapidjson::Reader parser;
  rapidjson::ParseResult result;
  auto generator = [&](rapidjson::Document& target) {
    JsonHandler<rapidjson::Document> handler(target);
    result = parser.Parse<kFlags>(input, handler);
    return !result.IsError();
  };
  document.Populate(generator);
  // RapidJSON takes a NUL for the end, whatever follows.
  const std::size_t read = start + (result.IsError() ? result.Offset() : input.Tell());
  if (!result.IsError() && read == text.size()) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format("{}: not JSON at byte {}", name, read));
}

std::optional<absl::Time> ParseTimestamp(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00Z";
  if (text.size() == kShape.size() && text[4] == '-' && text[7] == '-' && text[10] == 'T' &&
      text[13] == ':' && text[16] == ':' && text[19] == 'Z') {
    const int century = TwoDigits(text, 0), year = TwoDigits(text, 2), month = TwoDigits(text, 5);
    const int day = TwoDigits(text, 8), hour = TwoDigits(text, 11), minute = TwoDigits(text, 14);
    const int second = TwoDigits(text, 17);
    if (century < 0 || year < 0 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23 ||
        minute < 0 || minute > 59 || second < 0 || second > 59) {
      return std::nullopt;
    }
    const absl::CivilSecond civil(century * 100 + year, month, day, hour, minute, second);
    if (civil.day() != day) return std::nullopt;  // 30 February
    return absl::FromCivil(civil, absl::UTCTimeZone());
  }
  absl::Time time;
  if (!absl::ParseTime(absl::RFC3339_full, std::string(text), &time, nullptr)) return std::nullopt;
  // "infinite-past" is Abseil's, not RFC 3339's, and means "unknown" here.
  if (time == absl::InfinitePast() || time == absl::InfiniteFuture()) return std::nullopt;
  return time;
}

// Abseil reads its format anew each time: only years that have no four digits are left to it.
std::string FormatTimestamp(absl::Time time) {
  const absl::CivilSecond utc = absl::ToCivilSecond(time, absl::UTCTimeZone());
  if (utc.year() < 1000 || utc.year() > 9999) {
    return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
  }
  std::string text = "0000-00-00T00:00:00Z";
  const auto put = [&](std::size_t at, std::int64_t value) {
    text[at] = static_cast<char>('0' + value / 10);
    text[at + 1] = static_cast<char>('0' + value % 10);
  };
  put(0, utc.year() / 100);
  put(2, utc.year() % 100);
  put(5, utc.month());
  put(8, utc.day());
  put(11, utc.hour());
  put(14, utc.minute());
  put(17, utc.second());
  return text;
}

std::string JsonView::Path() const {
  if (parent_ == nullptr) return std::string(key_);
  std::string step = std::to_string(index_);
  if (key_.data() != nullptr) step = absl::StrReplaceAll(std::string(key_), {{"~", "~0"}, {"/", "~1"}});
  return parent_->Path() + "/" + step;
}

absl::Status JsonView::Error(std::string_view what) const {
  const std::string_view separator = parent_ == nullptr ? "" : ": ";  // a root has its own
  return absl::InvalidArgumentError(SafeText(fmt::format("{}{}{}", Path(), separator, what), kMaxMessage));
}

absl::Status JsonView::Expected(std::string_view what) const {
  return Error(fmt::format("expected {}, found {}", what, TypeName(*value_)));
}

absl::Status JsonView::ExpectObject() const {
  return value_->IsObject() ? absl::OkStatus() : Expected("an object");
}

absl::Status JsonView::ExpectSchema(std::string_view schema) const {
  CLAMBAKE_RETURN_IF_ERROR(ExpectObject());
  std::string found;
  CLAMBAKE_RETURN_IF_ERROR(Read("schema", Presence::kRequired, found));
  return found == schema ? absl::OkStatus() : Find("schema")->Error(fmt::format("expected \"{}\"", schema));
}

std::optional<JsonView> JsonView::Find(std::string_view key) const {
  if (!value_->IsObject()) return std::nullopt;
  const auto name = rapidjson::Value(rapidjson::StringRef(key.data(), key.size()));
  const auto member = value_->FindMember(name);
  if (member == value_->MemberEnd() || member->value.IsNull()) return std::nullopt;
  return JsonView(member->value, *this, key);
}

absl::Status JsonView::With(std::string_view key, Presence presence, Each read) const {
  CLAMBAKE_RETURN_IF_ERROR(ExpectObject());
  if (std::optional<JsonView> member = Find(key)) return read(*member);
  if (presence == Presence::kOptional) return absl::OkStatus();
  return Error(fmt::format("\"{}\" is missing", key));
}

absl::Status JsonView::As(std::string& target) const {
  if (!value_->IsString()) return Expected("a string");
  target.assign(value_->GetString(), value_->GetStringLength());
  return absl::OkStatus();
}

absl::Status JsonView::As(std::int64_t min, std::int64_t max, std::int64_t& target) const {
  if (!value_->IsInt64() || value_->GetInt64() < min || value_->GetInt64() > max) {
    if (value_->IsNumber()) return Error(fmt::format("expected an integer from {} to {}", min, max));
    return Expected(fmt::format("an integer from {} to {}", min, max));
  }
  target = value_->GetInt64();
  return absl::OkStatus();
}

absl::Status JsonView::Read(std::string_view key, Presence presence, std::string& target) const {
  return With(key, presence, [&](const JsonView& member) { return member.As(target); });
}

absl::Status JsonView::Read(std::string_view key, Presence presence, bool& target) const {
  return With(key, presence, [&](const JsonView& member) {
    if (!member.value().IsBool()) return member.Expected("true or false");
    target = member.value().GetBool();
    return absl::OkStatus();
  });
}

absl::Status JsonView::Read(std::string_view key, Presence presence, absl::Time& target) const {
  return With(key, presence, [&](const JsonView& member) {
    constexpr std::string_view kWhat = "a time such as \"2026-01-02T03:04:05Z\"";
    if (!member.value().IsString()) return member.Expected(kWhat);
    const auto time = ParseTimestamp({member.value().GetString(), member.value().GetStringLength()});
    if (!time) return member.Error(fmt::format("expected {}", kWhat));
    target = *time;
    return absl::OkStatus();
  });
}

absl::Status JsonView::Read(std::string_view key, Presence presence, std::int64_t min, std::int64_t max,
                            std::int64_t& target) const {
  return With(key, presence, [&](const JsonView& member) { return member.As(min, max, target); });
}

absl::Status JsonView::ForEach(std::string_view key, Presence presence, Each each) const {
  return With(key, presence, [&](const JsonView& member) { return member.ForEachElement(each); });
}

absl::Status JsonView::ForEachElement(Each each) const {
  if (!value_->IsArray()) return Expected("an array");
  std::size_t index = 0;
  for (const rapidjson::Value& element : value_->GetArray()) {
    CLAMBAKE_RETURN_IF_ERROR(each(JsonView(element, *this, index++)));
  }
  return absl::OkStatus();
}

}  // namespace clambake
