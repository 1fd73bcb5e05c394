// Planted: a room that includes another room, and one that reads the clock.
#include <ctime>

#include "bundler/bundler.h"
#include "clambake/factory.h"

long Now() { return time(nullptr); }
