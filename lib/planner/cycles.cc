#include "planner/cycles.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "planner/problem.h"

namespace clambake::planner {
namespace {

// Tarjan's algorithm with its own stack.
class ComponentSearch {
 public:
  explicit ComponentSearch(const Rows& edges)
      : edges_(edges),
        nodes_(static_cast<std::size_t>(edges.size())),
        component_(static_cast<std::size_t>(edges.size()), kNone) {}

  Column<std::int32_t> Run() {
    for (std::int32_t node = 0; node < edges_.size(); ++node) {
      if (!Visited(node)) Explore(node);
    }
    return std::move(component_);
  }

 private:
  static constexpr std::int32_t kDone = INT32_MAX;

  struct Node {
    std::int32_t index = kNone;
    std::int32_t low = kNone;
    std::int32_t next_edge = 0;
  };

  // Whoever waits for nobody is done without being entered, as most are.
  bool Visited(std::int32_t node) {
    if (nodes_[node].index == kNone && edges_[node].empty()) nodes_[node].index = kDone;
    return nodes_[node].index != kNone;
  }

  void Enter(std::int32_t node) {
    nodes_[node].index = nodes_[node].low = clock_++;
    open_.push_back(node);
    path_.push_back(node);
  }

  void Explore(std::int32_t root) {
    Enter(root);
    while (!path_.empty()) {
      const std::int32_t node = path_.back();
      Node& it = nodes_[node];
      const auto row = edges_[node];
      if (static_cast<std::size_t>(it.next_edge) < row.size()) {
        const std::int32_t to = row[static_cast<std::size_t>(it.next_edge++)];
        if (!Visited(to)) {
          Enter(to);
        } else if (nodes_[to].index != kDone) {
          it.low = std::min(it.low, nodes_[to].index);
        }
        continue;
      }
      path_.pop_back();
      if (!path_.empty()) nodes_[path_.back()].low = std::min(nodes_[path_.back()].low, it.low);
      if (it.low == it.index) Close(node);
    }
  }

  // Everything opened since `root` is one component.
  void Close(std::int32_t root) {
    const auto row = edges_[root];
    const bool cyclic = open_.back() != root || std::find(row.begin(), row.end(), root) != row.end();
    std::int32_t node = kNone;
    do {
      node = open_.back();
      open_.pop_back();
      nodes_[node].index = kDone;
      if (cyclic) component_[node] = components_;
    } while (node != root);
    if (cyclic) ++components_;
  }

  const Rows& edges_;
  Column<Node> nodes_;
  Column<std::int32_t> component_;
  std::vector<std::int32_t> open_, path_;
  std::int32_t clock_ = 0;
  std::int32_t components_ = 0;
};

// Follows the first edge inside the component, again and again.
std::vector<std::int32_t> Walk(const Rows& edges, const Column<std::int32_t>& components, std::int32_t node,
                               std::size_t length) {
  std::vector<std::int32_t> path;
  while (path.size() < length) {
    path.push_back(node);
    const auto row = edges[node];
    node = *std::find_if(row.begin(), row.end(),
                         [&](std::int32_t to) { return components[to] == components[node]; });
  }
  return path;
}

}  // namespace

Column<std::int32_t> CyclicComponents(const Rows& edges) { return ComponentSearch(edges).Run(); }

std::vector<std::int32_t> CycleThrough(const Rows& edges, const Column<std::int32_t>& components,
                                       std::int32_t node, std::size_t max_length) {
  // Breadth first, with a limit, so that a huge tangle stays linear. Every
  // member of the component leads back to `node`, so the queue lasts.
  const std::size_t max_visits = max_length * 4;
  absl::flat_hash_map<std::int32_t, std::int32_t> parent = {{node, kNone}};
  std::vector<std::int32_t> queue = {node};
  for (std::size_t i = 0; queue.size() < max_visits; ++i) {
    const std::int32_t from = queue[i];
    for (const std::int32_t to : edges[from]) {
      if (to == node) {
        std::vector<std::int32_t> path;
        for (std::int32_t step = from; step != kNone; step = parent[step]) path.push_back(step);
        std::reverse(path.begin(), path.end());
        if (path.size() > max_length) path.resize(max_length);
        return path;
      }
      if (components[to] == components[node] && parent.try_emplace(to, from).second) queue.push_back(to);
    }
  }
  return Walk(edges, components, node, max_length);
}

}  // namespace clambake::planner
