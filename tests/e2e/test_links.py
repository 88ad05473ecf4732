# SPDX-License-Identifier: BSD-3-Clause
"""Links that go and come: what was learnt from one goes with it, and the rest finds its way."""

import itertools
from types import SimpleNamespace

import pytest
from scapy.all import ARP, IP, UDP

from lab import LabError, wait_until
from router import Router
from topology import platform, ready
from wire import BROADCAST, Wire

CONFIG = """
hostname R
interface GigabitEthernet10
 ip address 10.0.7.1 255.255.255.0
interface GigabitEthernet8
 ip address 10.0.8.1 255.255.255.0
interface GigabitEthernet9
 ip address 10.0.9.1 255.255.255.0
vlan 20
interface GigabitEthernet0
 switchport access vlan 20
interface GigabitEthernet1
 switchport access vlan 20
interface Vlan20
 ip address 10.0.20.1 255.255.255.0
ip route 10.0.8.0 255.255.255.0 10.0.9.10 250
ip route 10.0.20.0 255.255.255.0 10.0.9.10 250
ip route 172.16.0.0 255.255.0.0 10.0.8.10
ip route 172.16.0.0 255.255.0.0 10.0.9.10 250
"""

DEVICES = ("p0", "p1", "p10", "p8", "p9")
ports = itertools.count(20000)


@pytest.fixture(scope="module")
def net(lab):
    box, far = lab.namespace("box"), lab.namespace("far")
    for device in DEVICES:
        lab.veth(far, device, box, device)
    w = {device: Wire(far, device) for device in DEVICES}
    made = SimpleNamespace(
        lab=lab, box=box, far=far, wires=w,
        host=w["p10"].station("02:00:00:00:07:10", "10.0.7.10", gateway="10.0.7.1"),
        gateway=w["p8"].station("02:00:00:00:08:10", "10.0.8.10", gateway="10.0.8.1"),
        neighbour=w["p8"].station("02:00:00:00:08:20", "10.0.8.20", gateway="10.0.8.1"),
        backup=w["p9"].station("02:00:00:00:09:10", "10.0.9.10", gateway="10.0.9.1"),
        lan=w["p0"].station("02:00:00:00:20:10", "10.0.20.10", gateway="10.0.20.1"),
        lan1=w["p1"].station("02:00:00:00:20:11", "10.0.20.11", gateway="10.0.20.1"),
    )
    made.router = Router(lab, "R", box, platform(**{f"gi{d[1:]}": d for d in DEVICES}),
                         CONFIG).start()
    for station in (made.host, made.gateway, made.backup, made.lan):
        ready(station, station.gateway)
    return made


@pytest.fixture(autouse=True)
def clean(net):
    """Every test begins with all links up and all its stations known."""
    net.router.configure(CONFIG)
    for device in DEVICES:
        net.far.ip(f"link set {device} up")
    wait_until(lambda: announced(net, net.lan), 10, "the host is back at its port")
    for wire in net.wires.values():
        wire.forget()
    for dst, station in (("10.0.8.10", net.gateway), ("10.0.8.20", net.neighbour),
                         ("10.0.9.10", net.backup), ("10.0.20.10", net.lan),
                         ("172.16.0.1", net.gateway)):
        wait_until(lambda d=dst, s=station: reaches(net, d, s, 0.3), 10, f"{dst} is reached")
    for wire in net.wires.values():
        wire.forget()


def reaches(net, dst, station, bound=1.0):
    """Whether a packet from the host to dst gets to a station."""
    packet = IP(src="10.0.7.10", dst=dst) / UDP(sport=next(ports), dport=9) / b"probe"
    net.host.send(packet)
    try:
        station.expect(lambda p: UDP in p and p[UDP].sport == packet[UDP].sport, bound)
    except LabError:
        return False
    return True


def announce(station):
    """As a host does when its cable is put in."""
    station.wire.send(station.frame(BROADCAST, ARP(
        op=1, hwsrc=station.mac, psrc=station.address, pdst=station.address)))


def announced(net, station):
    announce(station)
    return reaches(net, station.address, station, 0.3)


def takes(net, dst, station, within=1.0):
    """It does before so many seconds are over (and it may be asked for by ARP first)."""
    wait_until(lambda: reaches(net, dst, station, 0.2), within + 0.2,
               f"{dst} by way of {station.address}")


def link(net, device, state):
    net.far.ip(f"link set {device} {state}")


def is_known(net, address):
    return any(e["address"] == address and e["hardware"].count(".") == 2
               for e in net.router.json("show arp")["arp"])


def gratuitous(address):
    return lambda f: ARP in f and f[ARP].psrc == f[ARP].pdst == address


def test_known_hosts_take_the_backup_route(net):
    link(net, "p8", "down")
    # one that was in ARP, one that was not, and one beyond the gateway
    for dst in ("10.0.8.20", "10.0.8.99", "172.16.0.1"):
        takes(net, dst, net.backup)
    assert not is_known(net, "10.0.8.20")
    link(net, "p8", "up")
    net.wires["p8"].expect(gratuitous("10.0.8.1"))
    takes(net, "10.0.8.20", net.neighbour, 3)
    takes(net, "172.16.0.1", net.gateway, 3)


def test_shutdown_is_the_same(net):
    net.router.configure("interface GigabitEthernet8\n shutdown")
    takes(net, "10.0.8.20", net.backup)
    net.router.configure("interface GigabitEthernet8\n no shutdown")
    net.wires["p8"].expect(gratuitous("10.0.8.1"))
    takes(net, "10.0.8.20", net.neighbour, 3)


