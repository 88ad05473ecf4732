# SPDX-License-Identifier: BSD-3-Clause
"""1:1 translation over PPPoE: all eight addresses of a /29, any protocol, opened on either side."""

import itertools
import struct

import pytest
from scapy.all import GRE, ICMP, IP, SCTP, TCP, UDP, Raw, fragment, raw

from lab import LabError, wait_until
from topology import (RT13_GLOBAL, RT13_HOST, RT13_LAN, WEB_STATION, lab_config, passes,
                      rt13_on_wires, through_rt13)
from wire import check_sums, quoted, reassemble

PAIRS = {n: (f"192.168.10.{n}", f"25.0.0.{n}") for n in range(16, 24)}
CONFIG = lab_config("RT13.cfg").replace(
    "ip nat inside source static 192.168.10.16 25.0.0.16\n",
    "".join(f"ip nat inside source static {local} {out}\n" for local, out in PAIRS.values()))
ESP, SCTP_NUMBER = 50, 132

ports = itertools.count(30000)


@pytest.fixture(scope="module")
def net(lab):
    made = rt13_on_wires(lab, CONFIG)
    made.hosts = {16: made.host}
    for n in range(17, 24):
        made.hosts[n] = made.lan_wire.station(f"02:00:00:00:10:{n}", PAIRS[n][0], gateway=RT13_LAN)
    through_rt13(made)
    for host in made.hosts.values():
        host.resolve()
    return made


@pytest.fixture(autouse=True)
def clean(net):
    net.lan_wire.forget()
    net.web_wire.forget()


def rows(net):
    return [line.split() for line in net.router.cli("show ip nat translations").splitlines()[1:]]


def test_every_line_is_shown(net):
    shown = net.router.running()
    for local, out in PAIRS.values():
        assert f"ip nat inside source static {local} {out}" in shown
        assert ["---", out, local, "---", "---"] in rows(net)


@pytest.mark.parametrize("n", PAIRS)
def test_opened_from_inside(net, n):
    """UDP, TCP and ping: the address is translated, ports and ids are not."""
    host, (local, out) = net.hosts[n], PAIRS[n]
    port = next(ports)
    for layer in (UDP(sport=port, dport=53) / b"inside", TCP(sport=port, dport=80, flags="S"),
                  ICMP(id=port, seq=1) / b"inside"):
        got = host.exchange(IP(src=local, dst=WEB_STATION) / layer, net.server,
                            lambda p, t=type(layer): t in p and p.src == out)
        assert got.ttl == 62 and raw(got.payload.payload) == raw(layer.payload)
        if not isinstance(layer, ICMP):
            assert got.sport == port
    for layer in (UDP(sport=53, dport=port) / b"back", TCP(sport=80, dport=port, flags="SA"),
                  ICMP(type=0, id=port, seq=1) / b"back"):
        got = net.server.exchange(IP(src=WEB_STATION, dst=out) / layer, host,
                                  lambda p, t=type(layer): t in p and p.src == WEB_STATION)
        assert got.dst == local
    assert ["tcp", f"{out}:{port}", f"{local}:{port}", f"{WEB_STATION}:80",
            f"{WEB_STATION}:80"] in rows(net)


@pytest.mark.parametrize("n", PAIRS)
def test_opened_from_outside(net, n):
    """Also .16 and .23, which on an Ethernet would name the subnet and its broadcast."""
    host, (local, out) = net.hosts[n], PAIRS[n]
    port = next(ports)
    for layer in (UDP(sport=port, dport=500) / b"outside", TCP(sport=port, dport=22, flags="S"),
                  ICMP(id=port, seq=1) / b"outside"):
        got = net.server.exchange(IP(src=WEB_STATION, dst=out) / layer, host,
                                  lambda p, t=type(layer): t in p and p.src == WEB_STATION)
        assert got.dst == local
    for layer in (UDP(sport=500, dport=port) / b"back", TCP(sport=22, dport=port, flags="SA"),
                  ICMP(type=0, id=port, seq=1) / b"back"):
        got = host.exchange(IP(src=local, dst=WEB_STATION) / layer, net.server,
                            lambda p, t=type(layer): t in p and p.dst == WEB_STATION)
        assert got.src == out
    # the address is translated on the way in, so the session is shown from the inside
    assert ["tcp", f"{out}:22", f"{local}:22", f"{WEB_STATION}:{port}",
            f"{WEB_STATION}:{port}"] in rows(net)


