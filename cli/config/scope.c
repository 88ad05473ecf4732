/* SPDX-License-Identifier: BSD-3-Clause */

#include "cli/config/scope.h"

#include <string.h>
#include <strings.h>

#include "cli/config/words.h"

/* The beginnings of IOS's lines that open a block in global configuration. */
static const char *const blocks[] = { "aaa group server", "application", "archive", "bba-group",
	"bfd-template", "bridge-domain", "call-home", "class-map", "control-plane", "controller",
	"crypto ca certificate", "crypto ca trustpoint", "crypto dynamic-map", "crypto gdoi",
	"crypto identity", "crypto ikev2 authorization", "crypto ikev2 keyring",
	"crypto ikev2 policy", "crypto ikev2 profile", "crypto ikev2 proposal",
	"crypto ipsec client", "crypto ipsec profile", "crypto ipsec transform-set",
	"crypto isakmp client configuration", "crypto isakmp peer", "crypto isakmp policy",
	"crypto isakmp profile", "crypto key pubkey-chain", "crypto keyring", "crypto map * *",
	"crypto pki certificate", "crypto pki profile", "crypto pki server",
	"crypto pki trustpoint", "dial-peer", "dot11 ssid", "dot1x credentials", "dspfarm profile",
	"eap profile", "ephone", "ephone-dn", "ephone-template", "ethernet cfm", "ethernet evc",
	"event manager applet", "flow exporter", "flow monitor", "flow record", "flow-sampler-map",
	"gatekeeper", "gateway", "identity policy", "identity profile", "interface",
	"ip access-list", "ip dhcp class", "ip dhcp pool", "ip explicit-path", "ip ips",
	"ip port-map", "ip sla *", "ip slb", "ip ssh pubkey-chain", "ip vrf * $",
	"ipv6 access-list", "ipv6 dhcp pool", "ipv6 router", "key chain", "kron occurrence",
	"kron policy-list", "l2 vfi", "l2tp-class", "l2vpn", "ldap server", "line",
	"mac access-list", "map-class", "map-list", "mgcp profile", "object-group", "parameter-map",
	"parser view", "policy-map", "pseudowire-class", "radius server", "redundancy", "rlm group",
	"route-map", "router", "rtr", "sampler", "scripting", "sip-ua",
	"spanning-tree mst configuration", "tacacs server", "telephony-service", "template",
	"time-range", "track", "translation-rule", "trunk group", "vc-class", "vlan * $",
	"vlan database", "voice class", "voice hunt-group", "voice register", "voice service",
	"voice translation-profile", "voice translation-rule", "voice-port", "vpdn-group",
	"vrf definition", "webvpn context", "webvpn gateway", "webvpn install", "zone security",
	"zone-pair", NULL };

/* The same within a block. */
static const char *const inner_blocks[] = { "accept-dialin", "accept-dialout", "address-family",
	"addressed-key", "af-interface", "certificate", "class", "key * $", "log config",
	"named-key", "peer", "pvc", "request-dialin", "request-dialout", "service-family",
	"template", "topology", "vc", NULL };

static bool begins_as(const char *const *patterns, const char *line)
{
	for (; *patterns; patterns++) {
		if (cli_words_after(*patterns, line))
			return true;
	}
	return false;
}

/* `exit`, `exit-address-family`, `quit`. */
static bool is_exit(const char *line)
{
	size_t len;

	line += strspn(line, " \t");
	len = strcspn(line, " \t");
	return strncasecmp(line, "exit-", 5) == 0 ||
	       (len >= 2 && len <= 4 &&
		       (strncasecmp(line, "exit", len) == 0 ||
			       strncasecmp(line, "quit", len) == 0));
}

/* Whether the line is one of a mode around that in which the refused line stood. */
static bool is_further_out(
	const struct cli_grammar *grammar, const struct cli_cursor *cursor, const char *line)
{
	struct cli_cursor outer = *cursor;
	struct cli_outcome outcome;
	struct cli_words words;
	bool found;

	outer.depth -= outer.depth > 0;
	found = cli_line_parse(grammar, &outer, line, &words, &outcome) == CLI_PARSE_OK &&
		!(words.args->command->flags & CLI_EXIT);
	cli_args_free(words.args);
	return found;
}

