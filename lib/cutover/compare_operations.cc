#include "clambake/compare_operations.h"

#include <map>
#include <utility>

#include "clambake/github_write.h"
#include "fmt/format.h"

namespace clambake {
namespace {

// What an operation does to its subject. Two of one key are the same intention,
// in whatever words.
struct Effect {
  std::string subject;
  std::string key;
  auto operator<=>(const Effect&) const = default;
};

struct Shown {
  const Operation* operation = nullptr;
  WireRequest request;
};

using Effects = std::map<Effect, Shown>;

std::vector<std::string> KeysOf(const GithubWrite& write) {
  if (const auto* add = std::get_if<AddLabels>(&write)) {
    std::vector<std::string> keys;
    for (const std::string& label : add->labels) keys.push_back("+" + label);
    return keys;
  }
  if (const auto* remove = std::get_if<RemoveLabel>(&write)) return {"-" + remove->label};
  if (const auto* merge = std::get_if<MergeBranch>(&write)) return {"merge " + merge->head};
  if (std::holds_alternative<CreateComment>(write) || std::holds_alternative<UpdateComment>(write)) {
    return {"comment"};
  }
  return {std::string(WriteKind(write))};
}

Effects EffectsOf(const Preparation& preparation) {
  Effects effects;
  for (const Operation& operation : preparation.operations) {
    const std::string subject =
        operation.issue != 0 ? fmt::format("issue-{}", operation.issue) : operation.lane;
    for (std::string& key : KeysOf(operation.write)) {
      effects[{subject, std::move(key)}] = {&operation, Describe(preparation.repository, operation.write)};
    }
  }
  return effects;
}

using Class = std::pair<DifferenceClass, std::string>;
const Class kUnexplained{DifferenceClass::kDifferent, "unexplained"};

Class ClassifyPulls(const CreatePull& control, const CreatePull& candidate) {
  if (control.head != candidate.head || control.base != candidate.base) return kUnexplained;
  const bool closes = candidate.body.find("Fixes #") != std::string::npos;
  if (closes && control.body.find("Fixes #") == std::string::npos) {
    return {DifferenceClass::kExpected, "L6_no_closing"};
  }
  return {DifferenceClass::kEquivalent, "wording"};
}

Class ClassifyBoth(const Shown& control, const Shown& candidate) {
  const WireRequest& a = control.request;
  const WireRequest& b = candidate.request;
  if (a.method == b.method && a.path == b.path && a.body == b.body) return {DifferenceClass::kSame, ""};
  const GithubWrite& before = control.operation->write;
  const GithubWrite& after = candidate.operation->write;
  if (before.index() != after.index()) return kUnexplained;
  if (const auto* pull = std::get_if<CreatePull>(&before))
    return ClassifyPulls(*pull, std::get<CreatePull>(after));
  if (const auto* ref = std::get_if<CreateRef>(&before)) {
    // Legacy makes names of titles, v2 of numbers.
    const bool same_tip = ref->sha == std::get<CreateRef>(after).sha && control.operation->issue != 0;
    return same_tip ? Class{DifferenceClass::kExpected, "branch_name"} : kUnexplained;
  }
  if (const auto* merge = std::get_if<MergeBranch>(&before)) {
    return merge->base == std::get<MergeBranch>(after).base ? Class{DifferenceClass::kEquivalent, "wording"}
                                                            : kUnexplained;
  }
  if (std::holds_alternative<AddLabels>(before)) return {DifferenceClass::kSame, ""};  // grouped otherwise
  return kUnexplained;
}

// Legacy queues bundled issues again, v2 takes them out of the queue.
bool IsRequeue(std::string_view key) {
  return key == "+route:review" || key == "-route:review" || key == "+route:ready_to_merge";
}

Class ClassifyOne(const Effect& effect, const GithubWrite& write, bool of_candidate) {
  if (IsRequeue(effect.key)) return {DifferenceClass::kExpected, "L5_requeue"};
  if (of_candidate && effect.key == "comment") return {DifferenceClass::kExpected, "status_comment"};
  // Landing and giving back: legacy leaves that to its agents.
  if (of_candidate && std::holds_alternative<RemoveLabel>(write))
    return {DifferenceClass::kExpected, "v2_lands"};
  // Legacy assigns the repository's owner where nobody is named.
  if (!of_candidate && std::holds_alternative<AddAssignees>(write)) {
    return {DifferenceClass::kExpected, "owner_assigned"};
  }
  return kUnexplained;
}

std::string Told(const Shown* shown) {
  return shown == nullptr ? "" : fmt::format("{} {}", shown->request.method, shown->request.path);
}

}  // namespace

OperationComparison CompareOperations(const Preparation& control, const Preparation& candidate) {
  const Effects before = EffectsOf(control);
  const Effects after = EffectsOf(candidate);
  Effects all = before;
  all.insert(after.begin(), after.end());
  OperationComparison result;
  for (const auto& [effect, shown] : all) {
    const auto in_control = before.find(effect);
    const auto in_candidate = after.find(effect);
    const Shown* const a = in_control == before.end() ? nullptr : &in_control->second;
    const Shown* const b = in_candidate == after.end() ? nullptr : &in_candidate->second;
    auto [classification, code] = a != nullptr && b != nullptr
                                      ? ClassifyBoth(*a, *b)
                                      : ClassifyOne(effect, shown.operation->write, b != nullptr);
    ++result.counts[static_cast<std::size_t>(classification)];
    if (classification == DifferenceClass::kSame) continue;
    result.differences.push_back({effect.subject, classification, std::move(code), Told(a), Told(b)});
  }
  return result;
}

}  // namespace clambake
