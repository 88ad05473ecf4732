# SPDX-License-Identifier: BSD-3-Clause
"""The switch and its VLANs, routed ports and 802.1Q subinterfaces."""

from types import SimpleNamespace

import pytest
from scapy.all import ARP, ICMP, IP, Dot1Q, Ether, Raw, raw

from lab import wait_until
from router import Router
from topology import platform, ready
from wire import BROADCAST, Wire, untag

CONFIG = """
hostname SW
interface GigabitEthernet0
 switchport access vlan 10
interface GigabitEthernet1
 switchport access vlan 10
interface GigabitEthernet2
 switchport access vlan 20
interface GigabitEthernet3
 switchport mode trunk
 switchport trunk allowed vlan 10,20
interface GigabitEthernet8
 no ip address
interface GigabitEthernet8.30
 encapsulation dot1Q 30
 ip address 10.0.30.1 255.255.255.0
interface GigabitEthernet8.40
 encapsulation dot1Q 40
 ip address 10.0.40.1 255.255.255.0
interface GigabitEthernet9
 ip address 10.0.9.1 255.255.255.0
interface Vlan10
 ip address 10.0.10.1 255.255.255.0
interface Vlan20
 ip address 10.0.20.1 255.255.255.0
"""


@pytest.fixture(scope="module")
def net(lab):
    cables = {"gi0": "p0", "gi1": "p1", "gi2": "p2", "gi3": "p3", "gi8": "p8", "gi9": "p9"}
    box, far = lab.namespace("box"), lab.namespace("far")
    for device in cables.values():
        lab.veth(far, device, box, device)
    wire = {n: Wire(far, d) for n, d in cables.items()}
    made = SimpleNamespace(
        lab=lab, wire=wire,
        a=wire["gi0"].station("02:00:00:00:00:0a", "10.0.10.10", gateway="10.0.10.1"),
        b=wire["gi1"].station("02:00:00:00:00:0b", "10.0.10.11", gateway="10.0.10.1"),
        c=wire["gi2"].station("02:00:00:00:00:0c", "10.0.20.10", gateway="10.0.20.1"),
        t10=wire["gi3"].station("02:00:00:00:03:10", "10.0.10.12", vlan=10, gateway="10.0.10.1"),
        t20=wire["gi3"].station("02:00:00:00:03:20", "10.0.20.12", vlan=20, gateway="10.0.20.1"),
        s30=wire["gi8"].station("02:00:00:00:08:30", "10.0.30.10", vlan=30, gateway="10.0.30.1"),
        s40=wire["gi8"].station("02:00:00:00:08:40", "10.0.40.10", vlan=40, gateway="10.0.40.1"),
        r=wire["gi9"].station("02:00:00:00:00:09", "10.0.9.10", gateway="10.0.9.1"),
    )
    made.stations = [made.a, made.b, made.c, made.t10, made.t20, made.s30, made.s40, made.r]
    made.router = Router(lab, "SW", box, platform(**cables), CONFIG).start()
    for station in made.stations:
        ready(station, station.gateway)
    return made


@pytest.fixture(autouse=True)
def clean(net):
    for wire in net.wire.values():
        wire.forget()


def test_all_pairs_reach_each_other(net):
    """Bridged within a VLAN, routed between: over access ports, trunk, subinterfaces."""
    number = 0
    for one in net.stations:
        for other in net.stations:
            if one is other or one.gateway == other.gateway:
                continue
            number += 1
            packet = IP(src=one.address, dst=other.address, ttl=9) / ICMP(id=number) / b"x"
            got = one.exchange(packet, other, lambda p, n=number: ICMP in p and p[ICMP].id == n)
            assert got.ttl == 8


def bridged(net, sender, to, payload=b"\x12\x34some frame", kind=0x88B5, without=None):
    """Send a frame that is no IP; the wires (by name) on which it comes out, and how."""
    frame = Ether(src=sender.mac, dst=to, type=kind) / payload
    if sender.vlan is not None:
        frame = Ether(src=sender.mac, dst=to) / Dot1Q(vlan=sender.vlan, type=kind) / payload
    sender.wire.send(frame)
    # what follows the frame on each wire tells that the frame would have come
    for station in (net.a, net.b, net.c, net.t10, net.t20, net.s30, net.r):
        if station is not without:
            station.echo(station.gateway, ident=0x5151, seq=bridged.seq)
    bridged.seq += 1
    seen = {}
    for name, wire in net.wire.items():
        for f in list(wire.frames):
            vlan, ethertype, body = untag(f)
            if ethertype == kind and body.startswith(payload):
                seen[name] = vlan
    return seen


