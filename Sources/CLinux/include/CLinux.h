// Linux calls that Swift's Glibc module lacks (they hide behind _GNU_SOURCE or are macros).
#ifndef REMINDD_CLINUX_H
#define REMINDD_CLINUX_H
#include <stdint.h>

/// A timer file descriptor on CLOCK_REALTIME, non-blocking, close-on-exec; -1 and errno on failure.
int linux_timerfd_realtime(void);
/// Arms `fd` for the absolute instant `seconds`.`nanoseconds` (Unix time) and asks to be woken, with
/// ECANCELED on read, when the wall clock is stepped. seconds = 0 disarms. 0, or -1 and errno.
int linux_timerfd_arm(int fd, int64_t seconds, int64_t nanoseconds);
/// An event file descriptor, non-blocking, close-on-exec; -1 and errno on failure.
int linux_eventfd(void);
/// Waits until one of up to 8 descriptors is readable. Returns a bit mask of those, 0 on time-out, -1 and errno.
int linux_wait_readable(const int *fds, int count, int timeout_ms);
/// Blocks the given signals for the whole process and returns a descriptor that reads them; -1 and errno.
int linux_signalfd(const int *signals, int count);
/// Reads one signal number from a signalfd; 0 when there is none, -1 and errno.
int linux_signalfd_read(int fd);
/// The process id that holds a POSIX write lock conflicting with ours on `fd`'s byte range, 0 for none, -1 and errno.
int linux_lock_holder(int fd, int64_t start, int64_t length);
/// Keeps the memory of this process from core dumps and from other processes of the same user (prctl(2), PR_SET_DUMPABLE).
void linux_hide_memory(void);
/// Whether that holds.
int linux_memory_is_hidden(void);
/// Names the calling thread (15 characters at most).
void linux_name_thread(const char *name);
/// Gives free memory of the heap back to the system, which malloc keeps for itself otherwise.
void linux_trim_heap(void);
/// Unmaps the pages of the program and its libraries that are as their files have them: code and constants. What is needed again is
/// mapped again by the next access, mostly from the page cache.
void linux_unmap_code(void);
#endif
