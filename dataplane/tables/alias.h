/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Addresses that are answered in ARP and nothing else: NAT's globals on a connected subnet, of
 * which there may be thousands. Setting, removing and finding one costs the same however many
 * there are. Main lcore only.
 */
#ifndef DATAPLANE_TABLES_ALIAS_H
#define DATAPLANE_TABLES_ALIAS_H

#include <stdbool.h>

#include "api/msg.h"

struct alias {
	bw_ip4 addr;
	uint16_t if_id;
	uint8_t epoch; /* of the last time it was set */
	bool announce; /* still to be announced, see announce.h */
	uint32_t next; /* 1 + the index of the next one in its bucket; 0 = none */
};

/* All zeros is a table without aliases. */
struct alias_table {
	struct alias *item; /* owned; in no order */
	uint32_t *head;	    /* owned; a power of two of buckets: 1 + index */
	uint32_t n, size;   /* items, and room for them, which is the number of buckets, too */
};

void alias_free_all(struct alias_table *t);

/* BW_OK with *is_new, BW_E_FULL or BW_E_NO_MEMORY. `epoch` stamps it, new or not. */
int alias_set(struct alias_table *t, uint16_t if_id, bw_ip4 addr, uint8_t epoch, bool *is_new);

/* BW_OK or BW_E_NO_OBJECT. */
int alias_del(struct alias_table *t, uint16_t if_id, bw_ip4 addr);

/* All of an interface; those of another epoch. */
void alias_del_itf(struct alias_table *t, uint16_t if_id);
void alias_sweep(struct alias_table *t, uint8_t epoch);

bool alias_is(const struct alias_table *t, uint16_t if_id, bw_ip4 addr);

#endif
