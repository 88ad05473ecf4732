/* SPDX-License-Identifier: BSD-3-Clause */
#include "pppoe/pppoe.h"

#include <errno.h>
#include <rte_ether.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "core/dp.h"
#include "l2/frame.h"
#include "port/port.h"
#include "pppoe/pppoe_private.h"

static const struct itf *under_of(const struct pppoe_slot *s)
{
	return dp_itf(s->dp, pppoe_conf_of(s)->under_if);
}

/* ---- what a client asks of us ---- */

static void send_frame(
	struct pppoe_slot *s, const uint8_t *to, uint16_t type, const uint8_t *data, size_t len)
{
	const struct itf *under = under_of(s);

	if (under)
		frame_send(s->dp, under, to, type, data, len);
}

static void send_discovery(void *arg, const uint8_t *to, const uint8_t *data, size_t len)
{
	send_frame(arg, to, RTE_ETHER_TYPE_PPPOE_DISCOVERY, data, len);
}

static void send_session(void *arg, const uint8_t *to, const uint8_t *data, size_t len)
{
	send_frame(arg, to, RTE_ETHER_TYPE_PPPOE_SESSION, data, len);
}

static void on_changed(void *arg)
{
	struct pppoe_slot *s = arg;

	s->changed = true;
}

static void on_debug(void *arg, uint32_t kind, const char *line)
{
	struct pppoe_slot *s = arg;
	struct bw_msg m = { .hdr.type = BW_EVT_DEBUG };

	(void)kind;
	snprintf(m.debug_line.text, sizeof(m.debug_line.text), "%s", line);
	events_notice(s->dp, &m);
}

static void on_random(void *, void *buf, size_t len)
{
	if (getrandom(buf, len, 0) != (ssize_t)len)
		rte_panic("no random numbers\n");
}

static const struct pppoe_ops ops = {
	.send_discovery = send_discovery,
	.send_session = send_session,
	.changed = on_changed,
	.debug = on_debug,
	.random = on_random,
};

/* ---- what becomes of a client's state ---- */

static void describe_path(const struct pppoe_slot *s, struct pppoe_path *path)
{
	const struct itf *dialer = dp_itf(s->dp, pppoe_conf_of(s)->if_id);
	struct bw_pppoe_state state;

	memset(path, 0, sizeof(*path));
	pppoe_client_state(s->client, dp_ms(s->dp), &state);
	path->dialer = pppoe_conf_of(s)->if_id;
	if (state.session_id == 0 || !dialer)
		return;
	path->key = pppoe_key(pppoe_conf_of(s)->under_if, state.session_id);
	path->client = pppoe_conf_of(s)->client_id;
	path->open = state.stage == BW_PPPOE_UP;
	path->vrf = dialer->vrf;
	memcpy(path->server, state.remote_mac, sizeof(path->server));
}

/* What the session means for addresses and routes. */
static void follow(struct pppoe_slot *s)
{
	struct bw_pppoe_state state;

	pppoe_client_state(s->client, dp_ms(s->dp), &state);
	if (events_alone(s->dp))
		pppoe_alone_apply(
			s->dp, &s->dp->pppoe->paths, &s->alone, pppoe_conf_of(s), &state, s->epoch);
	else
		pppoe_alone_note(&s->alone, &state);
}

void pppoe_left_alone(struct dp *dp)
{
	for (unsigned i = 0; i < BW_MAX_PPPOE; i++)
		if (dp->pppoe->slot[i].client)
			follow(&dp->pppoe->slot[i]);
}

void pppoe_settle(struct pppoe_slot *s)
{
	struct pppoe_path path;

	if (!s->changed)
		return;
	s->changed = false;
	describe_path(s, &path);
	pppoe_path_set(s->dp, &s->dp->pppoe->paths, pppoe_conf_of(s)->client_id, &path);
	events_tell(s->dp, BW_EVT_PPPOE, pppoe_conf_of(s)->client_id);
	follow(s);
}

/* Whether frames can pass below the client: the cable is there. */
static bool has_link(const struct pppoe_slot *s)
{
	const struct itf *under = under_of(s);

	return under && dp_itf(s->dp, pppoe_conf_of(s)->if_id) &&
	       (under->kind == BW_IF_PORT || under->kind == BW_IF_SUBIF) &&
	       s->dp->port[under->port].link_up;
}

/* `shutdown` of the Ethernet is no accident: the server is told. */
static void refresh_link(struct pppoe_slot *s)
{
	bool link = has_link(s);

	if (link && !(under_of(s)->flags & BW_IF_F_UP))
		pppoe_client_shut(s->client, dp_ms(s->dp));
	else
		pppoe_client_link(s->client, dp_ms(s->dp), link);
	pppoe_settle(s);
}

/* ---- start and end ---- */

static bool pppoe_describe(struct dp *dp, unsigned index, struct bw_msg *m)
{
	uint32_t cursor = index;

	return pppoe_state_dump_next(dp, &cursor, &m->pppoe_state) &&
	       m->pppoe_state.client_id == index;
}

