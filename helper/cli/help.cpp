// SPDX-License-Identifier: GPL-3.0-or-later
// Short pages, each readable on one screen; presets are printed from the option table.

#include "helper/cli/help.h"

#include "core/error.h"
#include "core/options.h"

#include <cstdio>
#include <vector>

namespace maniera {
namespace {

constexpr const char* styles_page = R"(Styles, weights and masks

One style:
  maniera stylize photo.jpg --style painting.jpg -o result.png

Several styles are mixed; weights are relative to each other (all alike when not given):
  maniera stylize photo.jpg --style a.jpg --weight 3 --style b.jpg --weight 1 -o result.png

A mask is a gray picture of any size: white where its style applies, gray for a part of it.
What no mask covers is painted by the styles without one, or stays as it was:
  maniera stylize photo.jpg --style sky.jpg --mask sky-mask.png --style rest.jpg -o result.png

--style-mask says which part of a style picture counts. --weight, --mask, --style-mask and
--style-scale belong to the --style before them. A masked style's weight strengthens its region.
)";

constexpr const char* objectives_page = R"(Objectives

painterly (default): means instead of sums, so that one setting looks the same at every size.
Styles are compared as Gaussians of the network's features (Wasserstein distance), in a pyramid
of sizes, by L-BFGS (or --optimizer adam). --style-term gram compares Gram matrices instead.

gatys: the formulas of Gatys, Ecker and Bethge (2016) with sums, average pooling and L-BFGS at one
size, for those who want them exactly. The look changes with the size, and a masked region's pull
falls with the square of its area. Weights are alpha, beta and theta: --content-weight,
--style-weight, --smoothness-weight.
)";

constexpr const char* colors_page = R"(Colors

--colors style    the painting's palette (default)
--colors content  the photograph's hue and chroma, the painting's strokes and lightness
--colors match    the style picture is recolored to the photograph's palette first

--style-scale 0.5 makes strokes finer, 2 coarser; a style is never enlarged beyond its own pixels.
--content-weight, --style-weight and --smoothness-weight shift the balance.
)";

constexpr const char* job_page = R"(Jobs

maniera run JOB.json does what maniera stylize does, from a file:

  {"inputs": {"content": "photo.jpg",
              "styles": [{"file": "painting.jpg", "weight": 1, "mask": "sky.png",
                          "style-mask": "part.png", "style-scale": 0.5}]},
   "options": {"size": 512, "quality": "high", "iterations": [100, 50]},
   "output": "result.png"}

Names in options are those of the flags, without dashes in front. Only content, one style's file
and output are needed. Relative names start at the job's folder.
)";

constexpr const char* batch_page = R"(Batches

Many pictures in the manner of the same paintings; what the styles ask for is computed once:
  maniera batch photos/ --style painting.jpg --size 1024 --output-dir painted/

Results have their pictures' names, before the ending with --suffix. Their format is the picture's
own, or PNG where it is one that is not written; --format png makes all alike. Existing files are
replaced. Folders count by what they hold of pictures; with --recursive the folders in them too,
and results go to such folders. --list FILE names pictures, one a line (- is standard input).

Ctrl-C leaves the picture in work undone. The same command with --resume then goes on: it leaves a
result as it is when that is whole and was made from the same picture, styles and options, and
paints all others. What is done stands in hidden files in the output folder (.maniera-batch*).

--shard 2/8 paints the second of eight parts, each by its own process or machine, such as the tasks
of a job array; all may write to one folder. Every eighth picture, by name, belongs to a part.

A picture that cannot be read, does not suit the options or needs too much memory is named at the
end; the others are painted, and the exit code is 3. --job FILE takes styles and options from a job
file (maniera help job); flags beside it count first.
)";

constexpr const char* models_page = R"(Models

A model is a network's weights with a manifest: NAME.json beside NAME.safetensors.
  maniera models fetch                     get the default, VGG-16
  maniera models import vgg19-dcbb9e9d.pth  torchvision's, MatConvNet's .mat or Keras' .h5
  maniera models list
  maniera stylize ... --model vgg19

Models are looked for in the folders of MANIERA_MODELS, then in maniera/models of the user's data
folder (XDG_DATA_HOME) and of the system's (XDG_DATA_DIRS), then beside the program.
)";

constexpr const char* processes_page = R"(One picture by several processes, on one machine or many

Start the same command in each; pictures, model and output lie where all can see them:
  mpirun -n 4 maniera stylize photo.tif --style painting.jpg --size 30000 -o result.tif
  srun -n 4 maniera stylize ...
  torchrun --no-python --nnodes 2 --nproc-per-node 2 ... maniera stylize ...

Each paints a band of rows and holds no more than that and what is just around it. On a machine with
several GPUs each process takes one of its own; the processes of a machine share its processors and
its memory, and --memory is of each of them. The first process writes the result, the previews (of at
most 1024 pixels) and the checkpoints. stylize and resume do so; a run may be gone on with by another
number of processes. Styles are read whole by each. Pictures with transparent parts are for one
process.

The environment says who is who:
  RANK, WORLD_SIZE, LOCAL_RANK    as torchrun sets them; mpirun's and srun's own are known too
  MASTER_ADDR, MASTER_PORT        where the first process is, and a free port; 29500 without
  MANIERA_TIMEOUT                 seconds that a process waits for another; 300 without
  GLOO_SOCKET_IFNAME              the network interface; the one that reaches the first without
