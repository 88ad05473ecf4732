/* SPDX-License-Identifier: BSD-3-Clause */
#include "fake_dataplane.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/core/hash.h"

static void die(const char *what)
{
	fprintf(stderr, "fake dataplane: %s\n", what);
	abort();
}

static void attach(struct fake_dataplane *f)
{
	bw_ring_consumer(&f->cmd, f->region.cmd, f->region.header->cmd_slots);
	bw_ring_producer(&f->evt, f->region.evt, f->region.header->evt_slots);
	f->attached = true;
}

static void *greet(void *arg)
{
	struct fake_dataplane *f = arg;

	while (!f->stop) {
		struct pollfd p = { .fd = f->listener.listen_sock, .events = POLLIN };

		if (poll(&p, 1, 5) <= 0)
			continue;
		pthread_mutex_lock(&f->lock);
		bw_listener_hung_up(&f->listener);
		if (bw_listener_accept(&f->listener, &f->region) == 1)
			attach(f);
		pthread_mutex_unlock(&f->lock);
	}
	return NULL;
}

void fake_open(
	struct fake_dataplane *f, const char *path, unsigned n_ports, const char *const *port_names)
{
	memset(f, 0, sizeof(*f));
	f->path = path;
	f->cleared = UINT32_MAX;
	if (bw_region_create(&f->region, 1, n_ports) != 0)
		die("no region");
	for (unsigned i = 0; i < n_ports; i++) {
		struct bw_port_info *p = &f->region.ports[i];

		snprintf(p->name, sizeof(p->name), "%s", port_names[i]);
		memcpy(p->mac, (uint8_t[]) { 0x02, 0, 0, 0, 0, (uint8_t)i }, 6);
		p->link_up = 1;
		p->speed = 1000;
		p->max_mtu = 9000;
	}
	if (bw_listener_open(&f->listener, path) != 0)
		die("cannot listen");
	pthread_mutex_init(&f->lock, NULL);
	if (pthread_create(&f->greeter, NULL, greet, f) != 0)
		die("no thread");
}

void fake_close(struct fake_dataplane *f)
{
	f->stop = true;
	pthread_join(f->greeter, NULL);
	pthread_mutex_destroy(&f->lock);
	bw_listener_close(&f->listener, f->path);
	bw_region_free(&f->region);
	f->attached = false;
	free(f->object);
	f->object = NULL;
	f->n = f->size = 0;
}

static void put(struct fake_dataplane *f, const struct bw_msg *m)
{
	struct bw_msg *slot = bw_ring_write(&f->evt);

	if (slot == NULL)
		die("event ring full");
	*slot = *m;
}

static bool same(const struct fake_object *o, const struct bw_msg *m, uint16_t type)
{
	const struct bw_msg *h = &o->msg;

	if (o->type != type)
		return false;
	switch (type) {
	case BW_CMD_IF_VLANS:
		return h->if_vlans.if_id == m->if_vlans.if_id &&
		       h->if_vlans.first == m->if_vlans.first;
	case BW_CMD_IF_ADDR_SET:
		return h->if_addr.if_id == m->if_addr.if_id && h->if_addr.addr == m->if_addr.addr &&
		       h->if_addr.plen == m->if_addr.plen;
	case BW_CMD_ROUTE_SET:
		return h->route.prefix == m->route.prefix && h->route.plen == m->route.plen &&
		       h->route.vrf_id == m->route.vrf_id;
	case BW_CMD_ARP_SET:
		return h->arp.if_id == m->arp.if_id && h->arp.addr == m->arp.addr;
	case BW_CMD_NAT_CONFIG:
		return true;
	case BW_CMD_NAT_POOL_SET:
		return h->nat_pool.pool_id == m->nat_pool.pool_id &&
		       h->nat_pool.range == m->nat_pool.range;
	case BW_CMD_ACL_ENTRY:
		return h->ace.acl_id == m->ace.acl_id && h->ace.index == m->ace.index;
	default: /* the id is the first field of all others */
		return h->ref.id == m->ref.id;
	}
}

/* Of what same() looks at, as far as it tells objects apart. */
static uint32_t hash_of(const struct bw_msg *m, uint16_t type)
{
	uint64_t key = m->ref.id;

	if (type == BW_CMD_ROUTE_SET)
		key = (uint64_t)m->route.prefix << 8 | m->route.plen;
	else if (type == BW_CMD_NAT_CONFIG)
		key = 0;
	return hash_u64(key << 8 ^ type) % FAKE_BUCKETS;
}

