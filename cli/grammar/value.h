/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_GRAMMAR_VALUE_H
#define BYWAY_CLI_GRAMMAR_VALUE_H

/* Words to typed values, one function per type behind these three. Pure; within the engine. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/grammar/args.h"

struct cli_value_spec {
	enum cli_type type;
	uint64_t low; /* NUMBER, LENGTH */
	uint64_t high;
	bool foreign; /* INTERFACE: of a foreign kind only */
};

/* Longest canonical text of a value that is not copied from the line. */
enum { CLI_VALUE_TEXT = CLI_IFNAME_SIZE };

/*
 * Reads the type of a value from a syntax: "WORD", "A.B.C.D", "1-255". Returns 0 or -EINVAL.
 */
int cli_value_spec(const char *text, size_t len, struct cli_value_spec *spec);

/* What `?` shows for it: "WORD", "<1-255>". */
void cli_value_placeholder(const struct cli_value_spec *spec, char *buf, size_t size);

/*
 * Reads the `len` bytes of a word into the typed part of `value` (text, name and offset stay).
 * Returns 0, -EINVAL, or for INTERFACE -EAGAIN when the number may be the next word. WORD, LINE
 * and TEXT take anything.
 */
int cli_value_parse(
	const struct cli_value_spec *spec, const char *word, size_t len, struct cli_value *value);

/*
 * Writes the canonical text of what cli_value_parse read. Returns its length, or 0 when the
 * canonical text is the word itself.
 */
size_t cli_value_canonical(const struct cli_value *value, char buf[static CLI_VALUE_TEXT]);

/* Whether more characters could make a valid value of these. */
bool cli_value_begins(const struct cli_value_spec *spec, const char *word, size_t len);

/* Order of two values of one type, for sorting lines: as strcmp. */
int cli_value_compare(const struct cli_value *a, const struct cli_value *b);

#endif
