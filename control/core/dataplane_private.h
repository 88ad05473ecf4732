/* SPDX-License-Identifier: BSD-3-Clause */
/* Between the files dataplane_*.c only. */
#ifndef BW_CONTROL_CORE_DATAPLANE_PRIVATE_H
#define BW_CONTROL_CORE_DATAPLANE_PRIVATE_H

#include "control/core/dataplane_link.h"

#define DP_MAX_TRIES 3 /* of an object that the dataplane refuses */

struct dp_oneshot {
	TAILQ_ENTRY(dp_oneshot) entry;
	struct bw_msg msg;
};

/* One message into the ring; false if that is full. */
bool dp_put(struct dp_link *link, const struct bw_msg *m);

/* Send everything queued; false if the ring filled up first. */
bool dp_queues_drain(struct dp_link *link);
void dp_queues_reset(struct dp_link *link);

/* An id for an object of a class that has them. 0, -ENOSPC, -ENOMEM; and a line of the log then. */
int dp_take_id(struct dp_link *link, struct dp_object *o);
void dp_object_no_id(struct dp_link *link, struct dp_object *o);

/* The dataplane refused this object: it is tried again with the next dp_queue_retry(). */
void dp_queue_failed(struct dp_link *link, struct dp_object *o);
void dp_queue_retry(struct dp_link *link);

/* Classes and their tables. */
void dp_objects_init(struct dp_link *link);
void dp_objects_fini(struct dp_link *link);

/* The table that has a class's ids: its own, or another one's; NULL: it has none. */
struct dp_class_table *dp_ids_of(struct dp_link *link, enum dp_class class);

/* Make the table's by_id[id] the object, or NULL. 0 or -ENOMEM. */
int dp_enter_id(struct dp_class_table *t, uint32_t id, struct dp_object *o);

/* A dataplane is there and will be asked what it holds; this it holds; that was all. */
void dp_objects_read(struct dp_link *link);
void dp_object_held(struct dp_link *link, const struct bw_msg *m);
void dp_objects_identify(struct dp_link *link);

/* Queue all that is wanted; and all of that has been sent. */
void dp_objects_replay(struct dp_link *link);
void dp_objects_synced(struct dp_link *link);

/* Message number `part` of a wanted object. True if another one follows. */
bool dp_object_say(
	const struct dp_class_table *t, struct dp_object *o, uint32_t part, struct bw_msg *m);

/* The message of set_type of them, zeros before it. */
void dp_object_say_set(const struct dp_class_table *t, struct dp_object *o, struct bw_msg *m);

void dp_object_say_gone(const struct dp_class_table *t, struct dp_object *o, struct bw_msg *m);

/* The object of a cookie, if it is wanted; and its name for the log, wanted or not. */
struct dp_object *dp_object_find(struct dp_link *link, uint64_t cookie);
void dp_object_describe(struct dp_link *link, uint64_t cookie, char *buf, size_t size);

void dp_object_label(struct dp_link *link, struct dp_object *o, char *buf, size_t size);

/* Neither side has the object any more. */
void dp_object_released(struct dp_link *link, struct dp_object *o);

/* Requests: rows and one-shot commands. */
bool dp_requests_send(struct dp_link *link);
void dp_requests_fail(struct dp_link *link);
void dp_dump_event(struct dp_link *link, const struct bw_msg *m);

/* So much time has passed: dumps that wait for too long, or for a stalled dataplane, end. */
void dp_dumps_age(struct dp_link *link, uint32_t ms);

/* Watch the dataplane from now on, until it is gone; the timer's function. */
void dp_watch_start(struct dp_link *link);
void dp_watch_stop(struct dp_link *link);
void dp_watch_tick(struct dp_link *link);

static inline bool dp_pulse_stopped(const struct dp_pulse *pulse)
{
	return pulse->still_ms >= DP_STALLED_MS;
}

#endif
