/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Dialer interfaces, and the Ethernets that they dial through: what is configured, which Ethernet
 * serves which Dialer, and what becomes of the sessions.
 *
 * A Dialer names a pool, an Ethernet is a member of pools; the dataplane's PPPoE client is made
 * of one of each. Members that are up are taken first, in the order of configuration, and a
 * Dialer keeps its member as long as that is up. The session itself is the dataplane's: its state
 * comes as events, and a session that is there when control starts is taken over as it is.
 *
 * While a session is open the Dialer has its negotiated address, a route to its peer and, with
 * `ppp ipcp route default`, a default route. An interface Virtual-AccessN shows it.
 */
#ifndef BW_CONTROL_DIALER_H
#define BW_CONTROL_DIALER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "control/core/core.h"
#include "control/iface/iface.h"

#define DIALER_POOL_MAX		 255
#define DIALER_IDLE_DEFAULT	 120 /* seconds */
#define DIALER_KEEPALIVE_DEFAULT 10  /* seconds */
#define DIALER_MISSES_DEFAULT	 5
#define DIALER_RETRY_DEFAULT	 2  /* seconds */
#define DIALER_AUTH_DEFAULT	 10 /* seconds */
#define DIALER_CONFIGURE_DEFAULT 10
#define DIALER_FAILURE_DEFAULT	 5
#define DIALER_TERMINATE_DEFAULT 2
#define DIALER_REDIAL_DEFAULT	 20 /* seconds */

struct dialer_table;
struct rib;
struct rib_route;

extern const struct iface_kind iface_dialer, iface_access;

/* A name or password: bytes, not a string. */
struct dialer_text {
	uint8_t len;
	uint8_t data[BW_PPPOE_TEXT];
};

/* `pppoe-client dial-pool-number N` of an Ethernet. */
struct pppoe_member {
	TAILQ_ENTRY(pppoe_member) entry; /* in the order of configuration */
	struct iface *ifc;		 /* a reference */
	uint8_t pool;
	uint16_t redial_s;
	struct dialer_text service; /* empty: any */
	struct dialer *dialer;	    /* that dials through it; NULL = none */
};

struct dialer_conf {
	bool ppp;     /* encapsulation ppp */
	uint8_t pool; /* 0 = none */
	uint32_t idle_s;
	bool negotiated;	  /* ip address negotiated */
	struct iface *unnumbered; /* a reference, or NULL */
	bool chap_refused, pap_refused;
	bool route_default, no_neighbor_route, dns_request, accept_address;
	uint32_t keepalive_s, keepalive_misses;		 /* 0 s = no keepalive */
	uint32_t retry_s, auth_timeout_s, ncp_timeout_s; /* ncp 0 = no limit */
	uint16_t max_configure, max_failure, max_terminate;
	struct dialer_text text[BW_PPPOE_SERVICE]; /* by enum bw_pppoe_which */
};

/* The part of an interface that only a Dialer has, as long as it. */
struct dialer {
	TAILQ_ENTRY(dialer) entry; /* by number */
	struct dialer_table *table;
	struct iface *ifc;
	struct dialer_conf conf;

	/* the client in the dataplane */
	struct pppoe_member *member; /* NULL = none of its pool is free */
	bool texts_changed;	     /* since they were sent */
	bool referred;		     /* the client has a reference to the interface */
	struct bw_pppoe told;	     /* as the dataplane was told last */
	struct dp_object obj;	     /* the client */

	/* the session */
	struct bw_pppoe_state state; /* as told last */
	uint64_t state_ms;	     /* when */
	bool bound;		     /* as logged */
	bool overlap_logged;
	struct iface *access; /* Virtual-AccessN: a reference, or NULL */
	struct rib_route *peer_route, *default_route;
};

/* What the dataplane told of a client before ids were chosen. */
struct dialer_held {
	uint32_t under_if; /* 0 = no client */
	struct bw_pppoe_state state;
};

