/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as a PPPoE server. The first byte of a record chooses what is done, the second its
 * length; packets get their headers and lengths right unless the record says not to, and some
 * records are what an honest server would say, so that the later stages are reached. What the
 * client sends is checked: its size and lengths, and that one call does not make it talk for long.
 */
#include <stdlib.h>
#include <string.h>

#include "pppoe/client.h"
#include "pppoe/ppp_packet.h"
#include "pppoe/tags.h"

#define SESSION	  77
#define MOST_SENT 6 /* by one call */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t server[6] = { 0x02, 0, 0, 0, 0, 1 };

struct run {
	struct pppoe_client *c;
	struct pppoe_conf conf;
	uint64_t now;
	uint32_t random;
	unsigned sent; /* by the running call */
	uint8_t uniq[8];
	uint8_t request[2][64]; /* the client's last Configure-Request of LCP and IPCP */
	size_t request_len[2];
};

static void require(bool what)
{
	if (!what)
		abort();
}

static void count(struct run *r, const uint8_t *data, size_t len)
{
	require(++r->sent <= MOST_SENT);
	require(len >= PPPOE_HEADER && len <= PPPOE_MAX_PACKET);
	require(bytes_u16(data + 4) == len - PPPOE_HEADER);
}

static void send_discovery(void *arg, const uint8_t *to, const uint8_t *data, size_t len)
{
	struct run *r = arg;
	struct pppoe_packet p;

	(void)to;
	count(r, data, len);
	require(pppoe_parse(data, len, &p) && p.host_uniq.len == sizeof(r->uniq));
	memcpy(r->uniq, p.host_uniq.data, sizeof(r->uniq));
}

static void send_session(void *arg, const uint8_t *to, const uint8_t *data, size_t len)
{
	struct run *r = arg;
	struct ppp_packet p;
	unsigned which;

	require(memcmp(to, server, sizeof(server)) == 0);
	count(r, data, len);
	require(ppp_parse(data + 8, len - 8, &p) && p.whole.len == len - 8);
	which = bytes_u16(data + 6) == PPP_IPCP;
	if (p.code == PPP_CONFIGURE_REQUEST && bytes_u16(data + 6) != PPP_PAP) {
		require(p.whole.len <= sizeof(r->request[which]));
		memcpy(r->request[which], p.whole.data, p.whole.len);
		r->request_len[which] = p.whole.len;
	}
}

static void changed(void *arg)
{
	struct run *r = arg;
	struct bw_pppoe_state st;

	pppoe_client_state(r->c, r->now, &st);
	require(st.stage <= BW_PPPOE_TERMINATE && st.reason < BW_PPPOE_R_MAX);
	require((st.addr != 0) == (st.stage == BW_PPPOE_UP));
}

static void debug(void *arg, uint32_t kind, const char *line)
{
	(void)arg;
	require(kind != 0 && strlen(line) < BW_MSG_BODY);
	for (const char *p = line; *p; p++)
		require((uint8_t)*p >= 0x20 && *p != 0x7f);
}

static void fill_random(void *arg, void *buf, size_t len)
{
	struct run *r = arg;

	for (size_t i = 0; i < len; i++) {
		r->random = r->random * 1664525 + 1013904223;
		((uint8_t *)buf)[i] = r->random >> 24;
	}
}

static const struct pppoe_ops ops = {
	.send_discovery = send_discovery,
	.send_session = send_session,
	.changed = changed,
	.debug = debug,
	.random = fill_random,
};

static void set_text(struct pppoe_text *t, const char *text)
{
	t->len = strlen(text);
	memcpy(t->data, text, t->len);
}

