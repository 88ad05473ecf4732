/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Takes control's commands from the ring, carries them out on the tables, and
 * answers. Main lcore only.
 */
#ifndef DATAPLANE_PROGRAMMER_H
#define DATAPLANE_PROGRAMMER_H

#include <stdbool.h>

#include "api/msg.h"

struct dp;
struct programmer;

/* NULL if there is no memory. */
struct programmer *programmer_create(struct dp *dp);
void programmer_destroy(struct dp *dp);

/* A control process attached or left: forget half-done dumps and lists. */
void programmer_attached(struct dp *dp);
void programmer_detached(struct dp *dp);

/*
 * Carry out what waits in the command ring, up to a budget, and go on with a dump. Returns true
 * if there is more to do at once.
 */
bool programmer_poll(struct dp *dp);

/*
 * Send an event that nobody asked for. Without a control process it is dropped: control reads
 * port states and tables anew whenever it attaches. False if the ring is full: it is dropped too.
 */
bool programmer_event(struct dp *dp, const struct bw_msg *m);

#endif
