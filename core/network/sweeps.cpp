// SPDX-License-Identifier: GPL-3.0-or-later
// None of the features is below 0, so they compare as the integers of their bits do, which takes
// fewer instructions than bfloat16 would. (-0 is the least integer, and not above 0 either.)

#include "core/network/sweeps.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <numeric>
#include <vector>

// Compiled once for each width of vectors; the loader takes the widest that the processor has.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_EACH_WIDTH __attribute__((target_clones("arch=skylake-avx512", "avx2", "default")))
#else
#define FOR_EACH_WIDTH
#endif

namespace maniera {
namespace {

constexpr auto channels_last = at::MemoryFormat::ChannelsLast;

// Rows of pixels, each of its channels side by side.
template <typename T>
struct Maps {
    explicit Maps(const at::Tensor& t)
        : first(static_cast<T*>(t.data_ptr())), row(t.stride(2)), channels(t.size(1)),
          height(t.size(2)), width(t.size(3)) {}
    T* at(std::int64_t y) const { return first + y * row; }
    T* first;
    std::int64_t row, channels, height, width;
};

// Whether Maps can walk over it.
bool is_walkable(const at::Tensor& t) {
    return t.stride(1) == 1 && (t.size(3) <= 1 || t.stride(3) == t.size(1));
}

at::Tensor walkable(const at::Tensor& t) { return is_walkable(t) ? t : t.clone(channels_last); }

// Calls body() with an integer of the type's size, for its bits.
template <typename Body>
void with_bits(const at::Tensor& t, const Body& body) {
    if (t.scalar_type() == at::kBFloat16)
        body(std::int16_t());
    else
        body(std::int32_t());
}

template <typename Body>
void for_rows(std::int64_t count, const Body& body) {
    at::parallel_for(0, count, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t y = begin; y < end; ++y)
            body(y);
    });
}

// `pixels` squares of the rows a and b.
template <typename T>
FOR_EACH_WIDTH void pool_row(const T* __restrict a, const T* __restrict b, T* __restrict to,
                             std::int64_t pixels, std::int64_t channels) {
    for (std::int64_t x = 0; x < pixels; ++x, a += 2 * channels, b += 2 * channels, to += channels)
        for (std::int64_t c = 0; c < channels; ++c) {
            const T above = a[c] > a[channels + c] ? a[c] : a[channels + c];
            const T below = b[c] > b[channels + c] ? b[c] : b[channels + c];
            to[c] = above > below ? above : below;
        }
}

template <typename T>
FOR_EACH_WIDTH void unpool_row(const T* __restrict gradient, const T* __restrict a,
                               const T* __restrict b, T* __restrict to_a, T* __restrict to_b,
                               std::int64_t pixels, std::int64_t channels) {
    const std::int64_t n = channels;
    for (std::int64_t x = 0; x < pixels;
         ++x, gradient += n, a += 2 * n, b += 2 * n, to_a += 2 * n, to_b += 2 * n)
        for (std::int64_t c = 0; c < n; ++c) {
            const T above = a[c] > a[n + c] ? a[c] : a[n + c];
            const T below = b[c] > b[n + c] ? b[c] : b[n + c];
            const T most = above > below ? above : below;
            // All ones where it is so: vectors have no branches.
            const T first = static_cast<T>(-(a[c] == most));
            const T second = static_cast<T>(-(a[n + c] == most) & ~first);
            const T third = static_cast<T>(-(b[c] == most) & ~(first | second));
            const T fourth = static_cast<T>(~(first | second | third));
            const T value = static_cast<T>(gradient[c] & -(most > 0));
            to_a[c] = value & first;
            to_a[n + c] = value & second;
            to_b[c] = value & third;
            to_b[n + c] = value & fourth;
        }
}

template <typename T>
FOR_EACH_WIDTH void mask_row(T* __restrict gradient, const T* __restrict features,
                             std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i)
        gradient[i] = static_cast<T>(gradient[i] & -(features[i] > 0));
}

float widened(float value) { return value; }

