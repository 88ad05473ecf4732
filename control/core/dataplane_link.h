/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Control's end of the contract with byway-dp.
 *
 * What control wants is kept as objects (dataplane_object.h), not as messages: a change marks
 * its object, and when there is room in the ring the object is asked for the message that says how
 * it is then. So a full ring costs memory by the size of the state, never by the number of changes.
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

#include "control/core/dataplane_object.h"
#include "control/core/log.h"
#include "control/core/watch.h"

struct event;
struct event_base;
struct dp_link;

/* What stands above the connection. Both are required. */
struct dp_hooks {
	void *arg;
	void (*wake)(void *arg);   /* something is queued: call dp_flush() soon */
	void (*settle)(void *arg); /* derive what is marked, before objects are identified */
};

typedef void (*dp_event_fn)(void *owner, const struct bw_msg *m);

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
	struct dp_class_table class[DP_CLASSES];
	enum dp_class order[DP_CLASSES]; /* of sending: those that are registered */
	unsigned n_classes;
	unsigned queued; /* objects in all set and del queues */
	bool removals_held;
	struct {
		dp_event_fn fn;
		void *owner;
	} event[BW_EVT_MAX - BW_EVT_ACK];
	/* WATCH_ADDED: the region can be read; WATCH_GONE: it no longer can. Of the link itself. */
	struct watches watches;
	struct watches flushed; /* WATCH_CHANGED: what there was room for is sent */
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

/* What is left of objects is dropped afterwards, as without a dataplane. */
void dp_link_fini(struct dp_link *link);

/*
 * Events of this type (BW_EVT_PORT, _PPPOE, _ACL_LOG, _DEBUG) are `fn`'s, from WATCH_ADDED on. One
 * handler a type.
 */
void dp_on_event(struct dp_link *link, enum bw_msg_type type, dp_event_fn fn, void *owner);

/* Start to connect, now and whenever the dataplane is gone. */
void dp_link_start(struct dp_link *link);

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

#endif