Where one is lost, hangs, or was started with something else than the first, all end and say which.
The connections are not encrypted: use a network of your own.
)";

constexpr const char* resume_page = R"(Going on with a run that was cut off

A run that takes above a minute writes a checkpoint beside its output, at the end of every scale and
every minute, and removes it when the result is written. After a power cut, Ctrl-C, a time limit or a
full disk:
  maniera resume result.png.maniera-checkpoint

The result is what the run would have painted; on one thread in float32 bit for bit. Pictures and
model must be what they were, where they were. -o FILE puts the result elsewhere; --threads,
--time-limit and --checkpoint-interval may be others; without --time-limit there is none.

  maniera stylize ... --checkpoint FILE          another place, and however short the run is
  maniera stylize ... --checkpoint-interval 600  seconds; 0 = only at the ends of scales
  maniera stylize ... --no-checkpoint

stylize never goes on by itself: it starts afresh, says that there is a checkpoint, and writes its own
over it. A checkpoint can be larger than the picture by far (some 14 times its pixels as floats). When
it cannot be written, that is said once, the earlier one stays, and the painting goes on.
)";

constexpr const char* strength_page = R"(Strength

--strength 0    barely painted: the photograph in the painting's colors
--strength 50   balanced (default)
--strength 100  the painting's manner above all

It multiplies --content-weight: 10 times at 0, 3.5 at 25, 1 at 50, 0.22 at 75, 0.04 at 100.
)";

constexpr const char* estimate_page = R"(Estimates

maniera estimate takes the flags of maniera stylize and tells what that would take: seconds, memory,
sizes. The first time it measures a few small steps of this machine; the result is kept in the
user's cache folder (XDG_CACHE_HOME). A run that needs more memory than the machine has is refused
before anything is read, with the size that would fit.
)";

constexpr const char* serve_page = R"(Serve

maniera serve paints for another program, such as the GIMP plug-in. It reads requests from
standard input and writes answers to standard output, one JSON object a line:

  {"id": 1, "method": "hello", "params": {"protocol": 1, "client": "my program"}}
  {"id": 2, "method": "stylize", "params": {"job": {...}}}
  {"method": "stop", "params": {"id": 2, "keep": true}}

A job is that of "maniera help job", with whole paths. Pictures may also lie in a memory that the
program hands over as file descriptor 3. docs/protocol.md in the sources describes it all.
It ends when its standard input ends.
)";

constexpr const char* exit_codes_page = R"(Exit codes

0    the result was written
1    something unexpected happened
2    the command line, a job or an option is wrong
3    a picture or mask cannot be used (batch: of some; the others were painted)
4    the model is missing or damaged
5    the device or its precision is not there
6    there is not enough memory
7    the disk is full
130  stopped by Ctrl-C (143: by a termination signal); the best picture so far was written, and
     of a batch those that were finished

With --json an error is one line on standard output: {"event": "error", "code", "message"}.
)";

std::string quality_page() {
    std::string page =
        "Quality and presets\n\n"
        "--quality and --objective lay these values under what you set yourself:\n\n";
    std::size_t count = 0;
    const ManieraPreset* presets = maniera_preset_table(&count);
    for (std::size_t i = 0; i < count; ++i) {
        char line[160];
        std::snprintf(line, sizeof line, "  %-10s %-7s %-18s %s\n",
                      presets[i].objective ? presets[i].objective : "",
                      presets[i].quality ? presets[i].quality : "", presets[i].name,
                      presets[i].value);
        page += line;
    }
    return page + "\niterations are the steps at each size from small to full; the last number\n"
                  "serves all further sizes.\n";
}

struct Topic {
    const char* name;
    std::string (*page)();
};

const Topic topics[] = {
    {"styles", [] { return std::string(styles_page); }},
    {"objectives", [] { return std::string(objectives_page); }},
    {"quality", quality_page},
    {"colors", [] { return std::string(colors_page); }},
    {"job", [] { return std::string(job_page); }},
    {"batch", [] { return std::string(batch_page); }},
    {"resume", [] { return std::string(resume_page); }},
    {"processes", [] { return std::string(processes_page); }},
    {"strength", [] { return std::string(strength_page); }},
    {"estimate", [] { return std::string(estimate_page); }},
    {"serve", [] { return std::string(serve_page); }},
    {"models", [] { return std::string(models_page); }},
    {"exit-codes", [] { return std::string(exit_codes_page); }},
};

} // namespace

std::string help_topic_names() {
    std::string names;
    for (const Topic& topic : topics)
        names += (names.empty() ? "" : ", ") + std::string(topic.name);
    return names;
}

std::string help_topic(const std::string& name) {
    std::vector<const char*> words;
    for (const Topic& topic : topics) {
        if (name == topic.name)
            return topic.page();
        words.push_back(topic.name);
    }
    words.push_back(nullptr);
    const char* nearest = maniera_nearest(name.c_str(), words.data());
    throw Error(ErrorCode::invalid_request,
                "There is no help on \"" + name.substr(0, 80) + "\"" +
                    (nearest ? std::string("; did you mean ") + nearest + "?"
                             : "; there is " + help_topic_names() + "."));
}

} // namespace maniera
