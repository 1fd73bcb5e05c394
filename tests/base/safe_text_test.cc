#include "base/safe_text.h"

#include "tests/support/catch.h"

namespace clambake {
namespace {

TEST_CASE("Plain text of any language stays as it is") {
  for (const char* text : {"", "plain", "Français", "日本語", "العربية", "🦪"})
    REQUIRE(SafeText(text) == text);
}

TEST_CASE("Nothing that moves a cursor survives") {
  REQUIRE(SafeText("a\x1b[31mb\r\nc\td\x7f\xC2\x9B") == "a [31mb  c d  ");
  REQUIRE(SafeText(std::string("a\0b", 3)) == "a b");
}

TEST_CASE("Nothing that reorders or hides survives") {
  REQUIRE(SafeText("a\xE2\x80\xAE"
                   "b\xE2\x81\xA6"
                   "c\xE2\x80\x8B"
                   "d\xEF\xBB\xBF"
                   "e\xF3\xA0\x81\x81"
                   "f") == "abcdef");
}

TEST_CASE("Invalid UTF-8 becomes the replacement character, byte by byte") {
  const std::string r = "\xEF\xBF\xBD";
  REQUIRE(SafeText("a\xff"
                   "b") == "a" + r + "b");
  REQUIRE(SafeText("\xC0\xAF") == r + r);                  // overlong
  REQUIRE(SafeText("\xED\xA0\x80") == r + r + r);          // a surrogate
  REQUIRE(SafeText("\xE2\x82") == r + r);                  // cut off
  REQUIRE(SafeText("\xF4\x90\x80\x80") == r + r + r + r);  // beyond U+10FFFF
}

TEST_CASE("What is too long ends in an ellipsis and keeps its length") {
  REQUIRE(SafeText("abcdef", 6) == "abcdef");
  REQUIRE(SafeText("abcdefg", 6) == "abcde…");
  REQUIRE(SafeText("日本語日本語", 3) == "日本…");
}

}  // namespace
TEST_CASE("UTF-8 is told from other bytes wherever they stand") {
  const std::string around(21, 'a');
  for (std::size_t at = 0; at <= around.size(); ++at) {
    const auto with = [&](std::string_view piece) { return std::string(around).insert(at, piece); };
    for (const std::string_view good :
         {"", "ä", "€", "🙂", "\xED\x9F\xBF", "\xEF\xBF\xBE", "\xF4\x8F\xBF\xBF"}) {
      CAPTURE(at, good);
      REQUIRE(IsUtf8(with(good)));
    }
    // A stray follower, cut short, overlong, surrogates, beyond U+10FFFF.
    for (const std::string_view bad :
         {"\x80", "\xFF", "\xC3", "\xE2\x82", "\xF0\x9F\x99", "\xC0\x80", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF",
          "\xED\xA0\x80", "\xED\xBF\xBF", "\xF4\x90\x80\x80"}) {
      CAPTURE(at, bad);
      REQUIRE_FALSE(IsUtf8(with(bad)));
    }
  }
}

}  // namespace clambake
