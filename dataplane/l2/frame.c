/* SPDX-License-Identifier: BSD-3-Clause */
#include "l2/frame.h"

#include "core/dp.h"

unsigned frame_header(
	const struct itf *itf, const uint8_t *to, uint16_t type, uint8_t at[FRAME_HEADER_MAX])
{
	struct rte_ether_hdr eth = { .ether_type = rte_cpu_to_be_16(type) };
	struct rte_vlan_hdr tag = { .vlan_tci = rte_cpu_to_be_16(itf->vlan),
		.eth_proto = rte_cpu_to_be_16(type) };
	bool tagged = itf->kind == BW_IF_SUBIF && !(itf->flags & BW_IF_F_NATIVE);

	memcpy(&eth.dst_addr, to, sizeof(eth.dst_addr));
	memcpy(&eth.src_addr, itf->mac, sizeof(eth.src_addr));
	if (tagged)
		eth.ether_type = RTE_BE16(RTE_ETHER_TYPE_VLAN);
	memcpy(at, &eth, sizeof(eth));
	if (!tagged)
		return sizeof(eth);
	memcpy(at + sizeof(eth), &tag, sizeof(tag));
	return sizeof(eth) + sizeof(tag);
}

static void drop(struct dp *dp, struct rte_mbuf *m, enum bw_drop reason)
{
	dp->counters->drops[reason]++;
	rte_pktmbuf_free(m);
}

/* Through the bridge of its VLAN, or its port; by the first worker, as all that main sends. */
static void hand_over(struct dp *dp, const struct itf *itf, struct rte_mbuf *m)
{
	struct pkt_meta *meta = pkt_meta(m);

	memset(meta, 0, sizeof(*meta));
	meta->entry = itf->kind == BW_IF_SVI ? INBOX_BRIDGE_OUT : INBOX_PORT_TX;
	meta->vlan = itf->vlan;
	meta->out_port = itf->port;
	meta->out_if = itf->id;
	if (!worker_hand_over(dp->worker[0], m))
		drop(dp, m, BW_DROP_HANDOFF_FULL);
}

void frame_send(struct dp *dp, const struct itf *itf, const uint8_t *to, uint16_t type,
	const void *payload, unsigned len)
{
	struct rte_mbuf *m;
	unsigned header;
	uint8_t *p;

	if (!frame_has_link(itf))
		return;
	m = rte_pktmbuf_alloc(dp->pool);
	p = m ? (uint8_t *)rte_pktmbuf_append(m, RTE_MAX(len + FRAME_HEADER_MAX, FRAME_MIN)) : NULL;
	if (!p) {
		drop(dp, m, BW_DROP_NO_MBUF);
		return;
	}
	memset(p, 0, FRAME_MIN);
	header = frame_header(itf, to, type, p);
	memcpy(p + header, payload, len);
	if (header + len < m->data_len)
		rte_pktmbuf_trim(m, m->data_len - RTE_MAX(header + len, FRAME_MIN));
	hand_over(dp, itf, m);
}
