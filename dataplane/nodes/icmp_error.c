/* SPDX-License-Identifier: BSD-3-Clause */
/* Sends ICMP errors about packets that the router does not forward. */
#include <rte_icmp.h>

#include "nodes/icmp.h"
#include "nodes/nat_undo.h"
#include "nodes/node.h"

#define ERROR_TTL     255
#define ERROR_TOS     0xc0 /* precedence 6, internetwork control (RFC 1812 4.3.2.5) */
#define HEADERS	      (sizeof(struct rte_ipv4_hdr) + sizeof(struct rte_icmp_hdr))
#define MAX_QUOTE     (ICMP_ERROR_MAX - HEADERS)
#define UNREACH_PER_S 2
#define ERRORS_PER_S  100
#define ERRORS_BURST  50

/* ICMP messages that are no errors: an error about them may be sent. */
static bool is_icmp_query(uint8_t type)
{
	switch (type) {
	case ICMP_ECHO_REPLY:
	case ICMP_ECHO:
	case 9:	 /* router advertisement */
	case 10: /* router solicitation */
	case 13: /* timestamp ... */
	case 14:
	case 15: /* information ... */
	case 16:
	case 17: /* address mask ... */
	case 18:
	case 42: /* extended echo, RFC 8335 */
	case 43:
		return true;
	default: /* errors, and types that are not known not to be */
		return false;
	}
}

/* A subnet's address with all host bits one or zero. */
static bool is_subnet_broadcast(const struct itf *itf, bw_ip4 addr)
{
	for (uint32_t i = 0; i < itf->n_addrs; i++) {
		const struct itf_addr *a = &itf->addr[i];
		uint32_t host;

		if (a->plen == 0 || a->plen > 30)
			continue;
		host = UINT32_MAX >> a->plen;
		if ((rte_be_to_cpu_32(a->addr ^ addr) & ~host) == 0 &&
			((rte_be_to_cpu_32(addr) & host) == host ||
				(rte_be_to_cpu_32(addr) & host) == 0))
			return true;
	}
	return false;
}

/* RFC 1812 5.3.7: an address that is no single host's. */
static bool is_bad_source(bw_ip4 addr)
{
	uint32_t net = rte_be_to_cpu_32(addr) >> 24;

	return net == 0 || net == 127 || net >= 224;
}

/* RFC 1812 4.3.2.7: packets that no error may be sent about. */
static bool is_forbidden(struct rte_mbuf *m, const struct itf *itf)
{
	const struct rte_ipv4_hdr *ip = pkt_ip4(m);
	const struct pkt_meta *meta = pkt_meta(m);
	unsigned header;

	if (meta->flags & (PKT_F_ICMP_ERROR | PKT_F_L2_BCAST | PKT_F_FRAGMENT))
		return true;
	if (m->data_len < sizeof(*ip))
		return true;
	header = rte_ipv4_hdr_len(ip);
	if (header < sizeof(*ip) || m->data_len < header)
		return true;
	if (ip->fragment_offset & RTE_BE16(RTE_IPV4_HDR_OFFSET_MASK))
		return true;
	if (is_bad_source(ip->src_addr) || rte_be_to_cpu_32(ip->dst_addr) >= ICMP_FIRST_GROUP)
		return true;
	if (is_subnet_broadcast(itf, ip->src_addr) || is_subnet_broadcast(itf, ip->dst_addr))
		return true;
	if (ip->next_proto_id != IPPROTO_ICMP)
		return false;
	return m->data_len == header ||
	       !is_icmp_query(*rte_pktmbuf_mtod_offset(m, uint8_t *, header));
}

/* The router's own packets come from no interface: the one they were to leave by speaks. */
static const struct itf *speaker(const struct dp *dp, const struct pkt_meta *meta)
{
	uint16_t id = meta->in_if != 0 ? meta->in_if : meta->out_if;

	return id < BW_MAX_IFS ? dp_itf(dp, id) : NULL;
}

static bool take_unreachable(const struct worker *w, uint64_t *next)
{
	if (w->now < *next)
		return false;
	*next = w->now + w->dp->tsc_hz / UNREACH_PER_S;
	return true;
}

/* A bucket of TSC cycles; an error costs 1/ERRORS_PER_S of a second. */
static bool take_token(struct worker *w)
{
	uint64_t cost = w->dp->tsc_hz / ERRORS_PER_S;
	uint64_t tokens = w->icmp_ttl_tokens + (w->now - w->icmp_ttl_stamp);

	w->icmp_ttl_stamp = w->now;
	w->icmp_ttl_tokens = RTE_MIN(tokens, cost * ERRORS_BURST);
	if (w->icmp_ttl_tokens < cost)
		return false;
	w->icmp_ttl_tokens -= cost;
	return true;
}

static bool is_frag_needed(const struct pkt_meta *meta)
{
	return meta->icmp_type == ICMP_UNREACHABLE && meta->icmp_code == ICMP_FRAG_NEEDED;
}

static bool is_within_rate(struct worker *w, const struct pkt_meta *meta)
{
	if (meta->icmp_type != ICMP_UNREACHABLE)
		return take_token(w);
	if (is_frag_needed(meta))
		return take_unreachable(w, &w->icmp_frag_next);
	return take_unreachable(w, &w->icmp_unreach_next);
}

/* Cut the packet to `length` bytes in one segment; as many as there are in the first if need be. */
static unsigned icmp_error_cut(struct rte_mbuf *m, unsigned length)
{
	if (m->nb_segs > 1 && m->data_len < length && rte_pktmbuf_linearize(m) < 0)
		length = m->data_len;
	if (m->nb_segs > 1) {
		rte_pktmbuf_free(m->next);
		m->next = NULL;
		m->nb_segs = 1;
	}
	m->data_len = length;
	m->pkt_len = length;
	return length;
}

