// Throw-away git repositories for tests, made by `git fast-import` in one go.
#ifndef CLAMBAKE_TESTS_SUPPORT_TEST_REPO_H_
#define CLAMBAKE_TESTS_SUPPORT_TEST_REPO_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace clambake::tests {

// A folder that goes away with the object.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }
  // Every path below, with size and content: equal strings, equal folders.
  [[nodiscard]] std::string Snapshot() const;

 private:
  std::string path_;
};

struct Blob {
  std::string content;
  std::string mode = "100644";  // 160000: content is a commit id
};

using Files = std::map<std::string, std::optional<Blob>>;  // nullopt: deleted

class TestRepo {
 public:
  enum class Kind { kBare, kWithWorkTree };
  explicit TestRepo(Kind kind = Kind::kBare, const std::string& object_format = "sha1");

  [[nodiscard]] const std::string& path() const { return folder_.path(); }
  [[nodiscard]] const TempFolder& folder() const { return folder_; }

  // Queues a commit on top of `parents` (branch names) that becomes `branch`.
  void Commit(const std::string& branch, const std::vector<std::string>& parents, const Files& files);
  // Makes all queued commits.
  void Build();

  // Runs git in the repository; fails the program if it fails.
  std::string Git(const std::vector<std::string>& arguments, std::string_view input = {}) const;
  // The same; nullopt if it fails.
  std::optional<std::string> TryGit(const std::vector<std::string>& arguments,
                                    std::string_view input = {}) const;
  // The id a rev names.
  std::string Id(const std::string& rev) const;

 private:
  TempFolder folder_;
  std::string stream_;
  std::set<std::string> queued_;  // branches in the stream
  int commits_ = 0;
};

}  // namespace clambake::tests

#endif  // CLAMBAKE_TESTS_SUPPORT_TEST_REPO_H_
