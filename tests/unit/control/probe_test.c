/* SPDX-License-Identifier: BSD-3-Clause */
/* ICMP on the wire, and what ping and traceroute do next: without sockets and clocks. */
#include <stdlib.h>
#include <string.h>

#include "control/probe/ping_state.h"
#include "control/probe/probe.h"
#include "control/probe/traceroute_state.h"

#include "support.h"

#define FROM   "192.0.2.1"
#define TO     "198.51.100.7"
#define ID     0x1234
#define IP_LEN 20

/* --- the codec --- */

/* An IPv4 header of `ihl` bytes, and behind it what the test puts. */
static void put_ip(
	struct builder *b, uint8_t protocol, const char *from, const char *to, uint8_t ihl)
{
	const bw_ip4 ends[] = { ip(from), ip(to) };

	builder_u8(b, (uint8_t)(0x40 | ihl / 4));
	for (unsigned i = 0; i < 8; i++)
		builder_u8(b, i == 7 ? 64 : 0);
	builder_u8(b, protocol);
	builder_u16(b, 0);
	builder_put(b, ends, sizeof(ends));
	for (unsigned i = IP_LEN; i < ihl; i++)
		builder_u8(b, 1); /* no operation */
}

static void put_icmp(struct builder *b, uint8_t type, uint8_t code, uint16_t id, uint16_t seq)
{
	builder_u8(b, type);
	builder_u8(b, code);
	builder_u16(b, 0);
	builder_u16(b, id);
	builder_u16(b, seq);
}

static void put_reply(struct builder *b, uint8_t ihl)
{
	put_ip(b, 1, TO, FROM, ihl);
	put_icmp(b, 0, 0, ID, 7);
}

/* An error about an echo or a UDP probe of ours. */
static void put_error(struct builder *b, uint8_t type, uint8_t code, uint8_t protocol)
{
	put_ip(b, 1, "203.0.113.9", FROM, IP_LEN);
	put_icmp(b, type, code, 0, 0);
	put_ip(b, protocol, FROM, TO, IP_LEN);
	if (protocol == 1)
		put_icmp(b, 8, 0, ID, 7);
	else {
		builder_u16(b, 40000);
		builder_u16(b, 33434);
		builder_u32(b, 0);
	}
}

/* From memory of exactly this length, so that a sanitizer sees what is read behind it. */
static bool decode(const struct builder *b, size_t len, struct icmp_message *m)
{
	uint8_t *copy = malloc(len != 0 ? len : 1);
	bool ok;

	memcpy(copy, b->data, len);
	ok = icmp_decode((struct bytes) { copy, len }, m);
	if (m->quotes)
		m->quote.payload.data = b->data + (m->quote.payload.data - copy);
	free(copy);
	return ok;
}

/* RFC 792, "Echo or Echo Reply Message"; the checksum by hand. */
static void echo_as_in_rfc_792(void)
{
	static const uint8_t expected[] = { 8, 0, 0x2d, 0xaf, 0x12, 0x34, 0x00, 0x07, 0xab, 0xcd,
		0xab, 0xcd, 0xab };
	uint8_t data[32];
	struct builder b = { data, sizeof(data), 0, false };

	CU_ASSERT_FATAL(icmp_encode_echo(&b, ID, 7, sizeof(expected)));
	CU_ASSERT_EQUAL_FATAL(b.len, sizeof(expected));
	CU_ASSERT_EQUAL(bytes_checksum((struct bytes) { data, b.len }), 0);
	data[2] = expected[2], data[3] = expected[3]; /* judged above */
	CU_ASSERT(memcmp(data, expected, sizeof(expected)) == 0);
	b = (struct builder) { data, 12, 0, false };
	CU_ASSERT(!icmp_encode_echo(&b, ID, 7, 13));
}

