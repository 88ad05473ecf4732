/* SPDX-License-Identifier: BSD-3-Clause */
/* What is configured on Dialers and on the Ethernets below, and which goes with which. */
#include "control/dialer/dialer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* For what is asked about any interface: Dialers know their own. */
static struct dialer_table *table_of(const struct iface *ifc)
{
	return ifc->table->dialers;
}

static void set_defaults(struct dialer_conf *conf)
{
	explicit_bzero(conf, sizeof(*conf));
	conf->idle_s = DIALER_IDLE_DEFAULT;
	conf->keepalive_s = DIALER_KEEPALIVE_DEFAULT;
	conf->keepalive_misses = DIALER_MISSES_DEFAULT;
	conf->retry_s = DIALER_RETRY_DEFAULT;
	conf->auth_timeout_s = DIALER_AUTH_DEFAULT;
	conf->max_configure = DIALER_CONFIGURE_DEFAULT;
	conf->max_failure = DIALER_FAILURE_DEFAULT;
	conf->max_terminate = DIALER_TERMINATE_DEFAULT;
}

static void insert_sorted(struct dialer_table *t, struct dialer *d)
{
	struct dialer *after;

	TAILQ_FOREACH_REVERSE(after, &t->list, dialers, entry)
	if (after->ifc->unit < d->ifc->unit)
		break;
	if (after == NULL)
		TAILQ_INSERT_HEAD(&t->list, d, entry);
	else
		TAILQ_INSERT_AFTER(&t->list, after, d, entry);
}

int dialer_new(struct iface *ifc)
{
	struct dialer *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return -ENOMEM;
	d->table = table_of(ifc);
	d->ifc = ifc;
	d->obj.class = DP_PPPOE;
	set_defaults(&d->conf);
	ifc->own = d;
	insert_sorted(d->table, d);
	return 0;
}

void dialer_free(struct iface *ifc)
{
	struct dialer *d = dialer_of(ifc);

	dp_forget(&d->table->core->dp, &d->obj);
	TAILQ_REMOVE(&d->table->list, d, entry);
	explicit_bzero(&d->conf, sizeof(d->conf));
	free(d);
}

void dialer_changed(struct dialer *d)
{
	iface_changed(d->ifc);
}

int dialer_text_set(struct dialer_text *text, const void *data, size_t len)
{
	if (len > sizeof(text->data))
		return -ENAMETOOLONG;
	explicit_bzero(text, sizeof(*text));
	text->len = (uint8_t)len;
	if (len > 0)
		memcpy(text->data, data, len);
	return 0;
}

int dialer_set_text(struct dialer *d, enum bw_pppoe_which which, const void *data, size_t len)
{
	int err = dialer_text_set(&d->conf.text[which], data, len);

	if (err != 0)
		return err;
	d->texts_changed = true;
	dialer_changed(d);
	return 0;
}

int dialer_set_unnumbered(struct dialer *d, const char *name)
{
	struct iface *old = d->conf.unnumbered, *ifc = NULL;

	if (name != NULL && (ifc = iface_get(d->table->ifaces, name)) == NULL)
		return -errno;
	d->conf.unnumbered = ifc;
	if (old != NULL)
		iface_put(old);
	dialer_changed(d);
	return 0;
}

void dialer_set_hostname(struct dialer_table *t, const char *name)
{
	struct dialer *d;

	snprintf(t->hostname, sizeof(t->hostname), "%s", name);
	TAILQ_FOREACH (d, &t->list, entry)
		if (d->conf.text[BW_PPPOE_CHAP_NAME].len == 0)
			d->texts_changed = true;
	work_mark(&t->work);
}

/* --- members --- */

struct pppoe_member *pppoe_member_find(const struct iface *ifc, uint8_t pool)
{
	struct pppoe_member *m;

	TAILQ_FOREACH (m, &table_of(ifc)->members, entry)
		if (m->ifc == ifc && m->pool == pool)
			return m;
	return NULL;
}

struct pppoe_member *pppoe_member_set(struct iface *ifc, uint8_t pool)
{
	struct pppoe_member *m = pppoe_member_find(ifc, pool);

	if (m == NULL) {
		m = calloc(1, sizeof(*m));
		if (m == NULL)
			return NULL;
		m->ifc = ifc;
		ifc->refs++;
		m->pool = pool;
		TAILQ_INSERT_TAIL(&table_of(ifc)->members, m, entry);
	}
	m->redial_s = DIALER_REDIAL_DEFAULT;
	pppoe_member_changed(ifc);
	return m;
}

void pppoe_member_remove(struct pppoe_member *m)
{
	struct dialer_table *t = table_of(m->ifc);
	struct dialer *d;

	TAILQ_FOREACH (d, &t->list, entry)
		if (d->member == m)
			d->member = NULL;
	TAILQ_REMOVE(&t->members, m, entry);
	pppoe_member_changed(m->ifc);
	iface_put(m->ifc);
	free(m);
}

