// SPDX-License-Identifier: GPL-3.0-or-later
// Picture files by rows, read when they are wanted: two strips are all that is held, of a few MiB
// each in a gigapixel. The rows are those of load_picture() and load_mask(), to the bit.
//
//     LoadedRows photo = open_rows("photo.tif");
//     Picture band = resized_rows(photo.rows, size, {256, 512});
//
// Decoders go from the top to the bottom. Rows above the strips are had by opening the file again
// and decoding all that lies before them; tiled TIFFs go anywhere. Progressive JPEGs, interlaced
// PNGs and WebP are held whole by their decoders.

#pragma once

#include "core/image/row_source.h"
#include "helper/images/image_file.h"

#include <string>

namespace maniera {

struct LoadedRows {
    PictureSource rows;
    FileInfo info;
    std::string remark; // as LoadedPicture's
};

// Alpha that is opaque everywhere is none, which takes a reading of the whole file to know. Throws
// Error{unreadable_image}: as load_picture does, now or when rows are read; for transparent parts,
// because fill_transparent() looks at the whole picture; and when rows are read of a file that is
// no longer what was opened.
LoadedRows open_rows(const std::string& path);
RowSource open_mask_rows(const std::string& path);

// The same colors with what is outside of sRGB, as values outside of [0,1].
RowSource open_unclipped_rows(const std::string& path);

} // namespace maniera