static void replies_are_read(void)
{
	for (unsigned ihl = IP_LEN; ihl <= 60; ihl += 4) {
		uint8_t data[128];
		struct builder b = { data, sizeof(data), 0, false };
		struct icmp_message m;

		put_reply(&b, (uint8_t)ihl);
		CU_ASSERT_FATAL(decode(&b, b.len, &m));
		CU_ASSERT(m.type == 0 && m.id == ID && m.seq == 7 && !m.quotes);
		CU_ASSERT(m.from == ip(TO) && m.to == ip(FROM));
		for (size_t len = 0; len < b.len; len++)
			CU_ASSERT(!decode(&b, len, &m));
	}
}

static void errors_are_read(void)
{
	uint8_t data[128];
	struct builder b = { data, sizeof(data), 0, false };
	struct icmp_message m;

	put_error(&b, 3, 4, 1);
	CU_ASSERT_FATAL(decode(&b, b.len, &m));
	CU_ASSERT(m.quotes && m.quote.from == ip(FROM) && m.quote.to == ip(TO));
	CU_ASSERT(icmp_quotes_echo(&m, ip(TO), ID, 7) && !icmp_quotes_echo(&m, ip(TO), ID, 8));
	CU_ASSERT(!icmp_quotes_echo(&m, ip(FROM), ID, 7));
	for (size_t len = 0; len < b.len; len++) {
		bool whole = decode(&b, len, &m);

		CU_ASSERT_EQUAL(whole, len >= IP_LEN + ICMP_HEADER);
		CU_ASSERT(!m.quotes);
	}
	b.len = 0;
	put_error(&b, 11, 0, 17);
	CU_ASSERT_FATAL(decode(&b, b.len, &m));
	CU_ASSERT(m.quotes && icmp_quoted_source(&m.quote) == 40000);
	CU_ASSERT_EQUAL(icmp_quoted_destination(&m.quote), 33434);
}

static void malformed_is_refused(void)
{
	uint8_t data[128];
	struct builder b = { data, sizeof(data), 0, false };
	struct icmp_message m;

	put_error(&b, 3, 3, 17);
	data[0] = 0x65; /* version 6 */
	CU_ASSERT(!decode(&b, b.len, &m));
	data[0] = 0x44; /* a header of 16 bytes */
	CU_ASSERT(!decode(&b, b.len, &m));
	data[0] = 0x4f; /* one that goes into the quote: what follows is no whole message */
	CU_ASSERT(!decode(&b, IP_LEN + 20, &m));
	data[0] = 0x45;
	data[9] = 17; /* no ICMP */
	CU_ASSERT(!decode(&b, b.len, &m));
	data[9] = 1;
	data[IP_LEN + ICMP_HEADER] = 0x4f; /* a quoted header longer than what was quoted */
	CU_ASSERT(decode(&b, b.len, &m) && !m.quotes);
	data[IP_LEN + ICMP_HEADER] = 0x41;
	CU_ASSERT(decode(&b, b.len, &m) && !m.quotes);
}

/* --- ping --- */

static struct ping_state begin_ping(uint32_t repeat)
{
	const struct ping_options o = {
		.to = ip(TO), .repeat = repeat, .size = 100, .timeout_s = 2
	};
	struct ping_state s;

	ping_state_init(&s, &o, ID);
	return s;
}

static struct icmp_message a_reply(const struct ping_state *s)
{
	return (struct icmp_message) { .from = ip(TO), .type = 0, .id = s->id, .seq = s->seq };
}

static bool nothing(struct ping_action a)
{
	return a.mark == 0 && !a.send && !a.start && !a.end;
}

static void ping_answered_twice_and_ends(void)
{
	struct ping_state s = begin_ping(2);
	struct icmp_message m;
	struct ping_action a;

	for (unsigned i = 0; i < 2; i++) {
		a = ping_step(&s, PING_TIMER, 1000000 * i, NULL);
		CU_ASSERT(a.send && a.start && a.timer_ms == 2000 && a.mark == 0 && !a.end);
		m = a_reply(&s);
		a = ping_step(&s, PING_ICMP, 1000000 * i + 5000 * (i + 1), &m);
		CU_ASSERT(a.mark == '!' && a.start && a.timer_ms == 0 && !a.send && !a.end);
		CU_ASSERT(nothing(ping_step(&s, PING_ICMP, 1000000 * i + 9000, &m)));
	}
	a = ping_step(&s, PING_TIMER, 2000000, NULL);
	CU_ASSERT(a.end && a.mark == 0 && !a.send);
	CU_ASSERT(s.result.sent == 2 && s.result.received == 2);
	CU_ASSERT(s.result.min_ms == 5 && s.result.max_ms == 10 && s.result.sum_ms == 15);
}

