// A value that must never be seen: a token, a password.
#ifndef CLAMBAKE_SECRET_H_
#define CLAMBAKE_SECRET_H_

#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace clambake {

// Holds a secret and prints as "[secret]" or not at all: it converts to no
// string, and formatting it with fmt does not compile. The bytes are wiped on
// destruction. Copyable, because options are; thread-safe as a value.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.Wipe(); }
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      Wipe();
      value_ = other.value_;
    }
    return *this;
  }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      Wipe();
      value_ = std::move(other.value_);
      other.Wipe();
    }
    return *this;
  }
  ~Secret() { Wipe(); }

  [[nodiscard]] bool empty() const { return value_.empty(); }

  // The one way to the bytes; each call is a place to review. The view lives
  // as long as the object and is never to be stored, logged or put in a URL.
  [[nodiscard]] std::string_view Reveal() const { return value_; }

  friend std::ostream& operator<<(std::ostream& out, const Secret& /*secret*/) { return out << "[secret]"; }

 private:
  void Wipe() noexcept {
    volatile char* bytes = value_.data();
    for (std::size_t i = 0; i < value_.size(); ++i) bytes[i] = 0;
    value_.clear();
  }

  std::string value_;
};

}  // namespace clambake

#endif  // CLAMBAKE_SECRET_H_
