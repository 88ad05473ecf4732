/* SPDX-License-Identifier: BSD-3-Clause */
#include "trial.h"

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_ip.h>
#include <rte_udp.h>
#include <string.h>

#define ETH_LEN 14

#define BURST_MAX     256
#define RX_ROUNDS     8	     /* bursts taken at once before sending goes on */
#define DRAIN_QUIET   0.02   /* seconds without a frame that end a trial ... */
#define DRAIN_MAX     0.5    /* ... and the longest wait for that */
#define UDP_SUM_GOOD  0xffff /* what the sum over a datagram and its checksum gives */
#define STALL	      3.0   /* seconds without a frame either way after which a trial is given up */
#define CATCH_UP      20e-6 /* seconds that the generator may be late and make up for */
#define TX_POLL_LOOPS 256   /* loops between looks at what comes in on the sending port */

struct state {
	struct generator *g;
	const struct trial_spec *spec;
	struct trial_result *r;
	struct rte_mbuf *ready[BURST_MAX]; /* made, not yet taken by the port */
	unsigned n_ready;
	uint32_t next_seq;
	uint64_t rx_bytes;
	unsigned loops;
	uint64_t progress, progress_at; /* frames either way; TSC when that last changed */
};

/* ---- receiving ---- */

static void check_stamp(struct state *s, const uint8_t *udp, const uint8_t *end, uint64_t now)
{
	struct stamp st;

	if (end - udp < (ptrdiff_t)(sizeof(struct rte_udp_hdr) + sizeof(st)))
		return;
	memcpy(&st, udp + sizeof(struct rte_udp_hdr), sizeof(st));
	if (st.magic != STAMP_MAGIC || st.run != s->g->run)
		return;
	if ((int32_t)(st.seq - s->next_seq) < 0)
		s->r->out_of_order++;
	else
		s->next_seq = st.seq + 1;
	histogram_add(&s->r->latency, now > st.tsc ? now - st.tsc : 0);
}

static bool is_expected(const struct range *r, rte_be32_t ip)
{
	uint32_t addr = rte_be_to_cpu_32(ip);

	return r->last == 0 || (addr >= r->first && addr <= r->last);
}

static void verify(struct state *s, const struct rte_ipv4_hdr *ip, const uint8_t *end)
{
	const struct rte_udp_hdr *udp = (const struct rte_udp_hdr *)(ip + 1);
	struct trial_result *r = s->r;

	if (rte_be_to_cpu_16(ip->total_length) > end - (const uint8_t *)ip ||
		ip->version_ihl != 0x45 || rte_ipv4_cksum(ip) != 0 ||
		(udp->dgram_cksum != 0 && rte_ipv4_udptcp_cksum(ip, udp) != UDP_SUM_GOOD))
		r->bad_checksum++;
	r->bad_source += !is_expected(&s->spec->expect_src, ip->src_addr);
	r->bad_destination += !is_expected(&s->spec->expect_dst, ip->dst_addr);
	r->min_ttl = RTE_MIN(r->min_ttl, ip->time_to_live);
	r->max_ttl = RTE_MAX(r->max_ttl, ip->time_to_live);
}

/* Behind the header of our session. NULL if that is wrong. */
static const struct rte_ipv4_hdr *ipv4_of_session(const struct state *s, const struct rte_mbuf *m)
{
	const uint8_t *p = rte_pktmbuf_mtod_offset(m, const uint8_t *, ETH_LEN);
	const struct rte_ipv4_hdr *ip = (const struct rte_ipv4_hdr *)(p + PPPOE_LEN);
	const uint8_t want[4] = { 0x11, 0, (uint8_t)(s->g->frames.spec.session >> 8),
		(uint8_t)s->g->frames.spec.session };

	if (m->data_len < FRAME_MIN || memcmp(p, want, sizeof(want)) != 0 || p[6] != 0 ||
		p[7] != 0x21 || (p[4] << 8 | p[5]) != rte_be_to_cpu_16(ip->total_length) + 2)
		return NULL;
	return ip;
}

/* Behind the Ethernet header and a tag, if there is one. NULL if that is not IPv4. */
static const struct rte_ipv4_hdr *ipv4_of(const struct state *s, const struct rte_mbuf *m)
{
	const uint8_t *p = rte_pktmbuf_mtod_offset(m, const uint8_t *, 12);
	rte_be16_t type;

	memcpy(&type, p, 2);
	if (s->g->frames.spec.pppoe == PPPOE_RECEIVED)
		return type == RTE_BE16(RTE_ETHER_TYPE_PPPOE_SESSION) ? ipv4_of_session(s, m)
								      : NULL;
	if (type == RTE_BE16(RTE_ETHER_TYPE_VLAN)) {
		p += 4;
		memcpy(&type, p, 2);
	}
	if (unlikely(type != RTE_BE16(RTE_ETHER_TYPE_IPV4) || m->data_len < FRAME_MIN))
		return NULL;
	return (const struct rte_ipv4_hdr *)(p + 2);
}

