/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interfaces: what is configured on them, whether they are up, and how they are
 * said to the dataplane.
 *
 * An interface that something refers to (a route, a NAT rule) may not exist, or
 * no longer: then it is a shell of which only the name counts, and the reference
 * starts working when it is created. So pointers to interfaces stay valid as
 * long as their holder has a reference (iface_get, iface_put).
 *
 * iface_changed() marks an interface; its work then derives line states and what the
 * dataplane is told, and tells those who watch.
 */
#ifndef BW_CONTROL_IFACE_H
#define BW_CONTROL_IFACE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "dataplane/api/platform.h"

#include "control/core/core.h"
#include "control/iface/addr_index.h"
#include "control/iface/kind.h"
#include "control/iface/vlan_list.h"

#define IFACE_MTU_DEFAULT	  1500
#define IFACE_ARP_TIMEOUT_DEFAULT 14400
#define IFACE_SECONDARIES_MAX	  255
#define IFACE_CHAINS		  2048
#define IFACE_RATE_INTERVAL	  5 /* seconds between samples of the five-minute rate */

struct acl;
struct acl_table;
struct iface;
struct rib_route;

enum iface_nat { IFACE_NAT_NONE, IFACE_NAT_INSIDE, IFACE_NAT_OUTSIDE };

/* Connected, local, and the two broadcast addresses of the subnet. */
enum { IFACE_ADDR_ROUTES = 4 };

struct iface_addr {
	TAILQ_ENTRY(iface_addr) entry;
	struct dp_object obj;
	struct iface *ifc;
	bw_ip4 addr;
	uint8_t plen;
	bool secondary;
	bool alias;				    /* answered in ARP only: a NAT global */
	bool routed;				    /* routing may use it */
	struct rib_route *route[IFACE_ADDR_ROUTES]; /* for who makes them of it */
};

TAILQ_HEAD(iface_addrs, iface_addr);

/* Five-minute exponentially decaying rates, as IOS shows them. */
struct iface_rate {
	uint64_t rx_packets, rx_bytes, tx_packets, tx_bytes; /* at the last sample */
	uint64_t rx_ms, tx_ms; /* of the last sample with new packets; 0 = never */
	double rx_pps, rx_bps, tx_pps, tx_bps;
};

/* What a port's driver counted. */
struct iface_driver {
	uint64_t rx_packets, rx_bytes, rx_missed, rx_errors, rx_nombuf;
	uint64_t tx_packets, tx_bytes, tx_errors;
};

struct iface_vfr {
	bool on;
	bool drop_fragments;
	uint16_t reassemblies, fragments;
	uint32_t timeout; /* seconds */
};

/* Where an interface that was changed is on its way. */
enum iface_mark {
	IFACE_CLEAN,
	IFACE_CHANGED, /* its state is to be derived */
	IFACE_DERIVED, /* ... and then the dataplane to be told */
};

struct iface {
	TAILQ_ENTRY(iface) entry; /* in the order of `show ip interface brief` */
	LIST_ENTRY(iface) name_entry;
	TAILQ_ENTRY(iface) mark_entry;
	LIST_ENTRY(iface) sub_entry; /* SUBIF: of its port; SVI: of the table */
	struct iface_table *table;
	char name[BW_NAME_LEN];	      /* GigabitEthernet8.10 */
	char short_name[BW_NAME_LEN]; /* Gi8.10 */
	const struct iface_kind *kind;
	uint32_t unit, sub; /* 8 and 10 */
	unsigned refs;
	bool exists;	      /* configured, or a port of the machine */
	enum iface_mark mark; /* with a reference, unless clean */

