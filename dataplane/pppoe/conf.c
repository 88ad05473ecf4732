/* SPDX-License-Identifier: BSD-3-Clause */
#include "pppoe/conf.h"

#include <string.h>

#include "crypto/secret.h"

static bool same_text(const struct pppoe_text *a, const struct pppoe_text *b)
{
	return a->len == b->len && crypto_equal(a->data, b->data, a->len);
}

bool pppoe_conf_same_credentials(const struct pppoe_conf *a, const struct pppoe_conf *b)
{
	for (unsigned i = BW_PPPOE_CHAP_NAME; i <= BW_PPPOE_PAP_PASSWORD; i++)
		if (!same_text(&a->text[i], &b->text[i]))
			return false;
	return true;
}

static bool same_session(const struct pppoe_conf *a, const struct pppoe_conf *b)
{
	return a->set.client_id == b->set.client_id && a->set.if_id == b->set.if_id &&
	       a->set.under_if == b->set.under_if &&
	       ((a->set.flags ^ b->set.flags) & ~BW_PPPOE_F_ROUTES) == 0 &&
	       a->set.addr == b->set.addr && a->set.mtu == b->set.mtu &&
	       memcmp(a->local_mac, b->local_mac, sizeof(a->local_mac)) == 0 &&
	       same_text(&a->text[BW_PPPOE_SERVICE], &b->text[BW_PPPOE_SERVICE]);
}

enum pppoe_change pppoe_conf_compare(const struct pppoe_conf *a, const struct pppoe_conf *b)
{
	if (!same_session(a, b))
		return PPPOE_CONF_ANOTHER;
	if (memcmp(&a->set, &b->set, sizeof(a->set)) != 0 || !pppoe_conf_same_credentials(a, b) ||
		strncmp(a->under_name, b->under_name, sizeof(a->under_name)) != 0)
		return PPPOE_CONF_IN_PLACE;
	return PPPOE_CONF_SAME;
}

void pppoe_conf_take(struct pppoe_conf *to, const struct pppoe_conf *from)
{
	crypto_wipe(to->text, sizeof(to->text));
	to->set = from->set;
	memcpy(to->local_mac, from->local_mac, sizeof(to->local_mac));
	memcpy(to->under_name, from->under_name, sizeof(to->under_name));
	for (unsigned i = 0; i < BW_PPPOE_TEXTS; i++) {
		uint8_t len = from->text[i].len;

		to->text[i].len = len < BW_PPPOE_TEXT ? len : BW_PPPOE_TEXT;
		memcpy(to->text[i].data, from->text[i].data, to->text[i].len);
	}
}
