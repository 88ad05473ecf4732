/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/nat/acl.h"

#include <ctype.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/control.h"
#include "control/format.h"

#define RESEND_US_PER_ENTRY 20 /* 10,000 entries: five times a second at the most */
#define RESEND_TICK_MS	    20

static struct acl *of(struct dp_object *o)
{
	return (struct acl *)((char *)o - offsetof(struct acl, obj));
}

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
	acl->ctl = t->ctl;
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
	t->changed = true;
	control_wake(t->ctl);
	return acl;
}

static void free_entry(struct acl_entry *e)
{
	free(e->remark);
	free(e->line);
}

static void free_acl(struct acl *acl)
{
	dp_forget(&acl->ctl->dp, &acl->obj);
	TAILQ_REMOVE(&acl->ctl->acls.list, acl, entry);
	for (size_t i = 0; i < acl->n; i++)
		free_entry(&acl->item[i]);
	free(acl->item);
	free(acl);
}

static void free_unused(struct acl *acl)
{
	if (!acl->exists && acl->refs == 0 && !acl->in_dataplane && acl->obj.queue == DP_IDLE)
		free_acl(acl);
}

static void changed(struct acl *acl)
{
	acl->walk_rule = acl->walk_item = 0;
	acl->pending = true;
	acl->ctl->acls.changed = true;
	control_wake(acl->ctl);
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
	acl->exists = false;
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
	acl->n_rules += !new.is_remark;
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
	acl->n_rules -= !found->is_remark;
	acl->n_numbered -= found->numbered;
	free_entry(found);
	acl->n--;
	memmove(found, found + 1, (acl->n - at) * sizeof(*e));
	changed(acl);
	return 0;
}

uint32_t acl_in_force(const struct acl *acl)
{
	return acl != NULL && acl->in_dataplane ? acl->id : 0;
}

/* --- the dataplane --- */

static void set_ports(const struct acl_ports *p, uint16_t *lo, uint16_t *hi, uint32_t *flags,
	uint32_t matters, uint32_t negated)
{
	*lo = p->lo;
	*hi = p->hi;
	switch (p->op) {
	case ACL_PORT_ANY:
		*lo = *hi = 0;
		return;
	case ACL_PORT_NEQ:
		*flags |= negated;
		*hi = p->lo;
		break;
	case ACL_PORT_EQ:
		*hi = p->lo;
		break;
	case ACL_PORT_GT:
		*lo = p->lo == UINT16_MAX ? UINT16_MAX : p->lo + 1;
		*hi = UINT16_MAX;
		break;
	case ACL_PORT_LT:
		*hi = p->lo == 0 ? 0 : p->lo - 1;
		*lo = 0;
		break;
	case ACL_PORT_RANGE:
		break;
	}
	*flags |= matters;
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
	set_ports(&e->sport, &m->sport_lo, &m->sport_hi, &m->flags, BW_ACE_F_SPORT,
		BW_ACE_F_NOT_SPORT);
	set_ports(&e->dport, &m->dport_lo, &m->dport_hi, &m->flags, BW_ACE_F_DPORT,
		BW_ACE_F_NOT_DPORT);
}

/* The entry behind rule number `index`, remarks not counted; asked for in order, so remembered. */
static const struct acl_entry *rule_at(struct acl *acl, uint32_t index)
{
	if (index == 0 || index < acl->walk_rule)
		acl->walk_rule = acl->walk_item = 0;
	for (;; acl->walk_item++) {
		const struct acl_entry *e = &acl->item[acl->walk_item];

		if (e->is_remark)
			continue;
		if (acl->walk_rule == index)
			return e;
		acl->walk_rule++;
	}
}

/* SET, one message for each rule, COMMIT. */
static bool set(void *, struct dp_object *o, uint32_t part, struct bw_msg *m)
{
	struct acl *acl = of(o);

	m->hdr.cookie = dp_cookie(DP_ACL, 0, 0, acl->id);
	if (part == 0) {
		m->hdr.type = BW_CMD_ACL_SET;
		m->acl.acl_id = acl->id;
		m->acl.entries = acl->n_rules;
		memcpy(m->acl.name, acl->name, sizeof(m->acl.name));
	} else if (part <= acl->n_rules) {
		m->hdr.type = BW_CMD_ACL_ENTRY;
		m->ace.acl_id = acl->id;
		m->ace.index = part - 1;
		fill_entry(rule_at(acl, part - 1), &m->ace);
	} else {
		m->hdr.type = BW_CMD_ACL_COMMIT;
		m->ref.id = acl->id;
		return false;
	}
	return true;
}

static void del(void *, struct dp_object *o, struct bw_msg *m)
{
	m->hdr.type = BW_CMD_ACL_DEL;
	m->hdr.cookie = dp_cookie(DP_ACL, 0, 0, of(o)->id);
	m->ref.id = of(o)->id;
}

static void give_back_id(struct acl *acl)
{
	struct acl_table *t = &acl->ctl->acls;

	if (acl->id == 0)
		return;
	idmap_put(&t->ids, acl->id);
	t->by_id[acl->id] = NULL;
	acl->id = 0;
}

static void released(void *, struct dp_object *o)
{
	struct acl *acl = of(o);

	give_back_id(acl);
	acl->ctl->acls.changed = true; /* acl_settle() frees it if nobody has it */
	control_wake(acl->ctl);
}

