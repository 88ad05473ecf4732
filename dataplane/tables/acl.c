/* SPDX-License-Identifier: BSD-3-Clause */
#include "tables/acl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define NO_COUNTER UINT32_MAX
#define L4_FLAGS                                                                                   \
	(BW_ACE_F_ESTABLISHED | BW_ACE_F_ICMP_TYPE | BW_ACE_F_ICMP_CODE | BW_ACE_F_SPORT |         \
		BW_ACE_F_DPORT | BW_ACE_F_NOT_SPORT | BW_ACE_F_NOT_DPORT)

struct entry {
	struct bw_ace ace; /* addresses already masked */
	uint32_t counter;
};

struct acl_list {
	struct bw_acl conf;
	uint32_t n;
	uint32_t epoch;
	struct entry entry[];
};

#define LOG_RING 64

/* What a worker tells of packets that are to be logged: written by it, read by the main lcore. */
struct log_ring {
	_Atomic uint32_t head, tail; /* written by the worker, by the main lcore */
	_Atomic uint32_t missed;
	struct bw_acl_log log[LOG_RING];
};

struct acl_table {
	_Atomic(struct acl_list *) list[BW_MAX_ACLS];
	uint64_t *hits[BW_MAX_WORKERS]; /* [ACL_MAX_COUNTERS], written by that worker only */
	struct log_ring *ring[BW_MAX_WORKERS];
	unsigned n_workers;

	/* main lcore only */
	struct acl_list *staged[BW_MAX_ACLS]; /* n = entries so far */
	uint64_t *base; /* what a counter had when its entry came, or was cleared */
	uint32_t *free_counter;
	uint32_t n_free, next_counter;
	uint32_t epoch;
	void (*retire)(void *ctx, void (*fn)(void *, uint64_t), void *arg1, uint64_t arg2);
	void *retire_ctx;
};

/* Memory that is taken as it is touched. */
static void *map(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void unmap(void *p, size_t size)
{
	if (p)
		munmap(p, size);
}

struct acl_table *acl_create(unsigned n_workers,
	void (*retire)(void *ctx, void (*fn)(void *, uint64_t), void *arg1, uint64_t arg2),
	void *ctx)
{
	struct acl_table *t = calloc(1, sizeof(*t));
	bool ok;

	if (!t || n_workers > BW_MAX_WORKERS) {
		free(t);
		return NULL;
	}
	t->n_workers = n_workers;
	t->retire = retire;
	t->retire_ctx = ctx;
	t->base = map(ACL_MAX_COUNTERS * sizeof(*t->base));
	t->free_counter = map(ACL_MAX_COUNTERS * sizeof(*t->free_counter));
	ok = t->base && t->free_counter;
	for (unsigned i = 0; i < n_workers; i++) {
		t->hits[i] = map(ACL_MAX_COUNTERS * sizeof(*t->hits[i]));
		t->ring[i] = calloc(1, sizeof(*t->ring[i]));
		ok = ok && t->hits[i] && t->ring[i];
	}
	if (!ok) {
		acl_destroy(t);
		return NULL;
	}
	return t;
}

void acl_destroy(struct acl_table *t)
{
	if (!t)
		return;
	for (unsigned i = 0; i < BW_MAX_ACLS; i++) {
		free(t->staged[i]);
		free(atomic_load_explicit(&t->list[i], memory_order_relaxed));
	}
	for (unsigned i = 0; i < t->n_workers; i++) {
		unmap(t->hits[i], ACL_MAX_COUNTERS * sizeof(*t->hits[i]));
		free(t->ring[i]);
	}
	unmap(t->base, ACL_MAX_COUNTERS * sizeof(*t->base));
	unmap(t->free_counter, ACL_MAX_COUNTERS * sizeof(*t->free_counter));
	free(t);
}

static struct acl_list *current(const struct acl_table *t, uint32_t id)
{
	return atomic_load_explicit(&t->list[id], memory_order_relaxed);
}

static uint64_t counter_sum(const struct acl_table *t, uint32_t counter)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < t->n_workers; i++)
		sum += __atomic_load_n(&t->hits[i][counter], __ATOMIC_RELAXED);
	return sum;
}

