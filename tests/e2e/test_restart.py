# SPDX-License-Identifier: BSD-3-Clause
"""Either program ends and returns while the other and the traffic go on: packet by packet."""

import os
import subprocess

import pytest
from scapy.all import IP, TCP, UDP

from lab import LabError, wait_until
from router import program
from topology import LAN_HOST, LAN_ROUTER, WAN_ROUTER, WEB, ready, rt03_on_wires


@pytest.fixture(scope="module")
def net(lab):
    return rt03_on_wires(lab)


@pytest.fixture(autouse=True)
def clean(net):
    net.lan_wire.forget()
    net.wan_wire.forget()


def through(net, sport, data=b"x"):
    """One packet out and one back through a session."""
    out = IP(src=LAN_HOST, dst=WEB) / UDP(sport=sport, dport=9) / data
    got = net.host.exchange(out, net.peer, lambda p: UDP in p and p[UDP].dport == 9, 1.0)
    back = IP(src=WEB, dst=WAN_ROUTER) / UDP(sport=9, dport=got[UDP].sport) / data
    net.peer.exchange(back, net.host, lambda p: UDP in p and p[UDP].dport == sport, 1.0)
    return got[UDP].sport


def works(net, sport=1):
    try:
        return bool(through(net, sport))
    except LabError:
        return False


def entry_ids(net):
    text = net.router.cli("show ip nat translations verbose")
    return sorted(line.split("entry-id: ")[1].split(",")[0] for line in text.splitlines()
                  if "entry-id: " in line)


def synced(net):
    """The control process has programmed the dataplane and hears of it."""
    return works(net) and "GigabitEthernet8" in net.router.cli("show platform ports")


def test_forwarding_without_control(net):
    """kill -9 of bywayd: sessions go on, and new ones, new neighbours, errors and pings work."""
    assert through(net, 3000) == 3000
    net.router.kill_control()
    for _ in range(20):
        assert through(net, 3000) == 3000
    assert through(net, 3001) == 3001
    net.host.echo(LAN_ROUTER, seq=1)
    other = net.lan_wire.station("02:00:00:00:20:44", "192.168.20.44", gateway=LAN_ROUTER)
    other.exchange(IP(src=other.address, dst=WEB) / UDP(sport=3002, dport=9), net.peer,
                   lambda p: UDP in p and p[UDP].sport == 3002)
    net.peer.exchange(IP(src=WEB, dst=WAN_ROUTER) / UDP(sport=9, dport=3002), other,
                      lambda p: UDP in p)
    net.lan_wire.stations.remove(other)


def test_control_returns_and_resets_nothing(net):
    """While packets pass, not one of a session is lost and none is made anew."""
    if not net.router.control.running:
        net.router.start_control()
    wait_until(lambda: synced(net), 20, "resynchronization")
    assert through(net, 3000) == 3000
    before = entry_ids(net)
    assert before
    net.router.kill_control()
    started = net.router.start_control()
    for _ in range(100):
        assert through(net, 3000) == 3000
    assert started.running
    wait_until(lambda: synced(net), 20, "resynchronization")
    assert set(before) <= set(entry_ids(net))


def test_stale_objects_are_swept(net):
    """What was configured but not saved is gone after bywayd's restart; what was saved is not."""
    net.router.configure("ip route 198.18.0.0 255.255.0.0 192.168.20.11\n"
                         "interface Vlan20\n ip address 192.168.30.1 255.255.255.0 secondary\n")
    net.host.exchange(IP(src=LAN_HOST, dst="198.18.0.1") / UDP(sport=1, dport=2), net.host2,
                      lambda p: UDP in p)
    net.router.kill_control()
    net.router.start_control()
    wait_until(lambda: synced(net), 20, "resynchronization")
    assert "198.18.0.0" not in net.router.cli("show ip route")

    def swept():
        packet = IP(src=LAN_HOST, dst="198.18.0.1") / UDP(sport=1, dport=2) / b"stale"
        net.host.send(packet)
        try:
            net.peer.expect(lambda p: UDP in p and p.dst == "198.18.0.1", 0.5)
            return True  # by the default route
        except LabError:
            return False
    wait_until(swept, 10, "the stale route's end in the dataplane")
    # the router's own no more, it goes the default route's way
    net.host.send(IP(src=LAN_HOST, dst="192.168.30.1") / UDP(sport=1, dport=2))
    net.peer.expect(lambda p: UDP in p and p.dst == "192.168.30.1", 3)


