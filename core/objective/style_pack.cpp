// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/objective/style_pack.h"

#include "core/base/control_characters.h"
#include "core/base/safetensors.h"
#include "core/base/sha256.h"
#include "core/error.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>

namespace maniera {

const char* const style_pack_ending = ".maniera-style";

namespace {

constexpr char format_name[] = "Maniera style 1";
constexpr char start_of_header[] = R"({"__metadata__":{"format":"Maniera style )";
constexpr std::size_t length_size = sizeof(std::uint64_t);

// What a file may ask for. A pack of VGG-19 at 12 sizes up to 3000 px takes 15 MB.
constexpr std::uint64_t most_bytes = 512 << 20;
constexpr std::size_t most_text = 1000, most_sizes = 64, most_layers = 32;
constexpr int most_channels = 4096;
constexpr int longest_thumbnail = 512; // px
// Of a feature's mean square: far beyond any picture's, and its square is no infinity in float32.
constexpr float largest_moment = 1e15f;

const std::string zeros(2 * sizeof(Sha256::Digest), '0');
const std::string digest_start = R"("sha256":")";

[[noreturn]] void refuse(const std::string& file, const std::string& why) {
    throw Error(ErrorCode::unreadable_image, "The style pack " + file + " " + why);
}

[[noreturn]] void refuse_damaged(const std::string& file) {
    refuse(file, "is damaged; get it again, or make it anew with maniera pack.");
}

std::size_t triangle(int channels) {
    return static_cast<std::size_t>(channels) * (static_cast<std::size_t>(channels) + 1) / 2;
}

std::string name_of(int side, const std::string& layer, const char* what) {
    return std::to_string(side) + "." + layer + "." + what;
}

bool may_be_text(const std::string& text) {
    return text.size() <= most_text && !control_character_in(text);
}

int whole_number(const std::string& file, const std::string& digits) {
    int value = 0;
    const char* const end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, value);
    if (parsed.ec != std::errc() || parsed.ptr != end || value < 1 || value > longest_pack_side)
        refuse_damaged(file);
    return value;
}

// "64,128" as its entries, of which there may be so many.
std::vector<std::string> entries(const std::string& file, const std::string& text,
                                 std::size_t most) {
    std::vector<std::string> found;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        found.push_back(text.substr(begin, end - begin));
        begin = end + 1;
        if (found.size() > most)
            refuse_damaged(file);
    }
    return found;
}

// Where the tensors' bytes go, as they are added.
class Writer {
public:
    SafetensorsHeader header;
    std::string data;

    void add(const std::string& name, const char* dtype, std::vector<std::int64_t> shape,
             const void* bytes, std::size_t count) {
        const std::uint64_t begin = data.size();
        data.append(static_cast<const char*>(bytes), count);
        header.tensors[name] = {dtype, std::move(shape), begin, data.size()};
    }
    void add(const std::string& name, const std::vector<float>& values) {
        add(name, "F32", {static_cast<std::int64_t>(values.size())}, values.data(),
            values.size() * sizeof(float));
    }
};

void add_size(Writer& writer, const StylePack& pack, const PackedSize& size) {
    std::vector<double> colors = {size.colors.weight};
    colors.insert(colors.end(), size.colors.first.begin(), size.colors.first.end());
    colors.insert(colors.end(), size.colors.second.begin(), size.colors.second.end());
    writer.add(std::to_string(size.long_side) + ".colors", "F64", {13}, colors.data(),
               colors.size() * sizeof(double));
    for (std::size_t i = 0; i < pack.layers.size(); ++i) {
        const std::string& layer = pack.layers[i].name;
        writer.add(name_of(size.long_side, layer, "mean"), size.moments[i].mean);
        writer.add(name_of(size.long_side, layer, "second"), size.moments[i].second);
    }
}

