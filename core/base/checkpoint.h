// SPDX-License-Identifier: GPL-3.0-or-later
// A checkpoint's file: named texts, numbers and arrays of floats, whole or refused.
//
//     CheckpointWriter writer(path);                  CheckpointReader reader(path);
//     writer.number("step", 12);                      reader.number("step")
//     writer.begin_array("x", count);                 reader.expect_count("x", count);
//     writer.add_values(values, count);               reader.values("x", 0, values, count);
//     writer.finish();
//
// The file is a safetensors file (core/base/safetensors.h). Texts and numbers are its metadata; a
// number is written in the fewest decimal digits that give back the same double. An array is a
// tensor of one dimension, F32. The metadata's "format" is "Maniera checkpoint 2". Its "sha256" is
// that of the header, with zeros in the place of these 64 digits, followed by the SHA-256 (32
// bytes) of all data.
//
// Arrays come before their number is known: the header's room is reserved, and it is written last.
// Renaming, so that a file is never seen before it is whole, is the caller's.

#pragma once

#include "core/base/safetensors.h"
#include "core/base/sha256.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace maniera {

class CheckpointWriter {
public:
    // Writes to an existing file from its beginning; errors speak of `name`. Throws Error{no_space}
    // when the disk or the user's share of it is full, else Error{invalid_request}; so does every
    // call.
    CheckpointWriter(const std::string& path, const std::string& name);
    explicit CheckpointWriter(const std::string& path) : CheckpointWriter(path, path) {}
    ~CheckpointWriter();
    CheckpointWriter(const CheckpointWriter&) = delete;
    CheckpointWriter& operator=(const CheckpointWriter&) = delete;

    // Long texts, of more than some KiB, come before the first array.
    void text(const std::string& name, const std::string& value);
    void number(const std::string& name, double value);
    // An array comes piece by piece: its length first, then the pieces in order.
    void begin_array(const std::string& name, std::size_t count);
    void add_values(const float* values, std::size_t count);
    void finish();

private:
    void write(std::uint64_t offset, const void* bytes, std::size_t count);
    std::string header_text(std::size_t bytes);

    std::string name_;
    int descriptor_ = -1;
    SafetensorsHeader header_;      // data_begin is 0 before the first array
    std::uint64_t begun_bytes_ = 0; // of all arrays begun
    std::uint64_t data_bytes_ = 0;  // written of them
    Sha256 data_hash_;
};

// Whether the file begins as a checkpoint of any version does; it may be damaged.
bool is_checkpoint(const std::string& path);

class CheckpointReader {
public:
    // Reads the file once, in bands, and believes it only when all of it is right. Throws
    // Error{invalid_request} for a file that is missing, foreign, of another format's version, cut
    // short or damaged.
    explicit CheckpointReader(const std::string& path);
    ~CheckpointReader();
    CheckpointReader(const CheckpointReader&) = delete;
    CheckpointReader& operator=(const CheckpointReader&) = delete;

    // All throw Error{invalid_request} when there is no such entry, or not of this length.
    std::string text(const std::string& name) const;
    double number(const std::string& name) const;
    void expect_count(const std::string& name, std::size_t count) const;
    // A part of an array, from its value `first` on.
    void values(const std::string& name, std::size_t first, float* values, std::size_t count) const;
    std::size_t count(const std::string& name) const; // of an array; 0 when there is none

private:
    [[noreturn]] void refuse(const std::string& why) const;
    const SafetensorsTensor& array(const std::string& name) const;
    void read_header();
    void check_format(std::uint64_t size) const;
    bool digest_is_right(std::uint64_t size) const;
    void read(std::uint64_t offset, void* bytes, std::size_t count) const;

    std::string path_;
    int descriptor_ = -1;
    SafetensorsHeader header_;
};

} // namespace maniera
