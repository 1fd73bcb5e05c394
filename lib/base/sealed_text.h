// A JSON object with a digest over itself as its last member, so that any
// change of a single byte is noticed.
#ifndef CLAMBAKE_BASE_SEALED_TEXT_H_
#define CLAMBAKE_BASE_SEALED_TEXT_H_

#include <string>
#include <string_view>

namespace clambake {

// `digest` gives "sha256:" and 64 digits.
using DigestOf = std::string (*)(std::string_view);

// `object` ends with "}" and has at least one member.
inline std::string Seal(std::string_view object, DigestOf digest) {
  return std::string(object.substr(0, object.size() - 1)) + ",\"digest\":\"" + digest(object) + "\"}";
}

// The digest of a sealed object, "" if it is damaged.
inline std::string SealOf(std::string_view sealed, DigestOf digest) {
  constexpr std::string_view kKey = ",\"digest\":\"";
  constexpr std::size_t kDigest = 71;  // "sha256:" and 64 digits
  constexpr std::size_t kSuffix = kKey.size() + kDigest + 2;
  if (sealed.size() <= kSuffix) return "";
  const std::string object = std::string(sealed.substr(0, sealed.size() - kSuffix)) + "}";
  std::string found = digest(object);
  return sealed.ends_with(std::string(kKey) + found + "\"}") ? found : "";
}

}  // namespace clambake

#endif  // CLAMBAKE_BASE_SEALED_TEXT_H_
