// SPDX-License-Identifier: GPL-3.0-or-later
// Landlock for files, seccomp for system calls. glibc has no functions for either.

#include "helper/sandbox.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace maniera {
namespace {

// Reading, writing, making, removing: all that Landlock's first version knows.
constexpr unsigned long long every_access = (1ULL << 13) - 1;

void forbid_files_but(const char* path) {
    landlock_ruleset_attr rules = {};
    rules.handled_access_fs = every_access;
    // The first version's structure ends there.
    const long ruleset = syscall(SYS_landlock_create_ruleset, &rules, sizeof(__u64), 0);
    if (ruleset < 0)
        return;
    landlock_path_beneath_attr may = {};
    may.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;
    may.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (may.parent_fd >= 0) {
        syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &may, 0);
        close(may.parent_fd);
    }
    syscall(SYS_landlock_restrict_self, ruleset, 0);
    close(static_cast<int>(ruleset));
}

#if defined(__x86_64__)
constexpr unsigned architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned architecture = AUDIT_ARCH_AARCH64;
#else
constexpr unsigned architecture = 0; // no filter
#endif

void forbid_sockets_and_programs() {
    if (architecture == 0)
        return;
    constexpr unsigned refused = SECCOMP_RET_ERRNO | EPERM;
    // A jump's two numbers are how many lines to leap over if it is so, and if not.
    std::array<sock_filter, 11> lines = {{
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, architecture, 0, 8),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 6, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 5, 0), // makes sockets, too
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 4, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execveat, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 1, 0), // x32's numbers
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, refused),
    }};
    sock_fprog filter = {static_cast<unsigned short>(lines.size()), lines.data()};
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
}

} // namespace

void enter_sandbox(const char* path) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return;
    forbid_files_but(path);
    forbid_sockets_and_programs();
}

} // namespace maniera
