# SPDX-License-Identifier: BSD-3-Clause
"""The labs that several test modules use."""

import itertools
import os
import time
from types import SimpleNamespace

from scapy.all import ICMP

import pppoe
from isp import WEB_GATEWAY, Isp
from lab import LabError, wait_until
from router import TOP, Router
from wire import Relay, Wire

LAN_HOST = "192.168.20.10"
LAN_HOST2 = "192.168.20.11"
LAN_ROUTER = "192.168.20.1"
WAN_ROUTER = "192.168.10.16"
WAN_PEER = "192.168.10.1"
WEB = "23.219.39.17"
WEB2 = "77.234.41.34"
WEB3 = "77.234.42.50"
RT13_HOST = "192.168.10.16"
RT13_LAN = "192.168.10.1"
RT13_GLOBAL = "25.0.0.16"
WEB_STATION = "23.219.39.50"  # one of ours beside the web's servers

SEQUENCE = itertools.count(1)  # so that each ping's answer is its own

SMALL = "hugepages off\nmemory 256\nnat-sessions 20000\nroutes 20000\nmbufs 8192\n"


def expected(name):
    with open(os.path.join(os.path.dirname(__file__), "expected", name), encoding="utf-8") as f:
        return f.read()


def lab_config(name):
    """A configuration of configs/lab, to the byte."""
    with open(os.path.join(TOP, "configs/lab", name), encoding="utf-8", newline="") as f:
        return f.read()


def ports(**cables):
    """Lines of platform.conf: GigabitEthernet numbers (as gi0=...) on af_packet devices."""
    return "".join(f"port GigabitEthernet{name.removeprefix('gi')} af_packet {device}\n"
                   for name, device in cables.items())


def platform(workers=1, extra=SMALL, **cables):
    lines = ports(**cables)
    if workers > 1:
        lines = lines.replace("\n", f" queues {workers}\n")
    return lines + f"workers {workers}\n" + extra


def rt03_namespaces(lab):
    lan, box, wan = map(lab.namespace, ("lan", "box", "wan"))
    lab.veth(lan, "eth0", box, "lan0")
    lab.veth(wan, "eth0", box, "wan0")
    return lan, box, wan


def rt03_router(lab, box, workers=1, build="asan", startup=None, extra=SMALL, name="RT03"):
    conf = platform(workers, extra, gi0="lan0", gi8="wan0")
    startup = lab_config("RT03.cfg") if startup is None else startup
    return Router(lab, name, box, conf, startup, build).start()


def rt03_on_wires(lab, config=None, **options):
    """RT03 between stations of ours: host, host2 behind Vlan20, peer beyond GigabitEthernet8.

    With `config` the router starts with nothing and that is loaded; net.loaded is the answer.
    """
    lan, box, wan = rt03_namespaces(lab)
    lan_wire, wan_wire = Wire(lan, "eth0"), Wire(wan, "eth0")
    net = SimpleNamespace(
        lab=lab, box=box, lan=lan, wan=wan, lan_wire=lan_wire, wan_wire=wan_wire,
        host=lan_wire.station("02:00:00:00:20:10", LAN_HOST, gateway=LAN_ROUTER),
        host2=lan_wire.station("02:00:00:00:20:11", LAN_HOST2, gateway=LAN_ROUTER),
        peer=wan_wire.station("02:00:00:00:10:01", WAN_PEER, gateway=WAN_ROUTER),
    )
    if config is None:
        net.router = rt03_router(lab, box, **options)
    else:
        net.router = rt03_router(lab, box, startup="", **options)
        net.loaded = net.router.load(config)
    ready(net.host, LAN_ROUTER)
    ready(net.peer, WAN_ROUTER)
    return net


def rt03_with_hosts(lab, **options):
    """RT03 between two Linux hosts; the server has no route back to the LAN."""
    lan, box, wan = rt03_namespaces(lab)
    lan.address("eth0", f"{LAN_HOST}/24", gateway=LAN_ROUTER)
    wan.address("eth0", f"{WAN_PEER}/24")
    wan.address("lo", f"{WEB}/32", f"{WEB2}/32", f"{WEB3}/32")
    net = SimpleNamespace(lab=lab, box=box, lan=lan, wan=wan)
    net.router = rt03_router(lab, box, **options)
    return net


