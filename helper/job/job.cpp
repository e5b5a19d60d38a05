// SPDX-License-Identifier: GPL-3.0-or-later
// Job files: strict about names, so that a misspelt option never goes unnoticed.

#include "helper/job/job.h"

#include "core/base/control_characters.h"
#include "core/base/file_io.h"
#include "core/error.h"
#include "helper/messages/message.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <optional>

namespace maniera {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t largest_job = 1 << 20; // bytes; as a line on the wire

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
        refuse("In the job, " + std::string(key) + " of " + where + " must be a string.");
    return object[key].get<std::string>();
}

double number_at(const json& object, const char* key, const std::string& where) {
    if (!object[key].is_number())
        refuse("In the job, " + std::string(key) + " of " + where + " must be a number.");
    return object[key].get<double>();
}

// A whole number from `least` to `most`.
std::uint64_t whole_at(const json& object, const char* key, const std::string& where,
                       std::uint64_t least, std::uint64_t most) {
    const std::optional<std::uint64_t> value = whole_number(object, key, least, most);
    if (!value)
        refuse("In the job, " + std::string(key) + " of " + where +
               " must be a whole number from " + std::to_string(least) + " to " +
               std::to_string(most) + ".");
    return *value;
}

// What names in a job mean.
struct Names {
    bool serve = false;  // pictures may lie in memory, files have absolute names
    bool recipe = false; // styles and options are all that counts
    fs::path folder;     // of a job file: where relative names start

    std::string file(const std::string& name, const std::string& where) const {
        refuse_control_characters(name, "In the job, " + where);
        if (serve && !name.empty() && !fs::path(name).is_absolute())
            refuse("In the job, " + where + " is \"" + name.substr(0, 80) +
                   "\"; give the full path of each file.");
        return name.empty() ? name : (folder / name).string();
    }
};

constexpr std::uint64_t longest_side = 1 << 24; // pixels; a row of floats stays below 2^28 bytes
constexpr std::uint64_t last_offset = std::numeric_limits<std::int64_t>::max();

MemoryPicture memory_from(const json& value, const std::string& where) {
    static const char* const known[] = {"offset", "width", "height", "channels", "name", nullptr};
    check_keys(value, where, known);
    MemoryPicture picture;
    picture.offset = whole_at(value, "offset", where, 0, last_offset);
    picture.width = static_cast<int>(whole_at(value, "width", where, 1, longest_side));
    picture.height = static_cast<int>(whole_at(value, "height", where, 1, longest_side));
    picture.channels = static_cast<int>(whole_at(value, "channels", where, 1, 4));
    if (picture.channels == 2)
        refuse("In the job, " + where + " has 2 channels; it must have 1, 3 or 4.");
    picture.name = with_controls_shown(text_at(value, "name", where));
    if (picture.name.empty())
        picture.name = "The picture of " + where;
    return picture;
}

PictureLocation location_at(const json& object, const char* key, const std::string& where,
                            const Names& names) {
    PictureLocation location;
    const std::string what = std::string(key) + " of " + where;
    if (object.contains(key) && object[key].is_object()) {
        if (!names.serve)
            refuse("In the job, " + what +
                   " is a picture in memory, which only serve has; name a "
                   "file.");
        location.memory = memory_from(object[key], what);
    } else {
        location.file = names.file(text_at(object, key, where), what);
    }
    return location;
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
            refuse("In the job, the option " + name + " has a value of the wrong type.");
        text += (text.empty() ? "" : ",") + (layer ? key + ":" : "") +
                (item.is_string() ? item.get<std::string>() : item.dump());
    }
    return text;
}

JobStyle style_from(const json& value, const std::string& where, const Names& names) {
    static const char* const known[] = {"file",       "weight",      "mask",
                                        "style-mask", "style-scale", nullptr};
    check_keys(value, where, known);
    JobStyle style;
    style.picture = location_at(value, "file", where, names);
    style.mask = location_at(value, "mask", where, names);
    style.style_mask = location_at(value, "style-mask", where, names);
    if (value.contains("weight"))
        style.weight = number_at(value, "weight", where);
    if (value.contains("style-scale")) {
        number_at(value, "style-scale", where);
        style.scale = parse_style_scale(value["style-scale"].dump());
    }
    if (style.picture.empty())
        refuse("In the job, " + where + " has no file; name a picture.");
    return style;
}

