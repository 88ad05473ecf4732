/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets through NAT, compared whole with packets made as they should come out. */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "l3/checksum.h"
#include "suite.h"

static struct fixture fx;

#define HOST   "192.168.20.10"
#define HOST2  "192.168.20.11"
#define GLOBAL "192.0.2.1"
#define SERVER "198.51.100.7"

static void pat(unsigned shards)
{
	fx_init(&fx, shards, 100000);
	fx_pool(&fx, 1, GLOBAL, GLOBAL, 24);
	fx_dynamic(&fx, 10, 1, 1, true);
}

/* RFC 1624, section 4: the example, and the zero that equation 2 got wrong. */
static void rfc1624_vectors(void)
{
	CU_ASSERT_EQUAL(
		checksum_update(htons(0xdd2f), checksum_delta16(htons(0x5555), htons(0x3285))),
		htons(0x0000));
	CU_ASSERT_EQUAL(checksum_update(0x1234, checksum_delta16(0xabcd, 0xabcd)), 0x1234);
	CU_ASSERT_EQUAL(checksum_update(0xffff, checksum_delta16(0, 0)), 0x0000);
}

/* Out, and the answer back in: both whole packets as they should be. */
static void round_trip(const struct flow *f, const char *global, uint16_t gport)
{
	struct flow answer = *f;
	struct packet p = make(f), want = with_src(f, global, gport);
	struct outcome o = fx_out(&fx, 0, &p, 0);

	CU_ASSERT_EQUAL(o.verdict, NAT_DONE);
	CU_ASSERT(same(&p, &want));
	CU_ASSERT(checksums_ok(&p));

	answer.src = f->dst;
	answer.dst = global;
	answer.sport = f->proto == IPPROTO_ICMP ? gport : f->dport;
	answer.dport = gport;
	answer.icmp_type = f->icmp_type == L4_ICMP_ECHO ? L4_ICMP_ECHO_REPLY : f->icmp_type + 1;
	if (f->tcp_flags == L4_TCP_SYN)
		answer.tcp_flags |= L4_TCP_ACK;
	p = make(&answer);
	want = with_dst(&answer, f->src, f->sport);
	o = fx_in(&fx, 0, &p, 0);
	CU_ASSERT_EQUAL(o.verdict, NAT_DONE);
	CU_ASSERT(same(&p, &want));
	CU_ASSERT(checksums_ok(&p));
}

static void every_protocol_both_ways(void)
{
	static const uint8_t protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_GRE,
		IPPROTO_ESP, 132 /* SCTP */, 33 /* DCCP */, 4, 255, 0 };

	pat(1);
	for (unsigned i = 0; i < sizeof(protos); i++) {
		for (uint16_t payload = 0; payload < 70; payload += 23) {
			for (uint8_t options = 0; options < 11; options += 5) {
				bool ported = protos[i] == IPPROTO_TCP || protos[i] == IPPROTO_UDP;
				struct flow f = { HOST, SERVER, .proto = protos[i],
					.payload = payload, .options = options, .id = payload,
					.tcp_flags = L4_TCP_SYN, .icmp_type = L4_ICMP_ECHO };

				if (ported || protos[i] == IPPROTO_ICMP)
					f.sport = 40000 + payload;
				if (ported)
					f.dport = 80;
				round_trip(&f, GLOBAL, f.sport);
			}
		}
	}
	fx_fini(&fx);
}

static void every_icmp_query(void)
{
	static const uint8_t types[] = { L4_ICMP_ECHO, L4_ICMP_TIMESTAMP, L4_ICMP_INFO,
		L4_ICMP_MASK };

	pat(1);
	for (unsigned i = 0; i < sizeof(types); i++) {
		struct flow f = { HOST, SERVER, .sport = 77, .proto = IPPROTO_ICMP, .payload = 8,
			.icmp_type = types[i] };

		round_trip(&f, GLOBAL, 77);
	}
	CU_ASSERT_EQUAL(fx_sessions(&fx), 1);
	fx_fini(&fx);
}

