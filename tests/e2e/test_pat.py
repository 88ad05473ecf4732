# SPDX-License-Identifier: BSD-3-Clause
"""PAT as RT03 has it, packet by packet on both sides."""

import threading

import pytest
from scapy.all import ICMP, IP, TCP, UDP, Raw, raw

from lab import LabError, wait_until
from topology import (LAN_HOST, LAN_HOST2, LAN_ROUTER, WAN_ROUTER, WEB, WEB2, is_error,
                      provoke, rt03_on_wires)
from wire import quoted


@pytest.fixture(scope="module")
def net(lab):
    return rt03_on_wires(lab)


@pytest.fixture(autouse=True)
def clean(net):
    net.router.cli("clear ip nat translation *")
    net.lan_wire.forget()
    net.wan_wire.forget()


def out(net, packet, match=None, sender=None):
    """Send from inside; what arrives outside."""
    return (sender or net.host).exchange(
        packet, net.peer, match or (lambda p: p.dst == packet.dst and p.proto == packet.proto
                                    or p.dst == packet.dst))


def back(net, packet, match=lambda p: True, receiver=None):
    """Send from outside; what arrives inside."""
    return net.peer.exchange(packet, receiver or net.host, match)


def transports(sport, dport, payload=b"some payload"):
    return [UDP(sport=sport, dport=dport) / payload,
            TCP(sport=sport, dport=dport, flags="S", seq=0x12345678, window=4321) / b"",
            TCP(sport=sport, dport=dport, flags="PA", seq=7, ack=9) / payload]


@pytest.mark.parametrize("index", range(3), ids=["udp", "syn", "data"])
def test_out_and_back(net, index):
    """Only the address, the TTL and the checksums change; the port is kept."""
    sent = IP(src=LAN_HOST, dst=WEB, ttl=64, id=0xBEEF, tos=0x28, flags="DF") \
        / transports(2598, 80)[index]
    if index == 2:  # data has a session before it
        out(net, IP(src=LAN_HOST, dst=WEB) / transports(2598, 80)[1])
    got = out(net, sent)
    assert (got.src, got.dst, got.ttl, got.id, got.tos) == (WAN_ROUTER, WEB, 63, 0xBEEF, 0x28)
    assert str(got.flags) == "DF" and len(got) == len(sent)
    assert masked(got) == masked(sent)
    assert (got.payload.sport, got.payload.dport) == (2598, 80)

    flags = {"flags": "SA"} if index else {}
    layer = type(sent.payload)
    answer = IP(src=WEB, dst=WAN_ROUTER, ttl=50, id=77) / layer(sport=80, dport=2598, **flags) \
        / b"an answer"
    got = back(net, answer)
    assert (got.src, got.dst, got.ttl, got.id) == (WEB, LAN_HOST, 49, 77)
    assert (got.payload.sport, got.payload.dport) == (80, 2598)
    assert masked(got) == masked(answer)


def masked(packet):
    """The transport part with its checksum left out."""
    body = bytearray(raw(IP(raw(packet)).payload)[:packet.len and packet.len - packet.ihl * 4])
    at = {6: 16, 17: 6}[packet.proto]
    body[at:at + 2] = b"\0\0"
    return bytes(body)


def test_echo(net):
    sent = IP(src=LAN_HOST, dst=WEB, id=5) / ICMP(type=8, id=0x1234, seq=9) / b"abcdefgh"
    got = out(net, sent)
    assert (got.src, got[ICMP].id, got[ICMP].seq, raw(got[Raw])) \
        == (WAN_ROUTER, 0x1234, 9, b"abcdefgh")
    got = back(net, IP(src=WEB, dst=WAN_ROUTER) / ICMP(type=0, id=0x1234, seq=9) / b"abcdefgh")
    assert (got.src, got.dst, got[ICMP].type, got[ICMP].id, got[ICMP].seq) \
        == (WEB, LAN_HOST, 0, 0x1234, 9)
    assert f"icmp {WAN_ROUTER}:4660" in net.router.cli("show ip nat translations")


