// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's own rates as JSON for tests/bench/run: a step's time against matrix products of the
// same run, peak memory, what regions and tiles add. `bench steps MODEL`, `bench memory MODEL`,
// `bench regions`, `bench device MODEL DEVICE SIDE...` for a GPU, or `bench tiling MODEL WIDTH
// HEIGHT TILE` with a canvas's size.

#include "core/device/placement.h"
#include "core/memory/malloc_tuning.h"
#include "core/memory/memory_model.h"
#include "core/memory/tensor_allocator.h"
#include "core/network/model.h"
#include "core/network/vgg.h"
#include "core/objective/affine_gradient.h"
#include "core/objective/objective.h"
#include "core/objective/reached.h"
#include "core/objective/term_options.h"
#include "core/stylize.h"
#include "tests/support/pictures.h"
#include "tests/support/rank_threads.h"

#include <ATen/Parallel.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace maniera;

// The quickest of several: what the machine can do when nothing disturbs it.
double seconds(int times, const std::function<void()>& work) {
    double best = 1e9;
    for (int i = 0; i < times; ++i) {
        const auto start = std::chrono::steady_clock::now();
        work();
        best = std::min(
            best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return best;
}

// Multiplications and additions a second in a large matrix product.
double product_rate(at::ScalarType type, at::Device device = at::kCPU) {
    const int n = device.is_cpu() ? 2048 : 8192;
    const at::Tensor a = at::rand({n, n}).to(device, type), b = at::rand({n, n}).to(device, type);
    // A GPU has only begun when mm() returns; an element read waits for it.
    const auto product = [&] { at::mm(a, b).view({-1}).narrow(0, 0, 1).item<float>(); };
    product();
    return 2.0 * n * n * n / seconds(8, product);
}

// Of one evaluation: convolutions forward and backward, moments and their gradients. Element-wise
// work is not counted.
double operations(const Model& model, int width, int height) {
    double sum = 0, pixels = static_cast<double>(width) * height;
    std::size_t next = 0;
    for (const std::string& layer : model.manifest.layers) {
        if (layer.rfind("pool", 0) == 0)
            pixels = static_cast<double>(width >>= 1) * (height >>= 1);
        if (layer.rfind("conv", 0) == 0) {
            const Convolution& c = model.convolutions[next++].second;
            sum += 2 * 2.0 * 9 * c.in * c.out * pixels;
        }
        if (layer.rfind("relu", 0) == 0 && layer.substr(5) == "_1") {
            const double channels = model.convolutions[next - 1].second.out;
            sum += 2 * 2.0 * channels * channels * pixels;
        }
        if (layer == "relu5_1")
            break;
    }
    return sum;
}

double step_seconds(const Model& model, const char* term, const char* precision, int width,
                    int height, int threads, const char* optimizer = "adam",
                    const char* device = "cpu") {
    ManieraOptions options;
    maniera_options_init(&options);
    char message[MANIERA_MESSAGE_MAX];
    maniera_option_set(&options, "device", device, message);
    maniera_option_set(&options, "style-term", term, message);
    maniera_option_set(&options, "precision", precision, message);
    maniera_option_set(&options, "threads", std::to_string(threads).c_str(), message);
    maniera_option_set(&options, "optimizer", optimizer, message);
    maniera_option_set(&options, "parts", "off", message);
    maniera_option_set(&options, "scales", "1", message);
    maniera_option_set(&options, "iterations", "9", message);
    // The picture that is painted on has a margin, and a step's size is the canvas's: ask for a
    // picture whose canvas has the wanted size.
    const int margin = 2 * 8;
    Inputs inputs;
    inputs.content = test::make_picture(width - margin, height - margin, 1);
    inputs.styles.emplace_back();
    inputs.styles[0].picture = test::make_picture(width - margin, height - margin, 2);
    double before = 0, best = 1e9;
    stylize(model, std::move(inputs), options, [&](const Progress& progress) {
        if (progress.step > 1)
            best = std::min(best, progress.seconds - before);
        before = progress.seconds;
        return true;
    });
    return best;
}

// The network's own part of a step, forward and back, without any term.
double network_seconds(const Model& model, const char* precision, int width, int height) {
    ManieraOptions options;
    maniera_options_init(&options);
    char message[MANIERA_MESSAGE_MAX];
    maniera_option_set(&options, "precision", precision, message);
    const ResolvedOptions resolved = resolve(options);
    const Network network(model, network_config(resolved, model, choose_placement(resolved, true)));
    const at::Tensor picture = at::rand({1, 3, height, width});
    return seconds(9, [&] {
        Trace trace = network.forward(picture);
        network.backward(trace, [](std::size_t, const Window&, const at::Tensor& features,
                                   at::Tensor& gradient) {
            if (!gradient.defined())
                gradient = at::zeros_like(features);
        });
    });
}

// Steps in bfloat16 of squares, with the device's own rate.
void device(const Model& model, const char* name, const std::vector<int>& sides) {
    const double product = product_rate(at::kBFloat16, at::Device(name));
    for (const int side : sides)
        for (const char* term : {"gram", "wasserstein"})
            for (const char* optimizer : {"adam", "lbfgs"})
                std::printf("{\"side\": %d, \"term\": \"%s\", \"optimizer\": \"%s\", \"seconds\": "
                            "%.4g, \"operations\": %.4g, \"product\": %.4g}\n",
                            side, term, optimizer,
                            step_seconds(model, term, "bf16", side, side, 0, optimizer, name),
                            operations(model, side, side), product);
}

double status_bytes(const char* field) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind(field, 0) == 0)
            return 1024 * std::stod(line.substr(line.find(':') + 1));
    return 0;
}

