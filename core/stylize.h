// SPDX-License-Identifier: GPL-3.0-or-later
// The public entry point: paint a picture in the manner of others, or measure how near one is.
//
//     Model model = load_model(find_model("vgg16", folders));
//     Inputs inputs;                              // content and styles, as Pictures
//     ManieraOptions options;
//     maniera_options_init(&options);             // everything unset: the presets decide
//     Result result = stylize(model, inputs, options, [](const Progress&) { return true; });

#pragma once

#include "core/base/checkpoint.h"
#include "core/distributed/local.h"
#include "core/image/image.h"
#include "core/image/row_source.h"
#include "core/network/model.h"
#include "core/resolved_options.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace maniera {

struct StyleInput {
    Picture picture;
    Image mask;          // where in the content this style applies; any size; empty = no mask
    Image style_mask;    // which part of the style picture counts; any size; empty = all of it
    double weight = 1;   // relative among styles without a mask; a factor for a style with one
    double scale = 0;    // the style's long side over the run's; 0 = the option `style-scale`
    RowSource mask_rows; // in place of `mask`
};

// What is given by rows is read when it is wanted, a band of it at a time, and never whole; its
// pixels are not checked before.
struct Inputs {
    Picture content;
    std::vector<StyleInput> styles; // at least one
    Image initial;                  // the start picture when the option `init` names a file
    std::string scratch_folder;     // for what memory cannot hold; empty = it must hold everything
    PictureRows content_rows;       // in place of `content`, opaque
    RowSource initial_rows;         // in place of `initial`
};

constexpr int rank_preview_side = 1024;

// What a run tells its caller after each step.
struct Progress {
    int scale = 0; // from 0
    int scales = 0;
    int step = 0;  // steps done at this scale
    int steps = 0; // steps planned at this scale
    int width = 0; // of the picture at this scale
    int height = 0;
    double fraction = 0; // of the whole run's work, 0 to 1
    double loss = 0;     // the objective's total at the picture before this step
    double seconds = 0;  // since the run began; of a run that goes on, with those before
    double seconds_left = 0;
    // The painting so far at this scale's size, or of several ranks a smaller one, of which the
    // long side is `rank_preview_side` at most. Call it only inside the callback, and only when
    // wanted: it costs a copy.
    std::function<Image()> picture;
    bool last = false;       // no step follows, whatever the callback returns
    bool stop_asked = false; // by the callback of another rank
    // Writes all that a run needs, besides model, inputs and options, to go on after this step.
    // Call it only inside the callback.
    std::function<void(CheckpointWriter&)> save;
};

// Returns false to stop: the best picture so far becomes the result.
using ProgressCallback = std::function<bool(const Progress&)>;

struct Result {
    Picture picture;      // at the run's size; alpha is the content's. Of several ranks, its rows
    Size size;            // of the whole picture
    bool complete = true; // false after a stop or when the time limit was reached
    int steps = 0;        // over all scales
    double seconds = 0;
    double loss = 0;                   // the last step's
    std::string device;                // "cpu", "cuda:0"
    std::string precision;             // "fp32" or "bf16"
    std::vector<double> scale_seconds; // of each scale's targets and steps, as far as it came
};

// Refuses inputs that cannot work, with Error{unreadable_image} or Error{invalid_option}: a short
// side under 32 pixels, values that are not finite, masks that are black everywhere, weights that
// are negative, not finite or all zero. Called by stylize and measure; cheap enough to call before.
void check_inputs(const Inputs& inputs, const ManieraOptions& options);

// Of the result, in pixels. Throws Error{invalid_option} for one that is too small to paint.
Size result_size(const Inputs& inputs, const ManieraOptions& options);

// What a person may want to know, and what should be shown as a warning: all but how the run is
// painted. `other` says itself by its text alone.
enum class Notice { plan, smaller_tiles, swapping, odd_values, other };
using NoticeCallback = std::function<void(Notice kind, const std::string& text)>;

// Each scale is painted as the memory allows: see budget.h. Where an allocation fails, the scale
// goes on in smaller tiles. Throws Error{out_of_memory} when the smallest do not fit either.
// Give `inputs` away where they are not wanted again: a copy takes as much memory as the pictures.
// `from` is a checkpoint that Progress::save wrote in a run of the same model, inputs and options:
// the run goes on after its step. It is not read again once `progress` was called. The time limit
// counts from this call on.
// Every rank of `comm` calls it. Where there are several, the inputs come by rows and are the same
// at each, a rank gets some rows of the picture, and only rank 0's callback is called: it decides
// for all.
Result stylize(const Model& model, Inputs inputs, const ManieraOptions& options,
               const ProgressCallback& progress, const CheckpointReader* from = nullptr,
               const NoticeCallback& notice = {}, Communicator& comm = local_communicator());

// Gives rank 0 a whole picture of which each rank has some rows (3 channels): f(strip), from the
// top. Collective.
void gather_rows(Communicator& comm, ImageView own, const std::function<void(ImageView strip)>& f);

// Many pictures in the manner of the same styles: the network, and what the styles ask for at each
// size, are made once. Each picture becomes what stylize() makes of it, bit for bit.
//
//     Session session(model, styles, options);    // Inputs without a content
//     Result a = session.stylize(first, progress), b = session.stylize(second, progress);
class Session {
public:
    static constexpr std::size_t usual_bytes = std::size_t{128} << 20; // some 25 sizes of a style

    // Refuses styles and options as check_inputs does. Keeps at most `most_bytes` of what styles
    // ask for, the least recently used go first; 0 = it is used for one picture. The option
    // `colors` match recolours the styles for each picture, so that nothing of them is kept.
    // `comm` is as in the function stylize, and must outlive the session.
    Session(const Model& model, Inputs inputs, const ManieraOptions& options,
            std::size_t most_bytes = usual_bytes, Communicator& comm = local_communicator());
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // Refuses the content as check_inputs does. Where it throws, the next picture may be tried.
    // `from` as in the function stylize; an empty content stands for the inputs' rows.
    Result stylize(Picture content, const ProgressCallback& progress,
                   const CheckpointReader* from = nullptr, const NoticeCallback& notice = {});

private:
    struct State;
    std::unique_ptr<State> state_;
};

// The objective at a picture, term by term, before the weights of terms and layers.
struct Measurement {
    double total = 0;                                    // after all weights
    std::vector<std::pair<std::string, double>> content; // layer, value
    std::vector<std::pair<std::string, double>> style;   // layer, value
    double smoothness = 0;
    double gradient_l2 = 0;  // of `total` with respect to the picture in [0,1]
    double gradient_max = 0; // its largest absolute element
    int width = 0;
    int height = 0;
    std::string precision;
};

// Evaluates at `picture`, at its own size unless the option `size` asks for another; the content
// is resized to it. Square roots of matrices are exact (eigenvalues in float64). Every
// rank of `comm` calls it, does its share of the work, and gets the whole result.
Measurement measure(const Model& model, const Picture& picture, const Inputs& inputs,
                    const ManieraOptions& options, Communicator& comm = local_communicator());

} // namespace maniera
