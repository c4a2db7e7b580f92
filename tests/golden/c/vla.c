/* rule: no jump into the scope of a VLA; variably modified types keep their sizes */
#include <stdio.h>
#include <string.h>
static int evaluated;
static int size(int n) { evaluated++; return n; }

static int f(int n) {
    int a[size(n)], s = 0;
    for (int i = 0; i < n; i++) a[i] = i;
    {
        char text[n + 1];
        memset(text, 'x', (size_t)n);
        text[n] = 0;
        s += (int)strlen(text) + (int)sizeof text;
    }
    for (int i = 1; i < n; i++) {
        int b[i];
        b[i - 1] = a[i];
        s += b[i - 1] + (int)(sizeof b / sizeof *b);
    }
    int (*p)[n] = &a;
    s += (int)(sizeof *p / sizeof **p);
    typedef int row[size(n)];
    row r;
    r[0] = s;
    return r[0] + (int)sizeof(row);
}
static int sum(int rows, int columns, int m[rows][columns]) {
    int s = 0;
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++) s += m[i][j];
    return s;
}
int main(void) {
    int m[2][3] = {{1, 2, 3}, {4, 5, 6}};
    int a = f(3), b = f(9);
    printf("%d %d %d %d\n", a, b, sum(2, 3, m), evaluated);
    return 0;
}
