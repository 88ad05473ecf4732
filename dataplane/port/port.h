/* SPDX-License-Identifier: BSD-3-Clause */
/* The ports of platform.conf as DPDK Ethernet devices. Index = place in platform.conf. */
#ifndef DATAPLANE_PORT_PORT_H
#define DATAPLANE_PORT_PORT_H

#include <rte_ether.h>
#include <stdatomic.h>

#include "api/platform.h"
#include "api/region.h"
#include "port/counters.h"
#include "port/watch.h"

struct dp;
struct event_state;

struct port {
	uint16_t ethdev;
	uint16_t n_rxq, n_txq;
	_Atomic bool running; /* workers may receive and send */
	bool link_up;	      /* as last seen */
	bool full_duplex;     /* the same */
	bool probed;	      /* we made or took the device */
	bool vlan_filter;     /* tags have to be let through one by one */
	bool is_vf;	      /* an SR-IOV virtual function, as far as we can tell */
	bool takes_all;	      /* promiscuous mode was asked for */
	bool one_mac;	      /* a VF that receives for other_mac instead of its own */
	bool filter_told;     /* the administrator was told what a filtering VF means */
	uint16_t mtu;
	uint16_t max_mtu;
	uint32_t speed;
	struct rte_ether_addr mac;	 /* its own */
	struct rte_ether_addr other_mac; /* another one that it receives for; zero = none */
	uint64_t vlans[4096 / 64];	 /* let through */
	_Atomic bool was_reset;		 /* the driver's event; set by EAL's interrupt thread */
	struct port_watch watch;
	struct port_counters counters;
	uint64_t counted_at; /* ms */
};

/*
 * Probe, configure and start every port of dp->platform and spread its receive
 * queues over the workers. 0 or negative errno; err says which port and why.
 */
int port_open_all(struct dp *dp, char *err, size_t err_size);

/* Stop and close what is open. Workers must have stopped. */
void port_close_all(struct dp *dp);

/* Fill the region's port table. */
void port_describe(struct dp *dp);

/* Link states and counters to the region; link changes as events. Called about ten times a second.
 */
void port_poll(struct dp *dp);

/* The link states alone, at once: something has happened to one of them. */
void port_look(struct dp *dp);

/* As control is told. */
void port_state(const struct dp *dp, unsigned index, struct bw_port_state *state);

/* How control is told: BW_EVT_PORT. */
extern const struct event_state port_told;

/* Tell control every port's state, as after it attached. */
void port_report_all(struct dp *dp);

/* Carry layer-3 packets of that size. 0, or negative errno from the driver. */
int port_set_mtu(struct dp *dp, unsigned port, uint16_t mtu);

/* Let frames of that VLAN in, where the driver filters. 0 or negative errno. */
int port_allow_vlan(struct dp *dp, unsigned port, uint16_t vlan);

/*
 * Receive frames for that address too; falls back to promiscuous mode, and for a VF whose driver
 * has one address only to that instead of its own.
 */
void port_take_mac(struct dp *dp, unsigned port, const struct rte_ether_addr *mac);

/* Receive every frame, as a switch port has to. */
void port_take_all(struct dp *dp, unsigned port);

/*
 * Stop the port and start it again as it was: with its MTU, VLANs and addresses. `reset`: its
 * device was reset, or does not work. 0 or negative errno; the port is then down.
 */
int port_restart(struct dp *dp, unsigned port, bool reset);

/* Take the driver's counters into the region. False if they began anew since the last time. */
bool port_count(struct dp *dp, unsigned port);

/* Receive queues to ask the driver for. */
uint16_t port_wanted_queues(const struct bw_platform_port *p, unsigned workers);

/*
 * What EAL has to probe for port `index` of platform.conf: "net_af_packet0,iface=lan0" or a PCI
 * address. memif_socket: where a memif driver meets byway-dp. -EINVAL if it does not fit.
 */
int port_devargs(const struct bw_platform *platform, unsigned index, unsigned workers,
	const char *memif_socket, char *buf, size_t size);

#endif
