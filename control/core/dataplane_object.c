/* SPDX-License-Identifier: BSD-3-Clause */
/* What is the same for objects of every class: order, ids, wishes against what was told. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/core/dataplane_private.h"

/* --- classes --- */

void dp_objects_init(struct dp_link *link)
{
	for (unsigned c = 0; c < DP_CLASSES; c++) {
		TAILQ_INIT(&link->class[c].set);
		TAILQ_INIT(&link->class[c].del);
	}
}

void dp_objects_fini(struct dp_link *link)
{
	for (unsigned c = 0; c < DP_CLASSES; c++) {
		struct dp_class_table *t = &link->class[c];

		idmap_fini(&t->ids);
		idmap_fini(&t->held);
		free(t->by_id);
		t->by_id = NULL;
		t->by_id_size = 0;
	}
}

static bool is_placed(const struct dp_link *link, enum dp_class class)
{
	for (unsigned i = 0; i < link->n_classes; i++)
		if (link->order[i] == class)
			return true;
	return false;
}

/* Registered, not in the order yet, and all that it refers to is. */
static bool can_be_placed(const struct dp_link *link, enum dp_class class)
{
	const struct dp_class_ops *ops = link->class[class].ops;

	if (ops == NULL || is_placed(link, class))
		return false;
	for (unsigned i = 0; i < DP_AFTER && ops->after[i] != DP_NONE; i++)
		if (link->class[ops->after[i]].ops != NULL && !is_placed(link, ops->after[i]))
			return false;
	return true;
}

static void order_classes(struct dp_link *link)
{
	unsigned registered = 0;

	link->n_classes = 0;
	for (unsigned c = 0; c < DP_CLASSES; c++)
		registered += link->class[c].ops != NULL;
	while (link->n_classes < registered) {
		enum dp_class c = DP_NONE;

		while (c < DP_CLASSES && !can_be_placed(link, c))
			c++;
		assert(c < DP_CLASSES); /* or classes refer to each other in a circle */
		link->order[link->n_classes++] = c;
	}
}

void dp_class_register(
	struct dp_link *link, enum dp_class class, const struct dp_class_ops *ops, void *owner)
{
	struct dp_class_table *t = &link->class[class];
	uint32_t first = ops->first_id != 0 ? ops->first_id : 1;

	t->ops = ops;
	t->owner = owner;
	idmap_init(&t->ids, first, ops->limit_id);
	idmap_init(&t->held, first, ops->limit_id);
	order_classes(link);
}

/* --- ids --- */

struct dp_class_table *dp_ids_of(struct dp_link *link, enum dp_class class)
{
	struct dp_class_table *t = &link->class[class];

	if (t->ops != NULL && t->ops->ids_of != DP_NONE)
		t = &link->class[t->ops->ids_of];
	return t->ops != NULL && t->ops->limit_id != 0 ? t : NULL;
}

int dp_enter_id(struct dp_class_table *t, uint32_t id, struct dp_object *o)
{
	if (id >= t->by_id_size) {
		uint32_t size = (id + 32) * 3 / 2;
		struct dp_object **by_id = realloc(t->by_id, size * sizeof(struct dp_object *));

		if (by_id == NULL)
			return -ENOMEM;
		memset(by_id + t->by_id_size, 0, (size - t->by_id_size) * sizeof(*by_id));
		t->by_id = by_id;
		t->by_id_size = size;
	}
	t->by_id[id] = o;
	return 0;
}

struct dp_object *dp_by_id(const struct dp_link *link, enum dp_class class, uint32_t id)
{
	const struct dp_class_table *t = &link->class[class];

	if (t->ops != NULL && t->ops->ids_of != DP_NONE)
		t = &link->class[t->ops->ids_of];
	return id < t->by_id_size ? t->by_id[id] : NULL;
}

int dp_take_id(struct dp_link *link, struct dp_object *o)
{
	struct dp_class_table *t = dp_ids_of(link, o->class);
	int err;

	if (t == NULL || o->id != 0)
		return 0;
	err = idmap_take(&t->ids, &o->id);
	if (err == 0) {
		err = dp_enter_id(t, o->id, o);
		if (err != 0)
			idmap_put(&t->ids, o->id);
	}
	if (err != 0)
		o->id = 0;
	return err;
}

void dp_object_no_id(struct dp_link *link, struct dp_object *o)
{
	const struct dp_class_table *t = dp_ids_of(link, o->class);
	char label[96];

	dp_object_label(link, o, label, sizeof(label));
	log_event(link->log, "PLATFORM-2-NOIDS", "no id is left for %s: there are %u", label,
		t->ids.limit - t->ids.first);
}

