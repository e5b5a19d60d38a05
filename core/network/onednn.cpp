// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/network/onednn.h"

#include "core/device/memory_limits.h"

#include <ATen/ops/empty.h>
#include <oneapi/dnnl/dnnl.hpp>

#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <new>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

namespace maniera {
namespace {

using dnnl::memory;
using Tag = memory::format_tag;
using Convolution = dnnl::convolution_forward::primitive_desc;

constexpr auto channels_last = at::MemoryFormat::ChannelsLast;

const dnnl::engine& processor() {
    static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    return engine;
}

memory::data_type type_of(at::ScalarType type) {
    return type == at::kBFloat16 ? memory::data_type::bf16 : memory::data_type::f32;
}

// Scratch from outside: oneDNN's own is shared by a thread's primitives, and those of a layer may
// be made by one thread and run by another.
dnnl::primitive_attr attributes() {
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return attributes;
}

// What is computed is added to what the result holds.
dnnl::primitive_attr attributes_of_sum() {
    dnnl::primitive_attr sum = attributes();
    dnnl::post_ops after;
    after.append_sum(1);
    sum.set_post_ops(after);
    return sum;
}

void append_relu(dnnl::post_ops& after) {
#if DNNL_VERSION_MAJOR < 3
    after.append_eltwise(1, dnnl::algorithm::eltwise_relu, 0, 0);
#else
    after.append_eltwise(dnnl::algorithm::eltwise_relu, 0, 0);
#endif
}

memory::dims dims_of(const memory::desc& desc) {
#if DNNL_VERSION_MAJOR < 3
    return desc.dims();
#else
    return desc.get_dims();
#endif
}

bool is_named(const Convolution& desc, const char* prefix) {
    const std::string name = desc.impl_info_str();
    return name.rfind(prefix, 0) == 0 && name.find("amx") != std::string::npos;
}

// oneDNN's fastest kernels for AMX take 10 to 40 ms a layer and size to compile. Others take 1 ms,
// and 1.4 times as long to run: they serve where the whole work is small. A core does 1.4e9
// operations in 1 ms. docs/performance.md.
void take_what_compiles_faster(Convolution& desc, Passes passes) {
    constexpr double worth_compiling = 1.5e10; // operations
    constexpr double many = 16;
    const memory::dims in = dims_of(desc.src_desc()), out = dims_of(desc.dst_desc());
    const double operations = 2. * 9 * in[1] * out[1] * out[2] * out[3];
    if (operations * (passes == Passes::many ? many : 1) >= worth_compiling ||
        !is_named(desc, "brg"))
        return;
    const Convolution fastest = desc;
    while (desc.next_impl())
        if (is_named(desc, "jit"))
            return;
    desc = fastest;
}

// A bias that is of no elements is none.
Convolution convolution_of(const memory::desc& src, const memory::desc& weights,
                           const memory::desc& bias, const memory::desc& dst, std::int64_t padding,
                           const dnnl::primitive_attr& attr, Passes passes) {
    constexpr auto kind = dnnl::prop_kind::forward_inference;
    constexpr auto algorithm = dnnl::algorithm::convolution_direct;
    const memory::dims strides{1, 1}, pad{padding, padding};
#if DNNL_VERSION_MAJOR < 3
    // It must last until the kernel is chosen.
    const dnnl::convolution_forward::desc operation(kind, algorithm, src, weights, bias, dst,
                                                    strides, pad, pad);
    Convolution desc(operation, attr, processor(), true);
#else
    Convolution desc(processor(), kind, algorithm, src, weights, bias, dst, strides, pad, pad, attr,
                     true);
#endif
    if (desc)
        take_what_compiles_faster(desc, passes);
    return desc;
}

dnnl::matmul::primitive_desc product_of(const memory::desc& a, const memory::desc& b,
                                        const memory::desc& bias, const memory::desc& result,
                                        const dnnl::primitive_attr& attr) {
#if DNNL_VERSION_MAJOR < 3
    return {{a, b, bias, result}, attr, processor()};
#else
    return {processor(), a, b, bias, result, attr};
#endif
}

at::Tensor bytes_for(const memory::desc& desc) {
    return at::empty({static_cast<std::int64_t>(desc.get_size())}, at::TensorOptions(at::kByte));
}

memory at_tensor(const memory::desc& desc, const at::Tensor& tensor) {
    return {desc, processor(), tensor.data_ptr()};
}

// oneDNN looks at few of its own allocations, those for machine code not among them, and ends the
// process where one fails. What this takes and gives back, the heap keeps for them.
void require_room_for_code() {
    constexpr std::size_t room = 6 << 20; // less than any threshold of malloc_tuning.h
    void* const block = std::malloc(room);
    if (!block)
        throw std::bad_alloc();
    *static_cast<volatile char*>(block) = 0; // else the compiler leaves both out
    std::free(block);
}

// Whether a lack of memory has gone right through oneDNN. Its store of kernels is damaged then: the
// next that is looked for, or even a look to empty the store, may be a crash.
std::atomic<bool> damaged{false};

void require_undamaged() {
    if (damaged)
        throw Error(ErrorCode::out_of_memory,
                    "Memory ran out before, and oneDNN can do no more in this process: start "
                    "Maniera again. A batch goes on with --resume, a painting from its "
                    "checkpoint.");
}

// What oneDNN says of memory is said as the language does.
template <typename Call>
auto translated(const Call& call) {
    require_undamaged();
    require_room_for_code();
    try {
        return call();
    } catch (const dnnl::error& error) {
        if (error.status == dnnl_out_of_memory)
            throw std::bad_alloc();
        throw;
    } catch (const std::bad_alloc&) {
        damaged = true;
        throw lacks_memory(); // not to be tried again with less
    }
}

void execute(const dnnl::primitive& primitive, const memory::desc& scratch,
             std::unordered_map<int, memory> arguments) {
    const at::Tensor held = bytes_for(scratch); // until it has run
    if (held.numel() > 0)
        arguments.insert({DNNL_ARG_SCRATCHPAD, at_tensor(scratch, held)});
    dnnl::stream stream(processor());
    primitive.execute(stream, arguments);
    stream.wait();
}

void reorder(const memory& from, const memory& to) {
    const dnnl::reorder::primitive_desc desc(from, to, attributes());
    execute(dnnl::reorder(desc), desc.scratchpad_desc(),
            {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
}

bool has_kernels(at::ScalarType precision) {
    const auto type = type_of(precision);
    const memory::desc maps({1, 16, 8, 8}, type, Tag::nhwc),
        weights({16, 16, 3, 3}, type, Tag::any), bias({16}, memory::data_type::f32, Tag::x);
    return static_cast<bool>(
        convolution_of(maps, weights, bias, maps, 1, attributes(), Passes::many).get(true));
}

} // namespace

bool onednn_serves(at::ScalarType precision) {
    static const bool in_float = has_kernels(at::kFloat), in_bfloat16 = has_kernels(at::kBFloat16);
    return (precision == at::kFloat && in_float) || (precision == at::kBFloat16 && in_bfloat16);
}

namespace {

struct Weights {
    memory::desc desc;
    at::Tensor bytes;
};

struct Kernel { // for one size of picture
    dnnl::convolution_forward primitive;
    memory::desc src, dst, scratch;
    Weights weights;
};

} // namespace

// Of a layer. Tiles come in more sizes than that, and kernels of all would take hundreds of
// megabytes; to make one anew is little beside a tile.
constexpr std::size_t most_kernels = 4;

struct PackedConvolution::State {
    struct Packing {
        Weights weights; // as the last size wanted them, or none yet
        std::map<std::tuple<std::int64_t, std::int64_t, int>, Kernel>
            kernels; // by height, width, padding
    };

    Packing& packing(Passes passes) { return packings[passes == Passes::many ? 1 : 0]; }
    Convolution describe(std::int64_t height, std::int64_t width, int padding, Passes passes) const;
    void pack(Packing& packing, const memory::desc& wanted);
    Kernel kernel(std::int64_t height, std::int64_t width, int padding, Passes passes);

    std::int64_t in, out;
    at::ScalarType type;
    at::Tensor bias; // float32
    bool relu;
    std::mutex mutex;
    Packing packings[2];
};

Convolution PackedConvolution::State::describe(std::int64_t height, std::int64_t width, int padding,
                                               Passes passes) const {
    const auto data = type_of(type);
    const std::int64_t rim = 2 * padding - 2;
    const memory::desc src({1, in, height, width}, data, Tag::nhwc),
        dst({1, out, height + rim, width + rim}, data, Tag::nhwc),
        any({out, in, 3, 3}, data, Tag::any);
    const memory::desc offsets =
        bias.defined() ? memory::desc({out}, memory::data_type::f32, Tag::x) : memory::desc();
    dnnl::primitive_attr attr = attributes();
    dnnl::post_ops after;
    if (relu)
        append_relu(after);
    attr.set_post_ops(after);
    return convolution_of(src, any, offsets, dst, padding, attr, passes);
}

// From one packing to another by way of rows, which every packing can be made from.
void PackedConvolution::State::pack(Packing& packing, const memory::desc& wanted) {
    if (packing.weights.desc == wanted)
        return;
    for (const Packing& other : packings)
        if (other.weights.desc == wanted) {
            packing = {other.weights, {}};
            return;
        }
    const memory::desc row_major({out, in, 3, 3}, type_of(type), Tag::oihw);
    Weights rows = packing.weights.bytes.defined()       ? packing.weights
                   : packings[0].weights.bytes.defined() ? packings[0].weights
                                                         : packings[1].weights;
    if (rows.desc != row_major) {
        const at::Tensor bytes = bytes_for(row_major);
        reorder(at_tensor(rows.desc, rows.bytes), at_tensor(row_major, bytes));
        rows = {row_major, bytes};
    }
    const at::Tensor packed = bytes_for(wanted);
    reorder(at_tensor(row_major, rows.bytes), at_tensor(wanted, packed));
    packing = {{wanted, packed}, {}}; // without the kernels, which hold the old ones
}

Kernel PackedConvolution::State::kernel(std::int64_t height, std::int64_t width, int padding,
                                        Passes passes) {
    const std::lock_guard lock(mutex);
    Packing& packing = this->packing(passes);
    const auto found = packing.kernels.find({height, width, padding});
    if (found != packing.kernels.end())
        return found->second;
    const Convolution desc = describe(height, width, padding, passes);
    pack(packing, desc.weights_desc());
    if (packing.kernels.size() == most_kernels)
        packing.kernels.clear();
    const Kernel kernel{dnnl::convolution_forward(desc), desc.src_desc(), desc.dst_desc(),
                        desc.scratchpad_desc(), packing.weights};
    packing.kernels.emplace(std::make_tuple(height, width, padding), kernel);
    return kernel;
}

PackedConvolution::PackedConvolution(const at::Tensor& weight, const at::Tensor& bias, bool relu,
                                     Passes passes)
    : state_(std::make_shared<State>()) {
    state_->in = weight.size(1);
    state_->out = weight.size(0);
    state_->type = weight.scalar_type();
    state_->bias = bias.defined() ? bias.to(at::kFloat).contiguous() : bias;
    state_->relu = relu;
    // At once, and for some size: rows of every layer kept until they are used would leave holes in
    // the heap.
    translated([&] {
        const memory::desc row_major({state_->out, state_->in, 3, 3}, type_of(state_->type),
                                     Tag::oihw);
        State::Packing& packing = state_->packing(passes);
        packing.weights = {row_major, weight.contiguous()};
        const std::int64_t side = passes == Passes::many ? 128 : 32;
        state_->pack(packing, state_->describe(side, side, 1, passes).weights_desc());
        if (packing.weights.desc == row_major) // as they came: whose they are need not stay
            packing.weights.bytes = packing.weights.bytes.clone();
    });
}

void PackedConvolution::compile(std::int64_t height, std::int64_t width, int padding,
                                Passes passes) const {
    translated([&] { state_->kernel(height, width, padding, passes); });
}

at::Tensor PackedConvolution::operator()(const at::Tensor& x, int padding, Passes passes) const {
    State& state = *state_;
    const std::int64_t height = x.size(2), width = x.size(3), rim = 2 * padding - 2;
    at::Tensor result =
        at::empty({1, state.out, height + rim, width + rim}, x.options(), channels_last);
    if (result.numel() == 0)
        return result;
    const at::Tensor dense = x.contiguous(channels_last);
    translated([&] {
        const Kernel kernel = state.kernel(height, width, padding, passes);
        std::unordered_map<int, memory> arguments{
            {DNNL_ARG_SRC, at_tensor(kernel.src, dense)},
            {DNNL_ARG_WEIGHTS, at_tensor(kernel.weights.desc, kernel.weights.bytes)},
            {DNNL_ARG_DST, at_tensor(kernel.dst, result)}};
        if (state.bias.defined())
            arguments.insert(
                {DNNL_ARG_BIAS,
                 at_tensor({{state.out}, memory::data_type::f32, Tag::x}, state.bias)});
        execute(kernel.primitive, kernel.scratch, std::move(arguments));
    });
    return result;
}

namespace {

struct Operand {
    memory::desc desc;
    at::Tensor tensor;
};

// result = a b + offsets; offsets may be undefined.
void multiply(const Operand& a, const Operand& b, const Operand& offsets, const Operand& result,
              const dnnl::primitive_attr& attr) {
    const auto desc = product_of(a.desc, b.desc, offsets.desc, result.desc, attr);
    std::unordered_map<int, memory> arguments{
        {DNNL_ARG_SRC, at_tensor(a.desc, a.tensor)},
        {DNNL_ARG_WEIGHTS, at_tensor(b.desc, b.tensor)},
        {DNNL_ARG_DST, at_tensor(result.desc, result.tensor)}};
    if (offsets.tensor.defined())
        arguments.insert({DNNL_ARG_BIAS, at_tensor(offsets.desc, offsets.tensor)});
    execute(dnnl::matmul(desc), desc.scratchpad_desc(), std::move(arguments));
}

} // namespace

at::Tensor transposed_products(const at::Tensor& a, const at::Tensor& b) {
    const std::int64_t count = a.size(0), rows = a.size(1), left = a.size(2), right = b.size(2);
    at::Tensor result = at::empty({count, left, right}, a.options().dtype(at::kFloat));
    const auto type = type_of(a.scalar_type());
    translated([&] {
        multiply({{{count, left, rows}, type, Tag::acb}, a},
                 {{{count, rows, right}, type, Tag::abc}, b}, {},
                 {{{count, left, right}, memory::data_type::f32, Tag::abc}, result}, attributes());
    });
    return result;
}

void add_transposed_product(at::Tensor& sum, const at::Tensor& a, const at::Tensor& b) {
    const std::int64_t rows = a.size(0), left = a.size(1), right = b.size(1);
    const auto type = type_of(a.scalar_type());
    translated([&] {
        multiply({{{left, rows}, type, Tag::ba}, a}, {{{rows, right}, type, Tag::ab}, b}, {},
                 {{{left, right}, memory::data_type::f32, Tag::ab}, sum}, attributes_of_sum());
    });
}

void affine_product(at::Tensor& rows, bool read, const at::Tensor& f, const at::Tensor& a,
                    const at::Tensor& b) {
    const std::int64_t count = f.size(0), in = f.size(1), out = a.size(1);
    const auto type = type_of(f.scalar_type());
    translated([&] {
        Operand offsets;
        if (b.defined())
            offsets = {{{1, out}, memory::data_type::f32, Tag::ab}, b};
        multiply({{{count, in}, type, Tag::ab}, f}, {{{in, out}, type, Tag::ab}, a}, offsets,
                 {{{count, out}, type_of(rows.scalar_type()), Tag::ab}, rows},
                 read ? attributes_of_sum() : attributes());
    });
}

} // namespace maniera
