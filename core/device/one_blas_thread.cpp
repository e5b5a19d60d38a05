// SPDX-License-Identifier: GPL-3.0-or-later
// OneBlasThread is by OpenMP alone, whose number OpenBLAS asks for at each call:
// at::set_num_threads would start threads of other libraries anew each time. But LibTorch is asked
// first: at its first use in a thread it sets the number there, and would do so in between.

#include "core/device/one_blas_thread.h"

#include <ATen/Parallel.h>

#include <omp.h>

namespace maniera {

OneBlasThread::OneBlasThread() : before_(at::get_num_threads()) { omp_set_num_threads(1); }
OneBlasThread::~OneBlasThread() { omp_set_num_threads(before_); }

OneThread::OneThread() : before_(at::get_num_threads()) { at::set_num_threads(1); }
OneThread::~OneThread() { at::set_num_threads(before_); }

} // namespace maniera
