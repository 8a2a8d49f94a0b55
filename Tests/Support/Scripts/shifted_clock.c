// A preloaded library that shifts the wall clock of one program while it runs.
//
// It shifts CLOCK_REALTIME only, so that waits and timeouts take real time. If SHIFTED_BOOT_CLOCK
// is set, it shifts CLOCK_BOOTTIME too, as if hours had passed.
//
// SHIFTED_CLOCK names a file of eight bytes: a signed number of nanoseconds, which may change at
// any moment. Timers on the wall clock are converted when they are set. If the shift changes while
// a timer runs, the timer does not change. A real step of the clock would move or cancel it.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *shift;
static int moves_boot_clock;
static int (*real_gettime)(clockid_t, struct timespec *);
static int (*real_create)(int, int);
static int (*real_settime)(int, int, const struct itimerspec *, struct itimerspec *);
static unsigned char on_wall_clock[65536];

__attribute__((constructor)) static void begin(void) {
    real_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    real_create = dlsym(RTLD_NEXT, "timerfd_create");
    real_settime = dlsym(RTLD_NEXT, "timerfd_settime");
    const char *path = getenv("SHIFTED_CLOCK");
    moves_boot_clock = getenv("SHIFTED_BOOT_CLOCK") != NULL;
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *mapped = mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
    if (mapped != MAP_FAILED) shift = mapped;
    close(file);
}

static void add(struct timespec *time, int64_t nanoseconds) {
    int64_t sum = time->tv_sec * 1000000000LL + time->tv_nsec + nanoseconds;
    time->tv_sec = sum / 1000000000LL;
    time->tv_nsec = sum % 1000000000LL;
    if (time->tv_nsec < 0) {
        time->tv_nsec += 1000000000LL;
        time->tv_sec--;
    }
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    if (!real_gettime) real_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real_gettime(clock, time);
    int is_moved = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || (moves_boot_clock && clock == CLOCK_BOOTTIME);
    if (result == 0 && shift && is_moved) add(time, *shift);
    return result;
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
    if (shift && is_armed && (flags & TFD_TIMER_ABSTIME) && file >= 0 && file < 65536 && on_wall_clock[file]) {
        add(&moved.it_value, -*shift);
        if (moved.it_value.tv_sec < 0) moved.it_value = (struct timespec){0, 1};
    }
    return real_settime(file, flags, &moved, old);
}