// The option that cannot be set together with this one; or none.
const char* excluded_by(const std::string& name) {
    return name == "size" ? "shrink" : name == "shrink" ? "size" : "";
}

std::string read_job_text(const std::string& path) {
    const std::optional<std::string> text = read_text(path, largest_job);
    if (!text)
        refuse("The job " + path + " cannot be opened; check the name.");
    if (text->size() > largest_job)
        refuse("The job " + path + " is too large for a job; name a JSON file.");
    return *text;
}

// Whether the option is a picture file.
bool names_a_picture(const std::string& name, const std::string& text) {
    const ManieraOption* row = maniera_option_find(name.c_str());
    return name == "preview" || name == "parts-file" ||
           (row && row->kind == MANIERA_KIND_CHOICE_OR_FILE && names_a_file(text));
}

// One value of `options`, with the names of files made whole.
void option_from(Job& job, const std::string& name, const json& value, const Names& names) {
    const std::string text = option_text(name, value);
    refuse_control_characters(text, "In the job, the option " + name.substr(0, 80));
    set_option(job.options, name,
               names_a_picture(name, text) ? names.file(text, "the option " + name) : text);
}

Saving saving_from(const json& value) {
    Saving saving;
    const json options = value.value("output-options", json::object());
    if (!options.is_object())
        refuse("In the job, output-options must be an object in braces.");
    for (const auto& [name, item] : options.items()) {
        if (!item.is_string() && !item.is_number() && !item.is_boolean())
            refuse("In the job, the output option " + name.substr(0, 80) +
                   " must be a text, a number, true or false.");
        saving.options.emplace_back(name, item.is_string() ? item.get<std::string>() : item.dump());
    }
    if (value.contains("metadata"))
        saving.chosen = parse_metadata(text_at(value, "metadata", "the job"));
    return saving;
}

// What the painting of `inputs` lacks.
Unfinished unfinished_from(const json& inputs) {
    if (!inputs.contains("unfinished"))
        return {};
    static const char* const known[] = {"scales", "steps", nullptr};
    const json& value = inputs["unfinished"];
    check_keys(value, "unfinished of inputs", known);
    if (!inputs.contains("painting"))
        refuse("In the job, inputs has unfinished and no painting; name the painting too.");
    const auto at = [&](const char* key, std::uint64_t most) {
        return static_cast<int>(whole_at(value, key, "unfinished", 0, most));
    };
    const auto most_steps = static_cast<std::uint64_t>(maniera_option_find("iterations")->max);
    return {at("scales", MANIERA_LIST_MAX), at("steps", most_steps)};
}

std::vector<JobStyle> styles_from(const json& inputs, const Names& names) {
    const json styles = inputs.value("styles", json::array());
    if (!styles.is_array())
        refuse("In the job, styles must be a list in brackets.");
    std::vector<JobStyle> result;
    for (std::size_t i = 0; i < styles.size(); ++i)
        result.push_back(style_from(styles[i], "style " + std::to_string(i + 1), names));
    return result;
}

// `styles` = how many the job has.
PartPairing pairing_from(const json& inputs, std::size_t styles, const Names& names) {
    if (!inputs.contains("parts"))
        return {};
    constexpr std::size_t most_parts = 255; // as maps of them have
    static const char* const known[] = {"counterparts", "content", "styles", nullptr};
    const json& value = inputs["parts"];
    check_keys(value, "parts of inputs", known);
    PartPairing pairing;
    const json counterparts = value.value("counterparts", json());
    if (!counterparts.is_array() || counterparts.empty() || counterparts.size() > most_parts)
        refuse("In the job, counterparts of parts must be a list of 1 to 255 numbers.");
    for (const json& number : counterparts) {
        const std::optional<std::uint64_t> part =
            whole_number({{"part", number}}, "part", 0, counterparts.size());
        if (!part)
            refuse("In the job, counterparts of parts are numbers of parts, from 1 to as many as "
                   "the list has, and 0 for the whole picture.");
        pairing.counterparts.push_back(static_cast<std::size_t>(*part));
    }
    pairing.content = location_at(value, "content", "parts", names);
    if (pairing.content.empty())
        refuse("In the job, parts has no content; name a small copy of it.");
    pairing.styles = styles_from(value, names);
    if (pairing.styles.size() != styles)
        refuse("In the job, parts must have as many styles as inputs has.");
    return pairing;
}