def test_echo_ids_conflict(net):
    """Two hosts ping with one id: the second gets another, and both get their replies."""
    ids = []
    for sender in (net.host, net.host2):
        got = out(net, IP(src=sender.address, dst=WEB) / ICMP(type=8, id=1000, seq=1),
                  sender=sender)
        ids.append(got[ICMP].id)
    assert ids[0] == 1000 and ids[1] != 1000 and 512 <= ids[1] <= 1023
    for ident, receiver in zip(ids, (net.host, net.host2)):
        got = back(net, IP(src=WEB, dst=WAN_ROUTER) / ICMP(type=0, id=ident, seq=1),
                   receiver=receiver)
        assert (got.dst, got[ICMP].id) == (receiver.address, 1000)


@pytest.mark.parametrize("port,first", [(300, 1), (700, 512), (3000, 1024)])
@pytest.mark.parametrize("layer", [TCP, UDP], ids=["tcp", "udp"])
def test_port_conflict_takes_the_first_free_of_its_group(net, port, first, layer):
    flags = {"flags": "S"} if layer is TCP else {}

    def sent_by(sender, sport=port):
        return out(net, IP(src=sender.address, dst=WEB) / layer(sport=sport, dport=53, **flags),
                   sender=sender).payload.sport
    assert sent_by(net.host) == port
    assert sent_by(net.host2) == first
    assert sent_by(net.host2, first) == first + 1, "the port itself is taken by now"
    assert sent_by(net.host2) == first, "a session keeps its port"
    got = back(net, IP(src=WEB, dst=WAN_ROUTER) / layer(sport=53, dport=first, **flags),
               receiver=net.host2)
    assert (got.dst, got.payload.dport) == (LAN_HOST2, port)


def test_one_port_to_two_servers(net):
    """One inside socket, two destinations: the same global port for both, two sessions."""
    ports = [out(net, IP(src=LAN_HOST, dst=a) / UDP(sport=4000, dport=123)).payload.sport
             for a in (WEB, WEB2)]
    assert ports == [4000, 4000]
    shown = net.router.cli("show ip nat translations")
    assert f"{WEB}:123" in shown and f"{WEB2}:123" in shown


def test_strangers_do_not_get_in(net):
    """A session admits its own destination and port only; the rest is not the inside's."""
    out(net, IP(src=LAN_HOST, dst=WEB) / UDP(sport=4001, dport=123))
    for source, sport in ((WEB2, 123), (WEB, 124)):
        net.peer.send(IP(src=source, dst=WAN_ROUTER) / UDP(sport=sport, dport=4001) / b"no")
    net.peer.send(IP(src=WEB, dst=WAN_ROUTER) / UDP(sport=123, dport=4001) / b"yes")
    got = net.host.expect(lambda p: UDP in p)
    assert raw(got[UDP].payload) == b"yes"
    net.host.expect_nothing(lambda p: UDP in p)


def test_no_way_in_without_a_session(net):
    """A packet to an inside address from outside is routed, as IOS does, not translated."""
    net.peer.send(IP(src=WEB, dst=WAN_ROUTER) / TCP(sport=80, dport=3333, flags="SA"))
    net.host.expect_nothing(lambda p: TCP in p)


def test_udp_checksum_zero_stays_zero(net):
    got = out(net, IP(src=LAN_HOST, dst=WEB) / UDP(sport=4002, dport=99, chksum=0) / b"none")
    assert got[UDP].chksum == 0
    got = back(net, IP(src=WEB, dst=WAN_ROUTER) / UDP(sport=99, dport=4002, chksum=0) / b"none")
    assert got[UDP].chksum == 0 and got.dst == LAN_HOST


