/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Watchers: who wants to know when an object of another part comes, changes or goes. The part that
 * owns the objects has a list, and knows nothing of who stands in it.
 */
#ifndef BW_CONTROL_CORE_WATCH_H
#define BW_CONTROL_CORE_WATCH_H

#include <stddef.h>
#include <sys/queue.h>

enum watch_event { WATCH_ADDED, WATCH_CHANGED, WATCH_GONE };

/* The watcher's own, and its own to keep while it stands in a list. */
struct watch {
	TAILQ_ENTRY(watch) entry;
	/*
	 * `subject` is what the list is of. It may be looked at, and marked work follows; it is not
	 * changed in here. With WATCH_GONE it is whole for the last time.
	 */
	void (*told)(void *arg, enum watch_event event, void *subject);
	void *arg;
};

TAILQ_HEAD(watches, watch);

static inline void watches_init(struct watches *list)
{
	TAILQ_INIT(list);
}

static inline void watch_add(struct watches *list, struct watch *w)
{
	TAILQ_INSERT_TAIL(list, w, entry);
}

static inline void watch_remove(struct watches *list, struct watch *w)
{
	TAILQ_REMOVE(list, w, entry);
}

/* Tell all, in the order in which they came. */
static inline void watches_tell(struct watches *list, enum watch_event event, void *subject)
{
	struct watch *w, *next;

	for (w = TAILQ_FIRST(list); w != NULL; w = next) {
		next = TAILQ_NEXT(w, entry); /* it may leave */
		w->told(w->arg, event, subject);
	}
}

#endif
