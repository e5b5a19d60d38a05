// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/network/model.h"

#include "core/error.h"
#include "tests/support/process.h"
#include "tests/support/refusal.h"
#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>

namespace maniera {
namespace {

using test::contains;
using test::write_text;

class ModelFile : public testing::Test {
protected:
    std::string refusal(const std::function<void()>& action, ErrorCode code) {
        ErrorCode seen = code;
        const std::string text = test::refusal(action, &seen);
        EXPECT_EQ(error_name(seen), std::string(error_name(code)));
        return text;
    }
    // Saves these bytes as the weights with a right hash, and tries to load them.
    std::string refused_weights(const Model& model, const std::string& bytes) {
        write_text(folder / "m.safetensors", bytes);
        test::save_manifest(model, folder.path(), "m", test::sha256_of(bytes));
        return refusal([&] { load_model(find_model("m", {folder.path()})); },
                       ErrorCode::unreadable_model);
    }
    test::ScratchFolder folder;
    const Model tiny = test::make_tiny_model();
};

TEST_F(ModelFile, GivesBackWhatWasSaved) {
    test::save_model(tiny, folder.path(), "tiny");
    for (const std::string& name :
         {std::string("tiny"), folder / "tiny.json", folder / "tiny.safetensors"}) {
        const Model loaded = load_model(find_model(name, {folder / "none", folder.path()}));
        EXPECT_EQ(loaded.manifest.name, "tiny");
        EXPECT_EQ(loaded.manifest.layers, tiny.manifest.layers);
        EXPECT_EQ(loaded.manifest.mean, tiny.manifest.mean);
        ASSERT_EQ(loaded.convolutions.size(), tiny.convolutions.size());
        for (std::size_t i = 0; i < tiny.convolutions.size(); ++i) {
            EXPECT_EQ(loaded.convolutions[i].first, tiny.convolutions[i].first);
            EXPECT_EQ(loaded.convolutions[i].second.weight, tiny.convolutions[i].second.weight);
            EXPECT_EQ(loaded.convolutions[i].second.bias, tiny.convolutions[i].second.bias);
        }
    }
}

TEST_F(ModelFile, TheFirstFolderWins) {
    test::ScratchFolder other;
    Model renamed = tiny;
    renamed.manifest.title = "Another";
    test::save_model(tiny, folder.path(), "tiny");
    test::save_model(renamed, other.path(), "tiny");
    test::save_model(renamed, other.path(), "second");
    write_text(other / "broken.json", "{");
    const auto found = list_models({folder.path(), other.path(), folder / "none"});
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].title, tiny.manifest.title);
    EXPECT_EQ(found[1].name, "second");
}

TEST_F(ModelFile, AMissingOneIsToldWithPlacesAndCommand) {
    const std::string text = refusal(
        [&] {
            find_model("vgg16", {"/first/place", "/second"});
        },
        ErrorCode::no_model);
    EXPECT_TRUE(contains(text, "/first/place") && contains(text, "/second")) << text;
    EXPECT_TRUE(contains(text, "maniera models fetch")) << text;
    EXPECT_TRUE(contains(refusal([&] { find_model(folder / "x.json", {}); }, ErrorCode::no_model),
                         "x.json"));
}

TEST_F(ModelFile, RefusesAWrongHash) {
    test::save_model(tiny, folder.path(), "m");
    std::string bytes = test::read_text(folder / "m.safetensors");
    bytes.back() ^= 1;
    write_text(folder / "m.safetensors", bytes);
    EXPECT_TRUE(contains(
        refusal([&] { load_model(find_model("m", {folder.path()})); }, ErrorCode::unreadable_model),
        "SHA-256"));
}

TEST_F(ModelFile, DamageIsSaidBeforeWhatItDid) {
    test::save_model(tiny, folder.path(), "m");
    const std::string bytes = test::read_text(folder / "m.safetensors");
    for (const std::string& damaged :
         {bytes.substr(0, bytes.size() - 4), bytes.substr(0, 100), "x" + bytes.substr(1)}) {
        write_text(folder / "m.safetensors", damaged);
        EXPECT_TRUE(contains(refusal([&] { load_model(find_model("m", {folder.path()})); },
                                     ErrorCode::unreadable_model),
                             "SHA-256"));
    }
}

