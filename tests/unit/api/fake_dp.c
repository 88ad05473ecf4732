/* SPDX-License-Identifier: BSD-3-Clause */
#include "fake_dp.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct fake_dp {
	struct bw_region region;
	struct bw_listener listener;
	struct bw_ring_view cmd, evt;
	uint32_t routes;
};

/* The test reads events; a full ring means that it does not, and then all stops here. */
static struct bw_msg *event(struct fake_dp *dp, uint16_t type, const struct bw_msg *cause)
{
	struct bw_msg *m;

	while ((m = bw_ring_write(&dp->evt)) == NULL) {
		bw_ring_commit_write(&dp->evt);
		bw_bell_ring(dp->listener.evt_bell);
		if (bw_listener_hung_up(&dp->listener))
			exit(2);
		poll(NULL, 0, 1);
	}
	memset(m, 0, sizeof(*m));
	m->hdr.type = type;
	m->hdr.seq = cause->hdr.seq;
	m->hdr.cookie = cause->hdr.cookie;
	return m;
}

static void refuse(struct fake_dp *dp, const struct bw_msg *m, enum bw_error error)
{
	struct bw_msg *e = event(dp, BW_EVT_NACK, m);

	e->nack.error = error;
	e->nack.cmd = m->hdr.type;
}

static void command(struct fake_dp *dp, const struct bw_msg *m)
{
	struct bw_msg *e;

	if (m->hdr.type == BW_MSG_NONE || m->hdr.type >= BW_CMD_MAX) {
		refuse(dp, m, BW_E_UNKNOWN_TYPE);
	} else if (m->hdr.type == BW_CMD_ROUTE_SET && m->route.plen > 32) {
		refuse(dp, m, BW_E_BAD_VALUE);
	} else if (m->hdr.type == BW_CMD_ROUTE_SET) {
		dp->routes++;
	} else if (m->hdr.type == BW_CMD_DUMP) {
		e = event(dp, BW_EVT_OBJECT, m);
		e->hdr.ref = BW_CMD_ROUTE_SET;
		e->route.adj_id = dp->routes;
		event(dp, BW_EVT_DUMP_END, m);
	}
}

static void commands(struct fake_dp *dp)
{
	const struct bw_msg *slot;
	struct bw_msg m;
	unsigned n = 0;

	while ((slot = bw_ring_read(&dp->cmd)) != NULL) {
		m = *slot;
		command(dp, &m);
		if (++n % 256 == 0)
			bw_ring_commit_read(&dp->cmd);
	}
	if (n == 0)
		return;
	bw_ring_commit_read(&dp->cmd);
	event(dp, BW_EVT_ACK, &m);
	bw_ring_commit_write(&dp->evt);
	bw_bell_ring(dp->listener.evt_bell);
}

static void attached(struct fake_dp *dp)
{
	bw_ring_consumer(&dp->cmd, dp->region.cmd, dp->region.cmd_slots);
	bw_ring_producer(&dp->evt, dp->region.evt, dp->region.evt_slots);
	dp->routes = 0;
}

static void describe_ports(struct bw_region *r)
{
	for (int i = 0; i < FAKE_DP_PORTS; i++) {
		struct bw_port_info *port = &r->ports[i];

		snprintf(port->name, sizeof(port->name), "GigabitEthernet%d", 8 + i);
		snprintf(port->driver, sizeof(port->driver), "none");
		memcpy(port->mac, "\x02\x00\x00\x00\x00", 5);
		port->mac[5] = (uint8_t)(8 + i);
		port->link_up = 1;
		port->max_mtu = 1500;
		port->n_rxq = 1;
	}
}

_Noreturn void fake_dp_run(const char *path, int ready)
{
	struct fake_dp dp = { 0 };

	if (bw_region_create(&dp.region, 1, FAKE_DP_PORTS) < 0 ||
		bw_listener_open(&dp.listener, path) < 0)
		exit(1);
	describe_ports(&dp.region);
	if (write(ready, "r", 1) != 1)
		exit(1);
	close(ready);
	for (;;) {
		struct pollfd p[] = {
			{ .fd = dp.listener.listen_sock, .events = POLLIN },
			{ .fd = dp.listener.cmd_bell, .events = POLLIN },
			{ .fd = dp.listener.sock, .events = POLLRDHUP },
		};

		poll(p, 3, -1);
		if (bw_listener_hung_up(&dp.listener))
			continue;
		if (bw_listener_accept(&dp.listener, &dp.region) == 1)
			attached(&dp);
		if (dp.listener.sock >= 0) {
			bw_bell_clear(dp.listener.cmd_bell);
			commands(&dp);
		}
	}
}

pid_t fake_dp_start(const char *path)
{
	int ready[2];
	char c;
	pid_t pid;

	fflush(NULL);
	if (pipe(ready) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ready[0]);
		fake_dp_run(path, ready[1]);
	}
	close(ready[1]);
	if (pid > 0 && read(ready[0], &c, 1) != 1) {
		fake_dp_stop(pid, SIGKILL);
		pid = -1;
	}
	close(ready[0]);
	return pid;
}

void fake_dp_stop(pid_t pid, int sig)
{
	if (pid <= 0)
		return;
	kill(pid, sig);
	waitpid(pid, NULL, 0);
}
