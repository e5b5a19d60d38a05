/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preloaded into maniera-decode: where it writes its picture, this tries what a decoder that was
 * taken over would. What comes of it is told on standard error. */

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int vips_tiffsave_target(void* image, void* target, ...);

static void tell(const char* what, int done) {
    fprintf(stderr, "%s: %s\n", what, done ? "done" : "refused");
}

int vips_tiffsave_target(void* image, void* target, ...) {
    char secret[4096], made[4096];
    char* const words[] = {"/bin/true", NULL};
    struct sockaddr_in there = {0};
    int listener;
    (void)image;
    (void)target;
    if (syscall(SYS_landlock_create_ruleset, NULL, 0, 1) < 1)
        fprintf(stderr, "no Landlock\n");
    snprintf(secret, sizeof secret, "%s/secret", getenv("INTRUDER_FOLDER"));
    snprintf(made, sizeof made, "%s/made", getenv("INTRUDER_FOLDER"));
    tell("open", open(secret, O_RDONLY) >= 0);
    tell("make", open(made, O_WRONLY | O_CREAT, 0600) >= 0);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    there.sin_family = AF_INET;
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    tell("connect", listener >= 0 && bind(listener, (struct sockaddr*)&there, sizeof there) == 0);
    tell("start", execve(words[0], words, NULL) == 0);
    _exit(0);
}
