/* SPDX-License-Identifier: BSD-3-Clause */
/* The frame of protocols: sockets, timers, the table with debug and rows. */
#include <arpa/inet.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "control/proto/proto.h"
#include "control/proto/socket.h"
#include "control/proto/timer.h"

#include "support.h"

/* --- sockets --- */

struct heard {
	struct event_base *base;
	struct proto_socket socket;
	unsigned n, closes_at;
	bw_ip4 from;
	uint16_t port;
	char last[32];
};

static void heard_datagram(void *arg, const struct proto_datagram *d)
{
	struct heard *h = arg;

	h->n++;
	h->from = d->from;
	h->port = d->port;
	snprintf(h->last, sizeof(h->last), "%.*s", (int)d->data.len, (const char *)d->data.data);
	if (h->n == h->closes_at)
		proto_socket_close(&h->socket);
}

static void open_pair(struct heard *h, struct proto_socket *sender)
{
	const struct proto_socket_options o = {
		.type = SOCK_DGRAM, .protocol = IPPROTO_UDP, .device = "", .source = ip("127.0.0.1")
	};

	memset(h, 0, sizeof(*h));
	h->base = event_base_new();
	proto_socket_init(&h->socket, heard_datagram, h);
	proto_socket_init(sender, NULL, NULL);
	CU_ASSERT_EQUAL_FATAL(proto_socket_open(&h->socket, h->base, &o), 0);
	CU_ASSERT_EQUAL_FATAL(proto_socket_open(sender, h->base, &o), 0);
}

static void close_pair(struct heard *h, struct proto_socket *sender)
{
	proto_socket_close(&h->socket);
	proto_socket_close(sender);
	event_base_free(h->base);
}

static void send_text(struct heard *h, struct proto_socket *sender, unsigned times)
{
	const struct bytes hello = { (const uint8_t *)"hello", 5 };
	uint16_t port = proto_socket_port(&h->socket);

	while (times-- > 0)
		CU_ASSERT_EQUAL(proto_socket_send(sender, ip("127.0.0.1"), port, hello), 0);
}

static void sockets_carry(void)
{
	struct proto_socket sender;
	struct heard h;

	open_pair(&h, &sender);
	send_text(&h, &sender, 1);
	event_base_loop(h.base, EVLOOP_ONCE);
	CU_ASSERT_EQUAL(h.n, 1);
	CU_ASSERT_STRING_EQUAL(h.last, "hello");
	CU_ASSERT(h.from == ip("127.0.0.1") && h.port == proto_socket_port(&sender));
	close_pair(&h, &sender);
}

static void reading_is_bounded(void)
{
	struct proto_socket sender;
	struct heard h;

	open_pair(&h, &sender);
	send_text(&h, &sender, PROTO_SOCKET_BURST + 3);
	event_base_loop(h.base, EVLOOP_ONCE);
	CU_ASSERT_EQUAL(h.n, PROTO_SOCKET_BURST);
	event_base_loop(h.base, EVLOOP_ONCE);
	CU_ASSERT_EQUAL(h.n, PROTO_SOCKET_BURST + 3);
	close_pair(&h, &sender);
}

static void the_receiver_may_close(void)
{
	struct proto_socket sender;
	struct heard h;

	open_pair(&h, &sender);
	h.closes_at = 2;
	send_text(&h, &sender, 5);
	event_base_loop(h.base, EVLOOP_NONBLOCK);
	CU_ASSERT(h.n == 2 && h.socket.fd == -1);
	close_pair(&h, &sender);
}

static void a_failed_open_leaves_nothing(void)
{
	const struct proto_socket_options o = {
		.type = SOCK_DGRAM, .protocol = IPPROTO_UDP, .device = "no-such-device"
	};
	struct event_base *base = event_base_new();
	struct proto_socket s;

	proto_socket_init(&s, NULL, NULL);
	CU_ASSERT(proto_socket_open(&s, base, &o) < 0);
	CU_ASSERT(s.fd == -1 && s.readable == NULL);
	event_base_free(base);
}

/* --- timers --- */

struct alarm {
	struct proto_timer timer;
	unsigned fired;
};

static void alarm_fired(void *arg)
{
	struct alarm *a = arg;

	a->fired++;
	proto_timer_fini(&a->timer); /* from inside */
}

static void timers_fire_once(void)
{
	struct event_base *base = event_base_new();
	struct alarm a = { .fired = 0 };

	CU_ASSERT_EQUAL_FATAL(proto_timer_init(&a.timer, base, alarm_fired, &a), 0);
	proto_timer_start(&a.timer, 0);
	proto_timer_stop(&a.timer);
	event_base_loop(base, EVLOOP_NONBLOCK);
	CU_ASSERT_EQUAL(a.fired, 0);
	proto_timer_start_jittered(&a.timer, 1, 25);
	event_base_loop(base, 0);
	CU_ASSERT_EQUAL(a.fired, 1);
	event_base_free(base);
}

