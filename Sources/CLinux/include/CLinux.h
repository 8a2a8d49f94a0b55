// Linux calls that Swift's Glibc module lacks: macros, and functions behind _GNU_SOURCE.
#ifndef REMINDD_CLINUX_H
#define REMINDD_CLINUX_H
#include <stdint.h>

/// Creates a non-blocking, close-on-exec timer on CLOCK_REALTIME. Returns -1 and errno on failure.
int linux_timerfd_realtime(void);
/// Arms `fd` for an absolute Unix time; `seconds` = 0 disarms it.
///
/// If the wall clock is stepped, the descriptor becomes readable and a read fails with ECANCELED.
/// Returns 0, or -1 and errno.
int linux_timerfd_arm(int fd, int64_t seconds, int64_t nanoseconds);
/// Creates a non-blocking, close-on-exec event descriptor. Returns -1 and errno on failure.
int linux_eventfd(void);
/// Waits until one of up to 8 descriptors is readable.
///
/// Returns a bit mask of the readable ones, 0 on time-out, or -1 and errno.
int linux_wait_readable(const int *fds, int count, int timeout_ms);
/// The process that holds a conflicting POSIX lock on a byte range of `fd`.
///
/// Returns 0 if there is none, or -1 and errno.
int linux_lock_holder(int fd, int64_t start, int64_t length);
/// Excludes this process's memory from core dumps and other processes of the user.
///
/// Uses PR_SET_DUMPABLE (prctl(2)).
void linux_hide_memory(void);
/// Whether the memory is hidden in this way.
int linux_memory_is_hidden(void);
/// Names the calling thread; at most 15 characters.
void linux_name_thread(const char *name);
/// Returns free heap memory to the system, which malloc would keep.
void linux_trim_heap(void);
/// Unmaps the pages of the program and its libraries that are the same as in their files.
///
/// These are code and constants. The next access maps a page again, mostly from the page cache.
void linux_unmap_code(void);
#endif
