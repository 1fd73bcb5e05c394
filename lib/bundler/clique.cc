#include "bundler/clique.h"

#include <algorithm>

namespace clambake::bundler {
namespace {

using Members = std::vector<std::size_t>;

// Branch and bound after Tomita: a greedy colouring of the candidates bounds
// how many of them one clique can take.
class CliqueSearch {
 public:
  explicit CliqueSearch(const std::vector<Members>& neighbours) : neighbours_(neighbours) {}

  std::size_t Run() {
    Members all;
    for (std::size_t i = 0; i < neighbours_.size(); ++i) {
      if (!neighbours_[i].empty()) all.push_back(i);
    }
    best_ = neighbours_.empty() ? 0 : 1;
    std::stable_sort(all.begin(), all.end(), [&](std::size_t a, std::size_t b) {
      return neighbours_[a].size() > neighbours_[b].size();
    });
    Extend(all, 0);
    return best_;
  }

 private:
  [[nodiscard]] bool Adjacent(std::size_t a, std::size_t b) const {
    return std::binary_search(neighbours_[a].begin(), neighbours_[a].end(), b);
  }

  // Puts `members` into colour order and returns the colour of each, from 1.
  Members Colour(Members& members) const {
    std::vector<Members> classes;
    for (std::size_t member : members) {
      auto fits = std::find_if(classes.begin(), classes.end(), [&](const Members& group) {
        return std::none_of(group.begin(), group.end(),
                            [&](std::size_t other) { return Adjacent(member, other); });
      });
      if (fits == classes.end()) fits = classes.emplace(classes.end());
      fits->push_back(member);
    }
    Members colours;
    members.clear();
    for (std::size_t colour = 0; colour < classes.size(); ++colour) {
      members.insert(members.end(), classes[colour].begin(), classes[colour].end());
      colours.resize(members.size(), colour + 1);
    }
    return colours;
  }

  void Extend(Members members, std::size_t size) {
    best_ = std::max(best_, size);
    const Members colours = Colour(members);
    for (std::size_t i = members.size(); i-- > 0;) {
      if (size + colours[i] <= best_ || budget_ == 0) return;
      --budget_;
      Members rest;
      for (std::size_t j = 0; j < i; ++j) {
        if (Adjacent(members[i], members[j])) rest.push_back(members[j]);
      }
      Extend(std::move(rest), size + 1);
    }
  }

  const std::vector<Members>& neighbours_;
  std::size_t best_ = 0;
  std::size_t budget_ = 20'000;
};

}  // namespace

std::size_t CliqueSize(const std::vector<std::vector<std::size_t>>& neighbours) {
  return CliqueSearch(neighbours).Run();
}

}  // namespace clambake::bundler
