/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `show ip traffic`, from the dataplane's counters. What this router never does (ICMP redirects,
 * proxy replies apart from others) is 0 as on an IOS router that has not done it yet.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "cli/commands/commands.h"

enum icmp_type {
	ECHO_REPLY = 0,
	UNREACHABLE = 3,
	QUENCH = 4,
	REDIRECT = 5,
	ECHO = 8,
	ADVERTISEMENT = 9,
	SOLICITATION = 10,
	TIME_EXCEEDED = 11,
	PARAMETER = 12,
	TIMESTAMP = 13,
	TIMESTAMP_REPLY = 14,
	INFO_REQUEST = 15,
	INFO_REPLY = 16,
	MASK_REQUEST = 17,
	MASK_REPLY = 18,
	OTHER = BW_ICMP_TYPES - 1,
};

/* Sums over the workers, and what the main lcore counts. */
struct traffic {
	uint64_t received, output, multicasts; /* by the nodes; by the interfaces */
	uint64_t drops[BW_DROP_MAX];
	struct bw_local_counters local;
	struct bw_main_counters main;
};

static void add_nodes(struct traffic *t, const struct bw_worker_counters *c)
{
	for (unsigned i = 0; i < BW_MAX_NODES; i++) {
		if (strncmp(c->node[i].name, "ip4_input", BW_NAME_LEN) == 0)
			t->received += c->node[i].packets;
		else if (strncmp(c->node[i].name, "ip4_output", BW_NAME_LEN) == 0)
			t->output += c->node[i].packets;
	}
}

/* `ids`: of interfaces, up to which anything was counted. */
static void add_worker(struct traffic *t, const struct bw_worker_counters *c, unsigned ids)
{
	add_nodes(t, c);
	for (unsigned i = 1; i < ids; i++)
		t->multicasts += c->itf[i].rx_multicast;
	for (unsigned i = 0; i < BW_DROP_MAX; i++)
		t->drops[i] += c->drops[i];
	t->local.delivered += c->local.delivered;
	t->local.broadcasts += c->local.broadcasts;
	t->local.fragmented += c->local.fragmented;
	t->local.fragments += c->local.fragments;
	for (unsigned i = 0; i < BW_ICMP_TYPES; i++) {
		t->local.icmp_rx[i] += c->local.icmp_rx[i];
		t->local.icmp_tx[i] += c->local.icmp_tx[i];
	}
}

/* Of the router's own making. What the workers send by themselves is ICMP. */
static uint64_t generated(const struct traffic *t)
{
	uint64_t sum = t->main.sent;

	for (unsigned i = 0; i < BW_ICMP_TYPES; i++)
		sum += t->local.icmp_tx[i];
	return sum;
}

/* The nodes' counters are copied about once a second: the difference may lag behind. */
static uint64_t forwarded(const struct traffic *t)
{
	return t->output > generated(t) ? t->output - generated(t) : 0;
}

static uint64_t icmp_sent(const struct traffic *t, enum icmp_type type)
{
	return t->local.icmp_tx[type] + t->main.icmp_tx[type];
}

static uint64_t format_errors(const struct traffic *t)
{
	return t->drops[BW_DROP_IP4_SHORT] + t->drops[BW_DROP_IP4_VERSION] +
	       t->drops[BW_DROP_IP4_IHL] + t->drops[BW_DROP_IP4_LENGTH];
}

#define N "%" PRIu64

