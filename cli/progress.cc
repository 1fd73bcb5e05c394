#include "cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <streambuf>
#include <system_error>
#include <utility>
#include <vector>

#include "clambake/report.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

// Pairs that git gets at once: some tenths of a second's work.
constexpr std::size_t kBatch = 256;

class ShownGit final : public GitRepo {
 public:
  ShownGit(std::unique_ptr<GitRepo> repo, ProgressLine& line, const std::string& stage)
      : repo_(std::move(repo)), line_(line), stage_(stage) {}

  absl::StatusOr<std::vector<MergeResult>> Merge(const std::vector<MergePair>& pairs) override {
    std::vector<MergeResult> results;
    for (std::size_t first = 0; first < pairs.size(); first += kBatch) {
      line_.Show(fmt::format("{}: git has merged {} of {}", stage_, merged_ + first,
                             Counted(merged_ + pairs.size(), "pair")));
      const auto begin = pairs.begin() + static_cast<std::ptrdiff_t>(first);
      const auto size = static_cast<std::ptrdiff_t>(std::min(kBatch, pairs.size() - first));
      absl::StatusOr<std::vector<MergeResult>> batch = repo_->Merge({begin, begin + size});
      if (!batch.ok()) return batch;
      std::move(batch->begin(), batch->end(), std::back_inserter(results));
    }
    merged_ += pairs.size();
    return results;
  }

  absl::StatusOr<std::vector<std::optional<std::string>>> Resolve(
      const std::vector<std::string>& revs) override {
    return repo_->Resolve(revs);
  }
  absl::StatusOr<std::vector<std::string>> Unreachable(const std::vector<std::string>& commits) override {
    return repo_->Unreachable(commits);
  }
  absl::StatusOr<std::vector<GitCommit>> CommitsBeyond(std::string_view base,
                                                       const std::vector<std::string>& heads) override {
    return repo_->CommitsBeyond(base, heads);
  }
  absl::StatusOr<std::vector<std::vector<FileChange>>> Changes(const std::vector<TreePair>& trees) override {
    return repo_->Changes(trees);
  }
  absl::StatusOr<std::vector<ContentChange>> ContentChanges(const std::vector<BlobPair>& blobs) override {
    return repo_->ContentChanges(blobs);
  }
  absl::StatusOr<std::vector<bool>> Resemble(const std::vector<std::string>& contents,
                                             const std::vector<std::string>& others) override {
    return repo_->Resemble(contents, others);
  }
  absl::StatusOr<std::vector<bool>> AreFolders(const std::vector<std::string>& objects) override {
    return repo_->AreFolders(objects);
  }
  absl::StatusOr<std::vector<std::string>> WriteCommits(const std::vector<NewCommit>& commits) override {
    return repo_->WriteCommits(commits);
  }
  absl::StatusOr<std::vector<std::string>> Trees(const std::vector<std::string>& commits) override {
    return repo_->Trees(commits);
  }

 private:
  std::unique_ptr<GitRepo> repo_;
  ProgressLine& line_;
  const std::string& stage_;
  std::size_t merged_ = 0;
};

// Passes on what it reads, and says how much that was.
class ShownSource final : public std::streambuf {
 public:
  ShownSource(std::streambuf& source, ProgressLine& line, std::string_view name, std::uintmax_t size)
      : source_(source), line_(line), name_(name), size_(size) {}

 protected:
  std::streamsize xsgetn(char* target, std::streamsize size) override {
    const std::streamsize got = source_.sgetn(target, size);
    if (read_ / kStep != (read_ + got) / kStep) line_.Show(Told((read_ + got) / kMegabyte));
    read_ += got;
    return got;
  }
  int_type underflow() override { return source_.sgetc(); }
  int_type uflow() override { return source_.sbumpc(); }

 private:
  static constexpr std::streamsize kMegabyte = 1'000'000;
  static constexpr std::streamsize kStep = 4 * kMegabyte;  // some hundredths of a second's work

  [[nodiscard]] std::string Told(std::streamsize megabytes) const {
    if (size_ == 0) return fmt::format("reading {}: {} MB", name_, megabytes);
    return fmt::format("reading {}: {} of {} MB", name_, megabytes, size_ / kMegabyte);
  }

  std::streambuf& source_;
  ProgressLine& line_;
  std::string_view name_;
  std::uintmax_t size_;  // 0: not known
  std::streamsize read_ = 0;
};

}  // namespace

ProgressLine::ProgressLine(const Globals& globals)
    : visible_(isatty(STDERR_FILENO) == 1 && !globals.no_progress && !globals.quiet) {}

void ProgressLine::Show(std::string_view text) {
  if (!visible_) return;
  // No wrapping: of a line that went on below, only the last part could be replaced.
  fmt::print(stderr, "\r\x1b[K\x1b[?7l{}\x1b[?7h", text);
  std::fflush(stderr);
  shown_ = true;
}

void ProgressLine::Clear() {
  if (!shown_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  shown_ = false;
}

absl::StatusOr<Backlog> ReadShownBacklog(const std::string& path, ProgressLine& line) {
  const bool is_stdin = path == "-";
  std::error_code unknown;
  const std::uintmax_t size = is_stdin ? 0 : std::filesystem::file_size(path, unknown);
  // What is no file with a size (a pipe, or nothing at all) is left to those who explain it.
  if (!line.visible() || unknown) return ReadBacklogFile(path);
  std::filebuf file;
  if (!is_stdin && file.open(path, std::ios::in | std::ios::binary) == nullptr) return ReadBacklogFile(path);
  const std::string_view name = is_stdin ? "<stdin>" : path;
  ShownSource source(is_stdin ? *std::cin.rdbuf() : file, line, name, size);
  std::istream in(&source);
  absl::StatusOr<Backlog> backlog = ReadBacklog(in, name);
  line.Clear();
  return backlog;
}

std::unique_ptr<GitRepo> NewShownGit(std::unique_ptr<GitRepo> repo, ProgressLine& line,
                                     const std::string& stage) {
  if (!line.visible()) return repo;
  return std::make_unique<ShownGit>(std::move(repo), line, stage);
}

}  // namespace clambake::cli
