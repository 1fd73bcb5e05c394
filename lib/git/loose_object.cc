// Git's loose object format: a zlib stream of "type size\0content". The stream
// is stored, not deflated: these objects live for seconds.
#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/strings/escaping.h"
#include "fmt/format.h"
#include "git/scratch.h"
#include "openssl/evp.h"

namespace clambake::git {
namespace {

void AppendBigEndian(std::uint32_t value, std::string& out) {
  for (unsigned shift : {24U, 16U, 8U, 0U}) out += static_cast<char>((value >> shift) & 0xFFU);
}

void AppendLittleEndian16(std::uint32_t value, std::string& out) {
  out += static_cast<char>(value & 0xFFU);
  out += static_cast<char>((value >> 8U) & 0xFFU);
}

std::uint32_t Adler32(std::string_view bytes) {
  constexpr std::uint32_t kModulus = 65521;
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (char c : bytes) {
    a = (a + static_cast<unsigned char>(c)) % kModulus;
    b = (b + a) % kModulus;
  }
  return (b << 16U) | a;
}

std::string Stored(std::string_view bytes) {
  constexpr std::size_t kMaxBlock = 0xFFFF;
  std::string out = "\x78\x01";
  const std::uint32_t checksum = Adler32(bytes);
  bool last = false;
  while (!last) {
    const std::string_view block = bytes.substr(0, kMaxBlock);
    bytes.remove_prefix(block.size());
    last = bytes.empty();
    out += last ? '\1' : '\0';
    const auto length = static_cast<std::uint32_t>(block.size());
    AppendLittleEndian16(length, out);
    AppendLittleEndian16(~length, out);
    out += block;
  }
  AppendBigEndian(checksum, out);
  return out;
}

}  // namespace

LooseObject MakeLooseObject(ObjectFormat format, std::string_view type, std::string_view content) {
  std::string plain = fmt::format("{} {}", type, content.size());
  plain += '\0';
  plain += content;
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned int size = 0;
  EVP_Digest(plain.data(), plain.size(), hash.data(), &size,
             format == ObjectFormat::kSha1 ? EVP_sha1() : EVP_sha256(), nullptr);
  return {absl::BytesToHexString({reinterpret_cast<const char*>(hash.data()), size}), Stored(plain)};
}

}  // namespace clambake::git
