/* SPDX-License-Identifier: BSD-3-Clause */
#include "pppoe/servers.h"

#include <string.h>

#define FORGET (300 * UINT64_C(1000)) /* ms */

static bool is_same(const struct pppoe_server *a, const struct pppoe_server *b)
{
	return memcmp(a->mac, b->mac, sizeof(a->mac)) == 0 && a->name_len == b->name_len &&
	       memcmp(a->name, b->name, a->name_len) == 0;
}

static const struct pppoe_failure *failure_of(
	const struct pppoe_servers *s, uint64_t now, const struct pppoe_server *server)
{
	for (unsigned i = 0; i < PPPOE_FAILURES; i++)
		if (s->failure[i].until > now && is_same(&s->failure[i].server, server))
			return &s->failure[i];
	return NULL;
}

bool pppoe_has_failed(
	const struct pppoe_servers *s, uint64_t now, const struct pppoe_server *server)
{
	return failure_of(s, now, server) != NULL;
}

static struct pppoe_server name_server(const uint8_t *mac, struct bytes name)
{
	struct pppoe_server server = { 0 };

	memcpy(server.mac, mac, sizeof(server.mac));
	server.name_len = name.len < sizeof(server.name) ? name.len : sizeof(server.name);
	if (server.name_len)
		memcpy(server.name, name.data, server.name_len);
	return server;
}

/* Where an offer of that server goes; NULL: nowhere. */
static struct pppoe_offer *place_for(struct pppoe_servers *s, uint64_t now,
	const struct pppoe_server *server, const struct pppoe_offer *chosen)
{
	for (unsigned i = 0; i < s->n_offers; i++)
		if (is_same(&s->offer[i].server, server))
			return &s->offer[i];
	if (s->n_offers < PPPOE_OFFERS)
		return &s->offer[s->n_offers++];
	if (pppoe_has_failed(s, now, server))
		return NULL;
	for (unsigned i = 0; i < PPPOE_OFFERS; i++)
		if (&s->offer[i] != chosen && pppoe_has_failed(s, now, &s->offer[i].server))
			return &s->offer[i];
	return NULL;
}

bool pppoe_keep_offer(struct pppoe_servers *s, uint64_t now, const uint8_t *from,
	const struct pppoe_packet *pado, const struct pppoe_offer *chosen)
{
	struct pppoe_server server = name_server(from, pado->ac_name);
	struct pppoe_offer *o;

	if (pado->cookie.len + pado->relay_id.len > sizeof(o->data))
		return false;
	o = place_for(s, now, &server, chosen);
	if (!o)
		return false;
	o->server = server;
	memcpy(o->uniq, pado->host_uniq.data, sizeof(o->uniq));
	o->has_cookie = pado->cookie.data != NULL;
	o->has_relay_id = pado->relay_id.data != NULL;
	o->cookie_len = (uint16_t)pado->cookie.len;
	o->relay_id_len = (uint16_t)pado->relay_id.len;
	if (o->cookie_len)
		memcpy(o->data, pado->cookie.data, o->cookie_len);
	if (o->relay_id_len)
		memcpy(o->data + o->cookie_len, pado->relay_id.data, o->relay_id_len);
	return true;
}

struct pppoe_offer *pppoe_best_offer(struct pppoe_servers *s, uint64_t now)
{
	struct pppoe_offer *best = NULL;
	uint64_t oldest = UINT64_MAX;

	for (unsigned i = 0; i < s->n_offers; i++) {
		const struct pppoe_failure *f = failure_of(s, now, &s->offer[i].server);

		if (!f)
			return &s->offer[i];
		if (f->until < oldest) {
			oldest = f->until;
			best = &s->offer[i];
		}
	}
	return best;
}

bool pppoe_has_good_offer(
	const struct pppoe_servers *s, uint64_t now, const struct pppoe_offer *but)
{
	for (unsigned i = 0; i < s->n_offers; i++)
		if (&s->offer[i] != but && !pppoe_has_failed(s, now, &s->offer[i].server))
			return true;
	return false;
}

/* In place of the failure that is forgotten first. */
void pppoe_server_failed(struct pppoe_servers *s, uint64_t now, const struct pppoe_server *server)
{
	struct pppoe_failure *slot = &s->failure[0];

	for (unsigned i = 0; i < PPPOE_FAILURES; i++) {
		if (is_same(&s->failure[i].server, server)) {
			slot = &s->failure[i];
			break;
		}
		if (s->failure[i].until < slot->until)
			slot = &s->failure[i];
	}
	slot->server = *server;
	slot->until = now + FORGET;
}

void pppoe_server_is_good(struct pppoe_servers *s, const struct pppoe_server *server)
{
	for (unsigned i = 0; i < PPPOE_FAILURES; i++)
		if (is_same(&s->failure[i].server, server))
			s->failure[i].until = 0;
}

struct bytes pppoe_offer_cookie(const struct pppoe_offer *o)
{
	return (struct bytes) { o->data, o->cookie_len };
}

struct bytes pppoe_offer_relay_id(const struct pppoe_offer *o)
{
	return (struct bytes) { o->data + o->cookie_len, o->relay_id_len };
}