bridged.seq = 1


def test_broadcast_stays_in_its_vlan(net):
    assert bridged(net, net.a, BROADCAST) == {"gi1": None, "gi3": 10}
    for wire in net.wire.values():
        wire.forget()
    assert bridged(net, net.t20, BROADCAST) == {"gi2": None}


def test_unknown_destination_is_flooded(net):
    assert bridged(net, net.a, "02:00:00:00:99:99") == {"gi1": None, "gi3": 10}


def test_known_destination_is_not(net):
    assert bridged(net, net.a, net.b.mac) == {"gi1": None}
    for wire in net.wire.values():
        wire.forget()
    assert bridged(net, net.b, net.t10.mac) == {"gi3": 10}


def test_frame_to_its_own_port_is_dropped(net):
    assert bridged(net, net.t10, net.t10.mac) == {}


def test_tag_on_an_access_port(net):
    """A tag of another VLAN does not hop into it."""
    frame = Ether(src=net.a.mac, dst=BROADCAST) / Dot1Q(vlan=20, type=0x88B5) / b"hop"
    net.a.wire.send(frame)
    double = Ether(src=net.a.mac, dst=BROADCAST) / Dot1Q(vlan=10) / Dot1Q(vlan=20, type=0x88B5) \
        / b"hop"
    net.a.wire.send(double)
    net.c.echo("10.0.20.1", seq=77)
    assert not any(b"hop" in f for f in net.wire["gi2"].frames)


def test_vlan_not_allowed_on_the_trunk(net):
    stranger = net.wire["gi3"].station("02:00:00:00:03:30", "10.0.30.99", vlan=30)
    assert bridged(net, stranger, BROADCAST) == {}
    net.wire["gi3"].stations.remove(stranger)


def test_unknown_vlan_on_a_routed_port(net):
    stranger = net.wire["gi8"].station("02:00:00:00:08:50", "10.0.30.99", vlan=50)
    stranger.wire.send(stranger.frame(BROADCAST, ARP(op=1, hwsrc=stranger.mac, psrc="10.0.30.99",
                                                    pdst="10.0.30.1")))
    net.s30.echo("10.0.30.1", seq=78)
    assert not any(f[:6] == bytes.fromhex("020000000850") for f in net.wire["gi8"].frames)
    net.wire["gi8"].stations.remove(stranger)


def table(net):
    """{(vlan, mac): port} of show mac address-table."""
    rows = {}
    for line in net.router.cli("show mac address-table").splitlines():
        words = line.split()
        mac = next((w for w in words if w.count(".") == 2 and len(w) == 14), None)
        if mac:
            vlan = next(w for w in words if w.isdigit())
            rows[int(vlan), mac] = words[-1]
    return rows


def test_show_mac_address_table(net):
    for station in net.stations:
        station.echo(station.gateway, seq=79)
    rows = table(net)
    for vlan, mac, port in ((10, "0200.0000.000a", "0"), (10, "0200.0000.000b", "1"),
                            (20, "0200.0000.000c", "2"), (10, "0200.0000.0310", "3"),
                            (20, "0200.0000.0320", "3")):
        assert rows[vlan, mac].endswith(port), rows
    assert not any(mac == "0200.0000.0009" for _, mac in rows), "a routed port learns nothing"


def test_a_station_that_moves(net):
    assert table(net)[10, "0200.0000.000b"].endswith("1")
    moved = net.wire["gi0"].station(net.b.mac, "10.0.10.11", gateway="10.0.10.1")
    ready(moved, "10.0.10.1")
    assert table(net)[10, "0200.0000.000b"].endswith("0")
    net.wire["gi0"].stations.remove(moved)
    ready(net.b, "10.0.10.1")
    assert table(net)[10, "0200.0000.000b"].endswith("1")