// bfloat16 is the upper half of a float.
float widened(std::uint16_t half) {
    const std::uint32_t bits = static_cast<std::uint32_t>(half) << 16;
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

void narrow(float value, float& to) { to = value; }

// To the nearest, and of two as near to the even one.
void narrow(float value, std::uint16_t& to) {
    std::uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    to = static_cast<std::uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

// weights may be null.
template <typename T>
FOR_EACH_WIDTH void sum_rows(const T* __restrict rows, const float* weights, float* __restrict to,
                             std::int64_t count, std::int64_t channels) {
    for (std::int64_t y = 0; y < count; ++y, rows += channels) {
        const float weight = weights ? weights[y] : 1;
        for (std::int64_t c = 0; c < channels; ++c)
            to[c] += weight * widened(rows[c]);
    }
}

// weights may be null.
template <typename T>
FOR_EACH_WIDTH double squares_of_rows(const T* __restrict rows, const float* weights,
                                      std::int64_t count, std::int64_t channels) {
    constexpr std::int64_t lanes = 32; // sums, so that vectors have them side by side
    double sum = 0;
    for (std::int64_t y = 0; y < count; ++y, rows += channels) {
        float sums[lanes] = {};
        const std::int64_t whole = channels - channels % lanes;
        for (std::int64_t c = 0; c < whole; c += lanes)
            for (std::int64_t lane = 0; lane < lanes; ++lane)
                sums[lane] += widened(rows[c + lane]) * widened(rows[c + lane]);
        for (std::int64_t c = whole; c < channels; ++c)
            sums[c - whole] += widened(rows[c]) * widened(rows[c]);
        float own = 0;
        for (const float each : sums)
            own += each;
        sum += static_cast<double>(weights ? weights[y] * own : own);
    }
    return sum;
}

// Or 0: their mantissas are.
FOR_EACH_WIDTH bool are_powers_of_two(const float* values, std::int64_t count) {
    std::uint32_t mantissas = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        std::uint32_t bits;
        std::memcpy(&bits, values + i, sizeof bits);
        mantissas |= bits & 0x7fffff;
    }
    return mantissas == 0;
}

template <typename T>
FOR_EACH_WIDTH void weigh(const T* __restrict rows, const float* weights, T* __restrict to,
                          std::int64_t count, std::int64_t channels) {
    for (std::int64_t y = 0; y < count; ++y, rows += channels, to += channels)
        for (std::int64_t c = 0; c < channels; ++c)
            narrow(weights[y] * widened(rows[c]), to[c]);
}

template <typename T>
FOR_EACH_WIDTH void weigh_with_rest(const T* __restrict rows, const float* weights,
                                    T* __restrict to, std::int64_t count, std::int64_t channels) {
    for (std::int64_t y = 0; y < count; ++y, rows += channels, to += 2 * channels)
        for (std::int64_t c = 0; c < channels; ++c) {
            const float value = weights[y] * widened(rows[c]);
            T rounded;
            narrow(value, rounded);
            to[c] = rounded;
            narrow(value - widened(rounded), to[channels + c]);
        }
}

template <typename T>
FOR_EACH_WIDTH void add_weighed(const T* __restrict rows, const float* weights, T* __restrict to,
                                std::int64_t count, std::int64_t channels) {
    for (std::int64_t y = 0; y < count; ++y, rows += channels, to += channels)
        for (std::int64_t c = 0; c < channels; ++c)
            narrow(widened(to[c]) + weights[y] * widened(rows[c]), to[c]);
}

// weights may be null.
template <typename T>
FOR_EACH_WIDTH double squared_difference_row(const T* __restrict a, const T* __restrict b,
                                             const float* weights, std::int64_t pixels,
                                             std::int64_t channels) {
    constexpr std::int64_t lanes = 16; // sums, so that vectors have them side by side
    double sum = 0;
    for (std::int64_t x = 0; x < pixels; ++x, a += channels, b += channels) {
        float sums[lanes] = {};
        std::int64_t c = 0;
        for (; c + lanes <= channels; c += lanes)
            for (std::int64_t lane = 0; lane < lanes; ++lane) {
                const float difference = widened(a[c + lane]) - widened(b[c + lane]);
                sums[lane] += difference * difference;
            }
        for (; c < channels; ++c)
            sums[0] += (widened(a[c]) - widened(b[c])) * (widened(a[c]) - widened(b[c]));
        float pixel = 0;
        for (const float one : sums)
            pixel += one;
        sum += static_cast<double>(pixel) * (weights ? weights[x] : 1);
    }
    return sum;
}

template <typename T>
FOR_EACH_WIDTH void add_difference_row(T* __restrict to, const T* __restrict a,
                                       const T* __restrict b, const float* weights, float factor,
                                       std::int64_t pixels, std::int64_t channels) {
    for (std::int64_t x = 0; x < pixels; ++x, to += channels, a += channels, b += channels) {
        const float weight = weights ? factor * weights[x] : factor;
        for (std::int64_t c = 0; c < channels; ++c)
            narrow(widened(to[c]) + weight * (widened(a[c]) - widened(b[c])), to[c]);
    }
}

// In float64. Sixteen sums, so that vectors have them side by side.
FOR_EACH_WIDTH double product_sum(const float* __restrict a, const float* __restrict b,
                                  std::int64_t count) {
    constexpr std::int64_t lanes = 16;
    double sums[lanes] = {};
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        for (std::int64_t lane = 0; lane < lanes; ++lane)
            sums[lane] += static_cast<double>(a[i + lane]) * b[i + lane];
    for (; i < count; ++i)
        sums[0] += static_cast<double>(a[i]) * b[i];
    double sum = 0;
    for (const double one : sums)
        sum += one;
    return sum;
}

// Of each of so many columns side by side the greatest, so that they can be compared at once.
FOR_EACH_WIDTH std::int64_t place_of_greatest(const float* __restrict row, std::int64_t count) {
    constexpr int lanes = 64;
    float greatest[lanes];
    std::int32_t begins[lanes] = {}; // of the lanes' blocks
    std::fill_n(greatest, lanes, -std::numeric_limits<float>::infinity());
    const std::int64_t whole = count - count % lanes;
    for (std::int64_t begin = 0; begin < whole; begin += lanes)
        for (int lane = 0; lane < lanes; ++lane) {
            const float value = row[begin + lane];
            const bool is_greater = value > greatest[lane];
            greatest[lane] = is_greater ? value : greatest[lane];
            begins[lane] = is_greater ? static_cast<std::int32_t>(begin) : begins[lane];
        }
    std::int64_t place = 0;
    const auto consider = [&](std::int64_t other) {
        if (row[other] > row[place] || (row[other] == row[place] && other < place))
            place = other;
    };
    for (int lane = 0; lane < lanes && whole > 0; ++lane)
        consider(begins[lane] + lane);
    for (std::int64_t other = whole; other < count; ++other)
        consider(other);
    return place;
}

// Calls body() with the type that the elements are kept in.
template <typename Body>
void with_elements(const at::Tensor& t, const Body& body) {
    if (t.scalar_type() == at::kBFloat16)
        body(std::uint16_t());
    else
        body(float());
}

// A row of (1, 1, h, w); null where they are undefined.
const float* row_of(const at::Tensor& weights, std::int64_t y) {
    return weights.defined() ? weights.data_ptr<float>() + y * weights.stride(2) : nullptr;
}

// Calls body() with some consecutive rows for each thread.
template <typename Body>
void for_spans(std::int64_t count, const Body& body) {
    at::parallel_for(0, count, 256, body);
}

// A contiguous matrix.
template <typename T>
struct Matrix {
    explicit Matrix(const at::Tensor& t)
        : first(static_cast<T*>(t.data_ptr())), columns(t.size(1)) {}
    T* row(std::int64_t i) const { return first + i * columns; }
    T* first;
    std::int64_t columns;
};

// Calls body(rows, weights, their rows of `to`, count, channels) for some consecutive rows each.
template <typename Body>
void for_weighed_rows(const at::Tensor& to, const at::Tensor& rows, const at::Tensor& weights,
                      const Body& body) {
    const at::Tensor factors = weights.contiguous();
    const float* factor = factors.data_ptr<float>();
    with_elements(rows, [&](auto element) {
        using T = decltype(element);
        const Matrix<T> from(rows), results(to);
        for_spans(rows.size(0), [&](std::int64_t begin, std::int64_t end) {
            body(static_cast<const T*>(from.row(begin)), factor + begin, results.row(begin),
                 end - begin, from.columns);
        });
    });
}

} // namespace

