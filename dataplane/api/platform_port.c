/* SPDX-License-Identifier: BSD-3-Clause */
#include "platform_parser.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#define MAX_RING      32768
#define SWITCHED_LAST 7 /* GigabitEthernet0-7 are the 891FJ's switch */

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static int take_number16(struct platform_parser *s, const char *what, const char *w, unsigned min,
	unsigned max, uint16_t *out)
{
	unsigned v;
	int err = platform_take_number(s, what, w, min, max, &v);

	if (err == 0)
		*out = (uint16_t)v;
	return err;
}

static const char *const port_type[] = {
	"Ethernet",
	"FastEthernet",
	"GigabitEthernet",
	"TenGigabitEthernet",
	"TwentyFiveGigE",
	"FortyGigabitEthernet",
	"HundredGigE",
};

/* One to three numbers between slashes, each as IOS prints it: 8, 0/1, 0/1/0. */
static bool is_port_number(const char *w)
{
	unsigned parts = 0;

	for (;;) {
		size_t digits = strspn(w, "0123456789");

		if (digits == 0 || digits > 3 || (digits > 1 && *w == '0') || ++parts > 3)
			return false;
		w += digits;
		if (*w == '\0')
			return true;
		if (*w++ != '/')
			return false;
	}
}

static bool is_port_name(const char *w)
{
	size_t letters = strcspn(w, "0123456789");

	if (strlen(w) >= BW_NAME_LEN)
		return false;
	for (size_t i = 0; i < LENGTH(port_type); i++) {
		if (strlen(port_type[i]) == letters && strncmp(w, port_type[i], letters) == 0)
			return is_port_number(w + letters);
	}
	return false;
}

/* A switch port unless the line says otherwise: the 891FJ's eight. */
static bool is_switch_name(const char *name)
{
	static const char type[] = "GigabitEthernet";
	uint64_t n;

	return strncmp(name, type, sizeof(type) - 1) == 0 &&
	       platform_read_decimal(name + sizeof(type) - 1, SWITCHED_LAST, &n);
}

static int set_device(struct platform_parser *s, char device[108], const char *w)
{
	if (strlen(w) >= 108)
		return platform_bad(s, "'%.40s...' is too long (107 bytes at the most)", w);
	strcpy(device, w);
	return 0;
}

static int take_netdev(struct platform_parser *s, struct bw_platform_port *port, const char *w)
{
	if (strlen(w) >= IFNAMSIZ || strpbrk(w, "/:,") || !strcmp(w, ".") || !strcmp(w, ".."))
		return platform_bad(s, "'%.40s' is not a network device name", w);
	return set_device(s, port->device, w);
}

static int take_path(struct platform_parser *s, struct bw_platform_port *port, const char *w)
{
	/* it becomes part of a driver's argument list, which commas divide */
	if (strchr(w, ','))
		return platform_bad(s, "'%.40s': a comma cannot be in this path", w);
	return set_device(s, port->device, w);
}

static bool hex_field(const char **w, unsigned digits, char end, unsigned max)
{
	unsigned v = 0;

	for (unsigned i = 0; i < digits; i++, (*w)++) {
		char c = **w;

		if (c >= '0' && c <= '9')
			v = v * 16 + (unsigned)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			v = v * 16 + (unsigned)((c | 0x20) - 'a' + 10);
		else
			return false;
	}
	return *(*w)++ == end && v <= max;
}

/* 0000:01:10.0, or 01:10.0 which means the same; kept in the long form, in lower case. */
static int take_pci(struct platform_parser *s, struct bw_platform_port *port, const char *w)
{
	bool with_domain = strlen(w) > 4 && w[4] == ':';
	const char *at = w;

	if (!(with_domain ? hex_field(&at, 4, ':', 0xffff) : true) ||
		!hex_field(&at, 2, ':', 0xff) || !hex_field(&at, 2, '.', 0x1f) ||
		!hex_field(&at, 1, '\0', 7))
		return platform_bad(s, "'%.40s' is not a PCI address such as 0000:01:10.0", w);
	snprintf(port->device, sizeof(port->device), "%s%s", with_domain ? "" : "0000:", w);
	for (char *c = port->device; *c; c++) {
		if (*c >= 'A' && *c <= 'F')
			*c += 'a' - 'A';
	}
	return 0;
}

