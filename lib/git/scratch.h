// A bare repository of our own, outside the user's: it has an empty
// configuration, no hooks, no refs, and borrows the user's objects. All git
// processes that read or merge content run in it, so nothing that the user's
// repository configures can take part, and what they write goes away with it.
#ifndef CLAMBAKE_GIT_SCRATCH_H_
#define CLAMBAKE_GIT_SCRATCH_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace clambake::git {

enum class ObjectFormat { kSha1, kSha256 };

// Thread-compatible.
class Scratch {
 public:
  // `objects` is the user's object directory; `parent` the folder for
  // temporary files; empty: one in memory where there is room for it, else the
  // system's. Also clears away what killed processes of this user left there.
  static absl::StatusOr<std::unique_ptr<Scratch>> Create(const std::string& parent,
                                                         const std::string& objects, ObjectFormat format);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

  // Writes an object and returns its id.
  absl::StatusOr<std::string> Write(std::string_view type, std::string_view content);

 private:
  Scratch(std::string path, int lock, ObjectFormat format)
      : path_(std::move(path)), lock_(lock), format_(format) {}
  [[nodiscard]] absl::Status Fill(const std::string& objects) const;

  std::string path_;
  int lock_;  // held as long as we live: tells ours from what was left behind
  ObjectFormat format_;
};

// The bytes of a loose object file, and the name that git gives it.
struct LooseObject {
  std::string id;
  std::string file;
};
LooseObject MakeLooseObject(ObjectFormat format, std::string_view type, std::string_view content);

}  // namespace clambake::git

#endif  // CLAMBAKE_GIT_SCRATCH_H_
