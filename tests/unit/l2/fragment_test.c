/* SPDX-License-Identifier: BSD-3-Clause */
/* Fragmentation, byte for byte against a plain reading of RFC 791. */
#include <string.h>

#include "nodes/fragment.h"
#include "support.h"

#define OUT_IF	  2
#define ADJ	  0x5a5a5
#define MAX_BYTES 2000

static unsigned began;

static void begin(uint16_t mtu)
{
	began = packets_in_use();
	itf_clear();
	itf_new(OUT_IF, BW_IF_PORT, BW_IF_F_UP)->ip_mtu = mtu;
}

static void end(void)
{
	CU_ASSERT_EQUAL(packets_in_use(), began);
}

/* ---- the reference ---- */

/* The options that later fragments carry: those with the copied bit. Returns their length. */
static unsigned copied_options(const uint8_t *options, unsigned length, uint8_t *to)
{
	unsigned n = 0;

	for (unsigned at = 0; at < length && options[at] != 0;) {
		unsigned size = options[at] == 1 ? 1 : options[at + 1];

		if (options[at] & 0x80) {
			memcpy(to + n, options + at, size);
			n += size;
		}
		at += size;
	}
	while (n % 4 != 0)
		to[n++] = 0;
	return n;
}

/* Fragment number `index` of p into out. Returns its length; 0 when there are no more. */
static unsigned reference(const uint8_t *p, uint16_t mtu, unsigned index, uint8_t *out)
{
	unsigned header = (p[0] & 0xf) * 4, total = p[2] << 8 | p[3];
	unsigned payload = total - header, piece = (mtu - header) / 8 * 8;
	unsigned at = index * piece, n, field;
	bool first = (p[6] << 8 | p[7]) % 8192 == 0;

	if (at >= payload)
		return 0;
	n = payload - at < piece ? payload - at : piece;
	memcpy(out, p, header);
	field = (p[6] << 8 | p[7]) + at / 8;
	if (at + n < payload)
		field |= 0x2000;
	if (first && index > 0) {
		unsigned options = copied_options(p + 20, header - 20, out + 20);

		header = 20 + options;
		out[0] = 0x40 | header / 4;
	}
	out[2] = (header + n) >> 8;
	out[3] = header + n;
	out[6] = field >> 8;
	out[7] = field;
	sign_ip4(out);
	memcpy(out + header, p + total - payload + at, n);
	return header + n;
}

/* ---- comparison ---- */

static void make(uint8_t *p, unsigned header, unsigned total)
{
	put_ip4(p, header, total, 17, "192.0.2.1", "198.51.100.1");
	memset(p + 20, 1, header - 20);
	sign_ip4(p);
	for (unsigned i = header; i < total; i++)
		p[i] = i * 31 + (i >> 8);
}

static struct rte_mbuf *as_packet(const uint8_t *p, unsigned total, unsigned piece)
{
	struct rte_mbuf *m = packet_chain(p, total, piece);
	struct pkt_meta *meta = pkt_meta(m);

	memset(meta, 0x5a, sizeof(*meta));
	meta->flags = PKT_F_LOCAL;
	meta->adj = ADJ;
	meta->out_if = OUT_IF;
	return m;
}

static void check_meta(struct rte_mbuf *m, bool first)
{
	const struct pkt_meta *meta = pkt_meta(m);

	CU_ASSERT_EQUAL(meta->flags, PKT_F_LOCAL | (first ? 0 : PKT_F_FRAGMENT));
	CU_ASSERT_EQUAL(meta->out_if, OUT_IF);
	CU_ASSERT_EQUAL(meta->adj, ADJ);
	CU_ASSERT_EQUAL(meta->l4_src, 0x5a5a);
}

static void check_fragment(struct rte_mbuf *m, const uint8_t *want, unsigned length, uint16_t mtu)
{
	uint8_t got[MAX_BYTES];

	CU_ASSERT_EQUAL(packet_bytes(m, got, sizeof(got)), length);
	CU_ASSERT(length <= mtu);
	CU_ASSERT_EQUAL(memcmp(got, want, length), 0);
	CU_ASSERT_EQUAL(m->nb_segs, 1);
	CU_ASSERT_TRUE(RTE_MBUF_DIRECT(m));
	CU_ASSERT_EQUAL(rte_mbuf_refcnt_read(m), 1);
	CU_ASSERT(rte_pktmbuf_headroom(m) >= 18);
	check_meta(m, want[6] % 32 == 0 && want[7] == 0);
}

