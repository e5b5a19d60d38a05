/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every option of a run, in one struct and one table.
 *
 *     ManieraOptions options;
 *     char message[MANIERA_MESSAGE_MAX];
 *     maniera_options_init (&options);
 *     if (!maniera_option_set (&options, "size", "512", message))
 *         complain (message);
 *     maniera_options_resolve (&options, &resolved);   presets, then what was set
 *
 * The command line, JSON jobs, both GIMPs and the manual iterate the table; a default or a range
 * stands nowhere else. Plain C, so that the plug-in can share it.
 */

#ifndef MANIERA_OPTIONS_H
#define MANIERA_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MANIERA_TEXT_MAX 1024
#define MANIERA_MESSAGE_MAX 512
#define MANIERA_LIST_MAX 32

typedef enum { MANIERA_QUALITY_DRAFT, MANIERA_QUALITY_NORMAL, MANIERA_QUALITY_HIGH } ManieraQuality;
typedef enum { MANIERA_OBJECTIVE_PAINTERLY, MANIERA_OBJECTIVE_GATYS } ManieraObjective;
typedef enum { MANIERA_STYLE_TERM_WASSERSTEIN, MANIERA_STYLE_TERM_GRAM } ManieraStyleTerm;
typedef enum { MANIERA_OPTIMIZER_ADAM, MANIERA_OPTIMIZER_LBFGS } ManieraOptimizer;
typedef enum { MANIERA_POOLING_MAX, MANIERA_POOLING_AVERAGE } ManieraPooling;
typedef enum { MANIERA_COLORS_STYLE, MANIERA_COLORS_CONTENT, MANIERA_COLORS_MATCH } ManieraColors;
typedef enum { MANIERA_MATCH_PARTS_OFF, MANIERA_MATCH_PARTS_AUTO } ManieraMatchParts;
typedef enum { MANIERA_PARTS_OFF, MANIERA_PARTS_AUTO, MANIERA_PARTS_TWO } ManieraParts;
typedef enum {
    MANIERA_TILEABLE_OFF,
    MANIERA_TILEABLE_X,
    MANIERA_TILEABLE_Y,
    MANIERA_TILEABLE_XY
} ManieraTileable;
typedef enum {
    MANIERA_PRECISION_AUTO,
    MANIERA_PRECISION_FP32,
    MANIERA_PRECISION_BF16
} ManieraPrecision;

/* "40,20,10": one number a scale, coarse to fine; the last serves all further scales. */
typedef struct {
    int count;
    int values[MANIERA_LIST_MAX];
} ManieraIntList;

/* "relu1_1:256,relu2_1:64": layers with weights; a layer without one has weight 1. */
typedef struct {
    int count;
    struct {
        char name[16];
        double weight;
    } items[MANIERA_LIST_MAX];
} ManieraLayerList;

typedef struct {
    uint64_t set; /* bit i: row i of the table holds a value that somebody chose */

    int size;        /* long side in pixels; unset = the content's own */
    int shrink;      /* in place of size: the same, but never more than the content's own */
    int quality;     /* ManieraQuality */
    int objective;   /* ManieraObjective */
    int colors;      /* ManieraColors */
    double strength; /* of the style against the content, 0 to 100; 50 = the weights as they are */
    int match_parts; /* ManieraMatchParts */
    int parts;       /* ManieraParts; from MANIERA_PARTS_TWO on that many, counted from 2 */
    double style_scale; /* style's long side over the run's */
    double content_weight;
    double style_weight;
    double smoothness_weight;
    ManieraLayerList content_layers;
    ManieraLayerList style_layers;
    int style_term;              /* ManieraStyleTerm */
    int wasserstein_rank;        /* directions that take the full form */
    int optimizer;               /* ManieraOptimizer */
    double learning_rate;        /* Adam's, in image units of [0,1] */
    double averaging;            /* decay of the average of Adam's iterates; 0 = none */
    int scales;                  /* how many; unset = by size */
    ManieraIntList iterations;   /* steps at each scale, coarse to fine */
    char init[MANIERA_TEXT_MAX]; /* recolored, content, style, noise, or a file */
    int seed;
    int tileable;                      /* ManieraTileable */
    int pooling;                       /* ManieraPooling */
    int precision;                     /* ManieraPrecision */
    char device[32];                   /* auto, cpu, cuda, cuda:N */
    int threads;                       /* 0 = all */
    int tile;                          /* side in pixels; unset = no tiles */
    int memory;                        /* MiB; unset = what is free, less a reserve */
    char model[MANIERA_TEXT_MAX];      /* name or file */
    double time_limit;                 /* seconds; 0 = none */
    char parts_file[MANIERA_TEXT_MAX]; /* parts.json; unset = parts are found */
    char preview[MANIERA_TEXT_MAX];    /* file rewritten while painting; unset = none */
    double preview_interval;           /* seconds between previews */
} ManieraOptions;

