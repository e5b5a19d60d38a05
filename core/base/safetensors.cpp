// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/safetensors.h"

#include <nlohmann/json.hpp>

#include <cstring>

namespace maniera {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t length_size = sizeof(std::uint64_t);
constexpr std::uint64_t largest_text = 16 << 20; // bytes; VGG's takes 2 kB
constexpr char metadata_key[] = "__metadata__";
constexpr char first_key[] = "format";

// Bytes of a value; 0 = a type that is not known here.
std::uint64_t value_bytes(const std::string& dtype) {
    for (const auto& [bytes, names] : {std::pair(1, " BOOL U8 I8 F8_E4M3 F8_E5M2 "),
                                       {2, " U16 I16 F16 BF16 "},
                                       {4, " U32 I32 F32 "},
                                       {8, " U64 I64 F64 "}})
        if (std::strstr(names, (" " + dtype + " ").c_str()))
            return static_cast<std::uint64_t>(bytes);
    return 0;
}

// Whether a shape takes so many bytes. No product overflows: none goes beyond `bytes`.
bool shape_takes(const std::vector<std::int64_t>& shape, std::uint64_t each, std::uint64_t bytes) {
    std::uint64_t all = each;
    for (const std::int64_t side : shape)
        if (side <= 0)
            return side == 0 && bytes == 0;
    for (const std::int64_t side : shape) {
        if (static_cast<std::uint64_t>(side) > bytes / all)
            return false;
        all *= static_cast<std::uint64_t>(side);
    }
    return all == bytes;
}

SafetensorsTensor tensor_of(const std::string& name, const json& entry, std::uint64_t data_size) {
    SafetensorsTensor tensor;
    tensor.dtype = entry.at("dtype").get<std::string>();
    for (const json& side : entry.at("shape")) {
        if (!side.is_number_integer())
            throw SafetensorsError("gives a wrong shape for " + name);
        tensor.shape.push_back(side.get<std::int64_t>());
    }
    const json& range = entry.at("data_offsets");
    if (range.size() != 2 || !range.at(0).is_number_unsigned() ||
        !range.at(1).is_number_unsigned() || range.at(0) > range.at(1))
        throw SafetensorsError("gives a wrong place for " + name);
    tensor.begin = range.at(0).get<std::uint64_t>();
    tensor.end = range.at(1).get<std::uint64_t>();
    if (tensor.end > data_size)
        throw SafetensorsError("ends before its tensor " + name + " does", true);
    const std::uint64_t each = value_bytes(tensor.dtype);
    if (each > 0 && !shape_takes(tensor.shape, each, tensor.end - tensor.begin))
        throw SafetensorsError("gives a wrong place or shape for " + name);
    return tensor;
}

} // namespace

SafetensorsHeader read_safetensors_header(const ReadAt& read, std::uint64_t file_size) {
    std::uint64_t length = 0;
    if (file_size < length_size)
        throw SafetensorsError("is not a safetensors file", true);
    read(0, &length, length_size);
    if (length < 2 || length > largest_text)
        throw SafetensorsError("is not a safetensors file");
    if (length > file_size - length_size)
        throw SafetensorsError("is not a safetensors file", true);
    std::string text(length, '\0');
    read(length_size, text.data(), text.size());

    SafetensorsHeader header;
    header.data_begin = length_size + length;
    try {
        const json all = json::parse(text);
        if (!all.is_object())
            throw SafetensorsError("is not a safetensors file");
        for (const auto& [name, entry] : all.items())
            if (name == metadata_key)
                header.metadata = entry.get<std::map<std::string, std::string>>();
            else
                header.tensors[name] = tensor_of(name, entry, file_size - header.data_begin);
    } catch (const json::exception& error) {
        throw SafetensorsError("is not a safetensors file (" + std::string(error.what()) + ")");
    }
    return header;
}

std::string safetensors_header(const SafetensorsHeader& header, std::size_t bytes) {
    ordered_json metadata = ordered_json::object(), all = ordered_json::object();
    if (const auto first = header.metadata.find(first_key); first != header.metadata.end())
        metadata[first_key] = first->second;
    for (const auto& [name, value] : header.metadata)
        metadata[name] = value;
    if (!metadata.empty())
        all[metadata_key] = metadata;
    for (const auto& [name, tensor] : header.tensors)
        all[name] = {{"dtype", tensor.dtype},
                     {"shape", tensor.shape},
                     {"data_offsets", {tensor.begin, tensor.end}}};
    std::string text;
    try {
        text = all.dump();
    } catch (const json::exception&) {
        throw SafetensorsError("would hold a text that is not UTF-8");
    }
    if (bytes == 0)
        bytes = (length_size + text.size() + 7) / 8 * 8;
    if (length_size + text.size() > bytes || bytes - length_size > largest_text)
        throw SafetensorsError("would have a header that is too long");
    const std::uint64_t length = bytes - length_size;
    text.resize(length, ' ');
    return std::string(reinterpret_cast<const char*>(&length), length_size) + text;
}

} // namespace maniera
