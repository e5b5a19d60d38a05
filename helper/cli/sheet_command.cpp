// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/cli/sheet_command.h"

#include "core/error.h"
#include "core/image/pyramid.h"
#include "core/objective/style_pack.h"
#include "core/stylize.h"
#include "helper/cli/contact_sheet.h"
#include "helper/cli/errors.h"
#include "helper/cli/terminal.h"
#include "helper/images/image_file.h"
#include "helper/images/output_format.h"
#include "helper/job/inputs.h"
#include "helper/job/overwriting.h"
#include "helper/job/report.h"
#include "helper/run/calibration.h"
#include "helper/run/model_cache.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>

namespace maniera {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_cells = 200;

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_request, why); }

// One draft: its job, and what stands below it.
struct Draft {
    Job job;
    SheetCell cell;
};

// Settings in all their combinations; the last one changes quickest.
struct Setting {
    ManieraOptions options{};
    std::string words; // "strength 25, colors content"
};

std::vector<Setting> combinations(const ManieraOptions& options,
                                  const std::vector<Variation>& variations) {
    std::vector<Setting> settings = {{options, ""}};
    for (const Variation& variation : variations) {
        std::vector<Setting> more;
        for (const Setting& setting : settings)
            for (const std::string& value : variation.values) {
                more.push_back(setting);
                set_option(more.back().options, variation.option, value);
                more.back().words +=
                    (setting.words.empty() ? "" : ", ") + variation.option + " " + value;
            }
        settings = std::move(more);
    }
    return settings;
}

// Small and quick, unless it is said otherwise.
ManieraOptions draft_options(ManieraOptions options, const std::vector<Variation>& variations) {
    const auto given = [&](const char* name) {
        return maniera_option_is_set(&options, name) ||
               std::any_of(variations.begin(), variations.end(),
                           [&](const Variation& each) { return each.option == name; });
    };
    if (!given("size") && !given("shrink"))
        set_option(options, "size", "320");
    if (!given("quality"))
        set_option(options, "quality", "draft");
    return options;
}

// Its file's, with the folder where another style has the same.
std::string name_of(const std::vector<JobStyle>& styles, std::size_t which) {
    const fs::path path(styles[which].picture.file);
    for (std::size_t i = 0; i < styles.size(); ++i)
        if (i != which && styles[i].picture.file != path &&
            fs::path(styles[i].picture.file).filename() == path.filename())
            return (path.parent_path().filename() / path.filename()).string();
    return path.filename().string();
}

std::vector<Draft> drafts_of(const Command& command) {
    const std::vector<Setting> settings =
        combinations(draft_options(command.job.options, command.variations), command.variations);
    if (settings.size() * command.job.styles.size() > most_cells)
        refuse("That would be " + std::to_string(settings.size() * command.job.styles.size()) +
               " drafts, and a sheet has at most " + std::to_string(most_cells) +
               "; leave some styles or values out.");
    std::vector<Draft> drafts;
    for (std::size_t i = 0; i < command.job.styles.size(); ++i)
        for (const Setting& setting : settings) {
            Draft draft;
            draft.job = command.job;
            draft.job.styles = {command.job.styles[i]};
            draft.job.styles[0].weight.reset();
            draft.job.options = setting.options;
            draft.cell.name = name_of(command.job.styles, i);
            draft.cell.detail = setting.words;
            drafts.push_back(std::move(draft));
        }
    return drafts;
}

Image thumbnail(const std::string& file, Size box) {
    const Image picture =
        is_style_pack(file) ? read_style_pack(file).thumbnail : load_picture(file).picture.color;
    const double scale = std::min(static_cast<double>(box.width) / picture.width,
                                  static_cast<double>(box.height) / picture.height);
    return resize(picture, {std::max(1, static_cast<int>(picture.width * scale + 0.5)),
                            std::max(1, static_cast<int>(picture.height * scale + 0.5))});
}

// Paints the drafts, one after the other.
class Sheet {
public:
    Sheet(std::vector<Draft> drafts, bool json) : drafts_(std::move(drafts)), json_(json) {}

