/* SPDX-License-Identifier: BSD-3-Clause */
#include "bas.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

const uint8_t bas_mac[6] = { 0x00, 0x90, 0x1a, 1, 2, 3 };
const uint8_t other_mac[6] = { 0x00, 0x90, 0x1a, 9, 9, 9 };
const uint8_t our_mac[6] = { 0x02, 0, 0, 0, 0, 8 };

static void record(
	struct bas *b, bool discovery, const uint8_t *to, const uint8_t *data, size_t len)
{
	struct sent *s = &b->sent[b->n_sent];

	CU_ASSERT_FATAL(b->n_sent < sizeof(b->sent) / sizeof(b->sent[0]));
	CU_ASSERT_FATAL(len >= PPPOE_HEADER && len <= sizeof(s->data));
	CU_ASSERT_EQUAL(bytes_u16(data + 4), len - PPPOE_HEADER);
	b->n_sent++;
	s->discovery = discovery;
	s->len = len;
	memcpy(s->to, to, 6);
	memcpy(s->data, data, len);
}

static void send_discovery(void *arg, const uint8_t *to, const uint8_t *data, size_t len)
{
	record(arg, true, to, data, len);
}

static void send_session(void *arg, const uint8_t *to, const uint8_t *data, size_t len)
{
	record(arg, false, to, data, len);
}

static void changed(void *arg)
{
	struct bas *b = arg;

	b->changed++;
}

static void debug(void *arg, uint32_t kind, const char *line)
{
	struct bas *b = arg;
	size_t len = strlen(line);

	CU_ASSERT(kind == BW_DEBUG_PPPOE_EVENTS || kind == BW_DEBUG_PPP_NEGOTIATION ||
		  kind == BW_DEBUG_PPP_AUTHENTICATION);
	CU_ASSERT_FATAL(len < BW_MSG_BODY && b->log_len + len + 2 < sizeof(b->log));
	memcpy(b->log + b->log_len, line, len);
	b->log_len += len;
	b->log[b->log_len++] = '\n';
	b->log[b->log_len] = '\0';
}

static void fill_random(void *arg, void *buf, size_t len)
{
	struct bas *b = arg;

	for (size_t i = 0; i < len; i++) {
		b->random = b->random * 1664525 + 1013904223;
		((uint8_t *)buf)[i] = b->random >> 24;
	}
}

static const struct pppoe_ops ops = {
	.send_discovery = send_discovery,
	.send_session = send_session,
	.changed = changed,
	.debug = debug,
	.random = fill_random,
};

void set_text(struct pppoe_conf *conf, enum bw_pppoe_which which, struct bytes text)
{
	memset(&conf->text[which], 0, sizeof(conf->text[which]));
	conf->text[which].len = text.len;
	if (text.len > 0)
		memcpy(conf->text[which].data, text.data, text.len);
}

void bas_prepare(struct bas *b)
{
	memset(b, 0, sizeof(*b));
	b->now = 5000;
	b->random = 1;
	b->c = pppoe_client_new(&ops, b);
	CU_ASSERT_PTR_NOT_NULL_FATAL(b->c);
	b->conf.set = (struct bw_pppoe) {
		.client_id = 1,
		.if_id = 100,
		.under_if = 8,
		.flags = BW_PPPOE_F_CHAP | BW_PPPOE_F_PAP,
		.addr = htonl(OUR),
		.mtu = 1492,
		.unit = 1,
		.keepalive_s = 10,
		.keepalive_misses = 5,
		.retry_s = 2,
		.auth_timeout_s = 10,
		.ncp_timeout_s = 30,
		.redial_s = 20,
		.max_configure = 10,
		.max_failure = 5,
		.max_terminate = 2,
	};
	memcpy(b->conf.local_mac, our_mac, sizeof(our_mac));
	strcpy(b->conf.under_name, "GigabitEthernet8");
	set_text(&b->conf, BW_PPPOE_CHAP_NAME, TEXT("ユーザ名"));
	set_text(&b->conf, BW_PPPOE_CHAP_PASSWORD, TEXT("パスワード"));
	set_text(&b->conf, BW_PPPOE_PAP_NAME, TEXT("user"));
	set_text(&b->conf, BW_PPPOE_PAP_PASSWORD, TEXT("sesame-open"));
}

void bas_begin(struct bas *b)
{
	pppoe_client_configure(b->c, b->now, &b->conf);
	pppoe_client_link(b->c, b->now, true);
}

void bas_start(struct bas *b)
{
	bas_prepare(b);
	bas_begin(b);
}

void bas_end(struct bas *b)
{
	pppoe_client_free(b->c);
}

struct bw_pppoe_state bas_state(struct bas *b)
{
	struct bw_pppoe_state st;

	pppoe_client_state(b->c, b->now, &st);
	return st;
}

