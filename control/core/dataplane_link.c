/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/core/dataplane_link.h"

#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/core/dataplane_private.h"
#include "control/core/format.h"

#define EVENTS_A_TURN 4096 /* then the event loop has others look in */

static const struct timeval connect_interval = { .tv_usec = 200 * 1000 };
static const struct timeval answer_limit = { .tv_sec = 1 }; /* who is silent for so long hangs */
static const struct timeval room_interval = { .tv_usec = 5 * 1000 };

static void disconnect(struct dp_link *link)
{
	if (link->state == DP_DOWN)
		return;
	link->state = DP_DOWN;
	event_free(link->sock_event);
	event_free(link->bell_event);
	link->sock_event = link->bell_event = NULL;
	evtimer_del(link->room_timer);
	evtimer_del(link->retry_timer);
	dp_watch_stop(link);
	dp_queues_reset(link);
	dp_requests_fail(link);
	bw_client_close(&link->client);
	watches_tell(&link->watches, WATCH_GONE, link);
}

static void lost(struct dp_link *link)
{
	log_event(link->log, "PLATFORM-3-DATAPLANE", "the dataplane is gone");
	disconnect(link);
	evtimer_add(link->connect_timer, &connect_interval);
}

static void nack(struct dp_link *link, const struct bw_msg *m)
{
	const struct bw_nack *nack = &m->nack;
	struct dp_object *o;
	char what[96] = "";

	if (nack->cmd == BW_CMD_DUMP) {
		dp_dump_event(link, m);
		return;
	}
	o = dp_object_find(link, m->hdr.cookie);
	/* The set was refused before, so there is nothing to remove. */
	if (o == NULL && dp_cookie_class(m->hdr.cookie) != DP_NONE && nack->error == BW_E_NO_OBJECT)
		return;
	dp_object_describe(link, m->hdr.cookie, what, sizeof(what));
	if (o != NULL)
		dp_queue_failed(link, o);
	if (log_allowed(&link->nack_limit, clock_ms()))
		log_event(link->log, "PLATFORM-3-REFUSED", "%s %s: %s", bw_msg_name(nack->cmd),
			what, bw_error_text(nack->error));
}

static void remote_log(struct dp_link *link, const struct bw_log *l)
{
	struct bw_log copy = *l;

	copy.mnemonic[sizeof(copy.mnemonic) - 1] = '\0';
	copy.text[sizeof(copy.text) - 1] = '\0';
	if (log_allowed(&link->remote_limit, clock_ms()))
		log_event(link->log, copy.mnemonic, "%s", copy.text);
}

void dp_on_event(struct dp_link *link, enum bw_msg_type type, dp_event_fn fn, void *owner)
{
	link->event[type - BW_EVT_ACK].fn = fn;
	link->event[type - BW_EVT_ACK].owner = owner;
}

/* True if somebody wants events of this type, and has been told this one. */
static bool told_of(struct dp_link *link, const struct bw_msg *m)
{
	unsigned event = m->hdr.type - BW_EVT_ACK;

	if (m->hdr.type < BW_EVT_ACK || m->hdr.type >= BW_EVT_MAX || link->event[event].fn == NULL)
		return false;
	link->event[event].fn(link->event[event].owner, m);
	return true;
}

static void on_message(void *arg, const struct bw_msg *m)
{
	struct dp_link *link = arg;

	switch (m->hdr.type) {
	case BW_EVT_ACK:
		link->acked = m->hdr.seq;
		break;
	case BW_EVT_NACK:
		nack(link, m);
		break;
	case BW_EVT_LOG:
		remote_log(link, &m->log);
		break;
	default: /* an event; some are rows of the resync as well */
		if (!told_of(link, m))
			dp_dump_event(link, m);
	}
}

static void on_bell(evutil_socket_t, short, void *arg)
{
	struct dp_link *link = arg;
	bool more;

	if (link->state == DP_DOWN)
		return;
	bw_bell_clear(link->client.evt_bell);
	more = bw_client_events(&link->client, EVENTS_A_TURN, on_message, link) == EVENTS_A_TURN;
	if (link->state == DP_DOWN)
		return;
	if (more)
		bw_bell_ring(link->client.evt_bell);
	link->hooks.wake(link->hooks.arg);
}

/* The dataplane never writes to the socket: readable means gone. */
static void on_socket(evutil_socket_t, short, void *arg)
{
	lost(arg);
}