Job job_from(const json& value, const Names& names) {
    static const char* const known[] = {"inputs",         "options",  "output",
                                        "output-options", "metadata", nullptr};
    static const char* const known_in_serve[] = {"inputs",   "options", "output", "output-options",
                                                 "metadata", "preview", nullptr};
    static const char* const known_inputs[] = {"content", "styles", nullptr};
    static const char* const known_inputs_in_serve[] = {"content", "painting", "unfinished",
                                                        "parts",   "styles",   nullptr};
    check_keys(value, "the outermost object", names.serve ? known_in_serve : known);
    if (!value.contains("inputs"))
        refuse("The job has no inputs; name a content and styles.");
    const json& inputs = value["inputs"];
    check_keys(inputs, "inputs", names.serve ? known_inputs_in_serve : known_inputs);

    Job job;
    maniera_options_init(&job.options);
    job.content = location_at(inputs, "content", "inputs", names);
    job.painting = location_at(inputs, "painting", "inputs", names);
    if (!job.painting.file.empty() || (job.painting.memory && job.painting.memory->channels == 1))
        refuse("In the job, painting of inputs must be a picture in memory with 3 or 4 channels.");
    job.unfinished = unfinished_from(inputs);
    job.output = location_at(value, "output", "the job", names);
    if (!names.recipe && (job.content.empty() || job.output.empty()))
        refuse("The job has no " + std::string(job.content.empty() ? "content" : "output") +
               "; name a file.");
    if (job.output.memory && job.output.memory->channels != 3)
        refuse("In the job, the output must have 3 channels.");
    job.styles = styles_from(inputs, names);
    job.pairing = pairing_from(inputs, job.styles.size(), names);
    const json options = value.value("options", json::object());
    if (!options.is_object())
        refuse("In the job, options must be an object in braces.");
    for (const auto& [name, item] : options.items())
        option_from(job, name, item, names);
    job.saving = saving_from(value);
    if (value.contains("preview")) {
        static const char* const known_preview[] = {"offset", "side", nullptr};
        check_keys(value["preview"], "preview", known_preview);
        job.preview = PreviewMemory{
            whole_at(value["preview"], "offset", "preview", 0, last_offset),
            static_cast<int>(whole_at(value["preview"], "side", "preview", 16, 1 << 14))};
    }
    return job;
}

Job read_file(const std::string& path, bool recipe) {
    const std::string text = read_job_text(path);
    json value;
    try {
        value = parse_json(text);
    } catch (const std::exception& error) {
        refuse("The job " + path + " is not JSON (" + std::string(error.what()).substr(0, 200) +
               ").");
    }
    Names names;
    names.recipe = recipe;
    names.folder = fs::path(path).parent_path();
    return job_from(value, names);
}

// Its folder's links are followed, because of what ".." means behind one, and its own is not.
std::string whole_name(const std::string& file) {
    if (file.empty())
        return file;
    const fs::path path = fs::absolute(file);
    std::error_code failed;
    const fs::path folder = fs::weakly_canonical(path.parent_path(), failed);
    return failed ? path.string() : (folder / path.filename()).string();
}

} // namespace

json to_json(const Job& job) {
    json styles = json::array();
    for (const JobStyle& style : job.styles) {
        json item = {{"file", whole_name(style.picture.file)}};
        if (style.weight)
            item["weight"] = *style.weight;
        if (!style.mask.empty())
            item["mask"] = whole_name(style.mask.file);
        if (!style.style_mask.empty())
            item["style-mask"] = whole_name(style.style_mask.file);
        if (style.scale > 0)
            item["style-scale"] = style.scale;
        styles.push_back(item);
    }
    json options = json::object();
    std::size_t rows = 0;
    const ManieraOption* table = maniera_option_table(&rows);
    for (std::size_t i = 0; i < rows; ++i)
        if (maniera_option_is_set(&job.options, table[i].name)) {
            const std::string name = table[i].name, text = option_value(job.options, name);
            const std::string ending = fs::path(text).extension().string();
            const bool model_file = name == "model" && (text.find('/') != std::string::npos ||
                                                        ending == ".json" || // as core has it
                                                        ending == ".safetensors");
            options[name] = names_a_picture(name, text) || model_file ? whole_name(text) : text;
        }
    json value = {{"inputs", {{"content", whole_name(job.content.file)}, {"styles", styles}}},
                  {"options", options},
                  {"output", whole_name(job.output.file)}};
    for (const auto& [name, text] : job.saving.options)
        value["output-options"][name] = text;
    if (job.saving.chosen)
        value["metadata"] = metadata_word(*job.saving.chosen);
    return value;
}

