/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef BYWAY_CLI_GRAMMAR_IFNAME_H
#define BYWAY_CLI_GRAMMAR_IFNAME_H

/*
 * Interface names as IOS writes them: `GigabitEthernet8`, `Vlan10`,
 * `GigabitEthernet0/0/1.10`, and their abbreviations (`gi8`, `vl 10`, `tu100`).
 *
 * Pure functions of their arguments: no allocation, no state, any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the order in which IOS prints the interfaces of a configuration. */
enum cli_iftype {
	CLI_IF_LOOPBACK,
	CLI_IF_TUNNEL,
	CLI_IF_PORT_CHANNEL,
	CLI_IF_MULTILINK,
	CLI_IF_ATM,
	CLI_IF_BRI,
	CLI_IF_EMBEDDED_SERVICE_ENGINE,
	CLI_IF_INTEGRATED_SERVICE_ENGINE,
	CLI_IF_SERVICE_ENGINE,
	CLI_IF_ISM,
	CLI_IF_SM,
	CLI_IF_UCSE,
	CLI_IF_ETHERNET,
	CLI_IF_FAST_ETHERNET,
	CLI_IF_GIGABIT_ETHERNET,
	CLI_IF_TEN_GIGABIT_ETHERNET,
	CLI_IF_DOT11RADIO,
	CLI_IF_WLAN_GIGABIT_ETHERNET,
	CLI_IF_SERIAL,
	CLI_IF_CELLULAR,
	CLI_IF_WLAN_AP,
	CLI_IF_VIRTUAL_TEMPLATE,
	CLI_IF_VIRTUAL_PPP,
	CLI_IF_VIRTUAL_ACCESS,
	CLI_IF_VLAN,
	CLI_IF_ASYNC,
	CLI_IF_GROUP_ASYNC,
	CLI_IF_DIALER,
	CLI_IF_BVI,
	CLI_IF_NVI,
	CLI_IF_NULL,
	CLI_IF_TYPES
};

enum {
	CLI_IFNAME_UNITS = 3, /* slot/subslot/port at most */
	CLI_IFNAME_SIZE = 64, /* a buffer this long holds every printed name */
};

struct cli_ifname {
	enum cli_iftype type;
	uint8_t units;			 /* how many numbers of unit[] are used, 1 to 3 */
	uint32_t unit[CLI_IFNAME_UNITS]; /* {8} for GigabitEthernet8, {0, 0, 1} for Gi0/0/1 */
	uint32_t sub;			 /* subinterface number, 0 when there is none */
	uint32_t channel;		 /* Serial0/0/0:23 has 24, 0 when there is none */
};

/*
 * Reads a name written as one word or as type, blanks and number. All `len` bytes must belong to
 * it. Returns 0; -EINVAL when it is no name or its number is out of range for the type; -EAGAIN
 * when `text` is a valid, unique type (abbreviated or not) whose number is still missing;
 * -ENOTUNIQ when only a type is given and it abbreviates several.
 */
int cli_ifname_parse(const char *text, size_t len, struct cli_ifname *name);

/* Writes `GigabitEthernet8.10`, always terminated. Returns `buf`. */
const char *cli_ifname_long(const struct cli_ifname *name, char buf[static CLI_IFNAME_SIZE]);

/* Writes `Gi8.10`, always terminated. Returns `buf`. */
const char *cli_ifname_short(const struct cli_ifname *name, char buf[static CLI_IFNAME_SIZE]);

/* Order of printing: by type, then by numbers. Negative, 0 or positive, as strcmp does. */
int cli_ifname_compare(const struct cli_ifname *a, const struct cli_ifname *b);

static inline bool cli_ifname_equal(const struct cli_ifname *a, const struct cli_ifname *b)
{
	return cli_ifname_compare(a, b) == 0;
}

/* Kinds that this router has no hardware or software for: their names are known, no more. */
bool cli_iftype_is_foreign(enum cli_iftype type);

/* The full word of a type, `GigabitEthernet`. */
const char *cli_iftype_name(enum cli_iftype type);

/* The smallest and largest number a name of this type may have. */
uint32_t cli_iftype_min(enum cli_iftype type);
uint32_t cli_iftype_max(enum cli_iftype type);

#endif
