/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The headers that NAT, access lists, virtual reassembly and MSS adjustment look
 * at, and one bounds-checked way to find them. Plain C: no DPDK.
 */
#ifndef DATAPLANE_L3_L4_H
#define DATAPLANE_L3_L4_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/* As on the wire; an IPv4 header in a frame is aligned to two bytes only. */
struct l4_ip4 {
	uint8_t version_ihl, tos;
	uint16_t length, id, frag;
	uint8_t ttl, proto;
	uint16_t check;
	uint32_t src, dst;
} __attribute__((packed, may_alias));

struct l4_tcp {
	uint16_t sport, dport;
	uint32_t seq, ack;
	uint8_t offset, flags;
	uint16_t window, check, urgent;
} __attribute__((packed, may_alias));

struct l4_udp {
	uint16_t sport, dport, length, check;
} __attribute__((packed, may_alias));

struct l4_icmp {
	uint8_t type, code;
	uint16_t check, id, seq;
} __attribute__((packed, may_alias));

#define L4_FRAG_MF     0x2000
#define L4_FRAG_OFFSET 0x1fff

enum l4_tcp_flags {
	L4_TCP_FIN = 0x01,
	L4_TCP_SYN = 0x02,
	L4_TCP_RST = 0x04,
	L4_TCP_ACK = 0x10,
};

enum l4_icmp_type {
	L4_ICMP_ECHO_REPLY = 0,
	L4_ICMP_UNREACHABLE = 3,
	L4_ICMP_QUENCH = 4,
	L4_ICMP_REDIRECT = 5,
	L4_ICMP_ECHO = 8,
	L4_ICMP_TIME_EXCEEDED = 11,
	L4_ICMP_PARAMETER = 12,
	L4_ICMP_TIMESTAMP = 13,
	L4_ICMP_TIMESTAMP_REPLY = 14,
	L4_ICMP_INFO = 15,
	L4_ICMP_INFO_REPLY = 16,
	L4_ICMP_MASK = 17,
	L4_ICMP_MASK_REPLY = 18,
};

enum l4_flags {
	L4_F_PORTS = 1 << 0,	/* sport and dport are known (TCP, UDP) */
	L4_F_HEADER = 1 << 1,	/* the fixed part of the TCP, UDP or ICMP header is there */
	L4_F_FRAGMENT = 1 << 2, /* not the first fragment */
	L4_F_MORE = 1 << 3,	/* more fragments follow */
	L4_F_SHORT = 1 << 4,	/* the header should be there and is cut */
};

struct l4_info {
	uint32_t src, dst; /* network byte order, as the ports */
	uint16_t sport, dport;
	uint16_t offset; /* of the transport header from the IPv4 header */
	uint16_t length; /* bytes from there to the end of the packet */
	uint8_t proto;
	uint8_t flags; /* enum l4_flags */
	uint8_t tcp_flags;
	uint8_t icmp_type, icmp_code;
};

/*
 * Look at the packet whose IPv4 header is at ip, with len contiguous bytes there (of a chain
 * of buffers, the first one's). -EINVAL if the header is not sound or is longer than len; a
 * total length beyond len is taken for a chain, and only what is within len is looked at.
 */
int l4_parse(const void *ip, uint32_t len, struct l4_info *l4);

/* The ports of a fragment's datagram, found by virtual reassembly. */
static inline void l4_set_ports(struct l4_info *l4, uint16_t sport, uint16_t dport)
{
	if (l4->proto != IPPROTO_TCP && l4->proto != IPPROTO_UDP)
		return;
	l4->sport = sport;
	l4->dport = dport;
	l4->flags |= L4_F_PORTS;
}

/* A message that carries a query's id, so that the answer can be told. */
static inline bool l4_icmp_is_query(uint8_t type)
{
	const uint32_t queries = 1u << L4_ICMP_ECHO_REPLY | 1u << L4_ICMP_ECHO |
				 1u << L4_ICMP_TIMESTAMP | 1u << L4_ICMP_TIMESTAMP_REPLY |
				 1u << L4_ICMP_INFO | 1u << L4_ICMP_INFO_REPLY |
				 1u << L4_ICMP_MASK | 1u << L4_ICMP_MASK_REPLY;

	return type < 32 && queries >> type & 1;
}

/* The half of those that asks. */
static inline bool l4_icmp_is_request(uint8_t type)
{
	return type == L4_ICMP_ECHO || type == L4_ICMP_TIMESTAMP || type == L4_ICMP_INFO ||
	       type == L4_ICMP_MASK;
}

/* A message that quotes the packet it is about. */
static inline bool l4_icmp_is_error(uint8_t type)
{
	const uint32_t errors = 1u << L4_ICMP_UNREACHABLE | 1u << L4_ICMP_QUENCH |
				1u << L4_ICMP_REDIRECT | 1u << L4_ICMP_TIME_EXCEEDED |
				1u << L4_ICMP_PARAMETER;

	return type < 32 && errors >> type & 1;
}

#endif
