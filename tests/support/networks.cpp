// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/support/networks.h"

#include "tests/support/process.h"

#include <unistd.h>

namespace maniera::test {

Networks::Networks(int machines) : machines_(machines) {
    if (geteuid() != 0) {
        missing_ = "networks of its own need root";
        return;
    }
    const std::string bridge = name(machines); // a namespace like the others
    bool made = true;
    for (int machine = 0; machine <= machines && made; ++machine) {
        made = ip({"netns", "add", name(machine)});
        if (made)
            made_.push_back(name(machine));
        made = made && ip({"-n", name(machine), "link", "set", "lo", "up"});
    }
    made = made && ip({"-n", bridge, "link", "add", "middle", "type", "bridge"}) &&
           ip({"-n", bridge, "link", "set", "middle", "up"});
    for (int machine = 0; machine < machines && made; ++machine) {
        const std::string here = name(machine), port = "port" + std::to_string(machine);
        made = ip({"-n", here, "link", "add", "wire", "type", "veth", "peer", "name", port, "netns",
                   bridge}) &&
               ip({"-n", bridge, "link", "set", port, "master", "middle", "up"}) &&
               ip({"-n", here, "addr", "add", address(machine) + "/24", "dev", "wire"}) &&
               ip({"-n", here, "link", "set", "wire", "up"});
    }
    if (!made)
        missing_ = "no networks could be made: " + said_;
}

Networks::~Networks() {
    for (const std::string& one : made_) // their interfaces go with them
        ip({"netns", "delete", one});
}

std::string Networks::slow_down() {
    using Words = std::vector<std::string>;
    const std::vector<Words> ways = {{"netem", "delay", "10ms", "rate", "100mbit"},
                                     {"tbf", "rate", "100mbit", "burst", "64kb", "latency", "1s"}};
    for (int machine = 0; machine < machines_; ++machine) {
        Outcome outcome;
        for (const Words& way : ways) {
            Words words = {"tc", "-n", name(machine), "qdisc", "add", "dev", "wire", "root"};
            words.insert(words.end(), way.begin(), way.end());
            outcome = run(words);
            if (outcome.code == 0)
                break;
        }
        if (outcome.code != 0)
            return "this kernel can neither delay nor hold back packets: " + outcome.err;
    }
    return {};
}

std::string Networks::address(int machine) const {
    return "10.91.7." + std::to_string(machine + 1);
}

std::vector<std::string> Networks::on(int machine, const std::vector<std::string>& words) const {
    std::vector<std::string> all = {"ip", "netns", "exec", name(machine)};
    all.insert(all.end(), words.begin(), words.end());
    return all;
}

std::string Networks::name(int machine) const {
    return "maniera-" + std::to_string(getpid()) + "-" + std::to_string(machine);
}

bool Networks::ip(const std::vector<std::string>& words) {
    std::vector<std::string> all = {"ip"};
    all.insert(all.end(), words.begin(), words.end());
    const Outcome outcome = run(all);
    said_ = outcome.code == 127 ? "there is no ip; install iproute2" : outcome.err;
    return outcome.code == 0;
}

} // namespace maniera::test
