# SPDX-License-Identifier: BSD-3-Clause
"""RT03 on virtual functions of two cards, with hosts at the other ends of their cables.

    host 192.168.20.10 -- wire0=pf0 : VF GigabitEthernet0  RT03  GigabitEthernet8 VF : pf1=wire1 --
    server 192.168.10.1
"""

import os
import re
import sys
from types import SimpleNamespace

import pytest

from lab import LabError, checked, wait_until
from router import TOP, Router
from vf import Card

BOUND = 60.0  # everything is slow in the guest
LAN_HOST, LAN_ROUTER = "192.168.20.10", "192.168.20.1"
WAN_SERVER, WAN_ROUTER = "192.168.10.1", "192.168.10.16"
WEB = "23.219.39.17"
PAGE = "This page came over two virtual functions.\n"
MEMORY = "memory 320\nmbufs 12288\nnat-sessions 20000\nroutes 20000\nmax-mtu 9000\n"


@pytest.fixture(scope="module")
def net(lab):
    lan, box, wan = map(lab.namespace, ("lan", "box", "wan"))
    checked(["ip", "link", "set", "wire0", "netns", lan.full_name])
    checked(["ip", "link", "set", "wire1", "netns", wan.full_name])
    cards = [Card(0, box), Card(1, box)]
    lan_vf, = cards[0].make_vfs(1)
    wan_vf, = cards[1].make_vfs(1)
    lan.ip("link set wire0 up")
    wan.ip("link set wire1 up")
    lan.address("wire0", f"{LAN_HOST}/24", gateway=LAN_ROUTER)
    wan.address("wire1", f"{WAN_SERVER}/24")
    wan.address("lo", f"{WEB}/32")
    conf = f"port GigabitEthernet0 pci {lan_vf}\nport GigabitEthernet8 pci {wan_vf}\n" + MEMORY
    with open(os.path.join(TOP, "configs/lab/RT03.cfg"), encoding="utf-8") as f:
        router = Router(lab, "RT03", box, conf, f.read()).start()
    wait_until(lambda: row(router, "GigabitEthernet0")["link_up"]
               and row(router, "GigabitEthernet8")["link_up"], BOUND, "both links are up")
    return SimpleNamespace(lan=lan, box=box, wan=wan, router=router, cards=cards)


def row(router, name):
    rows = router.json("show platform ports")["ports"]
    return next(r for r in rows if r["name"] == name)


def protocol(router, name):
    """The line protocol of an interface, as `show interfaces` has it."""
    first = router.cli(f"show interfaces {name}").splitlines()[0]
    return re.search(r"line protocol is (\w+)", first).group(1)


def packets(router, name):
    """Packets in and out of `show interfaces`."""
    text = router.cli(f"show interfaces {name}")
    return [int(re.search(rf"(\d+) packets {way}", text).group(1)) for way in ("input", "output")]


def pings(ns, address, *options):
    return ns.run(["ping", "-n", "-c", "1", "-W", "1", *options, address],
                  check=False).returncode == 0


def wait_for_ping(ns, address, *options, bound=BOUND):
    wait_until(lambda: pings(ns, address, *options), bound, f"a ping of {address} {options}")


def all_pings(ns, address, count, *options):
    done = ns.run(["ping", "-n", "-c", str(count), "-i", "0.05", "-W", "5", *options, address],
                  BOUND, check=False)
    assert f" {count} received" in done.stdout, done.stdout


def test_ports(net):
    for name, card in zip(("GigabitEthernet0", "GigabitEthernet8"), net.cards):
        got = row(net.router, name)
        assert got["driver"] == "net_e1000_igb_vf"
        assert got["mac"].replace(".", "") == card.vf_mac().replace(":", "")
        assert (got["speed"], got["rx_queues"]) == (1000, 1)
        assert protocol(net.router, name) == "up"