static struct fake_object *find(
	const struct fake_dataplane *f, const struct bw_msg *m, uint16_t type)
{
	uint32_t at = f->bucket[hash_of(m, type)];

	while (at != 0 && !same(&f->object[at - 1], m, type))
		at = f->object[at - 1].next;
	return at != 0 ? &f->object[at - 1] : NULL;
}

static uint32_t *link_to(struct fake_dataplane *f, size_t index)
{
	uint32_t *link = &f->bucket[f->object[index].hash];

	while (*link != index + 1)
		link = &f->object[*link - 1].next;
	return link;
}

/* The last object takes the place of the one that goes. */
static void drop(struct fake_dataplane *f, size_t index)
{
	*link_to(f, index) = f->object[index].next;
	f->n--;
	if (index == f->n)
		return;
	*link_to(f, f->n) = (uint32_t)index + 1;
	f->object[index] = f->object[f->n];
}

static bool has(const struct fake_dataplane *f, uint16_t type, uint32_t id)
{
	struct bw_msg m = { .ref.id = id };

	return id == 0 || find(f, &m, type) != NULL;
}

static bool has_adj(const struct fake_dataplane *f, uint32_t id)
{
	return id < BW_ADJ_FIRST || has(f, BW_CMD_ADJ_SET, id);
}

static const struct bw_if *find_if(const struct fake_dataplane *f, uint32_t id)
{
	struct bw_msg m = { .ref.id = id };
	const struct fake_object *o = find(f, &m, BW_CMD_IF_SET);

	return o != NULL ? &o->msg.itf : NULL;
}

/* Between a Dialer that no other client names and a routed port or a subinterface. */
static bool check_client(const struct fake_dataplane *f, const struct bw_pppoe *c)
{
	const struct bw_if *dialer = find_if(f, c->if_id), *under = find_if(f, c->under_if);

	if (dialer == NULL || dialer->kind != BW_IF_DIALER || under == NULL ||
		(under->flags & BW_IF_F_SWITCH) ||
		(under->kind != BW_IF_PORT && under->kind != BW_IF_SUBIF))
		return false;
	for (size_t i = 0; i < f->n; i++)
		if (f->object[i].type == BW_CMD_PPPOE_SET &&
			f->object[i].msg.pppoe.client_id != c->client_id &&
			f->object[i].msg.pppoe.if_id == c->if_id)
			return false;
	return c->client_id != 0 && c->client_id < BW_MAX_PPPOE;
}

/* By a list, or by a map of which every part is there. */
static bool has_map(const struct fake_dataplane *f, const struct bw_nat_rule *rule)
{
	bool good = rule->kind != BW_NAT_DYNAMIC || rule->acl_id != 0 || rule->map.n > 0;

	for (unsigned i = 0; good && i < rule->map.n; i++)
		good = has(f, BW_CMD_ACL_SET, rule->map.match[i].acl_id) &&
		       has(f, BW_CMD_IF_SET, rule->map.match[i].out_if);
	return good;
}

static enum bw_error check_set(const struct fake_dataplane *f, const struct bw_msg *m)
{
	bool good = true;

	switch (m->hdr.type) {
	case BW_CMD_IF_SET:
		good = has(f, BW_CMD_ACL_SET, m->itf.acl_in) &&
		       has(f, BW_CMD_ACL_SET, m->itf.acl_out);
		break;
	case BW_CMD_IF_VLANS:
		good = has(f, BW_CMD_IF_SET, m->if_vlans.if_id);
		break;
	case BW_CMD_IF_ADDR_SET:
		good = m->if_addr.if_id != 0 && has(f, BW_CMD_IF_SET, m->if_addr.if_id);
		break;
	case BW_CMD_ARP_SET:
		good = m->arp.if_id != 0 && has(f, BW_CMD_IF_SET, m->arp.if_id);
		break;
	case BW_CMD_PPPOE_SET:
		good = check_client(f, &m->pppoe);
		break;
	case BW_CMD_ADJ_SET:
		if (m->adj.type == BW_ADJ_T_ECMP)
			for (unsigned i = 0; i < m->adj.n_paths; i++)
				good = good && has_adj(f, m->adj.path[i]);
		else if (m->adj.type == BW_ADJ_T_FIXED)
			good = m->adj.path[0] <= BW_ADJ_BROADCAST;
		else
			good = m->adj.if_id != 0 && has(f, BW_CMD_IF_SET, m->adj.if_id);
		break;
	case BW_CMD_ROUTE_SET:
		good = has_adj(f, m->route.adj_id);
		break;
	case BW_CMD_NAT_RULE_SET:
		good = has(f, BW_CMD_ACL_SET, m->nat_rule.acl_id) &&
		       has(f, BW_CMD_NAT_POOL_SET, m->nat_rule.pool_id) &&
		       has(f, BW_CMD_IF_SET, m->nat_rule.if_id) && has_map(f, &m->nat_rule);
		break;
	}
	return good ? BW_OK : BW_E_NO_OBJECT;
}

