// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/sha256.h"

#include "tests/support/process.h"

#include <gtest/gtest.h>

namespace maniera {
namespace {

std::string sha256_text(const std::string& text) {
    return maniera::sha256_text(text.data(), text.size());
}

// The examples of FIPS 180-2, appendix B, and the empty message.
TEST(Sha256, GivesTheStandardsExamples) {
    EXPECT_EQ(sha256_text(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256_text("abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256_text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(sha256_text(std::string(1000000, 'a')),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, IsTheSameHoweverTheBytesAreCut) {
    const std::string text(1000, 'm');
    for (const std::size_t piece : {1, 63, 64, 65, 999}) {
        Sha256 sum;
        for (std::size_t at = 0; at < text.size(); at += piece)
            sum.add(text.data() + at, std::min(piece, text.size() - at));
        EXPECT_EQ(lower_hex(sum.finish()), sha256_text(text)) << piece;
    }
}

TEST(Sha256, ReadsFilesToTheirEnd) {
    const test::ScratchFolder folder;
    const std::string text(5 << 20, 'p');
    test::write_text(folder / "file", text);
    EXPECT_EQ(sha256_of_file(folder / "file"), sha256_text(text));
    EXPECT_EQ(sha256_of_file(folder / "none"), "");
    EXPECT_EQ(sha256_of_file(folder.path().string()), ""); // a folder cannot be read
}

} // namespace
} // namespace maniera
