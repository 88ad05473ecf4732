/* SPDX-License-Identifier: BSD-3-Clause */
#include "frames.h"

#include <errno.h>
#include <rte_byteorder.h>
#include <rte_ip.h>
#include <rte_malloc.h>
#include <rte_memcpy.h>
#include <rte_udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ETH_LEN	   14
#define VLAN_LEN   4
#define PPP_IPV4   0x0021
#define IP_LEN	   20
#define UDP_LEN	   8
#define POOL_CACHE 256
#define PAYLOAD	   0xa5 /* every byte of it, but for the stamp */

/* ---- checksums (RFC 1071): sums of 16-bit words as they lie in memory ---- */

static uint16_t fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static uint32_t sum_bytes(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint32_t sum = 0;
	uint16_t word;

	for (; len > 1; len -= 2, p += 2) {
		memcpy(&word, p, 2);
		sum += word;
	}
	if (len) {
		uint8_t last[2] = { *p, 0 };

		memcpy(&word, last, 2);
		sum += word;
	}
	return fold(sum);
}

static uint32_t sum_be32(rte_be32_t v)
{
	return (v & 0xffff) + (v >> 16);
}

/* ---- flows ---- */

static uint64_t range_size(const struct range *r)
{
	return (uint64_t)r->last - r->first + 1;
}

static uint32_t range_pick(const struct range *r, uint64_t *index)
{
	uint32_t v = r->first + (uint32_t)(*index % range_size(r));

	*index /= range_size(r);
	return v;
}

static void flow_finish(struct flow *flow)
{
	uint32_t sum = sum_be32(flow->src_ip) + sum_be32(flow->dst_ip);

	flow->ip_sum = fold(sum);
	flow->udp_sum = fold(sum + flow->src_port + flow->dst_port);
}

/* Flow `index`: source ports count fastest, then sources, destination ports, destinations. */
static void flow_make(struct flow *flow, const struct frame_spec *spec, uint64_t index,
	const rte_be32_t *dst, uint32_t n_dst)
{
	/* with a list of destinations that counts fastest: every frame another one */
	if (dst) {
		flow->dst_ip = dst[index % n_dst];
		index /= n_dst;
	}
	flow->src_port = rte_cpu_to_be_16((uint16_t)range_pick(&spec->src_port, &index));
	flow->src_ip = rte_cpu_to_be_32(range_pick(&spec->src_ip, &index));
	flow->dst_port = rte_cpu_to_be_16((uint16_t)range_pick(&spec->dst_port, &index));
	if (!dst)
		flow->dst_ip = rte_cpu_to_be_32(range_pick(&spec->dst_ip, &index));
	flow_finish(flow);
}

static void shuffle_flows(struct flow *flow, uint32_t n)
{
	uint64_t x = 88172645463325252ull; /* the same order every time */

	for (uint32_t i = n; i > 1; i--) {
		struct flow t;
		uint32_t k;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		k = (uint32_t)(x % i);
		t = flow[k];
		flow[k] = flow[i - 1];
		flow[i - 1] = t;
	}
}

/* A whole file, for the caller to free(); NULL with the reason on stderr. */
static uint8_t *read_file(const char *path, size_t *size)
{
	FILE *f = fopen(path, "re");
	uint8_t *data = NULL;
	struct stat st;

	if (!f || fstat(fileno(f), &st) < 0 || !S_ISREG(st.st_mode) || st.st_size == 0 ||
		st.st_size > (1 << 30)) {
		fprintf(stderr, "%s: %s\n", path,
			f ? "not a file of a usable size" : strerror(errno));
	} else {
		data = malloc((size_t)st.st_size);
		if (data && fread(data, 1, (size_t)st.st_size, f) != (size_t)st.st_size) {
			fprintf(stderr, "%s: cannot be read\n", path);
			free(data);
			data = NULL;
		}
		*size = (size_t)st.st_size;
	}
	if (f)
		fclose(f);
	return data;
}

static uint64_t count_flows(const struct frame_spec *spec, uint32_t n_dst)
{
	uint64_t n = n_dst ? n_dst : range_size(&spec->dst_ip);

	if (spec->n_flows)
		return spec->n_flows;
	/* ports are 16 bits wide, so only the addresses can overflow this */
	n *= range_size(&spec->src_port) * range_size(&spec->dst_port);
	return n > FLOWS_MAX ? n : n * range_size(&spec->src_ip);
}

