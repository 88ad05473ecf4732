# SPDX-License-Identifier: BSD-3-Clause
"""NAT beyond RT03: static rules, pools, timeouts and limits."""

import time

import pytest
from scapy.all import ICMP, IP, TCP, UDP, raw

from lab import LabError, wait_until
from topology import LAN_HOST, LAN_HOST2, WAN_PEER, WAN_ROUTER, WEB, WEB2, rt03_on_wires


@pytest.fixture(scope="module")
def net(lab):
    return rt03_on_wires(lab)


@pytest.fixture
def configured(net):
    """Take lines for one test; afterwards the configuration is what it was."""
    before = net.router.cli("show running-config")
    net.router.cli("clear ip nat translation *")
    net.lan_wire.forget()
    net.wan_wire.forget()

    def take(text):
        net.router.configure(text)
        translations(net)  # which the dataplane answers after what it was told before
    yield take
    path = f"{net.lab.dir}/before.cfg"
    with open(path, "w", encoding="utf-8") as f:
        f.write(before)
    net.router.cli("clear ip nat translation *")
    net.router.cli(f"configure replace {path} force")


def translations(net):
    return net.router.cli("show ip nat translations")


def udp(src, dst, sport, dport, data=b"x"):
    return IP(src=src, dst=dst) / UDP(sport=sport, dport=dport) / data


# ---- static ----

STATIC = "ip nat inside source static 192.168.20.11 192.168.10.20\n"


def test_static_from_outside(net, configured):
    """Its global address is answered in ARP; any protocol may begin outside."""
    configured(STATIC)
    mac = net.peer.resolve("192.168.10.20")
    assert mac == net.peer.resolve(WAN_ROUTER)
    for packet in (udp(WEB, "192.168.10.20", 9, 8080),
                   IP(src=WEB, dst="192.168.10.20") / TCP(sport=9, dport=22, flags="S"),
                   IP(src=WEB, dst="192.168.10.20") / ICMP(type=8, id=3, seq=1),
                   IP(src=WEB, dst="192.168.10.20", proto=47) / bytes(16)):
        got = net.peer.exchange(packet, net.host2, lambda p, q=packet: p.proto == q.proto)
        assert (got.src, got.dst) == (WEB, LAN_HOST2)
    net.host2.send(udp(LAN_HOST2, WEB, 8080, 9, b"back"))
    got = net.peer.expect(lambda p: UDP in p)
    assert (got.src, got[UDP].sport) == ("192.168.10.20", 8080)


def test_static_from_inside(net, configured):
    configured(STATIC)
    got = net.host2.exchange(udp(LAN_HOST2, WEB, 7000, 9), net.peer, lambda p: UDP in p)
    assert (got.src, got[UDP].sport) == ("192.168.10.20", 7000)


def test_static_row_stays(net, configured):
    configured(STATIC)
    net.host2.exchange(udp(LAN_HOST2, WEB, 7001, 9), net.peer, lambda p: UDP in p)
    row = ["---", "192.168.10.20", LAN_HOST2, "---", "---"]
    rows = [line.split() for line in translations(net).splitlines()]
    assert row in rows
    assert ["udp", "192.168.10.20:7001", f"{LAN_HOST2}:7001", f"{WEB}:9", f"{WEB}:9"] in rows
    net.router.cli("clear ip nat translation *")
    wait_until(lambda: f"{WEB}:9" not in translations(net), 5, "the dynamic row's end")
    assert row in [line.split() for line in translations(net).splitlines()]


def test_static_conflicts_are_refused(net, configured):
    configured(STATIC)
    done = net.router.load("ip nat inside source static 192.168.20.12 192.168.10.20\n")
    assert done.returncode != 0 and "already mapped" in done.stdout


def test_static_no_alias(net, configured):
    configured("ip nat inside source static 192.168.20.11 192.168.10.21 no-alias\n")
    with pytest.raises(LabError):
        net.peer.resolve("192.168.10.21", 0.7)


