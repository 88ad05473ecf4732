/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Control's side of the contract against the real dataplane: a client on the socket, its rings,
 * and the programmer turned by hand in the same process.
 */
#include <CUnit/Basic.h>
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/main_loop.h"
#include "core/rcu.h"
#include "host/host.h"
#include "l2/bridge.h"
#include "l3/neigh.h"
#include "objects/programmer.h"
#include "port/port.h"
#include "pppoe/pppoe.h"
#include "support.h"

#define COOKIE UINT64_C(0x1122334455667788)
#define MANY   40000

static char path[64];
static struct bw_client client;

/* What came back. */
static struct {
	uint32_t acked;
	unsigned acks, nacks, rows, ends, ports, clients, logs, debugs;
	struct bw_port_state port;
	unsigned links_down; /* a bit for each port */
	struct bw_pppoe_state client;
	struct bw_log log;   /* the last ones */
	bool order_is_right; /* no refusal behind the acknowledgement that covers it */
	struct bw_msg nack, row, end;
	uint8_t *seen; /* rows by a number of theirs, if the test wants to know */
	uint32_t (*number)(const struct bw_msg *m);
	unsigned twice;
} got;

static void on_event(void *arg, const struct bw_msg *m)
{
	(void)arg;
	switch (m->hdr.type) {
	case BW_EVT_ACK:
		got.acks++;
		got.acked = m->hdr.seq;
		break;
	case BW_EVT_NACK:
		got.nacks++;
		got.nack = *m;
		got.order_is_right &= m->hdr.seq > got.acked;
		break;
	case BW_EVT_DUMP_END:
		got.ends++;
		got.end = *m;
		break;
	case BW_EVT_PORT:
		got.ports++;
		got.port = m->port_state;
		if (!m->port_state.link_up)
			got.links_down |= 1u << m->port_state.port;
		break;
	case BW_EVT_PPPOE:
		got.clients++;
		got.client = m->pppoe_state;
		break;
	case BW_EVT_LOG:
		got.logs++;
		got.log = m->log;
		break;
	case BW_EVT_DEBUG:
		got.debugs++;
		break;
	default:
		got.rows++;
		got.row = *m;
		if (got.seen)
			got.twice += got.seen[got.number(m)]++ != 0;
	}
}

static unsigned read_events(unsigned max)
{
	return bw_client_events(&client, max, on_event, NULL);
}

static void forget(void)
{
	memset(&got, 0, sizeof(got));
	got.order_is_right = true;
}

static void *open_client(void *arg)
{
	*(int *)arg = bw_client_open(&client, path);
	return NULL;
}

static void attach(void)
{
	pthread_t thread;
	int rc = 1;

	forget();
	t_require(pthread_create(&thread, NULL, open_client, &rc) == 0);
	while (t_dp->listener.sock < 0) {
		t_control();
		sched_yield();
	}
	pthread_join(thread, NULL);
	CU_ASSERT_EQUAL_FATAL(rc, 0);
}

static void detach(void)
{
	bw_client_close(&client);
	while (t_dp->listener.sock >= 0) {
		t_control();
		sched_yield();
	}
}

/* Flush, and turn until all is acknowledged. */
static void finish(void)
{
	bw_client_flush(&client);
	for (unsigned i = 0; i < 100000 && got.acked != client.seq; i++) {
		t_control();
		read_events(UINT32_MAX);
		rcu_poll(t_dp->rcu);
	}
	CU_ASSERT_EQUAL_FATAL(got.acked, client.seq);
}

/* Room for a command, whatever it takes. */
static struct bw_msg *command(uint16_t type)
{
	struct bw_msg *m;

	while (!(m = bw_client_command(&client, type, COOKIE)))
		finish();
	return m;
}

/* One command with that body: the error it was answered with. */
static int send_one(uint16_t type, const struct bw_msg *body)
{
	struct bw_msg *m = command(type);
	unsigned nacks = got.nacks;

	if (body)
		memcpy(m->body, body->body, sizeof(m->body));
	finish();
	if (got.nacks == nacks)
		return BW_OK;
	CU_ASSERT_EQUAL(got.nacks, nacks + 1);
	CU_ASSERT_EQUAL(got.nack.hdr.seq, client.seq);
	CU_ASSERT_EQUAL(got.nack.hdr.cookie, COOKIE);
	CU_ASSERT_EQUAL(got.nack.nack.cmd, type);
	CU_ASSERT_NOT_EQUAL(got.nack.nack.error, BW_OK);
	return got.nack.nack.error;
}

#define SEND(type, ...) send_one(type, &(struct bw_msg) { __VA_ARGS__ })

static void empty(void)
{
	command(BW_CMD_SYNC_BEGIN);
	command(BW_CMD_SYNC_END);
	command(BW_CMD_ARP_CLEAR);
	finish();
	for (unsigned v = 0; v < BW_MAX_VRFS; v++)
		host_del(t_dp, v);
	t_settle();
	t_forget_frames();
	forget();
	got.acked = client.seq;
	CU_ASSERT_EQUAL(t_in_use(), 0);
	CU_ASSERT_TRUE(t_users_are_right());
}

static struct bw_msg if_msg(uint32_t id)
{
	return (struct bw_msg) { .itf = t_if(id, BW_IF_PORT, 0, 0) };
}

static int set_if(uint32_t id)
{
	struct bw_msg m = if_msg(id);

	return send_one(BW_CMD_IF_SET, &m);
}

static int set_adj(uint32_t id, uint32_t if_id, const char *nexthop)
{
	return SEND(BW_CMD_ADJ_SET, .adj = { .adj_id = id,
					    .type = BW_ADJ_T_NEIGHBOUR,
					    .if_id = if_id,
					    .nexthop = t_ip(nexthop) });
}

static int set_route(const char *prefix, uint8_t plen, uint32_t adj)
{
	return SEND(
		BW_CMD_ROUTE_SET, .route = { .prefix = t_ip(prefix), .plen = plen, .adj_id = adj });
}

static int del_route(const char *prefix, uint8_t plen)
{
	return SEND(BW_CMD_ROUTE_DEL, .route = { .prefix = t_ip(prefix), .plen = plen });
}

/* Rows of a dump. */
static unsigned dump(uint16_t what, uint32_t limit)
{
	unsigned ends = got.ends;

	got.rows = 0;
	CU_ASSERT_EQUAL(SEND(BW_CMD_DUMP, .dump = { .what = what, .limit = limit }), BW_OK);
	for (unsigned i = 0; i < 100000 && got.ends == ends; i++) {
		t_control();
		read_events(UINT32_MAX);
	}
	CU_ASSERT_EQUAL(got.ends, ends + 1);
	CU_ASSERT_EQUAL(got.end.hdr.seq, client.seq);
	CU_ASSERT_EQUAL(got.end.hdr.cookie, COOKIE);
	return got.rows;
}

/* ---- the link ---- */

static void *open_second(void *arg)
{
	struct bw_client second = { 0 };

	*(int *)arg = bw_client_open(&second, path);
	bw_client_close(&second);
	return NULL;
}

static void attaches(void)
{
	pthread_t thread;
	int rc = 1;

	attach();
	CU_ASSERT_EQUAL(got.ports, 0);
	CU_ASSERT_EQUAL(read_events(100), 3); /* every port's state */
	CU_ASSERT_EQUAL(got.ports, 3);
	t_require(pthread_create(&thread, NULL, open_second, &rc) == 0);
	while (__atomic_load_n(&rc, __ATOMIC_ACQUIRE) == 1) {
		t_control();
		sched_yield();
	}
	pthread_join(thread, NULL);
	CU_ASSERT_EQUAL(rc, -EBUSY);
	CU_ASSERT_EQUAL(set_if(1), BW_OK);
	empty();
	detach();
	attach();
	empty();
}

