/* SPDX-License-Identifier: BSD-3-Clause */
#include "l3/vfr.h"

#include <stdlib.h>
#include <string.h>

#include "l3/l4.h"
#include "nat/hash.h"
#include "nat/mem.h"
#include "nat/translate.h"

#define UNITS	(65536 / 8) /* a fragment starts at a multiple of eight bytes */
#define BUCKETS 1024
#define NONE	0 /* of entry numbers, which start from 1 */

struct entry {
	uint32_t src, dst; /* network byte order, as id */
	uint16_t id;
	uint8_t proto, vrf;
	uint16_t if_id; /* whose limit it counts on */
	bool bad;	/* everything of it is dropped, for `reason` */
	bool known;	/* the first fragment has come */
	uint8_t reason;
	uint16_t sport, dport;
	uint32_t deadline;
	uint32_t n_seen, n_held;
	uint32_t units, total; /* received; of the whole, 0 = not known yet */
	uint32_t highest;      /* end of what was received, in units */
	uint32_t next;	       /* in its bucket; in the free list */
	uint64_t map[UNITS / 64];
	void *held[VFR_MAX_FRAGMENTS];
};

struct vfr_table {
	struct vfr_shared *shared;
	struct entry *entry; /* [VFR_MAX_DATAGRAMS + 1] */
	uint64_t seed;
	uint32_t free, high;
	unsigned n_used;
	uint32_t expired;   /* second of the last look */
	uint32_t expire_at; /* entry to go on with; 0 = all were looked at in that second */
	uint32_t bucket[BUCKETS];
	struct vfr_event event[VFR_EVENTS];
};

struct vfr_shared *vfr_shared_create(void)
{
	return calloc(1, sizeof(struct vfr_shared));
}

void vfr_shared_destroy(struct vfr_shared *shared)
{
	free(shared);
}

struct vfr_table *vfr_create(struct vfr_shared *shared)
{
	struct vfr_table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->shared = shared;
	t->entry = nat_map((VFR_MAX_DATAGRAMS + 1) * sizeof(*t->entry));
	if (!t->entry) {
		free(t);
		return NULL;
	}
	return t;
}

void vfr_destroy(struct vfr_table *t, void (*release)(void *pkt))
{
	if (!t)
		return;
	for (uint32_t i = 1; i <= t->high; i++)
		for (uint32_t k = 0; k < t->entry[i].n_held; k++)
			release(t->entry[i].held[k]);
	nat_unmap(t->entry, (VFR_MAX_DATAGRAMS + 1) * sizeof(*t->entry));
	free(t);
}

unsigned vfr_count(const struct vfr_table *t)
{
	return t->n_used;
}

const struct vfr_event *vfr_event(const struct vfr_table *t, enum vfr_event_kind kind)
{
	return &t->event[kind];
}

/* Chains are bounded by the table's size; who overloads it overloads himself. */
uint32_t vfr_hash(const void *ip)
{
	const struct l4_ip4 *h = ip;

	return nat_mix(h->src | (uint64_t)h->dst << 32,
		       0x9e3779b97f4a7c15 ^ ((uint64_t)h->id << 8 | h->proto)) >>
	       24;
}

static struct entry *find(struct vfr_table *t, const struct l4_ip4 *ip, uint8_t vrf)
{
	uint32_t i = t->bucket[vfr_hash(ip) % BUCKETS];

	for (; i != NONE; i = t->entry[i].next) {
		const struct entry *e = &t->entry[i];

		if (e->src == ip->src && e->dst == ip->dst && e->id == ip->id &&
			e->proto == ip->proto && e->vrf == vrf)
			return &t->entry[i];
	}
	return NULL;
}

