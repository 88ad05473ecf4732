/* SPDX-License-Identifier: BSD-3-Clause */
/* `arp A.B.C.D H.H.H arpa`: entries that are there for good, on the connected subnet they fit. */
#ifndef BW_CONTROL_STATIC_ARP_H
#define BW_CONTROL_STATIC_ARP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "control/core/core.h"

struct iface;
struct iface_table;

struct static_arp {
	TAILQ_ENTRY(static_arp) entry;
	struct dp_object obj; /* wanted: its subnet is there */
	bw_ip4 addr;
	uint8_t mac[6];
	uint16_t vrf;
	bool gone;
	struct iface *ifc; /* where the dataplane has it: a reference; NULL = nowhere */
};

struct arp_table {
	struct core *core;
	struct iface_table *ifaces;
	struct work work;
	struct watch iface_watch, addr_watch;
	TAILQ_HEAD(, static_arp) list;
};

/* It watches interfaces and their addresses. */
void arp_table_init(struct arp_table *t, struct core *core, struct iface_table *ifaces);
void arp_table_fini(struct arp_table *t);

/* Add or replace. 0 or -ENOMEM. */
int static_arp_set(struct arp_table *t, uint16_t vrf, bw_ip4 addr, const uint8_t mac[6]);
void static_arp_remove(struct arp_table *t, uint16_t vrf, bw_ip4 addr);

#endif
