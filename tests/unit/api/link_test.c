/* SPDX-License-Identifier: BSD-3-Clause */
#include "suite.h"

#include "fake_dp.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WAIT_MS 10000 /* the bound of every wait; none of them is expected to come near it */

static char dir[] = "/tmp/bw-link-test-XXXXXX";
static char path[sizeof(dir) + 8];

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static bool wait_fd(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	return poll(&p, 1, WAIT_MS) == 1;
}

static int count_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* ---- what a test has seen of a dataplane ---- */

struct seen {
	uint32_t acked;
	unsigned nacks;
	struct bw_msg nack; /* the last one */
	uint32_t dumped;
	bool dump_ended;
};

static void on_event(void *arg, const struct bw_msg *m)
{
	struct seen *s = arg;

	if (m->hdr.type == BW_EVT_ACK) {
		s->acked = m->hdr.seq;
	} else if (m->hdr.type == BW_EVT_NACK) {
		s->nacks++;
		s->nack = *m;
	} else if (m->hdr.type == BW_EVT_OBJECT) {
		s->dumped = m->route.adj_id;
	} else if (m->hdr.type == BW_EVT_DUMP_END) {
		s->dump_ended = true;
	}
}

/* Take events until all commands so far are acknowledged. */
static bool wait_acked(struct bw_client *c, struct seen *s)
{
	bw_client_flush(c);
	while (s->acked != c->seq) {
		bw_client_events(c, 1024, on_event, s);
		if (s->acked == c->seq)
			break;
		if (!wait_fd(c->evt_bell, POLLIN))
			return false;
		bw_bell_clear(c->evt_bell);
	}
	return true;
}

static bool command(struct bw_client *c, uint16_t type)
{
	return bw_client_command(c, type, 0) != NULL;
}

/* ---- two processes ---- */

static void test_two_processes_meet(void)
{
	pid_t pid = fake_dp_start(path);
	struct bw_client c;
	struct seen s = { 0 };
	struct bw_msg *m;

	CU_ASSERT_FATAL(pid > 0);
	CU_ASSERT_EQUAL_FATAL(bw_client_open(&c, path), 0);
	CU_ASSERT_EQUAL(c.region.header->dp_pid, (uint32_t)pid);
	CU_ASSERT_EQUAL(c.region.n_ports, FAKE_DP_PORTS);
	CU_ASSERT_STRING_EQUAL(c.region.ports[0].name, "GigabitEthernet8");
	CU_ASSERT(command(&c, BW_CMD_ROUTE_SET));
	CU_ASSERT(wait_acked(&c, &s));
	CU_ASSERT_EQUAL(s.acked, 1);
	CU_ASSERT_EQUAL(s.nacks, 0);

	m = bw_client_command(&c, BW_CMD_ROUTE_SET, 0xfeedbeefcafe);
	m->route.plen = 33;
	CU_ASSERT(wait_acked(&c, &s));
	CU_ASSERT_EQUAL(s.nacks, 1);
	CU_ASSERT_EQUAL(s.nack.hdr.seq, 2);
	CU_ASSERT_EQUAL(s.nack.hdr.cookie, 0xfeedbeefcafe);
	CU_ASSERT_EQUAL(s.nack.nack.error, BW_E_BAD_VALUE);
	CU_ASSERT_EQUAL(s.nack.nack.cmd, BW_CMD_ROUTE_SET);

	CU_ASSERT(command(&c, 77));
	CU_ASSERT(wait_acked(&c, &s));
	CU_ASSERT_EQUAL(s.nack.nack.error, BW_E_UNKNOWN_TYPE);
	bw_client_close(&c);
	fake_dp_stop(pid, SIGKILL);
}

