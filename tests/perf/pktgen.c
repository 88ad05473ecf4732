/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A packet generator on one core: sends on one port, receives on another. It
 * prints JSON, one object a line: {"event": ...} while it goes on, and in the
 * last line {"results": [...]} with one result for each size.
 *
 * Exit status: 0 with results (also when it was stopped by a signal), 1 without.
 */
#include "options.h"
#include "report.h"
#include "trial.h"

#include <errno.h>
#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_devargs.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <stdlib.h>
#include <string.h>

#define RX_MBUFS	   16384
#define POOL_CACHE	   256
#define SEARCH_STEPS	   40
#define START_EVERY	   1.0 /* seconds between attempts to start a port */
#define SETTLE		   0.3 /* seconds that the other side takes from its first port to its last */
#define CHECK_WARMUP	   0.05
#define CHECK_SECONDS	   0.2
#define ASK_EVERY	   0.1 /* seconds between ARP requests */
#define PPPOE_EVERY	   1.0 /* seconds between looks at what was not acknowledged */
#define ANNOUNCEMENTS	   3
#define SEARCH_FIRST_GUESS 0.9 /* of the flood's rate, which often holds or nearly does */

struct pktgen {
	struct options opt;
	struct generator gen;
	struct rte_mempool *rx_pool;
	struct trial_result result, best; /* large, for their histograms */
	FILE *out;			  /* the last line, in the making */
	char *line;
	size_t line_size;
	unsigned n_results;
};

/* A port on its way up. Times in seconds, 0 = not yet. */
struct port {
	uint16_t id;
	bool client, zero_copy;
	bool started;
	double start_at, up_since;
};

static volatile sig_atomic_t stop;

static void on_signal(int)
{
	stop = 1;
}

static void event(const char *name)
{
	printf("{\"event\": \"%s\"}\n", name);
	fflush(stdout);
}

/* Says when the counters of the other side are worth reading. */
static void on_mark(bool begins)
{
	event(begins ? "measuring" : "measured");
}

static double now(void)
{
	return (double)rte_rdtsc() / (double)rte_get_tsc_hz();
}

/* ---- modes ---- */

static void add_result(struct pktgen *p, unsigned size, const struct trial_spec *spec,
	const struct trial_result *r)
{
	report_trial(p->out, spec, size, r);
	fprintf(p->out, "}");
}

static void open_result(struct pktgen *p)
{
	fprintf(p->out, "%s{", p->n_results++ ? ", " : "");
}

static void run_once(struct pktgen *p, unsigned size)
{
	trial_run(&p->gen, &p->opt.trial, &p->result);
	open_result(p);
	add_result(p, size, &p->opt.trial, &p->result);
}

/* True if the rate comes through within the bound, in one of the tries. */
static bool rate_holds(struct pktgen *p, const struct trial_spec *spec)
{
	for (unsigned i = 0; i < p->opt.tries && !stop; i++) {
		trial_run(&p->gen, spec, &p->result);
		if (!p->result.interrupted && trial_loss(&p->result) <= p->opt.loss)
			return true;
	}
	return false;
}

/* The rate at which the port takes frames when it is offered all it can take. */
static double flood_rate(struct pktgen *p)
{
	struct trial_spec spec = p->opt.trial;

	spec.rate = 0;
	spec.verify = spec.stamp = false;
	trial_run(&p->gen, &spec, &p->result);
	return p->result.seconds > 0 ? (double)p->result.window_sent / p->result.seconds : 0;
}

