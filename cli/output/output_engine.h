/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef CLI_OUTPUT_OUTPUT_ENGINE_H
#define CLI_OUTPUT_OUTPUT_ENGINE_H

/* The parts of an output that tables need. Engine only. */

#include "cli/output/output.h"

bool cli_out_wants_json(const struct cli_out *out);

/*
 * Opens a member of the JSON object that a command's output is; the caller writes its value with
 * cli_out_raw. From now on what is printed as text is dropped.
 */
void cli_out_member(struct cli_out *out, const char *name);

/* Prints what somebody typed: control bytes as ^X, so that none reaches a terminal. */
void cli_out_typed(struct cli_out *out, const char *text);

struct cli_file;

/* The file that the filter names, NULL when it names none, and whether what is in it stays. */
const char *cli_out_file_name(const struct cli_out *out, bool *append);

/* Whether that is `tee`: the sink has the output as well. */
bool cli_out_tees(const struct cli_out *out);

/* Has the output go to the file that was opened. Borrowed; NULL: no more.
 * The filter's owner ends it before cli_out_finish. */
void cli_out_to_file(struct cli_out *out, struct cli_file *file);

/* Past the filter. */
void cli_out_raw(struct cli_out *out, const char *data, size_t len);

#endif
