/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The option table, and reading and writing its values as text. */

#include "core/options.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lets xgettext find a text; whoever shows it translates it. */
#define N_(text) text

/* Words for programs, and for people. */
#define CHOICES(name, ...) static const char* const name[] = {__VA_ARGS__, NULL}
#define LABELS CHOICES

CHOICES(qualities, "draft", "normal", "high");
LABELS(quality_labels, N_("Draft"), N_("Normal"), N_("High"));
CHOICES(objectives, "painterly", "gatys");
LABELS(objective_labels, N_("Painterly"), N_("As published by Gatys in 2016"));
CHOICES(style_terms, "wasserstein", "gram");
LABELS(style_term_labels, N_("Wasserstein distance"), N_("Gram matrices"));
CHOICES(optimizers, "adam", "lbfgs");
LABELS(optimizer_labels, N_("Adam"), N_("L-BFGS"));
CHOICES(poolings, "max", "average");
LABELS(pooling_labels, N_("Maximum"), N_("Average"));
CHOICES(color_modes, "style", "content", "match");
LABELS(color_labels, N_("The painting's colors"), N_("The photograph's colors"),
       N_("The photograph's palette"));
CHOICES(part_modes, "off", "auto");
LABELS(part_labels, N_("No"), N_("Yes"));
CHOICES(part_counts, "off", "auto", "2", "3", "4", "5", "6");
LABELS(part_count_labels, N_("None"), N_("As many as suit"), N_("Two"), N_("Three"), N_("Four"),
       N_("Five"), N_("Six"));
CHOICES(tileable_axes, "off", "x", "y", "xy");
LABELS(tileable_labels, N_("No"), N_("Side by side"), N_("One above the other"),
       N_("In both directions"));
CHOICES(precisions, "auto", "fp32", "bf16");
LABELS(precision_labels, N_("Automatic"), N_("32 bits"), N_("16 bits (bfloat16)"));
CHOICES(starts, "recolored", "content", "style", "noise");
LABELS(start_labels, N_("The photograph in the painting's colors"), N_("The photograph"),
       N_("The style picture"), N_("Noise"));

#define ROW(field) offsetof(ManieraOptions, field), sizeof(((ManieraOptions*)0)->field)
#define NO_CHOICES NULL, NULL

