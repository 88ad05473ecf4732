# SPDX-License-Identifier: BSD-3-Clause
"""Proxy ARP (RFC 1027), and routes that depend on it, against Linux hosts and stations."""

from types import SimpleNamespace

import pytest
from scapy.all import ARP

from lab import LabError, wait_until
from router import Router
from topology import SMALL, platform, ready
from wire import BROADCAST, Wire

CONFIG = """
hostname R
interface GigabitEthernet8
 ip address 10.0.8.1 255.255.255.0
 ip nat outside
interface GigabitEthernet9
 ip address 10.0.9.1 255.255.255.0
vlan 20
interface GigabitEthernet0
 switchport access vlan 20
interface Vlan20
 ip address 10.0.20.1 255.255.255.0
interface GigabitEthernet9.30
 encapsulation dot1Q 30
 ip address 10.0.30.1 255.255.255.0
interface Loopback0
 ip address 10.99.0.1 255.255.255.255
ip nat inside source static 10.0.9.10 10.0.8.50
ip route 172.16.0.0 255.255.0.0 10.0.9.10
ip route 172.17.0.0 255.255.0.0 10.0.8.10
ip route 192.168.66.0 255.255.255.0 Null0
"""

ROUTER = {"p8": "10.0.8.1", "p9": "10.0.9.1", "p0": "10.0.20.1"}


@pytest.fixture(scope="module")
def net(lab):
    box, far = lab.namespace("box"), lab.namespace("far")
    for device in ROUTER:
        lab.veth(far, device, box, device)
    w = {device: Wire(far, device) for device in ROUTER}
    made = SimpleNamespace(
        lab=lab, box=box,
        a=w["p8"].station("02:00:00:00:08:10", "10.0.8.10", gateway="10.0.8.1"),
        b=w["p9"].station("02:00:00:00:09:10", "10.0.9.10", gateway="10.0.9.1"),
        lan=w["p0"].station("02:00:00:00:20:10", "10.0.20.10", gateway="10.0.20.1"),
        sub=w["p9"].station("02:00:00:00:30:10", "10.0.30.10", vlan=30, gateway="10.0.30.1"),
    )
    made.router = Router(lab, "R", box, platform(gi8="p8", gi9="p9", gi0="p0"), CONFIG).start()
    for station in (made.a, made.b, made.lan, made.sub):
        ready(station, station.gateway)
    return made


def answer(station, target, source=None, bound=1.0):
    """The MAC address that a request for target is answered with; None if it is not."""
    station.arp_seen.clear()
    request = ARP(op=1, hwsrc=station.mac, psrc=source or station.address,
                  hwdst="00:00:00:00:00:00", pdst=target)
    station.wire.send(station.frame(BROADCAST, request))

    def reply():
        return next((a for a in list(station.arp_seen) if a.op == 2 and a.psrc == target), None)
    try:
        return wait_until(reply, bound).hwsrc
    except LabError:
        return None


@pytest.mark.parametrize("who", ["a", "lan", "sub"])
def test_a_routed_target_is_answered_for(net, who):
    station = getattr(net, who)
    own = station.resolve()
    for target in ("10.0.9.77", "172.16.5.5", "10.99.0.1"):
        assert answer(station, target) == own


def test_who_is_not_answered_for(net):
    for target in ("10.0.8.77",       # of the asker's own subnet
                   "172.17.0.1",      # behind the asker's own subnet
                   "203.0.113.1",     # no way there
                   "192.168.66.1",    # Null0
                   "10.0.9.255", "255.255.255.255", "224.0.0.5", "127.0.0.1"):
        assert answer(net.a, target, bound=0.2) is None, target
    # probes and announcements of somebody whose address is routed elsewhere
    assert answer(net.a, "10.0.9.77", source="0.0.0.0", bound=0.2) is None
    assert answer(net.a, "10.0.9.77", source="10.0.9.77", bound=0.2) is None
    # a stranger to the subnet
    assert answer(net.a, "10.0.9.77", source="10.0.20.3", bound=0.2) is None


def test_a_nat_global_is_still_answered(net):
    assert answer(net.a, "10.0.8.50") == net.a.resolve()


def test_a_default_route_will_do(net):
    net.router.configure("ip route 0.0.0.0 0.0.0.0 10.0.9.10")
    try:
        assert answer(net.a, "203.0.113.1") == net.a.resolve()
        assert answer(net.b, "203.0.113.1", bound=0.2) is None  # it leads back
    finally:
        net.router.configure("no ip route 0.0.0.0 0.0.0.0 10.0.9.10")


def test_one_of_two_paths_that_leads_back(net):
    net.router.configure("ip route 172.18.0.0 255.255.0.0 10.0.8.10\n"
                         "ip route 172.18.0.0 255.255.0.0 10.0.9.10")
    assert answer(net.a, "172.18.0.1", bound=0.2) is None
    assert answer(net.lan, "172.18.0.1") == net.lan.resolve()


