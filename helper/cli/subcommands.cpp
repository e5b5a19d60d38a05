// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/cli/subcommands.h"

#include "core/error.h"
#include "core/objective/style_pack.h"
#include "helper/cli/flags.h"
#include "helper/cli/frames_command.h"
#include "helper/cli/help.h"
#include "helper/cli/standard_streams.h"
#include "helper/images/decoder_process.h"
#include "helper/images/format.h"
#include "helper/job/texture.h"

#include <memory>

namespace maniera {
namespace {

using Kind = Command::Kind;

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_request, why); }

CLI::App* add_command(CLI::App& app, const std::string& name, const std::string& help) {
    CLI::App* command = app.add_subcommand(name, help);
    command->allow_extras(); // refuse_leftovers() says it better
    command->set_help_flag("-h,--help", "Print this help");
    for (const char* reads :
         {"stylize", "texture", "estimate", "resume", "batch", "frames", "measure", "parts", "run",
          "serve", "sheet", "pack", "recipe", "again"})
        if (name == reads)
            command
                ->add_flag_callback("--all-formats", allow_all_formats,
                                    "Read also formats whose decoders are not made for strangers' "
                                    "files, such as SVG and PDF")
                ->group("Machine");
    return command;
}

CLI::App* add_command(CLI::App& app, const std::string& name) {
    return add_command(app, name, command_summary(name));
}

void add_json_flag(CLI::App& app, Command& command) {
    app.add_flag("--json", command.json, "Write JSON for programs to standard output");
}

void add_output_flag(CLI::App& app, Command& command, const std::string& help) {
    add_flag(app, "-o,--output", "FILE", help, "Result",
             [&command](const std::string& file) { command.job.output.file = file; });
}

void refuse_without_inputs(const Job& job) {
    if (job.content.empty())
        refuse("A content picture is missing; name the photograph to repaint.");
    if (job.styles.empty())
        refuse("A style is missing; name a painting with --style FILE.");
}

void refuse_incomplete(const Job& job) {
    refuse_without_inputs(job);
    if (job.output.empty())
        refuse("An output is missing; name the result with -o FILE.");
}

// One function for each command

// stylize and estimate take the same words.
CLI::App* add_painting_command(CLI::App& app, Command& command, const std::string& name,
                               const std::string& output_help) {
    CLI::App* painting = add_command(app, name);
    painting->add_option("content", command.job.content.file,
                         "The picture to repaint; stylize: - = standard input");
    add_output_flag(*painting, command, output_help);
    add_style_flags(*painting, command.job);
    add_saving_flags(*painting, command.job);
    add_option_flags(*painting, command.job, PreviewFlags::yes);
    add_checkpoint_flags(*painting, command.checkpoints);
    add_json_flag(*painting, command);
    return painting;
}

// What "-" as content or output does not go with.
void check_streams(Command& command) {
    const std::string& format = command.stream_format;
    const bool to_output = command.job.output.file == standard_stream;
    if (!format.empty() && !to_output)
        refuse("--format is for a result that goes to standard output (-o -); the name of a file "
               "says its format.");
    if (!format.empty() && !has_output_ending("x." + format))
        refuse("There is no format " + format.substr(0, 80) +
               "; choose png, jpg, tif, webp, avif, heic or jxl.");
    if (to_output && command.json)
        refuse("--json writes to standard output, and so would -o -; name a file for the result.");
    if (!uses_standard_streams(command.job))
        return;
    if (!command.checkpoints.file.empty())
        refuse("A run of standard input or output cannot be resumed; leave --checkpoint out.");
    command.checkpoints.none = true;
}

constexpr const char* result_help =
    "The result: .png, .jpg, .tif, .webp, .avif, .heic or .jxl; - = standard output";

void add_format_flag(CLI::App& app, Command& command) {
    add_flag(app, "--format", "FORMAT", "Of a result that goes to standard output [png]", "Result",
             [&command](const std::string& format) { command.stream_format = format; });
}

Subcommand add_stylize(CLI::App& app, Command& command) {
    CLI::App* stylize = add_painting_command(app, command, "stylize", result_help);
    add_format_flag(*stylize, command);
    return {stylize, [&command] {
                command.kind = Kind::stylize;
                refuse_incomplete(command.job);
                check_streams(command);
            }};
}

