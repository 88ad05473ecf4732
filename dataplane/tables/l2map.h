/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which interface a frame belongs to, by the port it came in on and its VLAN
 * tag. One map per Ethernet device, derived from the interfaces, immutable, and
 * replaced under RCU.
 */
#ifndef DATAPLANE_TABLES_L2MAP_H
#define DATAPLANE_TABLES_L2MAP_H

#include <stdint.h>

struct dp;

struct l2map {
	uint16_t switch_if;	/* a switch port: the bridge looks at its frames; else 0 */
	uint16_t untagged_if;	/* a routed port, or its native subinterface; 0 = none */
	uint16_t vlan_if[4096]; /* subinterfaces; 0 = none */
};

/* Derive the maps of the ports of dp->l2map_changed anew from dp->itf. 0 or -ENOMEM (the old maps
 * stay, and what is to be done). Main lcore only. */
int l2map_rebuild(struct dp *dp);

/* Free all maps. No worker may be left. */
void l2map_free(struct dp *dp);

#endif
