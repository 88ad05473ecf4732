# SPDX-License-Identifier: BSD-3-Clause
"""Routes, ARP and ICMP of the router itself."""

import itertools
from types import SimpleNamespace

import pytest
from scapy.all import ARP, ICMP, IP, TCP, UDP, Ether, raw

from lab import LabError, wait_until
from router import Router
from topology import is_error, platform, provoke, ready
from wire import BROADCAST, Wire, fragments, quoted, reassemble

CONFIG = """
hostname R
interface GigabitEthernet8
 ip address 10.0.8.1 255.255.255.0
interface GigabitEthernet9
 ip address 10.0.9.1 255.255.255.0
 ip address 10.0.19.1 255.255.255.0 secondary
ip route 172.16.0.0 255.255.0.0 10.0.9.10
"""


@pytest.fixture(scope="module")
def net(lab):
    box, far = lab.namespace("box"), lab.namespace("far")
    for device in ("p8", "p9"):
        lab.veth(far, device, box, device)
    w8, w9 = Wire(far, "p8"), Wire(far, "p9")
    made = SimpleNamespace(
        lab=lab, box=box, w8=w8, w9=w9,
        a=w8.station("02:00:00:00:08:10", "10.0.8.10", gateway="10.0.8.1"),
        b=w9.station("02:00:00:00:09:10", "10.0.9.10", gateway="10.0.9.1"),
        c=w9.station("02:00:00:00:09:11", "10.0.9.11", gateway="10.0.9.1"),
    )
    made.router = Router(lab, "R", box, platform(gi8="p8", gi9="p9"), CONFIG).start()
    ready(made.a, "10.0.8.1")
    ready(made.b, "10.0.9.1")
    return made


@pytest.fixture(autouse=True)
def clean(net):
    net.w8.forget()
    net.w9.forget()


@pytest.fixture
def configured(net):
    before = net.router.cli("show running-config")
    yield net.router.configure
    path = f"{net.lab.dir}/before.cfg"
    with open(path, "w", encoding="utf-8") as f:
        f.write(before)
    net.router.cli(f"configure replace {path} force")


ports = itertools.count(10000)


def probe(dst, src="10.0.8.10", **ip):
    return IP(src=src, dst=dst, **ip) / UDP(sport=next(ports), dport=9) / b"probe"


def arrives(net, dst, station, bound=2.0, **ip):
    """Send one packet from a; it as the station gets it."""
    packet = probe(dst, **ip)
    net.a.send(packet)
    return station.expect(lambda p: UDP in p and p[UDP].sport == packet[UDP].sport, bound)


def routes(net):
    return net.router.cli("show ip route")


# ---- routes ----

def test_static_route(net):
    assert arrives(net, "172.16.1.1", net.b).ttl == 63
    assert "S     172.16.0.0/16 [1/0] via 10.0.9.10" in routes(net)


def test_longest_match(net, configured):
    configured("ip route 172.16.5.0 255.255.255.0 10.0.9.11\n"
               "ip route 172.16.5.5 255.255.255.255 10.0.9.10\n")
    assert arrives(net, "172.16.5.4", net.c)
    assert arrives(net, "172.16.5.5", net.b)
    assert arrives(net, "172.16.6.1", net.b)


def test_route_through_an_interface(net, configured):
    """Next hop by interface and address; by interface alone, ARP for the destination itself."""
    configured("ip route 172.17.0.0 255.255.0.0 GigabitEthernet9 10.0.9.11\n"
               "ip route 172.18.0.0 255.255.0.0 GigabitEthernet9\n")
    assert arrives(net, "172.17.0.1", net.c)
    net.b.addresses.append("172.18.0.1")
    try:
        assert arrives(net, "172.18.0.1", net.b)
    finally:
        net.b.addresses.remove("172.18.0.1")
    text = routes(net)
    assert "via 10.0.9.11, GigabitEthernet9" in text
    assert "172.18.0.0/16 is directly connected, GigabitEthernet9" in text