static uint32_t counter_alloc(struct acl_table *t)
{
	uint32_t counter;

	if (t->n_free > 0)
		counter = t->free_counter[--t->n_free];
	else if (t->next_counter < ACL_MAX_COUNTERS)
		counter = t->next_counter++;
	else
		return NO_COUNTER;
	t->base[counter] = counter_sum(t, counter);
	return counter;
}

static void counter_free(struct acl_table *t, uint32_t counter)
{
	t->free_counter[t->n_free++] = counter;
}

/* No worker sees the list any more; what the next version did not take over goes with it. */
static void list_free(void *arg, uint64_t value)
{
	struct acl_list *list = (struct acl_list *)(uintptr_t)value;

	for (uint32_t i = 0; i < list->n; i++)
		if (list->entry[i].counter != NO_COUNTER)
			counter_free(arg, list->entry[i].counter);
	free(list);
}

int acl_set_begin(struct acl_table *t, const struct bw_acl *acl)
{
	struct acl_list *list;

	if (acl->acl_id == 0 || acl->acl_id >= BW_MAX_ACLS)
		return -EINVAL;
	if (acl->entries > ACL_MAX_ENTRIES)
		return -ENOSPC;
	list = calloc(1, sizeof(*list) + acl->entries * sizeof(list->entry[0]));
	if (!list)
		return -ENOMEM;
	list->conf = *acl;
	free(t->staged[acl->acl_id]);
	t->staged[acl->acl_id] = list;
	return 0;
}

static bool entry_is_sound(const struct bw_ace *ace)
{
	bool ports = ace->flags &
		     (BW_ACE_F_SPORT | BW_ACE_F_DPORT | BW_ACE_F_NOT_SPORT | BW_ACE_F_NOT_DPORT);
	bool has_proto = ace->flags & BW_ACE_F_PROTO;

	if (ports && !(has_proto && (ace->proto == IPPROTO_TCP || ace->proto == IPPROTO_UDP)))
		return false;
	if (ace->flags & (BW_ACE_F_ICMP_TYPE | BW_ACE_F_ICMP_CODE) &&
		!(has_proto && ace->proto == IPPROTO_ICMP))
		return false;
	if (ace->flags & BW_ACE_F_ESTABLISHED && !(has_proto && ace->proto == IPPROTO_TCP))
		return false;
	return ace->sport_lo <= ace->sport_hi && ace->dport_lo <= ace->dport_hi;
}

int acl_set_entry(struct acl_table *t, const struct bw_ace *ace)
{
	struct acl_list *list;
	struct entry *entry;

	if (ace->acl_id == 0 || ace->acl_id >= BW_MAX_ACLS)
		return -EINVAL;
	list = t->staged[ace->acl_id];
	if (!list)
		return -ENOENT;
	if (ace->index != list->n || list->n >= list->conf.entries || !entry_is_sound(ace))
		return -EINVAL;
	entry = &list->entry[list->n++];
	entry->ace = *ace;
	entry->ace.pad = 0;
	entry->ace.src &= ~ace->src_wild;
	entry->ace.dst &= ~ace->dst_wild;
	entry->counter = NO_COUNTER;
	return 0;
}

static bool same_ace(const struct bw_ace *a, const struct bw_ace *b)
{
	struct bw_ace copy = *a;

	copy.index = b->index;
	return memcmp(&copy, b, sizeof(copy)) == 0;
}

static uint32_t ace_hash(const struct bw_ace *ace)
{
	uint64_t h = ace->flags;

	h = (h ^ ace->src) * 0x9e3779b97f4a7c15;
	h = (h ^ (h >> 29) ^ ace->src_wild) * 0x9e3779b97f4a7c15;
	h = (h ^ (h >> 29) ^ ace->dst) * 0x9e3779b97f4a7c15;
	h = (h ^ (h >> 29) ^ ace->dst_wild) * 0x9e3779b97f4a7c15;
	h = (h ^ (h >> 29) ^
		    ((uint64_t)ace->sport_lo << 48 | (uint64_t)ace->sport_hi << 32 |
			    (uint64_t)ace->dport_lo << 16 | ace->dport_hi)) *
	    0x9e3779b97f4a7c15;
	h = (h ^ (h >> 29) ^ ace->proto ^ ace->icmp_type << 8 ^ ace->icmp_code << 16) *
	    0x9e3779b97f4a7c15;
	return h >> 32;
}

