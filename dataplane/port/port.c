/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/port.h"

#include <errno.h>
#include <rte_bus_pci.h>
#include <rte_ethdev.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/buffers.h"
#include "core/dp.h"
#include "core/rcu.h"
#include "port/memif.h"
#include "port/netdev.h"
#include "port/pci_vf.h"

#define DEFAULT_RING 1024

uint16_t port_wanted_queues(const struct bw_platform_port *p, unsigned workers)
{
	if (p->queues)
		return p->queues;
	return p->kind == BW_PORT_PCI ? workers : 1;
}

static int memif_args(const struct bw_platform_port *p, unsigned index, const char *socket,
	char *buf, size_t size)
{
	int n = snprintf(buf, size, "net_memif%u,role=%s,id=%u,socket=%s,socket-abstract=no", index,
		p->memif_server ? "server" : "client", p->memif_id, socket);

	if (p->memif_bsize && n < (int)size)
		n += snprintf(buf + n, size - n, ",bsize=%u", p->memif_bsize);
	if (p->ring_size && n < (int)size)
		n += snprintf(buf + n, size - n, ",rsize=%u", rte_log2_u32(p->ring_size));
	if (p->memif_zero_copy && n < (int)size)
		n += snprintf(buf + n, size - n, ",zero-copy=yes");
	return n;
}

/* A larger frame goes into a ring of larger places; blocks are whole pages. */
static int af_packet_args(const struct bw_platform *platform, unsigned index, unsigned workers,
	char *buf, size_t size)
{
	const struct bw_platform_port *p = &platform->port[index];
	unsigned room = buffers_room(platform);
	int n = snprintf(buf, size, "net_af_packet%u,iface=%s,qpairs=%u", index, p->device,
		port_wanted_queues(p, workers));

	if (platform->max_mtu > BW_MAX_MTU_DEFAULT && n < (int)size)
		n += snprintf(buf + n, size - n, ",framesz=%u,blocksz=%u", room, 4 * room);
	return n;
}

int port_devargs(const struct bw_platform *platform, unsigned index, unsigned workers,
	const char *memif_socket, char *buf, size_t size)
{
	const struct bw_platform_port *p = &platform->port[index];
	int n = -1;

	switch (p->kind) {
	case BW_PORT_PCI:
		n = snprintf(buf, size, "%s", p->device);
		break;
	case BW_PORT_AF_PACKET:
		n = af_packet_args(platform, index, workers, buf, size);
		break;
	case BW_PORT_AF_XDP:
		n = snprintf(buf, size, "net_af_xdp%u,iface=%s,queue_count=%u", index, p->device,
			port_wanted_queues(p, workers));
		break;
	case BW_PORT_MEMIF:
		n = memif_args(p, index, memif_socket, buf, size);
		break;
	case BW_PORT_TAP:
		n = snprintf(buf, size, "net_tap%u,iface=%s", index, p->device);
		break;
	case BW_PORT_PCAP:
		n = snprintf(buf, size,
			p->device_out[0] ? "net_pcap%u,rx_pcap=%s,tx_pcap=%s"
					 : "net_pcap%u,rx_pcap=%s",
			index, p->device, p->device_out);
		break;
	case BW_PORT_NULL: /* without no-rx it invents packets */
		n = snprintf(buf, size, "net_null%u,no-rx=1", index);
		break;
	}
	return n < 0 || n >= (int)size ? -EINVAL : 0;
}

/* What drivers tell of it is "not permitted"; NULL if there is all that they need. */
static const char *what_is_missing(const struct bw_platform_port *p)
{
	if (p->kind != BW_PORT_AF_PACKET && p->kind != BW_PORT_AF_XDP)
		return NULL;
	if (if_nametoindex(p->device) == 0)
		return "there is no such network device";
	if (p->kind == BW_PORT_AF_XDP && !netdev_kernel_has_af_xdp())
		return "the kernel has no AF_XDP sockets (CONFIG_XDP_SOCKETS), or forbids them";
	return NULL;
}

