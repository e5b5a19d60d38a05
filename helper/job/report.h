// SPDX-License-Identifier: GPL-3.0-or-later
// What runs, models and processors are to programs: the same members with --json and in serve.

#pragma once

#include "core/device/device.h"
#include "core/error.h"
#include "core/memory/cost_estimate.h"
#include "core/stylize.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace maniera {

// One line on standard output, at once: the reader is a program that waits for it. File names may
// hold bytes that are not UTF-8; those are replaced.
void print_line(const nlohmann::ordered_json& value);

nlohmann::ordered_json members(const Progress& progress);
nlohmann::ordered_json members(Notice kind, const std::string& text); // of a log
nlohmann::ordered_json members(const Estimate& estimate);
nlohmann::ordered_json members(const Result& result, const Manifest& model);
nlohmann::ordered_json members(const DeviceInfo& device);
nlohmann::ordered_json members(const Manifest& model); // what a user chooses by

// Both lists as JSON lists of members.
template <typename Item>
nlohmann::ordered_json list_of(const std::vector<Item>& items) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const Item& item : items)
        list.push_back(members(item));
    return list;
}

// The error that is being handled, as one with a code: call it in a catch block. Memory that could
// not be had is known by several types and, of libraries, by words alone.
Error current_error();

} // namespace maniera
