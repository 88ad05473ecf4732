# SPDX-License-Identifier: BSD-3-Clause
"""Two workers: flows are spread by the kernel's hash, replies come to the other one as well."""

import pytest
from scapy.all import ICMP, IP, TCP, UDP, raw

from lab import wait_until
from topology import (LAN_HOST, LAN_HOST2, LAN_ROUTER, WAN_ROUTER, WEB, is_error, ready,
                      rt03_on_wires)
from wire import fragments, quoted, reassemble

FLOWS = 200


@pytest.fixture(scope="module")
def net(lab):
    made = rt03_on_wires(lab, workers=2)
    ready(made.host2, LAN_ROUTER)  # of a burst to a neighbour not yet known, all but 8 are lost
    return made


@pytest.fixture(autouse=True)
def clean(net):
    net.router.cli("clear ip nat translation *")
    net.lan_wire.forget()
    net.wan_wire.forget()


def body(layer, sport, dport, data=b""):
    flags = {"flags": "S"} if layer is TCP else {}
    return layer(sport=sport, dport=dport, **flags) / data


@pytest.mark.parametrize("layer", [UDP, TCP], ids=["udp", "tcp"])
def test_many_flows_out_and_back(net, layer):
    for i in range(FLOWS):
        net.host.send(IP(src=LAN_HOST, dst=WEB) / body(layer, 5000 + i, 80))
    got = [net.peer.expect(lambda p: layer in p) for _ in range(FLOWS)]
    assert {p.src for p in got} == {WAN_ROUTER}
    assert {p[layer].sport for p in got} == set(range(5000, 5000 + FLOWS)), "free ports are kept"
    for i in range(FLOWS):
        net.peer.send(IP(src=WEB, dst=WAN_ROUTER) / body(layer, 80, 5000 + i))
    got = [net.host.expect(lambda p: layer in p) for _ in range(FLOWS)]
    assert {p[layer].dport for p in got} == set(range(5000, 5000 + FLOWS))
    assert {p.dst for p in got} == {LAN_HOST}


def test_conflicts_over_workers(net):
    """Two hosts with the same ports: no global port is given twice, all within the group."""
    for i in range(FLOWS):
        for sender in (net.host, net.host2):
            sender.send(IP(src=sender.address, dst=WEB)
                        / body(UDP, 5000 + i, 80, f"{sender.address} {5000 + i}".encode()))
    owner = {}
    for _ in range(2 * FLOWS):
        got = net.peer.expect(lambda p: UDP in p)
        port = got[UDP].sport
        assert port not in owner and port >= 1024
        owner[port] = raw(got[UDP].payload).decode().split()
    for port in owner:
        net.peer.send(IP(src=WEB, dst=WAN_ROUTER) / body(UDP, 80, port, str(port).encode()))
    for address, station in ((LAN_HOST, net.host), (LAN_HOST2, net.host2)):
        for _ in range(FLOWS):
            got = station.expect(lambda p: UDP in p)
            port = int(raw(got[UDP].payload))
            assert owner[port] == [address, str(got[UDP].dport)]


def test_echo_over_workers(net):
    for ident in range(600, 600 + FLOWS):
        net.host.send(IP(src=LAN_HOST, dst=WEB) / ICMP(type=8, id=ident, seq=1))
    got = [net.peer.expect(lambda p: ICMP in p) for _ in range(FLOWS)]
    for p in got:
        net.peer.send(IP(src=WEB, dst=WAN_ROUTER) / ICMP(type=0, id=p[ICMP].id, seq=1))
    back = [net.host.expect(lambda p: ICMP in p and p[ICMP].type == 0) for _ in range(FLOWS)]
    assert {p[ICMP].id for p in back} == set(range(600, 600 + FLOWS))


def test_errors_over_workers(net):
    """The error's own hash is not its session's; it finds it all the same."""
    for i in range(50):
        out = IP(src=LAN_HOST, dst=WEB) / body(UDP, 5000 + i, 33434 + i, b"trace")
        net.host.send(out)
        got = net.peer.expect(lambda p: UDP in p)
        net.peer.send(IP(src=f"77.234.41.{i + 1}", dst=WAN_ROUTER) / ICMP(type=11, code=0)
                      / raw(got)[:28])
        answer = net.host.expect(is_error(11, 0))
        assert IP(quoted(answer)).src == LAN_HOST


def test_fragments_over_workers(net):
    """The first fragment has ports, the others not: they may arrive on different workers."""
    for i in range(50):
        sent = IP(src=LAN_HOST, dst=WEB, id=7000 + i) / body(UDP, 6000 + i, 99, bytes(2000))
        for piece in fragments(sent, 800, 800):
            net.host.send(piece)
        got = reassemble([net.peer.expect(lambda p, i=i: p.id == 7000 + i) for _ in range(3)])
        assert got.src == WAN_ROUTER
        back = IP(src=WEB, dst=WAN_ROUTER, id=8000 + i) / body(UDP, 99, got[UDP].sport,
                                                               bytes(2000))
        for piece in reversed(fragments(back, 800, 800)):
            net.peer.send(piece)
        answer = reassemble([net.host.expect(lambda p, i=i: p.id == 8000 + i) for _ in range(3)])
        assert answer[UDP].dport == 6000 + i


def test_both_workers_work(net):
    test_many_flows_out_and_back(net, UDP)
    rows = net.router.json("show platform datapath")["workers"]
    assert len(rows) == 2 and all(row["packets"] > 0 for row in rows)


def test_handover_is_counted(net):
    """Of two hundred flows some replies come to the worker that does not own the session."""
    test_many_flows_out_and_back(net, UDP)
    rows = net.router.json("show platform datapath")["workers"]
    nodes = [node for row in rows for node in row["nodes"] if node["name"] == "handoff"]
    assert sum(node["packets"] for node in nodes) > 0


def test_statistics_are_of_all_workers(net):
    test_many_flows_out_and_back(net, UDP)
    wait_until(lambda: f"Total active translations: {FLOWS} (0 static, {FLOWS} dynamic; "
               f"{FLOWS} extended)" in net.router.cli("show ip nat statistics"), 5,
               "all sessions")
    assert net.router.cli("show ip nat translations").count("udp ") == FLOWS