static int make_flows(struct frames *f)
{
	const struct frame_spec *spec = &f->spec;
	rte_be32_t *dst = NULL;
	size_t dst_size = 0;
	uint32_t n_dst = 0;
	uint64_t n;

	if (spec->dst_file) {
		dst = (rte_be32_t *)read_file(spec->dst_file, &dst_size);
		if (!dst)
			return -EINVAL;
		n_dst = (uint32_t)(dst_size / sizeof(*dst));
	}
	n = count_flows(spec, n_dst);
	if (n == 0 || n > FLOWS_MAX || (dst && n_dst == 0)) {
		fprintf(stderr, "%llu flows: 1 to %u can be\n", (unsigned long long)n, FLOWS_MAX);
		free(dst);
		return -EINVAL;
	}
	f->n_flows = (uint32_t)n;
	f->flow = malloc(n * sizeof(*f->flow));
	if (!f->flow) {
		free(dst);
		return -ENOMEM;
	}
	for (uint64_t i = 0; i < n; i++)
		flow_make(&f->flow[i], spec, i, dst, n_dst);
	if (spec->shuffle)
		shuffle_flows(f->flow, f->n_flows);
	free(dst);
	return 0;
}

/* ---- pcap (the classic format, either byte order) ---- */

struct pcap_header {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t zone, sigfigs, snaplen, link;
};

struct pcap_record {
	uint32_t sec, frac, len, orig_len;
};

static uint32_t from_file(uint32_t v, bool swapped)
{
	return swapped ? rte_bswap32(v) : v;
}

/* Note where frames lie. Those longer than FRAME_MAX are left out, shorter ones are padded. */
static int index_pcap(struct frames *f, size_t size)
{
	struct pcap_header h;
	struct pcap_record r;
	size_t at = sizeof(h);
	bool swapped;

	if (size < sizeof(h))
		return -EINVAL;
	memcpy(&h, f->pcap_data, sizeof(h));
	swapped = h.magic == 0xd4c3b2a1u || h.magic == 0x4d3cb2a1u;
	if (!swapped && h.magic != 0xa1b2c3d4u && h.magic != 0xa1b23c4du)
		return -EINVAL;
	if (from_file(h.link, swapped) != 1) /* LINKTYPE_ETHERNET */
		return -EINVAL;
	f->pcap = malloc(size / sizeof(r) * sizeof(*f->pcap));
	if (!f->pcap)
		return -ENOMEM;
	while (size - at >= sizeof(r)) {
		uint32_t len;

		memcpy(&r, f->pcap_data + at, sizeof(r));
		at += sizeof(r);
		len = from_file(r.len, swapped);
		if (len > size - at)
			return -EINVAL;
		if (len >= ETH_LEN && len <= FRAME_MAX)
			f->pcap[f->n_pcap++] = (struct pcap_frame) { (uint32_t)at, len };
		at += len;
	}
	return f->n_pcap ? 0 : -EINVAL;
}

static int load_pcap(struct frames *f)
{
	size_t size;
	int err;

	f->pcap_data = read_file(f->spec.pcap_file, &size);
	if (!f->pcap_data)
		return -EINVAL;
	err = index_pcap(f, size);
	if (err < 0)
		fprintf(stderr, "%s: not a whole pcap file of Ethernet frames up to %u bytes\n",
			f->spec.pcap_file, FRAME_MAX);
	return err;
}

/* ---- the fixed bytes ---- */

/* A session's header; its length is each frame's own. */
static void write_session(const struct frame_spec *s, uint8_t *p)
{
	const rte_be16_t session = rte_cpu_to_be_16(s->session), protocol = RTE_BE16(PPP_IPV4);

	p[0] = 0x11;
	p[1] = 0;
	memcpy(p + 2, &session, 2);
	memcpy(p + 6, &protocol, 2);
}

/*
 * Ethernet, VLAN tag, PPPoE and payload; the IPv4 and UDP headers are written frame by frame.
 */
static void write_fixed(const struct frames *f, uint8_t *p)
{
	const struct frame_spec *s = &f->spec;
	rte_be16_t ethertype = RTE_BE16(RTE_ETHER_TYPE_IPV4);
	uint8_t *type = p + 12;

	memcpy(p, &s->dst_mac, 6);
	memcpy(p + 6, &s->src_mac, 6);
	if (s->vlan) {
		const rte_be16_t tag[2] = { RTE_BE16(RTE_ETHER_TYPE_VLAN),
			rte_cpu_to_be_16(s->vlan) };

		memcpy(type, tag, sizeof(tag));
		type += VLAN_LEN;
	}
	if (s->pppoe == PPPOE_SENT) {
		ethertype = RTE_BE16(RTE_ETHER_TYPE_PPPOE_SESSION);
		write_session(s, type + 2);
	}
	memcpy(type, &ethertype, sizeof(ethertype));
	memset(p + f->l2_len, PAYLOAD, FRAME_MAX - f->l2_len);
}

static void init_buffer(struct rte_mempool *, void *arg, void *obj, unsigned)
{
	struct rte_mbuf *m = obj;

	write_fixed(arg, rte_pktmbuf_mtod(m, uint8_t *));
}