typedef enum {
    MANIERA_KIND_INT,            /* int */
    MANIERA_KIND_REAL,           /* double */
    MANIERA_KIND_CHOICE,         /* int, index into choices */
    MANIERA_KIND_TEXT,           /* char[] of `capacity` */
    MANIERA_KIND_CHOICE_OR_FILE, /* char[] of `capacity`: one of choices, or a path */
    MANIERA_KIND_INT_LIST,       /* ManieraIntList */
    MANIERA_KIND_LAYER_LIST,     /* ManieraLayerList */
} ManieraKind;

typedef struct {
    const char* name; /* kebab-case, the same everywhere */
    ManieraKind kind;
    size_t offset;              /* in ManieraOptions */
    size_t capacity;            /* of text, bytes with the terminating zero */
    double min, max;            /* of numbers, and of each number in a list (a layer's weight) */
    const char* default_text;   /* parsed like a user's; NULL = stays unset */
    const char* const* choices; /* NULL-terminated, for choices */
    const char* const* choice_labels; /* for dialogs, one for each of choices; to be translated */
    const char* unit;  /* "px", "s", "MiB", or ""; to be translated, as label and help are */
    const char* group; /* heading: "result", "look", "solver", "machine"; "command-line" is for
                        * there alone, and no dialog shows it */
    const char* label; /* for dialogs: "Style scale" */
    const char* help;  /* one or two sentences, no trailing full stop needed in menus */
} ManieraOption;

/* A preset's line: laid under what the user set, when objective and quality are these. */
typedef struct {
    const char* objective; /* NULL = any */
    const char* quality;   /* NULL = any */
    const char* name;
    const char* value;
} ManieraPreset;

const ManieraOption* maniera_option_table(size_t* count);
const ManieraPreset* maniera_preset_table(size_t* count);
const ManieraOption* maniera_option_find(const char* name); /* NULL when there is none */

/* Everything unset. */
void maniera_options_init(ManieraOptions* options);

/* Parses, checks the range and sets. On failure writes one sentence to `message`
 * (MANIERA_MESSAGE_MAX bytes), naming the nearest right name or choice, and changes nothing. */
bool maniera_option_set(ManieraOptions* options, const char* name, const char* text, char* message);

bool maniera_option_is_set(const ManieraOptions* options, const char* name);
void maniera_option_unset(ManieraOptions* options, const char* name);

/* The value as text that maniera_option_set takes back. Returns the length that was needed, as
 * snprintf does. An unset option gives "". */
size_t maniera_option_get(const ManieraOptions* options, const char* name, char* text, size_t size);

/* Defaults, then the presets of objective and quality, then what is set in `asked`. The bits of
 * `resolved->set` tell what has any value at all. Parts that nobody asked for are off without
 * matched features, and where copies of the result shall fit together: parts end at the picture's
 * edge. `asked` and `resolved` may be the same. */
void maniera_options_resolve(const ManieraOptions* asked, ManieraOptions* resolved);

/* The same for a run. Parts that nobody asked for are found where `one_painting`, without masks, is
 * the style: masks say already what goes where, and several styles are to be blended. */
void maniera_options_resolve_for(const ManieraOptions* asked, bool one_painting,
                                 ManieraOptions* resolved);

/* Reads a number as the table does: a decimal point in every locale, no hex, no blanks, no
 * infinity. False for what is no such number. */
bool maniera_parse_real(const char* text, double* value);

/* What a strength multiplies the content's weight by: 1 at 50. */
double maniera_content_factor(double strength);

/* The entry of `words` (NULL-terminated) nearest to `word` by edit distance; NULL when none is
 * near. */
const char* maniera_nearest(const char* word, const char* const* words);

#ifdef __cplusplus
}
#endif

#endif
