/* rule: see weak_pragma.c
 * part: of weak_pragma */
int over(int x);
int over(int x) { return x + 100; }
