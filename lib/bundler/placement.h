// Members in groups of at most so many, no two of a group in conflict, and the
// moves that make room for one more.
#ifndef CLAMBAKE_BUNDLER_PLACEMENT_H_
#define CLAMBAKE_BUNDLER_PLACEMENT_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace clambake::bundler {

using Members = std::vector<std::size_t>;
inline constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

// Thread-compatible. Deterministic.
class Placement {
 public:
  // Somebody who looks for a place, on behalf of the one that wants this one's.
  struct Seeker {
    std::size_t member;
    std::size_t behind;  // by place in the chain; kNone for the first
  };

  // `neighbours` by member, ascending; not owned. max_size 0: no limit.
  Placement(const std::vector<Members>& neighbours, std::size_t groups, std::size_t max_size);

  [[nodiscard]] std::size_t GroupOf(std::size_t member) const { return group_of_[member]; }  // or kNone
  [[nodiscard]] const std::vector<Members>& groups() const { return groups_; }
  [[nodiscard]] bool Full(std::size_t group) const {
    return max_size_ > 0 && groups_[group].size() >= max_size_;
  }
  [[nodiscard]] bool Takes(std::size_t group, std::size_t member) const {
    return !Full(group) && blocked_[member * groups_.size() + group] == 0;
  }
  // In how many groups a member has no conflict.
  [[nodiscard]] std::size_t OpenGroups(std::size_t member) const { return open_groups_[member]; }

  // The fullest group with members that takes this one, the first of equals,
  // but for some; kNone.
  [[nodiscard]] std::size_t BestGroup(std::size_t member, const Members& except = {}) const;

  void Put(std::size_t member, std::size_t group);  // who is in no group
  void Take(std::size_t member);                    // who is in one

  // Puts a member into its best group; if none takes it, one member of a group
  // makes room by going to another group, where one makes room in turn, and so
  // on: as few moves as can be; if there is no such chain, into a group without
  // members. False, and nothing has changed: there is none either.
  bool Insert(std::size_t member);

  // Puts a member where it has the fewest conflicts, and inserts those anew that
  // have to leave for it. False, and nothing has changed: no such place.
  bool InsertByEviction(std::size_t member);

 private:
  // Everybody of whom one has to leave for the member to fit in; nobody where
  // one is not enough.
  [[nodiscard]] Members WhoWouldHaveToLeave(std::size_t member, std::size_t group) const;
  bool InsertByMoves(std::size_t member);
  // Moves the last of a chain into the group, and everybody before it into the
  // place that the next one leaves.
  void Shift(const std::vector<Seeker>& chain, std::size_t last, std::size_t group);

  const std::vector<Members>* neighbours_;
  std::size_t max_size_;
  Members group_of_;
  std::vector<Members> groups_;
  std::vector<std::uint32_t> blocked_;  // conflicts, by member, then group
  Members open_groups_;
};

}  // namespace clambake::bundler

#endif  // CLAMBAKE_BUNDLER_PLACEMENT_H_
