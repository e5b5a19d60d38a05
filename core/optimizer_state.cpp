// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/optimizer_state.h"

#include <ATen/ops/empty.h>

namespace maniera {
namespace {

// Sums run in the order of memory, so that the order is part of the state.
enum Layout { absent, rows, channels_last };

class Saver : public StateVisitor {
public:
    explicit Saver(CheckpointWriter& writer) : writer_(writer) {}

    void number(const std::string& name, double& value) override { writer_.number(name, value); }

    void tensor(const std::string& name, at::Tensor& value) override {
        const Layout layout = !value.defined()                                      ? absent
                              : value.is_contiguous(at::MemoryFormat::ChannelsLast) ? channels_last
                                                                                    : rows;
        writer_.number(name + " layout", layout);
        if (layout == absent)
            return;
        const at::Tensor cpu = value.to(at::kCPU, at::kFloat)
                                   .contiguous(layout == rows ? at::MemoryFormat::Contiguous
                                                              : at::MemoryFormat::ChannelsLast);
        writer_.array(name, cpu.data_ptr<float>(), static_cast<std::size_t>(cpu.numel()));
    }

private:
    CheckpointWriter& writer_;
};

class Loader : public StateVisitor {
public:
    Loader(const CheckpointReader& reader, const at::Tensor& like) : reader_(reader), like_(like) {}

    void number(const std::string& name, double& value) override { value = reader_.number(name); }

    void tensor(const std::string& name, at::Tensor& value) override {
        const auto layout = static_cast<int>(reader_.number(name + " layout"));
        value = at::Tensor();
        if (layout == absent)
            return;
        const at::Tensor cpu = at::empty(like_.sizes(), at::TensorOptions(at::kFloat),
                                         layout == rows ? at::MemoryFormat::Contiguous
                                                        : at::MemoryFormat::ChannelsLast);
        reader_.array(name, cpu.data_ptr<float>(), static_cast<std::size_t>(cpu.numel()));
        value = cpu.to(like_.device());
    }

private:
    const CheckpointReader& reader_;
    const at::Tensor& like_;
};

} // namespace

void save_state(Optimizer& optimizer, CheckpointWriter& writer) {
    Saver saver(writer);
    optimizer.visit(saver);
}

void load_state(Optimizer& optimizer, const CheckpointReader& reader, const at::Tensor& like) {
    Loader loader(reader, like);
    optimizer.visit(loader);
}

} // namespace maniera
