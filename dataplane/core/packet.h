/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the dataplane knows of a packet besides its bytes: a 24-byte struct in
 * the mbuf's dynamic field, valid from `ethernet` (or the inbox) to `port_tx`.
 *
 * The mbuf's data starts at the header that the current node works on: at the
 * Ethernet header up to `ethernet` and from `ip4_output` on, at the IPv4 header
 * between them. PPPoE's frames keep their Ethernet header up to `pppoe_session`.
 */
#ifndef DATAPLANE_CORE_PACKET_H
#define DATAPLANE_CORE_PACKET_H

#include <rte_ip.h>
#include <rte_mbuf.h>

#include "api/drops.h"
#include "api/msg.h"

enum pkt_flags {
	PKT_F_LOCAL = 1 << 0,	   /* made by the router itself: TTL is not touched */
	PKT_F_L2_BCAST = 1 << 1,   /* came in a broadcast or multicast frame */
	PKT_F_L4_KNOWN = 1 << 2,   /* a fragment: l4_src and l4_dst hold its datagram's ports */
	PKT_F_FRAGMENT = 1 << 3,   /* not the first fragment: there is no layer-4 header */
	PKT_F_NAT_OUT2IN = 1 << 4, /* translated on its way in */
	PKT_F_ICMP_ERROR = 1 << 5, /* an ICMP error of our own making */
	PKT_F_NAT_BIND = 1 << 6,   /* at another worker for its host's global address only */
	PKT_F_NAT_PASSED = 1 << 7, /* with an ICMP error: it is past nat_in2out */
};

struct pkt_meta {
	union {
		uint32_t adj;	 /* adjacency id, after the lookup */
		uint32_t client; /* PUNT_PPP: the PPPoE client whose session it is of */
	};
	uint16_t in_if; /* interface it came in on; 0 for the router's own */
	uint16_t out_if;
	uint16_t flags;		 /* enum pkt_flags */
	uint16_t adj_generation; /* of adj, when it leaves the worker that looked it up (inbox.c) */
	union {
		uint16_t l4_src; /* see PKT_F_L4_KNOWN; network byte order; ICMP: id */
		uint16_t l2_len; /* PPPoE up to `pppoe_session`: bytes before its header */
	};
	union {
		uint16_t l4_dst; /* ICMP: 0 */
		uint16_t vlan;	 /* layer 2: the VLAN it is in */
	};
	union {
		uint16_t icmp_arg; /* MTU of a fragmentation-needed */
		uint16_t out_port; /* `port_tx`: the port */
	};
	uint8_t vrf;
	uint8_t drop;		      /* enum bw_drop, set by the node that sends it to `drop` */
	uint8_t entry;		      /* enum inbox_entry: where it goes on at another worker */
	uint8_t punt;		      /* enum punt_reason; in `handoff`: the worker */
	uint8_t icmp_type, icmp_code; /* the error that `icmp_error` is to send */
};

_Static_assert(sizeof(struct pkt_meta) == 24, "leaves room for drivers' timestamps");
_Static_assert(BW_MAX_VRFS <= 256 && BW_MAX_WORKERS <= 256, "vrf and punt are bytes");

/* Last 24 bytes of the mbuf: a constant, so that no node has to load an offset. */
#define PKT_META_OFFSET 104
_Static_assert(PKT_META_OFFSET >= offsetof(struct rte_mbuf, dynfield1) &&
		       PKT_META_OFFSET + sizeof(struct pkt_meta) <= sizeof(struct rte_mbuf),
	"inside the dynamic field");

static inline struct pkt_meta *pkt_meta(struct rte_mbuf *m)
{
	return RTE_PTR_ADD(m, PKT_META_OFFSET);
}

static inline struct rte_ipv4_hdr *pkt_ip4(struct rte_mbuf *m)
{
	return rte_pktmbuf_mtod(m, struct rte_ipv4_hdr *);
}

/* Register the dynamic field. 0 or negative errno. Once, after rte_eal_init(). */
int pkt_meta_register(void);

#endif
