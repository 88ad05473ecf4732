# SPDX-License-Identifier: BSD-3-Clause
"""What goes wrong between RT13 and its provider, and how it comes right again."""

import itertools
import os
import queue
import random
import struct
import threading
import time

import pytest

import pppoe
from isp import PEER, WEB, Customer, Offer, pings, reach
from lab import wait_until
from pppoe import Frame, expect, heard, is_discovery, is_ppp
from topology import RT13_GLOBAL, RT13_LAN, WEB2, rt13_rt03

# From the server's return to a session: 5 s are the aim on an idle machine, of which the guest
# takes 1 s to start pppd. The tests run with sanitizers, and not alone.
BACK = 15.0
SEED = 2516
RETRY = 2  # seconds: `ppp timeout retry`
REDIAL = 20  # seconds between dials to a server that knows us and says no
# A dead path is found by LCP echoes in 4 s (3 misses), not in a minute.
DIALER = "interface Dialer1\n keepalive 1 3\n"


@pytest.fixture(scope="module")
def net(lab):
    made = rt13_rt03(lab, relay=True)
    made.router = made.rt13
    made.router.configure(DIALER)
    pppoe.wait_session(made.router)
    reach(made.host, WEB)
    made.config = f"{lab.dir}/before.cfg"
    with open(made.config, "w", encoding="utf-8") as f:
        f.write(made.router.cli("show running-config"))
    made.router.cli("write memory")
    return made


@pytest.fixture(autouse=True)
def clean(net):
    """Each test begins with a session that carries packets."""
    net.relay.hook = None
    pppoe.wait_session(net.router)
    reach(net.host, WEB)
    net.relay.seen.clear()


def session_id(net):
    return pppoe.wait_session(net.router).session


def gone(net, bound=30.0):
    """Wait until the session and its routes are gone."""
    pppoe.wait_down(net.router, bound=bound)
    wait_until(lambda: "Gateway of last resort is not set" in routes(net)
               and PEER + " is directly" not in routes(net), 10, "the routes' end")
    assert not pings(net.host, WEB)


def routes(net):
    return net.router.cli("show ip route")


def back(net, since, old=None, within=BACK):
    """Wait for another session and for packets; not later than `within` after `since`."""
    found = pppoe.wait_session(net.router, bound=60, other_than=old)
    took = time.monotonic() - since
    reach(net.host, WEB, 10)
    assert f"S*    0.0.0.0/0 [1/0] via {PEER}" in routes(net)
    assert took <= within, f"{took:.1f} s from the server's return to a session"
    return found.session


def one_session(net):
    """The server is left with the router's session alone."""
    wait_until(lambda: list(net.isp.sessions()) == [session_id(net)], 40,
               "the server has the one session")


# ---- the server ----


def test_wrong_password(net):
    """It is refused, tries again, and gets in once the server knows the password."""
    old = session_id(net)
    net.isp.change(customers=(Customer(secret="another"),))
    net.isp.end_sessions()
    gone(net)
    expect(net.relay, "isp", is_ppp(pppoe.CHAP, 4), 40, 2, "CHAP failures")
    assert not pppoe.session(net.router)
    net.isp.change(**vars(Offer()))
    back(net, time.monotonic(), old, REDIAL + BACK)


def test_server_restarts(net):
    """The session's end is noticed at once; NAT's sessions and a long transfer live on."""
    old = session_id(net)
    assert pings(net.host, WEB)
    net.isp.stop_server()
    gone(net)
    assert f"--- {RT13_GLOBAL} " in net.router.cli("show ip nat translations")
    expect(net.relay, "router", is_discovery(pppoe.PADI), 60, 3, "PADIs: it keeps asking")
    net.isp.start_server()
    back(net, time.monotonic(), old)
    one_session(net)


def test_server_crashes(net):
    """Without a word: LCP's echoes tell."""
    old = session_id(net)
    net.isp.crash_server()
    gone(net)
    net.isp.start_server()
    back(net, time.monotonic(), old)
    one_session(net)


