/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A helper without a network, for tests of the plug-in: `fake_helper serve` speaks
 * docs/protocol.md and paints by copying. Point MANIERA_HELPER at it; MANIERA_FAKE says
 * how it is to behave, as MODE or MODE:ARGUMENT.
 *
 *   echo            (default) the painting is the content, unchanged
 *   invert          the painting is 1 - content
 *   nudge:AMOUNT    the painting is the content with so much added, clipped to 0 to 1
 *   show:WHAT       the painting is another picture of the job: style0, mask0 or style-mask0, or
 * those of style 1 ...; 0 everywhere when the job has none slow:SECONDS    as invert, with progress
 * and previews ten times a second for so long (10); stops and keeps, or cancels, at the next step
 *   unwilling:SECONDS  as slow, but for going on from a painting it has no memory
 *   warn:SECONDS    as slow, after a `log` of information and two of the same warning
 *   apart           the pictures have no parts in common; else the content's left half is like the
 *                   upper half of each style, and what remains like what remains
 *   far             says that the maps of parts lie elsewhere than they were to
 *   (frames are copied, whatever of these; slow and warn take their time for it)
 *   error:CODE      answers with this error of the protocol
 *   other-protocol  says at hello that it speaks protocol 99
 *   refuse-protocol answers hello with the error protocol-mismatch
 *
 * And, when the method of MANIERA_FAKE_AT (stylize; or start, hello, estimate) comes:
 *
 *   crash           is ended by SIGSEGV, after some lines on standard error
 *   kill            is ended by SIGKILL
 *   leave:STATUS    leaves with this status (3), after a line on standard error
 *   half            leaves with status 0 in the middle of a line
 *   hang            says nothing any more, not even `alive`, and does not end with its input
 *   mute            never answers, but stays alive
 *   slow-stop       as mute, and neither ends with its input nor hears `stop`
 *   deaf            stops reading its input, but stays alive
 *   babble          sends a line that is no JSON
 *   array           sends JSON that is no message
 *   nested          sends a hundred thousand opening brackets
 *   endless         sends bytes without a newline, for ever
 *   null-id         says that it did not understand
 *   unknown-id      answers a question that was not asked
 *   twice           answers twice
 *   empty-answer    answers with neither result nor error
 *   flood-stderr    writes 8 MiB to standard error, then answers
 *   flood-stdout    sends 20,000 notifications, then answers
 *   closed          closes its output and lives on
 *
 * MANIERA_FAKE_LOG names a file that gets a line for every start ("start PID"), every message, and
 * the time that painting took ("painted SECONDS").
 * `fake_helper models fetch` says some lines on standard error and succeeds; with
 * MANIERA_FAKE=leave it fails, with hang it goes on until it is ended.
 * `fake_helper sample NAME -o FILE` writes a picture of one color, whatever the file's ending. */

#include "helper/messages/protocol.h"

#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char* mode = "echo";
static const char* argument = "";
static const char* moment = MANIERA_METHOD_STYLIZE;

/* The painting under way, of the modes slow and warn. */
static struct {
    gint64 id; /* 0 = none */
    JsonObject* job;
    JsonObject* frames; /* the params, where frames are painted */
    gint64 start;       /* monotonic microseconds */
    gint64 steps;       /* told so far */
    guint done;         /* frames */
    gboolean stop, keep;
} painting;

static gboolean is(const char* name) { return strcmp(mode, name) == 0; }

static gboolean is_slow(void) { return is("slow") || is("warn") || is("unwilling"); }

static void note(const char* text, gsize length) {
    const char* name = g_getenv("MANIERA_FAKE_LOG");
    FILE* file = name ? fopen(name, "a") : NULL;
    if (file) {
        fwrite(text, 1, length, file);
        fputc('\n', file);
        fclose(file);
    }
}

static void send_line(const char* format, ...) G_GNUC_PRINTF(1, 2);

static void send_line(const char* format, ...) {
    va_list list;
    va_start(list, format);
    char* line = g_strdup_vprintf(format, list);
    va_end(list);
    printf("%s\n", line);
    fflush(stdout);
    g_free(line);
}

