// Bundles without a clone, by what a GitHub that is a bare repository says.
#include <algorithm>
#include <map>
#include <set>

#include "clambake/bundler.h"
#include "clambake/github_client.h"
#include "tests/fakes/github_git.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/simulated_github.h"
#include "tests/fakes/simulated_transport.h"
#include "tests/support/catch.h"
#include "tests/support/test_repo.h"

namespace clambake {
namespace {

using tests::Blob;

// GitHub refuses what is no sha with 422, before it looks for the commit.
class StrictTransport : public HttpTransport {
 public:
  explicit StrictTransport(std::unique_ptr<HttpTransport> inner) : inner_(std::move(inner)) {}
  std::vector<absl::StatusOr<HttpResponse>> Send(const std::vector<HttpRequest>& requests,
                                                 const HttpLimits& limits) override {
    auto answers = inner_->Send(requests, limits);
    for (std::size_t i = 0; i < requests.size(); ++i) {
      const std::string_view url = requests[i].url;
      const std::size_t sha = url.rfind("/commits/");
      if (sha == std::string_view::npos || url.size() - sha == 49) continue;
      answers[i] = HttpResponse{422,
                                {{"Content-Type", "application/json"}},
                                R"({"message":"The sha parameter must be exactly 40 characters"})",
                                {}};
    }
    return answers;
  }

 private:
  std::unique_ptr<HttpTransport> inner_;
};

struct Room {
  tests::TestRepo repo;
  ManualClock clock;
  SimulatedGithub github{clock, NewBareGit(repo.path())};
  std::unique_ptr<GithubClient> client;
  std::unique_ptr<Bundler> bundler;

  Room() {
    repo.Commit("old", {}, {{"f", Blob{"1\n"}}, {"g", Blob{"1\n"}}});
    repo.Commit("main", {"old"}, {{"g", Blob{"2\n"}}});
    repo.Commit("f", {"main"}, {{"f", Blob{"f\n"}}});
    repo.Commit("f_too", {"main"}, {{"f", Blob{"too\n"}}});
    repo.Commit("h", {"main"}, {{"h", Blob{"h\n"}}});
    repo.Commit("below_h", {"main"}, {{"h/i", Blob{"i\n"}}});
    repo.Commit("nothing", {"main"}, {});
    repo.Build();
    GithubOptions options;
    options.api_url = "https://api.github.test";
    github.SetRoot(options.api_url);
    options.repository = "octo/hello";
    options.token = Secret(std::string(SimulatedGithub::kToken));
    client = *NewGithubClient(options, clock,
                              std::make_unique<StrictTransport>(NewSimulatedTransport(github, clock)));
    bundler = NewApproximateBundler(client.get());
  }

  [[nodiscard]] Head At(const std::string& branch, IssueNumber issue) const {
    return {repo.Id(branch), issue};
  }

