/* SPDX-License-Identifier: BSD-3-Clause */
#include "suite.h"

#include "frames.h"

#include <errno.h>
#include <rte_eal.h>
#include <rte_ip.h>
#include <rte_udp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct frame_spec make_spec(void)
{
	return (struct frame_spec) {
		.src_mac = { { 2, 0, 0, 0, 0, 1 } },
		.dst_mac = { { 2, 0, 0, 0, 0, 2 } },
		.ttl = 64,
		.src_ip = { 0x0a000001, 0x0a000003 },
		.dst_ip = { 0xc6336401, 0xc6336402 },
		.src_port = { 1024, 1027 },
		.dst_port = { 80, 81 },
		.udp_checksum = true,
	};
}

static struct frames make_frames(const struct frame_spec *spec)
{
	struct frames f;

	CU_ASSERT_EQUAL_FATAL(frames_init(&f, spec, 1023), 0);
	return f;
}

static const struct rte_ipv4_hdr *ip_of(const struct frames *f, const struct rte_mbuf *m)
{
	return rte_pktmbuf_mtod_offset(m, const struct rte_ipv4_hdr *, f->l2_len);
}

/* Lengths agree and both checksums are right. */
static void check_frame(const struct frames *f, const struct rte_mbuf *m, uint16_t len)
{
	const struct rte_ipv4_hdr *ip = ip_of(f, m);
	const struct rte_udp_hdr *udp = (const struct rte_udp_hdr *)(ip + 1);

	CU_ASSERT_EQUAL_FATAL(m->data_len, len);
	CU_ASSERT_EQUAL_FATAL(m->pkt_len, len);
	CU_ASSERT_EQUAL_FATAL(rte_be_to_cpu_16(ip->total_length), len - f->l2_len);
	CU_ASSERT_EQUAL_FATAL(rte_be_to_cpu_16(udp->dgram_len), len - f->l2_len - 20);
	CU_ASSERT_EQUAL_FATAL(rte_ipv4_cksum(ip), 0);
	CU_ASSERT_NOT_EQUAL_FATAL(udp->dgram_cksum, 0);
	CU_ASSERT_EQUAL_FATAL(rte_ipv4_udptcp_cksum(ip, udp), 0xffff);
}

static void check_size(struct frames *f, uint16_t len, bool stamped)
{
	struct rte_mbuf *m[64];

	CU_ASSERT_EQUAL_FATAL(frames_set_size(f, len), 0);
	frames_restart(f, 1, stamped);
	for (int round = 0; round < 40; round++) { /* buffers come back and are used again */
		CU_ASSERT_EQUAL_FATAL(frames_get(f, m, 64), 0);
		frames_stamp_time(f, m, 64, 0x0123456789abcdefull * (uint64_t)round);
		if (stamped) /* a frame that the port did not take is stamped again */
			frames_stamp_time(f, m, 64, 77);
		for (int i = 0; i < 64; i++)
			check_frame(f, m[i], len);
		rte_pktmbuf_free_bulk(m, 64);
	}
}

static void test_frames_are_right_at_every_size(void)
{
	struct frame_spec spec = make_spec();

	for (int tagged = 0; tagged < 2; tagged++) {
		struct frames f;

		spec.vlan = tagged ? 20 : 0;
		f = make_frames(&spec);
		for (uint16_t len = tagged ? 64 : 60; len <= FRAME_MAX; len += 97) {
			check_size(&f, len, false);
			check_size(&f, len, true);
		}
		check_size(&f, FRAME_MAX, true);
		frames_free(&f);
	}
}

