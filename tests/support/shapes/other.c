/* other.c: the second library. */
#define REGION other_region
#include "library.c"
