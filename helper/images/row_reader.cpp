// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/row_reader.h"

#include "helper/images/color_signals.h"
#include "helper/images/decoder_process.h"
#include "helper/images/open_file.h"
#include "helper/images/pixel_conversion.h"

#include <algorithm>
#include <sys/stat.h>
#include <utility>

namespace maniera {
namespace {

// Changes when a file is replaced or rewritten; all 0 where there is none.
struct FileState {
    dev_t device = 0;
    ino_t number = 0;
    off_t bytes = 0;
    timespec written = {};
};

FileState state_of(const std::string& path) {
    struct stat file;
    if (stat(path.c_str(), &file) != 0)
        return {};
    return {file.st_dev, file.st_ino, file.st_size, file.st_mtim};
}

bool operator!=(const FileState& a, const FileState& b) {
    return a.device != b.device || a.number != b.number || a.bytes != b.bytes ||
           a.written.tv_sec != b.written.tv_sec || a.written.tv_nsec != b.written.tv_nsec;
}

// A picture that is shown turned or upside down has its first row at the file's last, or across all
// of them. libvips then decodes the whole file, into memory up to 100 MB, else into a file in
// TMPDIR, which stay while the rows are in use.
bool is_in_order(const Vips& stored) {
    const int orientation = vips_image_get_orientation(stored.get());
    return orientation <= 1 || orientation == 2; // as stored, or left for right
}

using Decode = RowSource (*)(const Vips& image, const std::string& path);

// A file and how far it has been read. Strips have one height and begin at multiples of it.
class FileRows {
public:
    FileRows(const std::string& path, Decode decode)
        : path_(path), decode_(decode), state_(state_of(path)) {
        open();
        size_ = decoder_.size;
        channels_ = decoder_.channels;
        strip_height_ = strip_height(size_.width);
    }

    Size size() const { return size_; }
    int channels() const { return channels_; }
    const Vips& image() const { return image_; }

    Image read(Span rows) {
        Image result(size_.width, rows.length(), channels_);
        for (int y = rows.begin; y < rows.end;) {
            const int index = y / strip_height_, top = index * strip_height_;
            const int end = std::min(rows.end, top + strip_height_);
            const Image& from = strip(index);
            std::copy(from.at(0, y - top), from.at(0, end - top), result.at(0, y - rows.begin));
            y = end;
        }
        check_unchanged();
        return result;
    }

    // Forgets all but the file's name and state.
    void close() {
        decoder_ = {};
        image_.reset();
        last_ = before_ = {};
    }

private:
    struct Strip {
        int index = -1;
        Image rows;
    };

    const Image& strip(int index) {
        for (const Strip* held : {&last_, &before_})
            if (held->index == index)
                return held->rows;
        check_unchanged();
        if (!image_ || (!anywhere_ && index < next_))
            open();
        for (; !anywhere_ && next_ < index; ++next_)
            skip(rows_of_strip(next_));
        Strip strip{index, decoder_.read(rows_of_strip(index))};
        next_ = index + 1;
        before_ = std::exchange(last_, std::move(strip));
        return last_.rows;
    }

    Span rows_of_strip(int index) const {
        const int top = index * strip_height_;
        return {top, std::min(size_.height, top + strip_height_)};
    }

    void open() {
        close();
        next_ = 0;
        Vips stored = open_file(path_, VIPS_ACCESS_SEQUENTIAL);
        anywhere_ = !is_in_order(stored) || can_read_anywhere(stored, path_);
        if (anywhere_ && !was_decoded_elsewhere(stored))
            stored = open_file(path_, VIPS_ACCESS_RANDOM);
        image_ = with_profile(upright(stored, path_), path_);
        decoder_ = decode_(image_, path_);
    }

    // Decodes rows and converts one column of them. In strips, because libvips would hold all that
    // it is made to leap over.
    void skip(Span rows) const {
        const Vips column = apply(image_, path_, [](VipsImage* in, VipsImage** out) {
            return vips_crop(in, out, 0, 0, 1, vips_image_get_height(in), nullptr);
        });
        read_floats(column, path_, rows);
    }

    void check_unchanged() const {
        if (state_of(path_) != state_)
            refuse(path_,
                   "was changed or removed while it was in use; start again, and leave it as "
                   "it is until the end.");
    }

    std::string path_;
    Decode decode_;
    FileState state_;
    Size size_;
    int channels_ = 0, strip_height_ = 0;

    bool anywhere_ = false; // rows can be read in any order
    Vips image_;            // nothing = not open
    RowSource decoder_;
    int next_ = 0; // the strip that comes next in order
    Strip last_, before_;
};

RowSource source_of(const std::shared_ptr<FileRows>& file) {
    return {file->size(), file->channels(), [file](Span rows) { return file->read(rows); }};
}

void refuse_transparency(const std::string& path) {
    FileRows alpha(path, stored_alpha);
    const int height = strip_height(alpha.size().width);
    for (int y = 0; y < alpha.size().height; y += height) {
        const Image strip = alpha.read({y, std::min(alpha.size().height, y + height)});
        if (std::any_of(strip.pixels.begin(), strip.pixels.end(), [](float a) { return a < 1; }))
            refuse(path,
                   "has transparent parts, which only one process by itself can paint; flatten "
                   "it, or start one process.");
    }
}

} // namespace

LoadedRows open_rows(const std::string& path) {
    const auto file = std::make_shared<FileRows>(path, stored_colors);
    LoadedRows loaded;
    loaded.info = stored_info(file->image(), path);
    loaded.remark = remark_on_colors(file->image());
    loaded.rows.name = path;
    loaded.rows.color = source_of(file);
    if (!stored_alpha(file->image(), path).empty())
        refuse_transparency(path);
    file->close();
    return loaded;
}

RowSource open_unclipped_rows(const std::string& path) {
    return source_of(std::make_shared<FileRows>(path, stored_unclipped_colors));
}

RowSource open_mask_rows(const std::string& path) {
    const bool by_alpha = is_mask_by_alpha(FileRows(path, stored_mask).image(), path);
    const auto file = std::make_shared<FileRows>(path, by_alpha ? stored_alpha : stored_mask);
    file->close();
    return source_of(file);
}

} // namespace maniera
