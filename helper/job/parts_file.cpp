// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/job/parts_file.h"

#include "core/base/file_io.h"
#include "core/error.h"
#include "helper/files/output_file.h"
#include "helper/images/image_file.h"
#include "helper/job/job.h"
#include "helper/job/mask_file.h"
#include "helper/messages/message.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>

namespace maniera {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t most_parts = 64;

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
    throw Error(ErrorCode::invalid_request, "The parts in " + path + ": " + why);
}

json read_json(const std::string& path) {
    constexpr std::size_t largest = 1 << 20; // bytes
    const std::optional<std::string> text = read_text(path, largest);
    if (!text)
        refuse(path, "the file cannot be opened; name a parts.json that maniera parts wrote.");
    if (text->size() > largest)
        refuse(path, "the file is too large; name a parts.json that maniera parts wrote.");
    json value;
    try {
        value = parse_json(*text);
    } catch (const std::exception&) {
        refuse(path, "this is not JSON; look for a comma or a quotation mark that is missing.");
    }
    if (!value.is_object() || !value.contains("parts") || !value["parts"].is_array())
        refuse(path, "there is no list \"parts\"; take the file that maniera parts wrote.");
    if (value.value("format", json()) != 1)
        refuse(path, "\"format\" is not 1; write the parts again with this maniera.");
    if (value["parts"].size() > most_parts)
        refuse(path, "there are " + std::to_string(value["parts"].size()) +
                         " parts; leave at most " + std::to_string(most_parts) + ".");
    return value;
}

// A mask beside the file.
std::string mask_path(const std::string& path, const json& name, const std::string& where) {
    if (!name.is_string() || name.get<std::string>().empty())
        refuse(path, where + " has no mask; name a picture in quotation marks.");
    const auto text = name.get<std::string>();
    refuse_control_characters(text, "In " + path + ", the mask of " + where);
    return (fs::path(path).parent_path() / text).string();
}

Image read_mask(const std::string& path, const std::string& file, const std::string& where,
                std::vector<std::string>& remarks) {
    std::error_code ignored;
    if (!fs::exists(file, ignored))
        refuse(path, "the mask " + file + " of " + where +
                         " is missing; put it back, or take the part out of the file.");
    Image mask = read_mask_file(file, remarks);
    if (*std::max_element(mask.pixels.begin(), mask.pixels.end()) < 1.0f / 512)
        refuse(path, "the mask " + file + " of " + where +
                         " is black everywhere; paint white where the part is, or take the part "
                         "out of the file.");
    return mask;
}

// Where either is, stretched to the larger.
Image united(const Image& a, const Image& b) {
    if (a.empty() || b.empty())
        return a.empty() ? b : a;
    const Size size = a.width >= b.width ? size_of(a) : size_of(b);
    Image sum = resize(a, size);
    const Image other = resize(b, size);
    for (std::size_t i = 0; i < sum.pixels.size(); ++i)
        sum.pixels[i] = std::min(1.0f, sum.pixels[i] + other.pixels[i]);
    return sum;
}

PartPair read_part(const std::string& path, const json& value, const std::string& place,
                   std::size_t styles, std::vector<std::string>& remarks) {
    if (!value.is_object())
        refuse(path, place + " must be an object in braces.");
    for (const auto& [key, ignored] : value.items())
        if (key != "name" && key != "mask" && key != "styles")
            refuse(path, place + " has the unknown name \"" + key.substr(0, 80) +
                             "\"; it may have name, mask and styles.");
    if (!value.contains("name") || !value["name"].is_string())
        refuse(path, place + " has no name; give it one in quotation marks.");
    PartPair part;
    part.name = value["name"].get<std::string>();
    refuse_control_characters(part.name, "In " + path + ", the name of " + place);
    const std::string where = "the part \"" + part.name.substr(0, 80) + "\"";
    part.mask =
        read_mask(path, mask_path(path, value.value("mask", json()), where), where, remarks);
    const json masks = value.value("styles", json());
    if (!masks.is_array() || masks.size() != styles)
        refuse(path, where + " needs a list \"styles\" of " + std::to_string(styles) +
                         (styles == 1 ? " mask" : " masks") +
                         ", one a style in the order of --style, null where a style has not the "
                         "part.");
    for (const json& mask : masks)
        part.style_masks.push_back(
            mask.is_null() ? Image()
                           : read_mask(path, mask_path(path, mask, where), where, remarks));
    if (std::all_of(part.style_masks.begin(), part.style_masks.end(),
                    [](const Image& mask) { return mask.empty(); }))
        refuse(path, where + " is in no style; name a mask, or take the part out of the file.");
    return part;
}

