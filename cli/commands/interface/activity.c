/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/commands/interface/kinds.h"
#include "control/core/format.h"

static const char *age_text(uint64_t since_ms, char buf[FORMAT_AGE_SIZE])
{
	if (since_ms == 0)
		return "never";
	return format_age((clock_ms() - since_ms) / 1000, buf);
}

void cmd_print_activity(struct cli_out *out, const struct iface *ifc)
{
	char input[FORMAT_AGE_SIZE], output[FORMAT_AGE_SIZE], cleared[FORMAT_AGE_SIZE];
	const struct iface_rate *rate = &ifc->rate;
	struct bw_if_counters c;

	iface_counters(ifc, &c);
	cli_printf(out,
		"  Last input %s, output %s, output hang never\n"
		"  Last clearing of \"show interface\" counters %s\n"
		"  Input queue: 0/75/%llu/0 (size/max/drops/flushes); Total output drops: %llu\n"
		"  Queueing strategy: fifo\n"
		"  Output queue: 0/40 (size/max)\n",
		age_text(rate->rx_ms, input), age_text(rate->tx_ms, output),
		age_text(ifc->cleared_ms, cleared), (unsigned long long)c.rx_drops,
		(unsigned long long)c.tx_drops);
	cli_printf(out,
		"  5 minute input rate %.0f bits/sec, %.0f packets/sec\n"
		"  5 minute output rate %.0f bits/sec, %.0f packets/sec\n",
		rate->rx_bps, rate->rx_pps, rate->tx_bps, rate->tx_pps);
}