static void test_nothing_leaks(void)
{
	pid_t pid = fake_dp_start(path);
	int before = count_fds();

	CU_ASSERT_FATAL(pid > 0);
	for (int i = 0; i < 20; i++) {
		struct bw_client c;

		CU_ASSERT_EQUAL_FATAL(bw_client_open(&c, path), 0);
		CU_ASSERT_EQUAL(count_fds(), before + 4);
		CU_ASSERT(fcntl(c.cmd_bell, F_GETFD) & FD_CLOEXEC);
		CU_ASSERT(fcntl(c.region.fd, F_GETFD) & FD_CLOEXEC);
		bw_client_close(&c);
		bw_client_close(&c); /* twice is harmless */
		CU_ASSERT_PTR_NULL(bw_client_command(&c, BW_CMD_VRF_SET, 0));
	}
	CU_ASSERT_EQUAL(count_fds(), before);
	fake_dp_stop(pid, SIGKILL);
}

static void test_full_ring_refuses_then_drains(void)
{
	pid_t pid = fake_dp_start(path);
	struct bw_client c;
	struct seen s = { 0 };

	CU_ASSERT_FATAL(pid > 0);
	CU_ASSERT_EQUAL_FATAL(bw_client_open(&c, path), 0);
	for (uint32_t i = 0; i < c.region.cmd_slots; i++)
		CU_ASSERT_FATAL(command(&c, BW_CMD_ROUTE_SET));
	CU_ASSERT_FALSE(command(&c, BW_CMD_ROUTE_SET));
	CU_ASSERT_EQUAL(c.seq, c.region.cmd_slots); /* the refused one took no number */
	CU_ASSERT(wait_acked(&c, &s));
	CU_ASSERT(command(&c, BW_CMD_ROUTE_SET));
	CU_ASSERT(wait_acked(&c, &s));
	CU_ASSERT_EQUAL(s.nacks, 0);
	bw_client_close(&c);
	fake_dp_stop(pid, SIGKILL);
}

static void test_second_control_is_refused(void)
{
	pid_t pid = fake_dp_start(path);
	struct bw_client first, second;
	struct seen s = { 0 };

	CU_ASSERT_FATAL(pid > 0);
	CU_ASSERT_EQUAL_FATAL(bw_client_open(&first, path), 0);
	CU_ASSERT_EQUAL(bw_client_open(&second, path), -EBUSY);
	CU_ASSERT_PTR_NULL(second.region.header);
	/* and the first one did not notice */
	CU_ASSERT(command(&first, BW_CMD_ROUTE_SET));
	CU_ASSERT(wait_acked(&first, &s));
	bw_client_close(&first);
	CU_ASSERT_EQUAL_FATAL(bw_client_open(&second, path), 0);
	bw_client_close(&second);
	fake_dp_stop(pid, SIGKILL);
}

static void test_reconnect_finds_empty_rings(void)
{
	pid_t pid = fake_dp_start(path);
	struct bw_client c;
	struct seen s = { 0 };

	CU_ASSERT_FATAL(pid > 0);
	CU_ASSERT_EQUAL_FATAL(bw_client_open(&c, path), 0);
	for (int i = 0; i < 100; i++)
		CU_ASSERT(command(&c, BW_CMD_ROUTE_SET));
	bw_client_flush(&c);
	CU_ASSERT(wait_fd(c.evt_bell, POLLIN)); /* done, and its events left unread */
	for (int i = 0; i < 5; i++)
		CU_ASSERT(command(&c, BW_CMD_ROUTE_SET)); /* taken and never flushed */
	bw_client_close(&c);

	CU_ASSERT_EQUAL_FATAL(bw_client_open(&c, path), 0);
	CU_ASSERT_EQUAL(bw_client_events(&c, 10, on_event, &s), 0);
	CU_ASSERT(command(&c, BW_CMD_ROUTE_SET));
	CU_ASSERT(wait_acked(&c, &s));
	CU_ASSERT_EQUAL(s.acked, 1);
	CU_ASSERT(command(&c, BW_CMD_DUMP));
	CU_ASSERT(wait_acked(&c, &s));
	CU_ASSERT(s.dump_ended);
	CU_ASSERT_EQUAL(s.dumped, 1); /* nothing of the first connection came late */
	bw_client_close(&c);
	fake_dp_stop(pid, SIGKILL);
}