def test_what_is_lost_meanwhile_is_counted(net):
    before = sum(net.router.drops().values())
    net.router.configure("no ip route 10.0.8.0 255.255.255.0 10.0.9.10 250")
    link(net, "p8", "down")
    wait_until(lambda: not is_known(net, "10.0.8.20"), 3, "its entry goes")
    sent = 20
    for _ in range(sent):
        reaches(net, "10.0.8.20", net.backup, 0.01)
    wait_until(lambda: sum(net.router.drops().values()) - before >= sent, 5, "drops are counted")


def test_a_gateway_is_replaced_while_the_link_is_down(net):
    link(net, "p8", "down")
    wait_until(lambda: not is_known(net, "10.0.8.10"), 3, "its entry goes")
    net.gateway.mac = "02:00:00:00:08:77"
    try:
        link(net, "p8", "up")
        takes(net, "172.16.0.1", net.gateway, 3)
    finally:
        net.gateway.mac = "02:00:00:00:08:10"
        net.router.cli("clear arp-cache")


def test_a_gateway_is_replaced_behind_a_switch(net):
    """Our link stays up; the new one says that it is there."""
    net.gateway.mac = "02:00:00:00:08:78"
    try:
        announce(net.gateway)
        takes(net, "172.16.0.1", net.gateway)
    finally:
        net.gateway.mac = "02:00:00:00:08:10"
        net.router.cli("clear arp-cache")


def test_an_svi_goes_with_its_last_port(net):
    link(net, "p1", "down")
    takes(net, "10.0.20.10", net.lan)
    link(net, "p0", "down")
    takes(net, "10.0.20.10", net.backup)
    link(net, "p1", "up")
    net.wires["p1"].expect(gratuitous("10.0.20.1"))
    link(net, "p0", "up")
    takes(net, "10.0.20.10", net.lan, 3)


def test_an_svi_goes_with_its_vlan(net):
    net.router.configure("no vlan 20")
    takes(net, "10.0.20.10", net.backup)
    net.router.configure("vlan 20")
    net.wires["p0"].expect(gratuitous("10.0.20.1"))
    takes(net, "10.0.20.10", net.lan, 3)


def test_a_host_moves_to_another_port(net):
    """With its cable: the SVI stays up, and the new port is learnt."""
    net.wires["p0"].stations.remove(net.lan)
    moved = net.wires["p1"].station(net.lan.mac, "10.0.20.10", gateway="10.0.20.1")
    try:
        link(net, "p0", "down")
        takes(net, "10.0.20.10", moved, 3)
    finally:
        net.wires["p1"].stations.remove(moved)
        net.wires["p0"].stations.append(net.lan)


def test_another_host_takes_its_place(net):
    """The same address, another MAC address, another port; nobody says so."""
    net.wires["p0"].stations.remove(net.lan)
    other = net.wires["p1"].station("02:00:00:00:20:99", "10.0.20.10", gateway="10.0.20.1")
    try:
        link(net, "p0", "down")
        takes(net, "10.0.20.10", other, 3)
    finally:
        net.wires["p1"].stations.remove(other)
        net.wires["p0"].stations.append(net.lan)


def test_a_port_leaves_its_vlan(net):
    net.router.configure("interface GigabitEthernet0\n switchport access vlan 30")
    wait_until(lambda: not is_known(net, "10.0.20.10"), 3, "its entry goes")
    macs = net.router.cli("show mac address-table")
    assert "0200.0000.2010" not in macs.replace("\n", " ") or " 20 " not in macs


def test_an_address_changes(net):
    net.router.configure("interface GigabitEthernet8\n ip address 10.0.88.1 255.255.255.0")
    net.wires["p8"].expect(gratuitous("10.0.88.1"))
    takes(net, "10.0.8.20", net.backup)
    assert not is_known(net, "10.0.8.20")


def test_a_subinterface_goes_with_its_port(net):
    inside = net.wires["p8"].station("02:00:00:00:30:10", "10.0.30.10", vlan=30,
                                     gateway="10.0.30.1")
    net.router.configure("interface GigabitEthernet8.30\n encapsulation dot1Q 30\n"
                         " ip address 10.0.30.1 255.255.255.0\n"
                         "ip route 10.0.30.0 255.255.255.0 10.0.9.10 250")
    try:
        takes(net, "10.0.30.10", inside, 3)
        link(net, "p8", "down")
        takes(net, "10.0.30.10", net.backup)
        link(net, "p8", "up")
        takes(net, "10.0.30.10", inside, 3)
        net.router.configure("no interface GigabitEthernet8.30")
        takes(net, "10.0.30.10", net.backup)
    finally:
        net.router.configure("no ip route 10.0.30.0 255.255.255.0 10.0.9.10 250")
        net.wires["p8"].stations.remove(inside)


def test_a_link_goes_while_control_is_away(net):
    """The dataplane forgets by itself; control does the rest when it is back."""
    net.router.kill_control()
    link(net, "p8", "down")
    wait_until(lambda: not reaches(net, "10.0.8.20", net.neighbour, 0.05), 3, "the link is seen")
    net.router.start_control()
    takes(net, "10.0.8.20", net.backup, 5)
    link(net, "p8", "up")
    net.wires["p8"].expect(gratuitous("10.0.8.1"))
    takes(net, "10.0.8.20", net.neighbour, 3)


def test_a_dataplane_that_starts_announces_its_addresses(net):
    net.router.kill_dp()
    net.wires["p8"].forget()
    net.router.start_dp()
    net.wires["p8"].expect(gratuitous("10.0.8.1"), 20)
    takes(net, "172.16.0.1", net.gateway, 5)