/* Cut p and compare with the reference, in one segment and in pieces. */
static void compare(const uint8_t *p, uint16_t mtu, unsigned piece)
{
	struct rte_mbuf *out[FRAGMENT_MAX], *m = as_packet(p, p[2] << 8 | p[3], piece);
	uint8_t want[MAX_BYTES];
	unsigned n = fragment_cut(&worker, m, out), length;

	CU_ASSERT_FATAL(n > 0);
	for (unsigned i = 0; i < n; i++) {
		length = reference(p, mtu, i, want);
		CU_ASSERT_FATAL(length > 0);
		check_fragment(out[i], want, length, mtu);
		rte_pktmbuf_free(out[i]);
	}
	CU_ASSERT_EQUAL(reference(p, mtu, n, want), 0);
	CU_ASSERT_EQUAL(packets_in_use(), began);
}

static void at_every_edge_of_the_mtu(void)
{
	static const uint16_t mtus[] = { 68, 69, 75, 76, 77, 576, 577, 1000, 1006, 1454, 1492,
		1500 };
	static const int around[] = { -8, -1, 0, 1, 7, 8, 9 };
	uint8_t p[MAX_BYTES];

	for (unsigned i = 0; i < RTE_DIM(mtus); i++) {
		unsigned piece = (mtus[i] - 20) / 8 * 8;

		begin(mtus[i]);
		for (unsigned k = 1; 20 + k * piece + 9 <= MAX_BYTES; k++)
			for (unsigned a = 0; a < RTE_DIM(around); a++) {
				unsigned total = 20 + k * piece + around[a];

				if (total <= mtus[i])
					continue;
				make(p, 20, total);
				compare(p, mtus[i], UINT16_MAX);
			}
		end();
	}
}

static void chains_too(void)
{
	static const unsigned pieces[] = { 20, 28, 100, 575, 576, 577, 1499 };
	uint8_t p[MAX_BYTES];

	begin(576);
	make(p, 20, 1500);
	for (unsigned i = 0; i < RTE_DIM(pieces); i++)
		compare(p, 576, pieces[i]);
	end();
}

static void fragments_of_fragments(void)
{
	static const uint16_t fields[] = { 0x2000, 0x2001, 0x0001, 0x0100, 0x3000, 0x1000, 0x1f00 };
	uint8_t p[MAX_BYTES];

	begin(576);
	for (unsigned i = 0; i < RTE_DIM(fields); i++) {
		make(p, 20, 1500);
		p[6] = fields[i] >> 8;
		p[7] = fields[i];
		sign_ip4(p);
		compare(p, 576, UINT16_MAX);
	}
	end();
}

