// What the fuzz targets share. A target is one file, NAME_fuzz.cc:
//
//   FUZZ_TARGET(input) {
//     … read `input`, a std::string_view …
//     FUZZ_CHECK(what must hold whatever the input is);
//   }
//
// libFuzzer drives it in the preset `fuzz`; everywhere else replay_main.cc
// runs it over its corpus, so that what was found once stays fixed.
#ifndef CLAMBAKE_TESTS_FUZZ_FUZZ_H_
#define CLAMBAKE_TESTS_FUZZ_FUZZ_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

#define FUZZ_TARGET(input)                                                            \
  static void FuzzOne(std::string_view input);                                        \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
    FuzzOne({reinterpret_cast<const char*>(data), size});                             \
    return 0;                                                                         \
  }                                                                                   \
  static void FuzzOne(std::string_view input)

#define FUZZ_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : clambake::fuzz::Fail(#condition, __FILE__, __LINE__))

namespace clambake::fuzz {

[[noreturn]] inline void Fail(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
  std::abort();
}

// Takes the input apart, from the front. What is missing is empty or 0.
class Input {
 public:
  explicit Input(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool empty() const { return rest_.empty(); }
  [[nodiscard]] std::string_view Rest() const { return rest_; }

  std::uint8_t Byte() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }

  std::uint64_t Word() {
    std::uint64_t word = 0;
    for (int i = 0; i < 8; ++i) word = word << 8U | Byte();
    return word;
  }

  // Up to `end`, which is consumed.
  std::string_view Until(std::string_view end) {
    const std::size_t at = rest_.find(end);
    const std::string_view piece = rest_.substr(0, at);
    rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at + end.size());
    return piece;
  }
  std::string Line() { return std::string(Until("\n")); }

 private:
  std::string_view rest_;
};

inline std::string_view Message(const absl::Status& status) {
  return {status.message().data(), status.message().size()};
}

// An error is one of these: its code says what to do, so it must be the right one.
inline void CheckCode(const absl::Status& status, std::initializer_list<absl::StatusCode> codes) {
  if (status.ok() || std::find(codes.begin(), codes.end(), status.code()) != codes.end()) return;
  std::fprintf(stderr, "unexpected: %s\n", status.ToString().c_str());
  std::abort();
}

// Fit for a terminal: no control characters but line ends, and not endless.
inline bool IsShowable(std::string_view text, std::size_t max_bytes) {
  return text.size() <= max_bytes && std::none_of(text.begin(), text.end(), [](char c) {
           return (static_cast<unsigned char>(c) < ' ' && c != '\n') || c == '\x7f';
         });
}

}  // namespace clambake::fuzz

#endif  // CLAMBAKE_TESTS_FUZZ_FUZZ_H_
