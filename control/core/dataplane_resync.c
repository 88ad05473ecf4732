/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A dataplane that comes may hold objects already: of another life of control, or of this one.
 * What control wants under the same key takes over their ids, so that the sessions and counters
 * that hang on them stay. Then everything is said again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/core/dataplane_private.h"

bool dp_key_set(struct dp_key *key, uint32_t id, const void *data, size_t len)
{
	key->id = id;
	key->len = len < DP_KEY_SIZE ? len : DP_KEY_SIZE;
	memcpy(key->data, data, key->len);
	return true;
}

void dp_objects_read(struct dp_link *link)
{
	for (unsigned i = 0; i < link->n_classes; i++) {
		struct dp_class_table *t = &link->class[link->order[i]];

		idmap_reset(&t->held);
		if (t->ops->reading != NULL)
			t->ops->reading(t->owner);
	}
}

static void class_held(struct dp_class_table *t, const struct bw_msg *m)
{
	struct dp_key key;

	if (t->ops->key == NULL || t->ops->set_type != m->hdr.ref || !t->ops->key(m, &key))
		return;
	if (idmap_seed(&t->held, key.id, key.data, key.len) == 0 && t->ops->held != NULL)
		t->ops->held(t->owner, m);
}

void dp_object_held(struct dp_link *link, const struct bw_msg *m)
{
	for (unsigned i = 0; i < link->n_classes; i++)
		class_held(&link->class[link->order[i]], m);
}

/* The object's id in the new dataplane. It is in the table from now on. */
static void identify(struct dp_link *link, struct dp_class_table *ids, struct dp_object *o)
{
	const struct dp_class_table *t = &link->class[o->class];
	struct dp_key key;
	struct bw_msg m;
	int err = -EINVAL;

	dp_object_say_set(t, o, &m);
	o->id = 0;
	if (ids->ops->key(&m, &key))
		err = idmap_assign(&ids->ids, key.data, key.len, &o->id);
	if (err == 0) {
		err = dp_enter_id(ids, o->id, o);
		if (err != 0)
			idmap_put(&ids->ids, o->id);
	}
	explicit_bzero(&m, sizeof(m));
	if (err != 0) {
		o->id = 0;
		dp_queue_failed(link, o);
	} else if (t->ops->identified != NULL) {
		t->ops->identified(t->owner, o);
	}
}

/* All objects that have ids of this table change to the ids of the dataplane that is there now. */
static void identify_table(struct dp_link *link, struct dp_class_table *ids)
{
	struct dp_object **had = ids->by_id;
	uint32_t n = ids->by_id_size;

	idmap_fini(&ids->ids);
	ids->ids = ids->held; /* with what it has under keys */
	idmap_init(&ids->held, ids->ids.first, ids->ids.limit);
	ids->by_id = NULL;
	ids->by_id_size = 0;
	for (unsigned i = 0; i < link->n_classes; i++) {
		if (dp_ids_of(link, link->order[i]) != ids)
			continue;
		for (uint32_t id = 0; id < n; id++)
			if (had[id] != NULL && had[id]->class == link->order[i])
				identify(link, ids, had[id]);
	}
	free(had);
}

/*
 * Keys contain ids, so each class follows those that it refers to; and what is known of one may
 * lead to objects of the next, which is derived before.
 */
void dp_objects_identify(struct dp_link *link)
{
	for (unsigned i = 0; i < link->n_classes; i++) {
		struct dp_class_table *t = &link->class[link->order[i]];

		link->hooks.settle(link->hooks.arg);
		if (dp_ids_of(link, link->order[i]) == t)
			identify_table(link, t);
	}
}

static void replay_ids(struct dp_link *link, struct dp_class_table *t)
{
	for (uint32_t id = 0; id < t->by_id_size; id++)
		if (t->by_id[id] != NULL)
			dp_say(link, t->by_id[id]);
}

void dp_objects_replay(struct dp_link *link)
{
	for (unsigned i = 0; i < link->n_classes; i++) {
		struct dp_class_table *t = &link->class[link->order[i]];

		replay_ids(link, t);
		if (t->ops->replay != NULL)
			t->ops->replay(t->owner);
	}
}

void dp_objects_synced(struct dp_link *link)
{
	for (unsigned i = 0; i < link->n_classes; i++) {
		struct dp_class_table *t = &link->class[link->order[i]];

		idmap_drop_seeds(&t->ids);
	}
}
