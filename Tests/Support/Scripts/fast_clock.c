// A preloaded library that makes the wall clock of one program run FAST_CLOCK times as fast.
//
// The clock shows the real time when the program starts, and then runs faster. The time since boot
// (CLOCK_BOOTTIME) runs just as fast, because a program compares the two to detect that the clock
// was set. CLOCK_MONOTONIC is unchanged, so that timeouts of connections take real time. Timers on
// the wall clock are set for the moment at which the fast clock will show their time.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>

static int (*real_gettime)(clockid_t, struct timespec *);
static int (*real_create)(int, int);
static int (*real_settime)(int, int, const struct itimerspec *, struct itimerspec *);
static unsigned char on_wall_clock[65536];
static int64_t factor, began, began_boot, began_steady;

static int64_t nanoseconds(struct timespec time) { return time.tv_sec * 1000000000LL + time.tv_nsec; }

static struct timespec timespec_of(int64_t nanoseconds) {
    return (struct timespec){nanoseconds / 1000000000LL, nanoseconds % 1000000000LL};
}

static int64_t now(clockid_t clock) {
    struct timespec time;
    real_gettime(clock, &time);
    return nanoseconds(time);
}

__attribute__((constructor)) static void begin(void) {
    real_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    real_create = dlsym(RTLD_NEXT, "timerfd_create");
    real_settime = dlsym(RTLD_NEXT, "timerfd_settime");
    const char *wanted = getenv("FAST_CLOCK");
    began = now(CLOCK_REALTIME);
    began_boot = now(CLOCK_BOOTTIME);
    began_steady = now(CLOCK_MONOTONIC);
    factor = wanted ? atoll(wanted) : 0;
}

static int64_t shown(void) { return began + (now(CLOCK_MONOTONIC) - began_steady) * factor; }

static int64_t shown_since_boot(void) { return began_boot + (now(CLOCK_MONOTONIC) - began_steady) * factor; }

int clock_gettime(clockid_t clock, struct timespec *time) {
    if (!real_gettime) real_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    if (factor > 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        *time = timespec_of(shown());
        return 0;
    }
    if (factor > 0 && clock == CLOCK_BOOTTIME) {
        *time = timespec_of(shown_since_boot());
        return 0;
    }
    return real_gettime(clock, time);
}

time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone) {
    (void)zone;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    out->tv_sec = now.tv_sec;
    out->tv_usec = now.tv_nsec / 1000;
    return 0;
}

int timerfd_create(int clock, int flags) {
    int file = real_create(clock, flags);
    if (file >= 0 && file < 65536) on_wall_clock[file] = clock == CLOCK_REALTIME;
    return file;
}

int timerfd_settime(int file, int flags, const struct itimerspec *wanted, struct itimerspec *old) {
    struct itimerspec moved = *wanted;
    int is_armed = moved.it_value.tv_sec || moved.it_value.tv_nsec;
    if (factor > 0 && is_armed && (flags & TFD_TIMER_ABSTIME) && file >= 0 && file < 65536 && on_wall_clock[file]) {
        // Limits the wait to three years. No program waits longer, and the product would overflow.
        int64_t ahead = moved.it_value.tv_sec - shown() / 1000000000LL > 100000000LL ? 100000000000000000LL : nanoseconds(moved.it_value) - shown();
        moved.it_value = timespec_of(ahead > 1000 ? ahead / factor : 1000);
        flags &= ~TFD_TIMER_ABSTIME;
    }
    return real_settime(file, flags, &moved, old);
}