static void test_killed_dataplane_is_noticed(void)
{
	pid_t pid = fake_dp_start(path);
	uint64_t boot_id;
	struct bw_client c;
	struct pollfd p;

	CU_ASSERT_FATAL(pid > 0);
	CU_ASSERT_EQUAL_FATAL(bw_client_open(&c, path), 0);
	boot_id = c.region.header->boot_id;
	fake_dp_stop(pid, SIGKILL);
	p = (struct pollfd) { .fd = c.sock, .events = POLLIN };
	CU_ASSERT_EQUAL(poll(&p, 1, WAIT_MS), 1);
	CU_ASSERT(p.revents & POLLHUP);
	/* the region outlives its maker: touching it is no fault */
	CU_ASSERT(command(&c, BW_CMD_ROUTE_SET));
	bw_client_flush(&c);
	bw_client_close(&c);
	CU_ASSERT_EQUAL(bw_client_open(&c, path), -ECONNREFUSED);

	/* its successor takes the dead socket's place and is seen to be another */
	pid = fake_dp_start(path);
	CU_ASSERT_FATAL(pid > 0);
	CU_ASSERT_EQUAL_FATAL(bw_client_open(&c, path), 0);
	CU_ASSERT_NOT_EQUAL(c.region.header->boot_id, boot_id);
	bw_client_close(&c);
	fake_dp_stop(pid, SIGKILL);
}

static void test_no_dataplane(void)
{
	struct bw_client c;
	char longer[200];

	unlink(path);
	CU_ASSERT_EQUAL(bw_client_open(&c, path), -ENOENT);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	CU_ASSERT_EQUAL(bw_client_open(&c, longer), -ENAMETOOLONG);
	CU_ASSERT_EQUAL(bw_client_open(&c, ""), -ENAMETOOLONG);
}

/* ---- the listener, in this process ---- */

struct dataplane {
	struct bw_region region;
	struct bw_listener listener;
};

static struct dataplane listen_here(void)
{
	struct dataplane dp;

	CU_ASSERT_EQUAL_FATAL(bw_region_create(&dp.region, 1, 1), 0);
	CU_ASSERT_EQUAL_FATAL(bw_listener_open(&dp.listener, path), 0);
	return dp;
}

static void close_here(struct dataplane *dp)
{
	bw_listener_close(&dp->listener, path);
	bw_region_free(&dp->region);
}

/* A control process that attaches and then does nothing. */
static pid_t start_control(void)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		struct bw_client c;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (bw_client_open(&c, path) < 0)
			_exit(1);
		for (;;)
			pause();
	}
	return pid;
}

static void test_killed_control_is_noticed(void)
{
	struct dataplane dp = listen_here();
	pid_t pid = start_control();

	CU_ASSERT_FATAL(pid > 0);
	CU_ASSERT_FATAL(wait_fd(dp.listener.listen_sock, POLLIN));
	CU_ASSERT_EQUAL(bw_listener_accept(&dp.listener, &dp.region), 1);
	CU_ASSERT_FALSE(bw_listener_hung_up(&dp.listener));
	kill(pid, SIGKILL);
	CU_ASSERT(wait_fd(dp.listener.sock, POLLRDHUP));
	CU_ASSERT(bw_listener_hung_up(&dp.listener));
	CU_ASSERT_EQUAL(dp.listener.sock, -1);
	CU_ASSERT_FALSE(bw_listener_hung_up(&dp.listener)); /* it is told once */
	waitpid(pid, NULL, 0);
	close_here(&dp);
}