def test_static_goes(net, configured):
    configured(STATIC)
    net.peer.exchange(udp(WEB, "192.168.10.20", 9, 8081), net.host2, lambda p: UDP in p)
    configured("no " + STATIC)
    net.router.cli("clear ip nat translation *")
    wait_until(lambda: "192.168.10.20" not in translations(net), 5, "the rule's end")
    net.peer.send(udp(WEB, "192.168.10.20", 9, 8081), net.peer.resolve(WAN_ROUTER))
    net.host2.expect_nothing(lambda p: UDP in p)


@pytest.mark.parametrize("layer", [TCP, UDP], ids=["tcp", "udp"])
def test_port_forward(net, configured, layer):
    name = layer.__name__.lower()
    flags = {"flags": "S"} if layer is TCP else {}
    configured(f"ip nat inside source static {name} 192.168.20.10 80 192.168.10.16 8080\n")
    got = net.peer.exchange(IP(src=WEB, dst=WAN_ROUTER) / layer(sport=1234, dport=8080, **flags),
                            net.host, lambda p: layer in p)
    assert (got.src, got.dst, got[layer].sport, got[layer].dport) == (WEB, LAN_HOST, 1234, 80)
    flags = {"flags": "SA"} if layer is TCP else {}
    got = net.host.exchange(IP(src=LAN_HOST, dst=WEB) / layer(sport=80, dport=1234, **flags),
                            net.peer, lambda p: layer in p)
    assert (got.src, got[layer].sport, got[layer].dport) == (WAN_ROUTER, 8080, 1234)


def test_port_forward_is_shown_extendable(net, configured):
    line = "ip nat inside source static tcp 192.168.20.10 80 192.168.10.16 8080"
    configured(line + "\n")
    assert line + " extendable" in net.router.running()


def test_port_forward_keeps_its_port(net, configured):
    """PAT does not give it out, even to the port's own number."""
    configured("ip nat inside source static udp 192.168.20.10 5000 192.168.10.16 6000\n")
    got = net.host2.exchange(udp(LAN_HOST2, WEB, 6000, 9), net.peer, lambda p: UDP in p)
    assert got[UDP].sport != 6000


def test_static_network(net, configured):
    configured("ip nat inside source static network 192.168.20.8 192.168.10.32 /29\n")
    got = net.peer.exchange(udp(WEB, "192.168.10.34", 9, 80), net.host, lambda p: UDP in p)
    assert got.dst == LAN_HOST
    got = net.host2.exchange(udp(LAN_HOST2, WEB, 90, 9), net.peer, lambda p: UDP in p)
    assert got.src == "192.168.10.35"


# ---- pools, interfaces ----

def test_pool_without_overload(net, configured):
    """One global address each; the next host has none and is dropped."""
    configured("no ip nat inside source list 1 pool GIP overload\n"
               "ip nat pool TWO 192.168.10.40 192.168.10.41 prefix-length 24\n"
               "ip nat inside source list 1 pool TWO\n")
    seen = set()
    for sender in (net.host, net.host2):
        got = sender.exchange(udp(sender.address, WEB, 500, 9), net.peer, lambda p: UDP in p)
        assert got[UDP].sport == 500
        seen.add(got.src)
    assert seen == {"192.168.10.40", "192.168.10.41"}
    third = net.lan_wire.station("02:00:00:00:20:12", "192.168.20.12", gateway="192.168.20.1")
    third.send(udp("192.168.20.12", WEB, 500, 9))
    net.peer.expect_nothing(lambda p: UDP in p)


def test_pool_of_ranges(net, configured):
    """The second range serves when the first one's address is taken."""
    configured("no ip nat inside source list 1 pool GIP overload\n"
               "ip nat pool SOME prefix-length 24\n address 192.168.10.40 192.168.10.40\n"
               " address 192.168.10.60 192.168.10.60\n"
               "ip nat inside source list 1 pool SOME\n")
    seen = [sender.exchange(udp(sender.address, WEB, 507, 9), net.peer, lambda p: UDP in p).src
            for sender in (net.host, net.host2)]
    assert seen == ["192.168.10.40", "192.168.10.60"]
    for address in seen:
        assert net.peer.resolve(address) == net.peer.resolve(WAN_ROUTER)
    got = net.peer.exchange(udp(WEB, "192.168.10.60", 9, 507), net.host2, lambda p: UDP in p)
    assert got.dst == LAN_HOST2


