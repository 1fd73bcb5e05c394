#include "clambake/factory.h"  // Planted: a header that includes a later one, and one that is not self-contained.
inline std::string Name() { return "model"; }