static void send_alive(void) { send_line("{\"method\": \"alive\", \"params\": {}}"); }

static double number(JsonObject* object, const char* name) {
    return object && json_object_has_member(object, name)
               ? json_object_get_double_member(object, name)
               : 0;
}

/* Pictures in the memory. */

typedef struct {
    float* pixels; /* NULL = not in the memory */
    gint width, height, channels;
} Picture;

static guint8* memory;
static gsize memory_size;

static void map_memory(void) {
    struct stat status;
    if (fstat(MANIERA_MEMORY_FD, &status) != 0 || (gsize)status.st_size == memory_size)
        return;
    if (memory) /* it was enlarged */
        munmap(memory, memory_size);
    memory = NULL;
    memory_size = 0;
    void* all =
        mmap(NULL, (gsize)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, MANIERA_MEMORY_FD, 0);
    if (all == MAP_FAILED)
        return;
    memory = all;
    memory_size = (gsize)status.st_size;
}

static guint8* memory_at(double offset, double bytes) {
    return memory && offset >= 0 && offset + bytes <= (double)memory_size ? memory + (gsize)offset
                                                                          : NULL;
}

static Picture picture_of(JsonObject* object) {
    Picture picture = {NULL, (gint)number(object, "width"), (gint)number(object, "height"),
                       (gint)number(object, "channels")};
    picture.pixels =
        (float*)memory_at(number(object, "offset"), (double)picture.width * picture.height *
                                                        picture.channels * sizeof(float));
    return picture;
}

static JsonObject* content_of(JsonObject* job) {
    JsonObject* inputs = json_object_get_object_member(job, "inputs");
    JsonNode* content = inputs ? json_object_get_member(inputs, "content") : NULL;
    return content && JSON_NODE_HOLDS_OBJECT(content) ? json_node_get_object(content) : NULL;
}

static gboolean goes_on(JsonObject* job) {
    JsonObject* inputs = json_object_get_object_member(job, "inputs");
    return inputs && json_object_has_member(inputs, "painting");
}

/* The nearest pixel's color at a place of 0 to 1. */
static float sample(const Picture* picture, const float* pixels, double x, double y, gint channel) {
    const gint column = MIN((gint)(x * picture->width), picture->width - 1);
    const gint row = MIN((gint)(y * picture->height), picture->height - 1);
    return pixels[((gsize)row * picture->width + column) * picture->channels +
                  MIN(channel, picture->channels - 1)];
}

/* What the mode show shows. */
static Picture picture_shown(JsonObject* job) {
    const Picture none = {NULL, 0, 0, 1};
    const char* number_at = strpbrk(argument, "0123456789");
    JsonArray* styles =
        json_object_get_array_member(json_object_get_object_member(job, "inputs"), "styles");
    const guint index = number_at ? (guint)atoi(number_at) : 0;
    if (index >= json_array_get_length(styles))
        return none;
    JsonObject* style = json_array_get_object_element(styles, index);
    const char* name = g_str_has_prefix(argument, "style-mask") ? "style-mask"
                       : g_str_has_prefix(argument, "mask")     ? "mask"
                                                                : "file";
    JsonNode* picture = json_object_get_member(style, name);
    return picture && JSON_NODE_HOLDS_OBJECT(picture) ? picture_of(json_node_get_object(picture))
                                                      : none;
}

static float painted_value(float value) {
    if (is("invert") || is_slow())
        return 1 - value;
    if (is("nudge"))
        return CLAMP(value + (float)g_ascii_strtod(argument, NULL), 0, 1);
    return value;
}

/* The output may lie over the content, so that is copied first. */
static gboolean paint(JsonObject* job) {
    JsonObject* to = json_object_get_object_member(job, "output");
    const Picture output = picture_of(to);
    const Picture source = is("show") ? picture_shown(job) : picture_of(content_of(job));
    if (!output.pixels || output.channels != 3)
        return FALSE;
    float* from = g_memdup2(source.pixels,
                            (gsize)source.width * source.height * source.channels * sizeof(float));
    if (!from && !is("show"))
        return FALSE;
    for (gint y = 0; y < output.height; ++y)
        for (gint x = 0; x < output.width; ++x)
            for (gint c = 0; c < 3; ++c)
                output.pixels[((gsize)y * output.width + x) * 3 + c] =
                    from ? painted_value(sample(&source, from, (x + 0.5) / output.width,
                                                (y + 0.5) / output.height, c))
                         : 0;
    g_free(from);
    return TRUE;
}