Job job_from_json(const json& value) { return job_from(value, Names()); }

std::pair<std::string, std::string> parse_output_option(const std::string& text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
        throw Error(ErrorCode::invalid_option,
                    "An output option is NAME=VALUE, such as Q=80, and \"" + text.substr(0, 80) +
                        "\" is not.");
    return {text.substr(0, equals), text.substr(equals + 1)};
}

const char* metadata_word(MetadataChoice metadata) {
    return metadata == MetadataChoice::keep      ? "keep"
           : metadata == MetadataChoice::profile ? "profile"
                                                 : "strip";
}

MetadataChoice parse_metadata(const std::string& word) {
    for (const MetadataChoice each :
         {MetadataChoice::keep, MetadataChoice::profile, MetadataChoice::strip})
        if (word == metadata_word(each))
            return each;
    throw Error(ErrorCode::invalid_option, "metadata must be keep, profile or strip, and \"" +
                                               word.substr(0, 80) + "\" is not.");
}

std::string option_value(const ManieraOptions& options, const std::string& name) {
    std::string text(maniera_option_get(&options, name.c_str(), nullptr, 0), '\0');
    maniera_option_get(&options, name.c_str(), text.data(), text.size() + 1);
    return text;
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

void refuse_control_characters(const std::string& name, const std::string& what) {
    if (const std::optional<std::string> character = control_character_in(name))
        refuse(what + " (\"" + with_controls_shown(name.substr(0, 80)) +
               "\") has the control character " + *character +
               ", which no name may have; rename the file.");
}

bool names_a_file(const std::string& init) {
    const char* const* choice = maniera_option_find("init")->choices;
    while (*choice && init != *choice)
        ++choice;
    return *choice == nullptr;
}

void set_option(ManieraOptions& options, const std::string& name, const std::string& text) {
    if (const char* other = excluded_by(name); maniera_option_is_set(&options, other))
        throw Error(ErrorCode::invalid_option,
                    "size and shrink are both given; size makes the long side so many pixels, "
                    "shrink at most so many: keep one of them.");
    char message[MANIERA_MESSAGE_MAX];
    if (!maniera_option_set(&options, name.c_str(), text.c_str(), message))
        throw Error(ErrorCode::invalid_option, message);
}

double parse_style_scale(const std::string& text) {
    ManieraOptions options{};
    set_option(options, "style-scale", text);
    return options.style_scale;
}

void lay_over(ManieraOptions& options, const ManieraOptions& over) {
    std::size_t rows = 0;
    const ManieraOption* table = maniera_option_table(&rows);
    for (std::size_t i = 0; i < rows; ++i)
        if (maniera_option_is_set(&over, table[i].name)) {
            maniera_option_unset(&options, excluded_by(table[i].name));
            set_option(options, table[i].name, option_value(over, table[i].name));
        }
}

void lay_over(Saving& saving, const Saving& over) {
    if (!over.options.empty())
        saving.options = over.options;
    if (over.chosen)
        saving.chosen = over.chosen;
}

Job read_job(const std::string& path) { return read_file(path, false); }

Job read_recipe(const std::string& path) {
    Job recipe = read_file(path, true);
    recipe.content = recipe.output = PictureLocation();
    return recipe;
}

Job job_from_message(const json& value) {
    Names names;
    names.serve = true;
    return job_from(value, names);
}

Job recipe_from_message(const json& value) {
    Names names;
    names.serve = names.recipe = true;
    Job recipe = job_from(value, names);
    recipe.content = recipe.output = PictureLocation();
    return recipe;
}

} // namespace maniera
