# SPDX-License-Identifier: BSD-3-Clause
"""Hostile frames at every layer, against the sanitizers: counted, and forwarding goes on."""

import random
import struct

import pytest
from scapy.all import ICMP, IP, TCP, UDP, Dot1Q, Ether, raw

from lab import wait_until
from topology import LAN_HOST, LAN_ROUTER, WAN_ROUTER, WEB, rt03_on_wires
from wire import ones_sum

SEED = 20240


@pytest.fixture(scope="module")
def net(lab):
    made = rt03_on_wires(lab)
    made.router.configure("interface Vlan20\n ip tcp adjust-mss 1400\n")
    return made


@pytest.fixture(autouse=True)
def still_a_router(net):
    """After each test both programs run, no sanitizer has spoken, and packets pass."""
    yield
    assert net.router.dp.running and net.router.control.running
    assert net.router.findings() == []
    net.lan_wire.forget()
    net.wan_wire.forget()
    net.host.echo(LAN_ROUTER, ident=2, seq=1)
    # a port that no damaged packet of these tests has
    packet = IP(src=LAN_HOST, dst=WEB) / UDP(sport=999, dport=4999) / b"alive"
    net.host.exchange(packet, net.peer, lambda p: UDP in p and p[UDP].dport == 4999)


def counts(net, reason, before, at_least=1):
    wait_until(lambda: net.router.drops().get(reason, 0) >= before.get(reason, 0) + at_least, 5,
               f"{at_least} more of '{reason}'")


def ip_bytes(**fields):
    return bytearray(raw(IP(src=LAN_HOST, dst=WEB, **fields) / UDP(sport=1000, dport=9) / bytes(20)))


def resum(packet):
    """Put a right header checksum into it, whatever else is wrong."""
    ihl = max((packet[0] & 15) * 4, 20)
    packet[10:12] = b"\0\0"
    header = bytes(packet[:ihl])
    packet[10:12] = struct.pack("!H", 0xFFFF ^ ones_sum(header))
    return bytes(packet)


def send(net, *packets):
    for packet in packets:
        net.host.send(bytes(packet))


def nothing_went_out(net):
    net.host.echo(LAN_ROUTER, ident=3, seq=3)
    assert not [p for p in net.peer.inbox if IP(p).dst == WEB and b"alive" not in p]


def test_bad_checksum(net):
    before = net.router.drops()
    packet = ip_bytes()
    packet[10] ^= 0x55
    send(net, packet)
    counts(net, "ip4 bad checksum", before)
    nothing_went_out(net)


@pytest.mark.parametrize("version", [0, 5, 6, 15])
def test_bad_version(net, version):
    before = net.router.drops()
    packet = ip_bytes()
    packet[0] = version << 4 | 5
    send(net, resum(packet))
    counts(net, "ip4 bad version", before)
    nothing_went_out(net)


@pytest.mark.parametrize("ihl", [0, 1, 4])
def test_short_header_length(net, ihl):
    before = net.router.drops()
    packet = ip_bytes()
    packet[0] = 0x40 | ihl
    send(net, resum(packet))
    counts(net, "ip4 bad header length", before)
    nothing_went_out(net)


def test_header_longer_than_the_packet(net):
    before = net.router.drops()
    packet = ip_bytes()
    packet[0] = 0x4F
    packet[2:4] = struct.pack("!H", 48)
    send(net, resum(packet))
    wait_until(lambda: sum(net.router.drops().values()) > sum(before.values()), 5, "a drop")
    nothing_went_out(net)


@pytest.mark.parametrize("length", [0, 19, 49, 1000, 65535])
def test_bad_total_length(net, length):
    """Shorter than its header or longer than the frame (a 60-byte frame holds 46 bytes)."""
    before = net.router.drops()
    packet = ip_bytes()
    packet[2:4] = struct.pack("!H", length)
    send(net, resum(packet))
    counts(net, "ip4 bad total length", before)
    nothing_went_out(net)


def test_land(net):
    """To the router from itself: the same address, or another of its own."""
    before = net.router.drops()
    for source, destination in ((LAN_ROUTER, LAN_ROUTER), (WAN_ROUTER, LAN_ROUTER)):
        send(net, raw(IP(src=source, dst=destination) / TCP(sport=80, dport=80, flags="S")))
    counts(net, "ip4 source is our own address", before, 2)
    nothing_went_out(net)


@pytest.mark.parametrize("source", ["0.0.0.0", "127.0.0.1", "224.0.0.1", "240.0.0.1",
                                    "255.255.255.255"])
def test_martian_source(net, source):
    before = net.router.drops()
    send(net, raw(IP(src=source, dst=WEB) / UDP(sport=1, dport=9)))
    counts(net, "ip4 martian source", before)
    nothing_went_out(net)


