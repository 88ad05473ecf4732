/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/control.h"

#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <string.h>

#include "control/core/format.h"

void control_wake(struct control *ctl)
{
	if (ctl->work != NULL && !ctl->settling)
		event_active(ctl->work, EV_TIMEOUT, 0);
}

static bool is_marked(const struct control *ctl)
{
	return ctl->acls.changed || ctl->ifaces.changed || ctl->dialers.changed ||
	       ctl->nat.changed || ctl->addrs_changed;
}

/*
 * In the order of what depends on what. Lists and interfaces may each wait for
 * the other's id, and objects that leave free others, hence a second look.
 */
static void settle(struct control *ctl)
{
	ctl->settling = true;
	for (unsigned i = 0; i < 3; i++) {
		acl_settle(&ctl->acls);
		iface_settle(&ctl->ifaces);
		dialer_settle(&ctl->dialers);
		static_arp_settle(&ctl->arps);
		nat_settle(&ctl->nat);
		rib_settle(&ctl->rib);
		if (ctl->addrs_changed)
			host_sync(&ctl->host);
		ctl->addrs_changed = false;
		if (!is_marked(ctl))
			break;
	}
	ctl->settling = false;
}

void control_settle(struct control *ctl)
{
	if (ctl->settling)
		return;
	settle(ctl);
	if (ctl->dp.queued > 0 || is_marked(ctl))
		control_wake(ctl);
}

static void on_work(evutil_socket_t, short, void *arg)
{
	struct control *ctl = arg;

	settle(ctl);
	dp_flush(&ctl->dp);
	if (is_marked(ctl))
		control_wake(ctl);
}

static void on_tick(evutil_socket_t, short, void *arg)
{
	struct control *ctl = arg;

	ctl->ticks++;
	nat_sample(&ctl->nat);
	if (ctl->ticks % IFACE_RATE_INTERVAL == 0)
		iface_rates_sample(&ctl->ifaces);
	if (ctl->ticks % CPU_LOAD_INTERVAL == 0)
		cpu_load_sample(&ctl->load, dp_region(&ctl->dp), dp_workers(&ctl->dp));
}

/* --- the dataplane comes, tells what it holds, and goes --- */

static void on_attached(void *arg)
{
	struct control *ctl = arg;

	iface_identify_begin(&ctl->ifaces);
	dialer_identify_begin(&ctl->dialers);
	acl_identify_begin(&ctl->acls);
	nat_identify_begin(&ctl->nat);
	adj_identify_begin(&ctl->adjs);
	iface_ports_attach(&ctl->ifaces, dp_region(&ctl->dp));
}

static void on_detached(void *arg)
{
	struct control *ctl = arg;

	iface_ports_attach(&ctl->ifaces, NULL);
	dialer_detached(&ctl->dialers);
}

static void on_held(void *arg, const struct bw_msg *m)
{
	struct control *ctl = arg;

	switch (m->hdr.ref) {
	case BW_CMD_IF_SET:
		iface_held(&ctl->ifaces, &m->itf);
		break;
	case BW_CMD_PPPOE_SET:
		dialer_held(&ctl->dialers, &m->pppoe);
		break;
	case BW_CMD_ACL_SET:
		acl_held(&ctl->acls, &m->acl);
		break;
	case BW_CMD_NAT_POOL_SET:
		nat_held_pool(&ctl->nat, &m->nat_pool);
		break;
	case BW_CMD_NAT_RULE_SET:
		nat_held_rule(&ctl->nat, &m->nat_rule);
		break;
	case BW_CMD_ADJ_SET:
		adj_held(&ctl->adjs, &m->adj);
		break;
	}
}

/* Keys contain ids, so each class follows those it refers to. */
static void on_identify(void *arg)
{
	struct control *ctl = arg;

	control_settle(ctl); /* the ports are there now */
	iface_identify(&ctl->ifaces);
	dialer_identify(&ctl->dialers);
	control_settle(ctl); /* and living sessions have their addresses and routes */
	acl_identify(&ctl->acls);
	nat_identify(&ctl->nat);
	adj_identify(&ctl->adjs);
}

static void on_replay(void *arg)
{
	struct control *ctl = arg;

	host_replay(&ctl->host);
	acl_replay(&ctl->acls);
	debug_replay(&ctl->debug);
	iface_replay(&ctl->ifaces);
	dialer_replay(&ctl->dialers);
	static_arp_replay(&ctl->arps);
	nat_replay(&ctl->nat);
	adj_replay(&ctl->adjs);
	rib_replay(&ctl->rib);
}

