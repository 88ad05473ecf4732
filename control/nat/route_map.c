/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/nat/route_map.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/acl/acl.h"
#include "control/iface/iface.h"
#include "control/nat/nat.h"

void route_maps_init(struct route_map_table *t, struct nat_table *nat)
{
	t->nat = nat;
	TAILQ_INIT(&t->list);
}

static struct route_map *find(struct route_map_table *t, const char *name)
{
	struct route_map *map;

	TAILQ_FOREACH (map, &t->list, entry)
		if (strcmp(map->name, name) == 0)
			return map;
	return NULL;
}

struct route_map *route_map_find(struct route_map_table *t, const char *name)
{
	struct route_map *map = find(t, name);

	return map != NULL && !TAILQ_EMPTY(&map->clauses) ? map : NULL;
}

/* With or without clauses. */
static struct route_map *get(struct route_map_table *t, const char *name)
{
	struct route_map *map = find(t, name);

	if (map != NULL)
		return map;
	map = calloc(1, sizeof(*map));
	if (map == NULL)
		return NULL;
	snprintf(map->name, sizeof(map->name), "%s", name);
	TAILQ_INIT(&map->clauses);
	TAILQ_INSERT_TAIL(&t->list, map, entry);
	return map;
}

static void free_unused(struct route_map_table *t, struct route_map *map)
{
	if (map->refs > 0 || !TAILQ_EMPTY(&map->clauses))
		return;
	TAILQ_REMOVE(&t->list, map, entry);
	free(map);
}

struct route_map *route_map_get(struct route_map_table *t, const char *name)
{
	struct route_map *map = get(t, name);

	if (map != NULL)
		map->refs++;
	return map;
}

void route_map_put(struct route_map_table *t, struct route_map *map)
{
	map->refs--;
	free_unused(t, map);
}

static struct route_clause *find_clause(const struct route_map *map, uint32_t seq)
{
	struct route_clause *c;

	TAILQ_FOREACH (c, &map->clauses, entry)
		if (c->seq == seq)
			return c;
	return NULL;
}

struct route_clause *route_map_clause(struct route_map_table *t, const char *name, uint32_t seq)
{
	const struct route_map *map = find(t, name);

	return map != NULL ? find_clause(map, seq) : NULL;
}

static void changed(struct route_map_table *t)
{
	t->nat->changed = true;
	work_mark(&t->nat->work);
}

static unsigned pairs(unsigned n_acls, unsigned n_ifcs)
{
	return (n_acls > 0 ? n_acls : 1) * (n_ifcs > 0 ? n_ifcs : 1);
}

/* How many matches the map's clauses come to, but for one of them. */
static unsigned count(const struct route_map *map, const struct route_clause *without)
{
	const struct route_clause *c;
	unsigned n = 0;

	TAILQ_FOREACH (c, &map->clauses, entry)
		if (c != without)
			n += pairs(c->n_acls, c->n_ifcs);
	return n;
}

static void insert(struct route_map *map, struct route_clause *clause)
{
	struct route_clause *c;

	TAILQ_FOREACH (c, &map->clauses, entry)
		if (c->seq > clause->seq)
			break;
	if (c != NULL)
		TAILQ_INSERT_BEFORE(c, clause, entry);
	else
		TAILQ_INSERT_TAIL(&map->clauses, clause, entry);
}

static int add_clause(struct route_map *map, uint32_t seq, struct route_clause **clause)
{
	if (count(map, NULL) >= BW_NAT_MATCHES)
		return -ENOSPC;
	*clause = calloc(1, sizeof(**clause));
	if (*clause == NULL)
		return -ENOMEM;
	(*clause)->seq = seq;
	insert(map, *clause);
	return 0;
}

int route_map_set(struct route_map_table *t, const char *name, uint32_t seq, bool permit)
{
	struct route_map *map = get(t, name);
	struct route_clause *clause = map != NULL ? find_clause(map, seq) : NULL;
	int err = map != NULL ? 0 : -ENOMEM;

	if (err == 0 && clause == NULL)
		err = add_clause(map, seq, &clause);
	if (err == 0)
		clause->permit = permit;
	else if (map != NULL)
		free_unused(t, map);
	changed(t);
	return err;
}

static void drop_acls(struct route_clause *c)
{
	while (c->n_acls > 0)
		acl_put(c->acl[--c->n_acls]);
}

static void drop_ifcs(struct route_clause *c)
{
	while (c->n_ifcs > 0)
		iface_put(c->ifc[--c->n_ifcs]);
}

