/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memif ports with DPDK's own driver, and a peer of the test's making that meets them as the
 * protocol wants it, or leaves in the middle, or talks nonsense.
 */
#include <CUnit/Basic.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/socket.h"
#include "core/dp.h"
#include "core/eal.h"
#include "core/rcu.h"
#include "port/memif.h"
#include "port/memif_message.h"
#include "port/port.h"
#include "support.h"

#define BOUND_MS 20000
#define VERSION	 0x200
#define COOKIE	 0x3e31f20
#define LOG2	 8			  /* of the ring size */
#define RING	 (192 + 16 * (1 << LOG2)) /* header and descriptors */

enum { SERVER, SERVER2, CLIENT, PORTS }; /* the two servers share a socket */
enum { ACK = 1, HELLO, INIT, ADD_REGION, ADD_RING, CONNECT, CONNECTED, DISCONNECT };

static struct dp *dp;
static char dir[] = "/tmp/bw-memif-test-XXXXXX";

/* ---- what the test's peer says and hears; the ports are attended to meanwhile ---- */

static void turn(void)
{
	memif_poll(dp);
	usleep(200);
}

/* Turn until it holds; whether it does. */
#define until(condition)                                                                           \
	({                                                                                         \
		uint64_t end_ = rte_rdtsc() + BOUND_MS * (rte_get_tsc_hz() / 1000);                \
		bool holds_;                                                                       \
		while (!(holds_ = (condition)) && rte_rdtsc() < end_)                              \
			turn();                                                                    \
		holds_;                                                                            \
	})

static void say(int fd, uint16_t type, const void *body, size_t size, int passed)
{
	struct memif_letter l = { .msg.type = type, .fd = passed >= 0 ? dup(passed) : -1 };

	memcpy(l.msg.body, body, size);
	t_require(memif_send(fd, &l) == 0);
}

/* The type of the next message, or -1: the other end has closed. */
static int hear(int fd)
{
	struct memif_letter l = { .fd = -1 };
	int rc = 0;

	until((rc = memif_receive(fd, &l)) != 0);
	t_require(rc != 0);
	if (rc < 0)
		return -1;
	memif_drop(&l);
	return l.msg.type;
}

static void say_init(int fd, uint32_t id)
{
	struct {
		uint16_t version;
		uint32_t id;
		uint8_t mode;
	} __attribute__((packed)) init = { VERSION, id, 0 };

	say(fd, INIT, &init, sizeof(init), -1);
}

/* A client's region with two rings, to the server. */
static void say_region(int fd)
{
	struct {
		uint16_t index;
		uint64_t size;
	} __attribute__((packed)) region = { 0, 2 * RING };
	const uint32_t cookie = COOKIE;
	int mem = memfd_create("peer", MFD_CLOEXEC);

	t_require(mem >= 0 && ftruncate(mem, region.size) == 0);
	for (unsigned i = 0; i < 2; i++)
		t_require(pwrite(mem, &cookie, sizeof(cookie), i * RING) == sizeof(cookie));
	say(fd, ADD_REGION, &region, sizeof(region), mem);
	close(mem);
}

static void say_ring(int fd, uint16_t to_server)
{
	struct {
		uint16_t flags, index, region;
		uint32_t offset;
		uint8_t log2;
		uint16_t private_header;
	} __attribute__((packed)) ring = { to_server, 0, 0, to_server ? 0 : RING, LOG2, 0 };
	int bell = eventfd(0, EFD_CLOEXEC);

	say(fd, ADD_RING, &ring, sizeof(ring), bell);
	close(bell);
}

static int peer(void)
{
	int fd = bw_socket_connect(dp->platform.port[SERVER].device, 1000);

	t_require(fd >= 0);
	CU_ASSERT_EQUAL(hear(fd), HELLO);
	return fd;
}

/* A client that meets one of the servers. */
static int met_peer(uint32_t id)
{
	int fd = peer();

	say_init(fd, id);
	CU_ASSERT_EQUAL(hear(fd), ACK);
	say_region(fd);
	CU_ASSERT_EQUAL(hear(fd), ACK);
	say_ring(fd, 1);
	CU_ASSERT_EQUAL(hear(fd), ACK);
	say_ring(fd, 0);
	CU_ASSERT_EQUAL(hear(fd), ACK);
	say(fd, CONNECT, "peer", 5, -1);
	CU_ASSERT_EQUAL(hear(fd), CONNECTED);
	return fd;
}

static bool runs(unsigned port)
{
	return atomic_load(&dp->port[port].running);
}

