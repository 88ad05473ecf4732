/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A control process for benchmarks: programs byway-dp through dataplane/api and
 * nothing else. It takes commands on stdin, one a line, and answers each with one
 * line of JSON on stdout; {"ok": false, "error": ...} if it failed.
 *
 *     setup IN OUT IN_NEIGHBOUR OUT_NEIGHBOUR
 *                        two routed ports by name, with the MACs of the hosts there:
 *                        IN 10.0.0.1/16 (host 10.0.0.2), OUT 10.1.0.1/16 (10.1.0.2)
 *     pppoe in|out A     a Dialer over that port, A its address; over OUT, routes of
 *                        later commands lead to its peer
 *     route A/LEN        to the host behind OUT
 *     routes N SEED FILE N random ones; FILE takes an address in each of them
 *     nat FIRST LAST     IN inside, OUT outside, 10.0.0.0/8 overloaded on that pool
 *     static LOCAL GLOBAL  one to one; the Dialer is outside, and the other port inside
 *     ports | counters   what the region says
 */
#include "routes.h"

#include "dataplane/api/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FLUSH_EVERY 512 /* commands; the doorbell is a system call */
#define WAIT_MS	    30000
#define LINE_SIZE   512

#define DIALER_MTU 1492 /* of an Ethernet of 1500 */

enum { IF_IN = 1, IF_OUT, IF_DIALER };
enum { ADJ_GLEAN_IN = BW_ADJ_FIRST, ADJ_GLEAN_OUT, ADJ_HOST, ADJ_PEER };

struct programmer {
	struct bw_client client;
	uint16_t in_port, out_port;
	uint32_t way;	      /* the adjacency that routes lead to */
	uint32_t dialer_over; /* IF_IN, IF_OUT; 0: there is no Dialer */
	uint32_t acked;
	unsigned nacks;
	struct bw_msg nack; /* the first one since the command began */
	bool ended;	    /* the dataplane went away, or does not answer */
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

/* ---- commands and their acknowledgement ---- */

static void on_event(void *arg, const struct bw_msg *m)
{
	struct programmer *p = arg;

	if (m->hdr.type == BW_EVT_ACK)
		p->acked = m->hdr.seq;
	if (m->hdr.type == BW_EVT_NACK && p->nacks++ == 0)
		p->nack = *m;
}

/* Wait for events and take them. */
static void take_events(struct programmer *p)
{
	struct pollfd fds[] = {
		{ .fd = p->client.evt_bell, .events = POLLIN },
		{ .fd = p->client.sock, .events = POLLRDHUP },
	};

	if (poll(fds, 2, WAIT_MS) <= 0 || fds[1].revents != 0) {
		p->ended = true;
		return;
	}
	bw_bell_clear(p->client.evt_bell);
	while (bw_client_events(&p->client, 1024, on_event, p) == 1024)
		;
}

/* Room for one command, waiting for it if need be; a scratch message if there is none. */
static struct bw_msg *command(struct programmer *p, uint16_t type)
{
	static struct bw_msg scratch;
	struct bw_msg *m = NULL;

	if (p->client.seq % FLUSH_EVERY == 0)
		bw_client_flush(&p->client);
	while (!p->ended && (m = bw_client_command(&p->client, type, 0)) == NULL) {
		bw_client_flush(&p->client);
		take_events(p);
	}
	return m ? m : &scratch;
}

static void wait_done(struct programmer *p)
{
	bw_client_flush(&p->client);
	while (!p->ended && p->acked != p->client.seq)
		take_events(p);
}

/* ---- answers ---- */

__attribute__((format(printf, 1, 2))) static void fail(const char *fmt, ...)
{
	va_list ap;

	printf("{\"ok\": false, \"error\": \"");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\"}\n");
}