static void note(struct vfr_table *t, enum vfr_event_kind kind, const struct vfr_limits *limits,
	uint32_t limit, const struct l4_ip4 *ip)
{
	struct vfr_event *e = &t->event[kind];

	atomic_store_explicit(&e->if_id, limits->if_id, memory_order_relaxed);
	atomic_store_explicit(&e->limit, limit, memory_order_relaxed);
	atomic_store_explicit(&e->src, ip->src, memory_order_relaxed);
	atomic_store_explicit(&e->dst, ip->dst, memory_order_relaxed);
	atomic_fetch_add_explicit(&e->count, 1, memory_order_relaxed);
}

static uint32_t take_entry(struct vfr_table *t)
{
	uint32_t i = t->free;

	if (i != NONE)
		t->free = t->entry[i].next;
	else if (t->high < VFR_MAX_DATAGRAMS)
		i = ++t->high;
	return i;
}

static struct entry *make(struct vfr_table *t, const struct vfr_limits *limits, uint8_t vrf,
	const struct l4_ip4 *ip, uint32_t now)
{
	_Atomic uint32_t *in_use = &t->shared->in_use[limits->if_id];
	uint32_t limit = limits->reassemblies ? limits->reassemblies : VFR_REASSEMBLIES, i = NONE;
	uint32_t *bucket = &t->bucket[vfr_hash(ip) % BUCKETS];
	struct entry *e;

	if (atomic_fetch_add(in_use, 1) < limit)
		i = take_entry(t);
	if (i == NONE) {
		atomic_fetch_sub(in_use, 1);
		note(t, VFR_E_OVERFLOW, limits, limit, ip);
		return NULL;
	}
	e = &t->entry[i];
	memset(e, 0, offsetof(struct entry, held));
	e->src = ip->src;
	e->dst = ip->dst;
	e->id = ip->id;
	e->proto = ip->proto;
	e->vrf = vrf;
	e->if_id = limits->if_id;
	e->deadline = now + 1 + (limits->timeout ? limits->timeout : VFR_TIMEOUT);
	e->next = *bucket;
	*bucket = i;
	t->n_used++;
	return e;
}

static void end(struct vfr_table *t, struct entry *e)
{
	struct l4_ip4 ip = { .src = e->src, .dst = e->dst, .id = e->id, .proto = e->proto };
	uint32_t i = e - t->entry, *link = &t->bucket[vfr_hash(&ip) % BUCKETS];

	while (*link != i)
		link = &t->entry[*link].next;
	*link = e->next;
	e->next = t->free;
	t->free = i;
	e->n_held = 0;
	e->deadline = 0;
	t->n_used--;
	atomic_fetch_sub(&t->shared->in_use[e->if_id], 1);
}

/* Give back what is held after what r has already. */
static void give_held(struct entry *e, struct vfr_result *r)
{
	memcpy(&r->pkt[r->n], e->held, e->n_held * sizeof(e->held[0]));
	r->n += e->n_held;
	e->n_held = 0;
}

/* The datagram is no good: drop it, and what comes of it later. */
static void condemn(struct entry *e, enum bw_drop reason, struct vfr_result *r)
{
	e->bad = true;
	e->reason = reason;
	r->drop = reason;
	give_held(e, r);
}

/* Mark units [from, to) as received; false if one of them was. */
static bool mark(struct entry *e, uint32_t from, uint32_t to)
{
	for (uint32_t u = from; u < to; u++)
		if (e->map[u / 64] >> (u % 64) & 1)
			return false;
	for (uint32_t u = from; u < to; u++)
		e->map[u / 64] |= 1ULL << (u % 64);
	e->units += to - from;
	if (to > e->highest)
		e->highest = to;
	return true;
}

/* False if the fragment does not fit with the others, or into a datagram. */
static bool fits(struct entry *e, uint32_t header, uint32_t offset, uint32_t length, bool more)
{
	uint32_t from = offset / 8, to = (offset + length + 7) / 8;

	if (length == 0 || (more && length % 8) || header + offset + length > 65535)
		return false;
	if (!more && ((e->total && e->total != to) || e->highest > to))
		return false;
	if (more && e->total && to >= e->total)
		return false;
	if (!mark(e, from, to))
		return false;
	if (!more)
		e->total = to;
	return true;
}

