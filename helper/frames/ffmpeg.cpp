// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/frames/ffmpeg.h"

#include "core/error.h"
#include "helper/files/output_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace maniera {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_request, why); }

struct Said {
    int status = 0;
    std::string text; // what was written to one of its outputs
};

std::string read_all(int descriptor) {
    std::string text;
    std::array<char, 4096> part;
    for (ssize_t got; (got = read(descriptor, part.data(), part.size())) != 0;) {
        if (got > 0)
            text.append(part.data(), static_cast<std::size_t>(got));
        else if (errno != EINTR)
            break;
    }
    return text;
}

// Runs a program, and returns what it writes to this output; the other one is dropped.
Said run(Words words, int output) {
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    std::array<int, 2> ends;
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        refuse(std::string("A pipe cannot be made (") + std::strerror(errno) +
               "); close other programs.");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], output);
    pid_t child = 0;
    const int failed =
        posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    Said said;
    if (!failed) {
        said.text = read_all(ends[0]);
        while (waitpid(child, &said.status, 0) < 0 && errno == EINTR) {
        }
    }
    close(ends[0]);
    if (failed)
        refuse("Videos need FFmpeg's programs ffmpeg and ffprobe, and " + words[0] +
               " cannot be started (" + std::strerror(failed) +
               "); install FFmpeg (in Debian: apt install ffmpeg), or name a folder of pictures.");
    return said;
}

std::string last_line(std::string text) {
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    return text.substr(text.rfind('\n') + 1);
}

void run_ffmpeg(const Words& words, const std::string& what) {
    Words all = {"ffmpeg", "-nostdin", "-v", "error", "-y"};
    all.insert(all.end(), words.begin(), words.end());
    const Said said = run(all, STDERR_FILENO);
    if (WIFSIGNALED(said.status))
        refuse(what + ": FFmpeg was stopped; run the same command again.");
    if (said.status != 0)
        refuse(what + ": FFmpeg says \"" + last_line(said.text) + "\".");
}

// A name that FFmpeg takes for no protocol and no option.
std::string as_file(const std::string& path) { return "file:" + path; }

// In a pattern of FFmpeg's a percent sign is one of its own.
std::string frames_in(const std::string& folder) {
    std::string pattern;
    for (const char c : as_file(folder))
        pattern += c == '%' ? std::string("%%") : std::string(1, c);
    return pattern + "/%08d.png";
}

} // namespace

bool names_a_video(const std::string& path) {
    std::string ending = fs::path(path).extension().string();
    for (char& c : ending)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    for (const char* known : {".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi"})
        if (ending == known)
            return true;
    return false;
}

std::string numbered_frame(std::size_t number) {
    char name[40];
    std::snprintf(name, sizeof name, "%08zu.png", number);
    return name;
}

std::string frame_rate(const std::string& video) {
    const Said said = run({"ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries",
                           "stream=avg_frame_rate", "-of", "csv=p=0", as_file(video)},
                          STDOUT_FILENO);
    const std::string rate = said.text.substr(0, said.text.find_first_of(",\n"));
    if (said.status != 0 || rate.empty() || rate.find_first_not_of("0123456789/") != rate.npos ||
        rate[0] == '0')
        refuse(video + " is no video that FFmpeg can read; check it with ffprobe.");
    return rate;
}

void extract_frames(const std::string& video, const std::string& rate, const std::string& folder) {
    run_ffmpeg({"-i", as_file(video), "-map", "0:v:0", "-vf", "fps=" + rate, "-compression_level",
                "1", frames_in(folder)},
               "The frames of " + video + " cannot be written to " + folder);
}

void encode_video(const std::string& folder, const std::string& rate, const std::string& sound,
                  const std::string& output) {
    OutputFile file(output);
    const auto encode = [&](const Words& sound_words) {
        Words words = {"-framerate", rate, "-i", frames_in(folder)};
        if (!sound.empty())
            words.insert(words.end(), {"-i", as_file(sound), "-map", "0:v:0", "-map", "1:a?"});
        words.insert(words.end(), sound_words.begin(), sound_words.end());
        // Even sides, and what every player takes.
        words.insert(words.end(),
                     {"-vf", "scale=trunc(iw/2)*2:trunc(ih/2)*2:out_color_matrix=bt709", "-pix_fmt",
                      "yuv420p", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc",
                      "bt709", "-crf", "18", "-b:v", "0", as_file(file.path())});
        run_ffmpeg(words, "The video " + output + " cannot be written");
    };
    try {
        encode({"-c:a", "copy"});
    } catch (const Error&) {
        if (sound.empty())
            throw;
        encode({});
    }
    file.commit();
}

} // namespace maniera