/* Binary search between nothing and what a flood brings through. */
static void run_search(struct pktgen *p, unsigned size)
{
	struct trial_spec spec = p->opt.trial;
	const double flood = flood_rate(p);
	double low = 0, high = flood;
	unsigned steps = 0;

	if (p->opt.max_rate > 0 && high > p->opt.max_rate)
		high = p->opt.max_rate;
	memset(&p->best, 0, sizeof(p->best));
	while (!stop && high > 0 && (high - low) / high > p->opt.precision &&
		steps < SEARCH_STEPS) {
		spec.rate = steps == 0 ? high * SEARCH_FIRST_GUESS : (low + high) / 2;
		if (rate_holds(p, &spec)) {
			low = spec.rate;
			p->best = p->result;
		} else {
			high = spec.rate;
		}
		steps++;
	}
	open_result(p);
	fprintf(p->out, "\"rate\": %.0f, \"flood_pps\": %.0f, \"bound\": %.8f, \"steps\": %u, ",
		low, flood, p->opt.loss, steps);
	add_result(p, size, &spec, &p->best);
}

/* What comes out is right, as far as can be seen at a rate that nothing is lost at. */
static void run_check(struct pktgen *p)
{
	struct trial_spec spec = {
		.rate = p->opt.check_rate,
		.warmup = CHECK_WARMUP,
		.duration = CHECK_SECONDS,
		.stamp = !p->opt.frames.pcap_file,
		.verify = true,
		.expect_src = p->opt.trial.expect_src,
		.expect_dst = p->opt.trial.expect_dst,
	};

	frames_set_size(&p->gen.frames, p->opt.size[0]);
	p->gen.mark = NULL;
	trial_run(&p->gen, &spec, &p->result);
	p->gen.mark = on_mark;
	fprintf(p->out, "\"check\": {");
	report_trial(p->out, &spec, p->opt.size[0], &p->result);
	fprintf(p->out, "}, ");
}

static int run_sizes(struct pktgen *p)
{
	const struct options *o = &p->opt;

	p->out = open_memstream(&p->line, &p->line_size);
	if (!p->out)
		return -ENOMEM;
	if (o->check_rate > 0)
		run_check(p);
	fprintf(p->out, "\"results\": [");
	for (unsigned i = 0; i < o->n_sizes && !stop; i++) {
		if (frames_set_size(&p->gen.frames, o->size[i]) < 0) {
			fprintf(stderr, "size %u does not fit\n", o->size[i]);
			continue;
		}
		if (o->mode == MODE_SEARCH)
			run_search(p, o->size[i]);
		else
			run_once(p, o->size[i]);
	}
	fclose(p->out);
	printf("{%s], \"tsc_hz\": %llu, \"arp_answered\": %llu}\n", p->line,
		(unsigned long long)rte_get_tsc_hz(),
		(unsigned long long)(p->gen.rx.answered + p->gen.tx.answered));
	fflush(stdout);
	free(p->line);
	return p->n_results ? 0 : -EINVAL;
}

/* ---- ports ---- */

static int configure_port(const struct pktgen *p, uint16_t port)
{
	const struct rte_eth_conf conf = { 0 };
	int err;

	if (!rte_eth_dev_is_valid_port(port)) {
		fprintf(stderr, "there is no port %u\n", port);
		return -ENODEV;
	}
	err = rte_eth_dev_configure(port, 1, 1, &conf);
	if (err == 0)
		err = rte_eth_rx_queue_setup(
			port, 0, (uint16_t)p->opt.ring, SOCKET_ID_ANY, NULL, p->rx_pool);
	if (err == 0)
		err = rte_eth_tx_queue_setup(port, 0, (uint16_t)p->opt.ring, SOCKET_ID_ANY, NULL);
	if (err < 0)
		fprintf(stderr, "port %u: %s\n", port, rte_strerror(-err));
	return err;
}

static void stop_port(uint16_t port)
{
	if (!rte_eth_dev_is_valid_port(port))
		return;
	rte_eth_dev_stop(port);
	rte_eth_dev_close(port);
}

static bool link_up(uint16_t port)
{
	struct rte_eth_link link;

	return rte_eth_link_get_nowait(port, &link) == 0 && link.link_status;
}

/* What the port is to memif, as its devargs say. */
static struct port look_at_port(uint16_t id)
{
	struct port port = { .id = id };
	const struct rte_devargs *devargs;
	struct rte_eth_dev_info info;