static void jitter_stays_within(void)
{
	CU_ASSERT_EQUAL(proto_jitter(30000, 25, 0), 30000);
	CU_ASSERT_EQUAL(proto_jitter(30000, 25, UINT32_MAX), 22500);
	CU_ASSERT_EQUAL(proto_jitter(30000, 25, UINT32_C(1) << 31), 26250);
	CU_ASSERT_EQUAL(proto_jitter(30000, 0, UINT32_MAX), 30000);
	CU_ASSERT_EQUAL(proto_jitter(UINT32_MAX, 100, UINT32_MAX), 0);
	CU_ASSERT_EQUAL(proto_jitter(0, 25, UINT32_MAX), 0);
}

/* --- the table --- */

struct toy {
	unsigned clears, *finis;
};

static unsigned finis;

static int toy_init(void *state, const struct proto_env *)
{
	((struct toy *)state)->finis = &finis;
	return 0;
}

static void toy_fini(void *state)
{
	++*((struct toy *)state)->finis;
}

static bool toy_row(const void *, unsigned i, struct proto_row *row)
{
	*row = (struct proto_row) { .transport = "tcp", .peer_port = (uint16_t)i };
	return i < 2;
}

static const struct debug_kind toy_debug = { "toy", "events", "Toy", "Toy events", 1u << 31, true };

static const struct proto toy_proto = {
	.name = "toy",
	.size = sizeof(struct toy),
	.init = toy_init,
	.fini = toy_fini,
	.debug = &toy_debug,
	.n_debug = 1,
	.row = toy_row,
};

static int bad_init(void *, const struct proto_env *)
{
	return -1;
}

static const struct proto bad_proto = { .name = "bad", .init = bad_init };

static void the_table_holds_protocols(void)
{
	const struct proto *const list[] = { &toy_proto, &toy_proto, NULL };
	const struct proto *const bad[] = { &toy_proto, &bad_proto, NULL };
	struct proto_table t;
	struct proto_row row;
	struct bench b;
	struct toy *toy;

	bench_open(&b);
	finis = 0;
	CU_ASSERT_EQUAL_FATAL(proto_table_init(&t, &b.ctl->protos.env, list), 0);
	toy = proto_state(&t, &toy_proto);
	CU_ASSERT_PTR_NOT_NULL_FATAL(toy);
	CU_ASSERT_PTR_NULL(proto_state(&t, &bad_proto));
	CU_ASSERT(proto_row(&t, 3, &row) && row.peer_port == 1 && !proto_row(&t, 4, &row));
	proto_table_fini(&t);
	CU_ASSERT_EQUAL(finis, 2);
	CU_ASSERT_EQUAL(proto_table_init(&t, &b.ctl->protos.env, bad), -1);
	CU_ASSERT(finis == 3 && t.n == 0);
	bench_close(&b);
}

static void debug_of_its_own(void)
{
	struct log_line *last;
	struct bench b;

	bench_open(&b);
	proto_debug(&b.ctl->protos.env, DEBUG_IP_ICMP, "ICMP: not wanted");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "debug ip icmp"), "ICMP packet debugging is on\n");
	CU_ASSERT_STRING_EQUAL(
		bench_show(&b, "show debugging"), "Generic IP:\n  ICMP packet debugging is on\n");
	proto_debug(&b.ctl->protos.env, DEBUG_IP_ICMP, "ICMP: echo sent to %u", 7);
	last = TAILQ_LAST(&b.ctl->core.log.lines, log_lines);
	CU_ASSERT_PTR_NOT_NULL_FATAL(last);
	CU_ASSERT_PTR_NOT_NULL(strstr(last->text, ": ICMP: echo sent to 7"));
	CU_ASSERT_EQUAL(b.dp.debug, 0);
	bench_show(&b, "undebug all");
	CU_ASSERT_STRING_EQUAL(bench_show(&b, "show debugging"), "");
	bench_close(&b);
}

int main(void)
{
	static const struct bench_test tests[] = {
		{ "sockets carry datagrams", sockets_carry },
		{ "reading is bounded", reading_is_bounded },
		{ "the receiver may close its socket", the_receiver_may_close },
		{ "a failed open leaves nothing", a_failed_open_leaves_nothing },
		{ "timers fire once", timers_fire_once },
		{ "jitter stays within its bounds", jitter_stays_within },
		{ "the table holds protocols", the_table_holds_protocols },
		{ "debug of its own", debug_of_its_own },
		{ NULL, NULL },
	};

	return bench_main("proto", tests);
}