static void print_ip(struct cli_out *out, const struct traffic *t)
{
	const uint64_t *drop = t->drops;

	cli_printf(out,
		"IP statistics:\n"
		"  Rcvd:  " N " total, " N " local destination\n"
		"         " N " format errors, " N " checksum errors, " N " bad hop count\n"
		"         " N " unknown protocol, 0 not a gateway\n"
		"         0 security failures, " N " bad options, 0 with options\n",
		t->received, t->local.delivered, format_errors(t), drop[BW_DROP_IP4_CHECKSUM],
		drop[BW_DROP_IP4_TTL], drop[BW_DROP_IP4_NO_PROTO], drop[BW_DROP_IP4_SOURCE_ROUTE]);
	cli_printf(out,
		"  Frags: 0 reassembled, " N " timeouts, 0 couldn't reassemble\n"
		"         " N " fragmented, " N " fragments, " N " couldn't fragment\n"
		"  Bcast: " N " received, " N " sent\n"
		"  Mcast: " N " received, " N " sent\n"
		"  Sent:  " N " generated, " N " forwarded\n",
		drop[BW_DROP_VFR_TIMEOUT], t->local.fragmented, t->local.fragments,
		drop[BW_DROP_IP4_DF] + drop[BW_DROP_IP4_FRAGMENT], t->local.broadcasts,
		t->main.broadcasts_tx, t->multicasts, t->main.multicasts_tx, generated(t),
		forwarded(t));
	cli_printf(out,
		"  Drop:  " N " encapsulation failed, " N " unresolved, " N " no adjacency\n"
		"         " N " no route, 0 unicast RPF, " N " forced drop\n"
		"         0 options denied\n"
		"  Drop:  " N " packets with source IP address zero or martian\n"
		"  Drop:  " N " packets with our own source IP address\n"
		"         " N " physical broadcast\n",
		drop[BW_DROP_ARP_QUEUE], drop[BW_DROP_ARP_TIMEOUT], drop[BW_DROP_ADJ_DROP],
		drop[BW_DROP_IP4_NO_ROUTE],
		drop[BW_DROP_ACL_IN] + drop[BW_DROP_ACL_OUT] + drop[BW_DROP_IP4_NULL0],
		drop[BW_DROP_IP4_SOURCE], drop[BW_DROP_IP4_LAND], drop[BW_DROP_IP4_BROADCAST]);
}

static void print_icmp(struct cli_out *out, const struct traffic *t)
{
	const uint64_t *rx = t->local.icmp_rx;

	cli_printf(out,
		"\nICMP statistics:\n"
		"  Rcvd: " N " format errors, 0 checksum errors, " N " redirects, " N
		" unreachable\n"
		"        " N " echo, " N " echo reply, " N " mask requests, " N " mask replies, " N
		" quench\n"
		"        " N " parameter, " N " timestamp, " N " timestamp replies, " N
		" info request, " N " other\n"
		"        " N " irdp solicitations, " N " irdp advertisements\n"
		"        " N " time exceeded, " N " info replies\n",
		t->drops[BW_DROP_ICMP_BAD], rx[REDIRECT], rx[UNREACHABLE], rx[ECHO], rx[ECHO_REPLY],
		rx[MASK_REQUEST], rx[MASK_REPLY], rx[QUENCH], rx[PARAMETER], rx[TIMESTAMP],
		rx[TIMESTAMP_REPLY], rx[INFO_REQUEST], rx[OTHER], rx[SOLICITATION],
		rx[ADVERTISEMENT], rx[TIME_EXCEEDED], rx[INFO_REPLY]);
	cli_printf(out,
		"  Sent: " N " redirects, " N " unreachable, " N " echo, " N " echo reply\n"
		"        " N " mask requests, " N " mask replies, " N " quench, " N " timestamp, " N
		" timestamp replies\n"
		"        " N " info reply, " N " time exceeded, " N " parameter problem\n"
		"        " N " irdp solicitations, " N " irdp advertisements\n",
		icmp_sent(t, REDIRECT), icmp_sent(t, UNREACHABLE), icmp_sent(t, ECHO),
		icmp_sent(t, ECHO_REPLY), icmp_sent(t, MASK_REQUEST), icmp_sent(t, MASK_REPLY),
		icmp_sent(t, QUENCH), icmp_sent(t, TIMESTAMP), icmp_sent(t, TIMESTAMP_REPLY),
		icmp_sent(t, INFO_REPLY), icmp_sent(t, TIME_EXCEEDED), icmp_sent(t, PARAMETER),
		icmp_sent(t, SOLICITATION), icmp_sent(t, ADVERTISEMENT));
}

static void print_arp(struct cli_out *out, const struct traffic *t)
{
	cli_printf(out,
		"\nARP statistics:\n"
		"  Rcvd: " N " requests, " N " replies, 0 reverse, " N " other\n"
		"  Sent: " N " requests, " N " replies (" N " proxy), 0 reverse\n"
		"  Drop due to input queue full: " N "\n",
		t->main.arp_rx_requests, t->main.arp_rx_replies, t->drops[BW_DROP_ARP_BAD],
		t->main.arp_tx_requests, t->main.arp_tx_replies, t->main.arp_tx_proxy,
		t->drops[BW_DROP_PUNT_FULL]);
	if (t->main.arp_evicted != 0)
		cli_printf(
			out, "  Entries removed from a full table: " N "\n", t->main.arp_evicted);
}