/* A length means the same IPv4 packet with PPPoE's header and without. */
static void test_frames_of_a_session(void)
{
	static const uint8_t head[4] = { 0x11, 0, 0x12, 0x34 };
	struct frame_spec spec = make_spec();
	struct rte_mbuf *m[12];
	struct frames f;

	spec.pppoe = PPPOE_SENT;
	spec.session = 0x1234;
	f = make_frames(&spec);
	for (unsigned len = FRAME_MIN; len <= FRAME_MAX - PPPOE_LEN; len += 97) {
		CU_ASSERT_EQUAL_FATAL(frames_set_size(&f, len), 0);
		for (int stamped = 0; stamped < 2; stamped++) {
			frames_restart(&f, 1, stamped);
			CU_ASSERT_EQUAL_FATAL(frames_get(&f, m, 1), 0);
			frames_stamp_time(&f, m, 1, 1);
			check_frame(&f, m[0], (uint16_t)(len + PPPOE_LEN));
			CU_ASSERT_EQUAL(rte_be_to_cpu_16(ip_of(&f, m[0])->total_length), len - 14);
			rte_pktmbuf_free(m[0]);
		}
	}
	/* each frame of a mix has its own length in that header */
	CU_ASSERT_EQUAL_FATAL(frames_set_size(&f, IMIX), 0);
	CU_ASSERT_EQUAL_FATAL(frames_get(&f, m, 12), 0);
	for (int i = 0; i < 12; i++) {
		const uint8_t *p = rte_pktmbuf_mtod(m[i], const uint8_t *);
		uint16_t total = rte_be_to_cpu_16(ip_of(&f, m[i])->total_length);

		CU_ASSERT_EQUAL(p[12] << 8 | p[13], RTE_ETHER_TYPE_PPPOE_SESSION);
		CU_ASSERT_EQUAL(memcmp(p + 14, head, sizeof(head)), 0);
		CU_ASSERT_EQUAL(p[18] << 8 | p[19], total + 2);
		CU_ASSERT_EQUAL(p[20] << 8 | p[21], 0x0021);
		CU_ASSERT_EQUAL(m[i]->data_len, 14 + PPPOE_LEN + total);
		CU_ASSERT(m[i]->data_len <= FRAME_MAX);
	}
	rte_pktmbuf_free_bulk(m, 12);
	frames_free(&f);
}

/* Either way a packet has to fit into a session. */
static void test_sessions_leave_less_room(void)
{
	struct frame_spec spec = make_spec();

	for (spec.pppoe = PPPOE_SENT; spec.pppoe <= PPPOE_RECEIVED; spec.pppoe++) {
		struct frames f = make_frames(&spec);

		CU_ASSERT_EQUAL(frames_max_len(&spec), FRAME_MAX - PPPOE_LEN);
		CU_ASSERT_EQUAL(frames_set_size(&f, FRAME_MAX - PPPOE_LEN), 0);
		CU_ASSERT_EQUAL(frames_set_size(&f, FRAME_MAX - PPPOE_LEN + 1), -EINVAL);
		CU_ASSERT_EQUAL(frames_set_size(&f, FRAME_MIN), 0);
		CU_ASSERT_EQUAL(frames_set_size(&f, FRAME_MIN - 1), -EINVAL);
		frames_free(&f);
	}
}

static void test_sizes_that_cannot_be(void)
{
	struct frame_spec spec = make_spec();
	struct frames f = make_frames(&spec);

	CU_ASSERT_EQUAL(frames_set_size(&f, FRAME_MIN - 1), -EINVAL);
	CU_ASSERT_EQUAL(frames_set_size(&f, FRAME_MAX + 1), -EINVAL);
	frames_free(&f);
	spec.vlan = 20;
	f = make_frames(&spec);
	CU_ASSERT_EQUAL(frames_set_size(&f, 60), -EINVAL); /* no room for a stamp */
	frames_free(&f);
}

static void test_imix_is_7_4_1(void)
{
	struct frame_spec spec = make_spec();
	struct frames f = make_frames(&spec);
	unsigned n64 = 0, n570 = 0, n1514 = 0;
	struct rte_mbuf *m[120];

	CU_ASSERT_EQUAL(frames_set_size(&f, IMIX), 0);
	frames_restart(&f, 1, true);
	CU_ASSERT_EQUAL_FATAL(frames_get(&f, m, 120), 0);
	frames_stamp_time(&f, m, 120, 5);
	for (int i = 0; i < 120; i++) {
		check_frame(&f, m[i], m[i]->data_len);
		n64 += m[i]->data_len == 64;
		n570 += m[i]->data_len == 570;
		n1514 += m[i]->data_len == 1514;
	}
	CU_ASSERT_EQUAL(n64, 70);
	CU_ASSERT_EQUAL(n570, 40);
	CU_ASSERT_EQUAL(n1514, 10);
	CU_ASSERT_DOUBLE_EQUAL(frames_mean_len(&f), (7 * 64 + 4 * 570 + 1514) / 12.0, 0.001);
	rte_pktmbuf_free_bulk(m, 120);
	frames_free(&f);
}

