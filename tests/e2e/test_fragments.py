# SPDX-License-Identifier: BSD-3-Clause
"""Fragments through PAT, what is too big, and the MSS."""

import itertools

import pytest
from scapy.all import ICMP, IP, TCP, UDP, raw

from lab import wait_until
from topology import (LAN_HOST, LAN_HOST2, LAN_ROUTER, WAN_ROUTER, WEB, is_error, provoke,
                      rt03_on_wires)
from wire import fragments, ones_sum, quoted, reassemble

PATTERN = bytes(i * 7 & 0xFF for i in range(4000))


@pytest.fixture(scope="module")
def net(lab):
    return rt03_on_wires(lab)


@pytest.fixture
def configured(net):
    before = net.router.cli("show running-config")
    yield net.router.configure
    path = f"{net.lab.dir}/before.cfg"
    with open(path, "w", encoding="utf-8") as f:
        f.write(before)
    net.router.cli(f"configure replace {path} force")


ids = itertools.count(1000)


def datagram(size, src=LAN_HOST, dst=WEB, sport=4000, dport=99, **ip):
    return IP(src=src, dst=dst, id=next(ids), **ip) / UDP(sport=sport, dport=dport) / PATTERN[:size]


def collect(station, count, ident, bound=3.0):
    """That many packets of one IP id."""
    return [station.expect(lambda p: p.id == ident, bound) for _ in range(count)]


def pieces_of(station, ident, bound=3.0):
    """The fragments of an IP id, up to all of it."""
    got = []

    def whole():
        got.extend(collect(station, 1, ident, bound))
        last = [p for p in got if "MF" not in p.flags]
        return last and sum(p.len - p.ihl * 4 for p in got) >= last[0].frag * 8 + last[0].len \
            - last[0].ihl * 4
    wait_until(whole, 10, "all fragments")
    return got


# ---- virtual reassembly ----

@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_fragments_in_any_order(net, order):
    sent = datagram(2000)
    cut = fragments(sent, 800, 800)
    for i in order:
        net.host.send(cut[i])
    got = reassemble(pieces_of(net.peer, sent.id))
    assert (got.src, got.ttl, got[UDP].sport) == (WAN_ROUTER, 63, 4000)
    assert raw(got[UDP].payload) == PATTERN[:2000]


def test_fragments_from_outside(net):
    net.host.exchange(datagram(10), net.peer)
    sent = datagram(2500, WEB, WAN_ROUTER, 99, 4000)
    cut = fragments(sent, 1000, 1000)
    for i in (2, 0, 1):
        net.peer.send(cut[i])
    got = reassemble(pieces_of(net.host, sent.id))
    assert got.dst == LAN_HOST and raw(got[UDP].payload) == PATTERN[:2500]


def test_fragmented_echo(net):
    sent = IP(src=LAN_HOST, dst=WEB, id=next(ids)) / ICMP(type=8, id=77, seq=1) / PATTERN[:1800]
    for piece in fragments(sent, 1000):
        net.host.send(piece)
    got = reassemble(pieces_of(net.peer, sent.id))
    assert got.src == WAN_ROUTER and got[ICMP].id == 77


def test_fragmented_tcp(net):
    sent = IP(src=LAN_HOST, dst=WEB, id=next(ids)) / TCP(sport=4001, dport=80, flags="S") \
        / PATTERN[:1000]
    for piece in reversed(fragments(sent, 24, 504)):
        net.host.send(piece)
    got = reassemble(pieces_of(net.peer, sent.id))
    assert got.src == WAN_ROUTER and got[TCP].sport == 4001


def test_two_hosts_with_one_id(net):
    """Fragments are told apart by their source before translation."""
    cuts = []
    for sender in (net.host, net.host2):
        sent = IP(src=sender.address, dst=WEB, id=999) / UDP(sport=4002, dport=99) \
            / (sender.address.encode() + PATTERN[:1500])
        cuts.append(fragments(sent, 800))
    for piece, sender in ((cuts[0][0], net.host), (cuts[1][0], net.host2),
                          (cuts[0][1], net.host), (cuts[1][1], net.host2)):
        sender.send(piece)
    got = [net.peer.expect(lambda p: p.id == 999) for _ in range(4)]
    firsts = [p for p in got if p.frag == 0]
    lasts = [p for p in got if p.frag]
    assert len(firsts) == len(lasts) == 2 and {p.src for p in got} == {WAN_ROUTER}
    ports = {raw(p)[28:28 + len(LAN_HOST)]: raw(p)[20:22] for p in firsts}
    assert len(set(ports.values())) == 2


def drops(net, reason):
    return net.router.drops().get(reason, 0)