static void begin(struct run *r, uint8_t how)
{
	memset(r, 0, sizeof(*r));
	r->random = 1;
	r->c = pppoe_client_new(&ops, r);
	require(r->c != NULL);
	r->conf.set = (struct bw_pppoe) {
		.client_id = 1,
		.flags = how &
			 (BW_PPPOE_F_CHAP | BW_PPPOE_F_PAP | BW_PPPOE_F_DNS | BW_PPPOE_F_ACCEPT),
		.addr = how & 0x10 ? 0 : 0x010aa8c0,
		.mtu = how & 0x20 ? 1500 : 1492,
		.keepalive_s = 10,
		.keepalive_misses = 3,
		.retry_s = 2,
		.auth_timeout_s = 10,
		.ncp_timeout_s = 30,
		.redial_s = 5,
		.max_configure = 10,
		.max_failure = 5,
		.max_terminate = 2,
	};
	for (unsigned i = 0; i <= BW_PPPOE_PAP_PASSWORD; i++)
		set_text(&r->conf.text[i], "user");
	set_text(&r->conf.text[BW_PPPOE_SERVICE], how & 0x40 ? "isp" : "");
	pppoe_client_debug(r->c, how & 0x80 ? 7 : 0);
	pppoe_client_configure(r->c, r->now, &r->conf);
	pppoe_client_link(r->c, r->now, true);
}

/* From memory that ends where the packet does. */
static void give(struct run *r, bool discovery, const struct builder *b)
{
	uint8_t *exact = malloc(b->len ? b->len : 1);
	enum bw_drop drop = BW_DROP_NONE;

	require(exact != NULL);
	memcpy(exact, b->data, b->len);
	r->sent = 0;
	if (discovery)
		pppoe_client_discovery(r->c, r->now, server, exact, b->len, &drop);
	else
		drop = pppoe_client_ppp(r->c, r->now, exact, b->len);
	require(drop < BW_DROP_MAX);
	free(exact);
}

static void give_discovery(struct run *r, uint8_t code, uint16_t session, struct bytes tags)
{
	uint8_t buf[512];
	struct builder b = { buf, sizeof(buf), 0, false };

	pppoe_begin(&b, code, session);
	pppoe_put_tag(&b, PPPOE_TAG_HOST_UNIQ, (struct bytes) { r->uniq, sizeof(r->uniq) });
	builder_put(&b, tags.data, tags.len);
	pppoe_end(&b);
	give(r, true, &b);
}

static void give_ppp(struct run *r, uint16_t protocol, uint8_t code, uint8_t id, struct bytes data)
{
	uint8_t buf[512];
	struct builder b = { buf, sizeof(buf), 0, false };

	ppp_begin(&b, protocol, code, id);
	builder_put(&b, data.data, data.len);
	ppp_end(&b);
	give(r, false, &b);
}

/* As an honest server would. */
static void be_honest(struct run *r, uint8_t what)
{
	static const uint8_t tags[] = { 1, 1, 0, 0, 1, 1, 0, 3, 'i', 's', 'p', 1, 2, 0, 1, 'A' };
	static const uint8_t chap[] = { 1, 4, 5, 0xd4, 3, 5, 0xc2, 0x23, 5, 5, 6, 1, 2, 3, 4 };
	static const uint8_t pap[] = { 3, 4, 0xc0, 0x23 }, address[] = { 3, 6, 1, 1, 1, 1 };
	static const uint8_t challenge[] = { 4, 1, 2, 3, 4, 'A' };
	unsigned which = what & 1;

	switch (what >> 1 & 7) {
	case 0:
		give_discovery(r, PPPOE_PADO, 0, (struct bytes) { tags, sizeof(tags) });
		give_discovery(r, PPPOE_PADS, SESSION, (struct bytes) { tags, sizeof(tags) });
		break;
	case 1:
		if (r->request_len[which] == 0)
			break;
		give_ppp(r, which ? PPP_IPCP : PPP_LCP, PPP_CONFIGURE_ACK, r->request[which][1],
			(struct bytes) { r->request[which] + 4, r->request_len[which] - 4 });
		break;
	case 2:
		give_ppp(r, PPP_LCP, PPP_CONFIGURE_REQUEST, what,
			which ? (struct bytes) { pap, sizeof(pap) }
			      : (struct bytes) { chap, sizeof(chap) });
		break;
	case 3:
		give_ppp(r, PPP_CHAP, CHAP_CHALLENGE, 1,
			(struct bytes) { challenge, sizeof(challenge) });
		give_ppp(r, PPP_CHAP, CHAP_SUCCESS, 1, (struct bytes) { NULL, 0 });
		break;
	case 4:
		give_ppp(r, PPP_PAP, PAP_ACK, what >> 4, (struct bytes) { challenge, 1 });
		break;
	case 5:
		give_ppp(r, PPP_IPCP, PPP_CONFIGURE_REQUEST, what,
			(struct bytes) { address, sizeof(address) });
		break;
	case 6:
		give_ppp(r, which ? PPP_IPCP : PPP_LCP, what >> 4, r->request[which][1],
			(struct bytes) { r->request[which] + 4, r->request_len[which] ? 10 : 0 });
		break;
	default:
		give_discovery(r, PPPOE_PADT, SESSION, (struct bytes) { NULL, 0 });
		break;
	}
}