static const struct port_kind {
	const char *word;
	enum bw_port_kind kind;
	const char *device; /* what the word after it is; NULL = there is none */
	int (*take)(struct platform_parser *s, struct bw_platform_port *port, const char *w);
} port_kind[] = {
	{ "pci", BW_PORT_PCI, "a PCI address", take_pci },
	{ "af_packet", BW_PORT_AF_PACKET, "a network device", take_netdev },
	{ "af_xdp", BW_PORT_AF_XDP, "a network device", take_netdev },
	{ "memif", BW_PORT_MEMIF, "a socket's path", take_path },
	{ "tap", BW_PORT_TAP, "a network device", take_netdev },
	{ "pcap", BW_PORT_PCAP, "a file to read", take_path },
	{ "null", BW_PORT_NULL, NULL, NULL },
};

static int option_queues(struct platform_parser *s, struct bw_platform_port *port, const char *w)
{
	return take_number16(s, "queues", w, 1, BW_MAX_WORKERS, &port->queues);
}

static int option_ring(struct platform_parser *s, struct bw_platform_port *port, const char *w)
{
	int err = take_number16(s, "ring-size", w, 32, MAX_RING, &port->ring_size);

	if (err == 0 && (port->ring_size & (port->ring_size - 1)) != 0)
		return platform_bad(s, "ring-size must be a power of two, not %u", port->ring_size);
	return err;
}

static int option_role(struct platform_parser *s, struct bw_platform_port *port, const char *w)
{
	return platform_take_choice(s, "role", w, "server", "client", &port->memif_server);
}

static int option_id(struct platform_parser *s, struct bw_platform_port *port, const char *w)
{
	return take_number16(s, "id", w, 0, UINT16_MAX, &port->memif_id);
}

static int option_zero_copy(struct platform_parser *s, struct bw_platform_port *port, const char *w)
{
	return platform_take_choice(s, "zero-copy", w, "on", "off", &port->memif_zero_copy);
}

static int option_bsize(struct platform_parser *s, struct bw_platform_port *port, const char *w)
{
	return take_number16(s, "bsize", w, 512, UINT16_MAX, &port->memif_bsize);
}

static int option_out(struct platform_parser *s, struct bw_platform_port *port, const char *w)
{
	if (strchr(w, ','))
		return platform_bad(s, "'%.40s': a comma cannot be in this path", w);
	return set_device(s, port->device_out, w);
}

/* Kinds as bits, for the options that only some have. */
#define KIND(k)	 (1u << (k))
#define ANY_KIND (~0u)
#define HARDWARE (KIND(BW_PORT_PCI) | KIND(BW_PORT_AF_PACKET) | KIND(BW_PORT_AF_XDP))

static const struct port_option {
	const char *word;
	unsigned kinds;
	int (*take)(struct platform_parser *s, struct bw_platform_port *port, const char *w);
} port_option[] = {
	{ "queues", HARDWARE | KIND(BW_PORT_MEMIF) | KIND(BW_PORT_TAP), option_queues },
	{ "ring-size", HARDWARE | KIND(BW_PORT_MEMIF) | KIND(BW_PORT_TAP), option_ring },
	{ "role", KIND(BW_PORT_MEMIF), option_role },
	{ "id", KIND(BW_PORT_MEMIF), option_id },
	{ "zero-copy", KIND(BW_PORT_MEMIF), option_zero_copy },
	{ "bsize", KIND(BW_PORT_MEMIF), option_bsize },
	{ "out", KIND(BW_PORT_PCAP), option_out },
};