std::string file_name(const std::string& path) { return fs::path(path).filename().string(); }

} // namespace

std::vector<PartPair> read_parts(const std::string& path, std::size_t styles,
                                 std::vector<std::string>& remarks) {
    std::vector<PartPair> parts;
    const json file = read_json(path);
    for (std::size_t i = 0; i < file["parts"].size(); ++i) {
        PartPair part =
            read_part(path, file["parts"][i], "part " + std::to_string(i + 1), styles, remarks);
        const auto same = std::find_if(parts.begin(), parts.end(), [&](const PartPair& other) {
            return other.name == part.name;
        });
        if (same == parts.end()) {
            parts.push_back(std::move(part));
            continue;
        }
        same->mask = united(same->mask, part.mask);
        for (std::size_t s = 0; s < styles; ++s)
            same->style_masks[s] = united(same->style_masks[s], part.style_masks[s]);
    }
    return parts;
}

std::vector<std::string> parts_files(const std::string& path) {
    std::vector<std::string> files = {path};
    json value;
    try {
        value = parse_json(read_text(path).value_or(""));
    } catch (const std::exception&) {
        return files;
    }
    if (!value.is_object() || !value.contains("parts") || !value["parts"].is_array())
        return files;
    const auto add = [&](const json& name) {
        if (name.is_string())
            files.push_back((fs::path(path).parent_path() / name.get<std::string>()).string());
    };
    for (const json& part : value["parts"]) {
        if (!part.is_object())
            continue;
        add(part.value("mask", json()));
        if (const json masks = part.value("styles", json()); masks.is_array())
            for (const json& mask : masks)
                add(mask);
    }
    return files;
}

void write_parts(const std::vector<PartPair>& parts, const std::string& content,
                 const std::vector<std::string>& styles, const std::string& folder) {
    make_folder(folder);
    const auto save = [&](const Image& mask, const std::string& name) {
        Picture picture;
        picture.color = Image(mask.width, mask.height, 3);
        for (std::size_t i = 0; i < picture.color.pixels.size(); ++i)
            picture.color.pixels[i] = mask.pixels[i / 3];
        save_picture(picture, {}, (fs::path(folder) / name).string());
        return name;
    };
    ordered_json file = {{"format", 1}, {"content", file_name(content)}};
    file["styles"] = ordered_json::array();
    for (const std::string& style : styles)
        file["styles"].push_back(file_name(style));
    file["parts"] = ordered_json::array();
    for (const PartPair& part : parts) {
        ordered_json item = {{"name", part.name}, {"mask", save(part.mask, part.name + ".png")}};
        item["styles"] = ordered_json::array();
        for (std::size_t s = 0; s < part.style_masks.size(); ++s)
            item["styles"].push_back(
                part.style_masks[s].empty()
                    ? ordered_json()
                    : ordered_json(save(part.style_masks[s],
                                        part.name + "-style" + std::to_string(s + 1) + ".png")));
        file["parts"].push_back(item);
    }
    OutputFile output((fs::path(folder) / "parts.json").string());
    if (std::ofstream stream(output.path(), std::ios::binary);
        !(stream << file.dump(2) << "\n").flush())
        output.fail(0, "");
    output.commit();
}

} // namespace maniera
