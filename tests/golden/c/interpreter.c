/* rule: a switch in a loop, as in interpreters: break, continue and goto of the cases keep their aim */
#include <stdio.h>
enum { STOP, PUSH, ADD, MUL, JNZ, DEC, DUP, SWAP, POP };

static int run(const int *code) {
    int stack[32], top = -1, steps = 0;
    for (const int *pc = code;; pc++) {
        steps++;
        switch (*pc) {
        case PUSH: stack[++top] = *++pc; break;
        case ADD: top--; stack[top] += stack[top + 1]; break;
        case MUL:
            top--;
            if (stack[top] == 0) goto zero;
            stack[top] *= stack[top + 1];
            break;
        zero:
            stack[top] = 0;
            break;
        case DUP: stack[top + 1] = stack[top]; top++; break;
        case DEC: stack[top]--; continue;
        case SWAP: { int t = stack[top]; stack[top] = stack[top - 1]; stack[top - 1] = t; break; }
        case JNZ:
            if (stack[top]) { pc += pc[1]; continue; }
            pc++;
            break;
        case POP: top--; break;
        case STOP: return stack[top] * 1000 + steps;
        default: return -1;
        }
    }
}
int main(void) {
    /* 5! = 120: acc n, loop: acc *= n, n-- */
    static const int factorial[] = {PUSH, 1, PUSH, 5, DUP, PUSH, -1, ADD, JNZ, 1, PUSH, 0,
                                    POP,  POP, STOP};
    static const int count[] = {PUSH, 7, PUSH, 9, DEC, JNZ, -2, POP, STOP};
    static const int bad[] = {PUSH, 1, 99};
    static const int zero[] = {PUSH, 0, PUSH, 3, MUL, PUSH, 4, ADD, STOP};
    printf("%d %d %d %d\n", run(factorial), run(count), run(bad), run(zero));
    return 0;
}
