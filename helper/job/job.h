// SPDX-License-Identifier: GPL-3.0-or-later
// A job: the pictures a run reads, its options, and the one it writes. As JSON:
//
//     {"inputs": {"content": "photo.jpg",
//                 "styles": [{"file": "painting.jpg", "weight": 1, "mask": "sky.png",
//                             "style-mask": "part.png", "style-scale": 0.5}]},
//      "options": {"size": 512, "iterations": [100, 50], "colors": "content"},
//      "output": "result.png",
//      "output-options": {"compression": 9}, "metadata": "keep"}
//
// Names in `options` are the option table's. In a file, relative names start at the job's own
// folder. In `serve` names are absolute, and a picture may lie in shared memory: docs/protocol.md.
// Parsing alone: nothing here opens a picture.

#pragma once

#include "core/image/geometry.h"
#include "core/options.h"
#include "helper/images/saving.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace maniera {

// Floats in the memory that a client shares: rows without gaps, channels interleaved.
struct MemoryPicture {
    std::uint64_t offset = 0; // bytes
    int width = 0;
    int height = 0;
    int channels = 0; // 1 gray, 3 RGB, 4 with alpha
    std::string name; // for messages
};

// Where a picture is, or goes.
struct PictureLocation {
    std::string file; // empty = not in a file
    std::optional<MemoryPicture> memory;
    std::string shown{}; // what to call it where the file is only for this run
    Size noise{};        // of a texture's content, which NoiseContent makes; else 0x0

    bool empty() const { return file.empty() && !memory; }
};

// Two slots of side x side x 3 bytes that previews are written to in turns.
struct PreviewMemory {
    std::uint64_t offset = 0; // bytes
    int side = 0;
};

struct JobStyle {
    PictureLocation picture;
    PictureLocation mask;         // empty = none
    PictureLocation style_mask;   // empty = none
    std::optional<double> weight; // unset = as all others
    double scale = 0;             // 0 = the option `style-scale`
};

// What a painting lacks that was stopped: its last scales, with the one that it was stopped at, and
// steps at that one. Of one that is finished both are 0.
struct Unfinished {
    int scales = 0;
    int steps = 0;
};

// Parts that a person has paired, and small copies of content and styles in which they lie.
struct PartPairing {
    std::vector<std::size_t> counterparts; // a part's: 1 = the first part's, 0 = the whole picture
    PictureLocation content;
    std::vector<JobStyle> styles;
};

struct Job {
    PictureLocation content;
    PictureLocation painting; // of the content, to go on from; empty = the run starts anew
    Unfinished unfinished;    // of the painting
    std::vector<JobStyle> styles;
    PartPairing pairing; // without counterparts each part has its own
    ManieraOptions options{};
    PictureLocation output;
    Saving saving;
    std::optional<PreviewMemory> preview;
};

// Reads a job file. Throws Error{invalid_request} or Error{invalid_option}.
Job read_job(const std::string& path);

// The styles and options of a job file; its content and output may be missing and do not count.
// Throws as read_job does.
Job read_recipe(const std::string& path);

// The job of a request in `serve`. Throws as read_job does. The latter is for styles and options:
// content and output may be missing and do not count.
Job job_from_message(const nlohmann::json& value);
Job recipe_from_message(const nlohmann::json& value);

// A job whose pictures are files, with whole names, and back. The latter throws as read_job does.
nlohmann::json to_json(const Job& job);
Job job_from_json(const nlohmann::json& value);

// Sets one option from text. Throws Error{invalid_option}.
void set_option(ManieraOptions& options, const std::string& name, const std::string& text);

// The text of an option `style-scale`, for a style's own. Throws Error{invalid_option}.
double parse_style_scale(const std::string& text);

// What is set in `over` counts, else what is in `options`.
void lay_over(ManieraOptions& options, const ManieraOptions& over);
void lay_over(Saving& saving, const Saving& over); // output options all together

// "Q=80" as an output option, and a word for what stays of the metadata. Throw
// Error{invalid_option}.
std::pair<std::string, std::string> parse_output_option(const std::string& text);
MetadataChoice parse_metadata(const std::string& word);
const char* metadata_word(MetadataChoice metadata);

// An option's value as text; empty when it is not set.
std::string option_value(const ManieraOptions& options, const std::string& name);

// Whether the option `init` is a picture file and none of the words it can be.
bool names_a_file(const std::string& init);

// Refuses a name with a control character (NUL ends it early, a newline begins another line in
// lists and messages, an escape acts on a terminal, an override turns what is shown), with
// Error{invalid_request}. `what` says whose it is, such as "In the job, the output".
void refuse_control_characters(const std::string& name, const std::string& what);

// Refuses styles of which some have a weight and others none, with Error{invalid_option}.
void check_weights(const std::vector<JobStyle>& styles);

} // namespace maniera
