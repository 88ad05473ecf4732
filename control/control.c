/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/control.h"

#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <string.h>

#include "control/core/format.h"

/* --- parts that have no work of their own yet: flags, and pieces that look at them --- */

void control_wake(struct control *ctl)
{
	if (ctl->acls.changed)
		work_mark(&ctl->work[WORK_ACL]);
	if (ctl->ifaces.changed)
		work_mark(&ctl->work[WORK_IFACE]);
	if (ctl->dialers.changed)
		work_mark(&ctl->work[WORK_DIALER]);
	if (ctl->arps.changed || ctl->addrs_changed)
		work_mark(&ctl->work[WORK_ARP]);
	if (ctl->nat.changed || ctl->nat.aliases_changed || ctl->addrs_changed)
		work_mark(&ctl->work[WORK_NAT]);
	if (ctl->addrs_changed)
		work_mark(&ctl->work[WORK_HOST]);
	if (ctl->core.dp.queued > 0)
		work_mark(&ctl->core.flush);
}

static void wake_rib(void *arg)
{
	struct control *ctl = arg;

	work_mark(&ctl->work[WORK_RIB]);
}

static bool run_acl(void *arg, struct work_budget *)
{
	struct control *ctl = arg;

	acl_settle(&ctl->acls);
	control_wake(ctl);
	return false;
}

static bool run_iface(void *arg, struct work_budget *)
{
	struct control *ctl = arg;

	iface_settle(&ctl->ifaces);
	control_wake(ctl);
	return false;
}

static bool run_dialer(void *arg, struct work_budget *)
{
	struct control *ctl = arg;

	dialer_settle(&ctl->dialers);
	control_wake(ctl);
	return false;
}

static bool run_arp(void *arg, struct work_budget *)
{
	struct control *ctl = arg;

	static_arp_settle(&ctl->arps);
	return false;
}

static bool run_nat(void *arg, struct work_budget *)
{
	struct control *ctl = arg;

	nat_settle(&ctl->nat);
	return false;
}

static bool run_rib(void *arg, struct work_budget *)
{
	struct control *ctl = arg;

	rib_settle(&ctl->rib);
	return false;
}

static bool run_host(void *arg, struct work_budget *)
{
	struct control *ctl = arg;

	host_sync(&ctl->host);
	ctl->addrs_changed = false;
	return false;
}

static void add_work(struct control *ctl)
{
	static bool (*const run[WORK_FLUSH])(void *, struct work_budget *) = {
		[WORK_ACL] = run_acl,
		[WORK_IFACE] = run_iface,
		[WORK_DIALER] = run_dialer,
		[WORK_ARP] = run_arp,
		[WORK_NAT] = run_nat,
		[WORK_RIB] = run_rib,
		[WORK_HOST] = run_host,
	};

	for (unsigned i = 0; i < WORK_FLUSH; i++) {
		if (run[i] == NULL)
			continue;
		ctl->work[i] = (struct work) { .rank = i, .run = run[i], .arg = ctl };
		work_add(&ctl->core.work, &ctl->work[i]);
	}
}

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
		cpu_load_sample(&ctl->load, dp_region(&ctl->dp), dp_workers(&ctl->dp));
}

/* --- the dataplane comes, tells what it holds, and goes --- */

static void on_dataplane(void *arg, enum watch_event event, void *)
{
	struct control *ctl = arg;

	iface_ports_attach(&ctl->ifaces, event == WATCH_ADDED ? dp_region(&ctl->core.dp) : NULL);
	if (event == WATCH_GONE)
		dialer_detached(&ctl->dialers);
	control_wake(ctl);
}

static void if_reading(void *owner)
{
	iface_identify_begin(owner);
}

static void if_held(void *owner, const struct bw_msg *m)
{
	iface_held(owner, &m->itf);
}

static void if_identify(void *owner)
{
	iface_identify(owner);
}

static void if_replay(void *owner)
{
	iface_replay(owner);
}

static void if_synced(void *owner)
{
	struct iface_table *t = owner;

	idmap_drop_seeds(&t->ids);
}

static void pppoe_reading(void *owner)
{
	dialer_identify_begin(owner);
}

static void pppoe_held(void *owner, const struct bw_msg *m)
{
	dialer_held(owner, &m->pppoe);
}

static void pppoe_identify(void *owner)
{
	struct dialer_table *t = owner;

	dialer_identify(t);
	control_wake(t->ctl);
}

static void pppoe_replay(void *owner)
{
	struct dialer_table *t = owner;

	dialer_replay(t);
	control_wake(t->ctl);
}

static void pppoe_synced(void *owner)
{
	struct dialer_table *t = owner;

	idmap_drop_seeds(&t->ids);
}

static void list_reading(void *owner)
{
	acl_identify_begin(owner);
}

static void list_held(void *owner, const struct bw_msg *m)
{
	acl_held(owner, &m->acl);
}

static void list_identify(void *owner)
{
	acl_identify(owner);
}

static void list_replay(void *owner)
{
	acl_replay(owner);
}

