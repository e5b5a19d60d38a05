// SPDX-License-Identifier: GPL-3.0-or-later
// OpenSSL's.

#include "core/base/sha256.h"

#include <openssl/evp.h>

#include <fstream>
#include <new>
#include <vector>

namespace maniera {
namespace {

constexpr std::size_t band = 1 << 20; // bytes read at a time

} // namespace

struct Sha256::Context {
    EVP_MD_CTX* evp = EVP_MD_CTX_new();
    ~Context() { EVP_MD_CTX_free(evp); }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
    if (!context_->evp || EVP_DigestInit_ex(context_->evp, EVP_sha256(), nullptr) != 1)
        throw std::bad_alloc();
}

Sha256::~Sha256() = default;

void Sha256::add(const void* bytes, std::size_t count) {
    EVP_DigestUpdate(context_->evp, bytes, count);
}

Sha256::Digest Sha256::finish() {
    Digest digest{};
    EVP_DigestFinal_ex(context_->evp, digest.data(), nullptr);
    return digest;
}

std::string lower_hex(const Sha256::Digest& digest) {
    static const char digits[] = "0123456789abcdef";
    std::string text;
    for (const unsigned char byte : digest) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string sha256_text(const void* bytes, std::size_t count) {
    Sha256 hash;
    hash.add(bytes, count);
    return lower_hex(hash.finish());
}

std::string sha256_of_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return {};
    Sha256 hash;
    std::vector<char> bytes(band);
    while (file.read(bytes.data(), band) || file.gcount() > 0)
        hash.add(bytes.data(), static_cast<std::size_t>(file.gcount()));
    return file.eof() ? lower_hex(hash.finish()) : std::string();
}

} // namespace maniera