static void ping_not_answered(void)
{
	struct ping_state s = begin_ping(2);
	struct ping_action a;

	ping_step(&s, PING_TIMER, 0, NULL);
	a = ping_step(&s, PING_TIMER, 2000000, NULL);
	CU_ASSERT(a.mark == '.' && a.send && !a.end && s.seq == 2);
	a = ping_step(&s, PING_TIMER, 4000000, NULL);
	CU_ASSERT(a.mark == '.' && a.end && !a.send);
	CU_ASSERT(s.result.sent == 2 && s.result.received == 0);
}

static void ping_takes_only_its_own(void)
{
	struct ping_state s = begin_ping(1);
	struct icmp_message m;

	ping_step(&s, PING_TIMER, 0, NULL);
	m = a_reply(&s), m.id++;
	CU_ASSERT(nothing(ping_step(&s, PING_ICMP, 1, &m)));
	m = a_reply(&s), m.seq--;
	CU_ASSERT(nothing(ping_step(&s, PING_ICMP, 1, &m)));
	m = a_reply(&s), m.from = ip(FROM);
	CU_ASSERT(nothing(ping_step(&s, PING_ICMP, 1, &m)));
	m = a_reply(&s), m.type = 3; /* an error that quotes nothing */
	CU_ASSERT(nothing(ping_step(&s, PING_ICMP, 1, &m)));
	m = a_reply(&s);
	CU_ASSERT(ping_step(&s, PING_ICMP, 1, &m).mark == '!');
}

static void ping_marks(void)
{
	static const struct {
		uint8_t type, code;
		char mark;
	} cases[] = { { 3, 1, 'U' }, { 3, 4, 'M' }, { 4, 0, 'Q' }, { 11, 0, '&' }, { 12, 0, '?' } };

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t data[128];
		struct builder b = { data, sizeof(data), 0, false };
		struct ping_state s = begin_ping(1);
		struct icmp_message m;

		put_error(&b, cases[i].type, cases[i].code, 1);
		CU_ASSERT(decode(&b, b.len, &m));
		ping_step(&s, PING_TIMER, 0, NULL);
		s.seq = 7;
		CU_ASSERT_EQUAL(ping_step(&s, PING_ICMP, 1, &m).mark, cases[i].mark);
		CU_ASSERT_EQUAL(s.result.received, 0);
	}
}

static void ping_too_big_to_leave(void)
{
	struct ping_state s = begin_ping(1);
	struct ping_action a;

	ping_step(&s, PING_TIMER, 0, NULL);
	a = ping_step(&s, PING_TOO_BIG, 0, NULL);
	CU_ASSERT(a.mark == 'M' && a.start && a.timer_ms == 0);
	CU_ASSERT(ping_step(&s, PING_TIMER, 0, NULL).end);
}

/* --- traceroute --- */

static struct traceroute_state begin_traceroute(uint32_t probes, uint8_t max_ttl)
{
	const struct traceroute_options o = {
		.to = ip(TO),
		.timeout_s = 3,
		.probes = probes,
		.min_ttl = 1,
		.max_ttl = max_ttl,
		.port = 33434,
	};
	struct traceroute_state s;

	traceroute_state_init(&s, &o, 40000);
	return s;
}

static struct traceroute_action trace_error(
	struct traceroute_state *s, uint8_t type, uint8_t code, uint64_t now_us)
{
	uint8_t data[128];
	struct builder b = { data, sizeof(data), 0, false };
	struct icmp_message m;

