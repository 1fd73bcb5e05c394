// Between RapidJSON's parser and what takes its events: refuses strings that are
// no UTF-8. RapidJSON's own validation goes byte by byte, which costs half of the
// time of reading, and lets "\ude00" pass, half of a surrogate pair, which is no
// character (RFC 8259, section 8.2).
#ifndef CLAMBAKE_BASE_JSON_HANDLER_H_
#define CLAMBAKE_BASE_JSON_HANDLER_H_

#include <cstddef>
#include <cstdint>
#include <limits>

#include "base/safe_text.h"
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
    return IsUtf8({s, n}) && target_.String(s, n, copy);
  }
  bool Key(const char* s, rapidjson::SizeType n, bool copy) {
    return IsUtf8({s, n}) && target_.Key(s, n, copy);
  }
  bool StartObject() { return Enter() && target_.StartObject(); }
  bool EndObject(rapidjson::SizeType n) { return Leave() && target_.EndObject(n); }
  bool StartArray() { return Enter() && target_.StartArray(); }
  bool EndArray(rapidjson::SizeType n) { return Leave() && target_.EndArray(n); }

  // Why the parse stopped here, where it did (kParseErrorTermination).
  [[nodiscard]] bool too_deep() const { return left_ == 0; }

 private:
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
