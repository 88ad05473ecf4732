/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/iface/kind.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "control/iface/iface.h"

void iface_kind_register(struct iface_table *t, const struct iface_kind *kind)
{
	assert(t->n_kinds < IFACE_KINDS_MAX);
	t->kind[t->n_kinds++] = kind;
}

static bool kind_matches(
	const struct iface_kind *kind, const struct iface_table *t, const char *name, size_t word)
{
	unsigned long unit = strtoul(name + word, NULL, 10);

	if (kind->name == NULL)
		return kind->matches(t, name);
	return strlen(kind->name) == word && strncmp(kind->name, name, word) == 0 &&
	       unit >= kind->min_unit && unit <= kind->max_unit;
}

const struct iface_kind *iface_kind_find(const struct iface_table *t, const char *name)
{
	size_t word = strcspn(name, "0123456789");

	if (strlen(name) >= BW_NAME_LEN || word == 0 || name[word] == '\0')
		return NULL;
	for (unsigned i = 0; i < t->n_kinds; i++)
		if (kind_matches(t->kind[i], t, name, word))
			return t->kind[i];
	return &iface_stub;
}
