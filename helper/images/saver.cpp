// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/saver.h"

#include "core/error.h"
#include "core/options.h"
#include "helper/images/file_target.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>

namespace maniera {
namespace {

struct FormatSaver {
    const char* operation;
    const char* ending;
};

FormatSaver saver_of(Format format) {
    switch (format) {
    case Format::png: return {"pngsave", ".png"};
    case Format::jpeg: return {"jpegsave", ".jpg"};
    case Format::tiff: return {"tiffsave", ".tif"};
    case Format::webp: return {"webpsave", ".webp"};
    case Format::avif: return {"heifsave", ".avif"};
    case Format::heic: return {"heifsave", ".heic"};
    case Format::jxl: return {"jxlsave", ".jxl"};
    }
    return {};
}

using OwnedSaver = std::unique_ptr<VipsOperation, decltype(&g_object_unref)>;

OwnedSaver new_saver(Format format) {
    return {vips_operation_new(saver_of(format).operation), g_object_unref};
}

// What is not a person's to choose: pictures, names, what --metadata decides, and what the name of
// the file says.
bool is_ours(const std::string& name, Format format) {
    static const char* const names[] = {"strip", "keep", "page-height"};
    const bool by_name = format == Format::avif || format == Format::heic;
    return std::find(std::begin(names), std::end(names), name) != std::end(names) ||
           (by_name && (name == "compression" || name == "encoder"));
}

bool is_plain(GParamSpec* spec) {
    return G_IS_PARAM_SPEC_BOOLEAN(spec) || G_IS_PARAM_SPEC_INT(spec) ||
           G_IS_PARAM_SPEC_DOUBLE(spec) || G_IS_PARAM_SPEC_ENUM(spec) ||
           G_IS_PARAM_SPEC_FLAGS(spec);
}

// By name; those that are for people.
std::map<std::string, GParamSpec*> options_of(VipsOperation* operation, Format format) {
    struct Found {
        std::map<std::string, GParamSpec*> options;
        Format format;
    } found{{}, format};
    vips_argument_map(
        VIPS_OBJECT(operation),
        [](VipsObject*, GParamSpec* spec, VipsArgumentClass* argument, VipsArgumentInstance*,
           void* a, void*) -> void* {
            auto* to = static_cast<Found*>(a);
            const int flags = argument->flags;
            if ((flags & VIPS_ARGUMENT_INPUT) != 0 && (flags & VIPS_ARGUMENT_REQUIRED) == 0 &&
                (flags & VIPS_ARGUMENT_DEPRECATED) == 0 && is_plain(spec) &&
                !is_ours(spec->name, to->format))
                to->options.emplace(spec->name, spec);
            return nullptr;
        },
        &found, nullptr);
    return found.options;
}

// "lzw, deflate or none"
std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
    return text;
}

// The choices of an enumeration or of flags, as libvips' nicknames and values.
std::vector<std::pair<std::string, int>> choices_of(GParamSpec* spec) {
    std::vector<std::pair<std::string, int>> choices;
    if (G_IS_PARAM_SPEC_ENUM(spec)) {
        const GEnumClass* all = G_PARAM_SPEC_ENUM(spec)->enum_class;
        for (unsigned i = 0; i < all->n_values; ++i)
            if (std::string(all->values[i].value_nick) != "last") // their count
                choices.emplace_back(all->values[i].value_nick, all->values[i].value);
    } else if (G_IS_PARAM_SPEC_FLAGS(spec)) {
        const GFlagsClass* all = G_PARAM_SPEC_FLAGS(spec)->flags_class;
        for (unsigned i = 0; i < all->n_values; ++i)
            choices.emplace_back(all->values[i].value_nick, static_cast<int>(all->values[i].value));
    }
    return choices;
}

std::string number_text(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

// What an option takes, in words.
std::string taken_by(GParamSpec* spec) {
    if (G_IS_PARAM_SPEC_BOOLEAN(spec))
        return "true or false";
    if (G_IS_PARAM_SPEC_INT(spec))
        return "a whole number from " + std::to_string(G_PARAM_SPEC_INT(spec)->minimum) + " to " +
               std::to_string(G_PARAM_SPEC_INT(spec)->maximum);
    if (G_IS_PARAM_SPEC_DOUBLE(spec))
        return "a number from " + number_text(G_PARAM_SPEC_DOUBLE(spec)->minimum) + " to " +
               number_text(G_PARAM_SPEC_DOUBLE(spec)->maximum);
    std::vector<std::string> words;
    for (const auto& [word, value] : choices_of(spec))
        words.push_back(word);
    return listed(words);
}

// False where the text is nothing that the option takes. GObject itself would bring it into range.
bool set_text(VipsOperation* operation, GParamSpec* spec, const std::string& text) {
    const auto set = [&](auto value) {
        g_object_set(operation, spec->name, value, nullptr);
        return true;
    };
    if (G_IS_PARAM_SPEC_BOOLEAN(spec))
        return (text == "true" || text == "false") && set(static_cast<gboolean>(text == "true"));
    double number = 0;
    const bool is_number = maniera_parse_real(text.c_str(), &number);
    if (G_IS_PARAM_SPEC_INT(spec)) {
        const GParamSpecInt* range = G_PARAM_SPEC_INT(spec);
        return is_number && number >= range->minimum && number <= range->maximum &&
               number == static_cast<int>(number) && set(static_cast<int>(number));
    }
    if (G_IS_PARAM_SPEC_DOUBLE(spec)) {
        const GParamSpecDouble* range = G_PARAM_SPEC_DOUBLE(spec);
        return is_number && number >= range->minimum && number <= range->maximum && set(number);
    }
    for (const auto& [word, value] : choices_of(spec))
        if (word == text)
            return set(value);
    return false;
}

[[noreturn]] void refuse_option(const std::string& path, Format format, const std::string& name,
                                const std::map<std::string, GParamSpec*>& known) {
    std::vector<const char*> words;
    std::vector<std::string> names;
    for (const auto& [word, spec] : known) {
        words.push_back(word.c_str());
        names.push_back(word);
    }
    words.push_back(nullptr);
    const char* nearest = maniera_nearest(name.c_str(), words.data());
    throw Error(ErrorCode::invalid_option,
                "The output " + path + " is " + format_name(format) +
                    ", which has no output option " + name.substr(0, 80) +
                    (nearest ? std::string("; did you mean ") + nearest + "?" : ";") +
                    " It takes " + listed(names) + ".");
}

std::string with_dashes(std::string name) {
    std::replace(name.begin(), name.end(), '_', '-');
    return name;
}

// Null where this libvips has no such option.
GParamSpec* property_of(VipsOperation* operation, const char* name) {
    return g_object_class_find_property(G_OBJECT_GET_CLASS(operation), name);
}

// Into memory, and away with it, where there is no target.
int save_to(Format format, const Vips& image, VipsTarget* target, const SaverOptions& options) {
    const std::string name =
        saver_of(format).operation + std::string(target ? "_target" : "_buffer");
    VipsOperation* operation = vips_operation_new(name.c_str());
    if (!operation)
        return -1;
    g_object_set(operation, "in", image.get(), nullptr);
    if (target)
        g_object_set(operation, "target", target, nullptr);
    if (format == Format::avif || format == Format::heic)
        g_object_set(operation, "compression",
                     format == Format::avif ? VIPS_FOREIGN_HEIF_COMPRESSION_AV1
                                            : VIPS_FOREIGN_HEIF_COMPRESSION_HEVC,
                     nullptr);
    // What else a JPEG XL says is ours to write: see jxl_boxes.h. libvips 8.14 has no such option.
    if (GParamSpec* keep = format == Format::jxl ? property_of(operation, "keep") : nullptr)
        set_text(operation, keep, "icc");
    const std::map<std::string, GParamSpec*> known = options_of(operation, format);
    for (const auto& [option, value] : options)
        if (const auto spec = known.find(with_dashes(option)); spec != known.end())
            set_text(operation, spec->second, value);
    const int failed = vips_cache_operation_buildp(&operation);
    vips_object_unref_outputs(VIPS_OBJECT(operation));
    g_object_unref(operation);
    return failed;
}

// A few pixels, so that an encoder that is missing, or options that do not go together, are known
// before the work.
bool saves_a_trial(Format format, const SaverOptions& options) {
    constexpr int side = 64; // px
    const OwnedSaver saver = new_saver(format);
    if (!saver)
        return false;
    VipsImage* black = nullptr;
    if (vips_black(&black, side, side, "bands", 3, nullptr) != 0)
        return false;
    black->Type = VIPS_INTERPRETATION_sRGB;
    const Vips image = own(black);
    return save_to(format, image, nullptr, options) == 0;
}

} // namespace

int save_with(Format format, const Vips& image, const std::string& file,
              const SaverOptions& options) {
    const FileTarget target(file);
    if (target.error() != 0)
        return target.error();
    const int failed = save_to(format, image, target.get(), options);
    return target.error() != 0 ? target.error() : failed;
}

void check_saver(const std::string& path, const SaverOptions& options) {
    start_vips();
    const Format format = format_of(path);
    const std::string name = format_name(format);
    const bool always = format == Format::png || format == Format::jpeg || format == Format::tiff ||
                        format == Format::webp;
    if (!always && !saves_a_trial(format, {})) {
        const std::string said = vips_says();
        throw Error(ErrorCode::invalid_request, "The output " + path + " would be " + name +
                                                    ", which libvips cannot write here (" + said +
                                                    "); name it " + writable_endings() + ".");
    }
    if (options.empty())
        return;
    const OwnedSaver saver = new_saver(format);
    const std::map<std::string, GParamSpec*> known = options_of(saver.get(), format);
    for (const auto& [option, value] : options) {
        const auto spec = known.find(with_dashes(option));
        if (spec == known.end())
            refuse_option(path, format, option, known);
        if (!set_text(saver.get(), spec->second, value))
            throw Error(ErrorCode::invalid_option, "The output option " + option + " of " + name +
                                                       " must be " + taken_by(spec->second) +
                                                       ", and \"" + value.substr(0, 80) +
                                                       "\" is not.");
    }
    if (!saves_a_trial(format, options))
        throw Error(ErrorCode::invalid_option, "These output options cannot be used together for " +
                                                   name + " (" + vips_says() +
                                                   "); leave some of them out.");
}

std::string writable_endings() {
    start_vips();
    std::vector<std::string> endings;
    for (const Format format : {Format::png, Format::jpeg, Format::tiff, Format::webp, Format::avif,
                                Format::heic, Format::jxl})
        if (saves_a_trial(format, {}))
            endings.emplace_back(saver_of(format).ending);
    vips_error_clear();
    return listed(endings);
}

} // namespace maniera
