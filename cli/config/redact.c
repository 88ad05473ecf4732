/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/config/redact.h"

#include <string.h>

#include "cli/config/words.h"

/* After these the second word says what it is about; after others it may be the password. */
static const char *const telling[] = { "aaa", "access-list", "class-map", "controller", "crypto",
	"default", "interface", "ip", "ipv6", "line", "logging", "mpls", "no", "policy-map",
	"route-map", "router", "service", "spanning-tree", "vlan", "vrf", NULL };

size_t cli_redact_length(const char *line)
{
	size_t start = strspn(line, " \t");
	size_t len = start + strcspn(line + start, " \t\n");

	for (size_t i = 0; telling[i]; i++) {
		const char *rest = cli_words_after(telling[i], line);

		if (rest)
			return (size_t)(rest - line) + strcspn(rest, " \t\n");
	}
	return len;
}

const char *cli_redact_message(const char *line, const char *message)
{
	const char *word = line + cli_redact_length(line);

	while (*word) {
		size_t len;

		word += strspn(word, " \t\n");
		len = strcspn(word, " \t\n");
		if (len > 0 && memmem(message, strlen(message), word, len))
			return "refused";
		word += len;
	}
	return message;
}
