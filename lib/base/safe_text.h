// Text from outside, made fit for a terminal, a log line or a page: it cannot
// move the cursor, reorder what a person reads, or hide anything.
#ifndef CLAMBAKE_BASE_SAFE_TEXT_H_
#define CLAMBAKE_BASE_SAFE_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace clambake {

// Control characters become one blank, invalid UTF-8 becomes U+FFFD; bidi
// controls, zero-width and Unicode tag characters disappear. At most
// `max_code_points`, the last of them "…" where something was cut.
std::string SafeText(std::string_view text, std::size_t max_code_points = std::size_t{1} << 20U);

}  // namespace clambake

#endif  // CLAMBAKE_BASE_SAFE_TEXT_H_
