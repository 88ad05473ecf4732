/* SPDX-License-Identifier: BSD-3-Clause */
/* platform.conf from any bytes: refused with a message, or within every bound. */
#include "dataplane/api/platform.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool what)
{
	if (!what)
		abort();
}

static void check_port(const struct bw_platform *p, const struct bw_platform_port *port)
{
	require(memchr(port->name, '\0', sizeof(port->name)) && port->name[0]);
	require(memchr(port->device, '\0', sizeof(port->device)) != NULL);
	require(memchr(port->device_out, '\0', sizeof(port->device_out)) != NULL);
	require(!strchr(port->device, ',') && !strchr(port->device_out, ','));
	require(port->queues <= BW_MAX_WORKERS);
	require(port->line > 0);
	for (const struct bw_platform_port *other = p->port; other < port; other++)
		require(strcmp(other->name, port->name) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct bw_platform p;
	char err[64];

	require(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	if (bw_platform_parse(&p, "fuzz", text, err, sizeof(err)) == 0) {
		require(err[0] == '\0');
		require(p.n_ports <= BW_MAX_PORTS);
		require(p.workers >= 1 && p.workers <= BW_MAX_WORKERS);
		require(p.cores == 0 || (unsigned)__builtin_popcountll(p.cores) == p.workers);
		require(p.main_core >= -1 && p.main_core < 64);
		for (unsigned i = 0; i < p.n_ports; i++)
			check_port(&p, &p.port[i]);
	} else {
		require(memchr(err, '\0', sizeof(err)) && strncmp(err, "fuzz:", 5) == 0);
	}
	free(text);
	return 0;
}
