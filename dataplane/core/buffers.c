/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/buffers.h"

#include <rte_mbuf.h>

#include "port/port.h"

#define BASE	2048
#define UNIT	1024
#define COUNT	8192
#define PER_RXQ 4096
#define CACHE	256

uint16_t buffers_room(const struct bw_platform *p)
{
	if (p->max_mtu <= BW_MAX_MTU_DEFAULT)
		return BASE;
	return RTE_ALIGN_CEIL(p->max_mtu + BUFFERS_AF_PACKET_EXTRA, UNIT);
}

static unsigned count(const struct bw_platform *p, unsigned workers)
{
	unsigned n = COUNT;

	for (unsigned i = 0; i < p->n_ports; i++)
		n += PER_RXQ * port_wanted_queues(&p->port[i], workers);
	return p->mbufs ? p->mbufs : n;
}

unsigned buffers_extra_memory(const struct bw_platform *p, unsigned workers)
{
	uint64_t bytes = (uint64_t)count(p, workers) * (buffers_room(p) - BASE);

	return (bytes + (1 << 20) - 1) >> 20;
}

struct rte_mempool *buffers_create(const struct bw_platform *p, unsigned workers)
{
	return rte_pktmbuf_pool_create("mbufs", count(p, workers), CACHE, 0,
		RTE_PKTMBUF_HEADROOM + buffers_room(p), SOCKET_ID_ANY);
}
