/* SPDX-License-Identifier: BSD-3-Clause */
/* Passwords of type 7: obscured with a key that everybody knows, so that nobody reads them in
 * passing. */
#ifndef BW_CONTROL_SYSTEM_TYPE7_H
#define BW_CONTROL_SYSTEM_TYPE7_H

#include <stddef.h>

/*
 * The password behind `text`: a string without zero bytes, of *len bytes. The caller frees it by
 * type7_wipe(). NULL: no password of type 7, or no memory.
 */
char *type7_reveal(const char *text, size_t *len);

/* Wipes and frees a string; NULL is allowed. */
void type7_wipe(char *plain);

#endif
