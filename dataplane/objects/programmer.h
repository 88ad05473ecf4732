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

/* Derive what stands on interfaces and addresses that were changed: after a batch of commands. */
void programmer_derive(struct dp *dp);

/*
 * Carry out what waits in the command ring, up to a budget, and go on with a dump. Returns true
 * if there is more to do at once.
 */
bool programmer_poll(struct dp *dp);

#endif