def test_pool_matches_hosts(net, configured):
    configured("no ip nat inside source list 1 pool GIP overload\n"
               "ip nat pool SAME 192.168.10.2 192.168.10.254 prefix-length 24 type match-host\n"
               "ip nat inside source list 1 pool SAME\n")
    for sender in (net.host2, net.host):
        got = sender.exchange(udp(sender.address, WEB, 508, 9), net.peer, lambda p: UDP in p)
        assert got.src == sender.address.replace("192.168.20.", "192.168.10.")


def test_pool_of_type_rotary_is_refused(net, configured):
    done = net.router.load("ip nat pool R 192.168.10.40 192.168.10.41 prefix-length 24"
                           " type rotary\n")
    assert done.returncode != 0 and "%Pools of type rotary are not supported" in done.stdout


def test_interface_overload(net, configured):
    configured("no ip nat inside source list 1 pool GIP overload\n"
               "ip nat inside source list 1 interface GigabitEthernet8 overload\n")
    got = net.host.exchange(udp(LAN_HOST, WEB, 501, 9), net.peer, lambda p: UDP in p)
    assert (got.src, got[UDP].sport) == (WAN_ROUTER, 501)


def test_interface_overload_follows_the_address(net, configured):
    configured("no ip nat inside source list 1 pool GIP overload\n"
               "ip nat inside source list 1 interface GigabitEthernet8 overload\n"
               "interface GigabitEthernet8\n ip address 192.168.10.17 255.255.255.0\n")
    got = net.host.exchange(udp(LAN_HOST, WEB, 502, 9), net.peer, lambda p: UDP in p)
    assert got.src == "192.168.10.17"


def test_extended_list(net, configured):
    """Only what the list permits is translated, down to the port."""
    configured("no ip nat inside source list 1 pool GIP overload\n"
               "ip access-list extended WEBONLY\n permit udp 192.168.20.0 0.0.0.255 any eq 80\n"
               "ip nat inside source list WEBONLY pool GIP overload\n")
    got = net.host.exchange(udp(LAN_HOST, WEB, 503, 80), net.peer, lambda p: UDP in p)
    assert got.src == WAN_ROUTER
    got = net.host.exchange(udp(LAN_HOST, WEB, 503, 81), net.peer, lambda p: UDP in p)
    assert got.src == LAN_HOST


def test_list_and_pool_may_come_later(net, configured):
    """References to what does not exist yet are legal and begin to work with it."""
    configured("no ip nat inside source list 1 pool GIP overload\n"
               "ip nat inside source list 7 pool LATER overload\n")
    got = net.host.exchange(udp(LAN_HOST, WEB, 504, 80), net.peer, lambda p: UDP in p)
    assert got.src == LAN_HOST
    configured("ip nat pool LATER 192.168.10.50 192.168.10.50 prefix-length 24\n"
               "access-list 7 permit any\n")
    net.router.cli("clear ip nat translation *")
    def translated():
        net.host.send(udp(LAN_HOST, WEB, 505, 80))
        return net.peer.expect(lambda p: UDP in p and p[UDP].sport == 505).src == "192.168.10.50"
    wait_until(translated, 5, "the later pool's address")


def test_no_hairpin(net, configured):
    """An inside host does not reach an inside global address (IOS)."""
    configured(STATIC)
    net.host.send(udp(LAN_HOST, "192.168.10.20", 506, 80))
    net.host2.expect_nothing(lambda p: UDP in p)


# ---- timeouts ----

