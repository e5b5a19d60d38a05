// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/xmp_recipe.h"

#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>
#include <vector>

namespace maniera {
namespace {

using test::contains;

const std::string recipe = R"({"styles": [{"name": "a <b> & \"c\" 'd' é.png"}]})";
const std::string titled =
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
    "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" "
    "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" dc:title=\"A day\"/></rdf:RDF></x:xmpmeta>";

TEST(XmpRecipe, IsReadBackFromANewPacket) {
    EXPECT_EQ(recipe_in(with_recipe("", recipe)), recipe);
    EXPECT_EQ(recipe_in(""), "");
    EXPECT_EQ(recipe_in(titled), "");
}

TEST(XmpRecipe, StandsBesideWhatThePhotographSaysAndReplacesAnOlderOne) {
    const std::string once = with_recipe(titled, "old"), twice = with_recipe(once, recipe);
    for (const std::string& packet : {once, twice})
        EXPECT_TRUE(contains(packet, "dc:title=\"A day\""));
    EXPECT_EQ(recipe_in(twice), recipe);
    EXPECT_FALSE(contains(twice, "old"));
    EXPECT_EQ(without_recipe(twice), titled);
}

TEST(XmpRecipe, LeavesAPacketThatIsNoRdfAlone) {
    for (const std::string packet : {"no XML", "<rdf:RDF>", "</rdf:", "\xff\xfe<"})
        EXPECT_EQ(with_recipe(packet, recipe), packet);
}

// Other programs rename prefixes, and write properties as attributes.
TEST(XmpRecipe, IsReadAsOtherProgramsWriteIt) {
    const std::string space = std::string("=\"") + recipe_namespace + "\"";
    EXPECT_EQ(
        recipe_in("<d xmlns:ns1" + space + "><ns1:recipe>{&quot;a&quot;&#58; 1}</ns1:recipe>"),
        "{\"a\": 1}");
    EXPECT_EQ(recipe_in("<d xmlns:m" + space + " m:recipe=\"{&#x22;a&quot;}\"/>"), "{\"a\"}");
    EXPECT_EQ(recipe_in("<d xmlns:m" + space + " m:recipe='{\"a\"}'/>"), "{\"a\"}");
    EXPECT_EQ(recipe_in("<d xmlns:other=\"urn:other\" other:recipe=\"{}\"/>"), "");
}

// A photograph may be an earlier result that another program saved, with a prefix of its own.
TEST(XmpRecipe, IsTheResultsOwnAndNotThePhotographs) {
    const std::string space = std::string("=\"") + recipe_namespace + "\"";
    const auto rdf = [](const std::string& inner) { return "<rdf:RDF>" + inner + "</rdf:RDF>"; };
    std::string many;
    for (int i = 0; i < 20; ++i)
        many +=
            "<d xmlns:n" + std::to_string(i) + space + " n" + std::to_string(i) + ":recipe='o'/>";
    for (const std::string& packet :
         {rdf("<d xmlns:ns1" + space + " ns1:recipe=\"old\"/>"),
          rdf("<d xmlns:ns1" + space + "><ns1:recipe>old</ns1:recipe></d>"),
          rdf("<d xmlns:maniera" + space + " maniera:recipe=\"old\"/>"), rdf(many),
          rdf("") + "<d xmlns:ns1" + space + " ns1:recipe=\"old\"/>"})
        EXPECT_EQ(recipe_in(with_recipe(packet, recipe)), recipe) << packet;
    // Words that look like a property are none.
    const std::string words = "{\"a\": \" ns1:recipe='b'\"}";
    EXPECT_EQ(recipe_in(with_recipe(rdf("<d xmlns:ns1" + space + "/>"), words)), words);
}

TEST(XmpRecipe, SurvivesGarbage) {
    std::mt19937 random(7);
    const std::string whole = with_recipe(titled, recipe);
    for (int round = 0; round < 4000; ++round) {
        std::string packet = whole.substr(0, 1 + random() % whole.size());
        for (int i = 0; i < 3; ++i)
            packet[random() % packet.size()] = static_cast<char>(random());
        recipe_in(packet);
        with_recipe(packet, recipe);
    }
    const std::string space = std::string("xmlns:m=\"") + recipe_namespace + "\"";
    for (const std::string& packet : std::vector<std::string>{
             space, "xmlns:=\"" + space, space + "<m:recipe>",
             space + " m:recipe=", space + " m:recipe=\"",
             space + "<m:recipe>&;&#;&#x;&#xffffffff;&#9;&amp", std::string(recipe_namespace)})
        recipe_in(packet);
}

TEST(XmpRecipe, AnotherProgramsManyMegabytesTakeNoTime) {
    const auto start = std::chrono::steady_clock::now();
    std::string many;
    while (many.size() < 4'000'000)
        many += with_recipe("", "x");
    EXPECT_EQ(recipe_in(with_recipe(many, recipe)), recipe);
    recipe_in(many + std::string(20'000'000, '<'));
    EXPECT_EQ(recipe_in("<d xmlns:m=\"" + std::string(recipe_namespace) + "\"><m:recipe>" +
                        std::string(1 << 20, 'x') + "</m:recipe>"),
              "");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

} // namespace
} // namespace maniera