static bool take_frame(struct state *s, const struct rte_mbuf *m, uint64_t now)
{
	const struct rte_ipv4_hdr *ip = ipv4_of(s, m);
	const uint8_t *end = rte_pktmbuf_mtod_offset(m, const uint8_t *, m->data_len);

	/* of a pcap file everything is ours, but ARP */
	if (unlikely(!ip || (ip->next_proto_id != IPPROTO_UDP && s->g->frames.n_pcap == 0)))
		return ip && s->g->frames.n_pcap;
	if (s->spec->stamp)
		check_stamp(s, (const uint8_t *)(ip + 1), end, now);
	if (s->spec->verify)
		verify(s, ip, end);
	return true;
}

/* ARP and PPPoE. */
static void take_foreign(struct generator *g, struct neighbour *n, const struct rte_mbuf *m)
{
	neighbour_input(n, m);
	if (n == g->pppoe_at)
		pppoe_server_input(&g->pppoe, rte_pktmbuf_mtod(m, const uint8_t *), m->data_len);
}

static unsigned receive_burst(struct state *s)
{
	struct generator *g = s->g;
	struct rte_mbuf *m[BURST_MAX];
	unsigned n = rte_eth_rx_burst(g->rx.port, 0, m, (uint16_t)g->burst);
	uint64_t now;

	if (n == 0)
		return 0;
	now = s->spec->stamp ? rte_rdtsc() : 0;
	for (unsigned i = 0; i < n && i < 4; i++)
		rte_prefetch0(rte_pktmbuf_mtod(m[i], void *));
	for (unsigned i = 0; i < n; i++) {
		if (i + 4 < n)
			rte_prefetch0(rte_pktmbuf_mtod(m[i + 4], void *));
		if (likely(take_frame(s, m[i], now))) {
			s->r->received++;
			s->rx_bytes += m[i]->pkt_len;
		} else {
			s->r->foreign++;
			take_foreign(g, &g->rx, m[i]);
		}
	}
	rte_pktmbuf_free_bulk(m, n);
	return n;
}

/* What comes in on the port that sends. */
static void receive_on_tx(struct generator *g)
{
	struct rte_mbuf *m[32];
	unsigned n = rte_eth_rx_burst(g->tx.port, 0, m, 32);

	for (unsigned i = 0; i < n; i++)
		take_foreign(g, &g->tx, m[i]);
	rte_pktmbuf_free_bulk(m, n);
}

static unsigned receive(struct state *s)
{
	unsigned total = 0;

	/* all there is: what the port cannot hand over is loss that is not the router's */
	for (int i = 0; i < RX_ROUNDS; i++) {
		unsigned n = receive_burst(s);

		total += n;
		if (n < s->g->burst)
			break;
	}
	if (++s->loops % TX_POLL_LOOPS == 0 && s->g->tx.port != s->g->rx.port)
		receive_on_tx(s->g);
	return total;
}

void trial_poll_idle(struct generator *g)
{
	struct rte_mbuf *m[32];
	unsigned n = rte_eth_rx_burst(g->rx.port, 0, m, 32);

	for (unsigned i = 0; i < n; i++)
		take_foreign(g, &g->rx, m[i]);
	rte_pktmbuf_free_bulk(m, n);
	if (g->tx.port != g->rx.port)
		receive_on_tx(g);
}

/* ---- sending ---- */

/* Have `want` frames ready and offer them to the port. Returns how many it took. */
static unsigned send_burst(struct state *s, unsigned want)
{
	struct generator *g = s->g;
	unsigned n;

	if (want > s->n_ready &&
		frames_get(&g->frames, s->ready + s->n_ready, want - s->n_ready) == 0)
		s->n_ready = want;
	want = RTE_MIN(want, s->n_ready);
	if (want == 0)
		return 0;
	if (s->spec->stamp)
		frames_stamp_time(&g->frames, s->ready, want, rte_rdtsc());
	n = rte_eth_tx_burst(g->tx.port, 0, s->ready, (uint16_t)want);
	s->r->bursts++;
	s->r->bursts_cut += n < want;
	if (n < s->n_ready)
		memmove(s->ready, s->ready + n, (s->n_ready - n) * sizeof(s->ready[0]));
	s->n_ready -= n;
	s->r->sent += n;
	return n;
}

