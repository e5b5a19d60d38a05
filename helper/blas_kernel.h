/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of OpenBLAS's kernels multiplies matrices.
 *
 *     choose_blas_kernel(); // before the program proper is started: OpenBLAS reads it as it loads
 *
 * OpenBLAS knows processors by their model, and takes its oldest kernel for a model that is newer
 * than the library: a style term then takes five times as long. */

#ifndef MANIERA_BLAS_KERNEL_H
#define MANIERA_BLAS_KERNEL_H

/* Sets OPENBLAS_CORETYPE to the kernel that is quickest on this processor, unless it is set or
 * OpenBLAS's own choice is as quick. Measured once, in half a second, and kept in the cache folder
 * (XDG_CACHE_HOME/maniera, ~/.cache/maniera). Where nothing can be kept, or the BLAS is another,
 * nothing is set: the same kernel each time is worth more, for the same bits. */
void choose_blas_kernel(void);

#endif
