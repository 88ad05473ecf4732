/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/iface/vlan_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS 64

void vlan_set_all(struct vlan_set *set)
{
	memset(set, 0xff, sizeof(*set));
}

/* The words of a set without the bits that mean nothing. */
static uint64_t word_of(const struct vlan_set *set, unsigned word)
{
	uint64_t bits = set->bits[word];

	if (word == 0)
		bits &= ~UINT64_C(1);
	if (word == WORDS - 1)
		bits &= UINT64_MAX >> 1;
	return bits;
}

static unsigned count_of(const struct vlan_set *set)
{
	unsigned count = 0;

	for (unsigned word = 0; word < WORDS; word++)
		count += (unsigned)__builtin_popcountll(word_of(set, word));
	return count;
}

bool vlan_set_is_empty(const struct vlan_set *set)
{
	return count_of(set) == 0;
}

bool vlan_set_is_full(const struct vlan_set *set)
{
	return count_of(set) == VLAN_MAX;
}

void vlan_set_add(struct vlan_set *set, const struct vlan_set *other)
{
	for (unsigned word = 0; word < WORDS; word++)
		set->bits[word] |= other->bits[word];
}

void vlan_set_remove(struct vlan_set *set, const struct vlan_set *other)
{
	for (unsigned word = 0; word < WORDS; word++)
		set->bits[word] &= ~other->bits[word];
}

void vlan_set_invert(struct vlan_set *set)
{
	for (unsigned word = 0; word < WORDS; word++)
		set->bits[word] = ~set->bits[word];
}

/* A VLAN's number at *text, which it advances; 0: there is none. */
static unsigned read_vlan(const char **text)
{
	unsigned vlan = 0;
	unsigned digits = 0;

	for (; **text >= '0' && **text <= '9' && digits < 5; digits++)
		vlan = vlan * 10 + (unsigned)(*(*text)++ - '0');
	return digits < 5 && vlan <= VLAN_MAX ? vlan : 0;
}

bool vlan_list_read(const char *text, struct vlan_set *set)
{
	*set = (struct vlan_set) { 0 };
	for (;; text++) {
		unsigned first = read_vlan(&text);
		unsigned last = first;

		if (*text == '-') {
			text++;
			last = read_vlan(&text);
		}
		if (first == 0 || first > last)
			return false;
		for (; first <= last; first++)
			set->bits[first / 64] |= UINT64_C(1) << first % 64;
		if (*text != ',')
			return *text == '\0';
	}
}

void vlan_list_write(const struct vlan_set *set, char buf[VLAN_LIST_SIZE])
{
	size_t len = 0;
	unsigned last;

	buf[0] = '\0';
	for (unsigned vlan = VLAN_MIN; vlan <= VLAN_MAX; vlan = last + 1) {
		last = vlan;
		if (!vlan_set_has(set, vlan))
			continue;
		while (last < VLAN_MAX && vlan_set_has(set, last + 1))
			last++;
		/* Two neighbours are no range. */
		if (last == vlan + 1)
			last = vlan;
		len += (size_t)snprintf(
			buf + len, VLAN_LIST_SIZE - len, "%s%u", len > 0 ? "," : "", vlan);
		if (last > vlan)
			len += (size_t)snprintf(buf + len, VLAN_LIST_SIZE - len, "-%u", last);
	}
}
