/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/proto/proto.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/host/host.h"
#include "control/iface/iface.h"
#include "control/rib/rib.h"

static int proto_add(struct proto_table *t, const struct proto *p)
{
	void *state;
	int err;

	if (t->n == PROTO_MAX)
		return -ENOSPC;
	state = calloc(1, p->size != 0 ? p->size : 1);
	if (state == NULL)
		return -ENOMEM;
	err = p->init != NULL ? p->init(state, &t->env) : 0;
	if (err != 0) {
		log_event(&t->env.core->log, "PLATFORM-2-PROTOCOL", "%s: %s", p->name,
			strerror(-err));
		free(state);
		return err;
	}
	t->entry[t->n].proto = p;
	t->entry[t->n++].state = state;
	for (unsigned i = 0; i < p->n_debug; i++)
		debug_register(t->env.debug, &p->debug[i]);
	return 0;
}

int proto_table_init(
	struct proto_table *t, const struct proto_env *env, const struct proto *const *list)
{
	int err = 0;

	*t = (struct proto_table) { .env = *env };
	for (; *list != NULL && err == 0; list++)
		err = proto_add(t, *list);
	if (err != 0)
		proto_table_fini(t);
	return err;
}

/* The last first, as one may stand on those before it. */
void proto_table_fini(struct proto_table *t)
{
	while (t->n > 0) {
		const struct proto *p = t->entry[--t->n].proto;

		if (p->fini != NULL)
			p->fini(t->entry[t->n].state);
		free(t->entry[t->n].state);
	}
}

void *proto_state(const struct proto_table *t, const struct proto *proto)
{
	for (unsigned i = 0; i < t->n; i++)
		if (t->entry[i].proto == proto)
			return t->entry[i].state;
	return NULL;
}

bool proto_row(const struct proto_table *t, unsigned i, struct proto_row *row)
{
	for (unsigned p = 0; p < t->n; p++) {
		const struct proto *proto = t->entry[p].proto;

		for (unsigned n = 0; proto->row != NULL; n++) {
			if (!proto->row(t->entry[p].state, n, row))
				break;
			if (i-- == 0)
				return true;
		}
	}
	return false;
}

void proto_debug(const struct proto_env *env, uint32_t flag, const char *format, ...)
{
	char line[256];
	va_list ap;

	if (!(env->debug->own & flag))
		return;
	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	log_debug(&env->core->log, line);
}

const char *proto_device(const struct proto_env *env, uint16_t vrf, bw_ip4 to)
{
	return iface_addr_owner(env->ifaces, vrf, to) == NULL ? env->host->device : "";
}

bw_ip4 proto_source(const struct proto_env *env, uint16_t vrf, bw_ip4 to)
{
	return rib_source_address(env->rib, vrf, to);
}
