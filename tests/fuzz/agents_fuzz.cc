// The file of agents.
#include <set>
#include <sstream>

#include "clambake/model.h"
#include "nlohmann/json.hpp"
#include "tests/fuzz/fuzz.h"

namespace clambake {
namespace {

FUZZ_TARGET(input) {
  std::istringstream in{std::string(input)};
  const absl::StatusOr<std::vector<Agent>> agents = ReadAgents(in, "fuzz");
  fuzz::CheckCode(agents.status(), {absl::StatusCode::kInvalidArgument});
  if (!agents.ok()) return FUZZ_CHECK(fuzz::Message(agents.status()).substr(0, 5) == "fuzz:");
  const nlohmann::json other = nlohmann::json::parse(input, nullptr, /*allow_exceptions=*/false);
  FUZZ_CHECK(!other.is_discarded());
  FUZZ_CHECK(!agents->empty());
  std::set<std::string> ids;
  for (const Agent& agent : *agents) {
    FUZZ_CHECK(IsAgentLabel(agent.id));
    FUZZ_CHECK(ids.insert(agent.id).second);
    FUZZ_CHECK(agent.capacity >= 1 && agent.capacity <= 1'000);
  }
  // A key that stands twice is the last one there, and the first one here.
  for (std::size_t i = 0; i < agents->size() && other["agents"].size() == agents->size(); ++i) {
    const nlohmann::json& element = other["agents"][i];
    if (element["id"] != (*agents)[i].id) continue;
    const nlohmann::json skills = element.value("skills", nlohmann::json());
    FUZZ_CHECK(skills.is_null() || skills.size() == (*agents)[i].skills.size());
  }
}

}  // namespace
}  // namespace clambake
