// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/job/report.h"

#include "core/base/control_characters.h"
#include "core/memory/memory_errors.h"
#include "helper/messages/protocol.h"

#include <cstdio>
#include <string>

namespace maniera {

using nlohmann::ordered_json;

void print_line(const ordered_json& value) {
    const std::string line =
        value.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fflush(stdout);
}

ordered_json members(const Progress& progress) {
    return {{"fraction", progress.fraction}, {"scale", progress.scale + 1},
            {"scales", progress.scales},     {"step", progress.step},
            {"steps", progress.steps},       {"width", progress.width},
            {"height", progress.height},     {"loss", progress.loss},
            {"seconds", progress.seconds},   {"seconds-left", progress.seconds_left}};
}

ordered_json members(Notice kind, const std::string& text) {
    ordered_json log = {{"level", kind == Notice::plan ? "info" : "warning"}};
    if (kind == Notice::smaller_tiles)
        log["about"] = MANIERA_ABOUT_SMALLER_TILES;
    else if (kind == Notice::swapping)
        log["about"] = MANIERA_ABOUT_SWAPPING;
    else if (kind == Notice::odd_values)
        log["about"] = MANIERA_ABOUT_ODD_VALUES;
    log["text"] = with_controls_shown(text);
    return log;
}

ordered_json members(const Estimate& estimate) {
    return {{"bytes", estimate.bytes},  {"seconds", estimate.seconds}, {"tiles", estimate.tiles},
            {"tile", estimate.tile},    {"scales", estimate.scales},   {"width", estimate.width},
            {"height", estimate.height}};
}

ordered_json members(const Result& result, const Manifest& model) {
    return {{"complete", result.complete},
            {"width", result.size.width},
            {"height", result.size.height},
            {"steps", result.steps},
            {"seconds", result.seconds},
            {"loss", result.loss},
            {"device", result.device},
            {"precision", result.precision},
            {"model", {{"name", model.name}, {"sha256", model.sha256}}}};
}

ordered_json members(const DeviceInfo& device) {
    return {{"name", device.name},
            {"description", device.description},
            {"bf16", device.bf16},
            {"memory", device.memory}};
}

ordered_json members(const Manifest& model) {
    return {{"name", model.name}, {"title", model.title}, {"sha256", model.sha256}};
}

Error current_error() {
    try {
        throw;
    } catch (const Error& error) {
        return error;
    } catch (const std::exception& error) {
        if (is_out_of_memory(error))
            return Error(ErrorCode::out_of_memory,
                         "There is not enough memory; choose a smaller size, or close other "
                         "programs.");
        const std::string text = error.what();
        return Error(ErrorCode::internal,
                     "Something unexpected happened: " + text.substr(0, text.find('\n')));
    } catch (...) {
        return Error(ErrorCode::internal, "Something unexpected happened.");
    }
}

} // namespace maniera
