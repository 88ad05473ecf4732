/* SPDX-License-Identifier: BSD-3-Clause */
/* What workers punt of PPPoE, on its way to the clients. */
#include <rte_ether.h>

#include "core/dp.h"
#include "l2/frame.h"
#include "pppoe/pppoe.h"
#include "pppoe/pppoe_private.h"

#define CODE_PADT     0xa7 /* RFC 2516 5.5 */
#define STRAY_WAIT_MS 1000 /* between PADTs for sessions that we do not know */

static void drop(struct dp *dp, struct rte_mbuf *m, enum bw_drop reason)
{
	if (reason != BW_DROP_NONE)
		dp->counters->drops[reason]++;
	rte_pktmbuf_free(m);
}

/* Whether a client dials through the interface. */
static bool is_used(const struct dp *dp, uint32_t under_if)
{
	for (unsigned i = 0; i < BW_MAX_PPPOE; i++)
		if (dp->pppoe->slot[i].client &&
			pppoe_conf_of(&dp->pppoe->slot[i])->under_if == under_if)
			return true;
	return false;
}

/* Ask the clients of the interface, one after the other, whose packet it is. */
static enum bw_drop give_discovery(
	struct dp *dp, uint32_t under_if, const uint8_t *from, const uint8_t *data, size_t len)
{
	enum bw_drop why = BW_DROP_PPPOE_DISCOVERY;

	for (unsigned i = 0; i < BW_MAX_PPPOE; i++) {
		struct pppoe_slot *s = pppoe_slot_of(dp, i);
		bool taken;

		if (!s || pppoe_conf_of(s)->under_if != under_if)
			continue;
		taken = pppoe_client_discovery(s->client, dp_ms(dp), from, data, len, &why);
		pppoe_settle(s);
		if (taken)
			return why;
		why = BW_DROP_PPPOE_DISCOVERY;
	}
	return why;
}

/* The whole packet in one piece; the frame's header was checked by `ethernet`. */
static bool is_whole(struct rte_mbuf *m)
{
	return rte_pktmbuf_is_contiguous(m) || rte_pktmbuf_linearize(m) == 0;
}

void pppoe_discovery_input(struct dp *dp, struct rte_mbuf *m)
{
	const struct pkt_meta *meta = pkt_meta(m);
	const struct rte_ether_hdr *eth;
	enum bw_drop why;

	if (!is_used(dp, meta->in_if)) {
		drop(dp, m, BW_DROP_L2_UNKNOWN_TYPE);
		return;
	}
	if (!is_whole(m)) {
		drop(dp, m, BW_DROP_NO_MBUF);
		return;
	}
	eth = rte_pktmbuf_mtod(m, const struct rte_ether_hdr *);
	why = give_discovery(dp, meta->in_if, eth->src_addr.addr_bytes,
		(const uint8_t *)eth + meta->l2_len, m->data_len - meta->l2_len);
	drop(dp, m, why);
}

void pppoe_ppp_input(struct dp *dp, struct rte_mbuf *m)
{
	struct pppoe_slot *s = pppoe_slot_of(dp, pkt_meta(m)->client);
	enum bw_drop why = BW_DROP_PPPOE_SESSION;

	if (s && is_whole(m)) {
		why = pppoe_client_ppp(
			s->client, dp_ms(dp), rte_pktmbuf_mtod(m, const uint8_t *), m->data_len);
		pppoe_settle(s);
	}
	drop(dp, m, why);
}

/* True if a client waits for its PADS: what seems a stranger's may be its server's first word. */
static bool may_become_known(const struct dp *dp, uint32_t under_if)
{
	for (unsigned i = 0; i < BW_MAX_PPPOE; i++) {
		const struct pppoe_slot *s = &dp->pppoe->slot[i];
		struct bw_pppoe_state state;

		if (!s->client || pppoe_conf_of(s)->under_if != under_if)
			continue;
		pppoe_client_state(s->client, dp_ms(dp), &state);
		if (state.stage == BW_PPPOE_PADR)
			return true;
	}
	return false;
}

/* The server keeps a session that we lost, with a restart perhaps: tell it, at a bounded rate. */
static void refuse_session(
	struct dp *dp, const struct itf *under, const uint8_t *server, rte_be16_t session)
{
	uint8_t padt[PPPOE_HEADER] = { PPPOE_VER_TYPE, CODE_PADT };

	if (dp_ms(dp) < dp->pppoe->stray_at || may_become_known(dp, under->id))
		return;
	dp->pppoe->stray_at = dp_ms(dp) + STRAY_WAIT_MS;
	memcpy(padt + 2, &session, sizeof(session));
	frame_send(dp, under, server, RTE_ETHER_TYPE_PPPOE_DISCOVERY, padt, sizeof(padt));
}

void pppoe_stray_input(struct dp *dp, struct rte_mbuf *m)
{
	const struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, const struct rte_ether_hdr *);
	struct pkt_meta *meta = pkt_meta(m);
	const struct pppoe_header *h = RTE_PTR_ADD(eth, meta->l2_len);
	const struct itf *under = dp_itf(dp, meta->in_if);
	const struct pppoe_path *path;

	if (!under || !is_used(dp, meta->in_if)) {
		drop(dp, m, BW_DROP_L2_UNKNOWN_TYPE);
		return;
	}
	path = pppoe_find(dp->pppoe_map, pppoe_key(meta->in_if, rte_be_to_cpu_16(h->session)));
	if (path && memcmp(path->server, &eth->src_addr, sizeof(path->server)) == 0 &&
		h->protocol != RTE_BE16(PPP_PROTOCOL_IPV4)) {
		/* it overtook the PADS that made the session */
		meta->client = path->client;
		rte_pktmbuf_adj(m, meta->l2_len + PPPOE_HEADER);
		pppoe_ppp_input(dp, m);
		return;
	}
	if (!path)
		refuse_session(dp, under, eth->src_addr.addr_bytes, h->session);
	drop(dp, m, BW_DROP_PPPOE_SESSION);
}