/* The ports from the first fragment; false if they, or the checksum, are not in it. */
static bool learn(struct entry *e, const void *ip, uint32_t len)
{
	const struct l4_icmp *icmp;
	struct l4_info l4;

	if (l4_parse(ip, len, &l4) || l4.flags & L4_F_SHORT)
		return false;
	e->known = true;
	e->sport = l4.sport;
	e->dport = l4.dport;
	if (l4.proto != IPPROTO_ICMP)
		return true;
	icmp = (const void *)((const uint8_t *)ip + l4.offset);
	e->sport = l4_icmp_is_query(l4.icmp_type) ? icmp->id : 0;
	e->dport = l4_icmp_is_query(l4.icmp_type) ? 0 : NAT_ICMP_ERROR_MARK;
	return true;
}

/* Everything that can be wrong with a fragment of a good datagram. */
static enum bw_drop check(struct vfr_table *t, struct entry *e, const struct vfr_limits *limits,
	const struct l4_ip4 *ip, uint32_t len)
{
	uint32_t header = (ip->version_ihl & 15) * 4, total = ntohs(ip->length);
	uint32_t offset = (ntohs(ip->frag) & L4_FRAG_OFFSET) * 8;
	uint32_t limit = limits->fragments ? limits->fragments : VFR_FRAGMENTS;

	if (limit > VFR_MAX_FRAGMENTS)
		limit = VFR_MAX_FRAGMENTS;
	if (e->n_seen == limit) {
		note(t, VFR_E_TOO_MANY, limits, limit, ip);
		return BW_DROP_VFR_TOO_MANY;
	}
	e->n_seen++;
	if (!fits(e, header, offset, total - header, ntohs(ip->frag) & L4_FRAG_MF)) {
		note(t, VFR_E_OVERLAP, limits, 0, ip);
		return BW_DROP_VFR_OVERLAP;
	}
	if (offset == 0 && !learn(e, ip, len)) {
		note(t, VFR_E_TINY, limits, 0, ip);
		return BW_DROP_VFR_TINY;
	}
	return BW_DROP_NONE;
}

void vfr_input(struct vfr_table *t, const struct vfr_limits *limits, uint8_t vrf, const void *ip,
	uint32_t len, uint32_t now, void *pkt, struct vfr_result *r)
{
	struct entry *e = find(t, ip, vrf);
	enum bw_drop reason;

	r->n = 1;
	r->pkt[0] = pkt;
	r->drop = BW_DROP_VFR_FULL;
	if (!e)
		e = make(t, limits, vrf, ip, now);
	if (!e)
		return;
	r->drop = e->reason;
	if (e->bad)
		return;
	reason = check(t, e, limits, ip, len);
	if (reason != BW_DROP_NONE) {
		condemn(e, reason, r);
		return;
	}
	if (!e->known) {
		e->held[e->n_held++] = pkt;
		r->n = 0;
		return;
	}
	r->drop = BW_DROP_NONE;
	r->sport = e->sport;
	r->dport = e->dport;
	give_held(e, r);
	if (e->total && e->units == e->total)
		end(t, e);
}

bool vfr_expire(struct vfr_table *t, uint32_t now, struct vfr_result *r)
{
	if (t->n_used == 0)
		return false;
	if (t->expired != now) {
		t->expired = now;
		t->expire_at = 1;
	}
	for (; t->expire_at != 0 && t->expire_at <= t->high; t->expire_at++) {
		struct entry *e = &t->entry[t->expire_at];

		if (e->deadline == 0 || e->deadline > now)
			continue;
		r->n = 0;
		r->drop = BW_DROP_VFR_TIMEOUT;
		give_held(e, r);
		end(t, e);
		return true;
	}
	t->expire_at = 0;
	return false;
}
