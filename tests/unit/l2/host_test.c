/* SPDX-License-Identifier: BSD-3-Clause */
/* The host device against the kernel, in a network namespace of the test's own (root). */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <rte_udp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/host.h"
#include "support.h"

#define DEV	"bwhost0"
#define US	"192.0.2.1"
#define FAR	"198.51.100.9"
#define VRF	3
#define WAIT_MS 5000

static unsigned began;

static const struct bw_host conf = { .vrf_id = VRF, .mtu = 1500, .dev = DEV };

static void run(const char *command)
{
	if (system(command) != 0) {
		fprintf(stderr, "failed: %s\n", command);
		CU_FAIL_FATAL("command");
	}
}

static void set_addresses(void)
{
	run("ip address add " US "/32 dev " DEV);
	run("ip route add default dev " DEV);
}

/* Take what the kernel sends of its own when a device comes up. */
static void drain(void)
{
	while (host_receive(&dp, VRF, 64) > 0)
		if (n_handed_over > 0)
			rte_pktmbuf_free(handed_over);
	n_handed_over = 0;
	handed_over = NULL;
}

static void begin(void)
{
	began = packets_in_use();
	drops_clear();
	inbox_full = false;
	CU_ASSERT_EQUAL_FATAL(host_set(&dp, &conf), 0);
	set_addresses();
	drain();
}

static void end(void)
{
	CU_ASSERT_EQUAL(host_del(&dp, VRF), 0);
	CU_ASSERT_EQUAL(if_nametoindex(DEV), 0);
	CU_ASSERT_EQUAL(packets_in_use(), began);
}

static int device(unsigned long request)
{
	struct ifreq ifr = { .ifr_name = DEV };
	int s = socket(AF_INET, SOCK_DGRAM, 0), err;

	err = ioctl(s, request, &ifr);
	close(s);
	if (err < 0)
		return -1;
	return request == SIOCGIFMTU ? ifr.ifr_mtu : ifr.ifr_flags;
}

static struct sockaddr_in address(const char *addr, uint16_t port)
{
	return (struct sockaddr_in) {
		.sin_family = AF_INET,
		.sin_addr.s_addr = ip4(addr),
		.sin_port = htons(port),
	};
}

static int udp_socket(uint16_t port)
{
	struct sockaddr_in us = address(US, port);
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	CU_ASSERT_EQUAL_FATAL(bind(s, (struct sockaddr *)&us, sizeof(us)), 0);
	return s;
}

static bool readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, WAIT_MS) == 1;
}

/* The next IPv4 packet that the kernel sends. */
static struct rte_mbuf *next_packet(void)
{
	n_handed_over = 0;
	while (n_handed_over == 0) {
		CU_ASSERT_TRUE_FATAL(readable(host_fd(&dp, VRF)));
		host_receive(&dp, VRF, 1);
	}
	return handed_over;
}

/* ---- making and removing ---- */

static void makes_a_device_that_is_up(void)
{
	struct bw_host other = conf;
	int fd;

	begin();
	CU_ASSERT_EQUAL(device(SIOCGIFMTU), 1500);
	CU_ASSERT_TRUE(device(SIOCGIFFLAGS) & IFF_UP);
	CU_ASSERT_TRUE(device(SIOCGIFFLAGS) & IFF_POINTOPOINT);
	CU_ASSERT_EQUAL(memcmp(host_conf(&dp, VRF), &conf, sizeof(conf)), 0);
	/* the same again changes nothing, another MTU only that */
	fd = host_fd(&dp, VRF);
	CU_ASSERT(fd >= 0);
	CU_ASSERT_EQUAL(host_set(&dp, &conf), 0);
	other.mtu = 1400;
	CU_ASSERT_EQUAL(host_set(&dp, &other), 0);
	CU_ASSERT_EQUAL(host_fd(&dp, VRF), fd);
	CU_ASSERT_EQUAL(device(SIOCGIFMTU), 1400);
	CU_ASSERT_EQUAL(host_conf(&dp, VRF)->mtu, 1400);
	end();
}

