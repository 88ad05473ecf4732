/* SPDX-License-Identifier: BSD-3-Clause */
/* Access lists as messages to the dataplane: which it holds, and when a changed one is sent. */
#include <errno.h>
#include <event2/event.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/acl/acl.h"
#include "control/core/format.h"

#define RESEND_US_PER_ENTRY 20 /* 10,000 entries: five times a second at the most */
#define RESEND_TICK_MS	    20

static struct acl *of(struct dp_object *o)
{
	return (struct acl *)((char *)o - offsetof(struct acl, obj));
}

uint32_t acl_in_force(const struct acl *acl)
{
	return acl != NULL && acl->obj.wanted ? acl->obj.id : 0;
}

/* What a condition on ports comes to: ports of one of these spans. */
struct span {
	uint16_t lo, hi;
	bool matters, negated;
};

enum { SPANS_MAX = ACL_PORTS_MAX + 1 };

static int by_number(const void *a, const void *b)
{
	const uint16_t *x = a, *y = b;

	return *x - *y;
}

/* All ports but these. */
static unsigned gaps_between(const struct acl_ports *p, struct span span[SPANS_MAX])
{
	uint16_t port[ACL_PORTS_MAX];
	unsigned n = 0, next = 0;

	memcpy(port, p->port, sizeof(port));
	qsort(port, p->n, sizeof(port[0]), by_number);
	for (unsigned i = 0; i < p->n; i++) {
		if (port[i] > next)
			span[n++] = (struct span) { (uint16_t)next, port[i] - 1, true, false };
		next = port[i] + 1u;
	}
	if (next <= UINT16_MAX)
		span[n++] = (struct span) { (uint16_t)next, UINT16_MAX, true, false };
	return n;
}

static unsigned spans_of(const struct acl_ports *p, struct span span[SPANS_MAX])
{
	uint16_t first = p->port[0];

	switch (p->op) {
	case ACL_PORT_ANY:
		span[0] = (struct span) { 0 };
		return 1;
	case ACL_PORT_EQ:
		for (unsigned i = 0; i < p->n; i++)
			span[i] = (struct span) { p->port[i], p->port[i], true, false };
		return p->n;
	case ACL_PORT_NEQ:
		if (p->n > 1)
			return gaps_between(p, span);
		span[0] = (struct span) { first, first, true, true };
		return 1;
	case ACL_PORT_GT:
		first = first == UINT16_MAX ? UINT16_MAX : first + 1;
		span[0] = (struct span) { first, UINT16_MAX, true, false };
		return 1;
	case ACL_PORT_LT:
		span[0] = (struct span) { 0, first == 0 ? 0 : first - 1, true, false };
		return 1;
	case ACL_PORT_RANGE:
		span[0] = (struct span) { first, p->port[1], true, false };
		return 1;
	}
	return 0;
}

unsigned acl_entry_rules(const struct acl_entry *e)
{
	struct span span[SPANS_MAX];

	return e->is_remark ? 0 : spans_of(&e->sport, span) * spans_of(&e->dport, span);
}

static uint32_t span_flags(const struct span *span, uint32_t matters, uint32_t negated)
{
	return (span->matters ? matters : 0) | (span->negated ? negated : 0);
}

/* The ports of an entry's `part`th rule. */
static void fill_ports(const struct acl_entry *e, unsigned part, struct bw_ace *m)
{
	struct span src[SPANS_MAX], dst[SPANS_MAX];
	unsigned n = spans_of(&e->dport, dst);

	spans_of(&e->sport, src);
	m->sport_lo = src[part / n].lo;
	m->sport_hi = src[part / n].hi;
	m->dport_lo = dst[part % n].lo;
	m->dport_hi = dst[part % n].hi;
	m->flags |= span_flags(&src[part / n], BW_ACE_F_SPORT, BW_ACE_F_NOT_SPORT) |
		    span_flags(&dst[part % n], BW_ACE_F_DPORT, BW_ACE_F_NOT_DPORT);
}

static void fill_entry(const struct acl_entry *e, struct bw_ace *m)
{
	if (e->permit)
		m->flags |= BW_ACE_F_PERMIT;
	if (e->established)
		m->flags |= BW_ACE_F_ESTABLISHED;
	if (e->fragments)
		m->flags |= BW_ACE_F_FRAGMENTS;
	if (e->log)
		m->flags |= BW_ACE_F_LOG;
	if (e->proto != ACL_PROTO_IP) {
		m->flags |= BW_ACE_F_PROTO;
		m->proto = (uint8_t)e->proto;
	}
	if (e->icmp_type >= 0) {
		m->flags |= BW_ACE_F_ICMP_TYPE;
		m->icmp_type = (uint8_t)e->icmp_type;
	}
	if (e->icmp_code >= 0) {
		m->flags |= BW_ACE_F_ICMP_CODE;
		m->icmp_code = (uint8_t)e->icmp_code;
	}
	m->src = e->src;
	m->src_wild = e->src_wild;
	m->dst = e->dst;
	m->dst_wild = e->dst_wild;
}

