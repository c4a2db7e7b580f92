// SPDX-License-Identifier: MIT
/* fft.c: the FFT, by all slaves together. */
#include "fft.h"
#include "../common/rounds.h"
#include <math.h>
#include <string.h>
#include <time.h>

struct GlobalMemory *Global;
Complex x[N], trans[N], umain[N];
unsigned P;

double CLOCK(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void Barrier(void) {
    pthread_barrier_wait(&Global->start);
}

void InitU(void) {
    for (unsigned j = 0; j < N; j++) {
        umain[j].re = cos(2 * M_PI * j / N);
        umain[j].im = -sin(2 * M_PI * j / N);
    }
}

static Complex Multiply(Complex a, Complex b) {
    return (Complex){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

/* The root number j; its conjugate on the way back. */
static Complex Root(unsigned j, int direction) {
    Complex u = umain[j % N];
    u.im *= direction;
    return u;
}

static void Transpose(const Complex *from, Complex *to, unsigned first, unsigned last) {
    for (unsigned i = first; i < last; i++)
        for (unsigned j = 0; j < ROOT_N; j++) to[i * ROOT_N + j] = from[j * ROOT_N + i];
}

static void Reverse(Complex *row) {
    for (unsigned i = 1, j = 0; i < ROOT_N; i++) {
        unsigned bit = ROOT_N >> 1;
        for (; j & bit; bit >>= 1) j ^= bit;
        j ^= bit;
        if (i >= j) continue;
        Complex other = row[i];
        row[i] = row[j];
        row[j] = other;
    }
}

static void FFT1DOnce(int direction, Complex *row) {
    Reverse(row);
    for (unsigned length = 2; length <= ROOT_N; length *= 2) {
        for (unsigned i = 0; i < ROOT_N; i += length) {
            for (unsigned j = 0; j < length / 2; j++) {
                Complex *low = &row[i + j], *high = low + length / 2;
                Complex tau = Multiply(*high, Root(j * (N / length), direction));
                *high = (Complex){low->re - tau.re, low->im - tau.im};
                *low = (Complex){low->re + tau.re, low->im + tau.im};
            }
        }
    }
}

static void TwiddleOneCol(int direction, unsigned j, Complex *row) {
    for (unsigned i = 0; i < ROOT_N; i++) row[i] = Multiply(row[i], Root(i * j, direction));
}

static void Scale(Complex *row) {
    for (unsigned i = 0; i < ROOT_N; i++) {
        row[i].re /= N;
        row[i].im /= N;
    }
}

static void FFT1D(int direction, unsigned MyFirst, unsigned MyLast) {
    Barrier();
    Transpose(x, trans, MyFirst, MyLast);
    for (unsigned j = MyFirst; j < MyLast; j++) {
        FFT1DOnce(direction, &trans[j * ROOT_N]);
        TwiddleOneCol(direction, j, &trans[j * ROOT_N]);
    }
    Barrier();
    Transpose(trans, x, MyFirst, MyLast);
    for (unsigned j = MyFirst; j < MyLast; j++) {
        FFT1DOnce(direction, &x[j * ROOT_N]);
        if (direction < 0) Scale(&x[j * ROOT_N]);
    }
    Barrier();
    Transpose(x, trans, MyFirst, MyLast);
    Barrier();
    memcpy(&x[MyFirst * ROOT_N], &trans[MyFirst * ROOT_N], (MyLast - MyFirst) * ROOT_N * sizeof *x);
}

void SlaveStart(void) {
    double initdone = 0, finish;
    pthread_mutex_lock(&Global->idlock);
    unsigned MyNum = Global->id;
    Global->id++;
    pthread_mutex_unlock(&Global->idlock);

    unsigned MyFirst = ROOT_N * MyNum / P, MyLast = ROOT_N * (MyNum + 1) / P;
    Barrier();
    if (MyNum == 0) initdone = CLOCK();

    FFT1D(1, MyFirst, MyLast);
    FFT1D(-1, MyFirst, MyLast);

    Barrier();
    if (MyNum == 0) {
        finish = CLOCK();
        rounds_test_point();
        Global->initdonetime = initdone;
        Global->finishtime = finish;
    }
}
