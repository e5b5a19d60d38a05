// SPDX-License-Identifier: GPL-3.0-or-later
// A TIFF is directories of entries: tag, type, count, and a value or where it lies. An EXIF block
// is a TIFF without pixels. BigTIFF has longer numbers.

#include "helper/images/tiff_words.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <initializer_list>
#include <sstream>
#include <utility>
#include <vector>

namespace maniera {
namespace {

constexpr std::uint16_t photo_tag = 0x8769, place_tag = 0x8825, iptc_tag = 0x83bb,
                        description_tag = 0x10e;
constexpr std::uint16_t long_type = 4, undefined_type = 7, long8_type = 16;
constexpr std::size_t largest_value = 1 << 16;
constexpr std::uint64_t most_entries = 1000;

const std::string exif_header("Exif\0\0", 6);

struct Entry {
    std::uint16_t tag = 0, type = 0;
    std::uint32_t count = 0;
    std::string value; // little-endian; empty where it is damaged or too large to be read here
    std::string line;  // as it stands in its directory; empty = to be made
};
using Directory = std::vector<Entry>;

struct Directories {
    Directory picture, photo, place;
    std::string iptc;
    bool empty() const { return picture.empty() && photo.empty() && place.empty(); }
};

// Bytes of a number, and the numbers of a value.
std::pair<std::size_t, std::size_t> size_of_type(std::uint16_t type) {
    constexpr std::array<std::uint8_t, 19> sizes = {0, 1, 1, 2, 4, 4, 1, 1, 2, 4,
                                                    4, 4, 8, 4, 0, 0, 8, 8, 8};
    const bool fraction = type == 5 || type == 10;
    return {type < sizes.size() ? sizes[type] : 0, fraction ? 2 : 1};
}

std::string number(std::uint64_t value, std::size_t bytes) {
    std::string text;
    for (std::size_t i = 0; i < bytes; ++i)
        text += static_cast<char>(value >> (8 * i));
    return text;
}

std::uint64_t number(const std::string& little_endian) {
    std::uint64_t value = 0;
    for (std::size_t i = std::min<std::size_t>(8, little_endian.size()); i-- > 0;)
        value = value << 8 | static_cast<unsigned char>(little_endian[i]);
    return value;
}

// Where the parts of a directory are, in bytes.
struct Layout {
    std::size_t count, line, value; // of the numbers of entries, of an entry, of its value in it
};
constexpr Layout layout_of(bool big) { return big ? Layout{8, 20, 8} : Layout{2, 12, 4}; }

class TiffReader {
public:
    explicit TiffReader(std::istream& bytes) : bytes_(bytes) {
        const std::string order = read(0, 2);
        big_endian_ = order == "MM";
        if (order != "II" && order != "MM")
            return;
        const std::uint64_t version = integer(2, 2);
        big_ = version == 43;
        if (version == 42 || big_)
            first_ = big_ ? integer(8, 8) : integer(4, 4);
    }

    bool big() const { return big_; }
    bool big_endian() const { return big_endian_; }
    std::uint64_t first() const { return first_; } // directory; 0 = this is no TIFF

    Directory directory(std::uint64_t at) {
        Directory entries;
        const Layout layout = layout_of(big_);
        for (std::uint64_t i = 0; i < count(at); ++i) {
            const std::uint64_t line = at + layout.count + i * layout.line;
            Entry entry;
            entry.line = read(line, layout.line);
            entry.tag = static_cast<std::uint16_t>(integer(line, 2));
            entry.type = static_cast<std::uint16_t>(integer(line + 2, 2));
            read_value(integer(line + 4, layout.value), line + layout.line - layout.value, entry);
            if (entry.line.size() < layout.line)
                break;
            entries.push_back(std::move(entry));
        }
        return entries;
    }

