/* SPDX-License-Identifier: BSD-3-Clause */
/* What control and the administrator see of the ports (link, MAC, counters), and their health. */
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <string.h>

#include "core/dp.h"
#include "core/packet.h"
#include "port/netdev.h"
#include "port/pci_vf.h"
#include "port/port.h"

#define MIN_FRAME	   60	  /* without FCS */
#define ETHERTYPE_LOOPBACK 0x9000 /* configuration test, Ethernet 2.0 chapter 8 */

static uint64_t now_ms(const struct dp *dp)
{
	return (rte_rdtsc() - dp->start_tsc) / (dp->tsc_hz / 1000) + 1;
}

/* DPDK's drivers for kernel devices call the link always up; the kernel knows. */
static bool link_of(const struct dp *dp, unsigned index, struct rte_eth_link *link)
{
	const struct bw_platform_port *conf = &dp->platform.port[index];

	if (rte_eth_link_get_nowait(dp->port[index].ethdev, link) < 0)
		memset(link, 0, sizeof(*link)); /* down, at a speed that nobody knows */
	if (conf->kind == BW_PORT_AF_PACKET || conf->kind == BW_PORT_AF_XDP)
		return netdev_running(conf->device);
	return link->link_status == RTE_ETH_LINK_UP;
}

void port_state(const struct dp *dp, unsigned index, struct bw_port_state *state)
{
	const struct port *p = &dp->port[index];

	*state = (struct bw_port_state) {
		.port = index,
		.link_up = p->link_up,
		.full_duplex = p->full_duplex,
		.speed = p->speed,
	};
	memcpy(state->mac, &p->mac, 6);
}

static bool port_tell(struct dp *dp, unsigned index, struct bw_msg *m)
{
	port_state(dp, index, &m->port_state);
	return true;
}

const struct event_state port_told = { BW_EVT_PORT, port_tell };
_Static_assert(BW_MAX_PORTS <= EVENTS_MAX_OBJECTS, "each port's state can be told");

/* RTE_ETH_SPEED_NUM_UNKNOWN and 0 alike mean that nobody knows. */
static uint32_t known_speed(const struct rte_eth_link *link)
{
	return link->link_speed == RTE_ETH_SPEED_NUM_UNKNOWN ? 0 : link->link_speed;
}

static void poll_link(struct dp *dp, unsigned index, bool always)
{
	struct port *p = &dp->port[index];
	struct rte_eth_link link;
	bool up = link_of(dp, index, &link) && !port_watch_is_dead(&p->watch);
	bool changed = up != p->link_up || known_speed(&link) != p->speed;

	if (up != p->link_up)
		dp->l2_changed = true; /* line_update() sees to what stands on it */
	p->link_up = up;
	p->speed = known_speed(&link);
	p->full_duplex = link.link_duplex == RTE_ETH_LINK_FULL_DUPLEX;
	dp->region.ports[index].link_up = up;
	dp->region.ports[index].speed = p->speed;
	if (changed || always)
		events_tell(dp, BW_EVT_PORT, index);
}

bool port_count(struct dp *dp, unsigned index)
{
	struct port *p = &dp->port[index];
	uint64_t now = now_ms(dp), limit = UINT64_MAX;
	struct rte_eth_stats s;

	if (rte_eth_stats_get(p->ethdev, &s) != 0)
		return true;
	if (dp->platform.port[index].kind == BW_PORT_PCI)
		limit = port_counters_limit(p->speed, now - p->counted_at);
	p->counted_at = now;
	return port_counters_add(&p->counters, &s, limit, &dp->region.ports[index]);
}

/* A frame that means nothing, to ourselves: IOS sends the same as its keepalive. */
static void send_probe(struct dp *dp, unsigned index)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(dp->pool);
	struct rte_ether_hdr *eth;

	if (!m)
		return;
	eth = (struct rte_ether_hdr *)rte_pktmbuf_append(m, MIN_FRAME);
	memset(eth, 0, MIN_FRAME);
	memset(pkt_meta(m), 0, sizeof(struct pkt_meta));
	eth->dst_addr = eth->src_addr = dp->port[index].mac;
	eth->ether_type = RTE_BE16(ETHERTYPE_LOOPBACK);
	pkt_meta(m)->entry = INBOX_PORT_TX;
	pkt_meta(m)->out_port = index;
	if (!worker_hand_over(dp->worker[0], m))
		rte_pktmbuf_free(m);
}

