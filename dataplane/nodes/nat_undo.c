/* SPDX-License-Identifier: BSD-3-Clause */
#include "nodes/nat_undo.h"

#include "core/dp.h"
#include "nat/nat.h"
#include "nodes/node.h"

static const struct itf *itf_of(const struct dp *dp, uint32_t id)
{
	return id < BW_MAX_IFS ? dp_itf(dp, id) : NULL;
}

/* As nat_in2out took it for one to translate; see there. */
static bool was_for_nat(const struct dp *dp, const struct pkt_meta *meta, const struct itf *out)
{
	const struct itf *in = itf_of(dp, meta->in_if);

	if (!out || !(out->flags & BW_IF_F_NAT_OUTSIDE))
		return false;
	return meta->in_if == 0 || meta->flags & PKT_F_LOCAL ||
	       (in && in->flags & BW_IF_F_NAT_INSIDE);
}

enum nat_verdict nat_undo_packet(struct worker *w, struct rte_mbuf *m, uint8_t *owner)
{
	struct pkt_meta *meta = pkt_meta(m);
	bool in = meta->flags & PKT_F_NAT_OUT2IN;
	const struct itf *out = itf_of(w->dp, meta->out_if);
	struct nat_pkt p = {
		.ip = rte_pktmbuf_mtod(m, uint8_t *),
		.len = rte_pktmbuf_data_len(m),
		.sport = meta->l4_src,
		.dport = meta->l4_dst,
		.flags = (meta->flags & PKT_F_L4_KNOWN ? NAT_P_PORTS : 0) |
			 (meta->flags & PKT_F_LOCAL ? NAT_P_LOCAL : 0),
		.vrf = meta->vrf,
	};

	if (!in && !was_for_nat(w->dp, meta, out))
		return NAT_PASS;
	if (!in)
		p.vrf = out->vrf;
	nat_shard_begin(w->nat, nat_rules_now(w->dp->nat), w->dp->acl, w->now_sec);
	nat_undo(w->nat, &p, in ? NAT_IN : NAT_OUT);
	*owner = p.owner;
	if (p.verdict != NAT_DONE)
		return p.verdict;
	meta->vrf = p.vrf;
	meta->flags &= ~NAT_UNDO_FLAGS;
	return NAT_DONE;
}
