# SPDX-License-Identifier: BSD-3-Clause
"""Jumbo frames: `max-mtu` in platform.conf, `mtu` on the interface."""

from types import SimpleNamespace

import pytest

from lab import wait_until
from router import Router
from topology import SMALL

JUMBO = SMALL.replace("memory 256", "memory 448") + "max-mtu 9216\n"
CONFIG = """interface GigabitEthernet8
 mtu 9000
 ip address 10.0.8.1 255.255.255.0
interface GigabitEthernet9
 mtu 9000
 ip address 10.0.9.1 255.255.255.0
interface GigabitEthernet10
 ip address 10.0.10.1 255.255.255.0
"""


@pytest.fixture(scope="module")
def net(lab):
    """Hosts at two ports of MTU 9000 and one of 1500."""
    box = lab.namespace("box")
    hosts = {}
    for n, mtu in ((8, 9000), (9, 9000), (10, 1500)):
        hosts[n] = lab.namespace(f"host{n}")
        lab.veth(hosts[n], "eth0", box, f"p{n}", mtu=1500)
        hosts[n].ip(f"link set eth0 mtu {mtu}")
        hosts[n].address("eth0", f"10.0.{n}.2/24", gateway=f"10.0.{n}.1")
    conf = "".join(f"port GigabitEthernet{n} af_packet p{n}\n" for n in hosts)
    router = Router(lab, "JUMBO", box, conf + JUMBO, CONFIG).start()
    return SimpleNamespace(box=box, hosts=hosts, router=router)


def ping(ns, address, size, *options, count=10):
    done = ns.run(["ping", "-n", "-q", "-c", str(count), "-i", "0.02", "-W", "2", "-s", str(size),
                   *options, address], check=False)
    return f" {count} received" in done.stdout


def wait_for_ping(ns, address, size, *options):
    wait_until(lambda: ping(ns, address, size, *options, count=1), 20,
               f"a ping of {address}, {size} bytes")


def test_forwarded_whole(net):
    wait_for_ping(net.hosts[8], "10.0.9.2", 56)
    for size in (1472, 2100, 8000, 8972):
        wait_for_ping(net.hosts[8], "10.0.9.2", size, "-M", "do")
    assert "MTU 9000 bytes" in net.router.cli("show interfaces GigabitEthernet8")


def test_router_answers(net):
    assert ping(net.hosts[8], "10.0.8.1", 8972, "-M", "do")


def test_too_big_for_the_next_link(net):
    """Fragments without DF; with DF the sender learns the MTU."""
    wait_for_ping(net.hosts[10], "10.0.8.2", 56)
    assert ping(net.hosts[8], "10.0.10.2", 8000, "-M", "dont")
    done = net.hosts[8].run("ping -n -c 2 -W 1 -s 8000 -M do 10.0.10.2", check=False)
    assert "mtu = 1500" in done.stdout + done.stderr or "mtu=1500" in done.stdout + done.stderr


def test_iperf(net):
    """Segments of 8960 bytes."""
    server = net.hosts[9].spawn(["iperf3", "-s", "--forceflush"])
    wait_until(lambda: ":5201" in net.hosts[9].run("ss -Hltn").stdout, 10, "iperf3")
    net.hosts[8].run("iperf3 -c 10.0.9.2 -t 1")
    server.stop()


def test_limit_is_told(net):
    done = net.router.load("interface GigabitEthernet8\n mtu 9217\n")
    assert done.returncode != 0
    done = net.router.load("interface GigabitEthernet10\n mtu 9216\n")
    assert done.returncode == 0, done.stdout


def test_default_buffers(lab, net):
    """Without max-mtu a large MTU is refused, and says by what."""
    box = lab.namespace("small-box")
    far = lab.namespace("small-far")
    lab.veth(far, "eth0", box, "p8")
    far.ip("link set eth0 mtu 1900")
    far.address("eth0", "10.0.8.2/24")
    router = Router(lab, "SMALL", box, "port GigabitEthernet8 af_packet p8\n" + SMALL,
                    "interface GigabitEthernet8\n ip address 10.0.8.1 255.255.255.0\n").start()
    wait_for_ping(far, "10.0.8.1", 56)
    done = router.load("interface GigabitEthernet8\n mtu 9000\n")
    assert done.returncode != 0
    assert "GigabitEthernet8 can carry 1960 bytes at the most (max-mtu in platform.conf)" \
        in done.stdout
    assert ping(far, "10.0.8.1", 1472, "-M", "do")
    router.configure("interface GigabitEthernet8\n mtu 1900\n")
    wait_for_ping(far, "10.0.8.1", 1872, "-M", "do")
    router.stop()


def test_memif(lab):
    """A frame goes through a chain of memif's buffers."""
    path = f"{lab.dir}/jumbo.sock"
    hosts, routers = [], []
    for i, role in ((1, "server"), (2, "client")):
        box, far = lab.namespace(f"mm{i}-box"), lab.namespace(f"mm{i}-far")
        lab.veth(far, "eth0", box, "p8", mtu=9000)
        far.address("eth0", f"10.0.{i}.2/24", gateway=f"10.0.{i}.1")
        config = f"interface GigabitEthernet8\n mtu 9000\n ip address 10.0.{i}.1 255.255.255.0\n" \
            f"interface GigabitEthernet9\n mtu 9000\n ip address 10.0.9.{i} 255.255.255.0\n" \
            f"ip route 10.0.{3 - i}.0 255.255.255.0 10.0.9.{3 - i}\n"
        routers.append(Router(lab, f"JM{i}", box, "port GigabitEthernet8 af_packet p8\n"
                              f"port GigabitEthernet9 memif {path} role {role}\n" + JUMBO,
                              config).start())
        hosts.append(far)
    wait_for_ping(hosts[0], "10.0.2.2", 56)
    assert ping(hosts[0], "10.0.2.2", 8972, "-M", "do", count=100)
    for router in routers:
        router.stop()