@pytest.mark.parametrize("destination", ["0.0.0.0", "127.0.0.1", "240.0.0.1"])
def test_martian_destination(net, destination):
    before = net.router.drops()
    send(net, raw(IP(src=LAN_HOST, dst=destination) / UDP(sport=1, dport=9)))
    counts(net, "ip4 martian destination", before)


def test_source_route(net):
    before = net.router.drops()
    for kind in (0x83, 0x89):  # loose, strict
        option = bytes([kind, 7, 4, 10, 0, 0, 1, 0])
        packet = bytearray(raw(IP(src=LAN_HOST, dst=WEB) / UDP(sport=1, dport=9)))
        packet = packet[:20] + option + packet[20:]
        packet[0] = 0x47
        packet[2:4] = struct.pack("!H", len(packet))
        send(net, resum(packet))
    counts(net, "ip4 source route option", before, 2)
    nothing_went_out(net)


@pytest.mark.parametrize("option", [
    b"\x44\x00\x00\x00", b"\x44\x01\x00\x00", b"\x44\xff\x05\x00", b"\x83\x00\x00\x00",
    b"\x07\x03\x04\x00", b"\x01\x01\x01\x44", b"\xff\x02\xff\x02", b"\x00\xff\xff\xff"],
    ids=bytes.hex)
def test_broken_options(net, option):
    """Lengths of zero, one, beyond the header; to us and through us."""
    for destination in (WEB, LAN_ROUTER):
        packet = bytearray(raw(IP(src=LAN_HOST, dst=destination) / ICMP(type=8, id=9, seq=9)))
        packet = packet[:20] + option + packet[20:]
        packet[0] = 0x46
        packet[2:4] = struct.pack("!H", len(packet))
        send(net, resum(packet))
        packet[8] = 1  # and as something that must be quoted in an error
        send(net, resum(packet))


GOOD = {
    "udp": IP(src=LAN_HOST, dst=WEB) / UDP(sport=1001, dport=9) / bytes(16),
    "tcp": IP(src=LAN_HOST, dst=WEB) / TCP(sport=1001, dport=80, flags="S",
                                           options=[("MSS", 1460), ("NOP", None), ("WScale", 7)]),
    "echo": IP(src=LAN_HOST, dst=WEB) / ICMP(type=8, id=1, seq=1) / bytes(16),
    "error": IP(src=LAN_HOST, dst=WEB) / ICMP(type=3, code=3)
    / IP(src=WEB, dst=LAN_HOST) / UDP(sport=9, dport=1001) / bytes(8),
    "to us": IP(src=LAN_HOST, dst=LAN_ROUTER) / ICMP(type=8, id=1, seq=1) / bytes(16),
    "fragment": IP(src=LAN_HOST, dst=WEB, flags="MF", id=1) / UDP(sport=1001, dport=9)
    / bytes(16),
    "later fragment": IP(src=LAN_HOST, dst=WEB, frag=3, id=2) / bytes(24),
    "options": IP(src=LAN_HOST, dst=WEB, options=b"\x94\x04\x00\x00") / UDP(sport=1, dport=9),
}


@pytest.mark.parametrize("name", GOOD)
def test_truncated_at_every_byte(net, name):
    """Frames cut short; the total length as it was, and made to fit."""
    whole = raw(GOOD[name])
    head = raw(Ether(src=net.host.mac, dst=net.host.resolve(), type=0x0800))
    for length in range(len(whole)):
        cut = whole[:length]
        net.lan_wire.send(head + cut)
        if length >= 20:
            fitted = bytearray(cut)
            fitted[2:4] = struct.pack("!H", length)
            net.lan_wire.send(head + resum(fitted))


@pytest.mark.parametrize("name", GOOD)
def test_every_byte_changed(net, name):
    """Each byte of a good packet replaced by extremes, the header checksum right again."""
    whole = raw(GOOD[name])
    for at in range(len(whole)):
        for value in (0x00, 0x01, 0x7F, 0x80, 0xFF, whole[at] ^ 0x10):
            packet = bytearray(whole)
            packet[at] = value
            send(net, resum(packet))


def test_errors_about_changed_quotes_from_outside(net):
    """ICMP errors about a live session, their quotes damaged byte by byte and cut."""
    got = raw(net.host.exchange(IP(src=LAN_HOST, dst=WEB) / UDP(sport=1002, dport=9) / bytes(8),
                                net.peer, lambda p: UDP in p and p[UDP].sport == 1002))
    for at in range(len(got)):
        for value in (0x00, 0xFF, got[at] ^ 0x01):
            quote = bytearray(got)
            quote[at] = value
            net.peer.send(IP(src=WEB, dst=WAN_ROUTER) / ICMP(type=3, code=3) / bytes(quote))
    for length in range(len(got)):
        net.peer.send(IP(src=WEB, dst=WAN_ROUTER) / ICMP(type=3, code=3) / got[:length])


