#include "clambake/git_repo.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "fmt/format.h"
#include "git/answers.h"
#include "git/merger.h"
#include "git/place.h"
#include "git/process.h"
#include "git/scratch.h"

namespace clambake {
namespace {

using git::Command;
using git::IsObjectId;
using git::Place;
using git::Process;

// A line that diff-tree echoes, since it begins with no id.
constexpr std::string_view kEnd = "clambake: end of answer\n";
constexpr std::size_t kMaxAnswerBytes = std::size_t{2} << 30U;

// A rev as one line of input. Names that search (":/text") are not taken.
bool IsAskable(std::string_view rev) {
  const bool clean = std::none_of(rev.begin(), rev.end(),
                                  [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); });
  return clean && !rev.empty() && rev.front() != ':' && rev.find("^{/") == std::string_view::npos;
}

class PlumbingRepo : public GitRepo {
 public:
  PlumbingRepo(Place place, std::unique_ptr<git::Scratch> scratch, GitOptions options)
      : place_(std::move(place)),
        scratch_(std::move(scratch)),
        options_(std::move(options)),
        merger_(Inside({"merge-tree", "--write-tree", "--stdin"}), scratch_.get()) {}

  absl::StatusOr<std::vector<std::optional<std::string>>> Resolve(
      const std::vector<std::string>& revs) override;
  absl::StatusOr<std::vector<std::string>> Unreachable(const std::vector<std::string>& commits) override;
  absl::StatusOr<std::vector<GitCommit>> CommitsBeyond(std::string_view base,
                                                       const std::vector<std::string>& heads) override;
  absl::StatusOr<std::vector<std::vector<FileChange>>> Changes(const std::vector<TreePair>& pairs) override;
  absl::StatusOr<std::vector<ContentChange>> ContentChanges(const std::vector<TreePair>& pairs) override;
  absl::StatusOr<std::vector<bool>> AreFolders(const std::vector<std::string>& objects) override;
  absl::StatusOr<std::vector<MergeResult>> Merge(const std::vector<MergePair>& pairs) override;
  absl::StatusOr<std::vector<std::string>> WriteCommits(const std::vector<NewCommit>& commits) override;
  absl::StatusOr<std::vector<std::string>> Trees(const std::vector<std::string>& commits) override;

 private:
  // A command in the scratch repository, or in the user's: there only names
  // are looked up.
  Command Inside(std::vector<std::string> arguments) const {
    return In(scratch_->path(), std::move(arguments));
  }
  Command Outside(std::vector<std::string> arguments) const {
    return In(place_.git_dir, std::move(arguments));
  }
  Command In(const std::string& git_dir, std::vector<std::string> arguments) const;

  // Asks a long-lived `git cat-file --batch-check` a line for each name; "" for what is not there.
  absl::StatusOr<std::vector<std::string>> Check(std::unique_ptr<Process>& process, const Command& command,
                                                 const std::vector<std::string>& names);
  // Gives pairs to a long-lived diff-tree, and all it says to `read` whenever that may be the end.
  using PairReader = std::function<absl::StatusOr<bool>(std::string_view)>;
  absl::Status Diff(std::unique_ptr<Process>& process, const Command& command,
                    const std::vector<TreePair>& pairs, const PairReader& read);
  absl::StatusOr<std::vector<TreePair>> AsTrees(const std::vector<TreePair>& pairs);

