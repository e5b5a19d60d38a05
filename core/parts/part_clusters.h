// SPDX-License-Identifier: GPL-3.0-or-later
// Positions of a photograph and of paintings in clusters that both have, and how well they agree.
// Plain loops: the same bits at any number of threads. Internal.
//
//     const Clusters found = choose_clusters(content, style, {nearest, shown}, 0);

#pragma once

#include <cstddef>
#include <vector>

namespace maniera {

// Positions as unit vectors of the same length, row after row, with weights that sum to 1.
struct Positions {
    std::size_t directions = 0;
    std::vector<float> values;
    std::vector<double> weights;

    std::size_t count() const { return weights.size(); }
    const float* at(std::size_t i) const { return values.data() + i * directions; }
};

// Of each position the one that it resembles most on the other side.
struct Nearest {
    std::vector<std::size_t> of_content; // an index into the style's positions
    std::vector<std::size_t> of_style;   // an index into the content's
};

// Whether what resembles a position most in the other picture lies in the same cluster.
struct Agreement {
    std::vector<double> content, style; // each cluster's share of either side's weight
    std::vector<double> own;            // each cluster's agreement: 0 = chance, 1 = all
    double kappa = 0;                   // of all clusters, beyond chance (Cohen 1960)
    double information = 0;             // mutual, in nats
    double score() const { return information * kappa; }
};

struct Clusters {
    std::size_t count = 0;
    std::vector<float> centers;      // (centers, directions), unit vectors
    std::vector<int> of_centers;     // the cluster of each center
    std::vector<int> content, style; // the cluster of each position
    Agreement agreement;
};

// Spherical k-means of both sides together, half of the weight each; deterministic.
Clusters cluster(const Positions& content, const Positions& style, std::size_t count);

// Labels are 0 ... count - 1.
Agreement agreement_of(std::size_t count, const std::vector<int>& content,
                       const std::vector<double>& content_weights, const std::vector<int>& style,
                       const std::vector<double>& style_weights, const Nearest& nearest);

// The nearest by what positions show and where they lie, which clusters are made of, and by what
// they show alone.
struct Neighbors {
    Nearest near, alike;
};

// As many clusters as asked for; for 0 those that agree best, by both kinds of neighbors, of two to
// six and of all ways to join some of these: what is taken for each other is one part. None (count
// 0) where the pictures have too little in common.
Clusters choose_clusters(const Positions& content, const Positions& style,
                         const Neighbors& neighbors, std::size_t asked);

// The clusters that are parts of both sides: the others have no counterpart.
std::vector<std::size_t> kept_clusters(const Agreement& agreement);

} // namespace maniera
