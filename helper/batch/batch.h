// SPDX-License-Identifier: GPL-3.0-or-later
// Many pictures with one recipe: each result is written as it comes, and a bad picture does not
// keep the others from theirs.

#pragma once

#include "core/error.h"
#include "core/stylize.h"
#include "helper/batch/batch_jobs.h"

#include <cstddef>
#include <functional>
#include <string>

namespace maniera {

// Called while a batch is painted. `number` counts the shard's pictures from 1.
struct BatchListener {
    std::function<void(std::size_t number, const BatchPicture&, const Progress&)> progress;
    std::function<void(std::size_t number, const BatchPicture&, const Result&, const Manifest&)>
        painted;
    std::function<void(std::size_t number, const BatchPicture&)> skipped; // it was done before
    std::function<void(std::size_t number, const BatchPicture&, const Error&)> failed;
    // Of memory that is short, for one: the picture is painted all the same.
    std::function<void(std::size_t number, const BatchPicture&, Notice, const std::string& text)>
        warn;
    std::function<bool()> stop; // true: the picture in work is left undone, and so is what follows
};

struct BatchSummary {
    std::size_t pictures = 0; // of the shard
    std::size_t painted = 0;
    std::size_t skipped = 0;
    std::size_t failed = 0;
    bool stopped = false;
    double seconds = 0;          // from the first picture's reading on
    double painting_seconds = 0; // of these, in the optimizer

    std::size_t left() const { return pictures - painted - skipped - failed; }
};

// `summary` says how much was done, also when an Error is thrown: for what no picture could be
// painted with, such as a style, a model or a full disk. What is wrong with one picture is told to
// the listener: that it cannot be read, that the options do not suit it, or that it is too large.
void run_batch(const Batch& batch, const BatchListener& listener, BatchSummary& summary);

} // namespace maniera