/* Frames of queues that are not ours go to the kernel. */
static void check_channels(const struct bw_platform_port *p)
{
	unsigned n = p->kind == BW_PORT_AF_XDP ? netdev_channels(p->device) : 0;
	unsigned wanted = port_wanted_queues(p, 1);

	if (n > wanted)
		fprintf(stderr,
			"byway-dp: port %s: %s has %u queues, but the port %u: say 'queues %u', or "
			"'ethtool -L %s combined %u'; what the others receive is lost\n",
			p->name, p->device, n, wanted, n, p->device, wanted);
}

static const char *why_not_opened(const struct bw_platform_port *p, int rc)
{
	if (p->kind == BW_PORT_PCI)
		return "no such device, or not bound to vfio-pci";
	/* a bare -1 is how most drivers fail */
	return rc == -1 ? "the lines above say why" : strerror(rc < 0 ? -rc : ENODEV);
}

/* The ethdev of a port: made by EAL at start (PCI), or now. */
static int probe(struct dp *dp, unsigned index, char *err, size_t err_size)
{
	const struct bw_platform_port *p = &dp->platform.port[index];
	char args[512], name[RTE_ETH_NAME_MAX_LEN], socket[sizeof(p->device)];
	int rc;

	memif_driver_path(dp, index, socket, sizeof(socket));
	rc = port_devargs(&dp->platform, index, dp->n_workers, socket, args, sizeof(args));
	if (rc < 0) {
		snprintf(err, err_size, "port %s: device name too long", p->name);
		return rc;
	}
	if (p->memif_zero_copy && !dp->platform.hugepages) {
		snprintf(err, err_size, "port %s: zero-copy needs huge pages", p->name);
		return -ENOTSUP;
	}
	if (what_is_missing(p)) {
		snprintf(err, err_size, "port %s: cannot open device %s: %s", p->name, p->device,
			what_is_missing(p));
		return -ENODEV;
	}
	if (p->kind == BW_PORT_AF_XDP && dp->platform.max_mtu > BUFFERS_PAGE_MTU) {
		snprintf(err, err_size, "port %s: max-mtu %u, but AF_XDP's limit is %u", p->name,
			dp->platform.max_mtu, BUFFERS_PAGE_MTU);
		return -EINVAL;
	}
	check_channels(p);
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(args, ","), args);
	if (rte_eth_dev_get_port_by_name(name, &dp->port[index].ethdev) != 0) {
		rc = rte_dev_probe(args);
		if (rc < 0 || rte_eth_dev_get_port_by_name(name, &dp->port[index].ethdev) != 0) {
			snprintf(err, err_size, "port %s: cannot open %s %s: %s", p->name,
				p->kind == BW_PORT_PCI ? "PCI device" : "device", p->device,
				why_not_opened(p, rc));
			return rc < 0 ? rc : -ENODEV;
		}
	}
	dp->port[index].probed = true;
	dp->port_of[dp->port[index].ethdev] = index;
	return 0;
}

static int setup_queues(struct dp *dp, unsigned index)
{
	const struct bw_platform_port *conf = &dp->platform.port[index];
	struct port *p = &dp->port[index];
	uint16_t rx = conf->ring_size ? conf->ring_size : DEFAULT_RING, tx = rx;
	int socket = rte_eth_dev_socket_id(p->ethdev);
	int rc = rte_eth_dev_adjust_nb_rx_tx_desc(p->ethdev, &rx, &tx);

	for (uint16_t q = 0; rc == 0 && q < p->n_rxq; q++)
		rc = rte_eth_rx_queue_setup(p->ethdev, q, rx, socket, NULL, dp->pool);
	for (uint16_t q = 0; rc == 0 && q < p->n_txq; q++)
		rc = rte_eth_tx_queue_setup(p->ethdev, q, tx, socket, NULL);
	return rc;
}

