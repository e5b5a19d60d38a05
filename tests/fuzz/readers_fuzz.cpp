// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a file of a stranger's: a style pack, a recipe, an XMP packet, a parts.json, a JPEG
// XL's boxes, an EXIF block. Each is
// refused with a sentence, or what is read keeps to what its header promises, and is read again
// from what is written of it. The first byte says which it is. A style pack is given by its
// header's text, without the length before it, and what follows a NUL: its digest is made right, as
// a stranger's is, and its data are filled up with spaces, which make numbers above 0.

#include "core/base/sha256.h"
#include "core/error.h"
#include "core/objective/style_pack.h"
#include "core/resolved_options.h"
#include "helper/images/image_file.h"
#include "helper/images/jxl_boxes.h"
#include "helper/images/tiff_words.h"
#include "helper/images/xmp_recipe.h"
#include "helper/job/mask_file.h"
#include "helper/job/parts_file.h"
#include "helper/job/recipe.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

using namespace maniera;

namespace {

void check(bool holds) {
    if (!holds)
        std::abort();
}

bool has_control_characters(const std::string& text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return (c >= 0 && c < ' ') || c == 127; });
}

void refused(const Error& error) {
    check(error.code() == ErrorCode::invalid_request || error.code() == ErrorCode::invalid_option ||
          error.code() == ErrorCode::unreadable_image);
    check(*error.what() != '\0');
}

// Style packs

std::string pack_of(const std::string& text) {
    constexpr std::size_t data = 4096; // bytes
    const std::string digest_start = R"("sha256":")";
    const std::size_t end = std::min(text.find('\0'), text.size());
    std::string header = text.substr(0, end), rest = text.substr(std::min(end + 1, text.size()));
    rest.resize(std::max(data, rest.size()), ' ');
    const std::size_t at = header.find(digest_start);
    const std::uint64_t length = header.size();
    std::string start(reinterpret_cast<const char*>(&length), sizeof length);
    if (at == std::string::npos || at + digest_start.size() + 64 > header.size())
        return start + header + rest;
    header.replace(at + digest_start.size(), 64, std::string(64, '0'));
    const std::string all = start + header + rest;
    header.replace(at + digest_start.size(), 64, sha256_text(all.data(), all.size()));
    return start + header + rest;
}

void check_pack(const std::string& text) {
    const StylePack pack = style_pack_from(pack_of(text), "p");
    check(!pack.layers.empty() && !pack.sizes.empty());
    check(!has_control_characters(pack.name + pack.author + pack.licence + pack.model));
    check(pack.thumbnail.width > 0 && pack.thumbnail.height > 0);
    check(pack.sizes.back().long_side == std::max(pack.size.width, pack.size.height));
    for (const PackedSize& size : pack.sizes) {
        check(size.moments.size() == pack.layers.size());
        for (std::size_t i = 0; i < pack.layers.size(); ++i) {
            const auto channels = static_cast<std::size_t>(pack.layers[i].channels);
            check(size.moments[i].mean.size() == channels);
            check(size.moments[i].second.size() == channels * (channels + 1) / 2);
            for (const float value : size.moments[i].second)
                check(std::isfinite(value));
        }
    }
    for (const int side : {1, 100, 100000}) {
        const PackPlace place = place_in(pack, side);
        check(place.below <= place.above && place.above < pack.sizes.size());
        check(place.share >= 0 && place.share <= 1);
    }
    const std::string bytes = style_pack_bytes(pack);
    check(style_pack_bytes(style_pack_from(bytes, "q")) == bytes);
}

// Recipes

void check_recipe(const std::string& text) {
    const Recipe recipe = parse_recipe(text);
    check(!recipe.job.styles.empty() && recipe.job.output.empty());
    std::size_t files = 1;
    for (const JobStyle& style : recipe.job.styles) {
        for (const PictureLocation* location : {&style.picture, &style.mask, &style.style_mask})
            check(location->file.find('/') == std::string::npos &&
                  !has_control_characters(location->file));
        files += 1 + !style.mask.empty() + !style.style_mask.empty();
    }
    check(recipe.hashes.size() >= files);
    check(option_value(recipe.job.options, "preview").empty());
    resolve(recipe.job.options);
    check(!has_control_characters(command_of(recipe.job, "out.png")));
    const Recipe again = parse_recipe(recipe.text);
    check(again.text == recipe.text && again.hashes == recipe.hashes);
}

void check_packet(const std::string& packet) {
    const std::string own = R"({"a": "<&> maniera:recipe='b'"})", found = recipe_in(packet);
    check(found.size() <= packet.size());
    const std::string with = with_recipe(packet, own);
    if (with != packet)
        check(recipe_in(with) == own && recipe_in(with_recipe(with, own)) == own);
    if (!found.empty())
        check_recipe(found);
}

class MemoryFile {
public:
    explicit MemoryFile(const std::string& text) : file_(memfd_create("file", MFD_CLOEXEC)) {
        check(file_ >= 0 &&
              write(file_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    }
    ~MemoryFile() { close(file_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

private:
    int file_;
};

// Metadata

void check_boxes(const std::string& bytes) {
    const MemoryFile file(bytes);
    const JxlWords found = jxl_words(file.path()), own = {std::string("Exif\0\0II*", 9), "<a/>"};
    check(found.exif.size() <= bytes.size() + 2 && found.xmp.size() <= bytes.size());
    if (!add_jxl_words(own, file.path()))
        return;
    const JxlWords now = jxl_words(file.path());
    check(now.exif == (found.exif.empty() ? own.exif : found.exif));
    check(now.xmp == (found.xmp.empty() ? own.xmp : found.xmp));
}

void check_exif(const std::string& block) {
    const std::string words = exif_words(block);
    check(exif_words(words) == words);
}

// Parts

void check_parts(const std::string& text) {
    const MemoryFile file(text);
    const std::string path = file.path();
    const std::vector<std::string> files = parts_files(path);
    check(!files.empty() && files[0] == path);
    std::vector<std::string> remarks;
    const std::vector<PartPair> parts = read_parts(path, 2, remarks);
    check(parts.size() <= 64);
    for (const PartPair& part : parts) {
        check(!part.mask.empty() && part.style_masks.size() == 2);
        check(!has_control_characters(part.name));
        check(!part.style_masks[0].empty() || !part.style_masks[1].empty());
    }
}

} // namespace

namespace maniera {

// No picture is opened or saved here: each mask that is there is white.
Image read_mask_file(const std::string&, std::vector<std::string>&) {
    Image mask(4, 3, 1);
    std::fill(mask.pixels.begin(), mask.pixels.end(), 1.0f);
    return mask;
}
std::string recipe_of_picture(const std::string&) { return {}; }
void save_picture(const Picture&, const FileInfo&, const std::string&, const Saving&) {}

} // namespace maniera

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
    try {
        switch (data[0]) {
        case 'p': check_pack(text); break;
        case 'r': check_recipe(text); break;
        case 'x': check_packet(text); break;
        case 'm': check_parts(text); break;
        case 'j': check_boxes(text); break;
        case 'e': check_exif(text); break;
        default: break;
        }
    } catch (const Error& error) {
        refused(error);
    }
    return 0;
}