    void paint_all(ModelCache& models, const StopSignal& stop) {
        for (std::size_t i = 0; i < drafts_.size() && stop.number() == 0; ++i) {
            try {
                paint(i, models.get(drafts_[i].job.options), stop);
            } catch (...) {
                fail(i);
            }
        }
        if (painted_ == 0 && error_)
            throw *error_;
    }

    int failed() const { return failed_; }
    int painted() const { return painted_; }
    const std::vector<Draft>& drafts() const { return drafts_; }

private:
    void paint(std::size_t i, const Model& model, const StopSignal& stop) {
        ProgressLine line(std::to_string(i + 1) + "/" + std::to_string(drafts_.size()) + "  ");
        const Job& job = drafts_[i].job;
        refuse_too_large(job, model);
        JobInputs loaded = load_inputs(job);
        const auto stopping = [&] { return stop.number() != 0; };
        const auto show = [&](const Progress& progress) {
            if (!json_)
                line.show(progress);
            return !stopping();
        };
        Result result = stylize(model, std::move(loaded.inputs), job.options, show, nullptr, {},
                                local_communicator(), stopping);
        drafts_[i].cell.picture = std::move(result.picture.color);
        ++painted_;
    }

    // Of one draft; the others are painted all the same. What is wrong with a style is told once.
    void fail(std::size_t i) {
        const Error error = current_error();
        ++failed_;
        drafts_[i].cell.detail = "could not be painted";
        const std::string sentence = drafts_[i].cell.name + ": " + error.what();
        if (sentence != std::exchange(told_, sentence))
            print_sentence(sentence);
        error_ = error;
    }

    std::vector<Draft> drafts_;
    bool json_;
    int failed_ = 0, painted_ = 0;
    std::optional<Error> error_; // the last
    std::string told_;
};

// Without settings the photograph and a draft a style; with them a row a style, which begins with
// the painting.
Image laid_out(const Command& command, const std::vector<Draft>& drafts) {
    Size box{0, 0};
    for (const Draft& draft : drafts)
        box = {std::max(box.width, draft.cell.picture.width),
               std::max(box.height, draft.cell.picture.height)};
    const std::size_t settings = drafts.size() / command.job.styles.size();
    std::vector<SheetCell> cells;
    const std::string photo = command.job.content.file;
    if (settings == 1)
        cells.push_back(
            {thumbnail(photo, box), fs::path(photo).filename().string(), "the photograph"});
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        if (settings > 1 && i % settings == 0) {
            SheetCell painting{{}, drafts[i].cell.name, "the painting"};
            try {
                painting.picture = thumbnail(drafts[i].job.styles[0].picture.file, box);
            } catch (const Error&) {
                painting.detail = "cannot be read"; // was told
            }
            cells.push_back(std::move(painting));
        }
        cells.push_back(drafts[i].cell);
        if (settings > 1)
            std::swap(cells.back().name, cells.back().detail);
    }
    return contact_sheet(cells, settings > 1 ? static_cast<int>(settings) + 1 : 0);
}

} // namespace

int sheet_command(const Command& command) {
    const StopSignal stop;
    Job written = command.job;
    written.output.file = command.output;
    refuse_overwriting(written, "");
    check_output(command.output);
    picture_size(command.job.content.file); // refuses a photograph that cannot be read, once
    ModelCache models;
    Sheet sheet(drafts_of(command), command.json);
    sheet.paint_all(models, stop);
    if (sheet.painted() > 0) {
        Picture picture;
        picture.color = laid_out(command, sheet.drafts());
        save_picture(picture, {}, command.output);
        if (command.json)
            print_line({{"event", "result"},
                        {"output", command.output},
                        {"painted", sheet.painted()},
                        {"failed", sheet.failed()}});
    }
    return stop.number() != 0   ? 128 + stop.number()
           : sheet.failed() > 0 ? exit_code(ErrorCode::unreadable_image)
                                : 0;
}

} // namespace maniera
