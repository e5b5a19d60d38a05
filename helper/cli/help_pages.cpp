// SPDX-License-Identifier: GPL-3.0-or-later
// Each readable on one screen.

#include "helper/cli/help_pages.h"

namespace maniera {
namespace {

constexpr const char* styles_page = R"(Styles, weights and masks

One style:
  maniera stylize photo.jpg --style painting.jpg -o result.png

Several styles are mixed. Weights are relative to each other, and equal when none is given:
  maniera stylize photo.jpg --style a.jpg --weight 3 --style b.jpg --weight 1 -o result.png

A mask is a gray picture of any size: white where its style applies, gray where it applies in part.
Its shape should be the photograph's: it is stretched to fit. Black with an alpha is a mask by its
alpha. A map of labels (0, 1, 2 ...) is none: save each label as a mask, white on black.
Where no mask applies, the styles without a mask are painted; without any, the photograph stays:
  maniera stylize photo.jpg --style sky.jpg --mask sky-mask.png --style rest.jpg -o result.png

--style-mask selects the part of a style picture to learn from. --weight, --mask, --style-mask and
--style-scale belong to the --style before them. The weight of a style with a mask makes that style
stronger inside its mask.
)";

constexpr const char* objectives_page = R"(Objectives

painterly (default): losses are means rather than sums, so that a setting looks the same at every
size. Styles are compared as Gaussians of the network's features (Wasserstein distance), in a
pyramid of sizes, with L-BFGS (or --optimizer adam). --style-term gram compares Gram matrices
instead.

gatys: the formulas of Gatys, Ecker and Bethge (2016), with sums, average pooling and L-BFGS at a
single size. The look changes with the size, and the effect of a masked style falls with the square
of its area. The weights alpha, beta and theta are --content-weight, --style-weight and
--smoothness-weight.
)";

constexpr const char* colors_page = R"(Colors

  --colors style    the painting's palette (default)
  --colors content  the photograph's hue and chroma, the painting's strokes and lightness
  --colors match    the style picture is recolored to the photograph's palette first

--style-scale 0.5 makes strokes finer, 2 makes them coarser. A style is never enlarged beyond its
own pixels. --content-weight, --style-weight and --smoothness-weight shift the balance.

Each part of the photograph is painted like the part of the painting that it resembles most: eyes
like eyes, hair like hair. Where the two have hardly anything in common, a line says so and the
photograph is painted as a whole, as --match-parts off always does; that takes a tenth less time.
)";

constexpr const char* parts_page = R"(Parts

--parts auto finds what the photograph and its paintings have in common, such as faces, clothes and
skies, and paints each part in the colors and strokes of its counterpart. What has no counterpart is
painted in the manner of what is left of the painting; without any, the picture is painted as a
whole, and a line says so. --parts 2 to 6 asks for a number of parts. Within a mask, parts are found
among the styles that act there; no part crosses it.

To look at the parts, and to change them:
  maniera parts photo.jpg --style painting.jpg -o FOLDER
writes a gray mask a part for each picture, parts.json, and sheet.png, which shows the parts in
colors. Then
  maniera stylize photo.jpg --style painting.jpg --parts-file FOLDER/parts.json -o result.png
paints by them. Masks may be painted over, at any size; a part may be renamed in parts.json, sent to
another mask, or taken out; parts of one name are one part; null is a style without the part. For
hair like the painting's sky, name the sky's masks as the hair's "styles" too:
  {"name": "hair", "mask": "part2.png", "styles": ["part3-style1.png"]}
What is taken out is painted in the manner of what the others leave of the painting, and what has a
white picture there in the manner of all of it.
maniera measure with the same flags prints each part's style terms.
)";

constexpr const char* job_page = R"(Jobs

maniera run JOB.json does what maniera stylize does, from a file:

  {"inputs": {"content": "photo.jpg",
              "styles": [{"file": "painting.jpg", "weight": 1, "mask": "sky.png",
                          "style-mask": "part.png", "style-scale": 0.5}]},
   "options": {"size": 512, "quality": "high", "iterations": [100, 50]},
   "output": "result.png"}

The names in options are those of the flags, without the leading dashes. Only the content, one
style's file and the output are required. Relative file names start at the job's folder.
)";

constexpr const char* output_page = R"(Outputs

The name of a result says how it is saved: .png, .jpg, .tif or .webp, and where libvips has the
encoders .avif, .heic and .jxl. JPEG, WebP, AVIF and HEIC hold 8 bits a channel, PNG and JPEG XL 16,
TIFF floats too.

