// Groups of which any two heads merge, and all do not.
#include "bundler/verification.h"

#include <set>

#include "tests/bundler/bench.h"
#include "tests/bundler/failing_git.h"
#include "tests/bundler/trio.h"

namespace clambake {
namespace {

// Heads with issues 1, 2 and so on: a trio for each of these, then so many others.
struct Trios {
  Bench bench;
  std::vector<Head> heads;

  explicit Trios(const std::vector<TrioMerges>& trios, int others = 0) {
    bench.repo.Commit("main", {}, {{"f", Blob{Lines(9)}}});
    for (const TrioMerges merges : trios) {
      for (const std::string& head : CommitTrio(bench.repo, "trio" + std::to_string(heads.size()), merges))
        Add(head);
    }
    for (int i = 0; i < others; ++i) {
      const std::string name = "other" + std::to_string(i);
      bench.repo.Commit(name, {"main"}, {{name, Blob{name + "\n"}}});
      Add(name);
    }
    bench.Open();
  }

  // The issues of each bundle, in the order they merge in, which git confirms.
  std::vector<std::vector<IssueNumber>> Make(int max_size) {
    const BundleSet set = bench.Make(heads, max_size);
    CHECK(set.individual.empty());
    std::map<std::string, IssueNumber> issue_of;
    for (const Head& head : heads) issue_of[bench.repo.Id(head.rev)] = head.issue;
    std::vector<std::vector<IssueNumber>> orders;
    for (const Bundle& bundle : set.bundles) {
      CHECK((max_size == 0 || bundle.heads.size() <= static_cast<std::size_t>(max_size)));
      CHECK(bundle.tree == TreeByGit(bench.repo, set.base, bundle.heads));
      std::vector<IssueNumber>& order = orders.emplace_back();
      for (const std::string& head : bundle.heads) order.push_back(issue_of.at(head));
    }
    return orders;
  }

 private:
  void Add(const std::string& head) { heads.push_back({head, static_cast<IssueNumber>(heads.size() + 1)}); }
};

using Orders = std::vector<std::vector<IssueNumber>>;

}  // namespace

TEST_CASE(
    "heads that do not merge oldest first ride in an order that does, in a session's later turns, too") {
  Trios trios({TrioMerges::kOldestLast});
  CHECK(trios.Make(8) == Orders{{2, 3, 1}});
  CHECK(trios.Make(8) == Orders{{2, 3, 1}});
}

TEST_CASE("of three heads that merge in no order, one rides in the next bundle that takes it") {
  Trios trios({TrioMerges::kNever}, 2);
  CHECK(trios.bench.Make(trios.heads, 3).conflicts.empty());
  CHECK(trios.Make(3) == Orders{{1, 2}, {3, 4, 5}});
}

TEST_CASE("of three heads that merge in no order, one rides alone where no bundle takes it") {
  SECTION("because there is no other") {
    Trios trios({TrioMerges::kNever});
    CHECK(trios.Make(0) == Orders{{1, 2}, {3}});
  }
  SECTION("because the others are full") {
    Trios trios({TrioMerges::kNever}, 3);
    CHECK(trios.Make(3) == Orders{{1, 2}, {3}, {4, 5, 6}});
  }
  SECTION("because it is in conflict with one in each of the others") {
    Trios trios({TrioMerges::kNever}, 1);
    trios.bench.repo.Commit("enemy", {"main"}, {{"trio0/first", std::nullopt}});
    trios.heads.push_back({"enemy", 5});
    trios.bench.Open();
    CHECK(trios.Make(3) == Orders{{1, 2}, {3}, {4, 5}});
  }
}

TEST_CASE("heads leave a bundle until it merges, and ride together where they can") {
  Trios trios({TrioMerges::kNever, TrioMerges::kNever});
  CHECK(trios.Make(8) == Orders{{1, 2, 4, 5}, {3, 6}});
}

TEST_CASE("the search for an order of many heads ends, and all of them ride") {
  Trios trios({TrioMerges::kNever}, 9);
  FailingGit counting(*trios.bench.git);
  trios.bench.bundler = NewV2Bundler(&counting);
  const Orders orders = trios.Make(12);
  CHECK(orders.size() == 2);
  std::set<IssueNumber> riding;
  for (const auto& order : orders) riding.insert(order.begin(), order.end());
  CHECK(riding.size() == 12);
  // All orders would be 479,001,600.
  CHECK(counting.calls() < 2'000);
}

}  // namespace clambake