void steps(const Model& model) {
    const int threads = 2;
    at::set_num_threads(threads);
    const int width = 512, height = 384;
    for (const auto& [precision, type] :
         {std::pair("bf16", at::kBFloat16), std::pair("fp32", at::kFloat)}) {
        const double rate = product_rate(type);
        const double gram = step_seconds(model, "gram", precision, width, height, threads);
        const double wasserstein =
            step_seconds(model, "wasserstein", precision, width, height, threads);
        const double whole =
            step_seconds(model, "wasserstein", precision, width, height, threads, "lbfgs");
        const double network = network_seconds(model, precision, width, height);
        const double again = product_rate(type);
        std::printf("{\"precision\": \"%s\", \"product\": %.4g, \"gram\": %.4g, "
                    "\"wasserstein\": %.4g, \"whole\": %.4g, \"network\": %.4g, "
                    "\"operations\": %.4g}\n",
                    precision, std::max(rate, again), gram, wasserstein, whole, network,
                    operations(model, width, height));
        std::fflush(stdout);
    }
    std::printf("{\"one\": %.4g, \"two\": %.4g}\n",
                step_seconds(model, "wasserstein", "auto", width, height, 1),
                step_seconds(model, "wasserstein", "auto", width, height, 2));
}

void memory(const Model& model) {
    ManieraOptions options;
    maniera_options_init(&options);
    char message[MANIERA_MESSAGE_MAX];
    maniera_option_set(&options, "precision", "bf16", message);
    maniera_option_set(&options, "parts", "off", message);
    // Enough steps for L-BFGS to have all its pairs at the last scale.
    maniera_option_set(&options, "iterations", "4,4,4,3", message);
    Inputs inputs;
    inputs.content = test::make_picture(1024, 1024, 1);
    inputs.styles.emplace_back();
    inputs.styles[0].picture = test::make_picture(1024, 1024, 2);
    const double before = status_bytes("VmRSS");
    stylize(model, std::move(inputs), options, {});
    std::printf("{\"bytes-a-pixel\": %.4g}\n",
                (status_bytes("VmHWM") - before) / (1024.0 * 1024.0));
}

// Weights of `count` upright stripes, (height * width) each, that sum to 1: each covers 1.3 times
// its share, as parts that are found do.
std::vector<at::Tensor> stripes(int width, int height, int count) {
    const double stripe = static_cast<double>(width) / count, blurred = 0.3 * stripe;
    std::vector<at::Tensor> masks;
    for (int k = 0; k < count; ++k) {
        // How much of column x lies to the right of the stripe's beginning or end.
        const auto beyond = [&](double x, double edge) {
            return std::clamp((x - edge) / blurred + 0.5, 0.0, 1.0);
        };
        std::vector<float> row;
        for (int x = 0; x < width; ++x)
            row.push_back(
                static_cast<float>((k == 0 ? 1 : beyond(x + 0.5, k * stripe)) -
                                   (k + 1 == count ? 0 : beyond(x + 0.5, (k + 1) * stripe))));
        masks.push_back(at::tensor(row).repeat({height}));
    }
    return masks;
}

