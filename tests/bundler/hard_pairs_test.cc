// Pairs of heads that change one file, and of which little can be told by its lines.
#include "tests/bundler/bench.h"

namespace clambake {
namespace {

// Two heads that make this of a file; without a base: that add it.
struct Pair {
  Bench bench;
  BundleSet set;
  bool merges = false;  // so says git

  Pair(const std::optional<Blob>& base, const Blob& a, const Blob& b, const std::string& format = "sha1")
      : bench(TestRepo::Kind::kBare, format) {
    bench.repo.Commit("main", {}, {{"kept", Blob{"kept\n"}}, {"f", base}});
    bench.repo.Commit("a", {"main"}, {{"f", a}});
    bench.repo.Commit("b", {"main"}, {{"f", b}});
    bench.Open();
    set = bench.Make({{"a", 1}, {"b", 2}});
    merges = bench.repo.TryGit({"merge-tree", "--write-tree", "a", "b"}).has_value();
    CHECK(set.conflicts.empty() == merges);
  }
};

std::size_t LinesInConflict(const Blob& base, const Blob& a, const Blob& b) {
  const Pair pair(base, a, b);
  REQUIRE(pair.set.conflicts.size() == 1);
  CHECK(pair.set.conflicts[0].paths.front() == "f");
  return pair.set.conflicts[0].lines.size();
}

}  // namespace

TEST_CASE("a conflict names lines where the file is text in both, and stays a file") {
  const Blob text{Lines(9)};
  const Blob edited{Lines(9, {{5, "edited"}})};
  const Blob binary{std::string("\0binary", 7)};
  const auto link = [](const std::string& to) { return Blob{to, "120000"}; };
  CHECK(LinesInConflict(text, edited, Blob{Lines(9, {{5, "otherwise"}})}) == 1);
  CHECK(LinesInConflict(text, edited, binary) == 0);
  CHECK(LinesInConflict(text, binary, edited) == 0);
  CHECK(LinesInConflict(link("x"), link("y"), link("z")) == 0);
  CHECK(LinesInConflict(text, link("y"), edited) == 0);
}

TEST_CASE("an empty file merges with one of content that another head adds there, as git has it") {
  for (const std::string format : {"sha1", "sha256"}) {
    INFO(format);
    CHECK(Pair(std::nullopt, Blob{""}, Blob{"b\n"}, format).merges);
    CHECK(Pair(std::nullopt, Blob{"a\n"}, Blob{""}, format).merges);
    CHECK_FALSE(Pair(std::nullopt, Blob{"a\n"}, Blob{"b\n"}, format).merges);
  }
}

}  // namespace clambake