/* Answers for what was sent since `start`: when all of it is done, or what failed. */
static void conclude(struct programmer *p, uint32_t first_seq, double start)
{
	wait_done(p);
	if (p->ended)
		fail("the dataplane does not answer");
	else if (p->nacks > 0)
		fail("%u commands refused, the first a %s: %s", p->nacks,
			bw_msg_name(p->nack.nack.cmd), bw_error_text(p->nack.nack.error));
	else
		printf("{\"ok\": true, \"commands\": %u, \"seconds\": %.6f}\n",
			p->client.seq - first_seq, now() - start);
}

/* ---- objects ---- */

static void set_interface(struct programmer *p, uint32_t id, uint16_t port, uint32_t flags)
{
	struct bw_if *i = &command(p, BW_CMD_IF_SET)->itf;

	i->if_id = id;
	i->kind = BW_IF_PORT;
	i->port = port;
	i->flags = BW_IF_F_UP | flags;
	i->mtu = 1500;
	i->ip_mtu = 1500;
	i->arp_timeout = 14400;
	snprintf(i->name, sizeof(i->name), "%s", p->client.region.ports[port].name);
}

static void set_address(struct programmer *p, uint32_t id, uint32_t addr, uint8_t plen)
{
	struct bw_if_addr *a = &command(p, BW_CMD_IF_ADDR_SET)->if_addr;

	a->if_id = id;
	a->addr = htonl(addr);
	a->plen = plen;
	a->flags = BW_ADDR_F_PRIMARY;
}

static void set_adjacency(
	struct programmer *p, uint32_t id, uint16_t type, uint32_t if_id, uint32_t nexthop)
{
	struct bw_adj *a = &command(p, BW_CMD_ADJ_SET)->adj;

	a->adj_id = id;
	a->type = type;
	a->if_id = if_id;
	a->nexthop = htonl(nexthop);
}

static void set_arp(struct programmer *p, uint32_t if_id, uint32_t addr, const uint8_t mac[6])
{
	struct bw_arp *a = &command(p, BW_CMD_ARP_SET)->arp;

	a->if_id = if_id;
	a->addr = htonl(addr);
	memcpy(a->mac, mac, 6);
	a->state = BW_ARP_STATIC;
}

static void set_route(struct programmer *p, uint32_t prefix, uint8_t plen, uint32_t adj)
{
	struct bw_route *r = &command(p, BW_CMD_ROUTE_SET)->route;

	r->prefix = htonl(prefix);
	r->plen = plen;
	r->adj_id = adj;
}

/* A routed interface as control would set it: address, connected and local route, its host. */
static void set_leg(struct programmer *p, uint32_t if_id, uint16_t port, uint32_t glean,
	uint32_t addr, const uint8_t mac[6])
{
	set_interface(p, if_id, port, 0);
	set_address(p, if_id, addr, 16);
	set_adjacency(p, glean, BW_ADJ_T_GLEAN, if_id, 0);
	set_route(p, addr & 0xffff0000, 16, glean);
	set_route(p, addr, 32, BW_ADJ_RECEIVE);
	set_arp(p, if_id, addr + 1, mac);
}

/* ---- the commands of stdin ---- */

static bool find_port(const struct programmer *p, const char *name, uint16_t *port)
{
	for (uint32_t i = 0; i < p->client.region.n_ports; i++) {
		if (strncmp(p->client.region.ports[i].name, name, BW_NAME_LEN) == 0) {
			*port = (uint16_t)i;
			return true;
		}
	}
	return false;
}

static bool read_mac(const char *w, uint8_t mac[6])
{
	int end = 0;

	return sscanf(w, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx%n", &mac[0], &mac[1], &mac[2], &mac[3],
		       &mac[4], &mac[5], &end) == 6 &&
	       w[end] == '\0';
}

