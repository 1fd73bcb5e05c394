// Answers of a server, written down: "STATUS\nName: value\n…\n\nbody", one
// after the other with a line "===" between.
#ifndef CLAMBAKE_TESTS_FUZZ_HTTP_SCRIPT_H_
#define CLAMBAKE_TESTS_FUZZ_HTTP_SCRIPT_H_

#include <charconv>
#include <string>
#include <string_view>

#include "clambake/http_transport.h"
#include "tests/fuzz/fuzz.h"

namespace clambake::fuzz {

inline HttpResponse ReadResponse(std::string_view text) {
  Input input(text);
  HttpResponse response;
  const std::string status = input.Line();
  std::from_chars(status.data(), status.data() + status.size(), response.status);
  response.status = std::clamp(response.status, 0, 999);
  for (std::string line = input.Line(); !line.empty(); line = input.Line()) {
    const std::size_t colon = std::min(line.find(": "), line.size());
    response.headers.emplace_back(line.substr(0, colon), line.substr(std::min(colon + 2, line.size())));
  }
  response.body = input.Rest();
  return response;
}

}  // namespace clambake::fuzz

#endif  // CLAMBAKE_TESTS_FUZZ_HTTP_SCRIPT_H_
