/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/iface/iface.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/control.h"

int iface_table_init(struct iface_table *t, struct control *ctl)
{
	memset(t, 0, sizeof(*t));
	t->ctl = ctl;
	TAILQ_INIT(&t->list);
	TAILQ_INIT(&t->shells);
	idmap_init(&t->ids, 1, BW_MAX_IFS);
	vlan_create(t, 1);
	vlan_rename(t, 1, "default");
	iface_program_init(t);
	return 0;
}

static void set_defaults(struct iface *ifc)
{
	ifc->access_vlan = ifc->native_vlan = 1;
	vlan_set_all(&ifc->allowed);
	ifc->mtu = IFACE_MTU_DEFAULT;
	ifc->vfr = (struct iface_vfr) { .reassemblies = 16, .fragments = 32, .timeout = 3 };
	ifc->arp_timeout = IFACE_ARP_TIMEOUT_DEFAULT;
}

/* Whether the name, up to a subinterface's number, is that of a port of the machine. */
static bool is_port(const struct bw_platform *platform, const char *name)
{
	size_t len = strcspn(name, ".");

	for (unsigned i = 0; i < platform->n_ports; i++)
		if (strlen(platform->port[i].name) == len &&
			strncmp(platform->port[i].name, name, len) == 0)
			return true;
	return false;
}

