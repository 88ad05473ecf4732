/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <string.h>

#include "l3/l4.h"

static void read_header(const uint8_t *at, uint32_t len, struct l4_info *l4)
{
	const struct l4_icmp *icmp = (const void *)at;
	const struct l4_tcp *tcp = (const void *)at;
	uint32_t need;

	need = l4->proto == IPPROTO_TCP	   ? sizeof(struct l4_tcp)
	       : l4->proto == IPPROTO_UDP  ? sizeof(struct l4_udp)
	       : l4->proto == IPPROTO_ICMP ? sizeof(struct l4_icmp)
					   : 0;
	if (need == 0)
		return;
	if (len < need) {
		l4->flags |= L4_F_SHORT;
		return;
	}
	l4->flags |= L4_F_HEADER;
	if (l4->proto == IPPROTO_ICMP) {
		l4->icmp_type = icmp->type;
		l4->icmp_code = icmp->code;
		return;
	}
	l4_set_ports(l4, tcp->sport, tcp->dport);
	if (l4->proto == IPPROTO_TCP)
		l4->tcp_flags = tcp->flags;
}

int l4_parse(const void *ip, uint32_t len, struct l4_info *l4)
{
	const struct l4_ip4 *h = ip;
	uint32_t ihl, total;
	uint16_t frag;

	memset(l4, 0, sizeof(*l4));
	if (len < sizeof(*h) || h->version_ihl >> 4 != 4)
		return -EINVAL;
	ihl = (h->version_ihl & 15) * 4;
	total = ntohs(h->length);
	if (ihl < sizeof(*h) || ihl > len || total < ihl)
		return -EINVAL;
	frag = ntohs(h->frag);
	l4->src = h->src;
	l4->dst = h->dst;
	l4->proto = h->proto;
	l4->offset = ihl;
	l4->length = total - ihl;
	if (frag & L4_FRAG_MF)
		l4->flags |= L4_F_MORE;
	if (frag & L4_FRAG_OFFSET)
		l4->flags |= L4_F_FRAGMENT;
	else
		read_header((const uint8_t *)ip + ihl, (total < len ? total : len) - ihl, l4);
	return 0;
}
