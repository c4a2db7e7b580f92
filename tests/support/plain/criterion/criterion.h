// SPDX-License-Identifier: MIT
/*
 * Stands in for Criterion where that cannot run (TSan: its arena needs addresses that TSan owns).
 * Same macros, as far as our tests use them: each test in a child process of its own. What is here is weak: a
 * program may consist of several files that include it. `PROGRAM PATTERN`: only tests whose name contains it.
 */
#ifndef LOOM_TEST_PLAIN_H
#define LOOM_TEST_PLAIN_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct plain_options {
    double timeout;
    int signal, exit_code;
};
struct plain_test {
    const char *name;
    void (*run)(void);
    struct plain_options options;
    struct plain_test *next;
};
#define plain_once_ __attribute__((weak))
plain_once_ struct plain_test *plain_tests;
plain_once_ struct plain_test **plain_last = &plain_tests;

#define Test(suite, name_, ...)                                                                    \
    static void suite##_##name_(void);                                                             \
    __attribute__((constructor)) static void plain_add_##suite##_##name_(void) {                   \
        static struct plain_test test = {                                                          \
            #suite "::" #name_, suite##_##name_, {.timeout = 120, ##__VA_ARGS__}, 0};              \
        *plain_last = &test;                                                                       \
        plain_last = &test.next;                                                                   \
    }                                                                                              \
    static void suite##_##name_(void)

#define plain_fail_(condition, ...)                                                                \
    do {                                                                                           \
        if (condition) break;                                                                      \
        printf("%s:%d: %s", __FILE__, __LINE__, #condition);                                       \
        printf(": " __VA_ARGS__);                                                                  \
        printf("\n");                                                                              \
        fflush(stdout);                                                                            \
        _exit(1);                                                                                  \
    } while (0)
#define cr_assert(c, ...)        plain_fail_((c), "" __VA_ARGS__)
#define cr_assert_not(c, ...)    plain_fail_(!(c), "" __VA_ARGS__)
#define cr_assert_eq(a, b, ...)  plain_fail_((a) == (b), "" __VA_ARGS__)
#define cr_assert_neq(a, b, ...) plain_fail_((a) != (b), "" __VA_ARGS__)
#define cr_assert_lt(a, b, ...)  plain_fail_((a) < (b), "" __VA_ARGS__)
#define cr_assert_leq(a, b, ...) plain_fail_((a) <= (b), "" __VA_ARGS__)
#define cr_assert_gt(a, b, ...)  plain_fail_((a) > (b), "" __VA_ARGS__)
#define cr_assert_geq(a, b, ...) plain_fail_((a) >= (b), "" __VA_ARGS__)
#define cr_assert_null(a, ...)   plain_fail_(!(a), "" __VA_ARGS__)
#define cr_assert_str_eq(a, b, ...) plain_fail_(!strcmp((a), (b)), "" __VA_ARGS__)
#define cr_expect          cr_assert
#define cr_expect_not      cr_assert_not
#define cr_expect_eq       cr_assert_eq
#define cr_expect_null     cr_assert_null
#define cr_log_info(...)   (printf(__VA_ARGS__), printf("\n"))

plain_once_ int main(int count, char **args) {
    int failed = 0;
    for (struct plain_test *test = plain_tests; test; test = test->next) {
        const char *pattern = count > 1 && args[1][0] != '-' ? args[1] : "";
        int status, child;
        if (!strstr(test->name, pattern)) continue;
        if ((child = fork()) == 0) {
            alarm((unsigned)test->options.timeout);
            test->run();
            fflush(stdout);
            exit(0);
        }
        waitpid(child, &status, 0);
        if (status) failed++;
        printf("%s %s (status %x)\n", status ? "not ok" : "ok", test->name, (unsigned)status);
        fflush(stdout);
    }
    return failed != 0;
}
#endif
