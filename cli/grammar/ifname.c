/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/grammar/ifname.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MAX_SUB = 0x7fffffff, MAX_CHANNEL = 255 };

struct type_info {
	const char *name;
	const char *abbreviation;
	uint32_t min;
	uint32_t max;
	bool foreign;
};

static const struct type_info types[CLI_IF_TYPES] = {
	[CLI_IF_LOOPBACK] = { "Loopback", "Lo", 0, 2147483647, false },
	[CLI_IF_TUNNEL] = { "Tunnel", "Tu", 0, 2147483647, true },
	[CLI_IF_PORT_CHANNEL] = { "Port-channel", "Po", 1, 64, true },
	[CLI_IF_MULTILINK] = { "Multilink", "Mu", 1, 2147483647, true },
	[CLI_IF_ATM] = { "ATM", "AT", 0, 255, true },
	[CLI_IF_BRI] = { "BRI", "BR", 0, 255, true },
	[CLI_IF_EMBEDDED_SERVICE_ENGINE] = { "Embedded-Service-Engine", "Em", 0, 255, true },
	[CLI_IF_INTEGRATED_SERVICE_ENGINE] = { "Integrated-Service-Engine", "In", 0, 255, true },
	[CLI_IF_SERVICE_ENGINE] = { "Service-Engine", "Sv", 0, 255, true },
	[CLI_IF_ISM] = { "ISM", "IM", 0, 255, true },
	[CLI_IF_SM] = { "SM", "SM", 0, 255, true },
	[CLI_IF_UCSE] = { "ucse", "uc", 0, 255, true },
	[CLI_IF_ETHERNET] = { "Ethernet", "Et", 0, 255, false },
	[CLI_IF_FAST_ETHERNET] = { "FastEthernet", "Fa", 0, 255, false },
	[CLI_IF_GIGABIT_ETHERNET] = { "GigabitEthernet", "Gi", 0, 255, false },
	[CLI_IF_TEN_GIGABIT_ETHERNET] = { "TenGigabitEthernet", "Te", 0, 255, false },
	[CLI_IF_DOT11RADIO] = { "Dot11Radio", "Do", 0, 255, true },
	[CLI_IF_WLAN_GIGABIT_ETHERNET] = { "Wlan-GigabitEthernet", "Wg", 0, 255, true },
	[CLI_IF_SERIAL] = { "Serial", "Se", 0, 255, true },
	[CLI_IF_CELLULAR] = { "Cellular", "Ce", 0, 255, true },
	[CLI_IF_WLAN_AP] = { "wlan-ap", "wl", 0, 255, true },
	[CLI_IF_VIRTUAL_TEMPLATE] = { "Virtual-Template", "Vt", 1, 4095, true },
	[CLI_IF_VIRTUAL_PPP] = { "Virtual-PPP", "Vp", 1, 2147483647, true },
	[CLI_IF_VIRTUAL_ACCESS] = { "Virtual-Access", "Vi", 1, 2147483647, false },
	[CLI_IF_VLAN] = { "Vlan", "Vl", 1, 4094, false },
	[CLI_IF_ASYNC] = { "Async", "As", 0, 255, true },
	[CLI_IF_GROUP_ASYNC] = { "Group-Async", "Gr", 0, 255, true },
	[CLI_IF_DIALER] = { "Dialer", "Di", 0, 255, false },
	[CLI_IF_BVI] = { "BVI", "BV", 1, 255, true },
	[CLI_IF_NVI] = { "NVI", "NV", 0, 255, true },
	[CLI_IF_NULL] = { "Null", "Nu", 0, 0, false },
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* How many of the common or the rare types a word abbreviates; *type is the last, or the exact one.
 * Tunnels are common wherever they are. */
static unsigned count_types(const char *word, size_t len, bool rare, enum cli_iftype *type)
{
	unsigned matches = 0;

	for (unsigned i = 0; i < CLI_IF_TYPES; i++) {
		if ((types[i].foreign && i != CLI_IF_TUNNEL) != rare ||
			strncasecmp(types[i].name, word, len) != 0)
			continue;
		*type = (enum cli_iftype)i;
		if (types[i].name[len] == '\0')
			return 1;
		matches++;
	}
	return matches;
}

/* 0, -EINVAL or -ENOTUNIQ. The short forms (`vi1`, `vt1`) are exact even where no prefix; common
 * kinds go before rare ones, so that `g8` needs no more letters for Group-Async's sake. */
static int find_type(const char *word, size_t len, enum cli_iftype *type)
{
	unsigned matches;

	if (len == 0)
		return -EINVAL;
	for (unsigned i = 0; i < CLI_IF_TYPES; i++) {
		if (strlen(types[i].abbreviation) == len &&
			strncasecmp(types[i].abbreviation, word, len) == 0) {
			*type = (enum cli_iftype)i;
			return 0;
		}
	}
	matches = count_types(word, len, false, type);
	if (matches == 0)
		matches = count_types(word, len, true, type);
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

/* How many bytes from `word` on still belong to the type: Dot11Radio has a number within. */
static size_t digits_of_type(const char *text, size_t len, size_t word)
{
	const char *name = types[CLI_IF_DOT11RADIO].name;
	size_t own = 0;

	if (word != 3 || strncasecmp(text, name, word) != 0)
		return 0;
	while (word + own < len && name[word + own] &&
		strncasecmp(text + word + own, name + word + own, 1) == 0)
		own++;
	/* shorter, it is `dot` and a number */
	return own > 2 ? own : 0;
}

int cli_ifname_parse(const char *text, size_t len, struct cli_ifname *name)
{
	const char *end = text + len;
	const char *at = text;
	size_t word = 0;
	int err;

	while (word < len && !is_digit(text[word]) && !is_blank(text[word]))
		word++;
	word += digits_of_type(text, len, word);
	*name = (struct cli_ifname) { 0 };
	err = find_type(text, word, &name->type);
	at += word;
	while (at < end && is_blank(*at))
		at++;
	if (at == end)
		return err ? err : -EAGAIN;
	if (err || !read_units(&at, end, name))
		return -EINVAL;
	if (at < end && *at == ':' && name->type == CLI_IF_SERIAL) {
		at++;
		if (!read_number(&at, end, MAX_CHANNEL, &name->channel))
			return -EINVAL;
		name->channel++;
	}
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
	/* 25 for the longest type, 3 x 4 for several units or 10 for one, 11 for the subinterface,
	 * 4 for the channel: it fits. */
	int len = snprintf(buf, CLI_IFNAME_SIZE, "%s%" PRIu32, type, name->unit[0]);

	for (unsigned i = 1; i < name->units && i < CLI_IFNAME_UNITS; i++)
		len += snprintf(
			buf + len, CLI_IFNAME_SIZE - (size_t)len, "/%" PRIu32, name->unit[i]);
	if (name->channel)
		len += snprintf(
			buf + len, CLI_IFNAME_SIZE - (size_t)len, ":%" PRIu32, name->channel - 1);
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
	if (order == 0)
		order = compare_number(a->channel, b->channel);
	return order ? order : compare_number(a->sub, b->sub);
}

bool cli_iftype_is_foreign(enum cli_iftype type)
{
	return types[type].foreign;
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
