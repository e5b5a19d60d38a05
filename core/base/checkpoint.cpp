// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/checkpoint.h"

#include "core/base/file_io.h"
#include "core/error.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace maniera {
namespace {

constexpr char magic[] = "Maniera checkpoint ";
constexpr char version[] = "1\n";
constexpr std::size_t magic_size = sizeof magic - 1, version_size = sizeof version - 1;
constexpr std::size_t head_size = 1 + 2 * sizeof(std::uint64_t); // of a record
constexpr std::size_t digest_size = sizeof(Sha256::Digest);
constexpr std::size_t band = 1 << 20;           // bytes read at a time
constexpr std::uint64_t longest_name = 256;     // bytes
constexpr std::uint64_t longest_text = 1 << 24; // bytes; a job's JSON has a few thousand

[[noreturn]] void refuse_to_write(const std::string& path, int code) {
    if (is_of_space(code))
        throw Error(ErrorCode::no_space, "The disk is full: the checkpoint " + path +
                                             " cannot be written; free some space, or name another "
                                             "place with --checkpoint.");
    throw Error(ErrorCode::invalid_request, "The checkpoint " + path + " cannot be written (" +
                                                std::strerror(code) +
                                                "); name another place with --checkpoint.");
}

} // namespace

CheckpointWriter::CheckpointWriter(const std::string& path, const std::string& name) : name_(name) {
    descriptor_ = open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (descriptor_ < 0)
        refuse_to_write(name_, errno);
    try {
        write(magic, magic_size);
        write(version, version_size);
    } catch (...) {
        close(descriptor_);
        throw;
    }
}

CheckpointWriter::~CheckpointWriter() {
    if (descriptor_ >= 0)
        close(descriptor_);
}

void CheckpointWriter::write(const void* bytes, std::size_t count) {
    hash_.add(bytes, count);
    const int failed = write_all(descriptor_, written_, bytes, count);
    if (failed != 0)
        refuse_to_write(name_, failed);
    written_ += static_cast<std::int64_t>(count);
}

void CheckpointWriter::begin(char kind, const std::string& name, std::uint64_t bytes) {
    const std::uint64_t lengths[] = {name.size(), bytes};
    write(&kind, 1);
    write(lengths, sizeof lengths);
    write(name.data(), name.size());
}

void CheckpointWriter::text(const std::string& name, const std::string& value) {
    begin('t', name, value.size());
    write(value.data(), value.size());
}

void CheckpointWriter::number(const std::string& name, double value) {
    begin('n', name, sizeof value);
    write(&value, sizeof value);
}

void CheckpointWriter::begin_array(const std::string& name, std::size_t count) {
    begin('a', name, count * sizeof(float));
}

void CheckpointWriter::add_values(const float* values, std::size_t count) {
    write(values, count * sizeof(float));
}

void CheckpointWriter::finish() {
    begin('e', "", 0);
    const Sha256::Digest digest = hash_.finish();
    write(digest.data(), digest.size());
    const int closed = close(descriptor_);
    descriptor_ = -1;
    if (closed != 0) // some network file systems tell only now
        refuse_to_write(name_, errno);
}

bool is_checkpoint(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    char start[magic_size] = {};
    return file.read(start, sizeof start) && std::memcmp(start, magic, magic_size) == 0;
}

CheckpointReader::CheckpointReader(const std::string& path) : path_(path) {
    descriptor_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor_ < 0)
        refuse(errno == ENOENT ? "is not there; check the name."
                               : std::string("cannot be opened (") + std::strerror(errno) + ").");
    try {
        index();
    } catch (...) {
        close(descriptor_);
        throw;
    }
}

CheckpointReader::~CheckpointReader() { close(descriptor_); }

void CheckpointReader::refuse(const std::string& why) const {
    throw Error(ErrorCode::invalid_request, "The checkpoint " + path_ + " " + why);
}

void CheckpointReader::read(std::uint64_t offset, void* bytes, std::size_t count) const {
    const int failed = read_all(descriptor_, static_cast<std::int64_t>(offset), bytes, count);
    if (failed != 0)
        refuse("cannot be read (" + std::string(std::strerror(failed)) + ").");
}