void bas_wait(struct bas *b, uint64_t ms)
{
	uint64_t end = b->now + ms;

	for (unsigned i = 0; pppoe_client_due(b->c) <= end; i++) {
		CU_ASSERT_FATAL(i < 1000);
		if (pppoe_client_due(b->c) > b->now)
			b->now = pppoe_client_due(b->c);
		pppoe_client_poll(b->c, b->now);
	}
	b->now = end;
}

void want_nothing(struct bas *b)
{
	CU_ASSERT_EQUAL_FATAL(b->next, b->n_sent);
	b->next = b->n_sent = 0;
}

static const struct sent *next(struct bas *b)
{
	CU_ASSERT_FATAL(b->next < b->n_sent);
	return &b->sent[b->next++];
}

struct pppoe_packet want_discovery(struct bas *b, enum pppoe_code code)
{
	static const uint8_t broadcast[6] = { 255, 255, 255, 255, 255, 255 };
	const struct sent *s = next(b);
	struct pppoe_packet p;

	CU_ASSERT_FATAL(s->discovery);
	CU_ASSERT_FATAL(pppoe_parse(s->data, s->len, &p));
	CU_ASSERT_EQUAL_FATAL(p.code, code);
	CU_ASSERT(memcmp(s->to, code == PPPOE_PADI ? broadcast : bas_mac, 6) == 0);
	CU_ASSERT_EQUAL_FATAL(p.host_uniq.len, sizeof(b->uniq));
	if (code == PPPOE_PADI)
		memcpy(b->uniq, p.host_uniq.data, sizeof(b->uniq));
	CU_ASSERT(memcmp(p.host_uniq.data, b->uniq, sizeof(b->uniq)) == 0);
	return p;
}

struct ppp_packet want_ppp(struct bas *b, uint16_t protocol, uint8_t code)
{
	const struct sent *s = next(b);
	struct ppp_packet p;

	CU_ASSERT_FATAL(!s->discovery);
	CU_ASSERT(memcmp(s->to, bas_mac, 6) == 0);
	CU_ASSERT_EQUAL(bytes_u16(s->data), 0x1100);
	CU_ASSERT_EQUAL(bytes_u16(s->data + 2), SESSION);
	CU_ASSERT_EQUAL_FATAL(bytes_u16(s->data + PPPOE_HEADER), protocol);
	CU_ASSERT_FATAL(ppp_parse(s->data + 8, s->len - 8, &p));
	CU_ASSERT_EQUAL_FATAL(p.code, code);
	CU_ASSERT_EQUAL(p.whole.len, s->len - 8);
	return p;
}

