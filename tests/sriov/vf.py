# SPDX-License-Identifier: BSD-3-Clause
"""The guest's hardware: virtual functions of its igb ports, and their cables."""

import os

from lab import checked, wait_until

PCI = "/sys/bus/pci"


class Card:
    """Port `number` of the guest, its physical function in a namespace.

    VF n of pf1 gets the MAC address 02:00:00:00:01:1n.
    """

    def __init__(self, number, ns):
        self.number = number
        self.ns = ns
        self.pf = f"pf{number}"
        self.device = f"{PCI}/devices/0000:0{number + 1}:00.0"
        checked(["ip", "link", "set", self.pf, "netns", ns.full_name])
        ns.ip(f"link set {self.pf} up")  # before that a VF has no link

    def make_vfs(self, count, driver="vfio-pci"):
        """Make VFs as an administrator would; their PCI addresses."""
        _write(f"{self.device}/sriov_drivers_autoprobe", "0")  # igbvf shall not take them
        _write(f"{self.device}/sriov_numvfs", str(count))
        addresses = []
        for n in range(count):
            self.ns.ip(f"link set {self.pf} vf {n} mac {self.vf_mac(n)} spoofchk off trust on")
            address = os.path.basename(os.readlink(f"{self.device}/virtfn{n}"))
            _write(f"{PCI}/devices/{address}/driver_override", driver)
            _write(f"{PCI}/drivers_probe", address)
            bound = os.readlink(f"{PCI}/devices/{address}/driver")
            assert os.path.basename(bound) == driver, f"{address} is bound to {bound}"
            addresses.append(address)
        return addresses

    def vf_mac(self, n=0):
        return f"02:00:00:00:0{self.number}:1{n}"

    def has_carrier(self):
        path = f"/sys/class/net/{self.pf}/carrier"
        return self.ns.run(["cat", path], check=False).stdout.strip() == "1"

    def set_pf(self, up):
        """`ip link set PF up|down`, which resets the card and silences its VFs."""
        self.ns.ip(f"link set {self.pf} {'up' if up else 'down'}")
        if up:
            wait_until(self.has_carrier, 30, f"{self.pf} has a carrier")

    def set_cable(self, plugged):
        """Pull the port's cable, or put it back."""
        _write("/run/vm/port-link", f"{self.pf} {'on' if plugged else 'off'}\n")
        wait_until(lambda: self.has_carrier() == plugged, 30,
                   f"the carrier of {self.pf} follows its cable")


def _write(path, text):
    with open(path, "w", encoding="ascii") as f:
        f.write(text)
