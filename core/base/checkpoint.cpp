// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/checkpoint.h"

#include "core/base/file_io.h"
#include "core/error.h"

#include <algorithm>
#include <cerrno>
#include <cfenv>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace maniera {
namespace {

constexpr char format_key[] = "format", digest_key[] = "sha256";
constexpr char format_name[] = "Maniera checkpoint 2";
constexpr char first_format[] = "Maniera checkpoint "; // begins a file of 0.1.0
// How a file of this format begins, after the header's length.
constexpr char start_of_header[] = R"({"__metadata__":{"format":"Maniera checkpoint )";
constexpr std::size_t length_size = sizeof(std::uint64_t);
constexpr std::size_t start_size = length_size + sizeof start_of_header - 1;

constexpr std::size_t band = 1 << 20; // bytes read at a time
// Bytes of the header for what comes after the first array begins: an entry takes about 120, and
// L-BFGS has some 25.
constexpr std::size_t reserve = 1 << 16;

const std::string zeros(2 * sizeof(Sha256::Digest), '0');

[[noreturn]] void refuse_to_write(const std::string& path, int code) {
    if (is_of_space(code))
        throw Error(ErrorCode::no_space, "The disk is full: the checkpoint " + path +
                                             " cannot be written; free some space, or name another "
                                             "place with --checkpoint.");
    throw Error(ErrorCode::invalid_request, "The checkpoint " + path + " cannot be written (" +
                                                std::strerror(code) +
                                                "); name another place with --checkpoint.");
}

// As it stands in a header.
std::string digest_entry(const std::string& digits) {
    return std::string("\"") + digest_key + "\":\"" + digits + "\"";
}

// `header` has zeros for its digest.
std::string digest_of(const std::string& header, Sha256& data) {
    const Sha256::Digest data_digest = data.finish();
    Sha256 hash;
    hash.add(header.data(), header.size());
    hash.add(data_digest.data(), data_digest.size());
    return lower_hex(hash.finish());
}

// A run flushes denormal numbers to zero, and so would a conversion to or from text.
class DenormalsKept {
public:
    DenormalsKept() {
        std::fegetenv(&before_);
        std::fesetenv(FE_DFL_ENV);
    }
    ~DenormalsKept() { std::fesetenv(&before_); }
    DenormalsKept(const DenormalsKept&) = delete;
    DenormalsKept& operator=(const DenormalsKept&) = delete;

private:
    std::fenv_t before_;
};

std::string decimal(double value) {
    const DenormalsKept exact;
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value);
    return {digits, end.ptr};
}

bool starts_with(const char* bytes, const char* words) {
    return std::memcmp(bytes, words, std::strlen(words)) == 0;
}

} // namespace

CheckpointWriter::CheckpointWriter(const std::string& path, const std::string& name) : name_(name) {
    descriptor_ = open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (descriptor_ < 0)
        refuse_to_write(name_, errno);
    header_.metadata = {{format_key, format_name}, {digest_key, zeros}};
}

CheckpointWriter::~CheckpointWriter() {
    if (descriptor_ >= 0)
        close(descriptor_);
}

void CheckpointWriter::write(std::uint64_t offset, const void* bytes, std::size_t count) {
    const int failed = write_all(descriptor_, static_cast<std::int64_t>(offset), bytes, count);
    if (failed != 0)
        refuse_to_write(name_, failed);
}

std::string CheckpointWriter::header_text(std::size_t bytes) {
    try {
        return safetensors_header(header_, bytes);
    } catch (const SafetensorsError& error) {
        throw Error(ErrorCode::invalid_request, "The checkpoint " + name_ + " " + error.what() +
                                                    "; go on without one (--no-checkpoint).");
    }
}

void CheckpointWriter::text(const std::string& name, const std::string& value) {
    header_.metadata[name] = value;
}

void CheckpointWriter::number(const std::string& name, double value) {
    header_.metadata[name] = decimal(value);
}

void CheckpointWriter::begin_array(const std::string& name, std::size_t count) {
    if (header_.data_begin == 0)
        header_.data_begin = header_text(0).size() + reserve;
    const std::uint64_t end = begun_bytes_ + count * sizeof(float);
    header_.tensors[name] = {"F32", {static_cast<std::int64_t>(count)}, begun_bytes_, end};
    begun_bytes_ = end;
}

void CheckpointWriter::add_values(const float* values, std::size_t count) {
    const std::size_t bytes = count * sizeof(float);
    write(header_.data_begin + data_bytes_, values, bytes);
    data_hash_.add(values, bytes);
    data_bytes_ += bytes;
}

