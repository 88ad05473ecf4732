/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets of the largest MTU in buffers that were made for it. */
#include <CUnit/Basic.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "core/buffers.h"
#include "port/port.h"
#include "support.h"

#define IN  1 /* port 0, 10.0.0.1/24 */
#define OUT 2 /* port 1, 10.1.0.1/24 */
#define ETH 14
#define IP  20
#define DF  0x40

static const uint8_t router_mac[6] = { 2, 0xb7, 0, 0, 0, 1 };
static struct t_frame f;

static void begin(uint16_t out_mtu)
{
	struct bw_if in = t_if(IN, BW_IF_PORT, 0, 0), out = t_if(OUT, BW_IF_PORT, 1, 0);

	memcpy(in.mac, router_mac, 6);
	in.mtu = in.ip_mtu = BW_MAX_MTU;
	out.mtu = out.ip_mtu = out_mtu;
	CU_ASSERT_EQUAL_FATAL(t_reset(), 0);
	t_if_set(&in);
	t_if_set(&out);
	t_connect(IN, "10.0.0.1", 24);
	t_connect(OUT, "10.1.0.1", 24);
	t_learn(OUT, "10.1.0.2", t_peer);
	t_learn(IN, "10.0.0.5", t_peer);
	t_settle();
	t_forget_frames();
	t_clear_drops();
}

/* A packet of the largest size to that address, and what it makes of it. */
static void offer(uint8_t proto, const char *dst, uint8_t flags)
{
	unsigned at = t_put_eth(f.b, router_mac, -1, 0x0800);

	for (unsigned i = IP; i < BW_MAX_MTU; i++)
		f.b[at + i] = i * 7;
	t_put_ip4(f.b + at, IP, BW_MAX_MTU, proto, "10.0.0.5", dst);
	f.b[at + 6] = flags;
	t_sign_ip4(f.b + at);
	if (proto == IPPROTO_ICMP) {
		uint16_t sum;

		memset(f.b + at + IP, 0, 4);
		f.b[at + IP] = 8; /* echo request */
		sum = t_checksum(f.b + at + IP, BW_MAX_MTU - IP);
		f.b[at + IP + 2] = sum >> 8;
		f.b[at + IP + 3] = sum;
	}
	f.len = at + BW_MAX_MTU;
	t_send(0, f.b, f.len);
}

static void forwards_whole(void)
{
	begin(BW_MAX_MTU);
	offer(IPPROTO_UDP, "10.1.0.2", DF);
	CU_ASSERT_EQUAL(t_all_drops(), 0);
	CU_ASSERT_EQUAL_FATAL(t_frames, 1);
	CU_ASSERT_EQUAL(t_frame[0].len, f.len);
	CU_ASSERT_EQUAL(memcmp(t_frame[0].b + ETH + IP, f.b + ETH + IP, BW_MAX_MTU - IP), 0);
	CU_ASSERT_EQUAL(t_reset(), 0);
}

static void cuts_into(uint16_t mtu)
{
	unsigned payload = (mtu - IP) / 8 * 8, at = 0;

	begin(mtu);
	offer(IPPROTO_UDP, "10.1.0.2", 0);
	CU_ASSERT_EQUAL(t_all_drops(), 0);
	CU_ASSERT_EQUAL_FATAL(t_frames, (BW_MAX_MTU - IP + payload - 1) / payload);
	for (unsigned i = 0; i < t_frames; i++) {
		const uint8_t *ip = t_frame[i].b + ETH;
		unsigned total = ip[2] << 8 | ip[3], offset = ((ip[6] & 0x1f) << 8 | ip[7]) * 8;

		CU_ASSERT_FATAL(total <= mtu && t_frame[i].len >= ETH + total);
		CU_ASSERT_EQUAL(t_checksum(ip, IP), 0);
		CU_ASSERT_EQUAL(offset, at);
		CU_ASSERT_EQUAL(ip[6] >> 5 & 1, i + 1 < t_frames); /* more to come */
		CU_ASSERT_EQUAL(memcmp(ip + IP, f.b + ETH + IP + at, total - IP), 0);
		at += total - IP;
	}
	CU_ASSERT_EQUAL(at, BW_MAX_MTU - IP);
	CU_ASSERT_EQUAL(t_reset(), 0);
}