void add_thumbnail(Writer& writer, const Image& picture) {
    std::vector<unsigned char> bytes;
    for (const float value : picture.pixels)
        bytes.push_back(static_cast<unsigned char>(std::clamp(value, 0.0f, 1.0f) * 255 + 0.5f));
    writer.add("thumbnail", "U8", {picture.height, picture.width, 3}, bytes.data(), bytes.size());
}

// The digest of the file with these bytes, in which `header` has zeros for it.
std::string digest_of(const std::string& header, const char* data, std::size_t size) {
    Sha256 hash;
    hash.add(header.data(), header.size());
    hash.add(data, size);
    return lower_hex(hash.finish());
}

// A file in memory, whose digest is right.
class Reader {
public:
    Reader(const std::string& bytes, const std::string& file) : bytes_(bytes), file_(file) {
        if (bytes.size() < length_size + sizeof start_of_header - 1 ||
            bytes.compare(length_size, sizeof start_of_header - 1, start_of_header) != 0)
            refuse(file, "is not one of Maniera's; name a file that maniera pack wrote.");
        try {
            header_ = read_safetensors_header(
                [&](std::uint64_t offset, void* to, std::size_t count) {
                    std::memcpy(to, bytes.data() + offset, count);
                },
                bytes.size());
        } catch (const SafetensorsError&) {
            refuse_damaged(file);
        }
        const bool whole = digest_is_right();
        if (whole && text("format") != format_name)
            refuse(file, "is of another version's format; make it anew with maniera pack.");
        if (!whole)
            refuse_damaged(file);
    }

    std::string text(const std::string& name) const {
        const auto found = header_.metadata.find(name);
        if (found == header_.metadata.end() || !may_be_text(found->second))
            refuse_damaged(file_);
        return found->second;
    }

    // Checked to have this type and shape.
    const char* tensor(const std::string& name, const char* dtype,
                       const std::vector<std::int64_t>& shape) const {
        const SafetensorsTensor& found = tensor(name);
        if (found.dtype != dtype || found.shape != shape)
            refuse_damaged(file_);
        return bytes_.data() + header_.data_begin + found.begin;
    }
    const SafetensorsTensor& tensor(const std::string& name) const {
        const auto found = header_.tensors.find(name);
        if (found == header_.tensors.end())
            refuse_damaged(file_);
        return found->second;
    }

    std::vector<float> floats(const std::string& name, std::size_t count) const {
        const char* const from = tensor(name, "F32", {static_cast<std::int64_t>(count)});
        std::vector<float> values(count);
        std::memcpy(values.data(), from, count * sizeof(float));
        return values;
    }

private:
    bool digest_is_right() const {
        const auto digest = header_.metadata.find("sha256");
        if (digest == header_.metadata.end() || digest->second.size() != zeros.size())
            return false;
        std::string header = bytes_.substr(0, header_.data_begin);
        const std::size_t at = header.find(digest_start + digest->second);
        if (at == std::string::npos)
            return false;
        header.replace(at + digest_start.size(), zeros.size(), zeros);
        return digest_of(header, bytes_.data() + header.size(), bytes_.size() - header.size()) ==
               digest->second;
    }

    const std::string& bytes_;
    const std::string& file_;
    SafetensorsHeader header_;
};

// Whether these can be the means of features and of their products.
bool may_be(const PackedMoments& moments, int channels) {
    constexpr float rounding = 1e-4f;
    std::vector<float> squares;
    for (std::size_t row = 0, at = 0; row < static_cast<std::size_t>(channels);
         at += static_cast<std::size_t>(channels) - row, ++row)
        squares.push_back(moments.second[at]);
    for (std::size_t row = 0; row < squares.size(); ++row)
        if (!(squares[row] >= 0 && squares[row] <= largest_moment &&
              std::abs(moments.mean[row]) <= (1 + rounding) * std::sqrt(squares[row])))
            return false;
    for (std::size_t row = 0, at = 0; row < squares.size(); ++row)
        for (std::size_t column = row; column < squares.size(); ++column, ++at)
            if (!(std::abs(moments.second[at]) <=
                  (1 + rounding) * std::sqrt(squares[row]) * std::sqrt(squares[column])))
                return false;
    return true;
}

