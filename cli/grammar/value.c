/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/grammar/value.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct type_name {
	const char *name;
	enum cli_type type;
};

static const struct type_name type_names[] = {
	{ "WORD", CLI_TYPE_WORD },
	{ "LINE", CLI_TYPE_LINE },
	{ "TEXT", CLI_TYPE_TEXT },
	{ "A.B.C.D", CLI_TYPE_ADDRESS },
	{ "MASK", CLI_TYPE_MASK },
	{ "WILDCARD", CLI_TYPE_WILDCARD },
	{ "A.B.C.D/nn", CLI_TYPE_PREFIX },
	{ "INTERFACE", CLI_TYPE_INTERFACE },
	{ "H.H.H", CLI_TYPE_MAC },
	{ "RD", CLI_TYPE_RD },
	{ "HEX", CLI_TYPE_HEX },
};

static const char foreign[] = "FOREIGN"; /* an INTERFACE as well */

/* Decimal digits up to `max` at word[*at]; advances *at. */
static bool read_number(const char *word, size_t len, size_t *at, uint64_t max, uint64_t *number)
{
	uint64_t value = 0;
	size_t start = *at;

	while (*at < len && word[*at] >= '0' && word[*at] <= '9') {
		uint64_t digit = (uint64_t)(word[*at] - '0');

		if (digit > max || value > (max - digit) / 10)
			return false;
		value = value * 10 + digit;
		(*at)++;
	}
	*number = value;
	return *at > start;
}

static bool read_char(const char *word, size_t len, size_t *at, char c)
{
	if (*at >= len || word[*at] != c)
		return false;
	(*at)++;
	return true;
}

static bool read_address(const char *word, size_t len, size_t *at, struct in_addr *address)
{
	uint32_t value = 0;

	for (int i = 0; i < 4; i++) {
		size_t start = *at + (i > 0);
		uint64_t octet;

		if (i > 0 && !read_char(word, len, at, '.'))
			return false;
		if (!read_number(word, len, at, 255, &octet) || *at - start > 3)
			return false;
		value = value << 8 | (uint32_t)octet;
	}
	address->s_addr = htonl(value);
	return true;
}

