/* SPDX-License-Identifier: BSD-3-Clause */
/* `ppp ...` on a Dialer. */
#include <errno.h>
#include <string.h>

#include "control/system/type7.h"

#include "cli/commands/commands.h"

/* We are the client: that the server should prove itself is not built. With `callin` it need not,
 * for it does not call; with `optional` it may decline. */
static int apply_authentication(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	if (op == CLI_UNSET)
		return 0;
	if (cmd_parent_dialer(ctx, "ppp") == NULL)
		return -EINVAL;
	if (!cli_has(args, "callin") && !cli_has(args, "optional"))
		return cli_fail(ctx, "%% Authenticating the server is not supported: add callin");
	return 0;
}

static int refuse(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	if (op == CLI_UNSET)
		return 0;
	return cli_fail(ctx, "%% ppp %s is not supported on this platform", args->value[1].text);
}

/* --- names and passwords --- */

static int set_text(struct cli_ctx *ctx, struct dialer *d, enum bw_pppoe_which which,
	const char *name, const char *text, size_t len)
{
	if (dialer_set_text(d, which, text, len) != 0)
		return cmd_too_long(ctx, name, BW_PPPOE_TEXT);
	return 0;
}

static int set_password(struct cli_ctx *ctx, const struct cli_args *args, struct dialer *d,
	enum bw_pppoe_which which)
{
	const char *secret = cli_arg_text(args, "secret");
	size_t len;
	char *plain;
	int ret;

	if (!cli_has(args, "7"))
		return set_text(ctx, d, which, "secret", secret, strlen(secret));
	plain = type7_reveal(secret, &len);
	if (plain == NULL) {
		cli_puts(ctx->out, "% Not a password of type 7\n");
		return cli_fail_at(ctx, "secret");
	}
	ret = set_text(ctx, d, which, "secret", plain, len);
	type7_wipe(plain);
	return ret;
}

static int apply_hostname(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	const char *name = op == CLI_SET ? cli_arg_text(args, "name") : "";
	struct dialer *d = cmd_parent_dialer(ctx, "ppp");

	if (d == NULL)
		return -EINVAL;
	return set_text(ctx, d, BW_PPPOE_CHAP_NAME, "name", name, strlen(name));
}

static int apply_chap_password(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct dialer *d = cmd_parent_dialer(ctx, "ppp");

	if (d == NULL)
		return -EINVAL;
	if (op == CLI_UNSET)
		return dialer_set_text(d, BW_PPPOE_CHAP_PASSWORD, "", 0);
	return set_password(ctx, args, d, BW_PPPOE_CHAP_PASSWORD);
}

/* The password first: if it is refused, nothing has happened. */
static int apply_pap(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct dialer *d = cmd_parent_dialer(ctx, "ppp");
	const char *name = cli_arg_text(args, "name");
	int ret;

	if (d == NULL)
		return -EINVAL;
	if (op == CLI_UNSET) {
		dialer_set_text(d, BW_PPPOE_PAP_NAME, "", 0);
		return dialer_set_text(d, BW_PPPOE_PAP_PASSWORD, "", 0);
	}
	if (strlen(name) > BW_PPPOE_TEXT)
		return cmd_too_long(ctx, "name", BW_PPPOE_TEXT);
	ret = set_password(ctx, args, d, BW_PPPOE_PAP_PASSWORD);
	if (ret == 0)
		ret = dialer_set_text(d, BW_PPPOE_PAP_NAME, name, strlen(name));
	return ret;
}

/* `callin`: only of those who call us, which nobody does. */
static int apply_refuse(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct dialer *d = cmd_parent_dialer(ctx, "ppp");
	bool refused = op == CLI_SET && !cli_has(args, "callin");

	if (d == NULL)
		return -EINVAL;
	if (cli_has(args, "chap"))
		d->conf.chap_refused = refused;
	else
		d->conf.pap_refused = refused;
	dialer_changed(d);
	return 0;
}

