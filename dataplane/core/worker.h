/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A worker: one lcore, one graph, and everything that only this worker writes.
 * Other threads reach it through its inbox (packets) and its jobs (calls).
 */
#ifndef DATAPLANE_CORE_WORKER_H
#define DATAPLANE_CORE_WORKER_H

#include <rte_graph_worker.h>
#include <rte_ring.h>

#include "api/region.h"
#include "core/packet.h"

struct dp;
struct nat_shard;
struct vfr_table;

#define WORKER_INBOX_SIZE 4096
#define WORKER_JOBS_SIZE  64

/* Where a packet from the inbox goes on. */
enum inbox_entry {
	INBOX_IP4_LOOKUP, /* made by the router: the host stack's, ICMP errors of main */
	INBOX_IP4_OUTPUT, /* waited for ARP; meta->adj says the way */
	INBOX_VFR,	  /* a fragment whose datagram belongs to this worker */
	INBOX_NAT_IN2OUT, /* a flow of this worker */
	INBOX_NAT_OUT2IN,
	INBOX_BRIDGE_OUT, /* a whole frame into VLAN meta->vlan */
	INBOX_PORT_TX,	  /* a whole frame for port meta->out_port */
	INBOX_ICMP_ERROR, /* its next hop does not answer: say so */
	INBOX_MAX,
};

enum punt_reason {
	PUNT_ARP = 1, /* an ARP frame (data at the ARP header) */
	PUNT_RESOLVE, /* needs the MAC address of its next hop (meta->adj) */
	PUNT_HOST,    /* for the router's own host stack */
	PUNT_PPPOE,   /* PPPoE discovery (data at the Ethernet header; meta->l2_len) */
	PUNT_PPP,     /* PPP's own protocols (data at the protocol; meta->client) */
	PUNT_STRAY,   /* of no PPPoE session that we know (as PUNT_PPPOE) */
};

struct worker_rxq {
	uint16_t port, queue;
};

struct worker {
	/* written at start, then read only */
	struct dp *dp;
	unsigned id; /* 0 .. dp->n_workers - 1 */
	unsigned lcore;
	struct rte_graph *graph;
	struct bw_worker_counters *counters; /* in the shared region */
	struct nat_shard *nat;
	struct vfr_table *vfr;
	unsigned n_rxq;
	struct worker_rxq rxq[BW_MAX_PORTS * BW_MAX_WORKERS];

	/* written by this worker only */
	uint64_t now;	  /* TSC at the start of this walk */
	uint32_t now_sec; /* whole seconds since byway-dp started, from 1 */
	uint64_t next_sec_tsc;
	uint32_t walk_packets;			    /* taken by the source nodes in this walk */
	uint32_t idle_walks;			    /* in a row */
	uint32_t false_alarms;			    /* wake-ups by a port that had nothing */
	uint16_t rx_burst;			    /* packets asked of a queue at once */
	uint64_t icmp_unreach_next, icmp_frag_next; /* TSC when the next error may go */
	uint64_t icmp_ttl_tokens, icmp_ttl_stamp;
	uint32_t random;

	/* shared */
	struct rte_ring *inbox; /* mbufs from main and from other workers */
	struct rte_ring *jobs;	/* struct worker_job by value */
	_Alignas(64) _Atomic bool running;
	_Atomic bool sleeps; /* see idle.h */
	int epoll, bell;
	bool timed; /* a port has no descriptor to sleep on */
};

/* The worker that a node's graph belongs to; every node's init stores it in ctx. */
static inline struct worker *node_worker(const struct rte_node *node)
{
	return *(struct worker *const *)node->ctx;
}

/* A node's init function. */
int node_init(const struct rte_graph *graph, struct rte_node *node);

/*
 * Give a packet to another worker, to go on at meta->entry. False if its inbox is
 * full; the packet is then still the caller's.
 */
bool worker_hand_over(struct worker *to, struct rte_mbuf *m);

/*
 * Have `fn(worker, arg)` called on the worker between two walks. Main lcore only.
 * Returns false if too many calls wait. fn must be short.
 */
bool worker_call(struct worker *w, void (*fn)(struct worker *w, void *arg), void *arg);

/* As worker_call() on all workers, and waits until all of them have run it. Main lcore only. */
void worker_call_all(struct dp *dp, void (*fn)(struct worker *w, void *arg), void *arg);

/* Wait until the worker has run all its jobs. Main lcore only. */
void worker_flush_jobs(struct dp *dp, unsigned id);

/* Everything of a worker but its graph, which needs the others to be there. NULL on failure. */
struct worker *worker_create(struct dp *dp, unsigned id, unsigned lcore);

/* Make the graph; 0 or negative errno. */
int worker_start_graph(struct worker *w);

/* The lcore must have left worker_main(). w may be NULL. */
void worker_destroy(struct worker *w);

/* One walk, waiting jobs included. Returns the packets that source nodes took. */
unsigned worker_walk(struct worker *w);

/* Main lcore, after the worker's thread has gone: send what still waits in its inbox. */
void worker_drain(struct worker *w);

/* lcore main function: walks until dp->stop. arg is the struct worker. */
int worker_main(void *arg);

#endif