void CheckpointReader::index() {
    struct stat file {};
    if (fstat(descriptor_, &file) != 0 || !S_ISREG(file.st_mode))
        refuse("is no file.");
    const auto size = static_cast<std::uint64_t>(file.st_size);
    char start[magic_size + version_size] = {};
    read(0, start, std::min<std::uint64_t>(size, sizeof start));
    if (std::memcmp(start, magic, magic_size) != 0)
        refuse("is not one of Maniera's; name the file that was made beside the output.");
    if (std::memcmp(start + magic_size, version, version_size) != 0)
        refuse("is of another version's format; go on with the Maniera that made it.");
    const std::string short_of = "is cut short; remove it, or name another one.";
    const std::string damaged = "is damaged; remove it, or name another one.";
    if (size < sizeof start + head_size + digest_size)
        refuse(short_of);

    // The checksum before the lengths: whatever is wrong, nothing else was looked at.
    const std::uint64_t end = size - digest_size;
    Sha256 hash;
    std::vector<char> bytes(band);
    for (std::uint64_t at = 0; at < end;) {
        const std::size_t count = std::min<std::uint64_t>(band, end - at);
        read(at, bytes.data(), count);
        hash.add(bytes.data(), count);
        at += count;
    }
    Sha256::Digest wanted;
    read(end, wanted.data(), wanted.size());
    const bool whole = hash.finish() == wanted;

    for (std::uint64_t at = sizeof start;;) {
        char kind = 0;
        std::uint64_t lengths[2] = {};
        if (end - at < head_size)
            refuse(whole ? damaged : short_of);
        read(at, &kind, 1);
        read(at + 1, lengths, sizeof lengths);
        at += head_size;
        if (kind == 'e' || !std::strchr("tna", kind) || lengths[0] > longest_name) {
            if (!whole || kind != 'e' || at != end)
                refuse(damaged);
            return;
        }
        if (lengths[0] > end - at || lengths[1] > end - at - lengths[0])
            refuse(whole ? damaged : short_of);
        std::string name(lengths[0], '\0');
        read(at, name.data(), name.size());
        at += lengths[0];
        places_[name] = {kind, at, lengths[1]};
        at += lengths[1];
    }
}

const CheckpointReader::Place& CheckpointReader::find(char kind, const std::string& name) const {
    const auto found = places_.find(name);
    if (found == places_.end() || found->second.kind != kind)
        refuse("lacks " + name + "; it was made by another Maniera.");
    return found->second;
}

std::string CheckpointReader::text(const std::string& name) const {
    const Place& place = find('t', name);
    if (place.bytes > longest_text)
        refuse("has a text that is too long; it was made by another Maniera.");
    std::string value(place.bytes, '\0');
    read(place.offset, value.data(), value.size());
    return value;
}

double CheckpointReader::number(const std::string& name) const {
    const Place& place = find('n', name);
    double value = 0;
    if (place.bytes != sizeof value)
        refuse("has no number " + name + "; it was made by another Maniera.");
    read(place.offset, &value, sizeof value);
    return value;
}

std::size_t CheckpointReader::count(const std::string& name) const {
    const auto found = places_.find(name);
    return found == places_.end() || found->second.kind != 'a'
               ? 0
               : found->second.bytes / sizeof(float);
}

void CheckpointReader::expect_count(const std::string& name, std::size_t size) const {
    if (find('a', name).bytes != size * sizeof(float))
        refuse("has another size of " + name + "; it was made by another Maniera.");
}

void CheckpointReader::values(const std::string& name, std::size_t first, float* to,
                              std::size_t size) const {
    const Place& place = find('a', name);
    const std::size_t all = place.bytes / sizeof(float);
    if (first > all || size > all - first)
        refuse("has another size of " + name + "; it was made by another Maniera.");
    read(place.offset + first * sizeof(float), to, size * sizeof(float));
}

} // namespace maniera