def test_others_are_routed_untranslated(net):
    """A host without a line of its own."""
    other = net.lan_wire.station("02:00:00:00:10:40", "192.168.10.40", gateway=RT13_LAN)
    try:
        got = other.exchange(IP(src=other.address, dst=WEB_STATION) / UDP(sport=1, dport=4040),
                             net.server, lambda p: UDP in p and p[UDP].dport == 4040)
        assert got.src == other.address
    finally:
        net.lan_wire.stations.remove(other)


# ---- any protocol ----


def gre(data):
    return GRE(proto=0x0800) / IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2) / data


BODIES = {
    "gre": (47, raw(gre(b"inner"))),
    "esp": (ESP, struct.pack("!II", 0x1001, 1) + bytes(range(64))),
    "ah": (51, struct.pack("!BBHII", 17, 4, 0, 7, 1) + bytes(12) + b"inside"),
    "sctp": (SCTP_NUMBER, raw(SCTP(sport=5, dport=6, tag=7)) + b"\1\0\0\4"),
    "ipip": (4, raw(IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2))),
    "experimental": (253, bytes(range(32))),
}


@pytest.mark.parametrize("name", BODIES)
def test_protocol_from_inside(net, name):
    """What has no ports: the IPv4 address alone is changed, the rest byte for byte the same."""
    proto, body = BODIES[name]
    got = net.host.exchange(IP(src=RT13_HOST, dst=WEB_STATION, proto=proto) / Raw(body),
                            net.server, lambda p: p.proto == proto)
    assert got.src == RT13_GLOBAL and raw(got)[20:got.len] == body
    back = net.server.exchange(IP(src=WEB_STATION, dst=RT13_GLOBAL, proto=proto) / Raw(body),
                               net.host, lambda p: p.proto == proto)
    assert back.dst == RT13_HOST and raw(back)[20:back.len] == body


@pytest.mark.parametrize("name", BODIES)
def test_protocol_from_outside(net, name):
    proto, body = BODIES[name]
    host, (local, out) = net.hosts[23], PAIRS[23]
    got = net.server.exchange(IP(src=WEB_STATION, dst=out, proto=proto) / Raw(body), host,
                              lambda p: p.proto == proto)
    assert got.dst == local and raw(got)[20:got.len] == body
    back = host.exchange(IP(src=local, dst=WEB_STATION, proto=proto) / Raw(body), net.server,
                         lambda p: p.proto == proto)
    assert back.src == out and raw(back)[20:back.len] == body


@pytest.mark.parametrize("port", [500, 4500])
def test_ike(net, port):
    """UDP 500 keeps its port on both sides, as do ESP and IKE in UDP 4500."""
    for src, dst, sender, receiver, seen in (
            (RT13_HOST, WEB_STATION, net.host, net.server, (RT13_GLOBAL, WEB_STATION)),
            (WEB_STATION, RT13_GLOBAL, net.server, net.host, (WEB_STATION, RT13_HOST))):
        body = bytes(range(28))
        got = sender.exchange(IP(src=src, dst=dst) / UDP(sport=port, dport=port) / body, receiver,
                              lambda p: UDP in p and p[UDP].dport == port)
        assert (got.src, got.dst, got[UDP].sport) == (*seen, port)
        assert raw(got[UDP])[8:] == body


