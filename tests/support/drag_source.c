/* SPDX-License-Identifier: GPL-3.0-or-later
 * A window that files can be dragged from, as from a file manager: `drag_source URI...`. */

#include <gtk/gtk.h>
#include <unistd.h>

static void on_data(GtkWidget* window, GdkDragContext* context, GtkSelectionData* data, guint info,
                    guint time, gpointer uris) {
    (void)window, (void)context, (void)info, (void)time;
    gtk_selection_data_set_uris(data, uris);
}

int main(int count, char** arguments) {
    gtk_init(&count, &arguments);
    GtkWidget* window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
    gtk_window_set_title(GTK_WINDOW(window), "A file to drag");
    gtk_window_set_default_size(GTK_WINDOW(window), 60, 60);
    gtk_drag_source_set(window, GDK_BUTTON1_MASK, NULL, 0, GDK_ACTION_COPY);
    gtk_drag_source_add_uri_targets(window);
    g_signal_connect(window, "drag-data-get", G_CALLBACK(on_data), arguments + 1);
    gtk_widget_show(window);
    alarm(300); /* whatever the test does, nothing of it remains for ever */
    gtk_main();
    return 0;
}