def test_udp_checksum_never_becomes_zero(net):
    """RFC 768: a sum that comes out as zero is sent as ones. Payloads sweep all sums."""
    zero_seen = False
    for word in range(0, 65536, 257):
        packet = IP(src=LAN_HOST, dst=WEB) / UDP(sport=4003, dport=99) / word.to_bytes(2, "big")
        got = out(net, packet, lambda p: UDP in p)
        assert got[UDP].chksum != 0
        zero_seen |= got[UDP].chksum == 0xFFFF
    # aim at it: the payload that makes the translated sum zero
    probe = IP(raw(IP(src=WAN_ROUTER, dst=WEB) / UDP(sport=4003, dport=99) / b"\0\0"))
    aim = probe[UDP].chksum
    packet = IP(src=LAN_HOST, dst=WEB) / UDP(sport=4003, dport=99) / aim.to_bytes(2, "big")
    got = out(net, packet, lambda p: UDP in p and p.len == 30)
    assert got[UDP].chksum == 0xFFFF


def test_bad_transport_checksum_stays_bad(net):
    """A translator updates a checksum; it must not repair what was broken before (RFC 1624)."""
    sent = IP(src=LAN_HOST, dst=WEB) / UDP(sport=4004, dport=99, chksum=0x1111) / b"broken"
    net.host.send(sent)
    with pytest.raises(LabError, match="bad checksum"):
        net.peer.expect(lambda p: UDP in p)


def test_ip_options_are_kept(net):
    """Options lengthen the header; ports are found behind them."""
    sent = IP(src=LAN_HOST, dst=WEB, options=b"\x01\x01\x01\x00") \
        / UDP(sport=4005, dport=99) / b"x"
    got = out(net, sent)
    assert got.ihl == 6 and got[UDP].sport == 4005 and got.src == WAN_ROUTER


# ---- TTL ----

def test_ttl_1_from_inside_is_answered(net):
    """By the address of the interface it came in by, quoting it as the host sent it."""
    sent = IP(src=LAN_HOST, dst=WEB, ttl=1, id=0x77) / UDP(sport=33434, dport=33434) / b"trace"
    got = provoke(net.host, sent, is_error(11, 0))
    assert got.src == LAN_ROUTER
    inner = IP(quoted(got))
    assert (inner.src, inner.dst, inner.id, inner.payload.sport) == (LAN_HOST, WEB, 0x77, 33434)


def test_ttl_1_from_outside_is_answered(net):
    """A packet of a session that dies here is quoted as its sender knows it."""
    out(net, IP(src=LAN_HOST, dst=WEB) / UDP(sport=4006, dport=99))
    sent = IP(src=WEB, dst=WAN_ROUTER, ttl=1, id=0x78) / UDP(sport=99, dport=4006) / b"trace"
    got = provoke(net.peer, sent, is_error(11, 0))
    assert got.src == WAN_ROUTER
    inner = IP(quoted(got))
    assert (inner.src, inner.dst, inner.payload.dport) == (WEB, WAN_ROUTER, 4006)


# ---- ICMP errors about sessions ----

ERRORS = [(3, 1), (3, 3), (3, 4), (11, 0), (12, 0)]


@pytest.mark.parametrize("kind,code", ERRORS)
@pytest.mark.parametrize("index", range(4), ids=["udp", "syn", "tcp", "echo"])
@pytest.mark.parametrize("quote", [8, 9, 28, 200], ids=lambda n: f"quote{n}")
def test_error_from_outside_reaches_the_host(net, kind, code, index, quote):
    """What it quotes is what the host sent, but for the TTL, whatever its length."""
    body = [UDP(sport=5000, dport=53) / bytes(range(60)),
            TCP(sport=5000, dport=80, flags="S", seq=1),
            TCP(sport=5000, dport=80, flags="S", seq=1, options=[("MSS", 1460)]),
            ICMP(type=8, id=5000, seq=3) / bytes(range(60))][index]
    sent = IP(src=LAN_HOST, dst=WEB, id=0x99) / body
    got = raw(out(net, sent))
    error = IP(src=WEB2, dst=WAN_ROUTER) / ICMP(type=kind, code=code) \
        / got[:20 + quote]
    answer = back(net, error, is_error(kind, code))
    assert (answer.src, answer.dst) == (WEB2, LAN_HOST)
    inner = quoted(answer)
    as_sent = bytearray(raw(sent)[:20 + quote])
    as_sent[8] -= 1  # the TTL
    as_sent[10:12] = inner[10:12]  # whose checksum is checked by itself
    assert inner[:len(as_sent)] == bytes(as_sent)


