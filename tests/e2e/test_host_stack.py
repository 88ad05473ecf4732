# SPDX-License-Identifier: BSD-3-Clause
"""The router's own addresses: sockets on its TUN, and ping and traceroute at its prompt."""

import os
import re
import sys
import threading

import pytest

from lab import LabError, wait_until
from topology import LAN_HOST, LAN_ROUTER, WAN_PEER, WAN_ROUTER, WEB, rt03_with_hosts


@pytest.fixture(scope="module")
def net(lab):
    made = rt03_with_hosts(lab)
    www = f"{lab.dir}/www"
    os.makedirs(www)
    made.content = bytes(range(256)) * 4096
    with open(f"{www}/file", "wb") as f:
        f.write(made.content)
    made.web = made.box.spawn([sys.executable, "-u", "-m", "http.server", "8080", "-d", www])
    made.www = www
    wait_until(lambda: made.lan.run(f"ping -n -c 1 -W 1 {LAN_ROUTER}", check=False)
               .returncode == 0, 20, "a ping to the router")
    wait_until(lambda: ":8080" in made.box.run("ss -Hltn").stdout, 10, "the web server")
    return made


@pytest.mark.parametrize("address", [LAN_ROUTER, WAN_ROUTER])
def test_tcp_to_the_router_from_inside(net, address):
    target = f"{net.lab.dir}/fetched"
    net.lan.run(f"curl -sS -m 20 -o {target} http://{address}:8080/file")
    with open(target, "rb") as f:
        assert f.read() == net.content


def test_tcp_to_the_router_from_outside(net):
    target = f"{net.lab.dir}/fetched"
    net.wan.run(f"curl -sS -m 20 -o {target} http://{WAN_ROUTER}:8080/file")
    with open(target, "rb") as f:
        assert f.read() == net.content


def test_tcp_from_the_router(net):
    """The kernel's own way out: its default route is the TUN, its source the router's address."""
    server = net.wan.spawn([sys.executable, "-u", "-m", "http.server", "8081", "-d", net.www])
    wait_until(lambda: ":8081" in net.wan.run("ss -Hltn").stdout, 10, "the web server")
    net.box.run(f"curl -sS -m 20 -o /dev/null http://{WAN_PEER}:8081/file")
    assert f"{WAN_ROUTER} - - " in server.log()
    server.stop()


def test_closed_port_is_refused_at_once(net):
    done = net.lan.run(f"curl -sS -m 10 http://{LAN_ROUTER}:9/", check=False)
    assert done.returncode == 7, "connection refused; 28 would be a timeout"


def test_kernel_has_one_device_with_the_addresses(net):
    """One TUN with every address of the router; the ports' devices have none."""
    rows = {l.split()[0].split("@")[0]: l.split()[2:] for l in
            net.box.ip("-br -4 addr show").stdout.splitlines()}
    holders = [name for name, addresses in rows.items()
               if any(a.split("/")[0] in (LAN_ROUTER, WAN_ROUTER) for a in addresses)]
    assert len(holders) == 1 and holders[0] not in ("lan0", "wan0", "lo")
    assert {a.split("/")[0] for a in rows[holders[0]]} == {LAN_ROUTER, WAN_ROUTER}
    assert re.search(rf"^default .*dev {holders[0]}\b", net.box.ip("route show").stdout, re.M)


def test_address_changes_follow(net):
    net.router.configure("interface Vlan20\n ip address 192.168.20.2 255.255.255.0 secondary\n")
    net.lan.run("curl -sS -m 20 -o /dev/null http://192.168.20.2:8080/file")
    net.router.configure("interface Vlan20\n no ip address 192.168.20.2 255.255.255.0 secondary\n")
    wait_until(lambda: "192.168.20.2/" not in net.box.ip("-4 addr show").stdout, 5,
               "the address's end")


# ---- ping ----

PING_HEAD = ["Type escape sequence to abort.",
             "Sending 5, 100-byte ICMP Echos to 192.168.10.1, timeout is 2 seconds:"]


def lines(text):
    return [l.rstrip() for l in text.splitlines() if l.strip()]


def test_ping(net):
    got = lines(net.router.cli(f"ping {WAN_PEER}"))
    assert got[:2] == PING_HEAD
    assert got[2] == "!!!!!"
    assert re.fullmatch(r"Success rate is 100 percent \(5/5\), round-trip min/avg/max = "
                        r"\d+/\d+/\d+ ms", got[3])


