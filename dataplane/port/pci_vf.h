/* SPDX-License-Identifier: BSD-3-Clause */
/* SR-IOV virtual functions, as sysfs tells of them. */
#ifndef DATAPLANE_PORT_PCI_VF_H
#define DATAPLANE_PORT_PCI_VF_H

#include <net/if.h>
#include <stdbool.h>

#define PCI_DEVICES "/sys/bus/pci/devices"

struct pci_vf {
	char pf[IFNAMSIZ]; /* network device of its physical function; empty: none here */
	unsigned number;   /* which VF of it */
};

/*
 * True if the device at that address (0000:01:10.0) is a virtual function whose physical one
 * this machine has; a VF that was passed to a virtual machine does not look like one in there.
 * `devices` is PCI_DEVICES, except in tests.
 */
bool pci_vf_find(const char *devices, const char *address, struct pci_vf *vf);

#endif
