/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_CONFIG_REDACT_H
#define BYWAY_CLI_CONFIG_REDACT_H

/* Configuration lines where everybody may read: there may be a password in them. Engine only. */

#include <stddef.h>

/* How much of the line says what it is about, and holds no secret: bytes from its beginning. */
size_t cli_redact_length(const char *line);

/* The message about the line, or "refused" when it repeats any of the rest. Only its first line
 * counts. */
const char *cli_redact_message(const char *line, const char *message);

#endif
