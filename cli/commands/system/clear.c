/* SPDX-License-Identifier: BSD-3-Clause */
/* `clear ...` in EXEC. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "cli/commands/commands.h"
#include "cli/commands/dump.h"
#include "control/core/format.h"

static int send_command(struct cli_ctx *ctx, uint16_t type, const void *body, size_t size)
{
	int err = dp_command(&cmd_control(ctx)->core.dp, type, body, size);

	if (err == -ETIMEDOUT)
		return cmd_stalled(ctx);
	return err == -ENOTCONN ? cmd_no_dataplane(ctx) : err;
}

static int clear_arp(struct cli_ctx *ctx, const struct cli_args *args)
{
	struct bw_arp what = { .addr = cmd_arg_ip(args, "address") };
	struct iface *ifc = cmd_arg_iface(ctx, args, "ifname");

	if (cli_has(args, "ifname") && ifc == NULL)
		return cli_fail_at(ctx, "ifname");
	what.if_id = ifc != NULL ? ifc->obj.id : 0;
	return send_command(ctx, BW_CMD_ARP_CLEAR, &what, sizeof(what));
}

static int clear_mac(struct cli_ctx *ctx, const struct cli_args *)
{
	const struct bw_mac all = { 0 };

	return send_command(ctx, BW_CMD_MAC_CLEAR, &all, sizeof(all));
}

static int clear_counters(struct cli_ctx *ctx, const struct cli_args *args)
{
	struct iface *ifc = cmd_arg_iface(ctx, args, "ifname"), *i;
	struct control *ctl = cmd_control(ctx);
	struct bw_ref which = { 0 };
	const char *answer;
	int ret;

	if (cli_has(args, "ifname") && ifc == NULL)
		return cli_fail_at(ctx, "ifname");
	ret = cli_ask(ctx, CLI_ASK_CONFIRM,
		ifc != NULL ? "Clear \"show interface\" counters on this interface [confirm]"
			    : "Clear \"show interface\" counters on all interfaces [confirm]",
		"y", &answer);
	if (ret != 0 || answer[0] != 'y')
		return ret;
	which.id = ifc != NULL ? ifc->obj.id : 0;
	ret = send_command(ctx, BW_CMD_CLEAR_COUNTERS, &which, sizeof(which));
	if (ret != 0)
		return ret;
	TAILQ_FOREACH (i, &ctl->ifaces.list, entry)
		if (ifc == NULL || ifc == i)
			iface_counters_cleared(i);
	log_event(&ctl->core.log, "CLEAR-5-COUNTERS", "Clear counter on %s by console",
		ifc != NULL ? ifc->name : "all interfaces");
	return 0;
}

static int clear_logging(struct cli_ctx *ctx, const struct cli_args *)
{
	const char *answer;
	int ret = cli_ask(ctx, CLI_ASK_CONFIRM, "Clear logging buffer [confirm]", "y", &answer);

	if (ret == 0 && answer[0] == 'y')
		log_clear(&cmd_control(ctx)->core.log);
	return ret;
}

static int clear_access_counters(struct cli_ctx *ctx, const struct cli_args *args)
{
	const char *name = cli_arg_text(args, "name");
	struct acl *acl;

	/* A list that is put in force anew counts from zero. */
	TAILQ_FOREACH (acl, &cmd_control(ctx)->acls.list, entry)
		if (acl->obj.wanted && (name == NULL || strcmp(name, acl->name) == 0))
			dp_touch(&cmd_control(ctx)->core.dp, &acl->obj);
	return 0;
}

static int print_nothing(struct cli_ctx *, struct cmd_rows *)
{
	return 0;
}

/*
 * The prompt comes back when the commands sent so far are carried out: the dataplane answers in
 * order, so the end of a short dump says so.
 */
static int wait_for_dataplane(struct cli_ctx *ctx)
{
	const struct bw_dump vrfs = { .what = BW_CMD_VRF_SET, .limit = 1 };
	struct cmd_rows *rows = cmd_rows_new(sizeof(struct bw_vrf), print_nothing);

	return rows != NULL ? cmd_rows_run(ctx, rows, &vrfs, false) : -ENOMEM;
}

static int clear_nat(struct cli_ctx *ctx, const struct cli_args *args)
{
	struct bw_nat_filter filter = {
		.global = cmd_arg_ip(args, "global"),
		.local = cmd_arg_ip(args, "local"),
		.remote = cmd_arg_ip(args, "remote"),
		.global_port = (uint16_t)cli_arg_number(args, "global_port", 0),
		.local_port = (uint16_t)cli_arg_number(args, "local_port", 0),
		.remote_port = (uint16_t)cli_arg_number(args, "remote_port", 0),
	};
	const char *proto = cli_arg_text(args, "proto");
	int ret;

	if (cli_has(args, "inside"))
		filter.flags |= BW_NAT_MATCH_INSIDE;
	if (cli_has(args, "outside"))
		filter.flags |= BW_NAT_MATCH_OUTSIDE;
	if (cli_has(args, "forced"))
		filter.flags |= BW_NAT_MATCH_FORCED;
	if (proto != NULL) {
		filter.flags |= BW_NAT_MATCH_PORTS;
		filter.proto = strcmp(proto, "tcp") == 0 ? IPPROTO_TCP : IPPROTO_UDP;
	}
	ret = send_command(ctx, BW_CMD_NAT_CLEAR, &filter, sizeof(filter));
	return ret != 0 ? ret : wait_for_dataplane(ctx);
}

