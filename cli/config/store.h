/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_CONFIG_STORE_H
#define BYWAY_CLI_CONFIG_STORE_H

/* Configuration files. Blocking: they are small, and on a local disk. */

#include <stddef.h>

enum { CLI_STORE_MAX = 64 * 1024 * 1024 }; /* bytes of a file that is read */

/*
 * Writes a file whole or not at all, even across a power cut: a temporary beside it, synced, then
 * renamed. Mode 0600, for there are keys in it. Returns 0 or a negative errno.
 */
int cli_store_write(const char *path, const char *data, size_t len);

/* Reads a regular file. *text is terminated and the caller's. Negative errno, -EFBIG. */
int cli_store_read(const char *path, char **text, size_t *len);

/* The same of an open one, which is closed. */
int cli_store_read_fd(int fd, char **text, size_t *len);

#endif
