// SPDX-License-Identifier: GPL-3.0-or-later
// A checkpoint's file: named texts, numbers and arrays of floats, whole or refused.
//
//     CheckpointWriter writer(path);                  CheckpointReader reader(path);
//     writer.number("step", 12);                      reader.number("step")
//     writer.begin_array("x", count);                 reader.expect_count("x", count);
//     writer.add_values(values, count);               reader.values("x", 0, values, count);
//     writer.finish();
//
// The file: the line "Maniera checkpoint 1\n"; records, each of a kind (one byte: t, n, a), the
// lengths of name and content (two 64-bit integers), the name and the content; a record of kind e
// without either; the SHA-256 of all before it. Integers and floats are little-endian.
// Renaming, so that a file is never seen before it is whole, is the caller's.

#pragma once

#include "core/base/sha256.h"

#include <cstddef>
#include <cstdint>
#include <map>
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

    void text(const std::string& name, const std::string& value);
    void number(const std::string& name, double value);
    // An array comes piece by piece: its length first, then the pieces in order.
    void begin_array(const std::string& name, std::size_t count);
    void add_values(const float* values, std::size_t count);
    void finish();

private:
    void begin(char kind, const std::string& name, std::uint64_t bytes);
    void write(const void* bytes, std::size_t count);

    std::string name_;
    int descriptor_ = -1;
    std::int64_t written_ = 0; // bytes
    Sha256 hash_;
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

    // All throw Error{invalid_request} when there is no such record, or not of this length.
    std::string text(const std::string& name) const;
    double number(const std::string& name) const;
    void expect_count(const std::string& name, std::size_t count) const;
    // A part of an array, from its value `first` on.
    void values(const std::string& name, std::size_t first, float* values, std::size_t count) const;
    std::size_t count(const std::string& name) const; // of an array; 0 when there is none

private:
    struct Place {
        char kind;
        std::uint64_t offset, bytes;
    };
    [[noreturn]] void refuse(const std::string& why) const;
    const Place& find(char kind, const std::string& name) const;
    void index();
    void read(std::uint64_t offset, void* bytes, std::size_t count) const;

    std::string path_;
    int descriptor_ = -1;
    std::map<std::string, Place> places_;
};

} // namespace maniera
