// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/parts/part_clusters.h"

#include "core/device/side_by_side.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>
#include <utility>

namespace maniera {
namespace {

constexpr std::size_t least_clusters = 2, most_clusters = 6;
constexpr int restarts = 4, most_rounds = 25;
constexpr double least_share = 0.05; // of either side, of every cluster, when their number is free
// Of the agreement by neighbors that are near, by those that are alike, lest parts be parts for
// where they lie alone, and of their product. Tried on 30 pairs of photographs and paintings: .14
// to .59, .06 to .35 and .0127 to .20 where most parts are right; less for a bridge or a lion and
// an abstract painting, and for a face and a starry night.
constexpr double least_near = 0.1, least_alike = 0.05, least_score = 0.01;
constexpr double least_kept_share = 0.04;
constexpr double least_agreement = 0.2;

// Both sides in turn.
struct All {
    const Positions& content;
    const Positions& style;
    std::size_t directions() const { return content.directions; }
    std::size_t count() const { return content.count() + style.count(); }
    const float* at(std::size_t i) const {
        return i < content.count() ? content.at(i) : style.at(i - content.count());
    }
    double weight(std::size_t i) const {
        return i < content.count() ? content.weights[i] / 2
                                   : style.weights[i - content.count()] / 2;
    }
};

float dot(const float* a, const float* b, std::size_t n) {
    float lanes[8] = {}; // so that the compiler may use them side by side
    std::size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (std::size_t k = 0; k < 8; ++k)
            lanes[k] += a[i + k] * b[i + k];
    float sum = 0;
    for (const float lane : lanes)
        sum += lane;
    for (; i < n; ++i)
        sum += a[i] * b[i];
    return sum;
}

// In [0,1): the same on every machine, which std::uniform_real_distribution does not promise.
double uniform(std::mt19937& random) { return random() / 4294967296.0; }

// An index, each with a chance as its weight.
std::size_t draw(const std::vector<double>& weights, std::mt19937& random) {
    double sum = 0;
    for (const double weight : weights)
        sum += weight;
    double left = uniform(random) * sum;
    for (std::size_t i = 0; i < weights.size(); ++i)
        if ((left -= weights[i]) < 0)
            return i;
    return weights.size() - 1;
}

// Starts far from each other (k-means++, Arthur and Vassilvitskii 2007).
std::vector<float> start_centers(const All& all, std::size_t count, std::mt19937& random) {
    const std::size_t n = all.directions();
    std::vector<double> chances;
    std::vector<float> nearest(all.count(), -2), centers;
    for (std::size_t i = 0; i < all.count(); ++i)
        chances.push_back(all.weight(i));
    for (std::size_t k = 0; k < count; ++k) {
        const float* const next = all.at(draw(chances, random));
        centers.insert(centers.end(), next, next + n);
        for (std::size_t i = 0; i < all.count(); ++i) {
            nearest[i] = std::max(nearest[i], dot(all.at(i), &centers[k * n], n));
            const double far = std::max(0.0f, 1 - nearest[i]);
            chances[i] = far * far * all.weight(i) + 1e-12;
        }
    }
    return centers;
}

// Each position's center, and the weighted sum of the cosines.
double assign(const All& all, const std::vector<float>& centers, std::vector<int>& labels) {
    const std::size_t n = all.directions(), count = centers.size() / n;
    double sum = 0;
    for (std::size_t i = 0; i < all.count(); ++i) {
        float best = -2;
        for (std::size_t k = 0; k < count; ++k)
            if (const float value = dot(all.at(i), &centers[k * n], n); value > best) {
                best = value;
                labels[i] = static_cast<int>(k);
            }
        sum += best * all.weight(i);
    }
    return sum;
}

// Moves each center to the mean of its own; returns how far the farthest coordinate went. An empty
// cluster stays where it is.
float move_centers(const All& all, const std::vector<int>& labels, std::vector<float>& centers) {
    const std::size_t n = all.directions();
    std::vector<double> sums(centers.size(), 0);
    for (std::size_t i = 0; i < all.count(); ++i) {
        const double weight = all.weight(i);
        for (std::size_t d = 0; d < n; ++d)
            sums[static_cast<std::size_t>(labels[i]) * n + d] += weight * all.at(i)[d];
    }
    float moved = 0;
    for (std::size_t k = 0; k < centers.size(); k += n) {
        double length = 0;
        for (std::size_t d = 0; d < n; ++d)
            length += sums[k + d] * sums[k + d];
        length = std::sqrt(length);
        for (std::size_t d = 0; d < n && length > 1e-9; ++d) {
            const auto value = static_cast<float>(sums[k + d] / length);
            moved = std::max(moved, std::abs(value - centers[k + d]));
            centers[k + d] = value;
        }
    }
    return moved;
}

} // namespace

Clusters cluster(const Positions& content, const Positions& style, std::size_t count) {
    const All all{content, style};
    std::mt19937 random(0);
    std::vector<float> best;
    std::vector<int> labels(all.count(), 0), best_labels;
    double best_sum = -2;
    for (int start = 0; start < restarts; ++start) {
        std::vector<float> centers = start_centers(all, count, random);
        double sum = assign(all, centers, labels);
        for (int round = 0; round < most_rounds; ++round) {
            const float moved = move_centers(all, labels, centers);
            sum = assign(all, centers, labels);
            if (moved < 1e-5f)
                break;
        }
        if (sum > best_sum) {
            best_sum = sum;
            best = centers;
            best_labels = labels;
        }
    }
    const auto middle = best_labels.begin() + static_cast<std::ptrdiff_t>(content.count());
    std::vector<int> of_centers(count);
    std::iota(of_centers.begin(), of_centers.end(), 0);
    return {count,
            std::move(best),
            std::move(of_centers),
            {best_labels.begin(), middle},
            {middle, best_labels.end()},
            {}};
}

Agreement agreement_of(std::size_t count, const std::vector<int>& content,
                       const std::vector<double>& content_weights, const std::vector<int>& style,
                       const std::vector<double>& style_weights, const Nearest& nearest) {
    // Shares of each side's weight by (cluster in the content, cluster in the style).
    std::vector<double> by_content(count * count, 0), by_style(count * count, 0);
    const auto place = [&](int c, int s) {
        return static_cast<std::size_t>(c) * count + static_cast<std::size_t>(s);
    };
    for (std::size_t i = 0; i < content.size(); ++i)
        by_content[place(content[i], style[nearest.of_content[i]])] += content_weights[i];
    for (std::size_t i = 0; i < style.size(); ++i)
        by_style[place(content[nearest.of_style[i]], style[i])] += style_weights[i];
    const auto row = [&](const std::vector<double>& table, std::size_t k) {
        double sum = 0;
        for (std::size_t j = 0; j < count; ++j)
            sum += table[k * count + j];
        return sum;
    };
    const auto column = [&](const std::vector<double>& table, std::size_t k) {
        double sum = 0;
        for (std::size_t j = 0; j < count; ++j)
            sum += table[j * count + k];
        return sum;
    };
    Agreement result;
    double observed = 0, expected = 0;
    for (std::size_t k = 0; k < count; ++k) {
        const double c = row(by_content, k), s = column(by_style, k);
        const double both_c = by_content[k * count + k], both_s = by_style[k * count + k];
        result.content.push_back(c);
        result.style.push_back(s);
        observed += (both_c + both_s) / 2;
        expected += (c * column(by_content, k) + s * row(by_style, k)) / 2;
        const double chance = std::sqrt(c * s);
        const double seen = c > 0 && s > 0 ? std::sqrt(both_c / c * (both_s / s)) : 0;
        result.own.push_back(chance < 1 ? (seen - chance) / (1 - chance) : 0);
    }
    result.kappa = expected < 1 ? (observed - expected) / (1 - expected) : 0;
    std::vector<double> joint(count * count);
    for (std::size_t i = 0; i < joint.size(); ++i)
        joint[i] = (by_content[i] + by_style[i]) / 2;
    for (std::size_t c = 0; c < count; ++c)
        for (std::size_t s = 0; s < count; ++s)
            if (const double p = joint[c * count + s]; p > 0)
                result.information += p * std::log(p / (row(joint, c) * column(joint, s)));
    return result;
}

namespace {

bool has_no_splinter(const Agreement& agreement) {
    const auto is_large = [](double share) { return share >= least_share; };
    return std::all_of(agreement.content.begin(), agreement.content.end(), is_large) &&
           std::all_of(agreement.style.begin(), agreement.style.end(), is_large);
}

int groups_in(const std::vector<int>& groups) {
    return groups.empty() ? 0 : *std::max_element(groups.begin(), groups.end()) + 1;
}

// All ways to put so many clusters in two groups or more: each one's group, numbered as they come.
std::vector<std::vector<int>> groupings(std::size_t count) {
    std::vector<std::vector<int>> all{{}};
    for (std::size_t k = 0; k < count; ++k) {
        std::vector<std::vector<int>> longer;
        for (const std::vector<int>& groups : all)
            for (int group = 0; group <= groups_in(groups); ++group) {
                longer.push_back(groups);
                longer.back().push_back(group);
            }
        all = std::move(longer);
    }
    all.erase(all.begin()); // all in one
    return all;
}

Clusters in_groups(Clusters clusters, const std::vector<int>& groups) {
    clusters.count = static_cast<std::size_t>(groups_in(groups));
    for (std::vector<int>* labels : {&clusters.of_centers, &clusters.content, &clusters.style})
        for (int& label : *labels)
            label = groups[static_cast<std::size_t>(label)];
    return clusters;
}

struct Choice {
    Clusters clusters;
    double score = 0;
};

} // namespace

Clusters choose_clusters(const Positions& content, const Positions& style,
                         const Neighbors& neighbors, std::size_t asked) {
    const auto agreement = [&](const Clusters& found, const Nearest& nearest) {
        return agreement_of(found.count, found.content, content.weights, found.style, style.weights,
                            nearest);
    };
    if (asked > 0) {
        Clusters found = cluster(content, style, asked);
        found.agreement = agreement(found, neighbors.near);
        return found;
    }
    const auto best_grouping = [&](const Clusters& found) {
        Choice best;
        for (const std::vector<int>& groups : groupings(found.count)) {
            Clusters grouped = in_groups(found, groups);
            grouped.agreement = agreement(grouped, neighbors.near);
            const double near = grouped.agreement.score();
            const double alike = agreement(grouped, neighbors.alike).score();
            if (has_no_splinter(grouped.agreement) && near >= least_near && alike >= least_alike &&
                near * alike >= least_score && near * alike > best.score)
                best = {std::move(grouped), near * alike};
        }
        return best;
    };
    std::vector<Choice> all(most_clusters - least_clusters + 1);
    each_in_one_thread(all.size(), [&](std::size_t i) {
        all[i] = best_grouping(cluster(content, style, most_clusters - i)); // the longest first
    });
    Choice best;
    for (auto choice = all.rbegin(); choice != all.rend(); ++choice)
        if (choice->score > best.score)
            best = std::move(*choice);
    return best.clusters;
}

std::vector<std::size_t> kept_clusters(const Agreement& agreement) {
    std::vector<std::size_t> kept;
    for (std::size_t k = 0; k < agreement.own.size(); ++k)
        if (agreement.own[k] >= least_agreement &&
            std::min(agreement.content[k], agreement.style[k]) >= least_kept_share)
            kept.push_back(k);
    return kept;
}

} // namespace maniera
