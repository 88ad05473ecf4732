/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sessions as workers see them: the map of path.h for what comes in, and the adjacencies of
 * Dialers for what goes out. Main lcore only.
 */
#ifndef DATAPLANE_PPPOE_PPPOE_PATH_H
#define DATAPLANE_PPPOE_PPPOE_PATH_H

#include "pppoe/path.h"

struct dp;

/* An adjacency of control's through a Dialer. */
struct pppoe_bound {
	uint32_t adj_id;
	uint16_t dialer;
};

struct pppoe_paths {
	struct pppoe_path path[BW_MAX_PPPOE]; /* by client; key 0 = no session */
	struct pppoe_bound *bound;
	uint32_t n_bound;
};

/*
 * The session of a client is so from now on: key 0 for none. Workers see it once this returns;
 * -ENOMEM: they see none.
 */
int pppoe_path_set(
	struct dp *dp, struct pppoe_paths *p, uint32_t client, const struct pppoe_path *path);

/* An adjacency through a Dialer; 0 or -ENOMEM. */
int pppoe_path_bind(struct dp *dp, struct pppoe_paths *p, uint32_t adj_id, uint16_t dialer);
void pppoe_path_unbind(struct pppoe_paths *p, uint32_t adj_id);

/* Free all. No worker may be left. */
void pppoe_paths_free(struct dp *dp, struct pppoe_paths *p);

#endif