@pytest.mark.parametrize("signal", ["TERM", "KILL"])
def test_server_ends_the_session(net, signal):
    """By LCP's Terminate and PADT, or by PADT alone; the server is there all the time."""
    old = session_id(net)
    since = time.monotonic()
    net.isp.end_sessions(signal)
    expect(net.relay, "isp", is_discovery(pppoe.PADT), what="PADT")
    back(net, since, old)
    one_session(net)


def test_server_ends_it_again_and_again(net):
    """Five times in a row, some of them in the middle of the negotiation."""
    for count in range(5):
        net.relay.seen.clear()
        net.isp.run("kill -9 $(pidof pppd)", check=False)
        if count % 2:
            expect(net.relay, "isp", is_discovery(pppoe.PADS), 40, what="PADS")
        else:
            pppoe.wait_session(net.router, bound=40)
    back(net, time.monotonic())
    one_session(net)


# ---- the session ----


def padt(net):
    row = pppoe.session(net.router)
    to, source = (bytes.fromhex(m.replace(".", "")).hex(":") for m in (row.local, row.remote))
    return pppoe.discovery(to, source, pppoe.PADT, row.session)


def test_padt_in_mid_transfer(net):
    """A download goes on over the next session, without a byte wrong."""
    old = session_id(net)
    target = os.path.join(net.lab.dir, "fetched")
    curl = net.host.spawn(["curl", "-sS", "-m", "120", "--limit-rate", "400k", "-o", target,
                           f"http://{WEB2}/big"])
    wait_until(lambda: os.path.exists(target) and os.path.getsize(target) > 200_000, 20,
               "some of the file")
    since = time.monotonic()
    net.relay.send("router", padt(net))
    back(net, since, old)
    assert curl.wait(120) == 0, curl.log()
    with open(target, "rb") as f:
        assert f.read() == net.isp.content
    one_session(net)


def test_padt_of_others_is_not_ours(net):
    """Another session's, and ours from another MAC address."""
    row = pppoe.session(net.router)
    frame = padt(net)
    for forged in (frame[:6] + b"\x02\0\0\0\x66\x66" + frame[12:],
                   frame[:16] + bytes([frame[16] ^ 0x55]) + frame[17:]):
        net.relay.send("router", forged)
    assert pings(net.host, WEB, count=10, bound=3)
    assert pppoe.session(net.router) == row


def test_link_is_lost(net):
    """The cable is drawn and put back: the session ends with the link and comes with it."""
    old = session_id(net)
    middle = net.lab.namespaces["middle"]
    middle.ip("link set router down")
    try:
        gone(net)
        rows = [line.split() for line in net.router.cli("show ip interface brief").splitlines()]
        assert [r[-2:] for r in rows if r[0] == "GigabitEthernet8"] == [["down", "down"]]
    finally:
        middle.ip("link set router up")
    back(net, time.monotonic(), old)
    one_session(net)


def is_echo(frame):
    f = Frame(frame)
    return is_ppp(pppoe.LCP, pppoe.ECHO_REQ)(f) or is_ppp(pppoe.LCP, pppoe.ECHO_REP)(f)


def test_echoes_are_lost(net):
    """Nothing but the answers to LCP's echoes: the session is given up, the server told."""
    old = session_id(net)
    net.relay.hook = lambda frame, source: None if source == "isp" and is_echo(frame) else frame
    told = expect(net.relay, "router", is_discovery(pppoe.PADT), 30, what="PADT")[0]
    assert told.session == old
    net.relay.hook = None
    back(net, time.monotonic(), old)
    one_session(net)


def test_path_is_lost(net):
    """All of it, the link stays up; afterwards the server may still believe in the session."""
    old = session_id(net)
    net.relay.hook = lambda frame, source: None
    gone(net)
    net.relay.hook = None
    back(net, time.monotonic(), old)
    one_session(net)