	put_error(&b, type, code, 17);
	CU_ASSERT_FATAL(decode(&b, b.len, &m));
	data[b.len - 6] = (uint8_t)(s->port >> 8);
	data[b.len - 5] = (uint8_t)(s->port & 0xff);
	return traceroute_step(s, TRACEROUTE_ICMP, now_us, &m);
}

static void traceroute_two_hops(void)
{
	struct traceroute_state s = begin_traceroute(2, 30);
	struct traceroute_action a;

	for (unsigned i = 0; i < 4; i++) {
		a = traceroute_step(&s, TRACEROUTE_TIMER, 1000000 * i, NULL);
		CU_ASSERT(a.send && a.start && a.timer_ms == 3000 && !a.end && !a.answered);
		CU_ASSERT(s.ttl == 1 + i / 2 && s.port == 33434 + i);
		a = trace_error(&s, i < 2 ? 11 : 3, i < 2 ? 0 : 3, 1000000 * i + 4000);
		CU_ASSERT(a.answered && a.start && a.timer_ms == 0 && !a.end);
		CU_ASSERT(a.answer.ttl == 1 + i / 2 && a.answer.probe == i % 2);
		CU_ASSERT(a.answer.ms == 4 && a.answer.note == 0);
		CU_ASSERT(a.answer.from == ip("203.0.113.9"));
	}
	CU_ASSERT(traceroute_step(&s, TRACEROUTE_TIMER, 4000000, NULL).end);
}

static void traceroute_dead_end_and_silence(void)
{
	struct traceroute_state s = begin_traceroute(2, 30);
	struct traceroute_action a;

	traceroute_step(&s, TRACEROUTE_TIMER, 0, NULL);
	CU_ASSERT_EQUAL(trace_error(&s, 3, 1, 1).answer.note, 'H');
	traceroute_step(&s, TRACEROUTE_TIMER, 0, NULL);
	a = traceroute_step(&s, TRACEROUTE_TIMER, 3000000, NULL);
	CU_ASSERT(a.answered && a.answer.from == 0 && a.end && !a.send);
}

/* Also where the TTL's eight bits end. */
static void traceroute_stops_at_the_last_ttl(void)
{
	struct traceroute_state s = begin_traceroute(1, 255);
	unsigned sent = 0;

	while (traceroute_step(&s, TRACEROUTE_TIMER, 0, NULL).send && sent < 1000)
		sent++;
	CU_ASSERT_EQUAL(sent, 255);
}

static void traceroute_takes_only_its_own(void)
{
	struct traceroute_state s = begin_traceroute(1, 30);

	CU_ASSERT(!trace_error(&s, 11, 0, 0).answered); /* none is under way */
	traceroute_step(&s, TRACEROUTE_TIMER, 0, NULL);
	s.local_port++;
	CU_ASSERT(!trace_error(&s, 11, 0, 0).answered);
	s.local_port--;
	s.o.to = ip(FROM);
	CU_ASSERT(!trace_error(&s, 11, 0, 0).answered);
	s.o.to = ip(TO);
	CU_ASSERT(trace_error(&s, 11, 0, 0).answered);
}

int main(void)
{
	static const struct bench_test tests[] = {
		{ "an echo as in RFC 792", echo_as_in_rfc_792 },
		{ "replies are read, with options too", replies_are_read },
		{ "errors are read, and what they quote", errors_are_read },
		{ "malformed packets are refused", malformed_is_refused },
		{ "ping: answered twice, and the end", ping_answered_twice_and_ends },
		{ "ping: not answered", ping_not_answered },
		{ "ping: only its own answers count", ping_takes_only_its_own },
		{ "ping: marks of errors", ping_marks },
		{ "ping: too big to leave", ping_too_big_to_leave },
		{ "traceroute: two hops", traceroute_two_hops },
		{ "traceroute: a dead end and silence", traceroute_dead_end_and_silence },
		{ "traceroute: the last TTL", traceroute_stops_at_the_last_ttl },
		{ "traceroute: only its own answers count", traceroute_takes_only_its_own },
		{ NULL, NULL },
	};

	return bench_main("probe", tests);
}