static void test_successor_of_dead_control_is_taken(void)
{
	struct dataplane dp = listen_here();
	pid_t pid = start_control();

	CU_ASSERT_FATAL(wait_fd(dp.listener.listen_sock, POLLIN));
	CU_ASSERT_EQUAL(bw_listener_accept(&dp.listener, &dp.region), 1);
	fake_dp_stop(pid, SIGKILL);
	/* nobody asked hung_up() in between */
	pid = start_control();
	CU_ASSERT_FATAL(wait_fd(dp.listener.listen_sock, POLLIN));
	CU_ASSERT_EQUAL(bw_listener_accept(&dp.listener, &dp.region), 1);
	CU_ASSERT_FALSE(bw_listener_hung_up(&dp.listener));
	fake_dp_stop(pid, SIGKILL);
	close_here(&dp);
}

static int raw_connect(void)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	struct sockaddr_un sa = { .sun_family = AF_UNIX };

	strcpy(sa.sun_path, path);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	return fd;
}

/* Says `size` bytes of hello to the listener and takes what it answers (0: it hung up). */
static ssize_t raw_hello(struct dataplane *dp, struct bw_link_hello *hello, size_t size)
{
	int fd = raw_connect();
	ssize_t n;

	CU_ASSERT_EQUAL(send(fd, hello, size, 0), (ssize_t)size);
	CU_ASSERT_EQUAL(bw_listener_accept(&dp->listener, &dp->region), 0);
	CU_ASSERT_EQUAL(dp->listener.sock, -1);
	n = recv(fd, hello, sizeof(*hello), MSG_DONTWAIT);
	close(fd);
	return n;
}

static const struct bw_link_hello good_hello = {
	.magic = BW_REGION_MAGIC,
	.version = BW_API_VERSION,
};

static void test_listener_refuses_another_version(void)
{
	struct dataplane dp = listen_here();
	struct bw_link_hello hello = good_hello;

	hello.version = BW_API_VERSION + 1;
	CU_ASSERT_EQUAL(raw_hello(&dp, &hello, sizeof(hello)), sizeof(hello));
	CU_ASSERT_EQUAL(hello.status, EPROTO);
	CU_ASSERT_EQUAL(hello.version, BW_API_VERSION);
	hello = good_hello;
	hello.magic ^= 1;
	CU_ASSERT_EQUAL(raw_hello(&dp, &hello, sizeof(hello)), sizeof(hello));
	CU_ASSERT_EQUAL(hello.status, EPROTO);
	close_here(&dp);
}

static void test_listener_survives_bad_hellos(void)
{
	struct dataplane dp = listen_here();
	int before = count_fds();
	char big[200] = { 0 };
	int fd;

	for (size_t size = 1; size < sizeof(good_hello); size++) {
		struct bw_link_hello hello = good_hello;

		CU_ASSERT(raw_hello(&dp, &hello, size) <= 0);
	}
	fd = raw_connect();
	memcpy(big, &good_hello, sizeof(good_hello));
	CU_ASSERT_EQUAL(send(fd, big, sizeof(big), 0), sizeof(big));
	CU_ASSERT_EQUAL(bw_listener_accept(&dp.listener, &dp.region), 0);
	close(fd);
	fd = raw_connect(); /* connects and is silent */
	CU_ASSERT_EQUAL(bw_listener_accept(&dp.listener, &dp.region), 0);
	close(fd);
	fd = raw_connect(); /* connects and goes */
	close(fd);
	CU_ASSERT_EQUAL(bw_listener_accept(&dp.listener, &dp.region), 0);
	CU_ASSERT_EQUAL(bw_listener_accept(&dp.listener, &dp.region), 0);
	CU_ASSERT_EQUAL(count_fds(), before);
	close_here(&dp);
}

static void test_socket_of_the_living_is_not_taken(void)
{
	struct dataplane dp = listen_here();
	struct bw_listener other;
	struct stat st;

	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
	CU_ASSERT_EQUAL(bw_listener_open(&other, path), -EADDRINUSE);
	CU_ASSERT_EQUAL(other.listen_sock, -1);
	/* the visit of the other is not mistaken for a control process */
	CU_ASSERT_EQUAL(bw_listener_accept(&dp.listener, &dp.region), 0);
	close_here(&dp);
	CU_ASSERT(access(path, F_OK) < 0);
}

