#include "clambake/model.h"  // Planted: base/ that knows the domain.
