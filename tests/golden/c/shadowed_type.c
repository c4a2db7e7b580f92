/* rule: where an object hides the name of the return type, the type has another name or no use */
#include <stdio.h>
#include <stdlib.h>

typedef struct list {
    int n;
    struct list *next;
} list;
typedef struct {
    int a, b;
} pair;
typedef long number;
typedef enum color { RED, GREEN } color;

static list *create(int n) {
    list *list;
    if (!(list = malloc(sizeof *list))) return NULL;
    list->n = n;
    list->next = 0;
    return list;
}

static list *push(list *list, int n) {
    struct list *first = create(n);
    first->next = list;
    return first;
}

static pair swap(pair pair) {
    int a = pair.a;
    pair.a = pair.b;
    pair.b = a;
    return pair;
}

static number twice(int x) {
    int number = 2;
    for (int i = 0; i < x; i++) number += getenv("NO_SUCH_THING") ? 5 : 1;
    return number;
}

static color other(color color) { return color == RED ? GREEN : RED; }

int main(void) {
    list *all = push(push(0, 1), 2);
    pair p = swap((pair){1, 2});
    printf("%d %d %d %d %ld %d\n", all->n, all->next->n, p.a, p.b, twice(3), other(RED));
    return 0;
}
