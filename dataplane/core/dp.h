/* SPDX-License-Identifier: BSD-3-Clause */
/* The dataplane: the one struct that owns all of its state. */
#ifndef DATAPLANE_CORE_DP_H
#define DATAPLANE_CORE_DP_H

#include <rte_ethdev.h>
#include <rte_mempool.h>
#include <rte_rcu_qsbr.h>

#include "api/link.h"
#include "api/platform.h"
#include "core/events.h"
#include "core/worker.h"
#include "l3/announce.h"
#include "tables/adj.h"
#include "tables/alias.h"
#include "tables/fib.h"
#include "tables/itf.h"
#include "tables/itf_ids.h"

struct acl_table;
struct bridge;
struct host;
struct l2map;
struct memif;
struct nat;
struct neigh_table;
struct port;
struct pppoe;
struct pppoe_map;
struct programmer;
struct rcu;

struct dp {
	struct bw_platform platform;
	char instance[BW_NAME_LEN];
	char run_dir[108];

	/* read by workers; written by the main lcore only */
	struct itf *itf[BW_MAX_IFS];	       /* NULL = no such interface; replaced whole */
	struct l2map *l2map[RTE_MAX_ETHPORTS]; /* by DPDK's port id */
	struct adj_table *adj;
	struct fib *fib[BW_MAX_VRFS];
	struct fib *no_fib; /* without a route */
	bool one_vrf;	    /* there is only the global table */
	struct acl_table *acl;
	uint32_t acl_logged; /* second of the last look at what is to be logged */
	struct nat *nat;
	struct bridge *bridge;
	struct pppoe_map *pppoe_map;	   /* NULL = no session; replaced whole */
	struct port *port;		   /* [n_ports] */
	uint8_t port_of[RTE_MAX_ETHPORTS]; /* DPDK's port id -> index */
	unsigned n_ports;
	unsigned n_workers;
	struct worker *worker[BW_MAX_WORKERS];
	struct rte_mempool *pool;
	struct rte_ring *punt; /* mbufs from workers to the main lcore */
	int main_bell;	       /* eventfd that wakes the main lcore */
	_Alignas(64) _Atomic bool main_sleeps;
	_Atomic bool stop;

	/* main lcore only */
	_Alignas(64) struct rcu *rcu;
	struct fib_pool *fib_pool;
	struct bw_vrf vrf[BW_MAX_VRFS]; /* as set; dp->fib says which exist */
	uint8_t vrf_epoch[BW_MAX_VRFS];
	struct neigh_table *neigh;
	struct alias_table aliases;
	struct announcer announcer;
	struct bw_worker_counters *counters; /* the main lcore's own, in the shared region */
	struct host *host[BW_MAX_VRFS];
	uint8_t host_epoch[BW_MAX_VRFS];
	struct pppoe *pppoe;
	struct memif *memif; /* NULL without memif ports */
	struct programmer *programmer;
	struct events events;
	struct bw_region region;
	struct bw_listener listener;
	bool hosts_changed;	/* TUN devices came or went: the main loop watches others */
	bool l2_changed;	/* links changed: see line.h */
	bool bridge_changed;	/* switch ports or SVIs changed */
	uint32_t l2map_changed; /* ports whose interfaces changed: a bit each */
	struct itf_ids itf_ids; /* interfaces that there are */
	uint32_t highest_itf;	/* that there ever was */
	bool itfs_changed;	/* interfaces changed: those of itf_changed */
	struct itf_ids itf_changed;
	bool routes_changed;	  /* neighbours' host routes are to be looked at again */
	bool line_up[BW_MAX_IFS]; /* as neighbours were last told */
	uint32_t arp_defended;	  /* dp_seconds() of the last defence of an address */
	unsigned log_budget;	  /* lines to control that may still go this second */
	uint32_t log_second;
	uint64_t start_tsc;
	uint64_t tsc_hz;
};

/* The interface, or NULL. Workers: valid until the end of the walk. */
static inline const struct itf *dp_itf(const struct dp *dp, uint32_t id)
{
	return __atomic_load_n(&dp->itf[id], __ATOMIC_ACQUIRE);
}

/* The forwarding table of a VRF; one that is gone has no routes. */
static inline const struct fib *dp_fib(const struct dp *dp, uint32_t vrf)
{
	const struct fib *fib = __atomic_load_n(&dp->fib[vrf], __ATOMIC_ACQUIRE);

	return fib ? fib : dp->no_fib;
}

/* The PPPoE sessions, or NULL. Workers: valid until the end of the walk. */
static inline const struct pppoe_map *dp_pppoe_map(const struct dp *dp)
{
	return __atomic_load_n(&dp->pppoe_map, __ATOMIC_ACQUIRE);
}

/* Whole seconds since the start, from 1; and milliseconds, from 0. */
uint32_t dp_seconds(const struct dp *dp);
uint64_t dp_ms(const struct dp *dp);

/* Wake the main lcore if it sleeps. */
void dp_wake_main(struct dp *dp);

/* Send packets to the main lcore (meta->punt says why); what does not fit is dropped, counted. */
void dp_punt(struct worker *w, struct rte_mbuf **m, unsigned n);

/* A log line for the administrator through bywayd; main lcore only, rate-limited. */
__attribute__((format(printf, 4, 5))) void dp_log(
	struct dp *dp, unsigned severity, const char *mnemonic, const char *fmt, ...);

#endif
