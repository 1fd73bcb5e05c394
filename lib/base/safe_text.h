// Text from outside, made fit for a terminal, a log line or a page: it cannot
// move the cursor, reorder what a person reads, or hide anything.
#ifndef CLAMBAKE_BASE_SAFE_TEXT_H_
#define CLAMBAKE_BASE_SAFE_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace clambake {

// Control characters become one blank, invalid UTF-8 and noncharacters become
// U+FFFD; bidi controls, zero-width and Unicode tag characters disappear. At most
// `max_code_points`, the last of them "…" where something was cut.
std::string SafeText(std::string_view text, std::size_t max_code_points = std::size_t{1} << 20U);

// True if every byte is part of a code point: no overlong form, no surrogate.
bool IsUtf8(std::string_view text);

}  // namespace clambake

#endif  // CLAMBAKE_BASE_SAFE_TEXT_H_