static void test_plain_file_is_not_taken(void)
{
	struct bw_listener l;
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	CU_ASSERT_FATAL(fd >= 0);
	close(fd);
	CU_ASSERT_EQUAL(bw_listener_open(&l, path), -ENOTSOCK);
	CU_ASSERT_EQUAL(access(path, F_OK), 0);
	unlink(path);
}

/* ---- a dataplane that does not keep the contract ---- */

/* Accept one connection at path, answer with these bytes and n_fds of fds, and go. */
static pid_t start_rogue(const void *answer, size_t size, const int *fds, unsigned n_fds)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	pid_t pid;

	strcpy(sa.sun_path, path);
	unlink(path);
	CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	CU_ASSERT_EQUAL_FATAL(listen(fd, 1), 0);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		char hello[64], control[CMSG_SPACE(8 * sizeof(int))] = { 0 };
		struct iovec iov = { (void *)answer, size };
		struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
		int sock = accept(fd, NULL, NULL);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (n_fds > 0) {
			struct cmsghdr *c = (struct cmsghdr *)control;

			msg.msg_control = control;
			msg.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
			c->cmsg_level = SOL_SOCKET;
			c->cmsg_type = SCM_RIGHTS;
			c->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
			memcpy(CMSG_DATA(c), fds, n_fds * sizeof(int));
		}
		if (recv(sock, hello, sizeof(hello), 0) > 0 && size > 0)
			sendmsg(sock, &msg, MSG_NOSIGNAL);
		_exit(0);
	}
	close(fd);
	return pid;
}

static int open_rogue(const void *answer, size_t size, const int *fds, unsigned n_fds)
{
	int before = count_fds();
	pid_t pid = start_rogue(answer, size, fds, n_fds);
	struct bw_client c;
	int ret = bw_client_open(&c, path);

	bw_client_close(&c);
	waitpid(pid, NULL, 0);
	CU_ASSERT_EQUAL(count_fds(), before); /* whatever came with the answer is closed */
	return ret;
}

static void test_client_refuses_bad_answers(void)
{
	struct bw_link_hello hello = good_hello;
	struct bw_region r;
	int null = open("/dev/null", O_RDWR);
	int fds[5] = { null, null, null, null, null };

	CU_ASSERT_EQUAL_FATAL(bw_region_create(&r, 1, 1), 0);
	hello.version++;
	CU_ASSERT_EQUAL(open_rogue(&hello, sizeof(hello), fds, 3), -EPROTO);
	hello = good_hello;
	hello.status = EBUSY;
	CU_ASSERT_EQUAL(open_rogue(&hello, sizeof(hello), NULL, 0), -EBUSY);
	hello.status = -5;
	CU_ASSERT_EQUAL(open_rogue(&hello, sizeof(hello), NULL, 0), -EPROTO);
	hello = good_hello;
	CU_ASSERT_EQUAL(open_rogue(&hello, 0, NULL, 0), -ECONNRESET);
	CU_ASSERT_EQUAL(open_rogue(&hello, 1, fds, 3), -EPROTO);
	CU_ASSERT_EQUAL(open_rogue(&hello, sizeof(hello), NULL, 0), -EPROTO);
	CU_ASSERT_EQUAL(open_rogue(&hello, sizeof(hello), fds, 2), -EPROTO);
	CU_ASSERT_EQUAL(open_rogue(&hello, sizeof(hello), fds, 5), -EPROTO);
	CU_ASSERT_EQUAL(open_rogue(&hello, sizeof(hello), fds, 3), -EPROTO); /* no region */
	fds[0] = r.fd;
	CU_ASSERT_EQUAL(open_rogue(&hello, sizeof(hello), fds, 3), 0);
	r.header->cmd_slots = 1u << 31;
	CU_ASSERT_EQUAL(open_rogue(&hello, sizeof(hello), fds, 3), -EINVAL);
	bw_region_free(&r);
	close(null);
}

