// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/cli/pack_command.h"

#include "core/error.h"
#include "core/run/make_style_pack.h"
#include "helper/cli/errors.h"
#include "helper/files/folders.h"
#include "helper/files/output_file.h"
#include "helper/job/inputs.h"
#include "helper/job/overwriting.h"
#include "helper/job/report.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <utility>

namespace maniera {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

ordered_json members(const StylePack& pack) {
    ordered_json layers = ordered_json::array(), sizes = ordered_json::array();
    for (const PackedLayer& layer : pack.layers)
        layers.push_back(layer.name);
    for (const PackedSize& size : pack.sizes)
        sizes.push_back(size.long_side);
    return {{"name", pack.name},
            {"author", pack.author},
            {"licence", pack.licence},
            {"model", pack.model},
            {"objective", pack.objective},
            {"pooling", pack.pooling},
            {"width", pack.size.width},
            {"height", pack.size.height},
            {"layers", layers},
            {"sizes", sizes}};
}

int print_pack(const std::string& file, bool json) {
    const StylePack pack = read_style_pack(file);
    if (json) {
        print_line(members(pack));
        return 0;
    }
    std::printf("%s%s%s\n", pack.name.c_str(), pack.author.empty() ? "" : ", by ",
                pack.author.c_str());
    if (!pack.licence.empty())
        std::printf("Licence: %s\n", pack.licence.c_str());
    std::printf("Up to %d px, for the model %s with --objective %s --pooling %s\n",
                pack.sizes.back().long_side, pack.model.c_str(), pack.objective.c_str(),
                pack.pooling.c_str());
    return 0;
}

void write_file(const std::string& name, const std::string& bytes) {
    OutputFile file(name);
    std::ofstream stream(file.path(), std::ios::binary | std::ios::trunc);
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    stream.close();
    if (!stream)
        file.fail(errno, "");
    file.commit();
}

} // namespace

int pack_command(const Command& command) {
    const Job& job = command.job;
    const std::string& output = job.output.file;
    if (output.empty())
        return print_pack(job.styles.front().picture.file, command.json);
    refuse_overwriting(job, "");
    check_writable(output);
    std::vector<std::string> remarks;
    std::vector<StyleInput> paintings = load_styles(job, remarks).styles;
    for (const std::string& remark : remarks)
        print_sentence(remark);
    const Model model = load_model(find_model(resolve(job.options).model, model_folders()));
    StylePack pack =
        make_style_pack(model, std::move(paintings), job.options, command.pack.largest);
    pack.name = command.pack.name.empty()
                    ? fs::path(job.styles.front().picture.file).stem().string()
                    : command.pack.name;
    pack.author = command.pack.author;
    pack.licence = command.pack.licence;
    const std::string bytes = style_pack_bytes(pack);
    write_file(output, bytes);
    if (command.json) {
        ordered_json line = {{"event", "result"}, {"output", output}};
        line.update(members(pack));
        print_line(line);
    } else {
        std::printf("%s: up to %d px, %.1f MB; maniera stylize --style takes it as a painting.\n",
                    output.c_str(), pack.sizes.back().long_side,
                    static_cast<double>(bytes.size()) / 1e6);
    }
    return 0;
}

} // namespace maniera
