/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kinds of interfaces. Each is a record in a file of its own, which says what its interfaces
 * are called, what they can have, and how their state and the dataplane's message follow from what
 * is below them. The rest of control and the command line ask the record, and never which kind it
 * is.
 *
 * A new kind is a file with its record, which somebody registers with iface_kind_register(); what
 * `show interfaces` prints of it is a record of the command line's
 * (cli/commands/interface/kinds.h).
 */
#ifndef BW_CONTROL_IFACE_KIND_H
#define BW_CONTROL_IFACE_KIND_H

#include <stdbool.h>
#include <stdint.h>

#include "dataplane/api/msg.h"

struct iface;
struct iface_table;

#define IFACE_KINDS_MAX 16

/* In the order of `show ip interface brief`: ports with their subinterfaces, then what is virtual.
 */
enum iface_rank {
	IFACE_RANK_PORT,
	IFACE_RANK_LOOPBACK,
	IFACE_RANK_SVI,
	IFACE_RANK_DIALER,
	IFACE_RANK_ACCESS,
	IFACE_RANK_NULL,
};

struct iface_kind {
	const char *name; /* the word before the number, "Loopback"; NULL: matches() says it */
	uint32_t min_unit, max_unit; /* the numbers that it may have, with a name */
	enum iface_rank rank;
	uint16_t dp_kind; /* enum bw_if_kind; 0: the dataplane has none of them */

	/* what its interfaces are, and what they can have */
	bool is_physical;	/* a port of the machine: has a link and media, is never removed */
	bool is_kept;		/* not there: lines are kept without effect */
	bool is_ethernet;	/* ARP and a MAC address */
	bool is_point_to_point; /* one neighbour: may be unnumbered, or have IPCP give its address
				 */
	bool is_lonely;		/* nobody else is on it, or could be */
	bool is_transit;	/* static routes may leave by it */
	bool may_switch;	/* `switchport` */
	bool may_dial;		/* `pppoe-client`, unless it is a switch port */
	bool has_own_mac;	/* `mac-address` */
	bool has_mtu;		/* `mtu` */
	bool has_vlan;		/* `encapsulation dot1Q` */
	bool has_autostate;	/* up by the switch ports that carry its VLAN */
	bool has_session;	/* a PPPoE session belongs to it */
	bool is_quiet;		/* its changes of state are not logged */

	/* Whether a canonical name is one of its; the first kind in order of registration has it.
	 */
	bool (*matches)(const struct iface_table *t, const char *name);

	/* Its own part, ifc->own, comes with the interface and goes with it. 0 or -ENOMEM. */
	int (*create)(struct iface *ifc);
	void (*destroy)(struct iface *ifc);

	/* What is configured of its own part, back to the defaults. */
	void (*reset)(struct iface *ifc);

	/* Status and line protocol of an interface that exists and is not shut down. NULL: down. */
	void (*derive)(const struct iface *ifc, bool *up, bool *line);

	/* With the line up: whether routing may use it. NULL: it may. */
	bool (*passes_ip)(const struct iface *ifc);

	/* It was changed, or its line (`moved`): marks the interfaces that stand on it. */
	void (*changed)(struct iface *ifc, bool moved);

	/* The largest packet that what is below takes. NULL: any. */
	uint16_t (*link_mtu)(const struct iface *ifc);

	/* Of one without a MAC address of its own configured. NULL: that of its port, or zeros. */
	const uint8_t *(*mac)(const struct iface *ifc);

	/* The interface whose packets it counts. NULL: itself. */
	const struct iface *(*counted)(const struct iface *ifc);

	/* The interface whose address it borrows, or NULL. The hook NULL: it borrows none. */
	struct iface *(*lender)(const struct iface *ifc);

	/* Whether the dataplane can hold it as it is now. NULL: it can. */
	bool (*is_ready)(const struct iface *ifc);

	/* What the message says beyond what all interfaces have, or other than it. NULL: nothing.
	 */
	void (*wish)(const struct iface *ifc, struct bw_if *m);
};

/* Those that need no other part of control. */
extern const struct iface_kind iface_port, iface_subif, iface_loopback, iface_svi, iface_null,
	iface_stub;

/* `kind` is borrowed. Names without a kind are stubs. */
void iface_kind_register(struct iface_table *t, const struct iface_kind *kind);

/* The kind of a canonical name: "Loopback0". NULL: no name of an interface. */
const struct iface_kind *iface_kind_find(const struct iface_table *t, const char *name);

#endif