def test_clear_mac_address_table(net):
    net.a.echo("10.0.10.1", seq=82)
    net.router.cli("clear mac address-table dynamic")
    wait_until(lambda: (10, "0200.0000.000b") not in table(net), 5, "an empty table")


def test_bad_source_addresses_are_not_learnt(net):
    for source in ("01:00:5e:00:00:01", BROADCAST, "00:00:00:00:00:00"):
        net.a.wire.send(Ether(src=source, dst=BROADCAST, type=0x88B5) / b"bad source")
    net.b.echo("10.0.10.1", seq=83)
    assert not any(b"bad source" in f for f in net.wire["gi1"].frames)
    assert not any(mac in ("0100.5e00.0001", "ffff.ffff.ffff", "0000.0000.0000")
                   for _, mac in table(net))


def test_svi_moves_with_its_vlan(net):
    """A port that changes VLAN changes its router leg."""
    net.router.configure("interface GigabitEthernet1\n switchport access vlan 20\n")
    try:
        # b is now in a subnet that is not its own
        assert bridged(net, net.c, BROADCAST, without=net.b) == {"gi1": None, "gi3": 20}
    finally:
        net.router.configure("interface GigabitEthernet1\n switchport access vlan 10\n")
    ready(net.b, "10.0.10.1")


def test_allowed_vlans_are_added_and_removed(net):
    """A trunk carries what its list says after each change, in both directions."""
    def heard(without=None):
        for wire in net.wire.values():
            wire.forget()
        return bridged(net, net.a, BROADCAST, without=without)

    net.router.configure("interface GigabitEthernet3\n switchport trunk allowed vlan remove 10\n")
    try:
        wait_until(lambda: heard(net.t10) == {"gi1": None}, 10, "the trunk without VLAN 10")
        net.t10.wire.send(Ether(src=net.t10.mac, dst=BROADCAST)
                          / Dot1Q(vlan=10, type=0x88B5) / b"not allowed")
        net.t20.echo(net.t20.gateway, seq=86)
        assert not any(b"not allowed" in f for f in net.wire["gi0"].frames)
    finally:
        net.router.configure("interface GigabitEthernet3\n"
                             " switchport trunk allowed vlan add 10\n")
    assert " switchport trunk allowed vlan 10,20" in net.router.running()
    ready(net.t10, "10.0.10.1")
    assert heard() == {"gi1": None, "gi3": 10}


def test_new_vlan_says_so(net):
    text = net.router.configure("interface GigabitEthernet1\n switchport access vlan 77\n")
    assert "% Access VLAN does not exist. Creating vlan 77" in text
    net.router.configure("interface GigabitEthernet1\n switchport access vlan 10\n")


@pytest.mark.parametrize("interface,station", [("GigabitEthernet2", "c"),
                                               ("GigabitEthernet9", "r"),
                                               ("GigabitEthernet8.40", "s40"),
                                               ("Vlan10", "a")])
def test_shutdown(net, interface, station):
    station = getattr(net, station)
    short = net.router.cli
    station.echo(station.gateway, seq=85)
    net.router.configure(f"interface {interface}\n shutdown\n")
    row = next(l for l in short("show ip interface brief").splitlines()
               if l.split()[0] == interface)
    assert "administratively down" in row and row.split()[-1] == "down"
    route = "" if interface == "GigabitEthernet2" else station.gateway.rsplit(".", 1)[0] + ".0/24"
    if route:
        assert f"C        {route}" not in short("show ip route")
    with pytest.raises(Exception, match="no such packet"):
        station.echo(station.gateway, seq=86, bound=0.5)
    net.router.configure(f"interface {interface}\n no shutdown\n")
    ready(station, station.gateway)
    assert "administratively" not in next(
        l for l in short("show ip interface brief").splitlines() if l.split()[0] == interface)
    if route:
        assert f"{route} is directly connected" in short("show ip route")


def test_svi_goes_down_with_its_last_port(net):
    net.router.configure("interface GigabitEthernet2\n shutdown\n"
                         "interface GigabitEthernet3\n shutdown\n")

    def state():
        row = next(l for l in net.router.cli("show ip interface brief").splitlines()
                   if l.startswith("Vlan20"))
        return row.split()[-1]
    wait_until(lambda: state() == "down", 5, "Vlan20 down")
    net.router.configure("interface GigabitEthernet2\n no shutdown\n"
                         "interface GigabitEthernet3\n no shutdown\n")
    wait_until(lambda: state() == "up", 5, "Vlan20 up")