static bool map_refers(const struct bw_nat_map *map, uint16_t type, uint32_t id)
{
	for (unsigned i = 0; i < map->n; i++)
		if ((type == BW_CMD_ACL_SET && map->match[i].acl_id == id) ||
			(type == BW_CMD_IF_SET && map->match[i].out_if == id))
			return true;
	return false;
}

static bool refers(const struct fake_object *o, uint16_t type, uint32_t id)
{
	const struct bw_msg *m = &o->msg;

	switch (o->type) {
	case BW_CMD_IF_SET:
		return type == BW_CMD_ACL_SET && (m->itf.acl_in == id || m->itf.acl_out == id);
	case BW_CMD_ADJ_SET:
		if (type == BW_CMD_IF_SET)
			return m->adj.if_id == id;
		for (unsigned i = 0; type == BW_CMD_ADJ_SET && i < m->adj.n_paths; i++)
			if (m->adj.path[i] == id)
				return true;
		return false;
	case BW_CMD_ROUTE_SET:
		return type == BW_CMD_ADJ_SET && m->route.adj_id == id;
	case BW_CMD_PPPOE_SET:
		return type == BW_CMD_IF_SET && (m->pppoe.if_id == id || m->pppoe.under_if == id);
	case BW_CMD_NAT_RULE_SET:
		return (type == BW_CMD_ACL_SET && m->nat_rule.acl_id == id) ||
		       (type == BW_CMD_NAT_POOL_SET && m->nat_rule.pool_id == id) ||
		       (type == BW_CMD_IF_SET && m->nat_rule.if_id == id) ||
		       map_refers(&m->nat_rule.map, type, id);
	}
	return false;
}

/* Of a pool, those of numbers from `first` on. */
static void drop_ranges(struct fake_dataplane *f, uint32_t pool_id, unsigned first)
{
	for (size_t i = f->n; i-- > 0;) {
		const struct fake_object *x = &f->object[i];

		if (x->type == BW_CMD_NAT_POOL_SET && x->msg.nat_pool.pool_id == pool_id &&
			x->msg.nat_pool.range >= first)
			drop(f, i);
	}
}

static enum bw_error remove_object(struct fake_dataplane *f, const struct bw_msg *m, uint16_t type)
{
	struct fake_object *o = find(f, m, type);

	if (o == NULL)
		return BW_E_NO_OBJECT;
	if (type != BW_CMD_ROUTE_SET && type != BW_CMD_IF_ADDR_SET && type != BW_CMD_ARP_SET &&
		type != BW_CMD_NAT_RULE_SET && type != BW_CMD_PPPOE_SET)
		for (size_t i = 0; i < f->n; i++)
			if (refers(&f->object[i], type, m->ref.id))
				return BW_E_IN_USE;
	/* An interface takes its addresses and VLANs along, a list its entries. */
	for (size_t i = f->n; (type == BW_CMD_IF_SET || type == BW_CMD_ACL_SET) && i-- > 0;) {
		const struct fake_object *x = &f->object[i];

		if (type == BW_CMD_ACL_SET) {
			if (x->type == BW_CMD_ACL_ENTRY && x->msg.ace.acl_id == m->ref.id)
				drop(f, i);
		} else if ((x->type == BW_CMD_IF_ADDR_SET && x->msg.if_addr.if_id == m->ref.id) ||
			   (x->type == BW_CMD_IF_VLANS && x->msg.if_vlans.if_id == m->ref.id))
			drop(f, i);
	}
	if (type == BW_CMD_NAT_POOL_SET)
		drop_ranges(f, m->ref.id, 1);
	o = find(f, m, type);
	drop(f, (size_t)(o - f->object));
	f->dels++;
	return BW_OK;
}

