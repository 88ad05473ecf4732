/* SPDX-License-Identifier: BSD-3-Clause */
#include "l3/mss.h"

#include "l3/checksum.h"
#include "l3/l4.h"

enum { OPTION_END = 0, OPTION_NOP = 1, OPTION_MSS = 2, MSS_LENGTH = 4 };

/* The value may be at an odd offset: its bytes then count the other way round. */
static void lower(struct l4_tcp *tcp, uint8_t *value, uint16_t mss)
{
	uint16_t before = value[0] << 8 | value[1], after = mss;

	if (before <= mss)
		return;
	value[0] = mss >> 8;
	value[1] = mss & 0xff;
	if ((value - (uint8_t *)tcp) % 2 == 0) {
		before = htons(before);
		after = htons(after);
	} else {
		before = htons((uint16_t)(before << 8 | before >> 8));
		after = htons((uint16_t)(after << 8 | after >> 8));
	}
	tcp->check = checksum_update(tcp->check, checksum_delta16(before, after));
}

bool mss_clamp(void *ip, uint32_t len, uint16_t mss)
{
	uint32_t at, end;
	struct l4_tcp *tcp;
	struct l4_info l4;
	uint16_t check;
	uint8_t *o;

	if (l4_parse(ip, len, &l4) || l4.proto != IPPROTO_TCP || !(l4.flags & L4_F_HEADER) ||
		!(l4.tcp_flags & L4_TCP_SYN))
		return false;
	o = (uint8_t *)ip + l4.offset;
	tcp = (void *)o;
	check = tcp->check;
	end = (tcp->offset >> 4) * 4;
	if (end > l4.length || end + l4.offset > len)
		return false;
	for (at = sizeof(*tcp); at < end && o[at] != OPTION_END;) {
		if (o[at] == OPTION_NOP) {
			at++;
			continue;
		}
		if (end - at < 2 || o[at + 1] < 2 || o[at + 1] > end - at)
			break;
		if (o[at] == OPTION_MSS && o[at + 1] == MSS_LENGTH)
			lower(tcp, &o[at + 2], mss);
		at += o[at + 1];
	}
	return tcp->check != check;
}