def test_overlap_is_dropped_and_counted(net):
    before = drops(net, "vfr overlapping fragments")
    sent = datagram(1600)
    first, second, third = fragments(sent, 800, 400)
    second.frag = 700 // 8
    for piece in (first, second, third):
        net.host.send(piece)
    wait_until(lambda: drops(net, "vfr overlapping fragments") > before, 5, "the counter")
    net.peer.expect_nothing(lambda p: p.id == sent.id and p.frag == second.frag)
    got = [p for p in map(IP, list(net.peer.inbox)) if p.id == sent.id]
    assert sum(p.len - 20 for p in got) < 1608, "the datagram must not be whole"


def test_tiny_first_fragment_is_dropped(net):
    """Eight bytes of TCP do not hold what a filter decides by (RFC 1858)."""
    sent = IP(src=LAN_HOST, dst=WEB, id=next(ids)) / TCP(sport=4003, dport=80, flags="S") \
        / PATTERN[:100]
    before = drops(net, "vfr tiny first fragment")
    for piece in fragments(sent, 8):
        net.host.send(piece)
    wait_until(lambda: drops(net, "vfr tiny first fragment") > before, 5, "the counter")
    net.peer.expect_nothing(lambda p: p.id == sent.id)


def test_incomplete_ones_go_away(net, configured):
    """Fragments without a first one wait for the timeout and are dropped; the next come through."""
    configured("interface Vlan20\n ip virtual-reassembly in timeout 1 max-reassemblies 64\n")
    before = drops(net, "vfr timed out")
    for _ in range(4):
        net.host.send(fragments(datagram(1600), 800)[1])
    wait_until(lambda: drops(net, "vfr timed out") >= before + 4, 10, "four timeouts")
    sent = datagram(1600)
    for piece in fragments(sent, 800):
        net.host.send(piece)
    reassemble(pieces_of(net.peer, sent.id))


def test_too_many_reassemblies(net, configured):
    configured("interface Vlan20\n ip virtual-reassembly in timeout 2 max-reassemblies 4\n")
    before = drops(net, "vfr too many reassemblies")
    for _ in range(10):
        net.host.send(fragments(datagram(1600), 800)[1])
    wait_until(lambda: drops(net, "vfr too many reassemblies") >= before + 6, 5, "the counter")
    whole = datagram(100)
    net.host.exchange(whole, net.peer, lambda p: p.id == whole.id)


def test_too_many_fragments(net, configured):
    configured("interface Vlan20\n ip virtual-reassembly in max-fragments 4\n")
    before = drops(net, "vfr too many fragments")
    sent = datagram(1600)
    for piece in reversed(fragments(sent, *[200] * 7)):
        net.host.send(piece)
    wait_until(lambda: drops(net, "vfr too many fragments") > before, 5, "the counter")
    net.peer.expect_nothing(lambda p: p.id == sent.id and p.frag == 0)


def test_drop_fragments(net, configured):
    configured("interface Vlan20\n ip virtual-reassembly in drop-fragments\n")
    sent = datagram(1600)
    before = drops(net, "vfr fragments forbidden")
    for piece in fragments(sent, 800):
        net.host.send(piece)
    wait_until(lambda: drops(net, "vfr fragments forbidden") >= before + 2, 5, "the counter")
    net.peer.expect_nothing(lambda p: p.id == sent.id)


# ---- too big ----

def test_too_big_is_fragmented(net, configured):
    configured("interface GigabitEthernet8\n ip mtu 1000\n")
    for size in (973, 1400, 1472):
        sent = datagram(size)
        net.host.send(sent)
        got = pieces_of(net.peer, sent.id)
        assert len(got) == 2
        assert all(p.len <= 1000 and (p.len - p.ihl * 4) % 8 == 0
                   for p in got if "MF" in p.flags)
        whole = reassemble(got)
        assert whole.src == WAN_ROUTER and raw(whole[UDP].payload) == PATTERN[:size]


def test_what_just_fits_is_not(net, configured):
    configured("interface GigabitEthernet8\n ip mtu 1000\n")
    sent = datagram(972, flags="DF")
    got = net.host.exchange(sent, net.peer, lambda p: p.id == sent.id)
    assert got.len == 1000 and "MF" not in got.flags


def test_too_big_with_df_from_inside(net, configured):
    """ICMP says the next MTU; the source is the interface it came in by."""
    configured("interface GigabitEthernet8\n ip mtu 1000\n")
    sent = datagram(973, flags="DF")
    got = provoke(net.host, sent, is_error(3, 4))
    assert got.src == LAN_ROUTER and got[ICMP].nexthopmtu == 1000
    inner = IP(quoted(got))
    assert (inner.src, inner.dst, inner.payload.sport) == (LAN_HOST, WEB, 4000)
    net.peer.expect_nothing(lambda p: p.id == sent.id)


