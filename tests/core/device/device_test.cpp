// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/device/device.h"

#include "core/device/placement.h"
#include "core/error.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

namespace maniera {
namespace {

Placement choose(const char* device, const char* precision, const char* threads, bool reference) {
    ManieraOptions options;
    maniera_options_init(&options);
    char message[MANIERA_MESSAGE_MAX];
    EXPECT_TRUE(maniera_option_set(&options, "device", device, message));
    EXPECT_TRUE(maniera_option_set(&options, "precision", precision, message));
    EXPECT_TRUE(maniera_option_set(&options, "threads", threads, message));
    return choose_placement(resolve(options), reference);
}

TEST(Device, TheProcessorIsAlwaysThere) {
    const auto devices = list_devices();
    ASSERT_FALSE(devices.empty());
    EXPECT_EQ(devices[0].name, "cpu");
    EXPECT_GT(devices[0].memory, 1 << 20);
    EXPECT_NE(devices[0].description.find("threads"), std::string::npos);
}

// As the system tells of the processor.
bool is_in_cpuinfo(const char* word) {
    std::ifstream file("/proc/cpuinfo");
    const std::string text(std::istreambuf_iterator<char>(file), {});
    return text.find(word) != std::string::npos;
}

TEST(Device, PrecisionFollowsTheHardware) {
    EXPECT_EQ(list_devices()[0].bf16, is_in_cpuinfo("avx512_bf16"));
    const bool quick = is_in_cpuinfo("avx512_bf16") &&
                       (is_in_cpuinfo("AuthenticAMD") || is_in_cpuinfo("amx_bf16"));
    EXPECT_EQ(precision_name(choose("cpu", "auto", "0", false)), quick ? "bf16" : "fp32");
    EXPECT_EQ(precision_name(choose("cpu", "auto", "0", true)), "fp32");
    EXPECT_EQ(precision_name(choose("cpu", "bf16", "0", true)), "bf16");
    EXPECT_EQ(precision_name(choose("cpu", "fp32", "0", false)), "fp32");
    EXPECT_EQ(device_name(choose("cpu", "fp32", "0", false)), "cpu");
}

TEST(Device, SetsTheNumberOfThreads) {
    const int before = at::get_num_threads();
    choose("cpu", "fp32", "1", false);
    EXPECT_EQ(at::get_num_threads(), 1);
    choose("cpu", "fp32", "2", false);
    EXPECT_EQ(at::get_num_threads(), 2);
    at::set_num_threads(before);
}

TEST(Device, RefusesWhatIsNotThere) {
    const auto code = [](const char* device) {
        try {
            choose(device, "fp32", "1", false);
        } catch (const Error& error) {
            return error.code();
        }
        return ErrorCode::internal;
    };
    EXPECT_EQ(code("toaster"), ErrorCode::invalid_option);
    EXPECT_EQ(code("cuda:x"), ErrorCode::invalid_option);
    EXPECT_EQ(code("cuda:999"), ErrorCode::no_device);
    if (list_devices().size() == 1) {
        EXPECT_EQ(code("cuda"), ErrorCode::no_device);
    }
}

} // namespace
} // namespace maniera
