/* SPDX-License-Identifier: BSD-3-Clause */
/* Access lists, numbered (`access-list 1 ...`) and named (`ip access-list ...`). */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands/commands.h"
#include "control/core/format.h"

#define STD_NUMBER "{<list:1-99>|<list:1300-1999>}"
#define EXT_NUMBER "{<list:100-199>|<list:2000-2699>}"
#define SEQ	   "[<seq:1-2147483647>] "
#define ACTION	   "<action:permit|deny> "
#define ADDRESS	   "{any|host <address:A.B.C.D>|<address:A.B.C.D> <wildcard:WILDCARD>} "

#define TCP_NAME                                                                                   \
	"<port:bgp|chargen|cmd|connectedapps-plain|connectedapps-tls|daytime|discard|domain|drip|" \
	"echo|exec|finger|ftp|ftp-data|gopher|hostname|ident|irc|klogin|kshell|login|lpd|msrpc|"   \
	"nntp|onep-plain|onep-tls|pim-auto-rp|pop2|pop3|smtp|sunrpc|syslog|tacacs|talk|telnet|"    \
	"time|uucp|whois|www>"
#define UDP_NAME                                                                                   \
	"<port:biff|bootpc|bootps|discard|dnsix|domain|echo|isakmp|mobile-ip|nameserver|"          \
	"netbios-dgm|netbios-ns|netbios-ss|non500-isakmp|ntp|pim-auto-rp|rip|snmp|snmptrap|"       \
	"sunrpc|syslog|tacacs|talk|tftp|time|who|xdmcp>"
#define TCP_PORT "{<port:0-65535>|" TCP_NAME "}"
#define UDP_PORT "{<port:0-65535>|" UDP_NAME "}"
#define TCP_PORTS                                                                                  \
	"[eq " TCP_PORT "... |neq " TCP_PORT                                                       \
	"... |gt <port:0-65534>|lt <port:1-65535>|range " TCP_PORT " " TCP_PORT "] "
#define UDP_PORTS                                                                                  \
	"[eq " UDP_PORT "... |neq " UDP_PORT                                                       \
	"... |gt <port:0-65534>|lt <port:1-65535>|range " UDP_PORT " " UDP_PORT "] "
#define ICMP_TYPE                                                                                  \
	"[<message:administratively-prohibited|alternate-address|conversion-error|"                \
	"dod-host-prohibited|dod-net-prohibited|echo|echo-reply|general-parameter-problem|"        \
	"host-isolated|host-precedence-unreachable|host-redirect|host-tos-redirect|"               \
	"host-tos-unreachable|host-unknown|host-unreachable|information-reply|"                    \
	"information-request|mask-reply|mask-request|net-redirect|net-tos-redirect|"               \
	"net-tos-unreachable|net-unreachable|network-unknown|no-room-for-option|option-missing|"   \
	"packet-too-big|parameter-problem|port-unreachable|precedence-unreachable|"                \
	"protocol-unreachable|reassembly-timeout|redirect|router-advertisement|"                   \
	"router-solicitation|source-quench|source-route-failed|time-exceeded|timestamp-reply|"     \
	"timestamp-request|traceroute|ttl-exceeded|unreachable>|<type:0-255> [<code:0-255>]] "
#define PROTOCOL "{<protocol:ip|ahp|eigrp|esp|gre|igmp|ipinip|nos|ospf|pcp|pim>|<protocol:0-255>} "

/* What IOS matches besides, and this platform does not: refused in words. */
#define UNBUILT "dscp|option|precedence|reflect|time-range|tos|ttl"
#define OPTIONS "fragments|log|log-input) [<unbuilt:" UNBUILT "> <rest:LINE>]"
#define TCP_OPTIONS                                                                                \
	"(established|fragments|log|log-input) [<unbuilt:" UNBUILT                                 \
	"|ack|fin|match-all|match-any|psh|rst|syn|urg> [<rest:LINE>]]"

#define STANDARD ACTION "{any|host <address:A.B.C.D>|<address:A.B.C.D> [<wildcard:WILDCARD>]} [log]"
#define TCP	 ACTION "tcp " ADDRESS TCP_PORTS ADDRESS TCP_PORTS TCP_OPTIONS
#define UDP	 ACTION "udp " ADDRESS UDP_PORTS ADDRESS UDP_PORTS "(" OPTIONS
#define ICMP	 ACTION "icmp " ADDRESS ADDRESS ICMP_TYPE "(" OPTIONS
#define OTHER	 ACTION PROTOCOL ADDRESS ADDRESS "(" OPTIONS

