/* SPDX-License-Identifier: BSD-3-Clause */
/* ICMP errors through NAT: what each side sees has to be the packet that it sent. */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "suite.h"

static struct fixture fx;

#define HOST   "192.168.20.10"
#define HOST2  "192.168.20.11"
#define GLOBAL "192.0.2.1"
#define SERVER "198.51.100.7"
#define ROUTER "203.0.113.1"  /* beyond the outside */
#define INNER  "192.168.99.1" /* a router inside */

static const uint8_t protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_GRE,
	IPPROTO_ESP };

static void pat(unsigned shards)
{
	fx_init(&fx, shards, 1000);
	fx_pool(&fx, 1, GLOBAL, GLOBAL, 24);
	fx_dynamic(&fx, 10, 1, 1, true);
}

/* Half of a quoted checksum tells nothing of what the half should become; it is left alone. */
static bool same_but_half_check(
	struct packet *p, const struct packet *want, uint8_t proto, unsigned quoted)
{
	unsigned half = proto == IPPROTO_TCP ? 37 : proto == IPPROTO_UDP ? 27 : 0;

	if (!checksums_ok(p))
		return false;
	if (quoted == half) {
		p->b[p->len - 1] = want->b[p->len - 1];
		memcpy(p->b + 22, want->b + 22, 2);
	}
	return same(p, want);
}

static struct flow flow_of(uint8_t proto)
{
	struct flow f = { HOST2, SERVER, 5000, 80, proto, .payload = 40, .id = 3,
		.tcp_flags = L4_TCP_SYN, .icmp_type = L4_ICMP_ECHO };

	if (proto == IPPROTO_ICMP)
		f.dport = 0;
	if (proto == IPPROTO_GRE || proto == IPPROTO_ESP)
		f.sport = f.dport = 0;
	return f;
}

/* Another host's flow first, so that ports do change. Returns the packet as it went out. */
static struct packet sent(const struct flow *f)
{
	struct flow other = *f;
	struct packet p;

	other.src = HOST;
	if (f->sport) {
		p = make(&other);
		CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, 0).verdict, NAT_DONE);
	}
	p = make(f);
	CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, 0).verdict, NAT_DONE);
	return p;
}

static unsigned ports_end(uint8_t proto)
{
	return proto == IPPROTO_ICMP ? 26 : proto == IPPROTO_TCP || proto == IPPROTO_UDP ? 24 : 20;
}

/* From outside, about every protocol, quoted up to every length. */
static void errors_coming_in(void)
{
	static const uint8_t types[] = { L4_ICMP_UNREACHABLE, L4_ICMP_QUENCH, L4_ICMP_TIME_EXCEEDED,
		L4_ICMP_PARAMETER };

	for (unsigned i = 0; i < sizeof(protos); i++) {
		struct flow f = flow_of(protos[i]);
		struct packet before = make(&f), after;

		pat(1);
		after = sent(&f);
		for (unsigned quoted = 0; quoted <= after.len; quoted++) {
			uint8_t type = types[quoted % sizeof(types)];
			struct packet p = make_error(ROUTER, GLOBAL, type, &after, quoted), was = p;
			struct packet want = make_error(ROUTER, HOST2, type, &before, quoted);
			struct outcome o = fx_in(&fx, 0, &p, 0);

			if (quoted < 20) {
				CU_ASSERT_EQUAL(o.verdict, NAT_DROP);
				CU_ASSERT_EQUAL(o.drop, BW_DROP_NAT_MALFORMED);
				CU_ASSERT(same(&p, &was));
			} else if (quoted < ports_end(protos[i])) {
				CU_ASSERT_EQUAL(o.verdict, NAT_DROP);
				CU_ASSERT_EQUAL(o.drop, BW_DROP_NAT_ICMP_UNMATCHED);
				CU_ASSERT(same(&p, &was));
			} else {
				CU_ASSERT_EQUAL(o.verdict, NAT_DONE);
				CU_ASSERT(same_but_half_check(&p, &want, protos[i], quoted));
			}
		}
		fx_fini(&fx);
	}
}

/* In a buffer without a byte too many: nothing beyond it is looked at. */
static void cut_errors(void)
{
	for (unsigned i = 0; i < sizeof(protos); i++) {
		struct flow f = flow_of(protos[i]);
		struct packet after, p;

		pat(1);
		after = sent(&f);
		for (unsigned quoted = 0; quoted < 50; quoted++) {
			struct nat_pkt np;
			uint8_t *copy;

			p = make_error(ROUTER, GLOBAL, L4_ICMP_TIME_EXCEEDED, &after, quoted);
			copy = malloc(p.len);
			memcpy(copy, p.b, p.len);
			for (unsigned lies = 0; lies < 2; lies++) {
				((struct l4_ip4 *)copy)->length = htons(lies ? 1500 : p.len);
				np = (struct nat_pkt) { .ip = copy, .len = p.len };
				nat_out2in(fx.shard[0], &np, 1);
				CU_ASSERT_EQUAL(
					np.verdict == NAT_DONE, quoted >= ports_end(protos[i]));
				memcpy(copy, p.b, p.len);
			}
			free(copy);
		}
		fx_fini(&fx);
	}
}

