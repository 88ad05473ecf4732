/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_GRAMMAR_GRAMMAR_H
#define BYWAY_CLI_GRAMMAR_GRAMMAR_H

/*
 * Commands are declared as constant data; everything else (parsing, abbreviation, `?`, Tab, `no`,
 * show running-config, replace) follows from the declaration. cli/README.md has examples.
 *
 * SYNTAX
 *   word            a keyword
 *   <name:TYPE>     a value; the types are in args.h. `<name:a|b|c>` takes one of these keywords
 *   {a|b}           one of these is required
 *   [a|b]           one of these, or nothing
 *   (a|b|c)         any of these, each at most once, in any order; printed in declared order
 *   x...            x (a value or a {group}) once or more, order kept; not around (a|b)
 * Several values may bear the same name when only one of them can occur in a line.
 *
 * THREADS: a grammar is built once, then read only.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/grammar/args.h"

struct cli_ctx;
struct cli_grammar;

enum cli_op {
	CLI_SET,   /* the line enters the configuration, or replaces ctx->old */
	CLI_UNSET, /* the line leaves it: back to the default */
};

/*
 * What handlers return besides 0 (done) and a negative errno (refused, message already given with
 * cli_fail): the command goes on, see cli/context.h.
 */
enum { CLI_PENDING = 1 };

enum cli_flags {
	CLI_USER = 1 << 0,	   /* exec: also at the unprivileged `>` prompt */
	CLI_HIDDEN = 1 << 1,	   /* works, but `?` and Tab do not list it */
	CLI_HARMLESS = 1 << 2,	   /* config: kept, without effect here; needs no apply */
	CLI_SHOW_DEFAULT = 1 << 3, /* config: .fallback is printed when nothing else is set */
	CLI_KEEP_NO = 1 << 4,	   /* config: `no X` is a setting of its own and kept as a line;
				      .fallback, if any, must be the positive form */
	CLI_NO_PREFIX = 1 << 5,	   /* config: exists only after `no`, where it removes every line of
				      this mode and the modes below that begins with it; apply, if
				      any, may then imply what else goes */
	CLI_ORDERED = 1 << 6,	   /* config: the order of these lines matters to replace */
	CLI_UNSET_ABSENT = 1 << 7, /* config: `no` of an absent line still calls apply, with the
				      line as typed, so that it can complain */
	CLI_EXIT = 1 << 8,	   /* engine: leaves one mode */
	CLI_END = 1 << 9,	   /* engine: leaves configuration */
	CLI_KEEP_ANY = 1 << 10, /* config: text whose default nobody knows: `no X` takes `X` away,
				   and is kept itself where there is no `X` */
	CLI_KEEP_DEFAULT = 1 << 11, /* config: the default, typed where it is not printed anyway, is
				       kept as a line */
};

/* Help for a keyword, or for the argument of this name. The first declaration of a word wins. */
struct cli_help {
	const char *word;
	const char *text;
};

/* `exec` and `config` always exist; every other mode is entered by a command's .enters. */
struct cli_mode {
	const char *name;      /* "config-if" */
	const char *prompt;    /* "(config-if)" */
	const char *parent;    /* NULL for "config". The mode it is entered from */
	const char *exit_line; /* "exit-address-family": accepted as an exit, printed after the
				  children; or NULL */
	bool separated;	       /* running-config prints an indented `!` before each block */
	bool joined;	       /* nothing parts such blocks that follow each other */
	bool loose;	       /* `exit` leaves the mode around as well */
	const char *indented;  /* a mode whose commands take what this one does not know, before the
				  modes around are asked, if it is indented deeper than the block's
				  first line; or NULL */
};

struct cli_command {
	const char *mode; /* "exec", "config", "config-if"; several separated by blanks; "*" is
			     every configuration mode */
	const char *syntax;
	const struct cli_help *help; /* ends with an empty row; NULL when others explain it all */
	unsigned flags;		     /* enum cli_flags */

	/* exec */
	int (*run)(struct cli_ctx *ctx, const struct cli_args *args);

	/* config */
	const char *key;  /* names of the arguments that tell lines apart, blank-separated. NULL:
			     there is one line at most, a second replaces it. "*": the whole line
			     (lines add up) */
	const char *slot; /* commands with the same slot (and key values) replace each other's
			     lines; NULL: the command alone */
	const char *no;	  /* a further, shorter syntax accepted after `no`. The full line, and
			     the line without its trailing non-key values, always are */
	const char *fallback;	/* the line that means the default: "ip mtu 1500", "no ip address".
				   Setting it is removing; `show running-config all` prints it */
	const char *implied_by; /* the beginning of a sibling that brings this line along: where one
				   is, `no` of this line is kept, as by CLI_KEEP_NO */
	const char *enters;	/* the mode that its children are in; NULL: has none */
	unsigned rank;		/* place among its siblings in running-config. Top-level lines whose
				   rank / 100 differs are separated by `!` */
	const char *sort;	/* arguments to sort by within the rank; NULL: as entered */