/* The words from `at` on: OPTION VALUE pairs. */
static int take_port_options(struct platform_parser *s, struct bw_platform_port *port, unsigned at)
{
	unsigned seen = 0;

	for (; at < s->n_words; at += 2) {
		const char *w = s->word[at];
		size_t i = 0;
		int err;

		while (i < LENGTH(port_option) && strcmp(w, port_option[i].word) != 0)
			i++;
		if (i == LENGTH(port_option) || !(port_option[i].kinds & KIND(port->kind)))
			return platform_bad(s, "unknown option '%.40s' of this kind of port", w);
		if (seen & (1u << i))
			return platform_bad(s, "option '%s' is there twice", w);
		seen |= 1u << i;
		if (at + 1 == s->n_words)
			return platform_bad(s, "option '%s' needs a value", w);
		err = port_option[i].take(s, port, s->word[at + 1]);
		if (err < 0)
			return err;
	}
	return 0;
}

/* Two ports cannot be the same thing of the machine. */
static bool same_device(const struct bw_platform_port *a, const struct bw_platform_port *b)
{
	if (a->kind == BW_PORT_NULL || b->kind == BW_PORT_NULL || strcmp(a->device, b->device))
		return false;
	if (a->kind == BW_PORT_MEMIF && b->kind == BW_PORT_MEMIF)
		return a->memif_id == b->memif_id && a->memif_server == b->memif_server;
	return a->kind != BW_PORT_PCAP && a->kind != BW_PORT_MEMIF && b->kind != BW_PORT_PCAP &&
	       b->kind != BW_PORT_MEMIF;
}

static int check_against_others(struct platform_parser *s, const struct bw_platform_port *port)
{
	for (unsigned i = 0; i < s->p->n_ports; i++) {
		const struct bw_platform_port *other = &s->p->port[i];

		if (!strcmp(other->name, port->name))
			return platform_bad(
				s, "port %s is already set at line %u", port->name, other->line);
		if (same_device(other, port))
			return platform_bad(s, "device '%.40s' is already port %s (line %u)",
				port->device, other->name, other->line);
	}
	return 0;
}

static const struct port_kind *find_kind(const char *w)
{
	for (size_t i = 0; i < LENGTH(port_kind); i++) {
		if (!strcmp(w, port_kind[i].word))
			return &port_kind[i];
	}
	return NULL;
}

/* KIND [DEVICE] and options, from the word `at` on. */
static int take_port_kind(struct platform_parser *s, struct bw_platform_port *port, unsigned at)
{
	const struct port_kind *kind;
	int err;

	if (at == s->n_words)
		return platform_bad(s, "port %s needs a kind (pci, memif ...)", port->name);
	kind = find_kind(s->word[at]);
	if (!kind)
		return platform_bad(s, "unknown port kind '%.40s'", s->word[at]);
	port->kind = kind->kind;
	at++;
	if (kind->take) {
		if (at == s->n_words)
			return platform_bad(s, "%s needs %s", kind->word, kind->device);
		err = kind->take(s, port, s->word[at++]);
		if (err < 0)
			return err;
	}
	return take_port_options(s, port, at);
}

/* port NAME [switch | routed] KIND [DEVICE] [OPTION VALUE]... */
int platform_take_port(struct platform_parser *s)
{
	struct bw_platform_port *port = &s->p->port[s->p->n_ports];
	unsigned at = 2;
	int err;

	if (s->p->n_ports == BW_MAX_PORTS)
		return platform_bad(s, "more than %d ports", BW_MAX_PORTS);
	if (s->n_words < 2)
		return platform_bad(s, "port needs a name and a kind");
	if (!is_port_name(s->word[1]))
		return platform_bad(s, "'%.40s' is not a port's full name such as GigabitEthernet8",
			s->word[1]);
	*port = (struct bw_platform_port) { .line = s->line };
	strcpy(port->name, s->word[1]);
	port->is_switch = is_switch_name(port->name);
	if (at < s->n_words && (!strcmp(s->word[at], "switch") || !strcmp(s->word[at], "routed")))
		port->is_switch = !strcmp(s->word[at++], "switch");
	err = take_port_kind(s, port, at);
	if (err == 0)
		err = check_against_others(s, port);
	if (err == 0)
		s->p->n_ports++;
	return err;
}
