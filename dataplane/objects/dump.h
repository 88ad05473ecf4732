/* SPDX-License-Identifier: BSD-3-Clause */
/* Tables listed for control, a piece a turn, as room in the event ring allows. Main lcore only. */
#ifndef DATAPLANE_OBJECTS_DUMP_H
#define DATAPLANE_OBJECTS_DUMP_H

#include <stdbool.h>

#include "api/msg.h"

struct dp;
struct dumps;

/* NULL if there is no memory. */
struct dumps *dumps_create(struct dp *dp);
void dumps_destroy(struct dumps *d);

/* Forget those that wait: who asked has gone. */
void dumps_forget(struct dumps *d);

/* Take a BW_CMD_DUMP; enum bw_error. */
int dumps_add(struct dumps *d, const struct bw_msg *cmd);

/*
 * Send rows until put() returns false (no room) or the turn's budget is used. Returns true if
 * there is more that could be sent at once.
 */
bool dumps_go_on(struct dumps *d, bool (*put)(void *arg, const struct bw_msg *m), void *arg);

#endif