@pytest.mark.parametrize("interface,who", [("GigabitEthernet8", "a"), ("Vlan20", "lan"),
                                           ("GigabitEthernet9.30", "sub")])
def test_no_ip_proxy_arp(net, interface, who):
    station = getattr(net, who)
    net.router.configure(f"interface {interface}\n no ip proxy-arp")
    assert answer(station, "172.16.5.5", bound=0.3) is None
    assert answer(station, station.gateway) == station.resolve()
    net.router.configure(f"interface {interface}\n ip proxy-arp")
    assert answer(station, "172.16.5.5") == station.resolve()


def test_it_is_counted(net):
    before = net.router.json("show ip traffic")["arp"]["proxy_replies_sent"]
    assert answer(net.a, "172.16.5.5")
    assert net.router.json("show ip traffic")["arp"]["proxy_replies_sent"] == before + 1
    assert f"({before + 1} proxy)" in net.router.cli("show ip traffic")


def test_a_host_without_a_gateway(lab):
    """A Linux host that takes the whole world for its own link reaches it through the router."""
    box, host, web = (lab.namespace(n) for n in ("box2", "host2", "web2"))
    lab.veth(host, "eth0", box, "lan0")
    lab.veth(web, "eth0", box, "wan0")
    web.address("eth0", "10.2.0.2/24", gateway="10.2.0.1")
    web.address("lo", "198.51.100.7/32")
    host.address("eth0", "10.1.0.2/24")
    host.ip("route add default dev eth0")
    router = Router(lab, "P", box, platform(gi9="lan0", gi8="wan0", extra=SMALL), """
interface GigabitEthernet9
 ip address 10.1.0.1 255.255.255.0
interface GigabitEthernet8
 ip address 10.2.0.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 10.2.0.2
""").start()
    ping = "ping -c 1 -W 1 198.51.100.7"
    wait_until(lambda: host.run(ping, check=False).returncode == 0, 15, "the ping")
    assert router.json("show ip traffic")["arp"]["proxy_replies_sent"] >= 1


def test_a_route_through_an_interface(lab):
    """`ip route 0.0.0.0 0.0.0.0 GigabitEthernet8`: the next router is a proxy for every host."""
    box, host, web, beyond = (lab.namespace(n) for n in ("box3", "host3", "web3", "beyond3"))
    lab.veth(host, "eth0", box, "lan0")
    lab.veth(web, "eth0", box, "wan0")
    host.address("eth0", "10.1.0.2/24", gateway="10.1.0.1")
    web.address("eth0", "10.2.0.2/24")
    web.ip("route add 10.1.0.0/24 via 10.2.0.1")
    web.sysctl("net.ipv4.conf.eth0.proxy_arp=1", "net.ipv4.ip_forward=1",
               "net.ipv4.neigh.eth0.proxy_delay=0")
    lab.veth(web, "eth1", beyond, "eth0")
    web.address("eth1", "198.51.100.1/24")
    beyond.address("eth0", "198.51.100.7/24", "198.51.100.8/24", gateway="198.51.100.1")
    router = Router(lab, "Q", box, platform(gi9="lan0", gi8="wan0", extra=SMALL), """
interface GigabitEthernet9
 ip address 10.1.0.1 255.255.255.0
interface GigabitEthernet8
 ip address 10.2.0.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 GigabitEthernet8
""").start()
    for address in ("198.51.100.7", "198.51.100.8", "10.2.0.2"):
        wait_until(lambda a=address: host.run(f"ping -c 1 -W 1 {a}", check=False).returncode == 0,
                   15, f"{address} answers")
    assert "198.51.100.8" in router.cli("show arp")


def test_nobody_answers_on_the_ethernet_of_a_session(lab):
    """The Ethernet under a Dialer has no subnet: nothing on it is to be answered for."""
    box, far = lab.namespace("box4"), lab.namespace("far4")
    for device in ("p7", "p8"):
        lab.veth(far, device, box, device)
    lan = Wire(far, "p7").station("02:00:00:00:07:10", "10.1.0.2", gateway="10.1.0.1")
    wan = Wire(far, "p8").station("02:00:00:00:08:10", "10.0.8.10")
    Router(lab, "S", box, platform(gi9="p7", gi8="p8", extra=SMALL), """
interface GigabitEthernet9
 ip address 10.1.0.1 255.255.255.0
interface GigabitEthernet8
 no ip address
 pppoe enable group global
 pppoe-client dial-pool-number 1
interface Dialer1
 ip address negotiated
 encapsulation ppp
 dialer pool 1
ip route 0.0.0.0 0.0.0.0 Dialer1
""").start()
    ready(lan, "10.1.0.1")
    for target in ("10.1.0.1", "10.1.0.2", "198.51.100.7"):
        assert answer(wan, target, bound=0.3) is None
    assert lan.echo("10.1.0.1")
