# SPDX-License-Identifier: BSD-3-Clause
"""Hostile frames from the provider's side, against the sanitizers: counted, and the session stays."""

import random
import struct

import pytest
from scapy.all import IP, UDP, raw

import pppoe
from lab import wait_until
from pppoe import AC_COOKIE, AC_NAME, HOST_UNIQ, SERVICE_NAME, control, discovery, header, option
from topology import RT13_GLOBAL, WEB, passes, rt13_on_wires, through_rt13
from wire import Wire

SEED = 1516
STRANGER = "02:00:00:00:66:66"
ALL = "ff:ff:ff:ff:ff:ff"
HEADER, SESSION = "pppoe bad header", "pppoe no such session"
DISCOVERY, BAD = "pppoe bad discovery packet", "ppp bad packet"


@pytest.fixture(scope="module")
def net(lab):
    made = rt13_on_wires(lab)
    through_rt13(made)
    row = pppoe.session(made.router)
    made.us = bytes.fromhex(row.local.replace(".", "")).hex(":")
    made.them = bytes.fromhex(row.remote.replace(".", "")).hex(":")
    made.session = row.session
    made.cable = Wire(made.isp.ns, "access")  # sends as if it were the guest
    return made


@pytest.fixture(autouse=True)
def still_up(net):
    """After each test both programs run, no sanitizer has spoken, the session is the same."""
    yield
    assert net.router.dp.running and net.router.control.running
    assert net.router.findings() == []
    # not the first ping perhaps: a burst fills the guest's receive buffer too
    wait_until(lambda: passes(net), 15, "a ping through the session")
    assert pppoe.session(net.router).session == net.session
    assert list(net.isp.sessions()) == [net.session]


def counted(net, reason, frames):
    """Each of the frames is dropped for that reason."""
    before = net.router.drops().get(reason, 0)
    for frame in frames:
        net.cable.send(frame)
    wait_until(lambda: net.router.drops().get(reason, 0) >= before + len(frames), 10,
               f"{len(frames)} more of '{reason}', have {net.router.drops()}")


def mine(net, protocol, payload):
    """A frame of the session."""
    return pppoe.ppp(net.us, net.them, net.session, protocol, payload)


def test_headers(net):
    """RFC 2516 4: version, type, code, and a length that the frame does not have."""
    good = mine(net, pppoe.IP4, raw(IP(src=WEB, dst=RT13_GLOBAL) / UDP()))
    bad = [good[:14] + b"\x21" + good[15:], good[:14] + b"\x12" + good[15:],
           good[:15] + b"\x01" + good[16:],
           good[:18] + b"\xff\xff" + good[20:], good[:18] + b"\x00\x00" + good[20:],
           good[:18] + b"\x00\x01" + good[20:], good[:18] + struct.pack("!H", len(good)) + good[20:]]
    counted(net, HEADER, bad)


@pytest.mark.parametrize("kind", [pppoe.DISCOVERY, pppoe.SESSION])
def test_truncated(net, kind):
    """Every length from the Ethernet header on, of either kind."""
    good = {pppoe.DISCOVERY: discovery(net.us, net.them, pppoe.PADO, 0, (AC_NAME, b"BAS"),
                                       (SERVICE_NAME, b""), (AC_COOKIE, b"x" * 16)),
            pppoe.SESSION: mine(net, pppoe.LCP, control(pppoe.ECHO_REQ, 1, bytes(8)))}[kind]
    for length in range(14, len(good)):
        net.cable.send(good[:length])


