#include "tests/support/random_repo.h"

#include <iterator>

namespace clambake::tests {
namespace {

const std::vector<std::string>& Folders() {
  static const std::vector<std::string> folders = {"", "a/", "a/b/", "a/b/c/", "d/", "D/", "e e/", "ü/"};
  return folders;
}

const std::vector<std::string>& Names() {
  static const std::vector<std::string> names = {"f",           "F", "g", "h.txt", "with \"quotes\"",
                                                 "line\nbreak", "ø", "b", "-x"};
  return names;
}

}  // namespace

// A path takes the place of whatever stands in its way.
void RandomRepo::Insert(Tree& tree, const std::string& path, Blob blob) {
  std::erase_if(tree, [&](const auto& entry) {
    return entry.first.starts_with(path + "/") || path.starts_with(entry.first + "/");
  });
  tree[path] = std::move(blob);
}

std::string RandomRepo::PickPath(const Tree& tree) {
  return std::next(tree.begin(), Below(static_cast<int>(tree.size())))->first;
}

std::string RandomRepo::Text() {
  std::string text;
  const int lines = Below(6) == 0 ? 0 : 3 + Below(12);
  const int kind = Below(4);
  for (int i = 0; i < lines; ++i) {
    // Repeated lines are where line matching goes wrong.
    text += Below(3) == 0 ? "}" : "line " + std::to_string(kind * 100 + i);
    text += "\n";
  }
  if (Below(8) == 0 && !text.empty()) text.pop_back();
  return text;
}

RandomRepo::Tree RandomRepo::BaseTree() {
  Tree tree;
  const int files = 4 + Below(8);
  for (int i = 0; i < files; ++i) Insert(tree, Pick(Folders()) + Pick(Names()), Blob{Text()});
  Insert(tree, "link", Blob{"a/f", "120000"});
  Insert(tree, "module", Blob{ModuleId('1'), "160000"});
  Insert(tree, "image", Blob{std::string("\0\1\2", 3) + Text()});
  if (Below(3) == 0) Insert(tree, ".gitattributes", Blob{"*.txt merge=union\nf -text\ng binary\n"});
  return tree;
}

void RandomRepo::EditLines(Blob& blob) {
  if (blob.mode == "160000") {
    blob.content = ModuleId(static_cast<char>('1' + Below(4)));
    return;
  }
  if (blob.mode == "120000") {
    blob.content = "target" + std::to_string(Below(3));
    return;
  }
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < blob.content.size();) {
    const std::size_t end = blob.content.find('\n', at);
    lines.push_back(blob.content.substr(at, end == std::string::npos ? end : end - at + 1));
    at += lines.back().size();
  }
  const auto at = lines.begin() + Below(static_cast<int>(lines.size()) + 1);
  switch (Below(6)) {
    case 0:
      lines.insert(at, "new " + std::to_string(Below(3)) + "\n");
      break;
    case 1:
      if (at != lines.end()) lines.erase(at);
      break;
    case 2:
      for (std::string& line : lines) {
        if (line.ends_with('\n') && !line.ends_with("\r\n")) line.insert(line.size() - 1, "\r");
      }
      break;
    case 3:
      lines.insert(at, "}\n");
      break;
    default:
      if (at != lines.end()) *at = "changed " + std::to_string(Below(3)) + "\n";
  }
  blob.content.clear();
  for (const std::string& line : lines) blob.content += line;
}

void RandomRepo::MoveFolder(Tree& tree) {
  const std::string from = Pick(Folders());
  const std::string to = Below(2) == 0 ? "moved/" : Pick(Folders());
  if (from == to || to.starts_with(from)) return;
  Tree moved;
  for (const auto& [path, blob] : tree) {
    if (path.starts_with(from)) moved[to + path.substr(from.size())] = blob;
  }
  std::erase_if(tree, [&](const auto& entry) { return entry.first.starts_with(from); });
  for (const auto& [path, blob] : moved) Insert(tree, path, blob);
}

void RandomRepo::Change(Tree& tree) {
  if (tree.size() < 2) Insert(tree, Pick(Folders()) + Pick(Names()), Blob{Text()});
  const std::string path = PickPath(tree);
  switch (Below(14)) {
    case 0:
      Insert(tree, Pick(Folders()) + Pick(Names()), Blob{Text()});
      break;
    case 1:
      Insert(tree, Pick(Folders()) + "new" + std::to_string(Below(4)), Blob{Text()});
      break;
    case 2:
      tree.erase(path);
      break;
    case 3: {
      const Blob blob = tree[path];
      tree.erase(path);
      Insert(tree, Pick(Folders()) + Pick(Names()), blob);
      break;
    }
    case 4:
      MoveFolder(tree);
      break;
    case 5:
      if (tree[path].mode == "100644") tree[path].mode = "100755";
      break;
    case 6:
      tree[path] = Blob{"a/f", "120000"};
      break;
    case 7:
      Insert(tree, path + "/below", Blob{Text()});
      break;
    default:
      EditLines(tree[path]);
  }
}

void RandomRepo::Commit(const std::string& branch, const std::vector<std::string>& parents,
                        const Tree& tree) {
  Files files;
  const Tree before = parents.empty() ? Tree() : trees_[parents.front()];
  for (const auto& [path, blob] : before) {
    if (!tree.contains(path)) files[path] = std::nullopt;
  }
  for (const auto& [path, blob] : tree) {
    const auto old = before.find(path);
    if (old == before.end() || old->second.content != blob.content || old->second.mode != blob.mode)
      files[path] = blob;
  }
  repo_.Commit(branch, parents, files);
  trees_[branch] = tree;
}

// Two branches merge each other: one is main, the other a head, and both sides
// are merge bases of the two.
void RandomRepo::Cross() {
  for (const char* const side : {"left", "right"}) {
    Tree tree = trees_["main"];
    for (int i = Below(2); i >= 0; --i) Change(tree);
    Commit(side, {"main"}, tree);
  }
  Tree crossed = trees_["right"];
  Change(crossed);
  Commit("crossed", {"right", "left"}, crossed);
  Commit("main", {"left", "right"}, trees_["left"]);
  heads_.emplace_back("crossed");
}

RandomRepo::RandomRepo(std::uint64_t seed, const std::string& object_format, TestRepo::Kind kind)
    : random_(seed), id_digits_(object_format == "sha256" ? 64 : 40), repo_(kind, object_format) {
  Commit("main", {}, BaseTree());
  Commit("old", {"main"}, trees_["main"]);
  if (Below(2) == 0) {
    Tree tree = trees_["main"];
    for (int i = Below(4); i >= 0; --i) Change(tree);
    Commit("main", {"main"}, tree);
  }
  if (Below(3) == 0) Cross();
  const int count = 6 + Below(8);
  for (int i = 0; i < count; ++i) {
    const std::string head = "head" + std::to_string(i);
    std::vector<std::string> parents = {Below(4) == 0 ? "old" : "main"};
    if (!heads_.empty() && Below(6) == 0) parents = {Pick(heads_)};
    // A merge keeps its first parent's tree: criss-cross histories arise.
    if (!heads_.empty() && Below(8) == 0) parents.push_back(Pick(heads_));
    if (parents.size() > 1 && parents[0] == parents[1]) parents.pop_back();
    Tree tree = trees_[parents.front()];
    for (int changes = Below(3); changes >= 0; --changes) Change(tree);
    Commit(head, parents, tree);
    heads_.push_back(head);
  }
  repo_.Build();
}

}  // namespace clambake::tests
