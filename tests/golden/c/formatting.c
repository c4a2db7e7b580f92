/* rule: unusual layout: everything on one line, comments everywhere, continued lines */
#include <stdio.h>
static/*a*/int/*b*/f/*c*/(/*d*/int x/*e*/)/*f*/{/*g*/if/*h*/(/*i*/x/*j*/)/*k*/x++/*l*/;/*m*/else/*n*/x--/*o*/;/*p*/return/*q*/x/*r*/;/*s*/}/*t*/
static int g(int x) { for (int i = 0; i < 3; i++) { x += i; if (x > 5) { x -= 2; } else { x += 2; } } while (x > 9) x -= 4; return x; }
static int
h
(
int
x
)
{
x
+=
1
;
return
x
;
}
static int k(int x) { /* a comment with { and ; \
continued } else */
    x++; // if (x) {
    x\
++;
    if (x > 3) /* else { */ x += 2; /* ; */ else /* } */ x += 3; /* */
    puts("a string with { } ; \" // /* \
and a second line");
    char c = '"', d = '{', e = '\'', q = ';';
    return x + c + d + e + q;
}
static int di(int x) <% int v<:2:> = <% x, 2 %>; x += v<:1:>; return x; %>
int main(void) { printf("%d %d %d %d %d\n", f(0), g(3), h(1), k(2), di(1)); return 0; }
