// Early return for absl::Status values.
#ifndef CLAMBAKE_BASE_STATUS_MACROS_H_
#define CLAMBAKE_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define CLAMBAKE_CONCAT_INNER_(a, b) a##b
#define CLAMBAKE_CONCAT_(a, b) CLAMBAKE_CONCAT_INNER_(a, b)

#define CLAMBAKE_RETURN_IF_ERROR(expression)                             \
  do {                                                                   \
    if (absl::Status CLAMBAKE_CONCAT_(status_, __LINE__) = (expression); \
        !CLAMBAKE_CONCAT_(status_, __LINE__).ok())                       \
      return CLAMBAKE_CONCAT_(status_, __LINE__);                        \
  } while (false)

// CLAMBAKE_ASSIGN_OR_RETURN(auto value, MakeValue());
#define CLAMBAKE_ASSIGN_OR_RETURN(declaration, expression)                                            \
  auto CLAMBAKE_CONCAT_(result_, __LINE__) = (expression);                                            \
  if (!CLAMBAKE_CONCAT_(result_, __LINE__).ok()) return CLAMBAKE_CONCAT_(result_, __LINE__).status(); \
  declaration = /* NOLINT(bugprone-macro-parentheses) */ *std::move(CLAMBAKE_CONCAT_(result_, __LINE__))

#endif  // CLAMBAKE_BASE_STATUS_MACROS_H_
