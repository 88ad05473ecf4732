/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_CONFIG_CONFIG_H
#define BYWAY_CLI_CONFIG_CONFIG_H

/*
 * The running configuration, the ways to change it, and where it is kept on disk.
 *
 * Every change is a transaction: a line, with what it removes and implies, has its effect whole or
 * not at all. Not re-entrant: apply callbacks never call into here, they use cli_imply.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "cli/config/tree.h"
#include "cli/context.h"

struct cli_config;

/* `grammar` is compiled and borrowed; `startup_path` is copied, NULL: nowhere to save. Returns
 * NULL with errno set. */
struct cli_config *cli_config_new(const struct cli_grammar *grammar, const char *startup_path);

/* Frees without any effect: what is in force stays so. */
void cli_config_free(struct cli_config *config);

struct cli_tree *cli_config_tree(struct cli_config *config);

/* What commands decide by where they have no context: `app` as in struct cli_ctx. Borrowed. */
void cli_config_set_app(struct cli_config *config, void *app);

const char *cli_config_startup_path(const struct cli_config *config);
const char *cli_config_hostname(const struct cli_config *config); /* "Router" until set */

/* Calls `fn` now and whenever the hostname changes. */
void cli_config_watch_hostname(
	struct cli_config *config, void (*fn)(void *arg, const char *hostname), void *arg);

/* Whether something changed since the last cli_config_save (or cli_config_mark_saved). */
bool cli_config_modified(const struct cli_config *config);
void cli_config_mark_saved(struct cli_config *config);

enum cli_result {
	CLI_APPLIED,
	CLI_UNCHANGED, /* was so already, apply was not called; or a comment */
	CLI_KEPT,      /* stored, without effect here */
	CLI_ERROR,
	CLI_WAITING, /* apply asked a question; nothing changed, try again with the answer */
	CLI_SKIPPED, /* under a refused line, or the text of one */
};

/* What became of one line of a file, or of several in a row that were skipped. */
struct cli_verdict {
	enum cli_result result;
	size_t line;	     /* 1 for the first; 0: of the whole file */
	size_t last;	     /* SKIPPED: of these lines; else the same */
	unsigned column;     /* display columns, 0 for the first, of an error's caret; else 0 */
	const char *text;    /* the line as given; of several the first */
	const char *message; /* what was printed: error, warning or "" */
};

struct cli_load_summary {
	size_t lines; /* without empty lines and comments */
	size_t applied;
	size_t unchanged;
	size_t kept;
	size_t errors;
	size_t skipped;
	bool rolled_back;
	bool ended; /* the last line is `end`: nothing is cut off */
};

/* Called for each line that is neither empty nor a comment. Borrowed for the call. */
typedef void (*cli_verdict_fn)(void *arg, const struct cli_verdict *verdict);

enum cli_load_flags {
	CLI_LOAD_ALL_OR_NOTHING = 1 << 0, /* one error, and nothing of the file is in force */
	CLI_LOAD_BOOT = 1 << 1,		  /* does not count as a modification to be saved */
};

/*
 * Takes the lines of a file (`len` bytes, need not be terminated). `ctx` gives app; its output is
 * left alone, messages go to `report` (may be NULL). Returns 0 when every line was accepted,
 * -EINVAL when some were not (the others are in force unless ALL_OR_NOTHING), -ENOMEM.
 */
int cli_config_load(struct cli_config *config, struct cli_ctx *ctx, const char *text, size_t len,
	unsigned flags, cli_verdict_fn report, void *report_arg, struct cli_load_summary *summary);

/* The same in slices, so that a big file does not hold up the event loop. */
struct cli_load;
struct cli_load *cli_load_begin(struct cli_config *config, struct cli_ctx *ctx, const char *text,
	size_t len, unsigned flags, cli_verdict_fn report,
	void *report_arg);				  /* copies text; NULL with errno */
int cli_load_step(struct cli_load *load, unsigned lines); /* CLI_PENDING: call again */
void cli_load_end(struct cli_load *load, struct cli_load_summary *summary); /* at any time */

/*
 * Makes the running configuration that of a file, by the fewest changes: removals, then
 * additions. Prints the difference to `diff` (may be NULL) as `-` and `+` lines below the lines
 * they belong to. With `dry`, only that; else the file must end with `end`, or it is not whole. On
 * an error in the file nothing is done; when a change is refused everything is put back. Errors are
 * printed to ctx->out. Returns 0 or -EINVAL, -ENOMEM.
 */
int cli_config_replace(struct cli_config *config, struct cli_ctx *ctx, const char *text, size_t len,
	bool dry, struct cli_out *diff, size_t *changes);

/* Prints what `show running-config` does after its heading: from the first `!` to `end`. */
void cli_config_print(struct cli_config *config, enum cli_tree_detail detail, struct cli_out *out);

/* Writes the startup-config: whole or not at all, mode 0600. Returns 0 or a negative errno. */
int cli_config_save(struct cli_config *config);

/* Reads the startup-config. *text is the caller's, terminated. Negative errno. */
int cli_config_read_startup(const struct cli_config *config, char **text, size_t *len);

#endif