/* Inside a virtual machine only the driver's name tells. */
static bool is_vf(const struct bw_platform_port *conf, const struct rte_eth_dev_info *info)
{
	struct pci_vf vf;

	return pci_vf_find(PCI_DEVICES, conf->device, &vf) || strstr(info->driver_name, "vf");
}

static uint16_t max_mtu(const struct bw_platform *platform, const struct bw_platform_port *conf,
	const struct rte_eth_dev_info *info)
{
	unsigned mtu = platform->max_mtu;

	if (info->max_mtu)
		mtu = RTE_MIN(mtu, info->max_mtu);
	if (conf->kind == BW_PORT_AF_PACKET)
		mtu = RTE_MIN(mtu, (unsigned)buffers_room(platform) - BUFFERS_AF_PACKET_EXTRA);
	else if (conf->kind == BW_PORT_TAP) /* the driver's own limit */
		mtu = RTE_MIN(mtu, (unsigned)RTE_ETHER_MTU);
	return mtu;
}

static int configure(struct dp *dp, unsigned index)
{
	const struct bw_platform_port *conf = &dp->platform.port[index];
	struct port *p = &dp->port[index];
	struct rte_eth_dev_info info;
	struct rte_eth_conf eth = { 0 };
	int rc = rte_eth_dev_info_get(p->ethdev, &info);

	if (rc < 0)
		return rc;
	p->n_rxq = RTE_MIN(port_wanted_queues(conf, dp->n_workers), info.max_rx_queues);
	if (conf->kind == BW_PORT_PCI && !conf->queues && !info.flow_type_rss_offloads)
		p->n_rxq = 1; /* it would not spread frames over more */
	p->n_txq = conf->kind == BW_PORT_PCI ? RTE_MIN((uint16_t)dp->n_workers, info.max_tx_queues)
					     : p->n_rxq;
	p->max_mtu = max_mtu(&dp->platform, conf, &info);
	if (conf->kind == BW_PORT_PCI) {
		p->is_vf = is_vf(conf, &info);
		eth.rxmode.mtu = p->mtu;
		p->vlan_filter = info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_VLAN_FILTER;
		if (p->vlan_filter)
			eth.rxmode.offloads |= RTE_ETH_RX_OFFLOAD_VLAN_FILTER;
	}
	if (p->n_rxq > 1 && info.flow_type_rss_offloads) {
		eth.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
		eth.rx_adv_conf.rss_conf.rss_hf =
			info.flow_type_rss_offloads &
			(RTE_ETH_RSS_IP | RTE_ETH_RSS_TCP | RTE_ETH_RSS_UDP);
	}
	rc = rte_eth_dev_configure(p->ethdev, p->n_rxq, p->n_txq, &eth);
	return rc < 0 ? rc : setup_queues(dp, index);
}

static int start(struct dp *dp, unsigned index)
{
	struct port *p = &dp->port[index];
	int rc = rte_eth_dev_start(p->ethdev);

	if (rc < 0)
		return rc;
	if (dp->platform.port[index].kind == BW_PORT_MEMIF)
		return memif_started(dp, index); /* workers may use it once a peer has joined */
	atomic_store(&p->running, true);
	return 0;
}

/* Not fatal: it may run where /proc/sys is read-only and somebody else has seen to it. */
static void quieten_kernel(const struct bw_platform_port *p)
{
	struct pci_vf vf = { .pf = "" };
	int rc = 0;

	if (p->kind == BW_PORT_AF_PACKET || p->kind == BW_PORT_AF_XDP)
		rc = netdev_quiet(p->device);
	else if (p->kind == BW_PORT_PCI && pci_vf_find(PCI_DEVICES, p->device, &vf))
		rc = netdev_answer_own(vf.pf);
	if (rc < 0)
		fprintf(stderr,
			"byway-dp: port %s: cannot keep the kernel's IP stack off %s (arp_ignore, "
			"rp_filter, disable_ipv6): %s\n",
			p->name, vf.pf[0] ? vf.pf : p->device, strerror(-rc));
}

