/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/commands/interface/kinds.h"

const struct cmd_kind *cmd_kind_of(const struct iface *ifc)
{
	static const struct cmd_kind *const kinds[] = { &cmd_port_kind, &cmd_subif_kind,
		&cmd_svi_kind, &cmd_loopback_kind, &cmd_null_kind, &cmd_stub_kind, &cmd_dialer_kind,
		&cmd_access_kind };

	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i]->kind == ifc->kind)
			return kinds[i];
	return &cmd_svi_kind;
}
