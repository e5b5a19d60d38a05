// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/distributed/rank_config.h"

#include "core/error.h"

#include <charconv>
#include <cstdlib>

namespace maniera {
namespace {

// How a launcher names things. Null: it does not say.
struct Launcher {
    const char* rank;
    const char* count;
    const char* local_rank;
    const char* local_count;
};

constexpr Launcher launchers[] = {
    {"RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE"}, // torchrun
    {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK",
     "OMPI_COMM_WORLD_LOCAL_SIZE"},
    {"PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", "MPI_LOCALNRANKS"},
    // A script of sbatch has SLURM_PROCID too, but no step of several tasks.
    {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID", nullptr},
};

constexpr int most_ranks = 65536;

[[noreturn]] void refuse(const std::string& name, const std::string& value,
                         const std::string& wanted) {
    throw Error(ErrorCode::invalid_option,
                "The environment variable " + name + " is \"" + value + "\", which is not " +
                    wanted + ": unset it, or start Maniera with torchrun, mpirun or srun.");
}

class Variables {
public:
    explicit Variables(const GetVariable& get) : get_(get) {}

    // Empty is as good as unset.
    std::string text(const char* name) const {
        const char* const value = name ? get_(name) : nullptr;
        return value ? value : "";
    }
    bool has(const char* name) const { return !text(name).empty(); }

    int number(const char* name, int least, int most) const {
        const std::string value = text(name);
        int number = 0;
        const auto [end, error] =
            std::from_chars(value.data(), value.data() + value.size(), number);
        if (error != std::errc() || end != value.data() + value.size() || number < least ||
            number > most)
            refuse(name, value,
                   "a number from " + std::to_string(least) + " to " + std::to_string(most));
        return number;
    }
    int number_or(const char* name, int least, int most, int without) const {
        return has(name) ? number(name, least, most) : without;
    }

private:
    const GetVariable& get_;
};

double seconds(const Variables& variables) {
    const std::string value = variables.text("MANIERA_TIMEOUT");
    char* end = nullptr;
    const double number = std::strtod(value.c_str(), &end);
    if (*end || !(number >= 1 && number <= 86400))
        refuse("MANIERA_TIMEOUT", value, "a number of seconds from 1 to 86400");
    return number;
}

std::string host_of(const Variables& variables, const Launcher& launcher, int count) {
    if (variables.has("MASTER_ADDR"))
        return variables.text("MASTER_ADDR");
    const bool slurm = &launcher == &launchers[3];
    const int here = slurm && variables.text("SLURM_STEP_NUM_NODES") == "1"
                         ? count
                         : variables.number_or(launcher.local_count, 1, most_ranks, 0);
    if (here == count)
        return "127.0.0.1";
    const std::string node = slurm ? first_node(variables.text("SLURM_STEP_NODELIST")) : "";
    if (node.empty())
        throw Error(ErrorCode::invalid_option,
                    "There are " + std::to_string(count) +
                        " processes, perhaps on several machines, and nothing says where rank 0 "
                        "is: set MASTER_ADDR to the address of its machine, for all of them.");
    return node;
}

} // namespace

std::string first_node(const std::string& list) {
    const std::size_t open = list.find_first_of("[,");
    if (open == std::string::npos || list[open] == ',')
        return list.substr(0, open);
    const std::size_t close = list.find(']', open);
    if (close == std::string::npos)
        return {};
    const std::size_t first = list.find_first_of("-,]", open);
    const std::size_t end = list.find_first_of("[,", close);
    return list.substr(0, open) + list.substr(open + 1, first - open - 1) +
           list.substr(close + 1, end == std::string::npos ? end : end - close - 1);
}

std::optional<RankConfig> read_rank_config(const GetVariable& get) {
    const Variables variables(get);
    for (const Launcher& launcher : launchers) {
        if (!variables.has(launcher.rank) || !variables.has(launcher.count))
            continue;
        RankConfig config;
        config.world_size = variables.number(launcher.count, 1, most_ranks);
        if (config.world_size == 1)
            return {};
        config.rank = variables.number(launcher.rank, 0, config.world_size - 1);
        config.local_rank = variables.number_or(launcher.local_rank, 0, config.world_size - 1, 0);
        config.master_addr = host_of(variables, launcher, config.world_size);
        config.master_port = variables.number_or("MASTER_PORT", 1, 65534, 29500);
        // torchrun itself listens there, in its own version's words.
        if (variables.text("TORCHELASTIC_USE_AGENT_STORE") == "True")
            ++config.master_port;
        if (variables.has("MANIERA_TIMEOUT"))
            config.timeout = seconds(variables);
        config.interface_ = variables.text("GLOO_SOCKET_IFNAME");
        config.secret = variables.text("MANIERA_SECRET");
        if (config.secret.empty()) // a run's name, which --rdzv-id can make one that nobody guesses
            config.secret = variables.text("TORCHELASTIC_RUN_ID");
        return config;
    }
    return {};
}

} // namespace maniera
