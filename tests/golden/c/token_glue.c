/* rule: an insertion must not glue itself to an identifier, an empty macro, or a number */
#include <stdio.h>
#define wsdInit
#define EMPTY
#define NOTHING(x)
#define CAST (int)

static int f(int x) {
    wsdInit;
    wsdInit
    x++;
    EMPTY EMPTY x += 2; EMPTY
    NOTHING(x = 7) x += CAST 3;
    if(x)x++;else x--;
    do x--;while(x>3);
    for(;x<9;)x++;
    EMPTY if (x) { EMPTY x++; NOTHING(1); } EMPTY
    return(x);
}
static int g(int a){int b=a;b+=1;b*=2;return b;}

int main(void) {
    printf("%d %d\n", f(1), g(20));
    return f(2) == 11 ? 0 : 3;
}
