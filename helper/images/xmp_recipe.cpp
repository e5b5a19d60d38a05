// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/xmp_recipe.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdlib>
#include <utility>
#include <vector>

namespace maniera {
namespace {

constexpr std::size_t largest_packet = 16 << 20; // bytes; of one that is searched
constexpr std::size_t largest_recipe = 1 << 16;  // bytes

const std::string start_of_rdf =
    "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">"
    "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">";
const std::string close_rdf = "</rdf:RDF>";
const std::string end_of_rdf = close_rdf + "</x:xmpmeta>\n<?xpacket end=\"w\"?>";

const std::string start_of_recipe =
    std::string("<rdf:Description rdf:about=\"\" xmlns:maniera=\"") + recipe_namespace +
    "\"><maniera:recipe>";
const std::string end_of_recipe = "</maniera:recipe></rdf:Description>";

std::string escaped(const std::string& text) {
    std::string xml;
    for (const char c : text)
        xml += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
    return xml;
}

std::string utf8(unsigned long code) {
    std::string text;
    if (code < 0x80)
        return {static_cast<char>(code)};
    const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3; // bytes after the first
    text += static_cast<char>((more == 1 ? 0xc0 : more == 2 ? 0xe0 : 0xf0) | (code >> (6 * more)));
    for (int i = more; i-- > 0;)
        text += static_cast<char>(0x80 | ((code >> (6 * i)) & 0x3f));
    return text;
}

// What an entity stands for, by its name between '&' and ';'; itself where it is none.
std::string entity(const std::string& name) {
    static const std::pair<const char*, const char*> known[] = {
        {"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}};
    for (const auto& [word, text] : known)
        if (name == word)
            return text;
    if (name.size() < 2 || name[0] != '#')
        return "&" + name + ";";
    const bool hex = name[1] == 'x';
    char* end = nullptr;
    const unsigned long code = std::strtoul(name.c_str() + (hex ? 2 : 1), &end, hex ? 16 : 10);
    return *end == '\0' && code >= ' ' && code < 0x110000 ? utf8(code) : "";
}

std::string unescaped(const std::string& xml) {
    constexpr std::size_t longest_entity = 10;
    std::string text;
    for (std::size_t at = 0; at < xml.size();) {
        const std::size_t end = xml[at] == '&' ? xml.find(';', at) : std::string::npos;
        if (end == std::string::npos || end - at > longest_entity) {
            text += xml[at++];
            continue;
        }
        text += entity(xml.substr(at + 1, end - at - 1));
        at = end + 1;
    }
    return text;
}

bool in_a_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
}

// The prefixes that the packet gives our namespace: xmlns:PREFIX="...". The last ones, for a
// stranger's packet may have any number.
std::vector<std::string> prefixes_in(const std::string& packet) {
    constexpr std::size_t most = 8;
    std::vector<std::string> prefixes;
    for (std::size_t at = packet.size();
         prefixes.size() < most && at > 0 &&
         (at = packet.rfind(recipe_namespace, at - 1)) != std::string::npos;) {
        std::size_t end = at;
        while (end > 0 && (packet[end - 1] == '"' || packet[end - 1] == '\'' ||
                           packet[end - 1] == '=' || packet[end - 1] == ' '))
            --end;
        std::size_t start = end;
        while (start > 0 && in_a_name(packet[start - 1]))
            --start;
        std::string prefix = packet.substr(start, end - start);
        if (start < end && start >= 6 && packet.compare(start - 6, 6, "xmlns:") == 0 &&
            std::find(prefixes.begin(), prefixes.end(), prefix) == prefixes.end())
            prefixes.push_back(std::move(prefix));
    }
    return prefixes;
}

struct Property {
    std::size_t at = 0; // where in the packet
    std::string value;  // empty = there is none
};

Property element(const std::string& packet, const std::string& name) {
    const std::size_t at = packet.rfind("<" + name + ">");
    if (at == std::string::npos)
        return {};
    const std::size_t from = at + name.size() + 2, end = packet.find("</", from);
    if (end == std::string::npos || end - from > largest_recipe)
        return {};
    return {at, unescaped(packet.substr(from, end - from))};
}

// In a tag: the recipe's own words may look like one.
Property attribute(const std::string& packet, const std::string& name) {
    const std::string start = " " + name + "=";
    std::size_t at = packet.rfind(start);
    while (at != std::string::npos) {
        const std::size_t bracket = packet.find_last_of("<>", at);
        if (bracket == std::string::npos || packet[bracket] == '<')
            break;
        at = packet.rfind(start, bracket);
    }
    if (at == std::string::npos)
        return {};
    const std::size_t from = at + name.size() + 3;
    const char quote = from <= packet.size() ? packet[from - 1] : '\0';
    const std::size_t end = packet.find(quote, from);
    if ((quote != '"' && quote != '\'') || end == std::string::npos || end - from > largest_recipe)
        return {};
    return {at, unescaped(packet.substr(from, end - from))};
}

} // namespace

std::string without_recipe(const std::string& packet) {
    std::string kept;
    std::size_t copied = 0;
    for (std::size_t at; (at = packet.find(start_of_recipe, copied)) != std::string::npos;) {
        const std::size_t end = packet.find(end_of_recipe, at);
        if (end == std::string::npos)
            break;
        kept.append(packet, copied, at - copied);
        copied = end + end_of_recipe.size();
    }
    return kept.append(packet, copied, std::string::npos);
}

std::string with_recipe(const std::string& packet, const std::string& recipe) {
    const std::string description = start_of_recipe + escaped(recipe) + end_of_recipe;
    if (packet.empty())
        return start_of_rdf + description + end_of_rdf;
    std::string merged = without_recipe(packet);
    const std::size_t at = merged.rfind(close_rdf);
    return at == std::string::npos ? packet : merged.insert(at, description);
}

std::string recipe_in(const std::string& packet) {
    if (packet.size() > largest_packet)
        return {};
    // What with_recipe() wrote comes last. Another program that saved an earlier result may have
    // renamed that one's, which then stands beside it.
    const std::string rdf = packet.substr(0, packet.rfind(close_rdf));
    Property last;
    for (const std::string& prefix : prefixes_in(rdf)) {
        const std::string name = prefix + ":recipe";
        for (Property found : {element(rdf, name), attribute(rdf, name)})
            if (!found.value.empty() && (last.value.empty() || found.at > last.at))
                last = std::move(found);
    }
    return last.value;
}

} // namespace maniera
