/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as control's commands to a whole dataplane, in the command ring. A record is a type,
 * a length and so many bytes of the message's body; the rest of the body is made of small numbers.
 * Frames are received between the commands, so that workers use what was programmed. Each command
 * has to be answered, each dump has to end, and after a resync nothing may be left.
 */
#include <stdlib.h>
#include <string.h>

#include "core/rcu.h"
#include "l3/neigh.h"
#include "objects/programmer.h"
#include "support.h"
#include "tables/fib_pool.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_ADJ 4095 /* sweeps look at all ids below the highest */

static struct bw_ring_view cmd, evt;
static uint32_t seq, acked;
static unsigned dumps, ends, refused;

static void set_up(void)
{
	static const struct t_config config = { .workers = 1, .ports = 3, .queues = 1 };

	t_start(&config);
	atexit(t_stop);
	bw_region_reset_rings(&t_dp->region);
	bw_ring_producer(&cmd, t_dp->region.cmd, t_dp->region.cmd_slots);
	bw_ring_consumer(&evt, t_dp->region.evt, t_dp->region.evt_slots);
	programmer_attached(t_dp);
}

static void read_events(void)
{
	const struct bw_msg *m;

	while ((m = bw_ring_read(&evt))) {
		t_require(m->hdr.type >= BW_EVT_ACK && m->hdr.type < BW_EVT_MAX);
		if (m->hdr.type == BW_EVT_ACK)
			acked = m->hdr.seq;
		if (m->hdr.type == BW_EVT_DUMP_END)
			ends++;
		if (m->hdr.type == BW_EVT_NACK) {
			t_require(m->nack.error > BW_OK && m->nack.error < BW_E_MAX);
			refused += m->nack.cmd == BW_CMD_DUMP;
		}
	}
	bw_ring_commit_read(&evt);
}

/* All is answered, and dumps are over. */
static void finish(void)
{
	bw_ring_commit_write(&cmd);
	for (unsigned i = 0; acked != seq || ends + refused != dumps; i++) {
		t_require(i < 10000);
		programmer_poll(t_dp);
		read_events();
	}
	t_settle();
	t_forget_frames();
}

static struct bw_msg *command(uint16_t type)
{
	struct bw_msg *m;

	if (bw_ring_room(&cmd) < 16)
		finish();
	m = bw_ring_write(&cmd);
	if (!m)
		abort();
	memset(m, 0, sizeof(*m));
	m->hdr.seq = ++seq;
	m->hdr.type = type;
	dumps += type == BW_CMD_DUMP;
	return m;
}

/* What would be refused at once more often than not. */
static void steer(struct bw_msg *m)
{
	if (m->hdr.type == BW_CMD_HOST_SET)
		m->host.mtu = 0; /* makes no devices */
	if (m->hdr.type == BW_CMD_ADJ_SET)
		m->adj.adj_id &= MAX_ADJ;
	if (m->hdr.type == BW_CMD_IF_SET && m->itf.flags & 1 << 20) {
		m->itf.if_id %= 8;
		m->itf.kind = 1 + m->itf.kind % 4;
		m->itf.port %= 3;
		m->itf.mtu = m->itf.ip_mtu = 1500;
		m->itf.vrf %= 2;
	}
	if (m->hdr.type == BW_CMD_ACL_SET)
		m->acl.entries %= 64;
}

static void frame(const uint8_t *data, size_t size)
{
	uint8_t f[300] = { 0 };
	unsigned port = size ? data[0] % 3 : 0;

	memcpy(f, data, size);
	if (t_dp->itf[1] && size > 1 && data[1] & 1)
		memcpy(f, t_dp->itf[1]->mac, 6);
	t_receive(port, 0, f, RTE_MAX(size, (size_t)1));
	t_settle();
	t_forget_frames();
}

static const struct bw_msg *defaults(void)
{
	static struct bw_msg m;
	uint32_t *word = (uint32_t *)m.body;

	for (unsigned i = 0; i < BW_MSG_BODY / 4; i++)
		word[i] = t_random() % 24;
	return &m;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned inputs;

	if (!t_dp)
		set_up();
	while (size >= 2) {
		size_t len = RTE_MIN((size_t)data[1] % (BW_MSG_BODY + 1), size - 2);

		if (data[0] % 64 >= BW_CMD_MAX + 4) {
			finish();
			frame(data + 2, len);
		} else {
			struct bw_msg *m = command(data[0] % 64);

			memcpy(m->body, defaults()->body, BW_MSG_BODY);
			memcpy(m->body, data + 2, len);
			steer(m);
		}
		data += 2 + len;
		size -= 2 + len;
	}
	finish();
	neigh_poll(t_dp);
	if (inputs++ % 64)
		return 0;
	t_require(t_users_are_right());
	command(BW_CMD_SYNC_BEGIN);
	command(BW_CMD_SYNC_END);
	command(BW_CMD_ARP_CLEAR);
	finish();
	t_require(t_in_use() == 0);
	for (unsigned i = 1; i < BW_MAX_IFS; i++)
		t_require(!t_dp->itf[i] && !(i < BW_MAX_VRFS && t_dp->fib[i]));
	t_require(t_dp->fib_pool->routes.used == 1); /* 255.255.255.255 */
	return 0;
}
