// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/distributed/collectives.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <memory>
#include <string>

namespace maniera {
namespace {

// float64, dense, in the host's memory.
at::Tensor on_host(const at::Tensor& tensor) {
    return tensor.to(at::TensorOptions(at::kCPU).dtype(at::kDouble)).contiguous();
}

// Every rank's values, combined in the order of ranks.
at::Tensor fold(Communicator& comm, const at::Tensor& values,
                const std::function<at::Tensor(const at::Tensor&, const at::Tensor&)>& combine) {
    if (comm.size() == 1)
        return values.to(at::kDouble);
    const int own = comm.rank(), size = comm.size();
    std::vector<at::Tensor> all(size);
    all[own] = on_host(values);
    const std::size_t bytes = all[own].nbytes();
    const std::unique_ptr<Transfers> transfers = comm.start_transfers();
    for (int other = 0; other < size; ++other)
        if (other != own) {
            all[other] = at::empty(all[own].sizes(), all[own].options());
            transfers->receive(other, all[other].data_ptr(), bytes);
            transfers->send(other, all[own].data_ptr(), bytes);
        }
    transfers->wait_all();
    at::Tensor total = all[0];
    for (int rank = 1; rank < size; ++rank)
        total = combine(total, all[rank]);
    return total.to(values.device());
}

// A vector of float64 in chunks of 1 MiB, so that ranks of a chain work at the same time.
class Chunks {
public:
    explicit Chunks(const at::Tensor& vector)
        : numbers_(vector.data_ptr<double>()), length_(vector.numel()) {}

