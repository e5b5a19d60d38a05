// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/support/launch.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace maniera::test {

int free_port() {
    // Below the range that the kernel gives out by itself, and from a place of this process's own:
    // tests that run beside each other have numbers close together.
    static int next = 20000 + getpid() * 97 % 9000;
    for (;; next = next >= 31000 ? 20000 : next + 1) {
        const int probe = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_port = htons(static_cast<std::uint16_t>(next));
        const bool free = bind(probe, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0;
        close(probe);
        if (free)
            return next++;
    }
}

std::vector<std::string> torchrun_environment(int rank, int count, int port,
                                              const std::string& host) {
    const std::string own = std::to_string(rank), all = std::to_string(count);
    return {"RANK=" + own,         "LOCAL_RANK=" + own,
            "WORLD_SIZE=" + all,   "LOCAL_WORLD_SIZE=" + all,
            "MASTER_ADDR=" + host, "MASTER_PORT=" + std::to_string(port),
            "OMP_NUM_THREADS=1"};
}

std::vector<std::unique_ptr<Process>> launch(int count, const std::vector<std::string>& words,
                                             const std::vector<std::string>& environment) {
    const int port = free_port();
    std::vector<std::unique_ptr<Process>> processes;
    for (int rank = 0; rank < count; ++rank) {
        std::vector<std::string> all = torchrun_environment(rank, count, port);
        all.insert(all.end(), environment.begin(), environment.end());
        processes.push_back(std::make_unique<Process>(words, all));
    }
    return processes;
}

} // namespace maniera::test
