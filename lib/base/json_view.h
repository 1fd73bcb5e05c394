// Typed reading of a parsed JSON value, with errors that point at the place:
// "backlog.json: /issues/3/number: expected a positive integer, found a string".
//
// A view does not own its value and keeps a pointer to the view it came from,
// so that the path is only spelled out when something is wrong: use views as
// local variables, from the outside in.
#ifndef CLAMBAKE_BASE_JSON_VIEW_H_
#define CLAMBAKE_BASE_JSON_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "rapidjson/document.h"

namespace clambake {

class JsonView {
 public:
  enum class Presence { kRequired, kOptional };  // optional: absent or null leaves the target alone

  // `root` names the source: "backlog.json: ".
  JsonView(const rapidjson::Value& value, std::string_view root) : value_(&value), key_(root) {}

  // A value that is parsed apart, with its place below this one.
  [[nodiscard]] JsonView Child(const rapidjson::Value& value, std::string_view key) const {
    return {value, *this, key};
  }
  [[nodiscard]] JsonView Child(const rapidjson::Value& value, std::size_t index) const {
    return {value, *this, index};
  }

  [[nodiscard]] const rapidjson::Value& value() const { return *value_; }

  // InvalidArgument: "<root>/<path>: <what>"; of the root itself: "<root><what>".
  [[nodiscard]] absl::Status Error(std::string_view what) const;
  // InvalidArgument: "<root>/<path>: expected <what>, found <type>".
  [[nodiscard]] absl::Status Expected(std::string_view what) const;

  [[nodiscard]] absl::Status ExpectObject() const;
  // An object whose "schema" is `schema`.
  [[nodiscard]] absl::Status ExpectSchema(std::string_view schema) const;

  // The member `key` of this object; nullopt if it is absent or null.
  [[nodiscard]] std::optional<JsonView> Find(std::string_view key) const;

  absl::Status Read(std::string_view key, Presence presence, std::string& target) const;
  absl::Status Read(std::string_view key, Presence presence, bool& target) const;
  absl::Status Read(std::string_view key, Presence presence, absl::Time& target) const;
  // An integer between `min` and `max`.
  absl::Status Read(std::string_view key, Presence presence, std::int64_t min, std::int64_t max,
                    std::int64_t& target) const;

  // This value itself.
  absl::Status As(std::string& target) const;
  absl::Status As(std::int64_t min, std::int64_t max, std::int64_t& target) const;

  // Calls `each` for the elements of the array `key`, up to its first error.
  using Each = absl::FunctionRef<absl::Status(const JsonView&)>;
  absl::Status ForEach(std::string_view key, Presence presence, Each each) const;
  absl::Status ForEachElement(Each each) const;

 private:
  JsonView(const rapidjson::Value& value, const JsonView& parent, std::string_view key)
      : value_(&value), parent_(&parent), key_(key) {}
  JsonView(const rapidjson::Value& value, const JsonView& parent, std::size_t index)
      : value_(&value), parent_(&parent), index_(index) {}

  // Calls `read` on the member `key`; an error if it is required and absent.
  absl::Status With(std::string_view key, Presence presence, Each read) const;

  [[nodiscard]] std::string Path() const;

  const rapidjson::Value* value_;
  const JsonView* parent_ = nullptr;
  std::string_view key_;
  std::size_t index_ = 0;
};

// Parses a text in memory, of any depth. InvalidArgument: "<name>: not JSON at byte 12".
absl::Status ParseJson(std::string_view text, std::string_view name, rapidjson::Document& document);

// RFC 3339, fast for GitHub's "2026-01-02T03:04:05Z".
std::optional<absl::Time> ParseTimestamp(std::string_view text);
std::string FormatTimestamp(absl::Time time);

}  // namespace clambake

#endif  // CLAMBAKE_BASE_JSON_VIEW_H_