/* clang-format off */
static const ManieraOption table[] = {
    {"size", MANIERA_KIND_INT, ROW(size), 32, 1000000, NULL, NO_CHOICES, N_("px"), "result", N_("Size"),
     N_("Long side of the result; by default the picture's own")},
    {"shrink", MANIERA_KIND_INT, ROW(shrink), 32, 1000000, NULL, NO_CHOICES, N_("px"), "command-line", N_("Shrink to"),
     N_("Long side of the result at most: a larger picture is made smaller, a smaller one keeps its size")},
    {"quality", MANIERA_KIND_CHOICE, ROW(quality), 0, 0, "normal", qualities, quality_labels, "", "result", N_("Quality"),
     N_("How long to paint: a draft is quick, high takes several times as long as normal")},
    {"objective", MANIERA_KIND_CHOICE, ROW(objective), 0, 0, "painterly", objectives, objective_labels, "", "look", N_("Objective"),
     N_("What is optimized: painterly looks the same at every size, gatys is the formula exactly as published in 2016")},
    {"colors", MANIERA_KIND_CHOICE, ROW(colors), 0, 0, "style", color_modes, color_labels, "", "look", N_("Colors"),
     N_("Whose colors the result has: the painting's, the photograph's own, or those of the painting after it is recolored to the photograph's palette")},
    {"strength", MANIERA_KIND_REAL, ROW(strength), 0, 100, "50", NO_CHOICES, "", "look", N_("Strength"),
     N_("How far to go from the photograph to the painting's manner; 50 is balanced")},
    {"match-parts", MANIERA_KIND_CHOICE, ROW(match_parts), 0, 0, "auto", part_modes, part_labels, "", "look", N_("Match parts"),
     N_("Whether each part of the photograph is painted like the part of the painting that it resembles most: eyes like eyes, skies like skies")},
    {"parts", MANIERA_KIND_CHOICE, ROW(parts), 0, 0, "off", part_counts, part_count_labels, "", "look", N_("Parts"),
     N_("Into how many parts the photograph and the paintings are divided, such as face, clothes and background, each painted like its counterpart; auto, the default of normal and high for one painting without masks, finds how many suit")},
    {"style-scale", MANIERA_KIND_REAL, ROW(style_scale), 0.05, 8, "1", NO_CHOICES, "", "look", N_("Style scale"),
     N_("Size of the strokes: the painting's long side over the result's, within the painting's own pixels")},
    {"content-weight", MANIERA_KIND_REAL, ROW(content_weight), 0, 1e9, "0.0033", NO_CHOICES, "", "look", N_("Content weight"),
     N_("How strongly the photograph's shapes are kept, at a strength of 50")},
    {"style-weight", MANIERA_KIND_REAL, ROW(style_weight), 0, 1e9, "1", NO_CHOICES, "", "look", N_("Style weight"),
     N_("How strongly the style is followed")},
    {"smoothness-weight", MANIERA_KIND_REAL, ROW(smoothness_weight), 0, 1e9, "2", NO_CHOICES, "", "look", N_("Smoothness weight"),
     N_("How strongly differences between neighboring pixels are suppressed")},
    {"content-layers", MANIERA_KIND_LAYER_LIST, ROW(content_layers), 0, 1e9, "relu4_2", NO_CHOICES, "", "solver", N_("Content layers"),
     N_("The network's layers that hold the content, as NAME or NAME:WEIGHT, separated by commas")},
    {"style-layers", MANIERA_KIND_LAYER_LIST, ROW(style_layers), 0, 1e9,
     "relu1_1:256,relu2_1:64,relu3_1:16,relu4_1:4,relu5_1:1", NO_CHOICES, "", "solver", N_("Style layers"),
     N_("The network's layers that hold the style, as NAME or NAME:WEIGHT, separated by commas")},
    {"style-term", MANIERA_KIND_CHOICE, ROW(style_term), 0, 0, "wasserstein", style_terms, style_term_labels, "", "solver", N_("Style term"),
     N_("How styles are compared: by the distance of two Gaussians, or of two Gram matrices")},
    {"wasserstein-rank", MANIERA_KIND_INT, ROW(wasserstein_rank), 1, 4096, "128", NO_CHOICES, "", "solver", N_("Wasserstein rank"),
     N_("How many of the style's main directions use the full distance; as many as a layer has channels, or more, is the full form")},
    {"optimizer", MANIERA_KIND_CHOICE, ROW(optimizer), 0, 0, "lbfgs", optimizers, optimizer_labels, "", "solver", N_("Optimizer"),
     N_("The method that lowers the objective")},
    {"learning-rate", MANIERA_KIND_REAL, ROW(learning_rate), 1e-6, 10, "0.05", NO_CHOICES, "", "solver", N_("Learning rate"),
     N_("Adam's step at a scale's start, in image units of 0 to 1")},
    {"averaging", MANIERA_KIND_REAL, ROW(averaging), 0, 0.999, "0.8", NO_CHOICES, "", "solver", N_("Averaging"),
     N_("Decay of the average of Adam's pictures, which is the result; 0 takes the last picture")},
    {"scales", MANIERA_KIND_INT, ROW(scales), 1, MANIERA_LIST_MAX, NULL, NO_CHOICES, "", "solver", N_("Scales"),
     N_("How many sizes to paint at, from small to full; by default as many as fit")},
    {"iterations", MANIERA_KIND_INT_LIST, ROW(iterations), 1, 100000, NULL, NO_CHOICES, "", "solver", N_("Iterations"),
     N_("Steps at each scale from small to full, separated by commas; the last number serves all further scales")},
    {"init", MANIERA_KIND_CHOICE_OR_FILE, ROW(init), 0, 0, "recolored", starts, start_labels, "", "solver", N_("Start picture"),
     N_("What to start painting from: the photograph in the painting's colors, the photograph, the style picture, noise, or a picture file")},
    {"seed", MANIERA_KIND_INT, ROW(seed), 0, 2147483647, "0", NO_CHOICES, "", "solver", N_("Seed"),
     N_("Seed of the random numbers, so that a run can be repeated")},
    {"pooling", MANIERA_KIND_CHOICE, ROW(pooling), 0, 0, "max", poolings, pooling_labels, "", "solver", N_("Pooling"),
     N_("How the network halves its features")},
    {"precision", MANIERA_KIND_CHOICE, ROW(precision), 0, 0, "auto", precisions, precision_labels, "", "machine", N_("Precision"),
     N_("Precision of the network's arithmetic; automatic uses 16 bits where the hardware supports them")},
    {"device", MANIERA_KIND_TEXT, ROW(device), 0, 0, "auto", NO_CHOICES, "", "machine", N_("Device"),
     N_("The processor to use: auto, cpu, cuda or cuda:N")},
    {"threads", MANIERA_KIND_INT, ROW(threads), 0, 1024, "0", NO_CHOICES, "", "machine", N_("Threads"),
     N_("How many processor threads to use; 0 uses all")},
    {"tile", MANIERA_KIND_INT, ROW(tile), 16, 1000000, NULL, NO_CHOICES, N_("px"), "machine", N_("Tile"),
     N_("Side of the parts that are painted one after another, a multiple of 16: less memory, the same picture, more time")},
    {"memory", MANIERA_KIND_INT, ROW(memory), 64, 100000000, NULL, NO_CHOICES, N_("MiB"), "machine", N_("Memory"),
     N_("How much memory to use at most: tiles and files make up for what is missing; by default what is free, less a reserve")},
    {"model", MANIERA_KIND_TEXT, ROW(model), 0, 0, "vgg16", NO_CHOICES, "", "machine", N_("Model"),
     N_("The network: a name from the list of models, or a file")},
    {"time-limit", MANIERA_KIND_REAL, ROW(time_limit), 0, 1e9, "0", NO_CHOICES, N_("s"), "machine", N_("Time limit"),
     N_("Stop after this time with the picture so far; 0 sets no limit")},
    {"tileable", MANIERA_KIND_CHOICE, ROW(tileable), 0, 0, "off", tileable_axes, tileable_labels, "", "command-line", N_("Tileable"),
     N_("Whether copies of the result fit together without a seam: side by side (x), one above the other (y), or both (xy)")},
    {"parts-file", MANIERA_KIND_TEXT, ROW(parts_file), 0, 0, NULL, NO_CHOICES, "", "command-line", N_("Parts file"),
     N_("Parts as maniera parts writes them, a parts.json with its masks, instead of parts that are found")},
    {"preview", MANIERA_KIND_TEXT, ROW(preview), 0, 0, NULL, NO_CHOICES, "", "command-line", N_("Preview file"),
     N_("A picture file that is rewritten while painting")},
    {"preview-interval", MANIERA_KIND_REAL, ROW(preview_interval), 0, 3600, "2", NO_CHOICES, N_("s"), "command-line", N_("Preview interval"),
     N_("Least time between two previews")},
};

