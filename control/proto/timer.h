/* SPDX-License-Identifier: BSD-3-Clause */
/* A protocol's timers, and the clock that its state machines are given. */
#ifndef BW_CONTROL_PROTO_TIMER_H
#define BW_CONTROL_PROTO_TIMER_H

#include <stdint.h>

struct event;
struct event_base;

struct proto_timer {
	struct event *event; /* NULL = not initialised */
};

/* `fired` is called once for each start, and may free the timer. 0 or -ENOMEM. */
int proto_timer_init(
	struct proto_timer *t, struct event_base *base, void (*fired)(void *arg), void *arg);
void proto_timer_fini(struct proto_timer *t);

/* (Again) in so many milliseconds; 0 = after what is ready now. */
void proto_timer_start(struct proto_timer *t, uint32_t ms);
void proto_timer_stop(struct proto_timer *t);

/*
 * An interval shortened by up to `percent` of itself, so that peers that began together do not stay
 * together (RFC 4271 10: by 25). `random` is any number of 32 bits.
 */
uint32_t proto_jitter(uint32_t ms, unsigned percent, uint32_t random);

/* The same with a random number of the kernel's. */
void proto_timer_start_jittered(struct proto_timer *t, uint32_t ms, unsigned percent);

/* Microseconds of a clock that never jumps. */
uint64_t proto_now_us(void);

#endif