static struct dp_object *find_object(void *owner, uint64_t cookie)
{
	struct acl_table *t = owner;
	uint32_t id = dp_cookie_c(cookie);

	if (id >= BW_MAX_ACLS || t->by_id[id] == NULL || !t->by_id[id]->in_dataplane)
		return NULL;
	return &t->by_id[id]->obj;
}

static void describe(void *owner, uint64_t cookie, char *buf, size_t size)
{
	struct acl_table *t = owner;
	uint32_t id = dp_cookie_c(cookie);

	if (id < BW_MAX_ACLS && t->by_id[id] != NULL)
		snprintf(buf, size, "access list %s", t->by_id[id]->name);
	else
		snprintf(buf, size, "access list with id %u", id);
}

static const struct dp_class_ops acl_ops = {
	.name = "access list",
	.set = set,
	.del = del,
	.released = released,
	.find = find_object,
	.describe = describe,
};

/* --- what is in force --- */

/* Who refers to a list looks at it again: its id came or went. */
static void tell_users(struct acl *acl)
{
	struct iface *ifc;

	TAILQ_FOREACH (ifc, &acl->ctl->ifaces.list, entry)
		if (ifc->acl_in == acl || ifc->acl_out == acl)
			iface_changed(ifc);
	nat_acl_changed(&acl->ctl->nat, acl);
}

static void begin(struct acl *acl)
{
	struct acl_table *t = &acl->ctl->acls;

	if (acl->id == 0 && acl->ctl->dp.state != DP_READING) {
		if (idmap_take(&t->ids, &acl->id) != 0) {
			log_event(&acl->ctl->log, "PLATFORM-2-NOIDS",
				"access list %s: the dataplane holds no more than %d lists",
				acl->name, BW_MAX_ACLS - 1);
			acl->id = 0;
			acl->pending = false;
			return;
		}
		t->by_id[acl->id] = acl;
	}
	acl->in_dataplane = true;
	tell_users(acl);
}

/* Returns whether the list still waits for its turn. */
static bool settle_one(struct acl *acl, uint64_t now)
{
	bool wanted = acl->exists && acl->n_rules > 0 && acl->refs > 0;

	if (wanted && !acl->in_dataplane) {
		acl->sent_ms = 0;
		begin(acl);
	} else if (!wanted && acl->in_dataplane) {
		acl->in_dataplane = acl->pending = false;
		tell_users(acl);
		dp_remove(&acl->ctl->dp, &acl->obj);
	}
	if (!acl->in_dataplane || !acl->pending)
		return false;
	if (now < acl->sent_ms + (uint64_t)acl->n_rules * RESEND_US_PER_ENTRY / 1000)
		return true;
	acl->pending = false;
	acl->sent_ms = now;
	dp_touch(&acl->ctl->dp, &acl->obj);
	return false;
}

void acl_settle(struct acl_table *t)
{
	static const struct timeval tick = { .tv_usec = RESEND_TICK_MS * 1000 };
	uint64_t now = clock_ms();
	struct acl *acl, *next;
	bool waiting = false;

	if (!t->changed)
		return;
	t->changed = false;
	for (acl = TAILQ_FIRST(&t->list); acl != NULL; acl = next) {
		next = TAILQ_NEXT(acl, entry);
		waiting |= settle_one(acl, now);
		free_unused(acl);
	}
	if (waiting)
		evtimer_add(t->timer, &tick);
}

static void on_timer(evutil_socket_t, short, void *arg)
{
	struct acl_table *t = arg;

	t->changed = true;
	control_wake(t->ctl);
}

int acl_table_init(struct acl_table *t, struct control *ctl)
{
	memset(t, 0, sizeof(*t));
	t->ctl = ctl;
	TAILQ_INIT(&t->list);
	idmap_init(&t->ids, 1, BW_MAX_ACLS);
	dp_class_register(&ctl->dp, DP_ACL, &acl_ops, t);
	t->timer = evtimer_new(ctl->base, on_timer, t);
	return t->timer != NULL ? 0 : -ENOMEM;
}

void acl_table_fini(struct acl_table *t)
{
	while (!TAILQ_EMPTY(&t->list))
		free_acl(TAILQ_FIRST(&t->list));
	idmap_fini(&t->ids);
	if (t->timer != NULL)
		event_free(t->timer);
}

/* --- resync --- */

void acl_identify_begin(struct acl_table *t)
{
	idmap_reset(&t->ids);
	memset(t->by_id, 0, sizeof(t->by_id));
}

void acl_held(struct acl_table *t, const struct bw_acl *held)
{
	idmap_seed(&t->ids, held->acl_id, held->name, strnlen(held->name, sizeof(held->name)));
}

void acl_identify(struct acl_table *t)
{
	struct acl *acl;

	TAILQ_FOREACH (acl, &t->list, entry) {
		acl->id = 0;
		if (!acl->in_dataplane ||
			idmap_assign(&t->ids, acl->name, strlen(acl->name), &acl->id) != 0)
			continue;
		t->by_id[acl->id] = acl;
	}
}

void acl_replay(struct acl_table *t)
{
	struct acl *acl;

	TAILQ_FOREACH (acl, &t->list, entry) {
		if (!acl->in_dataplane)
			continue;
		acl->pending = false;
		dp_touch(&t->ctl->dp, &acl->obj);
	}
}
