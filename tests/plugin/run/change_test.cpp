// SPDX-License-Identifier: GPL-3.0-or-later
// Settings that change while it paints.
#include "tests/plugin/run/whole_runs.h"

#include <fstream>

extern "C" {
#include "plugin/run/recipe.h"
}

namespace maniera::test {
namespace {

class ChangeTest : public RunTest {
protected:
    ChangeTest() : logged_("MANIERA_FAKE_LOG", log().c_str()) {}

    std::string log() const { return folder_ / "log"; }

    // What the helper was sent, from the first `stylize` on.
    std::vector<Json> heard() const {
        std::vector<Json> messages;
        std::ifstream file(log());
        for (std::string line; std::getline(file, line);)
            if (contains(line, "\"stylize\"") || contains(line, "\"stop\""))
                messages.push_back(parse(line));
        return messages;
    }
    std::vector<Json> wait_for(std::size_t messages) const {
        EXPECT_TRUE(wait_until([&] { return heard().size() >= messages; })) << messages;
        return heard();
    }

    void set_strength(const char* text) {
        char message[MANIERA_MESSAGE_MAX];
        ASSERT_TRUE(maniera_option_set(&request_->options, "strength", text, message));
    }
    StyleChoice* style() {
        return static_cast<StyleChoice*>(g_ptr_array_index(request_->styles, 0));
    }
    void change(Told& told, const char* strength) {
        set_strength(strength);
        run_change(told.run, request_);
    }

    void expect_painted_once(const Told& told, std::size_t before) const {
        EXPECT_EQ(told.finished, 1);
        ASSERT_GE(told.layer, 0) << told.message;
        EXPECT_EQ(fake_host().drawables.size(), before + 1);
        EXPECT_EQ(fake_host().undo_steps, 1);
        // The content of the second request is the photograph, not the first painting.
        const auto &from = drawable(content_).pixels, &to = drawable(told.layer).pixels;
        for (std::size_t i = 0; i < 40; ++i)
            ASSERT_NEAR(to[i], i % 4 == 3 ? from[i] : 1 - from[i], 1e-5) << i;
    }

