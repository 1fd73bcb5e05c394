// The grammar of a systemd EnvironmentFile=, as its own reader has it:
// parse_env_file_internal() in systemd's src/basic/env-file.c, described in
// systemd.exec(5). It does not read lines: quotes span them and a backslash
// continues them.
#ifndef CLAMBAKE_CUTOVER_ENVIRONMENT_GRAMMAR_H_
#define CLAMBAKE_CUTOVER_ENVIRONMENT_GRAMMAR_H_

#include <string>
#include <string_view>

namespace clambake::cutover {

// How it has changed.
enum class SystemdVersion {
  k2018,  // a backslash escapes in single quotes, too; in 'it\'s' for one
  k253,   // a backslash at the end of a comment's line continues it still
  k254,
};

// Reads a file a character at a time. Cheap to copy; not for several threads.
class EnvironmentReader {
 public:
  explicit EnvironmentReader(SystemdVersion version) : version_(version) {}

  // True if `c` ended an assignment: of key(), valid until the next call.
  bool Take(char c);
  [[nodiscard]] std::string_view key() const { return key_; }

  // What follows is read as if the file began there.
  [[nodiscard]] bool IsBetweenLines() const { return state_ == State::kBeforeKey && line_ended_; }
  // What brings the reader between lines: taken at the end of a file, it
  // leaves all values what they are without it.
  [[nodiscard]] std::string_view Ending() const;

 private:
  enum class State {
    kBeforeKey,
    kKey,
    kBeforeValue,
    kValue,
    kValueEscape,
    kSingleQuotes,
    kSingleQuotesEscape,
    kDoubleQuotes,
    kDoubleQuotesEscape,
    kComment,
    kCommentEscape,
  };
  [[nodiscard]] State After(char c) const;

  SystemdVersion version_;
  State state_ = State::kBeforeKey;
  bool line_ended_ = true;
  std::string key_;
};

}  // namespace clambake::cutover

#endif  // CLAMBAKE_CUTOVER_ENVIRONMENT_GRAMMAR_H_
