# SPDX-License-Identifier: BSD-3-Clause
"""PAT with the clients people use, from a Linux host to a server without a way back."""

import json
import os
import re
import sys

import pytest
from scapy.all import IP, TCP, Ether

from lab import tool, wait_until
from topology import LAN_HOST, LAN_ROUTER, WAN_PEER, WAN_ROUTER, WEB, WEB2, rt03_with_hosts
from wire import Wire, check_sums

BIG = 3 << 20  # bytes of the file that is fetched


@pytest.fixture(scope="module")
def net(lab):
    made = rt03_with_hosts(lab)
    www = os.path.join(lab.dir, "www")
    os.makedirs(www)
    made.content = os.urandom(BIG)
    with open(f"{www}/big", "wb") as f:
        f.write(made.content)
    made.http = made.wan.spawn([sys.executable, "-u", "-m", "http.server", "80", "-d", www],
                               "http")
    wait_until(lambda: made.lan.run(f"ping -n -c 1 -W 1 {WEB}", check=False).returncode == 0, 20,
               "a ping through")
    wait_listening(made, 80)
    return made


def wait_listening(net, port):
    wait_until(lambda: f":{port} " in net.wan.run("ss -Hltn").stdout, 10, f"server at {port}")


def test_curl(net):
    target = os.path.join(net.lab.dir, "fetched")
    net.lan.run(f"curl -sS -m 30 -o {target} http://{WEB}/big")
    with open(target, "rb") as f:
        assert f.read() == net.content
    assert re.search(rf"^{re.escape(WAN_ROUTER)} - - .*\"GET /big", net.http.log(), re.M)


def test_many_connections(net):
    """One after another and eight at a time: none fails, each source port differs."""
    urls = " ".join([f"http://{WEB}/"] * 40)
    done = net.lan.run(f"curl -sS -m 60 --parallel --parallel-max 8 -w %{{http_code}}\\n "
                       f"-H Connection:close -o /dev/null {' -o /dev/null '.join(urls.split())}")
    assert done.stdout.count("200") == 40


def test_ping(net):
    done = net.lan.run(f"ping -n -c 20 -i 0.05 -W 2 {WEB}")
    assert "20 received, 0% packet loss" in done.stdout


@pytest.mark.parametrize("size", [1, 1000, 1472, 1473, 3000, 8000])
def test_ping_sizes(net, size):
    """Over 1472 bytes there are fragments, through virtual reassembly, in both directions."""
    done = net.lan.run(f"ping -n -c 3 -i 0.05 -W 2 -s {size} {WEB}")
    assert "3 received, 0% packet loss" in done.stdout


def test_traceroute(net):
    done = net.lan.run(f"traceroute -n -q 1 -w 2 -m 4 {WEB}")
    hops = re.findall(r"^ *(\d+) +([\d.]+|\*)", done.stdout, re.M)
    assert hops == [("1", LAN_ROUTER), ("2", WEB)], done.stdout


def test_traceroute_icmp(net):
    done = net.lan.run(f"traceroute -I -n -q 1 -w 2 -m 4 {WEB}")
    hops = re.findall(r"^ *(\d+) +([\d.]+|\*)", done.stdout, re.M)
    assert hops == [("1", LAN_ROUTER), ("2", WEB)], done.stdout


def iperf(net, *args):
    """A transfer from a server of its own: one that has just served says for a while it is busy."""
    # bound, or its UDP answers would leave from the other address
    server = net.wan.spawn([tool("iperf3"), "-s", "-1", "-B", WEB2, "--forceflush"])
    wait_listening(net, 5201)
    done = net.lan.run([tool("iperf3"), "-J", "-c", WEB2, *args], bound=60)
    result = json.loads(done.stdout)
    assert "error" not in result, result["error"]
    server.wait()
    return result["end"]


@pytest.mark.parametrize("args", [[], ["-R"], ["-P", "4"]], ids=["up", "down", "four"])
def test_iperf_tcp(net, args):
    end = iperf(net, "-t", "2", *args)
    assert end["sum_received"]["bytes"] > 100_000


@pytest.mark.parametrize("args", [[], ["-R"]], ids=["up", "down"])
def test_iperf_udp(net, args):
    """A rate that this machine carries even with the sanitizers: nearly nothing is lost."""
    end = iperf(net, "-u", "-b", "5M", "-t", "2", *args)
    assert end["sum"]["packets"] > 500 and end["sum"]["lost_percent"] < 2


def test_server_sees_the_global_address_only(net):
    """And whole frames: on the wire beyond the router, while a page is fetched."""
    wire = Wire(net.wan, "eth0")
    net.lan.run(f"curl -sS -m 30 -o /dev/null http://{WEB}/big")
    segments = [Ether(f) for f in list(wire.frames)]
    segments = [p for p in segments if IP in p]
    assert any(TCP in p for p in segments)
    assert {p[IP].src for p in segments} == {WAN_ROUTER}
    for p in segments:
        check_sums(bytes(p)[14:])
        assert len(p) <= 1514
    wire.close()


def test_translations_name_the_host(net):
    net.lan.run(f"curl -sS -m 30 -o /dev/null http://{WEB}/")
    text = net.router.cli("show ip nat translations")
    assert re.search(rf"^tcp {WAN_ROUTER}:(\d+) +{LAN_HOST}:\1 +{WEB}:80 +{WEB}:80$", text, re.M)


def test_closed_connection_leaves_soon(net):
    """finrst-timeout, not the day of a live TCP session, once both sides are done."""
    net.router.configure("ip nat translation finrst-timeout 1\n")
    net.router.cli("clear ip nat translation *")
    net.lan.run(f"curl -sS -m 30 -o /dev/null http://{WEB}/")
    wait_until(lambda: "tcp" not in net.router.cli("show ip nat translations"), 15,
               "the end of the closed session")
    net.router.configure("no ip nat translation finrst-timeout\n")


def test_peer_is_the_routers_neighbour(net):
    """Both hosts are in the router's ARP table, with the router's own addresses."""
    rows = {l.split()[1]: l.split() for l in net.router.cli("show arp").splitlines()
            if l.startswith("Internet")}
    assert rows[LAN_HOST][2] != "-" and rows[LAN_HOST][-1] == "Vlan20"
    assert rows[WAN_PEER][-1] == "GigabitEthernet8"
    assert rows[WAN_ROUTER][2] == "-" and rows[LAN_ROUTER][2] == "-"
    mac = net.lan.mac("eth0").replace(":", "")
    assert rows[LAN_HOST][3] == f"{mac[:4]}.{mac[4:8]}.{mac[8:]}"
