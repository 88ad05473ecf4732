/* SPDX-License-Identifier: BSD-3-Clause */
/* Cuts packets that are larger than the IPv4 MTU of their adjacency. */
#include <rte_ip_frag.h>

#include "nodes/fragment.h"
#include "nodes/node.h"

enum { NEXT_DROP, NEXT_OUTPUT, NEXT_MAX };

/* Fragments passed on in one call: the next node's vector has 16 bits. */
#define CALL_BUDGET 16384

/* The end of a fragment in its datagram; one beyond 65535 would run into the flags. */
static unsigned end_of(const struct rte_ipv4_hdr *ip)
{
	unsigned offset = rte_be_to_cpu_16(ip->fragment_offset) & RTE_IPV4_HDR_OFFSET_MASK;

	return offset * RTE_IPV4_HDR_OFFSET_UNITS + rte_be_to_cpu_16(ip->total_length);
}

/* What rte_ip_frag takes for granted: one segment that is as long as the header says. */
static bool make_plain(struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = pkt_ip4(m);
	uint16_t total = rte_be_to_cpu_16(ip->total_length);

	if (m->data_len < sizeof(*ip) || rte_ipv4_hdr_len(ip) < sizeof(*ip) ||
		total <= rte_ipv4_hdr_len(ip) || total > m->pkt_len || end_of(ip) > UINT16_MAX)
		return false;
	if (rte_pktmbuf_linearize(m) < 0)
		return false;
	m->data_len = total;
	m->pkt_len = total;
	return true;
}

/* The way's MTU, but no more than an mbuf of the pool holds. 0 if it has none. */
static uint16_t usable_mtu(const struct dp *dp, const struct pkt_meta *meta)
{
	const struct itf *itf = meta->out_if < BW_MAX_IFS ? dp_itf(dp, meta->out_if) : NULL;
	uint16_t room = rte_pktmbuf_data_room_size(dp->pool) - RTE_PKTMBUF_HEADROOM;
	uint16_t mtu = itf ? adj_mtu(adj_get(dp->adj, meta->adj), itf->ip_mtu) : 0;

	return mtu < BW_MIN_IP_MTU ? 0 : RTE_MIN(mtu, room);
}

static void ip4_fragment_finish(struct rte_mbuf *fragment, const struct pkt_meta *of)
{
	struct rte_ipv4_hdr *ip = pkt_ip4(fragment);
	struct pkt_meta *meta = pkt_meta(fragment);

	ip->hdr_checksum = 0;
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	*meta = *of;
	if (ip->fragment_offset & RTE_BE16(RTE_IPV4_HDR_OFFSET_MASK))
		meta->flags |= PKT_F_FRAGMENT;
}

unsigned fragment_cut(struct worker *w, struct rte_mbuf *m, struct rte_mbuf *out[FRAGMENT_MAX])
{
	const struct pkt_meta *meta = pkt_meta(m);
	uint16_t mtu = usable_mtu(w->dp, meta);
	int32_t n;

	if (mtu == 0 || !make_plain(m))
		return 0;
	n = rte_ipv4_fragment_copy_nonseg_packet(m, out, FRAGMENT_MAX, mtu, w->dp->pool);
	if (n <= 0)
		return 0;
	for (int32_t i = 0; i < n; i++)
		ip4_fragment_finish(out[i], meta);
	w->counters->local.fragmented++;
	w->counters->local.fragments += n;
	rte_pktmbuf_free(m);
	return n;
}

static uint16_t ip4_fragment_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct worker *w = node_worker(node);
	struct rte_mbuf *out[FRAGMENT_MAX];
	unsigned sent = 0;

	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = objs[i];
		unsigned pieces = sent < CALL_BUDGET ? fragment_cut(w, m, out) : 0;

		if (likely(pieces > 0)) {
			rte_node_enqueue(graph, node, NEXT_OUTPUT, (void **)out, pieces);
			sent += pieces;
			continue;
		}
		rte_node_enqueue_x1(graph, node, node_drop(m, BW_DROP_IP4_FRAGMENT, NEXT_DROP), m);
	}
	return n;
}

static struct rte_node_register ip4_fragment_node = {
	.name = "ip4_fragment",
	.init = node_init,
	.process = ip4_fragment_process,
	.nb_edges = NEXT_MAX,
	.next_nodes = {
		[NEXT_DROP] = "drop",
		[NEXT_OUTPUT] = "ip4_output",
	},
};

RTE_NODE_REGISTER(ip4_fragment_node)
