/* SPDX-License-Identifier: BSD-3-Clause */
#include "pppoe/ipcp.h"

#include <arpa/inet.h>
#include <string.h>

#define ADDR_SIZE    4
#define NAKS_IN_VAIN 3 /* then the peer reads what it wants */

static bw_ip4 addr_of(const struct ppp_option *o)
{
	bw_ip4 addr;

	memcpy(&addr, o->value.data, sizeof(addr));
	return addr;
}

/* A host's: not 0/8, 127/8, multicast, reserved or broadcast. */
static bool sane(bw_ip4 addr)
{
	uint32_t first = ntohl(addr) >> 24;

	return first != 0 && first != 127 && first < 224;
}

/* Whether our address stays what it is, whatever the peer says. */
static bool keeps(const struct ipcp *i)
{
	const struct bw_pppoe *set = &i->cp.env->conf.set;

	return set->addr != 0 && !(set->flags & BW_PPPOE_F_ACCEPT);
}

bw_ip4 ipcp_local(const struct ipcp *i)
{
	bw_ip4 own = i->cp.env->conf.set.addr;

	return keeps(i) || !i->ask_addr ? own : i->want;
}

static void put_request(void *arg, struct builder *b)
{
	static const uint8_t types[2] = { IPCP_DNS1, IPCP_DNS2 };
	const struct ipcp *i = arg;

	if (i->ask_addr)
		ppp_put_u32(b, IPCP_ADDRESS, ntohl(i->want));
	for (unsigned n = 0; n < 2; n++)
		if (i->ask_dns[n])
			ppp_put_u32(b, types[n], ntohl(i->dns[n]));
}

static void judge_begin(void *arg)
{
	struct ipcp *i = arg;

	i->asked = 0;
}

/* We have no address to give: what is not good for a peer is rejected, compression too. */
static enum ppp_verdict judge(void *arg, const struct ppp_option *o, struct builder *nak)
{
	struct ipcp *i = arg;
	bw_ip4 addr;

	(void)nak;
	if (o->type != IPCP_ADDRESS || o->value.len != ADDR_SIZE)
		return PPP_REJECT;
	addr = addr_of(o);
	if (!sane(addr) || addr == ipcp_local(i))
		return PPP_REJECT;
	i->asked = addr;
	return PPP_ACCEPT;
}

static void accepted(void *arg)
{
	struct ipcp *i = arg;

	i->peer = i->asked;
}

static void address_naked(struct ipcp *i, bw_ip4 addr)
{
	if (!sane(addr))
		return;
	if (!keeps(i)) {
		i->want = addr;
		i->ask_addr = true;
		return;
	}
	i->addr_naks++;
	i->ask_addr = i->addr_naks >= NAKS_IN_VAIN;
	i->want = i->ask_addr ? addr : i->want;
}

static void refused(void *arg, const struct ppp_option *o, bool rejected)
{
	struct ipcp *i = arg;
	unsigned n = o->type == IPCP_DNS2;

	if (o->type == IPCP_ADDRESS && rejected) {
		i->ask_addr = false;
	} else if (o->type == IPCP_ADDRESS && o->value.len == ADDR_SIZE) {
		address_naked(i, addr_of(o));
	} else if (o->type == IPCP_DNS1 || o->type == IPCP_DNS2) {
		i->ask_dns[n] = i->ask_dns[n] && !rejected && o->value.len == ADDR_SIZE;
		i->dns[n] = i->ask_dns[n] ? addr_of(o) : 0;
	}
}

static void up(void *arg)
{
	struct ipcp *i = arg;

	i->layer->up(i->layer->arg);
}

static void down(void *arg)
{
	struct ipcp *i = arg;

	i->layer->down(i->layer->arg);
}

static void finished(void *arg)
{
	struct ipcp *i = arg;

	i->layer->finished(i->layer->arg);
}

static const struct ppp_cp_ops ipcp_ops = {
	.protocol = PPP_IPCP,
	.request = put_request,
	.judge_begin = judge_begin,
	.judge = judge,
	.accepted = accepted,
	.refused = refused,
	.up = up,
	.down = down,
	.finished = finished,
};

void ipcp_init(struct ipcp *i, struct pppoe_env *env, const struct ppp_layer *layer)
{
	memset(i, 0, sizeof(*i));
	ppp_cp_init(&i->cp, &ipcp_ops, i, env);
	i->layer = layer;
}

void ipcp_start(struct ipcp *i)
{
	const struct bw_pppoe *set = &i->cp.env->conf.set;

	ipcp_init(i, i->cp.env, i->layer);
	i->ask_addr = true;
	i->want = set->addr;
	i->ask_dns[0] = i->ask_dns[1] = set->flags & BW_PPPOE_F_DNS;
	ppp_cp_event(&i->cp, PPP_OPEN);
	ppp_cp_event(&i->cp, PPP_UP);
}

void ipcp_stop(struct ipcp *i)
{
	ppp_cp_event(&i->cp, PPP_DOWN);
}