static void store(struct fake_dataplane *f, const struct bw_msg *m)
{
	struct fake_object *o = find(f, m, m->hdr.type);

	if (o == NULL) {
		if (f->n == f->size) {
			f->size = f->size ? f->size * 2 : 64;
			f->object = realloc(f->object, f->size * sizeof(*f->object));
			if (f->object == NULL)
				die("no memory");
		}
		o = &f->object[f->n++];
		o->hash = hash_of(m, m->hdr.type);
		o->next = f->bucket[o->hash];
		f->bucket[o->hash] = (uint32_t)f->n;
	}
	o->type = m->hdr.type;
	o->stale = false;
	o->msg = *m;
	f->sets++;
	f->routes += m->hdr.type == BW_CMD_ROUTE_SET;
}

struct bw_nat_session fake_session(uint32_t i)
{
	return (struct bw_nat_session) {
		.local = htonl(0xc0a81400 + i / 60000),
		.global = htonl(0xcb007101),
		.remote = htonl(0x08000000 + i),
		.local_port = (uint16_t)(1024 + i % 60000),
		.global_port = (uint16_t)(1024 + i % 60000),
		.remote_port = 443,
		.proto = IPPROTO_TCP,
		.timeout = 86400,
		.id = i,
	};
}

/* Those from the cursor on. Returns where to go on, 0 at the end. */
static uint32_t dump_sessions(struct fake_dataplane *f, const struct bw_msg *m)
{
	uint32_t i = m->dump.cursor;
	struct bw_msg e;

	for (; i < f->n_sessions; i++) {
		if (m->dump.limit != 0 && i - m->dump.cursor == m->dump.limit)
			return i;
		e = (struct bw_msg) { .hdr = m->hdr };
		e.hdr.type = BW_EVT_NAT_SESSION;
		e.nat_session = fake_session(i);
		put(f, &e);
	}
	return 0;
}

static void dump(struct fake_dataplane *f, const struct bw_msg *m)
{
	uint32_t cursor = 0;
	struct bw_msg e;

	for (size_t i = 0; i < f->n; i++)
		if (f->object[i].type == m->dump.what) {
			e = f->object[i].msg;
			e.hdr = m->hdr;
			e.hdr.type = BW_EVT_OBJECT;
			e.hdr.ref = m->dump.what;
			put(f, &e);
		}
	for (unsigned i = 0; i < f->n_rows; i++)
		if (f->row_type[i] == m->dump.what) {
			e = f->row[i];
			e.hdr = m->hdr;
			e.hdr.type = m->dump.what;
			put(f, &e);
		}
	if (m->dump.what == BW_EVT_NAT_SESSION)
		cursor = dump_sessions(f, m);
	e = (struct bw_msg) { .hdr = m->hdr };
	e.hdr.type = BW_EVT_DUMP_END;
	e.dump.cursor = cursor;
	put(f, &e);
}

static void end_sync(struct fake_dataplane *f)
{
	for (size_t i = f->n; i-- > 0;)
		if (f->object[i].stale) {
			drop(f, i);
			f->swept++;
		}
	f->syncs++;
}

static enum bw_error take_text(struct fake_dataplane *f, const struct bw_pppoe_text *text)
{
	if (text->which >= BW_PPPOE_TEXTS || text->length > BW_PPPOE_TEXT)
		return BW_E_BAD_VALUE;
	f->staged[text->which] = *text;
	return BW_OK;
}

static void take_client(struct fake_dataplane *f, uint32_t id)
{
	memcpy(f->text[id], f->staged, sizeof(f->staged));
	memset(f->staged, 0, sizeof(f->staged));
}