at::Tensor max_pool(const at::Tensor& features) {
    const at::Tensor source = walkable(features);
    at::Tensor result = at::empty({1, source.size(1), source.size(2) / 2, source.size(3) / 2},
                                  source.options(), channels_last);
    with_bits(source, [&](auto bits) {
        const Maps<decltype(bits)> from(source), to(result);
        for_rows(to.height, [&](std::int64_t y) {
            pool_row(from.at(2 * y), from.at(2 * y + 1), to.at(y), to.width, to.channels);
        });
    });
    return result;
}

at::Tensor max_pool_and_relu_backward(const at::Tensor& gradient, const at::Tensor& features) {
    const at::Tensor pull = walkable(gradient), source = walkable(features);
    at::Tensor result = at::empty(source.sizes(), source.options(), channels_last);
    with_bits(source, [&](auto bits) {
        using T = decltype(bits);
        const Maps<T> pooled(pull), from(source), to(result);
        const auto zero = [&](std::int64_t y, std::int64_t x) { // the rest of a row
            std::fill(to.at(y) + x * to.channels, to.at(y) + to.width * to.channels, T());
        };
        for_rows(pooled.height, [&](std::int64_t y) {
            unpool_row(pooled.at(y), from.at(2 * y), from.at(2 * y + 1), to.at(2 * y),
                       to.at(2 * y + 1), pooled.width, to.channels);
            zero(2 * y, 2 * pooled.width);
            zero(2 * y + 1, 2 * pooled.width);
        });
        for (std::int64_t y = 2 * pooled.height; y < to.height; ++y)
            zero(y, 0);
    });
    return result;
}

