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

/* The dataplane refused this object: it is tried again with the next dp_queue_retry(). */
void dp_queue_failed(struct dp_link *link, struct dp_object *o);
void dp_queue_retry(struct dp_link *link);

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