def test_ping_options(net):
    got = lines(net.router.cli(f"ping {WAN_PEER} size 1500 df-bit source Vlan20 repeat 3"))
    # the server has no way back to an inside address: the router's own NAT makes it work
    assert got[1] == "Sending 3, 1500-byte ICMP Echos to 192.168.10.1, timeout is 2 seconds:"
    assert got[2] == "Packet sent with a source address of 192.168.20.1"
    assert got[3] == "Packet sent with the DF bit set"
    assert got[4] == "!!!"


def test_ping_too_big_with_df(net):
    net.router.configure("interface GigabitEthernet8\n ip mtu 1400\n")
    try:
        got = lines(net.router.cli(f"ping {WAN_PEER} size 1401 df-bit repeat 2 timeout 1"))
        assert got[-2] == "MM" or got[-2] == "M."
        assert got[-1] == "Success rate is 0 percent (0/2)"
        got = lines(net.router.cli(f"ping {WAN_PEER} size 1400 df-bit repeat 2"))
        assert got[-2] == "!!"
        got = lines(net.router.cli(f"ping {WAN_PEER} size 3000 repeat 2"))
        assert got[-2] == "!!", "without DF it is fragmented"
    finally:
        net.router.configure("interface GigabitEthernet8\n no ip mtu\n")


def test_ping_nobody(net):
    got = lines(net.router.cli("ping 192.168.10.200 repeat 2 timeout 1", bound=30))
    assert got[-2] == ".." and got[-1] == "Success rate is 0 percent (0/2)"


def test_ping_no_route(net):
    net.router.configure("no ip route 0.0.0.0 0.0.0.0 192.168.10.1\n")
    try:
        got = lines(net.router.cli("ping 9.9.9.9 repeat 2 timeout 1"))
        assert got[-1] == "Success rate is 0 percent (0/2)"
    finally:
        net.router.configure("ip route 0.0.0.0 0.0.0.0 192.168.10.1\n")


def test_ping_unreachable(net):
    """An answer of type 3 is a U."""
    net.wan.ip("route add unreachable 9.9.9.9/32")
    net.wan.sysctl("net.ipv4.ip_forward=1")
    try:
        got = lines(net.router.cli("ping 9.9.9.9 repeat 2 timeout 1"))
        assert "U" in got[-2]
    finally:
        net.wan.sysctl("net.ipv4.ip_forward=0")
        net.wan.ip("route del unreachable 9.9.9.9/32")


def test_ping_itself(net):
    for address in (LAN_ROUTER, WAN_ROUTER):
        assert "(5/5)" in net.router.cli(f"ping {address}")


def test_ping_many(net):
    """70 marks a line."""
    got = lines(net.router.cli(f"ping {WAN_PEER} repeat 100 timeout 1", bound=60))
    assert got[2:4] == ["!" * 70, "!" * 30]


def test_ping_does_not_stop_other_sessions(net):
    result = []
    pinging = threading.Thread(target=lambda: result.append(
        net.router.cli("ping 192.168.10.201 repeat 3 timeout 1", bound=30)))
    pinging.start()
    assert "Gateway" in net.router.cli("show ip route", bound=2.5)
    pinging.join(30)
    assert "(0/3)" in result[0]


# ---- traceroute ----

def test_traceroute(net):
    text = net.router.cli(f"traceroute {WEB}", bound=60)
    got = lines(text)
    assert got[0] == "Type escape sequence to abort."
    assert got[1] == f"Tracing the route to {WEB}"
    assert got[2] == "VRF info: (vrf in name/id, vrf out name/id)"
    assert re.fullmatch(rf"  1 {re.escape(WEB)} \d+ msec [\d* mesc]+", got[3])
    assert len(got) == 4


def test_traceroute_to_nobody_ends(net):
    with pytest.raises(LabError):
        # thirty hops of three probes of three seconds would be far too long
        net.router.cli("traceroute 192.168.10.200", bound=4)
    assert "Gateway" in net.router.cli("show ip route")


def test_host_is_reached_after_all(net):
    net.lan.run(f"ping -n -c 2 -W 2 {LAN_ROUTER}")
    assert f"{LAN_HOST}" in net.router.cli("show arp")
