// SPDX-License-Identifier: MIT
/*
 * rounds.h: what all programs in corpus/ do alike: rounds, totals, the test point.
 *
 *     server [-w WORKERS] [-t SECONDS] [-i MILLISECONDS]
 *
 * A program works in rounds, one after the other, for ever or for SECONDS. When a round is over, one
 * thread judges it by itself and counts it here. Every MILLISECONDS (1000), and when the program
 * ends, a line with the totals goes to standard output:
 *
 *     rounds=N good=N bad=N gap=N
 *
 *   gap   the longest time in µs since the last line in which no round ended
 *
 * SIGTERM and SIGINT end the program at the end of a round. SIGUSR1 makes it rest between two rounds
 * (a line `resting` tells when it does), SIGUSR2 go on.
 *
 *     int main(int argc, char **argv) {
 *         long workers = rounds_begin(argc, argv, 4, 64, "JS_PAUSE_US");
 *         ... start threads, which play rounds until rounds_count returns false ...
 *         rounds_watch();
 *         ... join them ...
 *         return rounds_end();
 *     }
 */
#ifndef ROUNDS_H
#define ROUNDS_H
#include <stdbool.h>

/* Reads the arguments; ends the program if they are wrong. To be called before any thread starts,
 * since threads inherit that the signals are blocked. `pause` is the name of the environment variable
 * that says how many µs to sleep at the test point. Returns how many workers to start. */
long rounds_begin(int argc, char **argv, long workers, long workers_max, const char *pause);

/* A round is over. To be called by one thread at a time, before any starts the next one. Rests if it
 * is told to. False: it was the last round. */
bool rounds_count(bool good);

/* Prints totals until the program shall end. For main. */
void rounds_watch(void);

/* Prints the last totals. Returns the exit status. */
int rounds_end(void);

/* The test point: sleeps, by default not at all, so that the rest of the round comes to pass
 * meanwhile. */
void rounds_test_point(void);

#endif
