// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/support/host_copies.h"

#include <ATen/core/ivalue.h>
#include <ATen/record_function.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>

namespace maniera::test {
namespace {

thread_local std::map<std::string, int> seen;

// Operators whose result the host must know, and those that ask for one inside.
const char* const readers[] = {"aten::_local_scalar_dense", "aten::equal", "aten::nonzero",
                               "aten::masked_select"};

bool is_copy_to_host(const at::RecordFunction& call) {
    const std::string name = call.name();
    if (std::find(std::begin(readers), std::end(readers), name) != std::end(readers))
        return true;
    const auto inputs = call.inputs();
    const auto on_processor = [&](std::size_t i) {
        return inputs.size() > i && inputs[i].isTensor() && inputs[i].toTensor().defined() &&
               inputs[i].toTensor().is_cpu();
    };
    if (name == "aten::copy_")
        return on_processor(0) && !on_processor(1);
    return name == "aten::to" && on_processor(0) &&
           std::any_of(inputs.begin(), inputs.end(), [](const c10::IValue& input) {
               return input.isDevice() && input.toDevice().is_cpu();
           });
}

std::unique_ptr<at::ObserverContext> watch(const at::RecordFunction& call) {
    if (is_copy_to_host(call))
        ++seen[call.name()];
    return nullptr;
}

} // namespace

HostCopies::HostCopies() {
    seen.clear();
    handle_ = at::addThreadLocalCallback(
        at::RecordFunctionCallback(watch).needsInputs(true).scopes({at::RecordScope::FUNCTION}));
}

HostCopies::~HostCopies() { at::removeCallback(handle_); }

int HostCopies::count() const {
    int count = 0;
    for (const auto& entry : seen)
        count += entry.second;
    return count;
}

std::string HostCopies::names() const {
    std::string names;
    for (const auto& [name, times] : seen)
        names += name + " x " + std::to_string(times) + "; ";
    return names;
}

} // namespace maniera::test
