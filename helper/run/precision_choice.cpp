// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/run/precision_choice.h"

#include "core/base/file_io.h"
#include "core/device/device.h"
#include "core/device/libraries.h"
#include "core/network/precision_trial.h"
#include "core/resolved_options.h"
#include "helper/files/folders.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <unistd.h>

namespace maniera {
namespace {

namespace fs = std::filesystem;

// bfloat16 has to be this much quicker: what is measured is noisy, and float32 rounds less.
constexpr double worthwhile = 0.9;

// The file for this processor and these libraries; a home may be shared by many machines. Empty
// where there is no place for it.
std::string cache_file() {
    const std::string folder = cache_folder();
    if (folder.empty())
        return folder;
    std::string name = list_devices().front().description;
    name = name.substr(0, name.rfind(',')); // without the number of threads
    for (const std::string& line : libraries_in_use())
        if (line.rfind("instructions", 0) == 0 || line.rfind("oneDNN", 0) == 0)
            name += " " + line;
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c) && c != '.'; },
        '-');
    return folder + "/precision-" + name.substr(0, 200);
}

std::optional<PrecisionTimes> kept(const std::string& file) {
    PrecisionTimes times;
    char end = 0;
    const std::string text = read_text(file).value_or("");
    const bool whole =
        std::sscanf(text.c_str(), "fp32 %lf bf16 %lf%c", &times.fp32, &times.bf16, &end) == 3;
    if (!whole || end != '\n' || !(times.fp32 > 0) || !(times.bf16 > 0))
        return {};
    return times;
}

// Measures and keeps it. Of several programs that start at once the first one's choice holds for
// all.
void measure_into(const std::string& file) {
    const std::string folder = fs::path(file).parent_path(),
                      draft = file + "." + std::to_string(getpid());
    std::error_code ignored, exists;
    fs::create_directories(folder, ignored);
    if (access(folder.c_str(), W_OK) != 0)
        return;
    const PrecisionTimes times = measure_precisions();
    char text[64];
    std::snprintf(text, sizeof text, "fp32 %.6f bf16 %.6f\n", times.fp32, times.bf16);
    std::ofstream(draft, std::ios::binary) << text;
    fs::create_hard_link(draft, file, exists);
    if (exists && !kept(file)) // what was there says nothing
        fs::rename(draft, file, ignored);
    fs::remove(draft, ignored);
}

std::optional<PrecisionTimes> times_of_this_machine() {
    const std::string file = cache_file();
    if (file.empty())
        return {};
    if (!kept(file))
        measure_into(file);
    return kept(file);
}

} // namespace

void choose_precision_by_measurement() {
    judge_precision_by([]() -> std::optional<bool> {
        const auto times = times_of_this_machine();
        return times ? std::optional<bool>(times->bf16 < worthwhile * times->fp32) : std::nullopt;
    });
}

std::string precision_choice() {
    ManieraOptions options;
    maniera_options_init(&options);
    char message[MANIERA_MESSAGE_MAX];
    maniera_option_set(&options, "device", "cpu", message);
    const std::string chosen = "precision: " + run_device(resolve(options)).precision;
    if (!list_devices().front().bf16)
        return chosen + ", for want of bfloat16 in hardware";
    const auto times = kept(cache_file());
    if (!times)
        return chosen + ", by the kind of processor";
    char text[128];
    std::snprintf(text, sizeof text, ": a convolution takes %.1f ms in bf16, %.1f ms in fp32",
                  1000 * times->bf16, 1000 * times->fp32);
    return chosen + text;
}

} // namespace maniera
