// Between RapidJSON's parser and what takes its events: refuses what RapidJSON
// lets pass. It accepts "\ude00", half of a surrogate pair, which is no
// character (RFC 8259, section 8.2) and would make a string that is no UTF-8.
#ifndef CLAMBAKE_BASE_JSON_HANDLER_H_
#define CLAMBAKE_BASE_JSON_HANDLER_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include "rapidjson/rapidjson.h"

namespace clambake {

template <typename Target>
class JsonHandler {
 public:
  // Beyond `max_depth` the parse stops: RapidJSON's recursive parser needs that.
  explicit JsonHandler(Target& target, std::size_t max_depth = std::numeric_limits<std::size_t>::max())
      : target_(target), left_(max_depth) {}

  bool Null() { return target_.Null(); }
  bool Bool(bool b) { return target_.Bool(b); }
  bool Int(int i) { return target_.Int(i); }
  bool Uint(unsigned i) { return target_.Uint(i); }
  bool Int64(std::int64_t i) { return target_.Int64(i); }
  bool Uint64(std::uint64_t i) { return target_.Uint64(i); }
  bool Double(double d) { return target_.Double(d); }
  bool RawNumber(const char* s, rapidjson::SizeType n, bool copy) { return target_.RawNumber(s, n, copy); }
  bool String(const char* s, rapidjson::SizeType n, bool copy) {
    return IsText(s, n) && target_.String(s, n, copy);
  }
  bool Key(const char* s, rapidjson::SizeType n, bool copy) {
    return IsText(s, n) && target_.Key(s, n, copy);
  }
  bool StartObject() { return Enter() && target_.StartObject(); }
  bool EndObject(rapidjson::SizeType n) { return Leave() && target_.EndObject(n); }
  bool StartArray() { return Enter() && target_.StartArray(); }
  bool EndArray(rapidjson::SizeType n) { return Leave() && target_.EndArray(n); }

  // Why the parse stopped here, where it did (kParseErrorTermination).
  [[nodiscard]] bool too_deep() const { return left_ == 0; }

 private:
  // The bytes themselves are validated by the parser; an escape is not.
  static bool IsText(const char* s, std::size_t n) {
    constexpr unsigned char kLead = 0xED;            // of U+D000 to U+DFFF,
    constexpr unsigned char kFirstSurrogate = 0xA0;  // the latter half of which are surrogates
    const char* const end = s + n;
    while ((s = static_cast<const char*>(std::memchr(s, kLead, static_cast<std::size_t>(end - s)))) !=
           nullptr) {
      if (static_cast<unsigned char>(*++s) >= kFirstSurrogate) return false;
    }
    return true;
  }
  bool Enter() {
    if (left_ == 0) return false;
    --left_;
    return true;
  }
  bool Leave() {
    ++left_;
    return true;
  }

  Target& target_;
  std::size_t left_;
};

}  // namespace clambake

#endif  // CLAMBAKE_BASE_JSON_HANDLER_H_
