/* SPDX-License-Identifier: BSD-3-Clause */
/* The choice of ports against a naive model: random flows come and go. */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "suite.h"

static struct fixture fx;

#define SERVER "198.51.100.7"
#define ENDS   3 /* outside ports 80, 81, 82: each a space of its own */
#define ADDRS  2

/* What the model knows: a bit for each port of each address towards each end. */
static bool taken[ENDS][ADDRS][65536];
static uint32_t low[ENDS][ADDRS]; /* of the large group, all below are taken: for speed only */

struct live {
	uint32_t host;
	uint16_t want, got;
	uint8_t end, addr;
};

static uint32_t seed = 12345;

static uint32_t rnd(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (uint64_t)seed * n >> 32;
}

static void forget(void)
{
	memset(taken, 0, sizeof(taken));
	memset(low, 0, sizeof(low));
}

static bool none_claimed(uint16_t port)
{
	(void)port;
	return false;
}

static bool some_claimed(uint16_t port)
{
	return port >= 1030 && port < 1080;
}

static bool model_choose(
	unsigned end, uint16_t want, bool (*claimed)(uint16_t), uint8_t *addr, uint16_t *port)
{
	uint32_t first, last = want < 512 ? 511 : want < 1024 ? 1023 : 65535;

	for (*addr = 0; *addr < ADDRS; ++*addr) {
		first = want < 512 ? 1 : want < 1024 ? 512 : 1024;
		*port = want;
		if (!taken[end][*addr][want] && !(*addr == 0 && claimed(want)))
			return true;
		if (last == 65535 && low[end][*addr] > first)
			first = low[end][*addr];
		for (uint32_t p = first; p <= last; p++) {
			*port = p;
			if (!taken[end][*addr][p] && !(*addr == 0 && claimed(p)))
				return true;
			if (last == 65535 && claimed == none_claimed)
				low[end][*addr] = p;
		}
	}
	return false;
}

static struct packet packet_of(const struct live *l)
{
	struct flow f = { "192.168.0.1", SERVER, l->want, 80 + l->end, .proto = IPPROTO_UDP };
	struct packet p = make(&f);

	((struct l4_ip4 *)p.b)->src = htonl(0xc0a80000 + l->host);
	fix_checksums(&p);
	return p;
}

static void end_session(const struct live *l)
{
	struct nat_shard *sh = fx.shard[0];
	struct nat_key key = nat_key(htonl(0xc0a80000 + l->host), htons(l->want), ip4(SERVER),
		htons(80 + l->end), IPPROTO_UDP, 0);
	uint32_t id = nat_index_find(&sh->index[NAT_OUT], sh->session, NAT_OUT, &key,
		nat_key_hash(&fx.shared.seeds, key));

	CU_ASSERT_FATAL(id != 0);
	nat_shard_remove(sh, id);
	taken[l->end][l->addr][l->got] = false;
	low[l->end][l->addr] = 0;
}

/* One new flow; true if shard and model did the same. */
static bool begin_session(struct live *l, bool (*claimed)(uint16_t), bool *made)
{
	struct packet p = packet_of(l);
	const struct l4_ip4 *ip = (void *)p.b;
	const struct l4_udp *udp = (void *)(p.b + 20);
	bool possible = model_choose(l->end, l->want, claimed, &l->addr, &l->got);
	struct outcome o = fx_out(&fx, 0, &p, 0);

	*made = o.verdict == NAT_DONE;
	if (!*made)
		return !possible && o.drop == BW_DROP_NAT_NO_PORT;
	taken[l->end][l->addr][l->got] = true;
	return possible && ip->src == htonl(0xc0000201 + l->addr) && udp->sport == htons(l->got);
}

/* Flows whose wanted ports are drawn from few, so that most searches are long. */
static void play(unsigned steps, unsigned most, uint32_t wants, bool (*claimed)(uint16_t))
{
	struct live *live = calloc(most, sizeof(*live));
	unsigned n = 0, right = 0, host = 0;

	forget();
	for (unsigned i = 0; i < steps; i++) {
		bool made = false;

		if (n == most || (n > 0 && rnd(100) < (i / 2000 % 2 ? 60 : 30))) {
			unsigned k = rnd(n);

			end_session(&live[k]);
			live[k] = live[--n];
			right++;
			continue;
		}
		live[n] = (struct live) { .host = host++ % 60000,
			.end = rnd(ENDS),
			.want = rnd(10) ? 1024 + rnd(wants) : rnd(1024) };
		right += begin_session(&live[n], claimed, &made);
		n += made;
	}
	CU_ASSERT_EQUAL(right, steps);
	free(live);
}

static void start(void)
{
	fx_init(&fx, 1, 200000);
	fx_pool(&fx, 1, "192.0.2.1", "192.0.2.2", 24);
	fx_dynamic(&fx, 10, 1, 1, true);
}

static void random_flows(void)
{
	start();
	play(30000, 5000, 50, none_claimed);
	fx_fini(&fx);
}