/* Groups of addresses or services in place of either. */
#define GROUPS                                                                                     \
	ACTION "{object-group <rest:LINE>|{tcp|udp|icmp|" PROTOCOL "} {object-group <rest:LINE>|"  \
	       "{any|host <address:A.B.C.D>|<address:A.B.C.D> <wildcard:WILDCARD>} "               \
	       "object-group <rest:LINE>}}"

/* The words of a line one after the other. */
struct walk {
	const struct cli_args *args;
	unsigned at;
};

static const struct cli_value *peek(const struct walk *w)
{
	return w->at < w->args->count ? &w->args->value[w->at] : NULL;
}

static bool next_is(struct walk *w, const char *word)
{
	const struct cli_value *v = peek(w);

	if (v == NULL || v->type != CLI_TYPE_KEYWORD || strcmp(v->text, word) != 0)
		return false;
	w->at++;
	return true;
}

static bool next_named(const struct walk *w, const char *name)
{
	const struct cli_value *v = peek(w);

	return v != NULL && strcmp(v->name, name) == 0;
}

static void read_address(struct walk *w, bw_ip4 *addr, bw_ip4 *wild)
{
	*addr = 0;
	*wild = UINT32_MAX;
	if (next_is(w, "any"))
		return;
	next_is(w, "host");
	*addr = w->args->value[w->at++].address.s_addr;
	*wild = 0;
	if (next_named(w, "wildcard"))
		*wild = w->args->value[w->at++].address.s_addr;
	*addr &= ~*wild;
}

static uint16_t read_port(struct walk *w, int proto)
{
	const struct cli_value *v = &w->args->value[w->at++];

	if (v->type == CLI_TYPE_NUMBER)
		return (uint16_t)v->number;
	return (uint16_t)acl_port_number(proto, v->text);
}

static bool has_port(const struct acl_ports *ports, uint16_t port)
{
	for (unsigned i = 0; i < ports->n; i++)
		if (ports->port[i] == port)
			return true;
	return false;
}

/* Those of `eq` and `neq`, each once. False: there are more than an entry holds. */
static bool read_port_list(struct walk *w, int proto, struct acl_ports *ports)
{
	bool fits = true;

	while (next_named(w, "port")) {
		uint16_t port = read_port(w, proto);

		if (has_port(ports, port))
			continue;
		if (ports->n < ACL_PORTS_MAX)
			ports->port[ports->n++] = port;
		else
			fits = false;
	}
	return fits;
}

/* The lower one first; `range 80 80` is `eq 80`. */
static void read_range(struct walk *w, int proto, struct acl_ports *ports)
{
	uint16_t a = read_port(w, proto), b = read_port(w, proto);

	ports->port[0] = a < b ? a : b;
	ports->port[1] = a < b ? b : a;
	ports->n = a == b ? 1 : 2;
	if (a == b)
		ports->op = ACL_PORT_EQ;
}

static bool read_ports(struct walk *w, int proto, struct acl_ports *ports)
{
	static const struct {
		const char *word;
		enum acl_port_op op;
	} ops[] = {
		{ "eq", ACL_PORT_EQ },
		{ "neq", ACL_PORT_NEQ },
		{ "gt", ACL_PORT_GT },
		{ "lt", ACL_PORT_LT },
		{ "range", ACL_PORT_RANGE },
	};

	for (unsigned i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (!next_is(w, ops[i].word))
			continue;
		ports->op = ops[i].op;
		if (ports->op != ACL_PORT_RANGE)
			return read_port_list(w, proto, ports);
		read_range(w, proto, ports);
	}
	return true;
}

static void read_icmp(struct walk *w, struct acl_entry *e)
{
	int type, code;

	if (next_named(w, "message")) {
		if (acl_icmp_number(w->args->value[w->at++].text, &type, &code) == 0) {
			e->icmp_type = (int16_t)type;
			e->icmp_code = (int16_t)code;
		}
		return;
	}
	if (next_named(w, "type"))
		e->icmp_type = (int16_t)w->args->value[w->at++].number;
	if (next_named(w, "code"))
		e->icmp_code = (int16_t)w->args->value[w->at++].number;
}

