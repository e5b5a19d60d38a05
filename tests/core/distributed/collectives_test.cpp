// SPDX-License-Identifier: GPL-3.0-or-later
// A process by itself gets back what it gave, with the bits that one rank of Gloo gets. What
// several ranks get is in communicator_test.cpp.

#include "core/distributed/collectives.h"

#include "core/distributed/local.h"

#include "tests/support/rank_threads.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace maniera {
namespace {

at::Tensor some_values(std::int64_t count) {
    return at::arange(count, at::kDouble).mul(0.37).sin().to(at::kFloat);
}

at::Tensor gathered(Communicator& comm, const at::Tensor& values, std::int64_t unit) {
    std::vector<at::Tensor> chunks;
    gather_chunks(
        comm, values.numel(), unit,
        [&](std::int64_t begin, std::int64_t end) { return values.narrow(0, begin, end - begin); },
        [&](const float* chunk, std::int64_t count) {
            EXPECT_EQ(count % unit, 0);
            chunks.push_back(at::from_blob(const_cast<float*>(chunk), {count}, at::kFloat).clone());
        });
    return at::cat(chunks);
}

void expect_what_was_given(Communicator& comm) {
    const at::Tensor values = some_values(12).reshape({3, 4});
    const at::Tensor doubles = values.to(at::kDouble);
    EXPECT_TRUE(all_reduce_sum(comm, values).equal(doubles));
    EXPECT_TRUE(all_reduce_max(comm, values).equal(doubles));
    EXPECT_TRUE(broadcast_first(comm, values).equal(doubles));

    const std::vector<at::Tensor> parts = {values, at::Tensor(), values * 1e-5, at::empty({0})};
    EXPECT_TRUE(
        all_reduce_in_order(comm, parts, values).equal(doubles + (values * 1e-5).to(at::kDouble)));

    const at::Tensor picture = some_values(3 * 8 * 5).reshape({1, 3, 8, 5});
    EXPECT_TRUE(
        exchange_rows(comm, picture, {{10, 18}}, {{12, 15}}).equal(picture.narrow(2, 2, 3)));

    const at::Tensor many = some_values((1 << 20) + 5 * 7);
    EXPECT_TRUE(gathered(comm, many.narrow(0, 0, many.numel() / 7 * 7), 7)
                    .equal(many.narrow(0, 0, many.numel() / 7 * 7)));

    EXPECT_EQ(comm.all_gather("text"), std::vector<std::string>{"text"});
    EXPECT_EQ(comm.broadcast("text"), "text");
    EXPECT_EQ(comm.bytes_sent(), 0);
}

TEST(Collectives, OfAProcessByItselfReturnWhatTheyWereGiven) {
    const c10::InferenceMode no_autograd;
    expect_what_was_given(local_communicator());
}

TEST(Collectives, OfOneRankOfGlooHaveTheSameBits) {
    test::as_ranks(1, [](int, Communicator& comm) { expect_what_was_given(comm); });
}

TEST(Collectives, OfAProcessByItselfHaveNobodyToTalkTo) {
    char byte = 0;
    EXPECT_THROW(local_communicator().start_transfers()->send(1, &byte, 1), std::logic_error);
}

} // namespace
} // namespace maniera