    // The directory after this one; 0 = it is the last.
    std::uint64_t next(std::uint64_t at) {
        const Layout layout = layout_of(big_);
        return integer(at + layout.count + count(at) * layout.line, layout.value);
    }

private:
    // So many bytes from there on, or fewer at the end.
    std::string read(std::uint64_t from, std::size_t count) {
        std::string bytes(count, '\0');
        bytes_.clear();
        bytes_.seekg(static_cast<std::streamoff>(from));
        bytes_.read(bytes.data(), static_cast<std::streamsize>(count));
        bytes.resize(static_cast<std::size_t>(bytes_.gcount()));
        return bytes;
    }
    std::string in_order(std::string bytes, std::size_t size) const {
        if (big_endian_)
            for (auto at = bytes.begin(); bytes.end() - at >= static_cast<std::ptrdiff_t>(size);
                 at += static_cast<std::ptrdiff_t>(size))
                std::reverse(at, at + static_cast<std::ptrdiff_t>(size));
        return bytes;
    }
    std::uint64_t integer(std::uint64_t at, std::size_t bytes) {
        return number(in_order(read(at, bytes), bytes));
    }
    std::uint64_t count(std::uint64_t directory) {
        if (directory == 0)
            return 0;
        return std::min(most_entries, integer(directory, layout_of(big_).count));
    }
    void read_value(std::uint64_t count, std::uint64_t place, Entry& entry) {
        const auto [size, numbers] = size_of_type(entry.type);
        if (size == 0 || count > largest_value / (size * numbers))
            return;
        entry.count = static_cast<std::uint32_t>(count);
        const std::size_t bytes = size * numbers * entry.count, within = layout_of(big_).value;
        const std::uint64_t from = bytes <= within ? place : integer(place, within);
        // IPTC's bytes are often called numbers, and are in no other order for that.
        entry.value = in_order(read(from, bytes), entry.tag == iptc_tag ? 1 : size);
        if (entry.value.size() != bytes)
            entry.value.clear();
    }