/* --- IPCP and timers --- */

static int apply_ipcp(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct dialer *d = cmd_parent_dialer(ctx, "ppp");

	if (d == NULL)
		return -EINVAL;
	if (cli_has(args, "route"))
		d->conf.route_default = op == CLI_SET;
	else if (cli_has(args, "dns"))
		d->conf.dns_request = op == CLI_SET;
	else
		d->conf.accept_address = op == CLI_SET;
	dialer_changed(d);
	return 0;
}

static int apply_timeout(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct dialer *d = cmd_parent_dialer(ctx, "ppp");
	uint32_t seconds = (uint32_t)cli_arg_number(args, "seconds", 0);
	bool set = op == CLI_SET;

	if (d == NULL)
		return -EINVAL;
	if (cli_has(args, "retry"))
		d->conf.retry_s = set ? seconds : DIALER_RETRY_DEFAULT;
	else if (cli_has(args, "ncp"))
		d->conf.ncp_timeout_s = set ? seconds : 0;
	else
		d->conf.auth_timeout_s = set ? seconds : DIALER_AUTH_DEFAULT;
	dialer_changed(d);
	return 0;
}

static int apply_max(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct dialer *d = cmd_parent_dialer(ctx, "ppp");
	uint16_t count = (uint16_t)cli_arg_number(args, "count", 0);
	bool set = op == CLI_SET;

	if (d == NULL)
		return -EINVAL;
	if (cli_has(args, "max-configure"))
		d->conf.max_configure = set ? count : DIALER_CONFIGURE_DEFAULT;
	else if (cli_has(args, "max-failure"))
		d->conf.max_failure = set ? count : DIALER_FAILURE_DEFAULT;
	else
		d->conf.max_terminate = set ? count : DIALER_TERMINATE_DEFAULT;
	dialer_changed(d);
	return 0;
}

static const struct cli_help help[] = {
	{ "ppp", "Point-to-Point Protocol" },
	{ "authentication", "Set PPP link authentication method" },
	{ "chap", "Challenge Handshake Authentication Protocol (CHAP)" },
	{ "pap", "Password Authentication Protocol (PAP)" },
	{ "callin", "Authenticate remote on incoming call only" },
	{ "hostname", "Set alternate CHAP hostname" },
	{ "name", "Name to send to the peer" },
	{ "password", "Set default password" },
	{ "0", "Specifies an UNENCRYPTED password will follow" },
	{ "7", "Specifies a HIDDEN password will follow" },
	{ "secret", "The password" },
	{ "sent-username", "Set outbound PAP username" },
	{ "refuse", "Refuse to authenticate using this protocol" },
	{ "ipcp", "Set IPCP negotiation options" },
	{ "route", "Install a route to the peer" },
	{ "default", "Install a default route through the peer" },
	{ "dns", "Specify DNS negotiation options" },
	{ "request", "Request server addresses from peer" },
	{ "accept", "Accept what the peer says" },
	{ "address", "Additional negotiation options for address" },
	{ "timeout", "Set PPP timeout parameters" },
	{ "retry", "Maximum time to wait for a response" },
	{ "ncp", "Maximum time to wait for network layer negotiation" },
	{ "seconds", "Seconds" },
	{ "max-configure", "Number of conf-reqs sent before assuming peer is unable to respond" },
	{ "max-failure",
		"Number of conf-naks sent before assuming configuration is not converging" },
	{ "max-terminate", "Number of term-reqs sent before assuming peer is unable to respond" },
	{ "count", "Number of packets" },
	{ NULL, NULL },
};

/* A line of PPP that changes nothing here. */
#define KEPT(words, place)                                                                         \
	{                                                                                          \
		.mode = "config-if", .syntax = words, .help = help, .rank = RANK_IF_PPP + place,   \
		.key = "*", .flags = CLI_HARMLESS | CLI_KEEP_NO                                    \
	}

