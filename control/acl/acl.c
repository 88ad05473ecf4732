/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/acl/acl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/core/format.h"

int acl_number_sort(unsigned number)
{
	if ((number >= 1 && number <= 99) || (number >= 1300 && number <= 1999))
		return 0;
	if ((number >= 100 && number <= 199) || (number >= 2000 && number <= 2699))
		return 1;
	return -1;
}

static bool is_number(const char *name)
{
	return name[0] != '\0' && name[strspn(name, "0123456789")] == '\0';
}

static struct acl *find(struct acl_table *t, const char *name)
{
	struct acl *acl;

	TAILQ_FOREACH (acl, &t->list, entry)
		if (strcmp(acl->name, name) == 0)
			return acl;
	return NULL;
}

struct acl *acl_find(struct acl_table *t, const char *name)
{
	struct acl *acl = find(t, name);

	return acl != NULL && acl->exists ? acl : NULL;
}

static int compare(const struct acl *a, const struct acl *b)
{
	if (a->numbered != b->numbered)
		return a->numbered ? -1 : 1;
	return a->numbered ? atoi(a->name) - atoi(b->name) : strcmp(a->name, b->name);
}

static struct acl *create_shell(struct acl_table *t, const char *name)
{
	struct acl *acl = calloc(1, sizeof(*acl)), *at;

	if (acl == NULL)
		return NULL;
	acl->table = t;
	acl->obj.class = DP_ACL;
	snprintf(acl->name, sizeof(acl->name), "%s", name);
	acl->numbered = is_number(name);
	TAILQ_FOREACH (at, &t->list, entry)
		if (compare(at, acl) > 0)
			break;
	if (at != NULL)
		TAILQ_INSERT_BEFORE(at, acl, entry);
	else
		TAILQ_INSERT_TAIL(&t->list, acl, entry);
	return acl;
}

struct acl *acl_get(struct acl_table *t, const char *name)
{
	struct acl *acl = find(t, name);

	if (acl == NULL)
		acl = create_shell(t, name);
	if (acl == NULL)
		return NULL;
	acl->refs++;
	work_mark(&t->work);
	return acl;
}

static void free_entry(struct acl_entry *e)
{
	free(e->remark);
	free(e->line);
}

static void free_acl(struct acl *acl)
{
	dp_forget(&acl->table->core->dp, &acl->obj);
	TAILQ_REMOVE(&acl->table->list, acl, entry);
	for (size_t i = 0; i < acl->n; i++)
		free_entry(&acl->item[i]);
	free(acl->item);
	free(acl);
}

void acl_free_unused(struct acl *acl)
{
	if (!acl->exists && acl->refs == 0 && !acl->obj.wanted && acl->obj.queue == DP_IDLE)
		free_acl(acl);
}

static void changed(struct acl *acl)
{
	acl->walk_rule = acl->walk_item = 0;
	acl->pending = true;
	work_mark(&acl->table->work);
}

void acl_put(struct acl *acl)
{
	acl->refs--;
	changed(acl);
}

int acl_create(struct acl_table *t, const char *name, bool extended, struct acl **out)
{
	struct acl *acl;

	if (strlen(name) >= ACL_NAME_LEN)
		return -ENAMETOOLONG;
	if (is_number(name) && (strlen(name) > 4 || acl_number_sort(atoi(name)) != extended))
		return -EINVAL;
	acl = find(t, name);
	if (acl == NULL)
		acl = create_shell(t, name);
	if (acl == NULL)
		return -ENOMEM;
	if (acl->exists && acl->extended != extended)
		return -EEXIST;
	acl->exists = true;
	acl->extended = extended;
	*out = acl;
	return 0;
}

void acl_delete(struct acl *acl)
{
	for (size_t i = 0; i < acl->n; i++)
		free_entry(&acl->item[i]);
	acl->n = 0;
	acl->n_rules = acl->n_numbered = 0;
	acl->exists = acl->is_block = false;
	changed(acl);
}

void acl_leave_block(struct acl *acl)
{
	size_t kept = 0;

	for (size_t i = 0; i < acl->n; i++) {
		struct acl_entry *e = &acl->item[i];

		if (!e->in_block) {
			acl->item[kept++] = *e;
			continue;
		}
		acl->n_rules -= acl_entry_rules(e);
		acl->n_numbered -= e->numbered;
		free_entry(e);
	}
	acl->n = kept;
	acl->is_block = false;
	if (acl->n == 0)
		acl_delete(acl);
	else
		changed(acl);
}

static bool same_rule(const struct acl_entry *a, const struct acl_entry *b)
{
	if (a->is_remark || b->is_remark)
		return a->is_remark && b->is_remark && strcmp(a->remark, b->remark) == 0;
	return a->src == b->src && a->dst == b->dst && a->src_wild == b->src_wild &&
	       a->dst_wild == b->dst_wild && a->permit == b->permit && a->proto == b->proto &&
	       memcmp(&a->sport, &b->sport, sizeof(a->sport)) == 0 &&
	       memcmp(&a->dport, &b->dport, sizeof(a->dport)) == 0 &&
	       a->icmp_type == b->icmp_type && a->icmp_code == b->icmp_code &&
	       a->established == b->established && a->fragments == b->fragments;
}

