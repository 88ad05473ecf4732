# SPDX-License-Identifier: BSD-3-Clause
"""The PPPoE client against pppoe-server and pppd: what is said on the cable, and what passes."""

import contextlib
import re
import struct

import pytest
from scapy.all import ICMP, IP, TCP, UDP, fragment, raw

import pppoe
from isp import PEER, Customer, Offer
from lab import LabError, wait_until
from pppoe import Frame, control, expect, heard, is_discovery, is_ppp, option
from topology import (RT13_GLOBAL, RT13_HOST, RT13_LAN, SEQUENCE, WEB, WEB_STATION, is_error,
                      passes, provoke, rt13_on_wires, through_rt13)
from wire import quoted, reassemble

NAME, PASSWORD = Customer().name, Customer().secret
DIALER = "interface Dialer1\n"


@pytest.fixture(scope="module")
def net(lab):
    made = rt13_on_wires(lab, relay=True)
    through_rt13(made)
    made.config = f"{lab.dir}/before.cfg"
    with open(made.config, "w", encoding="utf-8") as f:
        f.write(made.router.cli("show running-config"))
    return made


@pytest.fixture(autouse=True)
def clean(net):
    """Each test begins with a session that carries packets."""
    forget(net)
    through_rt13(net)
    forget(net)


def forget(net):
    net.relay.hook = None
    net.relay.seen.clear()
    net.lan_wire.forget()
    net.web_wire.forget()


@contextlib.contextmanager
def instead(net, config="", **offer):
    """Another configuration or offer, and dialled anew; afterwards as before."""
    try:
        net.isp.change(**offer)
        if config:
            net.router.configure(config)
        redial(net)
        yield
    finally:
        net.relay.hook = None
        net.isp.change(**vars(Offer()))
        net.router.cli(f"configure replace {net.config} force")
        redial(net)


def redial(net):
    """End the session; a new one comes by itself."""
    net.relay.seen.clear()
    net.router.cli("clear pppoe all")


def ends(net):
    """The MAC addresses and the id of the session: (router, provider, id)."""
    row = pppoe.session(net.router)
    mac = ["".join(m.split(".")) for m in (row.local, row.remote)]
    return *(":".join(m[i:i + 2] for i in range(0, 12, 2)) for m in mac), row.session


def from_provider(net, protocol, packet):
    """A PPP packet as if the server had sent it in the session."""
    router, provider, session = ends(net)
    net.relay.send("router", pppoe.ppp(router, provider, session, protocol, packet))


def requested(net, protocol, kind):
    """Whether the router's last Configure-Request has an option; its value."""
    return heard(net.relay, "router", is_ppp(protocol, pppoe.CONF_REQ))[-1].options().get(kind)


# ---- what is said ----


def test_discovery(net):
    """RFC 2516: PADI to all, PADR to the one who offered, with what he wants back."""
    redial(net)
    through_rt13(net)
    router, provider, session = ends(net)
    padi = heard(net.relay, "router", is_discovery(pppoe.PADI))[-1]
    pado = heard(net.relay, "isp", is_discovery(pppoe.PADO))[-1]
    padr = heard(net.relay, "router", is_discovery(pppoe.PADR))[-1]
    pads = heard(net.relay, "isp", is_discovery(pppoe.PADS))[-1]
    assert (padi.to, padi.source, padi.session) == ("ff:ff:ff:ff:ff:ff", router, 0)
    assert [v for t, v in padi.tags if t == pppoe.SERVICE_NAME] == [b""]
    assert (padr.to, padr.source, padr.session) == (provider, router, 0)
    assert [v for t, v in padr.tags if t == pppoe.SERVICE_NAME] == [b""]
    assert padr.tag(pppoe.AC_COOKIE) == pado.tag(pppoe.AC_COOKIE) is not None
    assert padr.tag(pppoe.HOST_UNIQ), "to know one's own answers"
    assert pads.session == session
    for frame in (padi, padr):
        assert len(frame.bytes) <= 1514


def test_clear_says_so(net):
    """`clear pppoe all` ends the session at the server too."""
    router, provider, session = ends(net)
    redial(net)
    padt = expect(net.relay, "router", is_discovery(pppoe.PADT), what="PADT")[0]
    assert (padt.to, padt.source, padt.session) == (provider, router, session)
    wait_until(lambda: session not in net.isp.sessions(), 15, "the server's session ends")
    pppoe.wait_session(net.router, other_than=session)


def test_lcp(net):
    """MRU 1492 and a magic number are asked for; neither authentication nor compression."""
    redial(net)
    through_rt13(net)
    wanted = heard(net.relay, "router", is_ppp(pppoe.LCP, pppoe.CONF_REQ))[-1].options()
    assert wanted.pop(pppoe.MRU) == struct.pack("!H", 1492)
    assert any(wanted.pop(pppoe.MAGIC))
    assert wanted == {}


