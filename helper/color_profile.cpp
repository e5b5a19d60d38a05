// SPDX-License-Identifier: GPL-3.0-or-later
// LittleCMS' handles, owned.

#include "helper/color_profile.h"

#include <lcms2.h>

#include <algorithm>
#include <memory>

namespace maniera {
namespace {

using Profile = std::unique_ptr<void, cmsBool (*)(cmsHPROFILE)>;
using Transform = std::unique_ptr<void, void (*)(cmsHTRANSFORM)>;

Profile open(const std::string& bytes) {
    return {cmsOpenProfileFromMem(bytes.data(), static_cast<cmsUInt32Number>(bytes.size())),
            cmsCloseProfile};
}

Profile srgb() { return {cmsCreate_sRGBProfile(), cmsCloseProfile}; }

Transform make_transform(const Profile& from, const Profile& to) {
    if (!from || !to)
        return {nullptr, cmsDeleteTransform};
    return {cmsCreateTransform(from.get(), TYPE_RGB_FLT, to.get(), TYPE_RGB_FLT,
                               INTENT_RELATIVE_COLORIMETRIC,
                               cmsFLAGS_BLACKPOINTCOMPENSATION | cmsFLAGS_NOCACHE),
            cmsDeleteTransform};
}

void convert(Image& image, const Profile& from, const Profile& to) {
    const Transform transform = make_transform(from, to);
    if (!transform)
        return; // is_rgb_profile() has seen that there is one
    for (int y = 0; y < image.height; ++y)
        cmsDoTransform(transform.get(), image.at(0, y), image.at(0, y),
                       static_cast<cmsUInt32Number>(image.width));
    for (float& value : image.pixels)
        value = std::min(1.0f, std::max(0.0f, value));
}

} // namespace

bool is_rgb_profile(const std::string& profile) {
    const Profile opened = open(profile);
    return opened && cmsGetColorSpace(opened.get()) == cmsSigRgbData &&
           make_transform(opened, srgb()) && make_transform(srgb(), opened);
}

void profile_to_srgb(Image& image, const std::string& profile) {
    convert(image, open(profile), srgb());
}

void srgb_to_profile(Image& image, const std::string& profile) {
    convert(image, srgb(), open(profile));
}

} // namespace maniera
