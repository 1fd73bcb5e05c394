// Our reading of JSON beside RapidJSON's own, which judges each byte of a string
// while it reads: what we accept it accepts, as the same value; what we refuse
// it refuses, or it holds half of a surrogate pair.
#include <sstream>

#include "base/json_stream.h"
#include "base/json_view.h"
#include "rapidjson/document.h"
#include "rapidjson/memorystream.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"
#include "tests/fuzz/fuzz.h"

namespace clambake {
namespace {

constexpr JsonLimits kDeep{.max_depth = 5'000};  // deeper than inputs are long

// A surrogate as three bytes, ED A0…BF xx: well-formed UTF-8 has none.
bool HoldsSurrogate(const rapidjson::Value& text) {
  const std::string_view bytes(text.GetString(), text.GetStringLength());
  for (std::size_t at = bytes.find('\xED'); at < bytes.size(); at = bytes.find('\xED', at + 1)) {
    if (at + 1 < bytes.size() && static_cast<unsigned char>(bytes[at + 1]) >= 0xA0U) return true;
  }
  return false;
}

bool HasHalfPair(const rapidjson::Value& value) {
  if (value.IsString()) return HoldsSurrogate(value);
  if (value.IsArray()) return std::any_of(value.Begin(), value.End(), HasHalfPair);
  if (!value.IsObject()) return false;
  return std::any_of(value.MemberBegin(), value.MemberEnd(), [](const auto& member) {
    return HoldsSurrogate(member.name) || HasHalfPair(member.value);
  });
}

std::string Written(const rapidjson::Value& value) {
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> writer(text);
  value.Accept(writer);
  return {text.GetString(), text.GetSize()};
}

// What RapidJSON itself makes of it, written again; nothing if it is not fit.
template <unsigned kFlags>
std::optional<std::string> Judge(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (text.find('\0') != std::string_view::npos) return std::nullopt;  // it takes that for the end
  rapidjson::MemoryStream bytes(text.data(), text.size());
  rapidjson::Document document;
  document.ParseStream<kFlags | rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(
      bytes);
  if (document.HasParseError() || HasHalfPair(document)) return std::nullopt;
  return Written(document);
}

std::optional<std::string> ReadWhole(std::string_view text) {
  rapidjson::Document document;
  const absl::Status read = ParseJson(text, "fuzz", document);
  fuzz::CheckCode(read, {absl::StatusCode::kInvalidArgument});
  if (!read.ok()) return std::nullopt;
  return Written(document);
}

std::optional<std::string> ReadStreamed(std::string_view text) {
  std::istringstream in{std::string(text)};
  JsonReader reader(in, "fuzz", kDeep);
  const absl::StatusOr<const rapidjson::Value*> value = reader.ReadValue();
  fuzz::CheckCode(value.status(), {absl::StatusCode::kInvalidArgument});
  if (!value.ok()) return std::nullopt;
  const std::string written = Written(**value);
  if (!reader.ExpectEnd().ok()) return std::nullopt;
  return written;
}

bool IsSkipped(std::string_view text) {
  std::istringstream in{std::string(text)};
  JsonReader reader(in, "fuzz", kDeep);
  return reader.SkipValue().ok() && reader.ExpectEnd().ok();
}

FUZZ_TARGET(input) {
  FUZZ_CHECK(ReadWhole(input) == Judge<rapidjson::kParseFullPrecisionFlag>(input));
  const std::optional<std::string> streamed = Judge<rapidjson::kParseNoFlags>(input);
  FUZZ_CHECK(ReadStreamed(input) == streamed);
  FUZZ_CHECK(IsSkipped(input) == streamed.has_value());
}

}  // namespace
}  // namespace clambake