/* From an inside host, about the server's packets to it. */
static void errors_going_out(void)
{
	for (unsigned i = 0; i < sizeof(protos); i++) {
		struct flow f = flow_of(protos[i]), r;
		struct packet arrived, original, out;

		pat(1);
		out = sent(&f);
		r = f;
		r.src = SERVER;
		r.dst = HOST2;
		r.sport = protos[i] == IPPROTO_ICMP ? f.sport : f.dport;
		r.dport = protos[i] == IPPROTO_ICMP ? 0 : f.sport;
		r.icmp_type = L4_ICMP_ECHO_REPLY;
		arrived = make(&r);
		r.dst = GLOBAL;
		if (protos[i] == IPPROTO_ICMP)
			r.sport = ntohs(((struct l4_icmp *)(out.b + 20))->id);
		else if (f.sport)
			r.dport = ntohs(((struct l4_udp *)(out.b + 20))->sport);
		original = make(&r);
		for (unsigned quoted = ports_end(protos[i]); quoted <= arrived.len; quoted++) {
			struct packet p =
				make_error(HOST2, SERVER, L4_ICMP_UNREACHABLE, &arrived, quoted);
			struct packet want =
				make_error(GLOBAL, SERVER, L4_ICMP_UNREACHABLE, &original, quoted);

			CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, 0).verdict, NAT_DONE);
			CU_ASSERT(same_but_half_check(&p, &want, protos[i], quoted));
		}
		fx_fini(&fx);
	}
}

/* A router inside, or we ourselves, on the way to the host: no inside address shows. */
static void errors_of_routers_on_the_way(void)
{
	struct flow f = flow_of(IPPROTO_UDP),
		    r = { SERVER, HOST2, 80, 5000, IPPROTO_UDP, .payload = 30 };
	struct packet arrived = make(&r), original, p, want;

	pat(1);
	sent(&f);
	r.dst = GLOBAL;
	r.dport = 1024;
	original = make(&r);
	p = make_error(INNER, SERVER, L4_ICMP_TIME_EXCEEDED, &arrived, 28);
	want = make_error(GLOBAL, SERVER, L4_ICMP_TIME_EXCEEDED, &original, 28);
	CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, 0).verdict, NAT_DONE);
	CU_ASSERT(same(&p, &want));
	/* our own, from the outside interface's address */
	p = make_error("192.0.2.200", SERVER, L4_ICMP_TIME_EXCEEDED, &arrived, 28);
	want = make_error("192.0.2.200", SERVER, L4_ICMP_TIME_EXCEEDED, &original, 28);
	CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, NAT_P_LOCAL).verdict, NAT_DONE);
	CU_ASSERT(same(&p, &want));
	CU_ASSERT(checksums_ok(&p));
	fx_fini(&fx);
}

static void errors_about_the_routers_own_packets(void)
{
	struct flow own = { GLOBAL, SERVER, 33434, 33434, .proto = IPPROTO_UDP };
	struct packet about = make(&own), p, before;

	pat(1);
	before = p = make_error(ROUTER, GLOBAL, L4_ICMP_TIME_EXCEEDED, &about, 28);
	CU_ASSERT_EQUAL(fx_in(&fx, 0, &p, 0).verdict, NAT_PASS);
	CU_ASSERT(same(&p, &before));
	fx_fini(&fx);
}

/* Nothing to match: what would show an inside address is not let out. */
static void unmatched_errors_going_out(void)
{
	struct flow r = { SERVER, HOST, 80, 5000, IPPROTO_UDP, .payload = 30 };
	struct packet about = make(&r), p;
	struct outcome o;

	pat(1);
	p = make_error(HOST, SERVER, L4_ICMP_UNREACHABLE, &about, 28);
	o = fx_out(&fx, 0, &p, 0);
	CU_ASSERT_EQUAL(o.verdict, NAT_DROP);
	CU_ASSERT_EQUAL(o.drop, BW_DROP_NAT_ICMP_UNMATCHED);
	r.dst = "10.1.1.1"; /* not for NAT at all */
	about = make(&r);
	p = make_error("10.1.1.1", SERVER, L4_ICMP_UNREACHABLE, &about, 28);
	CU_ASSERT_EQUAL(fx_out(&fx, 0, &p, 0).verdict, NAT_PASS);
	fx_fini(&fx);
}

static void error_about_an_error(void)
{
	struct flow f = flow_of(IPPROTO_UDP);
	struct packet after, inner, p;

	pat(1);
	after = sent(&f);
	inner = make_error(GLOBAL, SERVER, L4_ICMP_UNREACHABLE, &after, 28);
	p = make_error(ROUTER, GLOBAL, L4_ICMP_UNREACHABLE, &inner, 56);
	CU_ASSERT_EQUAL(fx_in(&fx, 0, &p, 0).drop, BW_DROP_NAT_ICMP_UNMATCHED);
	fx_fini(&fx);
}