static void do_setup(struct programmer *p, char *arg[])
{
	const uint32_t first = p->client.seq;
	const double start = now();
	uint8_t in_mac[6], out_mac[6];

	if (!find_port(p, arg[0], &p->in_port) || !find_port(p, arg[1], &p->out_port) ||
		!read_mac(arg[2], in_mac) || !read_mac(arg[3], out_mac)) {
		fail("setup: no such port, or not a MAC");
		return;
	}
	set_leg(p, IF_IN, p->in_port, ADJ_GLEAN_IN, 0x0a000001, in_mac);
	set_leg(p, IF_OUT, p->out_port, ADJ_GLEAN_OUT, 0x0a010001, out_mac);
	set_adjacency(p, ADJ_HOST, BW_ADJ_T_NEIGHBOUR, IF_OUT, 0x0a010002);
	p->way = ADJ_HOST;
	conclude(p, first, start);
}

static void set_dialer(struct programmer *p, uint32_t flags)
{
	struct bw_if *i = &command(p, BW_CMD_IF_SET)->itf;

	i->if_id = IF_DIALER;
	i->kind = BW_IF_DIALER;
	i->flags = BW_IF_F_UP | flags;
	i->mtu = DIALER_MTU;
	i->ip_mtu = DIALER_MTU;
	snprintf(i->name, sizeof(i->name), "Dialer1");
}

/* Without authentication, and without echoes: they would come in the middle of a measurement. */
static void set_client(struct programmer *p)
{
	struct bw_pppoe *c = &command(p, BW_CMD_PPPOE_SET)->pppoe;

	c->client_id = 1;
	c->if_id = IF_DIALER;
	c->under_if = p->dialer_over;
	c->flags = BW_PPPOE_F_ACCEPT;
	c->mtu = DIALER_MTU;
	c->unit = 1;
	c->retry_s = 2;
	c->auth_timeout_s = 10;
	c->ncp_timeout_s = 30;
	c->redial_s = 1;
	c->max_configure = 10;
	c->max_failure = 5;
	c->max_terminate = 2;
}

static void do_pppoe(struct programmer *p, char *arg[])
{
	const uint32_t first = p->client.seq;
	const double start = now();
	struct in_addr addr;

	if ((strcmp(arg[0], "in") != 0 && strcmp(arg[0], "out") != 0) ||
		inet_pton(AF_INET, arg[1], &addr) != 1) {
		fail("pppoe: neither in nor out, or not an address");
		return;
	}
	p->dialer_over = strcmp(arg[0], "in") == 0 ? IF_IN : IF_OUT;
	set_dialer(p, 0);
	set_address(p, IF_DIALER, ntohl(addr.s_addr), 32);
	set_route(p, ntohl(addr.s_addr), 32, BW_ADJ_RECEIVE);
	set_adjacency(p, ADJ_PEER, BW_ADJ_T_NEIGHBOUR, IF_DIALER, 0);
	set_client(p);
	if (p->dialer_over == IF_OUT)
		p->way = ADJ_PEER;
	conclude(p, first, start);
}

static void do_route(struct programmer *p, char *arg[])
{
	const uint32_t first = p->client.seq;
	const double start = now();
	char *slash = strchr(arg[0], '/');
	struct in_addr a;

	if (slash)
		*slash = '\0';
	if (!slash || inet_pton(AF_INET, arg[0], &a) != 1) {
		fail("route: not a prefix");
		return;
	}
	set_route(p, ntohl(a.s_addr), (uint8_t)atoi(slash + 1), p->way);
	conclude(p, first, start);
}

static bool write_addresses(const struct perf_route *routes, uint32_t n, const char *path)
{
	FILE *f = fopen(path, "we");
	bool ok = f != NULL;

	for (uint32_t i = 0; ok && i < n; i++) {
		uint32_t addr = htonl(routes_address(&routes[i], i));

		ok = fwrite(&addr, sizeof(addr), 1, f) == 1;
	}
	return f && fclose(f) == 0 && ok;
}

static void do_routes(struct programmer *p, char *arg[])
{
	const uint32_t first = p->client.seq;
	const uint32_t n = (uint32_t)strtoul(arg[0], NULL, 10);
	struct perf_route *routes = routes_make(n, strtoull(arg[1], NULL, 10));
	double start;

	if (!routes || !write_addresses(routes, n, arg[2])) {
		fail("routes: %s", strerror(errno));
		free(routes);
		return;
	}
	/* the clock is on the ring, not on the making of the table */
	start = now();
	for (uint32_t i = 0; i < n; i++)
		set_route(p, routes[i].prefix, routes[i].plen, p->way);
	conclude(p, first, start);
	free(routes);
}