static unsigned limit_to_count(const struct state *s, unsigned want)
{
	uint64_t left;

	if (s->spec->count == 0)
		return want;
	left = s->spec->count - RTE_MIN(s->spec->count, s->r->offered);
	return (unsigned)RTE_MIN((uint64_t)want, left);
}

/* As fast as the port takes them; a frame that it does not take is offered again. */
static void send_flood(struct state *s)
{
	s->r->offered += send_burst(s, limit_to_count(s, s->g->burst));
}

/*
 * By the clock; a frame that the port does not take in its turn is lost. When the
 * generator itself was late (the host gave its core to somebody else) the frames of
 * that time are left out: sent in one go they would be a burst that nobody asked for.
 */
static void send_paced(struct state *s, uint64_t elapsed)
{
	const double rate = s->spec->rate;
	uint64_t due = (uint64_t)((double)elapsed * rate / (double)rte_get_tsc_hz());
	const uint64_t slack = s->g->burst + (uint64_t)(rate * CATCH_UP);
	struct trial_result *r = s->r;
	unsigned want;

	due -= RTE_MIN(due, r->skipped);
	if (due <= r->offered)
		return;
	due -= r->offered;
	if (due > slack) {
		r->skipped += due - slack;
		due = slack;
	}
	want = limit_to_count(s, (unsigned)RTE_MIN((uint64_t)s->g->burst, due));
	r->offered += want;
	send_burst(s, want);
}

/* ---- the trial ---- */

static void window_open(struct state *s, struct trial_result *at)
{
	at->window_sent = s->r->sent;
	at->window_received = s->r->received;
	at->window_rx_bytes = s->rx_bytes;
	at->bursts = s->r->bursts;
	at->bursts_cut = s->r->bursts_cut;
}

static void window_close(struct state *s, const struct trial_result *at)
{
	s->r->window_sent = s->r->sent - at->window_sent;
	s->r->window_received = s->r->received - at->window_received;
	s->r->window_rx_bytes = s->rx_bytes - at->window_rx_bytes;
	s->r->bursts -= at->bursts;
	s->r->bursts_cut -= at->bursts_cut;
}

static void drain(struct state *s)
{
	const double hz = (double)rte_get_tsc_hz();
	const uint64_t start = rte_rdtsc();
	uint64_t last = start;

	for (;;) {
		uint64_t now = rte_rdtsc();

		if (receive(s) > 0)
			last = now;
		if ((double)(now - last) > DRAIN_QUIET * hz ||
			(double)(now - start) > DRAIN_MAX * hz)
			return;
	}
}

/* True once nothing has been taken from us or come back for a long time. */
static bool stalled(struct state *s, uint64_t now)
{
	const uint64_t progress = s->r->sent + s->r->received;

	if (progress != s->progress || s->progress_at == 0) {
		s->progress = progress;
		s->progress_at = now;
	}
	if ((double)(now - s->progress_at) > STALL * (double)rte_get_tsc_hz())
		s->r->stalled = true;
	return s->r->stalled;
}

static bool finished(struct state *s, uint64_t now, uint64_t end)
{
	if (*s->g->stop || stalled(s, now))
		return true;
	if (s->spec->count)
		return s->r->offered >= s->spec->count;
	return now >= end;
}

void trial_run(struct generator *g, const struct trial_spec *spec, struct trial_result *r)
{
	struct state s = { .g = g, .spec = spec, .r = r };
	const double hz = (double)rte_get_tsc_hz();
	struct trial_result at = { 0 };
	uint64_t start, open, end, now;
	bool measuring = false;

	memset(r, 0, sizeof(*r));
	r->min_ttl = UINT8_MAX;
	frames_restart(&g->frames, ++g->run, spec->stamp);
	start = now = rte_rdtsc();
	open = start + (uint64_t)(spec->warmup * hz);
	end = open + (uint64_t)(spec->duration * hz);
	while (!finished(&s, now, end)) {
		if (unlikely(!measuring && now >= open)) {
			measuring = true;
			if (g->mark)
				g->mark(true);
			open = rte_rdtsc();
			end = open + (uint64_t)(spec->duration * hz);
			window_open(&s, &at);
		}
		receive(&s);
		if (spec->rate > 0)
			send_paced(&s, now - start);
		else
			send_flood(&s);
		now = rte_rdtsc();
	}
	window_close(&s, &at);
	r->seconds = measuring ? (double)(now - open) / hz : 0;
	r->interrupted = *g->stop != 0;
	if (g->mark && measuring)
		g->mark(false);
	drain(&s);
	rte_pktmbuf_free_bulk(s.ready, s.n_ready);
}

double trial_loss(const struct trial_result *r)
{
	if (r->offered == 0)
		return 0;
	return r->received >= r->offered ? 0 : 1 - (double)r->received / (double)r->offered;
}