static const struct event_state pppoe_state = { BW_EVT_PPPOE, pppoe_describe };
_Static_assert(BW_MAX_PPPOE <= EVENTS_MAX_OBJECTS, "each client's state can be told");

int pppoe_create(struct dp *dp)
{
	dp->pppoe = calloc(1, sizeof(*dp->pppoe));
	if (!dp->pppoe)
		return -ENOMEM;
	for (unsigned i = 0; i < BW_MAX_PPPOE; i++)
		dp->pppoe->slot[i].dp = dp;
	return events_add_state(dp, &pppoe_state);
}

static void forget_staged(struct pppoe *p)
{
	explicit_bzero(p->staged, sizeof(p->staged));
	p->staged_for = 0;
}

void pppoe_destroy(struct dp *dp)
{
	if (!dp->pppoe)
		return;
	for (unsigned i = 0; i < BW_MAX_PPPOE; i++)
		pppoe_client_free(dp->pppoe->slot[i].client);
	forget_staged(dp->pppoe);
	pppoe_paths_free(dp, &dp->pppoe->paths);
	free(dp->pppoe);
	dp->pppoe = NULL;
}

void pppoe_hang_up(struct dp *dp)
{
	for (unsigned i = 0; i < BW_MAX_PPPOE; i++) {
		struct pppoe_slot *s = &dp->pppoe->slot[i];

		if (!s->client)
			continue;
		pppoe_client_hang_up(s->client, dp_ms(dp));
		pppoe_settle(s);
	}
}

/* ---- control's messages ---- */

struct pppoe_slot *pppoe_slot_of(struct dp *dp, uint32_t client_id)
{
	struct pppoe_slot *s = client_id < BW_MAX_PPPOE ? &dp->pppoe->slot[client_id] : NULL;

	return s && s->client ? s : NULL;
}

int pppoe_text(struct dp *dp, const struct bw_pppoe_text *text)
{
	struct pppoe *p = dp->pppoe;

	if (text->client_id == 0 || text->client_id >= BW_MAX_PPPOE ||
		text->which >= BW_PPPOE_TEXTS || text->length > sizeof(text->text))
		return BW_E_BAD_VALUE;
	if (p->staged_for != text->client_id)
		forget_staged(p);
	p->staged_for = text->client_id;
	p->staged[text->which].len = text->length;
	memcpy(p->staged[text->which].data, text->text, text->length);
	return BW_OK;
}

/* A Dialer has one client, or its packets would not know which way to go. */
static bool dialer_is_taken(const struct pppoe *p, const struct bw_pppoe *c)
{
	for (unsigned i = 0; i < BW_MAX_PPPOE; i++)
		if (i != c->client_id && p->slot[i].client &&
			pppoe_conf_of(&p->slot[i])->if_id == c->if_id)
			return true;
	return false;
}

static int check(const struct dp *dp, const struct bw_pppoe *c)
{
	const struct itf *dialer, *under;

	if (c->client_id == 0 || c->client_id >= BW_MAX_PPPOE || c->if_id >= BW_MAX_IFS ||
		c->under_if >= BW_MAX_IFS || c->mtu < 64)
		return BW_E_BAD_VALUE;
	dialer = dp->itf[c->if_id];
	under = dp->itf[c->under_if];
	if (!dialer || !under)
		return BW_E_NO_OBJECT;
	if (dialer->kind != BW_IF_DIALER || under->flags & BW_IF_F_SWITCH ||
		(under->kind != BW_IF_PORT && under->kind != BW_IF_SUBIF))
		return BW_E_BAD_VALUE;
	return dialer_is_taken(dp->pppoe, c) ? BW_E_IN_USE : BW_OK;
}

static void configure(struct pppoe_slot *s, const struct bw_pppoe *c, const struct pppoe_text *text)
{
	const struct itf *under = s->dp->itf[c->under_if];
	struct pppoe_conf conf = { .set = *c };

	memcpy(conf.text, text, sizeof(conf.text));
	memcpy(conf.local_mac, under->mac, sizeof(conf.local_mac));
	snprintf(conf.under_name, sizeof(conf.under_name), "%s", under->conf.name);
	pppoe_client_configure(s->client, dp_ms(s->dp), &conf);
	explicit_bzero(&conf, sizeof(conf));
	pppoe_settle(s);
	refresh_link(s);
}

int pppoe_set(struct dp *dp, const struct bw_pppoe *c, uint8_t epoch)
{
	struct pppoe *p = dp->pppoe;
	int rc = check(dp, c);
	struct pppoe_slot *s;

	if (p->staged_for != c->client_id)
		forget_staged(p);
	if (rc != BW_OK) {
		forget_staged(p);
		return rc;
	}
	s = &p->slot[c->client_id];
	if (!s->client) {
		s->client = pppoe_client_new(&ops, s);
		if (!s->client)
			return BW_E_NO_MEMORY;
		pppoe_client_debug(s->client, p->debug);
	}
	s->epoch = epoch;
	configure(s, c, p->staged);
	forget_staged(p);
	return BW_OK;
}