/* What is due, one thing at a time; each makes the next one later. */
static void let_time_pass(struct run *r, unsigned steps)
{
	for (unsigned i = 0; i < steps; i++) {
		uint64_t due = pppoe_client_due(r->c);

		if (due == UINT64_MAX)
			return;
		r->now = due > r->now ? due : r->now;
		r->sent = 0;
		pppoe_client_poll(r->c, r->now);
		require(pppoe_client_due(r->c) > r->now);
	}
}

static void ask_for(struct run *r, uint8_t what)
{
	r->sent = 0;
	switch (what & 7) {
	case 0:
		pppoe_client_clear(r->c, r->now);
		break;
	case 1:
		pppoe_client_link(r->c, r->now, what & 8);
		break;
	case 2:
		pppoe_client_hang_up(r->c, r->now);
		break;
	case 3:
		r->conf.set.flags = what >> 3;
		pppoe_client_configure(r->c, r->now, &r->conf);
		break;
	case 4:
		r->conf.set.keepalive_s = what >> 3;
		r->conf.text[BW_PPPOE_PAP_PASSWORD].len = what >> 4;
		pppoe_client_configure(r->c, r->now, &r->conf);
		break;
	default:
		let_time_pass(r, what >> 4);
		break;
	}
}

static void one_record(struct run *r, uint8_t what, struct bytes body)
{
	static const uint16_t protocols[] = { PPP_LCP, PPP_IPCP, PPP_CHAP, PPP_PAP };
	struct builder b = { (uint8_t *)body.data, body.len, body.len, false };
	uint8_t first = body.len ? body.data[0] : 0;

	switch (what & 7) {
	case 0:
		give(r, true, &b);
		break;
	case 1:
		give(r, false, &b);
		break;
	case 2:
		give_discovery(r, what & 8 ? PPPOE_PADO : PPPOE_PADS, what & 8 ? 0 : what, body);
		break;
	case 3:
		give_ppp(r, protocols[what >> 3 & 3], what >> 5, first, body);
		break;
	case 4: /* as an answer, or of another code */
		give_ppp(
			r, protocols[what >> 3 & 1], what >> 4, r->request[what >> 3 & 1][1], body);
		break;
	case 5:
		ask_for(r, first);
		break;
	default:
		for (size_t i = 0; i < body.len; i++)
			be_honest(r, body.data[i]);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run r;

	if (size == 0)
		return 0;
	begin(&r, data[0]);
	data++;
	size--;
	while (size >= 2) {
		size_t len = data[1] < size - 2 ? data[1] : size - 2;

		one_record(&r, data[0], (struct bytes) { data + 2, len });
		data += 2 + len;
		size -= 2 + len;
	}
	r.sent = 0;
	let_time_pass(&r, 30);
	pppoe_client_free(r.c);
	return 0;
}
