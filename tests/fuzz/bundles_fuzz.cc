// Bundles as JSON: read, and written with heads and paths of any bytes, one a line.
#include "clambake/bundler.h"
#include "nlohmann/json.hpp"
#include "tests/fuzz/fuzz.h"

namespace clambake {
namespace {

void CheckRead(std::string_view text) {
  const absl::StatusOr<BundleSet> bundles = ReadBundles(text, "fuzz");
  fuzz::CheckCode(bundles.status(), {absl::StatusCode::kInvalidArgument});
  if (!bundles.ok()) return FUZZ_CHECK(fuzz::Message(bundles.status()).substr(0, 5) == "fuzz:");
  const std::string written = BundlesToJson(*bundles);
  const absl::StatusOr<BundleSet> again = ReadBundles(written, "fuzz");
  FUZZ_CHECK(again.ok() && BundlesToJson(*again) == written);
}

void CheckWritten(std::string_view text) {
  BundleSet set;
  fuzz::Input lines(text);
  set.bundler = "v2";
  set.base = "0123456789012345678901234567890123456789";
  set.bundles.push_back({.name = "bundle/1", .heads = {set.base}, .issues = {1}});
  set.individual.push_back({.head = lines.Line(), .issue = 2, .reason = "missing", .detail = lines.Line()});
  set.conflicts.push_back({.a = set.base, .b = set.base});
  while (!lines.empty()) {
    set.individual[0].paths.push_back(lines.Line());
    set.conflicts[0].paths.push_back(set.individual[0].paths.back());
    set.conflicts[0].lines.push_back({set.individual[0].paths.back(), 1, 2});
  }
  const std::string written = BundlesToJson(set, {.reason = "STATIC:env"});
  const nlohmann::json other = nlohmann::json::parse(written, nullptr, /*allow_exceptions=*/false);
  FUZZ_CHECK(!other.is_discarded());
  FUZZ_CHECK(other["conflicts"][0]["lines"].size() == set.conflicts[0].lines.size());
  const absl::StatusOr<BundleSet> again = ReadBundles(written, "fuzz");
  FUZZ_CHECK(again.ok() && again->individual[0].paths.size() == set.individual[0].paths.size());
}

FUZZ_TARGET(input) {
  CheckRead(input);
  CheckWritten(input);
}

}  // namespace
}  // namespace clambake
