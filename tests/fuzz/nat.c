/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as packets through NAT both ways, virtual reassembly, MSS adjustment
 * and access lists. The first byte of a record chooses what is done, the second
 * its length, the third fields that are repaired so that more packets get deep.
 * What comes out is checked: lengths and, where they were right, checksums.
 */
#include <stdlib.h>
#include <string.h>

#include "l3/mss.h"
#include "l3/vfr.h"
#include "nat/conf.h"
#include "nat/translate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct nat_shared shared;
static struct bw_nat_counters counters;
static struct nat_shard *shard;
static struct nat_conf conf;
static struct nat_rules *rules;
static struct acl_table *acl;
static struct vfr_shared *vfr_shared;

static void require(bool what)
{
	if (!what)
		abort();
}

static bw_ip4 no_addr(const void *arg, uint32_t if_id, const char **name)
{
	(void)arg;
	(void)if_id;
	(void)name;
	return 0;
}

static void retire_now(void *ctx, void (*fn)(void *, uint64_t), void *arg1, uint64_t arg2)
{
	(void)ctx;
	fn(arg1, arg2);
}

static void add_rule(const struct bw_nat_rule *rule)
{
	require(nat_conf_rule_set(&conf, rule) == 0);
}

static void set_up(void)
{
	struct bw_nat_pool pool = {
		.pool_id = 1, .plen = 24, .start = htonl(0xc0000201), .end = htonl(0xc0000202)
	};
	struct bw_acl list = { .acl_id = 1, .entries = 1 };
	struct bw_ace inside = { .acl_id = 1,
		.flags = BW_ACE_F_PERMIT,
		.src = htonl(0xc0a80000),
		.src_wild = htonl(0xffff),
		.dst_wild = UINT32_MAX };

	require(nat_shared_init(&shared, 64, 1) == 0);
	nat_conf_init(&conf, &shared.seeds);
	acl = acl_create(1, retire_now, NULL);
	require(acl && acl_set_begin(acl, &list) == 0 && acl_set_entry(acl, &inside) == 0 &&
		acl_set_commit(acl, 1) == 0);
	require(nat_conf_pool_set(&conf, &pool) == 0);
	add_rule(&(struct bw_nat_rule) { .rule_id = 9,
		.kind = BW_NAT_DYNAMIC,
		.acl_id = 1,
		.pool_id = 1,
		.flags = BW_NAT_F_OVERLOAD });
	add_rule(&(struct bw_nat_rule) { .rule_id = 1,
		.kind = BW_NAT_STATIC,
		.local = htonl(0xc0a80001),
		.global = htonl(0xc0000209) });
	add_rule(&(struct bw_nat_rule) { .rule_id = 2,
		.kind = BW_NAT_STATIC,
		.proto = IPPROTO_UDP,
		.local = htonl(0xc0a80002),
		.global = htonl(0xc0000201),
		.local_port = 53,
		.global_port = 53 });
	rules = nat_conf_build(&conf, no_addr, NULL);
	shard = nat_shard_create(&shared, 0, 1, &counters);
	vfr_shared = vfr_shared_create();
	require(rules && shard && vfr_shared);
}

/* Addresses of ours more often than chance has it. */
static void steer(uint8_t *packet, uint32_t len, uint8_t how)
{
	struct l4_ip4 *ip = (void *)packet;

	if (len < sizeof(*ip) || !(how & 1))
		return;
	ip->version_ihl = 0x45 + (how >> 5 & 1);
	ip->length = htons(len);
	if (how & 2)
		ip->src = htonl(0xc0a80000 | (ip->src & 3));
	if (how & 4)
		ip->dst = htonl(0xc0000201 + (ip->dst & 8));
	if (how & 8)
		ip->frag = 0;
	if (how & 16)
		ip->proto = (const uint8_t[]) { 1, 6, 17, 47 }[ip->proto & 3];
	if (how & 64 && len >= 28 && ip->version_ihl == 0x45 && ip->proto == IPPROTO_ICMP)
		steer(packet + 28, len - 28, how & ~64);
}

static bool header_sum_ok(const uint8_t *packet, uint32_t len)
{
	uint32_t ihl = (packet[0] & 15) * 4, sum = 0;

	if (len < 20 || ihl < 20 || ihl > len)
		return false;
	for (uint32_t i = 0; i < ihl; i += 2)
		sum += packet[i] << 8 | packet[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16) == 0xffff;
}

static void translate(uint8_t *packet, uint32_t len, uint8_t flags, bool outbound)
{
	struct nat_pkt p = { .ip = packet,
		.len = len,
		.flags = flags & (NAT_P_PORTS | NAT_P_LOCAL),
		.sport = htons(1000),
		.dport = htons(53) };
	bool was_ok = header_sum_ok(packet, len);

	if (outbound)
		nat_in2out(shard, &p, 1);
	else
		nat_out2in(shard, &p, 1);
	require(p.verdict == NAT_PASS || p.verdict == NAT_DONE || p.verdict == NAT_DROP);
	require(p.verdict != NAT_DROP || p.drop != BW_DROP_NONE);
	require(p.verdict == NAT_DROP || header_sum_ok(packet, len) == was_ok);
	require(p.verdict != NAT_DONE || len >= 20);
}

static void check_header(const uint8_t *packet, uint32_t len, struct vfr_table *vfr)
{
	static const struct vfr_limits limits = { .if_id = 1, .reassemblies = 4, .fragments = 6 };
	const struct l4_ip4 *ip = (const void *)packet;
	struct vfr_result r;
	struct l4_info l4;

	if (l4_parse(packet, len, &l4))
		return;
	require(l4.offset >= 20 && l4.offset <= len);
	acl_match(acl, 1, 0, &l4);
	if (!(ip->frag & htons(0x3fff)) || ntohs(ip->length) > len)
		return;
	/* the table keeps what it is given: a name is enough here */
	vfr_input(vfr, &limits, 0, packet, len, shard->now, (void *)(uintptr_t)(len + 1), &r);
	require(r.n <= 7);
	for (unsigned i = 0; i < r.n; i++)
		require(r.pkt[i] != NULL);
}

static void drop_held(void *pkt)
{
	require(pkt != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vfr_table *vfr;
	struct vfr_result r;
	uint32_t now = 1;

	if (!shard)
		set_up();
	vfr = vfr_create(vfr_shared);
	require(vfr != NULL);
	while (size >= 3) {
		uint32_t len = data[1] < size - 3 ? data[1] : size - 3;
		uint8_t what = data[0], *packet = malloc(len ? len : 1);

		require(packet != NULL);
		memcpy(packet, data + 3, len);
		steer(packet, len, data[2]);
		now += what & 0x80 ? 61 : 0;
		nat_shard_begin(shard, rules, acl, shard->now + (what & 0x80 ? 61 : 0));
		nat_shard_expire(shard, 10);
		while (vfr_expire(vfr, now, &r))
			require(r.n <= 6);
		check_header(packet, len, vfr);
		mss_clamp(packet, len, what << 3);
		translate(packet, len, what >> 2, what & 1);
		if (what & 2)
			translate(packet, len, what >> 2, !(what & 1));
		free(packet);
		data += 3 + len;
		size -= 3 + len;
	}
	vfr_destroy(vfr, drop_held);
	free(vfr_shared);
	vfr_shared = vfr_shared_create();
	require(vfr_shared != NULL);
	return 0;
}
