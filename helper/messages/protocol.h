/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names on the wire between a client, such as the GIMP plug-in, and `maniera serve`.
 * docs/protocol.md says what they mean. Plain C: both ends include it. */

#ifndef MANIERA_PROTOCOL_H
#define MANIERA_PROTOCOL_H

#define MANIERA_PROTOCOL 1             /* raised by every change that an older end cannot follow */
#define MANIERA_LINE_MAX (1 << 20)     /* bytes, with the newline */
#define MANIERA_MEMORY_FD 3            /* the shared memory, when the client hands one over */
#define MANIERA_PROGRESS_PER_SECOND 10 /* at most */
#define MANIERA_ALIVE_SECONDS 2        /* between two signs of life */
#define MANIERA_PREVIEW_SLOTS 2        /* written in turns */

/* What a frame that follows another takes, about, of the time of one that is painted alone. */
#define MANIERA_FOLLOWING_FRAME 0.45

#define MANIERA_METHOD_HELLO "hello"
#define MANIERA_METHOD_ESTIMATE "estimate"
#define MANIERA_METHOD_STYLIZE "stylize"
#define MANIERA_METHOD_FRAMES "frames"
#define MANIERA_METHOD_PARTS "parts"
#define MANIERA_METHOD_STOP "stop"
#define MANIERA_METHOD_PROGRESS "progress"
#define MANIERA_METHOD_FRAME "frame" /* one of them is painted */
#define MANIERA_METHOD_LOG "log"
#define MANIERA_METHOD_ALIVE "alive"

/* What a `log` is about, for clients that say it in the user's language. */
#define MANIERA_ABOUT_SMALLER_TILES "smaller-tiles"
#define MANIERA_ABOUT_SWAPPING "swapping"
#define MANIERA_ABOUT_ODD_VALUES "odd-values"

#endif