struct dialer_table {
	struct core *core;
	struct iface_table *ifaces;
	struct rib *rib;
	struct work work;
	struct watch iface_watch, reset_watch, dp_watch;
	TAILQ_HEAD(dialers, dialer) list; /* of all Dialers, existing or not */
	TAILQ_HEAD(, pppoe_member) members;
	struct dialer_held held[BW_MAX_PPPOE];
	char hostname[BW_PPPOE_TEXT + 1]; /* CHAP's name by default */
};

/* It watches interfaces and the dataplane. */
void dialer_table_init(
	struct dialer_table *t, struct core *core, struct iface_table *ifaces, struct rib *rib);

/* --- configuration --- */

/* A Dialer's part comes and goes with the interface. 0 or -ENOMEM. */
int dialer_new(struct iface *ifc);
void dialer_free(struct iface *ifc);

/* Of a Dialer its own part, of a Virtual-Access whose session it shows. Of others: undefined. */
static inline struct dialer *dialer_of(const struct iface *ifc)
{
	return ifc->own;
}

/* What is in dialer_conf, back to the defaults. */
void dialer_reset(struct dialer *d);

/* Something of d->conf was changed. */
void dialer_changed(struct dialer *d);

/* Copies `len` bytes and wipes what was there. -ENAMETOOLONG. */
int dialer_text_set(struct dialer_text *text, const void *data, size_t len);

/* One of enum bw_pppoe_which but the service; len 0: none. -ENAMETOOLONG. */
int dialer_set_text(struct dialer *d, enum bw_pppoe_which which, const void *data, size_t len);

/* `ip unnumbered NAME`; NULL: none. 0 or -ENOMEM. */
int dialer_set_unnumbered(struct dialer *d, const char *name);

/* The router's name, with which CHAP answers if none is configured. */
void dialer_set_hostname(struct dialer_table *t, const char *name);

/* Make the Ethernet a member of a pool, or change how it is one. NULL with errno ENOMEM. */
struct pppoe_member *pppoe_member_set(struct iface *ifc, uint8_t pool);
struct pppoe_member *pppoe_member_find(const struct iface *ifc, uint8_t pool);
void pppoe_member_remove(struct pppoe_member *m);

/* The member was changed, or the Ethernet's `pppoe enable`. */
void pppoe_member_changed(struct iface *ifc);

/* --- what follows --- */

/* `line protocol is up (spoofing)`: so that routes by hand stay configured, session or not. */
bool dialer_spoofs(const struct dialer *d);

/* There is a PPPoE session; the server has accepted us; and IPCP is open, so packets pass. */
bool dialer_is_bound(const struct dialer *d);
bool dialer_is_authenticated(const struct dialer *d);
bool dialer_is_open(const struct dialer *d);

/* An address is configured: of its own, lent, or to be negotiated. */
bool dialer_has_ip(const struct dialer *d);

/* The largest packet that Ethernet and peer take; UINT16_MAX: unknown. */
uint16_t dialer_link_mtu(const struct dialer *d);

/* Seconds since the session opened, while it is. */
uint64_t dialer_up_seconds(const struct dialer *d);

/* --- the dataplane (dialer_program.c) --- */

void dialer_program_init(struct dialer_table *t);
void dialer_program(struct dialer *d);

/* --- sessions (dialer_state.c) --- */

/* A client's state, as event or while the dataplane's objects are read. */
void dialer_event(void *table, const struct bw_msg *m);

/* Without a dataplane there are no sessions. */
void dialer_detached(struct dialer_table *t);

/* The session of `d` is as in `state`. */
void dialer_take_state(struct dialer *d, const struct bw_pppoe_state *state);

/* Say in the log if the Dialer got or lost its Virtual-AccessN. */
void dialer_log_binding(struct dialer *d);

/* It has a Virtual-AccessN, which is to go. */
void dialer_drop_access(struct dialer *d);

/* Bring address, routes and Virtual-AccessN of a Dialer up to date. */
void dialer_apply_state(struct dialer *d);

#endif
