#include "base/safe_text.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace clambake {
namespace {

constexpr std::uint32_t kInvalid = 0xFFFD;

struct Decoded {
  std::uint32_t code_point;
  std::size_t length;
};

// Reserved for programs' own use: a page must not contain them, and parsers differ.
bool IsNoncharacter(std::uint32_t c) { return (c & 0xFFFEU) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF); }

// One code point of UTF-8 (RFC 3629): no overlong forms, no surrogates.
Decoded DecodeOne(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  if (first < 0x80U) return {first, 1};
  const std::size_t length = first >= 0xF0U ? 4 : first >= 0xE0U ? 3 : 2;
  if (first < 0xC2U || first > 0xF4U || text.size() < length) return {kInvalid, 1};
  std::uint32_t code_point = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {kInvalid, 1};
    code_point = (code_point << 6U) | (byte(i) & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  if (code_point < kLeast.at(length) || code_point > 0x10FFFF || surrogate) return {kInvalid, 1};
  return {IsNoncharacter(code_point) ? kInvalid : code_point, length};
}

// How many bytes at the start are ASCII, but for the last few: eight at a time.
std::size_t AsciiPrefix(std::string_view text) {
  std::size_t at = 0;
  for (std::uint64_t word = 0; text.size() - at >= sizeof word; at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & 0x8080'8080'8080'8080U) != 0) break;
  }
  return at;
}

bool IsControl(std::uint32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029; }

bool IsInvisible(std::uint32_t c) {
  return (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
         c == 0xFEFF || c == 0x061C || c == 0x00AD || (c >= 0xE0000 && c <= 0xE007F);
}

}  // namespace

bool IsUtf8(std::string_view text) {
  while (true) {
    text.remove_prefix(AsciiPrefix(text));
    if (text.empty()) return true;
    const Decoded decoded = DecodeOne(text);
    if (decoded.code_point == kInvalid && decoded.length == 1) return false;
    text.remove_prefix(decoded.length);
  }
}

std::string SafeText(std::string_view text, std::size_t max_code_points) {
  std::string safe;
  std::size_t count = 0;
  std::size_t last_start = 0;  // where the code point before the next one begins
  while (!text.empty()) {
    const Decoded decoded = DecodeOne(text);
    const std::string_view bytes = text.substr(0, decoded.length);
    text.remove_prefix(decoded.length);
    if (IsInvisible(decoded.code_point)) continue;
    if (count == max_code_points) {
      safe.resize(last_start);
      return safe + "…";
    }
    last_start = safe.size();
    ++count;
    if (IsControl(decoded.code_point)) {
      safe += ' ';
    } else if (decoded.code_point == kInvalid) {
      safe += "\xEF\xBF\xBD";
    } else {
      safe += bytes;
    }
  }
  return safe;
}

}  // namespace clambake