/* Every combination once a round, the source port counting fastest. */
static void test_flows_cover_their_ranges(void)
{
	struct frame_spec spec = make_spec();
	struct frames f = make_frames(&spec);
	struct rte_mbuf *m[96];

	CU_ASSERT_EQUAL(f.n_flows, 4 * 3 * 2 * 2);
	frames_restart(&f, 1, false);
	CU_ASSERT_EQUAL_FATAL(frames_get(&f, m, 96), 0);
	for (unsigned i = 0; i < 96; i++) {
		const struct rte_ipv4_hdr *ip = ip_of(&f, m[i]);
		const struct rte_udp_hdr *udp = (const struct rte_udp_hdr *)(ip + 1);
		unsigned k = i % 48;

		CU_ASSERT_EQUAL(rte_be_to_cpu_16(udp->src_port), 1024 + k % 4);
		CU_ASSERT_EQUAL(rte_be_to_cpu_32(ip->src_addr), 0x0a000001 + k / 4 % 3);
		CU_ASSERT_EQUAL(rte_be_to_cpu_16(udp->dst_port), 80 + k / 12 % 2);
		CU_ASSERT_EQUAL(rte_be_to_cpu_32(ip->dst_addr), 0xc6336401 + k / 24);
	}
	rte_pktmbuf_free_bulk(m, 96);
	frames_free(&f);
}

static void test_shuffled_flows_are_the_same_ones(void)
{
	struct frame_spec spec = make_spec();
	unsigned seen[48] = { 0 }, in_place = 0;
	struct rte_mbuf *m[48];
	struct frames f;

	spec.shuffle = true;
	f = make_frames(&spec);
	frames_restart(&f, 1, false);
	CU_ASSERT_EQUAL_FATAL(frames_get(&f, m, 48), 0);
	for (unsigned i = 0; i < 48; i++) {
		const struct rte_ipv4_hdr *ip = ip_of(&f, m[i]);
		const struct rte_udp_hdr *udp = (const struct rte_udp_hdr *)(ip + 1);
		unsigned k = rte_be_to_cpu_16(udp->src_port) - 1024u +
			     4 * (rte_be_to_cpu_32(ip->src_addr) - 0x0a000001) +
			     12 * (rte_be_to_cpu_16(udp->dst_port) - 80u) +
			     24 * (rte_be_to_cpu_32(ip->dst_addr) - 0xc6336401);

		CU_ASSERT_FATAL(k < 48);
		seen[k]++;
		in_place += k == i;
	}
	for (unsigned k = 0; k < 48; k++)
		CU_ASSERT_EQUAL(seen[k], 1);
	CU_ASSERT(in_place < 24);
	rte_pktmbuf_free_bulk(m, 48);
	frames_free(&f);
}

static void test_sequence_and_time_are_in_the_stamp(void)
{
	struct frame_spec spec = make_spec();
	struct frames f = make_frames(&spec);
	struct rte_mbuf *m[10];

	frames_restart(&f, 9, true);
	CU_ASSERT_EQUAL_FATAL(frames_get(&f, m, 10), 0);
	frames_stamp_time(&f, m, 10, 12345);
	for (uint32_t i = 0; i < 10; i++) {
		struct stamp st;

		memcpy(&st, rte_pktmbuf_mtod_offset(m[i], void *, 14 + 20 + 8), sizeof(st));
		CU_ASSERT_EQUAL(st.magic, STAMP_MAGIC);
		CU_ASSERT_EQUAL(st.run, 9);
		CU_ASSERT_EQUAL(st.seq, i);
		CU_ASSERT_EQUAL(st.tsc, 12345);
	}
	rte_pktmbuf_free_bulk(m, 10);
	frames_free(&f);
}

/* ---- files ---- */

static char path[] = "/tmp/bw-frames-test-XXXXXX";