/* Give the new version's entries the counters of equal entries of the old one, in order. */
static int take_counters(struct acl_list *list, struct acl_list *old)
{
	uint32_t size = 16, *slot, h;

	while (size < 2 * old->n)
		size *= 2;
	slot = calloc(size, sizeof(*slot)); /* 1 + index into old, 0 = empty */
	if (!slot)
		return -ENOMEM;
	for (uint32_t i = 0; i < old->n; i++) {
		for (h = ace_hash(&old->entry[i].ace); slot[h % size]; h++)
			;
		slot[h % size] = i + 1;
	}
	for (uint32_t i = 0; i < list->n; i++) {
		for (h = ace_hash(&list->entry[i].ace); slot[h % size]; h++) {
			struct entry *from = &old->entry[slot[h % size] - 1];

			if (from->counter == NO_COUNTER ||
				!same_ace(&from->ace, &list->entry[i].ace))
				continue;
			list->entry[i].counter = from->counter;
			from->counter = NO_COUNTER;
			break;
		}
	}
	free(slot);
	return 0;
}

/* New counters for the entries that have none; all or nothing. */
static int give_counters(struct acl_table *t, struct acl_list *list)
{
	uint32_t missing = 0;

	for (uint32_t i = 0; i < list->n; i++)
		missing += list->entry[i].counter == NO_COUNTER;
	if (missing > t->n_free + ACL_MAX_COUNTERS - t->next_counter)
		return -ENOSPC;
	for (uint32_t i = 0; i < list->n; i++)
		if (list->entry[i].counter == NO_COUNTER)
			list->entry[i].counter = counter_alloc(t);
	return 0;
}

/* Workers read an entry's counter number: the old version keeps its own in a copy. */
static struct acl_list *list_copy(const struct acl_list *list)
{
	size_t size = sizeof(*list) + list->n * sizeof(list->entry[0]);
	struct acl_list *copy = malloc(size);

	if (copy)
		memcpy(copy, list, size);
	return copy;
}

static void free_plain(void *arg, __attribute__((unused)) uint64_t value)
{
	free(arg);
}

int acl_set_commit(struct acl_table *t, uint32_t acl_id)
{
	struct acl_list *list, *old, *rest = NULL;
	int err;

	if (acl_id == 0 || acl_id >= BW_MAX_ACLS)
		return -EINVAL;
	list = t->staged[acl_id];
	if (!list)
		return -ENOENT;
	if (list->n != list->conf.entries)
		return -EINVAL;
	old = current(t, acl_id);
	if (old) {
		rest = list_copy(old);
		if (!rest)
			return -ENOMEM;
		err = take_counters(list, rest);
		if (err)
			goto fail;
	}
	err = give_counters(t, list);
	if (err)
		goto fail;
	list->epoch = t->epoch;
	t->staged[acl_id] = NULL;
	atomic_store_explicit(&t->list[acl_id], list, memory_order_release);
	if (old) {
		t->retire(t->retire_ctx, free_plain, old, 0);
		t->retire(t->retire_ctx, list_free, t, (uintptr_t)rest);
	}
	return 0;
fail:
	for (uint32_t i = 0; i < list->n; i++)
		list->entry[i].counter = NO_COUNTER;
	free(rest);
	return err;
}

void acl_set_abandon(struct acl_table *t)
{
	for (uint32_t id = 0; id < BW_MAX_ACLS; id++) {
		free(t->staged[id]);
		t->staged[id] = NULL;
	}
}

int acl_del(struct acl_table *t, uint32_t acl_id)
{
	struct acl_list *old;

	if (acl_id == 0 || acl_id >= BW_MAX_ACLS)
		return -EINVAL;
	free(t->staged[acl_id]);
	t->staged[acl_id] = NULL;
	old = current(t, acl_id);
	if (!old)
		return -ENOENT;
	atomic_store_explicit(&t->list[acl_id], NULL, memory_order_release);
	t->retire(t->retire_ctx, list_free, t, (uintptr_t)old);
	return 0;
}

