// SPDX-License-Identifier: GPL-3.0-or-later
// Parts of a request and where they lie, with a GIMP and a helper that are both fakes.
#include "tests/plugin/talk.h"
#include "tests/support/fake_host.h"
#include "tests/support/process.h"

#include "helper/messages/protocol.h"

#include <gtest/gtest.h>

#include <sstream>

extern "C" {
#include "plugin/client/errors.h"
#include "plugin/run/draft.h"
#include "plugin/run/part_maps.h"
}

namespace maniera::test {
namespace {

struct Found {
    int came = 0;
    PartMaps* maps = nullptr;
    int code = -1; // of the error
    std::string error;

    ~Found() { part_maps_free(maps); }

    static void take(PartMaps* maps, const GError* error, gpointer data) {
        auto* found = static_cast<Found*>(data);
        ++found->came;
        part_maps_free(found->maps);
        found->maps = maps;
        found->code = error ? error->code : -1;
        found->error = error ? error->message : "";
    }
};

// A painting of 1600 x 800 like styles of 400 x 200 and of 100 x 300.
class PartMapsTest : public testing::Test {
protected:
    PartMapsTest() : helper_("MANIERA_HELPER", MANIERA_FAKE_HELPER) {
        fake_host().clear();
        request_ = request_new(1, gray_layer("Background", 1, 1600, 800));
        for (const int id :
             {gray_layer("Starry Night", 2, 400, 200), gray_layer("Woman", 2, 100, 300)}) {
            StyleChoice* choice = style_choice_new();
            choice->drawable = id;
            g_ptr_array_add(request_->styles, choice);
        }
        find("echo"); // what GLib keeps open is open from now on
        before_ = Traces::settled();
    }

    ~PartMapsTest() override {
        expect_no_more_than(before_);
        request_free(request_);
        fake_host().clear();
    }

    static int gray_layer(const char* name, int image, int width, int height) {
        FakeDrawable layer;
        layer.name = name;
        layer.image = image;
        layer.width = width;
        layer.height = height;
        layer.pixels.assign(static_cast<std::size_t>(width) * height * 4, 0.5f);
        return fake_host().add(layer);
    }

    void set(const char* name, const char* value) {
        char message[MANIERA_MESSAGE_MAX];
        ASSERT_TRUE(maniera_option_set(&request_->options, name, value, message)) << message;
    }

    std::unique_ptr<Found> find(const char* mode, const char* at = MANIERA_METHOD_PARTS) {
        const Environment fake("MANIERA_FAKE", mode), moment("MANIERA_FAKE_AT", at);
        const Environment written("MANIERA_FAKE_LOG", log_.c_str());
        auto found = std::make_unique<Found>();
        Estimator* estimator = estimator_new();
        SmallWork* work = small_work_new();
        part_maps_find(work, estimator, request_, Found::take, found.get());
        EXPECT_TRUE(wait_until([&] { return found->came > 0; })) << mode;
        small_work_free(work);
        estimator_free(estimator);
        return found;
    }

    std::vector<std::string> heard() const {
        std::vector<std::string> methods;
        std::istringstream lines(std::filesystem::exists(log_) ? read_text(log_) : "");
        for (std::string line; std::getline(lines, line);)
            if (line.rfind('{', 0) == 0)
                methods.emplace_back(json_object_get_string_member(parse(line).get(), "method"));
        return methods;
    }

    std::string last_line() const { // of a call
        std::istringstream lines(read_text(log_));
        std::string last;
        for (std::string line; std::getline(lines, line);)
            if (line.find("\"job\"") != std::string::npos)
                last = line;
        return last;
    }