/* Later rows win over earlier ones. The painterly steps were chosen by the objective's total against
 * runs of 2,000 Adam steps, by time, and by eye: see docs/performance.md. A step's time
 * grows with the area, but the total falls most by steps at the scale of the result. */
static const ManieraPreset presets[] = {
    {"painterly", "draft", "iterations", "6,3,2,1"},
    {"painterly", "normal", "iterations", "12,10,13,8,6"},
    {"painterly", "high", "iterations", "60,60,80,40,30"},
    {"painterly", "normal", "parts", "auto"},
    {"painterly", "high", "parts", "auto"},
    {"gatys", NULL, "style-term", "gram"},
    {"gatys", NULL, "content-layers", "conv4_2"},
    {"gatys", NULL, "style-layers", "relu1_1:0.2,relu2_1:0.2,relu3_1:0.2,relu4_1:0.2,relu5_1:0.2"},
    {"gatys", NULL, "content-weight", "5"},
    {"gatys", NULL, "style-weight", "10000"},
    {"gatys", NULL, "smoothness-weight", "0.001"},
    {"gatys", NULL, "pooling", "average"},
    {"gatys", NULL, "match-parts", "off"},
    {"gatys", NULL, "scales", "1"},
    {"gatys", NULL, "init", "content"},
    {"gatys", "draft", "iterations", "100"},
    {"gatys", "normal", "iterations", "300"},
    {"gatys", "high", "iterations", "1000"},
};
/* clang-format on */

#define ROWS (sizeof table / sizeof table[0])
#define PRESETS (sizeof presets / sizeof presets[0])

/* The bits of ManieraOptions.set. */
typedef char every_row_has_a_bit[ROWS <= 64 ? 1 : -1];

const ManieraOption* maniera_option_table(size_t* count) {
    *count = ROWS;
    return table;
}

const ManieraPreset* maniera_preset_table(size_t* count) {
    *count = PRESETS;
    return presets;
}