/* All checksums that a packet can have, so that every carry occurs. */
static void every_checksum_value(void)
{
	struct flow f = { HOST, SERVER, 1234, 53, IPPROTO_UDP, .payload = 4 };
	bool right = true;

	pat(1);
	for (uint32_t v = 0; v < 65536; v++) {
		struct packet p = make(&f), want = with_src(&f, GLOBAL, 1234);

		p.b[28] = want.b[28] = v >> 8;
		p.b[29] = want.b[29] = v & 0xff;
		p.b[26] = want.b[26] = 1; /* not "no checksum" */
		fix_checksums(&p);
		fix_checksums(&want);
		right = right && fx_out(&fx, 0, &p, 0).verdict == NAT_DONE && same(&p, &want);
	}
	CU_ASSERT(right);
	fx_fini(&fx);
}

static void udp_without_checksum_stays_so(void)
{
	struct flow f = { HOST, SERVER, 1234, 4500, IPPROTO_UDP, .payload = 9,
		.no_udp_check = true };

	pat(1);
	round_trip(&f, GLOBAL, 1234);
	fx_fini(&fx);
}

/* One's complement has two zeros: an all-zero echo reply sums to the other one. */
static void icmp_message_of_zeros(void)
{
	struct flow f = { HOST, SERVER, 5, 0, IPPROTO_ICMP, .icmp_type = L4_ICMP_ECHO };
	struct packet p, want;

	pat(1);
	p = make(&f);
	fx_out(&fx, 0, &p, 0);
	f.src = HOST2;
	f.sport = 0;
	p = make(&f);
	fx_out(&fx, 0, &p, 0);
	for (uint16_t id = 0; id <= 5; id += 5) {
		struct flow r = { SERVER, GLOBAL, id, 0, .proto = IPPROTO_ICMP };

		p = make(&r);
		want = with_dst(&r, id ? HOST : HOST2, id);
		for (struct packet *q = &p; q; q = q == &p ? &want : NULL) {
			q->b[26] = q->b[27] = 0; /* sequence number */
			fix_checksums(q);
		}
		CU_ASSERT_EQUAL(fx_in(&fx, 0, &p, 0).verdict, NAT_DONE);
		CU_ASSERT(same(&p, &want));
	}
	fx_fini(&fx);
}

static void corrupt_stays_corrupt(void)
{
	struct flow f = { HOST, SERVER, 1234, 80, IPPROTO_TCP, .payload = 20, .tcp_flags = 2 };
	struct packet p;

	pat(1);
	p = make(&f);
	p.b[50] ^= 0x10;
	CU_ASSERT_FALSE(checksums_ok(&p));
	CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, 0).verdict, NAT_DONE);
	CU_ASSERT_FALSE(checksums_ok(&p));
	fx_fini(&fx);
}

static void what_no_list_permits_passes(void)
{
	struct flow f = { "10.0.0.1", SERVER, 1234, 80, IPPROTO_TCP, .tcp_flags = 2 };
	struct packet p, before;

	pat(1);
	before = p = make(&f);
	CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, 0).verdict, NAT_PASS);
	CU_ASSERT(same(&p, &before));
	CU_ASSERT_EQUAL(fx_sessions(&fx), 0);
	fx_fini(&fx);
}

static void outside_does_not_open_pat(void)
{
	struct flow f = { SERVER, GLOBAL, 1234, 80, IPPROTO_TCP, .tcp_flags = 2 };
	struct packet p, before;

	pat(1);
	before = p = make(&f);
	CU_ASSERT_EQUAL(fx_in(&fx, 0, &p, 0).verdict, NAT_PASS);
	CU_ASSERT(same(&p, &before));
	CU_ASSERT_EQUAL(fx_sessions(&fx), 0);
	fx_fini(&fx);
}

