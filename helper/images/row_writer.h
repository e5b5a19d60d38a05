// SPDX-License-Identifier: GPL-3.0-or-later
// A picture file made of strips that arrive from the top, the same bytes as save_picture() writes.
//
//     RowWriter writer(photo.info, "painting.tif", size);
//     writer.add(strip);         // and so on
//     writer.commit();
//
// Strips wait in a scratch file beside the output, with the output's depth: 3 bytes a pixel for 8
// bits. Encoding begins at commit, and holds a few strips; WebP's, AVIF's, HEIC's and JPEG XL's
// hold the whole picture.

#pragma once

#include "core/base/scratch_file.h"
#include "core/image/pyramid.h"
#include "helper/files/output_file.h"
#include "helper/images/file_info.h"
#include "helper/images/icc_profile.h"
#include "helper/images/saving.h"

#include <memory>
#include <string>

namespace maniera {

class RowWriter {
public:
    // Throws as save_picture does; Error{no_space} already where the disk has no room for the
    // strips.
    RowWriter(const FileInfo& like, const std::string& path, Size size, const Saving& saving = {});

    // Full width, three channels; in ascending order, without gaps.
    void add(ImageView strip);

    // When all rows are there. The file appears whole; without it, nothing existing was touched.
    void commit();

private:
    FileInfo like_;
    std::string path_;
    Saving saving_;
    Size size_;
    int depth_ = 8;
    ColorConversion to_profile_;
    OutputFile file_;
    std::unique_ptr<ScratchFile> strips_;
    int rows_ = 0; // that have come
};

} // namespace maniera
