/* rule: a macro that means one with parameters takes in the arguments behind it: they are no text of
 * the function's own (userspace RCU's rcu_dereference); or one that is given such a name */
#include <stdio.h>
#define ACCESS_ONCE(x) (*(__volatile__ __typeof__(x) *)&(x))
#define LOAD(p) __extension__({ __asm__ volatile("" ::: "memory"); ACCESS_ONCE(p); })
#define DEREF_(p) __extension__({ __typeof__(p) p1 = LOAD(p); (p1); })
#define DEREF DEREF_
#define dereference DEREF
#define TEXT(x) #x
#define to_text TEXT
#define show puts
#define SHOW(x) (puts(#x), x)
#define THROUGH(name) name

struct node { struct node *next; long hash; };
static struct node *clear_flag(struct node *n) {
    unsigned long x = (unsigned long)n;
    x &= ~7ul;
    return (struct node *)x;
}
static int is_end(struct node *n) { return !clear_flag(n); }

static int count(struct node *iter, long hash) {
    struct node *next;
    int n = 0;
    for (;;) {
        if (is_end(iter)) return n;
        if (clear_flag(iter)->hash > hash) return n;
        next = dereference(clear_flag(iter)->next);
        show(to_text(clear_flag(")")));
        iter = THROUGH(SHOW)(clear_flag(next));
        n++;
    }
}

int main(void) {
    struct node a = {0, 3}, b = {&a, 2}, c = {(struct node *)((unsigned long)&b + 1), 1};
    struct node *second = dereference(clear_flag(&c)->next);
    printf("%d %d %ld\n", count(&c, 5), count(&c, 2), clear_flag(second)->hash);
    return 0;
}