Subcommand add_texture(CLI::App& app, Command& command) {
    CLI::App* texture = add_command(app, "texture");
    texture->add_option("style", command.words,
                        "A picture to make a texture of, or several to mix");
    add_output_flag(*texture, command, result_help);
    add_format_flag(*texture, command);
    add_flag(*texture, "--size", "N|WxH", "Size of the texture in pixels, such as 512 or 512x256",
             "Result",
             [&command](const std::string& text) { command.job.content.noise = parse_size(text); });
    add_saving_flags(*texture, command.job);
    add_option_flags(*texture, command.job, PreviewFlags::yes);
    add_json_flag(*texture, command);
    return {texture, [&command] {
                command.kind = Kind::texture;
                for (const std::string& style : command.words)
                    command.job.styles.push_back({{style, {}}, {}, {}, {}, 0});
                if (command.words.empty() || command.job.output.empty() || !is_texture(command.job))
                    refuse("texture needs a style, a size and an output: maniera texture PAINTING "
                           "--size 512 -o FILE.");
                set_texture_options(command.job.options);
                command.checkpoints.none = true; // its content is a scratch file
                check_streams(command);
            }};
}

Subcommand add_estimate(CLI::App& app, Command& command) {
    CLI::App* estimate = add_painting_command(app, command, "estimate", "Not written");
    return {estimate, [&command] {
                command.kind = Kind::estimate;
                refuse_without_inputs(command.job);
            }};
}

Subcommand add_resume(CLI::App& app, Command& command) {
    CLI::App* resume = add_command(app, "resume");
    resume->add_option("checkpoint", command.checkpoints.file, "The checkpoint to resume from");
    add_output_flag(*resume, command, "Where the result goes [as when the run began]");
    add_saving_flags(*resume, command.job);
    for (const char* name : {"threads", "time-limit"})
        add_option_flag(*resume, *maniera_option_find(name), "Machine", command.job.options);
    add_interval_flag(*resume, command.checkpoints);
    add_json_flag(*resume, command);
    return {resume, [&command] {
                command.kind = Kind::resume;
                if (command.checkpoints.file.empty())
                    refuse("resume needs a checkpoint: maniera resume FILE.");
            }};
}

void add_batch_flags(CLI::App& app, Batch& batch, std::string& recipe) {
    const std::string group = "Batch";
    app.add_option("pictures", batch.sources, "Pictures, and folders of them");
    app.add_option("--list", batch.list, "A file that names more, one per line; - = standard input")
        ->type_name("FILE")
        ->group(group);
    app.add_flag("--recursive", batch.recursive, "Subfolders too, with subfolders for the results")
        ->group(group);
    app.add_option("-o,--output-dir", batch.output_folder, "Where the results go")
        ->take_last()
        ->type_name("FOLDER")
        ->group(group);
    app.add_option("--suffix", batch.suffix, "Added to the names of results, before the extension")
        ->take_last()
        ->type_name("TEXT")
        ->group(group);
    app.add_option("--format", batch.format,
                   "png, jpg, tif, webp, avif, heic or jxl [the picture's if it is one of the "
                   "first four, else png]")
        ->take_last()
        ->type_name("FORMAT")
        ->group(group);
    app.add_flag("--resume", batch.resume, "Keep results that are done and intact")->group(group);
    add_flag(app, "--shard", "I/N", "Paint share I, from 1 to N, of the pictures", group,
             [&batch](const std::string& text) { batch.shard = parse_shard(text); });
    app.add_option("--job", recipe, "Styles and options from a job file (see maniera help job)")
        ->type_name("FILE")
        ->group(group);
}

// Reads the recipe's file, if any, and checks that nothing is missing.
void complete_batch(Batch& batch, const std::string& recipe) {
    if (!recipe.empty()) {
        if (!batch.recipe.styles.empty())
            refuse("Styles come from --job or from --style, not from both.");
        Job read = read_recipe(recipe);
        lay_over(read.options, batch.recipe.options);
        lay_over(read.saving, batch.recipe.saving);
        batch.recipe = read;
    }
    if (batch.sources.empty() && batch.list.empty())
        refuse("Pictures are missing; name some, a folder of them, or a --list.");
    if (batch.recipe.styles.empty())
        refuse("A style is missing; name a painting with --style FILE.");
    if (maniera_option_is_set(&batch.recipe.options, "parts-file"))
        refuse("A file of parts belongs to one photograph; a batch finds the parts of each with "
               "--parts auto.");
    if (batch.output_folder.empty())
        refuse("An output is missing; name a folder for the results with --output-dir FOLDER.");
}