/* --- sessions --- */

static bool concerns(const struct dialer *d, const struct iface *ifc)
{
	return ifc == NULL || d->ifc == ifc || d->access == ifc ||
	       (d->member != NULL && d->member->ifc == ifc);
}

static int clear_pppoe(struct cli_ctx *ctx, const struct cli_args *args)
{
	struct iface *ifc = cmd_arg_iface(ctx, args, "ifname");
	struct dialer *d;
	int ret;

	if (cli_has(args, "ifname") && ifc == NULL)
		return cli_fail_at(ctx, "ifname");
	control_settle(cmd_control(ctx));
	TAILQ_FOREACH (d, &cmd_control(ctx)->dialers.list, entry) {
		struct bw_ref which = { .id = d->obj.id };

		if (!d->obj.wanted || !concerns(d, ifc))
			continue;
		ret = send_command(ctx, BW_CMD_PPPOE_CLEAR, &which, sizeof(which));
		if (ret != 0)
			return ret;
	}
	return wait_for_dataplane(ctx);
}

/* Of what can be cleared at all. */
static int clear_interface(struct cli_ctx *ctx, const struct cli_args *args)
{
	struct iface *ifc = cmd_arg_iface(ctx, args, "ifname");

	if (ifc == NULL || !ifc->kind->has_session)
		return cli_fail_at(ctx, "ifname");
	return clear_pppoe(ctx, args);
}

static const struct cli_help help[] = {
	{ "clear", "Reset functions" },
	{ "arp", "Clear the entire ARP cache" },
	{ "arp-cache", "Clear the entire ARP cache" },
	{ "mac", "MAC forwarding table" },
	{ "dynamic", "Dynamic entry type" },
	{ "counters", "Clear counters on one or all interfaces" },
	{ "logging", "Clear logging buffer" },
	{ "access-list", "Clear access list statistical information" },
	{ "name", "Access list name or number" },
	{ "nat", "Clear NAT" },
	{ "translation", "Clear dynamic translation" },
	{ "*", "Delete all dynamic translations" },
	{ "inside", "Inside addresses and ports" },
	{ "outside", "Outside addresses and ports" },
	{ "tcp", "Transmission Control Protocol" },
	{ "udp", "User Datagram Protocol" },
	{ "global", "Inside global IP address" },
	{ "global_port", "Inside global port" },
	{ "local", "Inside local IP address" },
	{ "local_port", "Inside local port" },
	{ "remote", "Outside IP address" },
	{ "remote_port", "Outside port" },
	{ "remote_local", "Outside local IP address" },
	{ "remote_local_port", "Outside local port" },
	{ "forced", "Delete entries even if in use" },
	{ "pppoe", "End PPPoE sessions, and dial anew" },
	{ "all", "All sessions" },
	{ "interface", "Those of an interface" },
	{ "ifname", "Interface" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "exec",
		.syntax = "clear {arp|arp-cache} [<address:A.B.C.D>|interface <ifname:INTERFACE>]",
		.help = help,
		.run = clear_arp,
	},
	{
		.mode = "exec",
		.syntax = "clear ip arp <address:A.B.C.D>",
		.help = help,
		.run = clear_arp,
	},
	{
		.mode = "exec",
		.syntax = "clear mac address-table [dynamic]",
		.help = help,
		.run = clear_mac,
	},
	{
		.mode = "exec",
		.syntax = "clear counters [<ifname:INTERFACE>]",
		.help = help,
		.run = clear_counters,
	},
	{
		.mode = "exec",
		.syntax = "clear logging",
		.help = help,
		.run = clear_logging,
	},
	{
		.mode = "exec",
		.syntax = "clear {access-list|ip access-list} counters [<name:WORD>]",
		.help = help,
		.run = clear_access_counters,
	},
	{
		.mode = "exec",
		.syntax = "clear ip nat translation *",
		.help = help,
		.run = clear_nat,
	},
	{
		.mode = "exec",
		.syntax = "clear ip nat translation inside <global:A.B.C.D> <local:A.B.C.D> "
			  "[outside <remote_local:A.B.C.D> <remote:A.B.C.D>] [forced]",
		.help = help,
		.run = clear_nat,
	},
	{
		.mode = "exec",
		.syntax = "clear ip nat translation outside <remote_local:A.B.C.D> "
			  "<remote:A.B.C.D> [forced]",
		.help = help,
		.run = clear_nat,
	},
	{
		.mode = "exec",
		.syntax = "clear ip nat translation <proto:tcp|udp> inside <global:A.B.C.D> "
			  "<global_port:1-65535> <local:A.B.C.D> <local_port:1-65535> "
			  "[outside <remote_local:A.B.C.D> <remote_local_port:1-65535> "
			  "<remote:A.B.C.D> <remote_port:1-65535>] [forced]",
		.help = help,
		.run = clear_nat,
	},
	{
		.mode = "exec",
		.syntax = "clear pppoe {all|interface <ifname:INTERFACE>}",
		.help = help,
		.run = clear_pppoe,
	},
	{
		.mode = "exec",
		.syntax = "clear interface <ifname:INTERFACE>",
		.help = help,
		.run = clear_interface,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_clear_topic = { .commands = commands };
