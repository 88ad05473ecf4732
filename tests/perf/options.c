/* SPDX-License-Identifier: BSD-3-Clause */
#include "options.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void options_usage(const char *program)
{
	printf("usage: %s EAL-OPTIONS -- OPTIONS\n"
	       "  --tx N, --rx N          port that sends (0), port that receives (1)\n"
	       "  --src-mac M             of the sending port (the port's own)\n"
	       "  --dst-mac M             of the router; or --gateway, to ask for it by ARP\n"
	       "  --gateway A             the router's address on the sending side\n"
	       "  --tx-ip A, --rx-ip A    own addresses: answered and announced by ARP\n"
	       "  --src-ip A[-A], --dst-ip A[-A], --src-port N[-N], --dst-port N[-N]\n"
	       "  --dst-file FILE         destinations, 4 bytes each in network order\n"
	       "  --flows N               that many flows out of the ranges (all)\n"
	       "  --shuffle               flows in random order\n"
	       "  --vlan N, --ttl N, --no-udp-checksum\n"
	       "  --pppoe sent|received   the frames that are sent, or received, are of a PPPoE\n"
	       "                          session, whose server the generator is on that port\n"
	       "  --client-ip A           the address that its client gets\n"
	       "  --pcap FILE             send the frames of a file instead\n"
	       "  --size LIST             60 to 1514 bytes without FCS, or imix; e.g. 64,512,imix;\n"
	       "                          PPPoE's header of 8 comes on top\n"
	       "  --flood                 as fast as the port takes them (the default)\n"
	       "  --rate N                frames a second\n"
	       "  --search                the highest rate with --loss (0.001) percent at the most\n"
	       "  --max-rate N, --precision PERCENT (1), --tries N (2)   of the search\n"
	       "  --warmup S (0.2), --duration S (1), --count N\n"
	       "  --latency               stamp frames: percentiles, order\n"
	       "  --verify                checksums, TTL; --expect-src A[-A], --expect-dst A[-A]:\n"
	       "                          addresses that may come\n"
	       "  --check N               first a short trial with both at that rate\n"
	       "  --burst N (64), --ring N (1024), --mbufs N (16384), --wait S (10)\n"
	       "  --hold                  keep the ports until SIGTERM: a memif peer that polls\n"
	       "                          while they close may crash in its driver\n",
		program);
}

/* ---- values ---- */

static bool read_number(const char *w, double min, double max, double *v)
{
	char *end;

	*v = strtod(w, &end);
	return end != w && *end == '\0' && *v >= min && *v <= max;
}

static bool read_unsigned(const char *w, unsigned min, unsigned max, unsigned *v)
{
	unsigned long n;
	char *end;

	if (*w < '0' || *w > '9')
		return false;
	errno = 0;
	n = strtoul(w, &end, 10);
	*v = (unsigned)n;
	return errno == 0 && *end == '\0' && n >= min && n <= max;
}

static bool read_ip(const char *w, uint32_t *ip)
{
	struct in_addr a;

	if (inet_pton(AF_INET, w, &a) != 1)
		return false;
	*ip = ntohl(a.s_addr);
	return true;
}

static bool read_port(const char *w, uint32_t *port)
{
	return read_unsigned(w, 0, UINT16_MAX, port);
}

/* FIRST or FIRST-LAST */
static bool read_range(const char *w, bool (*read)(const char *, uint32_t *), struct range *r)
{
	char copy[64];
	char *dash;

	if (strlen(w) >= sizeof(copy))
		return false;
	strcpy(copy, w);
	dash = strchr(copy, '-');
	if (dash)
		*dash++ = '\0';
	if (!read(copy, &r->first))
		return false;
	r->last = r->first;
	return !dash || (read(dash, &r->last) && r->last >= r->first);
}

