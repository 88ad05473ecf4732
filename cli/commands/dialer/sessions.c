/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/commands/dialer/sessions.h"

#include <json-c/json.h>

#include "control/core/format.h"

const char *cmd_auth_text(uint16_t protocol)
{
	return protocol == PPP_PAP ? "PAP" : "CHAP";
}

static const char *const stage_text[] = {
	[BW_PPPOE_DOWN] = "down",
	[BW_PPPOE_WAIT] = "waiting",
	[BW_PPPOE_PADI] = "PADI sent",
	[BW_PPPOE_PADR] = "PADR sent",
	[BW_PPPOE_ESTABLISH] = "establish",
	[BW_PPPOE_AUTHENTICATE] = "authenticate",
	[BW_PPPOE_NETWORK] = "network",
	[BW_PPPOE_UP] = "up",
	[BW_PPPOE_TERMINATE] = "terminate",
};

static const char *const reason_text[BW_PPPOE_R_MAX] = {
	[BW_PPPOE_R_NONE] = "none",
	[BW_PPPOE_R_ADMIN] = "administrator",
	[BW_PPPOE_R_LINK] = "Ethernet down",
	[BW_PPPOE_R_NO_PADO] = "no PADO",
	[BW_PPPOE_R_NO_PADS] = "no PADS",
	[BW_PPPOE_R_REFUSED] = "refused by the server",
	[BW_PPPOE_R_LCP] = "LCP failed",
	[BW_PPPOE_R_LOOP] = "looped back",
	[BW_PPPOE_R_AUTH_FAILED] = "authentication failed",
	[BW_PPPOE_R_AUTH_TIMEOUT] = "authentication timed out",
	[BW_PPPOE_R_AUTH_REFUSED] = "no common authentication",
	[BW_PPPOE_R_IPCP] = "IPCP failed",
	[BW_PPPOE_R_ECHO] = "no echo replies",
	[BW_PPPOE_R_PEER] = "ended by the peer",
	[BW_PPPOE_R_PADT] = "PADT received",
	[BW_PPPOE_R_TOO_LONG] = "PADO's tags do not fit a PADR",
};

static const char *stage(const struct dialer *d)
{
	return d->state.stage <= BW_PPPOE_TERMINATE ? stage_text[d->state.stage] : "unknown";
}

const char *cmd_session_reason(const struct dialer *d)
{
	return d->state.reason < BW_PPPOE_R_MAX ? reason_text[d->state.reason] : "unknown";
}

struct dialer *cmd_next_client(struct control *ctl, struct dialer *d)
{
	d = d == NULL ? TAILQ_FIRST(&ctl->dialers.list) : TAILQ_NEXT(d, entry);
	while (d != NULL && (!d->obj.wanted || d->access == NULL))
		d = TAILQ_NEXT(d, entry);
	return d;
}

const char *cmd_session_state(const struct dialer *d)
{
	switch (d->state.stage) {
	case BW_PPPOE_DOWN:
		return "SHUTDOWN";
	case BW_PPPOE_WAIT:
		return "IDLE";
	case BW_PPPOE_PADI:
		return "PADISNT";
	case BW_PPPOE_PADR:
		return "PADRSNT";
	default:
		return "UP";
	}
}

void cmd_fill_session(struct json_object *row, const struct dialer *d)
{
	char mac[FORMAT_MAC_SIZE], ip[FORMAT_IP_SIZE];
	const struct bw_pppoe_state *s = &d->state;
	struct json_object *dns;

	cmd_json_text(row, "dialer", d->ifc->name);
	cmd_json_text(row, "virtual_access", d->access->name);
	cmd_json_text(row, "port", d->member->ifc->name);
	cmd_json_text(row, "state", cmd_session_state(d));
	cmd_json_text(row, "stage", stage(d));
	cmd_json_text(row, "last_reason", cmd_session_reason(d));
	cmd_json_number(row, "session_id", s->session_id);
	cmd_json_text(row, "remote_mac", format_mac(s->remote_mac, mac));
	cmd_json_text(row, "local_mac", format_mac(s->local_mac, mac));
	cmd_json_text(row, "ac_name", s->ac_name);
	cmd_json_number(row, "sessions", s->sessions);
	if (!dialer_is_open(d))
		return;
	cmd_json_number(row, "up_seconds", dialer_up_seconds(d));
	cmd_json_text(row, "address", format_ip(s->addr, ip));
	cmd_json_text(row, "peer_address", format_ip(s->peer_addr, ip));
	cmd_json_text(row, "peer_name", s->peer_name);
	cmd_json_number(row, "mru", s->mru);
	cmd_json_number(row, "peer_mru", s->peer_mru);
	if (s->auth != 0)
		cmd_json_text(row, "authentication", cmd_auth_text(s->auth));
	dns = cmd_json_list(row, "dns");
	for (unsigned i = 0; i < 2; i++)
		if (s->dns[i] != 0)
			json_object_array_add(
				dns, json_object_new_string(format_ip(s->dns[i], ip)));
}

int cmd_sessions_json(struct cli_ctx *ctx, struct json_object *json)
{
	struct json_object *list = cmd_json_list(json, "sessions");
	struct control *ctl = cmd_settled(ctx);
	struct dialer *d = NULL;

	while ((d = cmd_next_client(ctl, d)) != NULL)
		cmd_fill_session(cmd_json_item(list), d);
	return 0;
}
