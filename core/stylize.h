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
#include "core/inputs.h"
#include "core/network/model.h"
#include "core/progress.h"
#include "core/resolved_options.h"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace maniera {

// Refuses inputs that cannot work, with Error{unreadable_image} or Error{invalid_option}: a short
// side under 32 pixels, values that are not finite, masks that are black everywhere, weights that
// are negative, not finite or all zero. Called by stylize and measure; cheap enough to call before.
void check_inputs(const Inputs& inputs, const ManieraOptions& options);

// Of the result, in pixels. Throws Error{invalid_option} for one that is too small to paint.
Size result_size(const Inputs& inputs, const ManieraOptions& options);

// Each scale is painted as the memory allows. Where an allocation fails, the scale goes on in
// smaller tiles. Throws Error{out_of_memory} when the smallest do not fit either. Move `inputs`
// where they are not wanted again: a copy takes as much memory as the style pictures.
// `from` is a checkpoint that Progress::save wrote in a run of the same model, inputs and options:
// the run is resumed after its step. It is not read again once `progress` was called. The time
// limit counts from this call on. `stop` is asked between the layers of the network, by several
// ranks within steps alone: where one says true, all abandon the step.
// Every rank of `comm` calls it. Where there are several, the inputs come by rows and are the same
// at each, a rank gets some rows of the picture, and rank 0's callback decides for all.
Result stylize(const Model& model, Inputs inputs, const ManieraOptions& options,
               const ProgressCallback& progress, const CheckpointReader* from = nullptr,
               const NoticeCallback& notice = {}, Communicator& comm = local_communicator(),
               const StopCallback& stop = {});

// The parts that the content and the styles have in common, by the option `parts` (auto where it is
// off): what stylize() takes as inputs.parts. None = they have nothing in common.
// Where `stop`, asked several times a second, says true, it throws Error{stopped}.
std::vector<PartPair> find_parts(const Model& model, Inputs inputs, const ManieraOptions& options,
                                 const StopCallback& stop = {});

// Many pictures in the manner of the same styles: the network, and what the styles ask for at each
// size, are made once. Each picture becomes what stylize() makes of it, bit for bit.
//
//     Session session(model, styles, options);    // Inputs without a content
//     Result a = session.stylize(first, progress), b = session.stylize(second, progress);
class Session {
public:
    static constexpr std::size_t usual_bytes = std::size_t{128} << 20; // some 25 sizes of a style

    // Refuses styles and options as check_inputs does. Keeps at most `most_bytes` of style targets
    // and drops the least recently used first; 0 = it is used for one picture. The option `colors`
    // match recolors the styles for each picture, so that nothing of them is kept. `comm` is as
    // in the function stylize, and must outlive the session.
    Session(const Model& model, Inputs inputs, const ManieraOptions& options,
            std::size_t most_bytes = usual_bytes, Communicator& comm = local_communicator());
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // Refuses the content as check_inputs does. Where it throws, the next picture may be tried.
    // `from` and `stop` as in the function stylize.
    Result stylize(PictureSource content, const ProgressCallback& progress,
                   const CheckpointReader* from = nullptr, const NoticeCallback& notice = {},
                   const StopCallback& stop = {});

    // What the pictures from now on stay near; an empty one ends that.
    void set_temporal(TemporalTarget target);

private:
    struct State;
    std::unique_ptr<State> state_;
};

// Where a picture has several regions, what one of them adds to the style terms.
struct RegionMeasurement {
    std::string part; // of the pair of parts; empty = of no part, or of what they leave
    std::vector<std::size_t> styles;                   // indices into the run's
    std::vector<std::pair<std::string, double>> style; // layer, value
};

// The objective at a picture, term by term, before the weights of terms and layers.
struct Measurement {
    double total = 0;                                    // after all weights
    std::vector<std::pair<std::string, double>> content; // layer, value
    std::vector<std::pair<std::string, double>> style;   // layer, value
    std::vector<RegionMeasurement> regions; // they sum to `style`; none where it is all one region
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
Measurement measure(const Model& model, PictureSource picture, const Inputs& inputs,
                    const ManieraOptions& options, Communicator& comm = local_communicator());

} // namespace maniera
