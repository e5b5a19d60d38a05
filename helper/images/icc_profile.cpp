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

std::string bytes_of(const Profile& profile) {
    cmsUInt32Number size = 0;
    if (!profile || !cmsSaveProfileToMem(profile.get(), nullptr, &size))
        return {};
    std::string bytes(size, '\0');
    return cmsSaveProfileToMem(profile.get(), bytes.data(), &size) ? bytes : "";
}

// Whether these bytes are srgb_profile()'s, whenever and by which LittleCMS it was made.
bool is_own_srgb(const std::string& profile) {
    static const std::string own = bytes_of(srgb());
    constexpr std::size_t version = 8, date = 24, date_end = 36, id = 84, tags = 128;
    const auto same = [&](std::size_t from, std::size_t to) {
        return profile.compare(from, to - from, own, from, to - from) == 0;
    };
    return own.size() > tags && profile.size() == own.size() && same(version, date) &&
           same(date_end, id) && same(tags, own.size());
}

Transform make_transform(const Profile& from, const Profile& to) {
    if (!from || !to)
        return {nullptr, cmsDeleteTransform};
    return {cmsCreateTransform(from.get(), TYPE_RGB_FLT, to.get(), TYPE_RGB_FLT,
                               INTENT_RELATIVE_COLORIMETRIC,
                               cmsFLAGS_BLACKPOINTCOMPENSATION | cmsFLAGS_NOCACHE),
            cmsDeleteTransform};
}

} // namespace

std::string rgb_profile_of(const std::array<double, 8>& p, const ToneCurve& curve) {
    // A primary without y has no place in XYZ.
    for (std::size_t i = 1; i < p.size(); i += 2)
        if (!(p[i] > 0))
            return {};
    const cmsCIExyY white = {p[0], p[1], 1};
    const cmsCIExyYTRIPLE primaries = {{p[2], p[3], 1}, {p[4], p[5], 1}, {p[6], p[7], 1}};
    const std::unique_ptr<cmsToneCurve, void (*)(cmsToneCurve*)> tone(
        cmsBuildParametricToneCurve(nullptr, curve.parameters.size() == 1 ? 1 : 4,
                                    curve.parameters.data()),
        cmsFreeToneCurve);
    if (!tone)
        return {};
    cmsToneCurve* const curves[] = {tone.get(), tone.get(), tone.get()};
    const std::string profile =
        bytes_of({cmsCreateRGBProfile(&white, &primaries, curves), cmsCloseProfile});
    return is_rgb_profile(profile) ? profile : "";
}

int profile_channels(const std::string& profile) {
    const Profile opened = open(profile);
    return opened ? static_cast<int>(cmsChannelsOf(cmsGetColorSpace(opened.get()))) : 0;
}

std::string srgb_profile() {
    // LittleCMS writes the present second, so that no file would be the same twice.
    constexpr std::size_t date = 24, date_bytes = 12;
    static const std::string new_year_2000("\x07\xd0\0\1\0\1\0\0\0\0\0\0", date_bytes);
    std::string profile = bytes_of(srgb());
    if (profile.size() >= date + date_bytes)
        profile.replace(date, date_bytes, new_year_2000);
    return profile;
}

bool is_rgb_profile(const std::string& profile) {
    const Profile opened = open(profile);
    return opened && cmsGetColorSpace(opened.get()) == cmsSigRgbData &&
           make_transform(opened, srgb()) && make_transform(srgb(), opened);
}

ColorConversion profile_to_srgb(const std::string& profile) {
    ColorConversion conversion;
    if (!profile.empty() && !is_own_srgb(profile))
        conversion.transform_ = make_transform(open(profile), srgb());
    return conversion;
}

ColorConversion srgb_to_profile(const std::string& profile) {
    ColorConversion conversion;
    if (!profile.empty() && !is_own_srgb(profile))
        conversion.transform_ = make_transform(srgb(), open(profile));
    return conversion;
}

void ColorConversion::apply_unclipped(Image& image) const {
    if (!transform_) // sRGB; else is_rgb_profile() has seen that there is one
        return;
    for (int y = 0; y < image.height; ++y)
        cmsDoTransform(transform_.get(), image.at(0, y), image.at(0, y),
                       static_cast<cmsUInt32Number>(image.width));
}

void ColorConversion::apply(Image& image) const {
    if (!transform_)
        return;
    apply_unclipped(image);
    for (float& value : image.pixels)
        value = std::min(1.0f, std::max(0.0f, value));
}

} // namespace maniera
