#include "clambake/git_repo.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "fmt/format.h"
#include "git/answers.h"
#include "git/differ.h"
#include "git/merger.h"
#include "git/object_check.h"
#include "git/place.h"
#include "git/process.h"
#include "git/scratch.h"

namespace clambake {
namespace {

using git::Command;

// A rev as one line of input. Names that search (":/text") are not taken.
bool IsAskable(std::string_view rev) {
  const bool clean = std::none_of(rev.begin(), rev.end(),
                                  [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); });
  return clean && !rev.empty() && rev.front() != ':' && rev.find("^{/") == std::string_view::npos;
}

class PlumbingRepo : public GitRepo {
 public:
  PlumbingRepo(git::Place place, std::unique_ptr<git::Scratch> scratch, GitOptions options)
      : place_(std::move(place)),
        scratch_(std::move(scratch)),
        options_(std::move(options)),
        names_(Outside(git::ObjectCheck::Arguments())),
        objects_(Inside(git::ObjectCheck::Arguments())),
        differ_({Inside(git::Differ::RawArguments()), Inside(git::Differ::PatchArguments()),
                 Inside(git::Differ::CopyArguments())},
                scratch_.get()),
        merger_(Inside({"merge-tree", "--write-tree", "--stdin"}), scratch_.get()) {}

  absl::StatusOr<std::vector<std::optional<std::string>>> Resolve(
      const std::vector<std::string>& revs) override;
  absl::StatusOr<std::vector<std::string>> Unreachable(const std::vector<std::string>& commits) override;
  absl::StatusOr<std::vector<GitCommit>> CommitsBeyond(std::string_view base,
                                                       const std::vector<std::string>& heads) override;
  absl::StatusOr<std::vector<std::vector<FileChange>>> Changes(const std::vector<TreePair>& trees) override {
    return differ_.Changes(trees);
  }
  absl::StatusOr<std::vector<ContentChange>> ContentChanges(const std::vector<BlobPair>& blobs) override {
    return differ_.ContentChanges(blobs);
  }
  absl::StatusOr<std::vector<bool>> Resemble(const std::vector<std::string>& contents,
                                             const std::vector<std::string>& others) override {
    return differ_.Resemble(contents, others);
  }
  absl::StatusOr<std::vector<bool>> AreFolders(const std::vector<std::string>& objects) override;
  absl::StatusOr<std::vector<MergeResult>> Merge(const std::vector<MergePair>& pairs) override;
  absl::StatusOr<std::vector<std::string>> WriteCommits(const std::vector<NewCommit>& commits) override;
  absl::StatusOr<std::vector<std::string>> Trees(const std::vector<std::string>& commits) override;

 private:
  // A command in the scratch repository, or in the user's: there only names
  // are looked up.
  [[nodiscard]] Command Inside(std::vector<std::string> arguments) const {
    return git::InGitDir(scratch_->path(), std::move(arguments), *scratch_, options_);
  }
  [[nodiscard]] Command Outside(std::vector<std::string> arguments) const {
    return git::InGitDir(place_.git_dir, std::move(arguments), *scratch_, options_);
  }

  git::Place place_;
  std::unique_ptr<git::Scratch> scratch_;
  GitOptions options_;
  git::ObjectCheck names_;    // in the user's repository
  git::ObjectCheck objects_;  // in the scratch repository
  git::Differ differ_;
  git::Merger merger_;
};

absl::StatusOr<std::vector<std::optional<std::string>>> PlumbingRepo::Resolve(
    const std::vector<std::string>& revs) {
  // A name that is none may be one of origin's branches.
  std::vector<std::optional<std::string>> commits(revs.size());
  for (const std::string_view prefix : {"", "refs/remotes/origin/"}) {
    std::vector<std::size_t> open;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < revs.size(); ++i) {
      if (commits[i] || !IsAskable(revs[i])) continue;
      open.push_back(i);
      names.push_back(fmt::format("{}{}^{{commit}}", prefix, revs[i]));
    }
    absl::StatusOr<std::vector<std::string>> answers = names_.Check(names);
    if (!answers.ok()) return answers.status();
    for (std::size_t k = 0; k < open.size(); ++k) {
      const std::string& answer = (*answers)[k];
      if (answer.ends_with(" commit")) commits[open[k]] = answer.substr(0, answer.find(' '));
    }
  }
  return commits;
}