  Place place_;
  std::unique_ptr<git::Scratch> scratch_;
  GitOptions options_;
  git::Merger merger_;
  std::unique_ptr<Process> names_;    // cat-file in the user's repository
  std::unique_ptr<Process> objects_;  // cat-file in the scratch repository
  std::unique_ptr<Process> raw_;      // diff-tree --raw
  std::unique_ptr<Process> patch_;    // diff-tree -p
};

Command PlumbingRepo::In(const std::string& git_dir, std::vector<std::string> arguments) const {
  Command command{{options_.program, "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c",
                   "advice.graftFileDeprecated=false", "-c", "protocol.allow=never"},
                  git::EnvironmentIn(git_dir),
                  fmt::format("{}/{}.stderr", scratch_->path(), arguments[0]),
                  options_.timeout};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  return command;
}

absl::StatusOr<std::vector<std::string>> PlumbingRepo::Check(std::unique_ptr<Process>& process,
                                                             const Command& command,
                                                             const std::vector<std::string>& names) {
  std::vector<std::string> answers;
  if (names.empty()) return answers;
  if (process == nullptr) {
    absl::StatusOr<std::unique_ptr<Process>> started = Process::Start(command);
    if (!started.ok()) return started.status();
    process = *std::move(started);
  }
  std::string input;
  for (const std::string& name : names) input += name + "\n";
  std::string line;
  absl::Status asked = process->Ask(input, [&](std::string_view arrived) -> absl::StatusOr<bool> {
    for (char c : arrived) {
      if (c != '\n') {
        line += c;
        continue;
      }
      // "id type"; anything else says what is wrong with the name.
      const std::size_t blank = line.find(' ');
      const bool found = IsObjectId(std::string_view(line).substr(0, blank)) && !line.ends_with(" missing");
      answers.push_back(found ? line : "");
      line.clear();
    }
    return answers.size() >= names.size();
  });
  if (!asked.ok()) process.reset();
  if (!asked.ok()) return asked;
  return answers;
}

absl::StatusOr<std::vector<std::optional<std::string>>> PlumbingRepo::Resolve(
    const std::vector<std::string>& revs) {
  // Two questions each: the name itself, and the same among origin's branches.
  std::vector<std::string> names;
  for (const std::string& rev : revs) {
    const std::string askable = IsAskable(rev) ? rev : "HEAD^{none}";
    names.push_back(askable + "^{commit}");
    names.push_back(fmt::format("refs/remotes/origin/{}^{{commit}}", askable));
  }
  absl::StatusOr<std::vector<std::string>> answers =
      Check(names_, Outside({"cat-file", "--batch-check=%(objectname) %(objecttype)"}), names);
  if (!answers.ok()) return answers.status();
  std::vector<std::optional<std::string>> commits(revs.size());
  for (std::size_t i = 0; i < revs.size(); ++i) {
    for (const std::string& answer : {(*answers)[2 * i], (*answers)[2 * i + 1]}) {
      if (!commits[i] && answer.ends_with(" commit")) commits[i] = answer.substr(0, answer.find(' '));
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
  absl::StatusOr<std::vector<std::string>> answers =
      Check(objects_, Inside({"cat-file", "--batch-check=%(objectname) %(objecttype)"}), names);
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
  absl::StatusOr<std::vector<std::string>> answers =
      Check(objects_, Inside({"cat-file", "--batch-check=%(objectname) %(objecttype)"}), names);
  if (!answers.ok()) return answers.status();
  std::vector<bool> folders;
  folders.reserve(answers->size());
  for (const std::string& answer : *answers) folders.push_back(answer.ends_with(" tree"));
  return folders;
}

absl::StatusOr<std::vector<TreePair>> PlumbingRepo::AsTrees(const std::vector<TreePair>& pairs) {
  std::vector<std::string> ids;
  for (const TreePair& pair : pairs) {
    ids.push_back(pair.before);
    ids.push_back(pair.after);
  }
  absl::StatusOr<std::vector<std::string>> trees = Trees(ids);
  if (!trees.ok()) return trees.status();
  std::vector<TreePair> out;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    out.push_back({std::move((*trees)[2 * i]), std::move((*trees)[2 * i + 1])});
  }
  return out;
}

absl::Status PlumbingRepo::Diff(std::unique_ptr<Process>& process, const Command& command,
                                const std::vector<TreePair>& pairs, const PairReader& read) {
  absl::StatusOr<std::vector<TreePair>> trees = AsTrees(pairs);
  if (!trees.ok()) return trees.status();
  if (process == nullptr) {
    absl::StatusOr<std::unique_ptr<Process>> started = Process::Start(command);
    if (!started.ok()) return started.status();
    process = *std::move(started);
  }
  std::string input;
  for (const TreePair& pair : *trees) input += fmt::format("{} {}\n", pair.before, pair.after);
  input += kEnd;
  std::string answer;
  absl::Status asked = process->Ask(input, [&](std::string_view arrived) -> absl::StatusOr<bool> {
    if (answer.size() + arrived.size() > kMaxAnswerBytes) {
      return absl::ResourceExhaustedError("the branches change more than can be looked at");
    }
    answer += arrived;
    if (!std::string_view(answer).ends_with(kEnd)) return false;
    return read(answer);
  });
  if (!asked.ok()) process.reset();
  return asked;
}

absl::StatusOr<std::vector<std::vector<FileChange>>> PlumbingRepo::Changes(
    const std::vector<TreePair>& pairs) {
  std::vector<std::vector<FileChange>> changes;
  if (pairs.empty()) return changes;
  absl::Status diffed =
      Diff(raw_, Inside({"diff-tree", "--stdin", "-r", "-z", "--raw", "--no-abbrev", "--no-renames"}), pairs,
           [&](std::string_view answer) -> absl::StatusOr<bool> {
             auto read = git::ReadRawDiff(answer, pairs.size(), kEnd);
             if (!read.ok()) return read.status();
             if (!read->has_value()) return false;
             changes = **std::move(read);
             return true;
           });
  if (!diffed.ok()) return diffed;
  return changes;
}

absl::StatusOr<std::vector<ContentChange>> PlumbingRepo::ContentChanges(const std::vector<TreePair>& pairs) {
  std::vector<ContentChange> changes;
  if (pairs.empty()) return changes;
  // As merge-ort matches lines: histogram, no shifting of hunks by indent. One
  // line of context, because without any git takes a short cut.
  const Command command =
      Inside({"diff-tree", "--stdin", "-r", "-p", "-U1", "--full-index", "--no-renames", "--histogram",
              "--no-indent-heuristic", "--no-ext-diff", "--no-textconv", "--no-color", "--diff-filter=M"});
  absl::Status diffed = Diff(patch_, command, pairs, [&](std::string_view answer) -> absl::StatusOr<bool> {
    auto read = git::ReadPatch(answer, pairs.size(), kEnd);
    if (!read.ok()) return read.status();
    if (!read->has_value()) return false;
    changes = **std::move(read);
    return true;
  });
  if (!diffed.ok()) return diffed;
  return changes;
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
  absl::StatusOr<Place> place = git::Locate(path, options);
  if (!place.ok()) return place.status();
  absl::StatusOr<std::unique_ptr<git::Scratch>> scratch =
      git::Scratch::Create(options.scratch_parent, place->objects, place->format);
  if (!scratch.ok()) return scratch.status();
  return std::make_unique<PlumbingRepo>(*std::move(place), *std::move(scratch), options);
}

}  // namespace clambake
