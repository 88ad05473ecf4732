/* SPDX-License-Identifier: BSD-3-Clause */
#include "pppoe/auth.h"

#include <string.h>

#include "crypto/md5.h"
#include "crypto/secret.h"
#include "pppoe/debug.h"
#include "pppoe/fsm.h"

/* Header, lengths, digest, name and password. */
#define MAX_SENT (PPP_PROTOCOL + 4 + 2 + CRYPTO_MD5_LEN + 2 * BW_PPPOE_TEXT)

#define ROUNDS 4 /* times a slow server's round trip is what authentication may take */

static void put_counted(struct builder *b, const struct pppoe_text *t)
{
	builder_u8(b, t->len);
	builder_put(b, t->data, t->len);
}

static void send(struct ppp_auth *a, struct builder *b)
{
	if (ppp_end(b)) {
		pppoe_debug_auth(a->env, 'O', b->data, b->len);
		pppoe_env_send(a->env, b->data, b->len);
	}
	crypto_wipe(b->data, b->size);
}

static void stop_timers(struct ppp_auth *a)
{
	a->retry_due = PPP_NEVER;
	a->limit = PPP_NEVER;
}

static void end(struct ppp_auth *a, enum ppp_auth_status status)
{
	a->status = status;
	stop_timers(a);
}

void ppp_auth_init(struct ppp_auth *a, struct pppoe_env *env)
{
	memset(a, 0, sizeof(*a));
	a->env = env;
	stop_timers(a);
}

/* RFC 1334 2.2.1. Each request has an id of its own. */
static void send_pap(struct ppp_auth *a)
{
	const struct pppoe_conf *conf = &a->env->conf;
	uint8_t buf[MAX_SENT];
	struct builder b = { buf, sizeof(buf), 0, false };

	a->tries++;
	a->retry_due = a->env->now + pppoe_env_retry(a->env);
	ppp_begin(&b, PPP_PAP, PAP_REQUEST, ++a->id);
	put_counted(&b, &conf->text[BW_PPPOE_PAP_NAME]);
	put_counted(&b, &conf->text[BW_PPPOE_PAP_PASSWORD]);
	send(a, &b);
}

void ppp_auth_start(struct ppp_auth *a, uint16_t protocol)
{
	uint64_t limit = a->env->conf.set.auth_timeout_s * (uint64_t)1000;
	uint64_t slow = ROUNDS * (uint64_t)a->env->rtt;

	a->protocol = protocol;
	a->status = PPP_AUTH_WAIT;
	a->tries = 0;
	a->responded = false;
	a->limit = limit ? a->env->now + (limit > slow ? limit : slow) : PPP_NEVER;
	if (protocol == PPP_PAP)
		send_pap(a);
}

/* A slow server answers an earlier request than the last; they were all the same. */
static bool pap_asked(const struct ppp_auth *a, uint8_t id)
{
	return (uint8_t)(a->id - id) < a->tries;
}

static enum bw_drop pap_came(struct ppp_auth *a, const struct ppp_packet *p)
{
	if (p->code != PAP_ACK && p->code != PAP_NAK)
		return BW_DROP_PPP_BAD;
	if (a->status != PPP_AUTH_WAIT || !pap_asked(a, p->id))
		return BW_DROP_PPP_BAD;
	end(a, p->code == PAP_ACK ? PPP_AUTH_DONE : PPP_AUTH_FAILED);
	return BW_DROP_NONE;
}

/* RFC 1994 4.1: the digest of identifier, secret and challenge. */
static bool respond(struct ppp_auth *a, uint8_t id, struct bytes challenge)
{
	const struct pppoe_conf *conf = &a->env->conf;
	const struct pppoe_text *secret = &conf->text[BW_PPPOE_CHAP_PASSWORD];
	const struct pppoe_text *name = &conf->text[BW_PPPOE_CHAP_NAME];
	const struct crypto_part parts[] = {
		{ &id, 1 },
		{ secret->data, secret->len },
		{ challenge.data, challenge.len },
	};
	uint8_t digest[CRYPTO_MD5_LEN], buf[MAX_SENT];
	struct builder b = { buf, sizeof(buf), 0, false };

	if (crypto_md5(digest, parts, sizeof(parts) / sizeof(parts[0])) < 0)
		return false;
	ppp_begin(&b, PPP_CHAP, CHAP_RESPONSE, id);
	builder_u8(&b, sizeof(digest));
	builder_put(&b, digest, sizeof(digest));
	builder_put(&b, name->data, name->len);
	send(a, &b);
	a->id = id;
	a->responded = true;
	return true;
}

/* Also once it is done: the peer may ask again at any time (RFC 1994 2). */
static enum bw_drop challenge_came(struct ppp_auth *a, const struct ppp_packet *p)
{
	struct cursor c = { p->data.data, p->data.len };
	struct bytes challenge;
	uint8_t size;

	if (!cursor_u8(&c, &size) || size == 0 || !cursor_take(&c, size, &challenge))
		return BW_DROP_PPP_BAD;
	a->peer.data = a->peer_name;
	a->peer.len = c.left < sizeof(a->peer_name) ? c.left : sizeof(a->peer_name);
	memcpy(a->peer_name, c.data, a->peer.len);
	if (!respond(a, p->id, challenge))
		end(a, PPP_AUTH_FAILED);
	return BW_DROP_NONE;
}

static enum bw_drop chap_came(struct ppp_auth *a, const struct ppp_packet *p)
{
	if (p->code == CHAP_CHALLENGE)
		return challenge_came(a, p);
	if ((p->code != CHAP_SUCCESS && p->code != CHAP_FAILURE) || !a->responded || p->id != a->id)
		return BW_DROP_PPP_BAD;
	end(a, p->code == CHAP_SUCCESS ? PPP_AUTH_DONE : PPP_AUTH_FAILED);
	return BW_DROP_NONE;
}

enum bw_drop ppp_auth_input(struct ppp_auth *a, const struct ppp_packet *p)
{
	return a->protocol == PPP_PAP ? pap_came(a, p) : chap_came(a, p);
}

void ppp_auth_poll(struct ppp_auth *a)
{
	if (a->env->now >= a->limit) {
		end(a, PPP_AUTH_TIMEOUT);
	} else if (a->env->now >= a->retry_due) {
		if (a->tries >= a->env->conf.set.max_configure)
			end(a, PPP_AUTH_TIMEOUT);
		else
			send_pap(a);
	}
}

uint64_t ppp_auth_due(const struct ppp_auth *a)
{
	return a->retry_due < a->limit ? a->retry_due : a->limit;
}
