// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/calibration.h"

#include "core/device.h"
#include "core/error.h"
#include "helper/output_file.h"
#include "helper/places.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/resource.h>
#include <thread>

namespace maniera {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

bool takes_bf16(const ManieraOptions& resolved) {
    if (resolved.precision != MANIERA_PRECISION_AUTO)
        return resolved.precision == MANIERA_PRECISION_BF16;
    return list_devices().front().bf16 || std::string(resolved.device).rfind("cuda", 0) == 0;
}

// What the figures depend on.
std::string key_of(const ManieraOptions& resolved, const Manifest& manifest) {
    return std::string(MANIERA_VERSION) + " " + list_devices().front().description + " " +
           resolved.device + " " + (takes_bf16(resolved) ? "bf16" : "fp32") + " " +
           std::to_string(resolved.threads) + " " + manifest.sha256;
}

std::string cache_file() {
    const std::string folder = cache_folder();
    return folder.empty() ? folder : folder + "/calibration.json";
}

json read_cache() {
    std::ifstream file(cache_file(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const json value = json::parse(text, nullptr, false); // torn or of another kind: made again
    return value.is_object() ? value : json::object();
}

// A cache that cannot be written is measured again the next time.
void write_cache(const json& cache) {
    try {
        std::error_code ignored;
        fs::create_directories(cache_folder(), ignored);
        OutputFile file(cache_file());
        std::ofstream(file.path(), std::ios::binary) << cache.dump(1) << "\n";
        file.commit();
    } catch (const Error&) {
    }
}

const char* const start_key = "start-seconds";
const char* const step_key = "step-seconds";
const char* const pixel_key = "pixel-seconds";
const char* const features_key = "features";
const char* const model_key = "model-bytes";

bool read_entry(const json& entry, Calibration& calibration) {
    const std::pair<const char*, double*> members[] = {{start_key, &calibration.start_seconds},
                                                       {step_key, &calibration.step_seconds},
                                                       {pixel_key, &calibration.pixel_seconds},
                                                       {features_key, &calibration.features},
                                                       {model_key, &calibration.model_bytes}};
    if (!entry.is_object())
        return false;
    for (const auto& [name, at] : members) {
        if (!entry.contains(name) || !entry[name].is_number())
            return false;
        *at = entry[name].get<double>();
        if (!(*at >= 0 && *at < 1e12))
            return false;
    }
    return true;
}

json entry_of(const Calibration& calibration) {
    return {{start_key, calibration.start_seconds},
            {step_key, calibration.step_seconds},
            {pixel_key, calibration.pixel_seconds},
            {features_key, calibration.features},
            {model_key, calibration.model_bytes}};
}

// A picture with something everywhere.
Picture pattern(int side) {
    Picture picture;
    picture.color = Image(side, side, 3);
    for (std::size_t i = 0; i < picture.color.pixels.size(); ++i)
        picture.color.pixels[i] = 0.5f + 0.45f * std::sin(0.37f * static_cast<float>(i % 1009));
    return picture;
}

double processor_seconds() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           1e-6 * static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

// The quickest of a few steps at a size. What is kept shall hold for an idle machine: beside busy
// programs a step counts with the processor's time, shared among the threads.
double step_time(const Model& model, ManieraOptions options, int side) {
    constexpr int steps = 4;
    constexpr double busy = 1.5;
    const ManieraOptions resolved = resolve(options);
    const double threads =
        resolved.threads > 0 ? resolved.threads : std::max(1u, std::thread::hardware_concurrency());
    const bool on_processor = std::string(resolved.device).rfind("cuda", 0) != 0 &&
                              (list_devices().size() == 1 || std::string(resolved.device) == "cpu");
    char message[MANIERA_MESSAGE_MAX];
    const std::pair<const char*, const char*> fixed[] = {
        {"scales", "1"}, {"iterations", "4"}, {"objective", "painterly"}, {"init", "content"}};
    for (const auto& [name, value] : fixed)
        maniera_option_set(&options, name, value, message);
    for (const char* name : {"size", "time-limit", "preview", "style-layers", "content-layers"})
        maniera_option_unset(&options, name);
    Inputs inputs;
    inputs.content = pattern(side);
    inputs.styles.emplace_back();
    inputs.styles[0].picture = pattern(side);
    double quickest = 1e9, before = 0, used_before = 0;
    stylize(model, std::move(inputs), options, [&](const Progress& progress) {
        const double used = processor_seconds();
        const double wall = progress.seconds - before, share = (used - used_before) / threads;
        if (progress.step > 1) // the first pays for what is made once
            quickest = std::min(quickest, on_processor && wall > busy * share ? share : wall);
        before = progress.seconds;
        used_before = used;
        return progress.step < steps;
    });
    return quickest;
}

Size size_of(const PicturePlace& place) {
    if (place.memory)
        return {place.memory->width, place.memory->height};
    const PictureSize size = picture_size(place.file);
    return {size.width, size.height};
}

std::vector<StyleSize> style_sizes(const Job& job) {
    std::vector<StyleSize> sizes;
    for (const JobStyle& style : job.styles)
        sizes.push_back({size_of(style.picture), style.scale});
    return sizes;
}

} // namespace

Calibration known_without_measuring(const ManieraOptions& options, const Model& model) {
    const ManieraOptions resolved = resolve(options);
    Calibration calibration;
    calibration.feature_bytes = takes_bf16(resolved) ? 2 : 4;
    calibration.features = 0;
    calibration.model_bytes = 0;
    for (const auto& [name, convolution] : model.convolutions) {
        calibration.model_bytes += sizeof(float) * static_cast<double>(convolution.weight.size() +
                                                                       convolution.bias.size());
        // conv3_1 lies below two pools. The chain ends where the style layers do.
        const int block = name.size() > 4 ? name[4] - '1' : 0;
        if (block < 4 || name == "conv5_1")
            calibration.features += convolution.out / std::pow(4.0, block);
    }
    return calibration;
}

Calibration calibrate(const ManieraOptions& options, ModelCache& models) {
    const ManieraOptions resolved = resolve(options);
    const std::string key = key_of(resolved, find_model(resolved.model, model_folders()));
    Calibration calibration;
    json cache = read_cache();
    if (!cache.contains(key) || !read_entry(cache[key], calibration)) {
        const Clock::time_point start = Clock::now();
        const Model& model = models.get(options);
        calibration = known_without_measuring(options, model);
        constexpr int small = 112, large = 304; // with their margins 128 and 320
        const double quick = step_time(model, options, small);
        calibration.start_seconds = seconds_since(start); // a model's load, a network and targets
        const double slow = step_time(model, options, large);
        const double a = 128.0 * 128.0, b = 320.0 * 320.0;
        calibration.pixel_seconds = std::max(slow / b / 4, (slow - quick) / (b - a));
        calibration.step_seconds = std::max(0.0, quick - calibration.pixel_seconds * a);
        calibration.start_seconds = std::max(0.0, calibration.start_seconds - 4 * quick);
        cache[key] = entry_of(calibration);
        write_cache(cache);
    }
    calibration.feature_bytes = takes_bf16(resolved) ? 2 : 4;
    return calibration;
}

Estimate estimate_job(const Job& job, ModelCache& models) {
    check_weights(job.styles);
    if (job.styles.empty())
        throw Error(ErrorCode::invalid_request, "There is no style; name at least one picture.");
    const Size content = size_of(job.content);
    const std::vector<StyleSize> styles = style_sizes(job);
    return estimate(content, styles, job.options, calibrate(job.options, models));
}

void refuse_too_large(const Job& job, const Model& model) {
    const Size content = size_of(job.content);
    if (std::min(content.width, content.height) < shortest_side)
        return; // refused when it is read, as a picture and not for the size that was asked for
    const std::vector<StyleSize> styles = style_sizes(job);
    const Calibration known = known_without_measuring(job.options, model);
    const std::int64_t machine = list_devices().front().memory;
    const Estimate need = estimate(content, styles, job.options, known);
    if (need.bytes <= machine)
        return;
    const int fits = largest_size(content, styles, job.options, known, machine / 10 * 9);
    const auto gib = [](std::int64_t bytes) {
        const std::int64_t tenths = (bytes * 10) >> 30;
        return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GiB";
    };
    throw Error(ErrorCode::out_of_memory,
                "At " + std::to_string(need.width) + "x" + std::to_string(need.height) +
                    " this takes " + gib(need.bytes) + " of memory, and this machine has " +
                    gib(machine) + "; " +
                    (fits > 0 ? "a size of " + std::to_string(fits) + " would fit."
                              : "no size would fit."));
}

} // namespace maniera
