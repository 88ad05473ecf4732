# SPDX-License-Identifier: BSD-3-Clause
"""Two Dialers at once: one over GigabitEthernet8, one over its VLAN 10, each with its session."""

import struct
from types import SimpleNamespace

import pytest
from scapy.all import IP, UDP

import pppoe
from isp import PEER, WEB_GATEWAY, Customer, Isp
from lab import LabError, wait_until
from topology import RT13_LAN, WEB, WEB_STATION, lab_config, rt13_router
from wire import Relay, Wire, untag

SECOND = Customer("second@example", "hunter2", "26.0.0.16/29")
VLAN = 10
HOST, HOST2 = "192.168.10.16", "192.168.10.17"
GLOBAL2 = "26.0.0.17"
CONFIG = lab_config("RT13.cfg").replace("end\n", "") + f"""
interface GigabitEthernet8.10
 encapsulation dot1Q {VLAN}
 pppoe enable group global
 pppoe-client dial-pool-number 2
!
interface Dialer2
 mtu 1492
 ip unnumbered Vlan10
 ip nat outside
 encapsulation ppp
 dialer pool 2
 ppp authentication chap callin
 ppp chap hostname {SECOND.name}
 ppp chap password {SECOND.secret}
!
ip nat inside source static {HOST2} {GLOBAL2}
ip route 23.219.39.48 255.255.255.240 Dialer2
end
"""


class VlanSwitch:
    """Between the router and the provider's two devices: what is tagged goes to the second."""

    def __init__(self, ns):
        self.tagged = []  # frames of the VLAN, tags and all, that the router sent
        self.relay = Relay(ns, "router", "isp", "isp10")
        self.relay.hook = self.switch

    def switch(self, frame, source):
        if source == "isp10":
            return frame[:12] + struct.pack("!HH", 0x8100, VLAN) + frame[12:]
        vlan = untag(frame)[0]
        if source == "router" and vlan == VLAN:
            self.tagged.append(frame)
            self.relay.send("isp10", frame[:12] + frame[16:])
            return None
        return frame if vlan is None else None


@pytest.fixture(scope="module")
def net(lab):
    box, lan, middle = map(lab.namespace, ("rt13", "lan", "middle"))
    isp = Isp(lab, ports=("access", "access10"), customers=(Customer(), SECOND))
    lab.veth(lan, "eth0", box, "lan0")
    lab.veth(box, "wan0", middle, "router")
    lab.veth(middle, "isp", isp.ns, "access")
    lab.veth(middle, "isp10", isp.ns, "access10")
    made = SimpleNamespace(lab=lab, box=box, isp=isp, switch=VlanSwitch(middle))
    isp.start()
    made.router = rt13_router(lab, box, CONFIG)
    lan_wire, web_wire = Wire(lan, "eth0"), Wire(isp.web, "eth0")
    made.host = lan_wire.station("02:00:00:00:10:16", HOST, gateway=RT13_LAN)
    made.host2 = lan_wire.station("02:00:00:00:10:17", HOST2, gateway=RT13_LAN)
    made.server = web_wire.station("02:00:00:00:39:50", WEB_STATION, gateway=WEB_GATEWAY)
    isp.ready()
    wait_until(lambda: set(pppoe.sessions(made.router)) == {"Di1", "Di2"}, 60, "two sessions")
    wait_until(lambda: len(isp.devices()) == 2, 20, "two sessions at the server")
    return made


def works(net):
    """The first host by Dialer1 to the web's servers, the second by Dialer2 to the station."""
    net.host.echo(WEB, bound=5)
    got = net.host2.exchange(IP(src=HOST2, dst=WEB_STATION) / UDP(sport=1, dport=9), net.server,
                             lambda p: UDP in p and p[UDP].dport == 9, 5)
    assert got.src == GLOBAL2
    net.server.exchange(IP(src=WEB_STATION, dst=GLOBAL2) / UDP(sport=9, dport=1), net.host2,
                        lambda p: UDP in p and p[UDP].sport == 9, 5)
    return True


def passes(net):
    try:
        return works(net)
    except LabError:
        return False


def test_two_sessions(net):
    """Each on its port, with a session of its own."""
    found = pppoe.sessions(net.router)
    assert found["Di1"].port == "Gi8" and found["Di2"].port == "Gi8.10"
    assert found["Di1"].access != found["Di2"].access
    assert found["Di1"].session != found["Di2"].session
    assert found["Di1"].remote == pppoe.dotted(net.isp.mac("access"))
    assert found["Di2"].remote == pppoe.dotted(net.isp.mac("access10"))
    assert " 2 client sessions" in net.router.cli("show pppoe session")


def test_packets_take_their_session(net):
    wait_until(lambda: passes(net), 20, "both ways")
    net.switch.tagged.clear()
    works(net)
    inner = [pppoe.Frame(f[:12] + f[16:]) for f in net.switch.tagged]
    packets = [IP(f.payload) for f in inner if f.protocol == pppoe.IP4]
    assert packets and {p.src for p in packets} == {GLOBAL2}


def test_routes(net):
    text = net.router.cli("show ip route")
    assert f"S*    0.0.0.0/0 [1/0] via {PEER}" in text
    assert "S        23.219.39.48 is directly connected, Dialer2" in text \
        or "S        23.219.39.48/28 is directly connected, Dialer2" in text


@pytest.mark.parametrize("ended,other", [("Di1", "Di2"), ("Di2", "Di1")])
def test_one_ends_and_the_other_does_not(net, ended, other):
    before = pppoe.sessions(net.router)
    name = {"Di1": "Dialer1", "Di2": "Dialer2"}[ended]
    net.router.configure(f"interface {name}\n shutdown\n")
    pppoe.wait_down(net.router, ended)
    assert pppoe.session(net.router, other) == before[other]
    net.router.configure(f"interface {name}\n no shutdown\n")
    pppoe.wait_session(net.router, ended, other_than=before[ended].session)
    wait_until(lambda: passes(net), 20, "both ways")
    assert pppoe.session(net.router, other) == before[other]


def test_running_config_is_a_fixed_point(net):
    before = net.router.running(), pppoe.sessions(net.router)
    done = net.router.load(net.router.cli("show running-config"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert (net.router.running(), pppoe.sessions(net.router)) == before