def test_arp_and_ping(net):
    """Each side asks for the other's address and gets it, not from the PF on the same wire."""
    wait_for_ping(net.lan, LAN_ROUTER)
    assert net.cards[0].vf_mac() in net.lan.run(f"ip neigh show {LAN_ROUTER}").stdout
    # the server has said nothing so far, so that the router has to ask
    wait_for_ping(net.lan, WEB)
    shown = net.router.cli("show arp")
    assert re.search(rf"{re.escape(WAN_SERVER)} +\d+ +0200\.0000\.0102 +ARPA +GigabitEthernet8",
                     shown), shown
    assert re.search(rf"{re.escape(LAN_HOST)} +\d+ +0200\.0000\.0002 +ARPA +Vlan20", shown), shown
    all_pings(net.lan, LAN_ROUTER, 20)
    all_pings(net.wan, WAN_ROUTER, 20, "-s", "1472", "-M", "do")


def test_pat(net):
    """Ping and HTTP by translation; the server sees the router's address alone."""
    www = os.path.join(net.router.lab.dir, "www")
    os.makedirs(www)
    with open(f"{www}/index.html", "w", encoding="ascii") as f:
        f.write(PAGE)
    http = net.wan.spawn([sys.executable, "-u", "-m", "http.server", "80", "-d", www], "http")
    wait_until(lambda: ":80 " in net.wan.run("ss -Hltn").stdout, BOUND, "the web server")
    all_pings(net.lan, WEB, 20)
    done = net.lan.run(f"curl -sS -m 30 http://{WEB}/", BOUND)
    assert done.stdout == PAGE
    wait_until(lambda: "GET" in http.log(), BOUND, "the web server's log")
    assert set(re.findall(r"^([\d.]+) - - .*GET", http.log(), re.M)) == {WAN_ROUTER}
    assert re.search(rf"^tcp {WAN_ROUTER}:(\d+) +{LAN_HOST}:\1 +{WEB}:80 ",
                     net.router.cli("show ip nat translations"), re.M)


def test_switch_port_that_may_filter(net):
    """Nobody can ask a VF whether it filters, so the administrator is told what to see to."""
    told = [line for line in net.router.cli("show logging").splitlines() if "VF_FILTER" in line]
    assert len(told) == 3, told
    assert "GigabitEthernet0 is a VF" in told[0]
    assert "ip link set pf0 vf 0 trust on spoofchk off" in told[1]


def test_vlan(net):
    """Tagged frames: the filter lets them in, and tags that the PF takes off are put back."""
    net.router.configure("interface GigabitEthernet8.10\n encapsulation dot1Q 10\n"
                         " ip address 10.10.10.1 255.255.255.0\n")
    net.wan.ip("link add link wire1 name tag10 type vlan id 10")
    net.wan.ip("link set tag10 up")
    net.wan.address("tag10", "10.10.10.2/24")
    wait_for_ping(net.wan, "10.10.10.1")
    all_pings(net.wan, "10.10.10.1", 20, "-s", "1472", "-M", "do")
    all_pings(net.wan, WAN_ROUTER, 5)  # and untagged ones still
    net.wan.ip("link add link wire1 name tag11 type vlan id 11")
    net.wan.ip("link set tag11 up")
    net.wan.address("tag11", "10.10.10.3/24")
    assert not pings(net.wan, "10.10.10.1", "-I", "tag11"), "VLAN 11 is not the subinterface's"


def test_mac_address(net):
    """A VF has one address; it is the configured one while there is one."""
    net.router.configure("interface GigabitEthernet8\n mac-address 0200.0000.0999\n")
    net.wan.ip("neigh flush dev wire1")
    wait_for_ping(net.wan, WAN_ROUTER)
    assert "02:00:00:00:09:99" in net.wan.run(f"ip neigh show {WAN_ROUTER}").stdout
    net.wan.ip("neigh flush dev tag10")
    wait_for_ping(net.wan, "10.10.10.1")  # subinterfaces have it too
    net.router.configure("interface GigabitEthernet8\n no mac-address\n")
    for device in ("wire1", "tag10"):
        net.wan.ip(f"neigh flush dev {device}")
    wait_for_ping(net.wan, WAN_ROUTER)
    wait_for_ping(net.wan, "10.10.10.1")
    assert net.cards[1].vf_mac() in net.wan.run(f"ip neigh show {WAN_ROUTER}").stdout


