/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_CONFIG_DIFF_H
#define BYWAY_CLI_CONFIG_DIFF_H

/* What sets two configurations apart. Engine only. */

#include <stddef.h>

#include "cli/config/tree_edit.h"

struct cli_out;

/*
 * Marks each line of both trees (node->verdict): GONE where only `running` has it, NEW where only
 * `target` has it, CHANGED where the setting is the same and the words differ, SAME. Below a GONE
 * or NEW line everything is so marked. Lines whose order matters are GONE and NEW from the first
 * that is out of order on. Prints the difference to `out` unless NULL, counts its lines.
 * Returns 0 or -ENOMEM.
 */
int cli_diff(struct cli_tree *running, struct cli_tree *target, struct cli_out *out, size_t *lines);

#endif
