// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/job/recipe.h"

#include "core/base/sha256.h"
#include "core/error.h"
#include "helper/images/image_file.h"
#include "helper/job/texture.h"
#include "helper/messages/message.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <functional>

namespace maniera {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t most_styles = 64;
constexpr std::size_t longest_name = 255; // bytes

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_request, why); }

// What a recipe may set: size, look and method. It never names what is written, nor what this
// machine does; a model is one that is installed.
bool is_a_recipes(const ManieraOption& row) {
    const std::string group = row.group, name = row.name;
    return name == "shrink" || name == "tileable" || name == "model" || group == "result" ||
           group == "look" || group == "solver";
}

// Calls `use` with every name of a picture, and with what it is in the recipe.
void for_each_file(Job& job, const std::function<void(std::string& file)>& use) {
    const auto use_one = [&](std::string& file) {
        if (!file.empty())
            use(file);
    };
    use_one(job.content.file);
    for (JobStyle& style : job.styles)
        for (PictureLocation* location : {&style.picture, &style.mask, &style.style_mask})
            use_one(location->file);
    for (const char* option : {"init", "parts-file"}) {
        std::string file = option_value(job.options, option);
        if (file.empty() || (std::strcmp(option, "init") == 0 && !names_a_file(file)))
            continue;
        use(file);
        set_option(job.options, option, file);
    }
}

// Writing

ordered_json picture_json(const std::string& file) {
    return {{"name", fs::path(file).filename().string()}, {"sha256", sha256_of_file(file)}};
}

ordered_json style_json(const JobStyle& style) {
    ordered_json item = picture_json(style.picture.file);
    if (style.weight)
        item["weight"] = *style.weight;
    if (style.scale > 0)
        item["style-scale"] = style.scale;
    if (!style.mask.empty())
        item["mask"] = picture_json(style.mask.file);
    if (!style.style_mask.empty())
        item["style-mask"] = picture_json(style.style_mask.file);
    return item;
}

std::string size_word(Size size) {
    return std::to_string(size.width) + "x" + std::to_string(size.height);
}

// Nothing but letters, digits and these.
bool is_plain(const std::string& text, const std::string& marks) {
    return std::all_of(text.begin(), text.end(), [&](unsigned char c) {
        return std::isalnum(c) || marks.find(static_cast<char>(c)) != std::string::npos;
    });
}

bool is_a_plain_name(const std::string& text) { return !text.empty() && is_plain(text, "-_"); }

bool is_a_plain_value(const std::string& text) {
    return text.size() <= longest_name && is_plain(text, "-_.,:+");
}

// Reading