def test_loss_in_the_negotiation(net):
    """Each kind of packet is lost once, on either way: timers see to it."""
    old, lost = session_id(net), set()

    def hook(frame, source):
        f = Frame(frame)
        kind = (source, f.kind, f.code, f.protocol, f.packet_code)
        if f.protocol == pppoe.IP4 or f.kind not in (pppoe.DISCOVERY, pppoe.SESSION) \
                or is_echo(frame) or kind in lost:
            return frame
        lost.add(kind)
        return None
    net.relay.hook = hook
    net.router.cli("clear pppoe all")
    pppoe.wait_session(net.router, bound=120, other_than=old)
    net.relay.hook = None
    reach(net.host, WEB)
    assert {code for _, kind, code, _, _ in lost if kind == pppoe.DISCOVERY} >= {
        pppoe.PADI, pppoe.PADO, pppoe.PADR, pppoe.PADS}


def test_doubled_and_delayed(net):
    """Every frame comes twice, the second time after the next one."""
    old, held = session_id(net), {}

    def hook(frame, source):
        if source in held:
            net.relay.send("router" if source == "isp" else "isp", held.pop(source))
        held[source] = frame
        return frame
    net.relay.hook = hook
    net.router.cli("clear pppoe all")
    pppoe.wait_session(net.router, bound=60, other_than=old)
    net.relay.hook = None
    reach(net.host, WEB)


def test_damaged_copies_in_the_negotiation(net):
    """Before each of the server's frames, pieces of it: they are dropped, the frame is taken."""
    old, r = session_id(net), random.Random(SEED)

    def hook(frame, source):
        for _ in range(4 if source == "isp" and len(frame) > 24 else 0):
            cut = frame[:r.randrange(14, len(frame))]
            net.relay.send("router", cut)  # shorter than PPPoE's length
            if Frame(frame).kind == pppoe.SESSION and len(cut) >= 22:  # than LCP's and so on
                net.relay.send("router", cut[:18] + struct.pack("!H", len(cut) - 20) + cut[20:])
        return frame
    before = net.router.drops()
    net.relay.hook = hook
    net.router.cli("clear pppoe all")
    pppoe.wait_session(net.router, bound=60, other_than=old)
    reach(net.host, WEB)
    net.relay.hook = None
    for reason in ("pppoe bad header", "ppp bad packet"):
        assert net.router.drops().get(reason, 0) > before.get(reason, 0) + 4, reason


class Far:
    """A relay's hook: every frame takes `delay` seconds, in order."""

    def __init__(self, relay, delay):
        self.relay, self.delay = relay, delay
        self.queue = queue.Queue()
        self.requests = []  # when the router has sent LCP's
        self.thread = threading.Thread(target=self._carry, daemon=True)
        self.thread.start()
        relay.hook = self

    def __call__(self, frame, source):
        if source == "router" and is_ppp(pppoe.LCP, pppoe.CONF_REQ)(Frame(frame)):
            self.requests.append(time.monotonic())
        self.queue.put((time.monotonic() + self.delay, source, frame))

    def _carry(self):
        while (item := self.queue.get()) is not None:
            due, source, frame = item
            time.sleep(max(0, due - time.monotonic()))
            self.relay.send("router" if source == "isp" else "isp", frame)

    def close(self):
        self.relay.hook = None
        self.queue.put(None)
        self.thread.join(2 * self.delay + 5)


@pytest.mark.parametrize("delay", [0.3, 3.0])
def test_far_server(net, delay):
    """So long either way: requests are not repeated before an answer can be there."""
    old = session_id(net)
    far = Far(net.relay, delay)
    try:
        net.router.cli("clear pppoe all")
        pppoe.wait_session(net.router, bound=30 + 20 * delay, other_than=old)
        # the server has our last word later than we have its own
        wait_until(lambda: pings(net.host, WEB, bound=2 * delay + 1), 10 * delay + 10, "a ping")
    finally:
        far.close()
    gaps = [b - a for a, b in itertools.pairwise(far.requests)]
    assert all(gap > max(RETRY, 2 * delay) - 0.2 for gap in gaps), gaps


