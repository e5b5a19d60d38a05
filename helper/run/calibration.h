// SPDX-License-Identifier: GPL-3.0-or-later
// What this machine was measured to be capable of, kept in the user's cache folder.

#pragma once

#include "core/memory/cost_estimate.h"
#include "core/stylize.h"
#include "helper/job/job.h"
#include "helper/run/model_cache.h"

namespace maniera {

// Measures a few small steps the first time it is asked for a combination of version, device,
// precision, threads and model: about two seconds on an idle machine. Later the cache knows.
// Throws as find_model and load_model do.
Calibration calibrate(const ManieraOptions& options, ModelCache& models);

// What is known without measuring: the network's layers, the defaults of time.
Calibration known_without_measuring(const ManieraOptions& options, const Model& model);

// What the job would take, without reading a pixel: pictures in memory are known by their size,
// files by their headers. Throws as refuse_too_large does.
Estimate estimate_job(const Job& job, ModelCache& models);

// The memory that a job has, and the folder for what that cannot hold.
Means means_of(const Job& job);

// Refuses a job that needs more memory than it may have, with Error{out_of_memory} that names the
// size that would fit.
void refuse_too_large(const Job& job, const Model& model);

// Lets a finished run's times mend what the cache knows of this machine.
void learn_from(const Job& job, const Result& result);

} // namespace maniera