static int16_t read_protocol(struct walk *w)
{
	const struct cli_value *v = &w->args->value[w->at++];

	if (v->type == CLI_TYPE_NUMBER) /* 0 stands for any */
		return v->number == 0 ? ACL_PROTO_IP : (int16_t)v->number;
	for (int proto = 0; proto < 256; proto++) {
		const char *name = acl_proto_name(proto);

		if (name != NULL && strcmp(name, v->text) == 0)
			return (int16_t)proto;
	}
	return ACL_PROTO_IP;
}

/* What a line says, its texts borrowed. False: it has more ports than an entry holds. */
static bool read_entry(const struct cli_args *args, bool extended, struct acl_entry *e)
{
	struct walk w = { .args = args };
	bool fits = true;

	memset(e, 0, sizeof(*e));
	e->icmp_type = e->icmp_code = -1;
	e->proto = ACL_PROTO_IP;
	e->dst_wild = UINT32_MAX;
	e->seq = (uint32_t)cli_arg_number(args, "seq", 0);
	if (cli_has(args, "text")) {
		e->is_remark = true;
		e->remark = (char *)cli_arg_text(args, "text");
		return true;
	}
	while (!next_named(&w, "action"))
		w.at++;
	e->permit = strcmp(args->value[w.at++].text, "permit") == 0;
	e->line = strstr(args->line, e->permit ? "permit" : "deny");
	if (extended)
		e->proto = read_protocol(&w);
	read_address(&w, &e->src, &e->src_wild);
	if (extended) {
		fits = read_ports(&w, e->proto, &e->sport);
		read_address(&w, &e->dst, &e->dst_wild);
		fits = read_ports(&w, e->proto, &e->dport) && fits;
		read_icmp(&w, e);
	}
	e->established = cli_has(args, "established");
	e->fragments = cli_has(args, "fragments");
	e->log_input = cli_has(args, "log-input");
	e->log = e->log_input || cli_has(args, "log");
	return fits;
}

static bool is_extended(const struct cli_args *args)
{
	return cli_has(args, "list") &&
	       acl_number_sort((unsigned)cli_arg_number(args, "list", 0)) > 0;
}

/* The entry after `access-list N ` or a sequence number, in the one spelling that is kept. */
static int print_entry(const struct acl_entry *e, bool extended, char *buf, size_t size)
{
	char src[FORMAT_IP_SIZE], wild[FORMAT_IP_SIZE];
	const struct acl shape = { .extended = true };
	const char *verb = e->permit ? "permit" : "deny", *log = e->log ? " log" : "";

	if (extended || e->is_remark)
		return acl_format(&shape, e, buf, size);
	if (e->src_wild == UINT32_MAX)
		return snprintf(buf, size, "%s any%s", verb, log);
	if (e->src_wild == 0)
		return snprintf(buf, size, "%s %s%s", verb, format_ip(e->src, src), log);
	return snprintf(buf, size, "%s %s %s%s", verb, format_ip(e->src, src),
		format_ip(e->src_wild, wild), log);
}

/* What stands before the entry stays as it is, and so does what will be refused. */
static int normal_entry(const struct cli_args *args, bool extended, char *buf, size_t size)
{
	struct acl_entry e;
	int before, len;

	if (!read_entry(args, extended, &e) || cli_has(args, "unbuilt"))
		return snprintf(buf, size, "%s", args->line);
	before = e.is_remark ? (int)(strstr(args->line, "remark ") - args->line)
			     : (int)(e.line - args->line);
	len = snprintf(buf, size, "%.*s", before, args->line);
	return len + ((size_t)len < size ? print_entry(&e, extended, buf + len, size - (size_t)len)
					 : print_entry(&e, extended, NULL, 0));
}

static int normal_numbered(const struct cli_args *args, char *buf, size_t size)
{
	return normal_entry(args, is_extended(args), buf, size);
}

static int normal_standard(const struct cli_args *args, char *buf, size_t size)
{
	return normal_entry(args, false, buf, size);
}

static int normal_extended(const struct cli_args *args, char *buf, size_t size)
{
	return normal_entry(args, true, buf, size);
}

/* `deny` takes as much room as `permit`, so that addresses stand below one another. */
static int render_entry(const struct cli_args *args, char *buf, size_t size)
{
	const char *verb = strstr(args->line, "deny ");
	int before = verb != NULL ? (int)(verb - args->line + sizeof("deny")) : 0;

	if (!cli_has(args, "deny"))
		return snprintf(buf, size, "%s", args->line);
	return snprintf(buf, size, "%.*s  %s", before, args->line, args->line + before);
}