void relu_backward(at::Tensor& gradient, const at::Tensor& features) {
    gradient = walkable(gradient);
    const at::Tensor source = walkable(features);
    with_bits(source, [&](auto bits) {
        const Maps<decltype(bits)> to(gradient), from(source);
        for_rows(to.height,
                 [&](std::int64_t y) { mask_row(to.at(y), from.at(y), to.width * to.channels); });
    });
}

at::Tensor sum_of_rows(const at::Tensor& rows, const at::Tensor& weights) {
    constexpr std::int64_t chunk = 1024; // few enough for float32 to sum
    const std::int64_t count = rows.size(0), channels = rows.size(1);
    const std::int64_t chunks = (count + chunk - 1) / chunk;
    at::Tensor sums = at::zeros({chunks, channels}, rows.options().dtype(at::kFloat));
    const at::Tensor factors = weights.defined() ? weights.contiguous() : weights;
    with_elements(rows, [&](auto element) {
        const auto* from = static_cast<const decltype(element)*>(rows.data_ptr());
        for_rows(chunks, [&](std::int64_t i) {
            const std::int64_t first = i * chunk;
            sum_rows(from + first * channels,
                     factors.defined() ? factors.data_ptr<float>() + first : nullptr,
                     sums.data_ptr<float>() + i * channels, std::min(chunk, count - first),
                     channels);
        });
    });
    return at::sum(sums, 0, false, at::kDouble);
}

void add_sum_of_rows(at::Tensor& sum, const at::Tensor& rows, const float* weights) {
    with_elements(rows, [&](auto element) {
        const Matrix<decltype(element)> from(rows);
        sum_rows(from.first, weights, sum.data_ptr<float>(), rows.size(0), from.columns);
    });
}

double sum_of_squared_differences(const at::Tensor& features, const at::Tensor& target,
                                  const at::Tensor& weights) {
    const at::Tensor a = walkable(features), b = walkable(target);
    std::vector<double> sums(static_cast<std::size_t>(a.size(2)));
    with_elements(a, [&](auto element) {
        using T = decltype(element);
        const Maps<const T> first(a), second(b);
        for_rows(first.height, [&](std::int64_t y) {
            sums[static_cast<std::size_t>(y)] = squared_difference_row(
                first.at(y), second.at(y), row_of(weights, y), first.width, first.channels);
        });
    });
    return std::accumulate(sums.begin(), sums.end(), 0.0);
}