def test_chap_and_ipcp(net):
    redial(net)
    through_rt13(net)
    response = heard(net.relay, "router", is_ppp(pppoe.CHAP, 2))[-1].payload
    assert response[5 + response[4]:] == NAME.encode(), "the name, in UTF-8"
    assert not heard(net.relay, "router", is_ppp(pppoe.PAP))
    ipcp = heard(net.relay, "router", is_ppp(pppoe.IPCP, pppoe.CONF_REQ))[0].options()
    assert ipcp == {pppoe.ADDRESS: bytes(map(int, RT13_LAN.split(".")))}


def test_echo_is_answered(net):
    magic = requested_magic(net)
    from_provider(net, pppoe.LCP, control(pppoe.ECHO_REQ, 0x77, b"\x11\x22\x33\x44" + b"data"))
    reply = expect(net.relay, "router", lambda f: is_ppp(pppoe.LCP, pppoe.ECHO_REP)(f)
                   and f.payload[1] == 0x77, what="Echo-Reply")[0]
    assert reply.payload[4:8] == magic, "its own magic number"
    assert reply.payload[8:] == b"data"


def requested_magic(net):
    redial(net)
    through_rt13(net)
    return requested(net, pppoe.LCP, pppoe.MAGIC)


def test_keepalive(net):
    """It asks by itself, and goes on while it is answered."""
    with instead(net, DIALER + " keepalive 1 3\n"):
        through_rt13(net)
        session = ends(net)[2]
        asked = expect(net.relay, "router", is_ppp(pppoe.LCP, pppoe.ECHO_REQ), 20, 6, "echoes")
        assert len({f.payload[1] for f in asked}) == len(asked), "each with an id of its own"
        assert ends(net)[2] == session


@pytest.mark.parametrize("protocol", [pppoe.IPV6CP, 0x80FD, 0x0057, 0xC025])
def test_unknown_protocol_is_refused(net, protocol):
    """RFC 1661 5.7: Protocol-Reject with what was refused; the session goes on."""
    packet = control(pppoe.CONF_REQ, 5, option(1, bytes(range(8))))
    from_provider(net, protocol, packet)
    refusal = expect(net.relay, "router", is_ppp(pppoe.LCP, pppoe.PROTO_REJ))[0].payload
    assert struct.unpack_from("!H", refusal, 4)[0] == protocol
    assert refusal[6:] == packet
    assert passes(net)


def test_unknown_code_is_refused(net):
    packet = control(0x2A, 9, b"what")
    from_provider(net, pppoe.LCP, packet)
    refusal = expect(net.relay, "router", is_ppp(pppoe.LCP, pppoe.CODE_REJ))[0].payload
    assert refusal[4:] == packet
    assert passes(net)


def test_ipv6cp_is_refused_politely(net):
    """A server that offers IPv6 as well."""
    with instead(net, pppd=("+ipv6",)):
        through_rt13(net)
        refused = expect(net.relay, "router", is_ppp(pppoe.LCP, pppoe.PROTO_REJ))[0].payload
        assert struct.unpack_from("!H", refused, 4)[0] == pppoe.IPV6CP
        assert passes(net)


# ---- who is let in ----


def test_pap_if_allowed(net):
    with instead(net, DIALER + f" no ppp pap refuse\n ppp pap sent-username {NAME} "
                 f"password {PASSWORD}\n", auth="pap"):
        through_rt13(net)
        assert heard(net.relay, "router", is_ppp(pppoe.PAP, 1))
        assert "PAP+" in net.router.cli("show ppp all")


def test_pap_refused(net):
    """`ppp pap refuse`: CHAP is proposed instead, and the password is never said."""
    with instead(net, DIALER + f" ppp pap sent-username {NAME} password {PASSWORD}\n", auth="pap"):
        nak = expect(net.relay, "router", lambda f: is_ppp(pppoe.LCP, pppoe.CONF_NAK)(f)
                     and pppoe.AUTH in f.options(), 20, what="Configure-Nak")[0]
        assert nak.options()[pppoe.AUTH] == b"\xc2\x23\x05"
        expect(net.relay, "router", is_discovery(pppoe.PADI), 40, 2, "PADI: it tries again")
        assert not heard(net.relay, "router", is_ppp(pppoe.PAP))
        assert not pppoe.session(net.router)


def test_no_authentication(net):
    with instead(net, auth="none"):
        through_rt13(net)
        assert not heard(net.relay, "router", is_ppp(pppoe.CHAP))


