/* Functions that the yardsticks share: clocks, processor time, percentiles, errors.
 * A yardstick prints one JSON object on one line. It stores nothing and guarantees nothing, so it
 * shows what the machine can do. */
#pragma once
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static inline double seconds_of(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static inline double monotonic(void) { return seconds_of(CLOCK_MONOTONIC); }

/* User and system time of this process with all its threads, in seconds. */
static inline double processor(void) { return seconds_of(CLOCK_PROCESS_CPUTIME_ID); }

/* The peak of resident memory in KiB. */
static inline long resident(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static inline int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts the values and returns the smallest one that `percent` percent of them do not exceed. */
static inline double percentile(double *values, long count, double percent) {
    if (count == 0) return 0;
    qsort(values, (size_t)count, sizeof *values, ascending);
    long index = (long)(percent / 100 * (double)count + 0.999999) - 1;
    return values[index < 0 ? 0 : index >= count ? count - 1 : index];
}

static inline void stop(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

/* Reads a whole file, which must not be empty. */
static inline char *contents(const char *path, long *length) {
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END)) stop(path, "cannot be read");
    *length = ftell(file);
    char *bytes = malloc((size_t)*length + 1);
    rewind(file);
    if (*length < 1 || fread(bytes, 1, (size_t)*length, file) != (size_t)*length) stop(path, "cannot be read");
    bytes[*length] = 0;
    fclose(file);
    return bytes;
}
