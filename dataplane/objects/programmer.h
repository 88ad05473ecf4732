/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Takes control's commands from the ring, carries them out on the tables, and
 * answers. Main lcore only.
 */
#ifndef DATAPLANE_OBJECTS_PROGRAMMER_H
#define DATAPLANE_OBJECTS_PROGRAMMER_H

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

/* True while no control process is attached. */
bool programmer_is_alone(const struct dp *dp);

/* Derive what stands on interfaces and addresses that were changed: after a batch of commands. */
void programmer_derive(struct dp *dp);

/*
 * Carry out what waits in the command ring, up to a budget, and go on with a dump. Returns true
 * if there is more to do at once.
 */
bool programmer_poll(struct dp *dp);

/*
 * The state of a port (BW_EVT_PORT) or of a PPPoE client (BW_EVT_PPPOE) has changed: control is
 * told how it is, now or as soon as the ring has room. What changes again meanwhile is told once,
 * as it is then. Without a control process nobody is: it asks for everything when it attaches.
 */
void programmer_tell(struct dp *dp, uint16_t event, unsigned index);

/*
 * Send a notice, which is no state: a line of the log or of debugging. One that finds no room, or
 * no control process, is lost, and counted.
 */
void programmer_notice(struct dp *dp, const struct bw_msg *m);

/* A notice was not even sent: control is told how many there were. */
void programmer_lost(struct dp *dp);

#endif