static void free_clause(struct route_map *map, struct route_clause *c)
{
	TAILQ_REMOVE(&map->clauses, c, entry);
	drop_acls(c);
	drop_ifcs(c);
	free(c);
}

void route_map_remove(struct route_map_table *t, const char *name, uint32_t seq)
{
	struct route_map *map = find(t, name);
	struct route_clause *clause = map != NULL ? find_clause(map, seq) : NULL;

	if (clause == NULL)
		return;
	free_clause(map, clause);
	free_unused(t, map);
	changed(t);
}

/* Into an empty clause; on error it is left as empty. */
static int hold_acls(
	struct route_map_table *t, struct route_clause *c, const char *const *names, unsigned n)
{
	while (c->n_acls < n) {
		struct acl *acl = acl_get(t->nat->acls, names[c->n_acls]);

		if (acl == NULL) {
			drop_acls(c);
			return -ENOMEM;
		}
		c->acl[c->n_acls++] = acl;
	}
	return 0;
}

static int hold_ifcs(
	struct route_map_table *t, struct route_clause *c, const char *const *names, unsigned n)
{
	while (c->n_ifcs < n) {
		struct iface *ifc = iface_get(t->nat->ifaces, names[c->n_ifcs]);

		if (ifc == NULL) {
			drop_ifcs(c);
			return -ENOMEM;
		}
		c->ifc[c->n_ifcs++] = ifc;
	}
	return 0;
}

/* The new references first: those that both have are not let go in between. */
static int replace_acls(
	struct route_map_table *t, struct route_clause *c, const char *const *names, unsigned n)
{
	struct route_clause new = { 0 };
	int err = hold_acls(t, &new, names, n);

	if (err != 0)
		return err;
	drop_acls(c);
	memcpy(c->acl, new.acl, sizeof(c->acl));
	c->n_acls = n;
	return 0;
}

static int replace_ifcs(
	struct route_map_table *t, struct route_clause *c, const char *const *names, unsigned n)
{
	struct route_clause new = { 0 };
	int err = hold_ifcs(t, &new, names, n);

	if (err != 0)
		return err;
	drop_ifcs(c);
	memcpy(c->ifc, new.ifc, sizeof(c->ifc));
	c->n_ifcs = n;
	return 0;
}

int route_map_match(struct route_map_table *t, const char *name, uint32_t seq,
	enum route_map_match by, const char *const *names, unsigned n)
{
	struct route_clause *c = route_map_clause(t, name, seq);
	bool by_acl = by == ROUTE_MAP_ACL;
	int err;

	if (c == NULL) /* its line was refused */
		return n == 0 ? 0 : -EINVAL;
	if (n > BW_NAT_MATCHES ||
		count(find(t, name), c) + pairs(by_acl ? n : c->n_acls, by_acl ? c->n_ifcs : n) >
			BW_NAT_MATCHES)
		return -ENOSPC;
	err = by_acl ? replace_acls(t, c, names, n) : replace_ifcs(t, c, names, n);
	changed(t);
	return err;
}

/* What is not there, or not in force, matches nothing. */
static void build_pair(struct bw_nat_map *out, const struct route_clause *c, const struct acl *acl,
	const struct iface *ifc)
{
	struct bw_nat_match match = {
		.acl_id = (uint16_t)acl_in_force(acl),
		.out_if = ifc != NULL && ifc->told.if_id != 0 ? (uint16_t)ifc->obj.id : 0,
	};

	if ((acl != NULL && match.acl_id == 0) || (ifc != NULL && match.out_if == 0))
		return;
	if (!c->permit)
		out->denies |= (uint16_t)(1u << out->n);
	out->match[out->n++] = match;
}

bool route_map_build(struct route_map *map)
{
	struct bw_nat_map built = { 0 };
	const struct route_clause *c;

	TAILQ_FOREACH (c, &map->clauses, entry)
		for (unsigned i = 0; i < pairs(c->n_acls, c->n_ifcs); i++)
			build_pair(&built, c, c->n_acls > 0 ? c->acl[i % c->n_acls] : NULL,
				c->n_ifcs > 0 ? c->ifc[i / (c->n_acls > 0 ? c->n_acls : 1)] : NULL);
	if (memcmp(&map->built, &built, sizeof(built)) == 0)
		return false;
	map->built = built;
	return true;
}

/* References from rules are gone before. */
void route_maps_fini(struct route_map_table *t)
{
	struct route_map *map;

	while ((map = TAILQ_FIRST(&t->list)) != NULL) {
		while (!TAILQ_EMPTY(&map->clauses))
			free_clause(map, TAILQ_FIRST(&map->clauses));
		TAILQ_REMOVE(&t->list, map, entry);
		free(map);
	}
}