static void write_file(const void *data, size_t size)
{
	FILE *f = fopen(path, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(fwrite(data, 1, size, f), size);
	CU_ASSERT_EQUAL(fclose(f), 0);
}

static void test_destinations_from_a_file(void)
{
	const rte_be32_t dst[] = { RTE_BE32(0x01020304), RTE_BE32(0x05060708),
		RTE_BE32(0x090a0b0c) };
	struct frame_spec spec = make_spec();
	struct rte_mbuf *m[6];
	struct frames f;

	write_file(dst, sizeof(dst));
	spec.dst_file = path;
	spec.src_ip.last = spec.src_ip.first;
	spec.src_port.last = spec.src_port.first;
	spec.dst_port.last = spec.dst_port.first;
	f = make_frames(&spec);
	CU_ASSERT_EQUAL(f.n_flows, 3);
	CU_ASSERT_EQUAL_FATAL(frames_get(&f, m, 6), 0);
	for (int i = 0; i < 6; i++) {
		CU_ASSERT_EQUAL(ip_of(&f, m[i])->dst_addr, dst[i % 3]);
		check_frame(&f, m[i], 64);
	}
	rte_pktmbuf_free_bulk(m, 6);
	frames_free(&f);
}

/* Two frames of 20 and 100 bytes as a pcap file holds them, in this machine's byte order. */
static size_t make_pcap(uint8_t *buf)
{
	const uint32_t header[6] = { 0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1 };
	const uint32_t len[2] = { 20, 100 };
	size_t at = sizeof(header);

	memcpy(buf, header, sizeof(header));
	for (int i = 0; i < 2; i++) {
		const uint32_t record[4] = { 0, 0, len[i], len[i] };

		memcpy(buf + at, record, sizeof(record));
		at += sizeof(record);
		memset(buf + at, 0x11 * (i + 1), len[i]);
		at += len[i];
	}
	return at;
}

static void test_frames_from_a_pcap_file(void)
{
	struct frame_spec spec = make_spec();
	uint8_t buf[256];
	struct rte_mbuf *m[4];
	struct frames f;

	write_file(buf, make_pcap(buf));
	spec.pcap_file = path;
	f = make_frames(&spec);
	CU_ASSERT_EQUAL(f.n_pcap, 2);
	CU_ASSERT_EQUAL_FATAL(frames_get(&f, m, 4), 0);
	for (int i = 0; i < 4; i++) {
		const uint8_t *p = rte_pktmbuf_mtod(m[i], const uint8_t *);

		CU_ASSERT_EQUAL(m[i]->data_len, i % 2 ? 100 : 60);
		CU_ASSERT_EQUAL(p[19], i % 2 ? 0x22 : 0x11);
		CU_ASSERT_EQUAL(p[59], i % 2 ? 0x22 : 0); /* padded */
	}
	rte_pktmbuf_free_bulk(m, 4);
	frames_free(&f);
}

static void test_bad_pcap_files_are_refused(void)
{
	struct frame_spec spec = make_spec();
	uint8_t buf[256];
	size_t size = make_pcap(buf);
	struct frames f;

	spec.pcap_file = path;
	for (size_t cut = 0; cut < size; cut++) {
		bool whole = cut == 24 + 16 + 20; /* ends after the first frame */

		/* what is left of a record's header is no record, and is let pass */
		if (cut > 24 + 16 + 20 && cut < 24 + 16 + 20 + 16)
			whole = true;
		write_file(buf, cut);
		CU_ASSERT_EQUAL(frames_init(&f, &spec, 1023), whole ? 0 : -EINVAL);
		frames_free(&f);
	}
	for (int i = 0; i < 4; i++) {
		make_pcap(buf);
		buf[i] ^= 0x40; /* the magic */
		write_file(buf, size);
		CU_ASSERT_EQUAL(frames_init(&f, &spec, 1023), -EINVAL);
	}
	make_pcap(buf);
	buf[20] = 113; /* a link type that is not Ethernet */
	write_file(buf, size);
	CU_ASSERT_EQUAL(frames_init(&f, &spec, 1023), -EINVAL);
	make_pcap(buf);
	memset(buf + 24 + 8, 0xff, 4); /* a record longer than the file */
	write_file(buf, size);
	CU_ASSERT_EQUAL(frames_init(&f, &spec, 1023), -EINVAL);
}

int main(void)
{
	char *eal[] = { "frames_test", "--no-huge", "--no-shconf", "--no-pci", "--no-telemetry",
		"-m", "64", "--log-level=4", "--lcores=0@(0-63)", NULL };
	CU_TestInfo tests[] = {
		{ "frames are right at every size", test_frames_are_right_at_every_size },
		{ "frames of a session", test_frames_of_a_session },
		{ "sessions leave less room", test_sessions_leave_less_room },
		{ "sizes that cannot be", test_sizes_that_cannot_be },
		{ "IMIX is 7:4:1", test_imix_is_7_4_1 },
		{ "flows cover their ranges", test_flows_cover_their_ranges },
		{ "shuffled flows are the same ones", test_shuffled_flows_are_the_same_ones },
		{ "sequence and time are in the stamp", test_sequence_and_time_are_in_the_stamp },
		{ "destinations from a file", test_destinations_from_a_file },
		{ "frames from a pcap file", test_frames_from_a_pcap_file },
		{ "bad pcap files are refused", test_bad_pcap_files_are_refused },
		CU_TEST_INFO_NULL,
	};
	int fd = mkstemp(path), ret;

	if (fd < 0 || rte_eal_init(8, eal) < 0)
		return EXIT_FAILURE;
	close(fd);
	ret = run_suite("frames", tests);
	unlink(path);
	rte_eal_cleanup();
	return ret;
}