static void random_flows_with_wide_wants(void)
{
	start();
	play(30000, 8000, 9000, none_claimed);
	fx_fini(&fx);
}

/* Static rules' ports are not given out; other rules come and go meanwhile. */
static void claimed_ports(void)
{
	start();
	for (uint16_t p = 1030; p < 1080; p++)
		fx_static_port(&fx, 100 + p, IPPROTO_UDP, "10.0.0.1", p, "192.0.2.1", p);
	play(10000, 3000, 30, some_claimed);
	fx_fini(&fx);
}

/* Rules change while ports are marked: marks of claimed ports go with the rules. */
static void claims_that_go(void)
{
	struct live l = { .want = 1024 }, first;
	bool made, right = true;

	start();
	forget();
	for (uint16_t p = 1030; p < 1080; p++)
		fx_static_port(&fx, 100 + p, IPPROTO_UDP, "10.0.0.1", p, "192.0.2.1", p);
	for (l.host = 0; l.host < 200; l.host++)
		right = right && begin_session(&l, some_claimed, &made);
	CU_ASSERT(right);
	for (uint16_t p = 1030; p < 1080; p++)
		fx_del(&fx, 100 + p);
	for (l.host = 1000; l.host < 1100; l.host++) {
		right = right && begin_session(&l, none_claimed, &made);
		if (l.host == 1000)
			first = l;
	}
	CU_ASSERT(right);
	CU_ASSERT_EQUAL(first.got, 1030);
	fx_fini(&fx);
}

/* More ends at once than there are records: their marks are lost, not their truth. */
static void more_ends_than_records(void)
{
	enum { ENDS_MANY = 1500, EACH = 60 };
	unsigned right = 0;

	start();
	for (unsigned k = 0; k < EACH; k++) {
		for (unsigned e = 0; e < ENDS_MANY; e++) {
			struct live l = { .host = k, .want = 1024 };
			struct packet p = packet_of(&l);
			struct l4_udp *udp = (void *)(p.b + 20);

			udp->dport = htons(1000 + e);
			fix_checksums(&p);
			right += fx_out(&fx, 0, &p, 0).verdict == NAT_DONE &&
				 udp->sport == htons(1024 + k);
		}
	}
	CU_ASSERT_EQUAL(right, ENDS_MANY * EACH);
	fx_fini(&fx);
}

/* The whole group, on both addresses; then one port comes free, and is the one. */
static void every_port(void)
{
	struct live l = { .want = 40000 }, some = { 0 };
	unsigned right = 0;
	bool made;

	start();
	forget();
	for (l.host = 0; l.host < 2 * 64512; l.host++) {
		struct live copy = l;

		copy.want = 1024 + l.host % 7; /* hosts repeat: ports tell the flows apart */
		copy.host = l.host / 7;
		right += begin_session(&copy, none_claimed, &made) && made;
		if (l.host == 77777)
			some = copy;
	}
	CU_ASSERT_EQUAL(right, 2 * 64512);
	l.host = 50000;
	CU_ASSERT(begin_session(&l, none_claimed, &made));
	CU_ASSERT_FALSE(made);
	end_session(&some);
	CU_ASSERT(begin_session(&l, none_claimed, &made));
	CU_ASSERT(made);
	CU_ASSERT_EQUAL(l.got, some.got);
	CU_ASSERT_EQUAL(l.addr, some.addr);
	fx_fini(&fx);
}

/* A session that is refused after its port was chosen leaves the port free. */
static void refused_sessions_take_no_port(void)
{
	struct live l = { .want = 2000 }, elsewhere[10];
	bool made;

	fx_init(&fx, 1, 100);
	fx_pool(&fx, 1, "192.0.2.1", "192.0.2.2", 24);
	fx_dynamic(&fx, 10, 1, 1, true);
	forget();
	for (l.host = 0; l.host < 90; l.host++)
		CU_ASSERT(begin_session(&l, none_claimed, &made));
	for (unsigned i = 0; i < 10; i++) {
		elsewhere[i] = (struct live) { .want = 2000, .host = i, .end = 1 };
		CU_ASSERT(begin_session(&elsewhere[i], none_claimed, &made));
	}
	for (l.host = 200; l.host < 205; l.host++) {
		struct packet p = packet_of(&l);

		CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, 0).drop, BW_DROP_NAT_TABLE_FULL);
	}
	for (unsigned i = 0; i < 10; i++)
		end_session(&elsewhere[i]);
	for (l.host = 300; l.host < 310; l.host++)
		CU_ASSERT(begin_session(&l, none_claimed, &made));
	fx_fini(&fx);
}

int main(void)
{
	static const struct test tests[] = {
		{ "random flows", random_flows },
		{ "random flows, wide wants", random_flows_with_wide_wants },
		{ "claimed ports", claimed_ports },
		{ "claims that go", claims_that_go },
		{ "more ends than records", more_ends_than_records },
		{ "every port", every_port },
		{ "refused sessions take no port", refused_sessions_take_no_port },
	};

	return RUN_SUITE("nat ports", tests);
}
