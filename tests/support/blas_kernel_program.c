/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints which kernel the launcher asks OpenBLAS for. */

#include "helper/blas_kernel.h"

#include <stdio.h>
#include <stdlib.h>

int main(void) {
    choose_blas_kernel();
    const char* kernel = getenv("OPENBLAS_CORETYPE");
    puts(kernel ? kernel : "its own");
    return 0;
}
