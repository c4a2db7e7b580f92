/* rule: see header_shared.c
 * part: of header_shared.c */
#define OTHER_CONFIGURATION
#include "header_shared.h"
int two(int x);
int two(int x) { shared_state += 10; return shared_loop(x) + shared_get(); }