// What style terms do at a step with what the network gives, by regions and of the whole: moments,
// and their gradient's way back.
void regions() {
    at::set_num_threads(2);
    struct Layer {
        int width, height, channels;
    };
    const std::vector<Layer> layers = {
        {512, 384, 64}, {256, 192, 128}, {128, 96, 256}, {64, 48, 512}, {32, 24, 512}};
    for (const int count : {0, 2, 4, 5}) {
        double sum = 0;
        for (const auto& [width, height, channels] : layers) {
            const auto rows = std::int64_t{width} * height;
            const at::Tensor f = at::rand({rows, channels}).to(at::kBFloat16);
            const at::Tensor a = at::rand({channels, channels}), b = at::rand({channels});
            at::Tensor gradient = at::zeros({rows, channels}, f.options());
            const std::vector<at::Tensor> masks = stripes(width, height, count);
            sum += seconds(9, [&] {
                if (masks.empty()) {
                    gather(f, {}, static_cast<double>(rows));
                    add_affine_gradient(gradient, true, f, a, b, {});
                }
                std::vector<MomentSums> sums(masks.size());
                std::vector<RegionSums> wanted;
                std::vector<ReachedGradient> pulls;
                for (std::size_t r = 0; r < masks.size(); ++r) {
                    wanted.push_back({masks[r], true, &sums[r]});
                    pulls.push_back({a, b, masks[r]});
                }
                add_moments(f, wanted);
                add_affine_gradients_reached(gradient, f, pulls);
            });
        }
        std::printf("{\"regions\": %d, \"seconds\": %.4g}\n", count, sum);
    }
}

void tiling(const Model& model, Size canvas, int tile) {
    ManieraOptions options;
    maniera_options_init(&options);
    std::printf("{\"factor\": %.6g}\n",
                tiling_factor(network_cost(model, resolve(options)), tile, canvas));
}

// What a step sends, by rank, where `count` processes (here threads) paint a square in tiles.
void traffic(const Model& model, int side, int count) {
    ManieraOptions options;
    maniera_options_init(&options);
    char message[MANIERA_MESSAGE_MAX];
    for (const auto& [name, value] : {std::pair("threads", "1"),
                                      {"precision", "fp32"},
                                      {"scales", "1"},
                                      {"iterations", "3"},
                                      {"tile", "128"}})
        maniera_option_set(&options, name, value, message);
    const int margin = 2 * 8;
    const Picture content = test::make_picture(side - margin, side - margin, 1);
    std::vector<std::int64_t> of_step(count), of_run(count);
    std::vector<double> seconds(count);
    test::as_ranks(count, [&](int rank, Communicator& comm) {
        Inputs inputs;
        const auto read = [&](Span rows) { return copy(rows_in(content.color, rows)); };
        inputs.content = {"content", RowSource(size_of(content.color), 3, read), {}};
        inputs.styles.emplace_back();
        inputs.styles[0].picture = test::make_picture(256, 256, 2);
        std::int64_t before = 0;
        double began = 0;
        stylize(
            model, std::move(inputs), options,
            [&](const Progress& progress) {
                of_step[rank] = comm.bytes_sent() - before;
                before = comm.bytes_sent();
                seconds[rank] = progress.seconds - began;
                began = progress.seconds;
                return true;
            },
            nullptr, {}, comm);
        of_run[rank] = comm.bytes_sent();
    });
    for (int rank = 0; rank < count; ++rank)
        std::printf("{\"rank\": %d, \"step-bytes\": %lld, \"run-bytes\": %lld, \"seconds\": "
                    "%.3g}\n",
                    rank, static_cast<long long>(of_step[rank]),
                    static_cast<long long>(of_run[rank]), seconds[rank]);
}

} // namespace

int main(int count, char** arguments) {
    const std::string what = count > 1 ? arguments[1] : "";
    const bool fits = what == "device" ? count > 4
                                       : count == (what == "tiling"    ? 6
                                                   : what == "traffic" ? 5
                                                   : what == "regions" ? 2
                                                                       : 3);
    if (!fits) {
        std::fprintf(stderr, "usage: bench steps|memory MODEL.json\n"
                             "       bench regions\n"
                             "       bench device MODEL.json DEVICE SIDE...\n"
                             "       bench tiling MODEL.json WIDTH HEIGHT TILE\n"
                             "       bench traffic MODEL.json SIDE PROCESSES\n");
        return 2;
    }
    set_mmap_threshold(fast_mmap_threshold); // as the program does
    reuse_memory_of_tensors();
    if (what == "regions") {
        const c10::InferenceMode no_autograd;
        regions();
        return 0;
    }
    const Model model = load_model(read_manifest(arguments[2]));
    if (what == "steps") {
        const c10::InferenceMode no_autograd;
        steps(model);
    } else if (what == "device") {
        const c10::InferenceMode no_autograd;
        std::vector<int> sides;
        for (int i = 4; i < count; ++i)
            sides.push_back(std::stoi(arguments[i]));
        device(model, arguments[3], sides);
    } else if (what == "tiling") {
        tiling(model, {std::stoi(arguments[3]), std::stoi(arguments[4])}, std::stoi(arguments[5]));
    } else if (what == "traffic") {
        traffic(model, std::stoi(arguments[3]), std::stoi(arguments[4]));
    } else {
        memory(model);
    }
    return 0;
}
