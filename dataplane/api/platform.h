/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * platform.conf: which port of this machine is which interface of the router,
 * and what the dataplane may use. Both programs read it.
 *
 *     # comment
 *     port GigabitEthernet0 af_packet lan0
 *     port GigabitEthernet8 pci 0000:01:10.0 queues 2
 *     port GigabitEthernet8 memif /run/x.sock role client id 0
 *     port GigabitEthernet9 null
 *     port GigabitEthernet1 switch tap bw1
 *     workers 1            # or: cores 1-3   cores 0x6
 *     main-core 0
 *     single-core on       # main and worker on one lcore
 *     hugepages off
 *     memory 512           # MiB
 *     max-mtu 9000         # what packet buffers have room for
 *     idle adaptive        # or poll
 *     nat-sessions 1000000
 *     routes 1000000
 */
#ifndef BW_API_PLATFORM_H
#define BW_API_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "msg.h"

enum bw_port_kind {
	BW_PORT_PCI = 1,
	BW_PORT_AF_PACKET,
	BW_PORT_AF_XDP,
	BW_PORT_MEMIF,
	BW_PORT_TAP,
	BW_PORT_PCAP,
	BW_PORT_NULL,
};

/* The largest layer-3 packet: without a word of it, and at the most. */
#define BW_MAX_MTU_DEFAULT 2000
#define BW_MAX_MTU	   9216

struct bw_platform_port {
	char name[BW_NAME_LEN]; /* canonical: GigabitEthernet8 */
	enum bw_port_kind kind;
	char device[108];     /* PCI address, netdev, memif socket, pcap file in */
	char device_out[108]; /* PCAP: file out, or empty */
	bool is_switch;	      /* a switch port; GigabitEthernet0-7 are by default */
	uint16_t queues;      /* receive queues wanted; 0 = as many as fit */
	uint16_t memif_id;
	bool memif_server;
	bool memif_zero_copy;
	uint16_t memif_bsize; /* buffer size, 0 = default */
	uint16_t ring_size;   /* descriptors, 0 = default */
	unsigned line;	      /* of platform.conf */
};

struct bw_platform {
	struct bw_platform_port port[BW_MAX_PORTS];
	unsigned n_ports;
	uint64_t cores; /* worker cores as a mask; 0 = not pinned */
	unsigned workers;
	int main_core; /* -1 = not pinned */
	bool single_core;
	bool hugepages;
	unsigned memory; /* MiB, 0 = default */
	bool idle_poll;
	unsigned nat_sessions;
	unsigned routes;
	unsigned mbufs; /* 0 = by ports and workers */
	unsigned max_mtu;
	unsigned burst; /* packets taken from a queue at once; 0 = default */
};

/*
 * Read a file. 0, or negative errno with err saying what and, for -EINVAL, at
 * which line: "platform.conf:3: unknown port kind 'vhost'". p is then unusable.
 */
int bw_platform_load(struct bw_platform *p, const char *path, char *err, size_t err_size);

/* The same from text, for which `name` stands in messages. */
int bw_platform_parse(
	struct bw_platform *p, const char *name, const char *text, char *err, size_t err_size);

#endif
