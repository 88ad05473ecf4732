/* SPDX-License-Identifier: BSD-3-Clause */
/* Access list entries in words, and the names that IOS has for ports, protocols and ICMP. */
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "control/acl/acl.h"
#include "control/core/format.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

struct name {
	const char *name;
	uint16_t number;
};

static const struct name tcp_port[] = {
	{ "bgp", 179 },
	{ "chargen", 19 },
	{ "cmd", 514 },
	{ "daytime", 13 },
	{ "discard", 9 },
	{ "domain", 53 },
	{ "echo", 7 },
	{ "exec", 512 },
	{ "finger", 79 },
	{ "ftp", 21 },
	{ "ftp-data", 20 },
	{ "gopher", 70 },
	{ "hostname", 101 },
	{ "ident", 113 },
	{ "irc", 194 },
	{ "klogin", 543 },
	{ "kshell", 544 },
	{ "login", 513 },
	{ "lpd", 515 },
	{ "msrpc", 135 },
	{ "nntp", 119 },
	{ "pim-auto-rp", 496 },
	{ "pop2", 109 },
	{ "pop3", 110 },
	{ "smtp", 25 },
	{ "sunrpc", 111 },
	{ "tacacs", 49 },
	{ "talk", 517 },
	{ "telnet", 23 },
	{ "time", 37 },
	{ "uucp", 540 },
	{ "whois", 43 },
	{ "www", 80 },
	/* by number the names above are printed */
	{ "drip", 3949 },
	{ "connectedapps-plain", 15001 },
	{ "connectedapps-tls", 15002 },
	{ "onep-plain", 15001 },
	{ "onep-tls", 15002 },
	{ "syslog", 514 },
};

static const struct name udp_port[] = {
	{ "biff", 512 },
	{ "bootpc", 68 },
	{ "bootps", 67 },
	{ "discard", 9 },
	{ "dnsix", 195 },
	{ "domain", 53 },
	{ "echo", 7 },
	{ "isakmp", 500 },
	{ "mobile-ip", 434 },
	{ "nameserver", 42 },
	{ "netbios-dgm", 138 },
	{ "netbios-ns", 137 },
	{ "netbios-ss", 139 },
	{ "non500-isakmp", 4500 },
	{ "ntp", 123 },
	{ "pim-auto-rp", 496 },
	{ "rip", 520 },
	{ "snmp", 161 },
	{ "snmptrap", 162 },
	{ "sunrpc", 111 },
	{ "syslog", 514 },
	{ "tacacs", 49 },
	{ "talk", 517 },
	{ "tftp", 69 },
	{ "time", 37 },
	{ "who", 513 },
	{ "xdmcp", 177 },
};

static const struct name protocol[] = {
	{ "ahp", 51 },
	{ "eigrp", 88 },
	{ "esp", 50 },
	{ "gre", 47 },
	{ "icmp", 1 },
	{ "igmp", 2 },
	{ "ipinip", 4 },
	{ "nos", 94 },
	{ "ospf", 89 },
	{ "pcp", 108 },
	{ "pim", 103 },
	{ "tcp", 6 },
	{ "udp", 17 },
};

/* A code of -1 stands for every code. */
static const struct {
	const char *name;
	int16_t type, code;
} icmp[] = {
	{ "administratively-prohibited", 3, 13 },
	{ "alternate-address", 6, -1 },
	{ "conversion-error", 31, -1 },
	{ "dod-host-prohibited", 3, 10 },
	{ "dod-net-prohibited", 3, 9 },
	{ "echo", 8, -1 },
	{ "echo-reply", 0, -1 },
	{ "general-parameter-problem", 12, 0 },
	{ "host-isolated", 3, 8 },
	{ "host-precedence-unreachable", 3, 14 },
	{ "host-redirect", 5, 1 },
	{ "host-tos-redirect", 5, 3 },
	{ "host-tos-unreachable", 3, 12 },
	{ "host-unknown", 3, 7 },
	{ "host-unreachable", 3, 1 },
	{ "information-reply", 16, -1 },
	{ "information-request", 15, -1 },
	{ "mask-reply", 18, -1 },
	{ "mask-request", 17, -1 },
	{ "net-redirect", 5, 0 },
	{ "net-tos-redirect", 5, 2 },
	{ "net-tos-unreachable", 3, 11 },
	{ "net-unreachable", 3, 0 },
	{ "network-unknown", 3, 6 },
	{ "no-room-for-option", 12, 2 },
	{ "option-missing", 12, 1 },
	{ "packet-too-big", 3, 4 },
	{ "parameter-problem", 12, -1 },
	{ "port-unreachable", 3, 3 },
	{ "precedence-unreachable", 3, 15 },
	{ "protocol-unreachable", 3, 2 },
	{ "reassembly-timeout", 11, 1 },
	{ "redirect", 5, -1 },
	{ "router-advertisement", 9, -1 },
	{ "router-solicitation", 10, -1 },
	{ "source-quench", 4, -1 },
	{ "source-route-failed", 3, 5 },
	{ "time-exceeded", 11, -1 },
	{ "timestamp-reply", 14, -1 },
	{ "timestamp-request", 13, -1 },
	{ "traceroute", 30, -1 },
	{ "ttl-exceeded", 11, 0 },
	{ "unreachable", 3, -1 },
};

