// SPDX-License-Identifier: GPL-3.0-or-later
// Job files: strict about names, so that a misspelt option never goes unnoticed.

#include "helper/job.h"

#include "core/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace maniera {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uintmax_t largest_job = 1 << 20; // bytes; as a line on the wire

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_request, why); }

// Refuses keys outside `known` (NULL-terminated).
void check_keys(const json& object, const std::string& where, const char* const* known) {
    if (!object.is_object())
        refuse("In the job, " + where + " must be an object in braces.");
    for (const auto& [key, value] : object.items()) {
        const auto same = [&name = key](const char* word) { return name == word; };
        const char* const* end = known;
        while (*end)
            ++end;
        if (std::any_of(known, end, same))
            continue;
        const char* nearest = maniera_nearest(key.c_str(), known);
        refuse("In the job, " + where + " has the unknown name \"" + key.substr(0, 80) + "\"" +
               (nearest ? std::string("; did you mean ") + nearest + "?" : "."));
    }
}

std::string text_at(const json& object, const char* key, const std::string& where) {
    if (!object.contains(key))
        return {};
    if (!object[key].is_string())
        refuse("In the job, " + std::string(key) + " of " + where + " must be a text.");
    return object[key].get<std::string>();
}

std::string file_at(const json& object, const char* key, const std::string& where,
                    const fs::path& folder) {
    const std::string name = text_at(object, key, where);
    return name.empty() ? name : (folder / name).string();
}

double number_at(const json& object, const char* key, const std::string& where) {
    if (!object[key].is_number())
        refuse("In the job, " + std::string(key) + " of " + where + " must be a number.");
    return object[key].get<double>();
}

// An option's value as the text the table reads: lists with commas, layers as NAME:WEIGHT.
std::string option_text(const std::string& name, const json& value) {
    if (value.is_string())
        return value.get<std::string>();
    if (value.is_number())
        return value.dump();
    std::string text;
    for (const auto& [key, item] : value.items()) {
        const bool layer = value.is_object() && item.is_number();
        if (!layer && !(value.is_array() && (item.is_number() || item.is_string())))
            refuse("In the job, the option " + name + " has a value of a kind that it cannot be.");
        text += (text.empty() ? "" : ",") + (layer ? key + ":" : "") +
                (item.is_string() ? item.get<std::string>() : item.dump());
    }
    return text;
}

JobStyle style_from(const json& value, const std::string& where, const fs::path& folder) {
    static const char* const known[] = {"file",       "weight",      "mask",
                                        "style-mask", "style-scale", nullptr};
    check_keys(value, where, known);
    JobStyle style;
    style.file = file_at(value, "file", where, folder);
    style.mask = file_at(value, "mask", where, folder);
    style.style_mask = file_at(value, "style-mask", where, folder);
    if (value.contains("weight"))
        style.weight = number_at(value, "weight", where);
    if (value.contains("style-scale")) {
        ManieraOptions checked{};
        number_at(value, "style-scale", where);
        set_option(checked, "style-scale", value["style-scale"].dump());
        style.scale = checked.style_scale;
    }
    if (style.file.empty())
        refuse("In the job, " + where + " has no file; name a picture.");
    return style;
}

std::string read_text(const std::string& path) {
    std::error_code ignored;
    std::ifstream file(path, std::ios::binary);
    if (!file || fs::is_directory(path, ignored))
        refuse("The job " + path + " cannot be opened; check the name.");
    if (fs::file_size(path, ignored) > largest_job)
        refuse("The job " + path + " is too large to be one; name a job's JSON file.");
    return {std::istreambuf_iterator<char>(file), {}};
}

void check_weights(const std::vector<JobStyle>& styles) {
    std::size_t free = 0, weighted = 0; // styles without a mask share their weights
    for (const JobStyle& style : styles)
        if (style.mask.empty()) {
            ++free;
            weighted += style.weight.has_value();
        }
    if (weighted != 0 && weighted != free)
        throw Error(ErrorCode::invalid_option,
                    std::to_string(free) + " styles without a mask have " +
                        std::to_string(weighted) + (weighted == 1 ? " weight" : " weights") +
                        "; give each of them a weight, or none.");
}

bool names_a_file(const std::string& init) {
    const char* const* choice = maniera_option_find("init")->choices;
    while (*choice && init != *choice)
        ++choice;
    return *choice == nullptr;
}

} // namespace

void set_option(ManieraOptions& options, const std::string& name, const std::string& text) {
    char message[MANIERA_MESSAGE_MAX];
    if (!maniera_option_set(&options, name.c_str(), text.c_str(), message))
        throw Error(ErrorCode::invalid_option, message);
}

Job read_job(const std::string& path) {
    json value;
    try {
        value = json::parse(read_text(path));
    } catch (const json::exception& error) {
        refuse("The job " + path + " is not JSON (" + error.what() + ").");
    }
    static const char* const known[] = {"inputs", "options", "output", nullptr};
    static const char* const known_inputs[] = {"content", "styles", nullptr};
    check_keys(value, "the outermost object", known);
    if (!value.contains("inputs"))
        refuse("The job " + path + " has no inputs; name a content and styles.");
    const json& inputs = value["inputs"];
    check_keys(inputs, "inputs", known_inputs);
    const fs::path folder = fs::path(path).parent_path();

    Job job;
    maniera_options_init(&job.options);
    job.content = file_at(inputs, "content", "inputs", folder);
    job.output = file_at(value, "output", "the job", folder);
    if (job.content.empty() || job.output.empty())
        refuse("The job " + path + " has no " + (job.content.empty() ? "content" : "output") +
               "; name a file.");
    const json styles = inputs.value("styles", json::array());
    if (!styles.is_array())
        refuse("In the job, styles must be a list in brackets.");
    for (std::size_t i = 0; i < styles.size(); ++i)
        job.styles.push_back(style_from(styles[i], "style " + std::to_string(i + 1), folder));
    const json options = value.value("options", json::object());
    if (!options.is_object())
        refuse("In the job, options must be an object in braces.");
    for (const auto& [name, item] : options.items()) {
        std::string text = option_text(name, item);
        const ManieraOption* row = maniera_option_find(name.c_str());
        const bool file = name == "preview" ||
                          (row && row->kind == MANIERA_KIND_CHOICE_OR_FILE && names_a_file(text));
        set_option(job.options, name, file ? (folder / text).string() : text);
    }
    return job;
}

JobInputs load_inputs(const Job& job) {
    check_weights(job.styles);
    JobInputs loaded;
    LoadedPicture content = load_picture(job.content);
    loaded.inputs.content = std::move(content.picture);
    loaded.content_info = std::move(content.info);
    for (const JobStyle& style : job.styles) {
        StyleInput input;
        input.picture = load_picture(style.file).picture;
        if (!style.mask.empty())
            input.mask = load_mask(style.mask);
        if (!style.style_mask.empty())
            input.style_mask = load_mask(style.style_mask);
        input.weight = style.weight.value_or(1);
        input.scale = style.scale;
        loaded.inputs.styles.push_back(std::move(input));
    }
    const ManieraOptions resolved = resolve(job.options);
    if (names_a_file(resolved.init)) {
        Picture start = load_picture(resolved.init).picture;
        fill_transparent(start);
        loaded.inputs.initial = std::move(start.color);
    }
    check_inputs(loaded.inputs, job.options);
    return loaded;
}

} // namespace maniera
