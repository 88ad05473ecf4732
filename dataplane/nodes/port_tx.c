/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sends whole frames out of meta->out_port. A port with fewer transmit queues than there
 * are workers is served by the workers that own one; the others hand their frames over.
 */
#include <rte_ethdev.h>

#include "nodes/node.h"
#include "port/port.h"

#define TX_TRIES 4 /* a ring that stays full loses packets, as a wire would */

static void port_tx_drop_all(struct worker *w, struct rte_mbuf **m, uint16_t n, enum bw_drop reason)
{
	w->counters->drops[reason] += n;
	rte_pktmbuf_free_bulk(m, n);
}

static void send_here(struct worker *w, const struct port *p, struct rte_mbuf **m, uint16_t n)
{
	uint16_t sent = 0;

	for (unsigned try = 0; sent < n && try < TX_TRIES; try++)
		sent += rte_eth_tx_burst(p->ethdev, w->id, m + sent, n - sent);
	if (unlikely(sent < n))
		port_tx_drop_all(w, m + sent, n - sent, BW_DROP_TX_FULL);
}

static void send_elsewhere(struct worker *w, const struct port *p, struct rte_mbuf **m, uint16_t n)
{
	struct worker *owner = w->dp->worker[w->id % p->n_txq];

	for (uint16_t i = 0; i < n; i++) {
		pkt_meta(m[i])->entry = INBOX_PORT_TX;
		if (!worker_hand_over(owner, m[i]))
			port_tx_drop_all(w, &m[i], 1, BW_DROP_HANDOFF_FULL);
	}
}

static void send_all(struct worker *w, uint16_t port, struct rte_mbuf **m, uint16_t n)
{
	const struct port *p = &w->dp->port[port];

	if (unlikely(port >= w->dp->n_ports ||
		     !atomic_load_explicit(&p->running, memory_order_acquire)))
		port_tx_drop_all(w, m, n, BW_DROP_IF_DOWN);
	else if (likely(w->id < p->n_txq))
		send_here(w, p, m, n);
	else
		send_elsewhere(w, p, m, n);
}

/* Vectors of more than one port: a run per port and pass, so that bursts stay long. */
static void send_mixed(struct worker *w, struct rte_mbuf **m, uint16_t n)
{
	struct rte_mbuf *mine[RTE_GRAPH_BURST_SIZE], *rest[RTE_GRAPH_BURST_SIZE];

	while (n) {
		uint16_t port = pkt_meta(m[0])->out_port, n_mine = 0, n_rest = 0;

		for (uint16_t i = 0; i < n; i++) {
			if (pkt_meta(m[i])->out_port == port)
				mine[n_mine++] = m[i];
			else
				rest[n_rest++] = m[i];
		}
		send_all(w, port, mine, n_mine);
		memcpy(m, rest, n_rest * sizeof(*m));
		n = n_rest;
	}
}

static uint16_t port_tx_process(
	struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct worker *w = node_worker(node);

	(void)graph;
	for (uint16_t i = 0; i < n; i += RTE_GRAPH_BURST_SIZE) {
		struct rte_mbuf **m = (struct rte_mbuf **)objs + i;
		uint16_t burst = RTE_MIN((uint16_t)(n - i), (uint16_t)RTE_GRAPH_BURST_SIZE),
			 same = 1;

		while (same < burst && pkt_meta(m[same])->out_port == pkt_meta(m[0])->out_port)
			same++;
		if (likely(same == burst))
			send_all(w, pkt_meta(m[0])->out_port, m, burst);
		else
			send_mixed(w, m, burst);
	}
	return n;
}

static struct rte_node_register port_tx_node = {
	.name = "port_tx",
	.process = port_tx_process,
	.init = node_init,
};
RTE_NODE_REGISTER(port_tx_node);