/* What kind of interface a canonical name means here; -EINVAL for none. */
static int name_kind(const struct iface_table *t, const char *name, enum iface_kind *kind)
{
	const char *digits = name + strcspn(name, "0123456789");

	if (strlen(name) >= BW_NAME_LEN || digits == name || *digits == '\0')
		return -EINVAL;
	if (strcmp(name, "Null0") == 0)
		*kind = IFACE_NULL;
	else if (strncmp(name, "Loopback", digits - name) == 0 && digits - name == 8)
		*kind = IFACE_LOOPBACK;
	else if (strncmp(name, "Vlan", digits - name) == 0 && digits - name == 4)
		*kind = IFACE_SVI;
	else if (strncmp(name, "Dialer", digits - name) == 0 && digits - name == 6)
		*kind = IFACE_DIALER;
	else if (strncmp(name, "Virtual-Access", digits - name) == 0 && digits - name == 14)
		*kind = IFACE_VIRTUAL_ACCESS;
	else if (is_port(&t->ctl->platform, name))
		*kind = strchr(name, '.') != NULL ? IFACE_SUBIF : IFACE_PORT;
	else
		*kind = IFACE_STUB;
	return 0;
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

static struct iface *new_shell(struct iface_table *t, const char *name)
{
	enum iface_kind kind;
	struct iface *ifc;
	int err = name_kind(t, name, &kind);

	if (err != 0) {
		errno = -err;
		return NULL;
	}
	ifc = calloc(1, sizeof(*ifc));
	if (ifc == NULL)
		return NULL;
	ifc->ctl = t->ctl;
	ifc->kind = kind;
	ifc->port = -1;
	ifc->obj.class = DP_IF;
	ifc->vlans_obj.class = DP_IF_VLANS;
	TAILQ_INIT(&ifc->addrs);
	TAILQ_INIT(&ifc->aliases);
	LIST_INIT(&ifc->routes);
	name_iface(ifc, name);
	set_defaults(ifc);
	if (kind == IFACE_DIALER && dialer_new(ifc) != 0) {
		free(ifc);
		errno = ENOMEM;
		return NULL;
	}
	TAILQ_INSERT_TAIL(&t->shells, ifc, entry);
	return ifc;
}

static struct iface *find_in(struct iface_list *list, const char *name)
{
	struct iface *ifc;

	TAILQ_FOREACH (ifc, list, entry)
		if (strcmp(ifc->name, name) == 0)
			return ifc;
	return NULL;
}

struct iface *iface_find(struct iface_table *t, const char *name)
{
	return find_in(&t->list, name);
}

struct iface *iface_get(struct iface_table *t, const char *name)
{
	struct iface *ifc = find_in(&t->list, name);

	if (ifc == NULL)
		ifc = find_in(&t->shells, name);
	if (ifc == NULL)
		ifc = new_shell(t, name);
	if (ifc != NULL)
		ifc->refs++;
	return ifc;
}

static void free_iface(struct iface *ifc)
{
	struct iface_table *t = &ifc->ctl->ifaces;

	dp_forget(&ifc->ctl->dp, &ifc->obj);
	dp_forget(&ifc->ctl->dp, &ifc->vlans_obj);
	TAILQ_REMOVE(ifc->exists ? &t->list : &t->shells, ifc, entry);
	if (ifc->kind == IFACE_DIALER)
		dialer_free(ifc->dialer);
	free(ifc->description);
	free(ifc);
}

void iface_put(struct iface *ifc)
{
	if (--ifc->refs == 0 && !ifc->exists)
		free_iface(ifc);
}

/* Ports with their subinterfaces first, then what is virtual. */
static int compare(const struct iface *a, const struct iface *b)
{
	static const int rank[] = {
		[IFACE_PORT] = 0,
		[IFACE_SUBIF] = 0,
		[IFACE_STUB] = 0,
		[IFACE_LOOPBACK] = 1,
		[IFACE_SVI] = 2,
		[IFACE_DIALER] = 3,
		[IFACE_VIRTUAL_ACCESS] = 4,
		[IFACE_NULL] = 5,
	};

	if (rank[a->kind] != rank[b->kind])
		return rank[a->kind] - rank[b->kind];
	return strverscmp(a->name, b->name);
}

static void insert_sorted(struct iface_table *t, struct iface *ifc)
{
	struct iface *after;

	TAILQ_FOREACH_REVERSE(after, &t->list, iface_list, entry)
	if (compare(after, ifc) < 0)
		break;
	if (after == NULL)
		TAILQ_INSERT_HEAD(&t->list, ifc, entry);
	else
		TAILQ_INSERT_AFTER(&t->list, after, ifc, entry);
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
	struct iface_table *t = &ifc->ctl->ifaces;
	int err;

	/* While ids are being read from the dataplane, iface_identify() gives it one. */
	if (ifc->id == 0 && iface_is_programmed(ifc) && t->ctl->dp.state != DP_READING) {
		err = idmap_take(&t->ids, &ifc->id);
		if (err != 0)
			return err;
		t->by_id[ifc->id] = ifc;
	}
	ifc->parent = parent;
	if (parent != NULL)
		parent->refs++;
	TAILQ_REMOVE(&t->shells, ifc, entry);
	ifc->exists = true;
	insert_sorted(t, ifc);
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
	struct iface *parent = NULL;
	enum iface_kind kind;
	int err = name_kind(t, name, &kind);

	if (err != 0)
		return err;
	if (kind == IFACE_SUBIF) {
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
	}
	return 0;
}

void iface_reset(struct iface *ifc)
{
	struct acl *acl[] = { ifc->acl_in, ifc->acl_out };

	dialer_reset(ifc);
	iface_addr_remove_all(ifc);
	free(ifc->description);
	ifc->description = NULL;
	ifc->acl_in = ifc->acl_out = NULL;
	for (unsigned i = 0; i < 2; i++)
		if (acl[i] != NULL)
			acl_put(acl[i]);
	ifc->shutdown = ifc->trunk = ifc->dot1q_native = ifc->has_mac = false;
	ifc->no_unreachables = ifc->no_proxy_arp = ifc->no_redirects = ifc->no_autostate = false;
	ifc->dot1q = ifc->ip_mtu = ifc->tcp_mss = 0;
	ifc->nat = IFACE_NAT_NONE;
	set_defaults(ifc);
	ifc->ctl->addrs_changed = true;
	iface_changed(ifc);
}

void iface_nat_set(struct iface *ifc, enum iface_nat side)
{
	ifc->nat = side;
	ifc->ctl->addrs_changed = true; /* what is outside decides where NAT globals are answered */
	iface_changed(ifc);
}

int iface_acl_set(struct iface *ifc, bool in, const char *name)
{
	struct acl **ref = in ? &ifc->acl_in : &ifc->acl_out, *old = *ref, *acl = NULL;

	if (name != NULL && (acl = acl_get(&ifc->ctl->acls, name)) == NULL)
		return -errno;
	*ref = acl;
	if (old != NULL)
		acl_put(old);
	iface_changed(ifc);
	return 0;
}

int iface_delete(struct iface *ifc)
{
	struct iface_table *t = &ifc->ctl->ifaces;
	struct iface *parent = ifc->parent;

	if (ifc->kind == IFACE_PORT)
		return -EPERM;
	ifc->refs++;
	iface_reset(ifc);
	TAILQ_REMOVE(&t->list, ifc, entry);
	ifc->exists = false;
	TAILQ_INSERT_TAIL(&t->shells, ifc, entry);
	ifc->parent = NULL;
	if (parent != NULL)
		iface_put(parent);
	iface_changed(ifc);
	iface_put(ifc);
	return 0;
}

void iface_changed(struct iface *ifc)
{
	if (!ifc->changed) {
		ifc->changed = true;
		ifc->refs++;
	}
	ifc->ctl->ifaces.changed = true;
	control_wake(ifc->ctl);
}

static void settle_list(struct iface_list *list)
{
	struct iface *ifc, *next;

	for (ifc = TAILQ_FIRST(list); ifc != NULL; ifc = next) {
		next = TAILQ_NEXT(ifc, entry);
		if (!ifc->changed)
			continue;
		ifc->changed = false;
		iface_program(ifc);
		iface_put(ifc);
	}
}

void iface_settle(struct iface_table *t)
{
	if (!t->changed)
		return;
	t->changed = false;
	t->ctl->dialers.changed = true; /* they stand on interfaces */
	iface_state_update(t);
	settle_list(&t->list);
	settle_list(&t->shells);
	if (t->vlans_changed)
		iface_program_vlans(t);
	t->vlans_changed = false;
}

void iface_table_clear(struct iface_table *t)
{
	struct iface *ifc;

	TAILQ_FOREACH (ifc, &t->list, entry) {
		iface_reset(ifc);
		if (ifc->parent != NULL)
			iface_put(ifc->parent);
		ifc->parent = NULL;
	}
}

void iface_table_fini(struct iface_table *t)
{
	struct iface *ifc;

	while ((ifc = TAILQ_FIRST(&t->list)) != NULL)
		free_iface(ifc);
	while ((ifc = TAILQ_FIRST(&t->shells)) != NULL)
		free_iface(ifc);
	idmap_fini(&t->ids);
}
