/* SPDX-License-Identifier: BSD-3-Clause */
#include "packets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint32_t ip4(const char *text)
{
	struct in_addr in;

	if (inet_pton(AF_INET, text, &in) != 1)
		abort();
	return in.s_addr;
}

uint16_t sum16(const void *data, uint32_t len, uint32_t start)
{
	const uint8_t *b = data;
	uint64_t sum = start;

	for (uint32_t i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)b[i] << 8 | b[i + 1];
	if (len % 2)
		sum += (uint32_t)b[len - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static uint32_t pseudo_header(const struct l4_ip4 *ip, uint32_t l4_len)
{
	return sum16(&ip->src, 8, 0) + ip->proto + l4_len;
}

static unsigned check_offset(uint8_t proto)
{
	return proto == IPPROTO_TCP ? 16 : proto == IPPROTO_UDP ? 6 : 2;
}

static bool has_check(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_ICMP;
}

static uint32_t l4_sum(const struct l4_ip4 *ip, const uint8_t *l4, uint32_t len)
{
	return sum16(l4, len, ip->proto == IPPROTO_ICMP ? 0 : pseudo_header(ip, len));
}

static void fix_at(uint8_t *at, uint32_t available)
{
	struct l4_ip4 *ip = (void *)at;
	uint32_t ihl = (ip->version_ihl & 15) * 4, total = ntohs(ip->length);
	uint8_t *l4 = at + ihl;
	uint16_t check, zero = 0;
	unsigned offset = check_offset(ip->proto);

	ip->check = 0;
	ip->check = htons(~sum16(at, ihl, 0));
	if (!has_check(ip->proto) || total > available || ip->frag & htons(0x3fff))
		return;
	memcpy(&check, l4 + offset, 2);
	if (ip->proto == IPPROTO_UDP && check == 0)
		return;
	memcpy(l4 + offset, &zero, 2);
	check = htons(~l4_sum(ip, l4, total - ihl));
	if (ip->proto == IPPROTO_UDP && check == 0)
		check = 0xffff;
	memcpy(l4 + offset, &check, 2);
}

void fix_checksums(struct packet *p)
{
	const struct l4_ip4 *ip = (void *)p->b;
	uint32_t ihl = (ip->version_ihl & 15) * 4;

	if (ip->proto == IPPROTO_ICMP && l4_icmp_is_error(p->b[ihl]) && p->len >= ihl + 28)
		fix_at(p->b + ihl + 8, p->len - ihl - 8);
	fix_at(p->b, p->len);
}

bool checksums_ok(const struct packet *p)
{
	const struct l4_ip4 *ip = (const void *)p->b;
	uint32_t ihl = (ip->version_ihl & 15) * 4;
	uint16_t check;

	if (sum16(p->b, ihl, 0) != 0xffff)
		return false;
	if (!has_check(ip->proto) || ip->frag & htons(0x3fff))
		return true;
	memcpy(&check, p->b + ihl + check_offset(ip->proto), 2);
	if (ip->proto == IPPROTO_UDP && check == 0)
		return true;
	return l4_sum(ip, p->b + ihl, p->len - ihl) == 0xffff;
}

static uint32_t put_l4(uint8_t *at, const struct flow *f)
{
	struct l4_tcp *tcp = (void *)at;
	struct l4_udp *udp = (void *)at;
	struct l4_icmp *icmp = (void *)at;

	switch (f->proto) {
	case IPPROTO_TCP:
		tcp->sport = htons(f->sport);
		tcp->dport = htons(f->dport);
		tcp->seq = htonl(0x12345678);
		tcp->offset = 5 << 4;
		tcp->flags = f->tcp_flags;
		tcp->window = htons(8192);
		return sizeof(*tcp);
	case IPPROTO_UDP:
		udp->sport = htons(f->sport);
		udp->dport = htons(f->dport);
		udp->length = htons(sizeof(*udp) + f->payload);
		udp->check = f->no_udp_check ? 0 : 1;
		return sizeof(*udp);
	case IPPROTO_ICMP:
		icmp->type = f->icmp_type;
		icmp->code = f->icmp_code;
		icmp->id = htons(f->sport);
		icmp->seq = htons(7);
		return sizeof(*icmp);
	default:
		return 0;
	}
}

struct packet make(const struct flow *f)
{
	struct packet p = { .len = 20 + f->options * 4 };
	struct l4_ip4 *ip = (void *)p.b;

	ip->version_ihl = 0x45 + f->options;
	ip->id = htons(f->id);
	ip->frag = htons(f->frag);
	ip->ttl = f->ttl ? f->ttl : 64;
	ip->proto = f->proto;
	ip->src = ip4(f->src);
	ip->dst = ip4(f->dst);
	memset(p.b + 20, 1, f->options * 4);
	p.len += put_l4(p.b + p.len, f);
	for (uint32_t i = 0; i < f->payload; i++)
		p.b[p.len++] = i * 7 + 3;
	ip->length = htons(p.len);
	fix_checksums(&p);
	return p;
}

struct packet make_error(
	const char *src, const char *dst, uint8_t type, const struct packet *about, uint32_t quoted)
{
	struct packet p = { .len = 28 };
	struct l4_ip4 *ip = (void *)p.b;

	if (quoted > about->len)
		quoted = about->len;
	ip->version_ihl = 0x45;
	ip->ttl = 64;
	ip->proto = IPPROTO_ICMP;
	ip->src = ip4(src);
	ip->dst = ip4(dst);
	p.b[20] = type;
	p.b[21] = type == L4_ICMP_UNREACHABLE ? 3 : 0;
	memcpy(p.b + 28, about->b, quoted);
	p.len += quoted;
	ip->length = htons(p.len);
	fix_at(p.b, p.len);
	return p;
}

struct packet make_fragment(const struct packet *p, uint32_t offset, uint32_t n, bool more)
{
	const struct l4_ip4 *from = (const void *)p->b;
	uint32_t ihl = (from->version_ihl & 15) * 4;
	struct packet f = { .len = ihl + n };
	struct l4_ip4 *ip = (void *)f.b;

	memcpy(f.b, p->b, ihl);
	if (ihl + offset < PACKET_MAX)
		memcpy(f.b + ihl, p->b + ihl + offset,
			ihl + offset + n <= PACKET_MAX ? n : PACKET_MAX - ihl - offset);
	ip->length = htons(f.len);
	ip->frag = htons((more ? L4_FRAG_MF : 0) | offset / 8);
	ip->check = 0;
	ip->check = htons(~sum16(f.b, ihl, 0));
	return f;
}

bool same(const struct packet *a, const struct packet *b)
{
	if (a->len == b->len && memcmp(a->b, b->b, a->len) == 0)
		return true;
	for (const struct packet *p = a; p; p = p == a ? b : NULL) {
		for (uint32_t i = 0; i < p->len; i++)
			printf("%s%02x", i % 4 ? "" : " ", p->b[i]);
		printf("\n");
	}
	return false;
}
