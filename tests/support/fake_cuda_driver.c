/* SPDX-License-Identifier: GPL-3.0-or-later
 * The few functions of NVIDIA's driver that Maniera calls, over GPUs that do not exist.
 *
 * FAKE_CUDA_ERROR: what cuInit returns. FAKE_CUDA_GPUS: lines "MAJOR MINOR TOTAL FREE NAME". */

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int major, minor;
    long long total, free;
    char name[200];
} Gpu;

static int started, contexts, current; /* current: the GPU whose context is pushed, and 1 */

static int count_of(void) {
    const char* text = getenv("FAKE_CUDA_GPUS");
    int count = 0;
    for (; text && *text; text = strchr(text, '\n') ? strchr(text, '\n') + 1 : "")
        ++count;
    return count;
}

static Gpu gpu_at(int index) {
    const char* text = getenv("FAKE_CUDA_GPUS");
    Gpu gpu = {0};
    for (; index > 0; --index)
        text = strchr(text, '\n') + 1;
    sscanf(text, "%d %d %lld %lld %199[^\n]", &gpu.major, &gpu.minor, &gpu.total, &gpu.free,
           gpu.name);
    return gpu;
}

int cuDriverGetVersion(int* version) {
    *version = 12040;
    return 0;
}

int cuInit(unsigned flags) {
    const char* error = getenv("FAKE_CUDA_ERROR");
    started = !error && flags == 0;
    return error ? atoi(error) : 0;
}

int cuDeviceGetCount(int* count) {
    *count = count_of();
    return started ? 0 : 3; /* CUDA_ERROR_NOT_INITIALIZED */
}

int cuDeviceGet(int* device, int ordinal) {
    if (!started || ordinal < 0 || ordinal >= count_of())
        return 101;          /* CUDA_ERROR_INVALID_DEVICE */
    *device = ordinal + 100; /* no index, as the API has it */
    return 0;
}

int cuDeviceGetName(char* name, int length, int device) {
    snprintf(name, (size_t)length, "%s", gpu_at(device - 100).name);
    return 0;
}

int cuDeviceGetAttribute(int* value, int attribute, int device) {
    const Gpu gpu = gpu_at(device - 100);
    *value = attribute == 75 ? gpu.major : attribute == 76 ? gpu.minor : -1;
    return 0;
}

int cuDeviceTotalMem_v2(size_t* bytes, int device) {
    *bytes = (size_t)gpu_at(device - 100).total;
    return 0;
}

int cuDevicePrimaryCtxRetain(void** context, int device) {
    ++contexts;
    *context = (void*)(size_t)device;
    return 0;
}

int cuDevicePrimaryCtxRelease_v2(int device) {
    (void)device;
    return --contexts < 0 ? 201 : 0; /* CUDA_ERROR_INVALID_CONTEXT */
}

int cuCtxPushCurrent_v2(void* context) {
    current = (int)(size_t)context - 100 + 1;
    return 0;
}

int cuCtxPopCurrent_v2(void** context) {
    *context = NULL;
    current = 0;
    return 0;
}

int cuMemGetInfo_v2(size_t* free, size_t* total) {
    if (!current)
        return 201;
    *free = (size_t)gpu_at(current - 1).free;
    *total = (size_t)gpu_at(current - 1).total;
    return 0;
}
