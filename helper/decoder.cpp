// SPDX-License-Identifier: GPL-3.0-or-later
// maniera-decode: decodes one picture of a format that may crash its decoder, into a TIFF on
// standard output, and then ends. It may write nowhere else, and it may not connect: see
// helper/images/decoder_process.h.

#include "helper/images/decoder_words.h"
#include "helper/images/jxl_boxes.h"
#include "helper/images/loaders.h"
#include "helper/sandbox.h"

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

// Formats of pictures that libvips calls untrusted.
void allow_pictures() {
    for (const char* loader : {"VipsForeignLoadPpm", "VipsForeignLoadRad", "VipsForeignLoadOpenexr",
                               "VipsForeignLoadJxl", "VipsForeignLoadJp2k"})
        vips_operation_block_set(loader, FALSE);
}

int fail() {
    std::string why = vips_error_buffer();
    for (char& c : why)
        if (c == '\n')
            c = ';';
    while (!why.empty() && why.back() == ';')
        why.pop_back();
    std::fprintf(stderr, "%s\n", why.c_str());
    return 1;
}

bool move_exif(VipsImage* image) {
    const void* exif = nullptr;
    std::size_t size = 0;
    if (vips_image_get_typeof(image, VIPS_META_EXIF_NAME) == 0)
        return true;
    if (vips_image_get_blob(image, VIPS_META_EXIF_NAME, &exif, &size) != 0)
        return false;
    vips_image_set_blob_copy(image, maniera::exif_of_decoded, exif, size);
    return true;
}

void set_missing(VipsImage* image, const char* field, const std::string& bytes) {
    if (!bytes.empty() && vips_image_get_typeof(image, field) == 0)
        vips_image_set_blob_copy(image, field, bytes.data(), bytes.size());
}

bool add_words(VipsImage* image, const std::string& path) {
    if (!move_exif(image))
        return false;
    const maniera::JxlWords words = maniera::jxl_words(path);
    set_missing(image, maniera::exif_of_decoded, words.exif);
    set_missing(image, VIPS_META_XMP_NAME, words.xmp);
    return true;
}

// A copy that may get words. Radiance's shared exponents become floats: libvips 8.18 does not copy
// them.
int copy(VipsImage* loaded, VipsImage** image) {
    return vips_image_get_coding(loaded) == VIPS_CODING_RAD ? vips_rad2float(loaded, image, nullptr)
                                                            : vips_copy(loaded, image, nullptr);
}

// In tiles, so that rows can be read in any order.
int write(VipsImage* loaded, const std::string& path) {
    VipsTarget* target = vips_target_new_to_descriptor(STDOUT_FILENO);
    VipsImage* image = nullptr;
    const int failed = !target || copy(loaded, &image) != 0 || !add_words(image, path) ||
                       vips_tiffsave_target(image, target, "tile", TRUE, "tile_width", 256,
                                            "tile_height", 256, "bigtiff", TRUE, nullptr) != 0;
    if (target)
        g_object_unref(target);
    if (image)
        g_object_unref(image);
    return failed ? fail() : 0;
}

// Portable floatmaps begin with the lowest row; libvips 8.14 takes it for the highest.
bool turns_floatmaps(const char* path) {
    std::array<char, 2> kind = {};
    if (std::FILE* file = std::fopen(path, "rb")) {
        if (std::fread(kind.data(), 1, kind.size(), file) != kind.size())
            kind = {};
        std::fclose(file);
    }
    if (kind[0] != 'P' || (kind[1] != 'F' && kind[1] != 'f'))
        return false;
    const std::string low_is_1("Pf\n1 2\n-1.0\n\0\0\x80\x3f\0\0\0\0", 20);
    VipsSource* source = vips_source_new_from_memory(low_is_1.data(), low_is_1.size());
    VipsImage* image = nullptr;
    double *pixel = nullptr, low = 1;
    int bands = 0;
    if (vips_ppmload_source(source, &image, nullptr) == 0 &&
        vips_getpoint(image, &pixel, &bands, 0, 1, nullptr) == 0)
        low = pixel[0];
    g_object_unref(source);
    g_free(pixel);
    if (image)
        g_object_unref(image);
    return low != 1;
}

int write_turned(VipsImage* image, const std::string& path) {
    VipsImage* turned = nullptr;
    if (vips_flip(image, &turned, VIPS_DIRECTION_VERTICAL, nullptr) != 0)
        return fail();
    const int code = write(turned, path);
    g_object_unref(turned);
    return code;
}

int decode(const char* path) {
    std::string loader = maniera::find_loader(path);
    if (loader.empty()) {
        vips_block_untrusted_set(FALSE);
        loader = maniera::find_loader(path);
        if (loader.empty())
            return maniera::decoder_knows_not;
        std::fprintf(stderr, "libvips' %s\n", loader.c_str());
        return maniera::decoder_may_not;
    }
    const bool turn = turns_floatmaps(path);
    VipsImage* image =
        maniera::load_with(loader, path, turn ? VIPS_ACCESS_RANDOM : VIPS_ACCESS_SEQUENTIAL);
    if (!image)
        return fail();
    const int code = turn ? write_turned(image, path) : write(image, path);
    g_object_unref(image);
    return code;
}

} // namespace

int main(int count, char** arguments) {
    if (count != 3) {
        std::fputs("maniera-decode is started by maniera, not by hand.\n", stderr);
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL); // not to outlive the one that waits for it
    const rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    setenv("VIPS_DISC_THRESHOLD", "1000g", 1); // it may not write temporary files
    if (VIPS_INIT(arguments[0]) != 0)
        return fail();
    g_log_set_handler(
        "VIPS", static_cast<GLogLevelFlags>(G_LOG_LEVEL_WARNING | G_LOG_LEVEL_MESSAGE),
        [](const gchar*, GLogLevelFlags, const gchar*, gpointer) {}, nullptr);
    const bool all = std::strcmp(arguments[1], maniera::all_formats_word) == 0;
    if (!all) {
        vips_block_untrusted_set(TRUE);
        allow_pictures();
        maniera::enter_sandbox(arguments[2]);
    }
    const int code = decode(arguments[2]);
    std::_Exit(code);
}
