// SPDX-License-Identifier: GPL-3.0-or-later
// Estimates, with a GIMP and a helper that are both fakes.
#include "tests/plugin/talk.h"
#include "tests/support/fake_host.h"
#include "tests/support/process.h"

#include "helper/messages/protocol.h"

#include <gtest/gtest.h>

#include <fstream>
#include <unistd.h>

extern "C" {
#include "plugin/run/estimator.h"
}

namespace maniera::test {
namespace {

struct Estimates {
    int answers = 0, errors = 0;
    RunEstimate last{};
    std::string message;

    static void take(const RunEstimate* estimate, const GError* error, gpointer data) {
        auto* estimates = static_cast<Estimates*>(data);
        ++estimates->answers;
        if (estimate)
            estimates->last = *estimate;
        if (error) {
            ++estimates->errors;
            estimates->message = error->message;
        }
    }
};

class EstimatorTest : public testing::Test {
protected:
    EstimatorTest() : helper_("MANIERA_HELPER", MANIERA_FAKE_HELPER) {
        fake_host().clear();
        request_ = request_new(1, fake_host().add_layer("Background", 1, 61, 37));
        StyleChoice* style = style_choice_new();
        style->drawable = fake_host().add_layer("Starry Night", 2, 50, 40);
        g_ptr_array_add(request_->styles, style);
        estimate(); // what GLib keeps open is open from now on
        before_ = Traces::settled();
    }

    ~EstimatorTest() override {
        expect_no_more_than(before_);
        request_free(request_);
        fake_host().clear();
    }

    void estimate() {
        Estimator* estimator = estimator_new();
        Estimates estimates;
        estimator_ask(estimator, request_, Estimates::take, &estimates);
        EXPECT_TRUE(wait_until([&] { return estimates.answers > 0; }));
        estimator_free(estimator);
    }

    const Environment helper_;
    Request* request_;
    Traces before_;
};

TEST_F(EstimatorTest, OnlyTheNewestQuestionsEstimateIsTold) {
    Estimator* estimator = estimator_new();
    Estimates estimates;
    for (int i = 0; i < 20; ++i)
        estimator_ask(estimator, request_, Estimates::take, &estimates);
    ASSERT_TRUE(wait_until([&] { return estimates.answers > 0; }));
    run_main_loop(0.1);
    EXPECT_EQ(estimates.answers, 1);
    EXPECT_EQ(estimates.last.width, 61);
    EXPECT_EQ(estimates.last.height, 37);
    EXPECT_GT(estimates.last.bytes, 0);
    estimator_free(estimator);
}

TEST_F(EstimatorTest, AnEstimatorStartsItsHelperAgainWhenItDied) {
    Estimator* estimator = estimator_new();
    Estimates estimates;
    {
        const Environment fake("MANIERA_FAKE", "crash");
        const Environment at("MANIERA_FAKE_AT", MANIERA_METHOD_ESTIMATE);
        estimator_ask(estimator, request_, Estimates::take, &estimates);
        ASSERT_TRUE(wait_until([&] { return estimates.answers == 1; }));
        EXPECT_EQ(estimates.errors, 1);
    }
    estimator_ask(estimator, request_, Estimates::take, &estimates);
    ASSERT_TRUE(wait_until([&] { return estimates.answers == 2; }));
    EXPECT_EQ(estimates.errors, 1) << estimates.message;
    estimator_free(estimator);
}

TEST_F(EstimatorTest, AThousandEstimatorsLeaveNothing) {
    const auto resident = [] {
        std::ifstream file("/proc/self/statm");
        long size = 0, pages = 0;
        file >> size >> pages;
        return pages * sysconf(_SC_PAGESIZE);
    };
#ifdef __SANITIZE_ADDRESS__ // which is slow, and keeps what is freed
    const int times = 100, most = 1 << 30;
#else
    const int times = 1000, most = 4 << 20; // 4.5 kB each
#endif
    long after_some = 0;
    for (int i = 0; i < times; ++i) {
        Estimator* estimator = estimator_new();
        Estimates estimates;
        estimator_ask(estimator, request_, Estimates::take, &estimates);
        if (i % 2 == 0) {
            ASSERT_TRUE(wait_until([&] { return estimates.answers > 0; })) << i;
        }
        estimator_free(estimator);
        run_main_loop(0);
        EXPECT_EQ(estimates.answers, i % 2 == 0 ? 1 : 0);
        ASSERT_EQ(estimates.errors, 0) << estimates.message;
        if (i == times / 10)
            after_some = resident();
    }
    expect_no_more_than(before_);
    EXPECT_LT(resident() - after_some, most);
}

} // namespace
} // namespace maniera::test