def test_floating_route(net, configured):
    """The one of greater distance takes over when the first loses its way."""
    configured("ip route 172.19.0.0 255.255.0.0 10.0.19.99\n"
               "ip route 172.19.0.0 255.255.0.0 10.0.9.11 200\n"
               "interface GigabitEthernet9\n no ip address 10.0.19.1 255.255.255.0 secondary\n")
    wait_until(lambda: "172.19.0.0/16 [200/0] via 10.0.9.11" in routes(net), 5, "the floating one")
    assert arrives(net, "172.19.0.1", net.c)
    configured("interface GigabitEthernet9\n ip address 10.0.19.1 255.255.255.0 secondary\n")
    wait_until(lambda: "172.19.0.0/16 [1/0] via 10.0.19.99" in routes(net), 5, "the first one")


def test_recursive_route(net, configured):
    configured("ip route 172.20.0.0 255.255.0.0 172.16.9.9\n")
    assert "172.20.0.0/16 [1/0] via 172.16.9.9" in routes(net)
    assert arrives(net, "172.20.0.1", net.b)
    configured("no ip route 172.16.0.0 255.255.0.0 10.0.9.10\n"
               "ip route 172.16.0.0 255.255.0.0 10.0.9.11\n")
    assert arrives(net, "172.20.0.1", net.c)
    configured("no ip route 172.16.0.0 255.255.0.0 10.0.9.11\n")
    wait_until(lambda: "172.20.0.0" not in routes(net), 5, "the recursive route's end")


def test_route_that_resolves_through_itself(net, configured):
    configured("ip route 172.21.0.0 255.255.0.0 172.21.0.1\n")
    assert "172.21.0.0" not in routes(net)
    net.a.echo("10.0.8.1", seq=1)


def test_two_routes_that_need_each_other(net, configured):
    configured("ip route 172.22.0.0 255.255.0.0 172.23.0.1\n"
               "ip route 172.23.0.0 255.255.0.0 172.22.0.1\n")
    assert "172.22.0.0" not in routes(net) and "172.23.0.0" not in routes(net)


def test_ecmp(net, configured):
    """Flows spread over both next hops; a flow keeps its own."""
    configured("ip route 172.24.0.0 255.255.0.0 10.0.9.10\n"
               "ip route 172.24.0.0 255.255.0.0 10.0.9.11\n")
    for i in range(128):
        net.a.send(IP(src="10.0.8.10", dst=f"172.24.0.{i}") / UDP(sport=2000 + i, dport=9) / b"e")

    def both():
        return sum(len([p for p in s.inbox if p[-1:] == b"e"]) for s in (net.b, net.c)) >= 128
    wait_until(both, 10, "128 packets")
    counts = [len([p for p in s.inbox if p[-1:] == b"e"]) for s in (net.b, net.c)]
    assert min(counts) > 30, counts
    net.w9.forget()
    for _ in range(20):
        net.a.send(IP(src="10.0.8.10", dst="172.24.0.1") / UDP(sport=3000, dport=9) / b"f")
    wait_until(lambda: len(net.b.inbox) + len(net.c.inbox) >= 20, 10, "20 packets")
    assert 0 in (len([p for p in s.inbox if p[-1:] == b"f"]) for s in (net.b, net.c))


def test_null0(net, configured):
    configured("ip route 172.25.0.0 255.255.0.0 Null0\n"
               "ip route 172.25.1.0 255.255.255.0 10.0.9.10\n")
    assert "172.25.0.0/16 is directly connected, Null0" in routes(net)
    before = net.router.drops().get("ip4 route to Null0", 0)
    net.a.send(probe("172.25.2.1"))
    assert arrives(net, "172.25.1.1", net.b)
    wait_until(lambda: net.router.drops().get("ip4 route to Null0", 0) > before, 5, "the counter")


