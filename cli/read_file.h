// Files that people name on the command line.
#ifndef CLAMBAKE_CLI_READ_FILE_H_
#define CLAMBAKE_CLI_READ_FILE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace clambake::cli {

// The whole file. NotFound: there is none. InvalidArgument: it cannot be read,
// or is larger than `max_mib`.
absl::StatusOr<std::string> ReadFile(const std::string& path, std::size_t max_mib = 64);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_READ_FILE_H_
