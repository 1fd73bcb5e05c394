#include "clambake/model.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "fmt/format.h"
#include "openssl/evp.h"
#include "openssl/sha.h"

namespace clambake {
namespace {

constexpr std::array<std::string_view, 7> kPriorityNames = {
    "none", "low", "medium", "high", "very-high", "ready_to_merge", "unblocker"};

}  // namespace

std::string_view Version() { return CLAMBAKE_VERSION; }

std::string_view PriorityName(Priority priority) {
  return kPriorityNames[static_cast<std::size_t>(priority)];
}

Priority PriorityOf(const Issue& issue) {
  constexpr std::array<std::pair<std::string_view, Priority>, 6> kLabels = {{
      {"route:unblocker", Priority::kUnblocker},
      {"route:ready_to_merge", Priority::kReadyToMerge},
      {"route:priority-very-high", Priority::kVeryHigh},
      {"route:priority-high", Priority::kHigh},
      {"route:priority-medium", Priority::kMedium},
      {"route:priority-low", Priority::kLow},
  }};
  Priority highest = Priority::kNone;
  for (const std::string& label : issue.labels) {
    for (const auto& [name, priority] : kLabels) {
      if (label == name) highest = std::max(highest, priority);
    }
  }
  return highest;
}

int Tier(Priority priority) {
  return static_cast<int>(priority == Priority::kNone ? Priority::kMedium : priority);
}

bool IsAgentLabel(std::string_view label) {
  constexpr std::string_view kPrefix = "agent";
  constexpr std::size_t kMinDigits = 3;
  if (!label.starts_with(kPrefix) || label.size() < kPrefix.size() + kMinDigits) return false;
  return std::all_of(label.begin() + kPrefix.size(), label.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

bool HasLabel(const std::vector<std::string>& labels, std::string_view label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

std::string Digest(std::string_view bytes) {
  // Looked up once: SHA256() does it each time, which takes longer than a short text.
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
  EVP_Digest(bytes.data(), bytes.size(), hash.data(), nullptr, sha256, nullptr);
  return "sha256:" +
         absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(hash.data()), hash.size()));
}

absl::StatusOr<std::vector<Agent>> MakeAgents(int count) {
  constexpr int kMaxAgents = 100'000;
  if (count < 1 || count > kMaxAgents) {
    return absl::InvalidArgumentError(fmt::format("agents: {} is not between 1 and {}", count, kMaxAgents));
  }
  std::vector<Agent> agents;
  agents.reserve(static_cast<std::size_t>(count));
  for (int i = 1; i <= count; ++i) agents.push_back({fmt::format("agent{:03}", i), 1, {}});
  return agents;
}

}  // namespace clambake