def test_route_name_and_removal(net, configured):
    line = "ip route 172.26.0.0 255.255.0.0 10.0.9.10 name branch"
    configured(line + "\n")
    assert line in net.router.running()
    configured("no ip route 172.26.0.0 255.255.0.0 10.0.9.10\n")
    assert "172.26.0.0" not in routes(net)
    got = provoke(net.a, probe("172.26.0.1"), is_error(3, 1))
    assert got.src == "10.0.8.1"


def test_bad_routes_are_refused(net, configured):
    for line, message in (
            ("ip route 172.16.1.0 255.255.0.0 10.0.9.10", "%Inconsistent address and mask"),
            ("ip route 172.30.0.0 255.255.0.0 10.0.9.1",
             "%Invalid next hop address (it's this router)")):
        done = net.router.load(line + "\n")
        assert done.returncode != 0 and message in done.stdout


def test_secondary_address(net):
    c19 = net.w9.station("02:00:00:00:19:10", "10.0.19.10", gateway="10.0.19.1")
    try:
        c19.echo("10.0.19.1")
        assert arrives(net, "10.0.19.10", c19)
    finally:
        net.w9.stations.remove(c19)


def test_show_ip_route_of_one(net):
    text = net.router.cli("show ip route 172.16.3.4")
    assert "Routing entry for 172.16.0.0/16" in text
    assert '  Known via "static", distance 1, metric 0' in text
    assert "% Network not in table" in net.router.cli("show ip route 9.9.9.9", check=False)


# ---- ARP ----

def test_arp_is_answered_for_own_addresses_only(net, configured):
    configured("interface GigabitEthernet8\n no ip proxy-arp")
    net.a.neighbours.clear()
    assert net.a.resolve("10.0.8.1")
    for other in ("10.0.8.2", "10.0.9.1", "10.0.8.255", "0.0.0.0"):
        with pytest.raises(LabError):
            net.a.resolve(other, 0.4)


def test_arp_probe_is_answered(net):
    """Sender 0.0.0.0 (RFC 5227): answered, and nothing is learnt of it."""
    net.a.arp_seen.clear()
    net.a.wire.send(net.a.frame(BROADCAST, ARP(op=1, hwsrc=net.a.mac, psrc="0.0.0.0",
                                               pdst="10.0.8.1")))
    wait_until(lambda: [p for p in net.a.arp_seen if p.op == 2 and p.psrc == "10.0.8.1"], 3,
               "the answer")
    assert "0.0.0.0" not in net.router.cli("show arp")


def fresh_station(net, number):
    return net.w9.station(f"02:00:00:00:77:{number:02x}", f"10.0.9.{100 + number}",
                          gateway="10.0.9.1")


def test_waiting_packets_are_sent_in_order(net):
    """What comes before the neighbour has answered waits, bounded, and keeps its order."""
    d = fresh_station(net, 1)
    d.answers_arp = False
    for i in range(3):
        net.a.send(IP(src="10.0.8.10", dst=d.address) / UDP(sport=1, dport=9) / bytes([i]))
    wait_until(lambda: [p for p in d.arp_seen if p.op == 1 and p.pdst == d.address], 3, "ARP")
    d.answers_arp = True
    got = [raw(d.expect(lambda p: UDP in p, 5)[UDP].payload)[:1] for _ in range(3)]
    assert got == [b"\0", b"\1", b"\2"]
    net.w9.stations.remove(d)


def test_waiting_queue_is_bounded(net):
    d = fresh_station(net, 2)
    d.answers_arp = False
    before = net.router.drops().get("ARP queue full", 0)
    for i in range(300):
        net.a.send(IP(src="10.0.8.10", dst=d.address) / UDP(sport=1, dport=9) / bytes(100))
    wait_until(lambda: net.router.drops().get("ARP queue full", 0) > before, 5, "the counter")
    rows = [l for l in net.router.cli("show arp").splitlines() if d.address in l]
    assert rows and "Incomplete" in rows[0]
    net.a.echo("10.0.8.1", seq=2)
    net.w9.stations.remove(d)