static void what_is_out_of_range_is_refused(void)
{
	static const char *const names[] = { "", ".", "..", "a/b", "a%d", "a b", "a:1", "\x80" };
	struct bw_host bad;

	for (unsigned i = 0; i < RTE_DIM(names); i++) {
		bad = conf;
		snprintf(bad.dev, sizeof(bad.dev), "%s", names[i]);
		CU_ASSERT_EQUAL(host_set(&dp, &bad), -EINVAL);
	}
	bad = conf;
	memset(bad.dev, 'x', sizeof(bad.dev));
	CU_ASSERT_EQUAL(host_set(&dp, &bad), -EINVAL);
	bad = conf;
	bad.vrf_id = BW_MAX_VRFS;
	CU_ASSERT_EQUAL(host_set(&dp, &bad), -EINVAL);
	bad = conf;
	bad.mtu = 67;
	CU_ASSERT_EQUAL(host_set(&dp, &bad), -EINVAL);
	bad.mtu = RTE_MBUF_DEFAULT_DATAROOM + 1;
	CU_ASSERT_EQUAL(host_set(&dp, &bad), -EINVAL);
	CU_ASSERT_PTR_NULL(host_conf(&dp, VRF));
	CU_ASSERT_EQUAL(host_fd(&dp, VRF), -1);
	CU_ASSERT_EQUAL(host_fd(&dp, UINT32_MAX), -1);
	CU_ASSERT_EQUAL(host_del(&dp, VRF), -ENOENT);
	CU_ASSERT_EQUAL(host_receive(&dp, VRF, 10), 0);
}

static void another_name_replaces_it_or_leaves_it(void)
{
	struct bw_host other = conf;

	begin();
	snprintf(other.dev, sizeof(other.dev), "lo"); /* taken */
	CU_ASSERT(host_set(&dp, &other) < 0);
	CU_ASSERT_STRING_EQUAL(host_conf(&dp, VRF)->dev, DEV);
	CU_ASSERT_NOT_EQUAL(if_nametoindex(DEV), 0);
	snprintf(other.dev, sizeof(other.dev), "bwhost1");
	CU_ASSERT_EQUAL(host_set(&dp, &other), 0);
	CU_ASSERT_NOT_EQUAL(if_nametoindex("bwhost1"), 0);
	CU_ASSERT_EQUAL(if_nametoindex(DEV), 0);
	end();
}

/* ---- packets ---- */

static void the_routers_packets_come_down_with_checksums(void)
{
	static const unsigned sizes[] = { 0, 1, 100, 1472 };
	struct sockaddr_in far = address(FAR, 9);
	static uint8_t payload[1472], got[1500];
	int s;

	begin();
	s = udp_socket(5000);
	for (unsigned i = 0; i < RTE_DIM(sizes); i++) {
		struct rte_mbuf *m;
		struct rte_ipv4_hdr *ip;

		memset(payload, i + 1, sizeof(payload));
		CU_ASSERT_EQUAL(
			sendto(s, payload, sizes[i], 0, (struct sockaddr *)&far, sizeof(far)),
			sizes[i]);
		m = next_packet();
		CU_ASSERT_EQUAL(packet_bytes(m, got, sizeof(got)), 28 + sizes[i]);
		CU_ASSERT_EQUAL(plain_checksum(got, 20), 0);
		CU_ASSERT_EQUAL(memcmp(got + 28, payload, sizes[i]), 0);
		ip = pkt_ip4(m);
		CU_ASSERT_NOT_EQUAL(((struct rte_udp_hdr *)(ip + 1))->dgram_cksum, 0);
		CU_ASSERT_EQUAL(rte_ipv4_udptcp_cksum_verify(ip, ip + 1), 0);
		CU_ASSERT_EQUAL(pkt_meta(m)->vrf, VRF);
		CU_ASSERT_EQUAL(pkt_meta(m)->flags, PKT_F_LOCAL);
		CU_ASSERT_EQUAL(pkt_meta(m)->in_if, 0);
		CU_ASSERT_EQUAL(pkt_meta(m)->entry, INBOX_IP4_LOOKUP);
		rte_pktmbuf_free(m);
	}
	CU_ASSERT_EQUAL(drops_total(), 0);
	close(s);
	end();
}

static void a_budget_is_kept(void)
{
	struct sockaddr_in far = address(FAR, 9);
	int s;

	begin();
	s = udp_socket(5000);
	for (unsigned i = 0; i < 10; i++)
		CU_ASSERT_EQUAL(sendto(s, "x", 1, 0, (struct sockaddr *)&far, sizeof(far)), 1);
	inbox_full = true; /* so that nothing has to be freed here */
	CU_ASSERT_EQUAL(host_receive(&dp, VRF, 4), 4);
	CU_ASSERT_TRUE(readable(host_fd(&dp, VRF)));
	CU_ASSERT_EQUAL(host_receive(&dp, VRF, 64), 6);
	CU_ASSERT_EQUAL(host_receive(&dp, VRF, 64), 0);
	CU_ASSERT_EQUAL(worker.counters->drops[BW_DROP_HOST_FULL], 10);
	close(s);
	end();
}