	/* configuration */
	char *description;
	bool shutdown;
	bool is_switch;
	bool trunk;
	uint16_t access_vlan, native_vlan;
	struct vlan_set allowed; /* a trunk's VLANs */
	uint16_t dot1q;		 /* SUBIF: encapsulation dot1Q; 0 = none yet */
	bool dot1q_native;
	uint16_t vrf;
	uint16_t mtu, ip_mtu; /* ip_mtu 0 = as mtu */
	uint16_t tcp_mss;
	enum iface_nat nat;
	struct iface_vfr vfr;
	struct acl *acl_in, *acl_out; /* references, or NULL */
	uint8_t mac[6];
	bool has_mac;
	bool addr_manual; /* typed since the start, not of the startup-config */
	bool no_unreachables, no_proxy_arp, no_redirects;
	bool no_autostate; /* SVI: up without a port that is */
	uint32_t arp_timeout;
	struct iface_addrs addrs;   /* the primary one first */
	struct iface_addrs aliases; /* NAT's */
	bool pppoe;		    /* PORT, SUBIF: pppoe enable */

	/* state */
	void *own;		     /* what its kind alone has */
	struct iface *parent;	     /* SUBIF: its port */
	LIST_HEAD(, iface) subs;     /* PORT: the subinterfaces that exist */
	struct iface_addr *assigned; /* an address that no line says; NULL = none */
	bool assigned_own;	     /* ... and it is in addrs */
	int port;		     /* in the region's table; -1 = none now */
	bool link_up;
	bool full_duplex;
	uint32_t speed; /* Mbit/s, 0 = unknown */
	uint8_t port_mac[6];
	bool up;      /* status: administratively up and there is something below */
	bool line_up; /* line protocol */
	bool ip_up;   /* routing may use it: line_up, and a Dialer's session is open */
	uint64_t since_ms;
	unsigned resets;
	uint64_t cleared_ms; /* of the counters; 0 = never */
	struct iface_rate rate;
	struct iface_driver driver_base; /* when counters were cleared */
	LIST_HEAD(, rib_route) routes;	 /* that leave by this interface */
	struct bw_if told;		 /* as the dataplane was told last; if_id 0: it was not */
	bool in_dataplane;		 /* which has a reference then */
	struct dp_object obj, vlans_obj; /* its id stays while it exists; 0 = none */
};

TAILQ_HEAD(iface_list, iface);
LIST_HEAD(iface_chain, iface);

struct vlan {
	bool exists;
	char name[33];
};

struct iface_table {
	struct core *core;
	struct acl_table *acls;
	const struct bw_platform *platform; /* borrowed */
	struct work work;
	/*
	 * Of struct iface. ADDED: the dataplane has it now, or has it under another id; GONE: it no
	 * longer has; CHANGED: something of it was settled (a line, the configuration).
	 */
	struct watches watches;
	/*
	 * Of struct iface. ADDED: routing may use it now; GONE: no longer; CHANGED: an address of
	 * it, or on which side of NAT it is.
	 */
	struct watches addr_watches;
	/* Of struct iface_addr. ADDED: routing may use it; GONE: no longer. */
	struct watches route_watches;
	/* Of struct iface. GONE: what others have configured on it, as it goes to its defaults. */
	struct watches reset_watches;
	struct watch acl_watch, dp_watch;
	/* NAT's, which has all aliases in order: one of an interface; NULL. */
	struct iface_addr *(*find_alias)(void *arg, struct iface *ifc, bw_ip4 addr);
	void *find_alias_arg;
	struct dialer_table *dialers; /* for those that look for an interface's part of it */
	struct iface_list list;
	struct iface_list shells; /* referred to or still being removed, but not existing */
	struct iface **sorted;	  /* those of `list`, in its order */
	unsigned n_sorted, sorted_size;
	struct iface_chain by_name[IFACE_CHAINS]; /* those of both lists */
	struct iface_list marked;		  /* IFACE_CHANGED */
	struct iface_list derived;		  /* IFACE_DERIVED */
	const struct iface_kind *kind[IFACE_KINDS_MAX];
	unsigned n_kinds;
	struct iface *port[BW_MAX_PORTS]; /* the machine's */
	unsigned n_ports;
	struct iface_chain svis;
	struct addr_index addrs; /* of all that exist and are no stubs */
	struct vlan vlan[VLAN_MAX + 1];
	bool vlans_changed;
};

