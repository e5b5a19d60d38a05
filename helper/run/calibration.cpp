// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/run/calibration.h"

#include "core/base/file_io.h"
#include "core/device/device.h"
#include "core/device/processors.h"
#include "core/error.h"
#include "helper/files/folders.h"
#include "helper/files/output_file.h"
#include "helper/images/image_file.h"
#include "helper/job/going_on.h"
#include "helper/job/reading_memory.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sys/resource.h>

namespace maniera {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string description_of(const RunDevice& device) {
    for (const DeviceInfo& info : list_devices())
        if (info.name == device.name)
            return info.description;
    return device.name;
}

std::string deepest_layer(const ResolvedOptions& resolved, const Manifest& manifest) {
    std::string deepest;
    for (const std::string& layer : manifest.layers)
        for (const ManieraLayerList* list : {&resolved.content_layers, &resolved.style_layers})
            for (int i = 0; i < list->count; ++i)
                if (layer == list->items[i].name)
                    deepest = layer;
    return deepest;
}

// What the figures depend on.
std::string key_of(const ResolvedOptions& resolved, const Manifest& manifest) {
    const RunDevice device = run_device(resolved);
    return std::string(MANIERA_VERSION) + " " + description_of(device) + " " + device.name + " " +
           device.precision + " " + std::to_string(resolved.threads) + " " + manifest.sha256 + " " +
           deepest_layer(resolved, manifest);
}

std::string cache_file() {
    const std::string folder = cache_folder();
    return folder.empty() ? folder : folder + "/calibration.json";
}

json read_cache() {
    const std::string text = read_text(cache_file()).value_or("");
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
const char* const weights_key = "weight-bytes";
const char* const reach_key = "reach";
const char* const blocks_key = "blocks"; // values, products, reach, layers

bool is_amount(const json& value) {
    return value.is_number() && value.get<double>() >= 0 && value.get<double>() < 1e12;
}

bool read_entry(const json& entry, Calibration& calibration) {
    double reach = 0;
    const std::pair<const char*, double*> members[] = {
        {start_key, &calibration.start_seconds},
        {step_key, &calibration.step_seconds},
        {pixel_key, &calibration.pixel_seconds},
        {weights_key, &calibration.network.weight_bytes},
        {reach_key, &reach}};
    if (!entry.is_object() || !entry.contains(blocks_key) || !entry[blocks_key].is_array() ||
        entry[blocks_key].empty() || entry[blocks_key].size() > 16)
        return false;
    for (const auto& [name, at] : members) {
        if (!entry.contains(name) || !is_amount(entry[name]))
            return false;
        *at = entry[name].get<double>();
    }
    calibration.network.reach = static_cast<int>(std::min(reach, 1e6));
    calibration.network.blocks.clear();
    for (const json& block : entry[blocks_key]) {
        if (!block.is_array() || block.size() != 4 ||
            !std::all_of(block.begin(), block.end(), is_amount))
            return false;
        calibration.network.blocks.push_back(
            {block[0], block[1], static_cast<int>(std::min(block[2].get<double>(), 1e6)),
             static_cast<int>(std::min(block[3].get<double>(), 1e3))});
    }
    return true;
}

json entry_of(const Calibration& calibration) {
    json blocks = json::array();
    for (const NetworkBlock& block : calibration.network.blocks)
        blocks.push_back({block.values, block.products, block.reach, block.layers});
    return {{start_key, calibration.start_seconds}, {step_key, calibration.step_seconds},
            {pixel_key, calibration.pixel_seconds}, {weights_key, calibration.network.weight_bytes},
            {reach_key, calibration.network.reach}, {blocks_key, blocks}};
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
    const ResolvedOptions resolved = resolve(options);
    const double threads = resolved.threads > 0 ? resolved.threads : usable_threads();
    const bool on_processor = !run_device(resolved).gpu;
    char message[MANIERA_MESSAGE_MAX];
    const std::pair<const char*, const char*> fixed[] = {{"scales", "1"},
                                                         {"iterations", "4"},
                                                         {"objective", "painterly"},
                                                         {"init", "content"},
                                                         {"parts", "off"}};
    for (const auto& [name, value] : fixed)
        maniera_option_set(&options, name, value, message);
    for (const char* name : {"size", "shrink", "time-limit", "preview", "memory", "tile"})
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

std::vector<StyleSize> style_sizes(const Job& job) {
    std::vector<StyleSize> sizes;
    for (const JobStyle& style : job.styles)
        sizes.push_back({style_picture_size(style.picture), style.scale, size_of(style.mask),
                         size_of(style.style_mask), is_pack(style.picture),
                         style.weight.value_or(1)});
    return sizes;
}

Error too_large(Size content, const std::vector<StyleSize>& styles, const ManieraOptions& options,
                const Calibration& calibration, const Means& means, const Estimate& need) {
    const int fits = largest_size(content, styles, options, calibration, means);
    const bool asked = maniera_option_is_set(&options, "memory");
    return Error(ErrorCode::out_of_memory,
                 "At " + std::to_string(need.width) + "x" + std::to_string(need.height) +
                     " this takes " + in_gib(need.bytes) + " of memory, and " +
                     (asked ? "it may take " : "there are ") + in_gib(means.memory) +
                     (asked ? "" : " free") + "; " +
                     (fits > 0 ? "a size of " + std::to_string(fits) + " would fit."
                               : "no size would fit."));
}

// What follows from where and how the network computes.
void fit_to_device(Calibration& calibration, const ResolvedOptions& resolved) {
    const RunDevice device = run_device(resolved);
    calibration.network.value_bytes = device.value_bytes;
    if (device.gpu)
        calibration.growth = 0; // not measured there
}

} // namespace

Calibration known_without_measuring(const ManieraOptions& options, const Model& model) {
    const ResolvedOptions resolved = resolve(options);
    Calibration calibration;
    calibration.network = network_cost(model, resolved);
    fit_to_device(calibration, resolved);
    return calibration;
}

Means means_of(const Job& job) {
    Means means;
    const ResolvedOptions resolved = resolve(job.options);
    const RunDevice device = run_device(resolved);
    means.memory = device_budget(resolved, device);
    if (!device.gpu)
        means.scratch_folder = scratch_folder(job.output.file);
    return means;
}

Calibration calibrate(const ManieraOptions& options, ModelCache& models) {
    const ResolvedOptions resolved = resolve(options);
    const std::string key = key_of(resolved, find_model(resolved.model, model_folders()));
    Calibration calibration;
    json cache = read_cache();
    if (!cache.contains(key) || !read_entry(cache[key], calibration)) {
        const Clock::time_point start = Clock::now();
        const Model& model = models.get(options);
        calibration = known_without_measuring(options, model);
        constexpr int small = 112, large = 304; // with their margins 128 and 320: small_piece
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
    fit_to_device(calibration, resolved);
    return calibration;
}

Estimate estimate_job(const Job& asked, ModelCache& models) {
    const Job job = going_on(asked);
    check_weights(job.styles);
    if (job.styles.empty())
        throw Error(ErrorCode::invalid_request, "There is no style; name at least one picture.");
    const Size content = size_of(job.content);
    const std::vector<StyleSize> styles = style_sizes(job);
    const Means means = means_of(job);
    const Calibration calibration = calibrate(job.options, models);
    const Estimate result = estimate(content, styles, job.options, calibration, means);
    if (!result.fits)
        throw too_large(content, styles, job.options, calibration, means, result);
    return result;
}

void refuse_too_large(const Job& job, const Model& model) {
    const Size content = size_of(job.content);
    if (std::min(content.width, content.height) < shortest_side)
        return; // refused when it is read, as a picture and not for the size that was asked for
    const std::vector<StyleSize> styles = style_sizes(job);
    const Means means = means_of(job);
    const Calibration known = known_without_measuring(job.options, model);
    const Estimate need = estimate(content, styles, job.options, known, means);
    if (!need.fits)
        throw too_large(content, styles, job.options, known, means, need);
}

void learn_from(const Job& job, const Result& result) {
    const std::vector<StyleSize> styles = style_sizes(job);
    const ResolvedOptions resolved = resolve_for(styles, job.options);
    const std::string key = key_of(resolved, find_model(resolved.model, model_folders()));
    json cache = read_cache();
    Calibration calibration;
    if (!cache.contains(key) || !read_entry(cache[key], calibration))
        return; // nobody asked yet; the first who does has it measured
    fit_to_device(calibration, resolved);
    if (!refine(calibration, size_of(job.content), styles, resolved, means_of(job),
                result.scale_seconds))
        return;
    cache[key] = entry_of(calibration);
    write_cache(cache);
}

} // namespace maniera
