// A shared library that is loaded when it is first needed.
//
// libcurl and libpq bring some thirty more libraries along, and loading those
// takes twice as long as everything else that most commands do. They are bound
// by name at their first use, as systemd binds its optional libraries; the
// types come from their own headers, so a call is checked as any other.
#ifndef CLAMBAKE_BASE_LATE_LIBRARY_H_
#define CLAMBAKE_BASE_LATE_LIBRARY_H_

#include "absl/status/status.h"

namespace clambake {

// Thread-compatible while it loads, immutable afterwards. Never unloaded.
class LateLibrary {
 public:
  // `soname` with its version: "libcurl.so.4".
  explicit LateLibrary(const char* soname);

  // Points `function` at the symbol `name`.
  template <typename Function>
  void Bind(const char* name, Function*& function) {
    function = reinterpret_cast<Function*>(Symbol(name));
  }

  // Unavailable, and what to install, if the library or a symbol is missing.
  [[nodiscard]] const absl::Status& status() const { return status_; }

 private:
  void* Symbol(const char* name);

  void* handle_;
  absl::Status status_;
};

}  // namespace clambake

#endif  // CLAMBAKE_BASE_LATE_LIBRARY_H_
