// SPDX-License-Identifier: MIT
/* lu.c: the factorization, by all slaves together. */
#include "lu.h"
#include "../common/rounds.h"
#include <time.h>

struct GlobalMemory *Global;
double a[N][N];
unsigned P;

static unsigned num_rows, num_cols;

double CLOCK(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void InitSlaves(void) {
    for (unsigned rows = 1; rows * rows <= P; rows++)
        if (P % rows == 0) num_rows = rows;
    num_cols = P / num_rows;
}

static unsigned BlockOwner(unsigned I, unsigned J) {
    return J % num_cols + I % num_rows * num_cols;
}

static void Barrier(void) {
    pthread_barrier_wait(&Global->start);
}

/* ---- on blocks, named by their first row and column ---- */

/* Factors the block on the diagonal. */
static void lu0(unsigned k) {
    for (unsigned i = k; i < k + BLOCK; i++) {
        for (unsigned j = i + 1; j < k + BLOCK; j++) {
            a[j][i] /= a[i][i];
            for (unsigned l = i + 1; l < k + BLOCK; l++) a[j][l] -= a[j][i] * a[i][l];
        }
    }
}

/* A block below the diagonal one, divided by its upper part. */
static void bdiv(unsigned i, unsigned k) {
    for (unsigned row = i; row < i + BLOCK; row++) {
        for (unsigned l = k; l < k + BLOCK; l++) {
            a[row][l] /= a[l][l];
            for (unsigned j = l + 1; j < k + BLOCK; j++) a[row][j] -= a[row][l] * a[l][j];
        }
    }
}

/* A block to the right of the diagonal one, by its lower part. */
static void bmodd(unsigned k, unsigned j) {
    for (unsigned l = k; l < k + BLOCK; l++)
        for (unsigned row = l + 1; row < k + BLOCK; row++)
            for (unsigned c = j; c < j + BLOCK; c++) a[row][c] -= a[row][l] * a[l][c];
}

/* A block inside: less what the one to its left and the one above make. */
static void bmod(unsigned i, unsigned j, unsigned k) {
    for (unsigned row = i; row < i + BLOCK; row++)
        for (unsigned l = k; l < k + BLOCK; l++)
            for (unsigned c = j; c < j + BLOCK; c++) a[row][c] -= a[row][l] * a[l][c];
}

/* ---- all of it ---- */

static void lu(unsigned MyNum) {
    for (unsigned K = 0; K < BLOCKS; K++) {
        unsigned k = K * BLOCK;
        if (BlockOwner(K, K) == MyNum) lu0(k);
        Barrier();
        for (unsigned I = K + 1; I < BLOCKS; I++) {
            if (BlockOwner(I, K) == MyNum) bdiv(I * BLOCK, k);
            if (BlockOwner(K, I) == MyNum) bmodd(k, I * BLOCK);
        }
        Barrier();
        for (unsigned I = K + 1; I < BLOCKS; I++)
            for (unsigned J = K + 1; J < BLOCKS; J++)
                if (BlockOwner(I, J) == MyNum) bmod(I * BLOCK, J * BLOCK, k);
    }
}

static void OneSolve(unsigned MyNum) {
    double myrs = 0, mydone = 0, myrf;
    Barrier();
    if (MyNum == 0) myrs = CLOCK();
    lu(MyNum);
    if (MyNum == 0) mydone = CLOCK();
    Barrier();
    if (MyNum == 0) {
        myrf = CLOCK();
        rounds_test_point();
        Global->rs = myrs;
        Global->done = mydone;
        Global->rf = myrf;
    }
}

void SlaveStart(void) {
    pthread_mutex_lock(&Global->idlock);
    unsigned MyNum = Global->id;
    Global->id++;
    pthread_mutex_unlock(&Global->idlock);
    OneSolve(MyNum);
}