static bool read_sizes(const char *w, struct options *o)
{
	char copy[128];
	char *rest = copy;
	char *item;

	if (strlen(w) >= sizeof(copy))
		return false;
	strcpy(copy, w);
	o->n_sizes = 0;
	while ((item = strsep(&rest, ",")) != NULL) {
		unsigned *size;

		if (o->n_sizes == SIZES_MAX)
			return false;
		size = &o->size[o->n_sizes++];
		if (!strcmp(item, "imix"))
			*size = IMIX;
		else if (!read_unsigned(item, FRAME_MIN, FRAME_MAX, size))
			return false;
	}
	return true;
}

static bool read_port_id(const char *w, uint16_t *id)
{
	unsigned v;

	if (!read_unsigned(w, 0, RTE_MAX_ETHPORTS - 1, &v))
		return false;
	*id = (uint16_t)v;
	return true;
}

static bool read_percent(const char *w, double *share)
{
	if (!read_number(w, 0, 100, share))
		return false;
	*share /= 100;
	return true;
}

/* ---- options ---- */

enum {
	O_TX = 256,
	O_RX,
	O_SRC_MAC,
	O_DST_MAC,
	O_GATEWAY,
	O_TX_IP,
	O_RX_IP,
	O_SRC_IP,
	O_DST_IP,
	O_SRC_PORT,
	O_DST_PORT,
	O_DST_FILE,
	O_FLOWS,
	O_SHUFFLE,
	O_VLAN,
	O_TTL,
	O_NO_UDP_CHECKSUM,
	O_PCAP,
	O_SIZE,
	O_FLOOD,
	O_RATE,
	O_SEARCH,
	O_LOSS,
	O_MAX_RATE,
	O_PRECISION,
	O_TRIES,
	O_WARMUP,
	O_DURATION,
	O_COUNT,
	O_LATENCY,
	O_VERIFY,
	O_EXPECT_SRC,
	O_EXPECT_DST,
	O_PPPOE,
	O_CLIENT_IP,
	O_BURST,
	O_RING,
	O_MBUFS,
	O_WAIT,
	O_HOLD,
	O_CHECK,
};

static const struct option long_options[] = {
	{ "tx", required_argument, NULL, O_TX },
	{ "rx", required_argument, NULL, O_RX },
	{ "src-mac", required_argument, NULL, O_SRC_MAC },
	{ "dst-mac", required_argument, NULL, O_DST_MAC },
	{ "gateway", required_argument, NULL, O_GATEWAY },
	{ "tx-ip", required_argument, NULL, O_TX_IP },
	{ "rx-ip", required_argument, NULL, O_RX_IP },
	{ "src-ip", required_argument, NULL, O_SRC_IP },
	{ "dst-ip", required_argument, NULL, O_DST_IP },
	{ "src-port", required_argument, NULL, O_SRC_PORT },
	{ "dst-port", required_argument, NULL, O_DST_PORT },
	{ "dst-file", required_argument, NULL, O_DST_FILE },
	{ "flows", required_argument, NULL, O_FLOWS },
	{ "shuffle", no_argument, NULL, O_SHUFFLE },
	{ "vlan", required_argument, NULL, O_VLAN },
	{ "ttl", required_argument, NULL, O_TTL },
	{ "no-udp-checksum", no_argument, NULL, O_NO_UDP_CHECKSUM },
	{ "pcap", required_argument, NULL, O_PCAP },
	{ "size", required_argument, NULL, O_SIZE },
	{ "flood", no_argument, NULL, O_FLOOD },
	{ "rate", required_argument, NULL, O_RATE },
	{ "search", no_argument, NULL, O_SEARCH },
	{ "loss", required_argument, NULL, O_LOSS },
	{ "max-rate", required_argument, NULL, O_MAX_RATE },
	{ "precision", required_argument, NULL, O_PRECISION },
	{ "tries", required_argument, NULL, O_TRIES },
	{ "warmup", required_argument, NULL, O_WARMUP },
	{ "duration", required_argument, NULL, O_DURATION },
	{ "count", required_argument, NULL, O_COUNT },
	{ "latency", no_argument, NULL, O_LATENCY },
	{ "verify", no_argument, NULL, O_VERIFY },
	{ "expect-src", required_argument, NULL, O_EXPECT_SRC },
	{ "expect-dst", required_argument, NULL, O_EXPECT_DST },
	{ "pppoe", required_argument, NULL, O_PPPOE },
	{ "client-ip", required_argument, NULL, O_CLIENT_IP },
	{ "burst", required_argument, NULL, O_BURST },
	{ "ring", required_argument, NULL, O_RING },
	{ "mbufs", required_argument, NULL, O_MBUFS },
	{ "wait", required_argument, NULL, O_WAIT },
	{ "hold", no_argument, NULL, O_HOLD },
	{ "check", required_argument, NULL, O_CHECK },
	{ NULL, 0, NULL, 0 },
};

