/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/pci_vf.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_VFS 256
#define PATH	512

static void read_pf_name(const char *device, char name[IFNAMSIZ])
{
	char path[PATH + 16];
	const struct dirent *e;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/physfn/net", device);
	dir = opendir(path);
	while (dir && (e = readdir(dir)))
		if (e->d_name[0] != '.')
			snprintf(name, IFNAMSIZ, "%.*s", IFNAMSIZ - 1, e->d_name);
	if (dir)
		closedir(dir);
}

/* The physical function has a link virtfnN to each of its own. */
static bool is_number(const char *device, const char *address, unsigned number)
{
	char path[PATH + 32], target[PATH];
	const char *last;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/physfn/virtfn%u", device, number);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return false;
	target[n] = '\0';
	last = strrchr(target, '/');
	return strcmp(last ? last + 1 : target, address) == 0;
}

bool pci_vf_find(const char *devices, const char *address, struct pci_vf *vf)
{
	char device[PATH];

	memset(vf, 0, sizeof(*vf));
	snprintf(device, sizeof(device), "%s/%s", devices, address);
	while (vf->number < MAX_VFS && !is_number(device, address, vf->number))
		vf->number++;
	if (vf->number == MAX_VFS)
		return false;
	read_pf_name(device, vf->pf);
	return true;
}
