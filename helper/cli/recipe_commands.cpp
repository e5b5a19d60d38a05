// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/cli/recipe_commands.h"

#include "core/image/pyramid.h"
#include "core/stylize.h"
#include "helper/files/folders.h"
#include "helper/images/format.h"
#include "helper/images/output_format.h"
#include "helper/job/recipe.h"
#include "helper/job/texture.h"

#include <cstdio>
#include <filesystem>

namespace maniera {
namespace {

namespace fs = std::filesystem;

Recipe read_and_tell(const std::string& picture) {
    Recipe recipe = read_recipe_of(picture);
    for (const std::string& name : recipe.aside)
        std::fprintf(stderr,
                     "maniera: the recipe's option %s is left aside; it is not a recipe's "
                     "to set.\n",
                     name.c_str());
    return recipe;
}

// "folder/result-again.png"
std::string another_name(const std::string& picture) {
    const fs::path path(picture);
    const std::string ending = has_output_ending(picture) ? path.extension().string() : ".png";
    return (path.parent_path() / (path.stem().string() + "-again" + ending)).string();
}

void tell_of_another_model(const Recipe& recipe, const Job& job) {
    const Manifest model = find_model(resolve(job.options).model, model_folders());
    if (!recipe.model.empty() && model.sha256 != recipe.model)
        std::fprintf(stderr,
                     "maniera: the picture was painted with other weights than those of the "
                     "model %s; it will look different.\n",
                     model.name.c_str());
}

} // namespace

int recipe_command(const Command& command) {
    const Recipe recipe = read_and_tell(command.picture);
    const std::string name = fs::path(command.picture).filename().string();
    if (command.json)
        std::printf("%s\n", recipe.text.c_str());
    else
        std::printf("%s\n", command_of(recipe.job, name).c_str());
    return 0;
}

Job job_again(const Command& command) {
    const Recipe recipe = read_and_tell(command.picture);
    const fs::path beside = fs::path(command.picture).parent_path();
    std::vector<std::string> folders = {beside.empty() ? "." : beside.string(), "."};
    folders.insert(folders.begin(), command.words.begin(), command.words.end());
    Job job = find_pictures(recipe, folders, command.job.content.file);
    lay_over(job.options, command.job.options);
    if (is_texture(job) && maniera_option_is_set(&job.options, "size")) {
        job.content.noise = fit_long_side(job.content.noise, job.options.size);
        maniera_option_unset(&job.options, "size");
    }
    tell_of_another_model(recipe, job);
    job.output.file =
        command.job.output.empty() ? another_name(command.picture) : command.job.output.file;
    if (format_of(job.output.file) != format_of(command.picture))
        job.saving.options.clear(); // they were the other format's
    lay_over(job.saving, command.job.saving);
    return job;
}

} // namespace maniera
