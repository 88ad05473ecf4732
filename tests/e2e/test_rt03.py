# SPDX-License-Identifier: BSD-3-Clause
"""RT03.cfg to the byte: taken whole, given back with the same meaning, shown as IOS 15 does."""

import pytest
from scapy.all import IP, TCP

from router import Router
from topology import (LAN_HOST, WEB, WEB2, WEB3, expected, lab_config, platform, ready,
                      rt03_on_wires)


@pytest.fixture(scope="module")
def net(lab):
    """Started with nothing, then RT03.cfg as an administrator would load it."""
    return rt03_on_wires(lab, config=lab_config("RT03.cfg"))


def lines_of(name):
    return expected(name).splitlines()


def test_every_line_is_taken(net):
    done = net.loaded
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 errors" in done.stdout and done.stderr == ""
    for line in ("ip address 192.168.10.16 255.255.255.0", "duplex auto",
                 "ip nat inside source list 1 pool GIP overload"):
        assert line in done.stdout, "the answer names every line"


def test_running_config_means_the_same(net):
    """In IOS's order; the older `ip virtual-reassembly` in its present form."""
    got = net.router.running()
    wanted = lines_of("RT03.running-config.txt")
    shown = [line for line in got if line in wanted]
    assert shown == wanted, "\n".join(got)


def test_running_config_has_nothing_else_about_forwarding(net):
    for line in net.router.running():
        if line.strip().startswith(("ip address", "ip route", "ip nat", "access-list",
                                    "switchport", "interface Vlan")):
            assert line in lines_of("RT03.running-config.txt")


def test_running_config_layout(net):
    lines = net.router.cli("show running-config").splitlines()
    assert lines[0] == "Building configuration..."
    assert lines[1] == ""
    assert lines[2].startswith("Current configuration : ") and lines[2].endswith(" bytes")
    assert lines[-1] == "end" or lines[-2:] == ["end", ""]


def test_running_config_is_a_fixed_point(net):
    before = net.router.running()
    done = net.router.load(net.router.cli("show running-config"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert net.router.running() == before


def test_second_load_changes_nothing_and_resets_nothing(net):
    syn = IP(src=LAN_HOST, dst=WEB) / TCP(sport=3000, dport=80, flags="S")
    net.host.exchange(syn, net.peer, lambda p: TCP in p and p[TCP].dport == 80)
    before = net.router.running(), session_ids(net)
    assert before[1]
    done = net.router.load(lab_config("RT03.cfg"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert (net.router.running(), session_ids(net)) == before
    net.router.cli("clear ip nat translation *")


def session_ids(net):
    """What tells one session from another made later in its place."""
    text = net.router.cli("show ip nat translations verbose")
    return [line.split("entry-id: ")[1].split(",")[0] for line in text.splitlines()
            if "entry-id: " in line]


def test_show_ip_route(net):
    assert net.router.cli("show ip route").splitlines() == lines_of("RT03.show_ip_route.txt")


def test_show_ip_nat_translations(net):
    """The capture's three sessions, made by the capture's packets. Their order is the table's."""
    net.router.cli("clear ip nat translation *")
    for port, address in ((2598, WEB), (2599, WEB2), (2600, WEB3)):
        syn = IP(src=LAN_HOST, dst=address) / TCP(sport=port, dport=80, flags="S")
        net.host.exchange(syn, net.peer, lambda p, a=address: TCP in p and p.dst == a)
    shown = net.router.cli("show ip nat translations").splitlines()
    wanted = lines_of("RT03.show_ip_nat_translations.txt")
    assert shown[0] == wanted[0] and sorted(shown[1:]) == sorted(wanted[1:])


def test_show_ip_interface_brief(net):
    lines = [l.split() for l in net.router.cli("show ip interface brief").splitlines()]
    assert lines[0] == "Interface IP-Address OK? Method Status Protocol".split()
    rows = {row[0]: row[1:] for row in lines[1:]}
    assert rows["GigabitEthernet8"][0] == "192.168.10.16"
    assert rows["GigabitEthernet8"][-2:] == ["up", "up"]
    assert rows["Vlan20"][0] == "192.168.20.1" and rows["Vlan20"][-2:] == ["up", "up"]
    assert rows["GigabitEthernet0"][0] == "unassigned"


def test_startup_config_round_trip(lab, net):
    """write memory, then both programs anew: the same router."""
    before = net.router.running()
    assert "[OK]" in net.router.cli("write memory")
    net.router.stop()
    net.router.start()
    ready(net.host, "192.168.20.1")
    assert net.router.running() == before
    shown = net.router.cli("show startup-config").splitlines()
    assert shown[0].startswith("Using ") and " out of " in shown[0]


@pytest.mark.parametrize("name", ["RTA", "RTB"])
def test_lines_of_later_seeds_are_refused_clearly(lab, net, name):
    """What is not built is an error of its line, not swallowed; what is built is taken."""
    box = lab.namespace(f"box-{name}")
    lan = lab.namespace(f"lan-{name}")
    lab.veth(lan, "eth0", box, "lan0")
    lab.veth(lan, "eth1", box, "wan0")
    router = Router(lab, name, box, platform(gi0="lan0", gi8="wan0"), "").start()
    done = router.load(lab_config(f"{name}.cfg"))
    assert done.returncode != 0
    wanted = {
        "RTA": ["ip vrf r1", "crypto ikev2 proposal ikev2prop", "router bgp 65000"],
        "RTB": ["ip vrf r1", "crypto ikev2 proposal ikev2prop", "router bgp 65001"],
    }[name]
    for line in wanted:
        assert line in done.stdout, f"{line} is not named in the answer"
        assert line not in router.cli("show running-config")
    assert "% " in done.stdout
    assert f"hostname {name}" in router.cli("show running-config")
    router.stop()


def test_all_or_nothing(lab, net):
    before = net.router.running()
    done = net.router.load("hostname Other\nthis is no command\n", "--all-or-nothing")
    assert done.returncode != 0
    assert net.router.running() == before
    done = net.router.load("interface Vlan20\n description one\n", "--all-or-nothing")
    assert done.returncode == 0, done.stdout
    assert " description one" in net.router.running()
    net.router.configure("interface Vlan20\n no description\n")
    assert net.router.running() == before