def test_udp_without_checksum(net):
    """Zero stays zero, both ways."""
    port = next(ports)
    got = net.host.exchange(IP(src=RT13_HOST, dst=WEB_STATION)
                            / UDP(sport=port, dport=9, chksum=0) / b"none", net.server,
                            lambda p: UDP in p and p[UDP].sport == port)
    assert got[UDP].chksum == 0 and got.src == RT13_GLOBAL
    back = net.server.exchange(IP(src=WEB_STATION, dst=RT13_GLOBAL)
                               / UDP(sport=9, dport=port, chksum=0) / b"none", net.host,
                               lambda p: UDP in p and p[UDP].dport == port)
    assert back[UDP].chksum == 0


# ---- errors ----


@pytest.mark.parametrize("kind,code", [(3, 3), (3, 4), (11, 0), (12, 0)])
def test_error_from_outside(net, kind, code):
    """RFC 5508: the quoted packet becomes the one that the host sent."""
    port = next(ports)
    sent = IP(src=RT13_HOST, dst=WEB_STATION) / UDP(sport=port, dport=33434) / b"probe"
    seen = net.host.exchange(sent, net.server, lambda p: UDP in p and p[UDP].sport == port)
    error = IP(src="198.18.0.9", dst=RT13_GLOBAL) / ICMP(type=kind, code=code) / raw(seen)
    got = net.server.exchange(error, net.host, lambda p: ICMP in p and p[ICMP].type == kind)
    assert (got.src, got.dst) == ("198.18.0.9", RT13_HOST)
    inner = quoted(got)
    assert (IP(inner).src, IP(inner).dst) == (RT13_HOST, WEB_STATION)
    check_sums(inner)


@pytest.mark.parametrize("kind,code", [(3, 3), (11, 1)])
def test_error_from_inside(net, kind, code):
    """About a packet that came in: the server sees the address that it sent to."""
    port = next(ports)
    sent = IP(src=WEB_STATION, dst=RT13_GLOBAL) / UDP(sport=port, dport=9) / b"probe"
    seen = net.server.exchange(sent, net.host, lambda p: UDP in p and p[UDP].sport == port)
    error = IP(src=RT13_HOST, dst=WEB_STATION) / ICMP(type=kind, code=code) / raw(seen)
    got = net.host.exchange(error, net.server, lambda p: ICMP in p and p[ICMP].type == kind)
    assert got.src == RT13_GLOBAL
    inner = quoted(got)
    assert (IP(inner).src, IP(inner).dst) == (WEB_STATION, RT13_GLOBAL)
    check_sums(inner)


@pytest.mark.parametrize("proto", [47, ESP])
def test_error_about_a_protocol_without_ports(net, proto):
    """Path MTU discovery of a tunnel's end behind the translation."""
    sent = IP(src=RT13_HOST, dst=WEB_STATION, proto=proto, flags="DF") / Raw(bytes(200))
    seen = net.host.exchange(sent, net.server, lambda p: p.proto == proto)
    error = IP(src="198.18.0.9", dst=RT13_GLOBAL) / ICMP(type=3, code=4, nexthopmtu=1400) \
        / raw(seen)[:28]
    got = net.server.exchange(error, net.host, lambda p: ICMP in p and p[ICMP].type == 3)
    assert got[ICMP].nexthopmtu == 1400
    assert (IP(quoted(got)).src, IP(quoted(got)).dst) == (RT13_HOST, WEB_STATION)


# ---- fragments ----


