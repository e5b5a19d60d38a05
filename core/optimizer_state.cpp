// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/optimizer_state.h"

#include "core/kept.h"

#include <ATen/ops/empty.h>

namespace maniera {
namespace {

class Saver : public StateVisitor {
public:
    explicit Saver(CheckpointWriter& writer) : writer_(writer) {}

    void number(const std::string& name, double& value) override { writer_.number(name, value); }

    void tensor(const std::string& name, Kept& value, const std::string&) override {
        writer_.begin_array(name, static_cast<std::size_t>(value.count()));
        for_bands(value, [&](std::int64_t begin, std::int64_t end) {
            const at::Tensor band = value.read(begin, end).to(at::kCPU, at::kFloat).contiguous();
            writer_.add_values(band.data_ptr<float>(), static_cast<std::size_t>(band.numel()));
        });
    }

private:
    CheckpointWriter& writer_;
};

class Loader : public StateVisitor {
public:
    Loader(const CheckpointReader& reader, at::IntArrayRef sizes, const at::TensorOptions& options)
        : reader_(reader), sizes_(sizes), options_(options) {}

    void number(const std::string& name, double& value) override { value = reader_.number(name); }

    void tensor(const std::string& name, Kept& value, const std::string& folder) override {
        value = Kept();
        if (reader_.count(name) == 0)
            return;
        value = Kept(sizes_, options_, folder);
        reader_.expect_count(name, static_cast<std::size_t>(value.count()));
        for_bands(value, [&](std::int64_t begin, std::int64_t end) {
            const at::Tensor band = at::empty({end - begin}, at::TensorOptions(at::kFloat));
            reader_.values(name, static_cast<std::size_t>(begin), band.data_ptr<float>(),
                           static_cast<std::size_t>(band.numel()));
            value.write(begin, band.to(options_.device()));
        });
    }

private:
    const CheckpointReader& reader_;
    at::IntArrayRef sizes_;
    at::TensorOptions options_;
};

} // namespace

void save_state(Optimizer& optimizer, CheckpointWriter& writer) {
    Saver saver(writer);
    optimizer.visit(saver);
}

void load_state(Optimizer& optimizer, const CheckpointReader& reader, const at::Tensor& like) {
    Loader loader(reader, like.sizes(), like.options());
    optimizer.visit(loader);
}

} // namespace maniera