void add_weighed_difference(at::Tensor& gradient, const at::Tensor& features,
                            const at::Tensor& target, const at::Tensor& weights, double factor) {
    gradient = walkable(gradient);
    const at::Tensor a = walkable(features), b = walkable(target);
    with_elements(gradient, [&](auto element) {
        using T = decltype(element);
        const Maps<T> to(gradient);
        const Maps<const T> first(a), second(b);
        for_rows(to.height, [&](std::int64_t y) {
            add_difference_row(to.at(y), first.at(y), second.at(y), row_of(weights, y),
                               static_cast<float>(factor), to.width, to.channels);
        });
    });
}

double sum_of_products(const at::Tensor& a, const at::Tensor& b) {
    constexpr std::int64_t chunk = 1 << 15;
    const std::int64_t count = a.numel();
    std::vector<double> sums(static_cast<std::size_t>((count + chunk - 1) / chunk));
    for_rows(static_cast<std::int64_t>(sums.size()), [&](std::int64_t i) {
        const std::int64_t first = i * chunk;
        sums[static_cast<std::size_t>(i)] =
            product_sum(a.data_ptr<float>() + first, b.data_ptr<float>() + first,
                        std::min(chunk, count - first));
    });
    return std::accumulate(sums.begin(), sums.end(), 0.0);
}

at::Tensor places_of_greatest(const at::Tensor& rows) {
    const Matrix<float> from(rows);
    at::Tensor places = at::empty({rows.size(0)}, rows.options().dtype(at::kLong));
    auto* place = places.data_ptr<std::int64_t>();
    for_rows(rows.size(0),
             [&](std::int64_t i) { place[i] = place_of_greatest(from.row(i), from.columns); });
    return places;
}

void add_weighed_rows(at::Tensor& to, const at::Tensor& rows, const at::Tensor& weights) {
    for_weighed_rows(to, rows, weights, [](auto... arguments) { add_weighed(arguments...); });
}

at::Tensor weighed_rows(const at::Tensor& rows, const at::Tensor& weights, bool rest) {
    at::Tensor result = at::empty({rows.size(0), (rest ? 2 : 1) * rows.size(1)}, rows.options());
    weigh_rows(result, rows, weights);
    return result;
}

void weigh_rows(at::Tensor& to, const at::Tensor& rows, const at::Tensor& weights) {
    const bool rest = to.size(1) > rows.size(1);
    for_weighed_rows(to, rows, weights, [rest](auto... arguments) {
        rest ? weigh_with_rest(arguments...) : weigh(arguments...);
    });
}

bool wants_rest(const at::Tensor& rows, const at::Tensor& weights) {
    if (rows.scalar_type() != at::kBFloat16)
        return false;
    const at::Tensor factors = weights.contiguous();
    return !are_powers_of_two(factors.data_ptr<float>(), factors.size(0));
}

double sum_of_squares(const at::Tensor& rows, const float* weights) {
    double sum = 0;
    with_elements(rows, [&](auto element) {
        const Matrix<decltype(element)> from(rows);
        sum = squares_of_rows(static_cast<const decltype(element)*>(from.row(0)), weights,
                              rows.size(0), from.columns);
    });
    return sum;
}

void pick_rows(const at::Tensor& rows, const std::vector<RowRun>& runs, at::Tensor& picked) {
    with_elements(rows, [&](auto element) {
        using T = decltype(element);
        const Matrix<T> from(rows), to(picked);
        std::int64_t k = 0;
        for (const RowRun& run : runs) {
            std::copy_n(from.row(run.begin), run.count * from.columns, to.row(k));
            k += run.count;
        }
    });
}

void add_to_picked_rows(at::Tensor& to, const std::vector<RowRun>& runs, const at::Tensor& rows,
                        const float* weights) {
    with_elements(to, [&](auto element) {
        using T = decltype(element);
        const Matrix<T> sum(to), from(rows);
        std::int64_t k = 0;
        for (const RowRun& run : runs) {
            add_weighed(static_cast<const T*>(from.row(k)), weights + k, sum.row(run.begin),
                        run.count, sum.columns);
            k += run.count;
        }
    });
}

} // namespace maniera