def test_nobody_there_is_counted(net):
    """A neighbour that does not answer: what waited is dropped by that name, requests are paced."""
    before = net.router.drops().get("ARP not answered", 0)
    net.b.arp_seen.clear()
    net.a.send(probe("10.0.9.222"))
    wait_until(lambda: net.router.drops().get("ARP not answered", 0) > before, 20, "the counter")
    asked = [p for p in net.b.arp_seen if p.op == 1 and p.pdst == "10.0.9.222"]
    assert 1 <= len(asked) <= 20


def test_gratuitous_arp_updates(net):
    """A neighbour that changes its MAC address says so; what is known is updated."""
    assert arrives(net, "10.0.9.11", net.c)
    new = net.w9.station("02:00:00:00:09:99", "10.0.9.11", gateway="10.0.9.1")
    net.c.answers_arp = False
    new.wire.send(new.frame(BROADCAST, ARP(op=1, hwsrc=new.mac, psrc="10.0.9.11",
                                           pdst="10.0.9.11")))
    wait_until(lambda: "0200.0000.0999" in net.router.cli("show arp"), 5, "the new address")
    assert arrives(net, "10.0.9.11", new)
    net.w9.stations.remove(new)
    net.c.answers_arp = True
    net.c.wire.send(net.c.frame(BROADCAST, ARP(op=2, hwsrc=net.c.mac, psrc="10.0.9.11",
                                               pdst="10.0.9.11", hwdst=net.c.mac)))
    assert wait_until(lambda: "0200.0000.0911" in net.router.cli("show arp"), 5, "the old one")


def test_gratuitous_arp_creates_nothing(net):
    for i in range(200):
        address = f"10.0.9.{50 + i % 100}"
        net.b.wire.send(net.b.frame(BROADCAST, ARP(op=1, hwsrc=net.b.mac, psrc=address,
                                                   pdst=address)))
    net.b.echo("10.0.9.1", seq=3)
    assert "10.0.9.77" not in net.router.cli("show arp")


def test_own_address_of_another_is_no_neighbour(net):
    """Somebody claims the router's address: not learnt, the router answers for itself."""
    net.a.wire.send(net.a.frame(BROADCAST, ARP(op=1, hwsrc=net.a.mac, psrc="10.0.8.1",
                                               pdst="10.0.8.1")))
    net.a.neighbours.clear()
    net.a.arp_seen.clear()
    assert net.a.resolve("10.0.8.1") != net.a.mac
    row = next(l for l in net.router.cli("show arp").splitlines() if "10.0.8.1 " in l)
    assert row.split()[2] == "-"


def test_static_arp(net, configured):
    configured("arp 10.0.9.150 0200.0000.0150 arpa\n")
    d = net.w9.station("02:00:00:00:01:50", "10.0.9.150", gateway="10.0.9.1")
    d.answers_arp = False
    assert arrives(net, "10.0.9.150", d)
    assert not [p for p in d.arp_seen if p.pdst == "10.0.9.150"]
    net.router.cli("clear arp-cache")
    assert arrives(net, "10.0.9.150", d)
    net.w9.stations.remove(d)


def test_clear_arp(net):
    assert arrives(net, "10.0.9.11", net.c)
    net.c.arp_seen.clear()
    net.router.cli("clear arp-cache")
    assert arrives(net, "10.0.9.11", net.c)
    assert [p for p in net.c.arp_seen if p.op == 1 and p.pdst == "10.0.9.11"]


def test_arp_is_refreshed_before_it_ages(net, configured):
    """A neighbour in use is asked again in time: no packet is lost at the timeout."""
    configured("interface GigabitEthernet9\n arp timeout 4\n")
    assert arrives(net, "10.0.9.11", net.c)
    net.c.arp_seen.clear()

    def refreshed():
        assert arrives(net, "10.0.9.11", net.c)
        return [p for p in net.c.arp_seen if p.op == 1 and p.pdst == "10.0.9.11"]
    wait_until(refreshed, 15, "a request of the router's own", interval=0.3)