@pytest.mark.parametrize("tcp", [
    {"dataofs": 0}, {"dataofs": 4}, {"dataofs": 15}, {"flags": 0}, {"flags": "FSRPAUEC"},
    {"flags": "SF"}, {"sport": 0}, {"dport": 0}], ids=str)
def test_odd_tcp(net, tcp):
    fields = {"sport": 1003, "dport": 80, "flags": "S", **tcp}
    send(net, raw(IP(src=LAN_HOST, dst=WEB) / TCP(**fields)))


@pytest.mark.parametrize("length", [0, 7, 9, 65535])
def test_odd_udp_length(net, length):
    send(net, raw(IP(src=LAN_HOST, dst=WEB) / UDP(sport=1004, dport=9, len=length) / bytes(8)))


def test_short_frames(net):
    """Ethernet frames of 14 bytes and more, of every type the router knows, with nothing in them.

    (The kernel's own sockets send nothing shorter than the header.)
    """
    macs = bytes.fromhex(net.host.resolve().replace(":", "")) \
        + bytes.fromhex(net.host.mac.replace(":", ""))
    for kind in (0x0800, 0x0806, 0x8100, 0x88A8, 0x86DD, 0x8847, 0x8863, 0x8864, 0, 46, 1500,
                 0xFFFF):
        for extra in range(0, 6):
            net.lan_wire.send(macs + struct.pack("!H", kind) + bytes(extra))
            net.lan_wire.send(b"\xff" * 6 + macs[6:] + struct.pack("!H", kind) + bytes(extra))


def test_stacked_tags(net):
    for depth in range(1, 12):
        frame = Ether(src=net.host.mac, dst=net.host.resolve())
        for vlan in range(depth):
            frame = frame / Dot1Q(vlan=vlan)
        net.lan_wire.send(raw(frame / IP(src=LAN_HOST, dst=WEB) / UDP()))


def test_fragments_that_claim_too_much(net):
    """An end beyond 65535 (ping of death), zero-length and one-byte middles, all offsets."""
    for offset in (1, 2, 8189, 8190, 8191):
        for flags in ("MF", 0):
            for size in (0, 1, 7, 8, 64):
                for destination in (WEB, LAN_ROUTER):
                    send(net, raw(IP(src=LAN_HOST, dst=destination, proto=1, id=offset,
                                     flags=flags, frag=offset) / bytes(size)))


def test_ttl_zero(net):
    send(net, raw(IP(src=LAN_HOST, dst=WEB, ttl=0) / UDP(sport=1005, dport=9)))
    nothing_went_out(net)


def test_loop(net):
    """A default route that points back the way it came: the TTL ends it."""
    net.router.configure("ip route 198.51.100.0 255.255.255.0 192.168.20.10\n")
    before = net.router.drops()
    packet = IP(src="203.0.113.1", dst="198.51.100.1", ttl=64) / UDP(sport=1, dport=9) / b"loop"
    net.host.send(packet)
    for ttl in range(63, 0, -1):
        got = net.host.expect(lambda p: b"loop" in raw(p))
        assert got.ttl == ttl
        net.host.send(raw(got))
    counts(net, "ip4 time to live exceeded", before)
    net.router.configure("no ip route 198.51.100.0 255.255.255.0 192.168.20.10\n")


@pytest.mark.parametrize("side", ["inside", "outside"])
def test_random_garbage(net, side):
    """Frames of random bytes, and of good headers before random bytes."""
    rng = random.Random(SEED)
    wire, station, router = {
        "inside": (net.lan_wire, net.host, net.host.resolve()),
        "outside": (net.wan_wire, net.peer, net.peer.resolve()),
    }[side]
    head = raw(Ether(src=station.mac, dst=router, type=0x0800))
    source = LAN_HOST if side == "inside" else WEB
    destination = WEB if side == "inside" else WAN_ROUTER
    for i in range(4000):
        body = rng.randbytes(rng.randrange(0, 200))
        if i % 4 == 0:
            frame = head[:12] + rng.randbytes(2) + body
        elif i % 4 == 1:
            frame = head + body
        elif i % 4 == 2:
            frame = head + raw(IP(src=source, dst=destination,
                                  proto=rng.choice([1, 6, 17, 2, 4, 47, 50, 51, 89, 103])) / body)
        else:
            frame = head + raw(IP(src=source, dst=destination, proto=1)
                               / bytes([rng.choice([0, 3, 4, 5, 8, 11, 12, 13, 17]),
                                        rng.randrange(16), 0, 0]) / body)
        wire.send(frame)
        if i % 500 == 499:  # pace: let the router drain its ring
            station.echo(LAN_ROUTER if side == "inside" else WAN_ROUTER, ident=4, seq=i, bound=10)


def test_drops_are_told_by_reason(net):
    """What the other tests did is all there, by name."""
    drops = net.router.drops()
    assert sum(drops.values()) > 100
    assert "unknown" not in drops and "no reason" not in drops