static bool is_mask(struct in_addr address)
{
	uint32_t host = ~ntohl(address.s_addr);

	return (host & (host + 1)) == 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* 0011.2233.4455: three groups of exactly four digits. */
static bool read_mac(const char *word, size_t len, uint8_t mac[6])
{
	if (len != 14 || word[4] != '.' || word[9] != '.')
		return false;
	for (size_t i = 0; i < 6; i++) {
		size_t at = i * 2 + i / 2;
		int high = hex_digit(word[at]);
		int low = hex_digit(word[at + 1]);

		if (high < 0 || low < 0)
			return false;
		mac[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static void put_rd(
	uint8_t rd[8], uint16_t type, uint64_t administrator, unsigned bytes, uint64_t assigned)
{
	uint64_t value = administrator << (8 * (6 - bytes)) | assigned;

	rd[0] = (uint8_t)(type >> 8);
	rd[1] = (uint8_t)type;
	for (unsigned i = 0; i < 6; i++)
		rd[2 + i] = (uint8_t)(value >> (8 * (5 - i)));
}

/* RFC 4364 section 4.2: type 0 ASN2:n32, type 1 IP:n16, type 2 ASN4:n16. */
static bool read_rd(const char *word, size_t len, uint8_t rd[8])
{
	struct in_addr address;
	uint64_t administrator;
	uint64_t assigned;
	size_t at = 0;

	if (read_address(word, len, &at, &address)) {
		if (!read_char(word, len, &at, ':') ||
			!read_number(word, len, &at, UINT16_MAX, &assigned) || at != len)
			return false;
		put_rd(rd, 1, ntohl(address.s_addr), 4, assigned);
		return true;
	}
	at = 0;
	if (!read_number(word, len, &at, UINT32_MAX, &administrator) ||
		!read_char(word, len, &at, ':'))
		return false;
	if (administrator <= UINT16_MAX) {
		if (!read_number(word, len, &at, UINT32_MAX, &assigned) || at != len)
			return false;
		put_rd(rd, 0, administrator, 2, assigned);
		return true;
	}
	if (!read_number(word, len, &at, UINT16_MAX, &assigned) || at != len)
		return false;
	put_rd(rd, 2, administrator, 4, assigned);
	return true;
}

static bool read_hex(const char *word, size_t len, uint64_t *number)
{
	size_t at = len > 2 && word[0] == '0' && (word[1] == 'x' || word[1] == 'X') ? 2 : 0;
	bool fits = len - at <= 16;

	*number = 0;
	if (at == len)
		return false;
	for (; at < len; at++) {
		int digit = hex_digit(word[at]);

		if (digit < 0)
			return false;
		*number = fits ? *number << 4 | (uint64_t)digit : 0;
	}
	return true;
}

static bool read_prefix(const char *word, size_t len, struct cli_value *value)
{
	uint64_t length;
	size_t at = 0;

	if (!read_address(word, len, &at, &value->prefix.address) ||
		!read_char(word, len, &at, '/') || !read_number(word, len, &at, 32, &length))
		return false;
	value->prefix.length = (uint8_t)length;
	return at == len;
}

static bool read_range(
	const struct cli_value_spec *spec, const char *word, size_t len, uint64_t *number)
{
	size_t at = 0;

	if (spec->type == CLI_TYPE_LENGTH && !read_char(word, len, &at, '/'))
		return false;
	return read_number(word, len, &at, spec->high, number) && at == len && *number >= spec->low;
}

static int read_interface(
	const struct cli_value_spec *spec, const char *word, size_t len, struct cli_ifname *name)
{
	int err = cli_ifname_parse(word, len, name);

	return (err == 0 || err == -EAGAIN) && spec->foreign && !cli_iftype_is_foreign(name->type)
		       ? -EINVAL
		       : err;
}

int cli_value_parse(
	const struct cli_value_spec *spec, const char *word, size_t len, struct cli_value *value)
{
	size_t at = 0;
	bool ok = true;

	value->type = spec->type;
	switch (spec->type) {
	case CLI_TYPE_KEYWORD:
	case CLI_TYPE_WORD:
	case CLI_TYPE_LINE:
	case CLI_TYPE_TEXT:
		break;
	case CLI_TYPE_NUMBER:
	case CLI_TYPE_LENGTH:
		ok = read_range(spec, word, len, &value->number);
		break;
	case CLI_TYPE_ADDRESS:
	case CLI_TYPE_WILDCARD:
		ok = read_address(word, len, &at, &value->address) && at == len;
		break;
	case CLI_TYPE_MASK:
		ok = read_address(word, len, &at, &value->address) && at == len &&
		     is_mask(value->address);
		break;
	case CLI_TYPE_PREFIX:
		ok = read_prefix(word, len, value);
		break;
	case CLI_TYPE_INTERFACE:
		return read_interface(spec, word, len, &value->ifname);
	case CLI_TYPE_MAC:
		ok = read_mac(word, len, value->mac);
		break;
	case CLI_TYPE_RD:
		ok = read_rd(word, len, value->rd);
		break;
	case CLI_TYPE_HEX:
		ok = read_hex(word, len, &value->number);
		break;
	}
	return ok ? 0 : -EINVAL;
}

static size_t print_address(struct in_addr address, char buf[static CLI_VALUE_TEXT])
{
	inet_ntop(AF_INET, &address, buf, CLI_VALUE_TEXT);
	return strlen(buf);
}

static size_t print_rd(const uint8_t rd[8], char buf[static CLI_VALUE_TEXT])
{
	uint32_t high =
		(uint32_t)rd[2] << 24 | (uint32_t)rd[3] << 16 | (uint32_t)rd[4] << 8 | rd[5];
	uint32_t low = (uint32_t)rd[4] << 24 | (uint32_t)rd[5] << 16 | (uint32_t)rd[6] << 8 | rd[7];

	if (rd[1] == 0)
		return (size_t)snprintf(
			buf, CLI_VALUE_TEXT, "%" PRIu32 ":%" PRIu32, high >> 16, low);
	if (rd[1] == 2)
		return (size_t)snprintf(
			buf, CLI_VALUE_TEXT, "%" PRIu32 ":%" PRIu32, high, low & UINT16_MAX);
	return (size_t)snprintf(buf, CLI_VALUE_TEXT, "%u.%u.%u.%u:%" PRIu32, rd[2], rd[3], rd[4],
		rd[5], low & UINT16_MAX);
}

size_t cli_value_canonical(const struct cli_value *value, char buf[static CLI_VALUE_TEXT])
{
	const uint8_t *mac = value->mac;

	switch (value->type) {
	case CLI_TYPE_NUMBER:
		return (size_t)snprintf(buf, CLI_VALUE_TEXT, "%" PRIu64, value->number);
	case CLI_TYPE_LENGTH:
		return (size_t)snprintf(buf, CLI_VALUE_TEXT, "/%" PRIu64, value->number);
	case CLI_TYPE_ADDRESS:
	case CLI_TYPE_MASK:
	case CLI_TYPE_WILDCARD:
		return print_address(value->address, buf);
	case CLI_TYPE_PREFIX: {
		size_t len = print_address(value->prefix.address, buf);

		return len + (size_t)snprintf(
				     buf + len, CLI_VALUE_TEXT - len, "/%u", value->prefix.length);
	}
	case CLI_TYPE_INTERFACE:
		return strlen(cli_ifname_long(&value->ifname, buf));
	case CLI_TYPE_MAC:
		return (size_t)snprintf(buf, CLI_VALUE_TEXT, "%02x%02x.%02x%02x.%02x%02x", mac[0],
			mac[1], mac[2], mac[3], mac[4], mac[5]);
	case CLI_TYPE_RD:
		return print_rd(value->rd, buf);
	case CLI_TYPE_KEYWORD:
	case CLI_TYPE_WORD:
	case CLI_TYPE_LINE:
	case CLI_TYPE_TEXT:
	case CLI_TYPE_HEX:
		break;
	}
	return 0;
}

int cli_value_spec(const char *text, size_t len, struct cli_value_spec *spec)
{
	size_t at = 0;

	*spec = (struct cli_value_spec) { 0 };
	if (len == strlen(foreign) && memcmp(text, foreign, len) == 0) {
		spec->type = CLI_TYPE_INTERFACE;
		spec->foreign = true;
		return 0;
	}
	for (size_t i = 0; i < sizeof(type_names) / sizeof(type_names[0]); i++) {
		if (strlen(type_names[i].name) == len &&
			memcmp(type_names[i].name, text, len) == 0) {
			spec->type = type_names[i].type;
			return 0;
		}
	}
	spec->type = read_char(text, len, &at, '/') ? CLI_TYPE_LENGTH : CLI_TYPE_NUMBER;
	if (!read_number(text, len, &at, UINT64_MAX, &spec->low) ||
		!read_char(text, len, &at, '-') ||
		!read_number(text, len, &at, UINT64_MAX, &spec->high) || at != len ||
		spec->low > spec->high)
		return -EINVAL;
	return 0;
}

void cli_value_placeholder(const struct cli_value_spec *spec, char *buf, size_t size)
{
	if (spec->type == CLI_TYPE_NUMBER) {
		snprintf(buf, size, "<%" PRIu64 "-%" PRIu64 ">", spec->low, spec->high);
	} else if (spec->type == CLI_TYPE_LENGTH) {
		snprintf(buf, size, "/<%" PRIu64 "-%" PRIu64 ">", spec->low, spec->high);
	} else if (spec->type == CLI_TYPE_MASK || spec->type == CLI_TYPE_WILDCARD) {
		snprintf(buf, size, "A.B.C.D");
	} else if (spec->type == CLI_TYPE_RD) {
		snprintf(buf, size, "ASN:nn or IP-address:nn");
	} else if (spec->type == CLI_TYPE_TEXT) {
		snprintf(buf, size, "LINE");
	} else {
		for (size_t i = 0; i < sizeof(type_names) / sizeof(type_names[0]); i++) {
			if (type_names[i].type == spec->type)
				snprintf(buf, size, "%s", type_names[i].name);
		}
	}
}

bool cli_value_begins(const struct cli_value_spec *spec, const char *word, size_t len)
{
	static const char *const alphabets[] = {
		[CLI_TYPE_NUMBER] = "0123456789",
		[CLI_TYPE_LENGTH] = "/0123456789",
		[CLI_TYPE_ADDRESS] = "0123456789.",
		[CLI_TYPE_MASK] = "0123456789.",
		[CLI_TYPE_WILDCARD] = "0123456789.",
		[CLI_TYPE_PREFIX] = "0123456789./",
		[CLI_TYPE_MAC] = "0123456789abcdefABCDEF.",
		[CLI_TYPE_RD] = "0123456789.:",
		[CLI_TYPE_HEX] = "0123456789abcdefABCDEFxX",
	};
	struct cli_ifname ifname;
	int err;

	switch (spec->type) {
	case CLI_TYPE_WORD:
	case CLI_TYPE_LINE:
	case CLI_TYPE_TEXT:
		return true;
	case CLI_TYPE_KEYWORD:
		return false;
	case CLI_TYPE_INTERFACE:
		err = read_interface(spec, word, len, &ifname);
		return err != -EINVAL;
	default:
		break;
	}
	for (size_t i = 0; i < len; i++) {
		if (word[i] == '\0' || !strchr(alphabets[spec->type], word[i]))
			return false;
	}
	return true;
}

static int compare_number(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

int cli_value_compare(const struct cli_value *a, const struct cli_value *b)
{
	int order;

	if (a->type != b->type)
		return (int)a->type - (int)b->type;
	switch (a->type) {
	case CLI_TYPE_NUMBER:
	case CLI_TYPE_LENGTH:
		return compare_number(a->number, b->number);
	case CLI_TYPE_ADDRESS:
	case CLI_TYPE_MASK:
	case CLI_TYPE_WILDCARD:
		return compare_number(ntohl(a->address.s_addr), ntohl(b->address.s_addr));
	case CLI_TYPE_PREFIX:
		order = compare_number(
			ntohl(a->prefix.address.s_addr), ntohl(b->prefix.address.s_addr));
		return order ? order : compare_number(a->prefix.length, b->prefix.length);
	case CLI_TYPE_INTERFACE:
		return cli_ifname_compare(&a->ifname, &b->ifname);
	default:
		return strcmp(a->text, b->text);
	}
}
