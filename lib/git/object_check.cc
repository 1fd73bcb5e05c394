#include "git/object_check.h"

#include <string_view>

#include "git/answers.h"

namespace clambake::git {

absl::StatusOr<std::vector<std::string>> ObjectCheck::Check(const std::vector<std::string>& names) {
  std::vector<std::string> answers;
  if (names.empty()) return answers;
  if (process_ == nullptr) {
    absl::StatusOr<std::unique_ptr<Process>> started = Process::Start(command_);
    if (!started.ok()) return started.status();
    process_ = *std::move(started);
  }
  std::string input;
  for (const std::string& name : names) input += "info " + name + "\n";
  input += "flush\n";
  std::string line;
  absl::Status asked = process_->Ask(input, [&](std::string_view arrived) -> absl::StatusOr<bool> {
    for (char c : arrived) {
      if (c != '\n') {
        line += c;
        continue;
      }
      // "id type"; anything else says what is wrong with the name.
      const std::size_t blank = line.find(' ');
      const bool found = IsObjectId(std::string_view(line).substr(0, blank)) && !line.ends_with(" missing");
      answers.push_back(found ? line : "");
      line.clear();
    }
    return answers.size() >= names.size();
  });
  if (!asked.ok()) process_.reset();
  if (!asked.ok()) return asked;
  return answers;
}

}  // namespace clambake::git
