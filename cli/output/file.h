/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef CLI_OUTPUT_FILE_H
#define CLI_OUTPUT_FILE_H

/*
 * A file that a command's output goes to, in one directory, which is IOS's flash. Engine only.
 *
 * It is written beside the one it replaces and renamed when it is whole, so that nobody sees a
 * half-written file and an aborted command leaves things as they were. All steps are bounded: the
 * event loop waits for a step's bytes to reach the disk, never for a whole dump.
 */

#include <stdbool.h>
#include <stddef.h>

struct cli_file;

enum { CLI_FILE_STEP = 512 * 1024 }; /* bytes; also what is held in memory at most */

/* A place for files, and the names in it that are not to be written (ends with NULL). */
struct cli_flash {
	const char *directory; /* NULL: there is none */
	const char *const *reserved;
};

/*
 * Begins to write `name`: "flash:NAME", "file:NAME" or plain, NAME being relative (or the directory
 * and then what is relative to it), through existing directories, without symbolic links, `.`, `..`
 * or names with a leading dot. `append` keeps what is in it. Returns 0 or a negative errno: -EINVAL
 * for such a name, -EPERM for a reserved one, -EPROTONOSUPPORT for a device there is not.
 */
int cli_file_begin(
	const struct cli_flash *flash, const char *name, bool append, struct cli_file **file);

/* Reads `name`, of which the same holds, but that reserved ones may be read. *text is terminated
 * and the caller's. A negative errno; -EINVAL as well for what is no file. */
int cli_file_read(const struct cli_flash *flash, const char *name, char **text, size_t *len);

/* Why cli_file_begin, _read or _commit failed. */
const char *cli_file_error(int err);

/* Copies a step of what the file holds already. True when there is more: call again. */
bool cli_file_copies(struct cli_file *file);

/* Adds to the file. What goes wrong is told by cli_file_commit. */
void cli_file_write(struct cli_file *file, const char *data, size_t len);

/* Whether a step was written since the last call of this: the event loop should have a turn. */
bool cli_file_paused(struct cli_file *file);

/* The text so far, while none of it has had to be written; else NULL. */
const char *cli_file_held(const struct cli_file *file, size_t *len);

/* The name as it was given. */
const char *cli_file_name(const struct cli_file *file);

/* Puts the file in its place, or leaves everything as it was and returns a negative errno. */
int cli_file_commit(struct cli_file *file);

/* Frees the file, and leaves everything as it was unless it was committed. NULL is allowed. */
void cli_file_free(struct cli_file *file);

#endif