int pppoe_del(struct dp *dp, uint32_t client_id)
{
	static const struct pppoe_path none;
	struct pppoe_slot *s = pppoe_slot_of(dp, client_id);

	if (!s)
		return BW_E_NO_OBJECT;
	pppoe_client_hang_up(s->client, dp_ms(dp));
	pppoe_settle(s);
	pppoe_path_set(dp, &dp->pppoe->paths, client_id, &none);
	pppoe_alone_end(dp, &dp->pppoe->paths, &s->alone);
	pppoe_client_free(s->client);
	*s = (struct pppoe_slot) { .dp = dp };
	return BW_OK;
}

int pppoe_clear(struct dp *dp, uint32_t client_id)
{
	if (client_id && !pppoe_slot_of(dp, client_id))
		return BW_E_NO_OBJECT;
	for (unsigned i = 0; i < BW_MAX_PPPOE; i++) {
		struct pppoe_slot *s = pppoe_slot_of(dp, i);

		if (!s || (client_id && client_id != i))
			continue;
		pppoe_client_clear(s->client, dp_ms(dp));
		pppoe_settle(s);
	}
	return BW_OK;
}

void pppoe_debug(struct dp *dp, uint32_t flags)
{
	dp->pppoe->debug = flags;
	for (unsigned i = 0; i < BW_MAX_PPPOE; i++)
		if (dp->pppoe->slot[i].client)
			pppoe_client_debug(dp->pppoe->slot[i].client, flags);
}

void pppoe_sweep(struct dp *dp, uint8_t epoch)
{
	for (unsigned i = 0; i < BW_MAX_PPPOE; i++) {
		struct pppoe_slot *s = &dp->pppoe->slot[i];

		pppoe_alone_end(dp, &dp->pppoe->paths, &s->alone);
		if (s->client && s->epoch != epoch)
			pppoe_del(dp, i);
	}
}

static const struct pppoe_slot *next_slot(const struct dp *dp, uint32_t *cursor)
{
	while (*cursor < BW_MAX_PPPOE) {
		const struct pppoe_slot *s = &dp->pppoe->slot[(*cursor)++];

		if (s->client)
			return s;
	}
	return NULL;
}

bool pppoe_dump_next(const struct dp *dp, uint32_t *cursor, struct bw_pppoe *row)
{
	const struct pppoe_slot *s = next_slot(dp, cursor);

	if (s)
		*row = *pppoe_conf_of(s);
	return s != NULL;
}

bool pppoe_state_dump_next(const struct dp *dp, uint32_t *cursor, struct bw_pppoe_state *row)
{
	const struct pppoe_slot *s = next_slot(dp, cursor);

	if (s)
		pppoe_client_state(s->client, dp_ms(dp), row);
	return s != NULL;
}

/* ---- the rest of the dataplane ---- */

/* A session belongs to the addresses that it was made between: another MAC ends it. */
static void itf_changed(struct pppoe_slot *s)
{
	struct pppoe_conf conf = *pppoe_client_conf(s->client);
	const struct itf *under = under_of(s);

	if (under) {
		memcpy(conf.local_mac, under->mac, sizeof(conf.local_mac));
		pppoe_client_configure(s->client, dp_ms(s->dp), &conf);
	}
	explicit_bzero(&conf, sizeof(conf));
	s->changed = true; /* the Dialer's VRF may be another */
	refresh_link(s);
}

void pppoe_itf_changed(struct dp *dp, uint32_t if_id)
{
	for (unsigned i = 0; i < BW_MAX_PPPOE; i++) {
		struct pppoe_slot *s = &dp->pppoe->slot[i];

		if (s->client &&
			(pppoe_conf_of(s)->if_id == if_id || pppoe_conf_of(s)->under_if == if_id))
			itf_changed(s);
	}
}

int pppoe_bind(struct dp *dp, uint32_t adj_id, uint32_t if_id)
{
	return pppoe_path_bind(dp, &dp->pppoe->paths, adj_id, if_id) == 0 ? BW_OK : BW_E_NO_MEMORY;
}

void pppoe_unbind(struct dp *dp, uint32_t adj_id)
{
	pppoe_path_unbind(&dp->pppoe->paths, adj_id);
}

void pppoe_poll(struct dp *dp)
{
	for (unsigned i = 0; i < BW_MAX_PPPOE; i++) {
		struct pppoe_slot *s = pppoe_slot_of(dp, i);

		if (!s)
			continue;
		refresh_link(s);
		if (pppoe_client_due(s->client) <= dp_ms(dp)) {
			pppoe_client_poll(s->client, dp_ms(dp));
			pppoe_settle(s);
		}
	}
}
