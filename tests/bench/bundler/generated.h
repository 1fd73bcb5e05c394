// Made-up heads for the benchmark, where no snapshot holds as many: a main
// line, and branches that leave it all along its way. The same number gives
// the same repository.
#ifndef CLAMBAKE_TESTS_BENCH_BUNDLER_GENERATED_H_
#define CLAMBAKE_TESTS_BENCH_BUNDLER_GENERATED_H_

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "clambake/bundler.h"
#include "fmt/format.h"
#include "tests/bench/bundler/material.h"

namespace clambake::bench {

// What one commit does to the files, as input of fast-import, one command a path.
using Edits = std::map<std::string, std::string>;

// The files of the main line, and changes of them such as people make: few
// files, some of them much more often than others, a few lines in each place.
class GeneratedFiles {
 public:
  using Lines = std::vector<std::string>;

  GeneratedFiles() {
    constexpr std::size_t kFiles = 3'000;
    constexpr std::size_t kMinLines = 40;
    constexpr std::size_t kMaxLines = 400;
    for (std::size_t i = 0; i < kFiles; ++i) {
      Lines& lines = files_[NewPath()];
      for (std::size_t more = kMinLines + Below(kMaxLines - kMinLines); more > 0; --more)
        lines.push_back(NewLine());
    }
    for (const auto& [path, lines] : files_) paths_.push_back(path);
    std::shuffle(paths_.begin(), paths_.end(), random_);
  }

  [[nodiscard]] Edits All() const {
    Edits edits;
    for (const auto& [path, lines] : files_) edits[path] = Write(path, lines);
    return edits;
  }

  // Of 100 touched files, 84 are edited, 8 are new, 4 go and 4 are renamed, half of these edited as well.
  Edits Change() {
    constexpr std::size_t kMostFiles = 6;
    constexpr std::size_t kPercent = 100;
    Edits edits;
    for (std::size_t more = 1 + Below(kMostFiles); more > 0; --more) {
      const std::size_t kind = Below(kPercent);
      // What is edited often is seldom taken away.
      const std::string& path = kind < 84 ? PickPath() : paths_[Below(paths_.size())];
      if (kind < 84) {
        edits[path] = Write(path, Edited(files_.at(path)));
        continue;
      }
      if (kind >= 92) edits[path] = fmt::format("D {}\n", path);
      if (kind >= 92 && kind < 96) continue;
      const std::string other = NewPath();
      const bool renamed = kind >= 96;
      const bool as_it_was = kind >= 98;
      edits[other] = Write(other, as_it_was ? files_.at(path) : Edited(renamed ? files_.at(path) : Lines()));
    }
    return edits;
  }

  // A change of the main line: an edit, so that heads keep their files.
  Edits Advance() {
    const std::string& path = PickPath();
    Lines& lines = files_.at(path);
    lines = Edited(lines);
    return {{path, Write(path, lines)}};
  }

 private:
  std::size_t Below(std::size_t bound) { return random_() % bound; }

  // A tenth of all edits go to one file in a hundred.
  const std::string& PickPath() {
    constexpr std::size_t kSteps = 1'000'000;
    const double at = static_cast<double>(Below(kSteps)) / static_cast<double>(kSteps);
    return paths_[static_cast<std::size_t>(static_cast<double>(paths_.size()) * at * at)];
  }

  std::string NewPath() { return fmt::format("part{}/area{}/file{}", Below(10), Below(20), next_++); }

  // Such lines as stand in many places, and others.
  std::string NewLine() {
    constexpr std::size_t kAlike = 3;
    if (Below(10) < kAlike) return Below(2) == 0 ? "" : "  }";
    return fmt::format("  value_{} = call_{}({});", next_++, Below(1'000), Below(100));
  }

  Lines Edited(Lines lines) {
    constexpr std::size_t kMostPlaces = 3;
    constexpr std::size_t kMostLines = 5;
    for (std::size_t places = 1 + Below(kMostPlaces); places > 0; --places) {
      const auto at = static_cast<std::ptrdiff_t>(Below(lines.size() + 1));
      const auto gone = std::min(static_cast<std::ptrdiff_t>(Below(kMostLines)), std::ssize(lines) - at);
      lines.erase(lines.begin() + at, lines.begin() + at + gone);
      for (std::size_t more = 1 + Below(kMostLines); more > 0; --more)
        lines.insert(lines.begin() + at, NewLine());
    }
    return lines;
  }

  static std::string Write(const std::string& path, const Lines& lines) {
    const std::string text = absl::StrJoin(lines, "\n") + "\n";
    return fmt::format("M 100644 inline {}\ndata {}\n{}\n", path, text.size(), text);
  }

  std::mt19937_64 random_{1};
  std::map<std::string, Lines> files_;
  std::vector<std::string> paths_;  // the most touched first
  std::size_t next_ = 0;
};

// Branches refs/heads/0, 1, … beside refs/heads/main, in an empty repository.
inline std::vector<Head> GenerateHeads(const Borrower& repository, std::size_t count) {
  constexpr std::size_t kMainCommits = 30;
  GeneratedFiles files;
  std::string input;
  std::size_t marks = 0;
  const auto commit = [&](const std::string& branch, const std::string& from, const Edits& edits) {
    ++marks;
    input += fmt::format("commit refs/heads/{}\nmark :{}\ncommitter b <b@b> {} +0000\ndata 1\nx\n", branch,
                         marks, 1'000'000'000 + marks);
    if (!from.empty()) input += fmt::format("from {}\n", from);
    for (const auto& [path, command] : edits) input += command;
    return fmt::format(":{}", marks);
  };
  std::string main = commit("main", "", files.All());
  std::vector<Head> heads;
  for (std::size_t at = 1; at <= kMainCommits; ++at) {
    while (heads.size() < count * at / kMainCommits) {
      const std::string branch = std::to_string(heads.size());
      commit(branch, main, files.Change());
      heads.push_back({"refs/heads/" + branch, static_cast<IssueNumber>(heads.size() + 1)});
    }
    main = commit("main", main, files.Advance());
  }
  Git(repository.path(), {"fast-import", "--quiet"}, input);
  Git(repository.path(), {"pack-refs", "--all"});
  fmt::print("{} generated heads that leave the main line at most {} commits from its tip\n", heads.size(),
             kMainCommits);
  return heads;
}

}  // namespace clambake::bench

#endif  // CLAMBAKE_TESTS_BENCH_BUNDLER_GENERATED_H_
