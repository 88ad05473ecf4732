/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/grammar/ifname.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MAX_SUB = 0x7fffffff };

struct type_info {
	const char *name;
	const char *abbreviation;
	uint32_t min;
	uint32_t max;
};

static const struct type_info types[CLI_IF_TYPES] = {
	[CLI_IF_LOOPBACK] = { "Loopback", "Lo", 0, 2147483647 },
	[CLI_IF_TUNNEL] = { "Tunnel", "Tu", 0, 2147483647 },
	[CLI_IF_PORT_CHANNEL] = { "Port-channel", "Po", 1, 64 },
	[CLI_IF_BRI] = { "BRI", "BR", 0, 255 },
	[CLI_IF_ETHERNET] = { "Ethernet", "Et", 0, 255 },
	[CLI_IF_FAST_ETHERNET] = { "FastEthernet", "Fa", 0, 255 },
	[CLI_IF_GIGABIT_ETHERNET] = { "GigabitEthernet", "Gi", 0, 255 },
	[CLI_IF_TEN_GIGABIT_ETHERNET] = { "TenGigabitEthernet", "Te", 0, 255 },
	[CLI_IF_SERIAL] = { "Serial", "Se", 0, 255 },
	[CLI_IF_VIRTUAL_TEMPLATE] = { "Virtual-Template", "Vt", 1, 4095 },
	[CLI_IF_VIRTUAL_ACCESS] = { "Virtual-Access", "Vi", 1, 2147483647 },
	[CLI_IF_VLAN] = { "Vlan", "Vl", 1, 4094 },
	[CLI_IF_BVI] = { "BVI", "BV", 1, 255 },
	[CLI_IF_ASYNC] = { "Async", "As", 0, 255 },
	[CLI_IF_DIALER] = { "Dialer", "Di", 0, 255 },
	[CLI_IF_NULL] = { "Null", "Nu", 0, 0 },
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* 0, -EINVAL or -ENOTUNIQ. The short forms (`vi1`, `vt1`) are exact even where no prefix. */
static int find_type(const char *word, size_t len, enum cli_iftype *type)
{
	unsigned matches = 0;

	for (unsigned i = 0; len > 0 && i < CLI_IF_TYPES; i++) {
		if (strlen(types[i].abbreviation) == len &&
			strncasecmp(types[i].abbreviation, word, len) == 0) {
			*type = (enum cli_iftype)i;
			return 0;
		}
	}
	for (unsigned i = 0; len > 0 && i < CLI_IF_TYPES; i++) {
		if (strncasecmp(types[i].name, word, len) != 0)
			continue;
		*type = (enum cli_iftype)i;
		if (types[i].name[len] == '\0')
			return 0;
		matches++;
	}
	if (matches == 0)
		return -EINVAL;
	return matches == 1 ? 0 : -ENOTUNIQ;
}

/* Reads decimal digits at *at, up to `max`. Advances *at past them. */
static bool read_number(const char **at, const char *end, uint32_t max, uint32_t *number)
{
	uint64_t value = 0;
	const char *start = *at;

	while (*at < end && is_digit(**at)) {
		value = value * 10 + (uint64_t)(**at - '0');
		if (value > max)
			return false;
		(*at)++;
	}
	*number = (uint32_t)value;
	return *at > start;
}

static bool read_units(const char **at, const char *end, struct cli_ifname *name)
{
	const struct type_info *info = &types[name->type];

	do {
		if (name->units == CLI_IFNAME_UNITS)
			return false;
		if (name->units > 0)
			(*at)++;
		if (!read_number(at, end, info->max, &name->unit[name->units]))
			return false;
		name->units++;
	} while (*at < end && **at == '/');
	return name->units > 1 || name->unit[0] >= info->min;
}

int cli_ifname_parse(const char *text, size_t len, struct cli_ifname *name)
{
	const char *end = text + len;
	const char *at = text;
	size_t word = 0;
	int err;

	while (word < len && !is_digit(text[word]) && !is_blank(text[word]))
		word++;
	*name = (struct cli_ifname) { 0 };
	err = find_type(text, word, &name->type);
	at += word;
	while (at < end && is_blank(*at))
		at++;
	if (at == end)
		return err ? err : -EAGAIN;
	if (err || !read_units(&at, end, name))
		return -EINVAL;
	if (at < end && *at == '.') {
		at++;
		if (!read_number(&at, end, MAX_SUB, &name->sub) || name->sub == 0)
			return -EINVAL;
	}
	return at == end ? 0 : -EINVAL;
}

static const char *print(
	const struct cli_ifname *name, const char *type, char buf[static CLI_IFNAME_SIZE])
{
	/* 18 for the longest type, 3 x 11 for the units, 11 for the subinterface: it fits. */
	int len = snprintf(buf, CLI_IFNAME_SIZE, "%s%" PRIu32, type, name->unit[0]);

	for (unsigned i = 1; i < name->units && i < CLI_IFNAME_UNITS; i++)
		len += snprintf(
			buf + len, CLI_IFNAME_SIZE - (size_t)len, "/%" PRIu32, name->unit[i]);
	if (name->sub)
		snprintf(buf + len, CLI_IFNAME_SIZE - (size_t)len, ".%" PRIu32, name->sub);
	return buf;
}

const char *cli_ifname_long(const struct cli_ifname *name, char buf[static CLI_IFNAME_SIZE])
{
	return print(name, types[name->type].name, buf);
}

const char *cli_ifname_short(const struct cli_ifname *name, char buf[static CLI_IFNAME_SIZE])
{
	return print(name, types[name->type].abbreviation, buf);
}

static int compare_number(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

int cli_ifname_compare(const struct cli_ifname *a, const struct cli_ifname *b)
{
	int order = (int)a->type - (int)b->type;

	for (unsigned i = 0; order == 0 && i < CLI_IFNAME_UNITS; i++) {
		if (i >= a->units || i >= b->units)
			order = compare_number(i < a->units, i < b->units);
		else
			order = compare_number(a->unit[i], b->unit[i]);
	}
	return order ? order : compare_number(a->sub, b->sub);
}

const char *cli_iftype_name(enum cli_iftype type)
{
	return types[type].name;
}

uint32_t cli_iftype_min(enum cli_iftype type)
{
	return types[type].min;
}

uint32_t cli_iftype_max(enum cli_iftype type)
{
	return types[type].max;
}