--output-option NAME=VALUE, which can be given again, sets what libvips' savers take. They are
checked before the work; a wrong name is answered with those that there are.
  -o small.jpg --output-option Q=80 --output-option subsample-mode=on
  -o small.png --output-option compression=9 --output-option palette=true
  -o exact.webp --output-option lossless=true
  -o tiled.tif --output-option compression=lzw --output-option tile=true
In a job: "output-options": {"Q": 80}.

A dash stands for standard input and standard output; --format says how the result is saved there:
  curl ... | maniera stylize - --style painting.jpg -o - --format jpg > result.jpg

--metadata says what stays of the photograph's file:
  keep     camera, date, place, caption, and the color profile (default); see also maniera help
           recipe
  profile  the color profile alone
  strip    nothing; the colors are converted to sRGB

A run that is resumed keeps both, and maniera again keeps the output options, unless they are given
anew; they go where -o names another format.
)";

constexpr const char* sheet_page = R"(Contact sheets

Small drafts on one sheet, with their names, to choose a style or a setting from:
  maniera sheet photo.jpg --style a.jpg --style b.jpg --style c.jpg -o sheet.png
  maniera sheet photo.jpg --style a.jpg --style b.jpg --vary strength=25,50,75 -o sheet.png

Each style is painted by itself, at 320 px in quality draft unless --size, --shrink or --quality say
otherwise; the look of a larger picture is near, and its strokes are finer beside it. --vary takes
any option but lists, and can be given again: every combination is painted, in a row for each style
that begins with the painting. A style that cannot be painted is told and left gray; the exit code
is then 3. Ctrl-C makes a sheet of what is painted.
)";

constexpr const char* pack_page = R"(Style packs

A style pack is a painting's style without the painting: what its features are like at a dozen
sizes, a thumbnail, and a few words. --style takes one in a painting's place:
  maniera pack painting.jpg -o waves.maniera-style --author "K. Hokusai" --licence "public domain"
  maniera stylize photo.jpg --style waves.maniera-style -o result.png
  maniera pack waves.maniera-style      says what is in one

The painting cannot be got back from it, but for the thumbnail. Several paintings make one style,
mixed evenly or by the --weight after each; --style-mask after a painting says which part of it to
learn from:
  maniera pack sea.jpg --weight 3 --style-mask waves.png sky.jpg --weight 1 -o both.maniera-style

A pack serves sizes up to --size, 2048 px unless that is given, and the painting's own; beyond, it
paints as that size of the painting would. VGG-16's takes 1.2 MB a size, 13 MB up to 2048 px.

It belongs to the model, --objective, --pooling and --style-layers that it was made with. Without a
painting there is nothing to match parts with, so its style is painted as with --match-parts off;
--parts, --style-mask, --colors match and --init style need the painting. In the objective gatys the
painting is not stretched to the photograph's shape.
)";

constexpr const char* recipe_page = R"(Recipes

A result's metadata say how it was painted: the pictures by their names, without folders, and by
their SHA-256, the options of size, look and method, and the output options.
  maniera recipe result.png             prints the command that paints it
  maniera again result.png              paints it again, as result-again.png
  maniera again result.png --size 2000 -o large.png
  maniera again result.png other.jpg -o other-painted.png

Pictures are looked for beside the result, in the current folder, and in those of --look-in FOLDER.
Only pictures with the same bytes are taken, whatever their names say. Where the result is from
somebody else, its recipe can change nothing but size, look and method, and how the result is
compressed: it names no file to write, no device, memory or threads, and only a model that is
installed.

The recipe is XMP (urn:maniera:recipe:1/, property recipe, JSON), beside the photograph's own, in
results of every format. It is left out with --metadata strip or profile, and where a JPEG's XMP has
no room for it. Programs that save the result again may drop it.
)";

constexpr const char* batch_page = R"(Batches

Paint many pictures in the same styles. The styles are analyzed only once:
  maniera batch photos/ --style painting.jpg --size 1024 --output-dir painted/

A result has its picture's name; --suffix adds to it, before the extension. Its format is the
picture's own, or PNG if Maniera cannot write that one; --format png makes all of them PNG. Existing
files are replaced. A folder stands for the pictures in it; with --recursive also for those in its
subfolders, which the results then have too. --list FILE names pictures, one per line, or as find
-print0 writes them (- is standard input). No result replaces a picture, style, mask or list.

