#include "cli/read_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "fmt/format.h"

namespace clambake::cli {
namespace {

absl::Status Unreadable(const std::string& path) {
  const std::string text = fmt::format("{}: cannot be read: {}", path, std::strerror(errno));
  return errno == ENOENT ? absl::NotFoundError(text) : absl::InvalidArgumentError(text);
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path, std::size_t max_mib) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  // A directory opens and then fails to read.
  if (!file || (file.peek(), file.bad())) return Unreadable(path);
  file.clear();
  std::string text;
  std::string piece(std::size_t{64} << 10U, '\0');
  while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0) {
    text.append(piece, 0, static_cast<std::size_t>(file.gcount()));
    if (text.size() > max_mib << 20U) {
      return absl::InvalidArgumentError(fmt::format("{}: larger than {} MiB", path, max_mib));
    }
  }
  return file.bad() ? Unreadable(path) : absl::StatusOr<std::string>(std::move(text));
}

}  // namespace clambake::cli
