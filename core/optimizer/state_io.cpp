// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/optimizer/state_io.h"

#include "core/distributed/collectives.h"
#include "core/memory/offloaded_tensor.h"

#include <ATen/ops/empty.h>

#include <exception>

namespace maniera {
namespace {

std::int64_t row_values(at::IntArrayRef sizes) { return sizes[1] * sizes[3]; }

// Values in the whole picture.
std::size_t count_of_all(const OffloadedTensor& tensor, const RowPartition& bands) {
    return static_cast<std::size_t>(row_values(tensor.sizes()) * bands.picture.height);
}

// Bands are rows, in memory as in the whole picture: the ranks' bands are written one after the
// other.
class Saver : public StateVisitor {
public:
    Saver(CheckpointWriter* writer, const RowPartition& bands) : writer_(writer), bands_(bands) {}

    void number(const std::string& name, double& value) override {
        write([&] { writer_->number(name, value); });
    }

    void tensor(const std::string& name, OffloadedTensor& value, const std::string&,
                bool) override {
        write([&] { writer_->begin_array(name, value.empty() ? 0 : count_of_all(value, bands_)); });
        gather_chunks(
            *bands_.comm, value.count(), 1,
            [&](std::int64_t begin, std::int64_t end) { return value.read(begin, end); },
            [&](const float* values, std::int64_t count) {
                write([&] { writer_->add_values(values, static_cast<std::size_t>(count)); });
            });
    }

    // Throws what went wrong, once all ranks have done their part.
    void end() const {
        if (failure_)
            std::rethrow_exception(failure_);
    }

private:
    template <typename F>
    void write(const F& f) {
        if (!writer_ || failure_)
            return;
        try {
            f();
        } catch (...) {
            failure_ = std::current_exception();
        }
    }

    CheckpointWriter* writer_;
    const RowPartition& bands_;
    std::exception_ptr failure_;
};

class Loader : public StateVisitor {
public:
    Loader(const CheckpointReader& reader, at::IntArrayRef sizes, const at::TensorOptions& options,
           const RowPartition& bands)
        : reader_(reader), sizes_(sizes), options_(options), bands_(bands) {}

    void number(const std::string& name, double& value) override { value = reader_.number(name); }

    void tensor(const std::string& name, OffloadedTensor& value, const std::string& folder,
                bool optional) override {
        value = OffloadedTensor();
        if (optional && reader_.count(name) == 0)
            return;
        value = OffloadedTensor(sizes_, options_, folder);
        reader_.expect_count(name, count_of_all(value, bands_));
        const std::int64_t first = row_values(sizes_) * bands_.own().begin;
        for_bands(value, [&](std::int64_t begin, std::int64_t end) {
            const at::Tensor band = at::empty({end - begin}, at::TensorOptions(at::kFloat));
            reader_.values(name, static_cast<std::size_t>(first + begin), band.data_ptr<float>(),
                           static_cast<std::size_t>(band.numel()));
            value.write(begin, band.to(options_.device()));
        });
    }

private:
    const CheckpointReader& reader_;
    at::IntArrayRef sizes_;
    at::TensorOptions options_;
    const RowPartition& bands_;
};

} // namespace

void save_state(Optimizer& optimizer, CheckpointWriter* writer, const RowPartition& bands) {
    Saver saver(writer, bands);
    optimizer.visit(saver);
    saver.end();
}

void load_state(Optimizer& optimizer, const CheckpointReader& reader, const at::Tensor& like,
                const RowPartition& bands) {
    Loader loader(reader, like.sizes(), like.options(), bands);
    optimizer.visit(loader);
}

} // namespace maniera
