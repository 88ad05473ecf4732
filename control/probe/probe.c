/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/probe/probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/icmp.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "control/control.h"

static int open_socket(struct control *ctl, int type, int proto, bw_ip4 source, bw_ip4 to)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_addr.s_addr = source };
	int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, proto), err;

	if (fd < 0)
		return -errno;
	if (ctl->host.device[0] != '\0' && iface_addr_owner(&ctl->ifaces, 0, to) == NULL &&
		setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, ctl->host.device,
			strlen(ctl->host.device)) < 0)
		goto fail;
	if (source != 0 && bind(fd, (struct sockaddr *)&sin, sizeof(sin)) < 0)
		goto fail;
	return fd;
fail:
	err = -errno;
	close(fd);
	return err;
}

int probe_icmp_socket(struct control *ctl, bw_ip4 source, bw_ip4 to)
{
	const struct icmp_filter filter = {
		.data = ~(1u << ICMP_ECHOREPLY | 1u << ICMP_DEST_UNREACH |
			  1u << ICMP_SOURCE_QUENCH | 1u << ICMP_TIME_EXCEEDED |
			  1u << ICMP_PARAMETERPROB),
	};
	int fd = open_socket(ctl, SOCK_RAW, IPPROTO_ICMP, source, to), err;

	if (fd < 0)
		return fd;
	if (setsockopt(fd, SOL_RAW, ICMP_FILTER, &filter, sizeof(filter)) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

int probe_udp_socket(struct control *ctl, bw_ip4 source, bw_ip4 to)
{
	return open_socket(ctl, SOCK_DGRAM, IPPROTO_UDP, source, to);
}

bw_ip4 probe_source(struct control *ctl, bw_ip4 asked, bw_ip4 to)
{
	if (asked != 0)
		return asked;
	control_settle(ctl);
	return rib_source_address(&ctl->rib, 0, to);
}

static uint16_t read_u16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static bw_ip4 read_ip(const uint8_t *p)
{
	bw_ip4 addr;

	memcpy(&addr, p, sizeof(addr));
	return addr;
}

/* RFC 792: the IPv4 header and at least 64 bits of what came after it. */
static void decode_quote(const uint8_t *p, size_t len, struct probe_icmp *out)
{
	size_t ihl;

	if (len < 20 || p[0] >> 4 != 4)
		return;
	ihl = (size_t)(p[0] & 15) * 4;
	if (ihl < 20 || len < ihl + 8)
		return;
	out->quotes = true;
	out->quoted_proto = p[9];
	out->quoted_from = read_ip(p + 12);
	out->quoted_to = read_ip(p + 16);
	for (unsigned i = 0; i < 4; i++)
		out->quoted_word[i] = read_u16(p + ihl + 2 * i);
}

bool probe_decode(const uint8_t *packet, size_t len, struct probe_icmp *out)
{
	const uint8_t *icmp;
	size_t ihl;

	memset(out, 0, sizeof(*out));
	if (len < 20 || packet[0] >> 4 != 4 || packet[9] != IPPROTO_ICMP)
		return false;
	ihl = (size_t)(packet[0] & 15) * 4;
	if (ihl < 20 || len < ihl + 8)
		return false;
	icmp = packet + ihl;
	out->from = read_ip(packet + 12);
	out->type = icmp[0];
	out->code = icmp[1];
	out->id = read_u16(icmp + 4);
	out->seq = read_u16(icmp + 6);
	out->data = icmp + 8;
	out->data_len = len - ihl - 8;
	if (out->type != ICMP_ECHOREPLY)
		decode_quote(out->data, out->data_len, out);
	return true;
}

uint16_t probe_checksum(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint32_t sum = 0;

	for (; len > 1; len -= 2, p += 2)
		sum += read_u16(p);
	if (len > 0)
		sum += (uint32_t)p[0] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

uint64_t probe_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

uint32_t probe_ms(uint64_t us)
{
	return us < 1500 ? 1 : (uint32_t)((us + 500) / 1000);
}
