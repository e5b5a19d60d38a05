// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/run/rank_commands.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace maniera {

RankCommands::RankCommands(Communicator& comm, std::function<Image()> picture,
                           std::function<void(CheckpointWriter*)> save)
    : comm_(comm), picture_(std::move(picture)), save_(std::move(save)) {}

Image RankCommands::picture() const {
    send("picture");
    return picture_();
}

void RankCommands::save(CheckpointWriter& writer) const {
    send("save");
    save_(&writer);
}

bool RankCommands::decide(const std::function<bool()>& decide) const {
    if (comm_.rank() == 0) {
        const bool go_on = decide();
        send(go_on ? "go on" : "stop");
        return go_on;
    }
    for (;;) {
        const std::string command = comm_.broadcast("");
        if (command == "picture")
            picture_();
        else if (command == "save")
            save_(nullptr);
        else
            return command == "go on";
    }
}

void RankCommands::send(const char* command) const { comm_.broadcast(command); }

bool other_rank_stops(Communicator& comm, const ProgressCallback& progress,
                      const Progress& report) {
    const bool stop = comm.rank() > 0 && progress && !progress(report);
    const std::vector<std::string> all = comm.all_gather(stop ? "stop" : "");
    return std::find(all.begin(), all.end(), "stop") != all.end();
}

} // namespace maniera
