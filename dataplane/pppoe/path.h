/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What workers know of PPPoE: which session a frame is of. One small map for all sessions,
 * immutable once published and replaced whole under RCU.
 */
#ifndef DATAPLANE_PPPOE_PATH_H
#define DATAPLANE_PPPOE_PATH_H

#include <rte_byteorder.h>
#include <stdbool.h>
#include <stdint.h>

#include "api/msg.h"

/* RFC 2516 4, and the PPP protocol that follows it (RFC 1661 2). */
struct pppoe_header {
	uint8_t ver_type; /* 0x11 */
	uint8_t code;	  /* 0 in a session */
	rte_be16_t session;
	rte_be16_t length; /* of what follows: the protocol and its data */
	rte_be16_t protocol;
} __attribute__((packed));

_Static_assert(sizeof(struct pppoe_header) == 8, "as on the wire");

#define PPPOE_VER_TYPE	     0x11
#define PPPOE_PROTOCOL_BYTES 2
#define PPP_PROTOCOL_IPV4    0x0021

#define PPPOE_PATHS (2 * BW_MAX_PPPOE) /* a power of two, never more than half full */

struct pppoe_path {
	uint32_t key; /* Ethernet interface << 16 | session id; 0 = empty */
	uint16_t dialer;
	uint8_t client;
	bool open; /* IPv4 may pass */
	uint16_t vrf;
	uint8_t server[6];
};

struct pppoe_map {
	struct pppoe_path slot[PPPOE_PATHS];
};

static inline uint32_t pppoe_key(uint16_t under_if, uint16_t session)
{
	return (uint32_t)under_if << 16 | session;
}

static inline uint32_t pppoe_first_slot(uint32_t key)
{
	return (key * UINT32_C(0x9e3779b1)) >> 16 & (PPPOE_PATHS - 1);
}

/* The session with that key, or NULL. map may be NULL. */
static inline const struct pppoe_path *pppoe_find(const struct pppoe_map *map, uint32_t key)
{
	uint32_t i = pppoe_first_slot(key);

	while (map && map->slot[i].key) {
		if (map->slot[i].key == key)
			return &map->slot[i];
		i = (i + 1) & (PPPOE_PATHS - 1);
	}
	return NULL;
}

#endif