ColorSums colors_from(const Reader& reader, const std::string& file, int side) {
    double values[13];
    std::memcpy(values, reader.tensor(std::to_string(side) + ".colors", "F64", {13}),
                sizeof values);
    // Means of colors in [0,1] and of their products.
    for (const double value : values)
        if (!(value >= 0 && value <= values[0] * (1 + 1e-9)))
            refuse_damaged(file);
    if (!(values[0] > 0 && values[0] <= 1e15))
        refuse_damaged(file);
    ColorSums sums;
    sums.weight = values[0];
    std::copy_n(values + 1, 3, sums.first.begin());
    std::copy_n(values + 4, 9, sums.second.begin());
    return sums;
}

Image thumbnail_from(const Reader& reader, const std::string& file) {
    const std::vector<std::int64_t> shape = reader.tensor("thumbnail").shape;
    if (shape.size() != 3 || shape[0] < 1 || shape[0] > longest_thumbnail || shape[1] < 1 ||
        shape[1] > longest_thumbnail || shape[2] != 3)
        refuse_damaged(file);
    const char* const from = reader.tensor("thumbnail", "U8", shape);
    Image picture(static_cast<int>(shape[1]), static_cast<int>(shape[0]), 3);
    for (std::size_t i = 0; i < picture.pixels.size(); ++i)
        picture.pixels[i] = static_cast<float>(static_cast<unsigned char>(from[i])) / 255;
    return picture;
}

std::vector<PackedLayer> layers_from(const Reader& reader, const std::string& file) {
    std::vector<PackedLayer> layers;
    for (const std::string& entry : entries(file, reader.text("layers"), most_layers)) {
        const std::size_t colon = entry.find(':');
        if (colon == 0 || colon == std::string::npos)
            refuse_damaged(file);
        layers.push_back({entry.substr(0, colon), whole_number(file, entry.substr(colon + 1))});
        if (layers.back().channels > most_channels)
            refuse_damaged(file);
    }
    return layers;
}

PackedSize size_from(const Reader& reader, const StylePack& pack, int side) {
    PackedSize size{side, colors_from(reader, pack.file, side), {}};
    for (const PackedLayer& layer : pack.layers) {
        size.moments.push_back(
            {reader.floats(name_of(side, layer.name, "mean"),
                           static_cast<std::size_t>(layer.channels)),
             reader.floats(name_of(side, layer.name, "second"), triangle(layer.channels))});
        if (!may_be(size.moments.back(), layer.channels))
            refuse_damaged(pack.file);
    }
    return size;
}

} // namespace

bool is_style_pack(const std::string& path) {
    const std::string ending = style_pack_ending;
    if (path.size() > ending.size() &&
        path.compare(path.size() - ending.size(), ending.size(), ending) == 0)
        return true;
    std::ifstream file(path, std::ios::binary);
    char start[length_size + sizeof start_of_header - 1] = {};
    file.read(start, sizeof start);
    return std::memcmp(start + length_size, start_of_header, sizeof start_of_header - 1) == 0;
}

