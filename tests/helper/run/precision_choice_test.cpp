// SPDX-License-Identifier: GPL-3.0-or-later
// What `--precision auto` is: measured once on each machine, and the same from then on.

#include "core/device/device.h"
#include "core/network/precision_trial.h"
#include "tests/support/pictures.h"
#include "tests/support/program.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace maniera {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::contains;
using test::operator+;
using test::Outcome;
using test::Words;

class PrecisionChoice : public test::ProgramWithTinyModel {
protected:
    void SetUp() override {
        if (!list_devices().front().bf16)
            GTEST_SKIP() << "this processor has no bfloat16: there is nothing to choose";
        save_inputs(67, 48);
    }
    Outcome painted(const std::string& cache) const {
        return test::maniera({"stylize", folder / "photo.tif", "--style", folder / "style.png",
                              "--model", "tiny", "--iterations", "2", "--json", "--device", "cpu",
                              "--no-checkpoint", "-o", folder / "out.png"},
                             environment() + Words{"XDG_CACHE_HOME=" + cache});
    }
    // Of the last line, which tells of the result.
    std::string precision(const std::string& cache) const {
        const Outcome outcome = painted(cache);
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        const std::string lines = outcome.out.substr(0, outcome.out.rfind('\n'));
        return json::parse(lines.substr(lines.rfind('\n') + 1)).value("precision", "");
    }
    // The file that says it.
    std::string kept_file() const {
        std::string found;
        for (const auto& entry : fs::directory_iterator(cache + "/maniera"))
            if (contains(entry.path().filename().string(), "precision-")) {
                EXPECT_EQ(found, "");
                found = entry.path().string();
            }
        return found;
    }

    const std::string cache = folder / "cache";
};

TEST_F(PrecisionChoice, IsMeasuredOnceAndKept) {
    const std::string first = precision(cache);
    const std::string file = kept_file(), told = test::read_text(file);
    double fp32 = 0, bf16 = 0;
    ASSERT_EQ(std::sscanf(told.c_str(), "fp32 %lf bf16 %lf\n", &fp32, &bf16), 2) << told;
    EXPECT_EQ(first, bf16 < 0.9 * fp32 ? "bf16" : "fp32") << told;
    EXPECT_EQ(precision(cache), first);
    EXPECT_EQ(test::read_text(file), told);
}

TEST_F(PrecisionChoice, IsTheQuicker) {
    precision(cache);
    const std::string file = kept_file();
    const auto with = [&](const std::string& text) {
        test::write_text(file, text);
        return precision(cache);
    };
    EXPECT_EQ(with("fp32 0.004 bf16 0.002\n"), "bf16");
    EXPECT_EQ(with("fp32 0.002 bf16 0.004\n"), "fp32");
    EXPECT_EQ(with("fp32 0.0020 bf16 0.0019\n"), "fp32"); // hardly
    const Outcome told =
        test::maniera({"devices", "--verbose"}, environment() + Words{"XDG_CACHE_HOME=" + cache});
    EXPECT_TRUE(
        contains(told.out, "precision: fp32: a convolution takes 1.9 ms in bf16, 2.0 ms in fp32"))
        << told.out;
}

TEST_F(PrecisionChoice, IsMeasuredAgainWhereTheFileSaysNothing) {
    const std::string first = precision(cache), file = kept_file();
    for (const char* torn : {"", "fp32 0.004", "fp32 0.002 bf16 nan\n"}) {
        test::write_text(file, torn);
        EXPECT_EQ(precision(cache), first) << torn;
        EXPECT_TRUE(contains(test::read_text(file), "bf16 0.")) << torn;
        EXPECT_NE(test::read_text(file), torn);
    }
}

// Else each run would measure, and now and then choose otherwise.
TEST_F(PrecisionChoice, IsByTheKindOfProcessorWhereNothingCanBeKept) {
    const std::string nowhere = folder / "no-folder";
    test::write_text(nowhere, "");
    const std::string first = precision(nowhere);
    EXPECT_EQ(precision(nowhere), first);
    const Outcome told =
        test::maniera({"devices", "--verbose"}, environment() + Words{"XDG_CACHE_HOME=" + nowhere});
    EXPECT_TRUE(contains(told.out, "precision: " + first + ", by the kind of processor"))
        << told.out;
}

TEST(PrecisionTrial, FindsHowLongBothTake) {
    const PrecisionTimes times = measure_precisions();
    // 1.2 GFlop: no processor does it in a tenth of a millisecond, and none takes ten seconds.
    EXPECT_GT(times.fp32, 1e-4);
    EXPECT_LT(times.fp32, 10);
    EXPECT_GT(times.bf16, 1e-5);
}

} // namespace
} // namespace maniera
