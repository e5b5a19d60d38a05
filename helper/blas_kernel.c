/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every question is asked in a process of its own: OpenBLAS chooses once, as it is loaded, and a
 * kernel that a processor lacks the instructions for ends its process. */

#include "helper/blas_kernel.h"

#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined __x86_64__
#include <cpuid.h>
#elif defined __aarch64__
#include <sys/auxv.h>
#endif

#if defined __x86_64__
/* By OpenBLAS's names; the first is its own choice. */
static const char* const kernels[] = {"",         "Haswell",    "Zen",
                                      "SkylakeX", "Cooperlake", "SapphireRapids"};
#elif defined __aarch64__
static const char* const kernels[] = {"", "ARMV8", "NEOVERSEN1"};
#else
static const char* const kernels[] = {""};
#endif
enum { kernel_count = sizeof kernels / sizeof *kernels, answer_size = 256 };

/* Another kernel has to be this much quicker than one before it: what is measured is noisy. */
static const double worthwhile = 0.85;

/* Runs `ask` with `kernel` in a child and reads its answer, a text. 0 = there was none. */
static int ask_child(void (*ask)(char* answer), const char* kernel, char answer[answer_size]) {
    int ends[2];
    if (pipe(ends))
        return 0;
    const pid_t child = fork();
    if (child == 0) {
        const struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        setenv("OMP_NUM_THREADS", "1", 1);
        if (*kernel)
            setenv("OPENBLAS_CORETYPE", kernel, 1);
        close(STDERR_FILENO); /* OpenBLAS tells of kernels that it does not know */
        char text[answer_size] = "";
        ask(text);
        _exit(write(ends[1], text, sizeof text) == sizeof text ? 0 : 1);
    }
    close(ends[1]);
    const int told = child > 0 && read(ends[0], answer, answer_size) == answer_size;
    close(ends[0]);
    if (child > 0)
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
        }
    answer[answer_size - 1] = '\0';
    return told && *answer;
}

/* What LibTorch is linked with. */
static void* blas_function(const char* name) {
    static void* blas = NULL;
    if (!blas)
        blas = dlopen("libblas.so.3", RTLD_NOW);
    return blas ? dlsym(blas, name) : NULL;
}

/* The model of the processor and the instructions that it has. */
static void describe_processor(char* text, size_t size) {
#if defined __x86_64__
    unsigned model = 0, b, c, d, a, instructions = 0;
    __get_cpuid(1, &model, &b, &c, &d);
    __get_cpuid_count(7, 0, &a, &instructions, &c, &d);
    snprintf(text, size, "%x-%x", model, instructions);
#elif defined __aarch64__
    snprintf(text, size, "%lx-%lx", getauxval(AT_HWCAP), getauxval(AT_HWCAP2));
#else
    snprintf(text, size, "unknown");
#endif
}

/* Which OpenBLAS this is, what it takes this processor for, and which processor it is; nothing for
 * another BLAS. */
static void describe(char* answer) {
    char* (*config)(void) = NULL;
    *(void**)&config = blas_function("openblas_get_config");
    if (!config)
        return;
    char processor[64];
    describe_processor(processor, sizeof processor);
    snprintf(answer, answer_size, "%s %s", config(), processor);
}

static double processor_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Seconds of a product as the Wasserstein term has them: 512 channels. Those of the processor, for
 * other programs may be busy; the least of several, for the first has cold caches. */
static void measure(char* answer) {
    enum { n = 512, times = 5 };
    typedef void (*Product)(const char*, const char*, const int*, const int*, const int*,
                            const float*, const float*, const int*, const float*, const int*,
                            const float*, float*, const int*);
    Product product = NULL;
    *(void**)&product = blas_function("sgemm_");
    static float a[n * n], b[n * n], c[n * n];
    if (!product)
        return;
    for (int i = 0; i < n * n; ++i) {
        a[i] = (float)(i % 7 - 3);
        b[i] = (float)(i % 5 - 2);
    }
    double least = 1e9;
    for (int i = 0; i < times; ++i) {
        const int size = n;
        const float one = 1, zero = 0;
        const double begin = processor_seconds();
        product("N", "T", &size, &size, &size, &one, a, &size, b, &size, &zero, c, &size);
        const double seconds = processor_seconds() - begin;
        if (seconds < least)
            least = seconds;
    }
    snprintf(answer, answer_size, "%.9f", least);
}

static const char* quickest(void) {
    const char* best = "";
    double least = 0;
    for (int i = 0; i < kernel_count; ++i) {
        char answer[answer_size];
        const double seconds = ask_child(measure, kernels[i], answer) ? strtod(answer, NULL) : 0;
        if (seconds > 0 && (least == 0 || seconds < worthwhile * least)) {
            least = seconds;
            best = kernels[i];
        }
    }
    return best;
}

/* The file for this OpenBLAS and this processor; a home may be shared by many machines.
 * 0 = there is no place for it. */
static int cache_file(const char* config, char path[PATH_MAX]) {
    const char* cache = getenv("XDG_CACHE_HOME");
    const char* home = getenv("HOME");
    const int is_set = cache && *cache;
    if (!is_set && !(home && *home))
        return 0;
    char folder[PATH_MAX - answer_size - 32];
    const int length = snprintf(folder, sizeof folder, "%s%s", is_set ? cache : home,
                                is_set ? "/maniera" : "/.cache/maniera");
    if (length < 0 || (size_t)length >= sizeof folder)
        return 0;
    for (char* end = folder + 1; *end; ++end) /* and the folders above */
        if (*end == '/') {
            *end = '\0';
            mkdir(folder, 0700);
            *end = '/';
        }
    mkdir(folder, 0700);
    char name[answer_size];
    snprintf(name, sizeof name, "%s", config);
    for (char* letter = name; *letter; ++letter)
        if (!isalnum((unsigned char)*letter) && *letter != '.')
            *letter = '-';
    snprintf(path, PATH_MAX, "%s/blas-kernel-%s", folder, name);
    return 1;
}

/* The kernel kept in the file; NULL where there is none, or it says something else. */
static const char* kept_kernel(const char* path) {
    char text[64] = "";
    FILE* file = fopen(path, "r");
    if (!file)
        return NULL;
    const size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    if (length == 0 || text[length - 1] != '\n')
        return NULL;
    text[length - 1] = '\0';
    for (int i = 0; i < kernel_count; ++i)
        if (strcmp(text, kernels[i]) == 0)
            return kernels[i];
    return NULL;
}

/* Of several programs that start at once the first one's choice holds for all. */
static void keep_kernel(const char* path, const char* kernel) {
    char draft[PATH_MAX + 32];
    snprintf(draft, sizeof draft, "%s.%d", path, (int)getpid());
    FILE* file = fopen(draft, "wx");
    if (!file)
        return;
    const int written = fprintf(file, "%s\n", kernel) > 0;
    if (fclose(file) == 0 && written && link(draft, path) && errno == EEXIST && !kept_kernel(path))
        rename(draft, path); /* what was there says nothing */
    unlink(draft);
}

void choose_blas_kernel(void) {
    char config[answer_size], path[PATH_MAX];
    if (kernel_count == 1 || getenv("OPENBLAS_CORETYPE") || !ask_child(describe, "", config) ||
        !cache_file(config, path))
        return;
    if (!kept_kernel(path))
        keep_kernel(path, quickest());
    const char* kernel = kept_kernel(path);
    if (kernel && *kernel)
        setenv("OPENBLAS_CORETYPE", kernel, 1);
}
