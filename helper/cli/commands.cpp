// SPDX-License-Identifier: GPL-3.0-or-later
// One function a command.

#include "helper/cli/commands.h"

#include "core/device/device.h"
#include "core/device/libraries.h"
#include "core/stylize.h"
#include "helper/cli/batch_command.h"
#include "helper/cli/errors.h"
#include "helper/cli/frames_command.h"
#include "helper/cli/pack_command.h"
#include "helper/cli/parts_command.h"
#include "helper/cli/recipe_commands.h"
#include "helper/cli/sheet_command.h"
#include "helper/cli/standard_streams.h"
#include "helper/cli/terminal.h"
#include "helper/distributed/rank_run.h"
#include "helper/files/folders.h"
#include "helper/files/output_file.h"
#include "helper/images/image_file.h"
#include "helper/images/output_format.h"
#include "helper/job/checkpoints.h"
#include "helper/job/inputs.h"
#include "helper/job/moved_inputs.h"
#include "helper/job/reading_memory.h"
#include "helper/job/report.h"
#include "helper/job/texture.h"
#include "helper/run/calibration.h"
#include "helper/run/precision_choice.h"
#include "helper/run/run_job.h"
#include "helper/samples/motion.h"
#include "helper/samples/sample.h"
#include "helper/serve/serve.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <optional>
#include <unistd.h>
#include <utility>