static void on_retry(evutil_socket_t, short, void *arg)
{
	dp_queue_retry(arg);
}

static void on_room(evutil_socket_t, short, void *arg)
{
	struct dp_link *link = arg;

	link->hooks.wake(link->hooks.arg);
}

static void on_watch(evutil_socket_t, short, void *arg)
{
	dp_watch_tick(arg);
}

/* The objects that the dataplane holds are known: all is said again. */
static void resync(struct dp_link *link)
{
	struct bw_msg begin = { .hdr.type = BW_CMD_SYNC_BEGIN };

	dp_objects_identify(link);
	link->state = DP_REPLAYING;
	if (!dp_put(link, &begin)) { /* an empty ring has room, so this is no ring of ours */
		lost(link);
		return;
	}
	dp_objects_replay(link);
	link->hooks.wake(link->hooks.arg);
}

static void held_row(void *arg, const struct bw_msg *row)
{
	struct dp_link *link = arg;

	if (row->hdr.type == BW_EVT_OBJECT)
		dp_object_held(link, row);
}

static void held_end(void *arg, int status)
{
	struct dp_link *link = arg;

	if (link->state != DP_READING)
		return;
	if (status != 0) /* its ids are then not known, and it keeps nothing that hangs on them */
		log_event(link->log, "PLATFORM-4-RESYNC", "the dataplane did not tell its objects");
	if (--link->reading == 0)
		resync(link);
}

static int read_rows(struct dp_link *link, uint16_t what)
{
	struct bw_dump dump_of = { .what = what };
	struct dp_dump *dump = dp_dump_start(link, &dump_of, held_row, held_end, link);

	if (dump == NULL)
		return -errno;
	dump->patient = true; /* without it, what the dataplane holds would be swept */
	link->reading++;
	return 0;
}

/*
 * What the dataplane is asked about before anything is sent: all that has ids, and states that
 * live with it, so that what follows from them is not swept.
 */
static int read_objects(struct dp_link *link)
{
	int err = 0;

	link->reading = 0;
	for (unsigned i = 0; err == 0 && i < link->n_classes; i++) {
		const struct dp_class_ops *ops = link->class[link->order[i]].ops;

		if (ops->key != NULL)
			err = read_rows(link, ops->set_type);
		if (err == 0 && ops->state_type != 0)
			err = read_rows(link, ops->state_type);
	}
	return err;
}

static int watch(struct dp_link *link)
{
	link->sock_event =
		event_new(link->base, link->client.sock, EV_READ | EV_PERSIST, on_socket, link);
	link->bell_event =
		event_new(link->base, link->client.evt_bell, EV_READ | EV_PERSIST, on_bell, link);
	if (link->sock_event == NULL || link->bell_event == NULL)
		goto fail;
	event_add(link->sock_event, NULL);
	event_add(link->bell_event, NULL);
	return 0;
fail:
	if (link->sock_event != NULL)
		event_free(link->sock_event);
	if (link->bell_event != NULL)
		event_free(link->bell_event);
	link->sock_event = link->bell_event = NULL;
	return -ENOMEM;
}

static int attach(struct dp_link *link)
{
	int err = watch(link);

	if (err != 0) {
		bw_client_close(&link->client);
		return err;
	}
	link->state = DP_READING;
	link->acked = 0;
	link->boot_id = link->client.region.header->boot_id;
	link->n_workers = link->client.region.header->n_workers;
	link->n_ports = link->client.region.header->n_ports;
	dp_watch_start(link);
	dp_objects_read(link);
	watches_tell(&link->watches, WATCH_ADDED, link);
	return read_objects(link);
}

static void not_connected(struct dp_link *link, int err)
{
	disconnect(link);
	bw_client_close(&link->client);
	if (err != link->last_error)
		log_event(link->log, "PLATFORM-4-DATAPLANE", "no dataplane at %s: %s", link->path,
			strerror(-err));
	link->last_error = err;
	evtimer_add(link->connect_timer, &connect_interval);
}

static void on_answer(evutil_socket_t, short what, void *arg)
{
	struct dp_link *link = arg;
	int err = what & EV_TIMEOUT ? -ETIMEDOUT : bw_client_finish(&link->client);

	if (err == -EAGAIN) {
		event_add(link->answer_event, &answer_limit);
		return;
	}
	event_free(link->answer_event);
	link->answer_event = NULL;
	if (err == 0)
		err = attach(link);
	if (err == 0)
		link->last_error = 0;
	else
		not_connected(link, err);
}