/* In EAL's interrupt thread. */
static int on_reset(uint16_t, enum rte_eth_event_type, void *port, void *)
{
	atomic_store(&((struct port *)port)->was_reset, true);
	return 0;
}

static int open_one(struct dp *dp, unsigned index, char *err, size_t err_size)
{
	struct port *p = &dp->port[index];
	int rc = 0;

	if (dp->platform.port[index].kind == BW_PORT_MEMIF)
		rc = memif_open(dp, index, err, err_size);
	if (rc == 0)
		rc = probe(dp, index, err, err_size);
	if (rc < 0)
		return rc;
	quieten_kernel(&dp->platform.port[index]);
	p->mtu = RTE_ETHER_MTU;
	rc = configure(dp, index);
	if (rc == 0)
		rc = start(dp, index);
	if (rc < 0) {
		snprintf(err, err_size, "port %s: %s cannot be started: %s",
			dp->platform.port[index].name, dp->platform.port[index].device,
			strerror(-rc));
		return rc;
	}
	rte_eth_macaddr_get(p->ethdev, &p->mac);
	if (dp->platform.port[index].kind == BW_PORT_PCI)
		rte_eth_dev_callback_register(p->ethdev, RTE_ETH_EVENT_INTR_RESET, on_reset, p);
	if (dp->platform.port[index].is_switch)
		port_take_all(dp, index);
	return 0;
}

static void assign_queues(struct dp *dp)
{
	unsigned next = 0;

	for (unsigned i = 0; i < dp->n_ports; i++)
		for (uint16_t q = 0; q < dp->port[i].n_rxq; q++) {
			struct worker *w = dp->worker[next++ % dp->n_workers];

			w->rxq[w->n_rxq++] = (struct worker_rxq) { i, q };
		}
}

/* Two lines of platform.conf with one device would starve each other in silence. */
static int check_busy(const struct dp *dp, char *err, size_t err_size)
{
	for (unsigned i = 0; i < dp->n_ports; i++)
		for (unsigned j = 0; j < i; j++) {
			const struct bw_platform_port *a = &dp->platform.port[i];
			const struct bw_platform_port *b = &dp->platform.port[j];

			if (a->kind == b->kind && a->kind != BW_PORT_NULL &&
				a->kind != BW_PORT_PCAP && a->memif_id == b->memif_id &&
				strcmp(a->device, b->device) == 0) {
				snprintf(err, err_size, "port %s: %s is already port %s", a->name,
					a->device, b->name);
				return -EBUSY;
			}
		}
	return 0;
}

int port_open_all(struct dp *dp, char *err, size_t err_size)
{
	int rc = check_busy(dp, err, err_size);

	dp->n_ports = dp->platform.n_ports;
	dp->port = calloc(dp->n_ports ? dp->n_ports : 1, sizeof(*dp->port));
	if (!dp->port || events_add_state(dp, &port_told) < 0)
		return -ENOMEM;
	for (unsigned i = 0; rc == 0 && i < dp->n_ports; i++)
		rc = open_one(dp, i, err, err_size);
	if (rc == 0)
		assign_queues(dp);
	return rc;
}

void port_close_all(struct dp *dp)
{
	memif_close_all(dp);
	for (unsigned i = 0; dp->port && i < dp->n_ports; i++) {
		if (!dp->port[i].probed)
			continue;
		rte_eth_dev_callback_unregister(
			dp->port[i].ethdev, RTE_ETH_EVENT_INTR_RESET, on_reset, &dp->port[i]);
		rte_eth_dev_stop(dp->port[i].ethdev);
		rte_eth_dev_close(dp->port[i].ethdev);
	}
	free(dp->port);
	dp->port = NULL;
}

void port_take_all(struct dp *dp, unsigned index)
{
	struct port *p = &dp->port[index];

	p->takes_all = true;
	rte_eth_promiscuous_enable(p->ethdev);
}