static void set_acl(struct programmer *p)
{
	struct bw_acl *acl = &command(p, BW_CMD_ACL_SET)->acl;
	struct bw_ace *ace;

	acl->acl_id = 1;
	acl->entries = 1;
	snprintf(acl->name, sizeof(acl->name), "1");
	ace = &command(p, BW_CMD_ACL_ENTRY)->ace;
	ace->acl_id = 1;
	ace->flags = BW_ACE_F_PERMIT;
	ace->src = htonl(0x0a000000);
	ace->src_wild = htonl(0x00ffffff);
	ace->dst_wild = UINT32_MAX;
	command(p, BW_CMD_ACL_COMMIT)->acl.acl_id = 1;
}

static void set_nat(struct programmer *p, struct in_addr pool_first, struct in_addr pool_last)
{
	struct bw_nat_pool *pool = &command(p, BW_CMD_NAT_POOL_SET)->nat_pool;
	struct bw_nat_rule *rule;

	pool->pool_id = 1;
	pool->plen = 24;
	pool->start = pool_first.s_addr;
	pool->end = pool_last.s_addr;
	rule = &command(p, BW_CMD_NAT_RULE_SET)->nat_rule;
	rule->rule_id = 1;
	rule->kind = BW_NAT_DYNAMIC;
	rule->flags = BW_NAT_F_OVERLOAD;
	rule->acl_id = 1;
	rule->pool_id = 1;
}

/* Which legs are inside and outside. */
static void set_sides(struct programmer *p)
{
	const bool in = p->dialer_over == IF_IN, out = p->dialer_over == IF_OUT;

	set_interface(p, IF_IN, p->in_port, in ? 0 : BW_IF_F_NAT_INSIDE);
	set_interface(p, IF_OUT, p->out_port,
		in    ? BW_IF_F_NAT_INSIDE
		: out ? 0
		      : BW_IF_F_NAT_OUTSIDE);
	if (p->dialer_over)
		set_dialer(p, BW_IF_F_NAT_OUTSIDE);
}

static void do_nat(struct programmer *p, char *arg[])
{
	const uint32_t first = p->client.seq;
	const double start = now();
	struct in_addr pool_first, pool_last;

	if (inet_pton(AF_INET, arg[0], &pool_first) != 1 ||
		inet_pton(AF_INET, arg[1], &pool_last) != 1) {
		fail("nat: not an address");
		return;
	}
	set_acl(p);
	set_nat(p, pool_first, pool_last);
	set_sides(p);
	conclude(p, first, start);
}

static void do_static(struct programmer *p, char *arg[])
{
	const uint32_t first = p->client.seq;
	const double start = now();
	struct in_addr local, global;
	struct bw_nat_rule *rule;

	if (inet_pton(AF_INET, arg[0], &local) != 1 || inet_pton(AF_INET, arg[1], &global) != 1) {
		fail("static: not an address");
		return;
	}
	rule = &command(p, BW_CMD_NAT_RULE_SET)->nat_rule;
	rule->rule_id = 1;
	rule->kind = BW_NAT_STATIC;
	rule->local = local.s_addr;
	rule->global = global.s_addr;
	set_sides(p);
	conclude(p, first, start);
}

static void do_ports(struct programmer *p, char **)
{
	const struct bw_region *r = &p->client.region;

	printf("{\"ok\": true, \"ports\": [");
	for (uint32_t i = 0; i < r->n_ports; i++) {
		const struct bw_port_info *port = &r->ports[i];
		const uint8_t *m = port->mac;

		printf("%s{\"name\": \"%.*s\", \"mac\": \"%02x:%02x:%02x:%02x:%02x:%02x\", "
		       "\"link_up\": %s}",
			i ? ", " : "", BW_NAME_LEN, port->name, m[0], m[1], m[2], m[3], m[4], m[5],
			port->link_up ? "true" : "false");
	}
	printf("]}\n");
}