void CheckpointWriter::finish() {
    if (data_bytes_ != begun_bytes_)
        throw Error(ErrorCode::internal, "The checkpoint " + name_ +
                                             " was given arrays of other lengths than announced.");
    std::string header = header_text(header_.data_begin);
    const std::string digest = digest_of(header, data_hash_), entry = digest_entry(zeros);
    header.replace(header.find(entry), entry.size(), digest_entry(digest));
    write(0, header.data(), header.size());
    const int closed = close(descriptor_);
    descriptor_ = -1;
    if (closed != 0) // some network file systems tell only now
        refuse_to_write(name_, errno);
}

bool is_checkpoint(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    char start[start_size] = {};
    file.read(start, sizeof start);
    return starts_with(start, first_format) || starts_with(start + length_size, start_of_header);
}

CheckpointReader::CheckpointReader(const std::string& path) : path_(path) {
    descriptor_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor_ < 0)
        refuse(errno == ENOENT ? "is not there; check the name."
                               : std::string("cannot be opened (") + std::strerror(errno) + ").");
    try {
        read_header();
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

// Whose file it is, by its first bytes.
void CheckpointReader::check_format(std::uint64_t size) const {
    char start[start_size] = {};
    read(0, start, std::min<std::uint64_t>(size, sizeof start));
    if (starts_with(start, first_format))
        refuse("was written by Maniera 0.1.0, whose checkpoints this Maniera does not read; start "
               "the run anew with maniera stylize.");
    if (!starts_with(start + length_size, start_of_header))
        refuse("is not one of Maniera's; name the file that was made beside the output.");
}

void CheckpointReader::read_header() {
    struct stat file {};
    if (fstat(descriptor_, &file) != 0 || !S_ISREG(file.st_mode))
        refuse("is no file.");
    const auto size = static_cast<std::uint64_t>(file.st_size);
    check_format(size);
    const std::string damaged = "is damaged; remove it, or name another one.";
    try {
        header_ = read_safetensors_header([&](std::uint64_t offset, void* bytes,
                                              std::size_t count) { read(offset, bytes, count); },
                                          size);
    } catch (const SafetensorsError& error) {
        refuse(error.cut_short ? "is cut short; remove it, or name another one." : damaged);
    }
    const auto format = header_.metadata.find(format_key);
    const bool whole = digest_is_right(size);
    if (whole && (format == header_.metadata.end() || format->second != format_name))
        refuse("is of another version's format; go on with the Maniera that made it.");
    if (!whole)
        refuse(damaged);
}

bool CheckpointReader::digest_is_right(std::uint64_t size) const {
    const auto digest = header_.metadata.find(digest_key);
    if (digest == header_.metadata.end())
        return false;
    std::string header(header_.data_begin, '\0');
    read(0, header.data(), header.size());
    const std::string entry = digest_entry(digest->second);
    const std::size_t at = header.find(entry);
    if (at == std::string::npos)
        return false;
    header.replace(at, entry.size(), digest_entry(zeros));

    Sha256 data;
    std::vector<char> bytes(band);
    for (std::uint64_t begin = header_.data_begin; begin < size; begin += band) {
        const std::size_t count = std::min<std::uint64_t>(band, size - begin);
        read(begin, bytes.data(), count);
        data.add(bytes.data(), count);
    }
    return digest_of(header, data) == digest->second;
}

std::string CheckpointReader::text(const std::string& name) const {
    const auto found = header_.metadata.find(name);
    if (found == header_.metadata.end())
        refuse("lacks " + name + "; it was made by another Maniera.");
    return found->second;
}

double CheckpointReader::number(const std::string& name) const {
    const std::string digits = text(name);
    const DenormalsKept exact;
    double value = 0;
    const char* const end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, value);
    if (parsed.ec != std::errc() || parsed.ptr != end)
        refuse("has no number " + name + "; it was made by another Maniera.");
    return value;
}

const SafetensorsTensor& CheckpointReader::array(const std::string& name) const {
    const auto found = header_.tensors.find(name);
    if (found == header_.tensors.end())
        refuse("lacks " + name + "; it was made by another Maniera.");
    if (found->second.dtype != "F32")
        refuse("has another type of " + name + "; it was made by another Maniera.");
    return found->second;
}

std::size_t CheckpointReader::count(const std::string& name) const {
    if (header_.tensors.count(name) == 0)
        return 0;
    const SafetensorsTensor& found = array(name);
    return (found.end - found.begin) / sizeof(float);
}

void CheckpointReader::expect_count(const std::string& name, std::size_t size) const {
    array(name);
    if (count(name) != size)
        refuse("has another size of " + name + "; it was made by another Maniera.");
}

void CheckpointReader::values(const std::string& name, std::size_t first, float* to,
                              std::size_t size) const {
    const SafetensorsTensor& found = array(name);
    const std::size_t all = count(name);
    if (first > all || size > all - first)
        refuse("has another size of " + name + "; it was made by another Maniera.");
    read(header_.data_begin + found.begin + first * sizeof(float), to, size * sizeof(float));
}

} // namespace maniera