static bool same(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static void note_request(struct bas *b, const struct ppp_packet *p)
{
	b->request_id = p->id;
	b->request = p->data;
}

void want_request(struct bas *b, uint16_t protocol, struct bytes options)
{
	struct ppp_packet p = want_ppp(b, protocol, PPP_CONFIGURE_REQUEST);

	CU_ASSERT(same(p.data, options));
	note_request(b, &p);
}

void want_lcp_request(struct bas *b, uint16_t mru)
{
	struct ppp_packet p = want_ppp(b, PPP_LCP, PPP_CONFIGURE_REQUEST);
	struct cursor c = { p.data.data, p.data.len };
	struct ppp_option o;

	if (mru) {
		CU_ASSERT_FATAL(ppp_next_option(&c, &o));
		CU_ASSERT(o.type == LCP_MRU && o.value.len == 2 && bytes_u16(o.value.data) == mru);
	}
	CU_ASSERT_FATAL(ppp_next_option(&c, &o));
	CU_ASSERT(o.type == LCP_MAGIC && o.value.len == 4 && bytes_u32(o.value.data) != 0);
	CU_ASSERT_EQUAL(c.left, 0);
	note_request(b, &p);
}

void want_answer(struct bas *b, uint16_t protocol, uint8_t code, struct bytes options)
{
	struct ppp_packet p = want_ppp(b, protocol, code);

	CU_ASSERT_EQUAL(p.id, b->id);
	CU_ASSERT(same(p.data, options));
}

void want_goodbye(struct bas *b)
{
	want_ppp(b, PPP_LCP, PPP_TERMINATE_REQUEST);
	CU_ASSERT_EQUAL(want_discovery(b, PPPOE_PADT).session, SESSION);
}

bool give_discovery(struct bas *b, const uint8_t *from, enum pppoe_code code, uint16_t session,
	struct bytes tags)
{
	uint8_t buf[PPPOE_MAX_PACKET], *exact;
	struct builder w = { buf, sizeof(buf), 0, false };
	enum bw_drop drop;
	bool ours;

	pppoe_begin(&w, code, session);
	pppoe_put_tag(&w, PPPOE_TAG_SERVICE, NONE);
	if (code == PPPOE_PADO)
		pppoe_put_tag(&w, PPPOE_TAG_AC_NAME, TEXT("BAS"));
	pppoe_put_tag(&w, PPPOE_TAG_HOST_UNIQ, (struct bytes) { b->uniq, sizeof(b->uniq) });
	builder_put(&w, tags.data, tags.len);
	CU_ASSERT_FATAL(pppoe_end(&w));
	exact = malloc(w.len);
	memcpy(exact, buf, w.len);
	ours = pppoe_client_discovery(b->c, b->now, from, exact, w.len, &drop);
	free(exact);
	CU_ASSERT(ours || drop != BW_DROP_NONE);
	return ours;
}

void give_offer(struct bas *b)
{
	CU_ASSERT(give_discovery(b, bas_mac, PPPOE_PADO, 0, NONE));
	bas_wait(b, pppoe_client_due(b->c) - b->now);
}

enum bw_drop give(struct bas *b, uint16_t protocol, uint8_t code, uint8_t id, struct bytes data)
{
	size_t len = PPP_PROTOCOL + 4 + data.len;
	uint8_t *exact = malloc(len);
	struct builder w = { exact, len, 0, false };
	enum bw_drop drop;

	ppp_begin(&w, protocol, code, id);
	builder_put(&w, data.data, data.len);
	CU_ASSERT_FATAL(ppp_end(&w));
	b->id = id;
	drop = pppoe_client_ppp(b->c, b->now, exact, len);
	free(exact);
	return drop;
}

void give_request(struct bas *b, uint16_t protocol, struct bytes options)
{
	CU_ASSERT_EQUAL(give(b, protocol, PPP_CONFIGURE_REQUEST, b->id + 1, options), BW_DROP_NONE);
}

void give_ack(struct bas *b, uint16_t protocol)
{
	uint8_t id = b->id;

	CU_ASSERT_EQUAL(
		give(b, protocol, PPP_CONFIGURE_ACK, b->request_id, b->request), BW_DROP_NONE);
	b->id = id;
}

void give_nak(struct bas *b, uint16_t protocol, struct bytes options)
{
	uint8_t id = b->id;

	CU_ASSERT_EQUAL(give(b, protocol, PPP_CONFIGURE_NAK, b->request_id, options), BW_DROP_NONE);
	b->id = id;
}

void give_reject(struct bas *b, uint16_t protocol, struct bytes options)
{
	uint8_t id = b->id;

	CU_ASSERT_EQUAL(
		give(b, protocol, PPP_CONFIGURE_REJECT, b->request_id, options), BW_DROP_NONE);
	b->id = id;
}

void to_establish(struct bas *b)
{
	want_discovery(b, PPPOE_PADI);
	want_nothing(b);
	give_offer(b);
	want_discovery(b, PPPOE_PADR);
	want_nothing(b);
	CU_ASSERT(give_discovery(b, bas_mac, PPPOE_PADS, SESSION, NONE));
	CU_ASSERT_EQUAL(bas_state(b).stage, BW_PPPOE_ESTABLISH);
	bas_wait(b, FIRST_WORD);
}

/* The request's options are in a frame that want_nothing() would give up. */
void to_lcp_open(struct bas *b, struct bytes auth)
{
	uint8_t options[32];
	struct builder w = { options, sizeof(options), 0, false };

	to_establish(b);
	want_lcp_request(b, 1492);
	give_ack(b, PPP_LCP);
	builder_put(&w, (const uint8_t[]) { MRU_1492, MAGIC }, 10);
	builder_put(&w, auth.data, auth.len);
	give_request(b, PPP_LCP, (struct bytes) { options, w.len });
	want_answer(b, PPP_LCP, PPP_CONFIGURE_ACK, (struct bytes) { options, w.len });
	CU_ASSERT_EQUAL(bas_state(b).lcp, PPP_OPENED);
}

void to_chap_done(struct bas *b)
{
	to_lcp_open(b, B(CHAP));
	want_nothing(b);
	CU_ASSERT_EQUAL(bas_state(b).stage, BW_PPPOE_AUTHENTICATE);
	CU_ASSERT_EQUAL(give(b, PPP_CHAP, CHAP_CHALLENGE, 79, TEXT("\20abcdefghijklmnopBAS")),
		BW_DROP_NONE);
	CU_ASSERT_EQUAL(want_ppp(b, PPP_CHAP, CHAP_RESPONSE).id, 79);
	want_nothing(b);
	CU_ASSERT_EQUAL(give(b, PPP_CHAP, CHAP_SUCCESS, 79, TEXT("welcome")), BW_DROP_NONE);
}

void to_network(struct bas *b)
{
	to_chap_done(b);
	CU_ASSERT_EQUAL(bas_state(b).stage, BW_PPPOE_NETWORK);
	want_request(b, PPP_IPCP, B(ADDR(OUR)));
}

void to_up(struct bas *b)
{
	to_network(b);
	give_ack(b, PPP_IPCP);
	give_request(b, PPP_IPCP, B(ADDR(PEER)));
	want_answer(b, PPP_IPCP, PPP_CONFIGURE_ACK, B(ADDR(PEER)));
	want_nothing(b);
	CU_ASSERT_EQUAL(bas_state(b).stage, BW_PPPOE_UP);
}
