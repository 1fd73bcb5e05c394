// Builds operations, lane by lane, with their ids.
#ifndef CLAMBAKE_EXECUTOR_LANES_H_
#define CLAMBAKE_EXECUTOR_LANES_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clambake/executor.h"
#include "model/operations.h"

namespace clambake::executor {

class LaneBuilder {
 public:
  LaneBuilder(std::string lane, IssueNumber issue, std::vector<Operation>& operations)
      : lane_(std::move(lane)), issue_(issue), operations_(operations) {}

  LaneBuilder& After(std::string_view lane) {
    after_ = lane;
    return *this;
  }
  LaneBuilder& Add(GithubWrite write) {
    std::string id = OperationId(lane_, write);
    operations_.push_back(
        {.id = std::move(id), .lane = lane_, .after = after_, .issue = issue_, .write = std::move(write)});
    return *this;
  }
  LaneBuilder& AddAdvisory(GithubWrite write) {
    Add(std::move(write));
    operations_.back().need = Operation::Need::kAdvisory;
    return *this;
  }
  // The operation added last is sent only while its head has this tree.
  LaneBuilder& OnTree(std::string tree) {
    operations_.back().tree = std::move(tree);
    return *this;
  }
  // The issue's work state, once the operation added last is confirmed.
  LaneBuilder& Then(WorkState state) {
    operations_.back().then = state;
    return *this;
  }

 private:
  std::string lane_;
  std::string after_;
  IssueNumber issue_;
  std::vector<Operation>& operations_;
};

}  // namespace clambake::executor

#endif  // CLAMBAKE_EXECUTOR_LANES_H_
