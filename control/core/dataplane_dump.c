/* SPDX-License-Identifier: BSD-3-Clause */
/* Asking the dataplane: dumps, and commands that are no state. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/core/dataplane_private.h"

#define MAX_ONESHOTS 4096
#define MAX_ASKED    12	   /* dumps at once: the dataplane queues a few more */
#define SILENCE_MS   30000 /* between two rows of a dump, or before the first */

struct dp_dump *dp_dump_start(
	struct dp_link *link, const struct bw_dump *what, dp_row_fn row, dp_end_fn end, void *arg)
{
	struct dp_dump *dump;

	if (link->state == DP_DOWN) {
		errno = ENOTCONN;
		return NULL;
	}
	if (dp_stalled(link)) {
		errno = ETIMEDOUT;
		return NULL;
	}
	dump = calloc(1, sizeof(*dump));
	if (dump == NULL)
		return NULL;
	dump->link = link;
	dump->what = *what;
	dump->row = row;
	dump->end = end;
	dump->arg = arg;
	TAILQ_INSERT_TAIL(&link->dumps, dump, entry);
	link->hooks.wake(link->hooks.arg);
	return dump;
}

void dp_dump_cancel(struct dp_dump *dump)
{
	TAILQ_REMOVE(&dump->link->dumps, dump, entry);
	free(dump); /* rows that still come find nobody */
}

static void finish(struct dp_dump *dump, int status)
{
	dp_end_fn end = dump->end;
	void *arg = dump->arg;

	dp_dump_cancel(dump);
	end(arg, status);
}

static struct dp_dump *find(struct dp_link *link, uint32_t seq)
{
	struct dp_dump *dump;

	TAILQ_FOREACH (dump, &link->dumps, entry)
		if (dump->seq == seq && seq != 0)
			return dump;
	return NULL;
}

void dp_dump_event(struct dp_link *link, const struct bw_msg *m)
{
	struct dp_dump *dump = find(link, m->hdr.seq);

	if ((m->hdr.type == BW_EVT_DUMP_END || m->hdr.type == BW_EVT_NACK) && link->asked > 0)
		link->asked--;
	if (dump == NULL)
		return;
	dump->waited_ms = 0;
	if (m->hdr.type == BW_EVT_DUMP_END && dump->cursor != NULL)
		*dump->cursor = m->dump.cursor;
	if (m->hdr.type == BW_EVT_DUMP_END)
		finish(dump, 0);
	else if (m->hdr.type == BW_EVT_NACK)
		finish(dump, -EIO);
	else
		dump->row(dump->arg, m);
}

int dp_command(struct dp_link *link, uint16_t type, const void *body, size_t size)
{
	struct dp_oneshot *shot;

	if (link->state < DP_REPLAYING)
		return -ENOTCONN;
	if (dp_stalled(link))
		return -ETIMEDOUT;
	if (link->n_oneshots >= MAX_ONESHOTS)
		return -ENOBUFS;
	shot = calloc(1, sizeof(*shot));
	if (shot == NULL)
		return -ENOMEM;
	shot->msg.hdr.type = type;
	memcpy(shot->msg.body, body, size);
	TAILQ_INSERT_TAIL(&link->oneshots, shot, entry);
	link->n_oneshots++;
	link->hooks.wake(link->hooks.arg);
	return 0;
}

static bool send_oneshots(struct dp_link *link)
{
	struct dp_oneshot *shot;

	while ((shot = TAILQ_FIRST(&link->oneshots)) != NULL) {
		if (!dp_put(link, &shot->msg))
			return false;
		TAILQ_REMOVE(&link->oneshots, shot, entry);
		link->n_oneshots--;
		free(shot);
	}
	return true;
}

bool dp_requests_send(struct dp_link *link)
{
	struct dp_dump *dump;

	if (!send_oneshots(link))
		return false;
	TAILQ_FOREACH (dump, &link->dumps, entry) {
		struct bw_msg *slot;

		if (dump->seq != 0)
			continue;
		if (link->asked == MAX_ASKED)
			break; /* until one of them has ended */
		slot = bw_client_command(&link->client, BW_CMD_DUMP, 0);
		if (slot == NULL)
			return false;
		slot->dump = dump->what;
		dump->seq = slot->hdr.seq;
		link->asked++;
	}
	return true;
}

static struct dp_dump *overdue(struct dp_link *link)
{
	struct dp_dump *dump;

	TAILQ_FOREACH (dump, &link->dumps, entry)
		if (!dump->patient && (dp_stalled(link) || dump->waited_ms >= SILENCE_MS))
			return dump;
	return NULL;
}

void dp_dumps_age(struct dp_link *link, uint32_t ms)
{
	struct dp_dump *dump;

	TAILQ_FOREACH (dump, &link->dumps, entry)
		dump->waited_ms += ms;
	/* each may take others along, or start new ones */
	while ((dump = overdue(link)) != NULL)
		finish(dump, -ETIMEDOUT);
}

void dp_requests_fail(struct dp_link *link)
{
	struct dp_oneshot *shot;
	struct dp_dump *dump;

	while ((shot = TAILQ_FIRST(&link->oneshots)) != NULL) {
		TAILQ_REMOVE(&link->oneshots, shot, entry);
		free(shot);
	}
	link->n_oneshots = 0;
	link->asked = 0;
	while ((dump = TAILQ_FIRST(&link->dumps)) != NULL)
		finish(dump, -ECONNRESET);
}