def rt13_router(lab, box, config=None, build="asan", name="RT13", **cables):
    """RT13, with its configuration at the start or another one."""
    conf = platform(**(cables or {"gi0": "lan0", "gi8": "wan0"}))
    startup = lab_config("RT13.cfg") if config is None else config
    return Router(lab, name, box, conf, startup, build).start()


def rt13_access(lab, box, isp, relay):
    """The cable from RT13 to the provider; a Relay of devices `router` and `isp`, or None."""
    if not relay:
        lab.veth(box, "wan0", isp.ns, "access")
        return None
    middle = lab.namespace("middle")
    lab.veth(box, "wan0", middle, "router")
    lab.veth(middle, "isp", isp.ns, "access")
    return Relay(middle, "router", "isp")


def rt13_rt03(lab, startup=None, build="asan", relay=False, **offer):
    """A host behind RT03, behind RT13, behind a provider, beyond which the web is.

        host -- lan0 RT03 wan0 -- lan0 RT13 wan0 -- access provider net -- eth0 web
    """
    host, box03, box13 = map(lab.namespace, ("host", "rt03", "rt13"))
    net = SimpleNamespace(lab=lab, host=host, isp=Isp(lab, **offer))
    lab.veth(host, "eth0", box03, "lan0")
    lab.veth(box03, "wan0", box13, "lan0")
    net.relay = rt13_access(lab, box13, net.isp, relay)
    host.address("eth0", f"{LAN_HOST}/24", gateway=LAN_ROUTER)
    net.web = net.isp.web
    net.isp.start()
    net.rt03 = rt03_router(lab, box03, build=build)
    net.rt13 = rt13_router(lab, box13, startup, build)
    net.isp.ready().serve()
    return net


def rt13_on_wires(lab, config=None, relay=False, **offer):
    """RT13 between stations of ours: host behind Vlan10, server in the web, a provider between."""
    box, lan = lab.namespace("rt13"), lab.namespace("lan")
    net = SimpleNamespace(lab=lab, box=box, lan=lan, isp=Isp(lab, **offer))
    lab.veth(lan, "eth0", box, "lan0")
    net.relay = rt13_access(lab, box, net.isp, relay)
    net.isp.start()
    net.router = rt13_router(lab, box, config)
    net.lan_wire, net.web_wire = Wire(lan, "eth0"), Wire(net.isp.web, "eth0")
    net.host = net.lan_wire.station("02:00:00:00:10:16", RT13_HOST, gateway=RT13_LAN)
    net.server = net.web_wire.station("02:00:00:00:39:50", WEB_STATION, gateway=WEB_GATEWAY)
    net.isp.ready()
    return net


def through_rt13(net, bound=30.0):
    """Wait for RT13's session, and until packets pass by it; the session."""
    up = pppoe.wait_session(net.router, bound=bound)
    wait_until(lambda: passes(net), bound, "a ping through the session")
    return up


def passes(net, address=WEB, bound=1.0):
    """Whether a ping from the station behind RT13 is answered by the web."""
    try:
        return bool(net.host.echo(address, seq=next(SEQUENCE), bound=bound))
    except LabError:
        return False


def ready(station, address, bound=10.0):
    """Wait until the router answers a station: ports up, configuration in force."""
    end = time.monotonic() + bound
    seq = 0
    while True:
        seq += 1
        try:
            station.resolve(address, 1.0)
            return station.echo(address, ident=1, seq=seq, bound=1.0)
        except LabError:
            if time.monotonic() > end:
                raise


def is_error(kind, code):
    """A match for an ICMP error."""
    return lambda p: ICMP in p and p[ICMP].type == kind and p[ICMP].code == code


def provoke(sender, packet, match, receiver=None, bound=5.0):
    """Send until an answer comes: ICMP errors are rate-limited."""
    receiver = receiver or sender
    end = time.monotonic() + bound
    while True:
        sender.send(packet)
        try:
            return receiver.expect(match, 0.4)
        except LabError:
            if time.monotonic() > end:
                raise
