/* SPDX-License-Identifier: BSD-3-Clause */
/* The queues of objects that wait to be said to the dataplane. */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>

#include "control/core/dataplane_private.h"

static const struct timeval retry_interval = { .tv_sec = 1 };

void dp_forget(struct dp_link *link, struct dp_object *o)
{
	switch (o->queue) {
	case DP_SETTING:
		TAILQ_REMOVE(&link->class[o->class].set, o, entry);
		link->queued--;
		break;
	case DP_REMOVING:
		TAILQ_REMOVE(&link->class[o->class].del, o, entry);
		link->queued--;
		break;
	case DP_FAILED:
		TAILQ_REMOVE(&link->failed, o, entry);
		break;
	}
	o->queue = DP_IDLE;
	o->part = 0;
}

static void enqueue(struct dp_link *link, struct dp_object *o, enum dp_queue_state queue)
{
	dp_forget(link, o);
	o->queue = queue;
	if (queue == DP_SETTING)
		TAILQ_INSERT_TAIL(&link->class[o->class].set, o, entry);
	else
		TAILQ_INSERT_TAIL(&link->class[o->class].del, o, entry);
	link->queued++;
	link->hooks.wake(link->hooks.arg);
}

void dp_touch(struct dp_link *link, struct dp_object *o)
{
	o->gone = false;
	o->tries = 0;
	if (link->state < DP_REPLAYING) /* the replay will take it */
		dp_forget(link, o);
	else
		enqueue(link, o, DP_SETTING);
}

void dp_remove(struct dp_link *link, struct dp_object *o)
{
	o->gone = true;
	o->tries = 0;
	if (link->state < DP_REPLAYING || !o->sent) {
		dp_forget(link, o);
		dp_object_released(link, o);
		return;
	}
	enqueue(link, o, link->class[o->class].ops->leaf ? DP_SETTING : DP_REMOVING);
}

/* Without a connection there is nobody to tell: what is gone is gone. */
void dp_queues_reset(struct dp_link *link)
{
	for (unsigned c = 0; c < DP_CLASSES; c++) {
		struct dp_queue *queue[] = { &link->class[c].set, &link->class[c].del };

		for (unsigned i = 0; i < 2; i++) {
			struct dp_object *o;

			while ((o = TAILQ_FIRST(queue[i])) != NULL) {
				dp_forget(link, o);
				if (o->gone)
					dp_object_released(link, o);
			}
		}
	}
	while (!TAILQ_EMPTY(&link->failed))
		dp_forget(link, TAILQ_FIRST(&link->failed));
}

bool dp_put(struct dp_link *link, const struct bw_msg *m)
{
	struct bw_msg *slot = bw_client_command(&link->client, m->hdr.type, m->hdr.cookie);

	if (slot == NULL)
		return false;
	memcpy(slot->body, m->body, sizeof(slot->body));
	return true;
}

/* Send one object's messages. False when the ring is full; `o` may be freed after true. */
static bool send_object(struct dp_link *link, struct dp_object *o)
{
	const struct dp_class_table *t = &link->class[o->class];
	bool more = true, put;

	while (more) {
		struct bw_msg m = { 0 };

		more = !o->gone && dp_object_say(t, o, o->part, &m);
		if (o->gone)
			dp_object_say_gone(t, o, &m);
		put = dp_put(link, &m);
		explicit_bzero(&m, sizeof(m)); /* it may hold a password */
		if (!put)
			return false;
		o->sent = true;
		o->part++;
	}
	dp_forget(link, o);
	if (o->gone)
		dp_object_released(link, o);
	return true;
}

static bool drain(struct dp_link *link, struct dp_queue *queue)
{
	struct dp_object *o;

	while ((o = TAILQ_FIRST(queue)) != NULL)
		if (!send_object(link, o))
			return false;
	return true;
}

void dp_hold_removals(struct dp_link *link, bool hold)
{
	if (link->removals_held && !hold && link->queued > 0)
		link->hooks.wake(link->hooks.arg);
	link->removals_held = hold;
}

bool dp_queues_drain(struct dp_link *link)
{
	for (unsigned i = 0; i < link->n_classes; i++)
		if (!drain(link, &link->class[link->order[i]].set))
			return false;
	for (unsigned i = link->n_classes; i-- > 0 && !link->removals_held;)
		if (!drain(link, &link->class[link->order[i]].del))
			return false;
	return true;
}

void dp_queue_failed(struct dp_link *link, struct dp_object *o)
{
	if (o->queue != DP_IDLE || o->gone || ++o->tries > DP_MAX_TRIES)
		return;
	o->queue = DP_FAILED;
	TAILQ_INSERT_TAIL(&link->failed, o, entry);
	if (!evtimer_pending(link->retry_timer, NULL))
		evtimer_add(link->retry_timer, &retry_interval);
}

void dp_queue_retry(struct dp_link *link)
{
	struct dp_queue failed = TAILQ_HEAD_INITIALIZER(failed);
	struct dp_object *o;

	TAILQ_CONCAT(&failed, &link->failed, entry);
	while ((o = TAILQ_FIRST(&failed)) != NULL) {
		const struct dp_class_table *t = &link->class[o->class];
		bool had_id = o->id != 0;

		TAILQ_REMOVE(&failed, o, entry);
		o->queue = DP_IDLE;
		if (dp_take_id(link, o) != 0) {
			dp_object_no_id(link, o);
			dp_queue_failed(link, o);
			continue;
		}
		if (o->id != 0 && !had_id && t->ops->identified != NULL)
			t->ops->identified(t->owner, o);
		enqueue(link, o, DP_SETTING);
	}
}
