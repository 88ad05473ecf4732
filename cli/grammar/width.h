/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_GRAMMAR_WIDTH_H
#define BYWAY_CLI_GRAMMAR_WIDTH_H

/* UTF-8 as a terminal shows it. Independent of the locale, any thread. */

#include <stddef.h>
#include <stdint.h>

/*
 * Decodes the character at `text`, at most `len` bytes of which are looked at; `len` is at least
 * 1. Returns its length in bytes, 1 to 4. A byte that begins no valid character is a character of
 * its own, U+FFFD.
 */
size_t cli_utf8_decode(const char *text, size_t len, uint32_t *code);

/* Display columns of one character: 0, 1 or 2. */
unsigned cli_code_width(uint32_t code);

/* Display columns of `len` bytes. */
size_t cli_width(const char *text, size_t len);

#endif