static const char *name_of(const struct name *table, size_t n, unsigned number)
{
	for (size_t i = 0; i < n; i++)
		if (table[i].number == number)
			return table[i].name;
	return NULL;
}

const char *acl_port_name(int proto, uint16_t port)
{
	if (proto == IPPROTO_TCP)
		return name_of(tcp_port, LENGTH(tcp_port), port);
	return name_of(udp_port, LENGTH(udp_port), port);
}

int acl_port_number(int proto, const char *name)
{
	const struct name *table = proto == IPPROTO_TCP ? tcp_port : udp_port;
	size_t n = proto == IPPROTO_TCP ? LENGTH(tcp_port) : LENGTH(udp_port);

	for (size_t i = 0; i < n; i++)
		if (strcmp(table[i].name, name) == 0)
			return table[i].number;
	return -1;
}

const char *acl_proto_name(int proto)
{
	return name_of(protocol, LENGTH(protocol), (unsigned)proto);
}

const char *acl_icmp_name(int type, int code)
{
	for (size_t i = 0; i < LENGTH(icmp); i++)
		if (icmp[i].type == type && icmp[i].code == code)
			return icmp[i].name;
	return NULL;
}

int acl_icmp_number(const char *name, int *type, int *code)
{
	for (size_t i = 0; i < LENGTH(icmp); i++)
		if (strcmp(icmp[i].name, name) == 0) {
			*type = icmp[i].type;
			*code = icmp[i].code;
			return 0;
		}
	return -1;
}

/* Appends like snprintf; `len` goes on counting when the buffer is full. */
struct text {
	char *buf;
	size_t size;
	int len;
};

static void add(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct text *t, const char *format, ...)
{
	size_t used = (size_t)t->len < t->size ? (size_t)t->len : t->size;
	va_list ap;

	va_start(ap, format);
	t->len += vsnprintf(t->buf + used, t->size - used, format, ap);
	va_end(ap);
}

static void add_address(struct text *t, bw_ip4 addr, bw_ip4 wild)
{
	char a[FORMAT_IP_SIZE], w[FORMAT_IP_SIZE];

	if (wild == UINT32_MAX)
		add(t, " any");
	else if (wild == 0)
		add(t, " host %s", format_ip(addr, a));
	else
		add(t, " %s %s", format_ip(addr, a), format_ip(wild, w));
}

static void add_port(struct text *t, int proto, uint16_t port)
{
	const char *name = acl_port_name(proto, port);

	if (name != NULL)
		add(t, " %s", name);
	else
		add(t, " %u", port);
}

static void add_ports(struct text *t, int proto, const struct acl_ports *p)
{
	static const char *const word[] = {
		[ACL_PORT_EQ] = "eq",
		[ACL_PORT_NEQ] = "neq",
		[ACL_PORT_GT] = "gt",
		[ACL_PORT_LT] = "lt",
		[ACL_PORT_RANGE] = "range",
	};

	if (p->op == ACL_PORT_ANY)
		return;
	add(t, " %s", word[p->op]);
	for (unsigned i = 0; i < p->n; i++)
		add_port(t, proto, p->port[i]);
}

static void add_icmp(struct text *t, const struct acl_entry *e)
{
	const char *name = acl_icmp_name(e->icmp_type, e->icmp_code);

	if (e->icmp_type < 0)
		return;
	if (name != NULL)
		add(t, " %s", name);
	else if (e->icmp_code >= 0)
		add(t, " %d %d", e->icmp_type, e->icmp_code);
	else
		add(t, " %d", e->icmp_type);
}

static void add_extended(struct text *t, const struct acl_entry *e)
{
	const char *name = acl_proto_name(e->proto);

	if (e->proto == ACL_PROTO_IP)
		add(t, " ip");
	else if (name != NULL)
		add(t, " %s", name);
	else
		add(t, " %d", e->proto);
	add_address(t, e->src, e->src_wild);
	add_ports(t, e->proto, &e->sport);
	add_address(t, e->dst, e->dst_wild);
	add_ports(t, e->proto, &e->dport);
	add_icmp(t, e);
	if (e->established)
		add(t, " established");
	if (e->fragments)
		add(t, " fragments");
}

/* `show access-lists` writes "192.168.20.0, wildcard bits 0.0.0.255" for standard lists. */
static void add_standard(struct text *t, const struct acl_entry *e)
{
	char a[FORMAT_IP_SIZE], w[FORMAT_IP_SIZE];

	if (e->src_wild == UINT32_MAX)
		add(t, " any");
	else if (e->src_wild == 0)
		add(t, " %s", format_ip(e->src, a));
	else
		add(t, " %s, wildcard bits %s", format_ip(e->src, a), format_ip(e->src_wild, w));
}

int acl_format(const struct acl *acl, const struct acl_entry *e, char *buf, size_t size)
{
	struct text t = { .buf = buf, .size = size };

	if (e->is_remark) {
		add(&t, "remark %s", e->remark);
		return t.len;
	}
	add(&t, "%s", e->permit ? "permit" : "deny");
	if (acl->extended)
		add_extended(&t, e);
	else
		add_standard(&t, e);
	if (e->log)
		add(&t, e->log_input ? " log-input" : " log");
	return t.len;
}
