#include "clambake/git_repo.h"

#include <filesystem>
#include <fstream>

#include "tests/support/catch.h"
#include "tests/support/test_repo.h"

namespace clambake {
namespace {

using tests::Blob;
using tests::TempFolder;
using tests::TestRepo;
using Verdict = MergeResult::Verdict;

constexpr std::string_view kText = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";

std::string Replaced(std::string_view line, std::string_view by) {
  std::string text(kText);
  text.replace(text.find(line), line.size(), by);
  return text;
}

// main, and branches that change line 2, line 2 otherwise, line 8.
void Fill(TestRepo& repo) {
  repo.Commit("main", {}, {{"f", Blob{std::string(kText)}}});
  repo.Commit("two", {"main"}, {{"f", Blob{Replaced("2", "two")}}});
  repo.Commit("zwei", {"main"}, {{"f", Blob{Replaced("2", "zwei")}}});
  repo.Commit("eight", {"main"}, {{"f", Blob{Replaced("8", "eight")}}});
  repo.Build();
}

std::unique_ptr<GitRepo> Open(const TestRepo& repo, const std::string& scratch = "") {
  GitOptions options;
  options.scratch_parent = scratch;
  absl::StatusOr<std::unique_ptr<GitRepo>> git = OpenGitRepo(repo.path(), options);
  REQUIRE(git.status() == absl::OkStatus());
  return *std::move(git);
}

std::string Tree(const TestRepo& repo, const std::string& a, const std::string& b) {
  std::string tree = repo.Git({"merge-tree", "--write-tree", a, b});
  tree.pop_back();
  return tree;
}

}  // namespace

TEST_CASE("merges come out as git's own, and write nothing to the repository") {
  for (const char* format : {"sha1", "sha256"}) {
    for (const auto kind : {TestRepo::Kind::kBare, TestRepo::Kind::kWithWorkTree}) {
      TestRepo repo(kind, format);
      Fill(repo);
      const std::string before = repo.folder().Snapshot();
      TempFolder scratch;
      auto git = Open(repo, scratch.path());
      auto merged = git->Merge({{repo.Id("two"), repo.Id("eight")}, {repo.Id("two"), repo.Id("zwei")}});
      REQUIRE(merged.status() == absl::OkStatus());
      CHECK((*merged)[0].verdict == Verdict::kClean);
      CHECK((*merged)[1].verdict == Verdict::kConflict);
      CHECK((*merged)[1].paths == std::vector<std::string>{"f"});
      CHECK(repo.folder().Snapshot() == before);
      CHECK((*merged)[0].tree == Tree(repo, "two", "eight"));
      git.reset();
      CHECK(std::filesystem::is_empty(scratch.path()));
    }
  }
}

TEST_CASE("answers arrive at once, however few or many merges are asked for") {
  TestRepo repo;
  Fill(repo);
  auto git = Open(repo);
  const MergePair clean{repo.Id("two"), repo.Id("eight")};
  const MergePair conflict{repo.Id("two"), repo.Id("zwei")};
  for (std::size_t count : {1U, 2U, 50U, 3000U}) {
    std::vector<MergePair> pairs;
    for (std::size_t i = 0; i < count; ++i) pairs.push_back(i % 3 == 0 ? conflict : clean);
    auto merged = git->Merge(pairs);
    REQUIRE(merged.ok());
    REQUIRE(merged->size() == count);
    for (std::size_t i = 0; i < count; ++i) {
      REQUIRE((*merged)[i].verdict == (i % 3 == 0 ? Verdict::kConflict : Verdict::kClean));
    }
  }
}

TEST_CASE("a merge that git refuses takes no other with it") {
  TestRepo repo;
  Fill(repo);
  repo.Commit("stranger", {}, {{"g", Blob{"g\n"}}});
  repo.Build();
  auto git = Open(repo);
  const MergePair good{repo.Id("two"), repo.Id("eight")};
  const MergePair unrelated{repo.Id("two"), repo.Id("stranger")};
  const MergePair absent{repo.Id("two"), std::string(40, '1')};
  auto merged = git->Merge({good, unrelated, good, absent, absent, good});
  REQUIRE(merged.status() == absl::OkStatus());
  std::vector<Verdict> verdicts;
  for (const MergeResult& result : *merged) verdicts.push_back(result.verdict);
  CHECK(verdicts == std::vector{Verdict::kClean, Verdict::kFailed, Verdict::kClean, Verdict::kFailed,
                                Verdict::kFailed, Verdict::kClean});
  CHECK_THAT((*merged)[1].error, ContainsSubstring("unrelated histories"));
}

TEST_CASE("commits of the scratch directory merge like any other") {
  TestRepo repo;
  Fill(repo);
  auto git = Open(repo);
  auto first = git->Merge({{repo.Id("main"), repo.Id("two")}});
  REQUIRE(first.ok());
  auto commit = git->WriteCommits({{first->front().tree, {repo.Id("main"), repo.Id("two")}}});
  REQUIRE(commit.ok());
  auto second = git->Merge({{commit->front(), repo.Id("eight")}, {commit->front(), repo.Id("zwei")}});
  REQUIRE(second.ok());
  CHECK((*second)[0].tree == Tree(repo, "two", "eight"));
  CHECK((*second)[1].verdict == Verdict::kConflict);
  CHECK(repo.TryGit({"cat-file", "-e", commit->front()}) == std::nullopt);
}

TEST_CASE("revs are ids, branches, refs, and branches of origin: all else is nothing") {
  TestRepo repo;
  Fill(repo);
  repo.Git({"update-ref", "refs/remotes/origin/agent001/7-x", "two"});
  repo.Git({"tag", "-a", "-m", "t", "v1", "eight"});
  auto git = Open(repo);
  auto ids = git->Resolve({repo.Id("two"), "two", "refs/heads/two", "agent001/7-x", "v1", "two~1", "none",
                           std::string(40, '1'), "", ":/x", "HEAD^{/x}", "two\nzwei", "--all", "two^{tree}"});
  REQUIRE(ids.status() == absl::OkStatus());
  for (int i : {0, 1, 2, 3}) CHECK((*ids)[static_cast<std::size_t>(i)] == repo.Id("two"));
  CHECK((*ids)[4] == repo.Id("eight"));
  CHECK((*ids)[5] == repo.Id("main"));
  for (std::size_t i = 6; i < ids->size(); ++i) CHECK((*ids)[i] == std::nullopt);
}

TEST_CASE("a commit that no ref reaches is unreachable, its reachable parents are not") {
  TestRepo repo;
  Fill(repo);
  const std::string gone = repo.Id("zwei");
  repo.Git({"update-ref", "-d", "refs/heads/zwei"});
  auto git = Open(repo);
  auto unreachable = git->Unreachable({repo.Id("two"), gone, repo.Id("main")});
  REQUIRE(unreachable.status() == absl::OkStatus());
  CHECK(*unreachable == std::vector{gone});
}

TEST_CASE("changes are told by path, renames as a deletion and an addition") {
  TestRepo repo;
  Fill(repo);
  repo.Commit("odd", {"main"},
              {{"f", std::nullopt},
               {"dir/line\nbreak", Blob{std::string(kText)}},
               {"ü \"x\"", Blob{"/f", "120000"}}});
  repo.Build();
  auto git = Open(repo);
  const std::string main = repo.Id("main^{tree}");
  auto changes = git->Changes({{main, repo.Id("odd^{tree}")}, {main, main}, {main, repo.Id("two^{tree}")}});
  REQUIRE(changes.status() == absl::OkStatus());
  REQUIRE((*changes)[0].size() == 3);
  CHECK((*changes)[0][0].path == "dir/line\nbreak");
  CHECK((*changes)[0][0].kind == 'A');
  CHECK((*changes)[0][1].kind == 'D');
  CHECK((*changes)[0][2].new_mode == 0120000);
  CHECK((*changes)[1].empty());
  REQUIRE((*changes)[2].size() == 1);
  CHECK((*changes)[2][0].kind == 'M');
}

TEST_CASE("changes of content name the replaced lines of the old file") {
  TestRepo repo;
  Fill(repo);
  repo.Commit("many", {"main"}, {{"f", Blob{"0\n1\n2\nthree\n4\n5\n7\n8\n9\n10"}}});
  repo.Commit("binary", {"main"}, {{"f", Blob{std::string("a\0b", 3)}}});
  repo.Commit("empty", {"main"}, {{"f", Blob{""}}});
  repo.Build();
  auto git = Open(repo);
  const auto spans = [&](const std::string& branch) {
    auto changes = git->ContentChanges({{repo.Id("main:f"), repo.Id(branch + ":f")}});
    REQUIRE(changes.status() == absl::OkStatus());
    REQUIRE(changes->size() == 1);
    CHECK(changes->front().new_id == repo.Id(branch + ":f"));
    std::string text = changes->front().spans ? "" : "none";
    for (const LineSpan& span : changes->front().spans.value_or(std::vector<LineSpan>{})) {
      text += std::to_string(span.first) + "+" + std::to_string(span.count) + " ";
    }
    return text;
  };
  CHECK(spans("two") == "2+1 ");
  CHECK(spans("many") == "0+0 3+1 6+1 9+0 ");
  CHECK(spans("binary") == "none");
  CHECK(spans("empty") == "1+9 ");
}

TEST_CASE("contents that are half alike are told from those that are not, however many there are") {
  TestRepo repo;
  const auto lines = [](int first, int end) {
    std::string text;
    for (int i = first; i < end; ++i) text += "line " + std::to_string(i) + "\n";
    return text;
  };
  repo.Commit("main", {},
              {{"whole", Blob{lines(100, 200)}},
               {"half", Blob{lines(100, 155) + lines(900, 945)}},
               {"less", Blob{lines(100, 140) + lines(900, 960)}},
               {"other", Blob{lines(500, 600)}}});
  repo.Build();
  auto git = Open(repo);
  const auto id = [&](const std::string& path) { return repo.Id("main:" + path); };
  const auto resemble = [&](const std::vector<std::string>& contents,
                            const std::vector<std::string>& others) {
    auto answer = git->Resemble(contents, others);
    REQUIRE(answer.status() == absl::OkStatus());
    return *answer;
  };
  const std::vector<std::string> all = {id("whole"), id("half"), id("less"), id("other")};
  CHECK(resemble(all, {id("whole")}) == std::vector<bool>{true, true, false, false});
  CHECK(resemble({id("whole")}, {id("less"), id("other")}) == std::vector<bool>{false});
  // One may be like any number of others.
  CHECK(resemble(std::vector<std::string>(300, id("half")), {id("other"), id("whole")}) ==
        std::vector<bool>(300, true));
  CHECK(resemble(all, {}) == std::vector<bool>(4, false));
  CHECK(resemble({}, all).empty());
  // What is not there is an error, and the next question is answered again.
  CHECK_FALSE(git->Resemble({std::string(40, '1')}, {id("whole")}).ok());
  CHECK(resemble({id("half")}, {id("whole")}) == std::vector<bool>{true});
}

TEST_CASE("equal lines have equal numbers, and a line without its end is another one") {
  TestRepo repo;
  repo.Commit("main", {}, {{"f", Blob{"1\n2\n3\n"}}});
  repo.Commit("a", {"main"}, {{"f", Blob{"1\nx\ny\n3\n"}}});
  repo.Commit("b", {"main"}, {{"f", Blob{"1\n2\ny"}}});
  repo.Commit("c", {"main"}, {{"f", Blob{"1\ny\nx\n3\n"}}});
  repo.Build();
  auto git = Open(repo);
  const std::string main = repo.Id("main:f");
  auto changes =
      git->ContentChanges({{main, repo.Id("a:f")}, {main, repo.Id("b:f")}, {main, repo.Id("c:f")}});
  REQUIRE(changes.status() == absl::OkStatus());
  REQUIRE(changes->size() == 3);
  const auto span = [&](std::size_t i) { return changes->at(i).spans.value().at(0); };
  CHECK(span(0).removed == span(2).removed);
  CHECK(span(0).removed != span(1).removed);
  REQUIRE(span(0).added.size() == 2);
  CHECK(span(0).added == std::vector{span(2).added.at(1), span(2).added.at(0)});
  REQUIRE(span(1).added.size() == 1);
  CHECK(span(1).added[0] != span(0).added[1]);
}

TEST_CASE("the history beyond a base lists parents and dates") {
  TestRepo repo;
  Fill(repo);
  repo.Commit("merge", {"two", "eight"}, {});
  repo.Build();
  auto git = Open(repo);
  auto commits = git->CommitsBeyond(repo.Id("main"), {repo.Id("merge"), repo.Id("main")});
  REQUIRE(commits.status() == absl::OkStatus());
  REQUIRE(commits->size() == 3);
  CHECK(commits->front().id == repo.Id("merge"));
  CHECK(commits->front().parents == std::vector{repo.Id("two"), repo.Id("eight")});
  CHECK(commits->front().committed_at > 1'700'000'000);
}

TEST_CASE(
    "shallow and absent repositories are refused, and what a partial one lacks is said with what to do") {
  TestRepo repo;
  Fill(repo);
  repo.Commit("main", {"main"}, {{"g", Blob{"g\n"}}});
  repo.Build();
  TempFolder clones;
  repo.Git({"clone", "-q", "--depth", "1", "file://" + repo.path(), clones.path() + "/shallow"});
  auto shallow = OpenGitRepo(clones.path() + "/shallow");
  CHECK(shallow.status().code() == absl::StatusCode::kFailedPrecondition);
  CHECK_THAT(std::string(shallow.status().message()), ContainsSubstring("git fetch --unshallow"));
  repo.Git({"config", "uploadpack.allowFilter", "true"});
  repo.Git(
      {"clone", "-q", "--bare", "--filter=blob:none", "file://" + repo.path(), clones.path() + "/partial"});
  auto partial = OpenGitRepo(clones.path() + "/partial");
  REQUIRE(partial.ok());
  auto merged = (*partial)->Merge({{repo.Id("two"), repo.Id("zwei")}});
  REQUIRE(merged.ok());
  CHECK(merged->front().verdict == Verdict::kFailed);
  CHECK_THAT(merged->front().error, ContainsSubstring("make a full clone"));
  CHECK(OpenGitRepo(clones.path()).status().code() == absl::StatusCode::kNotFound);
  CHECK(OpenGitRepo(clones.path() + "/nowhere").status().code() == absl::StatusCode::kNotFound);
}

TEST_CASE("a git that cannot be run or says nothing is an error in bounded time") {
  TestRepo repo;
  Fill(repo);
  GitOptions options;
  options.program = "/nonexistent/git";
  CHECK(OpenGitRepo(repo.path(), options).status().code() == absl::StatusCode::kUnavailable);
  options.program = "/bin/cat";
  CHECK(OpenGitRepo(repo.path(), options).status().code() == absl::StatusCode::kUnavailable);
}

TEST_CASE("nothing that the repository configures is run or obeyed") {
  TestRepo repo(TestRepo::Kind::kWithWorkTree);
  Fill(repo);
  repo.Commit("two", {"two"}, {{".gitattributes", Blob{"* merge=evil diff=evil filter=evil\n"}}});
  repo.Commit("main", {"main"}, {{".gitattributes", Blob{"* merge=evil diff=evil filter=evil\n"}}});
  repo.Build();
  TempFolder marks;
  const std::string mark = marks.path() + "/mark";
  const std::string evil = marks.path() + "/evil.sh";
  std::ofstream(evil) << "#!/bin/sh\ntouch " << mark << "\nexit 0\n";
  std::filesystem::permissions(evil, std::filesystem::perms::owner_all);
  for (const char* key :
       {"core.fsmonitor", "core.sshCommand", "core.alternateRefsCommand", "core.pager", "core.editor",
        "core.askPass", "diff.external", "diff.evil.command", "diff.evil.textconv", "merge.evil.driver",
        "filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "credential.helper", "gpg.program",
        "uploadpack.packObjectsHook"}) {
    repo.Git({"config", key, evil});
  }
  repo.Git({"config", "core.hooksPath", marks.path()});
  for (const char* hook : {"post-index-change", "reference-transaction", "post-checkout", "pre-auto-gc"}) {
    std::filesystem::copy_file(evil, marks.path() + "/" + hook);
  }
  std::ofstream(repo.path() + "/.git/info/attributes") << "* merge=evil diff=evil\n";
  auto git = Open(repo);
  REQUIRE(git->Resolve({"two"}).ok());
  REQUIRE(git->Unreachable({repo.Id("main~1")}).ok());
  REQUIRE(git->Changes({{repo.Id("main^{tree}"), repo.Id("two^{tree}")}}).ok());
  REQUIRE(git->ContentChanges({{repo.Id("main:f"), repo.Id("two:f")}}).ok());
  auto merged = git->Merge({{repo.Id("two"), repo.Id("zwei")}});
  REQUIRE(merged.ok());
  CHECK(merged->front().verdict == Verdict::kConflict);
  CHECK_FALSE(std::filesystem::exists(mark));
}

TEST_CASE("replacements and grafts do not change what is merged") {
  TestRepo repo;
  Fill(repo);
  repo.Git({"replace", repo.Id("zwei"), repo.Id("eight")});
  std::filesystem::create_directories(repo.path() + "/info");
  std::ofstream(repo.path() + "/info/grafts") << repo.Id("two") << "\n";
  auto git = Open(repo);
  auto merged = git->Merge({{repo.Id("two"), repo.Id("zwei")}});
  REQUIRE(merged.ok());
  CHECK(merged->front().verdict == Verdict::kConflict);
  CHECK(git->CommitsBeyond(repo.Id("main"), {repo.Id("two")})->size() == 1);
}

TEST_CASE("a repository is found from a folder inside it, through alternates, and with an odd name") {
  TestRepo repo;
  Fill(repo);
  TempFolder clones;
  const std::string odd = clones.path() + "/an \"odd\"\nnäme";
  repo.Git({"clone", "-q", "--shared", repo.path(), odd});
  std::filesystem::create_directory(odd + "/sub");
  auto git = OpenGitRepo(odd + "/sub");
  REQUIRE(git.status() == absl::OkStatus());
  auto merged = (*git)->Merge({{repo.Id("two"), repo.Id("eight")}});
  REQUIRE(merged.ok());
  CHECK(merged->front().verdict == Verdict::kClean);
}

TEST_CASE("folders are told from files and from what is not there") {
  TestRepo repo;
  repo.Commit("main", {}, {{"dir/f", Blob{"x"}}});
  repo.Build();
  auto git = Open(repo);
  const std::string id = repo.Id("main");
  auto folders =
      git->AreFolders({id + ":dir", id + ":dir/f", id + ":none missing", id + ":li\nne", id + ":dir"});
  REQUIRE(folders.status() == absl::OkStatus());
  CHECK(*folders == std::vector<bool>{true, false, false, false, true});
}

TEST_CASE("a clone tells where it fetches from, shallow or not, and obeys none of its configuration") {
  TestRepo repo(TestRepo::Kind::kWithWorkTree);
  Fill(repo);
  const auto url = [&](std::string_view remote) { return *FindRemoteUrl(repo.path(), remote); };
  CHECK(url("origin").empty());
  repo.Git({"config", "remote.origin.url", "git@github.com:o/n.git"});
  repo.Git({"config", "--add", "remote.origin.url", "second"});
  repo.Git({"config", "remote.Or.igin.url", "other"});
  repo.Git({"config", "url.https://evil.example/.insteadOf", "git@github.com:"});
  repo.Git({"config", "core.sshCommand", "touch evil"});
  CHECK(url("origin") == "git@github.com:o/n.git");
  CHECK(url("Or.igin") == "other");
  CHECK(url("origin\nx").empty());
  std::ofstream(repo.path() + "/.git/shallow") << repo.Id("main") << '\n';
  CHECK(url("origin") == "git@github.com:o/n.git");
  std::ofstream(repo.path() + "/.git/config", std::ios::app) << "[broken";
  CHECK_FALSE(FindRemoteUrl(repo.path(), "origin").ok());
  TempFolder empty;
  CHECK(absl::IsNotFound(FindRemoteUrl(empty.path(), "origin").status()));
  CHECK(absl::IsNotFound(FindRemoteUrl(empty.path() + "/none", "origin").status()));
}

}  // namespace clambake