static bool link_is_up(unsigned port)
{
	struct rte_eth_link link = { 0 };

	return rte_eth_link_get_nowait(dp->port[port].ethdev, &link) == 0 &&
	       link.link_status == RTE_ETH_LINK_UP;
}

static unsigned open_fds(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* ---- servers ---- */

static void peer_joins_and_leaves(void)
{
	unsigned fds = open_fds();

	for (unsigned i = 0; i < 3; i++) {
		int fd = met_peer(5);

		CU_ASSERT_TRUE(runs(SERVER) && link_is_up(SERVER));
		CU_ASSERT_TRUE(dp->port[SERVER].link_up); /* without a look ten times a second */
		CU_ASSERT_TRUE(!runs(SERVER2) && !link_is_up(SERVER2));
		close(fd);
		CU_ASSERT_TRUE(until(!runs(SERVER)));
		/* by then the driver has put everything away */
		CU_ASSERT_FALSE(link_is_up(SERVER));
		CU_ASSERT_TRUE(until(!dp->port[SERVER].link_up));
		/* EAL's thread then makes an epoll set anew, and for a moment has none */
		CU_ASSERT_TRUE(until(open_fds() == fds));
	}
}

static void peer_says_goodbye(void)
{
	int fd = met_peer(5);

	say(fd, DISCONNECT, "\0\0\0\0bye", 8, -1);
	CU_ASSERT_EQUAL(hear(fd), -1);
	CU_ASSERT_FALSE(runs(SERVER));
	close(fd);
}

static void ids_tell_ports_apart(void)
{
	int one = met_peer(5), two = met_peer(6);

	CU_ASSERT_TRUE(runs(SERVER) && runs(SERVER2));
	close(one);
	CU_ASSERT_TRUE(until(!runs(SERVER)));
	CU_ASSERT_TRUE(runs(SERVER2) && link_is_up(SERVER2));
	close(two);
	CU_ASSERT_TRUE(until(!runs(SERVER2)));
}

static void second_peer_is_refused(void)
{
	int one = met_peer(5), two = peer();

	say_init(two, 5);
	CU_ASSERT_EQUAL(hear(two), DISCONNECT);
	CU_ASSERT_EQUAL(hear(two), -1);
	CU_ASSERT_TRUE(runs(SERVER) && link_is_up(SERVER));
	close(two);
	close(one);
	CU_ASSERT_TRUE(until(!runs(SERVER)));
}

static void unknown_id_is_refused(void)
{
	int fd = peer();

	say_init(fd, 99);
	CU_ASSERT_EQUAL(hear(fd), DISCONNECT);
	CU_ASSERT_EQUAL(hear(fd), -1);
	close(fd);
}

/* Whatever it is, it ends that peer only, and the next one is as welcome as ever. */
static void nonsense_ends_it(void)
{
	static const uint8_t junk[256];
	unsigned fds = open_fds();
	int fd = peer();

	t_require(send(fd, junk, 17, 0) == 17);
	CU_ASSERT_EQUAL(hear(fd), -1);
	close(fd);
	fd = peer();
	t_require(send(fd, junk, sizeof(junk), 0) == sizeof(junk));
	CU_ASSERT_EQUAL(hear(fd), -1);
	close(fd);
	fd = peer();
	say(fd, CONNECTED, "", 1, -1); /* that is the server's to say */
	CU_ASSERT_EQUAL(hear(fd), -1);
	close(fd);
	fd = met_peer(5);
	say_region(fd); /* once they have met there is nothing to say */
	CU_ASSERT_EQUAL(hear(fd), -1);
	CU_ASSERT_FALSE(runs(SERVER));
	close(fd);
	fd = met_peer(5);
	CU_ASSERT_TRUE(runs(SERVER));
	close(fd);
	CU_ASSERT_TRUE(until(!runs(SERVER)));
	CU_ASSERT_EQUAL(open_fds(), fds);
}

static void peer_leaves_in_the_middle(void)
{
	unsigned fds = open_fds();

	for (unsigned step = 0; step < 4; step++) {
		int fd = peer();

		if (step > 0)
			say_init(fd, 5);
		if (step > 1)
			say_region(fd);
		if (step > 2)
			say_ring(fd, 1);
		close(fd);
	}
	/* the driver forgets to close the descriptors of the regions that it has not mapped */
	CU_ASSERT_TRUE(until(open_fds() <= fds + 2));
	CU_ASSERT_FALSE(runs(SERVER));
	close(met_peer(5));
	CU_ASSERT_TRUE(until(!runs(SERVER)));
}

static void many_that_say_nothing(void)
{
	int fd[BW_MAX_PORTS * 2], again;

	for (unsigned i = 0; i < RTE_DIM(fd); i++) {
		fd[i] = bw_socket_connect(dp->platform.port[SERVER].device, 1000);
		t_require(fd[i] >= 0);
		turn();
	}
	again = met_peer(5); /* while they are there */
	CU_ASSERT_TRUE(runs(SERVER));
	for (unsigned i = 0; i < RTE_DIM(fd); i++) {
		int heard;

		while ((heard = hear(fd[i])) == HELLO)
			;
		CU_ASSERT_EQUAL(heard, -1); /* hung up on, sooner or later */
		close(fd[i]);
	}
	CU_ASSERT_TRUE(runs(SERVER));
	close(again);
	CU_ASSERT_TRUE(until(!runs(SERVER)));
}

/* ---- a client ---- */

static int accepted(int listener)
{
	int fd = -1;

	until((fd = accept(listener, NULL, NULL)) >= 0);
	t_require(fd >= 0);
	return fd;
}

static void say_hello(int fd)
{
	struct {
		uint8_t name[32];
		uint16_t min, max, max_region, max_s2c, max_c2s;
		uint8_t max_log2;
	} __attribute__((packed)) hello = { "test", VERSION, VERSION, 255, 255, 255, 14 };

	say(fd, HELLO, &hello, sizeof(hello), -1);
}

static int met_server(int listener)
{
	static const int expected[] = { INIT, ADD_REGION, ADD_RING, ADD_RING, CONNECT };
	int fd = accepted(listener);

	say_hello(fd);
	for (unsigned i = 0; i < RTE_DIM(expected); i++) {
		CU_ASSERT_EQUAL(hear(fd), expected[i]);
		if (expected[i] != CONNECT)
			say(fd, ACK, "", 0, -1);
	}
	say(fd, CONNECTED, "test", 5, -1);
	return fd;
}

static void client_comes_back(void)
{
	const char *path = dp->platform.port[CLIENT].device;

	for (unsigned i = 0; i < 3; i++) {
		int listener = bw_socket_listen(path), fd = met_server(listener);

		CU_ASSERT_TRUE(until(runs(CLIENT)));
		CU_ASSERT_TRUE(link_is_up(CLIENT));
		close(listener);
		unlink(path);
		close(fd);
		CU_ASSERT_TRUE(until(!runs(CLIENT)));
		CU_ASSERT_FALSE(link_is_up(CLIENT));
	}
}

static void server_refuses_at_first(void)
{
	const char *path = dp->platform.port[CLIENT].device;
	int listener = bw_socket_listen(path), fd = accepted(listener);

	say_hello(fd);
	CU_ASSERT_EQUAL(hear(fd), INIT);
	say(fd, DISCONNECT, "\0\0\0\0no", 7, -1);
	CU_ASSERT_EQUAL(hear(fd), -1);
	close(fd);
	close(accepted(listener)); /* not a word */
	fd = met_server(listener);
	CU_ASSERT_TRUE(until(runs(CLIENT)));
	say(fd, DISCONNECT, "\0\0\0\0bye", 8, -1);
	CU_ASSERT_EQUAL(hear(fd), -1);
	CU_ASSERT_FALSE(runs(CLIENT));
	close(fd);
	close(listener);
	unlink(path);
}

/* The last test: whoever is there, he is told, and nothing is left at the paths. */
static void all_is_closed(void)
{
	const char *theirs = dp->platform.port[CLIENT].device;
	int listener = bw_socket_listen(theirs), server = met_server(listener),
	    client = met_peer(5);
	char path[sizeof(dp->platform.port[0].device)];

	CU_ASSERT_TRUE(until(runs(CLIENT)));
	memif_close_all(dp);
	CU_ASSERT_TRUE(hear(client) == -1 && hear(server) == -1);
	CU_ASSERT_FALSE(runs(SERVER) || runs(CLIENT));
	CU_ASSERT_EQUAL(access(dp->platform.port[SERVER].device, F_OK), -1);
	memif_driver_path(dp, CLIENT, path, sizeof(path));
	CU_ASSERT_EQUAL(access(path, F_OK), -1);
	CU_ASSERT_EQUAL(memif_fd(dp), -1);
	close(client);
	close(server);
	close(listener);
	unlink(theirs);
}

/* ---- start and end ---- */

static void say_platform(struct bw_platform *p)
{
	p->single_core = true;
	p->main_core = -1;
	p->memory = 128;
	p->n_ports = PORTS;
	for (unsigned i = 0; i < PORTS; i++) {
		p->port[i].kind = BW_PORT_MEMIF;
		p->port[i].memif_server = i != CLIENT;
		p->port[i].memif_id = 5 + i;
		snprintf(p->port[i].name, sizeof(p->port[i].name), "GigabitEthernet%u", i);
		snprintf(p->port[i].device, sizeof(p->port[i].device), "%s/%s", dir,
			i == CLIENT ? "theirs" : "ours");
	}
}

static void open_port(unsigned i)
{
	const struct rte_eth_conf conf = { 0 };
	char args[512], name[32], socket[108], err[256] = "";

	t_require(memif_open(dp, i, err, sizeof(err)) == 0);
	memif_driver_path(dp, i, socket, sizeof(socket));
	t_require(port_devargs(&dp->platform, i, 1, socket, args, sizeof(args)) == 0);
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(args, ","), args);
	t_require(rte_dev_probe(args) == 0 &&
		  rte_eth_dev_get_port_by_name(name, &dp->port[i].ethdev) == 0);
	t_require(rte_eth_dev_configure(dp->port[i].ethdev, 1, 1, &conf) == 0 &&
		  rte_eth_rx_queue_setup(
			  dp->port[i].ethdev, 0, 256, SOCKET_ID_ANY, NULL, dp->pool) == 0 &&
		  rte_eth_tx_queue_setup(dp->port[i].ethdev, 0, 256, SOCKET_ID_ANY, NULL) == 0 &&
		  rte_eth_dev_start(dp->port[i].ethdev) == 0);
	t_require(memif_started(dp, i) == 0);
}

