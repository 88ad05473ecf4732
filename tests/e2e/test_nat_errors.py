# SPDX-License-Identifier: BSD-3-Clause
"""ICMP errors about translated packets: they reach the sender, and quote what he sent."""

import itertools
from types import SimpleNamespace

import pytest
from scapy.all import ICMP, IP, TCP, UDP, raw

from lab import LabError
from router import Router
from topology import is_error, platform, provoke, ready
from wire import Wire, fragments, quoted

CONFIG = """
hostname R
ip access-list extended NOBODY
 deny udp any any eq 666
 deny tcp any any eq 666
 deny icmp any host 10.0.8.66
 deny icmp any host 10.0.9.66
 permit ip any any
access-list 1 permit 10.0.9.0 0.0.0.255
interface GigabitEthernet8
 ip address 10.0.8.1 255.255.255.0
 ip nat outside
interface GigabitEthernet9
 ip address 10.0.9.1 255.255.255.0
 ip nat inside
ip nat inside source static 10.0.9.10 10.0.8.50
ip nat inside source static 10.0.9.99 10.0.8.51
ip nat inside source static 192.0.2.99 10.0.8.52
ip nat inside source static 192.168.66.99 10.0.8.53
ip nat inside source static 10.0.9.66 10.0.8.54
ip nat inside source list 1 interface GigabitEthernet8 overload
ip route 192.168.66.0 255.255.255.0 Null0
ip route 172.16.0.0 255.255.0.0 10.0.8.99
"""

UNREACHABLE = 3
HOST, FRAG_NEEDED, PROHIBITED = 1, 4, 13
TTL_EXCEEDED = 11
NOBODY = "10.0.8.99"  # on the outside subnet, and a next hop

PROTOCOLS = ("udp", "tcp", "icmp", "gre")
numbers = itertools.count(30000)


@pytest.fixture(scope="module")
def net(lab):
    """With two workers: what main hands to the first may be of a flow of the second."""
    box, far = lab.namespace("box"), lab.namespace("far")
    for device in ("p8", "p9"):
        lab.veth(far, device, box, device)
    w8, w9 = Wire(far, "p8"), Wire(far, "p9")
    made = SimpleNamespace(
        lab=lab, w8=w8, w9=w9,
        peer=w8.station("02:00:00:00:08:10", "10.0.8.10", gateway="10.0.8.1"),
        one=w9.station("02:00:00:00:09:10", "10.0.9.10", gateway="10.0.9.1"),
        pat=w9.station("02:00:00:00:09:11", "10.0.9.11", gateway="10.0.9.1"),
    )
    made.router = Router(lab, "R", box, platform(2, gi8="p8", gi9="p9"), CONFIG).start()
    ready(made.peer, "10.0.8.1")
    ready(made.one, "10.0.9.1")
    return made


@pytest.fixture(autouse=True)
def clean(net):
    net.w8.forget()
    net.w9.forget()


def packet(protocol, src, dst, port=None, size=64, **ip):
    head = IP(src=src, dst=dst, id=next(numbers) & 0xFFFF, **ip)
    body = bytes(i & 255 for i in range(size))
    if protocol == "udp":
        return head / UDP(sport=next(numbers), dport=port or 9) / body
    if protocol == "tcp":
        return head / TCP(sport=next(numbers), dport=port or 9, flags="S") / body
    if protocol == "icmp":
        return head / ICMP(type=8, id=next(numbers), seq=7) / body
    return IP(raw(IP(src=src, dst=dst, proto=47, id=head.id, **ip) / body))


def without_ttl(data):
    """TTL and the header's checksum change on the way: the rest is as it was sent."""
    return data[:8] + data[9:10] + data[12:]


def check(error, sent, source):
    """The error is the router's, for who sent, and quotes him to the letter."""
    sent, quote = raw(sent), quoted(error)
    assert error.src == source
    assert error.dst == IP(sent).src
    assert len(quote) >= min(len(sent), 28)
    assert without_ttl(quote) == without_ttl(sent[:len(quote)])
    assert IP(sent).ttl - IP(quote).ttl in (0, 1)


def fails(sender, sent, kind, code, source, bound=8.0):
    """Send it until the error comes (they are rate-limited), and check that."""
    match = is_error(kind, code)
    error = provoke(sender, sent, lambda p: match(p) and p.dst == sender.address, bound=bound)
    check(error, sent, source)
    return error


@pytest.fixture(params=["one", "pat"], ids=["static", "overload"])
def inside(request, net):
    return getattr(net, request.param)


# ---- inside to outside ----

@pytest.mark.parametrize("protocol,dst", [*((p, NOBODY) for p in PROTOCOLS), ("udp", "172.16.0.1")])
def test_nobody_answers_arp(net, inside, protocol, dst):
    fails(inside, packet(protocol, inside.address, dst), UNREACHABLE, HOST, "10.0.9.1", 15)