/* Rule number `index`, remarks not counted; asked for in order, so the place is remembered. */
static void fill_rule(struct acl *acl, uint32_t index, struct bw_ace *m)
{
	if (index == 0 || index < acl->walk_rule)
		acl->walk_rule = acl->walk_item = 0;
	for (;; acl->walk_item++) {
		const struct acl_entry *e = &acl->item[acl->walk_item];
		unsigned rules = acl_entry_rules(e);

		if (index < acl->walk_rule + rules) {
			fill_entry(e, m);
			fill_ports(e, index - acl->walk_rule, m);
			return;
		}
		acl->walk_rule += rules;
	}
}

/* SET, one message for each rule, COMMIT. */
static bool acl_wish(void *, struct dp_object *o, uint32_t part, struct bw_msg *m)
{
	struct acl *acl = of(o);

	if (part == 0) {
		m->acl.acl_id = o->id;
		m->acl.entries = acl->n_rules;
		memcpy(m->acl.name, acl->name, sizeof(m->acl.name));
	} else if (part <= acl->n_rules) {
		m->hdr.type = BW_CMD_ACL_ENTRY;
		m->ace.acl_id = o->id;
		m->ace.index = part - 1;
		fill_rule(acl, part - 1, &m->ace);
	} else {
		m->hdr.type = BW_CMD_ACL_COMMIT;
		m->ref.id = o->id;
		return false;
	}
	return true;
}

/* A list is known by its name. */
static bool acl_key(const struct bw_msg *m, struct dp_key *key)
{
	const char *name = m->acl.name;

	return dp_key_set(key, m->acl.acl_id, name, strnlen(name, sizeof(m->acl.name)));
}

static void acl_released(void *owner, struct dp_object *)
{
	struct acl_table *t = owner;

	work_mark(&t->work); /* acl_settle() frees it if nobody has it */
}

/* Whoever refers to it does so by another id now. */
static void acl_identified(void *owner, struct dp_object *o)
{
	struct acl_table *t = owner;

	watches_tell(&t->watches, WATCH_CHANGED, of(o));
}

static void acl_label(void *, struct dp_object *o, uint64_t cookie, char *buf, size_t size)
{
	if (o != NULL)
		snprintf(buf, size, "access list %s", of(o)->name);
	else
		snprintf(buf, size, "access list with id %u", dp_cookie_c(cookie));
}

static const struct dp_class_ops acl_ops = {
	.name = "access list",
	.set_type = BW_CMD_ACL_SET,
	.del_type = BW_CMD_ACL_DEL,
	.limit_id = BW_MAX_ACLS,
	.wish = acl_wish,
	.key = acl_key,
	.released = acl_released,
	.identified = acl_identified,
	.label = acl_label,
};

struct acl *acl_by_id(const struct acl_table *t, uint32_t id)
{
	struct dp_object *o = dp_by_id(&t->core->dp, DP_ACL, id);

	return o != NULL ? of(o) : NULL;
}

/* --- what is in force --- */

/* Into the dataplane, or out of it; who refers to the list is told. */
static void acl_enforce(struct acl *acl, bool wanted)
{
	struct acl_table *t = acl->table;

	acl->pending = false;
	acl->sent_ms = clock_ms();
	if (!wanted)
		dp_drop(&t->core->dp, &acl->obj);
	else if (dp_want(&t->core->dp, &acl->obj) != 0)
		return;
	watches_tell(&t->watches, WATCH_CHANGED, acl);
}

/* Returns whether the list still waits for its turn. */
static bool acl_settle_one(struct acl *acl, uint64_t now)
{
	bool wanted = acl->exists && acl->n_rules > 0 && acl->refs > 0;

	if (wanted != acl->obj.wanted)
		acl_enforce(acl, wanted);
	if (!acl->obj.wanted || !acl->pending)
		return false;
	if (now < acl->sent_ms + (uint64_t)acl->n_rules * RESEND_US_PER_ENTRY / 1000)
		return true;
	acl->pending = false;
	acl->sent_ms = now;
	dp_say(&acl->table->core->dp, &acl->obj);
	return false;
}

/* Decide which lists the dataplane holds, and send what changed. */
static bool acl_settle(void *arg, struct work_budget *)
{
	static const struct timeval tick = { .tv_usec = RESEND_TICK_MS * 1000 };
	struct acl_table *t = arg;
	uint64_t now = clock_ms();
	struct acl *acl, *next;
	bool waiting = false;

	for (acl = TAILQ_FIRST(&t->list); acl != NULL; acl = next) {
		next = TAILQ_NEXT(acl, entry);
		waiting |= acl_settle_one(acl, now);
		acl_free_unused(acl);
	}
	if (waiting)
		evtimer_add(t->timer, &tick);
	return false;
}

static void on_timer(evutil_socket_t, short, void *arg)
{
	struct acl_table *t = arg;

	work_mark(&t->work);
}

int acl_program_init(struct acl_table *t)
{
	t->work = (struct work) {
		.name = "access lists",
		.rank = WORK_ACL,
		.run = acl_settle,
		.arg = t,
	};
	work_add(&t->core->work, &t->work);
	dp_class_register(&t->core->dp, DP_ACL, &acl_ops, t);
	dp_on_event(&t->core->dp, BW_EVT_ACL_LOG, acl_log_event, t);
	t->timer = evtimer_new(t->core->base, on_timer, t);
	return t->timer != NULL ? 0 : -ENOMEM;
}

void acl_program_fini(struct acl_table *t)
{
	if (t->timer != NULL)
		event_free(t->timer);
	t->timer = NULL;
}
