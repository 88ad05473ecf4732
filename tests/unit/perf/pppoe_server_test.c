/* SPDX-License-Identifier: BSD-3-Clause */
/* The bench's PPPoE server against the dataplane's own client. */
#include "suite.h"

#include "pppoe_server.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "pppoe/client.h"

#define QUEUE 64
#define US    0x0a020001 /* 10.2.0.1, the server's */
#define THEM  0xcb007101 /* 203.0.113.1 */
#define MTU   1492

struct frame {
	bool to_server;
	size_t len;
	uint8_t b[PPPOE_SERVER_FRAME];
};

/* Both ends and the wire between them. */
struct wire {
	struct pppoe_server server;
	struct pppoe_client *client;
	struct pppoe_conf conf;
	uint64_t now; /* ms */
	struct frame queue[QUEUE];
	unsigned first, n;
	unsigned lose; /* of so many frames one is lost, which one is chance; 0 = none */
	uint32_t random, chance;
};

static const uint8_t server_mac[6] = { 2, 0, 0, 0, 2, 2 }, client_mac[6] = { 2, 0, 0, 0, 0, 8 };

static struct frame *put(struct wire *w, bool to_server)
{
	static struct frame lost;
	struct frame *f;

	CU_ASSERT_FATAL(w->n < QUEUE);
	w->chance = w->chance * 1664525 + 1013904223;
	if (w->lose && (w->chance >> 16) % w->lose == 0)
		return &lost;
	f = &w->queue[(w->first + w->n++) % QUEUE];
	f->to_server = to_server;
	return f;
}

static void from_server(void *arg, const uint8_t *frame, size_t len)
{
	struct frame *f = put(arg, false);

	CU_ASSERT_FATAL(len >= 60 && len <= sizeof(f->b));
	memcpy(f->b, frame, len);
	f->len = len;
}

static void from_client(
	struct wire *w, const uint8_t *to, uint16_t type, const uint8_t *data, size_t len)
{
	struct frame *f = put(w, true);

	memcpy(f->b, to, 6);
	memcpy(f->b + 6, client_mac, 6);
	f->b[12] = type >> 8;
	f->b[13] = type & 0xff;
	memcpy(f->b + 14, data, len);
	f->len = len + 14;
}

static void send_discovery(void *arg, const uint8_t *to, const uint8_t *data, size_t len)
{
	from_client(arg, to, 0x8863, data, len);
}

static void send_session(void *arg, const uint8_t *to, const uint8_t *data, size_t len)
{
	from_client(arg, to, 0x8864, data, len);
}

static void changed(void *)
{
}

static void debug(void *, uint32_t, const char *)
{
}

static void fill_random(void *arg, void *buf, size_t len)
{
	struct wire *w = arg;

	for (size_t i = 0; i < len; i++) {
		w->random = w->random * 1664525 + 1013904223;
		((uint8_t *)buf)[i] = w->random >> 24;
	}
}

static void to_client(struct wire *w, const struct frame *f)
{
	size_t size = (size_t)f->b[18] << 8 | f->b[19];
	enum bw_drop drop;

	CU_ASSERT_EQUAL(memcmp(f->b, client_mac, 6), 0);
	CU_ASSERT_EQUAL(memcmp(f->b + 6, server_mac, 6), 0);
	CU_ASSERT_FATAL(size + 20 <= f->len);
	if (f->b[13] == 0x63)
		pppoe_client_discovery(w->client, w->now, f->b + 6, f->b + 14, size + 6, &drop);
	else
		pppoe_client_ppp(w->client, w->now, f->b + 20, size);
}

/* Until nothing is under way any more. */
static void deliver(struct wire *w)
{
	for (unsigned i = 0; w->n > 0; i++) {
		struct frame f = w->queue[w->first];

		CU_ASSERT_FATAL(i < 1000);
		w->first = (w->first + 1) % QUEUE;
		w->n--;
		if (!f.to_server)
			to_client(w, &f);
		else if (!pppoe_server_input(&w->server, f.b, f.len))
			CU_FAIL("a frame of the client's that is not taken");
	}
}