/* Endpoint-dependent: another outside host, or port, is another flow. */
static void another_end_is_another_flow(void)
{
	struct flow f = { HOST, SERVER, 1234, 80, .proto = IPPROTO_UDP };
	struct flow r = { SERVER, GLOBAL, 81, 1234, .proto = IPPROTO_UDP };
	struct packet p;

	pat(1);
	p = make(&f);
	fx_out(&fx, 0, &p, 0);
	p = make(&r);
	CU_ASSERT_EQUAL(fx_in(&fx, 0, &p, 0).verdict, NAT_PASS);
	r.sport = 80;
	r.src = "198.51.100.8";
	p = make(&r);
	CU_ASSERT_EQUAL(fx_in(&fx, 0, &p, 0).verdict, NAT_PASS);
	fx_fini(&fx);
}

static void port_is_kept_then_first_free_of_group(void)
{
	static const struct {
		uint16_t want, got;
	} flows[] = { { 5000, 1024 }, { 5000, 1025 }, { 600, 512 }, { 600, 513 }, { 100, 1 },
		{ 100, 2 }, { 1024, 1026 } };
	char host[32];

	pat(1);
	for (unsigned i = 0; i < 3; i++) {
		struct flow f = { HOST, SERVER, (uint16_t[]) { 5000, 600, 100 }[i], 80, IPPROTO_TCP,
			.tcp_flags = L4_TCP_SYN };

		round_trip(&f, GLOBAL, f.sport);
	}
	for (unsigned i = 0; i < sizeof(flows) / sizeof(flows[0]); i++) {
		struct flow f = { host, SERVER, flows[i].want, 80, IPPROTO_TCP,
			.tcp_flags = L4_TCP_SYN };

		snprintf(host, sizeof(host), "192.168.21.%u", i + 1);
		round_trip(&f, GLOBAL, flows[i].got);
	}
	/* towards another end all are free */
	struct flow f = { HOST2, SERVER, 5000, 81, IPPROTO_TCP, .tcp_flags = L4_TCP_SYN };
	round_trip(&f, GLOBAL, 5000);
	fx_fini(&fx);
}

static void icmp_ids_go_like_ports(void)
{
	struct flow f = { HOST, SERVER, 3000, 0, IPPROTO_ICMP, .icmp_type = L4_ICMP_ECHO };

	pat(1);
	round_trip(&f, GLOBAL, 3000);
	f.src = HOST2;
	round_trip(&f, GLOBAL, 1024);
	f.src = HOST;
	f.sport = 0;
	round_trip(&f, GLOBAL, 0);
	f.src = HOST2;
	round_trip(&f, GLOBAL, 1);
	fx_fini(&fx);
}

/* Other protocols have no port: one inside host at a time towards one outside host. */
static void other_protocols_one_host_at_a_time(void)
{
	struct flow f = { HOST, SERVER, .proto = IPPROTO_ESP, .payload = 30 };
	struct packet p;
	struct outcome o;

	pat(1);
	round_trip(&f, GLOBAL, 0);
	f.src = HOST2;
	p = make(&f);
	o = fx_out(&fx, 0, &p, 0);
	CU_ASSERT_EQUAL(o.verdict, NAT_DROP);
	CU_ASSERT_EQUAL(o.drop, BW_DROP_NAT_NO_PORT);
	CU_ASSERT_EQUAL(fx.counters[0].alloc_failures, 1);
	f.dst = "198.51.100.8";
	round_trip(&f, GLOBAL, 0);
	f.dst = SERVER;
	fx_pass(&fx, 301); /* the first one's time is up */
	round_trip(&f, GLOBAL, 0);
	fx_fini(&fx);
}

/* Its fragments come from virtual reassembly with ports known to be none. */
static void fragments_of_other_protocols(void)
{
	struct flow f = { HOST, SERVER, .proto = IPPROTO_GRE, .payload = 100, .id = 4 };
	struct packet whole, part;
	struct outcome o;

	pat(1);
	for (unsigned i = 0; i < 2; i++) {
		f.src = i ? HOST2 : HOST;
		whole = make(&f);
		for (unsigned k = 0; k < 2; k++) {
			part = make_fragment(&whole, k * 64, k ? 36 : 64, !k);
			o = fx_out(&fx, 0, &part, NAT_P_PORTS);
			CU_ASSERT_EQUAL(o.verdict, i ? NAT_DROP : NAT_DONE);
			CU_ASSERT_EQUAL(o.drop, i ? BW_DROP_NAT_NO_PORT : BW_DROP_NONE);
		}
	}
	CU_ASSERT_EQUAL(fx_sessions(&fx), 1);
	fx_fini(&fx);
}