/* The content, inverted from the left as far as the painting is done. Returns the place of the
 * slot, or -1. */
static gint64 draw_preview(JsonObject* job, double fraction, gint64 step, gint* width,
                           gint* height) {
    JsonObject* preview = json_object_has_member(job, "preview")
                              ? json_object_get_object_member(job, "preview")
                              : NULL;
    const Picture content = picture_of(content_of(job));
    const double side = number(preview, "side"), slot = side * side * 3;
    const double offset = number(preview, "offset") + (double)(step % MANIERA_PREVIEW_SLOTS) * slot;
    guint8* to = side > 0 ? memory_at(offset, slot) : NULL;
    if (!to || !content.pixels)
        return -1;
    const double scale = side / MAX(content.width, content.height);
    *width = MAX(1, (gint)(content.width * MIN(1, scale)));
    *height = MAX(1, (gint)(content.height * MIN(1, scale)));
    for (gint y = 0; y < *height; ++y)
        for (gint x = 0; x < *width; ++x)
            for (gint c = 0; c < 3; ++c) {
                const double place = (x + 0.5) / *width;
                const float value = sample(&content, content.pixels, place, (y + 0.5) / *height, c);
                *to++ = (guint8)lrintf(255 * CLAMP(place < fraction ? 1 - value : value, 0, 1));
            }
    return (gint64)offset;
}

/* Answers */

static void answer_error(gint64 id, const char* code) {
    send_line("{\"id\": %" G_GINT64_FORMAT
              ", \"error\": {\"code\": \"%s\", \"message\": \"The fake helper was told to.\"}}",
              id, code);
}

static void answer_hello(gint64 id) {
    if (is("refuse-protocol"))
        answer_error(id, "protocol-mismatch");
    else
        send_line("{\"id\": %" G_GINT64_FORMAT
                  ", \"result\": {\"protocol\": %d, \"version\": \"fake\", \"devices\": "
                  "[{\"name\": \"cpu\", \"description\": \"2 threads\", \"bf16\": false, "
                  "\"memory\": 8000000000}], \"models\": [{\"name\": \"vgg16\", \"title\": "
                  "\"VGG-16\", \"sha256\": \"fa4e\"}]}}",
                  id, is("other-protocol") ? 99 : MANIERA_PROTOCOL);
}

static void answer_estimate(gint64 id, JsonObject* job) {
    JsonObject* output = json_object_get_object_member(job, "output");
    const gint width = (gint)number(output, "width"), height = (gint)number(output, "height");
    send_line("{\"id\": %" G_GINT64_FORMAT
              ", \"result\": {\"bytes\": %.0f, \"seconds\": %.1f, \"tiles\": 1, \"scales\": 3, "
              "\"width\": %d, \"height\": %d}}",
              id, 4e8 + 4e3 * width * height, 1 + 5e-5 * width * height, width, height);
}