static int add_entry(struct cli_ctx *ctx, struct acl *acl, const struct acl_entry *e)
{
	switch (acl_add(acl, e)) {
	case 0:
		return 0;
	case -EEXIST:
		if (e->seq != 0 && acl_entry_at(acl, e->seq) != NULL)
			return cli_fail(ctx, "%% Duplicate sequence number");
		return cli_fail(ctx, "%% The same entry is in the list already");
	case -ERANGE:
		return cli_fail(ctx, "%% No sequence number is left at the end of the list");
	default:
		return -ENOMEM;
	}
}

static int remove_entry(struct cli_ctx *ctx, struct acl *acl, const struct acl_entry *e)
{
	/* When a file replaces the configuration, all entries are entered anew. */
	if (acl == NULL || acl_remove(acl, e, ctx->typed == NULL) != -EBUSY)
		return 0;
	return cli_fail(ctx,
		"%% The order of the numbered entries of this list depends on the entry: remove "
		"those first");
}

/* 0, or refused: more than can be matched. */
static int check_entry(struct cli_ctx *ctx, const struct cli_args *args, bool fits)
{
	if (cli_has(args, "unbuilt"))
		return cli_fail(ctx, "%% Matching by %s is not supported on this platform",
			cli_arg_text(args, "unbuilt"));
	return fits ? 0 : cli_fail(ctx, "%% An entry holds no more than %d ports", ACL_PORTS_MAX);
}

static int apply_numbered(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct acl_table *acls = &cmd_control(ctx)->acls;
	const char *name = cli_arg_text(args, "list");
	bool extended = is_extended(args);
	struct acl_entry e;
	struct acl *acl;
	int err = check_entry(ctx, args, read_entry(args, extended, &e));

	if (err != 0)
		return op == CLI_SET ? err : 0;
	if (op == CLI_SET) {
		if ((err = acl_create(acls, name, extended, &acl)) != 0)
			return err;
		return add_entry(ctx, acl, &e);
	}
	acl = acl_find(acls, name);
	err = remove_entry(ctx, acl, &e);
	if (err == 0 && acl != NULL && acl->n == 0 && !acl->is_block)
		acl_delete(acl);
	return err;
}

static bool is_number(const char *name)
{
	return name[strspn(name, "0123456789")] == '\0';
}

static int apply_list(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	bool extended = cli_has(args, "extended");
	struct acl_table *acls = &cmd_control(ctx)->acls;
	const char *name = cli_arg_text(args, "name");
	struct acl *acl = acl_find(acls, name);

	if (op == CLI_UNSET) {
		if (acl != NULL)
			acl_leave_block(acl);
		/* A number's entries may have been typed either way: all of them go. */
		return is_number(name) && ctx->typed != NULL
			       ? cli_imply(ctx, "no access-list %s", name)
			       : 0;
	}
	switch (acl_create(acls, name, extended, &acl)) {
	case 0:
		acl->is_block = true;
		return 0;
	case -EINVAL:
		return cli_fail_at(ctx, "name");
	case -EEXIST:
		return cli_fail(ctx, "%% A named access list with this name already exists");
	case -ENAMETOOLONG:
		return cli_fail_at(ctx, "name");
	default:
		return -ENOMEM;
	}
}

/* What was entered below `ip access-list` is of the same list. */
static int apply_whole_number(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	const char *name = cli_arg_text(args, "list");

	return op == CLI_SET ? cli_fail(ctx, "%% Incomplete command.")
			     : cli_imply(ctx, "no ip access-list %s %s",
				       is_extended(args) ? "extended" : "standard", name);
}

static struct acl *parent_list(const struct cli_ctx *ctx)
{
	return acl_find(&cmd_control(ctx)->acls, cli_arg_text(cli_parent(ctx, 1), "name"));
}

static int apply_named(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	struct acl *acl = parent_list(ctx);
	struct acl_entry e;
	int err = check_entry(ctx, args, read_entry(args, acl->extended, &e));

	if (err != 0)
		return op == CLI_SET ? err : 0;
	e.in_block = true;
	return op == CLI_SET ? add_entry(ctx, acl, &e) : remove_entry(ctx, acl, &e);
}

static int refuse_groups(struct cli_ctx *ctx, const struct cli_args *, enum cli_op op)
{
	return op == CLI_UNSET ? 0 : cli_fail(ctx, "%% object-group is not supported here");
}

static int refuse_resequence(struct cli_ctx *ctx, const struct cli_args *, enum cli_op op)
{
	if (op == CLI_UNSET)
		return 0;
	return cli_fail(ctx, "%% Entries keep the numbers that were typed: resequencing is not "
			     "supported");
}