static void next_address_then_drop(void)
{
	unsigned kept = 0, second = 0, dropped = 0;

	fx_init(&fx, 1, 10000);
	fx_pool(&fx, 1, "192.0.2.1", "192.0.2.2", 24);
	fx_dynamic(&fx, 10, 1, 1, true);
	for (unsigned i = 0; i < 1030; i++) {
		char host[32];
		struct flow f = { host, SERVER, 700, 80, .proto = IPPROTO_UDP };
		struct packet p;
		const struct l4_ip4 *ip = (void *)p.b;
		struct outcome o;

		snprintf(host, sizeof(host), "192.168.%u.%u", 30 + i / 250, 1 + i % 250);
		p = make(&f);
		o = fx_out(&fx, 0, &p, 0);
		kept += o.verdict == NAT_DONE && ip->src == ip4("192.0.2.1");
		second += o.verdict == NAT_DONE && ip->src == ip4("192.0.2.2");
		dropped += o.verdict == NAT_DROP && o.drop == BW_DROP_NAT_NO_PORT;
	}
	CU_ASSERT_EQUAL(kept, 512);
	CU_ASSERT_EQUAL(second, 512);
	CU_ASSERT_EQUAL(dropped, 6);
	CU_ASSERT_EQUAL(fx.counters[0].alloc_failures, 6);
	CU_ASSERT_EQUAL(atomic_load(&fx.shard[0]->no_port.count), 6);
	CU_ASSERT_EQUAL(atomic_load(&fx.shard[0]->no_port.rule_id), 10);
	fx_fini(&fx);
}

/* Malformed: never beyond the bytes there are, never translated. */
static void cut_headers(void)
{
	static const uint8_t protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP };

	pat(1);
	for (unsigned i = 0; i < sizeof(protos); i++) {
		unsigned need = 20 + (protos[i] == IPPROTO_TCP ? 20 : 8);
		struct flow f = { HOST, SERVER, 1234, 80, protos[i], .payload = 10, .tcp_flags = 2,
			.icmp_type = L4_ICMP_ECHO };

		for (unsigned len = 0; len < need; len++) {
			struct packet p = make(&f);
			uint8_t *copy = malloc(len + 1);
			struct nat_pkt np = { .ip = copy, .len = len };

			if (len >= 20)
				((struct l4_ip4 *)p.b)->length = htons(len);
			memcpy(copy, p.b, len);
			nat_in2out(fx.shard[0], &np, 1);
			CU_ASSERT_EQUAL(np.verdict, NAT_DROP);
			CU_ASSERT_EQUAL(np.drop, BW_DROP_NAT_MALFORMED);
			/* a total length that lies is only believed as far as there are bytes */
			memcpy(copy, make(&f).b, len);
			np = (struct nat_pkt) { .ip = copy, .len = len };
			nat_in2out(fx.shard[0], &np, 1);
			CU_ASSERT_EQUAL(np.verdict, NAT_DROP);
			free(copy);
		}
	}
	CU_ASSERT_EQUAL(fx_sessions(&fx), 0);
	fx_fini(&fx);
}

