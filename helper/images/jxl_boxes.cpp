// SPDX-License-Identifier: GPL-3.0-or-later
// A box is its size in 4 bytes, header included, its type in 4, and its data. Size 1 = the size
// follows in 8 bytes, 0 = it goes to the file's end. A container begins with a signature; what does
// not is a bare codestream, that is the picture alone.

#include "helper/images/jxl_boxes.h"

#include "helper/images/big_endian.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <vector>

namespace maniera {
namespace {

constexpr std::uint64_t largest_words = 16 << 20; // bytes
constexpr std::size_t most_boxes = 1 << 16;

const std::string codestream("\xff\x0a", 2);
const std::string signature("\0\0\0\x0cJXL \r\n\x87\n", 12);
const std::string file_type("\0\0\0\x14"
                            "ftypjxl \0\0\0\0jxl ",
                            20);
const std::string exif_header("Exif\0\0", 6);
constexpr std::size_t offset_size = 4; // of the number before the TIFF in an Exif box

struct Box {
    std::string type;
    std::uint64_t data = 0, end = 0; // where in the file
    bool has_end = true;             // else it goes as far as the file, however long that becomes
};

std::string read(std::istream& file, std::uint64_t from, std::uint64_t count) {
    std::string bytes(count, '\0');
    file.clear();
    file.seekg(static_cast<std::streamoff>(from));
    file.read(bytes.data(), static_cast<std::streamsize>(count));
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    return bytes;
}

std::uint64_t size_of(std::istream& file) {
    file.clear();
    file.seekg(0, std::ios::end);
    const std::streamoff size = file.tellg();
    return size < 0 ? 0 : static_cast<std::uint64_t>(size);
}

// Up to the first that is not whole. Empty where there is no container.
std::vector<Box> boxes_of(std::istream& file) {
    std::vector<Box> boxes;
    if (read(file, 0, signature.size()) != signature)
        return boxes;
    const std::uint64_t all = size_of(file);
    for (std::uint64_t at = 0; all - at >= 8 && boxes.size() < most_boxes; at = boxes.back().end) {
        const std::string header = read(file, at, 16);
        if (header.size() < 8)
            break;
        std::uint64_t size = from_big_endian(header, 0, 4), before_data = 8;
        const bool has_end = size != 0;
        if (size == 1) {
            before_data = 16;
            size = header.size() < before_data ? 0 : from_big_endian(header, 8, 8);
        } else if (!has_end) {
            size = all - at;
        }
        if (size < before_data || size > all - at)
            break;
        boxes.push_back({header.substr(4, 4), at + before_data, at + size, has_end});
    }
    return boxes;
}

// The first of the type that says something.
std::string words_of(std::istream& file, const std::vector<Box>& boxes, const std::string& type) {
    for (const Box& box : boxes)
        if (box.type == type && box.end > box.data && box.end - box.data <= largest_words)
            return read(file, box.data, box.end - box.data);
    return {};
}

std::string header_of_box(const std::string& type, std::uint64_t data) {
    if (data + 8 <= 0xffffffff)
        return to_big_endian(data + 8, 4) + type;
    return to_big_endian(1, 4) + type + to_big_endian(data + 16, 8);
}

std::string box(const std::string& type, const std::string& data) {
    return header_of_box(type, data.size()) + data;
}

// Moves what follows a place in the file up, from its end on.
bool insert(std::fstream& file, std::uint64_t at, const std::string& bytes) {
    constexpr std::uint64_t step = 1 << 20;
    for (std::uint64_t end = size_of(file); end > at;) {
        const std::uint64_t from = end - std::min(step, end - at);
        const std::string part = read(file, from, end - from);
        if (part.size() != end - from)
            return false;
        file.seekp(static_cast<std::streamoff>(from + bytes.size()));
        if (!file.write(part.data(), static_cast<std::streamsize>(part.size())))
            return false;
        end = from;
    }
    file.clear();
    file.seekp(static_cast<std::streamoff>(at));
    file << bytes;
    file.close();
    return !file.fail();
}

} // namespace

JxlWords jxl_words(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::vector<Box> boxes = boxes_of(file);
    JxlWords words;
    words.xmp = words_of(file, boxes, "xml ");
    const std::string exif = words_of(file, boxes, "Exif");
    if (exif.size() <= offset_size)
        return words;
    const std::uint64_t skipped = from_big_endian(exif, 0, offset_size) + offset_size;
    if (skipped < exif.size())
        words.exif = exif_header + exif.substr(static_cast<std::size_t>(skipped));
    return words;
}

bool add_jxl_words(const JxlWords& words, const std::string& path) {
    const JxlWords old = jxl_words(path);
    std::string added;
    if (!words.exif.empty() && old.exif.empty()) {
        const bool headed = words.exif.compare(0, exif_header.size(), exif_header) == 0;
        added += box("Exif", std::string(offset_size, '\0') +
                                 words.exif.substr(headed ? exif_header.size() : 0));
    }
    if (!words.xmp.empty() && old.xmp.empty())
        added += box("xml ", words.xmp);
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    if (added.empty())
        return file.is_open();
    if (read(file, 0, codestream.size()) == codestream)
        return insert(file, 0,
                      signature + file_type + added + header_of_box("jxlc", size_of(file)));
    // Behind what must come first, and before the picture, whose box may have no end.
    std::uint64_t at = 0;
    for (const Box& before : boxes_of(file)) {
        if (!before.has_end ||
            (before.type != "JXL " && before.type != "ftyp" && before.type != "jxll"))
            break;
        at = before.end;
    }
    return at > signature.size() && insert(file, at, added);
}

} // namespace maniera