# ---- a second server ----

BAD = "02:00:00:00:66:66"


def offer_of_bad(frame):
    uniq = Frame(frame).tag(pppoe.HOST_UNIQ)
    return pppoe.discovery(Frame(frame).source, BAD, pppoe.PADO, 0, (pppoe.SERVICE_NAME, b""),
                           (pppoe.AC_NAME, b"bad"), (pppoe.HOST_UNIQ, uniq))


def refusal(frame):
    tags = [t for t in Frame(frame).tags if t[0] == pppoe.HOST_UNIQ]
    return pppoe.discovery(Frame(frame).source, BAD, pppoe.PADS, 0, *tags,
                           (pppoe.SERVICE_NAME_ERROR, b"no"))


@pytest.mark.parametrize("refuses", [False, True])
def test_bad_server_offers_first(net, refuses):
    """It ignores or refuses the PADR; the other one has the session soon, and keeps us."""
    old = session_id(net)

    def hook(frame, source):
        f = Frame(frame)
        if source == "router" and f.kind == pppoe.DISCOVERY and f.code == pppoe.PADI:
            net.relay.send("router", offer_of_bad(frame))
        if source == "router" and f.to == BAD:
            if refuses and f.code == pppoe.PADR:
                net.relay.send("router", refusal(frame))
            return None
        return frame
    net.relay.hook = hook
    since = time.monotonic()
    net.router.cli("clear pppoe all")
    back(net, since, old)
    asked = len(heard(net.relay, "router", lambda f: f.to == BAD and f.code == pppoe.PADR))
    assert asked >= 1
    old = session_id(net)
    net.isp.end_sessions()
    back(net, time.monotonic(), old)
    again = heard(net.relay, "router", lambda f: f.to == BAD and f.code == pppoe.PADR)
    assert len(again) == asked, "it is remembered"


# ---- another address ----


NEGOTIATED = """interface Dialer1
 no ip unnumbered
 ip address negotiated
no ip nat inside source static 192.168.10.16 25.0.0.16
ip nat inside source list 1 interface Dialer1 overload
"""


def address(net):
    rows = [line.split() for line in net.router.cli("show ip interface brief").splitlines()]
    return next(r[1:4] for r in rows if r[0] == "Dialer1")


def test_address_changes(net):
    """`ip address negotiated`: address, routes and NAT follow; nothing is left of the old one."""
    try:
        net.isp.change(accept=False, pool="25.0.0.17", sessions=6)
        net.isp.stop_server()
        net.isp.start_server()
        net.router.configure(NEGOTIATED)
        net.router.cli("clear pppoe all")
        addresses = []
        for _ in range(3):
            row = pppoe.wait_session(net.router, bound=40)
            reach(net.host, WEB)
            now, _, method = address(net)
            assert method == "IPCP"
            assert f"C        {now} is directly connected, Dialer1" in routes(net)
            assert f"icmp {now}:" in net.router.cli("show ip nat translations")
            for old in addresses:
                assert old not in routes(net)
            addresses.append(now)
            net.isp.end_sessions()
            pppoe.wait_session(net.router, bound=40, other_than=row.session)
        assert len(set(addresses)) == 3, "the server gives each session another one"
        pppoe.wait_session(net.router)
        last = address(net)[0]
        reach(net.host, WEB)
        shown = net.router.cli("show ip nat translations")
        assert not any(a in shown for a in set(addresses) - {last}), "old sessions are cleaned up"
    finally:
        net.isp.change(**vars(Offer()))
        net.router.cli(f"configure replace {net.config} force")
        net.isp.restart_server()
    pppoe.wait_session(net.router, bound=40)
    reach(net.host, WEB)
    assert address(net)[0] == RT13_LAN