@pytest.mark.parametrize("protocol", ["udp", "tcp"])
def test_nobody_answers_arp_for_fragments(net, inside, protocol):
    """Of the first fragment; none of the others."""
    whole = packet(protocol, inside.address, NOBODY, size=200)
    parts = fragments(whole, 104)
    match = is_error(UNREACHABLE, HOST)
    for part in parts[1:] + parts[:1]:  # the first one last: it lets the others go
        inside.send(part)
    error = inside.expect(lambda p: match(p) and p.dst == inside.address, 10)
    check(error, parts[0], "10.0.9.1")


@pytest.mark.parametrize("protocol,dst", [("udp", "10.0.8.10"), ("tcp", "10.0.8.10"),
                                          ("icmp", "10.0.8.66")])
def test_prohibited_on_the_way_out(net, inside, protocol, dst):
    net.router.configure("interface GigabitEthernet8\n ip access-group NOBODY out")
    try:
        fails(inside, packet(protocol, inside.address, dst, 666), UNREACHABLE, PROHIBITED,
              "10.0.9.1")
    finally:
        net.router.configure("interface GigabitEthernet8\n no ip access-group NOBODY out")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_too_big_on_the_way_out(net, inside, protocol):
    net.router.configure("interface GigabitEthernet8\n ip mtu 1000")
    try:
        error = fails(inside, packet(protocol, inside.address, "10.0.8.10", size=1200, flags="DF"),
                      UNREACHABLE, FRAG_NEEDED, "10.0.9.1")
        assert error[ICMP].nexthopmtu == 1000
    finally:
        net.router.configure("interface GigabitEthernet8\n no ip mtu")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_ttl_on_the_way_out(net, inside, protocol):
    fails(inside, packet(protocol, inside.address, "10.0.8.10", ttl=1), TTL_EXCEEDED, 0, "10.0.9.1")


# ---- outside to inside ----

@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_nobody_answers_arp_inside(net, protocol):
    fails(net.peer, packet(protocol, net.peer.address, "10.0.8.51"), UNREACHABLE, HOST,
          "10.0.8.1", 15)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("dst", ["10.0.8.52", "10.0.8.53"], ids=["no route", "Null0"])
def test_no_way_inside(net, protocol, dst):
    fails(net.peer, packet(protocol, net.peer.address, dst), UNREACHABLE, HOST, "10.0.8.1")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_ttl_on_the_way_in(net, protocol):
    fails(net.peer, packet(protocol, net.peer.address, "10.0.8.50", ttl=1), TTL_EXCEEDED, 0,
          "10.0.8.1")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_too_big_on_the_way_in(net, protocol):
    net.router.configure("interface GigabitEthernet9\n ip mtu 1000")
    try:
        fails(net.peer, packet(protocol, net.peer.address, "10.0.8.50", size=1200, flags="DF"),
              UNREACHABLE, FRAG_NEEDED, "10.0.8.1")
    finally:
        net.router.configure("interface GigabitEthernet9\n no ip mtu")


@pytest.mark.parametrize("protocol,dst", [("udp", "10.0.8.50"), ("tcp", "10.0.8.50"),
                                          ("icmp", "10.0.8.54")])
def test_prohibited_on_the_way_in(net, protocol, dst):
    net.router.configure("interface GigabitEthernet9\n ip access-group NOBODY out")
    try:
        fails(net.peer, packet(protocol, net.peer.address, dst, 666), UNREACHABLE, PROHIBITED,
              "10.0.8.1")
    finally:
        net.router.configure("interface GigabitEthernet9\n no ip access-group NOBODY out")


def test_an_answer_that_is_too_big_for_the_inside(net):
    """Of a flow that shares the router's address, which the outside knows alone."""
    net.pat.send(packet("udp", net.pat.address, "10.0.8.10", 5353))
    out = net.peer.expect(lambda p: UDP in p and p[UDP].dport == 5353)
    net.router.configure("interface GigabitEthernet9\n ip mtu 1000")
    try:
        answer = IP(src="10.0.8.10", dst=out.src, id=77, flags="DF") / UDP(
            sport=5353, dport=out[UDP].sport) / bytes(1200)
        fails(net.peer, answer, UNREACHABLE, FRAG_NEEDED, "10.0.8.1")
    finally:
        net.router.configure("interface GigabitEthernet9\n no ip mtu")


def test_no_error_once_the_session_is_cleared(net):
    """Nobody knows any more whose packet waited: nothing goes to the router itself."""
    before = net.router.json("show ip traffic")["icmp"]["received"]["unreachable"]
    net.pat.send(packet("udp", net.pat.address, NOBODY))
    net.router.cli("clear ip nat translation *")
    match = is_error(UNREACHABLE, HOST)
    with pytest.raises(LabError):
        net.pat.expect(match, 5)
    assert net.router.json("show ip traffic")["icmp"]["received"]["unreachable"] == before
