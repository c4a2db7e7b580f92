/* rule: see weak_functions.c
 * part: of weak_functions */
int early(int x);
int here(int x);
int late(int x);
int early(int x) { return x + 100; }
int here(int x) { return x + 200; }
int late(int x) { return x + 300; }
