/* SPDX-License-Identifier: BSD-3-Clause */
/* What pppoe.c and pppoe_input.c share. Main lcore only. */
#ifndef DATAPLANE_PPPOE_PPPOE_PRIVATE_H
#define DATAPLANE_PPPOE_PPPOE_PRIVATE_H

#include "pppoe/client.h"
#include "pppoe/pppoe_alone.h"
#include "pppoe/pppoe_path.h"

struct dp;

struct pppoe_slot {
	struct dp *dp;
	struct pppoe_client *client; /* NULL = there is none of this id */
	uint8_t epoch;
	struct pppoe_alone alone;
	bool changed; /* to be looked at when the client's function has returned */
};

struct pppoe {
	struct pppoe_slot slot[BW_MAX_PPPOE];
	struct pppoe_text staged[BW_PPPOE_TEXTS]; /* for the client `staged_for` */
	uint32_t staged_for;			  /* 0 = none */
	struct pppoe_paths paths;
	uint32_t debug;
	uint64_t stray_at; /* ms; when the next PADT for a stranger may go */
};

/* The client of that id, or NULL. */
struct pppoe_slot *pppoe_slot_of(struct dp *dp, uint32_t client_id);

static inline const struct bw_pppoe *pppoe_conf_of(const struct pppoe_slot *s)
{
	return &pppoe_client_conf(s->client)->set;
}

/* After every call of a client's function: workers, and then control, follow. */
void pppoe_settle(struct pppoe_slot *s);

#endif