def test_neighbour_that_is_gone_ages_out(net, configured):
    configured("interface GigabitEthernet9\n arp timeout 3\n")
    d = fresh_station(net, 4)
    assert arrives(net, d.address, d)
    d.answers_arp = False
    wait_until(lambda: d.address not in net.router.cli("show arp"), 25, "the entry's end")
    net.w9.stations.remove(d)


def test_bad_arp(net):
    """Wrong types, lengths, multicast senders; truncated. Counted, not learnt."""
    before = net.router.drops().get("bad ARP packet", 0)
    good = ARP(op=1, hwsrc=net.a.mac, psrc="10.0.8.66", pdst="10.0.8.1")
    for change in ({"hwtype": 7}, {"ptype": 0x86DD}, {"hwlen": 7}, {"plen": 16}, {"op": 9},
                   {"hwsrc": "01:00:5e:00:00:01"}, {"psrc": "224.0.0.1"},
                   {"psrc": "255.255.255.255"}):
        bad = good.copy()
        for field, value in change.items():
            setattr(bad, field, value)
        net.a.wire.send(net.a.frame(BROADCAST, bad))
    whole = raw(good)
    for length in range(len(whole)):
        head = raw(Ether(src=net.a.mac, dst=BROADCAST, type=0x0806))
        net.a.wire.send(head + whole[:length])
    net.a.echo("10.0.8.1", seq=4)
    assert "10.0.8.66" not in net.router.cli("show arp")
    assert net.router.drops().get("bad ARP packet", 0) > before


# ---- ICMP ----

@pytest.mark.parametrize("size", [0, 1, 55, 56, 1000, 1472])
def test_echo(net, size):
    data = bytes(i & 0xFF for i in range(size))
    net.a.send(IP(src="10.0.8.10", dst="10.0.8.1", id=7, ttl=3)
               / ICMP(type=8, id=5, seq=size) / data)
    got = net.a.expect(lambda p: ICMP in p and p[ICMP].type == 0 and p[ICMP].seq == size)
    assert got.src == "10.0.8.1" and raw(got[ICMP].payload)[:size] == data
    assert got.ttl in (64, 255)


def test_echo_to_the_other_interface(net):
    got = net.a.echo("10.0.9.1", seq=11)
    assert got.src == "10.0.9.1"


def test_fragmented_echo(net):
    """To the router itself: reassembled, answered, the answer fragmented."""
    sent = IP(src="10.0.8.10", dst="10.0.8.1", id=99) / ICMP(type=8, id=5, seq=12) / bytes(3000)
    for piece in fragments(sent, 1400, 1400):
        net.a.send(piece)
    got = [net.a.expect(lambda p: p.proto == 1) for _ in range(3)]
    whole = reassemble(got)
    assert whole[ICMP].type == 0 and len(whole[ICMP].payload) == 3000


def test_broadcast_echo_is_not_answered_to_all(net):
    """A directed broadcast from elsewhere is dropped; the own subnet's makes no flood."""
    before = net.router.drops().get("ip4 directed broadcast", 0)
    net.a.send(IP(src="10.0.8.10", dst="10.0.9.255") / ICMP(id=6, seq=1) / b"smurf")
    net.a.echo("10.0.8.1", seq=13)
    assert net.router.drops().get("ip4 directed broadcast", 0) == before + 1
    assert not [p for p in net.b.inbox if b"smurf" in p]


def test_ttl_1_to_the_router_itself_is_fine(net):
    net.a.echo("10.0.8.1", seq=14, ttl=1)
    net.a.echo("10.0.9.1", seq=15, ttl=1)


def test_time_exceeded(net):
    got = provoke(net.a, probe("172.16.0.1", ttl=1), is_error(11, 0))
    assert got.src == "10.0.8.1" and IP(quoted(got)).dst == "172.16.0.1"
    assert IP(quoted(got)).ttl == 1
    assert len(quoted(got)) >= 28


def test_no_route_is_host_unreachable(net):
    """As IOS says it."""
    got = provoke(net.a, probe("9.9.9.9"), is_error(3, 1))
    assert got.src == "10.0.8.1"


