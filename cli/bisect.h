// `bundle --bisect`: a step of the search for what turned a bundle red. How far
// the search is stands in the state, so that the next step may be taken hours
// later and on another machine.
#ifndef CLAMBAKE_CLI_BISECT_H_
#define CLAMBAKE_CLI_BISECT_H_

#include <string>

#include "cli/globals.h"

namespace clambake::cli {

struct BisectOptionsGiven {
  std::string bundle;    // its name
  std::string previous;  // a file with the bundle: begin
  std::string result;    // "red" or "green": how the last run ended
};

ExitCode RunBisect(const Globals& globals, const BisectOptionsGiven& given);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_BISECT_H_
