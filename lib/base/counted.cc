#include "base/counted.h"

#include "fmt/format.h"

namespace clambake {

std::string Counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace clambake