Subcommand add_batch(CLI::App& app, Command& command) {
    const auto recipe = std::make_shared<std::string>();
    CLI::App* batch = add_command(app, "batch");
    add_batch_flags(*batch, command.batch, *recipe);
    add_style_flags(*batch, command.batch.recipe);
    add_saving_flags(*batch, command.batch.recipe);
    add_option_flags(*batch, command.batch.recipe, PreviewFlags::no);
    add_json_flag(*batch, command);
    return {batch, [&command, recipe] {
                command.kind = Kind::batch;
                complete_batch(command.batch, *recipe);
            }};
}

Subcommand add_frames(CLI::App& app, Command& command) {
    CLI::App* frames = add_command(app, "frames");
    add_frames_flags(*frames, command.frames);
    add_style_flags(*frames, command.frames.recipe);
    add_saving_flags(*frames, command.frames.recipe);
    add_option_flags(*frames, command.frames.recipe, PreviewFlags::yes);
    add_json_flag(*frames, command);
    return {frames, [&command] {
                command.kind = Kind::frames;
                check_frames(command.frames);
            }};
}

Subcommand add_measure(CLI::App& app, Command& command) {
    CLI::App* measure = add_command(app, "measure");
    measure->add_option("image", command.picture, "The picture to evaluate");
    add_flag(*measure, "--content", "FILE", "The picture that was repainted", "Styles",
             [&command](const std::string& file) { command.job.content.file = file; });
    add_style_flags(*measure, command.job);
    add_option_flags(*measure, command.job, PreviewFlags::yes);
    add_json_flag(*measure, command);
    return {measure, [&command] {
                command.kind = Kind::measure;
                if (command.picture.empty())
                    refuse("measure needs a picture to evaluate: maniera measure IMAGE --content "
                           "FILE --style FILE.");
                refuse_without_inputs(command.job);
            }};
}

Subcommand add_parts(CLI::App& app, Command& command) {
    CLI::App* parts = add_command(app, "parts");
    parts->add_option("content", command.job.content.file, "The picture to repaint");
    add_style_flags(*parts, command.job);
    add_flag(*parts, "-o,--output", "FOLDER", "Where masks, parts.json and sheet.png go", "Result",
             [&command](const std::string& folder) { command.output = folder; });
    for (const char* name : {"parts", "model", "threads", "device"})
        add_option_flag(*parts, *maniera_option_find(name), "Machine", command.job.options);
    add_json_flag(*parts, command);
    return {parts, [&command] {
                command.kind = Command::Kind::parts;
                refuse_without_inputs(command.job);
                if (command.output.empty())
                    refuse("parts needs a folder for what it writes: maniera parts PHOTO --style "
                           "FILE -o FOLDER.");
            }};
}

// Of paintings that are to become a pack, or of one pack to look at.
void complete_pack(const Command& command) {
    const std::vector<JobStyle>& styles = command.job.styles;
    if (styles.empty())
        refuse("pack needs a painting: maniera pack PAINTING -o NAME.maniera-style.");
    const std::string& output = command.job.output.file;
    const std::string ending = style_pack_ending;
    const JobStyle& first = styles.front();
    if (output.empty() && (styles.size() > 1 || !is_style_pack(first.picture.file) ||
                           first.weight || !first.style_mask.empty()))
        refuse("An output is missing; name the style pack with -o NAME" + ending + ".");
    if (!output.empty() && (output.size() <= ending.size() ||
                            output.compare(output.size() - ending.size(), ending.size(), ending)))
        refuse("A style pack's name ends in " + ending + "; write -o " + output + ending + ".");
}