static void test_client_waits_a_second_at_the_most(void)
{
	struct dataplane dp = listen_here(); /* which accepts nobody */
	double start = now();
	struct bw_client c;

	CU_ASSERT_EQUAL(bw_client_open(&c, path), -ETIMEDOUT);
	CU_ASSERT(now() - start >= 0.9);
	CU_ASSERT(now() - start < 5);
	close_here(&dp);
}

/* In two steps nothing waits: neither for who is silent, nor for who has a full backlog. */
static void test_client_begins_without_waiting(void)
{
	struct dataplane dp = listen_here(); /* which accepts nobody */
	struct bw_client c[64];
	double start = now();
	unsigned n = 0;
	int err = 0;

	while (n < 64 && (err = bw_client_begin(&c[n], path)) == 0) {
		CU_ASSERT_EQUAL(bw_client_finish(&c[n]), -EAGAIN);
		n++;
	}
	CU_ASSERT(n > 0);
	CU_ASSERT_EQUAL(err, -ETIMEDOUT);
	CU_ASSERT(now() - start < 0.5);
	while (n > 0)
		bw_client_close(&c[--n]);
	close_here(&dp);
}

/* ---- how fast ---- */

static void test_throughput(void)
{
	const uint32_t n = 1000000;
	pid_t pid = fake_dp_start(path);
	struct seen s = { 0 };
	struct bw_client c;
	double start, took;

	CU_ASSERT_FATAL(pid > 0);
	CU_ASSERT_EQUAL_FATAL(bw_client_open(&c, path), 0);
	start = now();
	while (c.seq < n) {
		struct bw_msg *m = bw_client_command(&c, BW_CMD_ROUTE_SET, c.seq);

		if (m) {
			m->route.prefix = c.seq << 8;
			m->route.plen = 24;
			if (c.seq % 1024 == 0)
				bw_client_flush(&c);
			continue;
		}
		bw_client_flush(&c);
		bw_client_events(&c, 1024, on_event, &s);
		CU_ASSERT_FATAL(wait_fd(c.evt_bell, POLLIN));
		bw_bell_clear(c.evt_bell);
	}
	CU_ASSERT(wait_acked(&c, &s));
	took = now() - start;
	CU_ASSERT(command(&c, BW_CMD_DUMP));
	CU_ASSERT(wait_acked(&c, &s));
	CU_ASSERT_EQUAL(s.dumped, n);
	CU_ASSERT_EQUAL(s.nacks, 0);
	printf("%u commands in %.3f s, %.0f a second ... ", n, took, n / took);
	bw_client_close(&c);
	fake_dp_stop(pid, SIGKILL);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "two processes meet", test_two_processes_meet },
		{ "nothing leaks", test_nothing_leaks },
		{ "a full ring refuses, then drains", test_full_ring_refuses_then_drains },
		{ "a second control process is refused", test_second_control_is_refused },
		{ "a reconnect finds empty rings", test_reconnect_finds_empty_rings },
		{ "a killed dataplane is noticed", test_killed_dataplane_is_noticed },
		{ "no dataplane", test_no_dataplane },
		{ "a killed control process is noticed", test_killed_control_is_noticed },
		{ "the successor of a dead control is taken",
			test_successor_of_dead_control_is_taken },
		{ "the listener refuses another version", test_listener_refuses_another_version },
		{ "the listener survives bad hellos", test_listener_survives_bad_hellos },
		{ "the socket of the living is not taken", test_socket_of_the_living_is_not_taken },
		{ "a plain file is not taken", test_plain_file_is_not_taken },
		{ "the client refuses bad answers", test_client_refuses_bad_answers },
		{ "the client begins without waiting", test_client_begins_without_waiting },
		{ "the client waits a second at the most", test_client_waits_a_second_at_the_most },
		{ "throughput", test_throughput },
		CU_TEST_INFO_NULL,
	};
	int ret;

	if (!mkdtemp(dir))
		return EXIT_FAILURE;
	snprintf(path, sizeof(path), "%s/dp", dir);
	ret = run_suite("link", tests);
	unlink(path);
	rmdir(dir);
	return ret;
}
