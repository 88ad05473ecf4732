/* SPDX-License-Identifier: BSD-3-Clause */
#include "nat/pkt.h"

static void classify_icmp(struct nat_pkt *p, const struct l4_info *l4)
{
	const struct l4_icmp *icmp = (const void *)(p->ip + l4->offset);

	p->kind = l4_icmp_is_query(l4->icmp_type)   ? NAT_K_ICMP
		  : l4_icmp_is_error(l4->icmp_type) ? NAT_K_ERROR
						    : NAT_K_ODD;
	p->sport = p->dport = p->kind == NAT_K_ICMP ? icmp->id : 0;
}

/* Everything but whole TCP and UDP packets without options. Sets ports to those of the flow. */
void nat_classify_slow(struct nat_pkt *p)
{
	struct l4_info l4;

	if (l4_parse(p->ip, p->len, &l4)) {
		nat_pkt_drop(p, BW_DROP_NAT_MALFORMED);
		return;
	}
	p->l4 = l4.offset;
	p->tcp_flags = l4.tcp_flags;
	if (l4.flags & L4_F_FRAGMENT) {
		bool ported = l4.proto == IPPROTO_TCP || l4.proto == IPPROTO_UDP ||
			      l4.proto == IPPROTO_ICMP;

		p->kind = !ported || p->flags & NAT_P_PORTS ? NAT_K_ADDR : NAT_K_BLIND;
		if (!ported || p->kind == NAT_K_BLIND)
			p->sport = p->dport = 0;
		else if (l4.proto == IPPROTO_ICMP && p->dport == NAT_ICMP_ERROR_MARK)
			nat_pkt_drop(p, BW_DROP_NAT_UNSUPPORTED);
		else if (l4.proto == IPPROTO_ICMP)
			p->dport = p->sport;
	} else if (l4.flags & L4_F_SHORT) {
		p->kind = NAT_K_SHORT;
		p->sport = p->dport = 0;
	} else if (l4.proto == IPPROTO_ICMP) {
		classify_icmp(p, &l4);
	} else {
		p->kind = l4.proto == IPPROTO_TCP   ? NAT_K_TCP
			  : l4.proto == IPPROTO_UDP ? NAT_K_UDP
						    : NAT_K_ADDR;
		p->sport = l4.sport;
		p->dport = l4.dport;
	}
}
