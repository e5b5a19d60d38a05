// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as what a client says: lines are cut alike however the bytes come, every line is a
// message or refused with a sentence, and a job that is taken keeps to the table and the ranges.
// The first byte says how the rest is cut. Bytes 1 and 2 stand for very many brackets, which the
// fuzzer would never write out.

#include "core/resolved_options.h"
#include "helper/job/job.h"
#include "helper/job/map_memory.h"
#include "helper/messages/message.h"

#include <algorithm>
#include <cstdlib>

using namespace maniera;
using nlohmann::json;

namespace {

void check(bool holds) {
    if (!holds)
        std::abort();
}

std::string written_out(const char* bytes, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        if (bytes[i] == 1 || bytes[i] == 2)
            text.append(100000, bytes[i] == 1 ? '[' : ']');
        else
            text += bytes[i];
    return text;
}

// A refusal's code is one of two, and it can be told, whatever bytes it quotes.
void refused(const json& id, const Error& error) {
    check(error.code() == ErrorCode::invalid_request || error.code() == ErrorCode::invalid_option);
    const std::string line = error_line(id, error);
    check(line.find('\n') == line.size() - 1);
    check(!json::parse(line)["error"]["message"].get<std::string>().empty());
}

void check_location(const PictureLocation& location) {
    check(location.file.empty() || (location.file[0] == '/' && !location.memory));
    if (!location.memory)
        return;
    const MemoryPicture& picture = *location.memory;
    check(picture.width > 0 && picture.height > 0);
    check(picture.channels == 1 || picture.channels == 3 || picture.channels == 4);
    check(!picture.name.empty());
}

void check_job(const json& value) {
    const Job job = job_from_message(value);
    check(!job.content.empty() && !job.output.empty());
    check_location(job.content);
    check_location(job.output);
    check_location(job.pairing.content);
    const std::vector<std::size_t>& counterparts = job.pairing.counterparts;
    for (const std::size_t part : counterparts)
        check(part <= counterparts.size());
    std::vector<JobStyle> styles = job.styles;
    styles.insert(styles.end(), job.pairing.styles.begin(), job.pairing.styles.end());
    for (const JobStyle& style : styles) {
        check(!style.picture.empty() && style.scale >= 0);
        for (const PictureLocation& location : {style.picture, style.mask, style.style_mask})
            check_location(location);
    }
    check(!job.preview || job.preview->side >= 16);
    resolve(job.options);
    check_weights(job.styles);
}

void check_maps(const json& params) {
    const MapMemory maps = maps_from_message(params);
    check(maps.side >= 16);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const std::string text = written_out(reinterpret_cast<const char*>(data) + 1, size - 1) + "\n";
    std::vector<std::string> lines;
    LineCutter whole;
    whole.add(text.data(), text.size(), [&](const std::string& line, bool too_long) {
        check(line.find('\n') == std::string::npos && (!too_long || line.empty()));
        lines.push_back(line);
    });
    const std::size_t piece = 1 + data[0] + (text.size() > 4096 ? 4096 : 0);
    std::size_t seen = 0;
    LineCutter pieces;
    for (std::size_t at = 0; at < text.size(); at += piece)
        pieces.add(text.data() + at, std::min(piece, text.size() - at),
                   [&](const std::string& line, bool) {
                       check(seen < lines.size() && line == lines[seen]);
                       ++seen;
                   });
    check(seen == lines.size());
    for (const std::string& line : lines) {
        json id;
        try {
            const Message message = parse_message(line);
            check(message.id.is_null() || message.id.is_number_integer());
            check(message.params.is_object());
            id = message.id;
            if (message.params.contains("maps"))
                check_maps(message.params);
            check_job(message.params.contains("job") ? message.params["job"] : message.params);
        } catch (const Error& error) {
            refused(id, error);
        }
    }
    return 0;
}
