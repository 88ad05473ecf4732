/* SPDX-License-Identifier: BSD-3-Clause */
/* What control and the administrator see of the ports: link, MAC, counters. */
#include <rte_ethdev.h>
#include <string.h>

#include "bridge.h"
#include "dp.h"
#include "netdev.h"
#include "port.h"
#include "programmer.h"
#include "rcu.h"

/* DPDK's drivers for kernel devices call the link always up; the kernel knows. */
static bool link_of(const struct dp *dp, unsigned index, struct rte_eth_link *link)
{
	const struct bw_platform_port *conf = &dp->platform.port[index];

	memset(link, 0, sizeof(*link));
	rte_eth_link_get_nowait(dp->port[index].ethdev, link);
	if (conf->kind == BW_PORT_AF_PACKET || conf->kind == BW_PORT_AF_XDP)
		return netdev_running(conf->device);
	return link->link_status == RTE_ETH_LINK_UP;
}

static void report(struct dp *dp, unsigned index, bool full_duplex)
{
	const struct port *p = &dp->port[index];
	struct bw_msg m = { .hdr.type = BW_EVT_PORT };

	m.port_state.port = index;
	m.port_state.link_up = p->link_up;
	m.port_state.full_duplex = full_duplex;
	m.port_state.speed = p->speed;
	memcpy(m.port_state.mac, &p->mac, 6);
	programmer_event(dp, &m);
}

/* RTE_ETH_SPEED_NUM_UNKNOWN and 0 alike mean that nobody knows. */
static uint32_t known_speed(const struct rte_eth_link *link)
{
	return link->link_speed == RTE_ETH_SPEED_NUM_UNKNOWN ? 0 : link->link_speed;
}

static void poll_link(struct dp *dp, unsigned index, bool always)
{
	struct port *p = &dp->port[index];
	struct rte_eth_link link;
	bool up = link_of(dp, index, &link);
	bool changed = up != p->link_up || known_speed(&link) != p->speed;

	if (p->link_up && !up && dp->bridge)
		bridge_mac_flush_port(dp, index);
	p->link_up = up;
	p->speed = known_speed(&link);
	dp->region.ports[index].link_up = up;
	dp->region.ports[index].speed = p->speed;
	if (changed || always)
		report(dp, index, link.link_duplex == RTE_ETH_LINK_FULL_DUPLEX);
}

static void poll_counters(struct dp *dp, unsigned index)
{
	struct bw_port_info *info = &dp->region.ports[index];
	struct rte_eth_stats s;

	if (rte_eth_stats_get(dp->port[index].ethdev, &s) != 0)
		return;
	info->rx_packets = s.ipackets;
	info->rx_bytes = s.ibytes;
	info->rx_missed = s.imissed;
	info->rx_errors = s.ierrors;
	info->rx_nombuf = s.rx_nombuf;
	info->tx_packets = s.opackets;
	info->tx_bytes = s.obytes;
	info->tx_errors = s.oerrors;
}

void port_describe(struct dp *dp)
{
	for (unsigned i = 0; i < dp->n_ports; i++) {
		const struct bw_platform_port *conf = &dp->platform.port[i];
		struct bw_port_info *info = &dp->region.ports[i];
		struct rte_eth_dev_info dev = { 0 };

		rte_eth_dev_info_get(dp->port[i].ethdev, &dev);
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
		poll_link(dp, i, false);
		poll_counters(dp, i);
	}
}

void port_report_all(struct dp *dp)
{
	for (unsigned i = 0; i < dp->n_ports; i++)
		poll_link(dp, i, true);
}