/* The last one first: lists are taken down from their end. */
static struct acl_entry *find_rule(const struct acl *acl, const struct acl_entry *e)
{
	for (size_t i = acl->n; i-- > 0;)
		if (same_rule(&acl->item[i], e))
			return &acl->item[i];
	return NULL;
}

/* Where an entry with this number is or would be. */
static size_t position(const struct acl *acl, uint32_t seq)
{
	size_t lo = 0, hi = acl->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (acl->item[mid].seq < seq)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static int make_room(struct acl *acl)
{
	size_t size = acl->size ? acl->size * 2 : 8;
	struct acl_entry *item;

	if (acl->n < acl->size)
		return 0;
	item = realloc(acl->item, size * sizeof(*item));
	if (item == NULL)
		return -ENOMEM;
	acl->item = item;
	acl->size = size;
	return 0;
}

const struct acl_entry *acl_entry_at(const struct acl *acl, uint32_t seq)
{
	size_t at = position(acl, seq);

	return at < acl->n && acl->item[at].seq == seq ? &acl->item[at] : NULL;
}

static uint32_t next_seq(uint32_t last)
{
	return last - last % ACL_STEP + ACL_STEP;
}

static int copy_texts(struct acl_entry *to, const struct acl_entry *from)
{
	to->remark = from->remark != NULL ? strdup(from->remark) : NULL;
	to->line = from->line != NULL ? strdup(from->line) : NULL;
	if ((from->remark != NULL && to->remark == NULL) ||
		(from->line != NULL && to->line == NULL)) {
		free_entry(to);
		return -ENOMEM;
	}
	return 0;
}

int acl_add(struct acl *acl, const struct acl_entry *e)
{
	uint32_t last = acl->n > 0 ? acl->item[acl->n - 1].seq : 0;
	struct acl_entry new = *e;
	size_t at;

	new.numbered = e->seq != 0;
	new.seq = e->seq != 0 ? e->seq : next_seq(last);
	if (e->seq == 0 && new.seq < last)
		return -ERANGE;
	at = position(acl, new.seq);
	if ((at < acl->n && acl->item[at].seq == new.seq) || find_rule(acl, e) != NULL)
		return -EEXIST;
	if (make_room(acl) != 0 || copy_texts(&new, e) != 0)
		return -ENOMEM;
	new.entered = ++acl->entered;
	memmove(&acl->item[at + 1], &acl->item[at], (acl->n - at) * sizeof(new));
	acl->item[at] = new;
	acl->n++;
	acl->n_rules += acl_entry_rules(&new);
	acl->n_numbered += new.numbered;
	changed(acl);
	return 0;
}

static int by_entering(const void *a, const void *b)
{
	const struct acl_entry *x = *(const struct acl_entry *const *)a;
	const struct acl_entry *y = *(const struct acl_entry *const *)b;

	return x->entered < y->entered ? -1 : 1;
}

/* Whether the entries but `without`, entered again, would stand in the order they have now. */
static bool order_survives(const struct acl *acl, const struct acl_entry *without)
{
	const struct acl_entry **entry = calloc(acl->n + 1, sizeof(*entry));
	uint32_t *seq = calloc(acl->n + 1, sizeof(*seq)), last = 0, before = 0;
	bool good = entry != NULL && seq != NULL;
	size_t n = 0;

	for (size_t i = 0; good && i < acl->n; i++)
		if (&acl->item[i] != without)
			entry[n++] = &acl->item[i];
	if (good)
		qsort(entry, n, sizeof(*entry), by_entering);
	for (size_t i = 0; good && i < n; i++) {
		uint32_t now = entry[i]->numbered ? entry[i]->seq : next_seq(last);

		last = now > last ? now : last;
		seq[entry[i] - acl->item] = now;
	}
	for (size_t i = 0; good && i < acl->n; i++) {
		if (&acl->item[i] == without)
			continue;
		good = seq[i] > before;
		before = seq[i];
	}
	free(entry);
	free(seq);
	return good;
}

int acl_remove(struct acl *acl, const struct acl_entry *e, bool force)
{
	struct acl_entry *found = find_rule(acl, e);
	size_t at;

	if (found == NULL)
		return -ENOENT;
	if (!force && acl->n_numbered > 0 && !order_survives(acl, found))
		return -EBUSY;
	at = found - acl->item;
	acl->n_rules -= acl_entry_rules(found);
	acl->n_numbered -= found->numbered;
	free_entry(found);
	acl->n--;
	memmove(found, found + 1, (acl->n - at) * sizeof(*e));
	changed(acl);
	return 0;
}

int acl_table_init(struct acl_table *t, struct core *core)
{
	memset(t, 0, sizeof(*t));
	t->core = core;
	TAILQ_INIT(&t->list);
	watches_init(&t->watches);
	return acl_program_init(t);
}

void acl_table_fini(struct acl_table *t)
{
	while (!TAILQ_EMPTY(&t->list))
		free_acl(TAILQ_FIRST(&t->list));
	acl_program_fini(t);
}