const ManieraOption* maniera_option_find(const char* name) {
    for (size_t i = 0; i < ROWS; ++i)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

/* Neighbors at 0, 25, 50, 75 and 100 then look about equally far apart: docs/performance.md. */
double maniera_content_factor(double strength) {
    const double t = (strength - 50) / 50;
    return pow(10, -t * (1.5 - 0.15 * t));
}

void maniera_options_init(ManieraOptions* options) { memset(options, 0, sizeof *options); }

/* Words near a word */

static int smallest(int a, int b, int c) {
    const int m = a < b ? a : b;
    return m < c ? m : c;
}

/* Levenshtein's distance; words longer than the row count as far. */
static int distance(const char* a, const char* b) {
    enum { LONGEST = 64 };
    int row[LONGEST + 1];
    const size_t m = strlen(a), n = strlen(b);
    if (m > LONGEST || n > LONGEST)
        return LONGEST;
    for (size_t j = 0; j <= n; ++j)
        row[j] = (int)j;
    for (size_t i = 1; i <= m; ++i) {
        int diagonal = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= n; ++j) {
            const int above = row[j];
            row[j] = smallest(row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[n];
}

const char* maniera_nearest(const char* word, const char* const* words) {
    const char* nearest = NULL;
    int least = 0;
    for (; *words; ++words) {
        const int d = distance(word, *words);
        if (!nearest || d < least) {
            nearest = *words;
            least = d;
        }
    }
    const int allowed = 1 + (int)strlen(word) / 3;
    return nearest && least <= allowed ? nearest : NULL;
}

/* Numbers. strtod and printf follow LC_NUMERIC, which a GTK program sets to the user's; a job
 * must read the same everywhere, so the decimal point is brought to the locale's and back. */

static char locale_point(void) {
    char text[8];
    snprintf(text, sizeof text, "%.1f", 0.5);
    return text[1];
}

bool maniera_parse_real(const char* text, double* value) {
    char copy[64];
    const size_t length = strlen(text);
    if (length == 0 || length >= sizeof copy ||
        strspn(text, "0123456789+-.eE") != length) /* no hex, inf, nan, blanks */
        return false;
    memcpy(copy, text, length + 1);
    char* point = strchr(copy, '.');
    if (point)
        *point = locale_point();
    char* end;
    *value = strtod(copy, &end);
    return *end == '\0' && end != copy && isfinite(*value);
}

static bool parse_int(const char* text, int* value) {
    char* end;
    if (text[0] == '\0' || strspn(text, "0123456789+-") != strlen(text))
        return false;
    errno = 0;
    const long parsed = strtol(text, &end, 10);
    if (*end != '\0' || errno == ERANGE || parsed < -2147483647L || parsed > 2147483647L)
        return false;
    *value = (int)parsed;
    return true;
}

/* The fewest digits that read back as the same number. */
static void print_real(double value, char* text, size_t size) {
    for (int digits = 6; digits <= 17; ++digits) {
        double back;
        snprintf(text, size, "%.*g", digits, value);
        const char point = locale_point();
        for (char* c = text; *c; ++c)
            if (*c == point)
                *c = '.';
        if (maniera_parse_real(text, &back) && back == value)
            return;
    }
}

static bool in_range(const ManieraOption* row, double value) {
    return value >= row->min && value <= row->max;
}

static bool refuse_number(const ManieraOption* row, const char* text, const char* kind,
                          char* message) {
    char least[32], most[32];
    print_real(row->min, least, sizeof least);
    print_real(row->max, most, sizeof most);
    snprintf(message, MANIERA_MESSAGE_MAX, "%s must be %s from %s to %s, and \"%.80s\" is not.",
             row->name, kind, least, most, text);
    return false;
}

/* One value of each kind, written to `at` only when it is right. */

static bool set_choice(const ManieraOption* row, const char* text, int* at, char* message) {
    size_t used = 0;
    for (int i = 0; row->choices[i]; ++i)
        if (strcmp(row->choices[i], text) == 0) {
            *at = i;
            return true;
        }
    const char* near = maniera_nearest(text, row->choices);
    used +=
        (size_t)snprintf(message, MANIERA_MESSAGE_MAX, "%s cannot be \"%.80s\"", row->name, text);
    if (near)
        used +=
            (size_t)snprintf(message + used, MANIERA_MESSAGE_MAX - used, "; did you mean %s", near);
    used += (size_t)snprintf(message + used, MANIERA_MESSAGE_MAX - used, "? Choose from:");
    for (int i = 0; row->choices[i]; ++i)
        used += (size_t)snprintf(message + used, MANIERA_MESSAGE_MAX - used, "%s %s", i ? "," : "",
                                 row->choices[i]);
    snprintf(message + used, MANIERA_MESSAGE_MAX - used, ".");
    return false;
}

static bool set_text(const ManieraOption* row, const char* text, char* at, char* message) {
    const size_t length = strlen(text);
    if (length == 0 || length >= row->capacity) {
        snprintf(message, MANIERA_MESSAGE_MAX, "%s must be a text of 1 to %zu bytes.", row->name,
                 row->capacity - 1);
        return false;
    }
    memset(at, 0, row->capacity); /* so that equal options are equal bytes */
    memcpy(at, text, length);
    return true;
}

/* Copies the next item of a comma-separated list; false at the list's end. */
static bool next_item(const char** text, char* item, size_t size, bool* too_long) {
    if (*text == NULL)
        return false;
    const char* comma = strchr(*text, ',');
    const size_t length = comma ? (size_t)(comma - *text) : strlen(*text);
    *too_long = length >= size;
    const size_t kept = *too_long ? size - 1 : length;
    memcpy(item, *text, kept);
    item[kept] = '\0';
    *text = comma ? comma + 1 : NULL;
    return true;
}

static bool refuse_length(const ManieraOption* row, char* message) {
    snprintf(message, MANIERA_MESSAGE_MAX, "%s takes at most %d items.", row->name,
             MANIERA_LIST_MAX);
    return false;
}

static bool set_int_list(const ManieraOption* row, const char* text, ManieraIntList* at,
                         char* message) {
    ManieraIntList list = {0};
    char item[32];
    bool too_long;
    while (next_item(&text, item, sizeof item, &too_long)) {
        int value;
        if (list.count == MANIERA_LIST_MAX)
            return refuse_length(row, message);
        if (too_long || !parse_int(item, &value) || !in_range(row, value))
            return refuse_number(row, item, "whole numbers", message);
        list.values[list.count++] = value;
    }
    *at = list;
    return true;
}

static bool set_layer_list(const ManieraOption* row, const char* text, ManieraLayerList* at,
                           char* message) {
    ManieraLayerList list;
    memset(&list, 0, sizeof list);
    char item[64];
    bool too_long;
    while (next_item(&text, item, sizeof item, &too_long)) {
        double weight = 1;
        if (list.count == MANIERA_LIST_MAX)
            return refuse_length(row, message);
        char* colon = strchr(item, ':');
        if (colon) {
            *colon = '\0';
            if (!maniera_parse_real(colon + 1, &weight) || !in_range(row, weight))
                return refuse_number(row, colon + 1, "weights", message);
        }
        if (too_long || item[0] == '\0' || strlen(item) >= sizeof list.items[0].name) {
            snprintf(message, MANIERA_MESSAGE_MAX,
                     "%s: \"%.60s\" is no layer's name; write them like relu4_2 or relu4_2:0.5.",
                     row->name, item);
            return false;
        }
        for (int i = 0; i < list.count; ++i)
            if (strcmp(list.items[i].name, item) == 0) {
                snprintf(message, MANIERA_MESSAGE_MAX, "%s names %s twice; name each layer once.",
                         row->name, item);
                return false;
            }
        strcpy(list.items[list.count].name, item);
        list.items[list.count++].weight = weight;
    }
    *at = list;
    return true;
}

static bool set_value(ManieraOptions* options, const ManieraOption* row, const char* text,
                      char* message) {
    void* at = (char*)options + row->offset;
    int whole;
    double real;
    switch (row->kind) {
    case MANIERA_KIND_INT:
        if (!parse_int(text, &whole) || !in_range(row, whole))
            return refuse_number(row, text, "a whole number", message);
        memcpy(at, &whole, sizeof whole);
        return true;
    case MANIERA_KIND_REAL:
        if (!maniera_parse_real(text, &real) || !in_range(row, real))
            return refuse_number(row, text, "a number", message);
        memcpy(at, &real, sizeof real);
        return true;
    case MANIERA_KIND_CHOICE: return set_choice(row, text, at, message);
    case MANIERA_KIND_TEXT:
    case MANIERA_KIND_CHOICE_OR_FILE: return set_text(row, text, at, message);
    case MANIERA_KIND_INT_LIST: return set_int_list(row, text, at, message);
    case MANIERA_KIND_LAYER_LIST: return set_layer_list(row, text, at, message);
    }
    return false;
}

static uint64_t bit_of(const ManieraOption* row) { return (uint64_t)1 << (row - table); }

bool maniera_option_set(ManieraOptions* options, const char* name, const char* text,
                        char* message) {
    const ManieraOption* row = maniera_option_find(name);
    if (!row) {
        const char* names[ROWS + 1];
        for (size_t i = 0; i < ROWS; ++i)
            names[i] = table[i].name;
        names[ROWS] = NULL;
        const char* near = maniera_nearest(name, names);
        snprintf(message, MANIERA_MESSAGE_MAX, "There is no option %.80s%s%s%s", name,
                 near ? "; did you mean " : "", near ? near : "", near ? "?" : ".");
        return false;
    }
    if (!set_value(options, row, text, message))
        return false;
    options->set |= bit_of(row);
    return true;
}

bool maniera_option_is_set(const ManieraOptions* options, const char* name) {
    const ManieraOption* row = maniera_option_find(name);
    return row && (options->set & bit_of(row)) != 0;
}

void maniera_option_unset(ManieraOptions* options, const char* name) {
    const ManieraOption* row = maniera_option_find(name);
    if (!row)
        return;
    options->set &= ~bit_of(row);
    memset((char*)options + row->offset, 0, row->capacity);
}

size_t maniera_option_get(const ManieraOptions* options, const char* name, char* text,
                          size_t size) {
    char buffer[MANIERA_LIST_MAX * 48 + MANIERA_TEXT_MAX] = "";
    char number[40];
    const ManieraOption* row = maniera_option_find(name);
    if (row && (options->set & bit_of(row))) {
        const void* at = (const char*)options + row->offset;
        switch (row->kind) {
        case MANIERA_KIND_INT: sprintf(buffer, "%d", *(const int*)at); break;
        case MANIERA_KIND_REAL: print_real(*(const double*)at, buffer, sizeof buffer); break;
        case MANIERA_KIND_CHOICE: strcpy(buffer, row->choices[*(const int*)at]); break;
        case MANIERA_KIND_TEXT:
        case MANIERA_KIND_CHOICE_OR_FILE: strcpy(buffer, at); break;
        case MANIERA_KIND_INT_LIST: {
            const ManieraIntList* list = at;
            for (int i = 0; i < list->count; ++i)
                sprintf(buffer + strlen(buffer), "%s%d", i ? "," : "", list->values[i]);
            break;
        }
        case MANIERA_KIND_LAYER_LIST: {
            const ManieraLayerList* list = at;
            for (int i = 0; i < list->count; ++i) {
                print_real(list->items[i].weight, number, sizeof number);
                sprintf(buffer + strlen(buffer), "%s%s:%s", i ? "," : "", list->items[i].name,
                        number);
            }
            break;
        }
        }
    }
    return (size_t)snprintf(text, size, "%s", buffer);
}

/* Copies what is set in `from` over `to`. */
static void lay_over(ManieraOptions* to, const ManieraOptions* from) {
    for (size_t i = 0; i < ROWS; ++i)
        if (from->set & bit_of(&table[i]))
            memcpy((char*)to + table[i].offset, (const char*)from + table[i].offset,
                   table[i].capacity);
    to->set |= from->set;
}

void maniera_options_resolve(const ManieraOptions* asked, ManieraOptions* resolved) {
    char message[MANIERA_MESSAGE_MAX];
    const ManieraOptions user = *asked;
    ManieraOptions result;
    maniera_options_init(&result);
    for (size_t i = 0; i < ROWS; ++i)
        if (table[i].default_text)
            maniera_option_set(&result, table[i].name, table[i].default_text, message);
    lay_over(&result, &user);
    const char* objective = objectives[result.objective];
    const char* quality = qualities[result.quality];
    for (size_t i = 0; i < PRESETS; ++i)
        if ((!presets[i].objective || strcmp(presets[i].objective, objective) == 0) &&
            (!presets[i].quality || strcmp(presets[i].quality, quality) == 0))
            maniera_option_set(&result, presets[i].name, presets[i].value, message);
    lay_over(&result, &user);
    const bool own_parts = maniera_option_is_set(&user, "parts");
    if (!own_parts &&
        (result.match_parts == MANIERA_MATCH_PARTS_OFF || result.tileable != MANIERA_TILEABLE_OFF))
        result.parts = MANIERA_PARTS_OFF;
    *resolved = result;
}

void maniera_options_resolve_for(const ManieraOptions* asked, bool one_painting,
                                 ManieraOptions* resolved) {
    const bool own_parts = maniera_option_is_set(asked, "parts");
    maniera_options_resolve(asked, resolved);
    if (!own_parts && !one_painting)
        resolved->parts = MANIERA_PARTS_OFF;
}
