/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The switch: VLANs, their member ports, and the MAC address table.
 *
 * Which port is in which VLAN is derived from the switch-port interfaces and the SVIs into one
 * immutable struct that workers read and the main lcore swaps (bridge_rebuild()). A worker that
 * sees an unknown source address tells the main lcore by its own ring; the main lcore alone
 * enters, moves and ages addresses (bridge_poll()).
 *
 * There is no spanning tree. Frames to 01:80:c2:00:00:0x (IEEE 802.1Q, 8.6.3) and to
 * 01:00:0c:cc:cc:cc (CDP, VTP) are not passed on.
 */
#ifndef DATAPLANE_L2_BRIDGE_H
#define DATAPLANE_L2_BRIDGE_H

#include <rte_graph.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include "api/msg.h"
#include "tables/mac.h"

struct dp;
struct worker;

#define BRIDGE_MAX_MACS	  8192
#define BRIDGE_AGING	  300 /* seconds: `mac address-table aging-time` */
#define BRIDGE_VLANS	  4096
#define BRIDGE_LEARN_RING 1024 /* addresses that wait for the main lcore, per worker */
#define BRIDGE_ASKED	  64

/* Edges of `bridge`; `bridge_out` has the first two of them. */
enum bridge_edge {
	BRIDGE_EDGE_DROP,
	BRIDGE_EDGE_PORT_TX,
	BRIDGE_EDGE_IP4_INPUT,
	BRIDGE_EDGE_PUNT,
	BRIDGE_EDGE_MAX,
};

/* Ports are bits: bit n is port n of platform.conf. */
struct bridge_vlan {
	uint64_t svi_mac;  /* mac_bits(); 0 = no SVI */
	uint32_t members;  /* ports that carry this VLAN and are not shut down */
	uint32_t linked;   /* members with a link: frames go out by these */
	uint32_t untagged; /* members that carry it without a tag */
	uint16_t svi_if;
	uint8_t svi_vrf;
	bool svi_up;
};

struct bridge_conf {
	uint8_t port_of_if[BW_MAX_IFS]; /* BRIDGE_NO_PORT: not a switch port that is up */
	uint16_t pvid[BW_MAX_PORTS];	/* VLAN of a frame without a tag */
	struct bridge_vlan vlan[BRIDGE_VLANS];
};

#define BRIDGE_NO_PORT 0xff

/* What a worker tells the main lcore: `key` came in on `port`. */
struct bridge_sighting {
	uint64_t key;
	uint16_t port;
	uint16_t round; /* of the bridge, when it was told */
	uint32_t seen;
};

/* A worker's own. */
struct bridge_learner {
	_Alignas(64) struct rte_ring *ring;
	uint64_t lost; /* sightings that found the ring full */
	/* What was told this second and round, so that a burst of one source takes one place in the
	 * ring. */
	struct bridge_sighting asked[BRIDGE_ASKED];
};

struct bridge {
	const struct bridge_conf *conf; /* swapped whole, freed through RCU */
	struct mac_table *macs;
	_Atomic uint16_t
		round; /* how often addresses were forgotten: what was told before is void */
	unsigned n_learners;
	struct bridge_learner *learner; /* [n_learners]: by worker id */
};

/* Copies of a flooded frame, each to go out by meta->out_port: all take BRIDGE_EDGE_PORT_TX. */
struct bridge_copies {
	unsigned n;
	struct rte_mbuf *m[BW_MAX_PORTS];
};

_Static_assert(BW_MAX_PORTS <= 32, "ports are bits of a uint32_t");
_Static_assert(sizeof(struct bridge_sighting) == 16, "an element of the ring");

/* ---- main lcore ---- */

/* Make dp->bridge for dp->n_workers workers. 0 or negative errno. */
int bridge_create(struct dp *dp);

/* Workers must have stopped. */
void bridge_destroy(struct dp *dp);

/*
 * Read dp->itf[] anew, after any interface was set, removed or given VLANs or an address, or got
 * or lost its link. Forgets addresses behind ports that left their VLAN or have no link, and the
 * SVIs' neighbours there. 0, or -ENOMEM: then all is as it was.
 */
int bridge_rebuild(struct dp *dp);

/* True if a port with a link carries the VLAN. */
bool bridge_has_link(const struct bridge *br, uint16_t vlan);

/* The port behind which an address was seen in the VLAN, or MAC_NO_PORT. */
uint16_t bridge_port_of(const struct bridge *br, uint16_t vlan, const uint8_t mac[6]);

/* Enter what the workers saw, and age. About ten times a second. */
void bridge_poll(struct dp *dp);

/* Forget all learnt addresses. */
void bridge_mac_clear(struct dp *dp);

/* The next row of the address table from *cursor (0 at first). False at the end. */
bool bridge_mac_dump_next(struct dp *dp, uint32_t *cursor, struct bw_mac *row);

/* ---- workers ---- */

/*
 * A frame that came in on switch port meta->in_if, data at the Ethernet header. Returns its edge:
 *  - PORT_TX: a frame as it goes on the wire, for meta->out_port;
 *  - IP4_INPUT, PUNT: for the SVI. Data at the layer-3 header; meta->in_if, vrf and vlan are the
 *    SVI's, PKT_F_L2_BCAST is set or clear, all other flags are clear;
 *  - DROP: meta->drop says why.
 * A flooded frame's copies for further ports are put into `copies`, which the caller empties.
 */
rte_edge_t bridge_input(struct worker *w, struct rte_mbuf *m, struct bridge_copies *copies);

/* An untagged frame of the SVI of VLAN meta->vlan. PORT_TX or DROP, as bridge_input(). */
rte_edge_t bridge_output(struct worker *w, struct rte_mbuf *m, struct bridge_copies *copies);

#endif
