// SPDX-License-Identifier: GPL-3.0-or-later
// LittleCMS' handles, owned.

#include "helper/images/icc_profile.h"

#include <lcms2.h>

#include <algorithm>

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

} // namespace

bool is_rgb_profile(const std::string& profile) {
    const Profile opened = open(profile);
    return opened && cmsGetColorSpace(opened.get()) == cmsSigRgbData &&
           make_transform(opened, srgb()) && make_transform(srgb(), opened);
}

ColorConversion profile_to_srgb(const std::string& profile) {
    ColorConversion conversion;
    if (!profile.empty())
        conversion.transform_ = make_transform(open(profile), srgb());
    return conversion;
}

ColorConversion srgb_to_profile(const std::string& profile) {
    ColorConversion conversion;
    if (!profile.empty())
        conversion.transform_ = make_transform(srgb(), open(profile));
    return conversion;
}

void ColorConversion::apply(Image& image) const {
    if (!transform_) // is_rgb_profile() has seen that there is one
        return;
    for (int y = 0; y < image.height; ++y)
        cmsDoTransform(transform_.get(), image.at(0, y), image.at(0, y),
                       static_cast<cmsUInt32Number>(image.width));
    for (float& value : image.pixels)
        value = std::min(1.0f, std::max(0.0f, value));
}

} // namespace maniera