static void fill_icmp(struct json_object *json, const uint64_t counts[BW_ICMP_TYPES])
{
	static const char *const name[BW_ICMP_TYPES] = {
		[ECHO_REPLY] = "echo_reply",
		[UNREACHABLE] = "unreachable",
		[QUENCH] = "quench",
		[REDIRECT] = "redirects",
		[ECHO] = "echo",
		[ADVERTISEMENT] = "irdp_advertisements",
		[SOLICITATION] = "irdp_solicitations",
		[TIME_EXCEEDED] = "time_exceeded",
		[PARAMETER] = "parameter_problem",
		[TIMESTAMP] = "timestamp",
		[TIMESTAMP_REPLY] = "timestamp_replies",
		[INFO_REQUEST] = "info_request",
		[INFO_REPLY] = "info_reply",
		[MASK_REQUEST] = "mask_requests",
		[MASK_REPLY] = "mask_replies",
		[OTHER] = "other",
	};

	for (unsigned i = 0; i < BW_ICMP_TYPES; i++)
		if (name[i] != NULL)
			cmd_json_number(json, name[i], counts[i]);
}

static void fill_json(struct json_object *json, const struct traffic *t)
{
	struct json_object *ip = cmd_json_object(json, "ip"), *icmp = cmd_json_object(json, "icmp"),
			   *arp = cmd_json_object(json, "arp");
	uint64_t sent[BW_ICMP_TYPES];

	for (unsigned i = 0; i < BW_ICMP_TYPES; i++)
		sent[i] = icmp_sent(t, i);
	cmd_json_number(ip, "received", t->received);
	cmd_json_number(ip, "local", t->local.delivered);
	cmd_json_number(ip, "generated", generated(t));
	cmd_json_number(ip, "forwarded", forwarded(t));
	cmd_json_number(ip, "fragmented", t->local.fragmented);
	cmd_json_number(ip, "fragments", t->local.fragments);
	fill_icmp(cmd_json_object(icmp, "received"), t->local.icmp_rx);
	fill_icmp(cmd_json_object(icmp, "sent"), sent);
	cmd_json_number(arp, "requests_received", t->main.arp_rx_requests);
	cmd_json_number(arp, "replies_received", t->main.arp_rx_replies);
	cmd_json_number(arp, "requests_sent", t->main.arp_tx_requests);
	cmd_json_number(arp, "replies_sent", t->main.arp_tx_replies);
	cmd_json_number(arp, "proxy_replies_sent", t->main.arp_tx_proxy);
	cmd_json_number(arp, "evicted", t->main.arp_evicted);
}

/* One above the highest id of an interface: what is behind has no memory, and gets none. */
static unsigned id_end(const struct iface_table *t)
{
	unsigned id = BW_MAX_IFS;

	while (id > 1 && iface_by_id(t, id - 1) == NULL)
		id--;
	return id;
}

static int show_traffic(struct cli_ctx *ctx, const struct cli_args *)
{
	const struct bw_region *region = dp_region(&cmd_control(ctx)->core.dp);
	struct json_object *json = cli_out_json(ctx->out);
	unsigned workers = dp_workers(&cmd_control(ctx)->core.dp);
	unsigned ids = id_end(&cmd_control(ctx)->ifaces);
	struct traffic t = { 0 };

	if (region == NULL)
		return cmd_no_dataplane(ctx);
	for (unsigned w = 0; w <= workers; w++) /* the last block is the main lcore's */
		add_worker(&t, &region->counters[w], ids);
	t.main = region->counters[workers].main;
	if (json != NULL) {
		fill_json(json, &t);
		return cmd_as_last_seen(ctx);
	}
	print_ip(ctx->out, &t);
	print_icmp(ctx->out, &t);
	print_arp(ctx->out, &t);
	return cmd_as_last_seen(ctx);
}

static const struct cli_help help[] = {
	{ "traffic", "IP protocol statistics" },
	{ NULL, NULL },
};

static const struct cli_command commands[] = {
	{
		.mode = "exec",
		.syntax = "show ip traffic",
		.help = help,
		.flags = CLI_USER,
		.run = show_traffic,
	},
	{ .mode = NULL },
};

const struct cli_topic cli_show_ip_traffic_topic = { .commands = commands };
