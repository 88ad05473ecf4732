/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/control.h"

#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <string.h>

#include "control/core/format.h"
#include "control/probe/probe.h"

void control_settle(struct control *ctl)
{
	work_finish(&ctl->core.work, WORK_HOST);
}

static void on_tick(evutil_socket_t, short, void *arg)
{
	struct control *ctl = arg;

	ctl->ticks++;
	nat_sample(&ctl->nat);
	if (ctl->ticks % IFACE_RATE_INTERVAL == 0)
		iface_rates_sample(&ctl->ifaces);
	if (ctl->ticks % CPU_LOAD_INTERVAL == 0)
		cpu_load_sample(&ctl->load, dp_region(&ctl->core.dp), dp_workers(&ctl->core.dp));
}

/* What speaks to other routers, in the order of `show`. */
static const struct proto *const protocols[] = {
	&probe_proto,
	NULL,
};

static int init_protocols(struct control *ctl)
{
	const struct proto_env env = {
		.core = &ctl->core,
		.debug = &ctl->debug,
		.ifaces = &ctl->ifaces,
		.rib = &ctl->rib,
		.host = &ctl->host,
	};

	return proto_table_init(&ctl->protos, &env, protocols);
}

static int init_parts(struct control *ctl, const struct control_options *o)
{
	int err;

	rib_adj_table_init(&ctl->adjs, &ctl->core);
	debug_init(&ctl->debug, &ctl->core.dp);
	rib_init(&ctl->rib, &ctl->core, &ctl->adjs);
	err = acl_table_init(&ctl->acls, &ctl->core);
	if (err != 0)
		return err;
	iface_table_init(&ctl->ifaces, &ctl->core, &ctl->acls, &ctl->platform);
	connected_init(&ctl->connected, &ctl->rib, &ctl->ifaces);
	dialer_table_init(&ctl->dialers, &ctl->core, &ctl->ifaces, &ctl->rib);
	arp_table_init(&ctl->arps, &ctl->core, &ctl->ifaces);
	if ((err = nat_init(&ctl->nat, &ctl->core, &ctl->acls, &ctl->ifaces)) != 0 ||
		(err = host_init(&ctl->host, &ctl->core, &ctl->ifaces, o->device)) != 0 ||
		(err = init_protocols(ctl)) != 0)
		return err;
	return iface_table_ports(&ctl->ifaces, &ctl->platform);
}

int control_init(struct control *ctl, struct event_base *base, const struct control_options *o,
	const struct bw_platform *platform)
{
	static const struct timeval second = { .tv_sec = 1 };
	char dp_path[sizeof(ctl->core.dp_path)];
	int err;

	memset(ctl, 0, sizeof(*ctl));
	ctl->platform = *platform;
	ctl->start_ms = clock_ms();
	ctl->start_time = time(NULL);
	snprintf(ctl->instance, sizeof(ctl->instance), "%s", o->instance);
	snprintf(ctl->timezone.name, sizeof(ctl->timezone.name), "UTC");
	if (snprintf(dp_path, sizeof(dp_path), "%s/dp.sock", o->run_dir) >= (int)sizeof(dp_path))
		return -ENAMETOOLONG;
	access_init(&ctl->access);
	err = core_init(&ctl->core, base, dp_path);
	ctl->tick = event_new(base, -1, EV_PERSIST, on_tick, ctl);
	if (err == 0)
		err = ctl->tick == NULL ? -ENOMEM : init_parts(ctl, o);
	if (err != 0) {
		control_fini(ctl);
		return err;
	}
	event_add(ctl->tick, &second);
	return 0;
}

/* Users before what they use. The dataplane is left as it is: it forwards on. */
void control_fini(struct control *ctl)
{
	core_stop(&ctl->core);
	proto_table_fini(&ctl->protos);
	nat_fini(&ctl->nat);
	arp_table_fini(&ctl->arps);
	iface_table_clear(&ctl->ifaces);
	rib_fini(&ctl->rib);
	rib_adj_table_fini(&ctl->adjs);
	iface_table_fini(&ctl->ifaces);
	acl_table_fini(&ctl->acls);
	host_fini(&ctl->host);
	access_fini(&ctl->access);
	core_fini(&ctl->core);
	if (ctl->tick != NULL)
		event_free(ctl->tick);
	ctl->tick = NULL;
}