static void fragments_by_their_ports(void)
{
	struct flow f = { HOST, SERVER, 5000, 53, IPPROTO_UDP, .payload = 100, .id = 9 };
	struct packet whole = make(&f), translated = with_src(&f, GLOBAL, 1024), first, rest, want;
	struct flow other = { HOST2, SERVER, 5000, 53, .proto = IPPROTO_UDP };
	struct nat_pkt np;
	struct packet p;

	pat(1);
	p = make(&other); /* takes the port */
	fx_out(&fx, 0, &p, 0);
	first = make_fragment(&whole, 0, 64, true);
	rest = make_fragment(&whole, 64, 44, false);
	CU_ASSERT_EQUAL(fx_out(&fx, 0, &first, 0).verdict, NAT_DONE);
	want = make_fragment(&translated, 0, 64, true);
	CU_ASSERT(same(&first, &want));
	np = (struct nat_pkt) { .ip = rest.b,
		.len = rest.len,
		.flags = NAT_P_PORTS,
		.sport = htons(5000),
		.dport = htons(53) };
	nat_in2out(fx.shard[0], &np, 1);
	CU_ASSERT_EQUAL(np.verdict, NAT_DONE);
	want = make_fragment(&translated, 64, 44, false);
	CU_ASSERT(same(&rest, &want));
	CU_ASSERT_EQUAL(np.sport, htons(1024)); /* for the features that follow */
	CU_ASSERT_EQUAL(np.dport, htons(53));
	CU_ASSERT_EQUAL(fx_sessions(&fx), 2);
	fx_fini(&fx);
}

static void fragments_of_unknown_ports(void)
{
	struct flow f = { HOST, SERVER, 5000, 53, IPPROTO_UDP, .payload = 100 };
	struct packet whole = make(&f), p = make_fragment(&whole, 64, 44, false), want, before;
	struct outcome o;

	pat(1);
	before = p;
	o = fx_out(&fx, 0, &p, 0);
	CU_ASSERT_EQUAL(o.verdict, NAT_DROP);
	CU_ASSERT_EQUAL(o.drop, BW_DROP_NAT_UNSUPPORTED);
	CU_ASSERT(same(&p, &before));
	/* a whole address needs no ports */
	fx_static(&fx, 1, HOST, "192.0.2.9");
	CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, 0).verdict, NAT_DONE);
	whole = with_src(&f, "192.0.2.9", 5000);
	want = make_fragment(&whole, 64, 44, false);
	CU_ASSERT(same(&p, &want));
	fx_fini(&fx);
}

/* What the router itself sends is translated if a rule takes it, else it keeps its port. */
static void routers_own(void)
{
	struct flow f = { HOST, SERVER, 5000, 80, IPPROTO_TCP, .tcp_flags = L4_TCP_SYN };
	struct flow own = { GLOBAL, SERVER, 6000, 80, IPPROTO_TCP, .tcp_flags = L4_TCP_SYN };
	struct flow back = { SERVER, GLOBAL, 80, 6000, IPPROTO_TCP, .tcp_flags = 0x12 };
	struct packet p, before;

	pat(1);
	p = make(&f);
	CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, NAT_P_LOCAL).verdict, NAT_DONE);
	before = p = make(&own);
	CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, NAT_P_LOCAL).verdict, NAT_PASS);
	CU_ASSERT(same(&p, &before));
	CU_ASSERT_EQUAL(fx_sessions(&fx), 1); /* it is not counted ... */
	f.sport = 6000;
	round_trip(&f, GLOBAL, 1024); /* ... but its port is taken */
	before = p = make(&back);
	CU_ASSERT_EQUAL(fx_in(&fx, 0, &p, 0).verdict, NAT_PASS);
	CU_ASSERT(same(&p, &before));
	/* the port is an inside host's already: the router has to take another */
	own.sport = 5000;
	p = make(&own);
	before = with_src(&own, GLOBAL, 1025);
	CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, NAT_P_LOCAL).verdict, NAT_DONE);
	CU_ASSERT(same(&p, &before));
	/* an answer to a connection from outside takes nothing */
	own.sport = 22;
	own.tcp_flags = 0x12;
	before = p = make(&own);
	CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, NAT_P_LOCAL).verdict, NAT_PASS);
	CU_ASSERT(same(&p, &before));
	f.sport = 22;
	round_trip(&f, GLOBAL, 22);
	fx_fini(&fx);
}

/* An echo request from outside to the shared address is for the router, whatever its id. */
static void ping_from_outside_is_for_the_router(void)
{
	struct flow f = { HOST, SERVER, 9, 0, IPPROTO_ICMP, .icmp_type = L4_ICMP_ECHO };
	struct flow ping = { SERVER, GLOBAL, 9, 0, IPPROTO_ICMP, .icmp_type = L4_ICMP_ECHO };
	struct packet p, before;

	pat(1);
	round_trip(&f, GLOBAL, 9);
	before = p = make(&ping);
	CU_ASSERT_EQUAL(fx_in(&fx, 0, &p, 0).verdict, NAT_PASS);
	CU_ASSERT(same(&p, &before));
	fx_fini(&fx);
}

