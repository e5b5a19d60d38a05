// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/job/inputs.h"

#include "core/objective/style_pack.h"
#include "helper/files/folders.h"
#include "helper/images/row_reader.h"
#include "helper/job/mask_file.h"
#include "helper/job/parts_file.h"
#include "helper/job/reading_memory.h"

namespace maniera {
namespace {

class Reader {
public:
    Reader(const SharedMemory& memory, const Warn& warn, std::vector<std::string>& remarks)
        : memory_(memory), warn_(warn), remarks_(remarks) {}

    LoadedPicture picture(const PictureLocation& location) const {
        LoadedPicture loaded;
        if (!location.memory) {
            loaded = load_picture(location.file);
            remark(loaded.remark);
            return loaded;
        }
        std::size_t odd = 0;
        loaded.picture = memory_.read_picture(*location.memory, odd);
        complain(location.memory->name, odd);
        return loaded;
    }

    // `picture` is what it lies on; of no size where that is not known.
    Image mask(const PictureLocation& location, const std::string& picture, Size size) const {
        if (location.empty())
            return Image();
        if (!location.memory) {
            Image mask = read_mask_file(location.file, remarks_);
            if (size.width > 0)
                remark(remark_on_shape(location.file, size_of(mask), picture, size));
            return mask;
        }
        std::size_t odd = 0;
        Image mask = memory_.read_mask(*location.memory, odd);
        complain(location.memory->name, odd);
        return mask;
    }

    std::vector<PartPair> parts(const std::string& file, std::size_t styles) const {
        return read_parts(file, styles, remarks_);
    }

    void remark(const std::string& text) const {
        if (!text.empty())
            remarks_.push_back(text);
    }

private:
    void complain(const std::string& name, std::size_t odd) const {
        if (odd > 0)
            warn_(name + " has " + std::to_string(odd) +
                  " values that are not numbers (NaN or infinite); they count as black or white.");
    }

    const SharedMemory& memory_;
    const Warn& warn_;
    std::vector<std::string>& remarks_;
};

// The masks lie on a content of this size.
Inputs read_styles(const Job& job, const Reader& read, Size content) {
    Inputs inputs;
    inputs.scratch_folder = scratch_folder(job.output.file);
    for (const JobStyle& style : job.styles) {
        StyleInput input;
        if (is_pack(style.picture))
            input.pack = std::make_shared<StylePack>(read_style_pack(style.picture.file));
        else
            input.picture = read.picture(style.picture).picture;
        input.mask = read.mask(style.mask, job.content.file, content);
        input.style_mask =
            read.mask(style.style_mask, input.picture.name, size_of(input.picture.color));
        input.weight = style.weight.value_or(1);
        input.scale = style.scale;
        inputs.styles.push_back(std::move(input));
    }
    if (const std::string file = option_value(job.options, "parts-file"); !file.empty())
        inputs.parts = read.parts(file, inputs.styles.size());
    return inputs;
}

// Where a painting is transparent, it shows the content.
Image over(Picture painting, const Image& content) {
    if (painting.alpha.empty())
        return std::move(painting.color);
    const Image below = resize(content, size_of(painting.color));
    for (std::size_t i = 0; i < painting.color.pixels.size(); ++i) {
        float& value = painting.color.pixels[i];
        value = below.pixels[i] + painting.alpha.pixels[i / 3] * (value - below.pixels[i]);
    }
    return std::move(painting.color);
}

void read_start(const Job& job, Inputs& inputs) {
    const ResolvedOptions resolved = resolve(job.options);
    if (!names_a_file(resolved.init))
        return;
    Picture start = load_picture(resolved.init).picture;
    fill_transparent(start);
    inputs.initial = std::move(start.color);
}

void ignore(const std::string&) {}

} // namespace

JobInputs load_inputs(const Job& job, const SharedMemory& memory, const Warn& warn) {
    check_weights(job.styles);
    refuse_more_than_memory(whole_pictures(job), job.options);
    std::vector<std::string> remarks;
    const Reader read(memory, warn, remarks);
    LoadedPicture content = read.picture(job.content);
    JobInputs loaded{
        read_styles(job, read, size_of(content.picture.color)), std::move(content.info), {}};
    loaded.remarks = std::move(remarks);
    if (job.painting.empty())
        read_start(job, loaded.inputs);
    else
        loaded.inputs.initial = over(read.picture(job.painting).picture, content.picture.color);
    loaded.inputs.content = std::move(content.picture);
    check_inputs(loaded.inputs, job.options);
    return loaded;
}

JobInputs load_inputs(const Job& job) { return load_inputs(job, SharedMemory(), ignore); }

JobInputs open_inputs(const Job& job) {
    check_weights(job.styles);
    Job styles = job; // without what is read by rows
    styles.content = {};
    for (JobStyle& style : styles.styles)
        style.mask = {};
    set_option(styles.options, "init", "content");
    refuse_more_than_memory(whole_pictures(styles), job.options);
    LoadedRows content = open_rows(job.content.file);
    const SharedMemory none;
    const Warn warn = ignore;
    std::vector<std::string> remarks;
    const Reader read(none, warn, remarks);
    read.remark(content.remark);
    JobInputs opened{read_styles(styles, read, {}), std::move(content.info), {}};
    opened.inputs.content = std::move(content.rows);
    for (std::size_t i = 0; i < job.styles.size(); ++i)
        if (const std::string& file = job.styles[i].mask.file; !file.empty()) {
            RowSource& mask = opened.inputs.styles[i].mask;
            mask = open_mask_file(file, remarks);
            read.remark(remark_on_shape(file, mask.size, job.content.file,
                                        opened.inputs.content.color.size));
        }
    opened.remarks = std::move(remarks);
    if (const std::string init = resolve(job.options).init; names_a_file(init.c_str()))
        opened.inputs.initial = open_rows(init).rows.color;
    return opened;
}

Inputs load_styles(const Job& job, std::vector<std::string>& remarks, const SharedMemory& memory) {
    check_weights(job.styles);
    refuse_more_than_memory(whole_pictures(job), job.options);
    const Warn warn = [&remarks](const std::string& text) { remarks.push_back(text); };
    Inputs inputs = read_styles(job, Reader(memory, warn, remarks), {});
    read_start(job, inputs);
    return inputs;
}

} // namespace maniera