std::string style_pack_bytes(const StylePack& pack) {
    for (const std::string* text : {&pack.name, &pack.author, &pack.licence})
        if (!may_be_text(*text))
            throw Error(ErrorCode::invalid_option,
                        "The name, author and licence of a style pack are one line each, of at "
                        "most 1000 bytes; shorten \"" +
                            text->substr(0, std::min<std::size_t>(40, text->find('\n'))) + "\".");
    Writer writer;
    std::string layers, sizes;
    for (const PackedLayer& layer : pack.layers)
        layers += (layers.empty() ? "" : ",") + layer.name + ":" + std::to_string(layer.channels);
    for (const PackedSize& size : pack.sizes) {
        sizes += (sizes.empty() ? "" : ",") + std::to_string(size.long_side);
        add_size(writer, pack, size);
    }
    add_thumbnail(writer, pack.thumbnail);
    writer.header.metadata = {{"format", format_name},
                              {"sha256", zeros},
                              {"name", pack.name},
                              {"author", pack.author},
                              {"licence", pack.licence},
                              {"model", pack.model},
                              {"model-sha256", pack.model_sha256},
                              {"objective", pack.objective},
                              {"pooling", pack.pooling},
                              {"width", std::to_string(pack.size.width)},
                              {"height", std::to_string(pack.size.height)},
                              {"layers", layers},
                              {"sizes", sizes}};
    std::string header;
    try {
        header = safetensors_header(writer.header);
    } catch (const SafetensorsError& error) {
        throw Error(ErrorCode::invalid_option, std::string("The style pack ") + error.what() +
                                                   "; give other words for its name, author and "
                                                   "licence.");
    }
    const std::string digest = digest_of(header, writer.data.data(), writer.data.size());
    header.replace(header.find(digest_start + zeros) + digest_start.size(), zeros.size(), digest);
    return header + writer.data;
}

StylePack style_pack_from(const std::string& bytes, const std::string& file) {
    const Reader reader(bytes, file);
    StylePack pack;
    pack.file = file;
    pack.name = reader.text("name");
    pack.author = reader.text("author");
    pack.licence = reader.text("licence");
    pack.model = reader.text("model");
    pack.model_sha256 = reader.text("model-sha256");
    pack.objective = reader.text("objective");
    pack.pooling = reader.text("pooling");
    pack.size = {whole_number(file, reader.text("width")),
                 whole_number(file, reader.text("height"))};
    pack.thumbnail = thumbnail_from(reader, file);
    pack.layers = layers_from(reader, file);
    for (const std::string& entry : entries(file, reader.text("sizes"), most_sizes)) {
        const int side = whole_number(file, entry);
        if (!pack.sizes.empty() && side <= pack.sizes.back().long_side)
            refuse_damaged(file);
        pack.sizes.push_back(size_from(reader, pack, side));
    }
    if (std::max(pack.size.width, pack.size.height) != pack.sizes.back().long_side)
        refuse_damaged(file);
    return pack;
}

StylePack read_style_pack(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        refuse(path, std::string("cannot be opened (") + std::strerror(errno) + ").");
    file.seekg(0, std::ios::end);
    const std::streamoff size = file.tellg();
    if (size < 0 || static_cast<std::uint64_t>(size) > most_bytes)
        refuse(path, "is not one of Maniera's; name a file that maniera pack wrote.");
    file.seekg(0);
    std::string bytes(static_cast<std::size_t>(size), '\0');
    file.read(bytes.data(), size);
    if (!file)
        refuse(path, "cannot be read; copy it anew.");
    return style_pack_from(bytes, path);
}

PackPlace place_in(const StylePack& pack, int long_side) {
    const auto above =
        std::find_if(pack.sizes.begin(), pack.sizes.end(),
                     [&](const PackedSize& size) { return size.long_side >= long_side; });
    const auto at = static_cast<std::size_t>(above - pack.sizes.begin());
    if (above == pack.sizes.end())
        return {at - 1, at - 1, 0};
    if (at == 0 || above->long_side == long_side)
        return {at, at, 0};
    const double below = pack.sizes[at - 1].long_side;
    return {at - 1, at, std::log(long_side / below) / std::log(above->long_side / below)};
}

ColorSums colors_at(const StylePack& pack, int long_side) {
    const PackPlace place = place_in(pack, long_side);
    ColorSums sums;
    add_colors(sums, pack.sizes[place.below].colors, 1 - place.share);
    add_colors(sums, pack.sizes[place.above].colors, place.share);
    return sums;
}

} // namespace maniera
