#pragma once
static int shared_state = 1;
static inline int shared_get(void) { shared_state++; return shared_state; }
static inline int shared_loop(int n) {
    int s = 0;
#ifdef OTHER_CONFIGURATION
    s = 100;
    if (n > 3) return s;
#endif
    for (int i = 0; i < n; i++) {
        s += i;
#ifndef OTHER_CONFIGURATION
        s += shared_get();
#endif
    }
    return s;
}
