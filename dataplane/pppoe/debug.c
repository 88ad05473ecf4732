/* SPDX-License-Identifier: BSD-3-Clause */
#include "pppoe/debug.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "pppoe/ppp_packet.h"

#define LINE sizeof(((struct bw_debug_line *)0)->text)

/* The bytes of a well-formed UTF-8 sequence that is no control character; 0: it is none. */
static size_t printable(const uint8_t *p, size_t left)
{
	static const uint32_t least[] = { 0, 0x20, 0xa0, 0x800, 0x10000 };
	size_t n = p[0] < 0x80	     ? 1
		   : p[0] >> 5 == 6  ? 2
		   : p[0] >> 4 == 14 ? 3
		   : p[0] >> 3 == 30 ? 4
				     : 0;
	uint32_t c;

	if (n == 0 || n > left)
		return 0;
	c = n == 1 ? p[0] : p[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if (p[i] >> 6 != 2)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[n] || c == 0x7f || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	/* line and paragraph separators, and what turns the direction of text */
	return (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ? 0 : n;
}

/* As text[size]; what does not fit is cut, not in the middle of a character. */
static const char *show(char *text, size_t size, struct bytes b)
{
	size_t len = 0;

	for (size_t i = 0; i < b.len;) {
		size_t n = printable(b.data + i, b.len - i);

		if (len + (n ? n : 1) >= size)
			break;
		if (n)
			memcpy(text + len, b.data + i, n);
		else
			text[len] = '.';
		len += n ? n : 1;
		i += n ? n : 1;
	}
	text[len] = '\0';
	return text;
}

static void __attribute__((format(printf, 3, 4)))
line(const struct pppoe_env *env, uint32_t kinds, const char *format, ...)
{
	uint32_t kind = env->debug & kinds;
	char text[LINE];
	va_list ap;

	if (!kind)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	env->ops->debug(env->arg, kind & -kind, text);
}

void pppoe_debug_event(const struct pppoe_env *env, const char *format, ...)
{
	char text[LINE];
	va_list ap;

	if (!(env->debug & BW_DEBUG_PPPOE_EVENTS))
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	env->ops->debug(env->arg, BW_DEBUG_PPPOE_EVENTS, text);
}

void pppoe_debug_discovery(
	const struct pppoe_env *env, char way, const char *name, uint16_t session, const uint8_t *r)
{
	const uint8_t *l = env->conf.local_mac;

	pppoe_debug_event(env,
		"PPPoE %u: %c %s  R:%02x%02x.%02x%02x.%02x%02x L:%02x%02x.%02x%02x.%02x%02x",
		session, way, name, r[0], r[1], r[2], r[3], r[4], r[5], l[0], l[1], l[2], l[3],
		l[4], l[5]);
}

void pppoe_debug_phase(const struct pppoe_env *env, enum bw_pppoe_stage stage)
{
	static const char *const phases[] = {
		[BW_PPPOE_DOWN] = "DOWN",
		[BW_PPPOE_ESTABLISH] = "ESTABLISHING, Active Open",
		[BW_PPPOE_AUTHENTICATE] = "AUTHENTICATING, by the peer",
		[BW_PPPOE_NETWORK] = "UP",
		[BW_PPPOE_TERMINATE] = "TERMINATING",
	};

	if (stage < sizeof(phases) / sizeof(phases[0]) && phases[stage])
		line(env, BW_DEBUG_PPP_NEGOTIATION, "Vi%u PPP: Phase is %s", env->conf.set.unit,
			phases[stage]);
}

static const char *protocol_name(uint16_t protocol)
{
	switch (protocol) {
	case PPP_LCP:
		return "LCP";
	case PPP_IPCP:
		return "IPCP";
	case PPP_PAP:
		return "PAP";
	default:
		return "CHAP";
	}
}

static const char *state_name(enum ppp_state state)
{
	static const char *const names[PPP_STATES] = { "Closed", "Closed", "Closed", "Listen",
		"TERMsent", "TERMsent", "REQsent", "ACKrcvd", "ACKsent", "Open" };

	return names[state];
}

void pppoe_debug_open(const struct pppoe_env *env, uint16_t protocol)
{
	line(env, BW_DEBUG_PPP_NEGOTIATION, "Vi%u %s: State is Open", env->conf.set.unit,
		protocol_name(protocol));
}

void pppoe_debug_timeout(const struct pppoe_env *env, uint16_t protocol, enum ppp_state state)
{
	line(env, BW_DEBUG_PPP_NEGOTIATION, "Vi%u %s: TIMEout: State %s", env->conf.set.unit,
		protocol_name(protocol), state_name(state));
}

static void lcp_value(char *text, size_t size, const struct ppp_option *o)
{
	struct bytes v = o->value;

	if (o->type == LCP_MRU && v.len == 2)
		snprintf(text, size, "MRU %u", bytes_u16(v.data));
	else if (o->type == LCP_MAGIC && v.len == 4)
		snprintf(text, size, "MagicNumber 0x%08X", bytes_u32(v.data));
	else if (o->type == LCP_AUTH && v.len >= 2 && bytes_u16(v.data) == PPP_PAP)
		snprintf(text, size, "AuthProto PAP");
	else if (o->type == LCP_AUTH && v.len == 3 && bytes_u16(v.data) == PPP_CHAP)
		snprintf(
			text, size, v.data[2] == CHAP_MD5 ? "AuthProto CHAP" : "AuthProto MS-CHAP");
	else if (o->type == LCP_PFC)
		snprintf(text, size, "PFC");
	else if (o->type == LCP_ACFC)
		snprintf(text, size, "ACFC");
	else
		snprintf(text, size, "Option %u", o->type);
}

static void ipcp_value(char *text, size_t size, const struct ppp_option *o)
{
	const char *name = o->type == IPCP_ADDRESS ? "Address"
			   : o->type == IPCP_DNS1  ? "PrimaryDNS"
			   : o->type == IPCP_DNS2  ? "SecondaryDNS"
						   : NULL;
	const uint8_t *a = o->value.data;

	if (name && o->value.len == 4)
		snprintf(text, size, "%s %u.%u.%u.%u", name, a[0], a[1], a[2], a[3]);
	else if (o->type == IPCP_COMPRESSION)
		snprintf(text, size, "CompressType");
	else
		snprintf(text, size, "Option %u", o->type);
}

static void debug_options(const struct pppoe_env *env, uint16_t protocol, struct bytes options)
{
	struct cursor c = { options.data, options.len };
	struct ppp_option o;

	while (ppp_next_option(&c, &o)) {
		char value[40], hex[2 * 12 + 1] = "";

		if (protocol == PPP_LCP)
			lcp_value(value, sizeof(value), &o);
		else
			ipcp_value(value, sizeof(value), &o);
		for (size_t i = 0; i < o.whole.len && i < 12; i++)
			snprintf(hex + 2 * i, 3, "%02X", o.whole.data[i]);
		line(env, BW_DEBUG_PPP_NEGOTIATION, "Vi%u %s:    %s (0x%s)", env->conf.set.unit,
			protocol_name(protocol), value, hex);
	}
}

/* False: it is not shown. */
static bool packet_name(char *text, size_t size, const struct ppp_packet *p)
{
	static const char *const names[] = { "", "CONFREQ", "CONFACK", "CONFNAK", "CONFREJ",
		"TERMREQ", "TERMACK", "CODEREJ", "PROTREJ" };

	if (p->code >= PPP_ECHO_REQUEST && p->code <= PPP_DISCARD_REQUEST)
		return false;
	if (p->code >= 1 && p->code <= PPP_PROTOCOL_REJECT)
		snprintf(text, size, "%s", names[p->code]);
	else
		snprintf(text, size, "CODE %u", p->code);
	return true;
}

void pppoe_debug_ppp(const struct pppoe_env *env, char way, enum ppp_state state,
	const uint8_t *data, size_t len)
{
	uint16_t protocol;
	struct ppp_packet p;
	char name[16], rejected[24] = "";

	if (!(env->debug & BW_DEBUG_PPP_NEGOTIATION) || len < PPP_PROTOCOL ||
		!ppp_parse(data + PPP_PROTOCOL, len - PPP_PROTOCOL, &p) ||
		!packet_name(name, sizeof(name), &p))
		return;
	protocol = bytes_u16(data);
	if (p.code == PPP_PROTOCOL_REJECT && p.data.len >= 2)
		snprintf(rejected, sizeof(rejected), " protocol 0x%04X", bytes_u16(p.data.data));
	line(env, BW_DEBUG_PPP_NEGOTIATION, "Vi%u %s: %c %s [%s] id %u len %zu%s",
		env->conf.set.unit, protocol_name(protocol), way, name, state_name(state), p.id,
		p.whole.len, rejected);
	if (p.code >= PPP_CONFIGURE_REQUEST && p.code <= PPP_CONFIGURE_REJECT)
		debug_options(env, protocol, p.data);
}

/* The name in a Challenge or Response, or in PAP's request; else the peer's message. */
static const char *auth_text(char *text, size_t size, uint16_t protocol, const struct ppp_packet *p)
{
	struct cursor c = { p->data.data, p->data.len };
	bool counted = protocol == PPP_PAP,
	     value = protocol == PPP_CHAP && p->code <= CHAP_RESPONSE;
	struct bytes b = p->data;
	uint8_t n;

	if (counted && (!cursor_u8(&c, &n) || !cursor_take(&c, n, &b)))
		b.len = 0;
	if (value && cursor_u8(&c, &n) && cursor_take(&c, n, &b))
		b = (struct bytes) { c.data, c.left };
	return show(text, size, b);
}

void pppoe_debug_auth(const struct pppoe_env *env, char way, const uint8_t *data, size_t len)
{
	static const char *const chap[] = { "", "CHALLENGE", "RESPONSE", "SUCCESS", "FAILURE" };
	static const char *const pap[] = { "", "AUTH-REQ", "AUTH-ACK", "AUTH-NAK" };
	const uint32_t kinds = BW_DEBUG_PPP_NEGOTIATION | BW_DEBUG_PPP_AUTHENTICATION;
	const char *name = "CODE", *before = "";
	char text[64];
	uint16_t protocol;
	struct ppp_packet p;

	if (!(env->debug & kinds) || len < PPP_PROTOCOL ||
		!ppp_parse(data + PPP_PROTOCOL, len - PPP_PROTOCOL, &p))
		return;
	protocol = bytes_u16(data);
	if (protocol == PPP_CHAP && p.code >= CHAP_CHALLENGE && p.code <= CHAP_FAILURE)
		name = chap[p.code];
	if (protocol == PPP_PAP && p.code >= PAP_REQUEST && p.code <= PAP_NAK)
		name = pap[p.code];
	auth_text(text, sizeof(text), protocol, &p);
	if (text[0])
		before = p.code <= (protocol == PPP_CHAP ? CHAP_RESPONSE : PAP_REQUEST)
				 ? " from \""
				 : " msg is \"";
	line(env, kinds, "Vi%u %s: %c %s id %u len %zu%s%s%s", env->conf.set.unit,
		protocol_name(protocol), way, name, p.id, p.whole.len, before, text,
		text[0] ? "\"" : "");
}
