// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/metadata.h"

#include "helper/images/big_endian.h"
#include "helper/images/jxl_boxes.h"
#include "helper/images/tiff_words.h"
#include "helper/images/xmp_recipe.h"

#include <algorithm>
#include <cstddef>
#include <memory>

namespace maniera {
namespace {

constexpr const char* thumbnail = "jpeg-thumbnail-data";

constexpr std::size_t largest_exif = 65533; // that libexif writes
constexpr std::size_t largest_xmp = 60000;  // that libvips writes into JPEG

const std::string space = " \t\r\n";

const std::string photoshop_header("Photoshop 3.0\0", 14);

std::string blob(const Vips& image, const char* name) {
    const void* bytes = nullptr;
    std::size_t size = 0;
    if (vips_image_get_typeof(image.get(), name) == 0 ||
        vips_image_get_blob(image.get(), name, &bytes, &size) != 0)
        return {};
    return {static_cast<const char*>(bytes), size};
}

void set_blob(const Vips& image, const char* name, const std::string& bytes) {
    if (bytes.empty())
        vips_image_remove(image.get(), name);
    else
        vips_image_set_blob_copy(image.get(), name, bytes.data(), bytes.size());
}

bool starts(const std::string& text, const std::string& with) {
    return text.compare(0, with.size(), with) == 0;
}

std::vector<std::string> fields_of(const Vips& image) {
    char** const fields = vips_image_get_fields(image.get());
    std::vector<std::string> names;
    for (char** field = fields; *field; ++field)
        names.emplace_back(*field);
    g_strfreev(fields);
    return names;
}

// EXIF by libexif's names. Size and resolution libvips writes by itself.
bool describes_pixels(const std::string& field) {
    static const std::string names =
        " Orientation MakerNote SubjectArea SubjectLocation SubIFDs ImageResources XMLPacket "
        "IPTC/NAA InterColorProfile PrintImageMatching Padding CFAPattern CFARepeatPatternDim "
        "CompressedBitsPerPixel NewSubfileType RelatedImageFileFormat RelatedImageWidth "
        "RelatedImageLength ImageWidth ImageLength BitsPerSample Compression FillOrder "
        "PhotometricInterpretation SamplesPerPixel StripOffsets RowsPerStrip StripByteCounts "
        "PlanarConfiguration JPEGInterchangeFormat JPEGInterchangeFormatLength YCbCrSubSampling "
        "YCbCrCoefficients ReferenceBlackWhite TransferFunction WhitePoint "
        "PrimaryChromaticities Gamma ";
    constexpr std::size_t directory = 10; // such as "exif-ifd0-"
    return starts(field, "exif-ifd1-") || // the thumbnail's
           (starts(field, "exif-ifd") && field.size() > directory &&
            names.find(" " + field.substr(directory) + " ") != std::string::npos);
}

// ImageMagick's EXIF and IPTC in PNG, as digits.
bool is_raw_profile(const std::string& field) {
    return starts(field, "png-comment") && field.find("-Raw") != std::string::npos;
}

// The end of what begins with '<', quotes heeded.
std::size_t end_of_tag(const std::string& xml, std::size_t from) {
    char quote = 0;
    for (std::size_t i = from; i < xml.size(); ++i)
        if (quote != 0)
            quote = xml[i] == quote ? '\0' : quote;
        else if (xml[i] == '"' || xml[i] == '\'')
            quote = xml[i];
        else if (xml[i] == '>')
            return i + 1;
    return xml.size();
}

// Where the property that begins with this name ends: from itself where it is something else;
// npos = nowhere, so that this is no XML.
std::size_t end_of_property(const std::string& xml, std::size_t from, const std::string& name) {
    if (xml[from - 1] == '<') {
        const std::size_t end = end_of_tag(xml, from);
        if (xml[end - 2] == '/')
            return end;
        const std::size_t close = xml.find("</" + name + ">", end);
        return close == std::string::npos ? close : close + name.size() + 3;
    }
    const std::size_t equals = xml.find_first_not_of(space, from + name.size());
    if (equals == std::string::npos || xml[equals] != '=')
        return from;
    const std::size_t open = xml.find_first_not_of(space, equals + 1);
    if (open == std::string::npos || (xml[open] != '"' && xml[open] != '\''))
        return from;
    const std::size_t close = xml.find(xml[open], open + 1);
    return close == std::string::npos ? close : close + 1;
}

// Without all properties of a name, or with a prefix that ends with a colon. A file of many
// megabytes takes no longer than it must.
std::string without_property(const std::string& xml, const std::string& name) {
    std::string kept;
    std::size_t copied = 0;
    for (std::size_t at = 1; (at = xml.find(name, at)) != std::string::npos;) {
        const char before = xml[at - 1];
        std::size_t end = at;
        if (before == '<' || space.find(before) != std::string::npos) {
            const std::string whole = xml.substr(at, xml.find_first_of(space + "=>/", at) - at);
            if (name.back() == ':' ? whole.size() > name.size() : whole == name)
                end = end_of_property(xml, at, whole);
        }
        if (end == std::string::npos)
            break;
        if (end == at) {
            at += name.size();
            continue;
        }
        kept.append(xml, copied, at - (before == '<' ? 1 : 0) - copied);
        copied = at = end;
    }
    return kept.append(xml, copied, std::string::npos);
}

// Records of IPTC, each 0x1c, two numbers that name it, and a length; without previews.
std::string without_previews(const std::string& records) {
    std::string kept;
    for (std::size_t at = 0; at + 5 <= records.size() && records[at] == 0x1c;) {
        const std::size_t length = 5 + from_big_endian(records, at + 3, 2);
        const int group = records[at + 1], kind = static_cast<unsigned char>(records[at + 2]);
        if (length > 0x7fff || at + length > records.size())
            break;
        if (group <= 6 && !(group == 2 && kind >= 200 && kind <= 202))
            kept += records.substr(at, length);
        at += length;
    }
    return kept;
}

// The records alone, of a block as JPEG or TIFF have it.
std::string iptc_records(const std::string& block) {
    if (!starts(block, photoshop_header))
        return without_previews(block);
    // Resources: "8BIM", a number, a name, a length and so many bytes, each of even length.
    for (std::size_t at = photoshop_header.size(); at + 12 <= block.size();) {
        if (block.compare(at, 4, "8BIM") != 0)
            break;
        const std::size_t number = from_big_endian(block, at + 4, 2);
        at += 6 + (static_cast<unsigned char>(block[at + 6]) + 2) / 2 * 2;
        if (at + 4 > block.size())
            break;
        const std::size_t length = from_big_endian(block, at, 4);
        if (number == 0x404)
            return without_previews(block.substr(at + 4, length));
        at += 4 + (length + 1) / 2 * 2;
    }
    return {};
}

// JPEG has it among Photoshop's resources, TIFF in numbers of 4 bytes.
std::string iptc_block(const std::string& records, Format format) {
    if (records.empty())
        return {};
    std::string block = records;
    if (format == Format::jpeg)
        block = photoshop_header + "8BIM" + to_big_endian(0x404, 2) + std::string(2, '\0') +
                to_big_endian(records.size(), 4) + records;
    block.resize((block.size() + 3) / 4 * 4, '\0');
    return block;
}

} // namespace

std::string cleaned_xmp(std::string packet) {
    packet = without_recipe(packet);
    for (const char* name : {"crs:",
                             "maniera:",
                             "GPano:",
                             "xmpGImg:",
                             "tiff:Orientation",
                             "tiff:ImageWidth",
                             "tiff:ImageLength",
                             "tiff:BitsPerSample",
                             "tiff:Compression",
                             "tiff:PhotometricInterpretation",
                             "exif:PixelXDimension",
                             "exif:PixelYDimension",
                             "exif:SubjectArea",
                             "exif:SubjectLocation",
                             "xmp:Thumbnails",
                             "xap:Thumbnails",
                             "mwg-rs:AppliedToDimensions",
                             "xmpNote:",
                             "GDepth:",
                             "GImage:",
                             "GCamera:",
                             "Container:",
                             "hdrgm:"})
        packet = without_property(packet, name);
    return packet;
}

void read_tiff_words(const Vips& image, const std::string& path) {
    const TiffWords words = tiff_words(path);
    if (!words.exif.empty() && blob(image, VIPS_META_EXIF_NAME).empty())
        set_blob(image, VIPS_META_EXIF_NAME, words.exif); // libvips makes fields of it
    if (!words.iptc.empty())
        set_blob(image, VIPS_META_IPTC_NAME, words.iptc);
}

FileInfo kept_info(const FileInfo& info, MetadataChoice kept) {
    const Vips all = std::static_pointer_cast<VipsImage>(info.extra);
    if (kept == MetadataChoice::keep || !all)
        return info;
    if (kept == MetadataChoice::strip)
        return {info.depth, nullptr};
    const Vips profile = apply(all, "The profile", [](VipsImage* in, VipsImage** out) {
        return vips_copy(in, out, nullptr);
    });
    for (const std::string& field : fields_of(profile))
        if (field != VIPS_META_ICC_NAME)
            vips_image_remove(profile.get(), field.c_str());
    return {info.depth, profile};
}

void keep_words_on_the_work(const Vips& image, Format format) {
    // libvips writes of a block what has a field. It made them all, with a thumbnail, when the
    // block was set.
    for (const std::string& field : fields_of(image))
        if (describes_pixels(field) || is_raw_profile(field) || field == thumbnail ||
            field == VIPS_META_ORIENTATION)
            vips_image_remove(image.get(), field.c_str());
    set_blob(image, VIPS_META_XMP_NAME, cleaned_xmp(blob(image, VIPS_META_XMP_NAME)));
    set_blob(image, VIPS_META_IPTC_NAME,
             iptc_block(iptc_records(blob(image, VIPS_META_IPTC_NAME)), format));
}

void add_recipe(const Vips& image, Format format, const std::string& recipe) {
    const std::string packet = with_recipe(blob(image, VIPS_META_XMP_NAME), recipe);
    if (format != Format::jpeg || packet.size() <= largest_xmp)
        set_blob(image, VIPS_META_XMP_NAME, packet);
}

std::string recipe_of(const Vips& image) { return recipe_in(blob(image, VIPS_META_XMP_NAME)); }

bool write_words(const Vips& image, const std::string& path) {
    const std::string exif = blob(image, VIPS_META_EXIF_NAME);
    if (format_of(path) == Format::jxl) {
        const JxlWords words = {exif_words(exif), blob(image, VIPS_META_XMP_NAME)};
        return words.empty() || add_jxl_words(words, path);
    }
    const TiffWords words = {exif, blob(image, VIPS_META_IPTC_NAME)};
    return format_of(path) != Format::tiff || words.empty() || add_tiff_words(words, path);
}

std::vector<std::string> lost_metadata(const FileInfo& info, const std::string& path) {
    std::vector<std::string> sentences;
    const Vips kept = std::static_pointer_cast<VipsImage>(info.extra);
    if (!kept)
        return sentences;
    const Format format = format_of(path);
    const std::string iptc = iptc_records(blob(kept, VIPS_META_IPTC_NAME));
    const std::string exif = blob(kept, VIPS_META_EXIF_NAME);
    if (!iptc.empty() && format != Format::jpeg && format != Format::tiff)
        sentences.push_back(
            path + " will lack the photograph's caption and keywords (IPTC), which " +
            format_name(format) + " cannot hold; name it .jpg or .tif to keep them.");
    if (format != Format::tiff && format != Format::jxl &&
        exif.size() > largest_exif + blob(kept, thumbnail).size())
        sentences.push_back(path +
                            " will lack a part of the photograph's EXIF, which is too large; "
                            "name it .tif to keep it.");
    if (format == Format::jpeg && blob(kept, VIPS_META_XMP_NAME).size() > largest_xmp)
        sentences.push_back(path + " will lack the photograph's XMP, which is too large for JPEG; "
                                   "name it .png or .tif to keep it.");
    const std::vector<std::string> fields = fields_of(kept);
    if (iptc.empty() && exif.empty() && std::any_of(fields.begin(), fields.end(), is_raw_profile))
        sentences.push_back(path + " will lack what ImageMagick wrote of the photograph's EXIF and "
                                   "IPTC into PNG texts; keep the photograph for them.");
    return sentences;
}

} // namespace maniera