/* It watches lists and the dataplane. `platform` is borrowed. */
void iface_table_init(struct iface_table *t, struct core *core, struct acl_table *acls,
	const struct bw_platform *platform);
void iface_table_fini(struct iface_table *t);

/* One interface for each port of the platform. */
int iface_table_ports(struct iface_table *t, const struct bw_platform *platform);

/* The interface that the dataplane knows by this id; NULL. */
struct iface *iface_by_id(const struct iface_table *t, uint32_t id);

/* An existing interface of this canonical name, or NULL. */
struct iface *iface_find(struct iface_table *t, const char *name);

/* A reference to the interface of this name, existing or not. NULL with errno: EINVAL, ENOMEM. */
struct iface *iface_get(struct iface_table *t, const char *name);
void iface_put(struct iface *ifc);

/*
 * `interface NAME`: makes it exist; a port that the machine does not have as a stub. -ENODEV: a
 * subinterface of a switch port; -EINVAL: no name of an interface; -ENOSPC, -ENOMEM.
 */
int iface_create(struct iface_table *t, const char *name, struct iface **ifc);

/* `no interface NAME`, with all its configuration. -EPERM: it is a physical one. */
int iface_delete(struct iface *ifc);

/* Everything configured on it, back to the defaults. */
void iface_reset(struct iface *ifc);

/* The same for all of them, before what they refer to is freed. */
void iface_table_clear(struct iface_table *t);

void iface_nat_set(struct iface *ifc, enum iface_nat side);

/* Refer to an access list by name for packets that come in or go out; NULL: to none. */
int iface_acl_set(struct iface *ifc, bool in, const char *name);

/* Whether the dataplane has interfaces of this kind. */
static inline bool iface_is_programmed(const struct iface *ifc)
{
	return ifc->kind->dp_kind != 0;
}

/* Tell that an address of it is another, or may be used otherwise. */
void iface_addr_changed(struct iface *ifc);

/* The configuration changed: it will be looked at again. */
void iface_changed(struct iface *ifc);

/* The same for a port and what stands on it. */
void iface_changed_with_subs(struct iface *ifc);

/* --- addresses (iface_addr.c) --- */

enum iface_addr_error {
	IFACE_ADDR_BAD_MASK = 1, /* "Bad mask /24 for address ..." */
	IFACE_ADDR_OVERLAP,	 /* "% ... overlaps with ..." */
	IFACE_ADDR_INVALID,	 /* not an address of a host */
	IFACE_ADDR_TOO_MANY,
	IFACE_ADDR_NO_MEMORY,
	IFACE_ADDR_SAME,	  /* already there as the other sort, primary or secondary */
	IFACE_ADDR_HAS_SECONDARY, /* the primary goes last */
	IFACE_ADDR_NONE,	  /* nothing to remove */
};

/*
 * Set the primary address, or add a secondary one. 0 or enum iface_addr_error;
 * OVERLAP sets *other to the interface in the way. Nothing is changed on error.
 */
int iface_addr_set(
	struct iface *ifc, bw_ip4 addr, uint8_t plen, bool secondary, struct iface **other);

/*
 * Remove one. 0 or enum iface_addr_error: HAS_SECONDARY for the primary address as
 * long as there are others, unless `force`.
 */
int iface_addr_remove(struct iface *ifc, bw_ip4 addr, bool secondary, bool force);
void iface_addr_remove_all(struct iface *ifc);

/* NULL if there is none. */
struct iface_addr *iface_addr_primary(const struct iface *ifc);

/*
 * Give a Dialer an address that no line of its own says: that of the interface which `ip
 * unnumbered` names, or what IPCP gave. The dataplane knows the interface by it; with `own` it is
 * one of the interface's addresses as well, with a route. 0: none. 0 or enum iface_addr_error,
 * with *other as above; then it is not its own.
 */
