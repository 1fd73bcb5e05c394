// Reading a large JSON document piece by piece: the outer levels are walked by
// hand, each element is parsed as a document of its own, so that memory is one
// element, however long the array.
#ifndef CLAMBAKE_BASE_JSON_STREAM_H_
#define CLAMBAKE_BASE_JSON_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <istream>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rapidjson/document.h"
#include "rapidjson/reader.h"

namespace clambake {

// A RapidJSON input stream over std::istream that knows its line and column.
class JsonInput {
 public:
  using Ch = char;

  explicit JsonInput(std::istream& in);

  // RapidJSON's stream concept. Peek is '\0' at the end, or at the byte limit.
  [[nodiscard]] Ch Peek() const { return *at_; }
  Ch Take() {
    const Ch c = *at_;
    if (at_ != end_ && ++at_ == end_) Refill();  // at the end, the terminator stays where it is
    return c;
  }
  [[nodiscard]] std::size_t Tell() const {
    return consumed_ + static_cast<std::size_t>(at_ - buffer_.data());
  }
  // Whether these few bytes come next, within what is read already.
  [[nodiscard]] bool StartsWith(std::string_view bytes) const {
    return std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(bytes);
  }
  Ch* PutBegin() { return nullptr; }  // never called: not an in-situ stream
  void Put(Ch) {}
  std::size_t PutEnd(Ch*) { return 0; }

  [[nodiscard]] bool AtEnd() const { return ended_; }
  [[nodiscard]] bool LimitReached() const { return limited_; }
  void SetByteLimit(std::size_t tell) { byte_limit_ = tell; }

  // "LINE:COLUMN" of the next byte, both from 1; columns count bytes.
  [[nodiscard]] std::string Position() const;

 private:
  void Refill();

  std::istream& in_;
  std::vector<char> buffer_;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  std::size_t consumed_ = 0;    // bytes before the buffer
  std::size_t lines_ = 0;       // newlines before the buffer
  std::size_t line_start_ = 0;  // offset of the line that the buffer starts in
  std::size_t byte_limit_ = std::numeric_limits<std::size_t>::max();
  bool ended_ = false;
  bool limited_ = false;
};

struct JsonLimits {
  std::size_t max_depth = 64;
  std::size_t max_element_bytes = std::size_t{16} << 20U;
  std::size_t max_total_bytes = std::numeric_limits<std::size_t>::max();
};

class JsonReader {
 public:
  // `name` stands before every error: "name:LINE:COLUMN: what".
  JsonReader(std::istream& in, std::string_view name, const JsonLimits& limits);

  // The first byte of the next token; '\0' at the end.
  char Next();

  // Calls `member` for each key of the object that follows; it must consume the value.
  absl::Status ReadObject(absl::FunctionRef<absl::Status(const std::string& key)> member);

  // Calls `element` for each element of the array that follows; it must consume it.
  absl::Status ReadArray(absl::FunctionRef<absl::Status(std::size_t index)> element);

  // Parses the next value. The result is valid until the next call.
  absl::StatusOr<const rapidjson::Value*> ReadValue();

  absl::Status SkipValue();

  // Nothing but white space may follow.
  absl::Status ExpectEnd();

  [[nodiscard]] absl::Status Error(std::string_view what) const;

 private:
  absl::Status Expect(char token, std::string_view what);
  absl::Status ParseFailure(const rapidjson::ParseResult& result, bool too_deep) const;
  void LimitElement();
  absl::Status TooLarge() const;

  JsonInput input_;
  std::string name_;
  JsonLimits limits_;
  std::vector<char> pool_buffer_;
  rapidjson::MemoryPoolAllocator<> pool_;
  rapidjson::Document document_;
  rapidjson::Reader parser_;  // keeps its buffers from one value to the next
};

}  // namespace clambake

#endif  // CLAMBAKE_BASE_JSON_STREAM_H_
