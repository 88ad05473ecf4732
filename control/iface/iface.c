/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/iface/iface.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/acl/acl.h"
#include "control/core/hash.h"

/* An access list came in force or went. */
static void on_acl(void *arg, enum watch_event, void *acl)
{
	struct iface_table *t = arg;
	struct iface *ifc;

	if (t->core->dp.state == DP_READING)
		return; /* all of them are said anew behind that */
	TAILQ_FOREACH (ifc, &t->list, entry)
		if (ifc->acl_in == acl || ifc->acl_out == acl)
			iface_changed(ifc);
}

static void set_defaults(struct iface *ifc)
{
	ifc->access_vlan = ifc->native_vlan = 1;
	vlan_set_all(&ifc->allowed);
	ifc->mtu = IFACE_MTU_DEFAULT;
	ifc->vfr = (struct iface_vfr) { .reassemblies = 16, .fragments = 32, .timeout = 3 };
	ifc->arp_timeout = IFACE_ARP_TIMEOUT_DEFAULT;
}

static void name_iface(struct iface *ifc, const char *name)
{
	size_t word = strcspn(name, "0123456789");
	const char *digits = &ifc->name[word], *dot, *unit;

	snprintf(ifc->name, sizeof(ifc->name), "%s", name);
	snprintf(ifc->short_name, sizeof(ifc->short_name), "%.2s%.29s", ifc->name, digits);
	dot = strchr(digits, '.');
	unit = strrchr(digits, '/');
	ifc->unit = (uint32_t)strtoul(unit != NULL ? unit + 1 : digits, NULL, 10);
	ifc->sub = dot != NULL ? (uint32_t)strtoul(dot + 1, NULL, 10) : 0;
}

static struct iface_chain *chain_of(struct iface_table *t, const char *name)
{
	return &t->by_name[hash_bytes(name, strlen(name)) % IFACE_CHAINS];
}

static void iface_free(struct iface *ifc)
{
	free(ifc->description);
	free(ifc);
}

static struct iface *iface_new_shell(struct iface_table *t, const char *name)
{
	const struct iface_kind *kind = iface_kind_find(t, name);
	struct iface *ifc;

	if (kind == NULL) {
		errno = EINVAL;
		return NULL;
	}
	ifc = calloc(1, sizeof(*ifc));
	if (ifc == NULL)
		return NULL;
	ifc->table = t;
	ifc->kind = kind;
	ifc->port = -1;
	ifc->obj.class = DP_IF;
	ifc->vlans_obj.class = DP_IF_VLANS;
	TAILQ_INIT(&ifc->addrs);
	TAILQ_INIT(&ifc->aliases);
	LIST_INIT(&ifc->routes);
	LIST_INIT(&ifc->subs);
	name_iface(ifc, name);
	set_defaults(ifc);
	if (kind->create != NULL && kind->create(ifc) != 0) {
		iface_free(ifc);
		errno = ENOMEM;
		return NULL;
	}
	TAILQ_INSERT_TAIL(&t->shells, ifc, entry);
	LIST_INSERT_HEAD(chain_of(t, name), ifc, name_entry);
	return ifc;
}

/* Existing or not. */
static struct iface *iface_by_name(struct iface_table *t, const char *name)
{
	struct iface *ifc;

	LIST_FOREACH (ifc, chain_of(t, name), name_entry)
		if (strcmp(ifc->name, name) == 0)
			return ifc;
	return NULL;
}

struct iface *iface_find(struct iface_table *t, const char *name)
{
	struct iface *ifc = iface_by_name(t, name);

	return ifc != NULL && ifc->exists ? ifc : NULL;
}

struct iface *iface_get(struct iface_table *t, const char *name)
{
	struct iface *ifc = iface_by_name(t, name);

	if (ifc == NULL)
		ifc = iface_new_shell(t, name);
	if (ifc != NULL)
		ifc->refs++;
	return ifc;
}

/* --- the existing ones in order --- */

static int iface_compare(const struct iface *a, const struct iface *b)
{
	if (a->kind->rank != b->kind->rank)
		return (int)a->kind->rank - (int)b->kind->rank;
	return strverscmp(a->name, b->name);
}