Ctrl-C abandons the picture being painted. The same command with --resume then carries on: it keeps
a result that is intact and was made from the same picture, styles and options, and paints the
others. What is done is recorded in hidden files in the output folder (.maniera-batch*).

--shard 2/8 paints the second of eight shares. Each share can run in its own process or on its own
machine, such as the tasks of a job array, and all can write to one folder. A share gets every
eighth picture, sorted by name.

A picture that cannot be read, does not suit the options or needs too much memory is listed at the
end; the others are painted, and the exit code is 3. --job FILE takes styles and options from a job
file (see maniera help job); flags on the command line override it.
)";

constexpr const char* frames_page = R"(Frames

Paint the frames of a moving picture so that they do not flicker:
  maniera frames frames/ --style painting.jpg --size 1024 -o painted/

A folder's pictures are its frames, in the order of the numbers in their names; each becomes a PNG
file of its name, saved as --output-option and --metadata say. A frame begins with the painting of
the one before, moved along by optical flow, and takes few steps at full size alone: --frame-steps
says how many. --temporal-weight says how strongly it stays near where both frames show the same.
What was hidden before is painted anew, and so is the first frame of a new shot.

Where FFmpeg is installed, a video (.mp4, .m4v, .mov, .mkv, .webm, .avi) can take a folder's place,
and its sound comes along:
  maniera frames film.mp4 --style painting.jpg --size 720 -o painted.mp4
--frame-rate is that of a video made of a folder. Until a video is done, its frames lie in a folder
beside the output, whose name ends in .maniera-frames.

After Ctrl-C or a power cut, the same command goes on: it keeps paintings that are intact and were
made from the same frames, styles and settings, and paints the others. What is done is recorded in
a hidden file in the output folder (.maniera-batch). --preview shows the last frame.
)";

constexpr const char* tileable_page = R"(Tiles and textures

--tileable x makes a result whose copies fit together side by side, without a seam; y is for copies
one above the other, xy for both. Any size will do:
  maniera stylize photo.jpg --style painting.jpg --tileable xy -o tile.png

The ends of a photograph are faded into each other first, each within a sixteenth of its side.

A texture is a painting's manner alone, without a photograph. It is tileable in both directions
unless --tileable says otherwise:
  maniera texture painting.jpg --size 512x256 -o texture.png
  maniera texture one.jpg two.jpg --size 512 --seed 3 -o mixed.png

--seed makes another of the same kind, --style-scale a finer or coarser one. A step takes the time of
a picture 128 px wider and higher. The objective gatys has no tiles.
)";

constexpr const char* models_page = R"(Models

A model is a network's weights with a manifest: NAME.json beside NAME.safetensors.
  maniera models fetch                      get the default model, VGG-16
  maniera models import vgg19-dcbb9e9d.pth  torchvision's .pth, MatConvNet's .mat or Keras' .h5
  maniera models list
  maniera stylize ... --model vgg19

Maniera looks for models in the folders of MANIERA_MODELS, then in maniera/models of the user's data
folder (XDG_DATA_HOME) and of the system's (XDG_DATA_DIRS), then beside the program.
)";

constexpr const char* processes_page = R"(Several processes for one picture

Start the same command in each process, on one machine or several. All of them must be able to see
the pictures, the model and the output folder:
  mpirun -n 4 maniera stylize photo.tif --style painting.jpg --size 30000 -o result.tif
  srun -n 4 maniera stylize ...
  torchrun --no-python --nnodes 2 --nproc-per-node 2 ... maniera stylize ...

Each process paints some of the rows, and holds only those and a margin around them in memory. On a
machine with several GPUs each process uses one of its own. The processes on a machine share its
processor cores and its memory; --memory is the limit of each. The first process writes the result,
the previews (at most 1024 pixels) and the checkpoints. Only stylize and resume can be shared; a run
can be resumed with a different number of processes. Every process reads all the styles. Pictures
with transparent parts need a single process.

These environment variables describe the processes:
  RANK, WORLD_SIZE, LOCAL_RANK    as torchrun sets them; mpirun's and srun's own are known too
  MASTER_ADDR, MASTER_PORT        address and free port of the first process; port 29500 by default
  MANIERA_TIMEOUT                 seconds to wait for another process; 300 by default
  GLOO_SOCKET_IFNAME              network interface; by default the one that reaches the first
  MANIERA_SECRET                  any text, the same for all; who does not know it cannot join

If a process is lost, hangs, or was started with different arguments than the first, all of them end
and say which one it was. For trusted networks only: the connections are not encrypted.
)";

constexpr const char* resume_page = R"(Resuming a run