static void answer_painted(gint64 id, JsonObject* job, gboolean complete) {
    JsonObject* output = json_object_get_object_member(job, "output");
    const gint64 start = g_get_monotonic_time();
    const gboolean good = paint(job);
    char* took =
        g_strdup_printf("painted %.3f", (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC);
    note(took, strlen(took));
    g_free(took);
    if (!good)
        answer_error(id, "unreadable-image");
    else
        send_line("{\"id\": %" G_GINT64_FORMAT
                  ", \"result\": {\"complete\": %s, \"width\": %.0f, \"height\": %.0f, "
                  "\"steps\": 42, \"seconds\": 0.5, \"loss\": 0.09, \"device\": \"cpu\", "
                  "\"precision\": \"fp32\", \"model\": {\"name\": \"vgg16\", \"sha256\": "
                  "\"fa4e\"}}}",
                  id, complete ? "true" : "false", number(output, "width"),
                  number(output, "height"));
}

/* Half of a picture is one part, the rest the other. */
static gboolean draw_halves(JsonObject* maps, guint slot, gint width, gint height,
                            GString* places) {
    const double side = number(maps, "side"), offset = number(maps, "offset") + slot * side * side;
    const double scale = side / MAX(width, height);
    const gint w = MAX(1, (gint)(width * scale + 0.5)), h = MAX(1, (gint)(height * scale + 0.5));
    guint8* labels = side > 0 ? memory_at(offset, (double)w * h) : NULL;
    if (!labels)
        return FALSE;
    for (gint y = 0; y < h; ++y)
        for (gint x = 0; x < w; ++x)
            *labels++ = is("apart") ? 0 : (slot == 0 ? x < w / 2 : y < h / 2) ? 1 : 2;
    g_string_append_printf(places, "%s{\"offset\": %.0f, \"width\": %d, \"height\": %d}",
                           slot > 0 ? ", " : "", is("far") ? 1e9 : offset, w, h);
    return TRUE;
}

static void answer_parts(gint64 id, JsonObject* job, JsonObject* maps) {
    JsonObject* inputs = json_object_get_object_member(job, "inputs");
    JsonArray* styles = json_object_get_array_member(inputs, "styles");
    const Picture content = picture_of(content_of(job));
    GString* places = g_string_new(NULL);
    gboolean good = maps && draw_halves(maps, 0, content.width, content.height, places);
    for (guint i = 0; good && i < json_array_get_length(styles); ++i) {
        JsonNode* file = json_object_get_member(json_array_get_object_element(styles, i), "file");
        const Picture style = JSON_NODE_HOLDS_OBJECT(file) ? picture_of(json_node_get_object(file))
                                                           : (Picture){NULL, 64, 48, 3};
        good = draw_halves(maps, i + 1, style.width, style.height, places);
    }
    if (!good)
        answer_error(id, "invalid-request");
    else
        send_line("{\"id\": %" G_GINT64_FORMAT ", \"result\": {\"parts\": [%s], \"maps\": [%s]}}",
                  id, is("apart") ? "" : "\"part1\", \"part2\"", places->str);
    g_string_free(places, TRUE);
}

/* Frames are files; whatever the mode, their paintings are copies. */

static gint by_name(gconstpointer a, gconstpointer b) {
    return strcmp(*(const char* const*)a, *(const char* const*)b);
}

static GPtrArray* files_in(const char* folder) {
    GPtrArray* names = g_ptr_array_new_with_free_func(g_free);
    GDir* entries = g_dir_open(folder, 0, NULL);
    for (const char* name; entries && (name = g_dir_read_name(entries));)
        g_ptr_array_add(names, g_strdup(name));
    if (entries)
        g_dir_close(entries);
    g_ptr_array_sort(names, by_name);
    return names;
}

/* Paints this part of all frames. Returns how many there are. */
static guint paint_frames(gint64 id, JsonObject* params, double part) {
    const char* source = json_object_get_string_member(params, "source");
    const char* output = json_object_get_string_member(params, "output");
    GPtrArray* names = files_in(source);
    const guint count = names->len;
    for (; painting.done < (guint)(part * count); ++painting.done) {
        const char* name = g_ptr_array_index(names, painting.done);
        char* from = g_build_filename(source, name, NULL);
        char* to = g_build_filename(output, name, NULL);
        char* bytes = NULL;
        gsize length = 0;
        mkdir(output, 0700);
        if (g_file_get_contents(from, &bytes, &length, NULL) &&
            g_file_set_contents(to, bytes, (gssize)length, NULL))
            send_line("{\"method\": \"frame\", \"params\": {\"id\": %" G_GINT64_FORMAT
                      ", \"frame\": %u, \"frames\": %u, \"file\": \"%s\"}}",
                      id, painting.done + 1, count, to);
        g_free(bytes);
        g_free(from);
        g_free(to);
    }
    g_ptr_array_unref(names);
    return count;
}

static void answer_frames(gint64 id, JsonObject* params, gboolean complete) {
    const guint count = paint_frames(id, params, complete ? 1 : 0);
    if (painting.done == 0)
        answer_error(id, "stopped");
    else
        send_line("{\"id\": %" G_GINT64_FORMAT
                  ", \"result\": {\"complete\": %s, \"frames\": %u, \"painted\": %u, "
                  "\"seconds\": 0.5, \"model\": {\"name\": \"vgg16\", \"sha256\": \"fa4e\"}}}",
                  id, complete ? "true" : "false", count, painting.done);
}

/* The mode slow */

static void end_painting(void) {
    g_clear_pointer(&painting.frames, json_object_unref);
    json_object_unref(painting.job);
    painting.id = 0;
}

static void tell_progress(double fraction, double seconds, double limit) {
    gint width = 0, height = 0;
    const gint64 at = draw_preview(painting.job, fraction, painting.steps, &width, &height);
    char preview[128] = "";
    if (at >= 0)
        g_snprintf(preview, sizeof preview,
                   ", \"preview\": {\"offset\": %" G_GINT64_FORMAT
                   ", \"width\": %d, \"height\": %d}",
                   at, width, height);
    char frames[64] = "";
    if (painting.frames) {
        const guint count = paint_frames(painting.id, painting.frames, fraction);
        g_snprintf(frames, sizeof frames, ", \"frame\": %u, \"frames\": %u", painting.done + 1,
                   count);
    }
    send_line("{\"method\": \"progress\", \"params\": {\"id\": %" G_GINT64_FORMAT
              "%s, \"fraction\": %.4f, \"scale\": %d, \"scales\": 3, \"step\": %" G_GINT64_FORMAT
              ", \"steps\": %.0f, \"width\": %d, \"height\": %d, \"loss\": %.4f, \"seconds\": "
              "%.1f, \"seconds-left\": %.1f%s}}",
              painting.id, frames, fraction, MIN(3, 1 + (int)(3 * fraction)), painting.steps + 1,
              limit * MANIERA_PROGRESS_PER_SECOND, width, height, 0.5 - 0.4 * fraction, seconds,
              MAX(0, limit - seconds), preview);
    ++painting.steps;
}

static void warn(void) {
    static const char line[] = "{\"method\": \"log\", \"params\": {\"level\": \"%s\", \"about\": "
                               "\"%s\", \"text\": \"%s\"}}";
    send_line(line, "info", "none", "There is something to know.");
    for (int i = 0; i < 2; ++i)
        send_line(line, "warning", "no-client-knows", "There is a <new> & odd warning.");
    for (int tile = 512; tile > 128; tile /= 2) {
        char text[64];
        g_snprintf(text, sizeof text, "Memory is short: going on in tiles of %d pixels.", tile);
        send_line(line, "warning", "smaller-tiles", text);
    }
}

static void go_on_painting(void) {
    const double limit = *argument ? g_ascii_strtod(argument, NULL) : 10;
    const double seconds = (double)(g_get_monotonic_time() - painting.start) / G_USEC_PER_SEC;
    if (painting.stop && !painting.keep) {
        answer_error(painting.id, "stopped");
        end_painting();
    } else if (painting.stop || seconds >= limit) {
        if (painting.frames)
            answer_frames(painting.id, painting.frames, !painting.stop);
        else
            answer_painted(painting.id, painting.job, !painting.stop);
        end_painting();
    } else if (seconds * MANIERA_PROGRESS_PER_SECOND >= (double)painting.steps) {
        tell_progress(seconds / limit, seconds, limit);
    }
}

/* Misbehaviour. Returns whether the message is to be answered none the less. */

static void wait_for_ever(gboolean alive) {
    for (;;) {
        if (alive)
            send_alive();
        g_usleep(MANIERA_ALIVE_SECONDS * G_USEC_PER_SEC / 4);
    }
}

static void write_to_stderr(void) {
    for (int i = 1; i <= 30; ++i)
        fprintf(stderr, "fake helper: line %d\n", i);
}

static void send_much(FILE* stream, const char* line, int times) {
    for (int i = 0; i < times; ++i)
        fputs(line, stream);
    fflush(stream);
}

static gboolean misbehave(gint64 id) {
    static char many[1025];
    memset(many, '[', sizeof many - 1);
    if (is("crash")) {
        write_to_stderr();
        signal(SIGSEGV, SIG_DFL); /* a sanitizer has its own */
        raise(SIGSEGV);
    } else if (is("kill")) {
        raise(SIGKILL);
    } else if (is("leave")) {
        fprintf(stderr, "fake helper: I was told to leave.\n");
        exit(*argument ? atoi(argument) : 3);
    } else if (is("half")) {
        send_much(stdout, "{\"id\": ", 1);
        exit(0);
    } else if (is("hang")) {
        wait_for_ever(FALSE);
    } else if (is("slow-stop")) {
        signal(SIGPIPE, SIG_IGN);
        wait_for_ever(TRUE);
    } else if (is("deaf")) {
        wait_for_ever(TRUE);
    } else if (is("babble")) {
        send_line("Segmentation fault (not really)");
    } else if (is("array")) {
        send_line("[1, 2, 3]");
    } else if (is("nested")) {
        send_much(stdout, many, 100);
        send_line("%s", "");
    } else if (is("endless")) {
        for (;;)
            send_much(stdout, many, 1);
    } else if (is("null-id")) {
        send_line("{\"id\": null, \"error\": {\"code\": \"invalid-request\", \"message\": "
                  "\"That was no message.\"}}");
    } else if (is("unknown-id")) {
        send_line("{\"id\": 4711, \"result\": {}}");
    } else if (is("twice")) {
        send_line("{\"id\": %" G_GINT64_FORMAT ", \"result\": {}}", id);
        return TRUE;
    } else if (is("empty-answer")) {
        send_line("{\"id\": %" G_GINT64_FORMAT "}", id);
    } else if (is("flood-stderr")) {
        send_much(stderr, "fake helper: a flood of words on standard error\n", 170000);
        return TRUE;
    } else if (is("flood-stdout")) {
        send_much(stdout,
                  "{\"method\": \"log\", \"params\": {\"level\": \"info\", \"text\": "
                  "\"flood\"}}\n",
                  20000);
        return TRUE;
    } else if (is("closed")) {
        fclose(stdout);
        wait_for_ever(FALSE);
    } else {
        return !is("mute");
    }
    return FALSE;
}

/* Messages */

static void take_request(gint64 id, const char* method, JsonObject* params) {
    JsonObject* job = params && json_object_has_member(params, "job")
                          ? json_object_get_object_member(params, "job")
                          : NULL;
    map_memory();
    if (strcmp(method, moment) == 0 && !misbehave(id))
        return;
    if (strcmp(method, MANIERA_METHOD_HELLO) == 0)
        answer_hello(id);
    else if (is("error"))
        answer_error(id, argument);
    else if (!job)
        answer_error(id, "invalid-request");
    else if (is("unwilling") && goes_on(job))
        answer_error(id, "out-of-memory");
    else if (strcmp(method, MANIERA_METHOD_ESTIMATE) == 0)
        answer_estimate(id, job);
    else if (strcmp(method, MANIERA_METHOD_PARTS) == 0)
        answer_parts(id, job,
                     json_object_has_member(params, "maps")
                         ? json_object_get_object_member(params, "maps")
                         : NULL);
    else if (!is_slow() && strcmp(method, MANIERA_METHOD_FRAMES) == 0) {
        painting.done = 0;
        answer_frames(id, params, TRUE);
    } else if (!is_slow())
        answer_painted(id, job, TRUE);
    else {
        if (strcmp(method, MANIERA_METHOD_FRAMES) == 0)
            painting.frames = json_object_ref(params);
        painting.done = 0;
        painting.id = id;
        painting.job = json_object_ref(job);
        painting.start = g_get_monotonic_time();
        painting.steps = 0;
        painting.stop = FALSE;
        if (is("warn"))
            warn();
    }
}

static void take_line(char* line) {
    JsonParser* parser = json_parser_new();
    note(line, strlen(line));
    JsonNode* root =
        json_parser_load_from_data(parser, line, -1, NULL) ? json_parser_get_root(parser) : NULL;
    JsonObject* message = root && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
    if (!message || !json_object_has_member(message, "method")) {
        send_line("{\"id\": null, \"error\": {\"code\": \"invalid-request\", \"message\": "
                  "\"That was no message.\"}}");
    } else {
        const char* method = json_object_get_string_member(message, "method");
        JsonObject* params = json_object_has_member(message, "params")
                                 ? json_object_get_object_member(message, "params")
                                 : NULL;
        if (json_object_has_member(message, "id")) {
            take_request(json_object_get_int_member(message, "id"), method, params);
        } else if (strcmp(method, MANIERA_METHOD_STOP) == 0 && painting.id &&
                   number(params, "id") == (double)painting.id) {
            painting.stop = TRUE;
            painting.keep = json_object_get_boolean_member(params, "keep");
        }
    }
    g_object_unref(parser);
}

static int serve(void) {
    GString* input = g_string_new(NULL);
    gint64 alive = g_get_monotonic_time();
    char* start = g_strdup_printf("start %d", (int)getpid());
    note(start, strlen(start));
    g_free(start);
    if (strcmp(moment, "start") == 0)
        misbehave(0);
    send_alive();
    for (;;) {
        char bytes[65536];
        struct pollfd ready = {STDIN_FILENO, POLLIN, 0};
        poll(&ready, 1, painting.id ? 1000 / MANIERA_PROGRESS_PER_SECOND / 4 : 500);
        if (ready.revents) {
            const gssize length = read(STDIN_FILENO, bytes, sizeof bytes);
            if (length <= 0)
                break;
            g_string_append_len(input, bytes, length);
            char* end;
            while ((end = strchr(input->str, '\n'))) {
                *end = '\0';
                char* line = g_strdup(input->str);
                g_string_erase(input, 0, end - input->str + 1);
                take_line(line);
                g_free(line);
            }
        }
        if (painting.id)
            go_on_painting();
        if (g_get_monotonic_time() - alive >= MANIERA_ALIVE_SECONDS * G_USEC_PER_SEC) {
            alive = g_get_monotonic_time();
            send_alive();
        }
    }
    if (painting.id)
        end_painting();
    g_string_free(input, TRUE);
    return 0;
}

static int fetch_model(void) {
    for (int i = 0; i < 4 || is("hang"); ++i) {
        fprintf(stderr, "fake helper: fetching, part %d\n", i);
        g_usleep(G_USEC_PER_SEC / 10);
    }
    if (!is("leave"))
        return 0;
    fprintf(stderr, "fake helper: the net is not there; connect it and try again.\n");
    return *argument ? atoi(argument) : 3;
}

static int draw_sample(const char* name, const char* path) {
    const unsigned char green = (unsigned char)(37 * name[0]); /* names differ at first sight */
    FILE* file = is("leave") ? NULL : fopen(path, "wb");
    if (!file) {
        fprintf(stderr, "fake helper: %s cannot be drawn.\n", name);
        return 3;
    }
    fprintf(file, "P6\n64 48\n255\n");
    for (int i = 0; i < 64 * 48; ++i) {
        fputc(250, file);
        fputc(green, file);
        fputc(20, file);
    }
    return fclose(file);
}

int main(int count, char** arguments) {
    char* told = g_strdup(g_getenv("MANIERA_FAKE"));
    if (told && *told) {
        char* colon = strchr(told, ':');
        mode = told;
        if (colon) {
            *colon = '\0';
            argument = colon + 1;
        }
    }
    const char* at = g_getenv("MANIERA_FAKE_AT");
    if (at && *at)
        moment = at;
    alarm(300); /* whatever the test does, nothing of it remains for ever */
    int code = 2;
    if (count == 2 && strcmp(arguments[1], "serve") == 0)
        code = serve();
    else if (count == 3 && strcmp(arguments[1], "models") == 0 &&
             strcmp(arguments[2], "fetch") == 0)
        code = fetch_model();
    else if (count == 5 && strcmp(arguments[1], "sample") == 0)
        code = draw_sample(arguments[2], arguments[4]);
    else
        fprintf(stderr, "usage: fake_helper serve | models fetch | sample NAME -o FILE\n");
    g_free(told);
    return code;
}