def test_sessions_that_are_not_ours(net):
    """Other ids, 0 and 65535 among them, and another sender's frames with our id."""
    packet = raw(IP(src=WEB, dst=RT13_GLOBAL) / UDP(sport=1, dport=6666) / b"forged")
    ids = [0, 0xFFFF, net.session ^ 1, net.session << 8 & 0xFFFF]
    frames = [pppoe.ppp(net.us, net.them, i, pppoe.IP4, packet) for i in ids]
    frames += [pppoe.ppp(net.us, STRANGER, net.session, protocol, payload)
               for protocol, payload in ((pppoe.IP4, packet),
                                         (pppoe.LCP, control(pppoe.TERM_REQ, 1)),
                                         (pppoe.LCP, control(pppoe.CONF_REQ, 1)),
                                         (pppoe.IPCP, control(pppoe.CONF_REQ, 1)))]
    counted(net, SESSION, frames)
    net.host.expect_nothing(lambda p: UDP in p and p[UDP].dport == 6666)


def tag(kind, length, value=b""):
    """A tag that says a length of its own."""
    return struct.pack("!HH", kind, length) + value


def with_tags(net, code, tags, session=0, length=None):
    return header(pppoe.DISCOVERY, net.us, net.them, code, session,
                  len(tags) if length is None else length) + tags


@pytest.mark.parametrize("code", [pppoe.PADO, pppoe.PADS])
def test_discovery_tags(net, code):
    """Lengths beyond the packet, tags cut short, and a great many of them."""
    session = 0x777 if code == pppoe.PADS else 0
    for tags in (b"\x01", b"\x01\x01\x00", tag(SERVICE_NAME, 1), tag(SERVICE_NAME, 0xFFFF, b"x"),
                 tag(HOST_UNIQ, 100, b"short"), tag(AC_COOKIE, 0xFFFC, bytes(64)),
                 tag(0, 0) + tag(SERVICE_NAME, 9), tag(SERVICE_NAME, 0) * 360,
                 tag(AC_NAME, 1400, bytes(1400)), tag(HOST_UNIQ, 0) * 5 + b"\x00",
                 tag(0x0201, 5, b"error"), tag(0x0203, 1200, b"\xff" * 1200)):
        net.cable.send(with_tags(net, code, tags, session))
        net.cable.send(with_tags(net, code, tags, session, length=1494))


def test_answers_that_nobody_asked_for(net):
    """PADO, PADS for no session and for ours, a server's own packets, an unknown code."""
    frames = [discovery(net.us, net.them, pppoe.PADO, 0, (AC_NAME, b"evil"), (SERVICE_NAME, b"")),
              discovery(net.us, net.them, pppoe.PADS, 0x666, (SERVICE_NAME, b"")),
              discovery(net.us, net.them, pppoe.PADS, net.session, (SERVICE_NAME, b"")),
              discovery(net.us, STRANGER, pppoe.PADS, net.session, (SERVICE_NAME, b""),
                        (HOST_UNIQ, b"guess")),
              discovery(ALL, STRANGER, pppoe.PADI, 0, (SERVICE_NAME, b"")),
              discovery(net.us, STRANGER, pppoe.PADR, 0, (SERVICE_NAME, b"")),
              discovery(net.us, net.them, pppoe.PADT, net.session ^ 3),
              discovery(net.us, STRANGER, pppoe.PADT, net.session),
              discovery(net.us, net.them, 0xD3, net.session)]
    counted(net, DISCOVERY, frames)


@pytest.mark.parametrize("protocol", [pppoe.LCP, pppoe.IPCP, pppoe.CHAP])
def test_packets_cut_short(net, protocol):
    """Shorter than their header, or than the length in it. (PAP was not agreed on: rejected.)"""
    bad = [b"", b"\x01", b"\x01\x01\x00", b"\x01\x01\x00\x00", b"\x09\x01\x00\x03",
           b"\x01\x01\x00\x05", b"\x01\x01\xff\xff" + bytes(32), b"\x05\x01\x80\x00"]
    counted(net, BAD, [mine(net, protocol, packet) for packet in bad])