/* How many stand before it. */
static unsigned place_of(const struct iface_table *t, const struct iface *ifc)
{
	unsigned low = 0, high = t->n_sorted;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (iface_compare(t->sorted[middle], ifc) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Room for one more. 0 or -ENOMEM. */
static int sorted_reserve(struct iface_table *t)
{
	unsigned size = t->sorted_size != 0 ? t->sorted_size * 2 : 64;
	struct iface **sorted;

	if (t->n_sorted < t->sorted_size)
		return 0;
	sorted = realloc(t->sorted, size * sizeof(struct iface *));
	if (sorted == NULL)
		return -ENOMEM;
	t->sorted = sorted;
	t->sorted_size = size;
	return 0;
}

/* After sorted_reserve(). */
static void sorted_insert(struct iface_table *t, struct iface *ifc)
{
	unsigned at = place_of(t, ifc);
	struct iface **slot = &t->sorted[at];

	if (at == 0)
		TAILQ_INSERT_HEAD(&t->list, ifc, entry);
	else
		TAILQ_INSERT_AFTER(&t->list, t->sorted[at - 1], ifc, entry);
	memmove(slot + 1, slot, (t->n_sorted - at) * sizeof(struct iface *));
	*slot = ifc;
	t->n_sorted++;
}

static void sorted_remove(struct iface_table *t, struct iface *ifc)
{
	struct iface **slot = &t->sorted[place_of(t, ifc)];

	TAILQ_REMOVE(&t->list, ifc, entry);
	t->n_sorted--;
	memmove(slot, slot + 1, (size_t)(&t->sorted[t->n_sorted] - slot) * sizeof(struct iface *));
}

/* --- coming and going --- */

static void iface_destroy(struct iface *ifc)
{
	struct iface_table *t = ifc->table;

	dp_forget(&ifc->table->core->dp, &ifc->obj);
	dp_forget(&ifc->table->core->dp, &ifc->vlans_obj);
	if (ifc->exists)
		sorted_remove(t, ifc);
	else
		TAILQ_REMOVE(&t->shells, ifc, entry);
	LIST_REMOVE(ifc, name_entry);
	if (ifc->kind->destroy != NULL)
		ifc->kind->destroy(ifc);
	iface_free(ifc);
}

void iface_put(struct iface *ifc)
{
	if (--ifc->refs == 0 && !ifc->exists)
		iface_destroy(ifc);
}

/* The port that a subinterface's name begins with. */
static struct iface *find_parent(struct iface_table *t, const char *name)
{
	char parent[BW_NAME_LEN];

	snprintf(parent, sizeof(parent), "%.*s", (int)strcspn(name, "."), name);
	return iface_find(t, parent);
}

static int bring_into_being(struct iface *ifc, struct iface *parent)
{
	struct iface_table *t = ifc->table;
	int err = sorted_reserve(t);

	if (err != 0)
		return err;
	if (iface_is_programmed(ifc)) {
		err = dp_keep_id(&t->core->dp, &ifc->obj);
		if (err != 0)
			return err;
	}
	ifc->parent = parent;
	if (parent != NULL) {
		parent->refs++;
		LIST_INSERT_HEAD(&parent->subs, ifc, sub_entry);
	}
	TAILQ_REMOVE(&t->shells, ifc, entry);
	ifc->exists = true;
	sorted_insert(t, ifc);
	iface_changed(ifc);
	return 0;
}

static int make(struct iface_table *t, const char *name, struct iface *parent, struct iface **out)
{
	struct iface *ifc = iface_get(t, name);
	int err;

	if (ifc == NULL)
		return -errno;
	err = ifc->exists ? 0 : bring_into_being(ifc, parent);
	*out = ifc;
	iface_put(ifc);
	return err;
}

int iface_create(struct iface_table *t, const char *name, struct iface **ifc)
{
	const struct iface_kind *kind = iface_kind_find(t, name);
	struct iface *parent = NULL;

	if (kind == NULL)
		return -EINVAL;
	if (kind->has_vlan) {
		parent = find_parent(t, name);
		if (parent == NULL || parent->is_switch)
			return -ENODEV;
	}
	return make(t, name, parent, ifc);
}

int iface_table_ports(struct iface_table *t, const struct bw_platform *platform)
{
	for (unsigned i = 0; i < platform->n_ports; i++) {
		struct iface *ifc = NULL;
		int err = make(t, platform->port[i].name, NULL, &ifc);

		if (err != 0)
			return err;
		ifc->is_switch = platform->port[i].is_switch;
		t->port[t->n_ports++] = ifc;
	}
	return 0;
}

void iface_reset(struct iface *ifc)
{
	struct acl *acl[] = { ifc->acl_in, ifc->acl_out };

	if (ifc->kind->reset != NULL)
		ifc->kind->reset(ifc);
	watches_tell(&ifc->table->reset_watches, WATCH_GONE, ifc);
	ifc->pppoe = false;
	iface_addr_remove_all(ifc);
	iface_dot1q_set(ifc, 0, false, NULL);
	free(ifc->description);
	ifc->description = NULL;
	ifc->acl_in = ifc->acl_out = NULL;
	for (unsigned i = 0; i < 2; i++)
		if (acl[i] != NULL)
			acl_put(acl[i]);
	ifc->shutdown = ifc->trunk = ifc->has_mac = false;
	ifc->no_unreachables = ifc->no_proxy_arp = ifc->no_redirects = ifc->no_autostate = false;
	ifc->ip_mtu = ifc->tcp_mss = 0;
	ifc->nat = IFACE_NAT_NONE;
	set_defaults(ifc);
	iface_addr_changed(ifc);
	iface_changed(ifc);
}

void iface_nat_set(struct iface *ifc, enum iface_nat side)
{
	ifc->nat = side;
	iface_addr_changed(ifc); /* what is outside decides where NAT globals are answered */
	iface_changed(ifc);
}

int iface_acl_set(struct iface *ifc, bool in, const char *name)
{
	struct acl **ref = in ? &ifc->acl_in : &ifc->acl_out, *old = *ref, *acl = NULL;

	if (name != NULL && (acl = acl_get(ifc->table->acls, name)) == NULL)
		return -errno;
	*ref = acl;
	if (old != NULL)
		acl_put(old);
	iface_changed(ifc);
	return 0;
}

/* A subinterface has no port any more. */
static void leave_parent(struct iface *ifc)
{
	struct iface *parent = ifc->parent;

	if (parent == NULL)
		return;
	ifc->parent = NULL;
	LIST_REMOVE(ifc, sub_entry);
	iface_put(parent);
}

int iface_delete(struct iface *ifc)
{
	struct iface_table *t = ifc->table;

	if (ifc->kind->is_physical)
		return -EPERM;
	ifc->refs++;
	iface_reset(ifc);
	sorted_remove(t, ifc);
	ifc->exists = false;
	dp_give_id(&t->core->dp, &ifc->obj); /* once the dataplane has heard of it */
	TAILQ_INSERT_TAIL(&t->shells, ifc, entry);
	leave_parent(ifc);
	iface_changed(ifc);
	iface_put(ifc);
	return 0;
}

void iface_addr_changed(struct iface *ifc)
{
	watches_tell(&ifc->table->addr_watches, WATCH_CHANGED, ifc);
}

void iface_changed(struct iface *ifc)
{
	struct iface_table *t = ifc->table;

	if (ifc->mark == IFACE_DERIVED)
		TAILQ_REMOVE(&t->derived, ifc, mark_entry);
	else if (ifc->mark == IFACE_CLEAN)
		ifc->refs++;
	if (ifc->mark != IFACE_CHANGED)
		TAILQ_INSERT_TAIL(&t->marked, ifc, mark_entry);
	ifc->mark = IFACE_CHANGED;
	work_mark(&t->work);
}

void iface_changed_with_subs(struct iface *ifc)
{
	struct iface *sub;

	iface_changed(ifc);
	LIST_FOREACH (sub, &ifc->subs, sub_entry)
		iface_changed(sub);
}

/* What comes to be marked on the way is looked at the next time. */
static void program_derived(struct iface_table *t)
{
	struct iface *ifc;

	while ((ifc = TAILQ_FIRST(&t->derived)) != NULL) {
		TAILQ_REMOVE(&t->derived, ifc, mark_entry);
		ifc->mark = IFACE_CLEAN;
		iface_program(ifc);
		watches_tell(&t->watches, WATCH_CHANGED, ifc);
		iface_put(ifc);
	}
}

/* Derive states, and what the dataplane is told, from what was marked. */
static bool iface_settle(void *arg, struct work_budget *)
{
	struct iface_table *t = arg;

	if (t->vlans_changed)
		vlan_changed_svis(t);
	iface_state_update(t);
	program_derived(t);
	if (t->vlans_changed)
		iface_program_vlans(t);
	t->vlans_changed = false;
	return false;
}

void iface_table_init(struct iface_table *t, struct core *core, struct acl_table *acls,
	const struct bw_platform *platform)
{
	memset(t, 0, sizeof(*t));
	t->core = core;
	t->acls = acls;
	t->platform = platform;
	t->work = (struct work) {
		.name = "interfaces",
		.rank = WORK_IFACE,
		.run = iface_settle,
		.arg = t,
	};
	work_add(&core->work, &t->work);
	TAILQ_INIT(&t->list);
	TAILQ_INIT(&t->shells);
	TAILQ_INIT(&t->marked);
	TAILQ_INIT(&t->derived);
	iface_kind_register(t, &iface_port);
	iface_kind_register(t, &iface_subif);
	iface_kind_register(t, &iface_loopback);
	iface_kind_register(t, &iface_svi);
	iface_kind_register(t, &iface_null);
	watches_init(&t->watches);
	watches_init(&t->addr_watches);
	watches_init(&t->route_watches);
	watches_init(&t->reset_watches);
	t->acl_watch = (struct watch) { .told = on_acl, .arg = t };
	watch_add(&acls->watches, &t->acl_watch);
	vlan_create(t, 1);
	vlan_rename(t, 1, "default");
	iface_program_init(t);
	iface_ports_watch(t);
}

void iface_table_clear(struct iface_table *t)
{
	struct iface *ifc;

	TAILQ_FOREACH (ifc, &t->list, entry) {
		iface_reset(ifc);
		leave_parent(ifc);
	}
}

void iface_table_fini(struct iface_table *t)
{
	struct iface *ifc;

	while ((ifc = TAILQ_FIRST(&t->list)) != NULL)
		iface_destroy(ifc);
	while ((ifc = TAILQ_FIRST(&t->shells)) != NULL)
		iface_destroy(ifc);
	free(t->sorted);
	addr_index_fini(&t->addrs);
}
