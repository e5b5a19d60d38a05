// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/distributed/collectives.h"

#include "core/distributed/gloo.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>

namespace maniera {
namespace {

// float64, dense, in the processor's memory.
at::Tensor on_host(const at::Tensor& tensor) {
    return tensor.to(at::TensorOptions(at::kCPU).dtype(at::kDouble)).contiguous();
}

// Every rank's numbers, brought together in the order of ranks.
at::Tensor fold(Communicator* ranks, const at::Tensor& numbers,
                const std::function<at::Tensor(const at::Tensor&, const at::Tensor&)>& add) {
    if (rank_count(ranks) == 1)
        return numbers.to(at::kDouble);
    const int own = rank_of(ranks), count = rank_count(ranks);
    std::vector<at::Tensor> all(count);
    all[own] = on_host(numbers);
    const std::size_t bytes = all[own].nbytes();
    {
        Communicator::Messages messages(*ranks);
        for (int other = 0; other < count; ++other)
            if (other != own) {
                all[other] = at::empty(all[own].sizes(), all[own].options());
                messages.receive(other, all[other].data_ptr(), bytes);
                messages.send(other, all[own].data_ptr(), bytes);
            }
        messages.wait_all();
    }
    at::Tensor total = all[0];
    for (int rank = 1; rank < count; ++rank)
        total = add(total, all[rank]);
    return total.to(numbers.device());
}

// Doubles of a piece on its way, so that ranks work at the same time: 1 MiB.
constexpr std::int64_t piece = 1 << 17;

// Rows of a picture as they lie in memory: (rows, W, C).
at::Tensor rows_of(const at::Tensor& picture) {
    return picture.to(at::kCPU).permute({0, 2, 3, 1}).contiguous().select(0, 0);
}

Span common(Span a, Span b) {
    const int begin = std::max(a.begin, b.begin);
    return {begin, std::max(begin, std::min(a.end, b.end))};
}

} // namespace

at::Tensor all_reduce_sum(Communicator* ranks, const at::Tensor& numbers) {
    return fold(ranks, numbers, [](const at::Tensor& a, const at::Tensor& b) { return a.add(b); });
}

at::Tensor all_reduce_max(Communicator* ranks, const at::Tensor& numbers) {
    return fold(ranks, numbers,
                [](const at::Tensor& a, const at::Tensor& b) { return at::maximum(a, b); });
}

at::Tensor broadcast_first(Communicator* ranks, const at::Tensor& numbers) {
    return fold(ranks, numbers, [](const at::Tensor& a, const at::Tensor&) { return a; });
}

at::Tensor all_reduce_in_order(Communicator* ranks, const std::vector<at::Tensor>& parts,
                               const at::Tensor& like) {
    const int own = rank_of(ranks), count = rank_count(ranks);
    std::vector<at::Tensor> mine;
    for (const at::Tensor& part : parts)
        if (part.defined() && part.numel() > 0)
            mine.push_back((count == 1 ? part.to(at::kDouble) : on_host(part)).reshape(-1));
    at::Tensor total = at::zeros({like.numel()}, count == 1 ? like.options().dtype(at::kDouble)
                                                            : at::TensorOptions(at::kDouble));
    const auto add_own = [&](std::int64_t from, std::int64_t length) {
        at::Tensor here = total.narrow(0, from, length);
        for (const at::Tensor& part : mine)
            here.add_(part.narrow(0, from, length));
    };
    if (count == 1) {
        add_own(0, total.numel());
        return total.reshape(like.sizes());
    }
    double* const numbers = total.data_ptr<double>();
    const std::int64_t pieces = (total.numel() + piece - 1) / piece;
    const auto length = [&](std::int64_t at) {
        return std::min(piece, total.numel() - at * piece);
    };
    const auto bytes = [&](std::int64_t at) {
        return static_cast<std::size_t>(length(at)) * sizeof(double);
    };
    // Up the chain: what the ranks before have, and then our own.
    {
        Communicator::Messages messages(*ranks);
        if (own > 0)
            for (std::int64_t at = 0; at < pieces; ++at)
                messages.receive(own - 1, numbers + at * piece, bytes(at));
        for (std::int64_t at = 0; at < pieces; ++at) {
            if (own > 0)
                messages.wait(at);
            add_own(at * piece, length(at));
            if (own < count - 1)
                messages.send(own + 1, numbers + at * piece, bytes(at));
        }
        messages.wait_all();
    }
    // Down again: the last has it all.
    Communicator::Messages messages(*ranks);
    if (own < count - 1)
        for (std::int64_t at = 0; at < pieces; ++at)
            messages.receive(own + 1, numbers + at * piece, bytes(at));
    for (std::int64_t at = 0; at < pieces; ++at) {
        if (own < count - 1)
            messages.wait(at);
        if (own > 0)
            messages.send(own - 1, numbers + at * piece, bytes(at));
    }
    messages.wait_all();
    return total.to(like.device()).reshape(like.sizes());
}

at::Tensor exchange_rows(Communicator* ranks, const at::Tensor& own, const std::vector<Span>& have,
                         const std::vector<Span>& want) {
    const int rank = rank_of(ranks), count = rank_count(ranks);
    const at::Tensor mine = count == 1 ? own.permute({0, 2, 3, 1}).select(0, 0) : rows_of(own);
    const Span wanted = want[rank];
    at::Tensor result = at::empty({1, wanted.length(), own.size(3), own.size(1)}, mine.options());
    at::Tensor rows = result.select(0, 0);
    if (count > 1) {
        const std::size_t row = static_cast<std::size_t>(own.size(3) * own.size(1)) *
                                static_cast<std::size_t>(own.element_size());
        const auto place = [row](const at::Tensor& picture, Span inner, Span outer) {
            return static_cast<char*>(picture.data_ptr()) + row * (inner.begin - outer.begin);
        };
        Communicator::Messages messages(*ranks);
        for (int other = 0; other < count; ++other) {
            if (other == rank)
                continue;
            if (const Span come = common(have[other], wanted); come.length() > 0)
                messages.receive(other, place(rows, come, wanted), row * come.length());
            if (const Span go = common(have[rank], want[other]); go.length() > 0)
                messages.send(other, place(mine, go, have[rank]), row * go.length());
        }
        messages.wait_all();
    }
    if (const Span kept = common(have[rank], wanted); kept.length() > 0)
        rows.narrow(0, kept.begin - wanted.begin, kept.length())
            .copy_(mine.narrow(0, kept.begin - have[rank].begin, kept.length()));
    return result.permute({0, 3, 1, 2}).to(own.device());
}

void gather_values(Communicator* ranks, std::int64_t count, std::int64_t unit,
                   const std::function<at::Tensor(std::int64_t begin, std::int64_t end)>& own,
                   const std::function<void(const float* values, std::int64_t count)>& f) {
    constexpr std::int64_t most = 1 << 20; // floats of a piece, where a unit is not larger
    const std::int64_t piece = std::max<std::int64_t>(1, most / unit) * unit;
    std::vector<std::int64_t> counts = {count};
    if (ranks) {
        counts.clear();
        for (const std::string& text : all_gather(*ranks, std::to_string(count)))
            counts.push_back(std::stoll(text));
    }
    const int rank = rank_of(ranks);
    const at::TensorOptions floats(at::kFloat);
    for (int owner = 0; owner < rank_count(ranks); ++owner)
        for (std::int64_t begin = 0; begin < counts[owner]; begin += piece) {
            const std::int64_t end = std::min(counts[owner], begin + piece);
            at::Tensor values;
            if (rank == owner)
                values = own(begin, end).to(at::kCPU, at::kFloat).contiguous();
            if (ranks && owner > 0) {
                Communicator::Messages messages(*ranks);
                const std::size_t bytes = sizeof(float) * static_cast<std::size_t>(end - begin);
                if (rank == 0)
                    values = at::empty({end - begin}, floats);
                if (rank == owner)
                    messages.send(0, values.data_ptr(), bytes);
                if (rank == 0)
                    messages.receive(owner, values.data_ptr(), bytes);
                messages.wait_all();
            }
            if (rank == 0)
                f(values.data_ptr<float>(), end - begin);
            if (ranks)
                broadcast(*ranks, "next"); // so that none waits for long
        }
}

} // namespace maniera