static void run(struct wire *w, uint64_t ms)
{
	uint64_t end = w->now + ms, poll_at = w->now + 1000;

	deliver(w);
	while (w->now < end) {
		uint64_t due = pppoe_client_due(w->client);

		w->now = due < w->now ? w->now : due < poll_at ? due : poll_at;
		if (w->now > end)
			w->now = end;
		pppoe_client_poll(w->client, w->now);
		if (w->now == poll_at) {
			pppoe_server_poll(&w->server);
			poll_at += 1000;
		}
		deliver(w);
	}
}

static void prepare(struct wire *w)
{
	static const struct pppoe_ops ops = { send_discovery, send_session, changed, debug,
		fill_random };

	memset(w, 0, sizeof(*w));
	w->now = 1000;
	w->server = (struct pppoe_server) {
		.ip = US, .client_ip = THEM, .send = from_server, .arg = w
	};
	memcpy(w->server.mac, server_mac, 6);
	w->client = pppoe_client_new(&ops, w);
	CU_ASSERT_PTR_NOT_NULL_FATAL(w->client);
	w->conf.set = (struct bw_pppoe) { .client_id = 1,
		.if_id = 100,
		.under_if = 8,
		.flags = BW_PPPOE_F_ACCEPT,
		.mtu = MTU,
		.retry_s = 2,
		.auth_timeout_s = 10,
		.ncp_timeout_s = 30,
		.redial_s = 5,
		.max_configure = 10,
		.max_failure = 5,
		.max_terminate = 2 };
	memcpy(w->conf.local_mac, client_mac, 6);
}

static void dial(struct wire *w)
{
	pppoe_client_configure(w->client, w->now, &w->conf);
	pppoe_client_link(w->client, w->now, true);
	run(w, 100);
}

static struct bw_pppoe_state state(struct wire *w)
{
	struct bw_pppoe_state st;

	pppoe_client_state(w->client, w->now, &st);
	return st;
}

/* The session stands as both see it. */
static void check_up(struct wire *w)
{
	struct bw_pppoe_state st = state(w);

	CU_ASSERT_TRUE(pppoe_server_up(&w->server));
	CU_ASSERT_EQUAL(st.stage, BW_PPPOE_UP);
	CU_ASSERT_EQUAL(st.session_id, PPPOE_SERVER_SESSION);
	CU_ASSERT_EQUAL(st.addr, htonl(THEM));
	CU_ASSERT_EQUAL(st.peer_addr, htonl(US));
	CU_ASSERT_EQUAL(st.auth, 0);
	CU_ASSERT_EQUAL(memcmp(st.remote_mac, server_mac, 6), 0);
	CU_ASSERT_EQUAL(memcmp(w->server.client_mac, client_mac, 6), 0);
}

static void test_a_client_gets_a_session(void)
{
	struct wire w;

	prepare(&w);
	CU_ASSERT_FALSE(pppoe_server_up(&w.server));
	dial(&w);
	check_up(&w);
	CU_ASSERT(w.server.frames >= 6);
	pppoe_client_free(w.client);
}

static void test_wishes_that_are_not_granted(void)
{
	struct wire w;

	prepare(&w);
	w.conf.set.flags |= BW_PPPOE_F_DNS;
	w.conf.set.addr = htonl(0x01020304);
	w.conf.set.mtu = 1500; /* RFC 4638, of which this server knows nothing */
	dial(&w);
	check_up(&w);
	CU_ASSERT_EQUAL(state(&w).dns[0], 0);
	pppoe_client_free(w.client);
}

static void test_a_service_by_name(void)
{
	struct wire w;

	prepare(&w);
	w.conf.text[BW_PPPOE_SERVICE].len = 5;
	memcpy(w.conf.text[BW_PPPOE_SERVICE].data, "fibre", 5);
	dial(&w);
	check_up(&w);
	pppoe_client_free(w.client);
}