static void start(void)
{
	char err[256] = "";

	dp = aligned_alloc(64, (sizeof(*dp) + 63) & ~(size_t)63);
	t_require(dp && mkdtemp(dir));
	memset(dp, 0, sizeof(*dp));
	snprintf(dp->instance, sizeof(dp->instance), "memif");
	snprintf(dp->run_dir, sizeof(dp->run_dir), "%s", dir);
	say_platform(&dp->platform);
	t_require(eal_start(dp, err, sizeof(err)) == 0);
	dp->tsc_hz = rte_get_tsc_hz();
	dp->start_tsc = rte_rdtsc();
	dp->rcu = rcu_create(1);
	dp->pool = rte_pktmbuf_pool_create(
		"mbufs", 1023, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	dp->n_ports = PORTS;
	dp->port = calloc(PORTS, sizeof(*dp->port));
	dp->region.ports = calloc(PORTS, sizeof(*dp->region.ports));
	t_require(dp->rcu && dp->pool && dp->port && dp->region.ports);
	for (unsigned i = 0; i < PORTS; i++)
		open_port(i);
}

static void stop(void)
{
	for (unsigned i = 0; i < PORTS; i++)
		t_require(rte_eth_dev_stop(dp->port[i].ethdev) == 0 &&
			  rte_eth_dev_close(dp->port[i].ethdev) == 0);
	free(dp->port);
	free(dp->region.ports);
	rcu_destroy(dp->rcu);
	rte_mempool_free(dp->pool);
	free(dp);
	eal_stop();
	t_require(rmdir(dir) == 0);
}

int main(void)
{
	CU_pSuite s;
	int rc;

	start();
	CU_initialize_registry();
	s = CU_add_suite("server", NULL, NULL);
	CU_add_test(s, "a peer joins and leaves", peer_joins_and_leaves);
	CU_add_test(s, "a peer says good-bye", peer_says_goodbye);
	CU_add_test(s, "ids tell ports apart", ids_tell_ports_apart);
	CU_add_test(s, "a second peer is refused", second_peer_is_refused);
	CU_add_test(s, "an unknown id is refused", unknown_id_is_refused);
	CU_add_test(s, "nonsense ends it", nonsense_ends_it);
	CU_add_test(s, "a peer leaves in the middle", peer_leaves_in_the_middle);
	CU_add_test(s, "many that say nothing", many_that_say_nothing);
	s = CU_add_suite("client", NULL, NULL);
	CU_add_test(s, "it comes back when its server does", client_comes_back);
	CU_add_test(s, "a server that refuses at first", server_refuses_at_first);
	s = CU_add_suite("end", NULL, NULL);
	CU_add_test(s, "all is closed", all_is_closed);
	rc = t_run();
	stop();
	return rc;
}
