#include "base/late_library.h"

#include <dlfcn.h>

#include "fmt/format.h"

namespace clambake {

LateLibrary::LateLibrary(const char* soname) : handle_(dlopen(soname, RTLD_NOW | RTLD_LOCAL)) {
  if (handle_ != nullptr) return;
  status_ = absl::UnavailableError(
      fmt::format("{} cannot be loaded: {}; install the package that holds it", soname, dlerror()));
}

void* LateLibrary::Symbol(const char* name) {
  if (!status_.ok()) return nullptr;
  void* const symbol = dlsym(handle_, name);
  if (symbol == nullptr) status_ = absl::UnavailableError(fmt::format("{} is missing: {}", name, dlerror()));
  return symbol;
}

}  // namespace clambake