static void on_synced(void *arg)
{
	struct control *ctl = arg;

	idmap_drop_seeds(&ctl->ifaces.ids);
	idmap_drop_seeds(&ctl->dialers.ids);
	idmap_drop_seeds(&ctl->acls.ids);
	idmap_drop_seeds(&ctl->nat.pool_ids);
	idmap_drop_seeds(&ctl->nat.rule_ids);
	idmap_drop_seeds(&ctl->adjs.ids);
	log_event(&ctl->log, "PLATFORM-5-DATAPLANE", "the dataplane is programmed");
}

static void on_port(void *arg, const struct bw_port_state *state)
{
	struct control *ctl = arg;

	iface_port_event(&ctl->ifaces, state);
}

static void on_pppoe(void *arg, const struct bw_pppoe_state *state)
{
	struct control *ctl = arg;

	dialer_event(&ctl->dialers, state);
}

static void on_acl_log(void *arg, const struct bw_acl_log *log)
{
	struct control *ctl = arg;

	acl_log_packets(&ctl->acls, log);
}

static void on_debug(void *arg, const char *line)
{
	struct control *ctl = arg;

	log_debug(&ctl->log, line);
}

static void wake(void *arg)
{
	control_wake(arg);
}

static int init_parts(struct control *ctl, const struct control_options *o)
{
	const struct dp_hooks hooks = {
		.arg = ctl,
		.attached = on_attached,
		.detached = on_detached,
		.held = on_held,
		.identify = on_identify,
		.replay = on_replay,
		.synced = on_synced,
		.port = on_port,
		.pppoe = on_pppoe,
		.debug = on_debug,
		.acl_log = on_acl_log,
		.wake = wake,
	};
	int err;

	if ((err = dp_link_init(&ctl->dp, ctl->base, ctl->dp_path, &ctl->log, &hooks)) != 0 ||
		(err = adj_table_init(&ctl->adjs, &ctl->dp, &ctl->log)) != 0)
		return err;
	debug_init(&ctl->debug, &ctl->dp);
	dialer_table_init(&ctl->dialers, ctl);
	rib_init(&ctl->rib, &ctl->dp, &ctl->adjs, wake, ctl);
	arp_table_init(&ctl->arps, ctl);
	if ((err = acl_table_init(&ctl->acls, ctl)) != 0 || (err = nat_init(&ctl->nat, ctl)) != 0 ||
		(err = iface_table_init(&ctl->ifaces, ctl)) != 0 ||
		(err = host_init(&ctl->host, ctl, o->device)) != 0)
		return err;
	return iface_table_ports(&ctl->ifaces, &ctl->platform);
}

int control_init(struct control *ctl, struct event_base *base, const struct control_options *o,
	const struct bw_platform *platform)
{
	static const struct timeval second = { .tv_sec = 1 };
	int err;

	memset(ctl, 0, sizeof(*ctl));
	ctl->base = base;
	ctl->platform = *platform;
	ctl->start_ms = clock_ms();
	ctl->start_time = time(NULL);
	snprintf(ctl->instance, sizeof(ctl->instance), "%s", o->instance);
	snprintf(ctl->timezone.name, sizeof(ctl->timezone.name), "UTC");
	if (snprintf(ctl->dp_path, sizeof(ctl->dp_path), "%s/dp.sock", o->run_dir) >=
		(int)sizeof(ctl->dp_path))
		return -ENAMETOOLONG;
	log_init(&ctl->log);
	access_init(&ctl->access);
	ctl->work = event_new(base, -1, 0, on_work, ctl);
	ctl->tick = event_new(base, -1, EV_PERSIST, on_tick, ctl);
	err = ctl->work == NULL || ctl->tick == NULL ? -ENOMEM : init_parts(ctl, o);
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
	ctl->settling = true; /* nothing wakes any more */
	dp_link_fini(&ctl->dp);
	nat_fini(&ctl->nat);
	arp_table_fini(&ctl->arps);
	iface_table_clear(&ctl->ifaces);
	rib_fini(&ctl->rib);
	adj_table_fini(&ctl->adjs);
	iface_table_fini(&ctl->ifaces);
	dialer_table_fini(&ctl->dialers);
	debug_fini(&ctl->debug);
	acl_table_fini(&ctl->acls);
	host_fini(&ctl->host);
	log_fini(&ctl->log);
	access_fini(&ctl->access);
	if (ctl->work != NULL)
		event_free(ctl->work);
	if (ctl->tick != NULL)
		event_free(ctl->tick);
	ctl->work = ctl->tick = NULL;
}
