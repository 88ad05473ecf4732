/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What show commands print of an interface by its kind. A kind that has no record here is printed
 * as a plain Ethernet.
 */
#ifndef BW_COMMANDS_INTERFACE_KINDS_H
#define BW_COMMANDS_INTERFACE_KINDS_H

#include "cli/commands/commands.h"

struct cmd_kind {
	const struct iface_kind *kind;
	const char *hardware;	 /* what IOS calls the device */
	unsigned bandwidth_kbps; /* unless the link has a speed */
	unsigned delay_us;

	/* `show interfaces` as a whole. NULL: in the layout that all share, with `print_link`. */
	void (*print)(struct cli_out *out, const struct iface *ifc);

	/* "Encapsulation" and the lines below it. NULL: none. */
	void (*print_link)(struct cli_out *out, const struct iface *ifc);

	/* What its JSON has beyond that of all others. NULL: nothing. */
	void (*fill)(struct json_object *row, const struct iface *ifc);

	/* Where its address comes from if not from the configuration; NULL, or it returns NULL. */
	const char *(*origin)(const struct iface *ifc);

	/* The address of its only neighbour; 0, or NULL: unknown. */
	bw_ip4 (*peer)(const struct iface *ifc);
};

extern const struct cmd_kind cmd_port_kind, cmd_subif_kind, cmd_svi_kind, cmd_loopback_kind,
	cmd_null_kind, cmd_stub_kind, cmd_dialer_kind, cmd_access_kind;

/* Never NULL. */
const struct cmd_kind *cmd_kind_of(const struct iface *ifc);

/* "Last input" to the five-minute rates. */
void cmd_print_activity(struct cli_out *out, const struct iface *ifc);

#endif
