#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

int linux_timerfd_realtime(void) { return timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC); }

int linux_timerfd_arm(int fd, int64_t seconds, int64_t nanoseconds) {
    struct itimerspec spec;
    memset(&spec, 0, sizeof spec);
    spec.it_value.tv_sec = seconds;
    spec.it_value.tv_nsec = nanoseconds;
    return timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &spec, NULL);
}

int linux_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

int linux_wait_readable(const int *fds, int count, int timeout_ms) {
    struct pollfd polled[8];
    if (count > 8) {
        errno = EINVAL;
        return -1;
    }
    for (int i = 0; i < count; i++) polled[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
    int ready = poll(polled, (nfds_t)count, timeout_ms);
    if (ready <= 0) return ready;
    int mask = 0;
    for (int i = 0; i < count; i++)
        if (polled[i].revents) mask |= 1 << i;
    return mask;
}

int linux_lock_holder(int fd, int64_t start, int64_t length) {
    struct flock lock;
    memset(&lock, 0, sizeof lock);
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = (off_t)start;
    lock.l_len = (off_t)length;
    if (fcntl(fd, F_GETLK, &lock) != 0) return -1;
    return lock.l_type == F_UNLCK ? 0 : (int)lock.l_pid;
}

void linux_trim_heap(void) { malloc_trim(0); }

static int unmap_code(struct dl_phdr_info *object, size_t size, void *nothing) {
    (void)size, (void)nothing;
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        // Segments that are ever writable, if only during relocation, differ from their file.
        if (part->p_type != PT_LOAD || part->p_flags & PF_W) continue;
        uintptr_t start = (object->dlpi_addr + part->p_vaddr) / page * page;
        uintptr_t end = object->dlpi_addr + part->p_vaddr + part->p_filesz;
        (void)madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void linux_unmap_code(void) { dl_iterate_phdr(unmap_code, NULL); }

void linux_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

void linux_hide_memory(void) { prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

int linux_memory_is_hidden(void) { return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0; }