/* ---- commands ---- */

static void interfaces(void)
{
	struct bw_msg m = if_msg(1);
	static const struct {
		uint32_t id;
		uint16_t kind, port, vlan, vrf, mtu, ip_mtu, acl;
		int error;
	} cases[] = {
		{ 0, BW_IF_PORT, 0, 0, 0, 1500, 1500, 0, BW_E_BAD_VALUE },
		{ BW_MAX_IFS, BW_IF_PORT, 0, 0, 0, 1500, 1500, 0, BW_E_BAD_VALUE },
		{ UINT32_MAX, BW_IF_PORT, 0, 0, 0, 1500, 1500, 0, BW_E_BAD_VALUE },
		{ 1, 0, 0, 0, 0, 1500, 1500, 0, BW_E_BAD_VALUE },
		{ 1, BW_IF_DIALER + 1, 0, 0, 0, 1500, 1500, 0, BW_E_BAD_VALUE },
		{ 1, BW_IF_PORT, 3, 0, 0, 1500, 1500, 0, BW_E_BAD_VALUE },
		{ 1, BW_IF_PORT, 0, 4095, 0, 1500, 1500, 0, BW_E_BAD_VALUE },
		{ 1, BW_IF_SUBIF, 0, 0, 0, 1500, 1500, 0, BW_E_BAD_VALUE },
		{ 1, BW_IF_SUBIF, 9, 10, 0, 1500, 1500, 0, BW_E_BAD_VALUE },
		{ 1, BW_IF_SVI, 0, 4095, 0, 1500, 1500, 0, BW_E_BAD_VALUE },
		{ 1, BW_IF_PORT, 0, 0, 0, 63, 63, 0, BW_E_BAD_VALUE },
		{ 1, BW_IF_PORT, 0, 0, 0, 1500, 67, 0, BW_E_BAD_VALUE },
		{ 1, BW_IF_PORT, 0, 0, 0, 1500, 1501, 0, BW_E_BAD_VALUE },
		{ 1, BW_IF_PORT, 0, 0, 0, 9000, 1500, 0, BW_E_PORT },
		{ 1, BW_IF_PORT, 0, 0, 9, 1500, 1500, 0, BW_E_NO_OBJECT },
		{ 1, BW_IF_PORT, 0, 0, 300, 1500, 1500, 0, BW_E_NO_OBJECT },
		{ 1, BW_IF_PORT, 0, 0, 0, 1500, 1500, BW_MAX_ACLS, BW_E_BAD_VALUE },
		{ 1, BW_IF_PORT, 0, 0, 0, 1500, 1500, 5, BW_OK },
		{ 2, BW_IF_SUBIF, 0, 4094, 0, 1500, 68, 0, BW_OK },
		{ 3, BW_IF_SVI, 0, 20, 0, 64, 64, 0, BW_E_BAD_VALUE },
		{ 3, BW_IF_SVI, 0, 20, 0, 1500, 1500, 0, BW_OK },
		{ 4, BW_IF_DIALER, 77, 0, 0, 1492, 1454, 0, BW_OK },
		{ 1023, BW_IF_LOOPBACK, 77, 0, 0, 1514, 1500, 0, BW_OK },
	};

	for (unsigned i = 0; i < RTE_DIM(cases); i++) {
		m.itf.if_id = cases[i].id;
		m.itf.kind = cases[i].kind;
		m.itf.port = cases[i].port;
		m.itf.vlan = cases[i].vlan;
		m.itf.vrf = cases[i].vrf;
		m.itf.mtu = cases[i].mtu;
		m.itf.ip_mtu = cases[i].ip_mtu;
		m.itf.acl_in = m.itf.acl_out = cases[i].acl;
		CU_ASSERT_EQUAL(send_one(BW_CMD_IF_SET, &m), cases[i].error);
	}
	CU_ASSERT_EQUAL(dump(BW_CMD_IF_SET, 0), 5);
	CU_ASSERT_EQUAL(memcmp(got.row.body, m.body, sizeof(m.itf)), 0); /* as it was set */
	memset(m.itf.name, 'x', sizeof(m.itf.name));			 /* without its end */
	CU_ASSERT_EQUAL(send_one(BW_CMD_IF_SET, &m), BW_OK);
	dump(BW_CMD_IF_SET, 0);
	CU_ASSERT_EQUAL(got.row.itf.name[BW_NAME_LEN - 1], '\0');
	CU_ASSERT_EQUAL(SEND(BW_CMD_IF_VLANS, .if_vlans = { 1, 512, 0, { 5 } }), BW_OK);
	CU_ASSERT_EQUAL(SEND(BW_CMD_IF_VLANS, .if_vlans = { 1, 3584, 0, { 5 } }), BW_OK);
	CU_ASSERT_EQUAL(SEND(BW_CMD_IF_VLANS, .if_vlans = { 1, 4096, 0, { 5 } }), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(SEND(BW_CMD_IF_VLANS, .if_vlans = { 1, 1, 0, { 5 } }), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(SEND(BW_CMD_IF_VLANS, .if_vlans = { 3, 0, 0, { 5 } }), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(SEND(BW_CMD_IF_VLANS, .if_vlans = { 9, 0, 0, { 5 } }), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(
		SEND(BW_CMD_IF_VLANS, .if_vlans = { UINT32_MAX, 0, 0, { 5 } }), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(SEND(BW_CMD_IF_DEL, .itf = { .if_id = 2 }), BW_OK);
	CU_ASSERT_EQUAL(SEND(BW_CMD_IF_DEL, .itf = { .if_id = 2 }), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(SEND(BW_CMD_IF_DEL, .itf = { .if_id = 0 }), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(SEND(BW_CMD_IF_DEL, .itf = { .if_id = UINT32_MAX }), BW_E_NO_OBJECT);
	empty();
}

static void addresses(void)
{
	bw_ip4 a = t_ip("10.0.0.1");

	CU_ASSERT_EQUAL(SEND(BW_CMD_IF_ADDR_SET, .if_addr = { 1, a, 24, 1, 0 }), BW_E_NO_OBJECT);
	set_if(1);
	CU_ASSERT_EQUAL(SEND(BW_CMD_IF_ADDR_SET, .if_addr = { 1, a, 33, 1, 0 }), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(SEND(BW_CMD_IF_ADDR_SET, .if_addr = { 1, 0, 24, 1, 0 }), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(SEND(BW_CMD_IF_ADDR_SET, .if_addr = { 1, a, 24, 1, 0 }), BW_OK);
	CU_ASSERT_EQUAL(SEND(BW_CMD_IF_ADDR_SET, .if_addr = { 1, a, 25, 1, 0 }), BW_OK);
	CU_ASSERT_EQUAL(dump(BW_CMD_IF_ADDR_SET, 0), 1);
	CU_ASSERT_EQUAL(got.row.if_addr.plen, 25);
	CU_ASSERT_EQUAL(t_dp->itf[1]->primary, a);
	for (unsigned i = 1; i < ITF_MAX_ADDRS; i++)
		CU_ASSERT_EQUAL(
			SEND(BW_CMD_IF_ADDR_SET, .if_addr = { 1, htonl(i << 8), 32, 0, 0 }), BW_OK);
	CU_ASSERT_EQUAL(SEND(BW_CMD_IF_ADDR_SET, .if_addr = { 1, htonl(9), 32, 0, 0 }), BW_E_FULL);
	CU_ASSERT_EQUAL(dump(BW_CMD_IF_ADDR_SET, 0), ITF_MAX_ADDRS);
	CU_ASSERT_EQUAL(SEND(BW_CMD_IF_ADDR_DEL, .if_addr = { .if_id = 1, .addr = a }), BW_OK);
	CU_ASSERT_EQUAL(t_dp->itf[1]->primary, 0);
	CU_ASSERT_EQUAL(
		SEND(BW_CMD_IF_ADDR_DEL, .if_addr = { .if_id = 1, .addr = a }), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(
		SEND(BW_CMD_IF_ADDR_DEL, .if_addr = { .if_id = 2000, .addr = a }), BW_E_NO_OBJECT);
	empty();
}

static void vrfs(void)
{
	CU_ASSERT_EQUAL(SEND(BW_CMD_VRF_SET, .vrf = { BW_MAX_VRFS, 0, "x" }), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(SEND(BW_CMD_VRF_SET, .vrf = { 5, 0, "red" }), BW_OK);
	CU_ASSERT_EQUAL(SEND(BW_CMD_VRF_SET, .vrf = { 5, 0, "blue" }), BW_OK);
	CU_ASSERT_EQUAL(dump(BW_CMD_VRF_SET, 0), 2);
	CU_ASSERT_STRING_EQUAL(got.row.vrf.name, "blue");
	CU_ASSERT_EQUAL(
		SEND(BW_CMD_ROUTE_SET, .route = { 5, t_ip("1.0.0.0"), BW_ADJ_NULL0, 8, { 0 } }),
		BW_OK);
	CU_ASSERT_EQUAL(SEND(BW_CMD_VRF_DEL, .vrf = { .vrf_id = 5 }), BW_E_IN_USE);
	CU_ASSERT_EQUAL(
		SEND(BW_CMD_ROUTE_DEL, .route = { 5, t_ip("1.0.0.0"), 0, 8, { 0 } }), BW_OK);
	CU_ASSERT_EQUAL(SEND(BW_CMD_VRF_DEL, .vrf = { .vrf_id = 5 }), BW_OK);
	CU_ASSERT_EQUAL(SEND(BW_CMD_VRF_DEL, .vrf = { .vrf_id = 5 }), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(SEND(BW_CMD_VRF_DEL, .vrf = { .vrf_id = 0 }), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(SEND(BW_CMD_VRF_DEL, .vrf = { .vrf_id = 999 }), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(
		SEND(BW_CMD_ROUTE_SET, .route = { 5, 0, BW_ADJ_NULL0, 0, { 0 } }), BW_E_NO_OBJECT);
	empty();
}

static void routes(void)
{
	CU_ASSERT_EQUAL(set_route("10.0.0.0", 8, BW_ADJ_NULL0), BW_OK);
	CU_ASSERT_EQUAL(set_route("10.0.0.0", 8, BW_ADJ_DROP), BW_OK);
	CU_ASSERT_EQUAL(set_route("0.0.0.0", 0, BW_ADJ_RECEIVE), BW_OK);
	CU_ASSERT_EQUAL(set_route("10.0.0.1", 8, BW_ADJ_DROP), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(set_route("10.0.0.0", 33, BW_ADJ_DROP), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(set_route("10.0.0.0", 255, BW_ADJ_DROP), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(set_route("11.0.0.0", 8, 100), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(set_route("11.0.0.0", 8, 5), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(set_route("11.0.0.0", 8, BW_MAX_ADJS), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(set_route("11.0.0.0", 8, UINT32_MAX), BW_E_NO_OBJECT);
	/* everybody's broadcast address is the dataplane's */
	CU_ASSERT_EQUAL(set_route("255.255.255.255", 32, BW_ADJ_NULL0), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(del_route("255.255.255.255", 32), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(fib_lookup(t_dp->fib[0], UINT32_MAX), BW_ADJ_BROADCAST);
	CU_ASSERT_EQUAL(del_route("10.0.0.0", 9), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(del_route("10.0.0.0", 8), BW_OK);
	CU_ASSERT_EQUAL(del_route("10.0.0.0", 8), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(del_route("0.0.0.0", 0), BW_OK);
	CU_ASSERT_EQUAL(SEND(BW_CMD_ROUTE_DEL, .route = { .vrf_id = 256 }), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(SEND(BW_CMD_ROUTE_DEL, .route = { .vrf_id = 7 }), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(SEND(BW_CMD_ROUTE_DEL, .route = { .plen = 77 }), BW_E_NO_OBJECT);
	empty();
}

static int set_ecmp(uint32_t id, uint16_t n, uint32_t first)
{
	struct bw_msg m = { .adj = { .adj_id = id, .type = BW_ADJ_T_ECMP, .n_paths = n } };

	for (unsigned i = 0; i < RTE_MIN(n, (uint16_t)BW_MAX_PATHS); i++)
		m.adj.path[i] = first + i;
	return send_one(BW_CMD_ADJ_SET, &m);
}

static int del_adj(uint32_t id)
{
	return SEND(BW_CMD_ADJ_DEL, .adj = { .adj_id = id });
}

static void adjacencies(void)
{
	CU_ASSERT_EQUAL(set_adj(100, 1, "10.0.0.2"), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(set_adj(100, UINT32_MAX, "10.0.0.2"), BW_E_NO_OBJECT);
	set_if(1);
	CU_ASSERT_EQUAL(set_adj(BW_ADJ_FIRST - 1, 1, "10.0.0.2"), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(set_adj(BW_MAX_ADJS, 1, "10.0.0.2"), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(SEND(BW_CMD_ADJ_SET, .adj = { .adj_id = 99, .type = 0 }), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(SEND(BW_CMD_ADJ_SET, .adj = { .adj_id = 99, .type = 4 }), BW_E_BAD_VALUE);
	for (uint32_t id = 100; id < 116; id++)
		CU_ASSERT_EQUAL(set_adj(id, 1, "10.0.0.2"), BW_OK);
	CU_ASSERT_EQUAL(set_adj(BW_MAX_ADJS - 1, 1, "10.0.0.3"), BW_OK);
	CU_ASSERT_EQUAL(set_ecmp(200, 0, 100), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(set_ecmp(200, 17, 100), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(set_ecmp(200, 2, 115), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(set_ecmp(200, 1, BW_MAX_ADJS), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(set_ecmp(200, 16, 100), BW_OK);
	CU_ASSERT_EQUAL(set_ecmp(201, 1, 200), BW_E_BAD_VALUE); /* one in another */
	CU_ASSERT_EQUAL(set_ecmp(200, 1, 200), BW_E_BAD_VALUE); /* in itself */
	CU_ASSERT_EQUAL(set_ecmp(BW_MAX_ADJS - 1, 1, BW_MAX_ADJS - 1), BW_E_BAD_VALUE);
	/* in use */
	CU_ASSERT_EQUAL(del_adj(100), BW_E_IN_USE);
	CU_ASSERT_EQUAL(set_ecmp(100, 1, 101), BW_E_IN_USE); /* would be one in another */
	CU_ASSERT_EQUAL(set_route("10.0.0.0", 8, 200), BW_OK);
	CU_ASSERT_EQUAL(del_adj(200), BW_E_IN_USE);
	CU_ASSERT_EQUAL(set_ecmp(200, 2, 100), BW_OK); /* replaced whole */
	CU_ASSERT_EQUAL(del_adj(115), BW_OK);
	CU_ASSERT_EQUAL(del_adj(101), BW_E_IN_USE);
	CU_ASSERT_EQUAL(set_route("10.0.0.0", 8, 114), BW_OK);
	CU_ASSERT_EQUAL(del_adj(200), BW_OK);
	CU_ASSERT_EQUAL(del_adj(114), BW_E_IN_USE);
	CU_ASSERT_EQUAL(set_adj(114, 1, "10.0.0.9"), BW_OK); /* a route's may change */
	CU_ASSERT_EQUAL(del_route("10.0.0.0", 8), BW_OK);
	CU_ASSERT_EQUAL(del_adj(114), BW_OK);
	CU_ASSERT_EQUAL(del_adj(114), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(del_adj(BW_ADJ_DROP), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(del_adj(UINT32_MAX), BW_E_NO_OBJECT);
	CU_ASSERT_TRUE(t_users_are_right());
	empty();
}

static int set_fixed(uint32_t id, uint32_t as)
{
	return SEND(BW_CMD_ADJ_SET,
		.adj = { .adj_id = id, .type = BW_ADJ_T_FIXED, .n_paths = 1, .path = { as } });
}

/* What a next hop's adjacency goes through while a million routes lead to it. */
static void an_adjacency_in_use_takes_other_contents(void)
{
	set_if(1);
	for (uint32_t id = 100; id < 103; id++)
		CU_ASSERT_EQUAL(set_adj(id, 1, "10.0.0.2"), BW_OK);
	CU_ASSERT_EQUAL(set_route("10.0.0.0", 8, 102), BW_OK);
	CU_ASSERT_EQUAL(set_ecmp(102, 2, 100), BW_OK);
	CU_ASSERT_EQUAL(adj_kind(adj_get(t_dp->adj, 102)), ADJ_ECMP);
	CU_ASSERT_EQUAL(t_dp->adj->users[100], 1);
	CU_ASSERT_EQUAL(set_fixed(102, BW_ADJ_DROP), BW_OK);
	CU_ASSERT_EQUAL(adj_kind(adj_get(t_dp->adj, 102)), ADJ_DISCARD);
	CU_ASSERT_EQUAL(t_dp->adj->users[100], 0);
	CU_ASSERT_EQUAL(set_fixed(102, BW_ADJ_NULL0), BW_OK);
	CU_ASSERT_EQUAL(adj_kind(adj_get(t_dp->adj, 102)), ADJ_NULL0);
	CU_ASSERT_EQUAL(set_fixed(102, BW_ADJ_FIRST), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(
		SEND(BW_CMD_ADJ_SET, .adj = { .adj_id = 102, .type = BW_ADJ_T_GLEAN, .if_id = 1 }),
		BW_OK);
	CU_ASSERT_EQUAL(adj_kind(adj_get(t_dp->adj, 102)), ADJ_GLEAN);
	CU_ASSERT_EQUAL(set_adj(102, 1, "10.0.0.7"), BW_OK);
	CU_ASSERT_EQUAL(adj_kind(adj_get(t_dp->adj, 102)), ADJ_RESOLVE);
	/* a path of a set may be anything but a set */
	CU_ASSERT_EQUAL(set_ecmp(110, 2, 101), BW_OK);
	CU_ASSERT_EQUAL(set_ecmp(102, 1, 100), BW_E_IN_USE);
	CU_ASSERT_EQUAL(set_fixed(102, BW_ADJ_DROP), BW_OK);
	CU_ASSERT_EQUAL(del_adj(110), BW_OK);
	CU_ASSERT_EQUAL(set_ecmp(102, 1, 100), BW_OK);
	CU_ASSERT_EQUAL(fib_lookup(t_dp->fib[0], 0x0a000001), 102);
	CU_ASSERT_TRUE(t_users_are_right());
	CU_ASSERT_EQUAL(del_route("10.0.0.0", 8), BW_OK);
	empty();
}

static void the_rest(void)
{
	static const struct bw_arp arp = { .if_id = 1, .addr = 0x0200000a, .mac = { 2, 1 } };
	struct bw_nat_rule rule = {
		.rule_id = 1, .kind = BW_NAT_STATIC, .local = 0x0200000a, .global = 0x0200000b
	};

	CU_ASSERT_EQUAL(SEND(BW_CMD_ARP_SET, .arp = arp), BW_E_NO_OBJECT);
	set_if(1);
	CU_ASSERT_EQUAL(SEND(BW_CMD_ARP_SET, .arp = arp), BW_OK);
	CU_ASSERT_EQUAL(dump(BW_EVT_ARP, 0), 1);
	CU_ASSERT_EQUAL(got.row.arp.state, BW_ARP_STATIC);
	CU_ASSERT_EQUAL(send_one(BW_CMD_ARP_CLEAR, NULL), BW_OK);
	CU_ASSERT_EQUAL(SEND(BW_CMD_ARP_DEL, .arp = arp), BW_OK);
	CU_ASSERT_EQUAL(SEND(BW_CMD_ARP_DEL, .arp = arp), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(send_one(BW_CMD_MAC_CLEAR, NULL), BW_OK);

	CU_ASSERT_EQUAL(SEND(BW_CMD_ACL_SET, .acl = { 0, 1, "x" }), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(SEND(BW_CMD_ACL_SET, .acl = { BW_MAX_ACLS, 1, "x" }), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(SEND(BW_CMD_ACL_ENTRY, .ace = { .acl_id = 7 }), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(SEND(BW_CMD_ACL_SET, .acl = { 7, 1, "x" }), BW_OK);
	CU_ASSERT_EQUAL(SEND(BW_CMD_ACL_COMMIT, .acl = { .acl_id = 7 }), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(SEND(BW_CMD_ACL_ENTRY, .ace = { .acl_id = 7 }), BW_OK);
	CU_ASSERT_EQUAL(SEND(BW_CMD_ACL_COMMIT, .acl = { .acl_id = 7 }), BW_OK);
	CU_ASSERT_EQUAL(SEND(BW_CMD_ACL_COMMIT, .acl = { .acl_id = 7 }), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(dump(BW_CMD_ACL_SET, 0), 1);
	CU_ASSERT_EQUAL(dump(BW_EVT_ACL_HITS, 0), 1);
	CU_ASSERT_EQUAL(SEND(BW_CMD_ACL_DEL, .acl = { .acl_id = 7 }), BW_OK);
	CU_ASSERT_EQUAL(SEND(BW_CMD_ACL_DEL, .acl = { .acl_id = 7 }), BW_E_NO_OBJECT);

	CU_ASSERT_EQUAL(SEND(BW_CMD_NAT_RULE_SET, .nat_rule = rule), BW_OK);
	CU_ASSERT_EQUAL(dump(BW_CMD_NAT_RULE_SET, 0), 1);
	CU_ASSERT_EQUAL(SEND(BW_CMD_NAT_RULE_SET, .nat_rule = { .rule_id = 2 }), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(SEND(BW_CMD_NAT_RULE_DEL, .nat_rule = rule), BW_OK);
	CU_ASSERT_EQUAL(SEND(BW_CMD_NAT_RULE_DEL, .nat_rule = rule), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(SEND(BW_CMD_NAT_POOL_DEL, .nat_pool = { .pool_id = 3 }), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(send_one(BW_CMD_NAT_CLEAR, NULL), BW_OK);

	CU_ASSERT_EQUAL(SEND(BW_CMD_HOST_SET, .host = { 0, 1500, "bad/name" }), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(SEND(BW_CMD_HOST_SET, .host = { 0, 20, "tun0" }), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(SEND(BW_CMD_HOST_SET, .host = { 999, 1500, "tun0" }), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(SEND(BW_CMD_HOST_DEL, .host = { .vrf_id = 3 }), BW_E_NO_OBJECT);
	CU_ASSERT_EQUAL(SEND(BW_CMD_HOST_DEL, .host = { .vrf_id = 999 }), BW_E_NO_OBJECT);

	t_dp->region.counters[0].itf[1].rx_packets = t_dp->region.counters[0].itf[2].rx_packets = 5;
	CU_ASSERT_EQUAL(SEND(BW_CMD_CLEAR_COUNTERS, .ref = { 1, 0 }), BW_OK);
	CU_ASSERT_EQUAL(t_dp->region.counters[0].itf[1].rx_packets, 0);
	CU_ASSERT_EQUAL(t_dp->region.counters[0].itf[2].rx_packets, 5);
	CU_ASSERT_EQUAL(send_one(BW_CMD_CLEAR_COUNTERS, NULL), BW_OK);
	CU_ASSERT_EQUAL(t_dp->region.counters[0].itf[2].rx_packets, 0);
	CU_ASSERT_EQUAL(SEND(BW_CMD_CLEAR_COUNTERS, .ref = { BW_MAX_IFS, 0 }), BW_E_BAD_VALUE);

	CU_ASSERT_EQUAL(SEND(BW_CMD_DUMP, .dump = { .what = 0 }), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(SEND(BW_CMD_DUMP, .dump = { .what = BW_CMD_DUMP }), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(send_one(BW_MSG_NONE, NULL), BW_E_UNKNOWN_TYPE);
	CU_ASSERT_EQUAL(send_one(BW_CMD_MAX, NULL), BW_E_UNKNOWN_TYPE);
	CU_ASSERT_EQUAL(send_one(BW_EVT_ACK, NULL), BW_E_UNKNOWN_TYPE);
	CU_ASSERT_EQUAL(send_one(UINT16_MAX, NULL), BW_E_UNKNOWN_TYPE);
	empty();
}

static void acknowledgements(void)
{
	unsigned before;

	set_if(1);
	before = got.acks;
	for (unsigned i = 0; i < 10000; i++) { /* every seventh is refused */
		struct bw_msg *m = command(BW_CMD_ROUTE_SET);

		m->route.prefix = htonl(0x14000000 + (i << 8));
		m->route.plen = 24;
		m->route.adj_id = i % 7 ? BW_ADJ_DROP : 999;
	}
	finish();
	CU_ASSERT_EQUAL(got.nacks, 1429);
	CU_ASSERT_TRUE(got.order_is_right);
	CU_ASSERT_TRUE(got.acks - before <= 4); /* one for a batch, not for each */
	CU_ASSERT_EQUAL(dump(BW_CMD_ROUTE_SET, 0), 10000 - 1429 + 1);
	empty();
}

/* ---- resync ---- */

static void sweeps(void)
{
	struct bw_msg m;

	set_if(1);
	m = if_msg(2);
	m.itf.port = 1;
	send_one(BW_CMD_IF_SET, &m);
	SEND(BW_CMD_IF_ADDR_SET, .if_addr = { 1, t_ip("10.0.0.1"), 24, 1, 0 });
	SEND(BW_CMD_IF_ADDR_SET, .if_addr = { 1, t_ip("10.5.0.1"), 24, 0, 0 });
	SEND(BW_CMD_VRF_SET, .vrf = { 5, 0, "red" });
	for (uint32_t id = 100; id < 104; id++)
		set_adj(id, 1, "10.0.0.2");
	set_ecmp(200, 4, 100);
	set_route("20.0.0.0", 8, 200);
	set_route("21.0.0.0", 8, 100);
	SEND(BW_CMD_ROUTE_SET, .route = { 5, t_ip("1.0.0.0"), 101, 8, { 0 } });
	SEND(BW_CMD_ARP_SET, .arp = { .if_id = 1, .addr = t_ip("10.0.0.7"), .mac = { 2, 7 } });
	SEND(BW_CMD_ACL_SET, .acl = { 7, 0, "x" });
	SEND(BW_CMD_ACL_COMMIT, .acl = { .acl_id = 7 });

	send_one(BW_CMD_SYNC_END, NULL); /* without a beginning it means nothing */
	CU_ASSERT_EQUAL(dump(BW_CMD_IF_SET, 0), 2);
	/* only some of it again: the same, changed, and new */
	send_one(BW_CMD_SYNC_BEGIN, NULL);
	CU_ASSERT_EQUAL(dump(BW_CMD_ROUTE_SET, 0), 5); /* nothing goes before the end */
	set_if(1);
	SEND(BW_CMD_IF_ADDR_SET, .if_addr = { 1, t_ip("10.0.0.1"), 24, 1, 0 });
	set_adj(100, 1, "10.0.0.2");
	set_adj(150, 1, "10.0.0.3");
	set_route("21.0.0.0", 8, 100);
	set_route("22.0.0.0", 8, 150);
	send_one(BW_CMD_SYNC_END, NULL);
	CU_ASSERT_EQUAL(dump(BW_CMD_IF_SET, 0), 1);
	CU_ASSERT_EQUAL(dump(BW_CMD_IF_ADDR_SET, 0), 1);
	CU_ASSERT_EQUAL(dump(BW_CMD_ADJ_SET, 0), 2);
	CU_ASSERT_EQUAL(dump(BW_CMD_ROUTE_SET, 0), 3); /* and 255.255.255.255 */
	CU_ASSERT_EQUAL(dump(BW_CMD_VRF_SET, 0), 1);
	CU_ASSERT_EQUAL(dump(BW_CMD_ACL_SET, 0), 0);
	CU_ASSERT_TRUE(t_users_are_right());
	/* ids used again for something else */
	CU_ASSERT_EQUAL(set_ecmp(101, 1, 100), BW_OK);
	CU_ASSERT_EQUAL(set_adj(200, 1, "10.0.0.8"), BW_OK);
	CU_ASSERT_EQUAL(SEND(BW_CMD_VRF_SET, .vrf = { 5, 0, "new" }), BW_OK);
	CU_ASSERT_EQUAL(SEND(BW_CMD_ROUTE_SET, .route = { 5, 0, 200, 0, { 0 } }), BW_OK);
	CU_ASSERT_EQUAL(fib_lookup(t_dp->fib[5], 0x01020304), 200);
	/* again and again: epochs wrap */
	for (unsigned i = 0; i < 300; i++) {
		command(BW_CMD_SYNC_BEGIN);
		set_if(1);
		set_adj(100, 1, "10.0.0.2");
		command(BW_CMD_SYNC_END);
	}
	finish();
	CU_ASSERT_EQUAL(dump(BW_CMD_IF_SET, 0), 1);
	CU_ASSERT_EQUAL(dump(BW_CMD_ADJ_SET, 0), 1);
	CU_ASSERT_EQUAL(dump(BW_CMD_VRF_SET, 0), 1);
	empty();
}

/* Devices of the kernel that control does not want again go with the rest, and no others. */
static void resync_sweeps_host_devices(void)
{
	CU_ASSERT_EQUAL(SEND(BW_CMD_VRF_SET, .vrf = { 5, 0, "r5" }), BW_OK);
	CU_ASSERT_EQUAL(SEND(BW_CMD_HOST_SET, .host = { 0, 1500, "bw-unit0" }), BW_OK);
	CU_ASSERT_EQUAL(SEND(BW_CMD_HOST_SET, .host = { 5, 1500, "bw-unit5" }), BW_OK);
	CU_ASSERT_NOT_EQUAL(if_nametoindex("bw-unit0"), 0);
	CU_ASSERT_NOT_EQUAL(if_nametoindex("bw-unit5"), 0);
	send_one(BW_CMD_SYNC_BEGIN, NULL);
	SEND(BW_CMD_VRF_SET, .vrf = { 5, 0, "r5" });
	SEND(BW_CMD_HOST_SET, .host = { 0, 1500, "bw-unit0" });
	CU_ASSERT_EQUAL(dump(BW_CMD_HOST_SET, 0), 2); /* nothing goes before the end */
	t_dp->hosts_changed = false;
	send_one(BW_CMD_SYNC_END, NULL);
	CU_ASSERT_TRUE(t_dp->hosts_changed);
	CU_ASSERT_EQUAL(dump(BW_CMD_HOST_SET, 0), 1);
	CU_ASSERT_NOT_EQUAL(if_nametoindex("bw-unit0"), 0);
	CU_ASSERT_EQUAL(if_nametoindex("bw-unit5"), 0);
	CU_ASSERT_EQUAL(dump(BW_CMD_VRF_SET, 0), 2);
	/* Set and removed since the beginning, and set by nobody. */
	send_one(BW_CMD_SYNC_BEGIN, NULL);
	SEND(BW_CMD_HOST_SET, .host = { 5, 1500, "bw-unit5" });
	SEND(BW_CMD_HOST_DEL, .host = { .vrf_id = 5 });
	send_one(BW_CMD_SYNC_END, NULL);
	CU_ASSERT_EQUAL(dump(BW_CMD_HOST_SET, 0), 0);
	CU_ASSERT_EQUAL(if_nametoindex("bw-unit0"), 0);
	empty();
}

static void vanishes_in_mid_batch(void)
{
	for (unsigned round = 0; round < 3; round++) {
		set_if(1);
		set_route("21.0.0.0", 8, BW_ADJ_DROP);
		send_one(BW_CMD_SYNC_BEGIN, NULL);
		SEND(BW_CMD_ACL_SET, .acl = { 7, 2, "half" });
		SEND(BW_CMD_ACL_ENTRY, .ace = { .acl_id = 7 });
		for (unsigned i = 0; i < 5; i++)
			command(BW_CMD_DUMP)->dump.what = BW_CMD_ROUTE_SET;
		for (unsigned i = 0; i < 20000; i++) {
			struct bw_msg *m = command(BW_CMD_ROUTE_SET);

			m->route.prefix = htonl(0x14000000 + (i << 8));
			m->route.plen = 24;
			m->route.adj_id = BW_ADJ_DROP;
		}
		bw_client_flush(&client);
		if (round)
			t_control(); /* some of it is carried out */
		detach();
		CU_ASSERT_FALSE(t_control());
		attach();
		CU_ASSERT_EQUAL(read_events(1000), 3); /* nothing of what the other asked */
		CU_ASSERT_EQUAL(got.ports, 3);
		/* nor is his half a list ours to finish */
		CU_ASSERT_EQUAL(
			SEND(BW_CMD_ACL_ENTRY, .ace = { .acl_id = 7, .index = 1 }), BW_E_NO_OBJECT);
		/* his unfinished resync is no reason to sweep ours */
		send_one(BW_CMD_SYNC_END, NULL);
		CU_ASSERT_EQUAL(dump(BW_CMD_IF_SET, 0), 1);
		send_one(BW_CMD_SYNC_BEGIN, NULL);
		set_if(1);
		set_route("21.0.0.0", 8, BW_ADJ_DROP);
		send_one(BW_CMD_SYNC_END, NULL);
		CU_ASSERT_EQUAL(dump(BW_CMD_ROUTE_SET, 0), 2);
		CU_ASSERT_EQUAL(dump(BW_CMD_IF_SET, 0), 1);
	}
	empty();
}

/* ---- dumps ---- */

static uint32_t route_number(const struct bw_msg *m)
{
	return m->route.plen == 24 ? ntohl(m->route.prefix) >> 8 & 0xffff : 65535;
}

static uint32_t adj_number(const struct bw_msg *m)
{
	return m->adj.adj_id;
}

static uint32_t arp_number(const struct bw_msg *m)
{
	return ntohl(m->arp.addr) & 0xffff;
}

static uint32_t hits_number(const struct bw_msg *m)
{
	return m->acl_hits.index;
}

/* A table listed with nobody reading until the ring is full, then a few rows at a time. */
static void list_slowly(uint16_t what, unsigned rows, uint32_t (*number)(const struct bw_msg *m))
{
	unsigned turns = 0;

	forget();
	got.acked = client.seq;
	got.seen = calloc(1, 1 << 20);
	got.number = number;
	CU_ASSERT_PTR_NOT_NULL_FATAL(got.seen);
	command(BW_CMD_DUMP)->dump.what = what;
	bw_client_flush(&client);
	for (unsigned i = 0; i < 50; i++)
		t_control();
	CU_ASSERT_FALSE(t_control()); /* full: no reason to turn in circles */
	command(BW_CMD_ROUTE_SET)->route = (struct bw_route) { .plen = 77 };
	for (; got.ends == 0 && turns < 100000; turns++) {
		bw_client_flush(&client);
		t_control();
		read_events(1 + t_random() % 2000);
	}
	finish();
	CU_ASSERT_EQUAL(got.ends, 1);
	CU_ASSERT_EQUAL(got.rows, rows);
	CU_ASSERT_EQUAL(got.twice, 0);
	CU_ASSERT_EQUAL(got.nacks, 1); /* commands are answered meanwhile */
	free(got.seen);
	got.seen = NULL;
}

static void more_rows_than_room(void)
{
	char addr[32];

	set_if(1);
	SEND(BW_CMD_IF_ADDR_SET, .if_addr = { 1, t_ip("30.0.0.1"), 8, 1, 0 });
	for (unsigned i = 0; i < MANY; i++) {
		struct bw_msg *m = command(BW_CMD_ADJ_SET);

		m->adj = (struct bw_adj) { .adj_id = 100 + i, .type = BW_ADJ_T_GLEAN, .if_id = 1 };
		m = command(BW_CMD_ROUTE_SET);
		m->route = (struct bw_route) {
			.prefix = htonl(0x14000000 + (i << 8)), .plen = 24, .adj_id = 100 + i
		};
	}
	command(BW_CMD_ACL_SET)->acl = (struct bw_acl) { 7, MANY, "long" };
	for (unsigned i = 0; i < MANY; i++)
		command(BW_CMD_ACL_ENTRY)->ace = (struct bw_ace) {
			.acl_id = 7, .index = i, .src = htonl(i), .flags = BW_ACE_F_PERMIT
		};
	command(BW_CMD_ACL_COMMIT)->acl.acl_id = 7;
	finish();
	CU_ASSERT_EQUAL(got.nacks, 0);
	for (unsigned i = 2; i < NEIGH_MAX + 2; i++) {
		snprintf(addr, sizeof(addr), "30.0.%u.%u", i >> 8, i & 255);
		t_learn(1, addr, t_peer);
	}
	CU_ASSERT_EQUAL(got.nacks, 0);
	CU_ASSERT_TRUE(t_users_are_right());
	list_slowly(BW_CMD_ROUTE_SET, MANY + 1, route_number);
	list_slowly(BW_CMD_ADJ_SET, MANY, adj_number);
	list_slowly(BW_EVT_ARP, NEIGH_MAX, arp_number);
	list_slowly(BW_EVT_ACL_HITS, MANY, hits_number);
	CU_ASSERT_EQUAL(dump(BW_CMD_ROUTE_SET, 10), 10);
	/* the small tables behind a big one, nobody reading */
	forget();
	got.acked = client.seq;
	for (unsigned i = 0; i < 2; i++)
		command(BW_CMD_DUMP)->dump.what = BW_CMD_ADJ_SET;
	command(BW_CMD_DUMP)->dump.what = BW_CMD_VRF_SET;
	command(BW_CMD_DUMP)->dump.what = BW_CMD_IF_SET;
	command(BW_CMD_DUMP)->dump.what = BW_CMD_IF_ADDR_SET;
	command(BW_CMD_DUMP)->dump.what = BW_CMD_ACL_SET;
	command(BW_CMD_DUMP)->dump.what = BW_CMD_NAT_RULE_SET;
	command(BW_CMD_DUMP)->dump.what = BW_CMD_NAT_POOL_SET;
	command(BW_CMD_DUMP)->dump.what = BW_CMD_HOST_SET;
	command(BW_CMD_DUMP)->dump.what = BW_EVT_MAC;
	command(BW_CMD_DUMP)->dump.what = BW_EVT_NAT_SESSION;
	bw_client_flush(&client);
	for (unsigned i = 0; i < 60; i++)
		t_control();
	for (unsigned i = 0; got.ends < 11 && i < 100000; i++) {
		t_control();
		read_events(5000);
	}
	finish();
	CU_ASSERT_EQUAL(got.ends, 11);
	CU_ASSERT_EQUAL(got.rows, 2 * MANY + 4);
	CU_ASSERT_EQUAL(got.nacks, 0);
	/* no more than so many wait */
	for (unsigned i = 0; i < 20; i++)
		command(BW_CMD_DUMP)->dump.what = BW_CMD_VRF_SET;
	bw_client_flush(&client);
	finish();
	CU_ASSERT_EQUAL(got.nacks, 4);
	CU_ASSERT_EQUAL(got.nack.nack.error, BW_E_FULL);
	for (unsigned i = 0; got.ends < 27 && i < 1000; i++) {
		t_control();
		read_events(5000);
	}
	CU_ASSERT_EQUAL(got.ends, 27);
	empty();
}

/* So many refusals that the answers alone fill the ring. */
static void refusals_fill_the_ring(void)
{
	for (unsigned sent = 0; sent < 2 * MANY;) {
		struct bw_msg *m = bw_client_command(&client, BW_CMD_ROUTE_DEL, COOKIE);

		if (!m) { /* nobody reads until nothing more goes */
			bw_client_flush(&client);
			for (unsigned i = 0; i < 20; i++)
				t_control();
			m = bw_client_command(&client, BW_CMD_ROUTE_DEL, COOKIE);
			if (!m) {
				read_events(3000);
				continue;
			}
		}
		sent++;
	}
	finish();
	CU_ASSERT_EQUAL(got.nacks, 2 * MANY);
	CU_ASSERT_TRUE(got.order_is_right);
	empty();
}

/* Nobody reads, and notices come until there is no room for one more. */
static void fill_the_ring(unsigned beyond)
{
	const struct bw_msg m = { .hdr.type = BW_EVT_DEBUG, .debug_line.text = "noise" };

	for (unsigned i = 0; i < BW_EVT_SLOTS + beyond; i++)
		events_notice(t_dp, &m);
}

/* A port that does not come back from a reset is down; one that does is up. */
static void set_link(unsigned port, bool up)
{
	t_dp->port[port].watch.restarts = up ? 0 : 100;
	port_poll(t_dp);
}

/* Whatever a port went through while the ring was full, control learns how it is. */
static void links_are_told_when_there_is_room(void)
{
	read_events(UINT32_MAX);
	forget();
	fill_the_ring(0);
	for (unsigned i = 0; i < 5; i++) {
		set_link(0, i % 2);
		set_link(1, !(i % 2));
	}
	set_link(2, false);
	set_link(2, true);
	t_control();
	read_events(UINT32_MAX);
	CU_ASSERT_EQUAL(got.ports, 0);
	forget();
	t_control();
	read_events(UINT32_MAX);
	CU_ASSERT_EQUAL(got.ports, 3); /* once each, as they are now */
	CU_ASSERT_EQUAL(got.port.port, 2);
	CU_ASSERT_TRUE(got.port.link_up);
	CU_ASSERT_EQUAL(got.links_down, 1 << 0);
	forget();
	t_control();
	read_events(UINT32_MAX);
	CU_ASSERT_EQUAL(got.ports, 0);
	set_link(0, true);
	read_events(UINT32_MAX);
	CU_ASSERT_EQUAL(got.ports, 1);
	CU_ASSERT_TRUE(got.port.link_up);
}

static void sessions_are_told_when_there_is_room(void)
{
	struct bw_msg dialer = { .itf = t_if(7, BW_IF_DIALER, 0, 0) };

	read_events(UINT32_MAX);
	forget();
	CU_ASSERT_EQUAL(set_if(1), BW_OK);
	CU_ASSERT_EQUAL(send_one(BW_CMD_IF_SET, &dialer), BW_OK);
	CU_ASSERT_EQUAL(SEND(BW_CMD_PPPOE_SET, .pppoe = { .client_id = 1,
						       .if_id = 7,
						       .under_if = 1,
						       .mtu = 1492,
						       .retry_s = 2,
						       .redial_s = 20,
						       .max_configure = 10,
						       .max_failure = 5,
						       .max_terminate = 2 }),
		BW_OK);
	forget();
	fill_the_ring(0);
	set_link(0, false);
	pppoe_poll(t_dp);
	read_events(UINT32_MAX);
	CU_ASSERT_EQUAL(got.clients, 0);
	t_control();
	read_events(UINT32_MAX);
	CU_ASSERT_EQUAL(got.clients, 1);
	CU_ASSERT_EQUAL(got.client.client_id, 1);
	CU_ASSERT_EQUAL(got.client.stage, BW_PPPOE_DOWN);
	CU_ASSERT_EQUAL(got.client.reason, BW_PPPOE_R_LINK);
	set_link(0, true);
	got.acked = client.seq;
	empty();
}

/* Lines of the log may be lost, but not unnoticed. */
static void lost_notices_are_counted(void)
{
	unsigned lost;

	t_later(2);
	t_control();
	read_events(UINT32_MAX);
	forget();
	fill_the_ring(7);
	read_events(UINT32_MAX);
	lost = BW_EVT_SLOTS + 7 - got.debugs;
	CU_ASSERT(got.debugs > BW_EVT_SLOTS / 2 && lost > 7);
	t_later(2);
	t_control();
	read_events(UINT32_MAX);
	CU_ASSERT_EQUAL(got.logs, 1);
	CU_ASSERT_EQUAL(strtoul(got.log.text, NULL, 10), lost);
	forget();
	for (unsigned i = 0; i < 25; i++)
		dp_log(t_dp, 4, "TEST-4-NOISE", "line %u", i);
	read_events(UINT32_MAX);
	CU_ASSERT_EQUAL(got.logs, 20); /* of a second */
	t_later(2);
	t_control();
	read_events(UINT32_MAX);
	CU_ASSERT_EQUAL(got.logs, 21);
	CU_ASSERT_EQUAL(strtoul(got.log.text, NULL, 10), 5);
}

static void dumps_that_go_on(void)
{
	static const uint32_t places[] = { 1, 1000, 0x7fffffff, 0x80000000, UINT32_MAX };

	set_if(1);
	CU_ASSERT_EQUAL(
		SEND(BW_CMD_DUMP, .dump = { .what = BW_CMD_IF_SET, .cursor = 1 }), BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(
		SEND(BW_CMD_DUMP, .dump = { .what = BW_EVT_ARP, .cursor = 1 }), BW_E_BAD_VALUE);
	for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		forget();
		command(BW_CMD_DUMP)->dump = (struct bw_dump) {
			.what = BW_EVT_NAT_SESSION, .limit = 10, .cursor = places[i]
		};
		finish();
		CU_ASSERT_EQUAL(got.rows, 0);
		CU_ASSERT_EQUAL(got.ends, 1);
	}
	empty();
}

/* ---- hostile bytes ---- */

/* Mostly small numbers and known ids, so that much of it is taken. */
static void spoil(struct bw_msg *m)
{
	uint32_t *word = (uint32_t *)m->body;

	for (unsigned i = 0; i < BW_MSG_BODY / 4; i++)
		switch (t_random() % 8) {
		case 0:
			word[i] = t_random() << 1 ^ t_random();
			break;
		case 1:
			word[i] = UINT32_MAX;
			break;
		case 2:
			word[i] = htonl(0x0a000000 | t_random() % 16);
			break;
		default:
			word[i] = t_random() % 24;
		}
}

static void hostile_messages(void)
{
	for (unsigned round = 0; round < 30; round++) {
		for (unsigned i = 0; i < 1000; i++) {
			uint16_t type = t_random() % (BW_CMD_MAX + 2);
			struct bw_msg *m;

			/* devices take their time, and so do sweeps of a million ids */
			if ((type == BW_CMD_HOST_SET || type == BW_CMD_SYNC_END) && t_random() % 50)
				continue;
			m = command(type);
			spoil(m);
			if (type == BW_CMD_IF_SET && t_random() % 4) {
				m->itf.if_id = t_random() % 8;
				m->itf.kind = 1 + t_random() % 5;
				m->itf.port = t_random() % 4;
				m->itf.mtu = m->itf.ip_mtu = 1500;
				m->itf.vrf = t_random() % 3;
				m->itf.acl_in = m->itf.acl_out = 0;
			}
			if (type == BW_CMD_PPPOE_SET && t_random() % 4) {
				m->pppoe.client_id = 1 + t_random() % 3;
				m->pppoe.if_id = t_random() % 8;
				m->pppoe.under_if = t_random() % 8;
			}
		}
		finish();
		for (unsigned i = 0; i < 20; i++) {
			uint8_t f[100];

			for (unsigned k = 0; k < sizeof(f); k++)
				f[k] = t_random();
			if (t_random() % 2) /* PPPoE, discovery or session */
				memcpy(f + 12, t_random() % 2 ? "\x88\x63\x11" : "\x88\x64\x11", 3);
			t_send(t_random() % 3, f, sizeof(f));
		}
		neigh_poll(t_dp);
		pppoe_poll(t_dp);
		t_settle();
		t_forget_frames();
		CU_ASSERT_TRUE(t_users_are_right());
		/* what is dumped after all of that is within the bounds */
		for (uint16_t what = BW_CMD_VRF_SET; what < BW_EVT_MAX; what++)
			command(BW_CMD_DUMP)->dump.what = what;
		finish();
		for (unsigned i = 0; i < 1000 && t_control(); i++)
			read_events(UINT32_MAX);
		read_events(UINT32_MAX);
	}
	empty();
}

/* ---- the main loop itself ---- */

/* Control on a thread of its own: returns true if all it sent was answered in time. */
static void *control_thread(void *arg)
{
	struct pollfd bell;
	bool *good = arg;
	unsigned batch;

	*good = bw_client_open(&client, path) == 0;
	for (batch = 0; *good && batch < 200; batch++) {
		struct bw_msg *m = bw_client_command(&client, BW_CMD_ROUTE_SET, COOKIE);

		*m = (struct bw_msg) { .hdr = m->hdr,
			.route = {
				.prefix = htonl(batch << 8), .plen = 24, .adj_id = BW_ADJ_DROP } };
		bw_client_flush(&client);
		bell = (struct pollfd) { .fd = client.evt_bell, .events = POLLIN };
		while (got.acked != client.seq && poll(&bell, 1, 5000) == 1) {
			bw_bell_clear(client.evt_bell);
			read_events(UINT32_MAX);
		}
		*good = got.acked == client.seq;
	}
	bw_client_close(&client);
	atomic_store(&t_dp->stop, true);
	bw_bell_ring(t_dp->main_bell);
	return NULL;
}

/* Single-core mode: the loop sleeps between the batches, and each bell wakes it. */
static void main_loop_answers(void)
{
	struct bw_worker_counters *c = t_dp->worker[0]->counters;
	uint64_t sleeps = c->sleeps;
	bool good = false;
	pthread_t thread;

	detach();
	forget();
	rte_rcu_qsbr_thread_offline(rcu_qsbr(t_dp->rcu), 0);
	t_require(pthread_create(&thread, NULL, control_thread, &good) == 0);
	CU_ASSERT_EQUAL(main_loop(t_dp), 0);
	pthread_join(thread, NULL);
	CU_ASSERT_TRUE(good);
	CU_ASSERT_EQUAL(got.nacks, 0);
	CU_ASSERT_EQUAL(t_dp->fib[0]->n_routes, 201);
	CU_ASSERT_TRUE(c->sleeps > sleeps);
	CU_ASSERT_FALSE(atomic_load(&t_dp->worker[0]->running));
	atomic_store(&t_dp->stop, false);
	rte_rcu_qsbr_thread_online(rcu_qsbr(t_dp->rcu), 0);
	t_control();
	attach();
	empty();
}

int main(void)
{
	static const struct t_config config = { .workers = 1, .ports = 3, .queues = 1 };
	char dir[] = "/tmp/byway-unit-XXXXXX";
	CU_pSuite s;
	int rc;

	t_start(&config);
	t_require(mkdtemp(dir) != NULL);
	snprintf(path, sizeof(path), "%s/dp.sock", dir);
	t_require(bw_listener_open(&t_dp->listener, path) == 0);
	CU_initialize_registry();
	s = CU_add_suite("programmer", NULL, NULL);
	CU_add_test(s, "attaches", attaches);
	CU_add_test(s, "interfaces", interfaces);
	CU_add_test(s, "addresses", addresses);
	CU_add_test(s, "VRFs", vrfs);
	CU_add_test(s, "routes", routes);
	CU_add_test(s, "adjacencies", adjacencies);
	CU_add_test(s, "an adjacency in use takes other contents",
		an_adjacency_in_use_takes_other_contents);
	CU_add_test(s, "the other commands", the_rest);
	CU_add_test(s, "acknowledgements", acknowledgements);
	CU_add_test(s, "a resync sweeps", sweeps);
	CU_add_test(s, "a resync sweeps host devices", resync_sweeps_host_devices);
	CU_add_test(s, "control vanishes in mid-batch", vanishes_in_mid_batch);
	CU_add_test(s, "more rows than the ring has room", more_rows_than_room);
	CU_add_test(s, "refusals fill the ring", refusals_fill_the_ring);
	CU_add_test(s, "dumps that go on", dumps_that_go_on);
	CU_add_test(s, "links are told when there is room", links_are_told_when_there_is_room);
	CU_add_test(
		s, "sessions are told when there is room", sessions_are_told_when_there_is_room);
	CU_add_test(s, "lost notices are counted", lost_notices_are_counted);
	CU_add_test(s, "hostile messages", hostile_messages);
	CU_add_test(s, "the main loop", main_loop_answers);
	rc = t_run();
	bw_client_close(&client);
	bw_listener_close(&t_dp->listener, path);
	rmdir(dir);
	t_stop();
	return rc;
}
