/* SPDX-License-Identifier: BSD-3-Clause */
/* Why packets are dropped. Every dropped packet counts under exactly one of these. */
#ifndef BW_API_DROPS_H
#define BW_API_DROPS_H

enum bw_drop {
	BW_DROP_NONE, /* never counted; a packet dropped with it is a bug */
	/* layer 2 */
	BW_DROP_L2_SHORT,
	BW_DROP_L2_NOT_FOR_US,
	BW_DROP_L2_UNKNOWN_TYPE,
	BW_DROP_L2_VLAN,       /* no such VLAN on this port */
	BW_DROP_L2_BAD_SOURCE, /* multicast or zero source MAC */
	BW_DROP_L2_SAME_PORT,  /* its way out is its way in */
	BW_DROP_IF_DOWN,
	BW_DROP_NO_IP, /* the interface has no IPv4 address */
	BW_DROP_ARP_BAD,
	/* IPv4 */
	BW_DROP_IP4_SHORT,
	BW_DROP_IP4_VERSION,
	BW_DROP_IP4_IHL,
	BW_DROP_IP4_LENGTH,
	BW_DROP_IP4_CHECKSUM,
	BW_DROP_IP4_SOURCE, /* martian source */
	BW_DROP_IP4_DEST,   /* martian destination */
	BW_DROP_IP4_MULTICAST,
	BW_DROP_IP4_SOURCE_ROUTE,
	BW_DROP_IP4_TTL,
	BW_DROP_IP4_NO_ROUTE,
	BW_DROP_IP4_NULL0,
	BW_DROP_IP4_BROADCAST, /* directed broadcast from elsewhere */
	BW_DROP_IP4_LAND,      /* source is our own address */
	BW_DROP_IP4_DF,	       /* too big and DF */
	BW_DROP_IP4_FRAGMENT,  /* could not be fragmented */
	BW_DROP_IP4_NO_PROTO,  /* for us, and nobody takes it */
	BW_DROP_ADJ_DROP,
	BW_DROP_ADJ_GONE, /* its adjacency led elsewhere when its turn came */
	BW_DROP_ACL_IN,
	BW_DROP_ACL_OUT,
	BW_DROP_ARP_QUEUE,   /* the neighbour's waiting queue is full */
	BW_DROP_ARP_TIMEOUT, /* the neighbour did not answer */
	BW_DROP_ARP_RATE,    /* too many unknown neighbours at once */
	/* PPPoE */
	BW_DROP_PPPOE_HEADER,	 /* RFC 2516 4: version, type, code or length */
	BW_DROP_PPPOE_SESSION,	 /* of no session of ours, or from another than its server */
	BW_DROP_PPPOE_DISCOVERY, /* malformed, or not an answer to us */
	BW_DROP_PPPOE_DOWN,	 /* IPv4 while IPCP is not open, either way; PPP out of its phase */
	BW_DROP_PPP_BAD,	 /* a malformed LCP, PAP, CHAP or IPCP packet */
	BW_DROP_PPP_RATE,	 /* the server makes the PPPoE client say too much */
	/* virtual reassembly */
	BW_DROP_VFR_OVERLAP,
	BW_DROP_VFR_FULL,
	BW_DROP_VFR_TOO_MANY,
	BW_DROP_VFR_TIMEOUT,
	BW_DROP_VFR_FORBIDDEN, /* drop-fragments */
	BW_DROP_VFR_TINY,      /* first fragment without its ports (RFC 1858) */
	/* NAT */
	BW_DROP_NAT_NO_PORT,
	BW_DROP_NAT_TABLE_FULL,
	BW_DROP_NAT_HOST_LIMIT,
	BW_DROP_NAT_MALFORMED,
	BW_DROP_NAT_ICMP_UNMATCHED,
	BW_DROP_NAT_UNSUPPORTED,
	/* ICMP that was not sent */
	BW_DROP_ICMP_RATE,
	BW_DROP_ICMP_FORBIDDEN, /* no error about an error, a broadcast, a fragment */
	BW_DROP_ICMP_BAD,
	/* queues */
	BW_DROP_PUNT_FULL,
	BW_DROP_HANDOFF_FULL,
	BW_DROP_HOST_FULL,
	BW_DROP_TX_FULL,
	BW_DROP_NO_MBUF,
	BW_DROP_MAX = 128,
};

/* "ip4 bad checksum" and so on; never NULL. */
const char *bw_drop_text(unsigned reason);

#endif