Subcommand add_pack(CLI::App& app, Command& command) {
    CLI::App* pack = add_command(app, "pack");
    const CLI::Option* paintings = pack->add_option(
        "paintings", command.words, "Paintings, which make one style; or a style pack to look at");
    // CLI11 hands words over at the end alone, when flags are read already.
    const StylesSoFar styles = [&command, paintings]() -> std::vector<JobStyle>& {
        std::vector<JobStyle>& taken = command.job.styles;
        for (std::size_t i = taken.size(); i < paintings->results().size(); ++i) {
            taken.emplace_back();
            taken.back().picture.file = paintings->results()[i];
        }
        return taken;
    };
    add_output_flag(*pack, command, "The style pack: NAME.maniera-style");
    const std::pair<const char*, std::string PackSettings::*> texts[] = {
        {"name", &PackSettings::name},
        {"author", &PackSettings::author},
        {"licence", &PackSettings::licence}};
    for (const auto& [name, member] : texts)
        add_flag(*pack, std::string("--") + name, "TEXT",
                 std::string("The style's ") + name +
                     (name == std::string("name") ? " [the painting's file]" : ""),
                 "Result", [&command, member = member](const std::string& text) {
                     command.pack.*member = text;
                 });
    add_flag(*pack, "--size", "N", "The longest side that it serves, within the painting's [2048]",
             "Result", [&command](const std::string& text) {
                 ManieraOptions options{};
                 set_option(options, "size", text);
                 command.pack.largest = options.size;
             });
    for (const char* name : {"objective", "pooling", "style-layers"})
        add_option_flag(*pack, *maniera_option_find(name), "Solver", command.job.options);
    for (const char* name : {"model", "threads", "device"})
        add_option_flag(*pack, *maniera_option_find(name), "Machine", command.job.options);
    add_learning_flags(*pack, "painting", styles);
    add_json_flag(*pack, command);
    return {pack, [&command, styles] {
                command.kind = Kind::pack;
                styles();
                complete_pack(command);
            }};
}

Subcommand add_recipe(CLI::App& app, Command& command) {
    CLI::App* recipe = add_command(app, "recipe");
    recipe->add_option("result", command.picture, "A picture that Maniera painted");
    add_json_flag(*recipe, command);
    return {recipe, [&command] {
                command.kind = Kind::recipe;
                if (command.picture.empty())
                    refuse("recipe needs a picture that Maniera painted: maniera recipe RESULT.");
            }};
}

Subcommand add_again(CLI::App& app, Command& command) {
    CLI::App* again = add_command(app, "again");
    again->add_option("result", command.picture, "A picture that Maniera painted");
    again->add_option("content", command.job.content.file,
                      "The picture to repaint [the one that it was painted from]");
    add_output_flag(*again, command, "The result [RESULT-again, beside it]");
    add_flag(*again, "--look-in", "FOLDER",
             "Where the pictures are, besides the result's folder and this one; can be given again",
             "Result", [&command](const std::string& folder) { command.words.push_back(folder); });
    add_saving_flags(*again, command.job);
    add_option_flags(*again, command.job, PreviewFlags::yes);
    add_checkpoint_flags(*again, command.checkpoints);
    add_json_flag(*again, command);
    return {again, [&command] {
                command.kind = Kind::again;
                if (command.picture.empty())
                    refuse("again needs a picture that Maniera painted: maniera again RESULT.");
            }};
}

Subcommand add_sheet(CLI::App& app, Command& command) {
    CLI::App* sheet = add_command(app, "sheet");
    sheet->add_option("content", command.job.content.file, "The picture to repaint");
    add_flag(*sheet, "-o,--output", "FILE", "The sheet: .png, .jpg, .tif or .webp", "Result",
             [&command](const std::string& file) { command.output = file; });
    add_flag(*sheet, "--vary", "NAME=VALUE,...",
             "An option with the values to try, such as strength=25,50,75; can be given again",
             "Result", [&command](const std::string& text) {
                 command.variations.push_back(parse_variation(text));
             });
    add_style_flags(*sheet, command.job);
    add_option_flags(*sheet, command.job, PreviewFlags::no);
    add_json_flag(*sheet, command);
    return {sheet, [&command] {
                command.kind = Kind::sheet;
                refuse_without_inputs(command.job);
                if (command.output.empty())
                    refuse("sheet needs a file for what it draws: maniera sheet PHOTO --style FILE "
                           "--style FILE -o sheet.png.");
            }};
}