static bool read_pppoe(const char *w, enum frame_pppoe *pppoe)
{
	*pppoe = !strcmp(w, "sent") ? PPPOE_SENT : PPPOE_RECEIVED;
	return *pppoe == PPPOE_SENT || !strcmp(w, "received");
}

/* Options that say what the frames are. */
static bool take_frame_option(struct options *o, int opt, const char *w)
{
	struct frame_spec *f = &o->frames;
	unsigned v;

	switch (opt) {
	case O_SRC_MAC:
		return rte_ether_unformat_addr(w, &f->src_mac) == 0;
	case O_DST_MAC:
		o->dst_mac_set = true;
		return rte_ether_unformat_addr(w, &f->dst_mac) == 0;
	case O_SRC_IP:
		return read_range(w, read_ip, &f->src_ip);
	case O_DST_IP:
		return read_range(w, read_ip, &f->dst_ip);
	case O_SRC_PORT:
		return read_range(w, read_port, &f->src_port);
	case O_DST_PORT:
		return read_range(w, read_port, &f->dst_port);
	case O_DST_FILE:
		f->dst_file = w;
		return true;
	case O_PCAP:
		f->pcap_file = w;
		o->size[0] = FROM_PCAP;
		o->n_sizes = 1;
		return true;
	case O_FLOWS:
		return read_unsigned(w, 1, FLOWS_MAX, &f->n_flows);
	case O_SHUFFLE:
		return f->shuffle = true;
	case O_NO_UDP_CHECKSUM:
		f->udp_checksum = false;
		return true;
	case O_VLAN:
		if (!read_unsigned(w, 1, 4094, &v))
			return false;
		f->vlan = (uint16_t)v;
		return true;
	case O_PPPOE:
		return read_pppoe(w, &f->pppoe);
	case O_TTL:
		if (!read_unsigned(w, 1, 255, &v))
			return false;
		f->ttl = (uint8_t)v;
		return true;
	default:
		return false;
	}
}

/* Options that say how they are sent and what is measured. */
static bool take_trial_option(struct options *o, int opt, const char *w)
{
	double v;

	switch (opt) {
	case O_SIZE:
		return read_sizes(w, o);
	case O_FLOOD:
		o->mode = MODE_FLOOD;
		return true;
	case O_RATE:
		o->mode = MODE_RATE;
		return read_number(w, 1, 1e9, &o->trial.rate);
	case O_SEARCH:
		o->mode = MODE_SEARCH;
		return true;
	case O_LOSS:
		return read_percent(w, &o->loss);
	case O_MAX_RATE:
		return read_number(w, 1, 1e9, &o->max_rate);
	case O_PRECISION:
		return read_percent(w, &o->precision) && o->precision > 0;
	case O_TRIES:
		return read_unsigned(w, 1, 100, &o->tries);
	case O_WARMUP:
		return read_number(w, 0, 3600, &o->trial.warmup);
	case O_DURATION:
		return read_number(w, 0.001, 86400, &o->trial.duration);
	case O_COUNT:
		if (!read_number(w, 1, 1e15, &v))
			return false;
		o->trial.count = (uint64_t)v;
		return true;
	case O_LATENCY:
		return o->trial.stamp = true;
	case O_VERIFY:
		return o->trial.verify = true;
	case O_EXPECT_SRC:
		return read_range(w, read_ip, &o->trial.expect_src);
	case O_EXPECT_DST:
		return read_range(w, read_ip, &o->trial.expect_dst);
	default:
		return take_frame_option(o, opt, w);
	}
}

