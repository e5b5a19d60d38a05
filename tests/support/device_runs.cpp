// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/support/device_runs.h"

#include "core/network/tensors.h"

#include "tests/support/pictures.h"
#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>

namespace maniera::test {

constexpr int width = 97, height = 75; // odd at every second pool

Inputs everything_inputs() {
    Inputs inputs;
    inputs.content = make_picture(width, height, 20);
    inputs.content.alpha = make_mask(width, height, 0.7, 0.8);
    inputs.styles.resize(2);
    for (std::size_t i = 0; i < 2; ++i)
        inputs.styles[i].picture = make_picture(110, 83, static_cast<std::uint32_t>(31 + i));
    inputs.styles[0].mask = make_mask(width, height, 0.45, 0.5);
    return inputs;
}

static ResolvedOptions resolve(const Settings& settings) {
    ManieraOptions options;
    maniera_options_init(&options);
    char message[MANIERA_MESSAGE_MAX];
    for (const auto& [name, text] : settings)
        EXPECT_TRUE(maniera_option_set(&options, name.c_str(), text.c_str(), message)) << message;
    return maniera::resolve(options);
}

DeviceRun::DeviceRun(const Placement& placement, SqrtMethod sqrt_method, const Settings& settings,
                     int tile, Communicator& comm)
    : inputs_(everything_inputs()), resolved_(resolve(settings)) {
    const Model model = make_tiny_model();
    network_ = std::make_unique<Network>(model, network_config(resolved_, model, placement));
    MemoryPlan plan;
    plan.tile = tile;
    prepare_content(inputs_.content, convention_of(resolved_).wrap);
    scene_ = make_scene(*network_, term_options(resolved_, sqrt_method), resolved_, inputs_,
                        {width, height}, 0, plan, comm);
    start_ = rows_from(to_tensor(inputs_.content.color.whole, placement.device), 0, own())
                 .clone(at::MemoryFormat::ChannelsLast);
}

Evaluation DeviceRun::evaluate() const { return scene_.objective->evaluate(start_); }

Evaluation DeviceRun::evaluate_elsewhere() const {
    return scene_.objective->evaluate(start_.neg().add_(1));
}

std::unique_ptr<Optimizer> DeviceRun::optimizer() const {
    if (resolved_.optimizer == MANIERA_OPTIMIZER_ADAM)
        return make_adam({resolved_.learning_rate, resolved_.averaging}, start_, {}, scene_.bands);
    return make_lbfgs({0.9, 1.6, true}, start_, {}, scene_.bands);
}

Function DeviceRun::function() const {
    return [this](const at::Tensor& x) -> ValueAndGradient {
        const Evaluation e = scene_.objective->evaluate(x);
        return {e.total, e.gradient};
    };
}

} // namespace maniera::test