/* What a raw socket writes to the device as it stands. */
static void inject(uint16_t type, const void *bytes, unsigned length)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(type),
		.sll_ifindex = if_nametoindex(DEV),
	};
	int s = socket(AF_PACKET, SOCK_DGRAM, 0);

	CU_ASSERT_EQUAL(sendto(s, bytes, length, 0, (struct sockaddr *)&to, sizeof(to)), length);
	close(s);
}

static void ipv6_and_nonsense_are_ignored(void)
{
	uint8_t p[100] = { 0x60 };
	struct rte_mbuf *m;

	begin();
	inject(ETH_P_IPV6, p, 60);
	for (unsigned n = 1; n < 40; n++) { /* cut short */
		put_ip4(p, 20, 40, 17, US, FAR);
		inject(ETH_P_IP, p, n);
	}
	for (unsigned ihl = 0; ihl < 16; ihl++) {
		put_ip4(p, 20, 40, 17, US, FAR);
		p[0] = 0x40 | ihl;
		if (ihl < 5 || ihl > 10)
			inject(ETH_P_IP, p, 40);
	}
	put_ip4(p, 20, 40, 17, US, FAR);
	p[3] = 19; /* shorter than its header */
	inject(ETH_P_IP, p, 40);
	p[3] = 40;
	inject(ETH_P_IP, p, 100); /* good, but for what follows it */
	m = next_packet();
	CU_ASSERT_EQUAL(m->pkt_len, 40);
	CU_ASSERT_EQUAL(n_handed_over, 1);
	rte_pktmbuf_free(m);
	CU_ASSERT_EQUAL(host_receive(&dp, VRF, 64), 0);
	end();
}

/* A UDP packet (no checksum) from afar to one of our sockets. */
static struct rte_mbuf *udp_to_us(uint16_t port, const char *payload, unsigned piece)
{
	uint8_t p[100];
	unsigned length = strlen(payload);

	put_ip4(p, 20, 28 + length, 17, FAR, US);
	memset(p + 20, 0, 8);
	p[21] = 9;
	p[22] = port >> 8;
	p[23] = port;
	p[25] = 8 + length;
	memcpy(p + 28, payload, length);
	return packet_chain(p, 28 + length, piece);
}

static void packets_for_the_router_go_up(void)
{
	static const unsigned pieces[] = { 1000, 20, 7 };
	char got[100];
	int s;

	begin();
	s = udp_socket(5001);
	for (unsigned i = 0; i < RTE_DIM(pieces); i++) {
		host_send(&dp, VRF, udp_to_us(5001, "hello", pieces[i]));
		CU_ASSERT_TRUE_FATAL(readable(s));
		CU_ASSERT_EQUAL(recv(s, got, sizeof(got), 0), 5);
		CU_ASSERT_EQUAL(memcmp(got, "hello", 5), 0);
	}
	CU_ASSERT_EQUAL(drops_total(), 0);
	close(s);
	end();
}

static void what_cannot_go_up_is_counted(void)
{
	begin();
	host_send(&dp, VRF + 1, udp_to_us(5001, "no device", 1000));
	CU_ASSERT_EQUAL(worker.counters->drops[BW_DROP_HOST_FULL], 1);
	host_send(&dp, VRF, udp_to_us(5001, "too many segments", 2));
	CU_ASSERT_EQUAL(worker.counters->drops[BW_DROP_HOST_FULL], 2);
	run("ip link set " DEV " down");
	host_send(&dp, VRF, udp_to_us(5001, "down", 1000));
	CU_ASSERT_EQUAL(worker.counters->drops[BW_DROP_HOST_FULL], 3);
	CU_ASSERT_EQUAL(drops_total(), 3);
	end();
}

/* The dataplane's ICMP errors about the router's own packets come from its own address. */
static void the_kernel_believes_our_icmp_errors(void)
{
	struct sockaddr_in far = address(FAR, 9);
	static uint8_t error[600], payload[1400];
	int s, mtu = 0, discover = IP_PMTUDISC_DO;
	socklen_t len = sizeof(mtu);
	struct rte_mbuf *m;
	uint16_t sum;

	begin();
	s = udp_socket(5000);
	CU_ASSERT_EQUAL(setsockopt(s, IPPROTO_IP, IP_MTU_DISCOVER, &discover, sizeof(discover)), 0);
	CU_ASSERT_EQUAL(connect(s, (struct sockaddr *)&far, sizeof(far)), 0);
	CU_ASSERT_EQUAL(send(s, payload, sizeof(payload), 0), sizeof(payload));
	m = next_packet();
	put_ip4(error, 20, 28 + 548, 1, US, US);
	packet_bytes(m, error + 28, 548);
	rte_pktmbuf_free(m);
	error[20] = 3;
	error[21] = 4;
	error[26] = 1000 >> 8;
	error[27] = 1000 & 0xff;
	sum = plain_checksum(error + 20, 8 + 548);
	error[22] = sum >> 8;
	error[23] = sum;
	host_send(&dp, VRF, packet(error, 28 + 548));
	CU_ASSERT_EQUAL(getsockopt(s, IPPROTO_IP, IP_MTU, &mtu, &len), 0);
	CU_ASSERT_EQUAL(mtu, 1000);
	close(s);
	end();
}