static enum bw_error carry_out(struct fake_dataplane *f, const struct bw_msg *m)
{
	switch (m->hdr.type) {
	case BW_CMD_SYNC_BEGIN:
		for (size_t i = 0; i < f->n; i++)
			f->object[i].stale = true;
		return BW_OK;
	case BW_CMD_SYNC_END:
		end_sync(f);
		return BW_OK;
	case BW_CMD_IF_SET:
	case BW_CMD_IF_VLANS:
	case BW_CMD_IF_ADDR_SET:
	case BW_CMD_ADJ_SET:
	case BW_CMD_ROUTE_SET:
	case BW_CMD_ARP_SET:
	case BW_CMD_ACL_SET:
	case BW_CMD_ACL_ENTRY:
	case BW_CMD_NAT_POOL_SET:
	case BW_CMD_NAT_RULE_SET:
	case BW_CMD_NAT_CONFIG:
	case BW_CMD_NAT_LIMIT_SET:
	case BW_CMD_HOST_SET:
	case BW_CMD_PPPOE_SET:
		if (check_set(f, m) != BW_OK)
			return check_set(f, m);
		store(f, m);
		if (m->hdr.type == BW_CMD_PPPOE_SET)
			take_client(f, m->pppoe.client_id);
		if (m->hdr.type == BW_CMD_NAT_POOL_SET && m->nat_pool.flags & BW_NAT_POOL_F_LAST)
			drop_ranges(f, m->nat_pool.pool_id, m->nat_pool.range + 1u);
		return BW_OK;
	case BW_CMD_PPPOE_TEXT:
		return take_text(f, &m->pppoe_text);
	case BW_CMD_PPPOE_CLEAR:
		f->cleared = m->ref.id;
		return BW_OK;
	case BW_CMD_DEBUG:
		f->debug = m->debug.flags;
		return BW_OK;
	case BW_CMD_IF_DEL:
	case BW_CMD_IF_ADDR_DEL:
	case BW_CMD_ADJ_DEL:
	case BW_CMD_ROUTE_DEL:
	case BW_CMD_ARP_DEL:
	case BW_CMD_ACL_DEL:
	case BW_CMD_NAT_POOL_DEL:
	case BW_CMD_NAT_RULE_DEL:
	case BW_CMD_NAT_LIMIT_DEL:
	case BW_CMD_PPPOE_DEL: {
		static const uint16_t set[BW_CMD_MAX] = {
			[BW_CMD_IF_DEL] = BW_CMD_IF_SET,
			[BW_CMD_IF_ADDR_DEL] = BW_CMD_IF_ADDR_SET,
			[BW_CMD_ADJ_DEL] = BW_CMD_ADJ_SET,
			[BW_CMD_ROUTE_DEL] = BW_CMD_ROUTE_SET,
			[BW_CMD_ARP_DEL] = BW_CMD_ARP_SET,
			[BW_CMD_ACL_DEL] = BW_CMD_ACL_SET,
			[BW_CMD_NAT_POOL_DEL] = BW_CMD_NAT_POOL_SET,
			[BW_CMD_NAT_RULE_DEL] = BW_CMD_NAT_RULE_SET,
			[BW_CMD_PPPOE_DEL] = BW_CMD_PPPOE_SET,
			[BW_CMD_NAT_LIMIT_DEL] = BW_CMD_NAT_LIMIT_SET,
		};

		return remove_object(f, m, set[m->hdr.type]);
	}
	case BW_CMD_DUMP:
		dump(f, m);
		return BW_OK;
	case BW_CMD_ACL_COMMIT:
	case BW_CMD_NAT_CLEAR:
	case BW_CMD_ARP_CLEAR:
	case BW_CMD_MAC_CLEAR:
	case BW_CMD_CLEAR_COUNTERS:
		return BW_OK;
	default:
		return BW_E_UNKNOWN_TYPE;
	}
}

static void take(struct fake_dataplane *f, const struct bw_msg *m)
{
	enum bw_error err;

	f->last_seq = m->hdr.seq;
	if (f->refuse_n > 0 && f->refuse == m->hdr.type) {
		f->refuse_n--;
		err = BW_E_FULL;
	} else {
		err = carry_out(f, m);
	}
	if (err != BW_OK) {
		struct bw_msg e = { .hdr = m->hdr };

		e.hdr.type = BW_EVT_NACK;
		e.nack.error = err;
		e.nack.cmd = m->hdr.type;
		put(f, &e);
		f->nacks++;
	}
}

