// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/decoder_process.h"

#include "core/error.h"
#include "helper/files/folders.h"
#include "helper/images/decoder_words.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace maniera {
namespace {

constexpr const char* decoded_elsewhere = "maniera-decoded-elsewhere";

std::atomic<bool> all_formats{false};

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() { close(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }
    void close() {
        if (number_ >= 0)
            ::close(number_);
        number_ = -1;
    }

private:
    int number_;
};

// Gone when it is closed, however the process ends.
int nameless_file() {
    std::string name = scratch_folder("") + "/.maniera-decoded-XXXXXX";
    const int file = mkostemp(name.data(), O_CLOEXEC);
    if (file < 0)
        throw Error(ErrorCode::no_space, "A temporary file cannot be made (" +
                                             std::string(std::strerror(errno)) +
                                             "); set TMPDIR to a folder with free space.");
    unlink(name.c_str());
    return file;
}

std::string read_all(int file) {
    std::string text;
    std::array<char, 4096> part;
    for (ssize_t got; (got = read(file, part.data(), part.size())) != 0;) {
        if (got > 0 && text.size() < part.size())
            text.append(part.data(), static_cast<std::size_t>(got));
        if (got < 0 && errno != EINTR)
            break;
    }
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    return text;
}

// Starts the decoder: its standard output is the file, its words come through the pipe.
pid_t start(const std::string& path, int file, int words) {
    const std::string program = decoder_program();
    std::string name = path;
    std::string choice = all_formats ? all_formats_word : pictures_word;
    std::string own = program;
    std::array<char*, 4> arguments = {own.data(), choice.data(), name.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, file, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, words, STDERR_FILENO);
    pid_t child = 0;
    const int failed =
        posix_spawn(&child, program.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed)
        throw Error(ErrorCode::internal, program + " cannot be started (" + std::strerror(failed) +
                                             "); install Maniera again.");
    return child;
}

[[noreturn]] void refuse_by(int status, const std::string& path, const std::string& words) {
    if (WIFSIGNALED(status))
        refuse(path, "cannot be decoded: it made its decoder crash (" +
                         std::string(strsignal(WTERMSIG(status))) +
                         "); save it as PNG or TIFF with the program that made it.");
    switch (WEXITSTATUS(status)) {
    case decoder_knows_not: refuse(path, "is not a picture; use PNG, JPEG, TIFF or WebP.");
    case decoder_may_not:
        refuse(path, "is of a format whose decoder is not made for files from strangers (" + words +
                         "); save it as PNG or TIFF, or, if you know where it comes from, add "
                         "--all-formats.");
    default:
        refuse(path,
               "cannot be read (" + words + "); save it again from the program that made it.");
    }
}

// The picture's orientation stays the one that its decoder told: JPEG XL has its own, whatever EXIF
// says.
void move_exif_back(const Vips& image) {
    const void* exif = nullptr;
    std::size_t size = 0;
    if (vips_image_get_typeof(image.get(), exif_of_decoded) != VIPS_TYPE_BLOB ||
        vips_image_get_blob(image.get(), exif_of_decoded, &exif, &size) != 0)
        return;
    const int orientation = vips_image_get_orientation(image.get());
    vips_image_set_blob_copy(image.get(), VIPS_META_EXIF_NAME, exif, size);
    vips_image_remove(image.get(), exif_of_decoded);
    vips_image_set_int(image.get(), VIPS_META_ORIENTATION, orientation);
}

} // namespace

void allow_all_formats() { all_formats = true; }

bool was_decoded_elsewhere(const Vips& image) {
    return vips_image_get_typeof(image.get(), decoded_elsewhere) != 0;
}

Vips decode_elsewhere(const std::string& path) {
    const Descriptor file(nameless_file());
    std::array<int, 2> ends;
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        throw Error(ErrorCode::internal, std::string("A pipe cannot be made (") +
                                             std::strerror(errno) + "); close other programs.");
    const Descriptor out(ends[0]);
    Descriptor in(ends[1]);
    const pid_t child = start(path, file.number(), in.number());
    in.close();
    const std::string words = read_all(out.number());
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (status != 0)
        refuse_by(status, path, words);
    lseek(file.number(), 0, SEEK_SET);
    VipsSource* source = vips_source_new_from_descriptor(file.number());
    VipsImage* stored = nullptr;
    if (source) {
        vips_tiffload_source(source, &stored, "access", VIPS_ACCESS_RANDOM, "fail_on",
                             VIPS_FAIL_ON_TRUNCATED, nullptr);
        g_object_unref(source);
    }
    if (!stored)
        refuse_as_vips_says(path, "cannot be read", "save it as PNG or TIFF.");
    const Vips image = apply(own(stored), path, [](VipsImage* in_, VipsImage** out_) {
        return vips_copy(in_, out_, nullptr);
    });
    move_exif_back(image);
    vips_image_set_int(image.get(), decoded_elsewhere, 1);
    return image;
}

} // namespace maniera
