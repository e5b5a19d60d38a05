// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/row_writer.h"

#include "core/error.h"
#include "helper/images/encoder.h"
#include "helper/images/output_format.h"
#include "helper/images/pixel_conversion.h"

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <functional>

namespace maniera {
namespace {

VipsBandFormat format_of_depth(int depth) {
    return depth == 8 ? VIPS_FORMAT_UCHAR : depth == 16 ? VIPS_FORMAT_USHORT : VIPS_FORMAT_FLOAT;
}

// A full disk is the output's: a scratch file's own sentence is for those of a painting.
void in_terms_of(const OutputFile& output, const std::function<void()>& use_scratch_file) {
    try {
        use_scratch_file();
    } catch (const Error& error) {
        if (error.code() == ErrorCode::no_space)
            output.fail(ENOSPC, "");
        throw;
    }
}

std::int64_t row_bytes(int width, int depth) { return std::int64_t{3} * width * depth / 8; }

// Called by libvips, on its threads, for the rows it wants.
int read_region(VipsRegion* region, void*, void* file, void*, gboolean*) {
    const VipsRect& wanted = region->valid;
    const auto pixel = static_cast<std::int64_t>(VIPS_IMAGE_SIZEOF_PEL(region->im));
    try {
        for (int y = wanted.top; y < wanted.top + wanted.height; ++y)
            static_cast<const ScratchFile*>(file)->read(
                (std::int64_t{y} * region->im->Xsize + wanted.left) * pixel,
                VIPS_REGION_ADDR(region, wanted.left, y), wanted.width * pixel);
    } catch (const std::exception& error) {
        vips_error("strips", "%s", error.what());
        return -1;
    }
    return 0;
}

// Reads the file, which must stay, whenever pixels are wanted.
Vips as_vips(ScratchFile& file, Size size, int depth) {
    const Vips image = own(vips_image_new());
    vips_image_init_fields(
        image.get(), size.width, size.height, 3, format_of_depth(depth), VIPS_CODING_NONE,
        depth == 16 ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB, 1, 1);
    if (vips_image_pipelinev(image.get(), VIPS_DEMAND_STYLE_THINSTRIP, nullptr) != 0 ||
        vips_image_generate(image.get(), nullptr, read_region, nullptr, &file, nullptr) != 0)
        throw Error(ErrorCode::internal, "libvips cannot make a picture (" + vips_says() + ").");
    return image;
}

} // namespace

RowWriter::RowWriter(const FileInfo& like, const std::string& path, Size size, const Saving& saving)
    : like_(like), path_(path), saving_(saving), size_(size), depth_(saved_depth(like, path)),
      to_profile_(srgb_to_profile(profile_of(like, depth_))), file_(path) {
    start_vips();
    check_output_size(path, size);
    in_terms_of(file_, [&] {
        strips_ = std::make_unique<ScratchFile>(
            std::filesystem::path(file_.path()).parent_path().string(),
            row_bytes(size.width, depth_) * size.height);
    });
}

void RowWriter::add(ImageView strip) {
    if (strip.width != size_.width || strip.channels != 3 || rows_ + strip.height > size_.height)
        throw Error(ErrorCode::internal, "A strip does not fit into " + path_ + ".");
    Image colors = copy(strip);
    to_profile_.apply(colors);
    const Vips floats =
        own(vips_image_new_from_memory(colors.pixels.data(), colors.pixels.size() * sizeof(float),
                                       strip.width, strip.height, 3, VIPS_FORMAT_FLOAT));
    const Vips stored = own(vips_image_copy_memory(to_depth(floats, depth_, path_).get()));
    if (!stored)
        throw Error(ErrorCode::internal, path_ + " cannot be converted (" + vips_says() + ").");
    const std::int64_t bytes = row_bytes(size_.width, depth_);
    in_terms_of(file_, [&] {
        strips_->write(bytes * rows_, VIPS_IMAGE_ADDR(stored.get(), 0, 0), bytes * strip.height);
    });
    rows_ += strip.height;
}

void RowWriter::commit() {
    if (rows_ != size_.height)
        throw Error(ErrorCode::internal, "Rows of " + path_ + " are missing.");
    save_image(as_vips(*strips_, size_, depth_), like_, path_, saving_, file_);
}

} // namespace maniera
