// SPDX-License-Identifier: GPL-3.0-or-later
// What torchrun, mpirun and srun say in the environment.

#include "helper/distributed/rank_config.h"

#include "core/error.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace maniera::test {
namespace {

using Variables = std::map<std::string, std::string>;

std::optional<RankConfig> config_in(const Variables& variables) {
    return read_rank_config([&](const char* name) {
        const auto found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
    });
}

Variables with(Variables some, const Variables& more) {
    for (const auto& [name, value] : more)
        some[name] = value;
    return some;
}

void expect(const std::optional<RankConfig>& config, int rank, int count, int local_rank,
            const std::string& host, int port) {
    ASSERT_TRUE(config);
    EXPECT_EQ(config->rank, rank);
    EXPECT_EQ(config->world_size, count);
    EXPECT_EQ(config->local_rank, local_rank);
    EXPECT_EQ(config->master_addr, host);
    EXPECT_EQ(config->master_port, port);
}

std::string error_in(const Variables& variables) {
    try {
        config_in(variables);
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_option);
        return error.what();
    }
    return "no error";
}

const Variables torchrun = {{"RANK", "5"},
                            {"WORLD_SIZE", "8"},
                            {"LOCAL_RANK", "1"},
                            {"LOCAL_WORLD_SIZE", "4"},
                            {"MASTER_ADDR", "10.0.0.7"},
                            {"MASTER_PORT", "29400"}};
const Variables open_mpi = {{"OMPI_COMM_WORLD_RANK", "2"},
                            {"OMPI_COMM_WORLD_SIZE", "3"},
                            {"OMPI_COMM_WORLD_LOCAL_RANK", "2"},
                            {"OMPI_COMM_WORLD_LOCAL_SIZE", "3"}};
const Variables srun = {{"SLURM_PROCID", "9"},
                        {"SLURM_STEP_NUM_TASKS", "16"},
                        {"SLURM_LOCALID", "1"},
                        {"SLURM_STEP_NUM_NODES", "2"},
                        {"SLURM_STEP_NODELIST", "gpu[03-04]"}};

TEST(RankConfig, IsNothingForAProcessByItself) {
    EXPECT_FALSE(config_in({}));
    EXPECT_FALSE(config_in({{"RANK", "0"}}));
    EXPECT_FALSE(config_in({{"MASTER_ADDR", "a"}}));
    EXPECT_FALSE(config_in({{"RANK", "0"}, {"WORLD_SIZE", "1"}}));
    // A script of sbatch with 16 tasks, which has not called srun.
    EXPECT_FALSE(config_in({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "16"}}));
    EXPECT_FALSE(config_in({{"SLURM_PROCID", "0"}, {"SLURM_STEP_NUM_TASKS", "1"}}));
}

TEST(RankConfig, IsWhatTorchrunSays) {
    expect(config_in(torchrun), 5, 8, 1, "10.0.0.7", 29400);
    expect(config_in(with(torchrun, {{"TORCHELASTIC_USE_AGENT_STORE", "True"}})), 5, 8, 1,
           "10.0.0.7", 29401);
    expect(config_in(with(torchrun, {{"TORCHELASTIC_USE_AGENT_STORE", "False"}})), 5, 8, 1,
           "10.0.0.7", 29400);
}

TEST(RankConfig, IsWhatMpirunSays) {
    expect(config_in(open_mpi), 2, 3, 2, "127.0.0.1", 29500);
    expect(config_in(with(open_mpi, {{"OMPI_COMM_WORLD_LOCAL_SIZE", "2"}, {"MASTER_ADDR", "a"}})),
           2, 3, 2, "a", 29500);
    expect(config_in({{"PMI_RANK", "1"},
                      {"PMI_SIZE", "2"},
                      {"MPI_LOCALRANKID", "1"},
                      {"MPI_LOCALNRANKS", "2"},
                      {"MASTER_PORT", "3000"}}),
           1, 2, 1, "127.0.0.1", 3000);
    EXPECT_NE(error_in(with(open_mpi, {{"OMPI_COMM_WORLD_LOCAL_SIZE", "2"}}))
                  .find("set MASTER_ADDR to the address"),
              std::string::npos);
    EXPECT_NE(error_in({{"PMI_RANK", "1"}, {"PMI_SIZE", "2"}}).find("set MASTER_ADDR"),
              std::string::npos);
}

TEST(RankConfig, IsWhatSrunSays) {
    expect(config_in(srun), 9, 16, 1, "gpu03", 29500);
    expect(config_in(with(srun, {{"SLURM_STEP_NUM_NODES", "1"}})), 9, 16, 1, "127.0.0.1", 29500);
}

TEST(RankConfig, KnowsTheFirstOfSlurmsNodes) {
    EXPECT_EQ(first_node("node"), "node");
    EXPECT_EQ(first_node("b,a"), "b");
    EXPECT_EQ(first_node("node[03-07,9]"), "node03");
    EXPECT_EQ(first_node("node[9,03-07],other"), "node9");
    EXPECT_EQ(first_node("n[1-2]-ib,x"), "n1-ib");
    EXPECT_EQ(first_node("n[12]"), "n12");
    EXPECT_EQ(first_node("n[12"), "");
    EXPECT_EQ(first_node(""), "");
}

TEST(RankConfig, TakesTimeAndNetworkFromTheUser) {
    const auto config =
        config_in(with(torchrun, {{"MANIERA_TIMEOUT", "12.5"}, {"GLOO_SOCKET_IFNAME", "ib0"}}));
    EXPECT_EQ(config->timeout, 12.5);
    EXPECT_EQ(config->interface_, "ib0");
    EXPECT_EQ(config_in(torchrun)->timeout, 300);
    EXPECT_EQ(config_in(torchrun)->interface_, "");
}

TEST(RankConfig, TakesASecretOrTheLaunchersNameOfTheRun) {
    EXPECT_EQ(config_in(open_mpi)->secret, "");
    EXPECT_EQ(config_in(with(torchrun, {{"TORCHELASTIC_RUN_ID", "a run"}}))->secret, "a run");
    EXPECT_EQ(
        config_in(with(torchrun, {{"TORCHELASTIC_RUN_ID", "a run"}, {"MANIERA_SECRET", "the sea"}}))
            ->secret,
        "the sea");
}

TEST(RankConfig, RefusesNonsense) {
    EXPECT_EQ(
        error_in(with(torchrun, {{"RANK", "8"}})),
        "The environment variable RANK is \"8\", which is not a number from 0 to 7: unset it, "
        "or start Maniera with torchrun, mpirun or srun.");
    for (const Variables& wrong : {Variables{{"RANK", "-1"}},
                                   {{"RANK", "2x"}},
                                   {{"WORLD_SIZE", "0"}},
                                   {{"WORLD_SIZE", "99999999999"}},
                                   {{"LOCAL_RANK", "one"}},
                                   {{"MASTER_PORT", "65536"}},
                                   {{"MASTER_PORT", "http"}},
                                   {{"MANIERA_TIMEOUT", "0"}},
                                   {{"MANIERA_TIMEOUT", "5 s"}},
                                   {{"MANIERA_TIMEOUT", "nan"}}})
        EXPECT_NE(error_in(with(torchrun, wrong)).find(wrong.begin()->first + " is \""),
                  std::string::npos)
            << wrong.begin()->first << '=' << wrong.begin()->second;
}

} // namespace
} // namespace maniera::test