def test_cable(net):
    net.cards[1].set_cable(False)
    wait_until(lambda: protocol(net.router, "GigabitEthernet8") == "down", BOUND,
               "the pulled cable is seen")
    assert "GigabitEthernet8" not in net.router.cli("show ip route")
    assert not pings(net.lan, WEB)
    assert pings(net.lan, LAN_ROUTER), "the other port goes on"
    net.cards[1].set_cable(True)
    wait_until(lambda: protocol(net.router, "GigabitEthernet8") == "up", BOUND,
               "the cable is back")
    wait_for_ping(net.lan, WEB)
    wait_for_ping(net.wan, "10.10.10.1")


def test_pf_down_and_up(net):
    """The VF falls silent without a word; the router sees it, and starts it anew when it can."""
    before = packets(net.router, "GigabitEthernet0")
    net.cards[0].set_pf(False)
    wait_until(lambda: protocol(net.router, "GigabitEthernet0") == "down", BOUND,
               "the dead port is no link")
    assert pings(net.wan, WAN_ROUTER), "the other port goes on"
    net.cards[0].set_pf(True)
    wait_for_ping(net.lan, LAN_ROUTER)
    wait_until(lambda: protocol(net.router, "GigabitEthernet0") == "up", BOUND, "it is a link again")
    all_pings(net.lan, WEB, 10)
    after = packets(net.router, "GigabitEthernet0")
    # the card's counters began anew, and the driver took that for 2^32 packets
    assert all(b < a < b + 1000 for b, a in zip(before, after)), (before, after)


def test_pf_bounce_restores_vlans(net):
    """Down and up at once; the VLAN filter has to be set again."""
    net.cards[1].set_pf(False)
    net.cards[1].set_pf(True)
    wait_for_ping(net.wan, "10.10.10.1")
    wait_for_ping(net.lan, WEB)


def test_mtu(net):
    """Jumbo frames. A VF's driver takes an MTU only at a start; the card has to carry it too."""
    net.router.configure("interface GigabitEthernet8\n mtu 9000\n")
    net.box.ip("link set pf1 mtu 9000")  # resets the card
    net.wan.ip("link set wire1 mtu 9000")
    wait_for_ping(net.wan, WAN_ROUTER)
    all_pings(net.wan, WAN_ROUTER, 10, "-s", "8972", "-M", "do")
    assert "MTU 9000 bytes" in net.router.cli("show interfaces GigabitEthernet8")


def test_killed_and_started_again(net):
    """The VFs are left in any state by a dataplane that dies."""
    net.router.kill_dp()
    net.router.start_dp()
    wait_for_ping(net.lan, WEB)
    wait_for_ping(net.wan, "10.10.10.1")


def test_absent_device(net):
    """What cannot be opened is named, with its port and why."""
    other = Router(net.router.lab, "BAD", net.box,
                   "port GigabitEthernet8 pci 0000:01:11.0\nmemory 64\nmbufs 1024\n"
                   "nat-sessions 1000\nroutes 1000\n")
    with pytest.raises(LabError, match="port GigabitEthernet8: cannot open PCI device "
                       "0000:01:11.0: no such device, or not bound to vfio-pci"):
        other.start_dp()


def test_af_xdp(lab):
    """Debian's kernel has AF_XDP, whatever the one of this machine has."""
    box, far = lab.namespace("xdp-box"), lab.namespace("xdp-far")
    lab.veth(far, "p8", box, "p8")
    far.address("p8", "10.0.8.2/24")
    router = Router(lab, "XDP", box, "port GigabitEthernet8 af_xdp p8\nhugepages off\n"
                    + MEMORY.replace("max-mtu 9000\n", ""),
                    "interface GigabitEthernet8\n ip address 10.0.8.1 255.255.255.0\n").start()
    wait_for_ping(far, "10.0.8.1")
    all_pings(far, "10.0.8.1", 20, "-s", "1472", "-M", "do")
    assert row(router, "GigabitEthernet8")["driver"] == "net_af_xdp"
    router.stop()
