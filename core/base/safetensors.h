// SPDX-License-Identifier: GPL-3.0-or-later
// The header of a safetensors file, read and written: models and checkpoints are such files.
//
//     SafetensorsHeader header = read_safetensors_header(read, file_size);
//     const SafetensorsTensor& x = header.tensors.at("x");
//     read(header.data_begin + x.begin, bytes, x.end - x.begin);
//
// The file: the length of a JSON text (64 bits), the text, and the tensors' bytes. All numbers are
// little-endian. Format: https://github.com/huggingface/safetensors#format

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace maniera {

struct SafetensorsTensor {
    std::string dtype; // "F32", "F64", "U8", ...
    std::vector<std::int64_t> shape;
    std::uint64_t begin = 0, end = 0; // bytes, from the first one after the header
};

struct SafetensorsHeader {
    std::map<std::string, std::string> metadata;
    std::map<std::string, SafetensorsTensor> tensors;
    std::uint64_t data_begin = 0; // bytes, from the start of the file
};

// Says what is wrong, to follow the name of a file: "is not a safetensors file".
struct SafetensorsError : std::runtime_error {
    explicit SafetensorsError(const std::string& why, bool ends_early = false)
        : std::runtime_error(why), cut_short(ends_early) {}
    bool cut_short; // the file ends before its header or its tensors do
};

// Reads so many bytes from an offset in the file, or throws.
using ReadAt = std::function<void(std::uint64_t offset, void* bytes, std::size_t count)>;

// Trusts nothing: the header's length is bounded, every tensor lies within the file, and its bytes
// are as many as its shape wants. Throws SafetensorsError, and what `read` throws.
SafetensorsHeader read_safetensors_header(const ReadAt& read, std::uint64_t file_size);

// The bytes a file begins with: length and text, padded with spaces to so many bytes in all, or to
// a multiple of 8 where `bytes` is 0. `format` of the metadata comes first, so that the first bytes
// tell what kind of file it is. Throws SafetensorsError where the text is longer or not UTF-8.
std::string safetensors_header(const SafetensorsHeader& header, std::size_t bytes = 0);

} // namespace maniera
