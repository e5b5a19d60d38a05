// SPDX-License-Identifier: GPL-3.0-or-later
// Picture files, with libvips: PNG, JPEG, TIFF, WebP and what else it reads.
//
//     LoadedPicture photo = load_picture("photo.jpg");
//     save_picture(result, photo.info, "painting.png"); // the photo's profile, depth, metadata

#pragma once

#include "core/image/image.h"
#include "core/image/pyramid.h"
#include "helper/images/file_info.h"
#include "helper/images/saving.h"

#include <string>

namespace maniera {

struct LoadedPicture {
    Picture picture;
    FileInfo info;
    std::string remark; // what a person should know, as a sentence; or nothing
};

// Orientation is applied and colors become sRGB by the embedded profile (CMYK without one by
// libvips' own), or what else the file says (color_signals.h). 16-bit and float pictures never pass
// through 8 bits. Floats without a profile are linear light, and clipped to [0,1]. Throws
// Error{unreadable_image}.
LoadedPicture load_picture(const std::string& path);

// As the picture will be when it is read, by the file's header alone. Throws as load_picture does.
Size picture_size(const std::string& path);

// How it was painted, as its metadata say; empty where they do not. Throws as load_picture does.
std::string recipe_of_picture(const std::string& path);

// One channel of stored values in [0,1], no transfer curve and no profile; RGB by Rec. 601's luma
// weights; a mask's alpha multiplies it, or is the mask where all else is black.
Image load_mask(const std::string& path);

// By the path's ending, as has_output_ending() knows them. JPEG, WebP, AVIF and HEIC have 8 bits,
// PNG and JPEG XL up to 16. JPEG has no alpha: transparent parts become white. Written beside and
// renamed.
void save_picture(const Picture& picture, const FileInfo& like, const std::string& path,
                  const Saving& saving = {});

} // namespace maniera