static void fragments(void)
{
	cuts_into(1500);
	cuts_into(4000);
	cuts_into(68);
}

static void too_big(void)
{
	begin(9000);
	offer(IPPROTO_UDP, "10.1.0.2", DF);
	CU_ASSERT_EQUAL_FATAL(t_frames, 1);
	CU_ASSERT_EQUAL(t_frame[0].port, 0);
	CU_ASSERT(t_frame[0].b[ETH + IP] == 3 && t_frame[0].b[ETH + IP + 1] == 4);
	CU_ASSERT_EQUAL(t_frame[0].b[ETH + IP + 6] << 8 | t_frame[0].b[ETH + IP + 7], 9000);
	CU_ASSERT_EQUAL(t_reset(), 0);
}

static void answers_echo(void)
{
	begin(1500);
	offer(IPPROTO_ICMP, "10.0.0.1", DF);
	CU_ASSERT_EQUAL_FATAL(t_frames, 1);
	CU_ASSERT_EQUAL(t_frame[0].len, f.len);
	CU_ASSERT_EQUAL(t_frame[0].b[ETH + IP], 0);
	CU_ASSERT_EQUAL(t_checksum(t_frame[0].b + ETH + IP, BW_MAX_MTU - IP), 0);
	CU_ASSERT_EQUAL(t_reset(), 0);
}

static void ports_take_it(void)
{
	CU_ASSERT_EQUAL(t_dp->port[0].max_mtu, BW_MAX_MTU);
	CU_ASSERT_EQUAL(port_set_mtu(t_dp, 2, BW_MAX_MTU), 0);
	CU_ASSERT_EQUAL(t_dp->port[2].mtu, BW_MAX_MTU);
	CU_ASSERT_EQUAL(port_set_mtu(t_dp, 2, BW_MAX_MTU + 1), -EINVAL);
	CU_ASSERT_EQUAL(port_set_mtu(t_dp, 2, 1500), 0);
}

static void sizes(void)
{
	struct bw_platform p = { .max_mtu = BW_MAX_MTU_DEFAULT, .n_ports = 2 };

	p.port[0].kind = p.port[1].kind = BW_PORT_AF_PACKET;
	CU_ASSERT_EQUAL(buffers_room(&p), 2048);
	CU_ASSERT_EQUAL(buffers_extra_memory(&p, 1), 0); /* who does not ask does not pay */
	for (p.max_mtu++; p.max_mtu <= BW_MAX_MTU; p.max_mtu++) {
		CU_ASSERT(buffers_room(&p) >= p.max_mtu + BUFFERS_AF_PACKET_EXTRA);
		CU_ASSERT_EQUAL(buffers_room(&p) % 1024, 0);
	}
	p.max_mtu = 9000;
	CU_ASSERT_EQUAL(buffers_extra_memory(&p, 1), 112); /* 16384 times 7 KiB */
	p.mbufs = 1024;
	CU_ASSERT_EQUAL(buffers_extra_memory(&p, 1), 7);
}

int main(void)
{
	static const struct t_config config = {
		.workers = 1, .ports = 3, .queues = 1, .max_mtu = BW_MAX_MTU
	};
	CU_pSuite s;
	int rc;

	t_start(&config);
	CU_initialize_registry();
	s = CU_add_suite("jumbo frames", NULL, NULL);
	CU_add_test(s, "sizes", sizes);
	CU_add_test(s, "forwarded whole", forwards_whole);
	CU_add_test(s, "fragments", fragments);
	CU_add_test(s, "too big", too_big);
	CU_add_test(s, "echo", answers_echo);
	CU_add_test(s, "the ports' MTU", ports_take_it);
	rc = t_run();
	t_stop();
	return rc;
}