void pppoe_member_changed(struct iface *ifc)
{
	struct dialer *d;

	TAILQ_FOREACH (d, &table_of(ifc)->list, entry)
		if (d->member != NULL && d->member->ifc == ifc)
			d->texts_changed = true; /* the service is one of them */
	iface_changed(ifc);
}

void dialer_reset(struct dialer *d)
{
	dialer_set_unnumbered(d, NULL);
	set_defaults(&d->conf);
	d->texts_changed = true;
}

/* --- pairing --- */

static bool can_dial(const struct dialer *d)
{
	return d->ifc->exists && d->conf.ppp && d->conf.pool != 0;
}

static bool can_serve(const struct pppoe_member *m, const struct dialer *d)
{
	return m->dialer == NULL && m->pool == d->conf.pool && m->ifc->pppoe &&
	       m->ifc->told.if_id != 0;
}

static struct pppoe_member *choose(const struct dialer_table *t, const struct dialer *d)
{
	struct pppoe_member *m, *down = NULL;

	TAILQ_FOREACH (m, &t->members, entry) {
		if (!can_serve(m, d))
			continue;
		if (m->ifc->line_up)
			return m;
		if (down == NULL || m == d->member)
			down = m;
	}
	return down;
}

/* Who has an Ethernet that is up keeps it; Dialers that are shut down come last. */
static void pair(struct dialer_table *t)
{
	struct pppoe_member *m;
	struct dialer *d;

	TAILQ_FOREACH (m, &t->members, entry)
		m->dialer = NULL;
	TAILQ_FOREACH (d, &t->list, entry)
		if (d->member != NULL && can_dial(d) && !d->ifc->shutdown &&
			d->member->ifc->line_up && can_serve(d->member, d))
			d->member->dialer = d;
	for (unsigned shut = 0; shut < 2; shut++)
		TAILQ_FOREACH (d, &t->list, entry) {
			if (d->ifc->shutdown != shut)
				continue;
			if (d->member != NULL && d->member->dialer == d)
				continue;
			m = can_dial(d) ? choose(t, d) : NULL;
			if (m != d->member)
				d->texts_changed = true;
			d->member = m;
			if (m != NULL)
				m->dialer = d;
		}
}

/* What fits through may be another since the interface was settled. */
static void check_mtu(struct dialer *d)
{
	if (d->ifc->told.if_id != 0 && d->ifc->told.ip_mtu != iface_ip_mtu(d->ifc))
		iface_changed(d->ifc);
}

static bool dialer_settle(void *arg, struct work_budget *)
{
	struct dialer_table *t = arg;
	struct dialer *d, *next;

	pair(t);
	for (d = TAILQ_FIRST(&t->list); d != NULL; d = next) {
		next = TAILQ_NEXT(d, entry);
		d->ifc->refs++; /* d is the interface's */
		check_mtu(d);
		dialer_apply_state(d);
		dialer_program(d);
		iface_put(d->ifc);
	}
	return false;
}

/* --- what is watched --- */

static void dialer_iface_told(void *arg, enum watch_event, void *)
{
	struct dialer_table *t = arg;

	work_mark(&t->work);
}

static void dialer_reset_told(void *arg, enum watch_event, void *ifc)
{
	struct dialer_table *t = arg;
	struct pppoe_member *m, *next;

	for (m = TAILQ_FIRST(&t->members); m != NULL; m = next) {
		next = TAILQ_NEXT(m, entry);
		if (m->ifc == ifc)
			pppoe_member_remove(m);
	}
}

static void dialer_dataplane_told(void *arg, enum watch_event event, void *)
{
	if (event == WATCH_GONE)
		dialer_detached(arg);
}

void dialer_table_init(
	struct dialer_table *t, struct core *core, struct iface_table *ifaces, struct rib *rib)
{
	memset(t, 0, sizeof(*t));
	t->core = core;
	t->ifaces = ifaces;
	t->rib = rib;
	TAILQ_INIT(&t->list);
	TAILQ_INIT(&t->members);
	t->work = (struct work) {
		.name = "dialers",
		.rank = WORK_DIALER,
		.run = dialer_settle,
		.arg = t,
	};
	work_add(&core->work, &t->work);
	t->iface_watch = (struct watch) { .told = dialer_iface_told, .arg = t };
	watch_add(&ifaces->watches, &t->iface_watch);
	t->reset_watch = (struct watch) { .told = dialer_reset_told, .arg = t };
	watch_add(&ifaces->reset_watches, &t->reset_watch);
	t->dp_watch = (struct watch) { .told = dialer_dataplane_told, .arg = t };
	watch_add(&core->dp.watches, &t->dp_watch);
	ifaces->dialers = t;
	iface_kind_register(ifaces, &iface_dialer);
	iface_kind_register(ifaces, &iface_access);
	dialer_program_init(t);
}
