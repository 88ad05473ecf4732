/* SPDX-License-Identifier: BSD-3-Clause */
/* `arp A.B.C.D H.H.H arpa`: entries that are there for good, on the connected subnet they fit. */
#ifndef BW_CONTROL_STATIC_ARP_H
#define BW_CONTROL_STATIC_ARP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "control/core/dataplane_link.h"

struct control;
struct iface;

struct static_arp {
	TAILQ_ENTRY(static_arp) entry;
	struct dp_object obj;
	bw_ip4 addr;
	uint8_t mac[6];
	uint16_t vrf;
	bool gone;
	struct iface *ifc; /* where the dataplane has it: a reference; NULL = nowhere */
};

struct arp_table {
	struct control *ctl;
	TAILQ_HEAD(, static_arp) list;
	bool changed;
};

void arp_table_init(struct arp_table *t, struct control *ctl);
void arp_table_fini(struct arp_table *t);

/* Add or replace. 0 or -ENOMEM. */
int static_arp_set(struct arp_table *t, uint16_t vrf, bw_ip4 addr, const uint8_t mac[6]);
void static_arp_remove(struct arp_table *t, uint16_t vrf, bw_ip4 addr);

/* Put entries where their subnet is now. */
void static_arp_settle(struct arp_table *t);
void static_arp_replay(struct arp_table *t);

#endif
