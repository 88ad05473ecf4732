/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a session means for addresses and routes while control is away. With control there, that is
 * control's; without, a session that comes up with another address must forward all the same: the
 * Dialer's address (and with it NAT's), what is for the router itself, the routes to the peer and
 * through it, and the MTU. When control is back it sets all of this again, and what is the
 * dataplane's own goes. Main lcore only.
 */
#ifndef DATAPLANE_PPPOE_PPPOE_ALONE_H
#define DATAPLANE_PPPOE_PPPOE_ALONE_H

#include "pppoe/pppoe_path.h"

/* Of one client. */
struct pppoe_alone {
	bw_ip4 peer;  /* of the last session that was up; 0: none */
	uint16_t vrf; /* of the routes below */
	uint32_t adj; /* an adjacency through the Dialer, for routes of the dataplane's own; 0: none
		       */
};

/* The session is so, with control there: it does the rest. */
void pppoe_alone_note(struct pppoe_alone *a, const struct bw_pppoe_state *state);

/*
 * The same without control. Addresses are stamped with `epoch`. What cannot be set for want of
 * memory is left as it was.
 */
void pppoe_alone_apply(struct dp *dp, struct pppoe_paths *paths, struct pppoe_alone *a,
	const struct bw_pppoe *conf, const struct bw_pppoe_state *state, uint8_t epoch);

/* Control has set everything again, or the client goes: no route or adjacency stays ours. */
void pppoe_alone_end(struct dp *dp, struct pppoe_paths *paths, struct pppoe_alone *a);

#endif