TEST_F(ModelFile, TensorsMayStandInAnyOrderAmongOthers) {
    const std::string good = test::safetensors(tiny);
    std::uint64_t length = 0;
    std::memcpy(&length, good.data(), sizeof length);
    const std::string data = good.substr(sizeof length + length);
    // Another tensor before all of them, longer than what is read at a time.
    const std::uint64_t other = (1 << 20) + 4;
    auto header = nlohmann::json::parse(good.substr(sizeof length, length));
    for (auto& entry : header)
        for (auto& place : entry["data_offsets"])
            place = place.get<std::uint64_t>() + other;
    header["other"] = {{"dtype", "U8"}, {"shape", {other}}, {"data_offsets", {0, other}}};
    const std::string text = header.dump();
    length = text.size();
    const std::string bytes = std::string(reinterpret_cast<const char*>(&length), sizeof length) +
                              text + std::string(other, 'x') + data;
    write_text(folder / "m.safetensors", bytes);
    test::save_manifest(tiny, folder.path(), "m", test::sha256_of(bytes));
    const Model loaded = load_model(find_model("m", {folder.path()}));
    for (std::size_t i = 0; i < tiny.convolutions.size(); ++i)
        EXPECT_EQ(loaded.convolutions[i].second.weight, tiny.convolutions[i].second.weight) << i;
}

TEST_F(ModelFile, RefusesWhatIsNoSafetensors) {
    const std::string good = test::safetensors(tiny);
    EXPECT_NE(refused_weights(tiny, ""), "accepted");
    EXPECT_NE(refused_weights(tiny, "<html><body>Not found</body></html>"), "accepted");
    EXPECT_NE(refused_weights(tiny, good.substr(0, 100)), "accepted");
    EXPECT_NE(refused_weights(tiny, good.substr(0, good.size() - 4)), "accepted");
    std::string huge = good;
    const std::uint64_t size = std::numeric_limits<std::uint64_t>::max() - 3;
    std::memcpy(huge.data(), &size, sizeof size);
    EXPECT_NE(refused_weights(tiny, huge), "accepted");
}

TEST_F(ModelFile, RefusesWrongShapesAndMissingTensors) {
    Model wrong = tiny;
    wrong.convolutions[2].second.in -= 1; // one channel less than the layer before gives
    wrong.convolutions[2].second.weight.resize(wrong.convolutions[2].second.in *
                                               wrong.convolutions[2].second.out * 9);
    EXPECT_TRUE(contains(refused_weights(tiny, test::safetensors(wrong)), "shape"));
    wrong = tiny;
    wrong.convolutions.pop_back();
    EXPECT_TRUE(contains(refused_weights(tiny, test::safetensors(wrong)), "conv5_1.weight"));
}

TEST_F(ModelFile, RefusesNotANumber) {
    Model wrong = tiny;
    wrong.convolutions[3].second.bias[1] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_TRUE(contains(refused_weights(tiny, test::safetensors(wrong)), "not numbers"));
}

TEST_F(ModelFile, RefusesWeightsThatNoTrainedNetworkHas) {
    for (const float value : {3.4e38f, -1e30f, 2e4f}) {
        Model wrong = tiny;
        wrong.convolutions[5].second.weight[7] = value;
        EXPECT_TRUE(contains(refused_weights(tiny, test::safetensors(wrong)), "no trained network"))
            << value;
    }
}

TEST_F(ModelFile, RefusesManifestsThatMakeNoNetwork) {
    const auto refused = [&](const std::function<void(Manifest&)>& change) {
        Model model = tiny;
        change(model.manifest);
        test::save_manifest(model, folder.path(), "m", "0");
        return refusal([&] { read_manifest(folder / "m.json"); }, ErrorCode::unreadable_model);
    };
    EXPECT_NE(refused([](Manifest& m) { m.layers.clear(); }), "accepted");
    EXPECT_NE(refused([](Manifest& m) { std::swap(m.layers[0], m.layers[1]); }), "accepted");
    EXPECT_NE(refused([](Manifest& m) { m.layers[2] = m.layers[0]; }), "accepted");
    EXPECT_NE(refused([](Manifest& m) { m.layers[4] = "norm1"; }), "accepted");
    EXPECT_NE(refused([](Manifest& m) { m.deviation[1] = 0; }), "accepted");
    EXPECT_NE(refused([](Manifest& m) { m.deviation[2] = 1e-300; }), "accepted");
    EXPECT_NE(refused([](Manifest& m) { m.mean[0] = -1e300; }), "accepted");
    write_text(folder / "m.json", "<html>");
    EXPECT_TRUE(
        contains(refusal([&] { read_manifest(folder / "m.json"); }, ErrorCode::unreadable_model),
                 "manifest"));
}

} // namespace
} // namespace maniera
