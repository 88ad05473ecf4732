/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_GRAMMAR_SYNTAX_H
#define BYWAY_CLI_GRAMMAR_SYNTAX_H

/* A command's syntax string as a tree; the notation is described in grammar.h. Engine only. */

#include <stdbool.h>
#include <stddef.h>

#include "cli/grammar/value.h"

enum cli_syntax_kind {
	CLI_SYNTAX_WORD,   /* a keyword */
	CLI_SYNTAX_VALUE,  /* <name:TYPE> */
	CLI_SYNTAX_ALL,	   /* children one after the other */
	CLI_SYNTAX_ONE_OF, /* {a|b}, [a|b] and <name:a|b> */
	CLI_SYNTAX_ANY_OF, /* (a|b) */
};

struct cli_syntax {
	enum cli_syntax_kind kind;
	bool optional;
	bool repeated;
	char *word;		    /* WORD: the keyword */
	char *name;		    /* VALUE, and WORD within <name:a|b>: the argument; else NULL */
	struct cli_value_spec spec; /* VALUE */
	struct cli_syntax *child;
	struct cli_syntax *next;
};

/* Returns the tree, NULL with errno EINVAL (*error_at: offset in `text`) or ENOMEM. */
struct cli_syntax *cli_syntax_parse(const char *text, size_t *error_at);
void cli_syntax_free(struct cli_syntax *syntax);

#endif