  BundleSet Make(const std::vector<Head>& heads, const std::string& base = "main") {
    auto set = bundler->MakeBundles({base, heads, {}, nullptr});
    REQUIRE(set.status() == absl::OkStatus());
    return *std::move(set);
  }
};

std::vector<std::vector<IssueNumber>> Issues(const BundleSet& set) {
  std::vector<std::vector<IssueNumber>> issues;
  for (const Bundle& bundle : set.bundles) issues.push_back(bundle.issues);
  return issues;
}

std::map<IssueNumber, std::string> Reasons(const BundleSet& set) {
  std::map<IssueNumber, std::string> reasons;
  for (const Individual& individual : set.individual) reasons[individual.issue] = individual.reason;
  return reasons;
}

using Bundled = std::vector<std::vector<IssueNumber>>;

}  // namespace

TEST_CASE("without a clone, heads that share a file, or a file and a folder, ride apart") {
  Room room;
  const BundleSet set =
      room.Make({room.At("f", 1), room.At("f_too", 2), room.At("h", 3), room.At("below_h", 4)});
  CHECK(set.approximate);
  CHECK(set.individual.empty());
  REQUIRE(set.bundles.size() == 2);
  CHECK(set.lower_bound == 2);
  std::set<std::vector<std::string>> paths;
  for (const Conflict& conflict : set.conflicts) paths.insert(conflict.paths);
  CHECK(paths == std::set<std::vector<std::string>>{{"f"}, {"h/i"}});
  for (const Bundle& bundle : set.bundles) CHECK(bundle.tree.empty());
}

TEST_CASE("without a clone, the base is a branch or a commit, and anything else is the caller's error") {
  Room room;
  const std::vector<Head> heads = {room.At("f", 1)};
  CHECK(room.Make(heads).base == room.repo.Id("main"));
  CHECK(room.Make(heads, room.repo.Id("old")).base == room.repo.Id("old"));
  for (const std::string& base :
       {std::string("nowhere"), std::string(40, '1'), std::string("refs/heads/x")}) {
    const absl::Status status = room.bundler->MakeBundles({base, heads, {}, nullptr}).status();
    CHECK(status.code() == absl::StatusCode::kInvalidArgument);
    CHECK_THAT(std::string(status.message()), Catch::Matchers::Contains("\"" + base + "\""));
  }
  CHECK(room.bundler->MakeBundles({"main", heads, {-1, absl::UnixEpoch()}, nullptr}).status().code() ==
        absl::StatusCode::kInvalidArgument);
}

TEST_CASE("without a clone, heads that cannot ride are listed with the reason, and the others ride") {
  Room room;
  const BundleSet set = room.Make({room.At("f", 1),
                                   room.At("old", 2),
                                   room.At("main", 3),
                                   room.At("nothing", 4),
                                   {std::string(40, '1'), 5},
                                   room.At("h", 6)});
  CHECK(Issues(set) == Bundled{{1, 6}});
  CHECK(Reasons(set) ==
        std::map<IssueNumber, std::string>{{2, "merged"}, {3, "merged"}, {4, "empty"}, {5, "missing"}});
  // Every head is told of once, whatever becomes of it.
  CHECK(set.individual.size() == 4);
}

TEST_CASE("without a clone, GitHub's failure at any request is the call's, not a head's") {
  for (const std::string part : {"/git/ref/", "/git/commits/", "/compare/"}) {
    INFO(part);
    Room room;
    room.github.faults().Add({.kind = FaultKind::kCut, .path_part = part, .times = 100});
    const auto set = room.bundler->MakeBundles({room.repo.Id("main"), {room.At("f", 1)}, {}, nullptr});
    CHECK(set.status().code() == absl::StatusCode::kUnavailable);
  }
}

TEST_CASE("without a clone, one commit under two names rides once and carries the issues of both") {
  Room room;
  const BundleSet set = room.Make({room.At("f", 7), room.At("h", 3), room.At("f", 2), room.At("f", 7)});
  REQUIRE(set.bundles.size() == 1);
  CHECK(set.conflicts.empty());
  CHECK(set.bundles[0].heads == std::vector<std::string>{room.repo.Id("f"), room.repo.Id("h")});
  CHECK(set.bundles[0].issues == std::vector<IssueNumber>{2, 3, 7});
}

TEST_CASE("a commit of which one list of files was cut is single, under each of its issues") {
  const BundleSet set = ApproximateBundles("main",
                                           {{"a", 1, {"f"}, true},
                                            {"b", 2, {"g"}, true},
                                            {"a", 3, {}, false},
                                            {"c", 0, {}, false},
                                            {"d", 4, {}, false},
                                            {"d", 5, {"f"}, true}},
                                           {});
  CHECK(Issues(set) == Bundled{{2}});
  std::vector<IssueNumber> single;
  for (const Individual& individual : set.individual) {
    CHECK(individual.reason == "files_unknown");
    single.push_back(individual.issue);
  }
  CHECK(single == std::vector<IssueNumber>{0, 1, 3, 4, 5});
}

TEST_CASE("a file is in the way of what lies in a folder of its name, at any depth, and of nothing else") {
  const auto conflicts = [](const std::string& a, const std::string& b) {
    return !ApproximateBundles("main", {{"a", 1, {a}, true}, {"b", 2, {b}, true}}, {}).conflicts.empty();
  };
  CHECK(conflicts("x/y/z", "x"));
  CHECK(conflicts("x/y", "x/y/z"));
  CHECK_FALSE(conflicts("x/y", "x/yz"));
  CHECK_FALSE(conflicts("x/y/z", "y"));
  // Whatever GitHub calls a path.
  CHECK(conflicts("/x", "/x"));
  CHECK_FALSE(conflicts("/x", ""));
}

}  // namespace clambake
