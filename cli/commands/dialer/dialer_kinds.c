/* SPDX-License-Identifier: BSD-3-Clause */
/* What show commands print of Dialers and Virtual-Access interfaces. */
#include <json-c/json.h>

#include "cli/commands/interface/kinds.h"
#include "control/core/format.h"

#define BANDWIDTH 56	/* kbit/s: what IOS says of a Dialer */
#define DELAY	  20000 /* us */

static void print_head(struct cli_out *out, const struct iface *ifc, const char *hardware)
{
	bool spoofing = ifc->kind == &iface_dialer && ifc->line_up;

	cli_printf(out, "%s is %s, line protocol is %s %s\n", ifc->name, iface_status_text(ifc),
		ifc->line_up ? "up" : "down", spoofing ? "(spoofing)" : "");
	cli_printf(out, "  Hardware is %s\n", hardware);
	if (ifc->description != NULL)
		cli_printf(out, "  Description: %s\n", ifc->description);
}

static void print_address(struct cli_out *out, const struct iface *ifc)
{
	const struct iface_addr *a = iface_addr_primary(ifc);
	const struct iface *lender = dialer_of(ifc)->conf.unnumbered;
	char text[FORMAT_PREFIX_SIZE];

	if (lender != NULL && iface_addr_source(ifc) != 0)
		cli_printf(out, "  Interface is unnumbered. Using address of %s (%s)\n",
			lender->name, format_ip(iface_addr_source(ifc), text));
	else if (dialer_of(ifc)->conf.negotiated && a == NULL)
		cli_puts(out, "  Internet address will be negotiated using IPCP\n");
	else if (a != NULL)
		cli_printf(
			out, "  Internet address is %s\n", format_prefix(a->addr, a->plen, text));
}

static void print_numbers(struct cli_out *out, unsigned mtu)
{
	cli_printf(out,
		"  MTU %u bytes, BW %d Kbit/sec, DLY %d usec, \n"
		"     reliability 255/255, txload 1/255, rxload 1/255\n",
		mtu, BANDWIDTH, DELAY);
}

static void print_keepalive(struct cli_out *out, const struct dialer *d)
{
	if (d->conf.keepalive_s != 0)
		cli_printf(out, "  Keepalive set (%u sec)\n", d->conf.keepalive_s);
	else
		cli_puts(out, "  Keepalive not set\n");
}

static void print_counters(struct cli_out *out, const struct iface *ifc)
{
	struct bw_if_counters c;

	iface_counters(ifc, &c);
	cli_printf(out,
		"     %llu packets input, %llu bytes\n"
		"     %llu packets output, %llu bytes\n",
		(unsigned long long)c.rx_packets, (unsigned long long)c.rx_bytes,
		(unsigned long long)c.tx_packets, (unsigned long long)c.tx_bytes);
}

static void print_access(struct cli_out *out, const struct iface *ifc)
{
	const struct dialer *d = dialer_of(ifc);
	unsigned mru = dialer_is_authenticated(d) ? d->state.mru : d->ifc->mtu;

	print_head(out, ifc, "Virtual Access interface");
	print_numbers(out, mru);
	cli_printf(out, "  Encapsulation PPP, LCP %s\n",
		dialer_is_authenticated(d) ? "Open" : "Closed");
	if (dialer_is_open(d))
		cli_puts(out, "  Open: IPCP\n");
	cli_printf(out,
		"  PPPoE vaccess, cloned from %s\n"
		"  Vaccess status 0x%X, loopback not set\n",
		d->ifc->name, dialer_is_authenticated(d) ? 0x44 : 0);
	print_keepalive(out, d);
	cli_printf(out, "  Interface is bound to %s (Encapsulation PPP)\n", d->ifc->short_name);
	cmd_print_activity(out, ifc);
	print_counters(out, ifc);
}

static void print_dialer(struct cli_out *out, const struct iface *ifc)
{
	const struct dialer *d = dialer_of(ifc);

	print_head(out, ifc, "Unknown");
	print_address(out, ifc);
	print_numbers(out, ifc->mtu);
	if (d->conf.ppp)
		cli_puts(out, "  Encapsulation PPP, LCP Closed, loopback not set\n");
	else
		cli_puts(out,
			"  Encapsulation HDLC, not supported here: encapsulation ppp is needed\n");
	print_keepalive(out, d);
	if (dialer_is_bound(d))
		cli_printf(out, "  Interface is bound to %s\n", d->access->short_name);
	cmd_print_activity(out, ifc);
	print_counters(out, ifc);
	if (dialer_is_bound(d)) {
		cli_puts(out, "Bound to:\n");
		print_access(out, d->access);
	}
}

static void fill_dialer(struct json_object *row, const struct iface *ifc)
{
	const struct dialer *d = dialer_of(ifc);

	cmd_json_flag(row, "spoofing", ifc->line_up);
	if (d->conf.unnumbered != NULL)
		cmd_json_text(row, "unnumbered", d->conf.unnumbered->name);
	if (dialer_is_bound(d))
		cmd_json_text(row, "bound_to", d->access->name);
}

static void fill_access(struct json_object *row, const struct iface *ifc)
{
	const struct dialer *d = dialer_of(ifc);

	cmd_json_text(row, "bound_to", d->ifc->name);
	cmd_json_flag(row, "lcp_open", dialer_is_authenticated(d));
	cmd_json_flag(row, "ipcp_open", dialer_is_open(d));
}

static const char *origin(const struct iface *ifc)
{
	return dialer_of(ifc)->conf.negotiated ? "IPCP" : NULL;
}

static bw_ip4 peer(const struct iface *ifc)
{
	const struct dialer *d = dialer_of(ifc);

	return dialer_is_open(d) ? d->state.peer_addr : 0;
}

const struct cmd_kind cmd_dialer_kind = {
	.kind = &iface_dialer,
	.hardware = "Unknown",
	.print = print_dialer,
	.fill = fill_dialer,
	.origin = origin,
	.peer = peer,
};

const struct cmd_kind cmd_access_kind = {
	.kind = &iface_access,
	.hardware = "Virtual Access interface",
	.print = print_access,
	.fill = fill_access,
};