@pytest.mark.parametrize("kind,packet", [
    ("udp", udp(LAN_HOST, WEB, 600, 99)),
    ("dns", udp(LAN_HOST, WEB, 601, 53)),
    ("icmp", IP(src=LAN_HOST, dst=WEB) / ICMP(type=8, id=602, seq=1)),
    ("syn", IP(src=LAN_HOST, dst=WEB) / TCP(sport=603, dport=80, flags="S")),
], ids=["udp", "dns", "icmp", "syn"])
def test_timeout(net, configured, kind, packet):
    configured(f"ip nat translation {kind}-timeout 2\n")
    begun = time.monotonic()
    net.host.exchange(packet, net.peer, lambda p: p.dst == WEB)
    assert WEB in translations(net)
    wait_until(lambda: WEB not in translations(net), 15, f"the end of a {kind} session")
    assert time.monotonic() - begun >= 1.5


def test_traffic_keeps_a_session(net, configured):
    """From either side: it is idleness that ends one."""
    configured("ip nat translation udp-timeout 3\n")
    net.host.exchange(udp(LAN_HOST, WEB, 604, 99), net.peer, lambda p: UDP in p)
    end = time.monotonic() + 6
    def still_through():
        net.peer.exchange(udp(WEB, WAN_ROUTER, 99, 604), net.host, lambda p: UDP in p)
        return time.monotonic() > end
    wait_until(still_through, 12, "six seconds of traffic", interval=0.5)


def established(net, sport):
    client = dict(src=LAN_HOST, dst=WEB), dict(sport=sport, dport=80)
    server = dict(src=WEB, dst=WAN_ROUTER), dict(sport=80, dport=sport)
    net.host.exchange(IP(**client[0]) / TCP(flags="S", seq=1, **client[1]), net.peer)
    net.peer.exchange(IP(**server[0]) / TCP(flags="SA", seq=1, ack=2, **server[1]), net.host)
    net.host.exchange(IP(**client[0]) / TCP(flags="A", seq=2, ack=2, **client[1]), net.peer)
    return client, server


def test_established_outlives_the_syn_timeout(net, configured):
    configured("ip nat translation syn-timeout 1\nip nat translation finrst-timeout 1\n")
    client, server = established(net, 605)
    net.host.exchange(IP(src=LAN_HOST, dst=WEB2) / TCP(sport=606, dport=80, flags="S"), net.peer,
                      lambda p: p.dst == WEB2)
    wait_until(lambda: WEB2 not in translations(net), 10, "the half-open session's end")
    assert f"{LAN_HOST}:605" in translations(net)
    net.peer.exchange(IP(**server[0]) / TCP(flags="R", seq=2, **server[1]), net.host)
    wait_until(lambda: ":605" not in translations(net), 10, "the reset session's end")


def test_half_closed_is_not_closed(net, configured):
    """One FIN leaves the other direction open (a server that is still sending)."""
    configured("ip nat translation finrst-timeout 1\nip nat translation udp-timeout 3\n")
    client, server = established(net, 607)
    net.host.exchange(IP(**client[0]) / TCP(flags="FA", seq=2, ack=2, **client[1]), net.peer)
    net.host.exchange(udp(LAN_HOST, WEB2, 608, 9), net.peer, lambda p: UDP in p)
    wait_until(lambda: WEB2 not in translations(net), 12, "three seconds, told by a UDP session")
    assert ":607" in translations(net)


# ---- limits ----

def test_max_entries(net, configured):
    configured("ip nat translation max-entries 5\n")
    for sport in range(700, 710):
        net.host.send(udp(LAN_HOST, WEB, sport, 9))
    net.host.send(IP(src="172.16.0.9", dst=WEB) / UDP(sport=1, dport=9) / b"last")
    net.peer.expect(lambda p: p.src == "172.16.0.9")
    got = [p for p in net.peer.inbox if len(p) > 28]
    assert len(got) == 5
    assert translations(net).count("udp ") == 5
    # and those that are there go on
    net.host.exchange(udp(LAN_HOST, WEB, 700, 9), net.peer, lambda p: UDP in p
                      and p[UDP].sport == 700)