def pieces_of(station, ident, size):
    """What comes of a datagram of `size` bytes, until it is whole."""
    got, have = [], 0
    while have < size - 20:
        got.append(station.expect(lambda p: p.id == ident))
        have += got[-1].len - got[-1].ihl * 4
    return reassemble(got) if len(got) > 1 else got[0]


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("proto", ["udp", "icmp", "esp"])
def test_fragments(net, proto, backwards):
    """Both ways, also when the first fragment comes last."""
    data = bytes(i & 255 for i in range(3000))
    ident = next(ports)
    layer = {"udp": UDP(sport=ident, dport=9) / data, "icmp": ICMP(id=ident, seq=1) / data,
             "esp": Raw(struct.pack("!II", 0x1001, 2) + data)}[proto]
    number = {"udp": 17, "icmp": 1, "esp": ESP}[proto]
    size = 20 + len(raw(layer))
    for src, dst, sender, receiver, cut in (
            (RT13_HOST, WEB_STATION, net.host, net.server, 1400),
            (WEB_STATION, RT13_GLOBAL, net.server, net.host, 1400)):
        packet = IP(raw(IP(src=src, dst=dst, id=ident, proto=number) / layer))
        pieces = fragment(packet, cut)
        assert len(pieces) == 3
        for piece in reversed(pieces) if backwards else pieces:
            sender.send(piece)
        whole = pieces_of(receiver, ident, size)
        assert (whole.src, whole.dst) == ((RT13_GLOBAL, WEB_STATION) if sender is net.host
                                          else (WEB_STATION, RT13_HOST))
        # the transport's checksum covers the addresses; the rest is as it was sent
        assert raw(whole)[20:][8:] == raw(packet)[20:][8:]


# ---- rules ----


def test_no_way_to_a_neighbour_by_its_global(net):
    """IOS has no hairpin: what goes to the web comes back from the provider, or not at all."""
    net.host.send(IP(src=RT13_HOST, dst=PAIRS[17][1]) / UDP(sport=1, dport=1717))
    net.hosts[17].expect_nothing(lambda p: UDP in p and p.src == RT13_HOST)


def test_null_route_for_the_block(net):
    """It ends the loop of addresses without a host; translation comes before it."""
    net.router.configure("ip route 25.0.0.16 255.255.255.248 Null0\n"
                         f"no ip nat inside source static {' '.join(PAIRS[20])}\n")
    try:
        assert passes(net)
        port = next(ports)
        probe = IP(src=WEB_STATION, dst=RT13_GLOBAL) / UDP(sport=port, dport=9)
        net.server.exchange(probe, net.host, lambda p: UDP in p and p[UDP].sport == port)
        before = net.router.drops().get("ip4 route to Null0", 0)
        net.server.send(IP(src=WEB_STATION, dst=PAIRS[20][1]) / UDP(sport=port, dport=9))
        wait_until(lambda: net.router.drops().get("ip4 route to Null0", 0) > before, 5,
                   "the counter")
    finally:
        net.router.configure("no ip route 25.0.0.16 255.255.255.248 Null0\n"
                             f"ip nat inside source static {' '.join(PAIRS[20])}\n")


def test_sessions_outlive_control_and_the_rule_does_not(net):
    """A static taken away takes its sessions along, once that is confirmed."""
    host, (local, out) = net.hosts[21], PAIRS[21]
    port = next(ports)
    packet = IP(src=local, dst=WEB_STATION) / UDP(sport=port, dport=9)
    host.exchange(packet, net.server, lambda p: UDP in p and p.src == out)
    net.router.kill_control()
    host.exchange(packet, net.server, lambda p: UDP in p and p.src == out)
    net.router.start_control()
    wait_until(lambda: any(f"{out}:{port}" in row for row in rows(net)), 20, "the session's row")
    done = net.router.load(f"no ip nat inside source static {local} {out} forced\n")
    assert done.returncode == 0, done.stdout
    try:
        host.send(packet)
        got = net.server.expect(lambda p: UDP in p and p[UDP].sport == port)
        assert got.src == local, "routed untranslated"
        assert not any(out in field for row in rows(net) for field in row)
        with pytest.raises(LabError):
            net.server.exchange(IP(src=WEB_STATION, dst=out) / UDP(sport=9, dport=port), host,
                                lambda p: UDP in p and p[UDP].dport == port, 0.5)
    finally:
        net.router.configure(f"ip nat inside source static {local} {out}\n")
    host.exchange(packet, net.server, lambda p: UDP in p and p.src == out)
