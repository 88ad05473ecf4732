/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Control's end of the contract with byway-dp.
 *
 * What control wants is kept as objects, not as messages: a change marks its
 * object (dp_touch, dp_remove), and when there is room in the ring the object is
 * asked for the message that says how it is then. So a full ring costs memory
 * by the size of the state, never by the number of changes.
 *
 * Order. Objects that others refer to are set before what refers to them and
 * removed after it: classes are sent in the order of enum dp_class, then removals
 * in the reverse order. Leaf classes, which nothing refers to, keep the order of
 * time for sets and removals alike (an address may move between interfaces).
 *
 * Coming and going of byway-dp: connect is tried every 200 ms, and nothing waits
 * for its answer. Once connected,
 * the objects that the dataplane still holds are read, so that their ids can be
 * kept (control/core/idmap.h); then everything is sent again between SYNC_BEGIN and
 * SYNC_END, and the dataplane removes the rest. A fresh byway-dp takes the same
 * way with nothing to read.
 */
#ifndef BW_CONTROL_CORE_DATAPLANE_LINK_H
#define BW_CONTROL_CORE_DATAPLANE_LINK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "dataplane/api/link.h"

#include "control/core/log.h"

struct event;
struct event_base;
struct dp_link;

/* In the order of sending. A class may refer to those above it. */
enum dp_class {
	DP_HOST,
	DP_NAT_CONFIG,
	DP_DEBUG,
	DP_ACL,
	DP_IF,
	DP_IF_VLANS,
	DP_IF_ADDR,
	DP_PPPOE,
	DP_ARP,
	DP_NAT_POOL,
	DP_NAT_RULE,
	DP_NAT_LIMIT,
	DP_ADJ,
	DP_ECMP,
	DP_ROUTE,
	DP_CLASSES,
};

enum dp_queue_state { DP_IDLE, DP_SETTING, DP_REMOVING, DP_FAILED };

/* Embedded in whatever is programmed. All zero but for the class when new. */
struct dp_object {
	TAILQ_ENTRY(dp_object) entry;
	uint8_t class;
	uint8_t queue; /* enum dp_queue_state */
	uint8_t tries; /* failures since the last change */
	bool sent;     /* the dataplane may hold it */
	bool gone;     /* control no longer wants it */
	uint32_t part; /* next message of several */
};

TAILQ_HEAD(dp_queue, dp_object);

/* How one class is said to the dataplane. `owner` is what dp_class_register() was given. */
struct dp_class_ops {
	const char *name; /* "route": for the log */
	bool leaf;

	/*
	 * Fill in type, cookie and body of message number `part`. True if another one
	 * follows. The cookie is made with dp_cookie() and says which object it was.
	 */
	bool (*set)(void *owner, struct dp_object *o, uint32_t part, struct bw_msg *m);
	void (*del)(void *owner, struct dp_object *o, struct bw_msg *m);

	/* Neither side holds a removed object any more: it may be freed. NULL: nothing to do. */
	void (*released)(void *owner, struct dp_object *o);

	/* The object behind a cookie, NULL if it is gone; and its name for the log. */
	struct dp_object *(*find)(void *owner, uint64_t cookie);
	void (*describe)(void *owner, uint64_t cookie, char *buf, size_t size);
};

/* What the rest of control has to do with the connection. All are required. */
struct dp_hooks {
	void *arg;
	void (*attached)(void *arg);			      /* the region can be read */
	void (*detached)(void *arg);			      /* and now it cannot */
	void (*held)(void *arg, const struct bw_msg *object); /* the dataplane holds this */
	void (*identify)(void *arg);			      /* that was all: choose the ids */
	void (*replay)(void *arg);			      /* dp_touch() everything there is */
	void (*synced)(void *arg); /* the dataplane holds what control wants */
	void (*port)(void *arg, const struct bw_port_state *port);
	void (*pppoe)(void *arg, const struct bw_pppoe_state *state); /* from attached() on */
	void (*debug)(void *arg, const char *line);
	void (*acl_log)(void *arg, const struct bw_acl_log *log);
	void (*wake)(void *arg); /* something is queued: call dp_flush() soon */
};

/* An lcore that has not gone on for so long is said to be stalled. */
#define DP_STALLED_MS 3000

/* How an lcore of the dataplane lives. */
struct dp_pulse {
	uint64_t turns;	     /* as last seen */
	uint32_t still_ms;   /* since they changed */
	uint32_t stopped_ms; /* before they changed the last time */
};

enum dp_state { DP_DOWN, DP_READING, DP_REPLAYING, DP_UP };

typedef void (*dp_row_fn)(void *arg, const struct bw_msg *row);
typedef void (*dp_end_fn)(void *arg, int status); /* 0 or negative errno */