static void apply_mac(struct dp *dp, unsigned index)
{
	struct port *p = &dp->port[index];
	bool other = !rte_is_zero_ether_addr(&p->other_mac);

	if (other && !p->one_mac && rte_eth_dev_mac_addr_add(p->ethdev, &p->other_mac, 0) == 0)
		return;
	if (other ? p->is_vf : p->one_mac)
		p->one_mac = rte_eth_dev_default_mac_addr_set(
				     p->ethdev, other ? &p->other_mac : &p->mac) == 0 &&
			     other;
	if (other && !p->one_mac)
		port_take_all(dp, index);
}

/* What a stop, or at the latest a reset, makes a device forget. */
static void restore(struct dp *dp, unsigned index)
{
	struct port *p = &dp->port[index];

	for (uint16_t vlan = 1; p->vlan_filter && vlan < 4096; vlan++)
		if (p->vlans[vlan / 64] >> vlan % 64 & 1)
			rte_eth_dev_vlan_filter(p->ethdev, vlan, 1);
	if (!rte_is_zero_ether_addr(&p->other_mac))
		apply_mac(dp, index);
	if (p->takes_all)
		port_take_all(dp, index);
}

int port_restart(struct dp *dp, unsigned index, bool reset)
{
	struct port *p = &dp->port[index];
	int rc = 0;

	atomic_store(&p->running, false); /* workers leave it alone until start() */
	rcu_wait(dp->rcu);
	port_count(dp, index);
	if (reset)
		rc = rte_eth_dev_reset(p->ethdev);
	if (!reset || rc == -ENOTSUP)
		rc = rte_eth_dev_stop(p->ethdev);
	if (rc == 0)
		rc = configure(dp, index);
	if (rc == 0)
		rc = start(dp, index);
	if (rc == 0)
		restore(dp, index);
	rte_eth_stats_get(p->ethdev, &p->counters.last);
	return rc;
}

int port_set_mtu(struct dp *dp, unsigned index, uint16_t mtu)
{
	struct port *p = &dp->port[index];
	uint16_t before = p->mtu;
	int rc;

	if (mtu <= p->mtu && mtu <= RTE_ETHER_MTU)
		return 0; /* smaller packets pass anyway */
	if (mtu == p->mtu)
		return 0;
	if (mtu > p->max_mtu)
		return -EINVAL;
	p->mtu = mtu;
	/* the ethdev layer lets af_packet have no more than 1500, which its ring does not know */
	if (dp->platform.port[index].kind == BW_PORT_AF_PACKET)
		rc = netdev_set_mtu(dp->platform.port[index].device, mtu);
	else
		rc = rte_eth_dev_set_mtu(p->ethdev, mtu);
	if (rc < 0 && dp->platform.port[index].kind == BW_PORT_PCI)
		rc = port_restart(dp, index, false); /* VF drivers take it only at configure */
	else if (rc == -ENOTSUP)
		rc = 0; /* memif, pcap, null: the buffers decide */
	if (rc < 0)
		p->mtu = before;
	if (!atomic_load(&p->running))
		port_restart(dp, index, false);
	return rc;
}

int port_allow_vlan(struct dp *dp, unsigned index, uint16_t vlan)
{
	struct port *p = &dp->port[index];

	int rc = p->vlan_filter ? rte_eth_dev_vlan_filter(p->ethdev, vlan, 1) : 0;

	if (p->watch.restarts) /* dead: it gets it when it lives again */
		rc = 0;
	if (rc == 0)
		p->vlans[vlan / 64] |= UINT64_C(1) << vlan % 64;
	return rc;
}

void port_take_mac(struct dp *dp, unsigned index, const struct rte_ether_addr *mac)
{
	struct port *p = &dp->port[index];
	bool other = !rte_is_same_ether_addr(mac, &p->mac);

	if (other ? rte_is_same_ether_addr(mac, &p->other_mac)
		  : rte_is_zero_ether_addr(&p->other_mac))
		return;
	p->other_mac = other ? *mac : (struct rte_ether_addr) { 0 };
	apply_mac(dp, index);
}
