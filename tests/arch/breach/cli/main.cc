#include "planner/reaches_over.h"  // Planted: the command line sees the inside.