static void test_echoes_are_answered(void)
{
	struct wire w;
	uint64_t frames;

	prepare(&w);
	w.conf.set.keepalive_s = 1;
	w.conf.set.keepalive_misses = 2;
	dial(&w);
	frames = w.server.frames;
	run(&w, 60000);
	check_up(&w);
	CU_ASSERT_EQUAL(state(&w).sessions, 1);
	CU_ASSERT(w.server.frames >= frames + 59);
	pppoe_client_free(w.client);
}

static void test_losses_are_made_up_for(void)
{
	for (unsigned i = 0; i < 200; i++) {
		struct wire w;

		prepare(&w);
		w.lose = 4 + i % 5;
		w.chance = i;
		dial(&w);
		run(&w, 120000);
		check_up(&w);
		pppoe_client_free(w.client);
	}
}

static void test_a_session_after_the_other(void)
{
	struct wire w;

	prepare(&w);
	dial(&w);
	pppoe_client_clear(w.client, w.now);
	run(&w, 10000);
	check_up(&w);
	CU_ASSERT_EQUAL(state(&w).sessions, 2);
	pppoe_client_hang_up(w.client, w.now);
	run(&w, 100);
	CU_ASSERT_FALSE(pppoe_server_up(&w.server));
	pppoe_client_free(w.client);
}

/* IPv4, others' frames and broken ones are not taken, whatever is cut off. */
static void test_other_frames(void)
{
	struct wire w;
	uint8_t f[64] = { 0 };

	prepare(&w);
	dial(&w);
	f[12] = 0x08; /* IPv4 */
	CU_ASSERT_FALSE(pppoe_server_input(&w.server, f, sizeof(f)));
	f[12] = 0x88;
	f[13] = 0x64;
	f[14] = 0x11;
	f[17] = PPPOE_SERVER_SESSION;
	f[19] = 30;
	f[21] = 0x21; /* IPv4 in the session */
	CU_ASSERT_FALSE(pppoe_server_input(&w.server, f, sizeof(f)));
	f[20] = 0xc0; /* LCP, code 0: nothing to say */
	CU_ASSERT_TRUE(pppoe_server_input(&w.server, f, sizeof(f)));
	for (size_t len = 0; len < 50; len++)
		CU_ASSERT_FALSE(pppoe_server_input(&w.server, f, len));
	f[17]++; /* another's session */
	CU_ASSERT_FALSE(pppoe_server_input(&w.server, f, sizeof(f)));
	CU_ASSERT_EQUAL(w.n, 0);
	check_up(&w);
	pppoe_client_free(w.client);
}

/* Each byte of a real dialogue changed in turn: it may fail, but nothing else. */
static void test_garbled_frames(void)
{
	struct wire w;
	uint32_t x = 1;

	for (unsigned i = 0; i < 2000; i++) {
		prepare(&w);
		pppoe_client_configure(w.client, w.now, &w.conf);
		pppoe_client_link(w.client, w.now, true);
		for (unsigned n = 0; n < 40 && w.n > 0; n++) {
			struct frame f = w.queue[w.first];

			w.first = (w.first + 1) % QUEUE;
			w.n--;
			x = x * 1664525 + 1013904223;
			if (f.to_server) {
				f.b[12 + (x >> 16) % (f.len - 12)] ^= 1 << (x >> 8) % 8;
				pppoe_server_input(&w.server, f.b, f.len);
			} else {
				to_client(&w, &f);
			}
		}
		pppoe_client_free(w.client);
	}
	CU_PASS("no sanitizer has spoken");
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a client gets a session", test_a_client_gets_a_session },
		{ "wishes that are not granted", test_wishes_that_are_not_granted },
		{ "a service by name", test_a_service_by_name },
		{ "echoes are answered", test_echoes_are_answered },
		{ "losses are made up for", test_losses_are_made_up_for },
		{ "a session after the other", test_a_session_after_the_other },
		{ "other frames", test_other_frames },
		{ "garbled frames", test_garbled_frames },
		CU_TEST_INFO_NULL,
	};

	return run_suite("pppoe-server", tests);
}
