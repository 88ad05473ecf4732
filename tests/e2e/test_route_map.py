# SPDX-License-Identifier: BSD-3-Clause
"""NAT by route-maps: two uplinks, and what leaves by each has its address."""

from types import SimpleNamespace

import pytest
from scapy.all import IP, UDP

from lab import LabError, wait_until
from router import Router
from topology import LAN_HOST, LAN_HOST2, LAN_ROUTER, WEB, WEB2, platform, ready
from wire import Wire

ADDRESS = {"a": "192.0.2.2", "b": "198.51.100.2"}
PEER = {"a": "192.0.2.1", "b": "198.51.100.1"}

CONFIG = """\
interface GigabitEthernet0
 no ip address
interface GigabitEthernet8
 ip address 192.0.2.2 255.255.255.0
 ip nat outside
 no shutdown
interface GigabitEthernet9
 ip address 198.51.100.2 255.255.255.0
 ip nat outside
 no shutdown
interface Vlan1
 ip address 192.168.20.1 255.255.255.0
 ip nat inside
 no shutdown
ip nat inside source route-map UPLINK-A interface GigabitEthernet8 overload
ip nat inside source route-map UPLINK-B interface GigabitEthernet9 overload
ip route 0.0.0.0 0.0.0.0 192.0.2.1
ip route 0.0.0.0 0.0.0.0 198.51.100.1 250
ip route 77.234.41.0 255.255.255.0 198.51.100.1
ip access-list extended NOT-THESE
 permit ip host 192.168.20.11 host 77.234.41.34
access-list 1 permit 192.168.20.0 0.0.0.255
route-map UPLINK-A permit 10
 match ip address 1
 match interface GigabitEthernet8
route-map UPLINK-B deny 5
 match ip address NOT-THESE
route-map UPLINK-B permit 10
 match ip address 1
 match interface GigabitEthernet9
"""


@pytest.fixture(scope="module")
def net(lab):
    box = lab.namespace("box")
    net = SimpleNamespace(lab=lab, box=box, wire={})
    for name, cable in (("lan", "lan0"), ("a", "wan0"), ("b", "wan1")):
        end = lab.namespace(name)
        lab.veth(end, "eth0", box, cable)
        net.wire[name] = Wire(end, "eth0")
    conf = platform(gi0="lan0", gi8="wan0", gi9="wan1")
    net.router = Router(lab, "R", box, conf, CONFIG, "asan").start()
    lan = net.wire["lan"].station
    net.host = lan("02:00:00:00:20:10", LAN_HOST, gateway=LAN_ROUTER)
    net.host2 = lan("02:00:00:00:20:11", LAN_HOST2, gateway=LAN_ROUTER)
    net.peer = {}
    for name in ADDRESS:
        net.peer[name] = net.wire[name].station(
            f"02:00:00:00:00:0{name}", PEER[name], gateway=ADDRESS[name])
        ready(net.peer[name], ADDRESS[name])
    ready(net.host, LAN_ROUTER)
    return net


def udp(src, dst, sport):
    return IP(src=src, dst=dst) / UDP(sport=sport, dport=9) / b"x"


def is_port(dport):
    return lambda p: UDP in p and p[UDP].dport == dport


@pytest.mark.parametrize("uplink, far", [("a", WEB), ("b", WEB2)])
def test_each_uplink_has_its_address(net, uplink, far):
    """And the answer comes back."""
    got = net.host.exchange(udp(LAN_HOST, far, 5000), net.peer[uplink], is_port(9))
    assert got.src == ADDRESS[uplink]
    back = IP(src=far, dst=got.src) / UDP(sport=9, dport=got[UDP].sport) / b"back"
    answer = net.peer[uplink].exchange(back, net.host, lambda p: UDP in p and p[UDP].sport == 9)
    assert (answer.dst, answer[UDP].dport) == (LAN_HOST, 5000)


def test_denied_is_not_translated(net):
    got = net.host2.exchange(udp(LAN_HOST2, WEB2, 5001), net.peer["b"], is_port(9))
    assert got.src == LAN_HOST2
    got = net.host.exchange(udp(LAN_HOST, WEB2, 5001), net.peer["b"], is_port(9))
    assert got.src == ADDRESS["b"]


def test_the_map_can_be_changed(net):
    net.router.configure("route-map UPLINK-B permit 10\n no match ip address 1\n"
                         " match ip address 77\n")
    try:
        wait_until(lambda: net.host.exchange(udp(LAN_HOST, WEB2, 5002), net.peer["b"],
                                             is_port(9)).src == LAN_HOST, 5, "the list's effect")
    finally:
        net.router.configure("route-map UPLINK-B permit 10\n no match ip address 77\n"
                             " match ip address 1\n")
    wait_until(lambda: net.host.exchange(udp(LAN_HOST, WEB2, 5003), net.peer["b"],
                                         is_port(9)).src == ADDRESS["b"], 5, "the rule's return")


def test_flows_take_the_other_uplink(net):
    """A flow that is there already, too: and back, when the uplink is."""
    def source(uplink):
        try:
            return net.host.exchange(udp(LAN_HOST, WEB, 5004), net.peer[uplink],
                                     is_port(9), bound=1.0).src
        except LabError:
            return None

    assert source("a") == ADDRESS["a"]
    net.router.configure("interface GigabitEthernet8\n shutdown\n")
    try:
        wait_until(lambda: source("b") == ADDRESS["b"], 10, "the flow with the other's address")
    finally:
        net.router.configure("interface GigabitEthernet8\n no shutdown\n")
    wait_until(lambda: source("a") == ADDRESS["a"], 10, "the flow with its old address")


def test_show(net):
    shown = net.router.cli("show route-map UPLINK-B")
    assert "route-map UPLINK-B, deny, sequence 5\n" in shown
    assert "    ip address (access-lists): NOT-THESE\n" in shown
    assert "    interface GigabitEthernet9\n" in shown
    running = net.router.cli("show running-config")
    assert running.index("\nroute-map UPLINK-A permit 10\n") > running.index("\nip access-list")
