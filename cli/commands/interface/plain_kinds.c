/* SPDX-License-Identifier: BSD-3-Clause */
/* What show commands print of ports and of what needs no other part: VLANs, loopbacks, stubs. */
#include "cli/commands/interface/kinds.h"
#include "control/core/format.h"

static const char *speed_text(uint32_t speed)
{
	switch (speed) {
	case 10:
		return "10Mbps";
	case 100:
		return "100Mbps";
	case 2500:
		return "2.5Gbps";
	case 10000:
		return "10Gbps";
	case 25000:
		return "25Gbps";
	case 40000:
		return "40Gbps";
	case 100000:
		return "100Gbps";
	default:
		return "1Gbps";
	}
}

static void print_arp(struct cli_out *out, const struct iface *ifc)
{
	char timeout[FORMAT_AGE_SIZE];

	cli_printf(
		out, "  ARP type: ARPA, ARP Timeout %s\n", format_age(ifc->arp_timeout, timeout));
}

static void print_plain(struct cli_out *out, const struct iface *ifc)
{
	cli_puts(out, "  Encapsulation ARPA, loopback not set\n");
	print_arp(out, ifc);
}

static void print_port(struct cli_out *out, const struct iface *ifc)
{
	cli_printf(out,
		"  Encapsulation ARPA, loopback not set\n"
		"  Keepalive set (10 sec)\n"
		"  %s Duplex, %s, media type is RJ45\n"
		"  output flow-control is unsupported, input flow-control is unsupported\n",
		ifc->full_duplex ? "Full" : "Half", speed_text(ifc->speed));
	print_arp(out, ifc);
}

static void print_subif(struct cli_out *out, const struct iface *ifc)
{
	if (ifc->dot1q != 0)
		cli_printf(out, "  Encapsulation 802.1Q Virtual LAN, Vlan ID  %u.\n", ifc->dot1q);
	else
		cli_puts(out, "  Encapsulation 802.1Q Virtual LAN, not configured\n");
	print_arp(out, ifc);
}

static void print_loopback(struct cli_out *out, const struct iface *)
{
	cli_puts(out, "  Encapsulation LOOPBACK, loopback not set\n  Keepalive not set\n");
}

const struct cmd_kind cmd_port_kind = {
	.kind = &iface_port,
	.hardware = "Gigabit Ethernet",
	.bandwidth_kbps = 1000000,
	.delay_us = 10,
	.print_link = print_port,
};

const struct cmd_kind cmd_subif_kind = {
	.kind = &iface_subif,
	.hardware = "Gigabit Ethernet",
	.bandwidth_kbps = 1000000,
	.delay_us = 10,
	.print_link = print_subif,
};

const struct cmd_kind cmd_svi_kind = {
	.kind = &iface_svi,
	.hardware = "EtherSVI",
	.bandwidth_kbps = 1000000,
	.delay_us = 10,
	.print_link = print_plain,
};

const struct cmd_kind cmd_loopback_kind = {
	.kind = &iface_loopback,
	.hardware = "Loopback",
	.bandwidth_kbps = 8000000,
	.delay_us = 5000,
	.print_link = print_loopback,
};

const struct cmd_kind cmd_null_kind = {
	.kind = &iface_null,
	.hardware = "Unknown",
	.bandwidth_kbps = 1000000,
	.delay_us = 10,
	.print_link = print_plain,
};

const struct cmd_kind cmd_stub_kind = {
	.kind = &iface_stub,
	.hardware = "not present",
	.bandwidth_kbps = 1000000,
	.delay_us = 10,
};