static bool take_option(struct options *o, int opt, const char *w)
{
	switch (opt) {
	case O_TX:
		return read_port_id(w, &o->tx_port);
	case O_RX:
		return read_port_id(w, &o->rx_port);
	case O_GATEWAY:
		return read_ip(w, &o->gateway);
	case O_TX_IP:
		return read_ip(w, &o->tx_ip);
	case O_RX_IP:
		return read_ip(w, &o->rx_ip);
	case O_CLIENT_IP:
		return read_ip(w, &o->client_ip);
	case O_BURST:
		return read_unsigned(w, 1, 256, &o->burst);
	case O_RING:
		return read_unsigned(w, 32, 16384, &o->ring);
	case O_MBUFS:
		return read_unsigned(w, 1024, 1u << 22, &o->n_mbufs);
	case O_CHECK:
		return read_number(w, 1, 1e9, &o->check_rate);
	case O_HOLD:
		return o->hold = true;
	case O_WAIT:
		return read_number(w, 0, 3600, &o->wait);
	default:
		return take_trial_option(o, opt, w);
	}
}

static int check_whole(const struct options *o)
{
	const char *why = NULL;

	if (o->gateway && !o->tx_ip)
		why = "--gateway needs --tx-ip";
	else if (!o->frames.pcap_file && !o->gateway && !o->dst_mac_set &&
		 o->frames.pppoe != PPPOE_SENT)
		why = "--dst-mac or --gateway is needed";
	else if (o->frames.pppoe != PPPOE_NONE && (o->frames.vlan || o->frames.pcap_file))
		why = "--pppoe excludes --vlan and --pcap";
	else if (o->frames.pppoe != PPPOE_NONE && !o->client_ip)
		why = "--pppoe needs --client-ip";
	else if (o->frames.pppoe == PPPOE_SENT && o->gateway)
		why = "--pppoe sent finds its client by itself, not by --gateway";
	else if (o->frames.pcap_file && o->size[0] != FROM_PCAP)
		why = "--size and --pcap exclude each other";
	else if (o->frames.pcap_file && o->trial.stamp)
		why = "--latency needs frames of our own, not --pcap";
	if (why)
		fprintf(stderr, "%s\n", why);
	return why ? -EINVAL : 0;
}

int options_parse(struct options *o, int argc, char **argv)
{
	int opt, index;

	*o = (struct options){
		.rx_port = 1,
		.frames = {
			.ttl = 64,
			.src_ip = { 0x0a000002, 0x0a000002 }, /* 10.0.0.2 */
			.dst_ip = { 0x0a000102, 0x0a000102 }, /* 10.0.1.2 */
			.src_port = { 1024, 1024 },
			.dst_port = { 9, 9 },
			.udp_checksum = true,
		},
		.size = { 64 },
		.n_sizes = 1,
		.trial = { .warmup = 0.2, .duration = 1 },
		.loss = 0.00001,
		.precision = 0.01,
		.tries = 2,
		.burst = 64,
		.ring = 1024,
		.n_mbufs = 16384,
		.wait = 10,
	};
	optind = 1;
	while ((opt = getopt_long(argc, argv, "", long_options, &index)) != -1) {
		if (opt == '?')
			return -EINVAL;
		if (!take_option(o, opt, optarg)) {
			fprintf(stderr, "--%s: bad value '%s'\n", long_options[index].name,
				optarg ? optarg : "");
			return -EINVAL;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "unexpected argument '%s'\n", argv[optind]);
		return -EINVAL;
	}
	return check_whole(o);
}