	if (rte_eth_dev_info_get(id, &info) < 0)
		return port;
	devargs = rte_dev_devargs(info.device);
	port.client = devargs && strstr(devargs->args, "role=client");
	port.zero_copy = devargs && strstr(devargs->args, "zero-copy=yes");
	return port;
}

/*
 * Start a port that has no link. A memif client gives up when it finds no server,
 * or one that is not ready, so it is started again and again; but not with zero
 * copy, where DPDK 22.11's driver closes memory that it does not own when it fails.
 */
static void start_port(struct port *port)
{
	if (link_up(port->id) || (port->started && (!port->client || port->zero_copy)))
		return;
	rte_eth_dev_stop(port->id);
	port->started = rte_eth_dev_start(port->id) == 0 || port->zero_copy;
}

/* A zero-copy client has one chance: its server is there when the other port is up. */
static bool may_start(const struct port *port, const struct port *other)
{
	return !port->zero_copy || !port->client || other->client ||
	       (other->up_since > 0 && now() > other->up_since + SETTLE);
}

/* Start both ports and wait for their links. */
static int wait_links(const struct pktgen *p)
{
	struct port port[] = { look_at_port(p->opt.tx_port), look_at_port(p->opt.rx_port) };
	const double end = now() + p->opt.wait;

	while (!link_up(port[0].id) || !link_up(port[1].id)) {
		if (stop)
			return -EINTR;
		if (now() > end) {
			fprintf(stderr, "no link on port %u\n",
				link_up(port[0].id) ? port[1].id : port[0].id);
			return -ETIMEDOUT;
		}
		for (int i = 0; i < 2; i++) {
			if (port[i].up_since == 0 && link_up(port[i].id))
				port[i].up_since = now();
			if (now() < port[i].start_at || !may_start(&port[i], &port[!i]))
				continue;
			if (i == 0 || port[0].id != port[1].id)
				start_port(&port[i]);
			port[i].start_at = now() + START_EVERY;
		}
		rte_delay_us_sleep(1000);
	}
	return 0;
}

/* ---- neighbours ---- */

static void make_neighbour(struct pktgen *p, struct neighbour *n, uint16_t port, uint32_t ip)
{
	*n = (struct neighbour) {
		.port = port,
		.vlan = p->opt.frames.vlan,
		.ip = ip,
		.pool = p->rx_pool,
	};
	rte_eth_macaddr_get(port, &n->mac);
}

static int resolve_gateway(struct pktgen *p)
{
	struct neighbour *n = &p->gen.tx;
	const double end = now() + p->opt.wait;
	double ask_at = 0;

	while (!n->resolved) {
		if (stop)
			return -EINTR;
		if (now() > end) {
			fprintf(stderr, "the gateway does not answer ARP\n");
			return -ETIMEDOUT;
		}
		if (now() >= ask_at) {
			neighbour_ask(n);
			ask_at = now() + ASK_EVERY;
		}
		trial_poll_idle(&p->gen);
		rte_delay_us_sleep(100);
	}
	frames_set_dst_mac(&p->gen.frames, &n->gateway_mac);
	return 0;
}

/* ---- PPPoE ---- */

static void send_pppoe(void *arg, const uint8_t *frame, size_t len)
{
	const struct neighbour *n = arg;
	struct rte_mbuf *m = rte_pktmbuf_alloc(n->pool);

	if (!m)
		return;
	memcpy(rte_pktmbuf_append(m, (uint16_t)len), frame, len);
	if (rte_eth_tx_burst(n->port, 0, &m, 1) == 0)
		rte_pktmbuf_free(m);
}

static void make_pppoe_server(struct pktgen *p)
{
	struct neighbour *n = p->opt.frames.pppoe == PPPOE_SENT ? &p->gen.tx : &p->gen.rx;

	p->gen.pppoe_at = n;
	p->gen.pppoe = (struct pppoe_server) {
		.ip = n->ip,
		.client_ip = p->opt.client_ip,
		.send = send_pppoe,
		.arg = n,
	};
	memcpy(p->gen.pppoe.mac, &n->mac, sizeof(p->gen.pppoe.mac));
}

