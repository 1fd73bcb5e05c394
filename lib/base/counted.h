// Numbers with their nouns, for sentences that people read.
#ifndef CLAMBAKE_BASE_COUNTED_H_
#define CLAMBAKE_BASE_COUNTED_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace clambake {

// "1 issue", "2 issues".
std::string Counted(std::size_t count, std::string_view noun);

}  // namespace clambake

#endif  // CLAMBAKE_BASE_COUNTED_H_