	/*
	 * Puts the line into effect. Called only on a change: a line already there is not applied
	 * again. UNSET of a line with children stands for them too: theirs is not called. Must be
	 * all or nothing. May return CLI_PENDING only through cli_ask.
	 */
	int (*apply)(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op);

	/* Writes the line as running-config shows it where that is not the canonical form. Returns
	 * the length it needs, as snprintf does. Its output must parse to the same line. */
	int (*render)(const struct cli_args *args, char *buf, size_t size);

	/*
	 * Where one meaning has several spellings (`host 10.0.0.1` and `10.0.0.1 0.0.0.0`): writes
	 * the one that stands for all, as snprintf does. Lines are taken, compared and removed in
	 * that form; after `no`, trailing values may be missing. Its output must parse, in the same
	 * mode, to a line that comes out the same. Comes before .amend; what `args` hold must count
	 * alone.
	 */
	int (*normal)(const struct cli_args *args, char *buf, size_t size);

	/*
	 * Where a line changes the one that is there (`vlan add 5`) or is kept in another form:
	 * gives the line to keep in its place, `old` being what it would replace, or NULL. The
	 * result is the caller's to free, must parse to a line of the same identity, and must come
	 * out the same when amended itself. NULL: refused, after cli_fail. Nothing but the two
	 * lines may count: configure replace calls it for lines that are not in force.
	 */
	char *(*amend)(
		struct cli_ctx *ctx, const struct cli_args *args, const struct cli_args *old);

	/* Whether this instance cannot be removed (a physical interface): replace then empties it
	 * instead. NULL: every one can. */
	bool (*permanent)(void *app, const struct cli_args *args);

	/* Whether the default belongs under this parent line (NULL at top level), and is printed
	 * there. NULL: everywhere. */
	bool (*defaults_in)(void *app, const struct cli_args *parent);
};

/* What one file of cli/commands/ exports. Both arrays end with an empty row and may be NULL. */
struct cli_topic {
	const struct cli_mode *modes;
	const struct cli_command *commands;
};

/* Returns NULL with errno set. Free with cli_grammar_free. */
struct cli_grammar *cli_grammar_new(void);
void cli_grammar_free(struct cli_grammar *grammar);

/* Adds declarations, which are borrowed for the grammar's life. -ENOMEM. */
int cli_grammar_add(struct cli_grammar *grammar, const struct cli_topic *topic);

/*
 * Compiles what was added; once, before anything below. -EINVAL for a faulty declaration, which
 * cli_grammar_error then describes: a programmer's error, caught by the first test that runs.
 */
int cli_grammar_compile(struct cli_grammar *grammar);
const char *cli_grammar_error(const struct cli_grammar *grammar);

/* NULL when there is no such mode. */
const struct cli_mode *cli_grammar_mode(const struct cli_grammar *grammar, const char *name);

/* Every declared command, and NULL after the last: for tests and documentation. */
const struct cli_command *cli_grammar_command(const struct cli_grammar *grammar, size_t index);

enum cli_parse_status {
	CLI_PARSE_OK,
	CLI_PARSE_EMPTY,      /* nothing, or a comment */
	CLI_PARSE_INCOMPLETE, /* too few words */
	CLI_PARSE_AMBIGUOUS,  /* a word abbreviates several keywords */
	CLI_PARSE_INVALID,    /* the word at .offset fits nothing */
	CLI_PARSE_MORE,	      /* a TEXT is still open: append '\n' and the next line, try again */
	CLI_PARSE_NOMEM,
};

enum cli_parse_flags {
	CLI_PARSE_USER = 1 << 0, /* only commands with CLI_USER */
	CLI_PARSE_NO = 1 << 1,	 /* the line followed `no` or `default` */
};

struct cli_parse {
	enum cli_parse_status status;
	size_t offset;	       /* bytes: bad word (INVALID, AMBIGUOUS) or end of line */
	struct cli_args *args; /* OK: owned by the caller */
};

/*
 * Parses `line` in exactly this mode. `no`, `do` and modes around it are the caller's
 * (cli/config/line.h). Returns parse->status.
 */
enum cli_parse_status cli_grammar_parse(const struct cli_grammar *grammar,
	const struct cli_mode *mode, unsigned flags, const char *line, struct cli_parse *parse);

/* One word that may come next: a keyword, or a value's type with `value` set, or "<cr>". */
struct cli_candidate {
	char word[64];
	const char *help; /* "" when nobody explains it */
	bool value;
};

/*
 * What may stand at the end of `line`: completions of its last word, or any next word when it is
 * empty or ends in a blank. Sorted, without duplicates. Fills `list` up to `max` and returns how
 * many there are, which may be more; 0 when the words before fit nothing.
 */
size_t cli_grammar_candidates(const struct cli_grammar *grammar, const struct cli_mode *mode,
	unsigned flags, const char *line, struct cli_candidate *list, size_t max);

#endif
