#include "base/json_stream.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/json_handler.h"
#include "base/safe_text.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "rapidjson/error/en.h"
#include "rapidjson/reader.h"

namespace clambake {
namespace {

constexpr std::size_t kMaxMessage = 1'000;  // it may quote what it is about
constexpr std::size_t kBufferBytes = std::size_t{256} << 10U;
constexpr unsigned kParseFlags = rapidjson::kParseStopWhenDoneFlag;

}  // namespace

JsonInput::JsonInput(std::istream& in) : in_(in), buffer_(kBufferBytes + 1) {
  at_ = end_ = buffer_.data();
  Refill();
}

void JsonInput::Refill() {
  const std::string_view done(buffer_.data(), static_cast<std::size_t>(end_ - buffer_.data()));
  for (std::size_t at = done.find('\n'); at != std::string_view::npos; at = done.find('\n', at + 1)) {
    ++lines_;
    line_start_ = consumed_ + at + 1;
  }
  consumed_ += done.size();
  limited_ = limited_ || consumed_ >= byte_limit_;
  in_.read(buffer_.data(), limited_ ? 0 : static_cast<std::streamsize>(kBufferBytes));
  const auto got = static_cast<std::size_t>(in_.gcount());
  ended_ = got == 0;
  buffer_[got] = '\0';
  at_ = buffer_.data();
  end_ = at_ + got;
}

std::string JsonInput::Position() const {
  const auto offset = static_cast<std::size_t>(at_ - buffer_.data());
  const std::string_view before(buffer_.data(), offset);
  const auto lines = lines_ + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t newline = before.rfind('\n');
  const std::size_t start = newline == std::string_view::npos ? line_start_ : consumed_ + newline + 1;
  return fmt::format("{}:{}", lines + 1, consumed_ + offset - start + 1);
}

JsonReader::JsonReader(std::istream& in, std::string_view name, const JsonLimits& limits)
    : input_(in),
      name_(name),
      limits_(limits),
      pool_buffer_(kBufferBytes),
      pool_(pool_buffer_.data(), pool_buffer_.size()),
      document_(&pool_) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (!input_.StartsWith(kByteOrderMark)) return;
  for (std::size_t i = 0; i < kByteOrderMark.size(); ++i) input_.Take();
}

void JsonReader::LimitElement() {
  input_.SetByteLimit(std::min(input_.Tell() + limits_.max_element_bytes, limits_.max_total_bytes));
}

char JsonReader::Next() {
  LimitElement();
  rapidjson::SkipWhitespace(input_);
  return input_.Peek();
}

absl::Status JsonReader::TooLarge() const {
  return absl::ResourceExhaustedError(
      fmt::format("{}: larger than the limit of {} bytes", name_, limits_.max_total_bytes));
}

absl::Status JsonReader::Error(std::string_view what) const {
  if (input_.LimitReached()) {
    if (input_.Tell() >= limits_.max_total_bytes) {
      return TooLarge();
    }
    return absl::InvalidArgumentError(
        fmt::format("{}:{}: a single element is larger than the limit of {} bytes", name_, input_.Position(),
                    limits_.max_element_bytes));
  }
  return absl::InvalidArgumentError(
      SafeText(fmt::format("{}:{}: {}", name_, input_.Position(), what), kMaxMessage));
}

absl::Status JsonReader::Expect(char token, std::string_view what) {
  if (Next() != token) return Error(what);
  input_.Take();
  return absl::OkStatus();
}

absl::Status JsonReader::ReadObject(absl::FunctionRef<absl::Status(const std::string&)> member) {
  CLAMBAKE_RETURN_IF_ERROR(Expect('{', "expected an object"));
  if (Next() == '}') return Expect('}', "");
  while (true) {
    if (Next() != '"') return Error("expected a key in double quotes");
    CLAMBAKE_ASSIGN_OR_RETURN(const rapidjson::Value* key, ReadValue());
    const std::string name(key->GetString(), key->GetStringLength());
    CLAMBAKE_RETURN_IF_ERROR(Expect(':', "expected ':' after a key"));
    CLAMBAKE_RETURN_IF_ERROR(member(name));
    if (Next() == '}') return Expect('}', "");
    CLAMBAKE_RETURN_IF_ERROR(Expect(',', "expected ',' or '}' after a member"));
  }
}

absl::Status JsonReader::ReadArray(absl::FunctionRef<absl::Status(std::size_t)> element) {
  CLAMBAKE_RETURN_IF_ERROR(Expect('[', "expected an array"));
  if (Next() == ']') return Expect(']', "");
  for (std::size_t index = 0;; ++index) {
    CLAMBAKE_RETURN_IF_ERROR(element(index));
    if (Next() == ']') return Expect(']', "");
    CLAMBAKE_RETURN_IF_ERROR(Expect(',', "expected ',' or ']' after an element"));
  }
}

absl::Status JsonReader::ParseFailure(const rapidjson::ParseResult& result, bool too_deep) const {
  if (result.Code() == rapidjson::kParseErrorTermination) {
    return Error(
        too_deep ? fmt::format("nested deeper than the limit of {} levels", limits_.max_depth)
                 : std::string("a string that is not UTF-8, or an escape that is half of a surrogate pair"));
  }
  if (result.Code() == rapidjson::kParseErrorDocumentEmpty || input_.AtEnd())
    return Error("the document ends too early");
  return Error(rapidjson::GetParseError_En(result.Code()));
}

absl::StatusOr<const rapidjson::Value*> JsonReader::ReadValue() {
  LimitElement();
  document_.SetNull();
  pool_.Clear();
  JsonHandler<rapidjson::Document> handler(document_, limits_.max_depth);
  rapidjson::ParseResult result;
  auto generator = [&](rapidjson::Document&) {
    result = parser_.Parse<kParseFlags>(input_, handler);
    return !result.IsError();
  };
  document_.Populate(generator);
  if (result.IsError()) return ParseFailure(result, handler.too_deep());
  return &document_;
}

absl::Status JsonReader::SkipValue() {
  input_.SetByteLimit(limits_.max_total_bytes);  // it takes no memory, so its size does not matter
  rapidjson::BaseReaderHandler<> ignore;
  JsonHandler<rapidjson::BaseReaderHandler<>> handler(ignore, limits_.max_depth);
  const rapidjson::ParseResult result = parser_.Parse<kParseFlags>(input_, handler);
  return result.IsError() ? ParseFailure(result, handler.too_deep()) : absl::OkStatus();
}

absl::Status JsonReader::ExpectEnd() {
  if (Next() != '\0' || !input_.AtEnd()) return Error("expected the end of the document");
  // What one buffer holds is read before any limit ends it.
  if (input_.Tell() > limits_.max_total_bytes) return TooLarge();
  return absl::OkStatus();
}

}  // namespace clambake