absl::StatusOr<std::vector<std::string>> PlumbingRepo::Unreachable(const std::vector<std::string>& commits) {
  absl::StatusOr<std::string> refs = git::Run(Outside({"for-each-ref", "--format=%(objectname)"}));
  if (!refs.ok()) return refs.status();
  absl::flat_hash_set<std::string> tips;
  for (absl::string_view line : absl::StrSplit(*refs, '\n', absl::SkipEmpty())) tips.emplace(line);
  absl::StatusOr<std::vector<std::optional<std::string>>> head = Resolve({"HEAD"});
  if (head.ok() && head->front()) tips.insert(*head->front());
  absl::flat_hash_set<std::string> wanted;
  std::string input;
  for (const std::string& commit : commits) {
    if (!tips.contains(commit) && wanted.insert(commit).second) input += commit + "\n";
  }
  if (wanted.empty()) return std::vector<std::string>();
  for (const std::string& tip : tips) input += fmt::format("^{}\n", tip);
  absl::StatusOr<std::string> beyond = git::Run(Inside({"rev-list", "--ignore-missing", "--stdin"}), input);
  if (!beyond.ok()) return beyond.status();
  std::vector<std::string> unreachable;
  for (absl::string_view line : absl::StrSplit(*beyond, '\n', absl::SkipEmpty())) {
    if (wanted.contains(line)) unreachable.emplace_back(line);
  }
  return unreachable;
}

absl::StatusOr<std::vector<GitCommit>> PlumbingRepo::CommitsBeyond(std::string_view base,
                                                                   const std::vector<std::string>& heads) {
  std::string input = fmt::format("^{}\n", base);
  for (const std::string& head : heads) input += head + "\n";
  absl::StatusOr<std::string> answer =
      git::Run(Inside({"rev-list", "--topo-order", "--parents", "--timestamp", "--stdin"}), input);
  if (!answer.ok()) return answer.status();
  std::vector<GitCommit> commits;
  for (absl::string_view line : absl::StrSplit(*answer, '\n', absl::SkipEmpty())) {
    std::vector<std::string> fields = absl::StrSplit(line, ' ');
    GitCommit commit;
    if (fields.size() < 2 || !absl::SimpleAtoi(fields[0], &commit.committed_at)) {
      return absl::UnavailableError("git rev-list answers in an unknown form");
    }
    commit.id = std::move(fields[1]);
    commit.parents.assign(std::make_move_iterator(fields.begin() + 2), std::make_move_iterator(fields.end()));
    commits.push_back(std::move(commit));
  }
  return commits;
}

absl::StatusOr<std::vector<std::string>> PlumbingRepo::Trees(const std::vector<std::string>& commits) {
  std::vector<std::string> names;
  names.reserve(commits.size());
  for (const std::string& commit : commits) names.push_back(commit + "^{tree}");
  absl::StatusOr<std::vector<std::string>> answers = objects_.Check(names);
  if (!answers.ok()) return answers.status();
  for (std::size_t i = 0; i < answers->size(); ++i) {
    std::string& answer = (*answers)[i];
    if (!answer.ends_with(" tree"))
      return absl::NotFoundError(fmt::format("{}: there is no such tree", commits[i]));
    answer.resize(answer.find(' '));
  }
  return answers;
}

absl::StatusOr<std::vector<bool>> PlumbingRepo::AreFolders(const std::vector<std::string>& objects) {
  std::vector<std::string> names;
  names.reserve(objects.size());
  for (const std::string& object : objects) {
    // A name with a line break cannot be asked for on one line.
    names.push_back(object.find('\n') == std::string::npos ? object : "none");
  }
  absl::StatusOr<std::vector<std::string>> answers = objects_.Check(names);
  if (!answers.ok()) return answers.status();
  std::vector<bool> folders;
  folders.reserve(answers->size());
  for (const std::string& answer : *answers) folders.push_back(answer.ends_with(" tree"));
  return folders;
}

absl::StatusOr<std::vector<MergeResult>> PlumbingRepo::Merge(const std::vector<MergePair>& pairs) {
  absl::StatusOr<std::vector<MergeResult>> results = merger_.Merge(pairs);
  if (!results.ok() || !place_.partial) return results;
  for (MergeResult& result : *results) {
    if (result.verdict != MergeResult::Verdict::kFailed) continue;
    result.error += " (the clone is partial, made with --filter: content may be missing; make a full clone)";
  }
  return results;
}

absl::StatusOr<std::vector<std::string>> PlumbingRepo::WriteCommits(const std::vector<NewCommit>& commits) {
  std::vector<std::string> ids;
  ids.reserve(commits.size());
  for (const NewCommit& commit : commits) {
    absl::StatusOr<std::string> id = git::WriteCommit(*scratch_, commit);
    if (!id.ok()) return id.status();
    ids.push_back(*std::move(id));
  }
  return ids;
}

}  // namespace

absl::StatusOr<std::unique_ptr<GitRepo>> OpenGitRepo(const std::string& path, const GitOptions& options) {
  absl::StatusOr<git::Place> place = git::Locate(path, options);
  if (!place.ok()) return place.status();
  absl::StatusOr<std::unique_ptr<git::Scratch>> scratch =
      git::Scratch::Create(options.scratch_parent, place->objects, place->format);
  if (!scratch.ok()) return scratch.status();
  return std::make_unique<PlumbingRepo>(*std::move(place), *std::move(scratch), options);
}

}  // namespace clambake