/* The header that comes on top of a frame's length. */
static unsigned extra_len(const struct frame_spec *spec)
{
	return spec->pppoe == PPPOE_SENT ? PPPOE_LEN : 0;
}

static void class_init(struct frames *f, struct frame_class *c, unsigned size)
{
	uint16_t len = (uint16_t)(size + extra_len(&f->spec));
	uint16_t ip_len = (uint16_t)(len - f->l2_len);
	struct rte_ipv4_hdr ip = {
		.version_ihl = 0x45,
		.total_length = rte_cpu_to_be_16(ip_len),
		.time_to_live = f->spec.ttl,
		.next_proto_id = IPPROTO_UDP,
	};
	rte_be16_t udp_len = rte_cpu_to_be_16((uint16_t)(ip_len - IP_LEN));
	uint8_t payload[FRAME_MAX];

	memset(payload, PAYLOAD, sizeof(payload));
	c->len = len;
	c->ppp_len = rte_cpu_to_be_16((uint16_t)(ip_len + 2)); /* with the protocol field */
	c->ip_len = ip.total_length;
	c->udp_len = udp_len;
	c->ip_sum = sum_bytes(&ip, sizeof(ip));
	/* the pseudo header's protocol and length, the length again, and the payload */
	c->udp_sum = fold(RTE_BE16(IPPROTO_UDP) + 2u * udp_len +
			  sum_bytes(payload, (size_t)ip_len - IP_LEN - UDP_LEN));
}

unsigned frames_max_len(const struct frame_spec *spec)
{
	return spec->pppoe == PPPOE_NONE ? FRAME_MAX : FRAME_MAX - PPPOE_LEN;
}

int frames_set_size(struct frames *f, unsigned size)
{
	const unsigned longest = frames_max_len(&f->spec), imix_len[3] = { 64, 570, longest };
	static const uint8_t imix_pattern[12] = { 0, 1, 0, 0, 1, 0, 2, 0, 1, 0, 1, 0 };

	if (f->n_pcap)
		return size == FROM_PCAP ? 0 : -EINVAL;
	if (size == IMIX) {
		for (int i = 0; i < 3; i++)
			class_init(f, &f->cls[i], imix_len[i]);
		memcpy(f->pattern, imix_pattern, sizeof(imix_pattern));
		f->n_pattern = sizeof(imix_pattern);
	} else {
		/* the shortest has room for a stamp */
		if (size < FRAME_MIN || size > longest ||
			size + extra_len(&f->spec) <
				f->l2_len + IP_LEN + UDP_LEN + sizeof(struct stamp))
			return -EINVAL;
		class_init(f, &f->cls[0], size);
		f->pattern[0] = 0;
		f->n_pattern = 1;
	}
	f->next_pattern = 0;
	return 0;
}

double frames_mean_len(const struct frames *f)
{
	uint64_t bytes = 0;

	if (f->n_pcap) {
		for (uint32_t i = 0; i < f->n_pcap; i++)
			bytes += f->pcap[i].len;
		return (double)bytes / f->n_pcap;
	}
	for (unsigned i = 0; i < f->n_pattern; i++)
		bytes += f->cls[f->pattern[i]].len;
	return (double)bytes / f->n_pattern;
}

void frames_set_dst_mac(struct frames *f, const struct rte_ether_addr *mac)
{
	f->spec.dst_mac = *mac;
	rte_mempool_obj_iter(f->pool, init_buffer, f);
}

