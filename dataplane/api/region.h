/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The shared memory between byway-dp and bywayd: a memfd that byway-dp makes,
 * sizes, seals against shrinking and hands over its Unix socket.
 *
 *     header | command ring | event ring | ports | counters | checkpoint
 *
 * A block of counters for each worker, and a last one for the main lcore.
 *
 * Both sides use offsets, never pointers. Control checks the header and every
 * offset against the file's real size before it uses the region.
 */
#ifndef BW_API_REGION_H
#define BW_API_REGION_H

#include <stddef.h>
#include <stdint.h>

#include "drops.h"
#include "ring.h"

#define BW_REGION_MAGIC	   0x42595741u /* "BYWA" */
#define BW_CMD_SLOTS	   32768
#define BW_EVT_SLOTS	   32768
#define BW_CHECKPOINT_SIZE (256 * 1024)
#define BW_MAX_NODES	   96

struct bw_region_header {
	uint32_t magic;
	uint32_t version; /* BW_API_VERSION */
	uint64_t size;
	uint64_t boot_id;    /* random; another one means that byway-dp was restarted */
	uint64_t start_time; /* seconds since the epoch */
	uint64_t tsc_hz;
	uint32_t dp_pid;
	uint32_t n_workers;
	uint32_t cmd_ring, cmd_slots; /* offset in bytes; slots */
	uint32_t evt_ring, evt_slots;
	uint32_t ports, n_ports; /* struct bw_port_info[n_ports] */
	uint32_t counters;	 /* struct bw_worker_counters[n_workers + 1] */
	uint32_t checkpoint, checkpoint_size;
	char dp_version[32];
};

/* Written by byway-dp before the handover; link state changes come as BW_EVT_PORT. */
struct bw_port_info {
	char name[BW_NAME_LEN];	  /* as in platform.conf: GigabitEthernet8 */
	char driver[BW_NAME_LEN]; /* net_memif ... */
	char device[BW_NAME_LEN * 2];
	uint8_t mac[6];
	uint8_t link_up;
	uint8_t is_switch; /* a switch port by default */
	uint16_t max_mtu;
	uint16_t n_rxq;
	uint32_t speed;
	/* the driver's own counters, copied about once a second */
	uint64_t rx_packets, rx_bytes, rx_missed, rx_errors, rx_nombuf;
	uint64_t tx_packets, tx_bytes, tx_errors;
};

/* Layer-3 counters of an interface, of one worker. */
struct bw_if_counters {
	uint64_t rx_packets, rx_bytes;
	uint64_t tx_packets, tx_bytes;
	uint64_t rx_drops, tx_drops;
	uint64_t rx_multicast;
	uint64_t pad;
};

struct bw_node_counters {
	char name[BW_NAME_LEN];
	uint64_t calls, packets, cycles;
	uint64_t pad;
};

struct bw_nat_counters {
	uint64_t sessions;	  /* live now */
	uint64_t static_sessions; /* of these, from static rules */
	uint64_t peak;
	uint64_t hits, misses, expired;
	uint64_t alloc_failures, table_full;
	uint64_t icmp_errors, handed_over;
};

#define BW_ICMP_TYPES 20 /* types 0 to 18; the last one stands for all others */

static inline unsigned bw_icmp_slot(uint8_t type)
{
	return type < BW_ICMP_TYPES - 1 ? type : BW_ICMP_TYPES - 1;
}

/* What a worker has to do with the router's own packets. Never cleared. */
struct bw_local_counters {
	uint64_t delivered;  /* packets for the router itself */
	uint64_t broadcasts; /* of these, to a broadcast address */
	uint64_t fragmented; /* packets that were cut */
	uint64_t fragments;  /* into so many */
	uint64_t icmp_rx[BW_ICMP_TYPES], icmp_tx[BW_ICMP_TYPES];
};

/* The same of the main lcore. */
struct bw_main_counters {
	_Alignas(BW_CACHE_LINE) uint64_t arp_rx_requests;
	uint64_t arp_rx_replies;
	uint64_t arp_tx_requests, arp_tx_replies;
	uint64_t arp_tx_proxy; /* replies for others (RFC 1027); among arp_tx_replies */
	uint64_t arp_evicted;  /* neighbours that made room in a full table */
	uint64_t sent;	       /* packets of the host stack */
	uint64_t broadcasts_tx, multicasts_tx; /* of these */
	uint64_t icmp_tx[BW_ICMP_TYPES];       /* and of these */
};

/*
 * Written by one lcore only, read by anybody, so no two share a line. The main lcore has loops,
 * drops and `main` alone, and a worker no `main`. Who sleeps wakes ten times a second at least, so
 * loops that stand still are an lcore that does.
 */
struct bw_worker_counters {
	_Alignas(BW_CACHE_LINE) uint64_t loops; /* walks; the main lcore's turns */
	uint64_t packets;
	uint64_t busy_cycles; /* in loops that had packets */
	uint64_t idle_cycles; /* in loops that had none, sleeping not counted */
	uint64_t sleeps;
	uint32_t lcore, cpu;
	struct bw_nat_counters nat;
	struct bw_local_counters local;
	uint64_t drops[BW_DROP_MAX];
	struct bw_if_counters itf[BW_MAX_IFS];
	struct bw_node_counters node[BW_MAX_NODES];
	struct bw_main_counters main;
};

/* Where everything lies; both sides compute it from the header. */
struct bw_region {
	struct bw_region_header *header;
	struct bw_ring *cmd, *evt;
	struct bw_port_info *ports;
	struct bw_worker_counters *counters;
	uint8_t *checkpoint;
	size_t size;
	/* The header's, as they were checked: the header itself may change under a reader. */
	uint32_t cmd_slots, evt_slots;
	uint32_t n_ports, n_workers;
	uint32_t checkpoint_size;
	int fd;
};

/*
 * Make a region for that many workers and ports. 0 or negative errno. The
 * caller owns what r holds until bw_region_free().
 */
int bw_region_create(struct bw_region *r, uint32_t n_workers, uint32_t n_ports);

/*
 * Map the region behind fd (which r then owns, also on failure) and check it.
 * -EPROTO: not a region, or of another version; -EINVAL: offsets out of it.
 * Only the rings and the checkpoint can be written through this mapping.
 */
int bw_region_attach(struct bw_region *r, int fd);

/* Unmap and close. r may be all zero. */
void bw_region_free(struct bw_region *r);

/* Empty both rings. Only while no other side is attached. */
void bw_region_reset_rings(struct bw_region *r);

#endif