/* `no 10`: the line of that number, which may have been typed without it. */
static int apply_number(struct cli_ctx *ctx, const struct cli_args *args, enum cli_op op)
{
	const struct acl_entry *e =
		acl_entry_at(parent_list(ctx), (uint32_t)cli_arg_number(args, "seq", 0));

	if (op == CLI_SET)
		return cli_fail(ctx, "%% Incomplete command.");
	if (e == NULL)
		return cli_fail(ctx, "%% No entry with this sequence number");
	if (e->is_remark)
		return cli_imply(ctx, "no remark %s", e->remark);
	if (e->numbered)
		return cli_imply(ctx, "no %u %s", e->seq, e->line);
	return cli_imply(ctx, "no %s", e->line);
}

static const struct cli_help help[] = {
	{ "access-list", "Add an access list entry" },
	{ "list", "IP access list number" },
	{ "ip", "Any Internet Protocol" },
	{ "standard", "Standard Access List" },
	{ "extended", "Extended Access List" },
	{ "permit", "Specify packets to forward" },
	{ "deny", "Specify packets to reject" },
	{ "remark", "Access list entry comment" },
	{ "text", "Comment up to 100 characters" },
	{ "name", "Access list name" },
	{ "seq", "Sequence number" },
	{ "any", "Any host" },
	{ "host", "A single host" },
	{ "address", "Address" },
	{ "wildcard", "Wildcard bits" },
	{ "log", "Log matches against this entry" },
	{ "log-input", "Log matches against this entry, including input interface" },
	{ "object-group", "Object group" },
	{ "resequence", "Resequence Access List" },
	{ "start", "Starting Sequence Number" },
	{ "step", "Step to increment the sequence number" },
	{ "tcp", "Transmission Control Protocol" },
	{ "udp", "User Datagram Protocol" },
	{ "icmp", "Internet Control Message Protocol" },
	{ "ahp", "Authentication Header Protocol" },
	{ "eigrp", "Cisco's EIGRP routing protocol" },
	{ "esp", "Encapsulation Security Payload" },
	{ "gre", "Cisco's GRE tunneling" },
	{ "igmp", "Internet Gateway Message Protocol" },
	{ "ipinip", "IP in IP tunneling" },
	{ "nos", "KA9Q NOS compatible IP over IP tunneling" },
	{ "ospf", "OSPF routing protocol" },
	{ "pcp", "Payload Compression Protocol" },
	{ "pim", "Protocol Independent Multicast" },
	{ "protocol", "An IP protocol number" },
	{ "eq", "Match only packets on a given port number" },
	{ "neq", "Match only packets not on a given port number" },
	{ "gt", "Match only packets with a greater port number" },
	{ "lt", "Match only packets with a lower port number" },
	{ "range", "Match only packets in the range of port numbers" },
	{ "port", "Port number" },
	{ "established", "Match established connections" },
	{ "fragments", "Check non-initial fragments" },
	{ "type", "ICMP message type" },
	{ "code", "ICMP message code" },
	{ NULL, NULL },
};

