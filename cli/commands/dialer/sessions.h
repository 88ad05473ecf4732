/* SPDX-License-Identifier: BSD-3-Clause */
/* The sessions of Dialers, for show commands. */
#ifndef BW_COMMANDS_DIALER_SESSIONS_H
#define BW_COMMANDS_DIALER_SESSIONS_H

#include "cli/commands/commands.h"

#define PPP_PAP 0xc023 /* as the protocol of authentication; else CHAP */

/* The next Dialer after `d` with a client and its Virtual-Access; NULL: the first one. */
struct dialer *cmd_next_client(struct control *ctl, struct dialer *d);

/* Such a client's session as JSON; those of all as a list. Returns 0. */
void cmd_fill_session(struct json_object *row, const struct dialer *d);
int cmd_sessions_json(struct cli_ctx *ctx, struct json_object *json);

/* Why there is no session, or the last one ended. */
const char *cmd_session_reason(const struct dialer *d);

/* "UP", "PADISNT" and the like. */
const char *cmd_session_state(const struct dialer *d);

/* "CHAP" or "PAP". */
const char *cmd_auth_text(uint16_t protocol);

#endif