static void print_nodes(const struct bw_worker_counters *w)
{
	const char *comma = "";

	printf(", \"nodes\": [");
	for (int i = 0; i < BW_MAX_NODES; i++) {
		const struct bw_node_counters *n = &w->node[i];

		if (n->calls == 0)
			continue;
		printf("%s{\"name\": \"%.*s\", \"calls\": %" PRIu64 ", \"packets\": %" PRIu64
		       ", \"cycles\": %" PRIu64 "}",
			comma, BW_NAME_LEN, n->name, n->calls, n->packets, n->cycles);
		comma = ", ";
	}
	printf("]");
}

static void print_drops(const struct bw_worker_counters *w)
{
	const char *comma = "";

	printf(", \"drops\": {");
	for (int i = 0; i < BW_DROP_MAX; i++) {
		if (w->drops[i] == 0)
			continue;
		printf("%s\"%s\": %" PRIu64, comma, bw_drop_text((unsigned)i), w->drops[i]);
		comma = ", ";
	}
	printf("}");
}

static void print_worker(const struct bw_worker_counters *w)
{
	printf("{\"loops\": %" PRIu64 ", \"packets\": %" PRIu64 ", \"busy_cycles\": %" PRIu64
	       ", \"idle_cycles\": %" PRIu64 ", \"sleeps\": %" PRIu64 ", \"nat_sessions\": %" PRIu64
	       ", \"nat_peak\": %" PRIu64,
		w->loops, w->packets, w->busy_cycles, w->idle_cycles, w->sleeps, w->nat.sessions,
		w->nat.peak);
	print_nodes(w);
	print_drops(w);
	printf("}");
}

static void do_counters(struct programmer *p, char **)
{
	const struct bw_region *r = &p->client.region;

	printf("{\"ok\": true, \"tsc_hz\": %" PRIu64 ", \"workers\": [", r->header->tsc_hz);
	for (uint32_t i = 0; i < r->n_workers; i++) {
		printf("%s", i ? ", " : "");
		print_worker(&r->counters[i]);
	}
	printf("]}\n");
}

static const struct {
	const char *word;
	unsigned n_args;
	void (*run)(struct programmer *p, char *arg[]);
} commands[] = {
	{ "setup", 4, do_setup },
	{ "route", 1, do_route },
	{ "routes", 3, do_routes },
	{ "nat", 2, do_nat },
	{ "pppoe", 2, do_pppoe },
	{ "static", 2, do_static },
	{ "ports", 0, do_ports },
	{ "counters", 0, do_counters },
};

static void run_line(struct programmer *p, char *line)
{
	char *arg[6], *rest = line, *w;
	unsigned n = 0;

	while ((w = strsep(&rest, " \n")) != NULL) {
		if (*w && n < 6)
			arg[n++] = w;
	}
	if (n == 0)
		return;
	p->nacks = 0;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (!strcmp(arg[0], commands[i].word) && n == commands[i].n_args + 1) {
			commands[i].run(p, arg + 1);
			return;
		}
	}
	fail("unknown command");
}

int main(int argc, char **argv)
{
	static struct programmer p;
	char line[LINE_SIZE];
	int err;

	if (argc != 2) {
		fprintf(stderr, "usage: %s SOCKET-OF-BYWAY-DP\n", argv[0]);
		return EXIT_FAILURE;
	}
	err = bw_client_open(&p.client, argv[1]);
	if (err < 0) {
		fprintf(stderr, "%s: %s\n", argv[1], strerror(-err));
		return EXIT_FAILURE;
	}
	while (!p.ended && fgets(line, sizeof(line), stdin)) {
		run_line(&p, line);
		fflush(stdout);
	}
	bw_client_close(&p.client);
	return p.ended ? EXIT_FAILURE : EXIT_SUCCESS;
}
