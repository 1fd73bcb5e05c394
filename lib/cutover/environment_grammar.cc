#include "cutover/environment_grammar.h"

namespace clambake::cutover {
namespace {

bool EndsLine(char c) { return c == '\n' || c == '\r'; }
bool IsBlank(char c) { return c == ' ' || c == '\t' || EndsLine(c); }
bool StartsComment(char c) { return c == '#' || c == ';'; }

}  // namespace

EnvironmentReader::State EnvironmentReader::After(char c) const {
  switch (state_) {
    case State::kBeforeKey:
      if (StartsComment(c)) return State::kComment;
      return IsBlank(c) ? State::kBeforeKey : State::kKey;
    case State::kKey:
      if (EndsLine(c)) return State::kBeforeKey;
      return c == '=' ? State::kBeforeValue : State::kKey;
    case State::kBeforeValue:
      if (EndsLine(c)) return State::kBeforeKey;
      if (c == '\'') return State::kSingleQuotes;
      if (c == '"') return State::kDoubleQuotes;
      if (c == '\\') return State::kValueEscape;
      return IsBlank(c) ? State::kBeforeValue : State::kValue;
    case State::kValue:
      if (EndsLine(c)) return State::kBeforeKey;
      return c == '\\' ? State::kValueEscape : State::kValue;
    case State::kValueEscape:
      return State::kValue;
    case State::kSingleQuotes:
      if (c == '\'') return State::kBeforeValue;
      return c == '\\' && version_ == SystemdVersion::k2018 ? State::kSingleQuotesEscape
                                                            : State::kSingleQuotes;
    case State::kSingleQuotesEscape:
      return State::kSingleQuotes;
    case State::kDoubleQuotes:
      if (c == '"') return State::kBeforeValue;
      return c == '\\' ? State::kDoubleQuotesEscape : State::kDoubleQuotes;
    case State::kDoubleQuotesEscape:
      return State::kDoubleQuotes;
    case State::kComment:
      if (EndsLine(c)) return State::kBeforeKey;
      return c == '\\' ? State::kCommentEscape : State::kComment;
    case State::kCommentEscape:
      if (EndsLine(c) && version_ == SystemdVersion::k254) return State::kBeforeKey;
      return State::kComment;
  }
  return State::kBeforeKey;
}

bool EnvironmentReader::Take(char c) {
  const State before = state_;
  state_ = After(c);
  line_ended_ = EndsLine(c);
  if (state_ == State::kKey) {
    if (before == State::kBeforeKey) key_.clear();
    key_ += c;
  } else if (before == State::kKey) {
    key_.erase(key_.find_last_not_of(" \t") + 1);
  }
  return state_ == State::kBeforeKey && (before == State::kBeforeValue || before == State::kValue);
}

std::string_view EnvironmentReader::Ending() const {
  switch (state_) {
    case State::kBeforeKey:
      return line_ended_ ? "" : "\n";
    case State::kValueEscape:
    case State::kCommentEscape:
      return "\n\n";
    case State::kSingleQuotes:
      return "'\n";
    case State::kSingleQuotesEscape:
      return "\n'\n";
    case State::kDoubleQuotes:
      return "\"\n";
    case State::kDoubleQuotesEscape:
      return "\n\"\n";
    default:
      return "\n";
  }
}

}  // namespace clambake::cutover
