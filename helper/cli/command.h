// SPDX-License-Identifier: GPL-3.0-or-later
// What a command line asks for.

#pragma once

#include "helper/batch/batch_jobs.h"
#include "helper/cli/variation.h"
#include "helper/frames/frame_files.h"
#include "helper/job/checkpoints.h"
#include "helper/job/job.h"

#include <string>
#include <vector>

namespace maniera {

// What a style pack says of itself, besides what it is made of.
struct PackSettings {
    std::string name, author, licence;
    int largest = 2048; // px: the longest side that it serves
};

struct Command {
    enum class Kind {
        print, // `text`, which is help or the version
        stylize,
        texture,
        resume, // `job` has the options and the output that were given
        batch,
        frames,
        estimate,
        serve,
        measure,
        models_list,
        models_verify,
        models_import, // `words` go to import-model
        devices,
        parts,
        recipe,
        again, // `job` has the content, the output and the options that were given
        sheet,
        pack, // `job` has the paintings, as styles, and the output
        sample,
    };
    Kind kind = Kind::print;
    bool json = false, verbose = false;
    std::string text;
    std::string picture;            // measure: the picture to evaluate; recipe, again: the result
    std::string output;             // sample: a file, or a folder for all of them; parts: a folder;
                                    // sheet: a file
    Job job;                        // stylize, texture, measure, parts
    CheckpointSettings checkpoints; // stylize; resume: the file to resume from
    std::string stream_format; // stylize: of a result that goes to standard output; empty = png
    std::vector<Variation> variations; // sheet
    PackSettings pack;
    Batch batch;
    Frames frames;
    std::vector<std::string> words; // of samples and models; again: folders of pictures
};

} // namespace maniera