std::string text_at(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// The bare name of a picture; its hash is added to the recipe's.
std::string picture_from(const json& value, const std::string& what, Recipe& recipe) {
    if (!value.is_object())
        refuse("The recipe's " + what + " is no picture.");
    const std::string name = text_at(value, "name"), hash = text_at(value, "sha256");
    refuse_control_characters(name, "The recipe's " + what);
    if (name.empty() || name.size() > longest_name || name == "." || name == ".." ||
        name.find('/') != std::string::npos)
        refuse("The recipe's " + what + " has no name of a file without folders.");
    if (hash.size() != 64 || hash.find_first_not_of("0123456789abcdef") != std::string::npos)
        refuse("The recipe's " + what + " has no SHA-256.");
    recipe.hashes.push_back(hash);
    return name;
}

JobStyle style_from(const json& value, Recipe& recipe) {
    JobStyle style;
    style.picture.file = picture_from(value, "style", recipe);
    if (value.contains("mask"))
        style.mask.file = picture_from(value["mask"], "mask", recipe);
    if (value.contains("style-mask"))
        style.style_mask.file = picture_from(value["style-mask"], "style mask", recipe);
    if (value.contains("weight")) {
        const double weight = value["weight"].is_number() ? value["weight"].get<double>() : -1;
        if (!std::isfinite(weight) || weight < 0 || weight > 1e9)
            refuse("The recipe has a weight that is no number of 0 or more.");
        style.weight = weight;
    }
    if (value.contains("style-scale"))
        style.scale = parse_style_scale(value["style-scale"].dump());
    return style;
}

void option_from(const std::string& name, const json& value, Recipe& recipe) {
    const ManieraOption* row = maniera_option_find(name.c_str());
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    if (!row || !is_a_recipes(*row)) {
        recipe.aside.push_back(is_a_plain_name(name) ? name : "one without a name");
        return;
    }
    if (name == "init" && names_a_file(text))
        refuse("The recipe names a start picture that is not one of its pictures.");
    if (name == "model" && !is_a_plain_name(text))
        refuse("The recipe names a file as its model; a recipe's model is one that is installed.");
    set_option(recipe.job.options, name, text);
}

// The result's name decides the format, whose saver checks them before the work.
void output_option_from(const std::string& name, const json& value, Recipe& recipe) {
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    if (!is_a_plain_name(name) || !is_a_plain_value(text))
        refuse("The recipe has an output option that is none.");
    recipe.job.saving.options.emplace_back(name, text);
}

json object_at(const json& value, const char* key) {
    const json object = value.value(key, json::object());
    if (!object.is_object())
        refuse("The recipe's " + std::string(key) + " are none.");
    return object;
}

Recipe recipe_from(const json& value) {
    if (!value.is_object() || !value.contains("content") || !value.contains("styles") ||
        !value["styles"].is_array() || value["styles"].empty())
        refuse("The recipe has no content and styles; it is damaged.");
    if (value["styles"].size() > most_styles)
        refuse("The recipe has more than " + std::to_string(most_styles) + " styles.");
    Recipe recipe;
    maniera_options_init(&recipe.job.options);
    recipe.job.content.file = picture_from(value["content"], "content", recipe);
    if (const std::string size = text_at(value["content"], "noise"); !size.empty())
        recipe.job.content.noise = parse_size(size);
    for (const json& style : value["styles"])
        recipe.job.styles.push_back(style_from(style, recipe));
    const json options = object_at(value, "options"), saving = object_at(value, "output-options");
    for (const auto& [name, item] : options.items())
        option_from(name, item, recipe);
    for (const auto& [name, item] : saving.items())
        output_option_from(name, item, recipe);
    // "./", so that no name is one of the words that a start can be.
    for (const char* file : {"init", "parts-file"})
        if (value.contains(file))
            set_option(recipe.job.options, file, "./" + picture_from(value[file], file, recipe));
    recipe.model = text_at(value, "model");
    check_weights(recipe.job.styles);
    return recipe;
}

// For a shell

std::string quoted(const std::string& word) {
    static const std::string plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        "._/,:=+-%@";
    if (!word.empty() && word.find_first_not_of(plain) == std::string::npos)
        return word;
    std::string text = "'";
    for (const char c : word)
        text += c == '\'' ? "'\\''" : std::string(1, c);
    return text + "'";
}

// No flag, whatever it begins with.
std::string file_word(const std::string& file) {
    return quoted(file.empty() || file[0] != '-' ? file : "./" + file);
}

std::string number_word(double value) {
    const std::string text = json(value).dump();
    const std::size_t end = text.size() >= 2 ? text.size() - 2 : 0;
    return text.compare(end, 2, ".0") == 0 ? text.substr(0, end) : text;
}

} // namespace