static void run_locked(struct fake_dataplane *f)
{
	const struct bw_msg *m;
	bool any = false;

	if (f->attached && bw_listener_hung_up(&f->listener))
		f->attached = false;
	if (!f->attached || f->frozen)
		return;
	while ((m = bw_ring_read(&f->cmd)) != NULL) {
		struct bw_msg copy = *m;

		bw_ring_commit_read(&f->cmd);
		take(f, &copy);
		any = true;
	}
	if (any) {
		struct bw_msg ack = { .hdr = { .type = BW_EVT_ACK, .seq = f->last_seq } };

		put(f, &ack);
		bw_ring_commit_write(&f->evt);
		bw_bell_ring(f->listener.evt_bell);
	}
}

void fake_run(struct fake_dataplane *f)
{
	f->region.counters[0].loops++; /* the worker's */
	f->region.counters[1].loops++;
	pthread_mutex_lock(&f->lock);
	run_locked(f);
	pthread_mutex_unlock(&f->lock);
}

unsigned fake_count(const struct fake_dataplane *f, uint16_t type)
{
	unsigned n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += f->object[i].type == type;
	return n;
}

const struct bw_msg *fake_find_if(const struct fake_dataplane *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->object[i].type == BW_CMD_IF_SET &&
			strcmp(f->object[i].msg.itf.name, name) == 0)
			return &f->object[i].msg;
	return NULL;
}

const struct bw_msg *fake_find_adj(const struct fake_dataplane *f, uint32_t id)
{
	struct bw_msg m = { .ref.id = id };
	struct fake_object *o = find(f, &m, BW_CMD_ADJ_SET);

	return o != NULL ? &o->msg : NULL;
}

const struct bw_msg *fake_find_route(const struct fake_dataplane *f, bw_ip4 prefix, uint8_t plen)
{
	struct bw_msg m = { .route = { .prefix = prefix, .plen = plen } };
	struct fake_object *o = find(f, &m, BW_CMD_ROUTE_SET);

	return o != NULL ? &o->msg : NULL;
}

const struct bw_msg *fake_find_client(const struct fake_dataplane *f, const char *dialer)
{
	const struct bw_msg *itf = fake_find_if(f, dialer);

	for (size_t i = 0; itf != NULL && i < f->n; i++)
		if (f->object[i].type == BW_CMD_PPPOE_SET &&
			f->object[i].msg.pppoe.if_id == itf->itf.if_id)
			return &f->object[i].msg;
	return NULL;
}

const char *fake_client_text(const struct fake_dataplane *f, uint32_t client_id,
	enum bw_pppoe_which which, char buf[BW_PPPOE_TEXT + 1])
{
	const struct bw_pppoe_text *text = &f->text[client_id][which];

	memcpy(buf, text->text, text->length);
	buf[text->length] = '\0';
	return buf;
}

static void tell(struct fake_dataplane *f, const struct bw_msg *m)
{
	put(f, m);
	bw_ring_commit_write(&f->evt);
	bw_bell_ring(f->listener.evt_bell);
}

void fake_pppoe(struct fake_dataplane *f, const struct bw_pppoe_state *state)
{
	struct bw_msg m = { .hdr.type = BW_EVT_PPPOE, .pppoe_state = *state };

	tell(f, &m);
}

void fake_debug(struct fake_dataplane *f, const char *line)
{
	struct bw_msg m = { .hdr.type = BW_EVT_DEBUG };

	snprintf(m.debug_line.text, sizeof(m.debug_line.text), "%s", line);
	tell(f, &m);
}

void fake_acl_log(struct fake_dataplane *f, const struct bw_acl_log *log)
{
	struct bw_msg m = { .hdr.type = BW_EVT_ACL_LOG, .acl_log = *log };

	tell(f, &m);
}

void fake_add_row(struct fake_dataplane *f, uint16_t type, const void *body, size_t size)
{
	memset(&f->row[f->n_rows], 0, sizeof(f->row[0]));
	memcpy(f->row[f->n_rows].body, body, size);
	f->row_type[f->n_rows++] = type;
}

void fake_link(struct fake_dataplane *f, unsigned port, bool up)
{
	struct bw_msg m = { .hdr.type = BW_EVT_PORT };

	f->region.ports[port].link_up = up;
	m.port_state.port = (uint16_t)port;
	m.port_state.link_up = up;
	m.port_state.full_duplex = 1;
	m.port_state.speed = 1000;
	memcpy(m.port_state.mac, f->region.ports[port].mac, 6);
	tell(f, &m);
}