    ScratchFolder folder_;
    const Environment logged_;
    const std::size_t before_count_ = fake_host().drawables.size();
};

JsonObject* member(const Json& message, std::initializer_list<const char*> path) {
    JsonObject* object = message.get();
    for (const char* name : path) {
        EXPECT_TRUE(json_object_has_member(object, name)) << name;
        object = json_object_get_object_member(object, name);
    }
    return object;
}

std::string method(const Json& message) {
    return json_object_get_string_member(message.get(), "method");
}

TEST_F(ChangeTest, GoesOnFromThePaintingAtItsScale) {
    const Environment fake("MANIERA_FAKE", "slow:2");
    fake_host().undo_steps = 0;
    Told told;
    start(told, 32);
    ASSERT_TRUE(wait_until([&] { return told.scale == 2; }));
    const double fraction = told.fraction;
    style()->weight = 0.5;
    change(told, "80");
    const auto messages = wait_for(3);
    ASSERT_EQ(messages.size(), 3u);
    EXPECT_EQ(method(messages[1]), "stop");
    EXPECT_TRUE(json_object_get_boolean_member(member(messages[1], {"params"}), "keep"));
    JsonObject* inputs = member(messages[2], {"params", "job", "inputs"});
    JsonObject* output = member(messages[2], {"params", "job", "output"});
    JsonObject* painting = member(messages[2], {"params", "job", "inputs", "painting"});
    EXPECT_EQ(print(painting), print(output));
    EXPECT_NE(print(member(messages[2], {"params", "job", "inputs", "content"})),
              print(member(messages[0], {"params", "job", "inputs", "content"})))
        << "the painting was written over it";
    JsonObject* left = member(messages[2], {"params", "job", "inputs", "unfinished"});
    EXPECT_EQ(json_object_get_int_member(left, "scales"), 2);
    EXPECT_GT(json_object_get_int_member(left, "steps"), 0);
    EXPECT_EQ(json_object_get_double_member(member(messages[2], {"params", "job", "options"}),
                                            "strength"),
              80);
    JsonArray* styles = json_object_get_array_member(inputs, "styles");
    EXPECT_EQ(json_object_get_double_member(json_array_get_object_element(styles, 0), "weight"),
              0.5);
    ASSERT_TRUE(wait_until([&] { return told.finished > 0; }));
    expect_painted_once(told, before_count_);
    EXPECT_TRUE(told.complete);
    EXPECT_GT(told.changed, 3);
    EXPECT_GT(told.previews, 3);
    EXPECT_GT(told.fraction, fraction);
    EXPECT_TRUE(contains(drawable(told.layer).name, "strength 80")) << drawable(told.layer).name;
    const Json recipe = parse(drawable(told.layer).attached.at(RECIPE_NAME));
    EXPECT_EQ(json_object_get_double_member(member(recipe, {"options"}), "strength"), 80);
    EXPECT_TRUE(contains(drawable(told.layer).attached.at(RECIPE_NAME), "fa4e"));
    EXPECT_TRUE(contains(drawable(told.layer).attached.at(RECIPE_NAME), "\"weight\" : 0.5"));
}

TEST_F(ChangeTest, TwoChangesInARowAreOne) {
    const Environment fake("MANIERA_FAKE", "slow:2");
    Told told;
    start(told);
    ASSERT_TRUE(wait_until([&] { return told.progress > 0; }));
    change(told, "60");
    run_main_loop(0.1);
    change(told, "70");
    ASSERT_TRUE(wait_until([&] { return told.finished > 0; }));
    EXPECT_EQ(heard().size(), 3u);
    EXPECT_TRUE(contains(drawable(told.layer).name, "strength 70")) << drawable(told.layer).name;
}

TEST_F(ChangeTest, WhatIsSetBackIsNoChange) {
    const Environment fake("MANIERA_FAKE", "slow:1");
    set_strength("50");
    Told told;
    start(told);
    ASSERT_TRUE(wait_until([&] { return told.progress > 0; }));
    change(told, "60");
    change(told, "50");
    ASSERT_TRUE(wait_until([&] { return told.finished > 0; }));
    EXPECT_EQ(heard().size(), 1u);
    EXPECT_TRUE(told.complete);
}

// Also where it is set back when the request is stopped already.
TEST_F(ChangeTest, MayChangeAgainAtAnyMoment) {
    const Environment fake("MANIERA_FAKE", "slow:2");
    set_strength("50");
    Told told;
    start(told);
    for (const char* strength : {"60", "50", "70", "80"}) {
        ASSERT_TRUE(wait_until([&] { return told.progress > 0; }));
        change(told, strength);
        run_main_loop(0.41);
        told.progress = 0;
    }
    ASSERT_TRUE(wait_until([&] { return told.finished > 0; }));
    EXPECT_TRUE(told.complete);
    EXPECT_TRUE(contains(drawable(told.layer).name, "strength 80")) << drawable(told.layer).name;
}

TEST_F(ChangeTest, BeforeTheFirstStepItWaits) {
    const Environment fake("MANIERA_FAKE", "slow:2");
    Told told;
    start(told);
    change(told, "80"); // the helper has not even started
    ASSERT_TRUE(wait_until([&] { return told.finished > 0; }));
    const auto messages = heard();
    ASSERT_EQ(messages.size(), 3u);
    EXPECT_EQ(json_object_get_int_member(
                  member(messages[2], {"params", "job", "inputs", "unfinished"}), "scales"),
              3);
    EXPECT_TRUE(contains(drawable(told.layer).name, "strength 80"));
}

TEST_F(ChangeTest, CancelEndsItAtAnyMoment) {
    const Environment fake("MANIERA_FAKE", "slow:60");
    for (const double moment : {0.1, 0.42, 1.0}) {
        Told told;
        start(told);
        ASSERT_TRUE(wait_until([&] { return told.progress > 0; }));
        change(told, moment > 0.5 ? "80" : "20");
        run_main_loop(moment);
        run_cancel(told.run);
        ASSERT_TRUE(wait_until([&] { return told.finished > 0; }, 5)) << moment;
        EXPECT_EQ(told.code, PAINT_ERROR_STOPPED);
        EXPECT_EQ(told.layer, -1);
        run_main_loop(0.6);
        EXPECT_EQ(told.finished, 1);
        EXPECT_EQ(fake_host().drawables.size(), before_count_) << moment;
    }
}

TEST_F(ChangeTest, StopAndKeepEndsItAtAnyMoment) {
    const Environment fake("MANIERA_FAKE", "slow:60");
    for (const double moment : {0.1, 0.42, 1.0}) {
        set_strength("30");
        Told told;
        start(told);
        ASSERT_TRUE(wait_until([&] { return told.progress > 0; }));
        change(told, "80");
        run_main_loop(moment);
        run_stop_and_keep(told.run);
        ASSERT_TRUE(wait_until([&] { return told.finished > 0; }, 5)) << moment;
        EXPECT_EQ(told.finished, 1);
        EXPECT_EQ(told.code, -1) << told.message;
        ASSERT_GE(told.layer, 0);
        EXPECT_FALSE(told.complete);
        if (moment != 0.42) { // when it may be either
            EXPECT_TRUE(
                contains(drawable(told.layer).name, moment < 1 ? "strength 30" : "strength 80"))
                << drawable(told.layer).name;
        }
    }
}

TEST_F(ChangeTest, WhereItFailsTheFirstPaintingStaysAndTheReasonIsTold) {
    const Environment fake("MANIERA_FAKE", "unwilling:60");
    fake_host().undo_steps = 0;
    set_strength("30");
    Told told;
    start(told);
    ASSERT_TRUE(wait_until([&] { return told.progress > 0; }));
    change(told, "80");
    ASSERT_TRUE(wait_until([&] { return told.finished > 0; }));
    EXPECT_EQ(told.code, PAINT_ERROR_OUT_OF_MEMORY) << told.message;
    expect_painted_once(told, before_count_);
    EXPECT_FALSE(told.complete);
    EXPECT_TRUE(contains(drawable(told.layer).name, "strength 30")) << drawable(told.layer).name;
    const Json recipe = parse(drawable(told.layer).attached.at(RECIPE_NAME));
    EXPECT_EQ(json_object_get_double_member(member(recipe, {"options"}), "strength"), 30);
}

// Its layers' names are in the painting's, although they are closed.
TEST_F(ChangeTest, StylesMayBeClosedMeanwhile) {
    const Environment fake("MANIERA_FAKE", "slow:1");
    Told told;
    start(told);
    ASSERT_TRUE(wait_until([&] { return told.progress > 0; }));
    fake_host().drawables.erase(style_);
    change(told, "80");
    ASSERT_TRUE(wait_until([&] { return told.finished > 0; }));
    ASSERT_GE(told.layer, 0) << told.message;
    EXPECT_TRUE(contains(drawable(told.layer).name, "Starry Night, strength 80"));
    EXPECT_TRUE(contains(drawable(told.layer).attached.at(RECIPE_NAME), "Starry Night"));
}

} // namespace
} // namespace maniera::test
