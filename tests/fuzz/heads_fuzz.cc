// The list of heads for the bundler.
#include <sstream>

#include "clambake/bundler.h"
#include "fmt/format.h"
#include "tests/fuzz/fuzz.h"

namespace clambake {
namespace {

absl::StatusOr<std::vector<Head>> Read(std::string_view text) {
  std::istringstream in{std::string(text)};
  return ReadHeads(in, "fuzz");
}

FUZZ_TARGET(input) {
  const absl::StatusOr<std::vector<Head>> heads = Read(input);
  fuzz::CheckCode(heads.status(), {absl::StatusCode::kInvalidArgument});
  if (!heads.ok()) {
    FUZZ_CHECK(fuzz::Message(heads.status()).substr(0, 5) == "fuzz:");
    return FUZZ_CHECK(fuzz::Message(heads.status()).size() < 1'200);
  }
  std::string written;
  for (const Head& head : *heads) {
    FUZZ_CHECK(!head.rev.empty() && head.rev.find_first_of(" \t\r\n#") == std::string::npos);
    FUZZ_CHECK(head.issue >= 0);
    written += head.issue == 0 ? head.rev + "\n" : fmt::format("{} {}\n", head.rev, head.issue);
  }
  FUZZ_CHECK(heads->size() <= static_cast<std::size_t>(std::count(input.begin(), input.end(), '\n')) + 1);
  const absl::StatusOr<std::vector<Head>> again = Read(written);
  FUZZ_CHECK(again.ok() && again->size() == heads->size());
  for (std::size_t i = 0; i < heads->size(); ++i) {
    FUZZ_CHECK((*again)[i].rev == (*heads)[i].rev && (*again)[i].issue == (*heads)[i].issue);
  }
}

}  // namespace
}  // namespace clambake