def test_error_with_a_short_quote_is_dropped(net):
    """Fewer than eight bytes of transport do not tell the session (RFC 792)."""
    got = raw(out(net, IP(src=LAN_HOST, dst=WEB) / UDP(sport=5001, dport=53) / bytes(20)))
    for keep in (0, 8, 19, 20, 23):
        net.peer.send(IP(src=WEB2, dst=WAN_ROUTER) / ICMP(type=3, code=1) / got[:keep])
    net.host.expect_nothing(lambda p: ICMP in p)


def test_error_about_no_session_is_dropped(net):
    fake = IP(src=WAN_ROUTER, dst=WEB) / UDP(sport=6000, dport=53) / bytes(20)
    net.peer.send(IP(src=WEB2, dst=WAN_ROUTER) / ICMP(type=3, code=1) / raw(fake))
    net.host.expect_nothing(lambda p: ICMP in p)


def test_error_about_a_broken_quote_is_not_believed(net):
    """The quoted header lies about its length or version."""
    got = bytearray(raw(out(net, IP(src=LAN_HOST, dst=WEB) / UDP(sport=5002, dport=53) / bytes(20))))
    for first in (0x41, 0x4F, 0x65, 0x00):
        got[0] = first
        net.peer.send(IP(src=WEB2, dst=WAN_ROUTER) / ICMP(type=3, code=1) / bytes(got))
    net.host.expect_nothing(lambda p: ICMP in p)
    net.peer.echo(WAN_ROUTER)


def test_error_from_inside_goes_out_translated(net):
    """The host refuses a packet of its session: outside sees the global address, also quoted."""
    out(net, IP(src=LAN_HOST, dst=WEB) / UDP(sport=5003, dport=53) / b"q")
    got = back(net, IP(src=WEB, dst=WAN_ROUTER) / UDP(sport=53, dport=5003) / b"answer")
    error = IP(src=LAN_HOST, dst=WEB) / ICMP(type=3, code=3) / raw(got)[:28]
    seen = out(net, error, is_error(3, 3))
    assert seen.src == WAN_ROUTER
    inner = IP(quoted(seen))
    assert (inner.src, inner.dst, inner.payload.dport) == (WEB, WAN_ROUTER, 5003)


# ---- what is not TCP, UDP or ICMP ----

@pytest.mark.parametrize("proto", [47, 50, 132])
def test_other_protocols_one_host_at_a_time(net, proto):
    def sent_by(sender):
        sender.send(IP(src=sender.address, dst=WEB, proto=proto) / bytes(range(40)))
    sent_by(net.host)
    got = net.peer.expect(lambda p: p.proto == proto)
    assert got.src == WAN_ROUTER and raw(got.payload)[:40] == bytes(range(40))
    sent_by(net.host2)
    net.peer.expect_nothing(lambda p: p.proto == proto)
    got = back(net, IP(src=WEB, dst=WAN_ROUTER, proto=proto) / bytes(40),
               lambda p: p.proto == proto)
    assert got.dst == LAN_HOST


@pytest.mark.parametrize("proto", [47, 50])
def test_error_about_another_protocol(net, proto):
    """What is quoted is GRE or ESP: found by its addresses alone."""
    sent = IP(src=LAN_HOST, dst=WEB, proto=proto, id=0x9A) / bytes(range(40))
    got = raw(out(net, sent))
    answer = back(net, IP(src=WEB2, dst=WAN_ROUTER) / ICMP(type=3, code=2) / got[:28],
                  is_error(3, 2))
    assert answer.dst == LAN_HOST
    assert quoted(answer)[12:28] == raw(sent)[12:28]