static void options_copied_and_not(void)
{
	static const uint8_t record_route[] = { 7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0 };
	static const uint8_t router_alert[] = { 148, 4, 0, 0 };
	static const uint8_t security[] = { 130, 11, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	uint8_t p[MAX_BYTES];

	begin(576);
	make(p, 32, 1500); /* none copied: later headers are plain */
	memcpy(p + 20, record_route, sizeof(record_route));
	sign_ip4(p);
	compare(p, 576, UINT16_MAX);
	make(p, 24, 1500); /* all copied */
	memcpy(p + 20, router_alert, sizeof(router_alert));
	sign_ip4(p);
	compare(p, 576, UINT16_MAX);
	make(p, 52, 1500); /* both, and one of odd length that is padded */
	memcpy(p + 21, record_route, sizeof(record_route));
	memcpy(p + 32, security, sizeof(security));
	memcpy(p + 44, router_alert, sizeof(router_alert));
	sign_ip4(p);
	compare(p, 576, UINT16_MAX);
	memset(p + 44, 0, 8); /* an end-of-list before the end */
	sign_ip4(p);
	compare(p, 576, UINT16_MAX);
	p[6] = 0x20; /* a later fragment's options stay as they are */
	p[7] = 100;
	sign_ip4(p);
	compare(p, 576, UINT16_MAX);
	end();
}

static void random_options_and_sizes(void)
{
	uint8_t p[MAX_BYTES];

	for (unsigned round = 0; round < 3000; round++) {
		unsigned header = 20 + pseudo_random() % 11 * 4, at = 20;
		uint16_t mtu = 68 + pseudo_random() % 1000;
		unsigned total = mtu + 1 + pseudo_random() % (MAX_BYTES - mtu - 1);

		begin(mtu);
		make(p, header, total);
		while (at + 2 <= header) {
			unsigned size = 2 + pseudo_random() % (header - at - 1);

			p[at] = 2 + pseudo_random() % 254;
			p[at + 1] = size;
			for (unsigned i = 2; i < size; i++)
				p[at + i] = pseudo_random();
			at += size;
		}
		sign_ip4(p);
		compare(p, mtu, UINT16_MAX);
		end();
	}
}

/* Malformed options: nothing is read or written beyond bounds, and all bytes arrive. */
static void hostile_options(void)
{
	uint8_t p[MAX_BYTES], got[MAX_BYTES];
	struct rte_mbuf *out[FRAGMENT_MAX];

	begin(576);
	for (unsigned round = 0; round < 3000; round++) {
		unsigned header = 24 + pseudo_random() % 10 * 4, payload = 0, n;

		make(p, header, 1500);
		for (unsigned i = 20; i < header; i++)
			p[i] = pseudo_random();
		n = fragment_cut(&worker, as_packet(p, 1500, UINT16_MAX), out);
		CU_ASSERT_FATAL(n > 1);
		for (unsigned i = 0; i < n; i++) {
			unsigned length = packet_bytes(out[i], got, sizeof(got));
			unsigned own = (got[0] & 0xf) * 4;

			CU_ASSERT(own <= header);
			CU_ASSERT_EQUAL(plain_checksum(got, own), 0);
			CU_ASSERT_EQUAL(memcmp(got + own, p + header + payload, length - own), 0);
			payload += length - own;
			rte_pktmbuf_free(out[i]);
		}
		CU_ASSERT_EQUAL(payload, 1500 - header);
	}
	end();
}

/* ---- refusals ---- */

static void expect_refused(struct rte_mbuf *m)
{
	struct rte_mbuf *out[FRAGMENT_MAX];

	CU_ASSERT_EQUAL(fragment_cut(&worker, m, out), 0);
	rte_pktmbuf_free(m);
	CU_ASSERT_EQUAL(packets_in_use(), began);
}

static void what_cannot_be_cut(void)
{
	uint8_t p[MAX_BYTES];
	struct rte_mbuf *m;

	begin(576);
	make(p, 20, 1500);
	p[6] = 0x40; /* DF */
	expect_refused(as_packet(p, 1500, UINT16_MAX));
	p[6] = 0x1f; /* ends beyond 65535 */
	p[7] = 0xff;
	expect_refused(as_packet(p, 1500, UINT16_MAX));
	make(p, 20, 1500);
	for (unsigned n = 1; n < 60; n++) /* shorter than it says */
		expect_refused(as_packet(p, n, UINT16_MAX));
	for (unsigned ihl = 0; ihl < 5; ihl++) {
		p[0] = 0x40 | ihl;
		expect_refused(as_packet(p, 1500, UINT16_MAX));
	}
	make(p, 20, 1500);
	m = as_packet(p, 1500, UINT16_MAX);
	pkt_meta(m)->out_if = 9; /* no such interface */
	expect_refused(m);
	m = as_packet(p, 1500, UINT16_MAX);
	pkt_meta(m)->out_if = UINT16_MAX;
	expect_refused(m);
	dp.itf[OUT_IF]->ip_mtu = 67;
	expect_refused(as_packet(p, 1500, UINT16_MAX));
	end();
}

static void an_empty_pool(void)
{
	static struct rte_mbuf *all[POOL_SIZE];
	uint8_t p[MAX_BYTES];
	struct rte_mbuf *m, *out[FRAGMENT_MAX];
	unsigned n = 0;

	begin(576);
	make(p, 20, 1500);
	m = as_packet(p, 1500, UINT16_MAX);
	while ((all[n] = rte_pktmbuf_alloc(dp.pool)) != NULL)
		n++;
	for (unsigned spare = 0; spare < 3; spare++) { /* three are needed */
		CU_ASSERT_EQUAL(fragment_cut(&worker, m, out), 0);
		CU_ASSERT_EQUAL(rte_mempool_avail_count(dp.pool), spare);
		rte_pktmbuf_free(all[--n]);
	}
	CU_ASSERT_EQUAL(fragment_cut(&worker, m, out), 3);
	rte_pktmbuf_free_bulk(out, 3);
	rte_pktmbuf_free_bulk(all, n);
	end();
}

/* An interface may have a larger MTU than an mbuf has room. */
static void no_fragment_outgrows_an_mbuf(void)
{
	uint8_t p[4000];
	struct rte_mbuf *m, *out[FRAGMENT_MAX];

	begin(3000);
	put_ip4(p, 20, 3900, 17, "192.0.2.1", "198.51.100.1");
	m = as_packet(p, 3900, 2000);
	/* what does not fit in one segment is refused, not overrun */
	CU_ASSERT_EQUAL(fragment_cut(&worker, m, out), 0);
	rte_pktmbuf_free(m);
	end();
}

int main(void)
{
	CU_pSuite s;

	support_start();
	s = CU_add_suite("fragment", NULL, NULL);
	CU_ADD_TEST(s, at_every_edge_of_the_mtu);
	CU_ADD_TEST(s, chains_too);
	CU_ADD_TEST(s, fragments_of_fragments);
	CU_ADD_TEST(s, options_copied_and_not);
	CU_ADD_TEST(s, random_options_and_sizes);
	CU_ADD_TEST(s, hostile_options);
	CU_ADD_TEST(s, what_cannot_be_cut);
	CU_ADD_TEST(s, an_empty_pool);
	CU_ADD_TEST(s, no_fragment_outgrows_an_mbuf);
	return support_run();
}
