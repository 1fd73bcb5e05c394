// Planted: the environment is read outside of flags/.
#include <cstdlib>
inline const char* Home() { return std::getenv("HOME"); }