void acl_sync_begin(struct acl_table *t)
{
	t->epoch++;
}

void acl_sync_end(struct acl_table *t)
{
	for (uint32_t i = 1; i < BW_MAX_ACLS; i++)
		if (current(t, i) && current(t, i)->epoch != t->epoch)
			acl_del(t, i);
}

static bool addresses_match(const struct bw_ace *ace, const struct l4_info *l4)
{
	if (((l4->src & ~ace->src_wild) ^ ace->src) | ((l4->dst & ~ace->dst_wild) ^ ace->dst))
		return false;
	return !(ace->flags & BW_ACE_F_PROTO) || ace->proto == l4->proto;
}

static bool port_matches(
	uint32_t flags, uint32_t in, uint32_t not_in, uint16_t lo, uint16_t hi, uint16_t port)
{
	if (!(flags & (in | not_in)))
		return true;
	return (port >= lo && port <= hi) == !(flags & not_in);
}

/* What an entry that names ports, types or flags says of a packet. */
enum l4_verdict { L4_NO, L4_YES, L4_UNKNOWN };

static enum l4_verdict l4_matches(const struct bw_ace *ace, const struct l4_info *l4)
{
	bool header = l4->flags & L4_F_HEADER;

	if (ace->flags & (BW_ACE_F_ICMP_TYPE | BW_ACE_F_ICMP_CODE)) {
		if (!header)
			return L4_UNKNOWN;
		if (ace->flags & BW_ACE_F_ICMP_TYPE && ace->icmp_type != l4->icmp_type)
			return L4_NO;
		return !(ace->flags & BW_ACE_F_ICMP_CODE) || ace->icmp_code == l4->icmp_code;
	}
	if (ace->flags & ~BW_ACE_F_ESTABLISHED & L4_FLAGS) {
		if (!(l4->flags & L4_F_PORTS))
			return L4_UNKNOWN;
		if (!port_matches(ace->flags, BW_ACE_F_SPORT, BW_ACE_F_NOT_SPORT, ace->sport_lo,
			    ace->sport_hi, ntohs(l4->sport)) ||
			!port_matches(ace->flags, BW_ACE_F_DPORT, BW_ACE_F_NOT_DPORT, ace->dport_lo,
				ace->dport_hi, ntohs(l4->dport)))
			return L4_NO;
	}
	if (!(ace->flags & BW_ACE_F_ESTABLISHED))
		return L4_YES;
	if (!header)
		return L4_UNKNOWN;
	return (l4->tcp_flags & (L4_TCP_ACK | L4_TCP_RST)) != 0;
}

static bool entry_matches(const struct bw_ace *ace, const struct l4_info *l4)
{
	enum l4_verdict verdict;

	if (!addresses_match(ace, l4))
		return false;
	if (ace->flags & BW_ACE_F_FRAGMENTS && !(l4->flags & L4_F_FRAGMENT))
		return false;
	if (!(ace->flags & L4_FLAGS))
		return true;
	verdict = l4_matches(ace, l4);
	if (verdict != L4_UNKNOWN)
		return verdict == L4_YES;
	/* a fragment: permit by addresses; a cut header: deny by addresses */
	return !!(ace->flags & BW_ACE_F_PERMIT) == !!(l4->flags & L4_F_FRAGMENT);
}

static __attribute__((noinline, cold)) void tell(
	struct log_ring *ring, uint32_t acl_id, const struct bw_ace *ace, const struct l4_info *l4)
{
	uint32_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
	bool ports = l4->flags & L4_F_PORTS;

	if (head - atomic_load_explicit(&ring->tail, memory_order_acquire) == LOG_RING) {
		atomic_fetch_add_explicit(&ring->missed, 1, memory_order_relaxed);
		return;
	}
	ring->log[head % LOG_RING] = (struct bw_acl_log) {
		.acl_id = acl_id,
		.src = l4->src,
		.dst = l4->dst,
		.sport = ports ? ntohs(l4->sport) : 0,
		.dport = ports ? ntohs(l4->dport) : 0,
		.proto = l4->proto,
		.icmp_type = l4->icmp_type,
		.icmp_code = l4->icmp_code,
		.permit = !!(ace->flags & BW_ACE_F_PERMIT),
		.packets = 1,
	};
	atomic_store_explicit(&ring->head, head + 1, memory_order_release);
}

