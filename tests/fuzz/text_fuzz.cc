// Text made safe for terminals, and escaped for pages.
#include "base/safe_text.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "report/html.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/html.h"

namespace clambake {
namespace {

std::size_t CodePoints(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(
      utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// nlohmann's writer knows UTF-8, and throws on anything else.
bool IsUtf8(const std::string& text) {
  try {
    return !nlohmann::json(text).dump().empty();
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

void CheckSafe(std::string_view text, std::size_t limit) {
  const std::string safe = SafeText(text, limit);
  FUZZ_CHECK(IsUtf8(safe));
  FUZZ_CHECK(CodePoints(safe) <= limit);
  FUZZ_CHECK(SafeText(safe, limit) == safe);
  FUZZ_CHECK(fuzz::IsShowable(safe, 4 * limit + 4) && safe.find('\n') == std::string::npos);
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f'; });
  if (plain && text.size() <= limit) FUZZ_CHECK(safe == text);
}

// Through the parser of a browser, escaped text is the text: between tags and in quotes.
void CheckEscaped(std::string_view text) {
  const std::string safe = SafeText(text, 160);
  const std::string escaped = Escaped(text);
  const fuzz::Html page(
      fmt::format("<!DOCTYPE html><title>t</title><p title=\"{0}\">{0}</p><hr id='{0}'>", escaped));
  static const std::string kSkeleton =
      fuzz::Html("<!DOCTYPE html><title>t</title><p title=\"x\">x</p><hr id='x'>").Skeleton();
  FUZZ_CHECK(page.Skeleton() == kSkeleton);
  FUZZ_CHECK(page.Text() == "t" + safe);
  FUZZ_CHECK(page.Attributes("title") == std::vector<std::string>{safe});
  FUZZ_CHECK(page.Attributes("id") == std::vector<std::string>{safe});
}

FUZZ_TARGET(input) {
  CheckSafe(input, std::size_t{1} << 20U);
  CheckSafe(input, 1);
  CheckSafe(input, 10);
  CheckEscaped(input);
}

}  // namespace
}  // namespace clambake
