/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/system/type7.h"

#include <stdlib.h>
#include <string.h>

static const char key[] = "dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87";

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Two digits; -1 if they are none. */
static int hex_byte(const char *text)
{
	int high = hex(text[0]), low = high < 0 ? -1 : hex(text[1]);

	return low < 0 ? -1 : high * 16 + low;
}

/* Where in the key to begin, from two decimal digits; -1. */
static int start_of(const char *text)
{
	int at = (text[0] - '0') * 10 + text[1] - '0';

	if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
		return -1;
	return at < (int)sizeof(key) - 1 ? at : -1;
}

char *type7_reveal(const char *text, size_t *len)
{
	size_t digits = strlen(text);
	int at = digits >= 4 && digits % 2 == 0 ? start_of(text) : -1;
	char *plain = at < 0 ? NULL : calloc(1, digits / 2);

	for (size_t i = 0; plain != NULL && i < digits / 2 - 1; i++) {
		int byte = hex_byte(&text[2 + 2 * i]);

		plain[i] = (char)(byte ^ key[((size_t)at + i) % (sizeof(key) - 1)]);
		if (byte < 0 || plain[i] == '\0') {
			type7_wipe(plain);
			return NULL;
		}
	}
	*len = plain != NULL ? digits / 2 - 1 : 0;
	return plain;
}

void type7_wipe(char *plain)
{
	if (plain == NULL)
		return;
	explicit_bzero(plain, strlen(plain));
	free(plain);
}