bool acl_log_next(struct acl_table *t, struct bw_acl_log *log)
{
	for (unsigned i = 0; i < t->n_workers; i++) {
		struct log_ring *ring = t->ring[i];
		uint32_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);

		if (tail == atomic_load_explicit(&ring->head, memory_order_acquire))
			continue;
		*log = ring->log[tail % LOG_RING];
		atomic_store_explicit(&ring->tail, tail + 1, memory_order_release);
		return true;
	}
	return false;
}

uint32_t acl_log_missed(struct acl_table *t)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < t->n_workers; i++)
		n += atomic_exchange_explicit(&t->ring[i]->missed, 0, memory_order_relaxed);
	return n;
}

enum acl_result acl_match(
	const struct acl_table *t, uint32_t acl_id, unsigned worker, const struct l4_info *l4)
{
	const struct acl_list *list;

	if (acl_id >= BW_MAX_ACLS)
		return ACL_UNDEFINED;
	list = atomic_load_explicit(&t->list[acl_id], memory_order_acquire);
	if (!list || list->n == 0)
		return ACL_UNDEFINED;
	for (uint32_t i = 0; i < list->n; i++) {
		const struct entry *entry = &list->entry[i];
		uint64_t *hits;

		if (!entry_matches(&entry->ace, l4))
			continue;
		hits = &t->hits[worker][entry->counter];
		__atomic_store_n(hits, *hits + 1, __ATOMIC_RELAXED);
		if (__builtin_expect(!!(entry->ace.flags & BW_ACE_F_LOG), 0))
			tell(t->ring[worker], acl_id, &entry->ace, l4);
		return entry->ace.flags & BW_ACE_F_PERMIT ? ACL_PERMIT : ACL_DENY;
	}
	return ACL_DENY;
}

bool acl_hits_next(const struct acl_table *t, uint32_t *cursor, struct bw_acl_hits *hits)
{
	/* the cursor is a list and an entry; behind the last possible entry is the next list */
	for (; *cursor >> 16 < BW_MAX_ACLS; *cursor = ((*cursor >> 16) + 1) << 16) {
		const struct acl_list *list = current(t, *cursor >> 16);
		uint32_t i = *cursor & 0xffff, counter;

		if (!list || i >= list->n)
			continue;
		counter = list->entry[i].counter;
		*hits = (struct bw_acl_hits) {
			.acl_id = *cursor >> 16,
			.index = i,
			.hits = counter_sum(t, counter) - t->base[counter],
		};
		++*cursor;
		return true;
	}
	return false;
}

void acl_hits_dump(const struct acl_table *t,
	bool (*row)(void *arg, const struct bw_acl_hits *hits), void *arg)
{
	struct bw_acl_hits hits;
	uint32_t cursor = 0;

	while (acl_hits_next(t, &cursor, &hits) && row(arg, &hits))
		;
}

void acl_dump(const struct acl_table *t, bool (*acl)(void *arg, const struct bw_acl *acl),
	bool (*ace)(void *arg, const struct bw_ace *ace), void *arg)
{
	for (uint32_t id = 1; id < BW_MAX_ACLS; id++) {
		const struct acl_list *list = current(t, id);

		if (!list)
			continue;
		if (acl && !acl(arg, &list->conf))
			return;
		for (uint32_t i = 0; ace && i < list->n; i++)
			if (!ace(arg, &list->entry[i].ace))
				return;
	}
}

void acl_hits_clear(struct acl_table *t, uint32_t acl_id)
{
	for (uint32_t id = 1; id < BW_MAX_ACLS; id++) {
		const struct acl_list *list = current(t, id);

		for (uint32_t i = 0; list && (acl_id == 0 || acl_id == id) && i < list->n; i++)
			t->base[list->entry[i].counter] = counter_sum(t, list->entry[i].counter);
	}
}