struct dp_dump {
	TAILQ_ENTRY(dp_dump) entry;
	struct dp_link *link;
	struct bw_dump what;
	uint32_t seq; /* 0: not sent yet */
	dp_row_fn row;
	dp_end_fn end;
	void *arg;
	uint32_t waited_ms; /* since it was asked for, or got a row */
	bool patient;	    /* it waits for a stalled dataplane */
	uint32_t *cursor;   /* if not NULL: gets the cursor of its end, before `end` is called */
};

struct dp_oneshot;

struct dp_link {
	struct event_base *base;
	const char *path;
	struct log *log;
	struct dp_hooks hooks;
	struct bw_client client;
	enum dp_state state;
	uint64_t boot_id;
	uint32_t n_workers, n_ports; /* as checked on attaching: the header is not read again */
	uint32_t acked;
	struct {
		const struct dp_class_ops *ops;
		void *owner;
		struct dp_queue set, del;
	} class[DP_CLASSES];
	unsigned queued; /* objects in all set and del queues */
	struct dp_queue failed;
	TAILQ_HEAD(, dp_dump) dumps;
	TAILQ_HEAD(, dp_oneshot) oneshots;
	unsigned n_oneshots;
	unsigned reading; /* dumps of the resync that have not ended */
	unsigned asked;	  /* dumps that the dataplane was asked for and has not ended */
	struct event *connect_timer, *retry_timer, *room_timer, *sock_event, *bell_event;
	struct event *watch_timer;
	struct dp_pulse pulse[BW_MAX_WORKERS + 1]; /* of the workers, then of the main lcore */
	uint64_t watched_at;
	struct event *answer_event; /* while a connection is begun */
	int last_error;		    /* of connect, to log changes only */
	struct log_limit nack_limit;
	struct log_limit remote_limit;
};

/* `path` and `log` are borrowed. 0 or -ENOMEM. */
int dp_link_init(struct dp_link *link, struct event_base *base, const char *path, struct log *log,
	const struct dp_hooks *hooks);
void dp_link_fini(struct dp_link *link);

void dp_class_register(
	struct dp_link *link, enum dp_class class, const struct dp_class_ops *ops, void *owner);

/* Start to connect, now and whenever the dataplane is gone. */
void dp_link_start(struct dp_link *link);

/* The object is new or has changed. */
void dp_touch(struct dp_link *link, struct dp_object *o);

/* The object is no longer wanted. ops->released() is called now or later. */
void dp_remove(struct dp_link *link, struct dp_object *o);

/* Take the object out of every queue, as if it had never been sent: before it is freed. */
void dp_forget(struct dp_link *link, struct dp_object *o);

/* Send what is queued, as far as there is room. */
void dp_flush(struct dp_link *link);

/* Nothing is queued and everything that was sent is acknowledged. */
bool dp_link_settled(const struct dp_link *link);

/* The region, or NULL without a dataplane. Not to be kept. */
const struct bw_region *dp_region(const struct dp_link *link);

/* How many counter blocks and ports the region has; 0 without a dataplane. */
unsigned dp_workers(const struct dp_link *link);
unsigned dp_ports(const struct dp_link *link);

/* True while the dataplane is connected but its main lcore does not go on: nobody answers. */
bool dp_stalled(const struct dp_link *link);

/* For how long an lcore has not gone on: of worker `lcore`, or after them of the main lcore. */
uint32_t dp_still_ms(const struct dp_link *link, unsigned lcore);

/*
 * Ask for rows. `end` is called once, later, unless the dump is cancelled before; with -ETIMEDOUT
 * if the dataplane stalls or is silent for too long. NULL with errno ENOTCONN, ETIMEDOUT (it is
 * stalled) or ENOMEM.
 */
struct dp_dump *dp_dump_start(
	struct dp_link *link, const struct bw_dump *what, dp_row_fn row, dp_end_fn end, void *arg);
void dp_dump_cancel(struct dp_dump *dump);

/*
 * A command that is no state (a clear): sent after what is queued, not repeated
 * if the dataplane goes. -ENOTCONN, -ETIMEDOUT if it is stalled, -ENOBUFS if very many wait,
 * -ENOMEM.
 */
int dp_command(struct dp_link *link, uint16_t type, const void *body, size_t size);

/* class | a (16 bits) | b (8) | c (32) */
static inline uint64_t dp_cookie(enum dp_class class, uint16_t a, uint8_t b, uint32_t c)
{
	return (uint64_t)(class + 1) << 56 | (uint64_t)a << 40 | (uint64_t)b << 32 | c;
}

static inline uint16_t dp_cookie_a(uint64_t cookie)
{
	return (uint16_t)(cookie >> 40);
}

static inline uint8_t dp_cookie_b(uint64_t cookie)
{
	return (uint8_t)(cookie >> 32);
}

static inline uint32_t dp_cookie_c(uint64_t cookie)
{
	return (uint32_t)cookie;
}

#endif