/* In text without indentation: whether the line, no deeper than the refused one, is under it. */
static bool is_under_block(
	const struct cli_grammar *grammar, const struct cli_cursor *cursor, const char *line)
{
	if (begins_as(blocks, line) || (cursor->depth > 0 && begins_as(inner_blocks, line)))
		return false;
	return !is_further_out(grammar, cursor, line);
}

static bool is_do(const char *line)
{
	line += strspn(line, " \t");
	return strncasecmp(line, "do", 2) == 0 && (line[2] == ' ' || line[2] == '\t');
}

/* Whether text without indentation is to be looked at at all. */
static bool goes_by_words(const struct cli_scope *scope, const struct cli_cursor *cursor)
{
	return scope->block && scope->style != CLI_INDENT_DEEPER &&
	       (!scope->typed || cursor->depth > 0);
}

bool cli_scope_skips(struct cli_scope *scope, const struct cli_grammar *grammar,
	const struct cli_cursor *cursor, const char *line)
{
	size_t indent = cli_line_indent(line);
	bool level = indent == scope->indent;
	bool own_exit;

	if (!scope->skipping || *line == '\0' || (level && is_do(line)))
		return false;
	if (cli_words_none(line)) {
		if (indent <= scope->indent && cursor->depth == 0)
			scope->block = false;
		return false;
	}
	/* The exit of the refused block is its last line. */
	own_exit = level && (scope->block || scope->used) && is_exit(line);
	scope->skipping = !own_exit && (indent > scope->indent ||
					       (level && goes_by_words(scope, cursor) &&
						       is_under_block(grammar, cursor, line)));
	scope->used = true;
	return own_exit || scope->skipping;
}

static void note_accepted(struct cli_scope *scope, const struct cli_cursor *cursor, size_t indent,
	const struct cli_outcome *outcome)
{
	unsigned level = outcome->level;

	if (level > 0 && level < CLI_CURSOR_LEVELS &&
		scope->style_in[level] == CLI_INDENT_UNKNOWN) {
		scope->style =
			indent > cursor->level[level].indent ? CLI_INDENT_DEEPER : CLI_INDENT_SAME;
		scope->style_in[level] = scope->style;
	}
	if (cursor->depth > level)
		scope->style_in[cursor->depth] = CLI_INDENT_UNKNOWN;
}

/* In indented text a line is in no block that begins as deep or deeper. */
static unsigned depth_by_indent(
	const struct cli_scope *scope, const struct cli_cursor *cursor, size_t indent)
{
	unsigned depth = cursor->depth;

	for (; depth > 0 && indent <= cursor->level[depth].indent; depth--) {
		enum cli_indentation style = scope->style_in[depth];

		if ((style == CLI_INDENT_UNKNOWN ? scope->style : style) != CLI_INDENT_DEEPER)
			break;
	}
	return depth;
}

/* Whether the line stands where a line of the cursor's block may. */
static bool is_inside(const struct cli_cursor *cursor, size_t indent)
{
	return cursor->depth > 0 && indent > cursor->level[cursor->depth].indent;
}

static void note_refused(struct cli_scope *scope, struct cli_cursor *cursor, const char *line,
	const struct cli_outcome *outcome)
{
	size_t indent = cli_line_indent(line);
	bool global = begins_as(blocks, line);

	cursor->depth = depth_by_indent(scope, cursor, indent);
	if (!is_inside(cursor, indent)) {
		if (global)
			cursor->depth = 0;
		else if (outcome->level < cursor->depth)
			cursor->depth = outcome->level;
	}
	scope->skipping = true;
	scope->used = false;
	scope->indent = indent;
	scope->block = global || outcome->opens || begins_as(inner_blocks, line);
}

void cli_scope_note(struct cli_scope *scope, struct cli_cursor *cursor, const char *line,
	const struct cli_outcome *outcome)
{
	if (outcome->comment || outcome->result == CLI_WAITING)
		return;
	if (outcome->result == CLI_ERROR)
		note_refused(scope, cursor, line, outcome);
	else
		note_accepted(scope, cursor, cli_line_indent(line), outcome);
}