def test_startup_without_nat_removes_it(net):
    """bywayd returns with another configuration: the old rule and its sessions are stale."""
    with open(net.router.startup_path, encoding="utf-8") as f:
        saved = f.read()
    with open(net.router.startup_path, "w", encoding="utf-8") as f:
        f.write(saved.replace("ip nat inside source list 1 pool GIP overload", "!"))
    try:
        net.router.kill_control()
        net.router.start_control()

        def untranslated():
            net.host.send(IP(src=LAN_HOST, dst=WEB) / UDP(sport=3005, dport=9))
            try:
                return net.peer.expect(lambda p: UDP in p and p[UDP].dport == 9, 0.5).src \
                    == LAN_HOST
            except LabError:
                return False
        wait_until(untranslated, 20, "packets untranslated")
    finally:
        with open(net.router.startup_path, "w", encoding="utf-8") as f:
            f.write(saved)
        net.router.kill_control()
        net.router.start_control()
    wait_until(lambda: synced(net), 20, "resynchronization")
    assert through(net, 3006) == 3006


def test_dataplane_returns(net):
    """kill -9 of byway-dp: started again it is programmed whole, without help."""
    net.router.configure("ip route 198.19.0.0 255.255.0.0 192.168.20.11\n")
    net.router.kill_dp()
    assert "RT03" in net.router.cli("show version"), "the prompt lives without the dataplane"
    assert "192.168.10.1" in net.router.cli("show running-config")
    net.router.start_dp()
    wait_until(lambda: works(net, 3010), 20, "packets pass again")
    net.host.exchange(IP(src=LAN_HOST, dst="198.19.0.1") / UDP(sport=1, dport=2), net.host2,
                      lambda p: UDP in p)
    net.router.configure("no ip route 198.19.0.0 255.255.0.0 192.168.20.11\n")


def test_configuration_while_the_dataplane_is_gone(net):
    """Taken, and in force when it returns."""
    net.router.kill_dp()
    net.router.configure("ip route 198.19.1.0 255.255.255.0 192.168.20.11\n")
    shown = net.router.cli("show ip nat translations", check=False)
    assert "Traceback" not in shown
    net.router.start_dp()
    wait_until(lambda: works(net, 3011), 20, "packets pass again")
    net.host.exchange(IP(src=LAN_HOST, dst="198.19.1.1") / UDP(sport=1, dport=2), net.host2,
                      lambda p: UDP in p)
    net.router.configure("no ip route 198.19.1.0 255.255.255.0 192.168.20.11\n")


@pytest.mark.parametrize("times", range(3))
def test_both_die_again_and_again(net, times):
    net.router.kill_dp()
    net.router.kill_control()
    if times % 2:
        net.router.start_control()
        net.router.start_dp()
    else:
        net.router.start()
    wait_until(lambda: works(net, 3020 + times), 20, "packets pass again")


def test_kill_in_the_middle_of_programming(net):
    """bywayd dies with 10,000 routes half sent; its next life leaves none of them behind."""
    text = "".join(f"ip route 10.{i >> 8}.{i & 255}.0 255.255.255.0 192.168.20.11\n"
                   for i in range(10000))
    path = f"{net.lab.dir}/many.cfg"
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    loading = subprocess.Popen([program("asan", "byway"), "--instance", "RT03", "-f", path],
                               env=dict(os.environ, **net.router.env),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: "10.0.50.0" in net.router.cli("show ip route", 60), 60, "some routes")
    net.router.kill_control()
    loading.wait(30)
    net.router.start_control()
    wait_until(lambda: synced(net), 30, "resynchronization")
    got = net.host.exchange(IP(src=LAN_HOST, dst="10.0.1.1") / UDP(sport=3030, dport=9), net.peer,
                            lambda p: UDP in p and p.dst == "10.0.1.1")
    assert got.src == WAN_ROUTER


def test_tcp_session_survives_with_its_state(net):
    """An established session keeps its long timeout over bywayd's restart."""
    def tcp(flags, **more):
        return TCP(sport=3040, dport=80, flags=flags, **more)
    net.host.exchange(IP(src=LAN_HOST, dst=WEB) / tcp("S"), net.peer, lambda p: TCP in p)
    net.peer.exchange(IP(src=WEB, dst=WAN_ROUTER) / TCP(sport=80, dport=3040, flags="SA"),
                      net.host, lambda p: TCP in p)
    net.host.exchange(IP(src=LAN_HOST, dst=WEB) / tcp("A"), net.peer, lambda p: TCP in p)
    net.router.kill_control()
    net.router.start_control()
    wait_until(lambda: synced(net), 20, "resynchronization")
    text = net.router.cli("show ip nat translations verbose").splitlines()
    at = next(i for i, l in enumerate(text) if ":3040 " in l)
    assert "timeout:86400000" in text[at + 1]
    ready(net.peer, WAN_ROUTER)
