/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stands in for OpenBLAS. A product takes as many milliseconds of the processor as
 * MANIERA_FAKE_BLAS says for the kernel asked for: "default=40 Haswell=8 Zen=crash", where `crash`
 * ends the process as an instruction would that the processor lacks. Each product adds a letter to
 * the file MANIERA_FAKE_BLAS_LOG. */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char* openblas_get_config(void) { return "FakeBLAS 1.0 Old"; }

static double processor_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void sgemm_(void) {
    const char* kernel = getenv("OPENBLAS_CORETYPE");
    const char* times = getenv("MANIERA_FAKE_BLAS");
    const char* log = getenv("MANIERA_FAKE_BLAS_LOG");
    FILE* file = log ? fopen(log, "a") : NULL;
    if (file) {
        fputc('x', file);
        fclose(file);
    }
    char key[64];
    snprintf(key, sizeof key, "%s=", kernel ? kernel : "default");
    const char* found = times ? strstr(times, key) : NULL;
    const char* value = found ? found + strlen(key) : "12";
    if (strncmp(value, "crash", 5) == 0)
        raise(SIGILL);
    const double end = processor_seconds() + 1e-3 * strtod(value, NULL);
    while (processor_seconds() < end) {
    }
}