Subcommand add_run(CLI::App& app, Command& command) {
    const auto file = std::make_shared<std::string>();
    CLI::App* run = add_command(app, "run");
    run->add_option("job", *file, "The job, in JSON");
    add_checkpoint_flags(*run, command.checkpoints);
    add_json_flag(*run, command);
    return {run, [&command, file] {
                command.kind = Kind::stylize;
                if (file->empty())
                    refuse("run needs a job file: maniera run JOB.json.");
                command.job = read_job(*file);
                refuse_incomplete(command.job);
            }};
}

Subcommand add_serve(CLI::App& app, Command& command) {
    return {add_command(app, "serve"), [&command] { command.kind = Kind::serve; }};
}

// What is passed on to import-model.
struct ImportWords {
    std::string weights, name, into, hash;
};

std::vector<std::string> import_words(const ImportWords& given, bool fetch) {
    if (!fetch && given.weights.empty())
        refuse("import needs a file of weights: maniera models import FILE.");
    std::vector<std::string> words = {fetch ? "--fetch" : given.weights};
    const std::pair<const char*, std::string> flags[] = {
        {"--name", given.name}, {"--sha256", given.hash}, {"--into", given.into}};
    for (const auto& [flag, value] : flags)
        if (!value.empty())
            words.insert(words.end(), {flag, value});
    return words;
}

Subcommand add_models(CLI::App& app, Command& command) {
    const auto given = std::make_shared<ImportWords>();
    CLI::App* models = add_command(app, "models");
    models->require_subcommand(0, 1);
    CLI::App* list = add_command(*models, "list", "List the models that were found");
    add_json_flag(*list, command);
    CLI::App* verify = add_command(*models, "verify", "Read models and check every value");
    verify->add_option("name", command.words, "Models; all when none is named");
    CLI::App* fetch = add_command(*models, "fetch", "Get the default model, VGG-16");
    CLI::App* import = add_command(*models, "import", "Import weights from a file");
    import->add_option("file", given->weights, "torchvision's .pth, MatConvNet's .mat, Keras' .h5");
    import->add_option("--name", given->name, "The model's name [vgg16 or vgg19]");
    import->add_option("--sha256", given->hash, "Refuse a file with another hash");
    for (CLI::App* each : {fetch, import})
        each->add_option("--into", given->into, "The models' folder");
    return {models, [&command, given, verify, fetch, import] {
                command.kind = *verify             ? Kind::models_verify
                               : *fetch || *import ? Kind::models_import
                                                   : Kind::models_list;
                if (command.kind == Kind::models_import)
                    command.words = import_words(*given, bool(*fetch));
            }};
}

Subcommand add_devices(CLI::App& app, Command& command) {
    CLI::App* devices = add_command(app, "devices");
    add_json_flag(*devices, command);
    devices
        ->add_flag(
            "--verbose", command.verbose,
            "The processor's instructions, the libraries that compute and their kernels as well")
        ->excludes("--json");
    return {devices, [&command] { command.kind = Kind::devices; }};
}

Subcommand add_sample(CLI::App& app, Command& command) {
    CLI::App* sample = add_command(app, "sample");
    sample->add_option("name", command.words, "A sample's name, or all")->expected(1);
    sample->add_option("-o,--output", command.output, "The file; a folder for motion and for all");
    return {sample, [&command] {
                command.kind = Kind::sample;
                if (command.words.empty() || command.output.empty())
                    refuse("sample needs a name and an output: maniera sample landscape -o "
                           "landscape.png, or maniera sample all -o FOLDER.");
            }};
}

// The last of the commands, so that it can print all of them.
Subcommand add_help(CLI::App& app, Command& command) {
    const auto topic = std::make_shared<std::string>();
    CLI::App* help = add_command(app, "help");
    help->add_option("topic", *topic, help_topic_names());
    const std::string overview = app.help(); // after parsing it would be the chosen command's
    return {help, [&command, topic, overview] {
                command.text = topic->empty() ? overview : help_topic(*topic);
            }};
}

// What is no word of any command

} // namespace

std::vector<Subcommand> add_subcommands(CLI::App& app, Command& command) {
    std::vector<Subcommand> commands;
    for (const auto add :
         {add_stylize, add_texture, add_resume, add_estimate, add_batch, add_frames, add_measure,
          add_parts, add_sheet, add_pack, add_recipe, add_again, add_run, add_serve, add_models,
          add_devices, add_sample, add_help})
        commands.push_back(add(app, command));
    return commands;
}

} // namespace maniera
