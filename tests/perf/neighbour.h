/* SPDX-License-Identifier: BSD-3-Clause */
/* ARP (RFC 826) of the generator's two addresses: a host on each port, no more. */
#ifndef PERF_NEIGHBOUR_H
#define PERF_NEIGHBOUR_H

#include <rte_ether.h>
#include <rte_mbuf.h>
#include <stdbool.h>
#include <stdint.h>

struct neighbour {
	uint16_t port;
	uint16_t vlan; /* 0 = untagged */
	struct rte_ether_addr mac;
	uint32_t ip;	  /* host order; 0 = none, and then it is silent */
	uint32_t gateway; /* host order; whose MAC is looked for, 0 = nobody's */
	struct rte_ether_addr gateway_mac;
	bool resolved;
	uint64_t answered;
	struct rte_mempool *pool;
};

/* A frame that came in on the neighbour's port. It is looked at, not consumed. */
void neighbour_input(struct neighbour *n, const struct rte_mbuf *m);

/* Tell the link who we are (a gratuitous request, RFC 5227 section 3). */
void neighbour_announce(struct neighbour *n);

/* Ask for the gateway's MAC. */
void neighbour_ask(struct neighbour *n);

#endif
