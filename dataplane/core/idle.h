/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How an idle worker sleeps: on the descriptors of its ports where the driver has some (a
 * kernel device's socket or TUN file), so that it costs nothing and wakes at the first frame;
 * else for a time so short that nobody waits longer than 200 us.
 */
#ifndef DATAPLANE_CORE_IDLE_H
#define DATAPLANE_CORE_IDLE_H

#include <stdint.h>

struct worker;

/* Make the worker's bell and watch its ports. 0 or negative errno. After ports are open. */
int idle_open(struct worker *w);
void idle_close(struct worker *w);

/*
 * After a walk with that many packets: the nanoseconds to sleep at the most before the next one;
 * 0 = walk on. Sleeps grow as idleness goes on.
 */
uint64_t idle_time(struct worker *w, unsigned packets);

/* Sleep. A frame, a packet in the inbox or a job ends it. */
void idle_sleep(struct worker *w, uint64_t ns);

/*
 * Single-core mode, where the main loop itself has slept on w->epoll: see to what woke it, and
 * sleep a little without the ports if they did so for nothing too often.
 */
void idle_woken(struct worker *w);

/* Wake the worker if it sleeps. Any thread; a system call only if it does. */
void idle_wake(struct worker *w);

#endif