std::string recipe_text(const Job& job, const Manifest& model) {
    const auto in_memory = [](const JobStyle& style) {
        return style.picture.memory || style.mask.memory || style.style_mask.memory;
    };
    if (job.saving.metadata() != MetadataChoice::keep || job.content.memory || job.output.memory ||
        std::any_of(job.styles.begin(), job.styles.end(), in_memory))
        return {};
    ordered_json content = picture_json(job.content.file);
    if (!job.content.shown.empty())
        content["name"] = job.content.shown;
    if (is_texture(job))
        content["noise"] = size_word(job.content.noise);
    ordered_json recipe = {{"maniera", MANIERA_VERSION},
                           {"model", model.sha256},
                           {"content", content},
                           {"styles", ordered_json::array()},
                           {"options", ordered_json::object()}};
    for (const JobStyle& style : job.styles)
        recipe["styles"].push_back(style_json(style));
    std::size_t rows = 0;
    const ManieraOption* table = maniera_option_table(&rows);
    for (std::size_t i = 0; i < rows; ++i) {
        const std::string name = table[i].name, text = option_value(job.options, name);
        if (text.empty())
            continue;
        if (name == "parts-file" || (name == "init" && names_a_file(text)))
            recipe[name] = picture_json(text);
        else if (is_a_recipes(table[i]) && (name != "model" || is_a_plain_name(text)))
            recipe["options"][name] = text;
    }
    json saving; // sorted, as it is read
    for (const auto& [name, value] : job.saving.options)
        saving[name] = value;
    if (!saving.is_null())
        recipe["output-options"] = saving;
    const std::string text = recipe.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    // A picture that is gone, or cannot be opened again: nobody could paint by such a recipe.
    return text.find(R"("sha256":"")") == std::string::npos ? text : "";
}

Recipe parse_recipe(const std::string& text) {
    json value;
    try {
        value = parse_json(text);
    } catch (const std::exception&) {
        refuse("The recipe is damaged: it is not JSON.");
    }
    Recipe recipe = recipe_from(value);
    recipe.text = value.dump();
    return recipe;
}

Recipe read_recipe_of(const std::string& picture) {
    const std::string text = recipe_of_picture(picture);
    if (text.empty())
        refuse(picture +
               " holds no recipe; results do that Maniera painted into a file, unless they "
               "were saved again by another program or with --metadata strip.");
    try {
        return parse_recipe(text);
    } catch (const Error& error) {
        throw Error(error.code(), picture + ": " + error.what());
    }
}

Job find_pictures(const Recipe& recipe, const std::vector<std::string>& folders,
                  const std::string& content) {
    Job job = recipe.job;
    if (!content.empty())
        job.content.noise = {};
    std::size_t next = 0;
    bool first = true;
    for_each_file(job, [&](std::string& file) {
        const std::string name = file, hash = recipe.hashes[next++];
        if (std::exchange(first, false) && (!content.empty() || is_texture(job))) {
            file = content; // of a texture NoiseContent makes it
            return;
        }
        bool namesake = false;
        for (const std::string& folder : folders) {
            const std::string at = (fs::path(folder) / name).string(), found = sha256_of_file(at);
            if (found == hash) {
                file = at;
                return;
            }
            namesake = namesake || !found.empty();
        }
        refuse("The picture " + name + " that the recipe names is not here" +
               (namesake ? ", only another one of that name" : "") +
               "; name its folder with --look-in FOLDER.");
    });
    return job;
}

std::string command_of(const Job& job, const std::string& output) {
    const bool texture = is_texture(job);
    const std::string command = texture ? "maniera texture" : "maniera stylize";
    std::string words = command + (texture ? "" : " " + file_word(job.content.file));
    for (const JobStyle& style : job.styles) {
        words += (texture ? " " : " --style ") + file_word(style.picture.file);
        if (style.weight)
            words += " --weight " + number_word(*style.weight);
        if (!style.mask.empty())
            words += " --mask " + file_word(style.mask.file);
        if (!style.style_mask.empty())
            words += " --style-mask " + file_word(style.style_mask.file);
        if (style.scale > 0)
            words += " --style-scale " + number_word(style.scale);
    }
    if (texture)
        words += " --size " + size_word(job.content.noise);
    std::size_t rows = 0;
    const ManieraOption* table = maniera_option_table(&rows);
    std::string before; // the styles: everyone's scale
    for (std::size_t i = 0; i < rows; ++i) {
        const std::string name = table[i].name, text = option_value(job.options, name);
        if (text.empty())
            continue;
        const bool file = name == "parts-file" || (name == "init" && names_a_file(text));
        const std::string pair = " --" + name + " " + (file ? file_word(text) : quoted(text));
        (name == "style-scale" ? before : words) += pair;
    }
    for (const auto& [name, value] : job.saving.options)
        words += " --output-option " + quoted(name + "=" + value);
    return words.insert(command.size(), before) + " -o " + file_word(output);
}

} // namespace maniera