int iface_addr_assign(struct iface *ifc, bw_ip4 addr, bool own, struct iface **other);

/* The address that an unnumbered Dialer borrows of this interface; NULL: it has none to lend. */
const struct iface_addr *iface_addr_lent(const struct iface *ifc);

/* The address that packets of the router leave with by this interface; 0: it has none. */
bw_ip4 iface_addr_source(const struct iface *ifc);

/* The existing interface that has this address, whether up or not; NULL. */
struct iface *iface_addr_owner(struct iface_table *t, uint16_t vrf, bw_ip4 addr);

/* The address whose subnet holds `addr` on this interface; NULL. */
struct iface_addr *iface_addr_on_subnet(const struct iface *ifc, bw_ip4 addr);

/* Answer ARP for a NAT global that it has not yet; NULL without memory. And no longer. */
struct iface_addr *iface_alias_add(struct iface *ifc, bw_ip4 addr);
void iface_alias_remove(struct iface_addr *alias);
struct iface_addr *iface_alias_find(struct iface *ifc, bw_ip4 addr); /* or NULL */

/* Tell which addresses routing may use: all of them or none. */
void iface_addr_routes(struct iface *ifc, bool up);

/* --- switching (vlan.c) --- */

/* True if it was new. */
bool vlan_create(struct iface_table *t, uint16_t vlan);
void vlan_delete(struct iface_table *t, uint16_t vlan);
void vlan_rename(struct iface_table *t, uint16_t vlan, const char *name);

/* `vlan`, or 0 if it does not exist: then it carries nothing, whoever names it. */
uint16_t vlan_existing(const struct iface *ifc, uint16_t vlan);

/* What SVIs stand on has changed. */
void vlan_changed_svis(struct iface_table *t);

/* Whether a switch port carries the VLAN. */
bool vlan_member(const struct iface *port, uint16_t vlan);

/* Whether a port that is up carries it. */
bool vlan_alive(struct iface_table *t, uint16_t vlan);

/* --- state (iface_state.c) --- */

/* `encapsulation dot1Q`; 0: none. -EEXIST: *other of the same port has the VLAN; -ENOMEM. */
int iface_dot1q_set(struct iface *ifc, uint16_t vlan, bool native, struct iface **other);

/* Line states of what was marked, from ports to what stands on them; logs what changed. */
void iface_state_update(struct iface_table *t);

/* The port of this index in the region's table, or NULL. */
struct iface *iface_port_find(const struct iface_table *t, unsigned port);

/* "administratively down", "not present", "up" or "down". */
const char *iface_status_text(const struct iface *ifc);

/* Ports follow the dataplane from now on: whether it is there, and what it says of links. */
void iface_ports_watch(struct iface_table *t);

/* The interface's MAC address: its own, its port's, or of an SVI the first switch port's. */
const uint8_t *iface_mac(const struct iface *ifc);

/* The interface whose address it borrows (`ip unnumbered`), or NULL. */
struct iface *iface_lender(const struct iface *ifc);

/* Largest IPv4 packet. */
uint16_t iface_ip_mtu(const struct iface *ifc);

/*
 * What went through, since the counters were cleared: of a switch port what its
 * driver counted, else layer 3. Zeros without a dataplane.
 */
void iface_counters(const struct iface *ifc, struct bw_if_counters *sum);

/* A port's driver's counters; zeros for others. */
void iface_driver_counters(const struct iface *ifc, struct iface_driver *d);

/* `clear counters`: the dataplane clears its own, the driver's are counted from here on. */
void iface_counters_cleared(struct iface *ifc);

/* Every IFACE_RATE_INTERVAL seconds. */
void iface_rates_sample(struct iface_table *t);

/* --- the dataplane (iface_program.c) --- */

void iface_program_init(struct iface_table *t);
void iface_program(struct iface *ifc);
void iface_program_vlans(struct iface_table *t);

#endif