/* ---- the device goes ---- */

/* Wait until the device is there again, as the main loop would. */
static void wait_for_device(int fd)
{
	for (unsigned i = 0; i < 10 && if_nametoindex(DEV) == 0; i++) {
		CU_ASSERT_TRUE_FATAL(readable(fd));
		host_receive(&dp, VRF, 64);
	}
	CU_ASSERT_NOT_EQUAL_FATAL(if_nametoindex(DEV), 0);
}

static void quiet(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	CU_ASSERT_EQUAL(poll(&p, 1, 0), 0);
}

static void a_device_that_is_deleted_comes_back(void)
{
	struct sockaddr_in far = address(FAR, 9);
	int s, fd;

	begin();
	fd = host_fd(&dp, VRF);
	for (unsigned round = 0; round < 2; round++) {
		run("ip link delete " DEV);
		if (round == 0) { /* found out by the next receive or by the next send */
			CU_ASSERT_TRUE(readable(fd));
			CU_ASSERT_EQUAL(host_receive(&dp, VRF, 64), 0);
		} else {
			host_send(&dp, VRF, udp_to_us(5001, "gone", 1000));
			CU_ASSERT_EQUAL(worker.counters->drops[BW_DROP_HOST_FULL], 1);
		}
		quiet(fd); /* else the main loop would turn without rest */
		wait_for_device(fd);
		CU_ASSERT_EQUAL(host_fd(&dp, VRF), fd);
		CU_ASSERT_EQUAL(device(SIOCGIFMTU), 1500);
		set_addresses();
		drain();
		s = udp_socket(5000);
		CU_ASSERT_EQUAL(sendto(s, "x", 1, 0, (struct sockaddr *)&far, sizeof(far)), 1);
		rte_pktmbuf_free(next_packet());
		close(s);
		CU_ASSERT_EQUAL(host_receive(&dp, VRF, 64), 0);
		quiet(fd);
	}
	end();
}

static void one_that_cannot_come_back_is_tried_on(void)
{
	int fd;

	begin();
	fd = host_fd(&dp, VRF);
	run("ip link delete " DEV);
	CU_ASSERT_EQUAL(host_receive(&dp, VRF, 64), 0);
	run("ip tuntap add dev " DEV " mode tap"); /* somebody took the name */
	CU_ASSERT_TRUE_FATAL(readable(fd));
	CU_ASSERT_EQUAL(host_receive(&dp, VRF, 64), 0);
	quiet(fd);
	host_send(&dp, VRF, udp_to_us(5001, "gone", 1000));
	CU_ASSERT_EQUAL(worker.counters->drops[BW_DROP_HOST_FULL], 1);
	run("ip link delete " DEV);
	wait_for_device(fd);
	end();
}

int main(void)
{
	CU_pSuite s;

	if (unshare(CLONE_NEWNET) < 0) {
		perror("needs root for a network namespace");
		return 1;
	}
	support_start();
	s = CU_add_suite("host", NULL, NULL);
	CU_ADD_TEST(s, makes_a_device_that_is_up);
	CU_ADD_TEST(s, what_is_out_of_range_is_refused);
	CU_ADD_TEST(s, another_name_replaces_it_or_leaves_it);
	CU_ADD_TEST(s, the_routers_packets_come_down_with_checksums);
	CU_ADD_TEST(s, a_budget_is_kept);
	CU_ADD_TEST(s, ipv6_and_nonsense_are_ignored);
	CU_ADD_TEST(s, packets_for_the_router_go_up);
	CU_ADD_TEST(s, what_cannot_go_up_is_counted);
	CU_ADD_TEST(s, the_kernel_believes_our_icmp_errors);
	CU_ADD_TEST(s, a_device_that_is_deleted_comes_back);
	CU_ADD_TEST(s, one_that_cannot_come_back_is_tried_on);
	return support_run();
}