/* Until the router has opened a session. */
static int serve_pppoe(struct pktgen *p)
{
	const double end = now() + p->opt.wait;
	double poll_at = now() + PPPOE_EVERY;

	while (!pppoe_server_up(&p->gen.pppoe)) {
		if (stop)
			return -EINTR;
		if (now() > end) {
			fprintf(stderr, "no PPPoE session: %llu frames of a client came\n",
				(unsigned long long)p->gen.pppoe.frames);
			return -ETIMEDOUT;
		}
		if (now() >= poll_at) {
			pppoe_server_poll(&p->gen.pppoe);
			poll_at = now() + PPPOE_EVERY;
		}
		trial_poll_idle(&p->gen);
		rte_delay_us_sleep(100);
	}
	if (p->opt.frames.pppoe == PPPOE_SENT)
		frames_set_dst_mac(
			&p->gen.frames, (const struct rte_ether_addr *)p->gen.pppoe.client_mac);
	return 0;
}

static int meet_neighbours(struct pktgen *p)
{
	int err = p->gen.pppoe_at ? serve_pppoe(p) : 0;

	if (err < 0)
		return err;
	for (int i = 0; i < ANNOUNCEMENTS; i++) {
		neighbour_announce(&p->gen.tx);
		neighbour_announce(&p->gen.rx);
	}
	return p->opt.gateway ? resolve_gateway(p) : 0;
}

/* ---- the program ---- */

static int prepare(struct pktgen *p)
{
	struct frame_spec *spec = &p->opt.frames;
	int err;

	p->rx_pool = rte_pktmbuf_pool_create(
		"rx", RX_MBUFS, POOL_CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (!p->rx_pool) {
		fprintf(stderr, "no memory for buffers: %s\n", rte_strerror(rte_errno));
		return -ENOMEM;
	}
	err = configure_port(p, p->opt.tx_port);
	if (err == 0 && p->opt.rx_port != p->opt.tx_port)
		err = configure_port(p, p->opt.rx_port);
	if (err < 0)
		return err;
	make_neighbour(p, &p->gen.tx, p->opt.tx_port, p->opt.tx_ip);
	make_neighbour(p, &p->gen.rx, p->opt.rx_port, p->opt.rx_ip);
	p->gen.tx.gateway = p->opt.gateway;
	if (rte_is_zero_ether_addr(&spec->src_mac))
		spec->src_mac = p->gen.tx.mac;
	else
		p->gen.tx.mac = spec->src_mac;
	if (spec->pppoe != PPPOE_NONE) {
		make_pppoe_server(p);
		spec->session = PPPOE_SERVER_SESSION;
	}
	p->gen.burst = p->opt.burst;
	p->gen.stop = &stop;
	p->gen.mark = on_mark;
	return frames_init(&p->gen.frames, spec, p->opt.n_mbufs);
}

static int run(struct pktgen *p)
{
	int err = prepare(p);

	if (err == 0)
		err = wait_links(p);
	if (err == 0)
		err = meet_neighbours(p);
	if (err == 0) {
		event("ready");
		err = run_sizes(p);
		while (p->opt.hold && !stop)
			rte_delay_us_sleep(1000);
	}
	stop_port(p->opt.tx_port);
	if (p->opt.rx_port != p->opt.tx_port)
		stop_port(p->opt.rx_port);
	frames_free(&p->gen.frames);
	return err;
}

static void catch_signals(void)
{
	const struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
}

int main(int argc, char **argv)
{
	static struct pktgen p;
	int used, err;

	if (argc == 2 && !strcmp(argv[1], "--help")) {
		options_usage(argv[0]);
		return EXIT_SUCCESS;
	}
	used = rte_eal_init(argc, argv);
	if (used < 0) {
		fprintf(stderr, "EAL: %s\n", rte_strerror(rte_errno));
		return EXIT_FAILURE;
	}
	catch_signals();
	err = options_parse(&p.opt, argc - used, argv + used);
	if (err == 0)
		err = run(&p);
	rte_eal_cleanup();
	return err < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