def test_too_big_with_df_from_outside(net, configured):
    """The quoted packet is the one that came: to the global address."""
    configured("interface Vlan20\n ip mtu 1000\n")
    net.host.exchange(datagram(10), net.peer)
    sent = datagram(973, WEB, WAN_ROUTER, 99, 4000, flags="DF")
    got = provoke(net.peer, sent, is_error(3, 4))
    assert got.src == WAN_ROUTER and got[ICMP].nexthopmtu == 1000
    inner = IP(quoted(got))
    assert (inner.src, inner.dst, inner.payload.dport) == (WEB, WAN_ROUTER, 4000)


def test_fragment_of_a_fragment(net, configured):
    configured("interface GigabitEthernet8\n ip mtu 600\n")
    sent = datagram(2800)
    for piece in fragments(sent, 1400):
        net.host.send(piece)
    got = pieces_of(net.peer, sent.id)
    assert len(got) >= 6 and all(p.len <= 600 for p in got)
    assert raw(reassemble(got)[UDP].payload) == PATTERN[:2800]


def test_mtu_error_from_outside_reaches_the_host(net):
    """Path MTU discovery works through PAT: a router further on says 1300."""
    sent = datagram(1400, flags="DF")
    got = net.host.exchange(sent, net.peer, lambda p: p.id == sent.id)
    answer = net.peer.exchange(
        IP(src="192.168.10.77", dst=WAN_ROUTER) / ICMP(type=3, code=4, nexthopmtu=1300)
        / raw(got)[:28], net.host, is_error(3, 4))
    assert answer[ICMP].nexthopmtu == 1300
    assert raw(quoted(answer))[20:28] == raw(sent)[20:28]


# ---- MSS ----

def syn(station, mss, flags="S", sport=4100, extra=()):
    options = list(extra) + ([("MSS", mss)] if mss else [])
    return IP(src=station, dst=WEB) / TCP(sport=sport, dport=80, flags=flags, seq=1,
                                          options=options)


def mss_of(packet):
    return dict(o for o in packet[TCP].options if len(o) == 2).get("MSS")


@pytest.mark.parametrize("sent,got", [(1460, 1400), (1401, 1400), (1400, 1400), (536, 536),
                                      (None, None)])
@pytest.mark.parametrize("extra", [(), ("NOP",), (("WScale", 7), ("SAckOK", b""))],
                         ids=["first", "odd", "third"])
def test_mss_out(net, configured, sent, got, extra):
    extra = [e if isinstance(e, tuple) else (e, None) for e in extra]
    configured("interface Vlan20\n ip tcp adjust-mss 1400\n")
    seen = net.host.exchange(syn(LAN_HOST, sent, extra=extra), net.peer, lambda p: TCP in p)
    assert mss_of(seen) == got


def test_mss_in(net, configured):
    """The server's answer too."""
    configured("interface Vlan20\n ip tcp adjust-mss 1400\n")
    net.host.exchange(syn(LAN_HOST, 1460, sport=4101), net.peer, lambda p: TCP in p)
    answer = IP(src=WEB, dst=WAN_ROUTER) / TCP(sport=80, dport=4101, flags="SA",
                                               options=[("MSS", 1460)])
    assert mss_of(net.peer.exchange(answer, net.host, lambda p: TCP in p)) == 1400


def test_mss_of_others_is_left_alone(net, configured):
    """Not a SYN: what looks like the option stays."""
    configured("interface Vlan20\n ip tcp adjust-mss 1400\n")
    net.host.exchange(syn(LAN_HOST, None, sport=4102), net.peer, lambda p: TCP in p)
    seen = net.host.exchange(syn(LAN_HOST, 1460, "A", 4102), net.peer, lambda p: TCP in p)
    assert mss_of(seen) == 1460


@pytest.mark.parametrize("options", [b"\x02\x00\x05\xb4", b"\x02\x03\x05\xb4", b"\x02\xff\x05\xb4",
                                     b"\x01\x01\x01\x02", b"\x03\x00\x00\x00"], ids=bytes.hex)
def test_mss_in_broken_options(net, configured, options):
    """Option lengths that lie neither stop the router nor make it write outside the option."""
    configured("interface Vlan20\n ip tcp adjust-mss 1400\n")
    head = TCP(sport=4103, dport=80, flags="S", dataofs=6, chksum=0)
    sent = bytearray(raw(IP(src=LAN_HOST, dst=WEB, proto=6) / (raw(head) + options)))
    total = ones_sum(sent[12:20] + b"\0\6\0\x18" + sent[20:])
    sent[36:38] = (0xFFFF ^ total).to_bytes(2, "big")
    net.host.send(bytes(sent))
    seen = net.peer.expect(lambda p: p.proto == 6)
    assert raw(seen)[40:44] == options
    net.host.echo(LAN_ROUTER, seq=next(ids) & 0x7FFF)


def test_host2_is_not_touched_by_all_this(net):
    sent = datagram(100, LAN_HOST2)
    net.host2.exchange(sent, net.peer, lambda p: p.id == sent.id)