static void on_connect(evutil_socket_t, short, void *arg)
{
	struct dp_link *link = arg;
	int err;

	if (link->state != DP_DOWN || link->answer_event != NULL)
		return; /* connected, or about to be */
	err = bw_client_begin(&link->client, link->path);
	if (err == 0) {
		link->answer_event =
			event_new(link->base, link->client.sock, EV_READ, on_answer, link);
		if (link->answer_event != NULL && event_add(link->answer_event, &answer_limit) == 0)
			return;
		err = -ENOMEM;
	}
	if (link->answer_event != NULL)
		event_free(link->answer_event);
	link->answer_event = NULL;
	not_connected(link, err);
}

int dp_link_init(struct dp_link *link, struct event_base *base, const char *path, struct log *log,
	const struct dp_hooks *hooks)
{
	memset(link, 0, sizeof(*link));
	link->base = base;
	link->path = path;
	link->log = log;
	link->hooks = *hooks;
	link->nack_limit = (struct log_limit) { .burst = 10, .interval_ms = 1000 };
	link->remote_limit = (struct log_limit) { .burst = 50, .interval_ms = 100 };
	dp_objects_init(link);
	watches_init(&link->watches);
	watches_init(&link->flushed);
	TAILQ_INIT(&link->failed);
	TAILQ_INIT(&link->dumps);
	TAILQ_INIT(&link->oneshots);
	link->connect_timer = evtimer_new(base, on_connect, link);
	link->retry_timer = evtimer_new(base, on_retry, link);
	link->room_timer = evtimer_new(base, on_room, link);
	link->watch_timer = evtimer_new(base, on_watch, link);
	if (link->connect_timer == NULL || link->retry_timer == NULL || link->room_timer == NULL ||
		link->watch_timer == NULL) {
		dp_link_fini(link);
		return -ENOMEM;
	}
	return 0;
}

void dp_link_fini(struct dp_link *link)
{
	disconnect(link);
	if (link->answer_event != NULL)
		event_free(link->answer_event);
	link->answer_event = NULL;
	bw_client_close(&link->client);
	if (link->connect_timer != NULL)
		event_free(link->connect_timer);
	if (link->retry_timer != NULL)
		event_free(link->retry_timer);
	if (link->room_timer != NULL)
		event_free(link->room_timer);
	if (link->watch_timer != NULL)
		event_free(link->watch_timer);
	link->connect_timer = link->retry_timer = link->room_timer = link->watch_timer = NULL;
	dp_objects_fini(link);
}

void dp_link_start(struct dp_link *link)
{
	const struct timeval now = { 0 };

	evtimer_add(link->connect_timer, &now);
}

/* Everything is said once since SYNC_BEGIN: the rest is stale. */
static bool end_sync(struct dp_link *link)
{
	struct bw_msg end = { .hdr.type = BW_CMD_SYNC_END };

	if (!dp_put(link, &end))
		return false;
	link->state = DP_UP;
	dp_objects_synced(link);
	log_event(link->log, "PLATFORM-5-DATAPLANE", "the dataplane is programmed");
	return true;
}

void dp_flush(struct dp_link *link)
{
	bool done;

	if (link->state == DP_DOWN)
		return;
	done = link->state == DP_READING || dp_queues_drain(link);
	if (done && link->state == DP_REPLAYING)
		done = end_sync(link);
	done = done && dp_requests_send(link);
	bw_client_flush(&link->client);
	watches_tell(&link->flushed, WATCH_CHANGED, link);
	if (!done)
		evtimer_add(link->room_timer, &room_interval);
}

bool dp_link_settled(const struct dp_link *link)
{
	return link->state == DP_UP && link->queued == 0 && link->n_oneshots == 0 &&
	       link->acked == link->client.seq;
}

const struct bw_region *dp_region(const struct dp_link *link)
{
	return link->state == DP_DOWN ? NULL : &link->client.region;
}

unsigned dp_workers(const struct dp_link *link)
{
	return link->state == DP_DOWN ? 0 : link->n_workers;
}

unsigned dp_ports(const struct dp_link *link)
{
	return link->state == DP_DOWN ? 0 : link->n_ports;
}
