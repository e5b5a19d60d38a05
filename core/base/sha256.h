// SPDX-License-Identifier: GPL-3.0-or-later
// SHA-256 of bytes that come piece by piece, and of files.

#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>

namespace maniera {

class Sha256 {
public:
    using Digest = std::array<unsigned char, 32>;

    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void add(const void* bytes, std::size_t count);
    Digest finish(); // once

private:
    struct Context;
    std::unique_ptr<Context> context_;
};

std::string lower_hex(const Sha256::Digest& digest);

// In lower-case hexadecimal.
std::string sha256_text(const void* bytes, std::size_t count);

// Of a file's content, read in bands; empty when it cannot be read to its end.
std::string sha256_of_file(const std::string& path);

} // namespace maniera