    const Environment helper_;
    const ScratchFolder folder_;
    const std::string log_ = folder_ / "log";
    Request* request_;
    Traces before_;
};

TEST_F(PartMapsTest, EachPictureHasOneInItsShape) {
    const auto found = find("echo");
    ASSERT_NE(found->maps, nullptr) << found->error;
    ASSERT_EQ(found->maps->pictures, 3u);
    EXPECT_EQ(found->maps->parts, 2u);
    const PartMap* maps = found->maps->maps;
    EXPECT_EQ(std::pair(maps[0].width, maps[0].height), std::pair(320, 160));
    EXPECT_EQ(std::pair(maps[1].width, maps[1].height), std::pair(320, 160));
    EXPECT_EQ(std::pair(maps[2].width, maps[2].height), std::pair(107, 320));
    // The left half of the content is like the upper half of each style.
    EXPECT_EQ(maps[0].labels[0], 1);
    EXPECT_EQ(maps[0].labels[319], 2);
    EXPECT_EQ(maps[2].labels[0], 1);
    EXPECT_EQ(maps[2].labels[319 * 107], 2);
    EXPECT_DOUBLE_EQ(part_map_share(&maps[0], 1), 0.5);
    EXPECT_DOUBLE_EQ(part_map_share(&maps[2], 2), 0.5);
}

// A style with a mask has parts of its own.
TEST_F(PartMapsTest, PartsOfOnePlaceMayTakeEachOthersCounterparts) {
    const auto found = find("echo");
    ASSERT_NE(found->maps, nullptr);
    const auto share = [&] { return part_maps_share_place(found->maps, request_, 1, 2); };
    EXPECT_TRUE(share());
    auto* first = static_cast<StyleChoice*>(g_ptr_array_index(request_->styles, 0));
    for (int picture : {1, 2}) { // each style has one of them
        PartMap& map = found->maps->maps[picture];
        std::fill_n(map.labels, map.width * map.height, static_cast<guint8>(picture));
    }
    EXPECT_TRUE(share());
    first->mask = 5;
    EXPECT_FALSE(share());
}

// With them parts that are paired are found again.
TEST_F(PartMapsTest, ADraftOfPairedPartsHasTheSameCopies) {
    set("parts", "auto");
    ASSERT_NE(find("echo")->maps, nullptr);
    const auto job_of_last = [&](Json& call) {
        call = parse(last_line());
        return json_object_get_object_member(json_object_get_object_member(call.get(), "params"),
                                             "job");
    };
    Json searched, painted;
    JsonObject* search = json_object_get_object_member(job_of_last(searched), "inputs");
    const auto draft = [&] {
        const Environment fake("MANIERA_FAKE", "echo");
        const Environment written("MANIERA_FAKE_LOG", log_.c_str());
        int came = 0;
        Estimator* estimator = estimator_new();
        SmallWork* work = small_work_new();
        draft_paint(
            work, estimator, request_, 3,
            [](GdkPixbuf*, const GError*, gpointer data) { ++*static_cast<int*>(data); }, &came);
        EXPECT_TRUE(wait_until([&] { return came > 0; }));
        small_work_free(work);
        estimator_free(estimator);
        return json_object_get_object_member(job_of_last(painted), "inputs");
    };
    EXPECT_FALSE(json_object_has_member(draft(), "parts"));
    part_pairs_set(&request_->pairs, 2, 1, 2);
    JsonObject* inputs = draft();
    ASSERT_TRUE(json_object_has_member(inputs, "parts"));
    JsonObject* parts = json_object_get_object_member(inputs, "parts");
    const auto sizes = [](JsonObject* pictures) {
        std::vector<gint64> sizes;
        const auto add = [&](JsonObject* picture) {
            for (const char* side : {"width", "height"})
                sizes.push_back(json_object_get_int_member(picture, side));
        };
        add(json_object_get_object_member(pictures, "content"));
        JsonArray* styles = json_object_get_array_member(pictures, "styles");
        for (guint i = 0; i < json_array_get_length(styles); ++i)
            add(json_object_get_object_member(json_array_get_object_element(styles, i), "file"));
        return sizes;
    };
    EXPECT_EQ(sizes(parts), sizes(search));
    EXPECT_EQ(sizes(parts)[0], 1024);
    EXPECT_EQ(sizes(inputs)[0], 256);
    set("parts", "off");
    EXPECT_FALSE(json_object_has_member(draft(), "parts"));
}

// The run finds the same at any size, whatever the strokes.
TEST_F(PartMapsTest, TheSizeOfTheRunDoesNotMatter) {
    set("size", "64");
    set("parts", "3");
    set("style-scale", "0.5");
    static_cast<StyleChoice*>(g_ptr_array_index(request_->styles, 0))->scale = 0.25;
    ASSERT_NE(find("echo")->maps, nullptr);
    const Json call = parse(last_line());
    JsonObject* params = json_object_get_object_member(call.get(), "params");
    JsonObject* job = json_object_get_object_member(params, "job");
    EXPECT_EQ(print(json_object_get_object_member(job, "options")), R"({"parts":"3"})");
    JsonObject* inputs = json_object_get_object_member(job, "inputs");
    JsonObject* style =
        json_array_get_object_element(json_object_get_array_member(inputs, "styles"), 0);
    EXPECT_EQ(json_object_get_double_member(style, "style-scale"), 1);
    EXPECT_EQ(json_object_get_int_member(json_object_get_object_member(style, "file"), "width"),
              400); // all of it
}

TEST_F(PartMapsTest, NothingInCommonIsNoError) {
    const auto found = find("apart", "never");
    ASSERT_NE(found->maps, nullptr) << found->error;
    EXPECT_EQ(found->maps->parts, 0u);
    EXPECT_EQ(part_map_share(&found->maps->maps[0], 0), 1);
}

TEST_F(PartMapsTest, AnErrorIsTold) {
    EXPECT_EQ(find("error:no-model")->code, PAINT_ERROR_NO_MODEL);
    EXPECT_EQ(find("crash")->code, PAINT_ERROR_HELPER_DIED);
    request_->content = 4711;
    EXPECT_EQ(find("echo")->code, PAINT_ERROR_INVALID_REQUEST);
}

// The memory is the painting's until that is done.
TEST_F(PartMapsTest, ASearchWaitsForADraft) {
    const Environment fake("MANIERA_FAKE", "slow:0.4");
    const Environment written("MANIERA_FAKE_LOG", log_.c_str());
    Found found;
    int painted = 0, asker = 0;
    struct Both {
        int* painted;
        Found* found;
    } both{&painted, &found};
    Estimator* estimator = estimator_new();
    SmallWork* work = small_work_new();
    draft_paint(
        work, estimator, request_, 3,
        [](GdkPixbuf* picture, const GError*, gpointer data) {
            auto* both = static_cast<Both*>(data);
            EXPECT_NE(picture, nullptr);
            EXPECT_EQ(both->found->came, 0);
            ++*both->painted;
        },
        &both);
    part_maps_find(work, estimator, request_, Found::take, &found);
    small_work_stop(work, &asker); // one who asked for nothing
    ASSERT_TRUE(wait_until([&] { return found.came == 1; }));
    EXPECT_EQ(painted, 1);
    EXPECT_EQ(heard(), (std::vector<std::string>{"hello", "parts", "hello", "stylize", "parts"}));
    small_work_free(work);
    estimator_free(estimator);
}

TEST_F(PartMapsTest, OneThatWasStoppedIsNotTold) {
    const Environment fake("MANIERA_FAKE", "echo");
    Found found;
    Estimator* estimator = estimator_new();
    SmallWork* work = small_work_new();
    part_maps_find(work, estimator, request_, Found::take, &found);
    small_work_stop(work, &found);
    run_main_loop(0.3);
    EXPECT_EQ(found.came, 0);
    part_maps_find(work, estimator, request_, Found::take, &found);
    EXPECT_TRUE(wait_until([&] { return found.came == 1; }));
    small_work_free(work);
    estimator_free(estimator);
}

// Whatever the helper says, nothing but the maps is read.
TEST_F(PartMapsTest, AnAnswerThatIsNoneIsRefused) {
    for (const char* answer : {"far", "twice", "empty-answer"}) {
        const auto found = find(answer);
        EXPECT_EQ(found->maps, nullptr);
        EXPECT_EQ(found->code, PAINT_ERROR_PROTOCOL_ERROR) << answer;
    }
}

} // namespace
} // namespace maniera::test
