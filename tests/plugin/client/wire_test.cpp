// SPDX-License-Identifier: GPL-3.0-or-later
// Members of JSON objects that are not trusted.
#include "tests/plugin/talk.h"

#include <gtest/gtest.h>

extern "C" {
#include "plugin/client/wire.h"
}

namespace maniera::test {
namespace {

TEST(Wire, ReadsWhatIsThereAndNothingElse) {
    const Json object = parse(
        R"({"int": 5, "real": 0.5, "text": "t", "yes": true, "null": null, "list": [1], "in": {"a": 1}})");
    JsonObject* o = object.get();
    EXPECT_EQ(wire_number(o, "int", 0, 10, -1), 5);
    EXPECT_EQ(wire_number(o, "real", 0, 10, -1), 0.5);
    EXPECT_EQ(wire_number(o, "int", 6, 10, -1), -1);
    for (const char* other : {"text", "yes", "null", "list", "in", "not there"}) {
        EXPECT_EQ(wire_number(o, other, 0, 10, -1), -1) << other;
    }
    EXPECT_STREQ(wire_text(o, "text"), "t");
    EXPECT_EQ(wire_text(o, "int"), nullptr);
    EXPECT_TRUE(wire_true(o, "yes"));
    EXPECT_FALSE(wire_true(o, "int"));
    EXPECT_NE(wire_object(o, "in"), nullptr);
    EXPECT_EQ(wire_object(o, "list"), nullptr);
}

} // namespace
} // namespace maniera::test