static void list_synced(void *owner)
{
	struct acl_table *t = owner;

	idmap_drop_seeds(&t->ids);
}

static void pool_reading(void *owner)
{
	nat_identify_begin(owner);
}

static void pool_held(void *owner, const struct bw_msg *m)
{
	nat_held_pool(owner, &m->nat_pool);
}

static void rule_held(void *owner, const struct bw_msg *m)
{
	nat_held_rule(owner, &m->nat_rule);
}

static void rule_identify(void *owner)
{
	nat_identify(owner);
}

static void rule_replay(void *owner)
{
	nat_replay(owner);
}

static void rule_synced(void *owner)
{
	struct nat *nat = owner;

	idmap_drop_seeds(&nat->pool_ids);
	idmap_drop_seeds(&nat->rule_ids);
}

static void hop_reading(void *owner)
{
	adj_identify_begin(owner);
}

static void hop_held(void *owner, const struct bw_msg *m)
{
	adj_held(owner, &m->adj);
}

static void hop_identify(void *owner)
{
	adj_identify(owner);
}

static void hop_replay(void *owner)
{
	adj_replay(owner);
}

static void hop_synced(void *owner)
{
	struct adj_table *t = owner;

	idmap_drop_seeds(&t->ids);
}

static void route_replay(void *owner)
{
	rib_replay(owner);
}

static void debugging_replay(void *owner)
{
	debug_replay(owner);
}

static void device_replay(void *owner)
{
	host_replay(owner);
}

static void entry_replay(void *owner)
{
	static_arp_replay(owner);
}

static const struct dp_legacy legacy[DP_CLASSES] = {
	[DP_IF] = { BW_CMD_IF_SET, if_reading, if_held, if_identify, if_replay, if_synced },
	[DP_PPPOE] = { BW_CMD_PPPOE_SET, pppoe_reading, pppoe_held, pppoe_identify, pppoe_replay,
		pppoe_synced },
	[DP_ACL] = { BW_CMD_ACL_SET, list_reading, list_held, list_identify, list_replay,
		list_synced },
	[DP_NAT_POOL] = { BW_CMD_NAT_POOL_SET, pool_reading, pool_held, NULL, NULL, NULL },
	[DP_NAT_RULE] = { BW_CMD_NAT_RULE_SET, NULL, rule_held, rule_identify, rule_replay,
		rule_synced },
	[DP_ADJ] = { BW_CMD_ADJ_SET, hop_reading, hop_held, hop_identify, hop_replay, hop_synced },
	[DP_ROUTE] = { .replay = route_replay },
	[DP_DEBUG] = { .replay = debugging_replay },
	[DP_HOST] = { .replay = device_replay },
	[DP_ARP] = { .replay = entry_replay },
};

static void on_port(void *arg, const struct bw_msg *m)
{
	struct control *ctl = arg;

	iface_port_event(&ctl->ifaces, &m->port_state);
}

static void on_pppoe(void *arg, const struct bw_msg *m)
{
	struct control *ctl = arg;

	dialer_event(&ctl->dialers, &m->pppoe_state);
}

static void on_acl_log(void *arg, const struct bw_msg *m)
{
	struct control *ctl = arg;

	acl_log_packets(&ctl->acls, &m->acl_log);
}

static void watch_dataplane(struct control *ctl)
{
	struct dp_link *dp = &ctl->core.dp;

	ctl->dp_watch = (struct watch) { .told = on_dataplane, .arg = ctl };
	watch_add(&dp->watches, &ctl->dp_watch);
	dp_on_event(dp, BW_EVT_PORT, on_port, ctl);
	dp_on_event(dp, BW_EVT_PPPOE, on_pppoe, ctl);
	dp_on_event(dp, BW_EVT_ACL_LOG, on_acl_log, ctl);
	for (unsigned c = 0; c < DP_CLASSES; c++)
		dp_class_legacy(dp, c, &legacy[c]);
}

static int init_parts(struct control *ctl, const struct control_options *o)
{
	int err;

	if ((err = adj_table_init(&ctl->adjs, &ctl->core.dp, &ctl->core.log)) != 0)
		return err;
	debug_init(&ctl->debug, &ctl->core.dp);
	if ((err = iface_table_init(&ctl->ifaces, ctl)) != 0)
		return err;
	dialer_table_init(&ctl->dialers, ctl);
	rib_init(&ctl->rib, &ctl->core.dp, &ctl->adjs, wake_rib, ctl);
	arp_table_init(&ctl->arps, ctl);
	if ((err = acl_table_init(&ctl->acls, ctl)) != 0 || (err = nat_init(&ctl->nat, ctl)) != 0 ||
		(err = host_init(&ctl->host, ctl, o->device)) != 0)
		return err;
	watch_dataplane(ctl);
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
	if (err == 0)
		add_work(ctl);
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
	access_fini(&ctl->access);
	core_fini(&ctl->core);
	if (ctl->tick != NULL)
		event_free(ctl->tick);
	ctl->tick = NULL;
}
