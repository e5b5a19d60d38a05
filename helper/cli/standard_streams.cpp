// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/cli/standard_streams.h"

#include "core/base/file_io.h"
#include "core/error.h"
#include "helper/files/folders.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <unistd.h>

namespace maniera {
namespace {

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_request, why); }

using File = std::unique_ptr<FILE, int (*)(FILE*)>;

// False where `to` cannot be written; errno says why.
bool copy_all(FILE* from, FILE* to, std::size_t& bytes) {
    std::array<char, 1 << 16> buffer;
    for (std::size_t count; (count = std::fread(buffer.data(), 1, buffer.size(), from)) > 0;) {
        if (std::fwrite(buffer.data(), 1, count, to) != count)
            return false;
        bytes += count;
    }
    return std::fflush(to) == 0;
}

std::string scratch_name(const std::string& name) {
    const std::string folder = scratch_folder("");
    if (folder.empty())
        refuse("There is no folder for scratch files; set TMPDIR to one that can be written to.");
    return folder + "/" + name;
}

void read_input(const OutputFile& into) {
    if (isatty(STDIN_FILENO))
        refuse("The content is standard input, which is a terminal; name a picture, or send one: "
               "maniera stylize - ... < photo.jpg.");
    const File file(std::fopen(into.path().c_str(), "wb"), std::fclose);
    std::size_t bytes = 0;
    if (!file || !copy_all(stdin, file.get(), bytes))
        into.fail(errno, "");
    if (std::ferror(stdin))
        refuse("Standard input cannot be read; send a picture.");
    if (bytes == 0)
        refuse("Standard input is empty; send a picture.");
}

} // namespace

bool uses_standard_streams(const Job& job) {
    return job.content.file == standard_stream || job.output.file == standard_stream;
}

StandardStreams::StandardStreams(Job& job, const std::string& format) {
    if (job.output.file == standard_stream) {
        if (isatty(STDOUT_FILENO))
            refuse("The output is standard output, which is a terminal; name a file, or send it to "
                   "one: maniera stylize ... -o - > result.png.");
        output_.emplace(scratch_name("output." + format));
        job.output.file = output_->path();
        job.output.shown = "standard output";
    }
    if (job.content.file == standard_stream) {
        input_.emplace(scratch_name("input"));
        read_input(*input_);
        job.content.file = input_->path();
        job.content.shown = "standard-input";
    }
}

std::string StandardStreams::in_words(std::string sentence) const {
    const auto replace = [&](const std::optional<OutputFile>& file, const char* name) {
        const std::size_t at = file ? sentence.find(file->path()) : std::string::npos;
        if (at != std::string::npos)
            sentence.replace(at, file->path().size(), name);
    };
    replace(input_, "Standard input");
    replace(output_, "Standard output");
    return sentence;
}

void StandardStreams::deliver() const {
    if (!output_)
        return;
    const File file(std::fopen(output_->path().c_str(), "rb"), std::fclose);
    std::size_t bytes = 0;
    if (file && copy_all(file.get(), stdout, bytes) && !std::ferror(file.get()))
        return;
    throw Error(is_of_space(errno) ? ErrorCode::no_space : ErrorCode::invalid_request,
                std::string("Standard output cannot be written (") + std::strerror(errno) +
                    "); the picture is lost.");
}

} // namespace maniera
