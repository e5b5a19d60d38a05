// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/job/part_pairs.h"

#include <algorithm>

namespace maniera {
namespace {

// Whether two styles act in the same place: one with a mask acts by itself, the others together.
bool act_together(const std::vector<JobStyle>& styles, std::size_t a, std::size_t b) {
    return a == b || (styles[a].mask.empty() && styles[b].mask.empty());
}

// Which styles act where the part is.
std::vector<bool> styles_at(const PartPair& part, const std::vector<JobStyle>& styles) {
    std::vector<bool> at(styles.size(), false);
    for (std::size_t s = 0; s < styles.size(); ++s)
        for (std::size_t own = 0; own < styles.size(); ++own)
            at[s] = at[s] || (!part.style_masks[own].empty() && act_together(styles, s, own));
    return at;
}

// The part's place in the content, and another's in the styles that act there; may be in none.
PartPair sent(const PartPair& part, const PartPair& to, const std::vector<JobStyle>& styles) {
    PartPair result{part.name, part.mask, std::vector<Image>(styles.size())};
    const std::vector<bool> at = styles_at(part, styles);
    for (std::size_t s = 0; s < styles.size(); ++s)
        if (at[s])
            result.style_masks[s] = to.style_masks[s];
    return result;
}

bool is_nowhere(const PartPair& part) {
    return std::all_of(part.style_masks.begin(), part.style_masks.end(),
                       [](const Image& mask) { return mask.empty(); });
}

Image one_pixel(float value) {
    Image image(1, 1, 1);
    image.pixels[0] = value;
    return image;
}

// Holds nothing of the content and all of the styles: it leaves them nothing, and what the parts
// leave is then painted like all of them.
PartPair everything(const std::vector<bool>& styles) {
    PartPair part{"whole", one_pixel(0), std::vector<Image>(styles.size())};
    for (std::size_t s = 0; s < styles.size(); ++s)
        if (styles[s])
            part.style_masks[s] = one_pixel(1);
    return part;
}

} // namespace

std::vector<PartPair> paired(const std::vector<PartPair>& found,
                             const std::vector<std::size_t>& counterparts,
                             const std::vector<JobStyle>& styles,
                             std::vector<std::string>& remarks) {
    std::vector<PartPair> parts;
    std::vector<bool> whole(styles.size(), false); // where a part is off
    for (std::size_t k = 0; k < found.size(); ++k) {
        const std::size_t wanted = k < counterparts.size() ? counterparts[k] : k + 1;
        if (wanted == 0) {
            const std::vector<bool> at = styles_at(found[k], styles);
            for (std::size_t s = 0; s < styles.size(); ++s)
                whole[s] = whole[s] || at[s];
            continue;
        }
        PartPair part =
            wanted > found.size() ? found[k] : sent(found[k], found[wanted - 1], styles);
        if (wanted > found.size())
            remarks.push_back("Part " + std::to_string(k + 1) + " was to be painted like part " +
                              std::to_string(wanted) + ", but there are " +
                              std::to_string(found.size()) +
                              "; it is painted like its own counterpart.");
        if (is_nowhere(part)) {
            remarks.push_back("Part " + std::to_string(k + 1) + " was to be painted like part " +
                              std::to_string(wanted) +
                              ", which lies in another style's mask; it is painted like its own "
                              "counterpart.");
            part = found[k];
        }
        parts.push_back(std::move(part));
    }
    if (std::find(whole.begin(), whole.end(), true) != whole.end())
        parts.push_back(everything(whole));
    return parts;
}

} // namespace maniera
