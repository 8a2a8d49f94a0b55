/* Measures the lateness of a wall-clock timerfd and the time of a small durable write.
 *
 *   timer COUNT GAP-MS FILE
 *
 * The timer fires COUNT times about GAP-MS apart, re-armed for each instant. Then COUNT blocks of
 * 4 KiB are appended to FILE, each with fdatasync. */
#include "yardstick.h"
#include <fcntl.h>
#include <sys/timerfd.h>
#include <unistd.h>

int main(int words, char **word) {
    if (words != 4) stop("usage", "timer COUNT GAP-MS FILE");
    long count = atol(word[1]);
    double gap = atof(word[2]) / 1e3, *late = calloc((size_t)count, sizeof *late), *syncs = calloc((size_t)count, sizeof *syncs);
    int timer = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC);
    srand(1);
    double cpu = processor();
    for (long i = 0; i < count; i++) {
        double due = seconds_of(CLOCK_REALTIME) + gap * (0.5 + (double)rand() / RAND_MAX);
        struct itimerspec at = {.it_value = {(time_t)due, (long)((due - (double)(time_t)due) * 1e9)}};
        timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL);
        uint64_t expirations;
        if (read(timer, &expirations, sizeof expirations) != sizeof expirations) stop("timerfd", "no wake");
        late[i] = seconds_of(CLOCK_REALTIME) - due;
    }
    cpu = processor() - cpu;
    int file = open(word[3], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    char page[4096] = {0};
    for (long i = 0; i < count; i++) {
        double began = monotonic();
        if (write(file, page, sizeof page) != sizeof page || fdatasync(file)) stop(word[3], "cannot be written");
        syncs[i] = monotonic() - began;
    }
    printf("{\"count\":%ld,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,\"cpu_us\":%.1f,\"sync_p50_ms\":%.3f,\"sync_p99_ms\":%.3f}\n", count,
        percentile(late, count, 50) * 1e3, percentile(late, count, 99) * 1e3, percentile(late, count, 100) * 1e3,
        cpu / (double)count * 1e6, percentile(syncs, count, 50) * 1e3, percentile(syncs, count, 99) * 1e3);
    return 0;
}