static void put_id(struct dp_link *link, struct dp_object *o)
{
	struct dp_class_table *t = dp_ids_of(link, o->class);

	if (t == NULL || o->id == 0)
		return;
	if (o->id < t->by_id_size) /* not so after dp_link_fini() */
		t->by_id[o->id] = NULL;
	idmap_put(&t->ids, o->id);
	o->id = 0;
}

int dp_keep_id(struct dp_link *link, struct dp_object *o)
{
	int err = dp_take_id(link, o);

	o->kept = err == 0;
	return err;
}

void dp_give_id(struct dp_link *link, struct dp_object *o)
{
	o->kept = false;
	if (!o->wanted && !o->gone)
		put_id(link, o);
}

/* --- what is wanted --- */

/* Note what is said now. Whether that is something else than what was said before. */
static bool take_wish(struct dp_link *link, struct dp_object *o)
{
	const struct dp_class_table *t = &link->class[o->class];
	void *told = t->ops->told != NULL ? t->ops->told(o) : NULL;
	struct bw_msg m;
	bool differs;

	if (told == NULL)
		return false;
	dp_object_say_set(t, o, &m);
	differs = memcmp(told, m.body, t->ops->told_size) != 0;
	memcpy(told, m.body, t->ops->told_size);
	explicit_bzero(&m, sizeof(m));
	return differs;
}

int dp_want(struct dp_link *link, struct dp_object *o)
{
	bool anew = !o->wanted || (o->id == 0 && dp_ids_of(link, o->class) != NULL);
	int err = dp_take_id(link, o);

	if (err != 0) {
		dp_object_no_id(link, o);
		return err;
	}
	if (!take_wish(link, o) && !anew)
		return 0;
	o->wanted = true;
	dp_touch(link, o);
	return 0;
}

void dp_say(struct dp_link *link, struct dp_object *o)
{
	if (!o->wanted)
		return;
	take_wish(link, o);
	dp_touch(link, o);
}

void dp_drop(struct dp_link *link, struct dp_object *o)
{
	const struct dp_class_ops *ops = link->class[o->class].ops;

	if (!o->wanted)
		return;
	o->wanted = false;
	if (ops->told != NULL)
		memset(ops->told(o), 0, ops->told_size);
	dp_remove(link, o);
}

void dp_object_released(struct dp_link *link, struct dp_object *o)
{
	const struct dp_class_table *t = &link->class[o->class];

	o->sent = o->gone = false;
	if (!o->kept)
		put_id(link, o);
	if (t->ops->released != NULL)
		t->ops->released(t->owner, o);
}

/* --- messages --- */

bool dp_object_say(
	const struct dp_class_table *t, struct dp_object *o, uint32_t part, struct bw_msg *m)
{
	m->hdr.type = t->ops->set_type;
	m->hdr.cookie = dp_cookie(o->class, 0, 0, o->id);
	return t->ops->wish(t->owner, o, part, m);
}

void dp_object_say_gone(const struct dp_class_table *t, struct dp_object *o, struct bw_msg *m)
{
	m->hdr.cookie = dp_cookie(o->class, 0, 0, o->id);
	if (o->id != 0)
		m->ref.id = o->id;
	else
		t->ops->wish(t->owner, o, 0, m);
	m->hdr.type = t->ops->del_type;
}

void dp_object_say_set(const struct dp_class_table *t, struct dp_object *o, struct bw_msg *m)
{
	bool more = true;

	for (uint32_t part = 0; more; part++) {
		memset(m, 0, sizeof(*m));
		more = dp_object_say(t, o, part, m);
		if (m->hdr.type == t->ops->set_type)
			return;
	}
}

/* --- answers --- */

struct dp_object *dp_object_find(struct dp_link *link, uint64_t cookie)
{
	enum dp_class class = dp_cookie_class(cookie);
	const struct dp_class_table *t = &link->class[class];
	struct dp_object *o;

	if (t->ops == NULL)
		return NULL;
	if (t->ops->find != NULL)
		return t->ops->find(t->owner, cookie);
	o = dp_by_id(link, class, dp_cookie_c(cookie));
	return o != NULL && o->wanted ? o : NULL;
}

void dp_object_describe(struct dp_link *link, uint64_t cookie, char *buf, size_t size)
{
	enum dp_class class = dp_cookie_class(cookie);
	const struct dp_class_table *t = &link->class[class];

	buf[0] = '\0';
	if (t->ops != NULL)
		t->ops->label(
			t->owner, dp_by_id(link, class, dp_cookie_c(cookie)), cookie, buf, size);
}

void dp_object_label(struct dp_link *link, struct dp_object *o, char *buf, size_t size)
{
	const struct dp_class_table *t = &link->class[o->class];

	t->ops->label(t->owner, o, 0, buf, size);
}
