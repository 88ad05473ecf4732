/* SPDX-License-Identifier: BSD-3-Clause */
#include "nat/ports.h"

#include <arpa/inet.h>
#include <errno.h>

#include "nat/mem.h"
#include "nat/shard.h"

#define RECORDS (NAT_PORT_SETS * NAT_PORT_WAYS)

struct group {
	uint32_t first, last;
};

int nat_ports_init(struct nat_ports *ports)
{
	ports->record = nat_map(RECORDS * sizeof(*ports->record));
	return ports->record ? 0 : -ENOMEM;
}

void nat_ports_fini(struct nat_ports *ports)
{
	nat_unmap(ports->record, RECORDS * sizeof(*ports->record));
	ports->record = NULL;
}

static struct group group_of(uint8_t proto, uint16_t port)
{
	/* port 0 is kept, but not given: many hosts refuse it; an ICMP id may well be 0 */
	if (port < 512)
		return (struct group) { proto != IPPROTO_ICMP, 511 };
	if (port < 1024)
		return (struct group) { 512, 1023 };
	return (struct group) { 1024, 65535 };
}

enum { FREE, CLAIMED, TAKEN };

/* Ask the index. A session that has the port is told that its port is marked, if mark. */
static int state_of(struct nat_shard *sh, const struct nat_end *end, uint16_t port, bool mark)
{
	struct nat_key key = nat_key(
		end->global, htons(port), end->remote, end->remote_port, end->proto, end->vrf);
	uint64_t hash = nat_key_hash(&sh->shared->seeds, key);
	uint32_t id = nat_index_find(&sh->index[NAT_IN], sh->session, NAT_IN, &key, hash);

	if (id) {
		if (mark)
			sh->session[id].flags |= NAT_S_PORT_SEEN;
		return TAKEN;
	}
	return nat_rules_port_claimed(sh->rules, end->proto, end->global, htons(port)) ? CLAIMED
										       : FREE;
}

static uint32_t set_of(const struct nat_shard *sh, const struct nat_end *end)
{
	uint64_t v = nat_mix(end->global | (uint64_t)end->remote << 32,
		sh->shared->seeds.other[0] ^
			(end->remote_port | (uint32_t)end->proto << 16 | (uint32_t)end->vrf << 24));

	return (v >> 32) % NAT_PORT_SETS * NAT_PORT_WAYS;
}

static bool same_end(const struct nat_end *a, const struct nat_end *b)
{
	return a->global == b->global && a->remote == b->remote &&
	       a->remote_port == b->remote_port && a->proto == b->proto && a->vrf == b->vrf;
}

static void record_clear(struct nat_port_record *r, uint32_t generation)
{
	memset(r->full, 0, sizeof(r->full));
	memset(r->marks, 0, sizeof(r->marks));
	r->n_marked = 0;
	r->generation = generation;
}

static struct nat_port_record *record_find(struct nat_shard *sh, const struct nat_end *end)
{
	struct nat_port_record *r = &sh->ports.record[set_of(sh, end)];

	for (unsigned i = 0; i < NAT_PORT_WAYS; i++)
		if (same_end(&r[i].end, end))
			return &r[i];
	return NULL;
}

/* A record for this end in the place of the one that is easiest to find out again. */
static struct nat_port_record *record_make(struct nat_shard *sh, const struct nat_end *end)
{
	struct nat_port_record *r = &sh->ports.record[set_of(sh, end)], *least = r;

	for (unsigned i = 1; i < NAT_PORT_WAYS; i++)
		if (r[i].n_marked < least->n_marked)
			least = &r[i];
	record_clear(least, sh->rules->generation);
	least->end = *end;
	return least;
}

static void mark(struct nat_port_record *r, uint16_t port)
{
	uint64_t *word = &r->marks[port / 64], bit = 1ULL << (port % 64);

	if (*word & bit)
		return;
	*word |= bit;
	r->n_marked++;
	if (*word == UINT64_MAX)
		r->full[port / 4096] |= 1ULL << (port / 64 % 64);
}

static void unmark(struct nat_port_record *r, uint16_t port)
{
	uint64_t *word = &r->marks[port / 64], bit = 1ULL << (port % 64);

	if (!(*word & bit))
		return;
	*word &= ~bit;
	r->n_marked--;
	r->full[port / 4096] &= ~(1ULL << (port / 64 % 64));
}

/* The first port from `from` on that is not marked; beyond 65535 if there is none. */
static uint32_t next_unmarked(const struct nat_port_record *r, uint32_t from)
{
	uint64_t word;

	while (from <= 65535) {
		word = ~r->marks[from / 64] >> (from % 64);
		if (word)
			return from + __builtin_ctzll(word);
		from = (from / 64 + 1) * 64;
		if (from > 65535)
			break;
		word = ~r->full[from / 4096] >> (from / 64 % 64);
		from = word ? from + __builtin_ctzll(word) * 64 : (from / 4096 + 1) * 4096;
	}
	return 65536;
}

static bool search_record(
	struct nat_shard *sh, struct nat_port_record *r, struct group g, uint16_t *port)
{
	uint32_t p;

	if (r->generation != sh->rules->generation)
		record_clear(r, sh->rules->generation);
	for (p = next_unmarked(r, g.first); p <= g.last; p = next_unmarked(r, p + 1)) {
		int state = state_of(sh, &r->end, p, true);

		mark(r, p); /* by its session, by a rule, or by the session to come */
		if (state == FREE) {
			*port = p;
			return true;
		}
	}
	return false;
}

bool nat_ports_choose(
	struct nat_shard *sh, const struct nat_end *end, uint16_t want, uint16_t *port, bool *seen)
{
	struct group g = group_of(end->proto, want);
	struct nat_port_record *r;

	*seen = false;
	*port = want;
	if (state_of(sh, end, want, false) == FREE)
		return true;
	r = record_find(sh, end);
	for (uint32_t p = g.first; !r && p < g.first + NAT_PORT_PLAIN; p++) {
		*port = p;
		if (state_of(sh, end, p, false) == FREE)
			return true;
	}
	if (!r)
		r = record_make(sh, end);
	*seen = true;
	return search_record(sh, r, g, port);
}

void nat_ports_cancel(struct nat_shard *sh, const struct nat_end *end, uint16_t port)
{
	struct nat_port_record *r = record_find(sh, end);

	if (r)
		unmark(r, port);
}

void nat_ports_forget(struct nat_shard *sh, const struct nat_session *s)
{
	struct nat_end end = {
		.global = s->global,
		.remote = s->remote,
		.remote_port = s->remote_port,
		.proto = s->proto,
		.vrf = s->vrf[NAT_IN],
	};

	nat_ports_cancel(sh, &end, ntohs(s->global_port));
}
