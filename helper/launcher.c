/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a user starts as `maniera`: settings that libraries read before any code of the program
 * runs, then the program itself.
 *
 * By default libgomp's threads spin for milliseconds when they wait for each other. Alone on a
 * machine that is right; when another program wants a core, they spin while the thread they wait
 * for cannot run. With 1000 turns nothing is lost alone, and steps beside a busy program take 0.6
 * to 0.75 of the time (docs/performance.md, "Threads").
 *
 * By default glibc's heap has pages of 4 KiB, which cost time when they are first touched and in
 * every access. With huge ones, where the system gives them when asked, steps take 1 to 12 % less
 * (glibc 2.35 or later; older ones ignore it).
 *
 * By default oneDNN keeps the code and buffers of the last 1024 shapes it has computed, which in
 * tiles of many scales come to 170 MB in bfloat16. A step in one piece has fewer than 64; with
 * fewer kept than that it would make them anew each time.
 *
 * And OpenBLAS may take a slow kernel: blas_kernel.h. */

#include "helper/blas_kernel.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* The libraries alone take 1.1 GiB of address space, more where there are many processors. With
 * less, some abort before any code of the program runs, and OpenBLAS waits forever. */
static const rlim_t least_address_space = (rlim_t)3 << 29;

static int lacks_address_space(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
        limit.rlim_cur >= least_address_space)
        return 0;
    fprintf(stderr,
            "maniera: There is not enough memory: this shell allows %llu MiB (ulimit -v), and the "
            "program needs %llu to start; raise the limit.\n",
            (unsigned long long)(limit.rlim_cur >> 20),
            (unsigned long long)(least_address_space >> 20));
    return 1;
}

int main(int count, char** arguments) {
    (void)count;
    char self[4096], program[sizeof self + sizeof MANIERA_PROGRAM_PATH];
    const ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (lacks_address_space())
        return 6; /* as helper/cli/errors.cpp has it */
    if (length < 0) {
        fprintf(stderr, "maniera: /proc is not mounted; it is needed to find the program.\n");
        return 1;
    }
    self[length] = '\0';
    if (!getenv("OMP_WAIT_POLICY"))
        setenv("GOMP_SPINCOUNT", "1000", 0);
    setenv("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1", 0);
    setenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "128", 0);
    choose_blas_kernel();
    snprintf(program, sizeof program, "%s/%s", dirname(self), MANIERA_PROGRAM_PATH);
    execv(program, arguments);
    fprintf(stderr, "maniera: %s cannot be started (%s); install Maniera again.\n", program,
            strerror(errno));
    return 1;
}
