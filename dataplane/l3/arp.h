/* SPDX-License-Identifier: BSD-3-Clause */
/* ARP packets (RFC 826): reading and writing them. Main lcore only. */
#ifndef DATAPLANE_L3_ARP_H
#define DATAPLANE_L3_ARP_H

#include <rte_ether.h>
#include <stdbool.h>

#include "api/msg.h"

struct dp;
struct itf;
struct rte_mbuf;

/* True if the address is in a subnet of the interface (aliases aside) and not our own. */
bool arp_on_subnet(const struct itf *itf, bw_ip4 addr);

/* Ask for an address: by broadcast, or of `to` alone. */
void arp_send_request(
	struct dp *dp, const struct itf *itf, bw_ip4 addr, const struct rte_ether_addr *to);

/* RFC 5227 3: an announcement of our own address. */
void arp_send_announcement(struct dp *dp, const struct itf *itf, bw_ip4 addr);

/* An ARP frame came in; its data at the ARP header. Takes the mbuf. */
void arp_input(struct dp *dp, struct rte_mbuf *m);

#endif