@pytest.mark.parametrize("protocol", [pppoe.LCP, pppoe.IPCP])
def test_options_of_bad_lengths(net, protocol):
    """Options with length 0, 1, or beyond the packet: the whole request is dropped."""
    bad = [b"\x01\x00", b"\x01\x01", b"\x03\x06\x01", b"\x05\xff" + bytes(4), b"\x03",
           option(1, b"\x05\xd4") + b"\x05\x00" + bytes(4), b"\x01\x00" * 700]
    frames = [mine(net, protocol, control(code, 77, data)) for data in bad
              for code in (pppoe.CONF_REQ, pppoe.CONF_NAK, pppoe.CONF_REJ, pppoe.CONF_ACK)]
    for frame in frames:
        net.cable.send(frame)


def test_answers_with_other_ids(net):
    """To questions of long ago, or never asked: RFC 1661 5 lets them fall."""
    for protocol in (pppoe.LCP, pppoe.IPCP):
        for code in (pppoe.CONF_NAK, pppoe.CONF_REJ, pppoe.ECHO_REP, 0x0B):
            for ident in (0, 99, 255):
                net.cable.send(mine(net, protocol, control(code, ident, bytes(4))))
    for code in (1, 3, 4):
        net.cable.send(mine(net, pppoe.CHAP, control(code, 200, b"\xff" + bytes(8))))
    net.cable.send(mine(net, pppoe.CHAP, control(1, 201, b"\x00name")))


def test_rejects_of_what_matters_not(net):
    """Protocol-Reject and Code-Reject, cut short and of protocols that nobody speaks."""
    for data in (b"", b"\x80", b"\x80\x57", b"\xff\xff" + bytes(40), bytes(1480)):
        for code in (pppoe.PROTO_REJ, pppoe.CODE_REJ):
            net.cable.send(mine(net, pppoe.LCP, control(code, 3, data)))


def test_ipv4_in_the_session(net):
    """IPv4's own malformations behind PPPoE."""
    good = raw(IP(src=WEB, dst=RT13_GLOBAL) / UDP(sport=1, dport=6667) / bytes(20))
    for packet in (b"", good[:1], good[:19], good[:20], b"\x65" + good[1:], b"\x44" + good[1:],
                   b"\x4f" + good[1:], good[:2] + b"\xff\xff" + good[4:],
                   good[:2] + b"\x00\x00" + good[4:], good[:10] + b"\x00\x01" + good[12:]):
        net.cable.send(mine(net, pppoe.IP4, packet))
    net.host.expect_nothing(lambda p: UDP in p and p[UDP].dport == 6667)


def test_ip_length_within_the_frame_but_beyond_pppoe(net):
    """PPPoE's length is the truth: an IPv4 packet that goes on in the padding is too short."""
    packet = raw(IP(src=WEB, dst=RT13_GLOBAL) / UDP(sport=1, dport=6668) / bytes(40))
    frame = mine(net, pppoe.IP4, packet)
    net.cable.send(frame[:18] + struct.pack("!H", len(packet) + 2 - 20) + frame[20:])
    net.host.expect_nothing(lambda p: UDP in p and p[UDP].dport == 6668)


def test_random(net):
    """Frames of both kinds with random contents: three thousand of them."""
    r = random.Random(SEED)
    for _ in range(3000):
        body = r.randbytes(r.choice((0, 1, 2, 5, 8, 40, 300)))
        # neither a valid PADT nor packets that would end the session in good order
        if r.random() < 0.5:
            code = r.choice([c for c in range(256) if c != pppoe.PADT])
            frame = header(pppoe.DISCOVERY, net.us, net.them, code, r.randrange(65536),
                           r.choice((len(body), r.randrange(1500)))) + body
        else:
            protocol = r.choice([p for p in range(1, 0xFFFF, 2)
                                 if p not in (pppoe.LCP, pppoe.IPCP, pppoe.CHAP)])
            frame = mine(net, protocol, body)
        net.cable.send(frame)


def test_bursts_of_echoes(net):
    """A thousand at once are answered or dropped; the session goes on."""
    echo = mine(net, pppoe.LCP, control(pppoe.ECHO_REQ, 1, b"\x01\x02\x03\x04" + bytes(1400)))
    for _ in range(1000):
        net.cable.send(echo)