namespace maniera {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

Model load_chosen_model(const ManieraOptions& options) {
    return load_model(find_model(resolve(options).model, model_folders()));
}

void report_result(const Result& result, const Manifest& model, const std::string& output,
                   const Checkpoints& checkpoints, bool json) {
    const std::string resume = checkpoints.command();
    if (json) {
        ordered_json line = {{"event", "result"}, {"output", output}};
        line.update(members(result, model));
        if (!resume.empty())
            line["checkpoint"] = checkpoints.file();
        print_line(line);
    } else if (!result.complete) {
        std::fprintf(stderr, "maniera: stopped after %d steps; %s is the best picture so far.\n",
                     result.steps, output.c_str());
    } else if (isatty(STDERR_FILENO)) {
        std::fprintf(stderr, "%s: %dx%d, %d steps, %.1f s on %s in %s\n", output.c_str(),
                     result.size.width, result.size.height, result.steps, result.seconds,
                     result.device.c_str(), result.precision.c_str());
    }
    if (!result.complete && !resume.empty())
        std::fprintf(stderr, "maniera: to continue: %s\n", resume.c_str());
}

int paint(const Job& job, bool json, const std::function<Checkpoints(const Warn&)>& make) {
    const StopSignal stop;
    ModelCache models;
    std::optional<ProgressLine> line(std::in_place);
    const auto show = [&](const Progress& progress, const MakePreview&) {
        if (json) {
            ordered_json event = {{"event", "progress"}};
            event.update(members(progress));
            print_line(event);
        } else {
            line->show(progress);
        }
        return true;
    };
    const Warn say = [&](const std::string& text) {
        if (line)
            line->clear();
        print_sentence(text);
    };
    const auto tell = [&](Notice kind, const std::string& text) {
        if (json) {
            ordered_json event = {{"event", "log"}};
            event.update(members(kind, text));
            print_line(event);
        } else if (kind != Notice::plan) {
            say(text);
        } else if (isatty(STDERR_FILENO)) {
            std::fprintf(stderr, "%s\n", text.c_str());
        }
    };
    const std::shared_ptr<Communicator> comm = join_by_environment();
    std::optional<Checkpoints> checkpoints;
    Result result;
    together(*comm, [&] {
        checkpoints.emplace(make(say));
        result = run_job(job, SharedMemory(), models,
                         {show, [&] { return stop.number() != 0; }, tell}, &*checkpoints, *comm);
    });
    line.reset();
    if (comm->rank() == 0)
        report_result(result, models.last().manifest,
                      job.output.shown.empty() ? job.output.file : job.output.shown, *checkpoints,
                      json);
    return !result.complete && stop.number() != 0 ? 128 + stop.number() : 0;
}

int run_stylize(const Command& command) {
    Job job = command.job;
    const NoiseContent noise(job);
    const auto make = [&](const Warn& say) { return Checkpoints(command.checkpoints, say); };
    if (!uses_standard_streams(job))
        return paint(job, command.json, make);
    const StandardStreams streams(job,
                                  command.stream_format.empty() ? "png" : command.stream_format);
    try {
        const int code = paint(job, command.json, make);
        streams.deliver();
        return code;
    } catch (const Error& error) {
        throw Error(error.code(), streams.in_words(error.what()));
    }
}

int run_again(const Command& command) {
    Job job = job_again(command);
    CheckpointSettings checkpoints = command.checkpoints;
    checkpoints.none = checkpoints.none || is_texture(job);
    const NoiseContent noise(job);
    return paint(job, command.json, [&](const Warn& say) { return Checkpoints(checkpoints, say); });
}

int run_resume(const Command& command) {
    SavedRun saved = read_saved_run(command.checkpoints.file);
    find_moved_inputs(saved);
    Job job = saved.job;
    maniera_option_unset(&job.options, "time-limit"); // of the call that was cut off
    lay_over(job.options, command.job.options);
    if (!command.job.output.empty()) {
        if (format_of(command.job.output.file) != format_of(job.output.file))
            job.saving.options.clear(); // they were the other format's
        job.output = command.job.output;
    }
    lay_over(job.saving, command.job.saving);
    return paint(job, command.json, [&](const Warn& say) {
        return Checkpoints(std::move(saved), command.checkpoints.interval, say);
    });
}

int run_estimate(const Command& command) {
    ModelCache models;
    const Estimate e = estimate_job(command.job, models);
    if (command.json)
        print_line(members(e));
    else
        std::printf("%dx%d, %d scales%s: about %.0f s and %.0f MiB of memory\n", e.width, e.height,
                    e.scales,
                    e.tiles > 1 ? (", in " + std::to_string(e.tiles) + " tiles of " +
                                   std::to_string(e.tile) + " px")
                                      .c_str()
                                : "",
                    e.seconds, static_cast<double>(e.bytes) / 1048576);
    return 0;
}

ordered_json by_layer(const std::vector<std::pair<std::string, double>>& terms) {
    ordered_json result = ordered_json::object();
    for (const auto& [layer, value] : terms)
        result[layer] = value;
    return result;
}

// "style 2" for a region of a mask, "rest" for what parts or masks leave.
std::string region_name(const RegionMeasurement& region, bool any_part) {
    if (!region.part.empty())
        return region.part;
    const bool is_rest = any_part || region.styles.size() > 1;
    return is_rest ? "rest" : "style " + std::to_string(region.styles[0] + 1);
}

int run_measure(const Command& command) {
    std::vector<WholePicture> pictures = whole_pictures(command.job);
    pictures.push_back({{command.picture, {}}});
    refuse_more_than_memory(pictures, command.job.options);
    const JobInputs loaded = load_inputs(command.job);
    Picture picture = load_picture(command.picture).picture;
    const Model model = load_chosen_model(command.job.options);
    const Measurement m = measure(model, std::move(picture), loaded.inputs, command.job.options);

    const ResolvedOptions resolved = resolve(command.job.options);
    const char* objective = resolved.objective == MANIERA_OBJECTIVE_GATYS ? "gatys" : "painterly";
    if (command.json) {
        ordered_json regions = ordered_json::array();
        for (const RegionMeasurement& region : m.regions)
            regions.push_back({{"part", region.part},
                               {"styles", region.styles},
                               {"style", by_layer(region.style)}});
        print_line({{"model", model.manifest.name},
                    {"objective", objective},
                    {"width", m.width},
                    {"height", m.height},
                    {"precision", m.precision},
                    {"total", m.total},
                    {"content", by_layer(m.content)},
                    {"style", by_layer(m.style)},
                    {"regions", regions},
                    {"smoothness", m.smoothness},
                    {"gradient", {{"l2", m.gradient_l2}, {"max", m.gradient_max}}}});
        return 0;
    }
    std::printf("%s at %dx%d with %s in %s\n", objective, m.width, m.height,
                model.manifest.name.c_str(), m.precision.c_str());
    for (const auto& [layer, value] : m.content)
        std::printf("content     %-10s %.6g\n", layer.c_str(), value);
    for (const auto& [layer, value] : m.style)
        std::printf("style       %-10s %.6g\n", layer.c_str(), value);
    const bool any_part = std::any_of(m.regions.begin(), m.regions.end(),
                                      [](const RegionMeasurement& r) { return !r.part.empty(); });
    for (const RegionMeasurement& region : m.regions)
        for (const auto& [layer, value] : region.style)
            std::printf("  %-9s %-10s %.6g\n", region_name(region, any_part).c_str(), layer.c_str(),
                        value);
    std::printf("smoothness  %-10s %.6g\n", "", m.smoothness);
    std::printf("total       %-10s %.6g\n", "", m.total);
    std::printf("gradient    l2 %.6g, largest %.6g\n", m.gradient_l2, m.gradient_max);
    return 0;
}

int list_all_models(bool json) {
    const std::vector<Manifest> models = list_models(model_folders());
    if (json) {
        ordered_json list = ordered_json::array();
        for (const Manifest& m : models)
            list.push_back({{"name", m.name},
                            {"title", m.title},
                            {"path", m.path},
                            {"sha256", m.sha256},
                            {"layers", m.layers},
                            {"source", m.source},
                            {"licence", m.licence}});
        print_line(list);
        return 0;
    }
    for (const Manifest& m : models)
        std::printf("%-12s %s; %s; %s\n", m.name.c_str(), m.title.c_str(), m.licence.c_str(),
                    m.path.c_str());
    if (models.empty()) {
        std::fputs("No model was found. Run \"maniera models fetch\". Looked in:\n", stderr);
        for (const std::string& folder : model_folders())
            std::fprintf(stderr, "  %s\n", folder.c_str());
    }
    return 0;
}

int verify_models(const std::vector<std::string>& names) {
    std::vector<Manifest> models;
    for (const std::string& name : names)
        models.push_back(find_model(name, model_folders()));
    if (names.empty())
        models = list_models(model_folders());
    if (models.empty())
        find_model("vgg16", model_folders()); // says where it looked
    for (const Manifest& manifest : models) {
        load_model(manifest);
        std::printf("%-12s good: %s\n", manifest.name.c_str(), manifest.weights.c_str());
    }
    return 0;
}

// The importer takes over this process, so its messages and exit code are the user's.
int import_model(const std::vector<std::string>& words) {
    const std::string script = import_script();
    std::vector<char*> arguments{const_cast<char*>(script.c_str())};
    for (const std::string& word : words)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    execv(script.c_str(), arguments.data());
    throw Error(ErrorCode::internal,
                "The script " + script + " could not be started; it needs python3 with numpy.");
}

int print_devices(bool json, bool verbose) {
    const std::vector<DeviceInfo> devices = list_devices();
    if (json)
        print_line(list_of(devices));
    else
        for (const DeviceInfo& device : devices)
            std::printf("%-8s %s, %s\n", device.name.c_str(), device.description.c_str(),
                        device.bf16 ? "bfloat16 in hardware" : "no bfloat16 in hardware");
    if (const std::string why = why_no_gpu(); !json && !why.empty())
        std::printf("No GPU: %s\n", why.c_str());
    if (verbose) {
        for (const std::string& line : libraries_in_use())
            std::printf("%s\n", line.c_str());
        std::printf("%s\n", precision_choice().c_str());
    }
    return 0;
}

void write_motion(const std::string& folder) {
    make_folder(folder);
    for (const Picture& frame : make_motion())
        save_picture(frame, {}, (fs::path(folder) / (frame.name + ".png")).string());
}

int write_samples(const std::string& name, const std::string& output) {
    if (name == motion_name) {
        write_motion(output);
    } else if (name != "all") {
        check_output(output);
        save_picture(make_sample(name), {}, output);
    } else {
        make_folder(output);
        for (const std::string& each : sample_names())
            save_picture(make_sample(each), {}, (fs::path(output) / (each + ".png")).string());
        write_motion((fs::path(output) / motion_name).string());
    }
    return 0;
}

} // namespace

int run_command(const Command& command) {
    using Kind = Command::Kind;
    switch (command.kind) {
    case Kind::print: std::fputs(command.text.c_str(), stdout); return 0;
    case Kind::texture:
    case Kind::stylize: return run_stylize(command);
    case Kind::resume: return run_resume(command);
    case Kind::batch: return batch_command(command.batch, command.json);
    case Kind::frames: return frames_command(command.frames, command.json);
    case Kind::measure: return run_measure(command);
    case Kind::pack: return pack_command(command);
    case Kind::parts: return parts_command(command);
    case Kind::recipe: return recipe_command(command);
    case Kind::again: return run_again(command);
    case Kind::sheet: return sheet_command(command);
    case Kind::models_list: return list_all_models(command.json);
    case Kind::models_verify: return verify_models(command.words);
    case Kind::models_import: return import_model(command.words);
    case Kind::estimate: return run_estimate(command);
    case Kind::serve: return serve();
    case Kind::devices: return print_devices(command.json, command.verbose);
    case Kind::sample: return write_samples(command.words.front(), command.output);
    }
    return 1;
}

} // namespace maniera
