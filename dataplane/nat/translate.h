/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Translation of packets, a burst at a time. It works on headers in place and
 * says for each packet what is to become of it; it owns no packet. No DPDK.
 */
#ifndef DATAPLANE_NAT_TRANSLATE_H
#define DATAPLANE_NAT_TRANSLATE_H

#include "l3/l4.h"
#include "nat/shard.h"

#define NAT_BURST 64

enum nat_verdict {
	NAT_PENDING, /* only within a burst */
	NAT_PASS,    /* goes on as it is */
	NAT_DONE,    /* goes on, translated */
	NAT_HAND,    /* belongs to worker pkt->owner */
	NAT_BIND,    /* the same, with NAT_P_BIND: its host needs an address of its own */
	NAT_DROP,    /* for pkt->drop */
};

enum nat_pkt_flags {
	NAT_P_PORTS = 1 << 0, /* a fragment whose datagram's sport and dport are given */
	NAT_P_LOCAL = 1 << 1, /* the router's own */
	NAT_P_BIND = 1 << 2,  /* comes for its host's binding, see NAT_BIND */
	NAT_P_SKIP = 1 << 3,  /* not to be looked at: NAT_PASS */
};

enum nat_kind {
	NAT_K_TCP,
	NAT_K_UDP,
	NAT_K_ICMP,  /* a query or its answer */
	NAT_K_ADDR,  /* only the addresses are translated: other protocols, fragments */
	NAT_K_ERROR, /* ICMP error: the packet it quotes tells the flow */
	NAT_K_BLIND, /* a fragment whose ports nobody knows */
	NAT_K_SHORT, /* its transport header is cut */
	NAT_K_ODD,   /* an ICMP message that is neither a query nor an error */
};

/* sport of a fragment of an ICMP error, with dport NAT_ICMP_ERROR_MARK */
#define NAT_ICMP_ERROR_MARK 0xffff

struct nat_pkt {
	/* the caller's */
	uint8_t *ip;	       /* IPv4 header */
	uint32_t len;	       /* contiguous bytes there */
	uint16_t sport, dport; /* NAT_P_PORTS; network order; rewritten with the packet */
	uint8_t flags;	       /* enum nat_pkt_flags */
	uint8_t vrf;	       /* of the packet; becomes the inside's on the way in */
	uint8_t out_vrf;       /* in2out: of the interface it leaves by */
	uint16_t out_if;       /* in2out: that interface */
	/* the answer */
	uint8_t verdict; /* enum nat_verdict */
	uint8_t drop;	 /* enum bw_drop */
	uint8_t owner;
	/* within the burst */
	uint8_t kind; /* enum nat_kind */
	uint8_t tcp_flags;
	uint8_t l4;  /* offset of the transport header */
	uint32_t id; /* candidate */
	struct nat_key key;
	uint64_t hash;
};

/* Translate n packets (at most NAT_BURST) that leave by an outside interface ... */
void nat_in2out(struct nat_shard *sh, struct nat_pkt *pkt, unsigned n);

/* ... that came in by an outside interface. Between nat_shard_begin() and the next one. */
void nat_out2in(struct nat_shard *sh, struct nat_pkt *pkt, unsigned n);

/*
 * Take back what nat_in2out() (dir NAT_OUT) or nat_out2in() (NAT_IN) did to a packet, for an ICMP
 * error about it. pkt->vrf is the one that the packet went to, and becomes the one it came from.
 * The verdict is NAT_DONE; NAT_PASS if no session translated it; NAT_HAND if pkt->owner has the
 * session; NAT_DROP if it was translated and the session has gone since.
 */
void nat_undo(struct nat_shard *sh, struct nat_pkt *pkt, enum nat_dir dir);

/* icmp.c: an ICMP error, kind NAT_K_ERROR. Sets verdict, drop, owner. */
void nat_icmp_error(struct nat_shard *sh, struct nat_pkt *pkt, enum nat_dir dir);

/* True if a static or dynamic rule would translate this on the way out that the packet takes. */
bool nat_is_inside(struct nat_shard *sh, const struct nat_pkt *pkt, const struct l4_info *l4);

#endif
