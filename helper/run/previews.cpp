// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/run/previews.h"

#include "core/error.h"
#include "core/image/pyramid.h"
#include "helper/images/image_file.h"
#include "helper/images/output_format.h"
#include "helper/messages/protocol.h"

#include <algorithm>
#include <vector>

namespace maniera {
namespace {

std::vector<unsigned char> bytes_of(const Image& image) {
    std::vector<unsigned char> bytes(image.pixels.size());
    std::transform(image.pixels.begin(), image.pixels.end(), bytes.begin(),
                   [](float v) { return static_cast<unsigned char>(v * 255 + 0.5f); });
    return bytes;
}

} // namespace

FilePreview::FilePreview(const ResolvedOptions& resolved, const FileInfo& like, const Warn& warn)
    : path_(resolved.preview), interval_(resolved.preview_interval), like_(like), warn_(warn) {
    if (!path_.empty())
        check_output(path_);
}

void FilePreview::update(const Progress& progress) {
    if (path_.empty() || progress.seconds < next_)
        return;
    next_ = progress.seconds + interval_;
    Picture picture;
    picture.color = progress.picture();
    try {
        save_picture(picture, like_, path_);
    } catch (const Error& error) {
        warn_("no more previews: " + std::string(error.what()));
        path_.clear();
    }
}

MemoryPreview::MemoryPreview(const std::optional<PreviewMemory>& slots, double interval,
                             const SharedMemory& memory, const Warn& warn)
    : slots_(slots), interval_(interval), memory_(memory), warn_(warn) {
    if (slots_)
        memory_.check(slots_->offset, MANIERA_PREVIEW_SLOTS * slot_bytes(), "The preview");
}

std::uint64_t MemoryPreview::slot_bytes() const {
    return std::uint64_t{3} * static_cast<std::uint64_t>(slots_->side) * slots_->side;
}

std::optional<WrittenPreview> MemoryPreview::update(const Progress& progress) {
    if (!slots_ || progress.seconds < next_)
        return {};
    next_ = progress.seconds + interval_;
    const Image painting = progress.picture();
    const Size own = size_of(painting);
    const int long_side = std::min(slots_->side, std::max(own.width, own.height));
    const Image small = resize(painting, fit_long_side(own, long_side));
    const std::vector<unsigned char> bytes = bytes_of(small);
    const std::uint64_t offset = slots_->offset + slot_ * slot_bytes();
    try {
        memory_.write(offset, bytes.data(), bytes.size(), "the preview");
    } catch (const Error& error) {
        warn_("no more previews: " + std::string(error.what()));
        slots_.reset();
        return {};
    }
    return WrittenPreview{offset, small.width, small.height};
}

void MemoryPreview::take_turns() { slot_ = (slot_ + 1) % MANIERA_PREVIEW_SLOTS; }

} // namespace maniera