/* Put the two headers before what is quoted. */
static void icmp_error_build(struct worker *w, struct rte_mbuf *m, bw_ip4 src, bw_ip4 dst)
{
	struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, struct rte_ipv4_hdr *);
	struct rte_icmp_hdr *icmp = (struct rte_icmp_hdr *)(ip + 1);
	const struct pkt_meta *meta = pkt_meta(m);

	*icmp = (struct rte_icmp_hdr) {
		.icmp_type = meta->icmp_type,
		.icmp_code = meta->icmp_code,
	};
	if (is_frag_needed(meta)) /* RFC 1191 4: the MTU in the low half */
		icmp->icmp_seq_nb = rte_cpu_to_be_16(meta->icmp_arg);
	else if (meta->icmp_type == ICMP_PARAMETER) /* RFC 792: the pointer in the first byte */
		icmp->icmp_ident = rte_cpu_to_be_16(meta->icmp_arg << 8);
	icmp->icmp_cksum = ~rte_raw_cksum(icmp, m->data_len - sizeof(*ip));
	*ip = (struct rte_ipv4_hdr) {
		.version_ihl = RTE_IPV4_VHL_DEF,
		.type_of_service = ERROR_TOS,
		.total_length = rte_cpu_to_be_16(m->data_len),
		.packet_id = icmp_next_id(w),
		.time_to_live = ERROR_TTL,
		.next_proto_id = IPPROTO_ICMP,
		.src_addr = src,
		.dst_addr = dst,
	};
	ip->hdr_checksum = rte_ipv4_cksum(ip);
}

static rte_edge_t icmp_error_not_sent(struct worker *w, enum bw_drop why)
{
	w->counters->drops[why]++;
	return ICMP_ERROR_EDGE_DROP;
}

/* The edge of a translated packet that cannot be answered here, or ICMP_ERROR_EDGE_LOOKUP. */
static __rte_noinline rte_edge_t undo_nat(struct worker *w, struct rte_mbuf *m)
{
	struct pkt_meta *meta = pkt_meta(m);
	uint8_t owner;

	switch (nat_undo_packet(w, m, &owner)) {
	case NAT_HAND:
		meta->entry = INBOX_ICMP_ERROR;
		meta->punt = owner;
		return ICMP_ERROR_EDGE_HANDOFF;
	case NAT_DROP:
		return icmp_error_not_sent(w, BW_DROP_ICMP_FORBIDDEN);
	default:
		return ICMP_ERROR_EDGE_LOOKUP;
	}
}

static rte_edge_t icmp_error_answer(struct worker *w, struct rte_mbuf *m)
{
	struct pkt_meta *meta = pkt_meta(m);
	const struct itf *itf = speaker(w->dp, meta);
	bw_ip4 src, dst;
	unsigned quote;

	if (itf == NULL || is_forbidden(m, itf))
		return icmp_error_not_sent(w, BW_DROP_ICMP_FORBIDDEN);
	if (meta->icmp_type == ICMP_UNREACHABLE && itf->flags & BW_IF_F_NO_UNREACH)
		return icmp_error_not_sent(w, BW_DROP_ICMP_FORBIDDEN);
	dst = pkt_ip4(m)->src_addr;
	src = itf_source_for(itf, dst);
	if (src == 0)
		return icmp_error_not_sent(w, BW_DROP_ICMP_FORBIDDEN);
	if (rte_pktmbuf_headroom(m) < HEADERS)
		return icmp_error_not_sent(w, BW_DROP_NO_MBUF);
	if (!is_within_rate(w, meta))
		return icmp_error_not_sent(w, BW_DROP_ICMP_RATE);

	quote = RTE_MIN(rte_be_to_cpu_16(pkt_ip4(m)->total_length), m->pkt_len);
	icmp_error_cut(m, RTE_MIN(quote, MAX_QUOTE));
	rte_pktmbuf_prepend(m, HEADERS);
	icmp_error_build(w, m, src, dst);
	w->counters->drops[meta->drop % BW_DROP_MAX]++;
	w->counters->local.icmp_tx[bw_icmp_slot(meta->icmp_type)]++;
	*meta = (struct pkt_meta) {
		.in_if = meta->in_if,
		.vrf = meta->vrf,
		.flags = PKT_F_LOCAL | PKT_F_ICMP_ERROR,
	};
	return ICMP_ERROR_EDGE_LOOKUP;
}

rte_edge_t icmp_error_about(struct worker *w, struct rte_mbuf *m)
{
	rte_edge_t edge = ICMP_ERROR_EDGE_LOOKUP;

	if (pkt_meta(m)->flags & NAT_UNDO_FLAGS)
		edge = undo_nat(w, m);
	return edge == ICMP_ERROR_EDGE_LOOKUP ? icmp_error_answer(w, m) : edge;
}

static uint16_t icmp_error_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return node_each(graph, node, objs, n, icmp_error_about);
}

static struct rte_node_register icmp_error_node = {
	.name = "icmp_error",
	.init = node_init,
	.process = icmp_error_process,
	.nb_edges = ICMP_ERROR_EDGE_MAX,
	.next_nodes = {
		[ICMP_ERROR_EDGE_DROP] = "drop",
		[ICMP_ERROR_EDGE_LOOKUP] = "ip4_lookup",
		[ICMP_ERROR_EDGE_HANDOFF] = "handoff",
	},
};

RTE_NODE_REGISTER(icmp_error_node)
