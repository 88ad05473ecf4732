/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/core/format.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <time.h>

const char *format_ip(bw_ip4 addr, char buf[FORMAT_IP_SIZE])
{
	const uint8_t *b = (const uint8_t *)&addr;

	snprintf(buf, FORMAT_IP_SIZE, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
	return buf;
}

const char *format_prefix(bw_ip4 addr, unsigned plen, char buf[FORMAT_PREFIX_SIZE])
{
	char ip[FORMAT_IP_SIZE];

	snprintf(buf, FORMAT_PREFIX_SIZE, "%s/%u", format_ip(addr, ip), plen & 63);
	return buf;
}

const char *format_mac(const uint8_t mac[6], char buf[FORMAT_MAC_SIZE])
{
	snprintf(buf, FORMAT_MAC_SIZE, "%02x%02x.%02x%02x.%02x%02x", mac[0], mac[1], mac[2], mac[3],
		mac[4], mac[5]);
	return buf;
}

const char *format_age(uint64_t seconds, char buf[FORMAT_AGE_SIZE])
{
	uint64_t hours = seconds / 3600, days = hours / 24, weeks = days / 7, years = days / 365;

	if (days == 0)
		snprintf(buf, FORMAT_AGE_SIZE, "%02u:%02u:%02u", (unsigned)hours,
			(unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60));
	else if (weeks == 0)
		snprintf(buf, FORMAT_AGE_SIZE, "%ud%02uh", (unsigned)days, (unsigned)(hours % 24));
	else if (years == 0)
		snprintf(buf, FORMAT_AGE_SIZE, "%uw%ud", (unsigned)weeks, (unsigned)(days % 7));
	else
		snprintf(buf, FORMAT_AGE_SIZE, "%uy%uw", (unsigned)(years % 100000),
			(unsigned)(days % 365 / 7));
	return buf;
}

const char *format_uptime(uint64_t seconds, char *buf, size_t size)
{
	const struct {
		const char *name;
		uint64_t n;
	} part[] = {
		{ "year", seconds / 86400 / 365 },
		{ "week", seconds / 86400 % 365 / 7 },
		{ "day", seconds / 86400 % 365 % 7 },
		{ "hour", seconds / 3600 % 24 },
		{ "minute", seconds / 60 % 60 },
	};
	size_t len = 0;

	buf[0] = '\0';
	for (unsigned i = 0; i < 5 && len < size; i++)
		if (part[i].n != 0 || (i == 4 && len == 0))
			len += snprintf(buf + len, size - len, "%s%llu %s%s", len ? ", " : "",
				(unsigned long long)part[i].n, part[i].name,
				part[i].n == 1 ? "" : "s");
	return buf;
}

bw_ip4 format_mask(unsigned plen)
{
	return plen == 0 ? 0 : htonl(UINT32_MAX << (32 - plen));
}

int format_plen(bw_ip4 mask)
{
	uint32_t wild = ~ntohl(mask);

	if ((wild & (wild + 1)) != 0)
		return -1;
	return 32 - __builtin_popcount(wild);
}

unsigned format_classful(bw_ip4 addr)
{
	uint32_t a = ntohl(addr);

	if (a < 0x80000000)
		return 8;
	if (a < 0xc0000000)
		return 16;
	return a < 0xe0000000 ? 24 : 32;
}

bool addr_is_host(bw_ip4 addr)
{
	uint32_t a = ntohl(addr);

	return a >> 24 != 0 && a >> 24 != 127 && a < 0xe0000000;
}

uint64_t clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}