int frames_init(struct frames *f, const struct frame_spec *spec, unsigned n_mbufs)
{
	int err;

	*f = (struct frames) { .spec = *spec };
	f->l2_len = (uint16_t)(ETH_LEN + (spec->vlan ? VLAN_LEN : 0) + extra_len(spec));
	err = spec->pcap_file ? load_pcap(f) : make_flows(f);
	if (err == 0)
		err = frames_set_size(f, spec->pcap_file ? FROM_PCAP : 64);
	if (err < 0) {
		frames_free(f);
		return err;
	}
	f->pool = rte_pktmbuf_pool_create(
		"frames", n_mbufs, POOL_CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (!f->pool) {
		fprintf(stderr, "no memory for %u buffers\n", n_mbufs);
		frames_free(f);
		return -ENOMEM;
	}
	rte_mempool_obj_iter(f->pool, init_buffer, f);
	return 0;
}

void frames_free(struct frames *f)
{
	rte_mempool_free(f->pool);
	free(f->flow);
	free(f->pcap_data);
	free(f->pcap);
	*f = (struct frames) { 0 };
}

void frames_restart(struct frames *f, uint16_t run, bool stamped)
{
	/* old stamps are in the way of checksums that count on the plain payload */
	if (f->stamped)
		rte_mempool_obj_iter(f->pool, init_buffer, f);
	f->next_flow = 0;
	f->next_pattern = 0;
	f->next_pcap = 0;
	f->seq = 0;
	f->run = run;
	f->stamped = stamped && f->n_pcap == 0;
}

/* ---- a frame ---- */

static void put_length(struct rte_mbuf *m, uint16_t len)
{
	m->data_len = len;
	m->pkt_len = len;
}

/* The stamp without the time, which frames_stamp_time() adds to the checksum. */
static uint32_t put_stamp(struct frames *f, uint8_t *payload)
{
	const struct stamp st = { STAMP_MAGIC, f->run, f->seq++, 0 };
	uint8_t was[sizeof(st)];

	memcpy(payload, &st, sizeof(st));
	memset(was, PAYLOAD, sizeof(was));
	/* the class's sum counts the plain payload in its place */
	return sum_bytes(&st, sizeof(st)) + (uint16_t)~fold(sum_bytes(was, sizeof(was)));
}

static void put_headers(
	struct frames *f, struct rte_mbuf *m, const struct flow *flow, const struct frame_class *c)
{
	uint8_t *p = rte_pktmbuf_mtod_offset(m, uint8_t *, f->l2_len);
	struct rte_ipv4_hdr *ip = (struct rte_ipv4_hdr *)p;
	struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(p + IP_LEN);
	uint32_t udp_sum = c->udp_sum + flow->udp_sum;
	uint16_t checksum;

	put_length(m, c->len);
	if (f->spec.pppoe == PPPOE_SENT)
		memcpy(p - 4, &c->ppp_len, sizeof(c->ppp_len));
	ip->version_ihl = 0x45;
	ip->type_of_service = 0;
	ip->total_length = c->ip_len;
	ip->packet_id = 0;
	ip->fragment_offset = 0;
	ip->time_to_live = f->spec.ttl;
	ip->next_proto_id = IPPROTO_UDP;
	ip->hdr_checksum = (uint16_t)~fold(c->ip_sum + flow->ip_sum);
	ip->src_addr = flow->src_ip;
	ip->dst_addr = flow->dst_ip;
	udp->src_port = flow->src_port;
	udp->dst_port = flow->dst_port;
	udp->dgram_len = c->udp_len;
	if (f->stamped)
		udp_sum += put_stamp(f, p + IP_LEN + UDP_LEN);
	checksum = (uint16_t)~fold(udp_sum);
	udp->dgram_cksum = !f->spec.udp_checksum ? 0 : checksum ? checksum : 0xffff;
}

static void put_pcap(struct frames *f, struct rte_mbuf *m)
{
	const struct pcap_frame *p = &f->pcap[f->next_pcap];

	rte_memcpy(rte_pktmbuf_mtod(m, void *), f->pcap_data + p->offset, p->len);
	put_length(m, (uint16_t)p->len);
	if (p->len < FRAME_MIN) {
		memset(rte_pktmbuf_mtod_offset(m, uint8_t *, p->len), 0, FRAME_MIN - p->len);
		put_length(m, FRAME_MIN);
	}
	if (++f->next_pcap == f->n_pcap)
		f->next_pcap = 0;
}

int frames_get(struct frames *f, struct rte_mbuf **m, unsigned n)
{
	/* buffers come back as they went: one segment, no flags, the fixed bytes in place */
	if (rte_mempool_get_bulk(f->pool, (void **)m, n) < 0)
		return -ENOBUFS;
	for (unsigned i = 0; i < n; i++) {
		if (f->n_pcap) {
			put_pcap(f, m[i]);
			continue;
		}
		put_headers(f, m[i], &f->flow[f->next_flow], &f->cls[f->pattern[f->next_pattern]]);
		if (++f->next_flow == f->n_flows)
			f->next_flow = 0;
		if (++f->next_pattern == f->n_pattern)
			f->next_pattern = 0;
	}
	return 0;
}

void frames_stamp_time(struct frames *f, struct rte_mbuf **m, unsigned n, uint64_t tsc)
{
	if (!f->stamped)
		return;
	for (unsigned i = 0; i < n; i++) {
		uint8_t *p = rte_pktmbuf_mtod_offset(m[i], uint8_t *, f->l2_len + IP_LEN);
		struct rte_udp_hdr *udp = (struct rte_udp_hdr *)p;
		struct stamp *st = (struct stamp *)(p + UDP_LEN);
		uint64_t old = st->tsc;
		uint16_t checksum;

		st->tsc = tsc;
		if (!f->spec.udp_checksum)
			continue;
		/* RFC 1624, eqn. 3, over the four words of the time */
		checksum =
			(uint16_t)~fold((uint16_t)~udp->dgram_cksum + sum_bytes(&tsc, sizeof(tsc)) +
					(uint16_t)~fold(sum_bytes(&old, sizeof(old))));
		udp->dgram_cksum = checksum ? checksum : 0xffff;
	}
}