static const struct cli_mode modes[] = {
	{ .name = "config-std-nacl",
		.prompt = "(config-std-nacl)",
		.parent = "config",
		.joined = true },
	{ .name = "config-ext-nacl",
		.prompt = "(config-ext-nacl)",
		.parent = "config",
		.joined = true },
	{ .name = NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "config",
		.syntax = "access-list " STD_NUMBER " " STANDARD,
		.help = help,
		.key = "*",
		.flags = CLI_ORDERED,
		.sort = "list",
		.rank = RANK_LIST,
		.apply = apply_numbered,
		.normal = normal_numbered,
		.render = render_entry,
	},
	{
		.mode = "config",
		.syntax = "access-list " EXT_NUMBER " " TCP,
		.help = help,
		.key = "*",
		.flags = CLI_ORDERED,
		.sort = "list",
		.rank = RANK_LIST,
		.apply = apply_numbered,
		.normal = normal_numbered,
		.render = render_entry,
	},
	{
		.mode = "config",
		.syntax = "access-list " EXT_NUMBER " " UDP,
		.help = help,
		.key = "*",
		.flags = CLI_ORDERED,
		.sort = "list",
		.rank = RANK_LIST,
		.apply = apply_numbered,
		.normal = normal_numbered,
		.render = render_entry,
	},
	{
		.mode = "config",
		.syntax = "access-list " EXT_NUMBER " " ICMP,
		.help = help,
		.key = "*",
		.flags = CLI_ORDERED,
		.sort = "list",
		.rank = RANK_LIST,
		.apply = apply_numbered,
		.normal = normal_numbered,
		.render = render_entry,
	},
	{
		.mode = "config",
		.syntax = "access-list " EXT_NUMBER " " OTHER,
		.help = help,
		.key = "*",
		.flags = CLI_ORDERED,
		.sort = "list",
		.rank = RANK_LIST,
		.apply = apply_numbered,
		.normal = normal_numbered,
		.render = render_entry,
	},
	{
		.mode = "config",
		.syntax = "access-list " STD_NUMBER " remark <text:LINE>",
		.help = help,
		.key = "*",
		.flags = CLI_ORDERED,
		.sort = "list",
		.rank = RANK_LIST,
		.apply = apply_numbered,
		.normal = normal_numbered,
		.render = render_entry,
	},
	{
		.mode = "config",
		.syntax = "access-list " EXT_NUMBER " remark <text:LINE>",
		.help = help,
		.key = "*",
		.flags = CLI_ORDERED,
		.sort = "list",
		.rank = RANK_LIST,
		.apply = apply_numbered,
		.normal = normal_numbered,
		.render = render_entry,
	},
	{
		.mode = "config",
		.syntax = "access-list {<list:1-199>|<list:1300-2699>}",
		.help = help,
		.flags = CLI_NO_PREFIX,
		.apply = apply_whole_number,
	},
	{
		.mode = "config",
		.syntax = "ip access-list standard <name:WORD>",
		.help = help,
		.key = "name",
		.sort = "name",
		.enters = "config-std-nacl",
		.rank = RANK_NAMED_LIST - 1,
		.apply = apply_list,
	},
	{
		.mode = "config",
		.syntax = "ip access-list extended <name:WORD>",
		.help = help,
		.key = "name",
		.sort = "name",
		.enters = "config-ext-nacl",
		.rank = RANK_NAMED_LIST,
		.apply = apply_list,
	},
	{
		.mode = "config-std-nacl",
		.syntax = SEQ STANDARD,
		.help = help,
		.key = "*",
		.flags = CLI_ORDERED,
		.apply = apply_named,
		.normal = normal_standard,
		.render = render_entry,
	},
	{
		.mode = "config-ext-nacl",
		.syntax = SEQ TCP,
		.help = help,
		.key = "*",
		.flags = CLI_ORDERED,
		.apply = apply_named,
		.normal = normal_extended,
		.render = render_entry,
	},
	{
		.mode = "config-ext-nacl",
		.syntax = SEQ UDP,
		.help = help,
		.key = "*",
		.flags = CLI_ORDERED,
		.apply = apply_named,
		.normal = normal_extended,
		.render = render_entry,
	},
	{
		.mode = "config-ext-nacl",
		.syntax = SEQ ICMP,
		.help = help,
		.key = "*",
		.flags = CLI_ORDERED,
		.apply = apply_named,
		.normal = normal_extended,
		.render = render_entry,
	},
	{
		.mode = "config-ext-nacl",
		.syntax = SEQ OTHER,
		.help = help,
		.key = "*",
		.flags = CLI_ORDERED,
		.apply = apply_named,
		.normal = normal_extended,
		.render = render_entry,
	},
	{
		.mode = "config",
		.syntax = "access-list " EXT_NUMBER " " GROUPS,
		.help = help,
		.flags = CLI_HIDDEN,
		.apply = refuse_groups,
	},
	{
		.mode = "config-ext-nacl",
		.syntax = SEQ GROUPS,
		.help = help,
		.flags = CLI_HIDDEN,
		.apply = refuse_groups,
	},
	{
		.mode = "config",
		.syntax = "ip access-list resequence <name:WORD> [<start:1-2147483647> "
			  "<step:1-2147483647>]",
		.help = help,
		.apply = refuse_resequence,
	},
	{
		.mode = "config-std-nacl config-ext-nacl",
		.syntax = "remark <text:LINE>",
		.help = help,
		.key = "*",
		.flags = CLI_ORDERED,
		.apply = apply_named,
	},
	{
		.mode = "config-std-nacl config-ext-nacl",
		.syntax = "<seq:1-2147483647>",
		.help = help,
		.key = "seq",
		.flags = CLI_UNSET_ABSENT,
		.apply = apply_number,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_access_list_topic = { .modes = modes, .commands = commands };