static void undo_gives_the_packet_back(void)
{
	static const uint8_t protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_GRE };
	struct flow f = { HOST2, SERVER, 5000, 53, .payload = 9, .tcp_flags = 2,
		.icmp_type = L4_ICMP_ECHO };
	struct packet p, before;

	pat(1);
	for (unsigned i = 0; i < sizeof(protos); i++) {
		struct nat_pkt np;

		f.proto = protos[i];
		if (protos[i] == IPPROTO_GRE)
			f.sport = f.dport = 0;
		before = p = make(&f);
		CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, 0).verdict, NAT_DONE);
		CU_ASSERT_NOT_EQUAL(memcmp(p.b, before.b, p.len), 0);
		np = (struct nat_pkt) { .ip = p.b, .len = p.len };
		nat_undo(fx.shard[0], &np, NAT_OUT);
		CU_ASSERT_EQUAL(np.verdict, NAT_DONE);
		CU_ASSERT(same(&p, &before));
		nat_undo(fx.shard[0], &np, NAT_OUT);
		CU_ASSERT_EQUAL(np.verdict, NAT_PASS);
	}
	fx_fini(&fx);
}

/* A burst in which packets make the session that later ones use. */
static void first_packets_within_a_burst(void)
{
	struct packet p[NAT_BURST];
	struct nat_pkt np[NAT_BURST];
	struct flow f = { HOST, SERVER, 0, 80, .proto = IPPROTO_UDP };

	pat(1);
	for (unsigned i = 0; i < NAT_BURST; i++) {
		f.sport = 2000 + i % 5;
		p[i] = make(&f);
		np[i] = (struct nat_pkt) { .ip = p[i].b, .len = p[i].len };
	}
	nat_in2out(fx.shard[0], np, NAT_BURST);
	for (unsigned i = 0; i < NAT_BURST; i++) {
		CU_ASSERT_EQUAL(np[i].verdict, NAT_DONE);
		CU_ASSERT(checksums_ok(&p[i]));
	}
	CU_ASSERT_EQUAL(fx_sessions(&fx), 5);
	CU_ASSERT_EQUAL(fx.counters[0].misses, 5);
	CU_ASSERT_EQUAL(fx.counters[0].hits, NAT_BURST - 5);
	fx_fini(&fx);
}

int main(void)
{
	static const struct test tests[] = {
		{ "RFC 1624 vectors", rfc1624_vectors },
		{ "every protocol, both ways", every_protocol_both_ways },
		{ "every ICMP query", every_icmp_query },
		{ "every checksum value", every_checksum_value },
		{ "UDP without a checksum", udp_without_checksum_stays_so },
		{ "ICMP message of zeros", icmp_message_of_zeros },
		{ "corrupt stays corrupt", corrupt_stays_corrupt },
		{ "what no list permits passes", what_no_list_permits_passes },
		{ "outside does not open PAT", outside_does_not_open_pat },
		{ "another end is another flow", another_end_is_another_flow },
		{ "port kept, then first free", port_is_kept_then_first_free_of_group },
		{ "ICMP ids go like ports", icmp_ids_go_like_ports },
		{ "other protocols", other_protocols_one_host_at_a_time },
		{ "fragments of other protocols", fragments_of_other_protocols },
		{ "next address, then drop", next_address_then_drop },
		{ "cut headers", cut_headers },
		{ "fragments by their ports", fragments_by_their_ports },
		{ "fragments of unknown ports", fragments_of_unknown_ports },
		{ "the router's own", routers_own },
		{ "ping from outside", ping_from_outside_is_for_the_router },
		{ "undo", undo_gives_the_packet_back },
		{ "first packets within a burst", first_packets_within_a_burst },
	};

	return RUN_SUITE("nat translate", tests);
}