def test_address_changes_while_control_is_away(net):
    """NAT, what is for the router itself and the routes follow without bywayd."""
    away = False
    try:
        net.isp.change(accept=False, pool="25.0.0.17", sessions=6)
        net.isp.stop_server()
        net.isp.start_server()
        net.router.configure(NEGOTIATED)
        net.router.cli("write memory")
        net.router.cli("clear pppoe all")
        pppoe.wait_session(net.router, bound=60)
        reach(net.host, WEB)
        before = address(net)[0]
        net.router.kill_control()
        away = True
        net.isp.end_sessions()
        now = wait_until(lambda: [peer for _, peer in net.isp.devices().values()
                                  if peer != before], 60, "another address")[0]
        reach(net.host, WEB)
        assert pings(net.isp.web, now, count=3), "what is for the router itself"
        assert not pings(net.isp.web, before)
        net.router.start_control()
        away = False
        pppoe.wait_session(net.router, bound=30)
        wait_until(lambda: address(net)[0] == now, 10, "the address that bywayd shows")
        wait_until(lambda: f"S*    0.0.0.0/0 [1/0] via {PEER}" in routes(net), 10, "the route")
        assert pings(net.host, WEB, count=20, bound=3)
        assert pings(net.isp.web, now)
    finally:
        net.isp.change(**vars(Offer()))
        if away:
            net.router.start_control()
        net.router.cli(f"configure replace {net.config} force")
        net.router.cli("write memory")
        net.isp.restart_server()
    pppoe.wait_session(net.router, bound=40)
    reach(net.host, WEB)


# ---- the router's own programs ----


def test_session_outlives_control(net):
    """kill -9 of bywayd: packets pass while it is away; back, it finds the same session."""
    before = pppoe.session(net.router)
    net.router.kill_control()
    assert pings(net.host, WEB, count=20, bound=3)
    time_away = time.monotonic() + 4  # more than LCP's echoes would bear
    wait_until(lambda: time.monotonic() > time_away and pings(net.host, WEB), 20, "packets")
    net.router.start_control()
    assert pings(net.host, WEB, count=100, bound=3), "while bywayd programs it anew"
    assert pppoe.wait_session(net.router, bound=10) == before
    wait_until(lambda: f"S*    0.0.0.0/0 [1/0] via {PEER}" in routes(net), 10, "the route")
    assert pings(net.host, WEB, count=20, bound=3)
    assert list(net.isp.sessions()) == [before.session]
    assert not heard(net.relay, "router", lambda f: f.kind == pppoe.DISCOVERY)


def test_session_ends_while_control_is_away(net):
    """The dataplane dials by itself; bywayd finds another session."""
    old = session_id(net)
    net.router.kill_control()
    net.isp.end_sessions()
    wait_until(lambda: [s for s in net.isp.sessions() if s != old] and pings(net.host, WEB), 40,
               "another session, and packets")
    net.router.start_control()
    assert pppoe.wait_session(net.router).session != old
    wait_until(lambda: f"S*    0.0.0.0/0 [1/0] via {PEER}" in routes(net), 10, "the route")
    assert pings(net.host, WEB, count=10, bound=3)


def test_dataplane_returns(net):
    """kill -9 of byway-dp: when it is started again there is a new session."""
    old = session_id(net)
    net.router.kill_dp()
    wait_until(lambda: not pppoe.sessions(net.router), 10, "bywayd knows")
    net.router.start_dp()
    back(net, time.monotonic(), old)
    one_session(net)


def test_both_return(net):
    old = session_id(net)
    net.router.kill_dp()
    net.router.kill_control()
    net.router.start()
    back(net, time.monotonic(), old)
    one_session(net)


def test_dataplane_ends_in_good_order(net):
    """SIGTERM: the server is told."""
    old = session_id(net)
    assert net.router.stop_dp() == 0
    told = expect(net.relay, "router", is_discovery(pppoe.PADT), 10, what="PADT")
    assert told[-1].session == old
    net.router.start_dp()
    back(net, time.monotonic(), old)