#define COMMAND(words, place, function)                                                            \
	{                                                                                          \
		.mode = "config-if", .syntax = words, .help = help, .rank = RANK_IF_PPP + place,   \
		.apply = function                                                                  \
	}

#define WITH_NO(words, shorter, place, function)                                                   \
	{                                                                                          \
		.mode = "config-if", .syntax = words, .help = help, .rank = RANK_IF_PPP + place,   \
		.no = shorter, .apply = function                                                   \
	}

#define WITH_DEFAULT(words, standard, place, function)                                             \
	{                                                                                          \
		.mode = "config-if", .syntax = words, .help = help, .rank = RANK_IF_PPP + place,   \
		.fallback = standard, .apply = function, .defaults_in = cmd_is_dialer              \
	}

static const struct cli_command commands[] = {
	{
		/* What is not refused of it asks nothing of the server. */
		.mode = "config-if",
		.syntax = "ppp authentication <method:chap|eap|ms-chap|ms-chap-v2|pap>... "
			  "(if-needed|default|callin|callout|one-time|optional)",
		.help = help,
		.flags = CLI_HARMLESS,
		.rank = RANK_IF_PPP,
		.no = "ppp authentication",
		.apply = apply_authentication,
	},
	COMMAND("ppp chap hostname <name:WORD>", 1, apply_hostname),
	WITH_NO("ppp chap password [0|7] <secret:LINE>", "ppp chap password", 2,
		apply_chap_password),
	WITH_NO("ppp chap refuse [callin]", "ppp chap refuse", 3, apply_refuse),
	WITH_NO("ppp pap refuse [callin]", "ppp pap refuse", 4, apply_refuse),
	WITH_NO("ppp pap sent-username <name:WORD> password [0|7] <secret:LINE>",
		"ppp pap sent-username", 5, apply_pap),
	WITH_DEFAULT("ppp timeout retry <seconds:1-255>", "ppp timeout retry 2", 6, apply_timeout),
	WITH_DEFAULT("ppp timeout authentication <seconds:1-255>", "ppp timeout authentication 10",
		7, apply_timeout),
	COMMAND("ppp timeout ncp <seconds:1-65535>", 8, apply_timeout),
	WITH_DEFAULT("ppp max-configure <count:1-255>", "ppp max-configure 10", 9, apply_max),
	WITH_DEFAULT("ppp max-failure <count:1-255>", "ppp max-failure 5", 10, apply_max),
	WITH_DEFAULT("ppp max-terminate <count:1-255>", "ppp max-terminate 2", 11, apply_max),
	WITH_NO("ppp ipcp dns request [accept]", "ppp ipcp dns request", 12, apply_ipcp),
	COMMAND("ppp ipcp address accept", 13, apply_ipcp),
	COMMAND("ppp ipcp route default", 14, apply_ipcp),
	/* The peer's MRU is always heeded; methods that are not built are refused as they are
	 * offered; a Dialer's address has no mask to ask for. */
	KEPT("ppp mtu adaptive [proxy]", 15),
	KEPT("ppp {eap|ms-chap|ms-chap-v2} refuse [callin]", 5),
	KEPT("ppp chap {wait|ignoreus}", 3),
	KEPT("ppp ipcp mask <rest:LINE>", 16),
	KEPT("ppp ipcp {dns|wins} {accept|reject}", 16),
	KEPT("ppp ipcp wins request [accept]", 16),
	KEPT("ppp ipcp address {required|unique}", 16),
	KEPT("ppp ipcp ignore-map", 16),
	KEPT("ppp {accm|lcp|link|max-bad-auth} <rest:LINE>", 17),
	KEPT("ppp timeout idle <rest:LINE>", 11),
	COMMAND("ppp {bridge|encrypt|iphc|multilink|quality|reliable-link} [<rest:LINE>]", 18,
		refuse),
	{ .mode = NULL },
};

const struct cli_topic cli_ppp_topic = { .commands = commands };