def test_link_down_is_seen(net):
    """The cable's other end goes: line protocol down, its routes gone, and back."""
    far = net.lab.namespaces["far"]

    def protocol():
        row = next(l for l in net.router.cli("show ip interface brief").splitlines()
                   if l.startswith("GigabitEthernet9"))
        return row.split()[-1]
    far.ip("link set p9 down")
    try:
        wait_until(lambda: protocol() == "down", 10, "GigabitEthernet9 down")
        assert "10.0.9.0/24 is directly" not in net.router.cli("show ip route")
    finally:
        far.ip("link set p9 up")
    wait_until(lambda: protocol() == "up", 10, "GigabitEthernet9 up")
    ready(net.r, "10.0.9.1")


def test_show_vlan_brief(net):
    rows = [l for l in net.router.cli("show vlan brief").splitlines() if l[:1].isdigit()]
    by_id = {int(l.split()[0]): l for l in rows}
    assert "Gi0" in by_id[10] and "Gi1" in by_id[10] and "Gi2" in by_id[20]
    assert "active" in by_id[10] and "default" in by_id[1]


def test_show_interfaces(net):
    text = net.router.cli("show interfaces GigabitEthernet9")
    lines = text.splitlines()
    assert lines[0].startswith("GigabitEthernet9 is up, line protocol is up")
    assert "  Internet address is 10.0.9.1/24" in lines
    assert any(l.startswith("  MTU 1500 bytes, BW ") for l in lines)
    assert any("packets input" in l for l in lines) and any("packets output" in l for l in lines)


def packets_in(net, interface):
    text = net.router.cli(f"show interfaces {interface}")
    return int(text.split(" packets input")[0].split()[-1])


def test_interface_counters(net):
    before = packets_in(net, "GigabitEthernet9")
    for seq in range(90, 100):
        net.r.echo("10.0.9.1", seq=seq)
    wait_until(lambda: packets_in(net, "GigabitEthernet9") >= before + 10, 5, "ten packets more")


def test_show_interfaces_status(net):
    rows = {l.split()[0]: l for l in net.router.cli("show interfaces status").splitlines()
            if l.startswith("Gi")}
    assert "connected" in rows["Gi0"] and " 10 " in rows["Gi0"]
    assert "trunk" in rows["Gi3"] and "routed" in rows["Gi9"]


def test_mac_address(net):
    """`mac-address` changes what ARP says and what is taken."""
    net.router.configure("interface GigabitEthernet9\n mac-address 0211.2233.4455\n")
    try:
        net.r.neighbours.clear()
        net.r.arp_seen.clear()
        assert net.r.resolve("10.0.9.1") == "02:11:22:33:44:55"
        net.r.echo("10.0.9.1", seq=101)
    finally:
        net.router.configure("interface GigabitEthernet9\n no mac-address\n")
    net.r.neighbours.clear()
    net.r.arp_seen.clear()
    assert net.r.resolve("10.0.9.1") != "02:11:22:33:44:55"


def test_frames_for_others_are_not_taken(net):
    """A routed port is no switch: unicast to another MAC is none of its business."""
    net.r.wire.send(Ether(src=net.r.mac, dst="02:00:00:00:77:77")
                    / IP(src="10.0.9.10", dst="10.0.10.10") / ICMP(id=0x777) / b"x")
    net.r.echo("10.0.9.1", seq=102)
    net.a.expect_nothing(lambda p: ICMP in p and p[ICMP].id == 0x777)


def test_padding_of_short_frames_is_not_forwarded(net):
    """Ethernet pads to 60 bytes; the padding is no part of the packet."""
    packet = IP(src="10.0.9.10", dst="10.0.10.10") / ICMP(id=0x778) / b"x"
    padded = raw(Ether(src=net.r.mac, dst=net.r.resolve()) / packet) + b"\xee" * 17
    net.r.wire.send(padded)
    got = net.a.expect(lambda p: ICMP in p and p[ICMP].id == 0x778)
    assert got.len == len(packet) and b"\xee" not in raw(got)
    assert raw(got[Raw])[:1] == b"x"