# ---- what the access list does not name ----

def test_unlisted_source_is_routed_untranslated(net):
    got = out(net, IP(src="172.16.5.5", dst=WEB) / UDP(sport=4010, dport=99) / b"as it is")
    assert got.src == "172.16.5.5" and got[UDP].sport == 4010
    assert "172.16.5.5" not in net.router.cli("show ip nat translations")


def test_access_list_counts(net):
    def matches():
        text = net.router.cli("show access-lists")
        line = next(l for l in text.splitlines() if "192.168.20.0" in l)
        return int(line.split("(")[1].split()[0]) if "(" in line else 0
    before = matches()
    out(net, IP(src=LAN_HOST, dst=WEB) / UDP(sport=4011, dport=99))
    wait_until(lambda: matches() > before, 5, "hits of access-list 1")


# ---- the router's own packets ----

def test_router_pings_through_its_own_nat(net):
    """From the command line: its outside address as it is, an inside one translated."""
    def reply(command):
        got = net.peer.expect(lambda p: ICMP in p and p[ICMP].type == 8, 10)
        assert got.src == WAN_ROUTER, command
        net.peer.send(IP(src=got.dst, dst=got.src) / ICMP(type=0, id=got[ICMP].id,
                                                          seq=got[ICMP].seq) / raw(got[Raw]))
    for command in (f"ping {WEB} repeat 1", f"ping {WEB} repeat 1 source Vlan20"):
        result = []
        pinging = threading.Thread(
            target=lambda c=command: result.append(net.router.cli(c, check=False)))
        pinging.start()
        try:
            reply(command)
        finally:
            pinging.join(30)
        assert "Success rate is 100 percent (1/1)" in result[0]


def test_statistics(net):
    out(net, IP(src=LAN_HOST, dst=WEB) / UDP(sport=4012, dport=99))
    text = net.router.cli("show ip nat statistics")
    assert "Total active translations: 1 (0 static, 1 dynamic; 1 extended)" in text
    for line in ("Outside interfaces:", "  GigabitEthernet8", "  Vlan20", "Dynamic mappings:",
                 "[Id: 1] access-list 1 pool GIP refcount 1",
                 " pool GIP: netmask 255.255.255.0",
                 "\tstart 192.168.10.16 end 192.168.10.16"):
        assert line in text.splitlines(), line


def test_verbose(net):
    out(net, IP(src=LAN_HOST, dst=WEB) / UDP(sport=4013, dport=99))
    text = net.router.cli("show ip nat translations verbose")
    assert "create 00:00:0" in text and "timeout:300000" in text and "extended" in text


# ---- clear ----

def test_clear_one_session(net):
    for port in (4020, 4021):
        out(net, IP(src=LAN_HOST, dst=WEB) / UDP(sport=port, dport=99))
    net.router.cli(f"clear ip nat translation udp inside {WAN_ROUTER} 4020 {LAN_HOST} 4020 "
                   f"outside {WEB} 99 {WEB} 99")
    text = wait_until(lambda: (lambda t: t if ":4020" not in t else None)(
        net.router.cli("show ip nat translations")), 5, "the session's end")
    assert ":4021" in text


def test_clear_all(net):
    out(net, IP(src=LAN_HOST, dst=WEB) / UDP(sport=4022, dport=99))
    net.router.cli("clear ip nat translation *")
    wait_until(lambda: ":4022" not in net.router.cli("show ip nat translations"), 5,
               "no sessions")
    net.peer.send(IP(src=WEB, dst=WAN_ROUTER) / UDP(sport=99, dport=4022) / b"late")
    net.host.expect_nothing(lambda p: UDP in p)
