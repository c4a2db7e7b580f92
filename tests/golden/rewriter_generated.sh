#!/bin/sh
# Scanners and parsers as flex and bison make them, each skeleton: rewritten, they compile without a
# new warning and do the same in all modes, with the lines of their sources in what they print.
# timeout: 300
set -u
cd "$(dirname "$0")/../.." || exit 2
rewrite=$LOOM_BUILD/loom-rewrite
cd "$LOOM_WORK" || exit 2

# ---- the sources: a calculator --------------------------------------------------------------------

mkdir src
cat >scan.l <<'L'
%{
#include "PARSER.h"
#include <stdio.h>
#include <stdlib.h>
%}
%option noyywrap nounput noinput
%x COMMENT
%%
"/*"            { BEGIN(COMMENT); }
<COMMENT>"*/"   { BEGIN(INITIAL); }
<COMMENT>.|\n   ;
[0-9]+          { VALUE = atoi(yytext); return NUMBER; }
"say"           { printf("say %s:%d\n", __FILE__, __LINE__); return SAY; }
[ \t]+          ;
\n              return '\n';
"++"|"--"       { yyless(1); return yytext[0]; }
.               { if (yytext[0] == '$') REJECT_OR_END; return yytext[0]; }
%%
L
# parser KIND BISON DECLARATIONS CALL ERROR: src/KIND.y
parser() {
    cat <<Y >src/$1.y
%{
#include <stdio.h>
#include <stdlib.h>
$3
static int depth;
static int checked(int a, int b, int line) {
    if (b) return a / b;
    printf("division by zero, %s:%d, %d\\n", __FILE__, __LINE__, line);
    return 0;
}
%}
%define api.value.type {int}
$2
%token NUMBER SAY
%left '+' '-'
%left '*' '/'
%destructor { printf("drop %d\\n", \$\$); } line
%%
input: | input line ;
line: '\\n' { \$\$ = 0; }
    | expr '\\n' { printf("= %d\\n", \$1); \$\$ = \$1; }
    | SAY { depth++; } expr '\\n' { printf("said %d at depth %d, line %d\\n", \$3, depth--, __LINE__); \$\$ = \$3; }
    | error '\\n' { yyerrok; puts("again"); \$\$ = -1; }
    ;
expr: NUMBER
    | expr '+' expr { \$\$ = \$1 + \$3; }
    | expr '-' expr { \$\$ = \$1 - \$3; }
    | expr '*' expr { int i, s = 0; for (i = 0; i < \$3; i++) s += \$1; \$\$ = s; }
    | expr '/' expr { \$\$ = checked(\$1, \$3, __LINE__); if (!\$3) YYERROR; }
    | '(' expr ')' { \$\$ = \$2; }
    ;
%%
$4
void yyerror($5const char *message) { printf("error: %s\\n", message); }
Y
}

# generate KIND VALUE FLEX...
generate() {
    kind=$1
    sed "s/PARSER.h/$1.tab.h/; s/VALUE/$2/; s/REJECT_OR_END/return 0/" scan.l >src/$1.l
    shift 2
    (cd src && bison -Wno-all -d -o $kind.tab.c $kind.y && flex "$@" -o $kind.lex.c $kind.l) >said 2>&1 &&
        return
    echo "not ok $kind is generated"
    sed 's/^/    /' said
}

plain='int yylex(void); void yyerror(const char *message);'
main='int main(void) { return yyparse(); }'
parser plain '' "$plain" "$main" ''
generate plain yylval
parser fast '' "$plain" "$main" ''
generate fast yylval -Cf
parser glr %glr-parser "$plain" "$main" ''
generate glr yylval
parser push '%define api.push-pull both' "$plain" "$main" ''
generate push yylval
parser pure '%define api.pure full %locations %param {void *scanner}
%code provides { int yylex(YYSTYPE *value, YYLTYPE *where, void *scanner); }
%code { void yyerror(YYLTYPE *where, void *scanner, const char *message); }' '' '
int yylex_init(void **scanner), yylex_destroy(void *scanner);
int main(void) {
    void *scanner;
    yylex_init(&scanner);
    int status = yyparse(scanner);
    yylex_destroy(scanner);
    return status;
}' 'YYLTYPE *where, void *scanner, '
sed -i 's/{ printf("error: %s/{ (void)where, (void)scanner; &/; s/{ (void)where, (void)scanner; { /{ (void)where, (void)scanner; /' src/pure.y
generate pure '*yylval' -R --bison-bridge --bison-locations

cat >input <<'I'
1 + 2 * 3
say 4 * (5 - 2)
/* a comment
   of two lines */ 7 / 0
2 + + 3
) 1
say 8 / 3 - 1++2
I

if "$rewrite" src out -- -w >said 2>&1 && ! grep 'not rewritten' out/.loom/report.txt >said
then echo 'ok all are rewritten'; else echo 'not ok all are rewritten'; sed 's/^/    /' said; fi

# ---- compiled and run --------------------------------------------------------------------------------

bad() {
    echo "not ok $*"
    sed 's/^/    /' said | head -n 10
}
compile() { # TREE PROGRAM COMPILER FLAG...: with what it says in said, without places
    tree=$1 program=$2
    shift 2
    (cd $tree && "$@" -Wall -Wextra $kind.tab.c $kind.lex.c -o ../$program) >said 2>&1
}
try() {
    LOOM_RT=$LOOM_BUILD/testrt.so LOOM_TEST=$2 LOOM_TEST_LOG=count timeout 60 "./$1" <input 2>&1
    echo "status $?"
}
warnings() { sed -n 's/.*\[\(-W[a-z=+-]*\)\].*/\1/p' said | sort | uniq -c; }
same() { # KIND COMPILER LEVEL
    kind=$1
    rm -f count
    compile src before "$2" "$3" || { bad "$* the original compiles"; return; }
    warnings >expected
    compile out after "$2" "$3" || { bad "$* compiles"; return; }
    warnings | diff expected - >diff || { bad "$*: other warnings: $(cat diff)"; return; }
    LOOM=0 try before none >want
    for mode in fast slow slots toggle; do
        try after $mode >said
        cmp -s want said || { bad "$* does the same, $mode"; return; }
    done
    if awk '{ n += $2 } END { exit n == 0 }' count && grep -q '^said .* line [0-9]' want &&
        grep -q "division by zero, $kind.y:8" want && grep -q "^say $kind.l:13" want
    then echo "ok $*"; else cp want said; bad "$*: no slot was reached, or other lines"; fi
}
for kind in plain fast glr push pure; do
    same $kind gcc -O0
    same $kind gcc -O2
    same $kind clang-19 -O2
done
exit 0
