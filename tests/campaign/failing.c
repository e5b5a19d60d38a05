/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preloaded into the program: the call FAIL_AT of the kind FAIL_CALL (write, fsync, rename, open or
 * allocate) fails, counted over all of its processes as the size of the file FAIL_COUNT, to which
 * each call adds a byte; none fails where FAIL_AT is 0. Files count that lie in the folder
 * FAIL_UNDER; allocations from 16 KiB on, once a process has opened such a file: Linux refuses no
 * small ones, and before that it is libraries that start. */

#undef _FORTIFY_SOURCE /* its open() would be another one */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { large = 16 * 1024 };

void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* old, size_t size);
void* __libc_memalign(size_t alignment, size_t size);

static volatile int armed; /* for allocations */

/* Whether this call is the one. Raw system calls: nothing here may come back to it. */
static int is_it(const char* call) {
    const char* const chosen = getenv("FAIL_CALL");
    const char* const counter = getenv("FAIL_COUNT");
    const char* const at = getenv("FAIL_AT");
    int kept = errno;
    long file, count;
    if (!chosen || !counter || !at || strcmp(chosen, call) != 0)
        return 0;
    file = syscall(SYS_openat, AT_FDCWD, counter, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) {
        errno = kept;
        return 0;
    }
    syscall(SYS_write, file, "x", 1);
    count = syscall(SYS_lseek, file, 0, SEEK_CUR);
    syscall(SYS_close, file);
    errno = kept;
    return count == atol(at);
}

static int under(const char* path) {
    const char* const folder = getenv("FAIL_UNDER");
    return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static int file_under(int file) {
    char link[64], path[4096];
    ssize_t length;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = '\0';
    return under(path);
}

static int fails(const char* call, int error) {
    if (!is_it(call))
        return 0;
    errno = error;
    return 1;
}

#define REAL(type, name, ...)                                                                      \
    static type (*real)(__VA_ARGS__);                                                              \
    if (!real)                                                                                     \
    *(void**)&real = dlsym(RTLD_NEXT, name)

ssize_t write(int file, const void* bytes, size_t count) {
    if (file_under(file) && fails("write", ENOSPC))
        return -1;
    return syscall(SYS_write, file, bytes, count);
}

ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t offset) {
    if (file_under(file) && fails("write", ENOSPC))
        return -1;
    return syscall(SYS_pwrite64, file, bytes, count, offset);
}

ssize_t pwrite(int file, const void* bytes, size_t count, off_t offset) {
    return pwrite64(file, bytes, count, offset);
}

ssize_t writev(int file, const struct iovec* pieces, int count) {
    if (file_under(file) && fails("write", ENOSPC))
        return -1;
    return syscall(SYS_writev, file, pieces, count);
}

int fsync(int file) {
    if (file_under(file) && fails("fsync", EIO))
        return -1;
    return (int)syscall(SYS_fsync, file);
}

int fdatasync(int file) {
    if (file_under(file) && fails("fsync", EIO))
        return -1;
    return (int)syscall(SYS_fdatasync, file);
}

int rename(const char* from, const char* to) {
    if (under(to) && fails("rename", EACCES))
        return -1;
    return (int)syscall(SYS_rename, from, to);
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
    if (under(to) && fails("rename", EACCES))
        return -1;
    return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}

static int opens(int folder, const char* path, int flags, mode_t mode) {
    if (under(path)) {
        armed = 1;
        if (fails("open", EACCES))
            return -1;
    }
    return (int)syscall(SYS_openat, folder, path, flags, mode);
}

#define OPENS(folder, path, flags)                                                                 \
    mode_t mode = 0;                                                                               \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                                         \
        va_list list;                                                                              \
        va_start(list, flags);                                                                     \
        mode = va_arg(list, mode_t);                                                               \
        va_end(list);                                                                              \
    }                                                                                              \
    return opens(folder, path, flags, mode)

int open(const char* path, int flags, ...) { OPENS(AT_FDCWD, path, flags); }
int open64(const char* path, int flags, ...) { OPENS(AT_FDCWD, path, flags); }
int openat(int folder, const char* path, int flags, ...) { OPENS(folder, path, flags); }
int openat64(int folder, const char* path, int flags, ...) { OPENS(folder, path, flags); }

FILE* fopen(const char* path, const char* mode) {
    REAL(FILE*, "fopen", const char*, const char*);
    if (under(path)) {
        armed = 1;
        if (fails("open", EACCES))
            return NULL;
    }
    return real(path, mode);
}

FILE* fopen64(const char* path, const char* mode) { return fopen(path, mode); }

int mkostemps64(char* path, int suffix, int flags) {
    REAL(int, "mkostemps64", char*, int, int);
    return under(path) && fails("open", EACCES) ? -1 : real(path, suffix, flags);
}

int mkstemps64(char* path, int suffix) { return mkostemps64(path, suffix, 0); }
int mkstemps(char* path, int suffix) { return mkostemps64(path, suffix, 0); }
int mkostemps(char* path, int suffix, int flags) { return mkostemps64(path, suffix, flags); }
int mkstemp(char* path) { return mkostemps64(path, 0, 0); }
int mkstemp64(char* path) { return mkostemps64(path, 0, 0); }
int mkostemp(char* path, int flags) { return mkostemps64(path, 0, flags); }
int mkostemp64(char* path, int flags) { return mkostemps64(path, 0, flags); }

/* oneDNN writes its machine code to what it asks for without a look. core/network/onednn.cpp makes
 * room for it before. */
static int looks(const void* caller) {
    Dl_info asks;
    return !dladdr(caller, &asks) || !asks.dli_fname || !strstr(asks.dli_fname, "libdnnl");
}

#define REFUSED(size)                                                                              \
    (armed && (size) >= large && looks(__builtin_return_address(0)) && fails("allocate", ENOMEM))

void* malloc(size_t size) { return REFUSED(size) ? NULL : __libc_malloc(size); }

void* calloc(size_t count, size_t size) {
    size_t all = 0;
    if (!__builtin_mul_overflow(count, size, &all) && REFUSED(all))
        return NULL;
    return __libc_calloc(count, size);
}

void* realloc(void* old, size_t size) { return REFUSED(size) ? NULL : __libc_realloc(old, size); }

void* memalign(size_t alignment, size_t size) {
    return REFUSED(size) ? NULL : __libc_memalign(alignment, size);
}

void* aligned_alloc(size_t alignment, size_t size) {
    return REFUSED(size) ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void** at, size_t alignment, size_t size) {
    void* const found = REFUSED(size) ? NULL : __libc_memalign(alignment, size);
    if (!found)
        return ENOMEM;
    *at = found;
    return 0;
}
