/* SPDX-License-Identifier: GPL-3.0-or-later
 * A plug-in for GIMP 2.10 that opens an empty dialog, to time ours against it. */

#include <libgimp/gimp.h>
#include <libgimp/gimpui.h>

static void query(void) {
    static const GimpParamDef arguments[] = {{GIMP_PDB_INT32, "run-mode", "The run mode"},
                                             {GIMP_PDB_IMAGE, "image", "The image"},
                                             {GIMP_PDB_DRAWABLE, "drawable", "The layer"}};
    gimp_install_procedure("plug-in-empty", "An empty dialog", "", "", "", "", "Empty", "RGB*",
                           GIMP_PLUGIN, G_N_ELEMENTS(arguments), 0, arguments, NULL);
}

static void run(const gchar* name, gint count, const GimpParam* given, gint* returned_count,
                GimpParam** returned) {
    static GimpParam status = {GIMP_PDB_STATUS, {.d_status = GIMP_PDB_SUCCESS}};
    (void)name, (void)count, (void)given;
    gimp_ui_init("empty", FALSE);
    GtkWidget* dialog = gtk_dialog_new();
    gtk_window_set_title(GTK_WINDOW(dialog), "An empty dialog");
    gtk_window_set_default_size(GTK_WINDOW(dialog), 940, 680);
    gimp_window_set_transient(GTK_WINDOW(dialog));
    gtk_dialog_run(GTK_DIALOG(dialog));
    gtk_widget_destroy(dialog);
    *returned_count = 1;
    *returned = &status;
}

const GimpPlugInInfo PLUG_IN_INFO = {NULL, NULL, query, run};

MAIN()