def test_max_entries_of_a_host(net, configured):
    configured("ip nat translation max-entries all-host 3\n")
    for sender in (net.host, net.host2):
        for sport in range(720, 726):
            sender.send(udp(sender.address, WEB, sport, 9))
        sender.send(IP(src="172.16.0.9", dst=WEB) / UDP(sport=1, dport=9) / b"last")
        net.peer.expect(lambda p: p.src == "172.16.0.9")
    lines = translations(net).splitlines()
    for address in (LAN_HOST, LAN_HOST2):
        assert sum(f" {address}:" in line for line in lines) == 3


def test_max_entries_of_one_host(net, configured):
    """It has a limit of its own, the others that of all."""
    configured("ip nat translation max-entries all-host 5\n"
               f"ip nat translation max-entries host {LAN_HOST} 2\n")
    for sender in (net.host, net.host2):
        for sport in range(730, 738):
            sender.send(udp(sender.address, WEB, sport, 9))
        sender.send(IP(src="172.16.0.9", dst=WEB) / UDP(sport=1, dport=9) / b"last")
        net.peer.expect(lambda p: p.src == "172.16.0.9")
    lines = translations(net).splitlines()
    for address, count in ((LAN_HOST, 2), (LAN_HOST2, 5)):
        assert sum(f" {address}:" in line for line in lines) == count


def test_more_sessions_than_one_part(net, configured):
    """The table is taken from the dataplane in parts of 4096 rows: none is lost, none comes twice."""
    def seen():
        return {l.split()[2] for l in translations(net).splitlines() if l.startswith("udp ")}

    wanted = {f"{LAN_HOST}:{sport}" for sport in range(20000, 24500)}
    for sport in range(20000, 24500):
        net.host.send(udp(LAN_HOST, WEB, sport, 9))
    wait_until(lambda: seen() >= wanted, 30, "4500 sessions")
    lines = [l for l in translations(net).splitlines() if l.startswith("udp ")]
    assert len(lines) == len(wanted) and len({len(l) for l in lines}) == 1
    rows = net.router.json("show ip nat translations")["translations"]
    assert {r["inside_local"] for r in rows} == wanted and len(rows) == len(wanted)


def test_port_exhaustion_drops_the_new_flow_only(net, configured):
    """The 512 ports of the lowest group of one address, then one more; it is logged."""
    first_group = range(1, 512)
    for sport in first_group:
        net.host.send(udp(LAN_HOST, WEB, sport, 9))
    wait_until(lambda: translations(net).count("udp ") >= 511, 20, "511 sessions")
    net.wan_wire.forget()
    used = {int(l.split()[1].split(":")[1]) for l in translations(net).splitlines()[1:]}
    assert used >= set(first_group)
    for _ in range(2):  # port 0 of the group may be taken for one
        net.host2.send(udp(LAN_HOST2, WEB, 100, 9))
        net.host2.send(udp(LAN_HOST2, WEB, 101, 9))
        net.host2.send(udp(LAN_HOST2, WEB, 102, 9))
    net.host.exchange(udp(LAN_HOST, WEB, 5, 9, b"old"), net.peer,
                      lambda p: UDP in p and p[UDP].sport == 5)
    refused = [p for p in net.peer.inbox if IP(p)[UDP].sport > 511]
    assert not refused, "a group's flows do not take ports of another group"
    net.host2.exchange(udp(LAN_HOST2, WEB, 2000, 9), net.peer,
                       lambda p: UDP in p and p[UDP].sport == 2000)
    wait_until(lambda: "IPNAT-4-ADDR_ALLOC_FAILURE" in net.router.cli("show logging"), 5,
               "the log line")


def test_removal_of_a_pool_in_use_is_refused(net, configured):
    done = net.router.load("no ip nat pool GIP\n")
    assert done.returncode != 0 and "%Pool GIP in use, cannot destroy" in done.stdout


def test_peer_still_answers(net):
    """After all that the router is as it was."""
    net.peer.echo(WAN_ROUTER, seq=99)
    got = net.host.exchange(udp(LAN_HOST, WAN_PEER, 900, 9), net.peer, lambda p: UDP in p)
    assert (got.src, raw(got[UDP].payload)) == (WAN_ROUTER, b"x")