# ---- what is agreed on ----


def test_unnumbered_address_is_kept(net):
    """The server Naks 192.168.10.1 for another address; that of the LAN stays in use."""
    with instead(net, accept=False):
        through_rt13(net)
        assert heard(net.relay, "isp", is_ppp(pppoe.IPCP, pppoe.CONF_NAK))
        assert RT13_LAN in net.router.cli("show ip interface brief")
        assert "100.64.0" not in net.router.cli("show ip interface brief")
        assert "100.64.0" not in net.router.cli("show ip route")


def test_mru_is_naked(net):
    """A server that wants 1454: its Nak is taken."""
    def hook(frame, source):
        f = Frame(frame)
        if source == "router" and is_ppp(pppoe.LCP, pppoe.CONF_REQ)(f) \
                and f.options().get(pppoe.MRU) != struct.pack("!H", 1454):
            nak = control(pppoe.CONF_NAK, f.payload[1], option(pppoe.MRU, b"\x05\xae"))
            net.relay.send("router", pppoe.ppp(f.source, f.to, f.session, pppoe.LCP, nak))
            return None
        return frame
    with instead(net):
        net.relay.hook = hook
        redial(net)
        through_rt13(net)
        assert requested(net, pppoe.LCP, pppoe.MRU) == b"\x05\xae"


@pytest.mark.parametrize("mru,ip_mtu,largest", [(1492, 1492, 1492), (1454, 1492, 1454),
                                                (1492, 1454, 1454), (1454, 1454, 1454)])
def test_mtu(net, mru, ip_mtu, largest):
    """`ip mtu` and the server's MRU: the smaller one."""
    with instead(net, DIALER + f" ip mtu {ip_mtu}\n", mru=mru):
        through_rt13(net)
        net.host.echo(WEB, seq=next(SEQUENCE), size=largest - 28, flags="DF")
        too_big = IP(src=RT13_HOST, dst=WEB, flags="DF") / ICMP(id=3, seq=1) \
            / bytes(largest + 1 - 28)
        error = provoke(net.host, too_big, is_error(3, 4))
        assert error.src == RT13_LAN and error[ICMP].nexthopmtu == largest


def test_too_big_is_told_with_the_packet_as_it_was(net):
    packet = IP(src=RT13_HOST, dst=WEB_STATION, flags="DF", id=77) / UDP(sport=5, dport=6) \
        / bytes(1455 - 28)
    error = provoke(net.host, packet, is_error(3, 4))
    inner = quoted(error)
    assert IP(inner).src == RT13_HOST and IP(inner).id == 77
    net.server.expect_nothing(lambda p: UDP in p and p[UDP].dport == 6)
    fits = IP(src=RT13_HOST, dst=WEB_STATION, flags="DF") / UDP(sport=5, dport=6) \
        / bytes(1454 - 28)
    assert net.host.exchange(fits, net.server, lambda p: UDP in p).len == 1454


@pytest.mark.parametrize("size", [1455, 1500, 3000, 4000])
def test_fragments_outwards(net, size):
    """Without DF: cut to 1454 on the way to the server, and whole again by its pieces."""
    data = bytes(i & 255 for i in range(size - 28))
    packet = IP(src=RT13_HOST, dst=WEB_STATION, id=size) / UDP(sport=7, dport=8) / data
    for piece in fragment(packet, 1480):
        net.host.send(piece)
    got, have = [], 0
    while have < size - 20:
        got.append(net.server.expect(lambda p: p.id == size))
        assert got[-1].len <= 1454
        have += got[-1].len - 20
    whole = reassemble(got)
    assert whole.src == RT13_GLOBAL and raw(whole[UDP].payload) == data


@pytest.mark.parametrize("size", [1454, 1455, 1492, 3000])
def test_inwards(net, size):
    """What the server sends up to the MRU; fragments too."""
    reply = net.host.echo(WEB, seq=next(SEQUENCE), size=min(size, 1454) - 28)
    assert reply.len == min(size, 1454)
    data = bytes(i & 255 for i in range(size - 28))
    packet = IP(src=WEB_STATION, dst=RT13_GLOBAL, id=size) / UDP(sport=9, dport=10) / data
    for piece in fragment(packet, 1472):
        net.server.send(piece)
    got, have = [], 0
    while have < size - 20:
        got.append(net.host.expect(lambda p: p.id == size))
        have += got[-1].len - 20
    whole = reassemble(got) if len(got) > 1 else got[0]
    assert whole.dst == RT13_HOST and raw(whole[UDP].payload) == data


@pytest.mark.parametrize("mss,wanted", [(1460, 1414), (1415, 1414), (1414, 1414), (1300, 1300),
                                        (None, None)])
