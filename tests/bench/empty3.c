/* SPDX-License-Identifier: GPL-3.0-or-later
 * A plug-in for GIMP 3 that opens an empty dialog, to time ours against it. */

#include <libgimp/gimp.h>
#include <libgimp/gimpui.h>

G_DECLARE_FINAL_TYPE(Empty, empty, EMPTY, PLUG_IN, GimpPlugIn)

struct _Empty {
    GimpPlugIn parent_instance;
};

G_DEFINE_TYPE(Empty, empty, GIMP_TYPE_PLUG_IN)

static GimpValueArray* run(GimpProcedure* procedure, GimpRunMode mode, GimpImage* image,
                           GimpDrawable** drawables, GimpProcedureConfig* config, gpointer data) {
    (void)mode, (void)image, (void)drawables, (void)config, (void)data;
    gimp_ui_init("empty");
    GtkWidget* dialog = gtk_dialog_new();
    gtk_window_set_title(GTK_WINDOW(dialog), "An empty dialog");
    gtk_window_set_default_size(GTK_WINDOW(dialog), 940, 680);
    gimp_window_set_transient(GTK_WINDOW(dialog));
    gtk_dialog_run(GTK_DIALOG(dialog));
    gtk_widget_destroy(dialog);
    return gimp_procedure_new_return_values(procedure, GIMP_PDB_SUCCESS, NULL);
}

static GList* query_procedures(GimpPlugIn* plug_in) {
    (void)plug_in;
    return g_list_append(NULL, g_strdup("plug-in-empty"));
}

static GimpProcedure* create_procedure(GimpPlugIn* plug_in, const gchar* name) {
    GimpProcedure* procedure =
        gimp_image_procedure_new(plug_in, name, GIMP_PDB_PROC_TYPE_PLUGIN, run, NULL, NULL);
    gimp_procedure_set_image_types(procedure, "RGB*");
    gimp_procedure_set_documentation(procedure, "An empty dialog", "", name);
    return procedure;
}

static void empty_class_init(EmptyClass* class) {
    GimpPlugInClass* plug_in = GIMP_PLUG_IN_CLASS(class);
    plug_in->query_procedures = query_procedures;
    plug_in->create_procedure = create_procedure;
}

static void empty_init(Empty* empty) { (void)empty; }

GIMP_MAIN(empty_get_type())
