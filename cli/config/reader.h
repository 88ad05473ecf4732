/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_CONFIG_READER_H
#define BYWAY_CLI_CONFIG_READER_H

/* The lines of a configuration file. Takes LF and CRLF, skips a byte order mark. Engine only. */

#include <stdbool.h>
#include <stddef.h>

struct cli_reader {
	char *text; /* a copy */
	size_t len;
	size_t at;
	size_t number; /* of the line last given, 1 for the first; of a joined one, its first */
	size_t seen;
	char *line;
	size_t line_len;
	size_t line_room;
	bool failed; /* no memory */
};

int cli_reader_init(struct cli_reader *reader, const char *text, size_t len); /* -ENOMEM */
void cli_reader_fini(struct cli_reader *reader);
void cli_reader_rewind(struct cli_reader *reader);

bool cli_reader_at_end(const struct cli_reader *reader);

/* The next line, terminated, valid until the next call. NULL at the end or without memory. */
char *cli_reader_next(struct cli_reader *reader);

/* The last line with a newline and the next line appended. NULL likewise. */
char *cli_reader_more(struct cli_reader *reader);

/* Whether the line is what `show` prints above a configuration, saved along with it. */
bool cli_reader_is_heading(const char *line);

#endif
