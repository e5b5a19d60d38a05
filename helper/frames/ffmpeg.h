// SPDX-License-Identifier: GPL-3.0-or-later
// Videos to numbered pictures and back, by FFmpeg's programs where they are installed. All throw
// Error{invalid_request} with what FFmpeg said, or where it is not installed.
//
//     const std::string rate = frame_rate("film.mp4");      // "30000/1001"
//     extract_frames("film.mp4", rate, "frames");           // frames/00000001.png ...
//     encode_video("painted", rate, "film.mp4", "painted.mp4");

#pragma once

#include <string>
#include <vector>

namespace maniera {

// By its ending: .mp4 .m4v .mov .mkv .webm .avi.
bool names_a_video(const std::string& path);

// The name of the frame with this number, from 1.
std::string numbered_frame(std::size_t number);

// Frames a second, on average, as FFmpeg writes them.
std::string frame_rate(const std::string& video);

// The folder must exist and be empty.
void extract_frames(const std::string& video, const std::string& rate, const std::string& folder);

// Of the folder's numbered frames, with the sound of `sound`, a video too; empty = no sound. It is
// copied, or encoded anew where the output's format does not take it.
void encode_video(const std::string& folder, const std::string& rate, const std::string& sound,
                  const std::string& output);

} // namespace maniera