    std::int64_t count() const { return (length_ + most - 1) / most; }
    std::int64_t begin(std::int64_t chunk) const { return chunk * most; }
    std::int64_t length(std::int64_t chunk) const { return std::min(most, length_ - begin(chunk)); }
    double* data(std::int64_t chunk) const { return numbers_ + begin(chunk); }
    std::size_t bytes(std::int64_t chunk) const {
        return static_cast<std::size_t>(length(chunk)) * sizeof(double);
    }

private:
    static constexpr std::int64_t most = 1 << 17;
    double* numbers_;
    std::int64_t length_;
};

// Passes a vector along the chain of ranks: chunk by chunk it comes from rank `from`, is changed by
// `change`, and goes on to rank `to`. Ranks beyond either end are left out.
void pass_along(Communicator& comm, const Chunks& chunks, int from, int to,
                const std::function<void(std::int64_t chunk)>& change) {
    const auto exists = [&](int rank) { return rank >= 0 && rank < comm.size(); };
    const std::unique_ptr<Transfers> transfers = comm.start_transfers();
    if (exists(from))
        for (std::int64_t chunk = 0; chunk < chunks.count(); ++chunk)
            transfers->receive(from, chunks.data(chunk), chunks.bytes(chunk));
    for (std::int64_t chunk = 0; chunk < chunks.count(); ++chunk) {
        if (exists(from))
            transfers->wait(static_cast<std::size_t>(chunk));
        change(chunk);
        if (exists(to))
            transfers->send(to, chunks.data(chunk), chunks.bytes(chunk));
    }
    transfers->wait_all();
}

// Rows of a picture as they lie in memory: (rows, W, C).
at::Tensor rows_on_host(const at::Tensor& picture) {
    return picture.to(at::kCPU).permute({0, 2, 3, 1}).contiguous().select(0, 0);
}

Span intersection(Span a, Span b) {
    const int begin = std::max(a.begin, b.begin);
    return {begin, std::max(begin, std::min(a.end, b.end))};
}

} // namespace

at::Tensor all_reduce_sum(Communicator& comm, const at::Tensor& values) {
    return fold(comm, values, [](const at::Tensor& a, const at::Tensor& b) { return a.add(b); });
}

at::Tensor all_reduce_max(Communicator& comm, const at::Tensor& values) {
    return fold(comm, values,
                [](const at::Tensor& a, const at::Tensor& b) { return at::maximum(a, b); });
}

at::Tensor broadcast_first(Communicator& comm, const at::Tensor& values) {
    return fold(comm, values, [](const at::Tensor& a, const at::Tensor&) { return a; });
}

at::Tensor all_reduce_in_order(Communicator& comm, const std::vector<at::Tensor>& parts,
                               const at::Tensor& like) {
    const bool alone = comm.size() == 1; // stays on its device
    std::vector<at::Tensor> own;
    for (const at::Tensor& part : parts)
        if (part.defined() && part.numel() > 0)
            own.push_back((alone ? part.to(at::kDouble) : on_host(part)).reshape(-1));
    at::Tensor total = at::zeros({like.numel()}, alone ? like.options().dtype(at::kDouble)
                                                       : at::TensorOptions(at::kDouble));
    const auto add_own = [&](std::int64_t begin, std::int64_t length) {
        at::Tensor sum = total.narrow(0, begin, length);
        for (const at::Tensor& part : own)
            sum.add_(part.narrow(0, begin, length));
    };
    if (alone) {
        add_own(0, total.numel());
        return total.reshape(like.sizes());
    }
    const int rank = comm.rank();
    const Chunks chunks(total);
    // Up, each rank adds its own; the last then has the sum, which goes back down.
    pass_along(comm, chunks, rank - 1, rank + 1,
               [&](std::int64_t chunk) { add_own(chunks.begin(chunk), chunks.length(chunk)); });
    pass_along(comm, chunks, rank + 1, rank - 1, [](std::int64_t) {});
    return total.to(like.device()).reshape(like.sizes());
}

at::Tensor exchange_rows(Communicator& comm, const at::Tensor& own, const std::vector<Span>& have,
                         const std::vector<Span>& want) {
    const int rank = comm.rank(), size = comm.size();
    const at::Tensor mine = size == 1 ? own.permute({0, 2, 3, 1}).select(0, 0) : rows_on_host(own);
    const Span wanted = want[rank];
    at::Tensor result = at::empty({1, wanted.length(), own.size(3), own.size(1)}, mine.options());
    at::Tensor rows = result.select(0, 0);
    const std::size_t row_bytes = static_cast<std::size_t>(own.size(3) * own.size(1)) *
                                  static_cast<std::size_t>(own.element_size());
    const auto address = [&](const at::Tensor& picture, Span inner, Span outer) {
        return static_cast<char*>(picture.data_ptr()) + row_bytes * (inner.begin - outer.begin);
    };
    const std::unique_ptr<Transfers> transfers = comm.start_transfers();
    for (int other = 0; other < size; ++other) {
        if (other == rank)
            continue;
        if (const Span in = intersection(have[other], wanted); in.length() > 0)
            transfers->receive(other, address(rows, in, wanted), row_bytes * in.length());
        if (const Span out = intersection(have[rank], want[other]); out.length() > 0)
            transfers->send(other, address(mine, out, have[rank]), row_bytes * out.length());
    }
    transfers->wait_all();
    if (const Span stays = intersection(have[rank], wanted); stays.length() > 0)
        rows.narrow(0, stays.begin - wanted.begin, stays.length())
            .copy_(mine.narrow(0, stays.begin - have[rank].begin, stays.length()));
    return result.permute({0, 3, 1, 2}).to(own.device());
}

void gather_chunks(Communicator& comm, std::int64_t count, std::int64_t unit,
                   const std::function<at::Tensor(std::int64_t begin, std::int64_t end)>& read,
                   const std::function<void(const float* values, std::int64_t count)>& take) {
    constexpr std::int64_t most = 1 << 20; // floats of a chunk, where a unit is not larger
    const std::int64_t chunk = std::max<std::int64_t>(1, most / unit) * unit;
    const std::vector<std::string> counts = comm.all_gather(std::to_string(count));
    const int rank = comm.rank();
    for (int owner = 0; owner < comm.size(); ++owner) {
        const std::int64_t there = std::stoll(counts[owner]);
        for (std::int64_t begin = 0; begin < there; begin += chunk) {
            const std::int64_t end = std::min(there, begin + chunk);
            at::Tensor values;
            if (rank == owner)
                values = read(begin, end).to(at::kCPU, at::kFloat).contiguous();
            else if (rank == 0)
                values = at::empty({end - begin}, at::TensorOptions(at::kFloat));
            const std::size_t bytes = sizeof(float) * static_cast<std::size_t>(end - begin);
            const std::unique_ptr<Transfers> transfers = comm.start_transfers();
            if (rank == owner && owner > 0)
                transfers->send(0, values.data_ptr(), bytes);
            if (rank == 0 && owner > 0)
                transfers->receive(owner, values.data_ptr(), bytes);
            transfers->wait_all();
            if (rank == 0)
                take(values.data_ptr<float>(), end - begin);
            comm.broadcast("next"); // so that no rank waits longer than one chunk takes
        }
    }
}

} // namespace maniera