A run that takes more than a minute writes a checkpoint beside its output, every minute and after
each scale, and removes it once the result is written. After a power cut, Ctrl-C, a time limit or a
full disk, resume with:
  maniera resume result.png.maniera-checkpoint

The result is what the run would have painted: bit for bit on one thread in float32. The pictures
and the model must be unchanged. Where a folder was moved, pictures are found beside the checkpoint
by their contents, and so the result goes there. -o FILE writes the result elsewhere.
--threads, --time-limit and --checkpoint-interval can be changed; unless --time-limit is given,
there is none.

  maniera stylize ... --checkpoint FILE          write there, however short the run is
  maniera stylize ... --checkpoint-interval 600  seconds; 0 = only after each scale
  maniera stylize ... --no-checkpoint            write none

stylize never resumes by itself: it tells you about an existing checkpoint, starts from scratch, and
replaces that checkpoint with its own. A checkpoint can be far larger than the picture (about 14
times its pixels as floats). If one cannot be written, Maniera warns once, keeps the previous one,
and continues painting. If another run writes to the same checkpoint, this one goes on in FILE-2.
)";

constexpr const char* strength_page = R"(Strength

  --strength 0    barely painted: the photograph in the painting's colors
  --strength 50   balanced (default)
  --strength 100  the painting's manner above all

It multiplies --content-weight: by 45 at 0, 6.1 at 25, 1 at 50, 0.19 at 75 and 0.045 at 100.
)";

constexpr const char* estimate_page = R"(Estimates

maniera estimate takes the flags of maniera stylize and prints what that run would take: seconds,
memory and sizes. The first time, it measures a few small steps on this machine and keeps the
figures in the user's cache folder (XDG_CACHE_HOME). A run that needs more memory than the machine
has is refused before anything is read, with the size that would fit.
)";

constexpr const char* serve_page = R"(Serve

maniera serve paints for another program, such as the GIMP plug-in. It reads messages from standard
input and writes answers to standard output, one JSON object per line:

  {"id": 1, "method": "hello", "params": {"protocol": 1, "client": "my program"}}
  {"id": 2, "method": "stylize", "params": {"job": {...}}}
  {"method": "stop", "params": {"id": 2, "keep": true}}

A job is as in "maniera help job", with absolute paths. Pictures can also be in shared memory that
the program passes as file descriptor 3. docs/protocol.md in the sources describes the protocol.
maniera serve ends when its standard input ends.
)";

constexpr const char* environment_page = R"(Environment

  MANIERA_MODELS      folders to search for models first, separated by colons
  XDG_DATA_HOME       the user's data folder, with models in maniera/models
  XDG_DATA_DIRS       the system's data folders, likewise
  XDG_CACHE_HOME      where this machine's measured times are kept, in maniera
  OMP_NUM_THREADS     how many threads at most; without --threads, as many as the processors that
                      the process may use (its affinity and control group's quota)
  TMPDIR              where scratch files go if the result's folder is not writable; /var/tmp
                      by default

"maniera help processes" lists the variables for several processes.
)";

constexpr const char* exit_codes_page = R"(Exit status

  0    the result was written
  1    something unexpected happened
  2    the command line, a job or an option is wrong
  3    a picture or mask cannot be used (batch: some pictures; the others were painted)
  4    the model is missing or damaged
  5    the device is not available, or lacks the precision
  6    there is not enough memory
  7    the disk is full
  130  stopped by Ctrl-C (128 + N: by signal N: TERM 143, HUP 129, USR1 138, XCPU 152, XFSZ 153);
       the best picture so far was written, or in a batch the pictures that were finished

With --json an error is one line on standard output: {"event": "error", "code", "message"}.
)";

} // namespace

const std::vector<HelpPage>& help_pages() {
    static const std::vector<HelpPage> pages = {
        {"styles", styles_page},
        {"objectives", objectives_page},
        {"quality", nullptr},
        {"colors", colors_page},
        {"parts", parts_page},
        {"job", job_page},
        {"sheet", sheet_page},
        {"pack", pack_page},
        {"recipe", recipe_page},
        {"output", output_page},
        {"batch", batch_page},
        {"frames", frames_page},
        {"tileable", tileable_page},
        {"resume", resume_page},
        {"processes", processes_page},
        {"strength", strength_page},
        {"estimate", estimate_page},
        {"serve", serve_page},
        {"models", models_page},
        {"environment", environment_page},
        {"exit-codes", exit_codes_page},
    };
    return pages;
}

} // namespace maniera