    std::istream& bytes_;
    bool big_endian_ = false, big_ = false;
    std::uint64_t first_ = 0;
};

bool is_one_of(std::uint16_t tag, std::initializer_list<std::uint16_t> tags) {
    return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

// Programs for science keep there how a picture's numbers are stored.
bool is_about_storage(const Entry& entry) {
    return entry.tag == description_tag &&
           (entry.value[0] == '<' || entry.value[0] == '{' || entry.value.rfind("ImageJ=", 0) == 0);
}

// In a picture's directory most entries say how it is stored. In the photo's are sizes, and a
// maker's note, with previews and offsets into a file that is no more.
Directories words_in(TiffReader& tiff) {
    Directories words;
    for (const Entry& entry : tiff.directory(tiff.first())) {
        if (entry.tag == photo_tag)
            words.photo = tiff.directory(number(entry.value));
        else if (entry.tag == place_tag)
            words.place = tiff.directory(number(entry.value));
        else if (entry.tag == iptc_tag)
            words.iptc = entry.value;
        else if (is_one_of(entry.tag,
                           {0x10d, description_tag, 0x10f, 0x110, 0x131, 0x132, 0x13b, 0x13c,
                            0x4746, 0x4749, 0x8298, 0x9c9b, 0x9c9c, 0x9c9d, 0x9c9e, 0x9c9f}) &&
                 !is_about_storage(entry))
            words.picture.push_back(entry);
    }
    for (Directory* part : {&words.picture, &words.photo, &words.place}) {
        const auto is_left_out = [&](const Entry& entry) {
            return entry.value.empty() ||
                   (part == &words.photo &&
                    is_one_of(entry.tag, {0x9101, 0x9102, 0x9214, 0x927c, 0xa002, 0xa003, 0xa005,
                                          0xa214, 0xa302, 0xea1c}));
        };
        part->erase(std::remove_if(part->begin(), part->end(), is_left_out), part->end());
        for (Entry& entry : *part)
            entry.line.clear();
    }
    return words;
}

// A directory for this place in a file, and behind it the values that do not fit into it.
std::string directory_bytes(Directory entries, std::uint64_t at, bool big, std::uint64_t next) {
    const Layout layout = layout_of(big);
    std::stable_sort(entries.begin(), entries.end(),
                     [](const Entry& a, const Entry& b) { return a.tag < b.tag; });
    const std::uint64_t values_at = at + layout.count + entries.size() * layout.line + layout.value;
    std::string lines, values;
    for (const Entry& entry : entries) {
        lines += entry.line;
        if (!entry.line.empty())
            continue;
        lines += number(entry.tag, 2) + number(entry.type, 2) + number(entry.count, layout.value);
        if (entry.value.size() <= layout.value) {
            lines += entry.value + std::string(layout.value - entry.value.size(), '\0');
        } else {
            lines += number(values_at + values.size(), layout.value);
            values += entry.value + std::string(entry.value.size() % 2, '\0');
        }
    }
    return number(entries.size(), layout.count) + lines + number(next, layout.value) + values;
}

// The directories one after the other from a place on, the picture's last: its own place goes to
// `start`.
std::string bytes_of(Directories words, std::uint64_t at, bool big, std::uint64_t next,
                     std::uint64_t& start) {
    std::string bytes;
    const auto add = [&](const Directory& below, std::uint16_t tag) {
        if (below.empty())
            return;
        const Layout layout = layout_of(big);
        words.picture.push_back(
            {tag, big ? long8_type : long_type, 1, number(at + bytes.size(), layout.value), ""});
        bytes += directory_bytes(below, at + bytes.size(), big, 0);
    };
    add(words.photo, photo_tag);
    add(words.place, place_tag);
    start = at + bytes.size();
    return bytes + directory_bytes(std::move(words.picture), start, big, next);
}

std::string exif_of(const Directories& words) {
    if (words.empty())
        return {};
    std::uint64_t start = 0;
    const std::string bytes = bytes_of(words, 8, false, 0, start);
    return exif_header + "II" + number(42, 2) + number(start, 4) + bytes;
}

Directories words_in_block(const std::string& exif) {
    const bool headed = exif.compare(0, exif_header.size(), exif_header) == 0;
    std::istringstream block(headed ? exif.substr(exif_header.size()) : exif);
    TiffReader tiff(block);
    return words_in(tiff);
}

} // namespace

std::string exif_words(const std::string& block) { return exif_of(words_in_block(block)); }

TiffWords tiff_words(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    TiffReader tiff(file);
    const Directories found = words_in(tiff);
    return {exif_of(found), found.iptc};
}

bool add_tiff_words(const TiffWords& words, const std::string& path) {
    Directories added = words_in_block(words.exif);
    if (!words.iptc.empty())
        added.picture.push_back({iptc_tag, undefined_type,
                                 static_cast<std::uint32_t>(words.iptc.size()), words.iptc, ""});
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    TiffReader old(file);
    if (old.first() == 0 || old.big_endian())
        return false;
    for (const Entry& entry : old.directory(old.first())) {
        if (entry.tag == iptc_tag && !words.iptc.empty())
            continue;                                         // the quarter
        if (entry.tag == photo_tag || entry.tag == place_tag) // this libvips writes it by itself
            (entry.tag == photo_tag ? added.photo : added.place).clear();
        const auto is_same = [&](const Entry& other) { return other.tag == entry.tag; };
        added.picture.erase(std::remove_if(added.picture.begin(), added.picture.end(), is_same),
                            added.picture.end());
        added.picture.push_back(entry);
    }
    const bool big = old.big();
    const std::uint64_t next = old.next(old.first());
    file.clear();
    file.seekp(0, std::ios::end);
    const auto size = static_cast<std::uint64_t>(file.tellp());
    std::uint64_t start = 0;
    const std::string bytes = bytes_of(added, size + size % 2, big, next, start);
    if (!big && size + bytes.size() >= 0xffffffff)
        return false;
    file << std::string(size % 2, '\0') << bytes;
    file.seekp(big ? 8 : 4);
    file << number(start, layout_of(big).value);
    file.close();
    return !file.fail();
}

} // namespace maniera
