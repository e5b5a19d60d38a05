/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as what a helper says: the client must neither read nor write where it should not, and
 * must answer each of its questions exactly once. The first byte says how the rest is cut. */

#include "helper/messages/protocol.h"
#include "plugin/client/conversation.h"
#include "plugin/client/helper_client.h"
#include "plugin/client/wire.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { QUESTIONS = 3 };

static void answered(GObject* source, GAsyncResult* result, gpointer data) {
    (void)source;
    GError* error = NULL;
    JsonObject* reply = helper_client_call_finish(NULL, result, &error);
    ++*(int*)data;
    if (!reply == !error)
        abort();
    if (reply) {
        wire_number(reply, "bytes", 0, 1e18, 0);
        wire_true(reply, "complete");
        wire_object(reply, "model");
        json_object_unref(reply);
    } else if (!g_utf8_validate(error->message, -1, NULL)) {
        abort();
    }
    g_clear_error(&error);
}

static void notified(const char* method, JsonObject* params, gpointer data) {
    (void)data;
    const double fraction = wire_number(params, "fraction", 0, 1, 0);
    JsonObject* preview = wire_object(params, "preview");
    if (!method || fraction < 0 || fraction > 1)
        abort();
    if (preview)
        wire_number(preview, "offset", 0, 1e9, -1);
    wire_text(params, "text");
}

JsonObject* helper_client_call_finish(HelperClient* client, GAsyncResult* result, GError** error) {
    (void)client; /* the one function of helper_client.c that is needed, which is this */
    return g_task_propagate_pointer(G_TASK(result), error);
}

int LLVMFuzzerInitialize(int* count, char*** arguments);
int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int LLVMFuzzerInitialize(int* count, char*** arguments) {
    (void)count;
    (void)arguments;
    g_log_set_always_fatal(G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const char hello[] = "{\"id\": 1, \"result\": {\"protocol\": 1}}\n";
    if (size == 0)
        return 0;
    const HelperListener listener = {notified};
    StderrTail tail = {NULL};
    int answers[QUESTIONS] = {0};
    Conversation* conversation = conversation_new(&listener, NULL, &tail);
    for (int i = 0; i < QUESTIONS; ++i)
        conversation_call(conversation, MANIERA_METHOD_STYLIZE, json_object_new(), answered,
                          &answers[i]);
    if (data[0] & 1)
        conversation_receive(conversation, hello, strlen(hello));
    if (data[0] & 2)
        stderr_tail_add(&tail, (const char*)data, size);
    const size_t piece = data[0] & 4 ? 1 + data[0] / 8 : size;
    for (size_t at = 1; at < size; at += piece)
        conversation_receive(conversation, (const char*)data + at,
                             size - at < piece ? size - at : piece);
    conversation_free(conversation);
    stderr_tail_clear(&tail);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    for (int i = 0; i < QUESTIONS; ++i)
        if (answers[i] != 1)
            abort();
    return 0;
}