def test_ip_traffic(net):
    """Each kind of packet moves its own counter of `show ip traffic`, and text says what JSON does."""
    def count():
        return net.router.json("show ip traffic")

    wait_until(lambda: count()["ip"]["received"] > 0, 10, "the nodes' counters")
    before = count()
    net.a.echo("10.0.8.1", seq=60)
    provoke(net.a, probe("172.16.0.1", ttl=1), is_error(11, 0))
    provoke(net.a, probe("9.9.9.9"), is_error(3, 1))
    net.a.neighbours.clear()
    net.a.resolve("10.0.8.1")
    for _ in range(5):
        arrives(net, "172.16.1.1", net.b)
    wait_until(lambda: count()["ip"]["forwarded"] >= before["ip"]["forwarded"] + 5, 10,
               "five forwarded packets")
    after = count()
    for way, kind in (("received", "echo"), ("sent", "echo_reply"), ("sent", "time_exceeded"),
                      ("sent", "unreachable")):
        assert after["icmp"][way][kind] == before["icmp"][way][kind] + 1, (way, kind)
    for key in ("requests_received", "replies_sent"):
        assert after["arp"][key] > before["arp"][key]
    assert after["ip"]["local"] == before["ip"]["local"] + 1
    text = net.router.cli("show ip traffic")
    assert f"  Rcvd: {after['arp']['requests_received']} requests, " in text
    assert f" {after['icmp']['sent']['time_exceeded']} time exceeded, 0 parameter problem" in text


def test_port_unreachable(net):
    got = provoke(net.a, probe("10.0.8.1"), is_error(3, 3))
    assert got.src == "10.0.8.1"


def test_protocol_unreachable(net):
    got = provoke(net.a, IP(src="10.0.8.10", dst="10.0.8.1", proto=253) / b"1234", is_error(3, 2))
    assert got.src == "10.0.8.1"


def test_no_ip_unreachables(net, configured):
    configured("interface GigabitEthernet8\n no ip unreachables\n")
    net.a.send(probe("9.9.9.9"))
    net.a.expect_nothing(lambda p: ICMP in p and p[ICMP].type == 3, 1.0)
    provoke(net.a, probe("172.16.0.1", ttl=1), is_error(11, 0))


@pytest.mark.parametrize("packet", [
    IP(src="10.0.8.10", dst="9.9.9.9") / ICMP(type=3, code=1) / bytes(28),
    IP(src="10.0.8.10", dst="9.9.9.9") / ICMP(type=11, code=0) / bytes(28),
    IP(src="10.0.8.10", dst="9.9.9.9", frag=100) / bytes(40),
], ids=["unreachable", "exceeded", "fragment"])
def test_no_error_about(net, packet):
    """RFC 1812 4.3.2.7: what must not be answered with an ICMP error."""
    packet = packet.copy()
    packet.ttl = 1
    for _ in range(3):
        net.a.send(packet)
    net.a.expect_nothing(lambda p: ICMP in p and p[ICMP].type in (3, 11), 0.7)


def test_no_error_about_link_broadcast(net):
    """Sent to all on the link (RFC 1812 4.3.2.7), also when the address is one host's."""
    net.a.send(probe("9.9.9.9"), BROADCAST)
    net.a.expect_nothing(lambda p: ICMP in p and p[ICMP].type in (3, 11), 0.7)


def test_errors_are_rate_limited(net):
    before = net.router.drops().get("icmp rate limit", 0)
    for _ in range(500):
        net.a.send(probe("9.9.9.9"))
    wait_until(lambda: net.router.drops().get("icmp rate limit", 0) >= before + 300, 5,
               "the counter")
    net.a.echo("10.0.8.1", seq=16)
    assert 1 <= len([p for p in net.a.inbox if IP(p).proto == 1]) < 200