static void corrupt_error_stays_corrupt(void)
{
	struct flow f = flow_of(IPPROTO_TCP);
	struct packet after, p;

	pat(1);
	after = sent(&f);
	p = make_error(ROUTER, GLOBAL, L4_ICMP_TIME_EXCEEDED, &after, 40);
	p.b[p.len - 1] ^= 1;
	CU_ASSERT_EQUAL(fx_in(&fx, 0, &p, 0).verdict, NAT_DONE);
	CU_ASSERT_FALSE(checksums_ok(&p));
	fx_fini(&fx);
}

/* A quote that has options, or a header that lies about itself. */
static void odd_quotes(void)
{
	struct flow f = flow_of(IPPROTO_UDP);
	struct packet before, after, p, want;

	pat(1);
	f.options = 7;
	before = make(&f);
	after = sent(&f);
	p = make_error(ROUTER, GLOBAL, L4_ICMP_TIME_EXCEEDED, &after, 56);
	want = make_error(ROUTER, HOST2, L4_ICMP_TIME_EXCEEDED, &before, 56);
	CU_ASSERT_EQUAL(fx_in(&fx, 0, &p, 0).verdict, NAT_DONE);
	CU_ASSERT(same(&p, &want));
	for (unsigned vihl = 0; vihl < 256; vihl++) {
		uint8_t *copy;
		struct nat_pkt np;

		p = make_error(ROUTER, GLOBAL, L4_ICMP_TIME_EXCEEDED, &after, 56);
		p.b[28] = vihl;
		copy = malloc(p.len);
		memcpy(copy, p.b, p.len);
		np = (struct nat_pkt) { .ip = copy, .len = p.len };
		nat_out2in(fx.shard[0], &np, 1);
		CU_ASSERT_EQUAL(np.verdict == NAT_DONE, vihl == 0x4c);
		free(copy);
	}
	fx_fini(&fx);
}

/* 1:1: by the addresses alone, with or without a session, however short the quote. */
static void errors_of_static_hosts(void)
{
	struct flow f = { "192.0.2.9", SERVER, 5000, 80, IPPROTO_TCP, .payload = 10 };
	struct packet original = make(&f), arrived;

	pat(1);
	fx_static(&fx, 1, HOST, "192.0.2.9");
	f.src = HOST;
	arrived = make(&f);
	for (unsigned quoted = 20; quoted <= original.len; quoted++) {
		struct packet p = make_error(ROUTER, "192.0.2.9", 11, &original, quoted);
		struct packet want = make_error(ROUTER, HOST, 11, &arrived, quoted);

		CU_ASSERT_EQUAL(fx_in(&fx, 0, &p, 0).verdict, NAT_DONE);
		CU_ASSERT(same_but_half_check(&p, &want, IPPROTO_TCP, quoted));
	}
	fx_fini(&fx);
}

/* At whichever worker the error arrives, it gets to its flow's. */
static void errors_find_their_shard(void)
{
	unsigned right = 0;

	for (unsigned i = 0; i < sizeof(protos); i++) {
		for (unsigned shard = 0; shard < FX_SHARDS; shard++) {
			struct flow f = flow_of(protos[i]);
			struct packet before = make(&f), after, p, want;

			pat(FX_SHARDS);
			after = sent(&f);
			p = make_error(ROUTER, GLOBAL, L4_ICMP_TIME_EXCEEDED, &after, 48);
			want = make_error(ROUTER, HOST2, L4_ICMP_TIME_EXCEEDED, &before, 48);
			right += fx_in(&fx, shard, &p, 0).verdict == NAT_DONE && same(&p, &want);
			fx_fini(&fx);
		}
	}
	CU_ASSERT_EQUAL(right, sizeof(protos) * FX_SHARDS);
}

/* A quoted packet that was a later fragment has no ports. */
static void quoted_fragment(void)
{
	struct flow f = flow_of(IPPROTO_UDP);
	struct packet whole, later, p;
	struct outcome o;

	pat(1);
	whole = sent(&f);
	later = make_fragment(&whole, 24, 16, false);
	p = make_error(ROUTER, GLOBAL, L4_ICMP_TIME_EXCEEDED, &later, 36);
	o = fx_in(&fx, 0, &p, 0);
	CU_ASSERT_EQUAL(o.verdict, NAT_DROP);
	CU_ASSERT_EQUAL(o.drop, BW_DROP_NAT_ICMP_UNMATCHED);
	fx_fini(&fx);
}

int main(void)
{
	static const struct test tests[] = {
		{ "errors coming in", errors_coming_in },
		{ "cut errors", cut_errors },
		{ "errors going out", errors_going_out },
		{ "errors of routers on the way", errors_of_routers_on_the_way },
		{ "errors about the router's own packets", errors_about_the_routers_own_packets },
		{ "unmatched errors going out", unmatched_errors_going_out },
		{ "error about an error", error_about_an_error },
		{ "corrupt error stays corrupt", corrupt_error_stays_corrupt },
		{ "odd quotes", odd_quotes },
		{ "errors of static hosts", errors_of_static_hosts },
		{ "errors find their shard", errors_find_their_shard },
		{ "quoted fragment", quoted_fragment },
	};

	return RUN_SUITE("nat icmp", tests);
}
