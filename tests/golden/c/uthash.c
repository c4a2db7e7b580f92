/* rule: uthash and utlist: a block of a system header's macro in the place of a statement */
#include <stdio.h>
#include <stdlib.h>
#include <uthash.h>
#include <utlist.h>
struct item { int id; char text[8]; UT_hash_handle hh; struct item *next, *prev; };
static struct item *table, *list;
static struct item *find(int id) { struct item *it; HASH_FIND_INT(table, &id, it); return it; }
static void add(int id) {
    struct item *it = find(id);
    if (it == NULL) {
        it = calloc(1, sizeof *it);
        it->id = id;
        HASH_ADD_INT(table, id, it);
        DL_APPEND(list, it);
    }
    snprintf(it->text, sizeof it->text, "%d", id % 1000);
}
static int by_id(struct item *a, struct item *b) { return a->id - b->id; }
static int drop(int odd) {
    struct item *it, *tmp;
    int n = 0;
    HASH_ITER(hh, table, it, tmp) {
        if ((it->id & 1) != odd) continue;
        HASH_DEL(table, it);
        DL_DELETE(list, it);
        free(it);
        n++;
    }
    return n;
}
static void show(void) {
    struct item *it;
    DL_FOREACH(list, it) printf("%s ", it->text);
    if (list) DL_SORT(list, by_id);
    else puts("none");
    for (it = list; it; it = it->next) if (it->id > 40) printf("%d ", it->id); else continue;
    printf("%u\n", HASH_COUNT(table));
}
int main(void) {
    for (int i = 0; i < 12; i++) add(i * i % 53);
    show();
    printf("%d\n", drop(1));
    show();
    printf("%d\n", drop(0));
    printf("%d\n", find(16) != NULL);
    show();
    return 0;
}