def test_no_redirect(net):
    """Back out of the interface it came in by: forwarded, without an ICMP redirect."""
    packet = IP(src="10.0.9.10", dst="172.16.0.1") / UDP(sport=1, dport=2) / b"back"
    net.c.send(packet)
    got = net.b.expect(lambda p: UDP in p and p.dst == "172.16.0.1")
    assert got.ttl == 63
    net.c.expect_nothing(is_error(5, 1))
    net.c.expect_nothing(is_error(5, 0), 0.05)


def test_ip_mtu_and_df(net, configured):
    configured("interface GigabitEthernet9\n ip mtu 700\n")
    packet = IP(src="10.0.8.10", dst="172.16.0.1", flags="DF") / UDP(sport=1, dport=2) / bytes(700)
    got = provoke(net.a, packet, is_error(3, 4))
    assert got[ICMP].nexthopmtu == 700


def test_access_group(net, configured):
    configured("ip access-list extended IN\n deny udp any any eq 9\n permit ip any any\n"
               "interface GigabitEthernet8\n ip access-group IN in\n")
    net.a.send(probe("172.16.0.1"))
    other = IP(src="10.0.8.10", dst="172.16.0.1") / UDP(sport=1, dport=10) / b"other"
    net.a.exchange(other, net.b, lambda p: UDP in p and p[UDP].dport == 10)
    assert not [p for p in net.b.inbox if b"probe" in p]
    got = provoke(net.a, probe("172.16.0.1"), is_error(3, 13))
    assert got.src == "10.0.8.1"
    wait_until(lambda: "match" in net.router.cli("show access-lists IN"), 5, "hit counts")


def test_access_list_logs(net, configured):
    """A line for the flow with how many packets, none for what another entry takes."""
    configured("ip access-list extended LOGS\n deny udp any any eq 9 log\n permit ip any any\n"
               "interface GigabitEthernet8\n ip access-group LOGS in\n")
    other = IP(src="10.0.8.10", dst="172.16.0.1") / UDP(sport=1, dport=10) / b"other"
    net.a.exchange(other, net.b, lambda p: UDP in p and p[UDP].dport == 10)
    for _ in range(5):
        net.a.send(IP(src="10.0.8.10", dst="172.16.0.1") / UDP(sport=77, dport=9) / b"x")

    def told():
        lines = [l for l in net.router.cli("show logging").splitlines() if "list LOGS" in l]
        assert all("%SEC-6-IPACCESSLOGP: list LOGS denied udp 10.0.8.10(77) -> 172.16.0.1(9), "
                   in l for l in lines)
        return sum(int(l.split(", ")[-1].split()[0]) for l in lines)

    wait_until(lambda: told() == 5, 5, "five packets in the log")


def test_access_group_out(net, configured):
    configured("access-list 101 permit tcp any any established\naccess-list 101 deny ip any any\n"
               "interface GigabitEthernet9\n ip access-group 101 out\n")
    syn = IP(src="10.0.8.10", dst="172.16.0.1") / TCP(sport=1, dport=2, flags="S")
    ack = IP(src="10.0.8.10", dst="172.16.0.1") / TCP(sport=1, dport=3, flags="A")
    net.a.send(syn)
    net.a.exchange(ack, net.b, lambda p: TCP in p and p[TCP].dport == 3)
    assert not [p for p in net.b.inbox if IP(p)[TCP].dport == 2]


def test_no_interface_sends_ip_before_it_has_an_address(net, configured):
    configured("interface GigabitEthernet8\n no ip address\n")
    with pytest.raises(LabError):
        net.a.neighbours.clear()
        net.a.resolve("10.0.8.1", 0.7)
    configured("interface GigabitEthernet8\n ip address 10.0.8.1 255.255.255.0\n")
    ready(net.a, "10.0.8.1")


def test_overlapping_address_is_refused(net, configured):
    done = net.router.load("interface GigabitEthernet8\n ip address 10.0.9.5 255.255.255.0\n")
    assert done.returncode != 0
    assert "% 10.0.9.0 overlaps with GigabitEthernet9" in done.stdout
    net.a.echo("10.0.8.1", seq=17)
