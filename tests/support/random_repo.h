// Repositories made at random, for comparing us with git: small alphabets of
// paths and lines, so that changes meet often, and everything that merging
// finds hard.
#ifndef CLAMBAKE_TESTS_SUPPORT_RANDOM_REPO_H_
#define CLAMBAKE_TESTS_SUPPORT_RANDOM_REPO_H_

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/support/test_repo.h"

namespace clambake::tests {

class RandomRepo {
 public:
  explicit RandomRepo(std::uint64_t seed, const std::string& object_format = "sha1",
                      TestRepo::Kind kind = TestRepo::Kind::kBare);

  [[nodiscard]] const TestRepo& repo() const { return repo_; }
  [[nodiscard]] const std::vector<std::string>& heads() const { return heads_; }

 private:
  using Tree = std::map<std::string, Blob>;

  int Below(int bound) { return static_cast<int>(random_() % static_cast<std::uint64_t>(bound)); }
  template <typename T>
  const T& Pick(const std::vector<T>& choices) {
    return choices[static_cast<std::size_t>(Below(static_cast<int>(choices.size())))];
  }
  std::string PickPath(const Tree& tree);
  std::string Text();
  Tree BaseTree();
  void Change(Tree& tree);
  void EditLines(Blob& blob);
  void MoveFolder(Tree& tree);
  void Cross();
  void Commit(const std::string& branch, const std::vector<std::string>& parents, const Tree& tree);
  static void Insert(Tree& tree, const std::string& path, Blob blob);

  [[nodiscard]] std::string ModuleId(char digit) const { return std::string(id_digits_, digit); }

  std::mt19937_64 random_;
  std::size_t id_digits_;  // 40 or 64, as the object format has it
  TestRepo repo_;
  std::map<std::string, Tree> trees_;  // by branch
  std::vector<std::string> heads_;
};

}  // namespace clambake::tests

#endif  // CLAMBAKE_TESTS_SUPPORT_RANDOM_REPO_H_