def test_mss(net, mss, wanted):
    """Clamped in both directions, as seen on either side; the checksums are right."""
    options = [("MSS", mss)] if mss else []

    def seen(packet):
        return dict(packet[TCP].options).get("MSS")
    port = 20000 + next(SEQUENCE)
    syn = IP(src=RT13_HOST, dst=WEB_STATION) / TCP(sport=port, dport=80, flags="S",
                                                   options=options)
    out = net.host.exchange(syn, net.server, lambda p: TCP in p and p[TCP].sport == port)
    assert seen(out) == wanted and out.src == RT13_GLOBAL
    answer = IP(src=WEB_STATION, dst=RT13_GLOBAL) / TCP(sport=80, dport=port, flags="SA",
                                                        options=options)
    back = net.server.exchange(answer, net.host, lambda p: TCP in p and p[TCP].dport == port)
    assert seen(back) == wanted


def test_padding_is_not_part_of_the_packet(net):
    """Short frames are padded by Ethernet; the length of PPPoE tells."""
    def hook(frame, source):
        return frame + b"\xee" * (100 - len(frame)) if source == "isp" else frame
    net.relay.hook = hook
    reply = net.host.echo(WEB, seq=next(SEQUENCE), size=4)
    assert reply.len == 32 and len(raw(reply)) == 32


# ---- configuration ----


def routes(net):
    return net.router.cli("show ip route")


def test_without_ipcp_route(net):
    with instead(net, DIALER + " no ppp ipcp route default\n"):
        pppoe.wait_session(net.router)
        assert "Gateway of last resort is not set" in routes(net)
        assert f"C        {PEER} is directly connected, Dialer1" in routes(net)
        net.router.configure("ip route 0.0.0.0 0.0.0.0 Dialer1\n")
        wait_until(lambda: passes(net), 10, "a static route to the Dialer")
        net.router.configure("no ip route 0.0.0.0 0.0.0.0 Dialer1\n")


def test_without_neighbor_route(net):
    with instead(net, DIALER + " no peer neighbor-route\n"):
        pppoe.wait_session(net.router)
        wait_until(lambda: PEER + " is directly" not in routes(net), 10, "no route to the peer")


def test_service_name(net):
    with instead(net, "interface GigabitEthernet8\n no pppoe-client dial-pool-number 1\n"
                 " pppoe-client dial-pool-number 1 service-name gold\n"):
        padi = expect(net.relay, "router", is_discovery(pppoe.PADI), 20, what="PADI")[-1]
        assert [v for t, v in padi.tags if t == pppoe.SERVICE_NAME] == [b"gold"]


@pytest.mark.parametrize("interface", ["Dialer1", "GigabitEthernet8"])
def test_shutdown(net, interface):
    """The server is told; nothing is dialled until `no shutdown`."""
    session = ends(net)[2]
    net.router.configure(f"interface {interface}\n shutdown\n")
    try:
        expect(net.relay, "router", is_discovery(pppoe.PADT), what="PADT")
        wait_until(lambda: session not in net.isp.sessions(), 15, "the server's session ends")
        pppoe.wait_down(net.router)
        assert "Gateway of last resort is not set" in routes(net)
        net.relay.seen.clear()
        with pytest.raises(LabError):
            expect(net.relay, "router", is_discovery(pppoe.PADI), 3)
    finally:
        net.router.configure(f"interface {interface}\n no shutdown\n")
    through_rt13(net)


def test_client_removed_and_given_again(net):
    """`no pppoe-client` says PADT; given before `pppoe enable` it works as well."""
    session = ends(net)[2]
    net.router.configure("interface GigabitEthernet8\n no pppoe-client dial-pool-number 1\n"
                         " no pppoe enable\n")
    expect(net.relay, "router", is_discovery(pppoe.PADT), what="PADT")
    pppoe.wait_down(net.router)
    net.router.configure("interface GigabitEthernet8\n pppoe-client dial-pool-number 1\n"
                         " pppoe enable group global\n")
    assert pppoe.wait_session(net.router).session != session
    through_rt13(net)


def test_what_does_not_matter_leaves_the_session(net):
    session = ends(net)[2]
    net.router.configure("interface Dialer1\n description the web\n"
                         "ip route 198.18.0.0 255.255.0.0 192.168.10.16\n")
    net.router.configure("interface Dialer1\n no description\n"
                         "no ip route 198.18.0.0 255.255.0.0 192.168.10.16\n")
    assert passes(net)
    assert ends(net)[2] == session
    assert re.search(r"^ +1 client session", net.router.cli("show pppoe session"), re.M)
