// SPDX-License-Identifier: GPL-3.0-or-later
// Picture files by libvips: PNG, JPEG, TIFF, WebP and what else it reads.
//
//     LoadedPicture photo = load_picture("photo.jpg");
//     save_picture(result, photo.info, "painting.png");   // profile, depth, metadata as the
//     photo's

#pragma once

#include "core/image/image.h"
#include "core/image/pyramid.h"

#include <memory>
#include <string>

namespace maniera {

// What a result takes over from its content. An empty one writes 8-bit sRGB.
struct FileInfo {
    int depth = 8;               // 8 or 16 bits, 32 = float
    std::shared_ptr<void> extra; // profile (RGB ones only) and metadata, as libvips keeps them
};

struct LoadedPicture {
    Picture picture;
    FileInfo info;
};

// Orientation is applied and colours become sRGB by the embedded profile (CMYK without one by
// libvips' own). 16-bit and float pictures never pass through 8 bits. Floats without a profile
// are taken as sRGB-encoded, and clipped to [0,1]. Throws Error{unreadable_image}.
LoadedPicture load_picture(const std::string& path);

// As the picture will be when it is read, by the file's header alone. Throws as load_picture does.
struct PictureSize {
    int width = 0;
    int height = 0;
};
PictureSize picture_size(const std::string& path);

// One channel of stored values in [0,1], no transfer curve and no profile; RGB by Rec. 601's luma
// weights; a mask's alpha multiplies it.
Image load_mask(const std::string& path);

// By the path's ending: .png .jpg .jpeg .tif .tiff .webp. JPEG and WebP have 8 bits, PNG up to 16.
// JPEG has no alpha: transparent parts become white. Written beside and renamed.
void save_picture(const Picture& picture, const FileInfo& like, const std::string& path);

// Whether a name ends as those of pictures do that libvips reads, and as those that are saved.
bool has_picture_ending(const std::string& path);
bool has_output_ending(const std::string& path);

// Refuses, before any work, an output that could not be saved.
void check_output(const std::string& path);
void check_output_size(const std::string& path, Size size); // more than the format takes

} // namespace maniera