static void restart(struct dp *dp, unsigned index, bool reset)
{
	const char *name = dp->platform.port[index].name;
	struct port *p = &dp->port[index];
	int rc = port_restart(dp, index, true);

	if (p->watch.restarts == 0)
		dp_log(dp, 4, "PORT-4-RESTART", "%s: %s; starting it anew", name,
			reset ? "its device was reset" : "it sends no frames");
	if (rc < 0 && !port_watch_is_dead(&p->watch))
		dp_log(dp, 3, "PORT-3-RESTART", "%s: cannot be started: %s", name, strerror(-rc));
	port_watch_restarted(&p->watch, rc == 0, p->counters.last.opackets,
		p->counters.last.ipackets, now_ms(dp));
}

static void watch(struct dp *dp, unsigned index, bool reset)
{
	struct port *p = &dp->port[index];
	struct rte_eth_link link;
	struct port_signs signs = {
		.link = link_of(dp, index, &link),
		.reset = atomic_exchange(&p->was_reset, false) || reset,
		.sent = p->counters.last.opackets,
		.received = p->counters.last.ipackets,
	};

	switch (port_watch(&p->watch, &signs, now_ms(dp))) {
	case PORT_WATCH_PROBE:
		send_probe(dp, index);
		break;
	case PORT_WATCH_RESTART:
		restart(dp, index, signs.reset);
		break;
	case PORT_WATCH_NOTHING:
		break;
	}
}

/* A VF may accept promiscuous mode and yet filter, so nobody but the administrator knows. */
static void tell_of_filter(struct dp *dp, unsigned index)
{
	const struct bw_platform_port *conf = &dp->platform.port[index];
	struct port *p = &dp->port[index];
	struct pci_vf vf;

	if (p->filter_told || !p->is_vf || !p->takes_all)
		return;
	p->filter_told = true;
	dp_log(dp, 4, "PORT-4-VF_FILTER", "%s is a VF and may get only frames for its own MAC",
		conf->name);
	if (pci_vf_find(PCI_DEVICES, conf->device, &vf))
		dp_log(dp, 4, "PORT-4-VF_FILTER",
			"to allow it all: ip link set %s vf %u trust on spoofchk off",
			vf.pf[0] ? vf.pf : "PF", vf.number);
	else
		dp_log(dp, 4, "PORT-4-VF_FILTER",
			"to allow it all, on its host: ... vf N trust on spoofchk off");
	dp_log(dp, 4, "PORT-4-VF_FILTER", "or let it be the router's only switch port");
}

void port_describe(struct dp *dp)
{
	for (unsigned i = 0; i < dp->n_ports; i++) {
		const struct bw_platform_port *conf = &dp->platform.port[i];
		struct bw_port_info *info = &dp->region.ports[i];
		struct rte_eth_dev_info dev = { 0 };

		if (rte_eth_dev_info_get(dp->port[i].ethdev, &dev) < 0)
			dev.driver_name = "unknown";
		snprintf(info->name, sizeof(info->name), "%s", conf->name);
		snprintf(info->driver, sizeof(info->driver), "%s", dev.driver_name);
		snprintf(info->device, sizeof(info->device), "%.63s", conf->device);
		memcpy(info->mac, &dp->port[i].mac, 6);
		info->is_switch = conf->is_switch;
		info->max_mtu = dp->port[i].max_mtu;
		info->n_rxq = dp->port[i].n_rxq;
		poll_link(dp, i, false);
	}
}

void port_poll(struct dp *dp)
{
	for (unsigned i = 0; i < dp->n_ports; i++) {
		bool went_on = port_count(dp, i);

		if (dp->platform.port[i].kind == BW_PORT_PCI)
			watch(dp, i, !went_on);
		poll_link(dp, i, false);
	}
}

void port_look(struct dp *dp)
{
	for (unsigned i = 0; i < dp->n_ports; i++)
		poll_link(dp, i, false);
}

void port_report_all(struct dp *dp)
{
	for (unsigned i = 0; i < dp->n_ports; i++) {
		poll_link(dp, i, true);
		tell_of_filter(dp, i);
	}
}
