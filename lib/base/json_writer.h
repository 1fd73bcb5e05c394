// Writing JSON: RapidJSON's writer with the types of this project.
#ifndef CLAMBAKE_BASE_JSON_WRITER_H_
#define CLAMBAKE_BASE_JSON_WRITER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace clambake {

// Values are written in call order, so equal calls give equal bytes.
//
//   JsonWriter json;
//   json.Object([&] { json.Member("issue", 12); json.Key("by"); json.Array([&] { … }); });
class JsonWriter {
 public:
  template <typename F>
  void Object(F members) {
    writer_.StartObject();
    members();
    writer_.EndObject();
  }

  template <typename F>
  void Array(F elements) {
    writer_.StartArray();
    elements();
    writer_.EndArray();
  }

  void Key(std::string_view key) { writer_.Key(key.data(), static_cast<rapidjson::SizeType>(key.size())); }

  template <typename T>
  void Value(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      writer_.Bool(value);
    } else if constexpr (std::is_integral_v<T>) {
      writer_.Int64(static_cast<std::int64_t>(value));
    } else {
      const std::string_view text(value);
      writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    }
  }

  void Null() { writer_.Null(); }

  // A number as spelled, so that the caller decides the digits.
  void Number(std::string_view digits) {
    writer_.RawValue(digits.data(), digits.size(), rapidjson::kNumberType);
  }

  // JSON that is written already.
  void Raw(std::string_view json) { writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType); }

  template <typename T>
  void Member(std::string_view key, const T& value) {
    Key(key);
    Value(value);
  }

  template <typename Range>
  void Values(std::string_view key, const Range& range) {
    Key(key);
    Array([&] {
      for (const auto& value : range) Value(value);
    });
  }

  [[nodiscard]] std::string Take() const { return {buffer_.GetString(), buffer_.GetSize()}; }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

}  // namespace clambake

#endif  // CLAMBAKE_BASE_JSON_WRITER_H_
